"""Tables as files: what is read back from the workbook and the CSV file is what the page shows."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.figures import Figures, with_classes
from indicators.models import Indicator, Measurement, PrintedFigure, Report, Table
from indicators.standing import standings
from indicators.tables import build
from tests.factories import PillarFactory, UserFactory

from .factories import IndicatorFactory, RegimeFactory, TargetFactory
from .zuid import make_general, make_moves, make_parts, make_profile, make_scale, make_zuid, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def zuid():
    return make_zuid()


@pytest.fixture
def fetch(client):
    """fetch("name of a url", argument, "query"): what is downloaded."""
    client.force_login(UserFactory(lezer=True))

    def fetch(name, argument, query=""):
        response = client.get(f"{reverse(f'indicators:{name}', args=[argument])}?{query}")
        assert response.status_code == 200
        return response

    return fetch


def workbook(response):
    return openpyxl.load_workbook(BytesIO(response.getvalue()))


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def rounded(value):
    """A number as it survives a workbook, which keeps fifteen digits."""
    return value if value is None or isinstance(value, str) else round(float(value), 9)


def test_workbook_holds_numbers_as_numbers_with_the_lists_beneath_them(zuid, fetch):
    book = workbook(fetch("table", make_profile(zuid).code, "als=xlsx"))

    assert book.sheetnames == ["Veiligheidsindex"]
    rows = rows_of(book["Veiligheidsindex"])
    (row,) = (row for row in rows if row[:2] == ["Linden en Park", 90])
    assert row == ["Linden en Park", 90, 99, 102, 3, 12, 110]
    assert [row[:3] for row in rows if row[0] == "Kralingse Kant"] == [["Kralingse Kant", 1, 60]]


def test_workbook_says_what_was_chosen(zuid, fetch):
    response = fetch("table", make_scale(zuid).code, "gebied=Feijenoord&als=xlsx")

    assert response.headers["Content-Disposition"] == 'attachment; filename="leefbaarometer-selectie.xlsx"'
    sheet = workbook(response).active
    assert "Gebied: Feijenoord" in sheet.oddFooter.left.text
    assert {row[0] for row in rows_of(sheet)} & {"Kade", "Dijkzicht"} == {"Kade"}


def test_csv_opens_in_dutch_excel(zuid, fetch):
    table = make_moves(zuid)
    content = fetch("table", table.code, f"als=csv&tabel={table.code}").getvalue()

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Gebied", "Wijk", "Vestiging: vestiging uit de stad"]
    assert rows[2] == ["Charlois", "Bloemrijk", "10", "1", "11", "12", "-1", "100", "11", ""]
    assert rows[1][-1] == "som van wijken"


def test_csv_says_of_every_part_of_what_it_is_sorted_or_not(zuid, fetch):
    table = make_parts(zuid)
    part = IndicatorFactory(name="Begin: tot 12 jaar", table=table, unit="aantal", decimals=0, position=9)
    measure(zuid, part, 2023, {"Zuid": 3})

    for sort in ("", "thuiszitters.naam"):
        content = fetch("table", table.code, f"als=csv&tabel={table.code}&sort={sort}").getvalue()
        rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert [row["Onderdeel"] for row in rows if row["Cijfer"] == "Tot 12 jaar"] == ["Begin"]


def test_csv_of_every_panel_holds_all_its_rows(zuid, fetch):
    for table in [make(zuid) for make in (make_general, make_scale, make_profile, make_moves, make_parts)]:
        for panel in build(table).panels:
            content = fetch("table", table.code, f"als=csv&tabel={panel.key}").getvalue().decode("utf-8-sig")
            head, *rows = csv.reader(StringIO(content), delimiter=";")
            assert len(rows) == sum(len(section.rows) for section in panel.sections)
            assert {len(row) for row in rows} == {len(head)}


def test_csv_and_workbook_hold_no_formula(zuid, fetch):
    table = make_parts(zuid)
    name = '=HYPERLINK("http://voorbeeld.test")'
    Indicator.objects.filter(name="Nieuw").update(name=name)

    sheet = workbook(fetch("table", table.code, "als=xlsx")).active
    text = fetch("table", table.code, f"als=csv&tabel={table.code}").getvalue().decode("utf-8-sig")

    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == name)
    assert cell.data_type == "s"
    assert "'=HYPERLINK" in text


def test_csv_of_a_table_that_is_not_there_is_not_found(zuid, client):
    client.force_login(UserFactory(lezer=True))

    response = client.get(reverse("indicators:table", args=[make_parts(zuid).code]), {"als": "csv", "tabel": "x"})

    assert response.status_code == 404


@pytest.fixture
def report(zuid):
    """All tables, and an indicator with a target: 29 in 2011, 19,1 in 2022, where the G4 stood at 12,6."""
    for make in (make_general, make_scale, make_profile, make_moves, make_parts):
        make(zuid)
    target = TargetFactory(
        indicator__name="% kinderen",
        indicator__direction="lower",
        indicator__kind="goal",
        indicator__pillars=[PillarFactory(name="Thuisbasis")],
        area=zuid.areas["Zuid"],
    )
    zuid.areas["G4"] = target.reference_area
    for year, values in ((2011, {"Zuid": 29, "G4": 19}), (2022, {"Zuid": "19.1", "G4": "12.6"})):
        for name, value in values.items():
            measure(zuid, target.indicator, year, {name: float(value)})
    measure(zuid, target.indicator, 2023, {"Zuid": 19})
    return target


def test_effectrapportage_is_read_back_as_figures_and_standings_have_it(report, tmp_path):
    call_command("export_indicators", 2023, "--output", str(tmp_path / "e.xlsx"), verbosity=0)
    book = openpyxl.load_workbook(tmp_path / "e.xlsx")

    assert book.sheetnames[0] == "Doelen en indicatoren"
    assert set(book.sheetnames) == {"Doelen en indicatoren", "Metingen", *(table.name for table in Table.objects.all())}
    (standing,) = standings([report.indicator], year=2023)
    (row,) = (row for row in rows_of(book["Doelen en indicatoren"]) if row[0] == "% kinderen")
    numbers = [value for value in row if isinstance(value, int | float)]
    expected = [
        standing.start_value, standing.now.number, 19, standing.reference_value,
        100 * standing.closed, 100 * standing.due, standing.target_now, standing.target_at_the_end,
    ]  # fmt: skip
    assert sorted(numbers) == pytest.approx(sorted(map(float, expected)))


def test_share_that_was_printed_the_year_before_stands_beside_the_computed_one(report, fetch):
    def goals(year):
        head, *rows = rows_of(workbook(fetch("report", year))["Doelen en indicatoren"])[2:]
        (row,) = (row for row in rows if row[0] == "% kinderen")
        return dict(zip(head, row, strict=True)), {row[0] for row in rows}

    for place, raw, value in (("tabel met doelen", "52,3%", "52.3"), ("blz. 7", "29%", 29)):
        Report.objects.get_or_create(year=2024)
        Report.objects.get_or_create(year=2023)
        PrintedFigure.objects.create(
            report=2022 if value == 29 else 2023,
            place=place,
            indicator=report.indicator,
            what="share",
            regime=report.regime,
            raw=raw,
            value=value,
        )
    column = "Gedrukt: % ingelopen VGR {}"

    row, notes = goals(2023)
    assert row[column.format(2022)] == 29
    assert "Gedrukt: % ingelopen VGR 2022 is overgenomen uit het gedrukte rapport over 2022, niet berekend." in notes
    assert goals(2024)[0][column.format(2023)] == 52.3
    PrintedFigure.objects.filter(report=2022).delete()
    assert not [title for title in goals(2023)[0] if title and "Gedrukt" in title]


def test_last_target_says_its_year_where_the_paths_end_in_different_years(report, zuid, fetch):
    def goals():
        return rows_of(workbook(fetch("report", 2023))["Doelen en indicatoren"])

    assert "Doel 2031" in goals()[2]
    regime = RegimeFactory(code="c", points=((2022, 0), (2027, 1)))
    sooner = TargetFactory(indicator=report.indicator, area=zuid.areas["Zuid"], regime=regime)
    _, _, head, *rows = goals()

    assert "Einddoel" in head
    notes = {row[head.index("Regime")]: row[-1] for row in rows if row[0] == "% kinderen"}
    assert notes == {str(report.regime): "einddoel voor 2031", str(sooner.regime): "einddoel voor 2027"}


def test_every_table_of_the_effectrapportage_holds_what_its_page_shows(report, tmp_path):
    call_command("export_indicators", 2023, "--output", str(tmp_path / "e.xlsx"), verbosity=0)
    book = openpyxl.load_workbook(tmp_path / "e.xlsx")

    compared = 0
    for table in Table.objects.all():
        sheet = [[rounded(value) for value in found] for found in rows_of(book[table.name])]
        for panel in build(table).panels:
            for row in (row for section in panel.sections for row in section.rows):
                values = [cell.shown or None if cell.value is None else rounded(cell.value) for cell in row.cells]
                assert [row.title, *values] in [found[: len(values) + 1] for found in sheet]
                compared += len(values)
    assert compared > 150


def test_flat_sheet_holds_every_measurement(report, tmp_path):
    call_command("export_indicators", 2023, "--output", str(tmp_path / "e.xlsx"), verbosity=0)
    book = openpyxl.load_workbook(tmp_path / "e.xlsx")
    head, *rows = rows_of(book["Metingen"])

    (note,) = rows_of(book["Doelen en indicatoren"])[-1:]
    assert "Op het blad 'Metingen' staan alle metingen die er zijn, ook die van later." in note[0]
    assert head[:7] == ["Code", "Indicator", "Eenheid", "Gebied", "Periode", "Bron", "Waarde"]
    figures = Figures(with_classes(Indicator.objects.all()))
    assert sorted(
        (row[0], row[3], row[4], row[7] or (row[6] if isinstance(row[6], str) else f"{row[6]:g}")) for row in rows
    ) == sorted(
        (one.indicator.code, one.area.name, str(one.period), _told(one, figures))
        for one in Measurement.objects.select_related("indicator", "area", "period")
    )


def test_effectrapportage_stops_at_its_year_when_more_was_measured_since(report, zuid, tmp_path):
    def exported():
        call_command("export_indicators", 2023, "--output", str(tmp_path / "e.xlsx"), verbosity=0)
        book = openpyxl.load_workbook(tmp_path / "e.xlsx")
        return {sheet.title: rows_of(sheet) for sheet in book}

    before = exported()
    later = PrintedFigure.objects.filter(what="list").first()
    later.pk, later.report = None, 2025
    later.save()
    for indicator in Indicator.objects.all():
        measure(zuid, indicator, 2025, {"Zuid": 2, "Rotterdam": 3, "Bloemrijk": 4, "Linden en Park": 1})
    after = exported()

    assert len(after.pop("Metingen")) == len(before.pop("Metingen")) + 4 * Indicator.objects.count()
    assert after == before
    # The wijkprofiel of the year in which the report appears is in it.
    assert "2024" in {value for row in after["Wijkprofiel"] for value in row}


def _told(measurement, figures):
    if measurement.code:
        return measurement.get_code_display()
    indicator = figures.indicators[measurement.indicator_id]
    if indicator.scale_id:
        return indicator.scale.name_of(measurement.number)
    return f"{float(measurement.number):g}"


def test_export_of_a_year_without_report_names_those_that_there_are(report, tmp_path):
    Report.objects.create(year=2022)
    known = r"Rapporten die er wel zijn: 2023 \(in voorbereiding\), 2022"
    with pytest.raises(CommandError, match=rf"Er is geen rapport over 1999\. {known}"):
        call_command("export_indicators", 1999, "--output", str(tmp_path / "e.xlsx"))

    assert list(tmp_path.iterdir()) == []


def test_effectrapportage_takes_the_same_queries_for_more_indicators(report, zuid, client):
    client.force_login(UserFactory(lezer=True))
    url = reverse("indicators:report", args=[2023])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(3):
        target = TargetFactory(area=zuid.areas["Zuid"])
        measure(zuid, target.indicator, 2023, {"Zuid": 3, "G4": 5})
    with CaptureQueriesContext(connection) as more:
        client.get(url)

    assert len(more) == len(few)
