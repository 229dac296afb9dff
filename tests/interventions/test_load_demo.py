"""`manage.py load_demo`: what it brings in each stage, and that it never stands among real things."""

import csv
import datetime
from collections import Counter
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Organisation, Role, User
from interventions import demo
from interventions.loading import load_plan
from interventions.models import (
    Demonstration,
    InternalNote,
    InterventionLink,
    OutputIndicator,
    OutputValue,
    PlanItem,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
    Revision,
)
from interventions.models.progress import Part
from interventions.workflow import VERBS, State
from tests.factories import RoundFactory, UserFactory

SUMMARY = Path(settings.BASE_DIR).parent / "shared" / "vgr2023" / "samenvatting.csv"
# Pijler x kleur of 2023: nieuw, vooruit, gelijk, achteruit, as reconstructed from the printed summary.
PRINTED = {
    ("Thuisbasis op Orde", "groen"): (1, 3, 0, 0),
    ("Thuisbasis op Orde", "oranje"): (9, 0, 4, 0),
    ("Thuisbasis op Orde", "wit"): (2, 0, 0, 0),
    ("School", "groen"): (2, 1, 5, 0),
    ("School", "oranje"): (9, 1, 5, 4),
    ("School", "rood"): (0, 0, 0, 1),
    ("School", "wit"): (1, 0, 0, 0),
    ("Werk", "groen"): (8, 6, 5, 0),
    ("Werk", "oranje"): (6, 2, 5, 1),
    ("Werk", "wit"): (2, 0, 0, 0),
    ("Wonen", "groen"): (0, 1, 6, 0),
    ("Wonen", "oranje"): (0, 0, 5, 4),
    ("Wonen", "wit"): (2, 0, 0, 1),
    ("Veilig", "groen"): (1, 0, 6, 0),
    ("Veilig", "oranje"): (3, 0, 0, 5),
    ("Veilig", "rood"): (0, 0, 0, 1),
}
TRENDS = ("nieuw", "vooruit", "gelijk", "achteruit")


def load_demo(stage, **options):
    """The lines that `manage.py load_demo` prints."""
    output = StringIO()
    call_command("load_demo", stage=stage, stdout=output, **options)
    return output.getvalue().splitlines()


@pytest.fixture(autouse=True)
def debug(settings):
    settings.DEBUG = True


@pytest.fixture(scope="module")
def planned_once(django_db_setup, django_db_blocker):
    """The plan, loaded for all tests below, and what it is; each test still undoes its own changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_plan()
        yield snapshot()
        transaction.set_rollback(True)


@pytest.fixture
def plan(planned_once, db):
    return ReportingRound.objects.get(year=2023)


@pytest.fixture(scope="module")
def shown_once(planned_once, django_db_blocker):
    """The demonstration in stage open, on top of the plan."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load("open", today=timezone.localdate())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def opened(shown_once, db):
    return ReportingRound.objects.get(year=2024)


def person(name):
    return User.objects.get(email=f"{name}@demo.example")


# The tests that start from the plan alone come first: what `shown_once` brings stays until the last test.


def test_load_demo_needs_debug(plan, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        load_demo("open")
    assert not User.objects.exists()


def test_load_demo_needs_the_whole_plan(plan):
    QuerySet(Revision).delete()  # past the queryset that refuses it, and what it protects
    plan.plan_items.get(pillar__abbreviation="V", number=18).delete()
    with pytest.raises(CommandError, match="van de 120 interventies over 2023 zijn er 119"):
        load_demo("open")
    plan.delete()
    with pytest.raises(CommandError, match="load_plan"):
        load_demo("open")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "make_real",
    [
        lambda plan: UserFactory(beheerder=True),
        lambda plan: RoundFactory(year=2025),
        lambda plan: ProgressUpdate.objects.filter(plan_item=plan.plan_items.first()).update(
            colour="groen", colour_reason="Echt."
        ),
    ],
    ids=["person", "round", "colour"],
)
def test_load_demo_never_stands_among_real_things(plan, make_real):
    make_real(plan)
    with pytest.raises(CommandError, match="Hier staan echte personen"):
        load_demo("open")
    assert not Demonstration.objects.exists()


