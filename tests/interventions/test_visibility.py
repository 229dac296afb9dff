"""What each role sees: the second table of DESIGN.md, section 3, cell by cell."""

import pytest

from accounts.models import Organisation
from interventions import workflow
from interventions.models import (
    Initiator,
    InternalNote,
    OutputValue,
    PlanItem,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
)
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

STATES = ("to_do", "draft", "returned", "submitted", "approved", "no_report", "dropped")
TEXT = "<p>Geheim tot het mag.</p>"
REASON = "De werving staat stil."
NOTE = "Bel de directeur."
QUESTION = "Hoeveel gezinnen?"

# what -> column -> when: True, False, or the condition of the design
ALWAYS, NEVER, APPROVED, RELEASED = "always", "never", "approved", "released"
SEES = {
    "plan item": dict.fromkeys(("own", "others'", "lezer", "controleur", "bureau"), ALWAYS),
    "text": {"own": ALWAYS, "others'": APPROVED, "lezer": APPROVED, "controleur": ALWAYS, "bureau": ALWAYS},
    "figures": {"own": ALWAYS, "others'": APPROVED, "lezer": APPROVED, "controleur": ALWAYS, "bureau": ALWAYS},
    "state": {"own": ALWAYS, "others'": NEVER, "lezer": NEVER, "controleur": ALWAYS, "bureau": ALWAYS},
    "questions": {"own": ALWAYS, "others'": NEVER, "lezer": NEVER, "controleur": ALWAYS, "bureau": ALWAYS},
    "colour": {"own": RELEASED, "others'": RELEASED, "lezer": RELEASED, "controleur": ALWAYS, "bureau": ALWAYS},
    "reason": {"own": RELEASED, "others'": RELEASED, "lezer": RELEASED, "controleur": ALWAYS, "bureau": ALWAYS},
    "trend": {"own": RELEASED, "others'": RELEASED, "lezer": RELEASED, "controleur": ALWAYS, "bureau": ALWAYS},
    "proposed colour": {"own": ALWAYS, "others'": NEVER, "lezer": NEVER, "controleur": ALWAYS, "bureau": ALWAYS},
    "notes": {"own": NEVER, "others'": NEVER, "lezer": NEVER, "controleur": NEVER, "bureau": ALWAYS},
}


@pytest.fixture
def trekker():
    return OrganisationFactory()


@pytest.fixture
def columns(trekker):
    """Who stands at the head of each column; two people where it stands for two."""
    return {
        "own": [UserFactory(organisations=[trekker])],
        "others'": [UserFactory(organisations=[OrganisationFactory()]), UserFactory()],
        # An organisation does not widen what these roles see.
        "lezer": [UserFactory(lezer=True), UserFactory(lezer=True, organisations=[trekker])],
        "controleur": [UserFactory(controleur=True)],
        "bureau": [UserFactory(adviseur=True), UserFactory(beheerder=True)],
    }


@pytest.fixture
def plant(trekker, columns):
    """plant(state, round, released): a voortgang with something in everything that could be seen."""

    def plant(state, reporting_round, released):
        if not ReportingRound.objects.before(reporting_round):
            RoundFactory(year=reporting_round.year - 1, historical=True)  # for a trend there has to be one
        item = PlanItemFactory(round=reporting_round, trekker=trekker)
        update = UpdateFactory(
            plan_item=item,
            **{} if state == "to_do" else {state: True},
            quantitative=TEXT,
            qualitative=TEXT,
            colour="rood",
            colour_reason=REASON,
            colour_released=released,
            proposed_colour="oranje",
            proposed_reason="Wij werken eraan.",
        )
        adviseur = columns["bureau"][0]
        for verb in workflow.VERBS:
            ProgressEvent.objects.create(
                update=update, verb=verb, by=adviseur, from_state="submitted", to_state=state, reason=QUESTION
            )
        InternalNote.objects.create(update=update, text=NOTE, by=adviseur)
        ValueFactory(
            series=SeriesFactory(indicator=IndicatorFactory(owner=item.intervention)), round=reporting_round, value=17
        )
        return item

    return plant


