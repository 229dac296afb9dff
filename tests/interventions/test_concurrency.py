"""Two people at once, on a real PostgreSQL: each action in a thread with a connection of its own.

Every race is played in a fixed order: a lock holds all of them back until they queue for it, and PostgreSQL serves them
in the order in which they came.
"""

import threading
import time
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from accounts.models import Organisation, User
from interventions.models import (
    ImportLog,
    OutputIndicator,
    OutputValue,
    PlanItem,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
    Revision,
    RoundEvent,
)
from interventions.models.plan import PlanContent
from interventions.models.progress import Content, Waived
from interventions.workbooks.importing import look_at, take_over
from interventions.workflow import Conflict, Refused
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    UpdateFactory,
    UserFactory,
)
from tests.workbooks import workbook
from workbooks.taking_over import Outdated

from .test_import import World

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def race(*actions, rows):
    """Hold the lock on `rows` until all `actions` wait, in this order; returns the outcome of each."""
    outcomes = [None] * len(actions)

    def run(place, action):
        try:
            outcomes[place] = action() or "done"
        except Exception as error:  # handed back, for the test to judge
            outcomes[place] = type(error)
        finally:
            connection.close()

    threads = []
    with transaction.atomic():
        assert list(rows.select_for_update())
        for place, action in enumerate(actions):
            threads.append(threading.Thread(target=run, args=(place, action)))
            threads[-1].start()
            wait_until_waiting(place + 1)
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive(), "deadlock"
    return outcomes


def wait_until_waiting(number):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # it would say the same until the transaction ends
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.01)
    raise AssertionError(f"fewer than {number} actions wait for a lock")


def fresh(update):
    return ProgressUpdate.objects.select_related("plan_item__round").get(pk=update.pk)


def this_row(instance):
    return type(instance).objects.filter(pk=instance.pk)


@pytest.fixture
def adviseur():
    return UserFactory(adviseur=True)


@pytest.fixture
def beheerder():
    return UserFactory(beheerder=True)


@pytest.fixture
def update():
    """Submitted and coloured, in a round in review: whatever happens next decides whether the round can close."""
    return UpdateFactory(plan_item__round=RoundFactory(review=True), submitted=True, coloured=True)


@pytest.fixture
def activity():
    """A draft of an activity, which does not keep a round from closing."""
    return UpdateFactory(plan_item=PlanItemFactory(round=RoundFactory(review=True), activity=True), draft=True)


def close(reporting_round, by):
    return lambda: ReportingRound.objects.get(pk=reporting_round.pk).close(by=by)


def test_of_eight_people_saving_the_same_version_one_wins_and_seven_are_told():
    update = UpdateFactory()
    people = UserFactory.create_batch(8, adviseur=True)
    seen = {person: fresh(update) for person in people}

    def save(person):
        return lambda: seen[person].save_draft(
            Content(quantitative=f"<p>Van {person.pk}.</p>"), by=person, version=seen[person].version
        )

    outcomes = race(*(save(person) for person in people), rows=this_row(update))

    assert outcomes == [True] + [Conflict] * 7
    stored = fresh(update)
    assert (stored.quantitative, stored.version) == (f"<p>Van {people[0].pk}.</p>", 1)
    assert list(Revision.objects.values_list("version", "quantitative")) == [(1, stored.quantitative)]
    assert ProgressEvent.objects.count() == 1


@pytest.mark.parametrize("opens_first", [True, False])
def test_item_added_while_the_round_opens_has_its_voortgang(opens_first, beheerder):
    reporting_round = RoundFactory(planned=True)
    content = PlanContent(name="Taalcafé", pillar=None, theme=None, number=None)

    def open_it():
        ReportingRound.objects.get().open(by=beheerder)

    def add():
        ReportingRound.objects.get().add_item(content, by=beheerder)

    outcomes = race(*((open_it, add) if opens_first else (add, open_it)), rows=this_row(reporting_round))

    assert outcomes == ["done", "done"]
    assert [update.plan_item.name for update in ProgressUpdate.objects.all()] == ["Taalcafé"]


def test_of_two_people_who_make_the_same_round_one_is_told(beheerder):
    outcomes = []

    def make():
        try:
            ReportingRound.objects.create_next(by=beheerder, year=2025, opens_on=None, deadline=None)
        except Refused as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    with transaction.atomic():
        ReportingRound.objects.create_next(by=beheerder, year=2025, opens_on=None, deadline=None)
        thread = threading.Thread(target=make)
        thread.start()
        wait_until_waiting(1)
    thread.join(timeout=20)

    assert outcomes == ["De ronde 2025 bestaat al."]
    assert ReportingRound.objects.count() == 1


