"""The grid in which the bureau enters a year. Who gets in: tests/test_access_matrix.py."""

import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from indicators.models import Measurement, MeasurementEvent, Report, Scale, Table
from programme.models import MONTHS, Area, Division, Period
from tests.factories import PillarFactory, UserFactory
from tests.indicators.factories import (
    IndicatorFactory,
    MeasurementFactory,
    PlaceFactory,
    SourceFactory,
    TargetFactory,
    YearFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logged_in")]


@pytest.fixture
def werk():
    return PillarFactory(name="Werk", abbreviation="W")


def page_of(response):
    return html.fromstring(response.text)


def text_of(element):
    return " ".join(" ".join(element.itertext()).split())


def url(year=2023, sheet="W"):
    return reverse("indicators:enter", args=[sheet, year])


def cell(name, indicator, area="NPRZ-gebied", source="Bron", period="2023"):
    return f"{name}-{indicator.pk}-{SourceFactory(name=source).pk}-{PlaceFactory(name=area).pk}-{period}"


def opened(client, **typed):
    """What the page holds when it is opened."""
    return sent_by(client.get(url(**typed)))


def sent_by(response):
    """All that the form of the page would send."""
    fields = page_of(response).xpath("//main//form[@data-unsaved]//input[@name]")
    return {field.get("name"): field.get("value", "") for field in fields if field.get("name") != "csrfmiddlewaretoken"}


def send(client, sent, **typed):
    return client.post(url(), sent | typed, follow=True)


def errors(response):
    """What is wrong, by the name of the field at which it stands."""
    page = page_of(response)
    found = {}
    for message in page.xpath("//td//span[contains(@class, 'cell-error')] | //div[contains(@class, 'error-message')]"):
        field = page.get_element_by_id(message.get("id").removesuffix("_error"))
        assert message.get("id") in field.get("aria-describedby")
        found[field.get("name")] = text_of(message)
    return found


def measured(indicator, **when):
    rows = Measurement.objects.filter(indicator=indicator)
    if when:
        rows = rows.filter(period__start__year=when["year"])
    return {f"{row.area}, {row.period}, {row.source}": row.said.typed(indicator) for row in rows}


def test_grid_has_a_row_per_indicator_and_source_and_a_column_per_area(client, werk):
    one, other = IndicatorFactory(name="% werkloos", pillars=[werk]), IndicatorFactory(name="% schuld", pillars=[werk])
    MeasurementFactory(indicator=one, period=YearFactory(year=2022), value=Decimal("19.1"))
    MeasurementFactory(indicator=one, period=YearFactory(year=2022), value=18, source=SourceFactory(name="Stad"))
    MeasurementFactory(indicator=other, value="7.5", provisional=True)
    MeasurementFactory(indicator=other, area=PlaceFactory(name="Tarwewijk", kind=Area.Kind.NEIGHBOURHOOD))
    TargetFactory(indicator=other)
    IndicatorFactory(name="% elders", pillars=[PillarFactory()])

    table = page_of(client.get(url())).xpath("//table")[0]

    assert [text_of(head) for head in table.xpath(".//thead//th")] == ["Indicator", "Zuid", "G4"]
    heads = [text_of(head) for head in table.xpath(".//tbody//th")]
    assert [re.sub(" Geschiedenis.*", "", head) for head in heads] == [
        "% werkloos %, 2023, Bron",
        "% werkloos %, 2023, Stad",
        "% schuld %, 2023, Bron",
    ]
    first, second, last = table.xpath(".//tbody/tr")
    # Of two sources each is named, also where they show a figure of each other.
    assert text_of(first.xpath("td[1]/label")[0]) == "% werkloos, Zuid, 2023, Bron"
    assert text_of(second.xpath("td[1]/label")[0]) == "% werkloos, Zuid, 2023, Stad"
    assert text_of(last.xpath("td[1]/label")[0]) == "% schuld, Zuid, 2023"
    assert text_of(first.xpath("td[1]")[0]).endswith("2022: 19,1")
    assert last.xpath("td[1]/input[@type='text']/@value") == ["7,5*"]


def test_year_is_entered_and_shown_in_the_history(client, werk, adviseur):
    share = IndicatorFactory(pillars=[werk])
    school = IndicatorFactory(pillars=[werk], period_kind="school_year")
    for one in (share, school):
        TargetFactory(indicator=one)
        one.source = SourceFactory()
        one.save()
    sent = opened(client)

    response = send(
        client,
        sent,
        **{
            cell("cell", share): "66/145*",
            cell("cell", share, "G4"): "n.b.",
            cell("cell", school, period="202324"): "7,25",
        },
    )

    assert "3 cijfers opgeslagen." in response.text
    assert measured(share) == {"NPRZ-gebied, 2023, Bron": "66/145*", "G4, 2023, Bron": "n.b."}
    assert measured(school) == {"NPRZ-gebied, 2023/24, Bron": "7,25"}
    assert set(MeasurementEvent.objects.values_list("by", "way_in")) == {(adviseur.pk, "form")}
    assert "Er is niets gewijzigd." in send(client, opened(client)).text
    told = text_of(page_of(client.get(reverse("indicators:history", args=[share.code]))).xpath("//tbody")[0])
    assert "Ada Viseur Zuid, 2023 Bron nieuw 66/145 (voorlopig)" in told


def test_each_wrong_cell_says_what_is_wrong_and_waits_while_the_others_are_saved(client, werk):
    indicator = IndicatorFactory(name="% werkloos", pillars=[werk], highest=100, source=SourceFactory())
    areas = ["NPRZ-gebied", "G4", "Rotterdam", "Amsterdam", "Utrecht", "Den Haag", "Focuswijken"]
    for area in areas:
        MeasurementFactory(indicator=indicator, area=PlaceFactory(name=area), period=YearFactory(year=2022), value=20)
    typed = {
        "NPRZ-gebied": "veel",
        "G4": "101",
        "Rotterdam": "0,19",
        "Amsterdam": "1.234",
        "Utrecht": "50",
        "Den Haag": "1\t2",
        "Focuswijken": "21*",
    }
    sent = opened(client) | {cell("cell", indicator, area): text for area, text in typed.items()}

    response = send(client, sent)

    found = {area: errors(response).get(cell("cell", indicator, area), "") for area in areas}
    assert {area: message.partition(".")[0] for area, message in found.items()} == {
        "NPRZ-gebied": "'veel' is geen getal",
        "G4": "101 ligt buiten de schaal: het hoogste is 100",
        "Rotterdam": "'0,19' lijkt 19%: schrijf 19",
        "Amsterdam": "'1",
        "Utrecht": "Dit is veel meer dan 20 in 2022",
        "Den Haag": "Dit is een blok van meer cellen",
        "Focuswijken": "",
    }
    assert found["Amsterdam"] == "'1.234' kan twee dingen betekenen. Schrijf 1234 of 1,234."
    page = page_of(response)
    kept = {area: page.xpath(f"//input[@name='{cell('cell', indicator, area)}']/@value")[0] for area in areas}
    assert kept == typed
    # Only where a remark is asked for is there a field for it; with one the jump is taken.
    assert page.xpath("//input[@data-beside]/@name") == [cell("remark", indicator, "Utrecht")]
    assert measured(indicator, year=2023) == {"Focuswijken, 2023, Bron": "21*"}
    # Above the grid: what is saved, and what is not, by what has to be done.
    outcome = page.xpath("//*[@role='alert']")[0]
    assert text_of(outcome.xpath("h2")[0]) == "1 cijfer opgeslagen. 6 cellen zijn niet opgeslagen:"
    titles = {text_of(part): len(part.xpath("following-sibling::ul[1]/li")) for part in outcome.xpath("h3")}
    assert titles == {"Dit kan niet": 5, "Dit wijkt sterk af: klopt het?": 1}
    link = outcome.xpath(".//a")[0]
    assert text_of(link).startswith("% werkloos, Zuid, 2023: 'veel' is geen getal. Schrijf bijvoorbeeld 12,5.")
    assert link.get("href") == f"#{cell('cell', indicator)}"
    # Loaded anew, all of it comes in once more: that is no conflict with oneself.
    again = send(client, sent)
    assert again.status_code == 200
    assert "Er is niets gewijzigd. 6 cellen zijn niet opgeslagen:" in text_of(page_of(again))
    assert MeasurementEvent.objects.count() == 1
    mended = {cell("cell", indicator, "Utrecht"): "50", cell("remark", indicator, "Utrecht"): "Ja."}
    assert "1 cijfer opgeslagen." in send(client, opened(client), **mended).text
    assert Measurement.objects.get(area__name="Utrecht", period__start__year=2023).remark == "Ja."


def test_remark_that_is_too_long_keeps_its_figure_waiting(client, werk):
    indicator = MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]), value=19, remark="Eerst.").indicator
    typed = {cell("cell", indicator): "20", cell("remark", indicator): "x" * 501, "reason": "Correctie."}
    response = send(client, opened(client), **typed)
    assert "niet meer dan 500 tekens" in errors(response)[cell("remark", indicator)]
    assert page_of(response).xpath("//*[@role='alert']//a/@href") == [f"#{cell('remark', indicator)}"]
    assert "cell-" in next(iter(errors(send(client, opened(client), **{cell("cell", indicator): "2\x000"}))))
    assert measured(indicator) == {"NPRZ-gebied, 2023, Bron": "19"}


