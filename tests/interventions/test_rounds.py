"""The reporting round: DESIGN.md, section 3."""

import datetime
import re
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from interventions.models import (
    Funding,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
    RoundEvent,
)
from interventions.models.plan import PlanContent
from interventions.workflow import ROUND_VERBS, Conflict, Refused, RoundState
from tests.factories import (
    IndicatorFactory,
    InitiatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# verb -> (from, to); everything else is refused
MOVES = {
    "open": ("planned", "open"),
    "start_review": ("open", "review"),
    "back_to_open": ("review", "open"),
    "close": ("review", "closed"),
    "reopen": ("closed", "review"),
}
STATES = ("planned", "open", "review", "closed")


@pytest.fixture
def beheerder():
    return UserFactory(beheerder=True)


@pytest.fixture
def adviseur():
    return UserFactory(adviseur=True)


def move(verb, reporting_round, by):
    reason = {"reason": "Een getal klopt niet."} if verb == "reopen" else {}
    getattr(reporting_round, verb)(by=by, **reason)


@pytest.mark.parametrize("state", [*STATES, "historical"])
@pytest.mark.parametrize("verb", MOVES)
def test_round_moves_exactly_as_the_design_says(verb, state, beheerder):
    reporting_round = RoundFactory(historical=True) if state == "historical" else RoundFactory(state=state)
    before, (source, target) = reporting_round.state, MOVES[verb]

    if state == source:
        move(verb, reporting_round, beheerder)
    else:
        with pytest.raises(Refused) as refused:
            move(verb, reporting_round, beheerder)
        assert str(refused.value) == reporting_round.why_not(verb, user=beheerder)

    stored = ReportingRound.objects.get()
    assert stored.state == reporting_round.state == (target if state == source else before)
    events = [(event.verb, event.by, event.to_state) for event in RoundEvent.objects.all()]
    assert events == ([(verb, beheerder, target)] if state == source else [])


def test_rounds_have_these_states_and_verbs():
    assert (set(STATES), set(MOVES)) == (set(RoundState), set(ROUND_VERBS))


@pytest.mark.parametrize("role", ["adviseur", "lezer", "controleur", "invuller"])
@pytest.mark.parametrize("verb", MOVES)
def test_only_the_beheerder_moves_a_round(verb, role):
    reporting_round = RoundFactory(state=MOVES[verb][0])
    user = UserFactory(role=role)

    with pytest.raises(PermissionDenied):
        move(verb, reporting_round, user)

    assert reporting_round.why_not(verb, user=user) == "Alleen een beheerder zet een ronde in een andere status."
    assert ReportingRound.objects.get().state == MOVES[verb][0]


def test_reopening_a_closed_round_takes_a_reason_that_is_logged(beheerder):
    reporting_round = RoundFactory(closed=True)

    with pytest.raises(Refused, match="Vul een reden in"):
        reporting_round.reopen(by=beheerder, reason=" ")
    reporting_round.reopen(by=beheerder, reason="Een getal klopt niet.")

    assert list(RoundEvent.objects.values_list("verb", "reason")) == [("reopen", "Een getal klopt niet.")]


def test_round_without_dates_is_not_opened(beheerder):
    reporting_round = RoundFactory(planned=True, deadline=None)

    with pytest.raises(Refused, match="Vul eerst de openingsdatum en de inleverdatum in"):
        reporting_round.open(by=beheerder)


def test_opening_gives_every_plan_item_its_voortgang_and_its_figures(beheerder):
    reporting_round = RoundFactory(planned=True)
    items = {PlanItemFactory(round=reporting_round), PlanItemFactory(round=reporting_round, activity=True)}
    series = SeriesFactory(indicator=IndicatorFactory(owner=min(items, key=lambda item: item.pk).intervention))
    PlanItemFactory(round=RoundFactory(year=2025, planned=True))

    reporting_round.open(by=beheerder)

    assert {(update.plan_item, update.state) for update in ProgressUpdate.objects.all()} == {
        (item, "to_do") for item in items
    }
    assert [(row.series, str(row.period), row.is_filled) for row in OutputValue.objects.all()] == [
        (series, "2024", False)
    ]


def test_making_the_voortgang_again_leaves_what_is_there(beheerder):
    kept = UpdateFactory(submitted=True)
    added = PlanItemFactory(round=kept.plan_item.round)

    kept.plan_item.round.make_updates()

    assert set(ProgressUpdate.objects.values_list("plan_item", "state")) == {
        (kept.plan_item_id, "submitted"),
        (added.pk, "to_do"),
    }


# The deadline informs, it never locks


@pytest.mark.parametrize(
    ("state", "today", "left", "late"),
    [
        ("open", "2025-02-27", 2, False),
        ("open", "2025-03-01", 0, False),
        ("open", "2025-03-02", -1, True),
        ("review", "2025-03-02", -1, True),
        ("closed", "2025-03-02", -1, False),
        ("planned", "2025-03-02", -1, False),
    ],
)
def test_deadline_says_how_many_days_are_left_and_what_is_late(state, today, left, late):
    reporting_round = RoundFactory(state=state, deadline=datetime.date(2025, 3, 1))
    today = datetime.date.fromisoformat(today)

    assert (reporting_round.days_left(today=today), reporting_round.is_late(today=today)) == (left, late)


def test_round_taken_over_has_no_deadline():
    reporting_round = RoundFactory(historical=True)
    today = datetime.date(2025, 3, 2)

    assert (reporting_round.days_left(today=today), reporting_round.is_late(today=today)) == (None, False)


# Closing


def test_closing_lists_what_is_not_finished_or_not_coloured_in_printed_order(beheerder):
    reporting_round = RoundFactory(review=True)
    second, first = PillarFactory(position=902), PillarFactory(position=901)
    reasons = {
        "to_do": "is nog te doen, nog niet goedgekeurd",
        "draft": "is concept, nog niet goedgekeurd",
        "returned": "is teruggestuurd, nog niet goedgekeurd",
        "submitted": "is ingediend, nog niet goedgekeurd",
        "approved": "heeft nog geen kleur",
        "no_report": "heeft nog geen kleur",
    }
    expected = []
    for pillar in (second, first):
        rows = []
        for state, reason in reasons.items():
            item = PlanItemFactory(round=reporting_round, pillar=pillar)
            UpdateFactory(plan_item=item, **{} if state == "to_do" else {state: True})
            rows.append((item, reason))
        expected = rows + expected
    for finished in ({"approved": True, "coloured": True}, {"no_report": True, "coloured": True}, {"dropped": True}):
        UpdateFactory(plan_item__round=reporting_round, plan_item__pillar=first, **finished)

    assert reporting_round.why_not_close() == expected
    with pytest.raises(Refused, match=f"^Nog niet af: 12 interventies, te beginnen met {expected[0][0].code}: "):
        reporting_round.close(by=beheerder)
    assert ReportingRound.objects.get().state == "review"


def test_activities_do_not_keep_a_round_from_closing(beheerder):
    reporting_round = RoundFactory(review=True)
    UpdateFactory(plan_item=PlanItemFactory(round=reporting_round, activity=True))

    reporting_round.close(by=beheerder)

    assert reporting_round.state == "closed"


def test_interventie_that_came_into_the_plan_later_keeps_a_round_from_closing(beheerder):
    late = PlanItemFactory(round=RoundFactory(review=True))

    assert late.round.why_not_close() == [(late, "heeft nog geen voortgang")]


def test_closed_round_refuses_the_colours_too(adviseur):
    update = UpdateFactory(plan_item__round=RoundFactory(closed=True), approved=True, coloured=True)
    reporting_round = update.plan_item.round

    for change in (partial(reporting_round.release_colours, version=1), reporting_round.withdraw_colours):
        with pytest.raises(Refused, match="de kleuren liggen vast"):
            change(pillar=update.plan_item.pillar, by=adviseur)

    assert not ProgressUpdate.objects.get().colour_released


def test_closed_round_refuses_whatever_the_page_still_believed(beheerder, adviseur):
    update = UpdateFactory(plan_item__round=RoundFactory(review=True), approved=True, coloured=True)
    stale = ProgressUpdate.objects.select_related("plan_item__round").get()
    stale_round = ReportingRound.objects.get()
    assert stale.plan_item.round.state == "review"
    update.plan_item.round.close(by=beheerder)

    with pytest.raises(Refused, match="afgesloten"):
        stale.set_colour("rood", by=adviseur, version=1, reason="Toch niet.")
    with pytest.raises(Refused, match="afgesloten"):
        stale.reopen(by=adviseur, version=1, reason="Toch niet.")
    with pytest.raises(Refused, match="afgesloten"):
        stale_round.withdraw_colours(pillar=update.plan_item.pillar, by=adviseur)
    with pytest.raises(Refused, match="afgesloten"):
        stale_round.back_to_open(by=beheerder)


def test_closed_round_refuses_a_new_indicator_whatever_the_page_still_believed(beheerder):
    update = UpdateFactory(plan_item__round=RoundFactory(review=True))
    stale = ProgressUpdate.objects.select_related("plan_item__round").get()
    assert stale.plan_item.round.state == "review"
    ProgressUpdate.objects.update(state="dropped")
    update.plan_item.round.close(by=beheerder)

    with pytest.raises(Refused):
        stale.propose_indicator(by=beheerder, name="Nieuw", unit="aantal", area=SeriesFactory().area, reason="Telt.")


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.REVIEW])
@pytest.mark.parametrize(("name", "source"), [("open", RoundState.PLANNED), ("reopen", RoundState.CLOSED)])
def test_one_round_at_a_time_is_in_progress(beheerder, state, name, source):
    RoundFactory(year=2024, state=state)
    other = RoundFactory(year=2025, state=source)
    reason = {"reason": "Er ontbreekt iets."} if name == "reopen" else {}

    with pytest.raises(Refused, match=r"De ronde 2024 is nog .*Sluit die eerst af"):
        getattr(other, name)(by=beheerder, **reason)

    assert ReportingRound.objects.get(year=2025).state == source