def test_what_is_handed_in_meanwhile_keeps_no_report_from_all_that_were_chosen(adviseur, beheerder):
    reporting_round = RoundFactory(review=True)
    first, second = UpdateFactory.create_batch(2, plan_item__round=reporting_round, draft=True)
    versions = {first.pk: first.version, second.pk: second.version}

    outcomes = race(
        lambda: fresh(second).submit(by=adviseur, version=second.version),
        lambda: reporting_round.record_no_report(versions, by=beheerder, reason="Niets ontvangen."),
        rows=this_row(second),
    )

    assert outcomes == ["done", Refused]
    assert [fresh(first).state, fresh(second).state] == ["draft", "submitted"]
    assert [event.verb for event in ProgressEvent.objects.all()] == ["submit"]


def test_of_two_approvals_one_counts(update, adviseur, beheerder):
    outcomes = race(
        lambda: fresh(update).approve(by=adviseur, version=1),
        lambda: fresh(update).approve(by=beheerder, version=1),
        rows=this_row(update),
    )

    assert outcomes == ["done", Refused]
    assert list(ProgressEvent.objects.values_list("verb", "by")) == [("approve", adviseur.pk)]


def test_of_an_approval_and_a_return_the_first_counts(update, adviseur, beheerder):
    outcomes = race(
        lambda: fresh(update).return_with_question(by=adviseur, version=1, reason="Hoeveel?"),
        lambda: fresh(update).approve(by=beheerder, version=1),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).state) == (["done", Refused], "returned")


def test_of_two_colours_on_what_both_saw_one_counts(update, adviseur, beheerder):
    outcomes = race(
        lambda: fresh(update).set_colour("rood", by=adviseur, version=1, reason="Zorg."),
        lambda: fresh(update).set_colour("wit", by=beheerder, version=1, reason="Later."),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).colour, fresh(update).colour_version) == (["done", Conflict], "rood", 2)


def test_colour_and_approval_at_once_both_count(update, adviseur, beheerder):
    outcomes = race(
        lambda: fresh(update).set_colour("rood", by=adviseur, version=1, reason="Zorg."),
        lambda: fresh(update).approve(by=beheerder, version=1),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).colour, fresh(update).state) == (["done", "done"], "rood", "approved")


# Closing while others work: the round is closed with what it says, or not closed


def test_approval_before_closing_counts(update, adviseur, beheerder):
    outcomes = race(
        lambda: fresh(update).approve(by=adviseur, version=1),
        close(update.plan_item.round, beheerder),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).state, fresh(update).plan_item.round.state) == (
        ["done", "done"],
        "approved",
        "closed",
    )


def test_closing_before_the_approval_is_refused_and_the_approval_counts(update, adviseur, beheerder):
    outcomes = race(
        close(update.plan_item.round, beheerder),
        lambda: fresh(update).approve(by=adviseur, version=1),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).state, fresh(update).plan_item.round.state) == (
        [Refused, "done"],
        "approved",
        "review",
    )


def test_save_before_closing_is_in_the_closed_round(activity, adviseur, beheerder):
    outcomes = race(
        lambda: fresh(activity).save_draft(Content(quantitative="<p>Nog net.</p>"), by=adviseur, version=1),
        close(activity.plan_item.round, beheerder),
        rows=this_row(activity),
    )

    assert (outcomes, fresh(activity).quantitative) == ([True, "done"], "<p>Nog net.</p>")
    assert ProgressEvent.objects.get().at < RoundEvent.objects.get().at


def test_save_after_closing_changes_nothing(activity, adviseur, beheerder):
    seen = fresh(activity)

    outcomes = race(
        close(activity.plan_item.round, beheerder),
        lambda: seen.save_draft(Content(quantitative="<p>Te laat.</p>"), by=adviseur, version=1),
        rows=this_row(activity),
    )

    assert (outcomes, fresh(activity).quantitative) == (["done", Refused], activity.quantitative)
    assert not Revision.objects.exists()


def test_colour_after_closing_changes_nothing(update, adviseur, beheerder):
    ProgressUpdate.objects.update(state="approved")
    seen = fresh(update)

    outcomes = race(
        close(update.plan_item.round, beheerder),
        lambda: seen.set_colour("rood", by=adviseur, version=1, reason="Te laat."),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).colour) == (["done", Refused], "groen")