def seen(item, user):
    """All that `user` gets to see of `item`."""
    row = PlanItem.objects.visible_to(user=user).filter(pk=item.pk).first()
    events = ProgressEvent.objects.visible_to(user=user).filter(update=item.progress)
    both_texts = {row.seen_quantitative, row.seen_qualitative}
    assert len(both_texts) == 1
    return {
        "plan item": row.name == item.name and row.code == item.code,
        "text": both_texts == {TEXT},
        "figures": OutputValue.objects.visible_to(user=user).at(item.intervention).filter(value=17).exists(),
        "state": row.state_seen and row.seen_state == item.progress.state,
        "questions": events.filter(verb="return_with_question", reason=QUESTION).exists(),
        "colour": row.seen_colour == "rood",
        "reason": row.seen_colour_reason == REASON,
        "trend": row.trend == "nieuw",
        # There is no annotation for it: it goes with the state.
        "proposed colour": row.state_seen,
        "notes": InternalNote.objects.visible_to(user=user).filter(update=item.progress).exists(),
    }


@pytest.mark.parametrize("round_state", ["open", "review", "closed"])
@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_each_role_sees_exactly_what_the_design_says(state, released, round_state, columns, plant):
    item = plant(state, RoundFactory(state=round_state), released)
    holds = {ALWAYS: True, NEVER: False, APPROVED: state == "approved", RELEASED: released}

    found = {(column, user.pk): seen(item, user) for column, users in columns.items() for user in users}

    assert found == {
        (column, user.pk): {what: holds[cells[column]] for what, cells in SEES.items()}
        for column, users in columns.items()
        for user in users
    }


def test_what_is_hidden_is_empty_and_not_something_else(columns, plant):
    item = plant("submitted", RoundFactory(), released=False)

    row = PlanItem.objects.visible_to(user=columns["lezer"][0]).get(pk=item.pk)

    hidden = ("seen_state", "seen_quantitative", "seen_qualitative", "seen_colour", "seen_colour_reason", "trend")
    assert {name: getattr(row, name) for name in hidden} == dict.fromkeys(hidden, "")


def test_history_of_a_partner_is_silent_about_colours_being_decided(columns, plant):
    item = plant("submitted", RoundFactory(), released=True)

    def verbs(user):
        return set(ProgressEvent.objects.visible_to(user=user).filter(update=item.progress).values_list("verb", flat=1))

    assert verbs(columns["own"][0]) == set(workflow.VERBS) - {"set_colour"}
    assert verbs(columns["controleur"][0]) == set(workflow.VERBS)
    assert verbs(columns["others'"][0]) == verbs(columns["lezer"][0]) == set()


def test_plan_without_voortgang_is_seen_by_all(columns):
    item = PlanItemFactory(round=RoundFactory(planned=True))

    rows = [PlanItem.objects.visible_to(user=user).get() for users in columns.values() for user in users]

    assert {row.pk for row in rows} == {item.pk}
    assert {(row.seen_state, row.seen_quantitative, row.seen_colour) for row in rows} == {("", "", "")}


# Own


@pytest.fixture
def organisations():
    """A municipality with a department, and a collective with a member."""
    city, school = OrganisationFactory(name="Gemeente"), OrganisationFactory(name="Schoolbestuur")
    department = OrganisationFactory(name="Afdeling", kind=Organisation.Kind.DEPARTMENT, parent=city)
    collective = OrganisationFactory(name="Schoolbesturen", kind=Organisation.Kind.COLLECTIVE)
    collective.members.add(school)
    return {"city": city, "department": department, "collective": collective, "member": school}


@pytest.mark.parametrize(
    ("mine", "initiating"),
    [
        ("city", {"city", "department"}),
        ("department", {"department"}),
        ("collective", {"collective"}),
        ("member", {"member", "collective"}),
    ],
)
def test_own_is_my_organisation_its_departments_and_the_collectives_it_is_in(mine, initiating, organisations):
    user = UserFactory(organisations=[organisations[mine]])
    reporting_round = RoundFactory()
    items = {name: PlanItemFactory(round=reporting_round, trekker=one) for name, one in organisations.items()}
    for item in items.values():
        UpdateFactory(plan_item=item)
    own = {items[name] for name in initiating}

    assert set(PlanItem.objects.own_of(user=user)) == own
    assert {row for row in PlanItem.objects.visible_to(user=user) if row.is_own} == own
    assert {update.plan_item for update in ProgressUpdate.objects.editable_by(user=user)} == own
    assert {item for item in items.values() if item.progress.is_own_of(user)} == own


def test_collective_of_the_parent_is_not_ours(organisations):
    organisations["collective"].members.add(organisations["city"])
    PlanItemFactory(trekker=organisations["collective"])

    assert not PlanItem.objects.own_of(user=UserFactory(organisations=[organisations["department"]])).exists()