def test_closed_round_gets_no_new_rows_and_no_other_plan():
    item = PlanItemFactory(round=RoundFactory(closed=True))
    SeriesFactory(indicator=IndicatorFactory(owner=item.intervention))

    with pytest.raises(Refused, match="ligt vast"):
        item.round.make_updates()
    with pytest.raises(Refused, match="al geopend of heeft al een plan"):
        item.round.copy_plan_from(RoundFactory(year=2023, historical=True))

    assert not OutputValue.objects.exists()
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize("what", ["event", "revision", "plan revision", "event of the round"])
def test_what_happened_cannot_be_deleted_along_with_something_else(what, beheerder):
    """Each protects all that it is about, also when it is the only thing that happened."""
    update = UpdateFactory(plan_item__round=RoundFactory(review=True), submitted=True)
    item = update.plan_item
    match what:
        case "event":
            update.events.create(verb="submit", by=beheerder, from_state="draft", to_state="submitted")
        case "revision":
            update.revisions.create(version=1, way_in="form")
        case "plan revision":
            item.keep_revision(item.content(), by=beheerder, way_in="form")
        case _:
            item.round.events.create(verb="open", by=beheerder)
    about = {"plan revision": (item, item.round), "event of the round": (item.round,)}

    for row in about.get(what, (update, item, item.round)):
        with pytest.raises(ProtectedError):
            row.delete()

    assert ProgressUpdate.objects.get() == update


