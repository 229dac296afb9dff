"""Where an indicator stands is a matter of each round: what is shared or taken away later leaves closed ones alone."""

from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from interventions.models import OutputIndicator, OutputValue, ProgressUpdate
from interventions.workflow import Refused
from tests.factories import (
    AreaFactory,
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

YEARS = (2022, 2023, 2024)


@pytest.fixture
def beheerder(client):
    user = UserFactory(beheerder=True)
    client.force_login(user)
    return user


@pytest.fixture
def items():
    """T1, which reports a figure, and T2, in a historical, a closed and an open round: {(year, number): plan item}."""
    items = {}
    for year, state in zip(YEARS, ({"historical": True}, {"closed": True}, {}), strict=True):
        one = RoundFactory(year=year, **state)
        for number in (1, 2):
            first = items.get((2022, number))
            thread = {"intervention": first.intervention} if first else {}
            pillar = {"pillar": items[2022, 1].pillar} if items else {"pillar__abbreviation": "T"}
            item = PlanItemFactory(round=one, number=number, position=number, **thread, **pillar)
            items[year, number] = UpdateFactory(plan_item=item, approved=True).plan_item
    return items


@pytest.fixture
def indicator(items):
    indicator = IndicatorFactory(name="Gezinnen", owner=items[2022, 1].intervention)
    series = SeriesFactory(indicator=indicator, area__name="Carnisse")
    for year in YEARS:
        ValueFactory(series=series, round=items[year, 1].round, value=year)
    return indicator


def shown_at(client, items):
    """For each year where a reader sees the figure at T2: on which pages, and in which cells of the workbook."""
    found = {}
    for year in YEARS:
        response = client.get(reverse("interventions:overview_workbook", args=[year]))
        book = load_workbook(BytesIO(b"".join(response.streaming_content) if response.streaming else response.content))
        cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        *_, also_at = list(book["Cijfers"].iter_rows(values_only=True))[1]
        pages = [
            client.get(reverse(f"interventions:{place}", args=[key])).text
            for place, key in (
                ("fill_in", items[year, 2].progress.pk),
                ("review", items[year, 2].progress.pk),
                ("indicators", items[year, 2].pk),
            )
        ]
        found[year] = {"gerapporteerd bij T1" in cells, also_at == "T2", *("Gezinnen" in page for page in pages)}
    return found


def years_of(client, item):
    """The periods under 'Cijfers per jaar' of an interventie."""
    page = html.fromstring(client.get(reverse("interventions:intervention", args=[item.intervention_id])).text)
    return [head for head in page.xpath("//table//th/text()") if head.strip().isdecimal()]


def test_indicator_that_is_shared_stands_there_from_that_round_on(client, items, indicator, beheerder):
    indicator.share_with(items[2024, 2], by=beheerder, version=1)

    assert shown_at(client, items) == {2022: {False}, 2023: {False}, 2024: {True}}
    assert years_of(client, items[2024, 2]) == ["2024"]
    listed = html.fromstring(client.get(reverse("admin:interventions_indicatorplacement_changelist")).text)
    assert sorted(listed.xpath("//td[contains(@class, 'field-first_year')]/text()")) == ["2024", "het begin"]


def test_indicator_that_is_taken_away_goes_on_standing_in_earlier_rounds(client, items, indicator, beheerder):
    indicator.placements.create(intervention=items[2022, 2].intervention, owner=False)
    before = shown_at(client, items)

    indicator.take_from(items[2024, 2], by=beheerder, version=1)

    assert before == {2022: {True}, 2023: {True}, 2024: {True}}
    assert shown_at(client, items) == {2022: {True}, 2023: {True}, 2024: {False}}
    assert years_of(client, items[2024, 2]) == ["2022", "2023"]

    indicator.share_with(items[2024, 2], by=beheerder, version=2)
    assert shown_at(client, items) == before
    assert years_of(client, items[2024, 2]) == ["2022", "2023", "2024"]
    with pytest.raises(IntegrityError), transaction.atomic():
        indicator.placements.create(intervention=items[2022, 2].intervention, owner=False)


@pytest.mark.parametrize(("year", "said"), [(2022, "De ronde 2023 is afgesloten"), (2023, "afgesloten")])
def test_indicator_is_not_placed_before_the_end_of_what_is_closed(year, said, items, indicator, beheerder):
    indicator.placements.create(intervention=items[2022, 2].intervention, owner=False)
    other = PlanItemFactory(round=items[year, 1].round)

    for refused in (indicator.share_with, indicator.take_from):
        with pytest.raises(Refused, match=said):
            refused(other if refused == indicator.share_with else items[year, 2], by=beheerder, version=1)

    assert indicator.events.count() == 0


def test_indicator_that_stands_in_a_later_plan_can_be_shared_and_taken_away_before(items, indicator, beheerder):
    later = PlanItemFactory(round=RoundFactory(year=2025, planned=True), intervention=items[2022, 2].intervention)
    indicator.share_with(later, by=beheerder, version=1)
    with pytest.raises(Refused, match="staat niet bij"):
        indicator.take_from(items[2024, 2], by=beheerder, version=2)

    indicator.share_with(items[2024, 2], by=beheerder, version=2)
    assert indicator.placements.get(owner=False).since.year == 2024

    indicator.take_from(later, by=beheerder, version=3)
    indicator.take_from(items[2024, 2], by=beheerder, version=4)
    assert not indicator.placements.filter(owner=False).exists()


def test_invuller_sees_no_figures_of_rounds_in_which_they_did_not_stand_at_the_own_interventie(items, indicator):
    ProgressUpdate.objects.update(state="submitted")
    organisation = OrganisationFactory()
    invuller = UserFactory(organisations=[organisation])
    for year in YEARS:
        InitiatorFactory(plan_item=items[year, 2], organisation=organisation)

    indicator.share_with(items[2024, 2], by=UserFactory(adviseur=True), version=1)

    assert [value.round.year for value in OutputValue.objects.visible_to(user=invuller)] == [2024]


def test_indicator_that_is_added_stands_from_that_round_on(client, items, beheerder):
    fields = {"name": "Bezoeken", "unit": "aantal", "period_kind": "year", "areas": [AreaFactory()]}
    OutputIndicator.objects.add_to(items[2024, 1], by=beheerder, **fields)

    pages = [client.get(reverse("interventions:indicators", args=[items[year, 1].pk])).text for year in YEARS]
    assert ["Bezoeken" in page for page in pages] == [False, False, True]
