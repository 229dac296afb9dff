"""What everybody reads: the overview of a round, and an interventie through the years."""

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from interventions.models import Funding, InterventionLink, PlanItem, ProgressUpdate, ReportingRound, Waiver
from programme.models import Period
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    InitiatorFactory,
    InterventionFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

pytestmark = pytest.mark.django_db


def log_in(**traits):
    client = Client()
    client.force_login(UserFactory(**traits))
    return client


def text_of(response):
    """What the page says, without markup and with single spaces."""
    assert response.status_code == 200
    page = response.content.decode()
    main = page[page.index("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def rows_of(response):
    """The rows of all tables of interventies on the page, as the texts of their cells."""
    tables = re.findall(r'<table class="utrecht-table overview">.*?</table>', response.content.decode(), re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)
        ]
        for table in tables
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]


@pytest.fixture
def reporting_round():
    return RoundFactory(closed=True)


@pytest.fixture
def overview(reporting_round):
    return reverse("interventions:overview_year", args=[reporting_round.year])


# To one's own work


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("invuller", "mine"),
        ("adviseur", "queue"),
        ("beheerder", "queue"),
        ("lezer", "overview"),
        ("controleur", "overview"),
    ],
)
def test_home_brings_everybody_to_their_own_work(role, name):
    response = log_in(role=role).get("/")

    assert (response.status_code, response.url) == (302, reverse(f"interventions:{name}"))


def test_overview_without_a_year_is_that_of_the_current_round():
    RoundFactory(year=2023, closed=True)
    RoundFactory(year=2025, planned=True)
    RoundFactory(year=2024)

    response = log_in(lezer=True).get(reverse("interventions:overview"))

    assert response.url == reverse("interventions:overview_year", args=[2024])


def test_overview_before_the_first_round_says_so():
    assert "Er is nog geen rapportageronde geopend." in text_of(
        log_in(lezer=True).get(reverse("interventions:overview"))
    )


@pytest.mark.parametrize("name", ["overview_year", "overview_workbook"])
def test_year_without_a_round_is_not_found(name):
    assert log_in(lezer=True).get(reverse(f"interventions:{name}", args=[1999])).status_code == 404


# The overview


def test_overview_stands_by_pijler_and_thema_with_both_colours_and_the_trend(reporting_round, overview):
    before = RoundFactory(year=2023, closed=True)
    work = PillarFactory(name="Werk", abbreviation="W", position=900)
    block = ThemeFactory(pillar=work, name="Banen")
    part = ThemeFactory(pillar=work, parent=block, name="Jongeren")
    trekker = OrganisationFactory(name="Gemeente")
    for position, (name, theme, old, new) in enumerate(
        [
            ("Leerwerkplek", block, "oranje", "groen"),
            ("Startersbeurs", part, "", "rood"),
            ("Werkhuis", part, None, "wit"),
        ]
    ):
        item = PlanItemFactory(
            round=reporting_round,
            pillar=work,
            number=position + 1,
            position=position,
            name=name,
            theme=theme,
            trekker=trekker,
        )
        UpdateFactory(plan_item=item, approved=True, released=True, colour=new)
        if old is not None:
            UpdateFactory(
                plan_item=PlanItemFactory(round=before, intervention=item.intervention),
                approved=True,
                colour=old,
                colour_reason="Daarom.",
                colour_released=bool(old),
            )

    rows = rows_of(log_in(lezer=True).get(overview))

    assert rows == [
        ["Nr.", "Interventie", "Trekker", "2023", "2024", "Trend"],
        ["Werk"],
        ["Banen"],
        ["W1", "Leerwerkplek", "Gemeente", "oranje", "groen", "vooruit"],
        ["Banen › Jongeren"],
        ["W2", "Startersbeurs", "Gemeente", "onbekend", "rood", "onbekend"],
        ["W3", "Werkhuis", "Gemeente", "", "wit", "nieuw"],
    ]