# Colours of a pijler


@pytest.fixture
def coloured():
    """Two pijlers and the activities, each with a colour; and one interventie without."""
    reporting_round = RoundFactory(review=True)
    items = {
        "first": PlanItemFactory(round=reporting_round),
        "second": PlanItemFactory(round=reporting_round),
        "activity": PlanItemFactory(round=reporting_round, activity=True),
    }
    for item in items.values():
        UpdateFactory(plan_item=item, approved=True, coloured=True)
    UpdateFactory(plan_item=PlanItemFactory(round=reporting_round, pillar=items["first"].pillar), approved=True)
    return reporting_round, items


def release(reporting_round, pillar, user):
    """Release what the user sees at this moment."""
    version = reporting_round.plan_items.of_pillar(pillar).colours_version()
    return reporting_round.release_colours(pillar=pillar, by=user, version=version)


def released():
    return set(PlanItem.objects.filter(progress__colour_released=True))


def test_colours_are_released_and_withdrawn_per_pijler(coloured, adviseur):
    reporting_round, items = coloured
    pillar = items["first"].pillar

    assert release(reporting_round, pillar, adviseur) == 1
    assert released() == {items["first"]}
    assert release(reporting_round, None, adviseur) == 1
    assert released() == {items["first"], items["activity"]}
    assert reporting_round.withdraw_colours(pillar=pillar, by=adviseur) == 1
    assert released() == {items["activity"]}
    assert list(RoundEvent.objects.values_list("verb", "pillar", "by")) == [
        ("release_colours", pillar.pk, adviseur.pk),
        ("release_colours", None, adviseur.pk),
        ("withdraw_colours", pillar.pk, adviseur.pk),
    ]