def test_load_demo_2023_comes_out_as_the_printed_summary(opened):
    items = PlanItem.objects.counting().filter(round__year=2023).visible_to(user=person("lezer"))
    found = Counter((item.pillar.name, item.seen_colour, item.trend) for item in items.select_related("pillar"))
    expected = {
        (pillar, colour, trend): number
        for (pillar, colour), numbers in PRINTED.items()
        for trend, number in zip(TRENDS, numbers, strict=True)
        if number
    }
    assert found == expected | {("Veilig", "", ""): 2}
    assert sum(expected.values()) == 118


@pytest.mark.skipif(not SUMMARY.exists(), reason="het rapport zelf (../shared/vgr2023) is er niet")
def test_printed_summary_is_that_of_the_report():
    with SUMMARY.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["pijler"] != "Totaal" and row["subtotaal"] not in ("", "0")]
    assert {(row["pijler"], row["kleur"]): tuple(int(row[trend]) for trend in TRENDS) for row in rows} == PRINTED


def test_load_demo_past_years_are_taken_over_and_say_that_they_are_invented(opened):
    before = ReportingRound.objects.get(year=2022)
    assert (before.historical, before.state) == (True, "closed")
    coloured = ProgressUpdate.objects.filter(plan_item__round__year__in=(2022, 2023)).exclude(colour="")
    assert all(update.colour_reason.startswith("Verzonnen voor de demonstratie: ") for update in coloured)
    assert all(update.colour_released for update in coloured)
    for update in ProgressUpdate.objects.filter(plan_item__round=before):
        assert update.quantitative.startswith("<p>Verzonnen voor de demonstratie")
        assert update.revisions.get().way_in == "demo"


def test_load_demo_one_interventie_of_2022_may_have_become_several(opened):
    became = {}
    for link in InterventionLink.objects.all():
        old = link.predecessor.plan_items.get(round__year=2022).name
        became.setdefault(old, []).append(link.intervention.plan_items.get(round__year=2023).code)
    assert became == {
        "Aanboren arbeidspotentieel": ["W17"],
        "Cultuur&Campus": ["W35"],
        "Licht verstandelijke beperking in de strafketen": ["V3", "V4", "V5"],
    }


def test_load_demo_has_somebody_for_every_role_and_organisation(opened):
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)
    assert not Organisation.objects.filter(people=None).exists()
    assert Organisation.objects.get(name="Gemeente Rotterdam").people.count() == 4
    advisers = User.objects.filter(role=Role.ADVISEUR)
    looked_after = [one.pillar.abbreviation for user in advisers for one in user.pillar_assignments.all()]
    assert sorted(looked_after) == ["S", "T", "V", "W", "Wo"]
    assert len(advisers) == 3


def test_load_demo_everybody_logs_in_with_the_password_that_is_printed(opened, rf):
    for _, email, password in demo.logins():
        assert authenticate(rf.post("/"), email=email, password=password).email == email
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()
    assert all(user.email.endswith("@demo.example") for user in User.objects.all())


def test_load_demo_every_interventie_with_an_initiator_has_a_contact_who_may_write(opened):
    asked = opened.plan_items.exclude(pk__in=opened.plan_items.without_initiator())
    assert asked.count() == 103
    for item in asked.prefetch_related("contacts"):
        (contact,) = item.contacts.all()
        assert PlanItem.objects.own_of(user=contact).filter(pk=item.pk).exists()


def test_load_demo_open_has_every_state_but_none_is_late(opened):
    today = timezone.localdate()
    assert (opened.state, opened.is_late(today=today), opened.days_left(today=today)) == ("open", False, 10)
    states = Counter(opened.plan_items.values_list("progress__state", flat=True))
    assert set(states) == {State.TO_DO, State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED}
    assert min(states.values()) > 8
    assert opened.plan_items.get(pillar__abbreviation="S", number=8).progress.state == State.DRAFT