def test_what_changes_waits_for_a_reason_and_what_is_new_does_not(client, werk):
    indicator = MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]), value=19).indicator
    MeasurementFactory(indicator=indicator, area=PlaceFactory(name="G4"), period=YearFactory(year=2022), value=20)
    typed = {cell("cell", indicator): "", cell("cell", indicator, "G4"): "21"}

    response = send(client, opened(client), **typed)

    assert errors(response) == {
        cell("cell", indicator): "Hier stond 19: vul in waarom dit verandert.",
        "reason": "Er verandert een cijfer dat er al stond. Vul in waarom.",
    }
    assert "1 cijfer opgeslagen. 1 cel is niet opgeslagen:" in text_of(page_of(response))
    assert measured(indicator, year=2023) == {"NPRZ-gebied, 2023, Bron": "19", "G4, 2023, Bron": "21"}
    again = sent_by(response)
    assert (again[cell("cell", indicator)], again[cell("cell", indicator, "G4")]) == ("", "21")
    too_long = send(client, again, reason="x" * 501)
    assert "niet meer dan 500 tekens" in errors(too_long)["reason"]

    send(client, again, reason="Bij de verkeerde indicator.")

    assert measured(indicator, year=2023) == {"G4, 2023, Bron": "21"}
    assert MeasurementEvent.objects.last().reason == "Bij de verkeerde indicator."


