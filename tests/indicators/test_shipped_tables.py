"""The tables of the figures that ship: what they count is what the figures say, whatever the report printed."""

from decimal import Decimal

import pytest

from indicators.models import Indicator, PrintedFigure, Table
from indicators.standing import figures_of, standings
from indicators.tables import build, goals

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def tables(loaded_once):
    """Every table as it is shown, by its code."""
    return {table.code: build(table).panels for table in Table.objects.all()}


def rows_of(panel):
    return {row.title: row for section in panel.sections for row in section.rows}


def test_goals_hold_every_share_that_the_report_before_printed(loaded_once, db):
    found = standings(Indicator.objects.in_report().prefetch_related("pillars"), year=2023)
    panel = goals.panel(found, figures_of([one.indicator for one in found]), year=2023)

    place = [column.title for column in panel.columns].index("Gedrukt: % ingelopen VGR 2022")
    cells = [row.cells[place] for section in panel.sections for row in section.rows]
    printed = PrintedFigure.objects.shares(report=2022)
    assert sorted(cell.value for cell in cells if cell.value is not None) == sorted(one.value for one in printed)
    assert len(printed) == 29


def test_leefbaarometer_counts_five_higher_and_seven_lower_since_2012(tables):
    (panel,) = tables["leefbaarometer"]

    assert panel.sentences[-1] == "Tussen 2012 en 2022: 5 van de 23 wijken van Zuid hoger, 7 lager, 11 gelijk."


@pytest.mark.parametrize(
    ("index", "risen", "fallen"),
    [("vi", 15, 5), ("si", 12, 6), ("fi", 18, 2)],  # printed of the last two: 18 and 16 forward
)
def test_wijkprofiel_counts_since_2014_as_its_own_table_says(tables, index, risen, fallen):
    panel = next(panel for panel in tables["wijkprofiel"] if panel.key == index)

    place = [column.key for column in panel.columns].index(f"{index}-totaal.sinds-2014")
    changes = [row.cells[place].value for section in panel.sections[:3] for row in section.rows if not row.total]
    assert (sum(one > 2 for one in changes), sum(one < -2 for one in changes)) == (risen, fallen)
    assert f" {risen} van de 23 wijken van Zuid meer dan 2 punten vooruit en {fallen} meer dan 2" in panel.sentences[-1]


def test_lists_of_the_wijkprofiel_do_not_cut_off_who_shares_the_last_place(tables):
    lists = {panel.key: list(rows_of(panel)) for panel in tables["wijkprofiel"] if panel.list_of}

    assert {"Afrikaanderwijk", "Bloemhof", "Zuidwijk"} <= set(lists["vi-laagste"])
    assert lists["si-hoogste"][-2:] == ["Noordereiland", "Zuiderpark en Zuidrand"]
    assert {"Carnisse", "Lombardijen"} <= set(lists["fi-laagste"])
    assert [len(lists[f"{index}-rotterdam-2023"]) for index in ("vi", "si", "fi")] == [10, 10, 10]


def test_totals_and_balances_of_the_moves_are_what_was_printed(tables):
    (panel,) = tables["verhuisbewegingen"]

    shown = rows_of(panel)
    titles = {"NPRZ-gebied": "Zuid", **{name: f"Heel {name}" for name in ("Feijenoord", "Charlois", "IJsselmonde")}}
    places = {column.key.partition(".")[2]: place for place, column in enumerate(panel.columns)}
    printed = PrintedFigure.objects.filter(indicator__table__code="verhuisbewegingen", what="value")
    for one in printed.select_related("indicator", "area"):
        cell = shown[titles.get(one.area.name, one.area.name)].cells[places[one.indicator.code]]
        assert round(cell.value, cell.decimals) == one.value, one
    assert len(printed) == 5 * 21 + 23 * 5
    assert panel.sentences[0].endswith("alle sluiten.")


def test_thuiszitters_of_zuid_do_not_close_and_those_of_rotterdam_do(tables):
    (panel,) = tables["thuiszitters"]

    end = rows_of(panel)["Thuiszitters einde schooljaar"]
    assert [cell.notes for cell in end.cells] == [
        (), ("telt op tot 48, gemeten is 51",), (),
        (), ("telt op tot 69, gemeten is 66",), (),
    ]  # fmt: skip
    assert end.cells[-1].value == Decimal(6600) / 145


def test_uitstroom_says_where_the_months_do_not_make_the_year(tables):
    (panel,) = tables["uitstroom"]

    notes = {row.title: row.remarks for section in panel.sections for row in section.rows if row.remarks}
    assert notes == {"2022": "telt op tot 1.744, gemeten is 1.740; telt op tot 1.890, gemeten is 1.893"}


def test_directions_that_are_not_100_percent_together_say_so_at_their_own_sum(tables):
    (panel,) = tables["doorstroming"]

    wholes = [row for section in panel.sections for row in section.rows if row.title == "Alle richtingen"]
    found = [
        (cell.shown, cell.notes) for row in wholes for cell in row.cells if "".join(cell.notes).endswith("100 zijn")
    ]
    assert [row.cells[0].shown for row in wholes] == ["100,0%", "100,0%", "98,4%", "100,0%"]
    assert found == [
        ("98,4%", ("telt op tot 98,4; moet 100 zijn",)),
        ("101,1%", ("telt op tot 101,1; moet 100 zijn",)),
    ]


def test_row_without_a_target_starts_where_the_report_does(loaded_once, db):
    indicator = Indicator.objects.get(code="vmbo-zorg")
    found = standings([indicator], year=2023)

    (section,) = goals.panel(found, figures_of([indicator]), year=2023).sections

    assert [cell.shown for cell in section.rows[0].cells if cell.shown] == [
        "indicator", "32,8%", "37,3%", "2013/14 – 2022"
    ]  # fmt: skip