def test_load_demo_open_has_colours_of_which_one_pijler_is_released(opened):
    coloured = ProgressUpdate.objects.filter(plan_item__round=opened).exclude(colour="")
    released = {update.plan_item.pillar.abbreviation for update in coloured.filter(colour_released=True)}
    hidden = {update.plan_item.code[:1] for update in coloured.filter(colour_released=False)}
    assert released == {"T"}
    assert hidden >= {"S", "W"}
    assert "T" not in hidden
    seen = opened.plan_items.visible_to(user=person("lezer")).exclude(seen_colour="")
    assert {item.pillar.abbreviation for item in seen} == {"T"}


def test_load_demo_draft_is_incomplete_and_what_was_handed_in_is_complete(opened):
    for update in ProgressUpdate.objects.filter(plan_item__round=opened).select_related("plan_item"):
        if update.state in (State.SUBMITTED, State.APPROVED, State.RETURNED):
            assert update.missing() == [], update
        elif update.state == State.DRAFT:
            assert update.missing(), update


def test_load_demo_events_lead_from_the_start_to_where_each_is(opened):
    for update in ProgressUpdate.objects.filter(plan_item__round=opened):
        events = list(update.events.all())
        states = [State.TO_DO, *(event.to_state for event in events)]
        assert [event.from_state for event in events] == states[:-1]
        assert states[-1] == update.state
        assert all(event.from_state in VERBS[event.verb].sources for event in events)
        assert update.revisions.count() == update.version == sum(event.verb == "save" for event in events)


def test_load_demo_events_are_spread_over_the_round_in_the_order_in_which_they_happened(opened):
    events = ProgressEvent.objects.filter(update__plan_item__round=opened).order_by("pk")
    moments = [timezone.localtime(event.at) for event in events]
    assert all(earlier < later for earlier, later in pairwise(moments))
    today = timezone.localdate()
    assert opened.opens_on <= moments[0].date() < opened.opens_on + datetime.timedelta(days=4)
    assert today - datetime.timedelta(days=4) <= moments[-1].date() < today
    assert all(9 <= moment.hour < 17 and moment.weekday() < 5 for moment in moments)
    for update in ProgressUpdate.objects.filter(plan_item__round=opened, state=State.SUBMITTED):
        assert update.submitted_at <= update.events.filter(verb="submit").latest("at").at


def test_load_demo_figures_are_near_those_of_last_year_and_of_every_kind(opened):
    values = opened.output_values.all()
    assert {value.code for value in values} == {"", "nb", "nvt", "lt5"}
    assert values.filter(provisional=True).exists()
    assert values.filter(remark__startswith="Verzonnen").exists()
    for value in values.filter(value__isnull=False).select_related("series"):
        last = OutputValue.objects.filter(series=value.series, round__year=2023).latest("period__start")
        assert abs(value.value - last.value) <= last.value / 10 + 1, value


def test_load_demo_has_the_rare_things_too(opened):
    updates = ProgressUpdate.objects.filter(plan_item__round=opened)
    elsewhere = updates.get(plan_item__pillar__abbreviation="Wo", plan_item__number=7).waivers.all()
    assert {waiver.part: waiver.reported_at.code for waiver in elsewhere} == dict.fromkeys(Part.values, "W28")
    assert updates.filter(waivers__reason__startswith="Verzonnen").exists()
    assert updates.exclude(proposed_colour="").count() > 10
    assert updates.filter(events__on_behalf=True).exists()
    assert InternalNote.objects.count() == 4
    proposed = OutputIndicator.objects.get(status=OutputIndicator.Status.PROPOSED)
    assert proposed.placements.get().intervention.plan_items.get(round=opened).code == "S3"
    assert "<ul>" in "".join(updates.values_list("qualitative", flat=True))
    assert "<table>" in "".join(updates.values_list("quantitative", flat=True))