@pytest.mark.parametrize(("role", "is_own"), [("trekker", True), ("initiatiefnemer", True), ("dataleverancier", False)])
def test_own_by_initiating_and_never_by_delivering_data(role, is_own, trekker):
    item = PlanItemFactory()
    InitiatorFactory(plan_item=item, organisation=trekker, role=role)

    assert PlanItem.objects.own_of(user=UserFactory(organisations=[trekker])).exists() is is_own
    assert set(Initiator.Role) == {"trekker", "initiatiefnemer", "dataleverancier"}


def test_own_of_somebody_in_two_organisations_is_that_of_both(trekker):
    other = OrganisationFactory()
    reporting_round = RoundFactory()
    items = {PlanItemFactory(round=reporting_round, trekker=one) for one in (trekker, other)}
    both = PlanItemFactory(round=reporting_round, trekker=trekker)
    InitiatorFactory(plan_item=both, organisation=other, role="initiatiefnemer")

    own = list(PlanItem.objects.own_of(user=UserFactory(organisations=[trekker, other])))

    assert len(own) == 3
    assert set(own) == {*items, both}


def test_own_goes_by_the_plan_of_the_round(trekker):
    now = PlanItemFactory(trekker=OrganisationFactory())
    before = PlanItemFactory(intervention=now.intervention, round=RoundFactory(year=2023, closed=True), trekker=trekker)

    assert set(PlanItem.objects.own_of(user=UserFactory(organisations=[trekker]))) == {before}


def test_contact_person_outside_the_organisation_writes_nothing(columns):
    item = PlanItemFactory()
    item.contacts.add(columns["others'"][0])

    assert not PlanItem.objects.own_of(user=columns["others'"][0]).exists()


@pytest.mark.parametrize("role", ["lezer", "controleur"])
def test_readers_edit_nothing_of_their_organisation_either(role, trekker):
    UpdateFactory(plan_item=PlanItemFactory(trekker=trekker))

    assert not ProgressUpdate.objects.editable_by(user=UserFactory(organisations=[trekker], **{role: True})).exists()


def test_bureau_has_a_part_in_everything(columns):
    UpdateFactory()

    assert [ProgressUpdate.objects.editable_by(user=user).count() for user in columns["bureau"]] == [1, 1]


# Figures that stand at two interventies


@pytest.fixture
def shared(trekker):
    """A figure that another organisation fills in and that stands at an interventie of the trekker too."""
    here = PlanItemFactory(trekker=trekker)
    there = PlanItemFactory(round=here.round, trekker=OrganisationFactory())
    indicator = IndicatorFactory(owner=there.intervention, shared_with=[here.intervention])
    ValueFactory(series=SeriesFactory(indicator=indicator), round=here.round, value=17)
    return here, there


def figures_seen(user):
    return list(OutputValue.objects.visible_to(user=user).values_list("value", flat=True))


def test_shared_figure_is_seen_by_others_when_who_fills_it_in_is_approved(shared, columns):
    here, there = shared
    UpdateFactory(plan_item=here, submitted=True)
    UpdateFactory(plan_item=there, approved=True)

    assert figures_seen(columns["lezer"][0]) == figures_seen(columns["others'"][0]) == [17]


def test_shared_figure_is_not_given_away_by_the_other_interventie_being_approved(shared, columns):
    here, there = shared
    # The other one fills in a figure of its own, as most do.
    IndicatorFactory(owner=here.intervention)
    UpdateFactory(plan_item=here, approved=True)
    UpdateFactory(plan_item=there, submitted=True)

    assert figures_seen(columns["lezer"][0]) == figures_seen(columns["others'"][0]) == []


def test_figure_of_another_round_is_judged_by_its_own_voortgang(columns, trekker):
    before = PlanItemFactory(round=RoundFactory(year=2023, closed=True), trekker=trekker)
    now = PlanItemFactory(intervention=before.intervention, trekker=trekker)
    series = SeriesFactory(indicator=IndicatorFactory(owner=before.intervention))
    for item, state, value in ((before, "approved", 1), (now, "submitted", 2)):
        UpdateFactory(plan_item=item, **{state: True})
        ValueFactory(series=series, round=item.round, value=value)

    assert figures_seen(columns["lezer"][0]) == [1]
    assert sorted(figures_seen(columns["own"][0])) == [1, 2]