def test_reopening_a_text_before_closing_keeps_the_round_open(update, adviseur, beheerder):
    ProgressUpdate.objects.update(state="approved")

    outcomes = race(
        lambda: fresh(update).reopen(by=adviseur, version=1, reason="Een getal klopt niet."),
        close(update.plan_item.round, beheerder),
        rows=this_row(update),
    )

    assert (outcomes, fresh(update).plan_item.round.state) == (["done", Refused], "review")


def test_releasing_colours_after_closing_changes_nothing(update, adviseur, beheerder):
    ProgressUpdate.objects.update(state="approved")
    seen = fresh(update).plan_item

    outcomes = race(
        close(seen.round, beheerder),
        lambda: seen.round.release_colours(pillar=seen.pillar, by=adviseur, version=0),
        rows=this_row(seen.round),
    )

    assert (outcomes, fresh(update).colour_released) == (["done", Refused], False)


def test_proposal_of_an_indicator_after_closing_changes_nothing(activity, adviseur, beheerder):
    seen, area = fresh(activity), AreaFactory()

    outcomes = race(
        close(activity.plan_item.round, beheerder),
        lambda: seen.propose_indicator(by=adviseur, name="Nieuw", unit="aantal", area=area, reason="Telt."),
        rows=this_row(activity),
    )

    assert (outcomes, OutputIndicator.objects.count()) == (["done", Refused], 0)


def test_indicator_taken_into_use_after_closing_asks_nothing_of_the_closed_round(activity, adviseur, beheerder):
    proposal = activity.propose_indicator(by=adviseur, name="Nieuw", unit="aantal", area=AreaFactory(), reason="Telt.")

    outcomes = race(
        close(activity.plan_item.round, beheerder),
        lambda: OutputIndicator.objects.get(pk=proposal.pk).accept(by=adviseur),
        rows=this_row(activity.plan_item.round),
    )

    assert (outcomes, OutputValue.objects.count()) == (["done", "done"], 0)


def test_round_is_opened_once(beheerder):
    item = PlanItemFactory(round=RoundFactory(planned=True))

    def open_round():
        ReportingRound.objects.get().open(by=beheerder)

    outcomes = race(open_round, open_round, rows=this_row(item.round))

    assert (outcomes, ProgressUpdate.objects.count(), RoundEvent.objects.count()) == (["done", Refused], 1, 1)


def test_closing_and_colouring_all_at_once_leaves_no_colour_written_later(beheerder):
    """Without a fixed order: whoever comes first, nothing is written in a closed round."""
    reporting_round = RoundFactory(review=True)
    updates = [
        UpdateFactory(plan_item=PlanItemFactory(round=reporting_round), approved=True, coloured=True) for _ in range(6)
    ]
    seen = [(fresh(update), UserFactory(adviseur=True)) for update in updates]
    all_at_work = threading.Barrier(len(seen) + 1)
    test_ends = threading.Event()
    written, refused = [], []

    def colour(update, by):
        """Until refused, so that they are at it when the round closes, however slow the machine is."""
        try:
            while not test_ends.is_set():
                update.set_colour("rood", by=by, version=update.colour_version, reason="Zorg.")
                written.append(update.pk)
                if update.colour_version == 2:
                    all_at_work.wait(timeout=20)
        except Refused:
            refused.append(update.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=colour, args=one) for one in seen]
    for thread in threads:
        thread.start()
    try:
        all_at_work.wait(timeout=20)
        ReportingRound.objects.get().close(by=beheerder)
        for thread in threads:
            thread.join(timeout=20)
    finally:
        test_ends.set()

    assert set(refused) == {update.pk for update in updates}
    assert len(written) == ProgressEvent.objects.count() >= len(updates)
    assert not ProgressEvent.objects.filter(at__gt=RoundEvent.objects.get().at).exists()


# The plan: one at a time in a round


@pytest.fixture
def planned():
    """W1 and W2 in a planned round, and their contents."""
    reporting_round, pillar = RoundFactory(planned=True), PillarFactory(abbreviation="W")
    return [PlanItemFactory(round=reporting_round, pillar=pillar, number=number) for number in (1, 2)]


def fresh_item(item):
    return PlanItem.objects.select_related("round").get(pk=item.pk)


def changed(item, by, **fields):
    seen = fresh_item(item)
    content = replace(seen.content(), **fields)
    return lambda: seen.change(content, by=by, version=seen.version)


