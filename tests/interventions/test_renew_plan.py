"""A round that was made too early or by mistake takes the plan of the round before over once more."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from interventions.models import Initiator, PlanItem, ReportingRound
from interventions.models.plan import Initiation
from interventions.workflow import Refused
from tests.factories import OrganisationFactory, PillarFactory, PlanItemFactory, RoundFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def beheerder(client):
    """Logged in."""
    user = UserFactory(beheerder=True)
    client.force_login(user)
    return user


@pytest.fixture
def pillar():
    return PillarFactory(name="Werk", abbreviation="W")


@pytest.fixture
def now(pillar):
    """The round of 2024 with W1, W2 and W3."""
    reporting_round = RoundFactory(year=2024)
    for number, name in enumerate(("Leerwerkloket", "Jobcoaching", "Stages"), start=1):
        PlanItemFactory(round=reporting_round, pillar=pillar, number=number, position=number, name=name)
    return reporting_round


@pytest.fixture
def planned(now, beheerder):
    return ReportingRound.objects.create_next(by=beheerder, year=2025, opens_on=None, deadline=None)


def change(item, *, by, **fields):
    item.change(replace(item.content(), **fields), by=by, version=item.version)


def said(reporting_round):
    """What the plan says of what goes on."""
    return {(str(item), *item.organisations.values_list("name", flat=True)) for item in going_on(reporting_round)}


def going_on(reporting_round):
    return reporting_round.plan_items.continuing().select_related("pillar").in_printed_order()


@pytest.fixture
def apart(now, planned, beheerder, pillar):
    """The two plans went apart: here a name was changed, there an initiator added, one dropped and one added."""
    woonstad = OrganisationFactory(name="Woonstad")
    here = {item.name: item for item in planned.plan_items.select_related("round", "pillar")}
    there = {item.name: item for item in now.plan_items.select_related("round", "pillar")}
    change(here["Leerwerkloket"], by=beheerder, name="Per ongeluk")
    initiators = (Initiation(woonstad.pk, Initiator.Role.TREKKER),)
    change(there["Leerwerkloket"], by=beheerder, initiators=initiators)
    there["Jobcoaching"].drop(by=beheerder, version=1, reason="Stopt.")
    new = replace(there["Stages"].content(), name="Taalcafé", number=4)
    now.add_item(new, by=beheerder)
    planned.add_item(replace(new, name="Alleen hier", number=5), by=beheerder)
    return planned


def test_plan_says_again_what_the_round_before_says_and_nothing_is_lost(apart, beheerder):
    renewal = apart.renew_plan(by=beheerder)

    assert said(apart) == {
        ("W1 Leerwerkloket", "Woonstad"),
        ("W3 Stages",),
        ("W4 Taalcafé",),
        ("W5 Alleen hier",),
    }
    item = apart.plan_items.get(name="Leerwerkloket")
    assert [kept.content["name"] for kept in item.revisions.all()] == ["Leerwerkloket", "Per ongeluk", "Leerwerkloket"]
    assert item.intervention.plan_items.count() == 2
    dropped = apart.plan_items.get(name="Jobcoaching").progress.events.get()
    assert (dropped.verb, dropped.reason) == ("drop", "Vervallen in het plan van 2024.")
    event = apart.events.last()
    assert (event.verb, event.by, event.reason) == ("renew_plan", beheerder, str(renewal))
    assert str(renewal) == "Uit het plan van 2024: 1 toegevoegd, 1 gewijzigd, 1 vervallen."
    assert PlanItem.objects.filter(name="Taalcafé").values("intervention").distinct().count() == 1
    assert not apart.renew_plan(by=beheerder)
    assert apart.events.count() == 2


def test_round_made_too_early_says_so_and_takes_over_what_was_split_and_merged(client, now, planned, beheerder):
    assert not planned.is_behind()
    first, second, third = now.plan_items.select_related("round", "pillar").order_by("number")
    parts = [replace(first.content(), name=f"Loket {letter}", letter=letter) for letter in "ab"]
    plan_url, round_url, open_url = (
        reverse(f"interventions:{name}", args=[2025]) for name in ("plan_year", "round", "open_round")
    )

    now.split(first, parts, by=beheerder, version=1, reason="Te groot.")
    merged = replace(second.content(), name="Werk", letter="c")
    url = reverse("interventions:merge_items", args=[2024]) + f"?regel={second.pk}&regel={third.pk}"
    typed = {"version": f"{second.pk}:1 {third.pk}:1", "main": second.pk, "reason": "Hoort bijeen."}
    done = client.post(url, typed | {"name": merged.name, "number": 2, "letter": "c"}, follow=True)

    assert "Het plan van 2025 is hier nog niet op aangepast: een beheerder neemt het" in done.text
    assert said(planned) == {("W1 Leerwerkloket",), ("W2 Jobcoaching",), ("W3 Stages",)}
    assert planned.is_behind()
    for page in (plan_url, round_url, open_url):
        assert "Dit plan loopt achter" in client.get(page).text
    planned.renew_plan(by=beheerder)
    assert said(planned) == said(now) == {("W1a Loket a",), ("W1b Loket b",), ("W2c Werk",)}
    assert not planned.is_behind()
    assert "Dit plan loopt achter" not in client.get(plan_url).text


def test_dropping_says_what_the_plan_that_is_there_already_says(client, now, planned, beheerder):
    item, other = now.plan_items.select_related("round", "pillar").order_by("number")[:2]
    assert "Het plan van 2025 is er al." in client.get(reverse("interventions:plan_item", args=[item.pk])).text

    def drop(item):
        url = reverse("interventions:drop_item", args=[item.pk])
        return client.post(url, {"version": item.version, "reason": "Stopt."}, follow=True).text

    assert "Het plan van 2025 is hier nog niet op aangepast" in drop(item)
    planned.renew_plan(by=beheerder)
    there = planned.plan_items.select_related("round", "pillar").get(intervention=other.intervention)
    assert "In het volgende plan staat deze interventie niet meer." in drop(there)
    assert not planned.is_behind()
    now.add_item(replace(other.content(), name="Taalcafé", number=4), by=beheerder)
    assert planned.is_behind()


def test_what_was_dropped_in_the_plan_itself_stays_dropped(planned, beheerder):
    planned.plan_items.get(name="Stages").drop(by=beheerder, version=1, reason="Stopt.")

    assert not planned.renew_plan(by=beheerder)
    assert said(planned) == {("W1 Leerwerkloket",), ("W2 Jobcoaching",)}


def test_contact_who_left_is_replaced_by_who_took_over(now, planned, beheerder):
    gone = UserFactory(is_active=False, successor=UserFactory(name="Jan Kok"))
    now.plan_items.get(number=1).contacts.add(gone)

    planned.renew_plan(by=beheerder)

    assert [person.name for person in planned.plan_items.get(number=1).contacts.all()] == ["Jan Kok"]


def test_number_that_is_taken_is_refused_and_nothing_is_half_done(now, planned, beheerder):
    new = replace(now.plan_items.get(number=1).content(), name="Taalcafé", number=4)
    now.add_item(new, by=beheerder)
    planned.add_item(replace(new, name="Ook vier"), by=beheerder)
    change(planned.plan_items.get(number=1), by=beheerder, name="Anders")

    with pytest.raises(Refused, match=r"W4 Taalcafé: W4 is al Ook vier."):
        planned.renew_plan(by=beheerder)

    assert said(planned) == {("W1 Anders",), ("W2 Jobcoaching",), ("W3 Stages",), ("W4 Ook vier",)}


def test_only_what_is_in_preparation_is_renewed_and_by_a_beheerder(now, planned, beheerder):
    with pytest.raises(PermissionDenied):
        planned.renew_plan(by=UserFactory(adviseur=True))
    with pytest.raises(Refused, match=r"De ronde 2024 is open; haar plan neemt u niet opnieuw over."):
        now.renew_plan(by=beheerder)
    first = RoundFactory(year=2000, planned=True)
    assert first.why_not_renew_plan(user=beheerder) == "Vóór 2000 is er geen ronde om het plan van over te nemen."


def test_page_says_what_will_be_done_before_it_is(client, apart):
    url = reverse("interventions:renew_plan", args=[2025])
    round_url = reverse("interventions:round", args=[2025])
    assert url in html.fromstring(client.get(round_url).text).xpath("//main//a/@href")

    document = html.fromstring(client.get(url).text)

    lists = {
        section.findtext("h2"): [" ".join(item.text_content().split()) for item in section.iter("li")]
        for section in document.xpath("//main//section")
    }
    assert lists == {
        "Komt erbij": ["W4 Taalcafé"],
        "Wordt gewijzigd": ["W1 Per ongeluk, wordt: Leerwerkloket"],
        "Vervalt": ["W2 Jobcoaching"],
    }
    done = html.fromstring(client.post(url, follow=True).text).get_element_by_id("inhoud").text_content()
    assert "Uit het plan van 2024: 1 toegevoegd, 1 gewijzigd, 1 vervallen." in done
    assert "Plan opnieuw overgenomen" in done
    assert "Er valt niets over te nemen." in client.get(url).text


def test_page_of_a_round_that_was_opened_meanwhile_says_why_not(client, now, beheerder):
    response = client.post(reverse("interventions:renew_plan", args=[2024]))

    assert response.status_code == 409
    assert "De ronde 2024 is open; haar plan neemt u niet opnieuw over." in response.text


def test_page_takes_as_many_queries_for_three_as_for_one(client, now, planned, beheerder):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("interventions:renew_plan", args=[2025])).status_code == 200
        return len(captured)

    def rename(item):
        change(item, by=beheerder, name=f"{item.name} anders")

    items = list(planned.plan_items.select_related("round", "pillar"))
    rename(items[0])
    queries()
    one = queries()
    for item in items[1:]:
        rename(item)

    assert queries() == one