def test_of_two_at_once_only_the_cell_that_both_changed_waits(client, werk):
    indicator = IndicatorFactory(pillars=[werk])
    for area in ("NPRZ-gebied", "G4", "Rotterdam"):
        MeasurementFactory(indicator=indicator, area=PlaceFactory(name=area), value=19)
    sent = opened(client)
    other = UserFactory(adviseur=True, name="Bo Eerder")
    client.force_login(other)
    typed = {
        cell("cell", indicator): "19,3",
        cell("remark", indicator): "Nageteld.",
        cell("cell", indicator, "G4"): "20",
    }
    send(client, opened(client), reason="Correctie.", **typed)
    client.force_login(UserFactory(adviseur=True))

    response = send(
        client,
        sent,
        reason="Ook een correctie.",
        **{cell("cell", indicator): "19,4", cell("cell", indicator, "Rotterdam"): "21"},
    )

    # The one that both changed waits; the other is saved.
    assert response.status_code == 409
    assert errors(response) == {
        cell("cell", indicator): "Dit is intussen gewijzigd door Bo Eerder: er staat nu 19,3. Nageteld."
    }
    assert text_of(page_of(response).xpath("//*[@role='alert']")[0]).startswith(
        "1 cijfer opgeslagen. 1 cel is niet opgeslagen: Iemand anders was u voor Wat u typte, staat nog in de cel."
    )
    again = sent_by(response)
    assert again[cell("cell", indicator)] == "19,4"
    # What nobody touched here shows what the other wrote; saving again is a decision.
    assert again[cell("cell", indicator, "G4")] == "20"
    assert measured(indicator)["NPRZ-gebied, 2023, Bron"] == "19,3"
    send(client, again)
    values = measured(indicator)
    assert values == {"NPRZ-gebied, 2023, Bron": "19,4", "G4, 2023, Bron": "20", "Rotterdam, 2023, Bron": "21"}