def test_releasing_again_shows_what_was_coloured_since(coloured, adviseur):
    reporting_round, items = coloured
    pillar = items["first"].pillar
    release(reporting_round, pillar, adviseur)
    later = PlanItem.objects.get(progress__colour="").progress

    later.set_colour("rood", by=adviseur, version=0, reason="De mijlpaal wordt niet gehaald.")

    assert release(reporting_round, pillar, adviseur) == 1


def test_release_shows_no_colour_that_the_user_has_not_seen(coloured, adviseur):
    reporting_round, items = coloured
    pillar = items["first"].pillar
    seen = reporting_round.plan_items.of_pillar(pillar).colours_version()
    update = items["first"].progress
    update.set_colour("rood", by=UserFactory(adviseur=True), version=update.colour_version, reason="Toch zorgen.")

    with pytest.raises(Conflict, match="Intussen is een kleur gewijzigd"):
        reporting_round.release_colours(pillar=pillar, by=adviseur, version=seen)

    assert released() == set()
    assert not RoundEvent.objects.exists()


def test_release_of_nothing_is_no_event(coloured, adviseur):
    reporting_round, items = coloured

    assert reporting_round.withdraw_colours(pillar=items["first"].pillar, by=adviseur) == 0

    assert not RoundEvent.objects.exists()


@pytest.mark.parametrize("role", ["invuller", "lezer", "controleur"])
def test_colours_are_shown_by_the_bureau_alone(role, coloured):
    reporting_round, items = coloured
    user = UserFactory(role=role)

    for change in (partial(reporting_round.release_colours, version=1), reporting_round.withdraw_colours):
        with pytest.raises(PermissionDenied):
            change(pillar=items["first"].pillar, by=user)

    assert released() == set()
    assert reporting_round.why_not_show_colours(user=user)


def test_release_leaves_other_rounds_alone(coloured, adviseur):
    reporting_round, items = coloured
    before = PlanItemFactory(round=RoundFactory(year=2023, review=True), pillar=items["first"].pillar)
    UpdateFactory(plan_item=before, approved=True, coloured=True)

    release(reporting_round, items["first"].pillar, adviseur)

    assert released() == {items["first"]}


# Which round