def test_of_two_people_who_change_the_same_plan_item_one_is_told(planned, adviseur, beheerder):
    item = planned[0]

    outcomes = race(
        changed(item, adviseur, name="Van de adviseur"),
        changed(item, beheerder, name="Van de beheerder"),
        rows=this_row(item.round),
    )

    assert outcomes == [True, Conflict]
    assert (fresh_item(item).name, fresh_item(item).version) == ("Van de adviseur", 2)
    assert [one.version for one in item.revisions.all()] == [1, 2]


def test_of_two_people_who_take_the_same_number_one_is_told_in_words(planned, adviseur, beheerder):
    outcomes = race(
        changed(planned[0], adviseur, number=7),
        changed(planned[1], beheerder, number=7),
        rows=this_row(planned[0].round),
    )

    assert (outcomes, [fresh_item(item).number for item in planned]) == ([True, Refused], [7, 2])


def test_of_two_people_who_add_the_same_number_one_is_told_in_words(planned, adviseur, beheerder):
    content = replace(planned[0].content(), name="Nieuw", number=7)

    def add(by):
        return lambda: ReportingRound.objects.get().add_item(content, by=by).code

    outcomes = race(add(adviseur), add(beheerder), rows=this_row(planned[0].round))

    assert (outcomes, PlanItem.objects.count()) == (["W7", Refused], 3)


def test_two_people_who_move_two_items_leave_one_order(planned, adviseur, beheerder):
    outcomes = race(
        lambda: fresh_item(planned[1]).move(-1, by=adviseur),
        lambda: fresh_item(planned[0]).move(-1, by=beheerder),
        rows=this_row(planned[0].round),
    )

    assert outcomes == ["done", "done"]
    assert list(PlanItem.objects.in_printed_order().values_list("number", "position")) == [(1, 1), (2, 2)]


def test_plan_that_is_changed_before_the_round_closes_is_in_it_and_after_it_is_not(update, adviseur, beheerder):
    ProgressUpdate.objects.update(state="approved")
    item = update.plan_item

    outcomes = race(
        changed(item, adviseur, name="Net op tijd"),
        close(item.round, beheerder),
        changed(item, adviseur, name="Te laat"),
        rows=this_row(item.round),
    )

    assert (outcomes, fresh_item(item).name) == ([True, "done", Refused], "Net op tijd")


def test_of_two_people_who_merge_the_same_interventies_one_is_told(planned, adviseur, beheerder):
    content = replace(planned[0].content(), number=7)
    versions = {item.pk: 1 for item in planned}

    def merge(by):
        return lambda: ReportingRound.objects.get().merge(versions, content, by=by, reason="Bijeen.").code

    outcomes = race(merge(adviseur), merge(beheerder), rows=this_row(planned[0].round))

    assert (outcomes, PlanItem.objects.count()) == (["W7", Refused], 3)


def test_of_two_people_who_change_the_same_indicator_one_is_told(planned, adviseur, beheerder):
    indicator = IndicatorFactory(owner=planned[0].intervention)

    def rename(by):
        seen = OutputIndicator.objects.get(pk=indicator.pk)
        return lambda: seen.rename(by=by, version=1, name=f"Van {by.role}", unit="aantal")

    outcomes = race(rename(adviseur), rename(beheerder), rows=this_row(indicator))

    assert outcomes == ["done", Conflict]
    assert (OutputIndicator.objects.get().name, indicator.events.count()) == ("Van adviseur", 1)


def test_saving_a_voortgang_that_points_at_a_plan_item_does_not_wait_for_its_change(planned, adviseur):
    update = UpdateFactory(plan_item__round=RoundFactory(year=2023))
    content = Content(waived={"figures": Waived(reported_at=planned[0].pk)})
    outcome = []

    with transaction.atomic():
        planned[0].change(replace(planned[0].content(), name="Loket"), by=adviseur, version=1)
        save = threading.Thread(
            target=lambda: (
                outcome.append(fresh(update).save_draft(content, by=adviseur, version=0)) or connection.close()
            )
        )
        save.start()
        save.join(timeout=5)
        assert outcome == [True]


def importing(world, file, by, name):
    """Take over what `by` saw a preview of; who is refused keeps in `told` what the page then shows."""
    shown = look_at(file, reporting_round=world.round, by=by).fingerprint
    told = []

    def take():
        try:
            take_over(file, reporting_round=world.round, by=by, file_name=name, shown=shown)
        except Outdated as outdated:
            told.extend(outdated.preview.changes)
            raise

    return take, told


