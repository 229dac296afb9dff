"""'Mijn interventies': what a partner has to do, in the order in which to do it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from interventions.models import Initiator
from interventions.workflow import State
from tests.factories import (
    InitiatorFactory,
    OrganisationFactory,
    PlanItemFactory,
    RoundFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DEADLINE = datetime.date(2025, 3, 1)


@pytest.fixture
def organisation():
    return OrganisationFactory(name="Woonstad")


@pytest.fixture
def partner(client, organisation):
    user = UserFactory(organisations=[organisation])
    client.force_login(user)
    return user


@pytest.fixture
def reporting_round():
    return RoundFactory(deadline=DEADLINE)


@pytest.fixture
def task(reporting_round, organisation):
    """task(name, …): an interventie of the organisation, in the traits that are given."""

    def task(name, *traits, contact=None, trekker=organisation):
        item = PlanItemFactory(round=reporting_round, name=name, trekker=trekker)
        if contact:
            item.contacts.add(contact)
        return UpdateFactory(plan_item=item, **dict.fromkeys(traits, True))

    return task


@pytest.fixture
def on(monkeypatch):
    """on(day): what the page takes for today."""
    return lambda day: monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)


def page(client):
    response = client.get(reverse("interventions:mine"))
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def text_of(element):
    return " ".join(element.text_content().split())


def groups(tree):
    """The headings with the names under them."""
    return {
        text_of(section.find("h2")): [text_of(name) for name in section.find_class("task-list__name")]
        for section in tree.findall(".//section")
    }


def rows(tree):
    return {text_of(row.find_class("task-list__name")[0]): text_of(row) for row in tree.find_class("task-list__item")}


def test_mine_has_my_own_first_and_in_each_group_what_to_do_first(client, partner, task):
    for name, trait in (
        ("goedgekeurd", "approved"),
        ("ingediend", "submitted"),
        ("concept", "draft"),
        ("nog te doen", "draft"),
        ("terug", "returned"),
    ):
        for contact in (partner, None):
            update = task(f"{name} {'van mij' if contact else 'van ons'}", trait, contact=contact)
            if name == "nog te doen":
                update.state = State.TO_DO
                update.save()

    assert groups(page(client)) == {
        "Uw interventies": [
            "terug van mij",
            "nog te doen van mij",
            "concept van mij",
            "ingediend van mij",
            "goedgekeurd van mij",
        ],
        "Andere interventies van uw organisatie": [
            "terug van ons",
            "nog te doen van ons",
            "concept van ons",
            "ingediend van ons",
            "goedgekeurd van ons",
        ],
    }


def test_mine_leads_to_its_two_groups(client, partner, task):
    task("Van ons")
    assert not page(client).xpath("//nav[@aria-label='Op deze pagina']")
    task("Van mij", contact=partner)
    task("Ook van ons")

    tree = page(client)

    assert {
        text_of(link): text_of(tree.get_element_by_id(link.get("href")[1:]))
        for link in tree.find_class("link-row")[0].iter("a")
    } == {
        "Uw interventies": "Uw interventies",
        "Andere interventies van uw organisatie": "Andere interventies van uw organisatie",
    }
    assert text_of(tree.find_class("link-row")[0]) == "Uw interventies (1) Andere interventies van uw organisatie (2)"


def test_mine_says_what_to_do_with_each(client, partner, task):
    for name, trait in (("een", "draft"), ("twee", "returned"), ("drie", "submitted")):
        task(name, trait)
    task("vier")

    shown = rows(page(client))

    assert "Verder schrijven" in shown["een"]
    assert "Vraag beantwoorden" in shown["twee"]
    assert "Bekijken" in shown["drie"]
    assert "Beginnen" in shown["vier"]


def test_mine_shows_the_latest_question_in_full(client, partner, task):
    update = task("Thuis", "submitted")
    adviseur = UserFactory(adviseur=True)
    for question in ("Een oude vraag?", "Kunt u zeggen om hoeveel gezinnen het gaat,\n\nen in welke wijken?"):
        update.state = State.SUBMITTED
        update.save()
        update.return_with_question(by=adviseur, version=update.version, reason=question)

    shown = rows(page(client))["Thuis"]

    assert "Kunt u zeggen om hoeveel gezinnen het gaat, en in welke wijken?" in shown
    assert "Een oude vraag?" not in shown


def test_mine_says_where_another_is_trekker(client, partner, task, organisation):
    task("Eigen")
    other = task("Samen", trekker=OrganisationFactory(name="De Politie"))
    InitiatorFactory(plan_item=other.plan_item, organisation=organisation, role=Initiator.Role.INITIATOR)

    shown = rows(page(client))

    assert "meeschrijven" in shown["Samen"]
    assert "De Politie" in shown["Samen"]
    assert "meeschrijven" not in shown["Eigen"]


def test_mine_has_nothing_of_others_nor_what_we_only_deliver_data_for(client, partner, task, organisation):
    task("Van ons")
    task("Van een ander", trekker=OrganisationFactory())
    delivered = task("Alleen cijfers", trekker=OrganisationFactory())
    InitiatorFactory(plan_item=delivered.plan_item, organisation=organisation, role=Initiator.Role.DATA_SUPPLIER)

    assert list(rows(page(client))) == ["Van ons"]


def test_mine_counts_what_was_handed_in(client, partner, task):
    for name, trait in (("a", "submitted"), ("b", "approved"), ("c", "no_report"), ("d", "dropped"), ("e", "draft")):
        task(name, trait)

    assert "4 van 5 interventies" in text_of(page(client))


@pytest.mark.parametrize(
    ("day", "said", "late"),
    [
        (datetime.date(2025, 2, 19), "Inleveren tot en met 1 maart 2025: nog 10 dagen.", False),
        (datetime.date(2025, 2, 28), "nog 1 dag.", False),
        (DEADLINE, "vandaag.", False),
        (datetime.date(2025, 3, 2), "1 dag te laat.", True),
        (datetime.date(2025, 3, 8), "7 dagen te laat.", True),
    ],
)
def test_mine_counts_the_days_and_marks_what_is_late(client, partner, task, on, day, said, late):
    task("Open")
    task("Klaar", "submitted")
    on(day)

    tree = page(client)

    assert said in text_of(tree)
    assert ("te laat" in rows(tree)["Open"]) == late
    assert "te laat" not in rows(tree)["Klaar"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("review", "U kunt alleen nog schrijven bij wat is teruggestuurd."),
        ("closed", "De ronde is afgesloten. U kunt alles nog lezen."),
    ],
)
def test_mine_says_what_can_still_be_done(client, partner, task, reporting_round, state, said):
    task("Concept", "draft")
    reporting_round.state = state
    reporting_round.save()

    tree = page(client)

    assert said in text_of(tree)
    assert "Bekijken" in rows(tree)["Concept"]


def test_mine_in_review_counts_the_days_for_what_was_returned_alone(client, partner, task, reporting_round, on):
    task("Concept", "draft")
    reporting_round.state = "review"
    reporting_round.save()
    on(datetime.date(2025, 2, 19))

    assert "dagen" not in text_of(page(client))

    task("Vraag", "returned")
    said = "Wat is teruggestuurd, levert u in tot en met 1 maart 2025: nog 10 dagen."
    assert said in text_of(page(client))


def test_mine_without_a_round_or_without_interventies_says_so(client, partner):
    assert "Er is nog geen rapportageronde geopend." in text_of(page(client))
    RoundFactory()
    assert "Uw organisatie heeft in deze ronde geen interventies." in text_of(page(client))


def test_mine_is_for_partners_alone(client):
    for role in ("adviseur", "beheerder", "lezer", "controleur"):
        client.force_login(UserFactory(**{role: True}))
        assert client.get(reverse("interventions:mine")).status_code == 403


def test_mine_asks_the_database_as_often_for_thirty_as_for_one(client, partner, task):
    numbers = []
    for size in (1, 3, 30):
        for one in range(size):
            task(f"{size} {one}", "returned", contact=partner if one % 2 else None)
        with CaptureQueriesContext(connection) as queries:
            page(client)
        numbers.append(len(queries))

    assert numbers[0] == numbers[1] == numbers[2]