def test_overview_shows_a_colour_when_it_is_released(overview, reporting_round):
    item = PlanItemFactory(round=reporting_round)
    UpdateFactory(plan_item=item, approved=True, coloured=True, colour="rood")

    RoundFactory(year=reporting_round.year - 1, historical=True)

    assert rows_of(log_in(lezer=True).get(overview))[-1][-2:] == ["geen kleur", ""]
    assert rows_of(log_in(controleur=True).get(overview))[-1][-2:] == ["rood", "nieuw"]
    ProgressUpdate.objects.update(colour_released=True)
    assert rows_of(log_in(lezer=True).get(overview))[-1][-2:] == ["rood", "nieuw"]


def test_colour_that_was_never_recorded_is_unknown_and_not_still_to_come():
    UpdateFactory(plan_item__round=RoundFactory(year=2022, historical=True), approved=True)

    response = log_in(lezer=True).get(reverse("interventions:overview_year", args=[2022]))

    assert rows_of(response)[-1][-2:] == ["onbekend", ""]


def test_summary_adds_up_to_the_number_of_interventies_and_names_those_without_colour(overview, reporting_round):
    for colour in ("groen", "groen", "rood", ""):
        UpdateFactory(
            plan_item__round=reporting_round,
            plan_item__name=f"Interventie {colour or 'zonder'}",
            approved=True,
            colour=colour,
            colour_reason="Daarom.",
            colour_released=bool(colour),
        )
    UpdateFactory(plan_item=PlanItemFactory(round=reporting_round, activity=True, name="Bestuur"), approved=True)

    response = log_in(lezer=True).get(overview)

    summary = response.context["summary"]
    assert summary.total.total.total == 4
    assert {row.colour: row.total for row in summary.total.rows} == {
        "groen": 2, "oranje": 0, "rood": 1, "wit": 0, "": 1,
    }  # fmt: skip
    page = text_of(response)
    assert "4 van 4 interventies" in page
    assert "1 interventie heeft geen kleur" in page
    link = reverse("interventions:intervention", args=[PlanItem.objects.get(name="Interventie zonder").intervention_id])
    assert response.content.decode().count(f'href="{link}"') == 1
    assert "1 activiteiten zonder nummer; ze tellen niet mee in de samenvatting" in page


def test_filters_narrow_the_list_and_the_summary_and_say_of_how_many(overview, reporting_round):
    work = PillarFactory(name="Werk", abbreviation="W")
    UpdateFactory(plan_item__round=reporting_round, plan_item__pillar=work, approved=True, released=True)
    UpdateFactory.create_batch(2, plan_item__round=reporting_round, approved=True, released=True)

    response = log_in(lezer=True).get(overview, {"pijler": "W"})

    assert "1 van 3 interventies – Pijler: Werk" in text_of(response)
    assert response.context["summary"].total.total.total == 1
    assert [row[0] for row in rows_of(response)[1:]] == ["Werk", response.context["counting"][0].code]


def test_filter_that_cannot_be_chosen_shows_nothing_and_says_why(overview, reporting_round):
    UpdateFactory(plan_item__round=reporting_round, approved=True, released=True)

    response = log_in(lezer=True).get(overview, {"kleur": "paars"})

    page = text_of(response)
    assert "Geen interventies gevonden." in page
    assert "0 van 1 interventies" in page
    assert "Selecteer een geldige keuze" in page


def test_filter_that_leaves_only_activities_shows_no_empty_summary(overview, reporting_round):
    PlanItemFactory(round=reporting_round)
    PlanItemFactory(round=reporting_round, activity=True, name="Wijkraden bezoeken")

    page = text_of(log_in(lezer=True).get(overview, {"pijler": "OF"}))

    assert "Wijkraden bezoeken" in page
    for empty in ("Geen interventies gevonden", "0 van 1", "Samenvatting"):
        assert empty not in page


