"""What may be done with a voortgang: DESIGN.md, section 3, read into the tables below and not into workflow.py."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation
from interventions.models import ProgressEvent, ProgressUpdate, Waiver
from interventions.models.progress import Content
from interventions.workflow import COLOURABLE, VERBS, Conflict, Refused, State
from tests.factories import (
    IndicatorFactory,
    InitiatorFactory,
    OrganisationFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

pytestmark = pytest.mark.django_db

FORBIDDEN, REFUSED = "not your function", "not now"

STATES = ("to_do", "draft", "returned", "submitted", "approved", "no_report", "dropped")
ROUNDS = {
    "planned": {"planned": True},
    "open": {},
    "review": {"review": True},
    "closed": {"closed": True},
    "historical": {"historical": True},
}
UNFINISHED = ("to_do", "draft", "returned")


def stay(*states):
    return {state: state for state in states}


def in_progress(moves):
    return {"open": moves, "review": moves}


SAVED = {"to_do": "draft", "draft": "draft", "returned": "returned"}
SUBMITTED = dict.fromkeys(UNFINISHED, "submitted")
DROPPED = dict.fromkeys(("to_do", "draft", "returned", "submitted", "no_report"), "dropped")

# verb -> round -> {state it starts from: state it ends in}; what is not here is refused.
PARTNER = {
    "save": {"open": SAVED, "review": {"returned": "returned"}},
    "submit": {"open": SUBMITTED, "review": {"returned": "submitted"}},
    "withdraw": {"open": {"submitted": "draft"}},
}
BUREAU = {
    "save": in_progress(SAVED),
    "submit": in_progress(SUBMITTED),
    "return_with_question": {
        "open": {"submitted": "returned"},
        "review": dict.fromkeys(("submitted", "to_do", "draft"), "returned"),
    },
    "approve": in_progress({"submitted": "approved"}),
    "reopen": in_progress({"approved": "submitted"}),
    "record_no_report": {"review": dict.fromkeys(UNFINISHED, "no_report")},
    "drop": in_progress(DROPPED) | {"planned": DROPPED},
    "set_colour": in_progress(stay("submitted", "approved", "no_report")),
}
# A historical round is filled by the beheerder, whatever the state says.
BEHEERDER = BUREAU | {
    "save": BUREAU["save"] | {"historical": stay(*STATES)},
    "set_colour": BUREAU["set_colour"] | {"historical": stay(*STATES)},
}
NOTHING = {}
MAY = {
    "invuller": PARTNER,
    "invuller of the whole city": PARTNER,
    "invuller of a member": PARTNER,
    "invuller of another": NOTHING,
    "invuller of a department of the trekker": NOTHING,
    "invuller of the data": NOTHING,
    "adviseur": BUREAU,
    "beheerder": BEHEERDER,
    "lezer": NOTHING,
    "controleur": NOTHING,
}
NEEDS_A_REASON = {"return_with_question", "reopen", "record_no_report", "drop", "set_colour"}


@pytest.fixture
def people():
    """Everybody who might want something of an interventie of a department and a collective."""
    city, other, supplier = OrganisationFactory.create_batch(3)
    department = OrganisationFactory(kind=Organisation.Kind.DEPARTMENT, parent=city)
    member = OrganisationFactory()
    collective = OrganisationFactory(kind=Organisation.Kind.COLLECTIVE)
    collective.members.add(member)
    trekker = OrganisationFactory()
    part_of_trekker = OrganisationFactory(kind=Organisation.Kind.DEPARTMENT, parent=trekker)
    people = {
        "invuller": UserFactory(organisations=[trekker]),
        "invuller of the whole city": UserFactory(organisations=[city]),
        "invuller of a member": UserFactory(organisations=[member]),
        "invuller of another": UserFactory(organisations=[other]),
        "invuller of a department of the trekker": UserFactory(organisations=[part_of_trekker]),
        "invuller of the data": UserFactory(organisations=[supplier]),
        "adviseur": UserFactory(adviseur=True),
        "beheerder": UserFactory(beheerder=True),
        "lezer": UserFactory(lezer=True, organisations=[trekker]),
        "controleur": UserFactory(controleur=True, organisations=[trekker]),
    }
    initiators = [
        (trekker, "trekker"),
        (department, "initiatiefnemer"),
        (collective, "initiatiefnemer"),
        (supplier, "dataleverancier"),
    ]
    return people, initiators


@pytest.fixture
def make_update(people):
    """make_update(state, round): a voortgang that lacks nothing, of the interventie of all those people."""

    def make_update(state, reporting_round):
        item = PlanItemFactory(round=reporting_round)
        for organisation, role in people[1]:
            InitiatorFactory(plan_item=item, organisation=organisation, role=role)
        return UpdateFactory(plan_item=item, **{"filled": True} | ({} if state == "to_do" else {state: True}))

    return make_update


def do(verb, update, by, **changed):
    """Do `verb` as a page would, on the version that is in the database now."""
    arguments = {"by": by, "version": update.version}
    if verb in NEEDS_A_REASON:
        arguments["reason"] = "Daarom."
    if verb == "save":
        return update.save_draft(Content(quantitative="<p>Twaalf gezinnen.</p>"), **arguments | changed)
    if verb == "set_colour":
        return update.set_colour("rood", **arguments | {"version": update.colour_version} | changed)
    return getattr(update, verb)(**arguments | changed)


def outcome(verb, update, by):
    """What `verb` does to a fresh copy of `update`: the state it ends in, or how it is refused; then undone."""
    update = ProgressUpdate.objects.get(pk=update.pk)
    with transaction.atomic():
        try:
            do(verb, update, by)
        except PermissionDenied:
            return FORBIDDEN
        except Refused as refused:
            return REFUSED if str(refused) == update.why_not(verb, user=by) else f"refused as {refused}"
        else:
            return ProgressUpdate.objects.get(pk=update.pk).state
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("round_state", ROUNDS)
@pytest.mark.parametrize("verb", VERBS)
def test_verb_goes_exactly_where_the_design_says(verb, round_state, people, make_update):
    reporting_round = RoundFactory(**ROUNDS[round_state])
    updates = {state: make_update(state, reporting_round) for state in STATES}
    cases = [(who, state) for who in MAY for state in STATES]

    found = {(who, state): outcome(verb, updates[state], people[0][who]) for who, state in cases}

    assert found == {
        (who, state): MAY[who][verb].get(round_state, {}).get(state, REFUSED) if verb in MAY[who] else FORBIDDEN
        for who, state in cases
    }


@pytest.mark.parametrize("round_state", ROUNDS)
def test_button_shows_exactly_when_the_verb_would_go_through(round_state, people, make_update):
    reporting_round = RoundFactory(**ROUNDS[round_state])
    updates = {state: make_update(state, reporting_round) for state in STATES}
    cases = [(who, verb, state) for who in MAY for verb in VERBS for state in STATES]

    shown = {case for case in cases if not updates[case[2]].why_not(case[1], user=people[0][case[0]])}

    assert shown == {
        (who, verb, state) for who, verb, state in cases if state in MAY[who].get(verb, {}).get(round_state, {})
    }


def test_the_tables_name_every_verb_and_every_state():
    assert set(VERBS) == PARTNER.keys() | BUREAU.keys()
    assert set(STATES) == set(State)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_verb_writes_who_did_it_from_where_to_where_and_why(verb, people, make_update):
    by = people[0]["invuller" if verb == "withdraw" else "adviseur"]
    reporting_round = RoundFactory(**ROUNDS["open" if verb == "withdraw" else "review"])
    moves = (PARTNER if verb == "withdraw" else BUREAU)[verb]["open" if verb == "withdraw" else "review"]
    from_state, to_state = next(iter(moves.items()))
    update = make_update(from_state, reporting_round)

    do(verb, update, by)

    event = ProgressEvent.objects.get(update=update)
    assert (event.verb, event.by, event.from_state, event.to_state) == (verb, by, from_state, to_state)
    assert event.reason == ("Daarom." if verb in NEEDS_A_REASON else "")
    assert event.colour == ("rood" if verb == "set_colour" else "")


@pytest.mark.parametrize("verb", sorted(NEEDS_A_REASON))
@pytest.mark.parametrize("reason", ["", " \n"])
def test_verb_that_needs_a_reason_is_refused_without_one(verb, reason, people, make_update):
    state = next(iter(BUREAU[verb]["review"]))
    update = make_update(state, RoundFactory(review=True))

    with pytest.raises(Refused, match=r"Vul een (reden|vraag) in"):
        do(verb, update, people[0]["adviseur"], reason=reason)

    update.refresh_from_db()
    assert (update.state, update.colour, update.events.count()) == (state, "", 0)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_verb_on_an_older_version_is_a_conflict_and_changes_nothing(verb, people, make_update):
    by = people[0]["invuller" if verb == "withdraw" else "adviseur"]
    round_state = "open" if verb == "withdraw" else "review"
    state = next(iter((PARTNER if verb == "withdraw" else BUREAU)[verb][round_state]))
    update = make_update(state, RoundFactory(**ROUNDS[round_state]))
    before = ProgressUpdate.objects.filter(pk=update.pk).values().get()
    seen = update.colour_version if verb == "set_colour" else update.version

    with pytest.raises(Conflict):
        do(verb, update, by, version=seen - 1)

    assert ProgressUpdate.objects.filter(pk=update.pk).values().get() == before
    assert not ProgressEvent.objects.exists()


# Submitting


def test_submit_of_the_bureau_is_said_to_be_on_behalf_of_the_partner(people, make_update):
    mine, theirs = make_update("draft", RoundFactory()), make_update("draft", RoundFactory(year=2023))

    mine.submit(by=people[0]["invuller"], version=mine.version)
    theirs.submit(by=people[0]["beheerder"], version=theirs.version)

    assert (mine.events.get().on_behalf, mine.submitted_by) == (False, people[0]["invuller"])
    assert (theirs.events.get().on_behalf, theirs.submitted_by) == (True, people[0]["beheerder"])


@pytest.fixture
def incomplete(people):
    """A voortgang to do, with one figure to fill in."""
    item = PlanItemFactory(trekker=people[1][0][0])
    indicator = IndicatorFactory(name="Gezinnen bereikt", owner=item.intervention)
    row = ValueFactory(series=SeriesFactory(indicator=indicator, area__name="Carnisse"), round=item.round)
    return UpdateFactory(plan_item=item), row


def test_submit_names_each_part_that_is_missing(incomplete, people):
    update, row = incomplete

    missing = [(one.part, one.message) for one in update.missing()]

    assert missing == [
        (
            f"figure-{row.pk}",
            "Gezinnen bereikt, Carnisse (2024): vul een getal in, of n.b., n.v.t. of <5.",
        ),
        ("quantitative", "Kwantitatieve voortgang: schrijf een tekst, of geef aan waarom die er niet is."),
        ("qualitative", "Kwalitatieve voortgang: schrijf een tekst, of geef aan waarom die er niet is."),
    ]
    with pytest.raises(Refused, match=r"Gezinnen bereikt, Carnisse .* En nog 2 andere onderdelen"):
        update.submit(by=people[0]["invuller"], version=update.version)
    assert ProgressUpdate.objects.get(pk=update.pk).state == "to_do"


def test_submit_takes_what_is_filled_in_or_waived_or_reported_elsewhere(incomplete, people):
    update, row = incomplete
    row.code = "nb"
    row.save()
    Waiver.objects.create(update=update, part="quantitative", reason="Gestart in december.")
    Waiver.objects.create(update=update, part="qualitative", reported_at=PlanItemFactory(round=update.plan_item.round))

    update.submit(by=people[0]["invuller"], version=update.version)

    assert update.state == "submitted"


def test_figures_are_waived_together(incomplete):
    update, _ = incomplete
    Waiver.objects.create(update=update, part="figures", reason="Gestart in december.")

    assert [one.part for one in update.missing()] == ["quantitative", "qualitative"]


@pytest.mark.parametrize(
    ("waiver", "missing"),
    [
        ({"reason": "Gestart in december."}, []),
        ({}, ["quantitative-reason"]),
    ],
)
def test_waiver_of_a_draft_may_lack_its_reason_until_it_is_submitted(waiver, missing):
    update = UpdateFactory(filled=True, quantitative="")
    Waiver.objects.create(update=update, part="quantitative", **waiver)

    assert [one.part for one in update.missing()] == missing


def test_part_is_filled_in_or_waived_and_not_both():
    update = UpdateFactory(filled=True)
    Waiver.objects.create(update=update, part="qualitative", reason="Gestart in december.")

    assert [one.part for one in update.missing()] == ["qualitative"]


def test_proposed_colour_takes_a_reason_before_it_is_submitted():
    assert [one.part for one in UpdateFactory(filled=True, proposed_colour="rood").missing()] == ["proposed_reason"]


def test_nothing_is_asked_of_a_partner_for_a_figure_that_another_fills_in(people):
    item = PlanItemFactory(trekker=people[1][0][0])
    elsewhere = PlanItemFactory(round=item.round)
    shared = IndicatorFactory(owner=elsewhere.intervention, shared_with=[item.intervention])
    ValueFactory(series=SeriesFactory(indicator=shared), round=item.round)

    assert [one.part for one in UpdateFactory(plan_item=item).missing()] == ["quantitative", "qualitative"]


# Withdrawing


@pytest.mark.parametrize("decision", ["set_colour", "return_with_question", "approve"])
def test_withdraw_is_refused_once_the_bureau_decided_something(decision, people, make_update):
    update, partner, adviseur = make_update("draft", RoundFactory()), people[0]["invuller"], people[0]["adviseur"]
    update.submit(by=partner, version=update.version)
    do(decision, update, adviseur)

    with pytest.raises(Refused):
        update.withdraw(by=partner, version=update.version)

    assert ProgressUpdate.objects.get(pk=update.pk).state != "draft"


def test_withdraw_is_refused_after_an_approval_that_was_reopened(people, make_update):
    update, partner, adviseur = make_update("draft", RoundFactory()), people[0]["invuller"], people[0]["adviseur"]
    update.submit(by=partner, version=update.version)
    update.approve(by=adviseur, version=update.version)
    update.reopen(by=adviseur, version=update.version, reason="Een getal klopt niet.")

    with pytest.raises(Refused, match="al met de beoordeling begonnen"):
        update.withdraw(by=partner, version=update.version)


def test_withdraw_may_be_done_again_after_a_new_submission(people, make_update):
    update, partner, adviseur = make_update("draft", RoundFactory()), people[0]["invuller"], people[0]["adviseur"]
    update.submit(by=partner, version=update.version)
    update.return_with_question(by=adviseur, version=update.version, reason="Hoeveel?")
    update.submit(by=partner, version=update.version)

    update.withdraw(by=partner, version=update.version)

    assert update.state == "draft"


# Approving, reopening, colouring


def test_approve_is_not_for_the_person_who_submitted(people, make_update):
    update = make_update("draft", RoundFactory())
    update.submit(by=people[0]["adviseur"], version=update.version)

    with pytest.raises(Refused, match="iemand anders keurt haar goed"):
        update.approve(by=people[0]["adviseur"], version=update.version)
    update.approve(by=people[0]["beheerder"], version=update.version)

    assert update.state == "approved"


def test_reopen_keeps_the_colour_and_whether_it_was_released(people, make_update):
    update = make_update("approved", RoundFactory())
    update.set_colour("oranje", by=people[0]["adviseur"], version=0, reason="Er loopt een werving.")
    ProgressUpdate.objects.update(colour_released=True)

    update.reopen(by=people[0]["adviseur"], version=update.version, reason="Een getal klopt niet.")

    update.refresh_from_db()
    assert (update.colour, update.colour_reason, update.colour_released) == ("oranje", "Er loopt een werving.", True)


def test_text_and_colour_do_not_get_in_each_others_way(people, make_update):
    update, adviseur = make_update("submitted", RoundFactory()), people[0]["adviseur"]
    seen = update.version

    update.set_colour("groen", by=adviseur, version=0, reason="Alles loopt.")
    update.approve(by=adviseur, version=seen)
    update.set_colour("rood", by=adviseur, version=1, reason="De mijlpaal wordt niet gehaald.")

    assert (update.state, update.version, update.colour, update.colour_version) == ("approved", seen, "rood", 2)


def test_changed_colour_is_hidden_until_it_is_released_again(people, make_update):
    update = make_update("approved", RoundFactory())
    ProgressUpdate.objects.update(colour="groen", colour_reason="Goed.", colour_version=1, colour_released=True)

    update.set_colour("rood", by=people[0]["beheerder"], version=1, reason="De mijlpaal wordt niet gehaald.")

    assert not ProgressUpdate.objects.get(pk=update.pk).colour_released


def test_colour_in_a_historical_round_waits_for_its_release_as_well(people, make_update):
    update = make_update("approved", RoundFactory(historical=True))

    update.set_colour("wit", by=people[0]["beheerder"], version=0, reason="Start in 2024.")

    assert not ProgressUpdate.objects.get(pk=update.pk).colour_released


@pytest.mark.parametrize("colour", ["", "paars", "GROEN"])
def test_colour_is_one_of_four(colour, people, make_update):
    update = make_update("approved", RoundFactory())

    with pytest.raises(Refused, match="groen, oranje, rood of wit"):
        update.set_colour(colour, by=people[0]["adviseur"], version=0, reason="Mooi.")

    assert ProgressUpdate.objects.get(pk=update.pk).colour == ""


def test_colour_can_be_given_to_anything_submitted_approved_or_without_report():
    assert {"submitted", "approved", "no_report"} == COLOURABLE


# Proposing an indicator is part of filling in


@pytest.mark.parametrize("round_state", ROUNDS)
def test_indicator_is_proposed_by_who_may_save(round_state, people, make_update):
    reporting_round = RoundFactory(**ROUNDS[round_state])
    updates = {state: make_update(state, reporting_round) for state in STATES}
    area = SeriesFactory().area

    def propose(who, state):
        try:
            updates[state].propose_indicator(
                by=people[0][who],
                name=f"Bezoeken door {who}",
                unit="aantal",
                area=area,
                reason="Telt voor het eerst.",
            )
        except PermissionDenied:
            return FORBIDDEN
        except Refused:
            return REFUSED
        return "proposed"

    found = {(who, state): propose(who, state) for who in MAY for state in STATES}

    assert found == {
        (who, state): "proposed"
        if state in MAY[who].get("save", {}).get(round_state, {})
        else (REFUSED if "save" in MAY[who] else FORBIDDEN)
        for who in MAY
        for state in STATES
    }