def test_current_round_is_the_latest_that_was_opened():
    RoundFactory(year=2022, historical=True)
    RoundFactory(year=2025, planned=True)
    assert ReportingRound.objects.current().year == 2022

    now = RoundFactory(year=2024)

    assert ReportingRound.objects.current() == now
    assert ReportingRound.objects.before(now).year == 2022
    assert ReportingRound.objects.before(ReportingRound.objects.get(year=2022)) is None


def test_without_a_round_there_is_no_current_one():
    assert ReportingRound.objects.current() is None


# The plan is taken over


def test_plan_is_copied_with_all_that_belongs_to_it():
    previous = RoundFactory(year=2023, closed=True)
    theme = ThemeFactory()
    item = PlanItemFactory(
        round=previous, pillar=theme.pillar, theme=theme, letter="a", former_name="Oud", description="Kort."
    )
    lead, supplier = OrganisationFactory.create_batch(2)
    InitiatorFactory(plan_item=item, organisation=lead, confirmed=True, position=0)
    InitiatorFactory(plan_item=item, organisation=supplier, role="dataleverancier", position=1)
    item.funding.add(Funding.objects.create(name="Regio Deal"))
    item.contacts.add(UserFactory())
    UpdateFactory(plan_item=item, approved=True, coloured=True)
    new = RoundFactory(planned=True)

    new.copy_plan_from(previous)

    def facts(item):
        own = ("intervention", "pillar", "theme", "number", "letter", "position", "name", "former_name", "description")
        return (
            [getattr(item, name) for name in own],
            list(item.initiators.values_list("organisation", "role", "confirmed", "position")),
            set(item.funding.all()),
            set(item.contacts.all()),
        )

    copy = new.plan_items.get()
    assert facts(copy) == facts(item)
    assert not ProgressUpdate.objects.filter(plan_item=copy).exists()


@pytest.mark.parametrize("state", ["open", "review", "closed", "historical"])
def test_plan_is_not_copied_into_a_round_that_was_opened(state):
    previous = PlanItemFactory(round=RoundFactory(year=2023, closed=True)).round
    opened = RoundFactory(**{"historical": True} if state == "historical" else {"state": state})

    with pytest.raises(Refused, match="al geopend of heeft al een plan"):
        opened.copy_plan_from(previous)

    assert not opened.plan_items.exists()


def test_plan_is_not_copied_twice():
    previous = PlanItemFactory(round=RoundFactory(year=2023, closed=True)).round
    new = RoundFactory(planned=True)
    new.copy_plan_from(previous)

    with pytest.raises(Refused, match="al geopend of heeft al een plan"):
        new.copy_plan_from(previous)

    assert new.plan_items.count() == 1


# Every interventie in the plan of a round that was opened has its voortgang: the pages of partners and bureau take it
# for granted. test_concurrency plays the races.

OURS = ("accounts", "backoffice", "indicators", "interventions", "nprz_site", "programme", "workbooks")
SOURCES = [path for app in OURS for path in Path(settings.BASE_DIR, app).rglob("*.py")]
MAKES_PLAN_ITEMS = re.compile(r"\bPlanItem\(|\b(?:PlanItem\.objects|plan_items)\.\w*create\b|\bcopy_for\(")


def test_plan_items_are_made_where_their_voortgang_is_seen_to_and_nowhere_else():
    """Whoever adds a place sees to the voortgang too, or calls ReportingRound.add_item, and then adds it here."""
    made_in = {path.relative_to(settings.BASE_DIR).as_posix() for path in SOURCES if makes_plan_items(path)}

    assert made_in == {
        "interventions/models/plan.py",  # PlanItem.copy_for, unsaved
        "interventions/models/rounds.py",  # add_item and copy_plan_from
        "interventions/loading.py",  # the plan that ships, with its voortgang
        "interventions/demo/past.py",  # the invented 2022, with its voortgang
        "interventions/workbooks/plan_sheet.py",  # what a row speaks of, unsaved; importing.py calls add_item
    }