def test_form_that_did_not_come_in_whole_is_refused(client, werk):
    indicator = MeasurementFactory(indicator=IndicatorFactory(pillars=[werk])).indicator
    sent = opened(client) | {cell("cell", indicator): "11"}

    without = {name: value for name, value in sent.items() if not name.startswith("seen-")}
    for broken in (without, sent | {"cell-999-1-1": "5"}):
        assert "Het formulier is niet volledig aangekomen" in client.post(url(), broken | {"reason": "Zo."}).text
    assert measured(indicator) == {"NPRZ-gebied, 2023, Bron": "10"}


def test_area_and_source_are_added_to_the_grid(client, werk):
    indicator = IndicatorFactory(name="% nieuw", pillars=[werk])
    delft, source = PlaceFactory(name="Delft", kind=Area.Kind.CITY), SourceFactory(name="CBS")
    assert "Nog zonder bron, en daarom niet in het rooster: % nieuw." in text_of(page_of(client.get(url())))

    chosen = {"indicator": indicator.pk, "bron": source.pk, "gebied": delft.pk}
    page = page_of(client.get(url(), chosen))

    assert page.xpath(f"//input[@name='{cell('cell', indicator, 'Delft', 'CBS')}']")
    carried = page.xpath("//form[@method='get']//input[@type='hidden']")
    kept = [(field.get("name"), field.get("value")) for field in carried]
    assert kept == [("rij", f"{indicator.pk}-{source.pk}"), ("kolom", str(delft.pk))]
    assert cell("cell", indicator, "Delft", "CBS") in client.get(url(), dict(kept)).text
    for nonsense in ("x", "1-", "9" * 30, "²"):
        assert client.get(url(), {"rij": nonsense, "kolom": nonsense, "gebied": nonsense}).status_code == 200
    refused = text_of(page_of(client.get(url(), {"indicator": indicator.pk})))
    assert "Kies een indicator en een bron." in refused


def test_table_of_wijken_has_them_as_rows(client):
    cbs = Division.objects.create(name="CBS-buurten")
    scale = Scale.objects.create(name="Leefbaarheid")
    scale.classes.create(rank=1, name="Zwak")
    table = Table.objects.create(code="leefbaar", name="Leefbaarheid", layout=Table.Layout.SCALE)
    indicator = IndicatorFactory(table=table, kind="figure", scale=scale, division=cbs, source=SourceFactory())
    total = IndicatorFactory(table=table, kind="figure")
    total.terms.create(part=indicator)
    PlaceFactory(name="Tarwewijk", kind=Area.Kind.NEIGHBOURHOOD).divisions.add(cbs)
    MeasurementFactory(indicator=indicator, area=PlaceFactory(), period=YearFactory(year=2022), value=1)

    page = page_of(client.get(url(sheet="leefbaar")))
    assert [text_of(head) for head in page.xpath("//tbody//th")] == ["Zuid", "Tarwewijk"]
    assert len(page.xpath("//thead//th")) == 2
    client.post(
        url(sheet="leefbaar"), opened(client, sheet="leefbaar") | {cell("cell", indicator, "Tarwewijk"): "zwak"}
    )
    assert measured(indicator)["Tarwewijk, 2023, Bron"] == "Zwak"


def test_what_parts_add_up_to_stands_beside_the_cell(client, werk):
    zuid = PlaceFactory()
    indicator = IndicatorFactory(pillars=[werk], adds_up=True, unit="aantal", decimals=0, source=SourceFactory())
    for name in ("Charlois", "Feijenoord"):
        zuid.parts.add(PlaceFactory(name=name, kind=Area.Kind.DISTRICT))
        MeasurementFactory(indicator=indicator, area=PlaceFactory(name=name), value=600)
    TargetFactory(indicator=indicator)
    assert "berekend: 1.200" in text_of(page_of(client.get(url())).xpath("//tbody")[0])


def test_period_is_that_of_last_time_moved_to_the_year(client, werk):
    for name in ("31-12-2021", "2019 t/m 2021", "2021/22"):
        period = Period.objects.from_name(name)
        MeasurementFactory(indicator=IndicatorFactory(pillars=[werk], period_kind=period.kind), period=period)
    heads = [text_of(head) for head in page_of(client.get(url())).xpath("//tbody//th")]
    found = [re.search(r"%, (.+?), Bron", head)[1] for head in heads]
    assert found == ["31-12-2023", "2021 t/m 2023", "2023/24"]