def test_former_name_is_shown_where_the_name_changed(overview, reporting_round):
    PlanItemFactory(round=reporting_round, name="Leerwerkloket", former_name="Leerwerkplek")
    PlanItemFactory(round=reporting_round, name="Taalhuis", former_name="Taalhuis")

    page = text_of(log_in(lezer=True).get(overview))

    assert page.count("Was: ") == 1
    assert "Was: Leerwerkplek" in page


def test_summary_says_which_interventie_without_colour_has_been_dropped(overview, reporting_round):
    UpdateFactory(plan_item=PlanItemFactory(round=reporting_round, name="Kas"), dropped=True)

    assert "Kas vervallen" in text_of(log_in(controleur=True).get(overview))
    assert "vervallen" not in text_of(log_in(lezer=True).get(overview))


def test_search_shows_where_it_was_found(overview, reporting_round):
    UpdateFactory(plan_item__round=reporting_round, approved=True, qualitative="<p>Er kwamen leerlingen bij.</p>")
    UpdateFactory(plan_item__round=reporting_round, approved=True)

    response = log_in(lezer=True).get(overview, {"q": "leerling"})

    assert len(response.context["counting"]) == 1
    assert "<mark>leerlingen</mark>" in response.content.decode()


def test_other_years_and_the_workbook_keep_the_filter(overview, reporting_round):
    PillarFactory(abbreviation="W")
    RoundFactory(year=2023, closed=True)

    page = log_in(lezer=True).get(overview, {"pijler": "W"}).content.decode()

    for name, year in (("overview_year", 2023), ("overview_workbook", 2024)):
        assert f'href="{reverse(f"interventions:{name}", args=[year])}?pijler=W"' in page


def count_queries(client, url, query):
    client.get(url, query)
    with CaptureQueriesContext(connection) as queries:
        client.get(url, query)
    return len(queries)


# The workbook


def test_workbook_holds_what_the_filter_leaves_and_the_person_may_see(reporting_round):
    work = PillarFactory(name="Werk", abbreviation="W")
    UpdateFactory(
        plan_item__round=reporting_round, plan_item__pillar=work, plan_item__name="Erin", submitted=True,
        qualitative="<p>Een aubergine.</p>",
    )  # fmt: skip
    UpdateFactory(plan_item__round=reporting_round, plan_item__name="Eruit", approved=True)
    url = reverse("interventions:overview_workbook", args=[reporting_round.year])

    response = log_in(lezer=True).get(url, {"pijler": "W"})

    book = load_workbook(BytesIO(response.getvalue()))
    cells = " ".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None)
    assert "Erin" in cells
    assert "Eruit" not in cells
    assert "aubergine" not in cells


# An interventie through the years


@pytest.fixture
def thread(reporting_round):
    """An interventie of 2023 and 2024, with something in every field of both years."""
    trekker = OrganisationFactory(name="Woonstad")
    items = {}
    for one in (RoundFactory(year=2023, closed=True), reporting_round):
        item = PlanItemFactory(
            round=one,
            intervention=items[2023].intervention if items else InterventionFactory(),
            name=f"Naam in {one.year}",
            former_name=f"Naam voor {one.year}",
            description=f"<p>Beschrijving in {one.year}.</p>",
            trekker=trekker,
        )
        item.funding.add(Funding.objects.create(name=f"Potje {one.year}"))
        UpdateFactory(
            plan_item=item,
            approved=True,
            quantitative=f"<p>Kwantitatief {one.year}.</p>",
            qualitative=f"<p>Kwalitatief {one.year}.</p>",
            colour="groen",
            colour_reason=f"Reden {one.year}.",
            colour_released=True,
        )
        items[one.year] = item
    return items


def page_of(thread, **traits):
    url = reverse("interventions:intervention", args=[thread[2024].intervention_id])
    return log_in(**traits).get(url)