def makes_plan_items(path):
    return "migrations" not in path.parts and MAKES_PLAN_ITEMS.search(path.read_text(encoding="utf-8"))


def add(reporting_round, beheerder):
    content = PlanContent(name="Taalcafé", pillar=None, theme=None, number=None)
    reporting_round.add_item(content, by=beheerder)


def open_the_next(reporting_round, beheerder):
    PlanItemFactory(round=RoundFactory(year=2020, historical=True))
    dates = {"opens_on": datetime.date(2026, 1, 1), "deadline": datetime.date(2026, 2, 1)}
    ReportingRound.objects.create_next(by=beheerder, year=2025, **dates).open(by=beheerder)


def add_and_open(reporting_round, beheerder):
    add(reporting_round, beheerder)
    reporting_round.open(by=beheerder)


def stop_and_open(reporting_round, beheerder):
    add(reporting_round, beheerder)
    reporting_round.plan_items.get().drop(by=beheerder, version=1, reason="Toch niet.")
    reporting_round.open(by=beheerder)


def reopen_and_add(reporting_round, beheerder):
    reporting_round.reopen(by=beheerder, reason="Er ontbreekt iets.")
    add(reporting_round, beheerder)


@pytest.mark.parametrize(
    ("state", "way"),
    [
        ("planned", add_and_open),
        ("planned", stop_and_open),
        ("open", add),
        ("closed", open_the_next),
        ("review", add),
        ("closed", reopen_and_add),
        ("historical", add),
    ],
)
def test_every_way_into_the_plan_of_an_opened_round_gives_a_voortgang(client, beheerder, state, way):
    reporting_round = RoundFactory(**{"historical": True} if state == "historical" else {"state": state})
    if state in ("open", "closed"):
        UpdateFactory(plan_item__round=reporting_round)

    way(reporting_round, beheerder)

    opened = PlanItem.objects.exclude(round__state=RoundState.PLANNED).exclude(round__year=2020)
    assert opened.exists()
    assert not opened.filter(progress=None).exists()
    client.force_login(beheerder)
    assert client.get(reverse("interventions:queue")).status_code == 200


# What must never be, whoever writes it


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("round_opens_before_deadline", {"opens_on": "2025-03-02", "deadline": "2025-03-01"}),
        ("round_dates_once_opened", {"opens_on": None, "deadline": None, "state": "open"}),
        ("round_historical_is_closed", {"historical": True, "state": "open"}),
    ],
)
def test_database_refuses_a_round_that_cannot_be(name, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        RoundFactory(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("progress_colour_has_reason", {"colour": "groen"}),
        ("progress_released_is_coloured", {"colour_released": True}),
        ("progress_colour_valid", {"colour": "paars", "colour_reason": "Mooi."}),
        ("progress_state_valid", {"state": "weg"}),
        ("progress_quantitative_within_limit", {"quantitative": "x" * 30_001}),
        ("progress_qualitative_within_limit", {"qualitative": "x" * 30_001}),
    ],
)
def test_database_refuses_a_voortgang_that_cannot_be(name, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        UpdateFactory(**fields)


def test_database_refuses_an_interventie_twice_in_a_round_or_under_one_number():
    item = PlanItemFactory(number=4)
    fields = {"round": item.round, "pillar": item.pillar}

    with pytest.raises(IntegrityError, match="plan_item_unique"), transaction.atomic():
        PlanItemFactory(intervention=item.intervention, **fields)
    with pytest.raises(IntegrityError, match="plan_item_number_unique"), transaction.atomic():
        PlanItemFactory(number=4, **fields)
    with pytest.raises(IntegrityError, match="plan_item_numbered_in_pillar"), transaction.atomic():
        PlanItemFactory(number=None, **fields)
    PlanItemFactory(number=4, letter="a", **fields)