def test_load_demo_texts_say_that_they_are_invented(opened):
    for update in ProgressUpdate.objects.filter(plan_item__round=opened):
        for text in filter(None, (update.quantitative, update.qualitative)):
            assert text.startswith("<p><em>Verzonnen voor de demonstratie.</em></p>")


def test_load_demo_again_changes_nothing(opened):
    before = snapshot()
    lines = load_demo("open")
    assert lines[-1] == "Niets veranderd."
    assert lines[0].split() == ["Beheerder", "beheerder@demo.example", demo.people.PASSWORD]
    assert snapshot() == before


def test_load_demo_another_stage_needs_replace(opened):
    with pytest.raises(CommandError, match="--replace"):
        load_demo("closed")
    assert ReportingRound.objects.get(year=2024).state == "open"


def test_load_demo_replace_brings_the_other_stages_and_the_same_one_again(opened):
    before = snapshot()

    assert "in stand 'review'" in load_demo("review", replace=True)[-1]
    review = ReportingRound.objects.get(year=2024)
    states = Counter(review.plan_items.values_list("progress__state", flat=True))
    assert (review.state, review.is_late(today=timezone.localdate())) == ("review", True)
    assert set(states) == set(State) - {State.NO_REPORT}
    assert states[State.SUBMITTED] + states[State.APPROVED] > 90

    load_demo("closed", replace=True)
    closed = ReportingRound.objects.get(year=2024)
    assert (closed.state, closed.why_not_close()) == ("closed", [])
    states = Counter(closed.plan_items.values_list("progress__state", flat=True))
    assert set(states) == {State.APPROVED, State.NO_REPORT, State.DROPPED}
    coloured = ProgressUpdate.objects.filter(plan_item__round=closed).exclude(state=State.DROPPED)
    assert Counter(coloured.values_list("colour_released", flat=True)) == {True: 130}
    assert [event.verb for event in closed.events.all()][:2] == ["open", "start_review"]
    assert closed.events.get(verb="start_review").at.date() > closed.deadline

    load_demo("open", replace=True)
    assert snapshot() == before


def test_load_demo_takes_out_all_that_was_invented_and_keeps_the_plan(opened, planned_once):
    update = ProgressUpdate.objects.get(plan_item__round__year=2023, plan_item__name="Onwijze moeders")
    update.set_colour("groen", by=person("beheerder"), version=1, reason="Uitgeprobeerd.")
    InternalNote.objects.create(update=update, text="Uitgeprobeerd.", by=person("adviseur"))

    demo.remove()

    assert snapshot() == planned_once
    for model in (User, ProgressEvent, InternalNote, Demonstration):
        assert not model.objects.exists()
    assert demo.logins() == []


def test_load_demo_replace_loses_nothing_real(opened):
    real = UserFactory(beheerder=True)
    with pytest.raises(CommandError, match="Hier staan echte personen"):
        load_demo("closed", replace=True)
    real.delete()
    update = ProgressUpdate.objects.get(plan_item__round__year=2023, plan_item__name="Onwijze moeders")
    better = replace(update.content(), quantitative="<p>Beter.</p>")
    update.save_draft(better, by=person("beheerder"), version=1)

    with pytest.raises(CommandError, match="die zouden verloren gaan"):
        load_demo("closed", replace=True)

    assert ProgressUpdate.objects.get(pk=update.pk).quantitative == "<p>Beter.</p>"


def snapshot():
    """What there is, without keys and times."""
    updates = ProgressUpdate.objects.order_by("plan_item__round__year", "plan_item__pillar", "plan_item__position")
    values = OutputValue.objects.order_by("round__year", "series", "period")
    return {
        "updates": list(
            updates.values_list("plan_item__name", "state", "version", "quantitative", "qualitative", "colour")
        ),
        "values": list(values.values_list("series", "period", "value", "code", "remark")),
        "people": list(
            User.objects.order_by("email", "organisations__name").values_list("email", "name", "organisations__name")
        ),
        "revisions": Revision.objects.count(),
        "links": InterventionLink.objects.count(),
        "indicators": OutputIndicator.objects.count(),
    }