def test_interventie_shows_every_year_the_newest_first(thread):
    page = text_of(page_of(thread, lezer=True))

    for year in (2023, 2024):
        for what in (
            f"Naam in {year}", f"Was: Naam voor {year}", f"Beschrijving in {year}.", f"Potje {year}",
            f"Kwantitatief {year}.", f"Kwalitatief {year}.", f"Reden {year}.",
        ):  # fmt: skip
            assert what in page
    assert page.index("Kwalitatief 2024.") < page.index("Kwalitatief 2023.")
    assert "Woonstad trekker, aangenomen" in page
    assert "groen gelijk" in page


@pytest.mark.parametrize("role", ["lezer", "invuller"])
def test_interventie_hides_what_is_not_approved_or_released(role, thread):
    ReportingRound.objects.filter(year=2024).update(state="review")
    ProgressUpdate.objects.filter(plan_item=thread[2024]).update(state="submitted", colour_released=False)
    Waiver.objects.create(update=thread[2024].progress, part="qualitative", reason="Een aubergine.")

    page = text_of(page_of(thread, role=role))

    for hidden in ("Kwantitatief 2024", "Kwalitatief 2024", "Reden 2024", "aubergine", "ingediend"):
        assert hidden not in page
    assert "De voortgang over 2024 staat hier zodra zij is goedgekeurd." in page
    assert "Kwalitatief 2023." in page
    assert "nog geen kleur" in page


@pytest.mark.parametrize("state", ["dropped", "no_report"])
def test_interventie_that_was_not_reported_on_promises_nothing_once_the_round_is_closed(state, thread):
    ProgressUpdate.objects.filter(plan_item=thread[2024]).update(state=state, colour="", colour_released=False)

    page = text_of(page_of(thread, lezer=True))

    assert "Over 2024 is geen voortgang gerapporteerd." in page
    assert "zodra zij is goedgekeurd" not in page
    assert "nog geen kleur" not in page


def test_interventie_shows_all_to_who_sees_everything(thread):
    ProgressUpdate.objects.filter(plan_item=thread[2024]).update(state="submitted", colour_released=False)

    page = text_of(page_of(thread, controleur=True))

    for seen in ("Kwantitatief 2024", "Kwalitatief 2024", "Reden 2024", "ingediend"):
        assert seen in page


def test_interventie_says_why_a_part_is_not_filled_in(thread):
    elsewhere = PlanItemFactory(round=thread[2024].round, name="Daar")
    ProgressUpdate.objects.filter(plan_item=thread[2024]).update(quantitative="", qualitative="")
    Waiver.objects.create(update=thread[2024].progress, part="quantitative", reason="Gestart in december.")
    Waiver.objects.create(update=thread[2024].progress, part="qualitative", reported_at=elsewhere)

    response = page_of(thread, lezer=True)

    page = text_of(response)
    assert "n.v.t.: Gestart in december." in page
    assert f"Gerapporteerd bij {elsewhere}" in page
    assert (
        f'href="{reverse("interventions:intervention", args=[elsewhere.intervention_id])}"' in response.content.decode()
    )


def test_interventie_links_to_what_it_came_from_and_what_came_from_it(thread):
    old, second, new = (PlanItemFactory(round=item.round) for item in (thread[2023], thread[2023], thread[2024]))
    intervention = thread[2024].intervention
    for position, item in enumerate((second, old)):
        InterventionLink.objects.create(intervention=intervention, predecessor=item.intervention, position=position)
    InterventionLink.objects.create(intervention=new.intervention, predecessor=intervention)

    page = text_of(page_of(thread, lezer=True))

    assert f"Komt voort uit {second} (2023) {old} (2023) Gaat verder als {new} (2024)" in page