def test_every_month_is_entered_and_the_year_that_they_add_up_to(client, werk):
    """Of an indicator that is measured in more periods of a year, those are the rows of a group."""
    plain = MeasurementFactory(indicator=IndicatorFactory(name="% werkloos", pillars=[werk])).indicator
    monthly = IndicatorFactory(
        name="Uitstroom", pillars=[werk], unit="aantal", decimals=0, period_kind="month", adds_up_in_time=True
    )
    for name in ("november 2022", "december 2022", "2022", "2023"):
        MeasurementFactory(indicator=monthly, period=Period.objects.from_name(name), value=100)
    for name in MONTHS[2:]:
        MeasurementFactory(indicator=monthly, period=Period.objects.from_name(f"{name} 2023"), value=100)

    first, group = page_of(client.get(url())).xpath("//tbody")
    assert len(first.xpath("tr")) == 1
    assert text_of(group.xpath("tr[1]/th[@scope='rowgroup']")[0]) == "Uitstroom aantal, Bron Geschiedenis van Uitstroom"
    heads = [text_of(head) for head in group.xpath("tr[position() > 1]/th")]
    assert heads == [*(f"{month} 2023" for month in MONTHS), "2023"]
    rows = {text_of(row.xpath("th")[0]): text_of(row.xpath("td")[0]) for row in group.xpath("tr[position() > 1]")}
    assert rows["januari 2023"].endswith("december 2022: 100")
    assert rows["februari 2023"].endswith("december 2022: 100")
    assert rows["2023"].endswith("2022: 100")

    months = {cell("cell", monthly, period=f"{month}-2023"): "101" for month in MONTHS[:2]}
    total = {cell("cell", monthly, period="2023"): "1.202"}
    response = send(client, opened(client), reason="Nageteld.", **months, **total)
    assert list(errors(response)) == list(total)
    assert "2 cijfers opgeslagen. 1 cel is niet opgeslagen:" in text_of(page_of(response))
    asked = {cell("remark", monthly, period="2023"): "Eerder zonder de maanden."}
    assert "1 cijfer opgeslagen." in send(client, opened(client), reason="Nageteld.", **months, **total, **asked).text
    found = measured(monthly)
    assert (found["NPRZ-gebied, januari 2023, Bron"], found["NPRZ-gebied, 2023, Bron"]) == ("101", "1.202")
    assert "berekend: 1.202" in text_of(page_of(client.get(url())).xpath("//tbody[2]/tr[last()]")[0])
    assert measured(plain) == {"NPRZ-gebied, 2023, Bron": "10"}


def test_school_year_and_calendar_year_of_one_indicator_are_two_rows(client, werk):
    """As of vmbo-techniek, which starts with a school year and goes on in calendar years."""
    indicator = MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]), period=YearFactory(year=2022)).indicator
    MeasurementFactory(indicator=indicator, period=Period.objects.from_name("2013/14"), value=40)

    rows = page_of(client.get(url())).xpath("//tbody/tr[position() > 1]")
    assert [text_of(row) for row in rows] == [
        f"2023 {indicator}, Zuid, 2023 2022: 10",
        f"2023/24 {indicator}, Zuid, 2023/24 2013/14: 40",
    ]


def test_grid_is_chosen(client, werk):
    MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]))
    page = reverse("indicators:entering")
    links = page_of(client.get(page)).xpath("//section[@aria-labelledby='werkblad']//a/@href")
    assert links == [reverse("indicators:editable_workbook"), reverse("indicators:import_workbook")]
    assert client.get(page, {"wat": "W", "jaar": "2021"}).url == url(2021)
    assert "Selecteer een geldige keuze" in client.get(page, {"wat": "X", "jaar": "2021"}).text
    for sheet, year in (("X", 2023), ("W", 1999), ("W", 2999)):
        assert client.get(url(year, sheet)).status_code == 404


