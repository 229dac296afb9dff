"""What each partner will get, and whom a round will not reach."""

import pytest
from django.urls import reverse
from lxml import html

from accounts.models import Organisation, User
from interventions.models import OutputIndicator, OutputValue, PlanItem
from interventions.preview import preview
from tests.factories import (
    IndicatorFactory,
    InitiatorFactory,
    OrganisationFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporting_round():
    return RoundFactory(planned=True)


@pytest.fixture
def item(reporting_round):
    """item(organisation, …): an interventie of which these are the initiators, the first of them trekker."""

    def item(*organisations, contacts=(), **fields):
        made = PlanItemFactory(round=reporting_round, **fields)
        for position, organisation in enumerate(organisations):
            role = "initiatiefnemer" if position else "trekker"
            InitiatorFactory(plan_item=made, organisation=organisation, role=role, position=position)
        made.contacts.set(contacts)
        return made

    return item


def shares(reporting_round):
    """Per organisation: its interventies with their number of figures, its contact persons, how many can write."""
    return {
        share.organisation: (
            {task.item: task.figures for task in share.tasks},
            set(share.contacts),
            share.writers,
        )
        for share in preview(reporting_round).shares
    }


def test_each_initiator_gets_the_interventie_with_its_own_contact_persons(reporting_round, item):
    first, second = OrganisationFactory(name="Woonstad"), OrganisationFactory(name="Gemeente")
    anna, bert = UserFactory(organisations=[first]), UserFactory(organisations=[second])
    UserFactory(organisations=[second])
    shared = item(first, second, contacts=[anna, bert])
    alone = item(first)

    assert shares(reporting_round) == {
        second: ({shared: 0}, {bert}, 2),
        first: ({shared: 0, alone: 0}, {anna}, 1),
    }
    assert [share.organisation for share in preview(reporting_round).shares] == [second, first]


def test_departments_and_collectives_are_filled_in_by_who_writes_for_them(reporting_round, item):
    municipality = OrganisationFactory()
    department = OrganisationFactory(kind=Organisation.Kind.DEPARTMENT, parent=municipality)
    collective = OrganisationFactory(kind=Organisation.Kind.COLLECTIVE)
    member = OrganisationFactory()
    collective.members.add(member)
    anna, bert = UserFactory(organisations=[municipality]), UserFactory(organisations=[member])
    UserFactory(organisations=[OrganisationFactory()])
    of_department, of_collective = item(department, contacts=[anna]), item(collective, contacts=[bert])

    assert shares(reporting_round) == {
        department: ({of_department: 0}, {anna}, 1),
        collective: ({of_collective: 0}, {bert}, 1),
    }
    for person, own in ((anna, of_department), (bert, of_collective)):
        assert set(PlanItem.objects.own_of(user=person)) == {own}


def test_data_supplier_and_what_was_dropped_are_left_out(reporting_round, item):
    supplier, organisation = OrganisationFactory.create_batch(2)
    InitiatorFactory(plan_item=item(), organisation=supplier, role="dataleverancier")
    UpdateFactory(plan_item=item(organisation), dropped=True)

    assert shares(reporting_round) == {}
    assert len(preview(reporting_round).without_initiator) == 1


def test_figures_are_those_that_opening_will_ask(reporting_round, item):
    organisation, other = OrganisationFactory.create_batch(2)
    two, none = item(organisation), item(other)
    SeriesFactory.create_batch(2, indicator=IndicatorFactory(owner=two.intervention, shared_with=[none.intervention]))
    SeriesFactory(
        indicator=IndicatorFactory(owner=PlanItemFactory(round=RoundFactory(year=2020, closed=True)).intervention)
    )
    proposed = IndicatorFactory(
        owner=none.intervention,
        status=OutputIndicator.Status.PROPOSED,
        proposed_by=UserFactory(),
        proposal_reason="Telt ook.",
    )
    SeriesFactory(indicator=proposed)

    before = shares(reporting_round)
    reporting_round.open(by=UserFactory(beheerder=True))

    assert before == shares(reporting_round) == {organisation: ({two: 2}, set(), 0), other: ({none: 0}, set(), 0)}
    assert OutputValue.objects.owned_by(two).count() == 2
    assert OutputValue.objects.filter(round=reporting_round).count() == 2


@pytest.mark.parametrize("fields", [{"is_active": False}, {"lezer": True}, {"adviseur": True}, {"organisations": []}])
def test_contact_person_who_cannot_write_is_named(reporting_round, item, fields):
    organisation = OrganisationFactory()
    person = UserFactory(**{"organisations": [organisation]} | fields)
    unseen = item(organisation, contacts=[person])

    found = preview(reporting_round)

    assert (found.strangers, found.without_contact) == (((person, unseen),), ())
    assert shares(reporting_round) == {organisation: ({unseen: 0}, set(), 0)}


def test_interventies_that_nobody_is_asked_about_are_named_in_printed_order(reporting_round, item):
    organisation = OrganisationFactory()
    person = UserFactory(organisations=[organisation])
    item(organisation, contacts=[person])
    nobody = item(position=2)
    first = item(organisation, pillar=nobody.pillar, position=1)
    activity = item(organisation, activity=True)
    UpdateFactory(plan_item=item(), dropped=True)

    found = preview(reporting_round)

    assert set(found.without_contact) == set(PlanItem.objects.continuing().without_contact())
    assert found.without_initiator == (nobody,)
    assert found.without_contact == (first, nobody, activity)


def test_page_shows_it(client, reporting_round, item):
    organisation = OrganisationFactory(name="Woonstad")
    anna = UserFactory(name="Anna Vos", organisations=[organisation])
    SeriesFactory(indicator=IndicatorFactory(owner=item(organisation, contacts=[anna]).intervention))
    item(OrganisationFactory(name="Zonder Mensen"))
    client.force_login(UserFactory(controleur=True))

    document = html.fromstring(client.get(reverse("interventions:preview_round", args=[2024])).text)

    assert [summary.text for summary in document.iter("summary")] == [
        "1 zonder contactpersoon",
        "Woonstad: 1 interventie, 1 cijfer",
        "Zonder Mensen: 1 interventie, 0 cijfers – niemand kan hiervoor inloggen",
    ]
    assert "Contactpersonen: Anna Vos." in " ".join(document.text_content().split())


@pytest.mark.parametrize("state", ["closed", "historical"])
def test_round_that_is_done_has_nothing_left_to_give(client, state):
    RoundFactory(**{state: True})
    client.force_login(UserFactory(controleur=True))

    response = client.get(reverse("interventions:preview_round", args=[2024]), follow=True)

    assert "De ronde 2024 is afgesloten." in response.text


def test_writers_are_invullers_who_can_log_in():
    organisation = OrganisationFactory()
    person = UserFactory(organisations=[organisation])
    UserFactory(organisations=[organisation], is_active=False)
    UserFactory(organisations=[organisation], lezer=True)
    UserFactory()

    assert User.objects.writers()[organisation.pk] == {person}