def test_interventie_shows_its_figures_by_series_and_period(thread):
    indicator = IndicatorFactory(name="Gezinnen", owner=thread[2024].intervention)
    south, north = (SeriesFactory(indicator=indicator, area=AreaFactory(name=name)) for name in ("Zuid", "Noord"))
    last_year, this_year = Period.objects.year(2023), Period.objects.year(2024)
    for series, item, period, value in (
        (south, thread[2023], last_year, 10),
        (south, thread[2024], last_year, 12),  # restated
        (south, thread[2024], this_year, 1500),
        (north, thread[2024], this_year, 7),
    ):
        ValueFactory(series=series, round=item.round, period=period, value=value)
    ValueFactory(series=north, round=thread[2023].round, period=last_year)  # never filled in

    page = text_of(page_of(thread, lezer=True))

    assert page.split("Indicator en gebied ")[1].startswith("2023 2024 Gezinnen (aantal) Noord 7 Zuid 12 1.500")


def test_figures_of_a_year_that_is_not_approved_are_not_shown(thread):
    series = SeriesFactory(indicator=IndicatorFactory(owner=thread[2024].intervention))
    ValueFactory(series=series, round=thread[2024].round, value=98765)
    ProgressUpdate.objects.filter(plan_item=thread[2024]).update(state="submitted")

    assert "98.765" not in text_of(page_of(thread, lezer=True))
    assert "98.765" in text_of(page_of(thread, adviseur=True))


@pytest.mark.parametrize(
    ("traits", "label"),
    [
        ({"adviseur": True}, "Beoordelen"),
        ({"controleur": True}, "Beoordeling bekijken"),
        ({"lezer": True}, None),
        ({}, None),
    ],
)
def test_interventie_links_to_the_review_for_who_may_see_it(traits, label, thread):
    ReportingRound.objects.filter(year=2024).update(state="review")
    url = reverse("interventions:review", args=[thread[2024].progress.pk])

    page = page_of(thread, **traits).content.decode()

    assert (f'href="{url}">{label}</a>' in page) if label else (url not in page)


@pytest.mark.parametrize(("state", "label"), [("returned", "Voortgang invullen"), ("submitted", "Uw opgave bekijken")])
def test_interventie_links_a_partner_to_their_own_page(state, label, thread):
    ReportingRound.objects.filter(year=2024).update(state="review")
    ProgressUpdate.objects.filter(plan_item=thread[2024]).update(state=state)
    trekker = thread[2024].initiators.get().organisation
    url = reverse("interventions:fill_in", args=[thread[2024].progress.pk])

    assert f'href="{url}">{label}</a>' in page_of(thread, organisations=[trekker]).content.decode()
    assert url not in page_of(thread, organisations=[OrganisationFactory()]).content.decode()


def test_interventie_without_voortgang_is_shown_as_planned():
    item = PlanItemFactory(round=RoundFactory(planned=True), name="Nieuw plan")
    InitiatorFactory(plan_item=item)

    response = log_in(adviseur=True).get(reverse("interventions:intervention", args=[item.intervention_id]))

    assert "Nieuw plan" in text_of(response)


@pytest.mark.parametrize("pk", [0, 999999])
def test_interventie_that_does_not_exist_is_not_found(pk):
    assert log_in(lezer=True).get(reverse("interventions:intervention", args=[pk])).status_code == 404


def test_interventie_that_never_stood_in_a_plan_is_not_found():
    thread = InterventionFactory()

    assert log_in(lezer=True).get(reverse("interventions:intervention", args=[thread.pk])).status_code == 404


def test_interventie_takes_as_many_queries_for_many_years_as_for_one(thread, django_assert_num_queries):
    client = log_in(lezer=True)
    url = reverse("interventions:intervention", args=[thread[2024].intervention_id])
    series = SeriesFactory(indicator=IndicatorFactory(owner=thread[2024].intervention))
    ValueFactory(series=series, round=thread[2024].round, value=1)
    queries = count_queries(client, url, {})
    for year in range(2000, 2010):
        item = PlanItemFactory(
            round=RoundFactory(year=year, closed=True),
            intervention=thread[2024].intervention,
            trekker=OrganisationFactory(),
        )
        item.funding.add(Funding.objects.create(name=str(year)))
        UpdateFactory(plan_item=item, approved=True)
        ValueFactory(series=series, round=item.round, value=year)

    with django_assert_num_queries(queries):
        client.get(url)
