"""The page on which the bureau keeps the figures of one interventie."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from interventions.models import OutputIndicator, OutputValue
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UserFactory,
    ValueFactory,
)

from .test_plan_pages import errors, get, messages, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviseur(client):
    user = UserFactory(adviseur=True, name="Anna de Vries")
    client.force_login(user)
    return user


@pytest.fixture
def item():
    pillar = PillarFactory(name="Werk", abbreviation="W")
    return PlanItemFactory(round=RoundFactory(), pillar=pillar, number=4, name="Leerwerkloket")


@pytest.fixture
def other(item):
    return PlanItemFactory(round=item.round, pillar=item.pillar, number=5, name="Jobcoaching")


@pytest.fixture
def series(item):
    indicator = IndicatorFactory(name="Gezinnen", owner=item.intervention)
    return SeriesFactory(indicator=indicator, area__name="Carnisse")


def cards(page):
    return [text_of(one) for one in page.xpath("//section[starts-with(@aria-labelledby, 'indicator-')]")]


def steps(page):
    return [text_of(one) for one in page.xpath("//section[starts-with(@aria-labelledby, 'indicator-')]//summary")]


def post(client, item, indicator, do, **fields):
    url = reverse("interventions:change_indicator", args=[item.pk])
    data = {"indicator": indicator.pk, "version": indicator.version, "do": do} | fields
    return html.fromstring(client.post(url, data, follow=True).content)


def test_page_shows_what_stands_here_and_who_fills_it_in(client, adviseur, item, other, series):
    ValueFactory(series=series, round=item.round, target=20)
    series.indicator.placements.create(intervention=other.intervention, owner=False)

    here, there = get(client, "indicators", item.pk), get(client, "indicators", other.pk)

    start = "Gezinnen (aantal, per jaar) Staat ook bij W5 Jobcoaching. Carnisse, streefwaarde 2024: 20"
    assert cards(here)[0].startswith(start)
    assert steps(here) == [
        "Streefwaarden 2024",
        "Hernoemen",
        "Gebieden toevoegen",
        "Delen met een andere interventie",
        "Beëindigen",
    ]
    assert cards(there)[0].startswith("Gezinnen (aantal, per jaar) Wordt ingevuld bij W4 Leerwerkloket. Carnisse")
    assert steps(there) == ["Hier niet meer tonen"]


@pytest.mark.parametrize("role", ["controleur", "adviseur"])
def test_page_of_a_closed_round_is_read(role, client, series, item):
    client.force_login(UserFactory(role=role))
    item.round.__class__.objects.update(state="closed")

    page = get(client, "indicators", item.pk)

    assert (cards(page)[0], page.xpath("//main//button")) == ("Gezinnen (aantal, per jaar) Carnisse", [])


def test_indicator_is_renamed(client, adviseur, item, series):
    page = post(client, item, series.indicator, "hernoemen", name="Huishoudens", unit="%")

    assert messages(page) == ["Huishoudens: hernoemd."]
    assert "Hernoemd: was: Gezinnen (aantal) Anna de Vries" in cards(page)[0]


def test_areas_are_added(client, adviseur, item, series):
    AreaFactory(name="Tarwewijk")
    document = get(client, "indicators", item.pk)
    offered = {one.text: one.get("value") for one in document.xpath("//select[@name='added']/option")}
    assert "Carnisse" not in offered

    page = post(client, item, series.indicator, "gebieden", added=[offered["Tarwewijk"]])

    assert messages(page) == ["Gezinnen: gebieden toegevoegd."]
    assert cards(page)[0].startswith("Gezinnen (aantal, per jaar) Carnisse Tarwewijk")
    assert "Gebieden toegevoegd: Tarwewijk Anna de Vries" in cards(page)[0]


def test_targets_are_set(client, adviseur, item, series):
    page = post(client, item, series.indicator, "streefwaarden", **{f"target-{series.pk}": "1.234,5"})

    assert "streefwaarde 2024: 1.234,5" in cards(page)[0]
    assert OutputValue.objects.get().target == Decimal("1234.5")


def test_indicator_is_shared_and_taken_away_again(client, adviseur, item, other, series):
    shared = post(client, item, series.indicator, "delen", other=other.pk)
    series.indicator.refresh_from_db()
    taken = post(client, other, series.indicator, "weghalen")

    assert "Staat ook bij W5 Jobcoaching." in cards(shared)[0]
    assert cards(taken) == []


def test_indicator_is_ended_with_a_reason(client, adviseur, item, series):
    page = post(client, item, series.indicator, "beeindigen", reason="Telt niet meer.")

    assert cards(page)[0].startswith("Gezinnen (aantal, per jaar) beëindigd")
    assert "Beëindigd Anna de Vries" in cards(page)[0]
    assert "Telt niet meer." in cards(page)[0]
    assert steps(page) == ["Geschiedenis"]


@pytest.mark.parametrize(
    ("do", "fields", "said"),
    [
        ("hernoemen", {"name": "Huishoudens", "unit": "aantal"}, "Er is al een indicator 'Huishoudens'."),
        ("hernoemen", {"name": "", "unit": "aantal"}, "Vul dit veld in."),
        ("streefwaarden", {"target": "12.5"}, "Carnisse: '12.5' kan twee dingen betekenen."),
        ("streefwaarden", {"target": "veel"}, "Carnisse: 'veel' is geen getal."),
        ("delen", {"other": ""}, "Met welke interventie: Vul dit veld in."),
        ("delen", {"other": "999999"}, "Met welke interventie: Selecteer een geldige keuze."),
        ("gebieden", {}, "Gebieden: Vul dit veld in."),
        ("gebieden", {"added": ["999999"]}, "Gebieden: Selecteer een geldige keuze."),
        ("beeindigen", {"reason": ""}, "Reden: Vul dit veld in."),
        ("beeindigen", {"version": 0, "reason": "Daarom."}, "Iemand anders heeft intussen iets gewijzigd."),
        ("weghalen", {}, "W4 Leerwerkloket vult 'Gezinnen' in."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(do, fields, said, client, adviseur, item, series):
    IndicatorFactory(name="Huishoudens")
    if "target" in fields:
        fields = {f"target-{series.pk}": fields["target"]}

    page = post(client, item, series.indicator, do, **fields)

    assert said in errors(page)[0]
    assert OutputIndicator.objects.get(pk=series.indicator_id).version == 1
    if do not in ("weghalen", "streefwaarden"):
        opened = page.xpath("//details[@open]//button/@value")
        assert opened == [do]


def test_indicator_is_added(client, adviseur, item):
    area = AreaFactory(name="Carnisse")
    url = reverse("interventions:add_indicator", args=[item.pk])

    response = client.post(
        url, {"name": "Bezoeken", "unit": "aantal", "period_kind": "school_year", "areas": [area.pk]}, follow=True
    )

    assert cards(html.fromstring(response.content))[0].startswith("Bezoeken (aantal, per schooljaar) Carnisse")


def test_indicator_that_cannot_be_added_is_refused_with_what_was_typed(client, adviseur, item, series):
    url = reverse("interventions:add_indicator", args=[item.pk])
    area = AreaFactory()

    response = client.post(url, {"name": "Gezinnen", "unit": "aantal", "period_kind": "year", "areas": [area.pk]})

    page = html.fromstring(response.content)
    assert "Er is al een indicator 'Gezinnen'." in errors(page)[0]
    assert page.xpath("//form[@data-unsaved]//input[@name='name']/@value") == ["Gezinnen"]


def test_proposal_is_decided_on_here(client, adviseur, item):
    proposed = IndicatorFactory(
        name="Bezoeken", owner=item.intervention, status="proposed", proposed_by=UserFactory(), proposal_reason="Telt."
    )
    SeriesFactory(indicator=proposed)

    page = get(client, "indicators", item.pk)

    assert [text_of(one) for one in page.xpath("//section[@aria-labelledby='indicatoren']//button")] == [
        "Overnemen",
        "Niet overnemen",
    ]


def test_page_takes_as_many_queries_for_3_indicators_as_for_1(client, adviseur, item, other, series):
    def count():
        with CaptureQueriesContext(connection) as queries:
            get(client, "indicators", item.pk)
        return len(queries)

    series.indicator.rename(by=adviseur, version=1, name="Huishoudens", unit="aantal")
    one = count()
    for _ in range(2):
        more = IndicatorFactory(owner=item.intervention, shared_with=[other.intervention])
        ValueFactory.create_batch(2, series__indicator=more, round=item.round, target=5)
        more.rename(by=adviseur, version=1, name=f"Anders {more.pk}", unit="aantal")

    assert count() == one