def test_year_that_is_proposed_is_the_one_after_the_newest_report(client, werk, monkeypatch):
    MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]))
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: datetime.date(2026, 3, 1))

    def proposed():
        return page_of(client.get(reverse("indicators:entering"))).xpath("//input[@name='jaar']/@value")

    assert proposed() == ["2025"]
    found = []
    for year in (2022, 2023, 2025, 2026):
        Report.objects.create(year=year)
        found += proposed()
    assert found == ["2023", "2024", "2026", "2026"]


def test_grid_says_to_which_report_its_figures_belong(client, werk):
    MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]))
    assert text_of(page_of(client.get(url())).xpath("//h1/following-sibling::p")[0]) == (
        "Voor het rapport over 2023. Bij de naam van elke indicator staat de periode van het cijfer."
    )
    school = Period.objects.from_name("2021/22")
    profile = Table.objects.create(code="profiel", name="Wijkprofiel", layout=Table.Layout.PROFILE)
    MeasurementFactory(
        indicator=IndicatorFactory(table=profile, kind="figure", period_kind="school_year"), period=school
    )
    said = text_of(page_of(client.get(url(sheet="profiel"))).xpath("//h1/following-sibling::p")[0])
    assert said.startswith("Voor het rapport over 2022.")
    assert said.endswith("Een schooljaar staat bij het jaar waarin het begint: 2023/24.")


def test_grid_takes_as_many_queries_for_three_rows_as_for_one(client, werk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url()).status_code == 200
        return len(captured)

    MeasurementFactory(indicator=IndicatorFactory(pillars=[werk], adds_up=True))
    few = queries()
    for number in range(2):
        indicator = IndicatorFactory(pillars=[werk], adds_up=True)
        MeasurementFactory(indicator=indicator, area=PlaceFactory(name=f"Gebied {number}"))
    assert queries() == few


def test_grid_of_hundreds_of_cells_comes_in_whole(client, werk):
    """More fields than Django takes by itself."""
    for number in range(20):
        MeasurementFactory(indicator=IndicatorFactory(pillars=[werk]), area=PlaceFactory(name=f"Gebied {number:02}"))
    indicator = IndicatorFactory(pillars=[werk], source=SourceFactory())
    for number in range(20, 26):
        MeasurementFactory(
            indicator=indicator, area=PlaceFactory(name=f"Gebied {number}"), period=YearFactory(year=2022)
        )
    sent = opened(client)
    assert len(sent) > 1_000
    assert "1 cijfer opgeslagen." in send(client, sent, **{cell("cell", indicator, "Gebied 20"): "11"}).text


def test_history_tells_a_remark_as_such_and_of_what_came_along_that_it_did(client):
    place = {
        "indicator": IndicatorFactory(),
        "area": PlaceFactory(),
        "period": YearFactory(),
        "source": SourceFactory(),
    }
    for became, way_in in (
        ("1.140 (voorlopig). Opgave klopt. Nagevraagd.", "form"),
        ("n.b.", "plan"),
        ("n.b.. Te klein.", "plan"),
    ):
        MeasurementEvent.objects.create(**place, became=became, way_in=way_in)

    rows = page_of(client.get(reverse("indicators:history", args=[place["indicator"].code]))).xpath("//tbody/tr")

    assert [text_of(row.xpath("td[@data-label='Werd']")[0]) for row in rows] == [
        "n.b. Opmerking: Te klein.",
        "n.b.",
        "1.140 (voorlopig) Opmerking: Opgave klopt. Nagevraagd.",
    ]
    assert [text_of(row.xpath("td[@data-label='Wanneer']/span")[0]) for row in rows] == [
        "meegeleverd",
        "meegeleverd",
        "formulier",
    ]


def test_history_takes_as_many_queries_for_three_changes_as_for_one(client, werk, django_assert_num_queries):
    indicator = IndicatorFactory(pillars=[werk], source=SourceFactory())
    TargetFactory(indicator=indicator)
    page = reverse("indicators:history", args=[indicator.code])
    send(client, opened(client), **{cell("cell", indicator): "19"})
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
        few = len(captured)
    send(client, opened(client), reason="Nieuw.", **{cell("cell", indicator): "20", cell("cell", indicator, "G4"): "9"})
    with django_assert_num_queries(few):
        assert len(page_of(client.get(page)).xpath("//tbody/tr")) == 3
