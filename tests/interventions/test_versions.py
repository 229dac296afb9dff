"""Versions of a voortgang: every save keeps the text it replaces, and what was kept is never changed."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from interventions.models import ProgressEvent, ProgressUpdate, Revision, RoundEvent
from interventions.models.progress import Content, Figure, Waived, WayIn
from interventions.workflow import Conflict
from tests.factories import (
    IndicatorFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviseur():
    return UserFactory(adviseur=True)


@pytest.fixture
def update():
    return UpdateFactory()


@pytest.fixture
def row(update):
    """The row of the figure that this interventie fills in."""
    indicator = IndicatorFactory(owner=update.plan_item.intervention)
    return ValueFactory(series=SeriesFactory(indicator=indicator), round=update.plan_item.round)


def test_save_keeps_all_that_is_filled_in(update, row, adviseur):
    elsewhere = PlanItemFactory(round=update.plan_item.round)
    content = Content(
        quantitative="<p>Tien gezinnen.</p>",
        waived={"qualitative": Waived(reported_at=elsewhere.pk)},
        figures={row.pk: Figure(Decimal("12.5"), provisional=True, remark="Geteld in december.")},
        proposed_colour="oranje",
        proposed_reason="Er loopt een werving.",
    )

    update.save_draft(content, by=adviseur, version=0)

    update = ProgressUpdate.objects.get(pk=update.pk)
    assert (update.content(), update.version, update.state) == (content, 1, "draft")


def test_every_save_keeps_the_text_that_it_replaces(update, adviseur):
    texts = ["<p>Eerst.</p>", "<p>Toen.</p>", "", "<p>Nu.</p>"]

    for version, text in enumerate(texts):
        update.save_draft(Content(qualitative=text), by=adviseur, version=version)

    kept = Revision.objects.filter(update=update).values_list("version", "qualitative", "by", "way_in")
    assert list(kept) == [(version, text, adviseur.pk, "form") for version, text in enumerate(texts, start=1)]


def test_revision_keeps_figures_waivers_and_proposal_too(update, row, adviseur):
    content = Content(
        waived={"quantitative": Waived("Gestart in december.")},
        figures={row.pk: Figure(Decimal("1200"), remark="Geteld.")},
        proposed_colour="wit",
        proposed_reason="Start in maart.",
    )

    update.save_draft(content, by=adviseur, version=0, way_in=WayIn.IMPORT)

    revision = Revision.objects.get()
    figure = revision.rest["figures"][str(row.pk)]
    assert Decimal(figure.pop("value")) == 1200
    assert figure == {"code": "", "provisional": False, "remark": "Geteld."}
    assert revision.rest["waived"] == {"quantitative": {"reason": "Gestart in december.", "reported_at": None}}
    assert (revision.rest["proposed_colour"], revision.rest["proposed_reason"]) == ("wit", "Start in maart.")
    assert revision.way_in == "import"


@pytest.mark.parametrize(
    "again",
    [
        Content(quantitative="<p>Tien.</p>"),
        Content(quantitative="<p>Tien.</p>\n"),
        Content(quantitative="<div>Tien.</div>", proposed_reason=" "),
    ],
)
def test_save_that_changes_nothing_is_no_version(again, update, adviseur):
    update.save_draft(Content(quantitative="<p>Tien.</p>"), by=adviseur, version=0)

    assert not update.save_draft(again, by=adviseur, version=1)
    assert (update.version, Revision.objects.count(), ProgressEvent.objects.count()) == (1, 1, 1)


def test_content_is_that_of_the_version_it_is_asked_of(update, row, adviseur):
    seen = ProgressUpdate.objects.get(pk=update.pk)
    before = seen.content()
    update.save_draft(Content(figures={row.pk: Figure(Decimal("5"))}), by=adviseur, version=0)

    seen.refresh_from_db()

    assert (before.figures, seen.content().figures) == ({row.pk: Figure()}, {row.pk: Figure(Decimal("5"))})


def test_figure_written_with_other_zeros_is_no_change(update, row, adviseur):
    update.save_draft(Content(figures={row.pk: Figure(Decimal("5"))}), by=adviseur, version=0)

    assert not update.save_draft(Content(figures={row.pk: Figure(Decimal("5.00"))}), by=adviseur, version=1)


def test_figure_that_is_not_sent_along_stays_as_it_is(update, row, adviseur):
    update.save_draft(Content(figures={row.pk: Figure(Decimal("5"))}), by=adviseur, version=0)

    update.save_draft(Content(quantitative="<p>Tien.</p>"), by=adviseur, version=1)

    row.refresh_from_db()
    assert row.value == 5
    assert [list(revision.rest["figures"]) for revision in Revision.objects.all()] == [[str(row.pk)]] * 2


def test_save_refuses_figures_of_another_voortgang(update, adviseur):
    elsewhere = PlanItemFactory(round=update.plan_item.round)
    theirs = ValueFactory(
        series=SeriesFactory(indicator=IndicatorFactory(owner=elsewhere.intervention)), round=elsewhere.round
    )

    with pytest.raises(ValueError, match="another voortgang"):
        update.save_draft(Content(figures={theirs.pk: Figure(Decimal("5"))}), by=adviseur, version=0)

    theirs.refresh_from_db()
    assert (theirs.value, Revision.objects.count()) == (None, 0)


def test_save_refuses_figures_that_only_stand_here_too(update, adviseur):
    owner = PlanItemFactory(round=update.plan_item.round)
    shared = IndicatorFactory(owner=owner.intervention, shared_with=[update.plan_item.intervention])
    row = ValueFactory(series=SeriesFactory(indicator=shared), round=owner.round)

    with pytest.raises(ValueError, match="another voortgang"):
        update.save_draft(Content(figures={row.pk: Figure(Decimal("5"))}), by=adviseur, version=0)


def test_save_cleans_the_text_on_the_way_in(update, adviseur):
    update.save_draft(
        Content(qualitative='<p onclick="x()">Tien <script>alert(1)</script><b>gezinnen</b></p>'),
        by=adviseur,
        version=0,
    )

    assert update.qualitative == "<p>Tien <strong>gezinnen</strong></p>"


def test_save_on_an_older_version_changes_nothing(update, row, adviseur):
    update.save_draft(
        Content(quantitative="<p>Van de eerste.</p>", figures={row.pk: Figure(Decimal("5"))}), by=adviseur, version=0
    )
    late = ProgressUpdate.objects.get(pk=update.pk)

    with pytest.raises(Conflict, match="Iemand anders heeft intussen iets gewijzigd"):
        late.save_draft(
            Content(quantitative="<p>Van de tweede.</p>", figures={row.pk: Figure(Decimal("6"))}),
            by=UserFactory(beheerder=True),
            version=0,
        )

    row.refresh_from_db()
    stored = ProgressUpdate.objects.get(pk=update.pk)
    assert (stored.quantitative, row.value, Revision.objects.count()) == ("<p>Van de eerste.</p>", 5, 1)
    assert late.quantitative == "<p>Van de eerste.</p>"  # what is shown beside what was typed


def test_save_in_a_historical_round_leaves_the_state_and_keeps_a_revision():
    update = UpdateFactory(plan_item__round=RoundFactory(year=2023, historical=True), approved=True)

    update.save_draft(Content(quantitative="<p>Hersteld.</p>"), by=UserFactory(beheerder=True), version=1)

    assert (update.state, Revision.objects.get().quantitative) == ("approved", "<p>Hersteld.</p>")


def test_answer_to_a_question_keeps_what_it_replaces(update, adviseur):
    partner = UserFactory(adviseur=True)
    update.save_draft(Content(quantitative="<p>Tien.</p>", qualitative="<p>Goed.</p>"), by=partner, version=0)
    update.submit(by=partner, version=1)
    update.return_with_question(by=adviseur, version=1, reason="Hoeveel?")

    update.save_draft(Content(quantitative="<p>Elf.</p>", qualitative="<p>Goed.</p>"), by=partner, version=1)

    assert update.state == "returned"
    assert list(update.revisions.values_list("quantitative", flat=True)) == ["<p>Tien.</p>", "<p>Elf.</p>"]


# Append-only


@pytest.fixture
def written(update, adviseur):
    """A row of everything that is written once."""
    update.save_draft(Content(quantitative="<p>Tien.</p>"), by=adviseur, version=0)
    RoundEvent.objects.create(round=update.plan_item.round, verb="open", by=UserFactory(beheerder=True))
    return [model.objects.get() for model in (Revision, ProgressEvent, RoundEvent)]


def test_what_is_written_once_is_not_changed_or_removed(written):
    for one in written:
        with pytest.raises(TypeError, match="niet gewijzigd"):
            one.save()
        with pytest.raises(TypeError, match="niet verwijderd"):
            one.delete()
        with pytest.raises(TypeError, match="niet gewijzigd"):
            type(one).objects.update(by=None)
        with pytest.raises(TypeError, match="niet verwijderd"):
            type(one).objects.all().delete()
    assert [type(one).objects.count() for one in written] == [1, 1, 1]


def test_two_revisions_never_have_the_same_version(update, adviseur):
    update.keep_revision(update.content(), by=adviseur, way_in=WayIn.FORM)

    with pytest.raises(IntegrityError, match="revision_unique"):
        update.keep_revision(update.content(), by=adviseur, way_in=WayIn.FORM)
