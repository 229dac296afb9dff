"""What is renamed keeps its name in the rounds that are closed: they go on saying what they said."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from lxml import html
from openpyxl import load_workbook

from interventions.models import Initiator, OutputIndicator, OutputValue, ProgressUpdate, ReportingRound
from interventions.models.plan import Initiation
from tests.factories import (
    IndicatorFactory,
    OrganisationFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

pytestmark = pytest.mark.django_db

OLD, NEW = "Gezinnen (aantal)", "Huishoudens (stuks)"


@pytest.fixture
def beheerder(client):
    user = UserFactory(beheerder=True)
    client.force_login(user)
    return user


@pytest.fixture
def items():
    """The same interventie in a round from an earlier report, a closed one and an open one, by year, with a figure."""
    rounds = (RoundFactory(year=2022, historical=True), RoundFactory(year=2023, closed=True), RoundFactory(year=2024))
    items = {}
    for one in rounds:
        thread = {"intervention": items[2022].intervention, "pillar": items[2022].pillar} if items else {}
        items[one.year] = UpdateFactory(plan_item=PlanItemFactory(round=one, **thread), approved=True).plan_item
    indicator = IndicatorFactory(name="Gezinnen", owner=items[2022].intervention)
    series = SeriesFactory(indicator=indicator, area__name="Carnisse")
    for one in rounds:
        ValueFactory(series=series, round=one, value=one.year)
    return items


@pytest.fixture
def renamed(items, beheerder):
    OutputIndicator.objects.get().rename(by=beheerder, version=1, name="Huishoudens", unit="stuks")
    return items


def shown(text):
    """Which of the two names stands there."""
    text = " ".join(text.split())
    return [name for name in (OLD, NEW) if name in text]


def page(client, name, *args):
    document = html.fromstring(client.get(reverse(name, args=args)).text)
    return document.get_element_by_id("inhoud").text_content()


def test_pages_of_a_round_say_what_it_is_called_there(client, renamed):
    for year, names in ((2022, [OLD]), (2023, [OLD]), (2024, [NEW])):
        for place in ("fill_in", "review"):
            assert shown(page(client, f"interventions:{place}", renamed[year].progress.pk)) == names, (year, place)


def test_plan_of_a_closed_round_says_what_it_is_called_there(client, renamed):
    headings = {}
    for year, item in renamed.items():
        document = html.fromstring(client.get(reverse("interventions:indicators", args=[item.pk])).text)
        headings[year] = " ".join(document.xpath("string(//section//h2)").split()).removesuffix(", per jaar)")
    assert headings == {2022: "Gezinnen (aantal", 2023: "Gezinnen (aantal", 2024: "Huishoudens (stuks"}


def test_page_through_the_years_says_both(client, renamed):
    text = " ".join(page(client, "interventions:intervention", renamed[2024].intervention_id).split())

    assert "Huishoudens (stuks)in 2023: Gezinnen (aantal)in 2022: Gezinnen (aantal)" in text


@pytest.mark.parametrize(("year", "name"), [(2022, OLD), (2023, OLD), (2024, NEW)])
def test_workbooks_say_what_it_is_called_in_their_round(client, renamed, year, name):
    names = {}
    for place, columns in (("overview_workbook", (2, 3)), ("editable_workbook", (1, 2))):
        response = client.get(reverse(f"interventions:{place}", args=[year]))
        content = b"".join(response.streaming_content) if response.streaming else response.content
        _, row = load_workbook(BytesIO(content))["Cijfers"].iter_rows(values_only=True)
        names[place] = "{} ({})".format(*(row[column] for column in columns))
    assert names == {"overview_workbook": name, "editable_workbook": name}


def test_workbook_of_an_earlier_report_that_is_read_in_again_changes_nothing(renamed, tmp_path, capsys):
    file = tmp_path / "2022.xlsx"
    call_command("export_round", "2022", output=str(file), editable=True)
    capsys.readouterr()

    call_command("import_plan", str(file), year=2022)

    assert "niets" in capsys.readouterr().out.lower()


def test_admin_says_what_it_is_called_in_its_round(client, renamed):
    text = page_of_admin(client, reverse("admin:interventions_outputvalue_changelist"))
    assert [name for name in text if name in (OLD, NEW)] == [NEW, OLD, OLD]


def page_of_admin(client, url):
    return html.fromstring(client.get(url).text).xpath("//*[contains(@class, 'field-indicator')]//text()")


def test_name_is_kept_once_and_forgotten_when_the_round_is_reopened(renamed, beheerder):
    indicator = OutputIndicator.objects.get()
    indicator.rename(by=beheerder, version=indicator.version, name="Adressen", unit="stuks")
    called = {value.round.year: value.called for value in OutputValue.objects.all()}
    assert called == {2022: OLD, 2023: OLD, 2024: "Adressen (stuks)"}

    renamed[2024].round.__class__.objects.filter(year=2024).update(state="planned")
    renamed[2023].round.reopen(by=beheerder, reason="Nog een fout.")

    assert OutputValue.objects.get(round__year=2023).called == "Adressen (stuks)"
    assert OutputValue.objects.get(round__year=2022).called == OLD


# Organisations

BEFORE, AFTER = "Gemeente Oudstad", "Gemeente Nieuwstad"


@pytest.fixture
def moved(items, beheerder):
    """The organisation that leads the interventie in each round, renamed after two of them were over."""
    organisation = OrganisationFactory(name=BEFORE)
    ReportingRound.objects.filter(year=2023).update(state="review")
    for item in items.values():
        initiator = Initiation(organisation.pk, "trekker", confirmed=True)
        item.change(replace(item.content(), initiators=(initiator,)), by=beheerder, version=item.version)
    ProgressUpdate.objects.update(colour="groen", colour_reason="Loopt.", colour_released=True)
    ReportingRound.objects.get(year=2023).close(by=beheerder)
    organisation.change(by=beheerder, version=1, name=AFTER, kind="partner")
    return items


def said(text):
    return [name for name in (BEFORE, AFTER) if name in text]


def test_rounds_that_are_over_say_what_an_organisation_was_called(client, moved):
    for year, names in ((2022, [BEFORE]), (2023, [BEFORE]), (2024, [AFTER])):
        update = moved[year].progress.pk
        for place, key in (("fill_in", update), ("review", update), ("plan_year", year), ("overview_year", year)):
            document = html.fromstring(client.get(reverse(f"interventions:{place}", args=[key])).text)
            for choices in document.xpath("//select"):  # in which there are those of today
                choices.drop_tree()
            assert said(document.get_element_by_id("inhoud").text_content()) == names, (year, place)
        for place in ("overview_workbook", "editable_workbook"):
            response = client.get(reverse(f"interventions:{place}", args=[year]))
            file = BytesIO(b"".join(response.streaming_content) if response.streaming else response.content)
            cells = " ".join(str(cell) for sheet in load_workbook(file) for row in sheet.values for cell in row)
            assert said(cells) == names, (year, place)
    listed = html.fromstring(client.get(reverse("admin:interventions_initiator_changelist")).text)
    names = [cell.text_content() for cell in listed.xpath("//td[contains(@class, 'field-name')]")]
    assert sorted(names) == [AFTER, BEFORE, BEFORE]


def test_workbook_with_the_names_of_its_round_changes_nothing(moved, tmp_path, capsys):
    file = tmp_path / "2022.xlsx"
    call_command("export_round", "2022", output=str(file), editable=True)
    capsys.readouterr()

    call_command("import_plan", str(file), year=2022)

    assert capsys.readouterr().out == "Niets veranderd.\n"
    assert Initiator.objects.get(plan_item__round__year=2022).name == BEFORE


def test_organisation_is_called_what_it_is_called_now_in_what_is_reopened_or_made_after(moved, beheerder):
    item = moved[2022]
    more = Initiation(OrganisationFactory(name="Anders").pk, "initiatiefnemer")
    content = item.content()
    item.change(replace(content, initiators=(*content.initiators, more)), by=beheerder, version=item.version)
    assert [one.name for one in item.initiators.all()] == [BEFORE, "Anders"]

    ReportingRound.objects.filter(year=2024).update(state="planned")
    ReportingRound.objects.get(year=2023).reopen(by=beheerder, reason="Nog een fout.")

    assert Initiator.objects.get(plan_item__round__year=2023).name == AFTER