def test_of_two_workbooks_at_once_one_is_taken_and_the_other_shows_what_it_would_change_now():
    world, second = World(), UserFactory(beheerder=True)
    of_both = {"Kwalitatieve voortgang": "<p>Van allebei.</p>"}
    one = workbook([world.row(Naam="Kopklas"), world.row(2, **of_both)], [world.figure(Waarde=6)])
    other = workbook([world.row(Naam="Zomerklas"), world.row(2, **of_both)], [world.figure(Waarde=7)])
    takes = [importing(world, one, world.beheerder, "een.xlsx"), importing(world, other, second, "ander.xlsx")]

    outcomes = race(*(take for take, _ in takes), rows=this_row(world.round))

    assert outcomes == ["done", Outdated]
    assert world.round.plan_items.get(number=1).name == "Kopklas"
    assert OutputValue.objects.get().value == 6
    written = (world.item.revisions.count(), ProgressEvent.objects.count(), Revision.objects.count())
    assert written == (2, 2, 2)  # of the first alone; its plan item keeps what it said before as well
    told = [(one.title, one.before, one.after) for change in takes[1][1] for one in change.differences]
    assert told == [("Naam", "Kopklas", "Zomerklas"), ("Klassen, Zuid, 2024: Waarde", "6", "7")]
    assert list(ImportLog.objects.values_list("file_name", "by", "summary")) == [
        ("een.xlsx", world.beheerder.pk, "2 interventies gewijzigd.")
    ]
    assert [event.by for event in RoundEvent.objects.filter(verb="import")] == [world.beheerder]


def test_same_workbook_at_once_is_taken_once_and_the_other_is_told_that_nothing_is_left():
    world, second = World(), UserFactory(beheerder=True)
    files = [workbook([world.row(Naam="Kopklas")]) for _ in range(2)]
    takes = [importing(world, file, by, "a.xlsx") for file, by in zip(files, (world.beheerder, second), strict=True)]

    assert race(*(take for take, _ in takes), rows=this_row(world.round)) == ["done", Outdated]
    assert takes[1][1] == []
    assert (ImportLog.objects.count(), RoundEvent.objects.count(), world.item.revisions.count()) == (1, 1, 2)


def test_workbooks_about_different_interventies_are_both_taken():
    world, second = World(), UserFactory(beheerder=True)
    takes = [
        importing(world, workbook([world.row(Naam="Kopklas")]), world.beheerder, "een.xlsx"),
        importing(world, workbook([world.row(2, Naam="Zomerklas")]), second, "ander.xlsx"),
    ]

    assert race(*(take for take, _ in takes), rows=this_row(world.round)) == ["done", "done"]
    assert set(PlanItem.objects.values_list("name", flat=True)) == {"Kopklas", "Zomerklas"}
    assert set(ImportLog.objects.values_list("file_name", flat=True)) == {"een.xlsx", "ander.xlsx"}


def test_of_two_beheerders_who_deactivate_each_other_one_stays(beheerder):
    other = UserFactory(beheerder=True)

    outcomes = race(
        lambda: User.objects.get(pk=other.pk).deactivate(by=beheerder),
        lambda: User.objects.get(pk=beheerder.pk).deactivate(by=other),
        rows=User.objects.filter(pk__in=[beheerder.pk, other.pk]),
    )

    assert outcomes == ["done", PermissionDenied]
    assert list(User.objects.filter(role="beheerder", is_active=True)) == [beheerder]


@pytest.mark.parametrize("first", ["below", "above"])
def test_two_changes_of_organisations_make_nothing_that_cannot_be(beheerder, first):
    """One becomes a department of another, which becomes a department of a third: whoever comes second is refused."""
    below, middle, above = OrganisationFactory.create_batch(3)
    middle_as_seen = Organisation.objects.get(pk=middle.pk)

    def make_department(of, parent):
        of.change(by=beheerder, version=1, name=of.name, kind="department", parent=parent)

    actions = [lambda: make_department(below, middle_as_seen), lambda: make_department(middle, above)]
    outcomes = race(*(actions if first == "below" else reversed(actions)), rows=Organisation.objects.all())

    assert outcomes == ["done", Refused]


def test_same_invitation_twice_is_one_person(beheerder):
    def invite():
        User.objects.invite(by=beheerder, email="eva@partner.test", name="Eva", role="lezer")

    ready = threading.Barrier(2)
    outcomes = []

    def run():
        ready.wait()
        try:
            outcomes.append(invite() or "done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) == ["done", "refused"]
    assert User.objects.filter(email="eva@partner.test").count() == 1
