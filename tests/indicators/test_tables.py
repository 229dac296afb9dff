"""The tables of the effectrapportage on a page: what stands where, sorted and narrowed down."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import Measurement, Table
from indicators.tables import build
from programme.models import Area, Period
from tests.factories import UserFactory

from .factories import IndicatorFactory, MeasurementFactory, PlaceFactory, TableFactory
from .zuid import make_general, make_moves, make_parts, make_profile, make_scale, make_zuid, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def zuid():
    return make_zuid()


@pytest.fixture
def visit(client):
    """visit(table, "gebied=…"): the text of its page, without markup."""
    client.force_login(UserFactory(lezer=True))

    def visit(table, query=""):
        response = client.get(f"{reverse('indicators:table', args=[table.code])}?{query}")
        assert response.status_code == 200
        return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())

    return visit


def cells(panel):
    """What a reader sees: {title of the row: [cells]}."""
    return {row.title: [cell.shown for cell in row.cells] for section in panel.sections for row in section.rows}


def test_scale_shows_classes_by_word_with_the_changes(zuid):
    (panel,) = build(make_scale(zuid)).panels

    assert panel.title == "Leefbaarheid, 2012 t/m 2022"
    assert [column.title for column in panel.columns] == ["2012", "2020", "2022", "Sinds 2020", "Sinds 2012"]
    assert cells(panel)["Dijkzicht"] == ["Zwak", "Voldoende", "Goed", "1 klasse hoger", "2 klassen hoger"]
    assert [(section.title, section.apart) for section in panel.sections] == [
        ("Charlois", False),
        ("Feijenoord", False),
        ("Steden, ter vergelijking", True),
    ]
    assert panel.sentences == (
        "Tussen 2020 en 2022: 1 van de 5 wijken van Zuid hoger, 2 lager, 2 gelijk.",
        "Tussen 2012 en 2022: 2 van de 5 wijken van Zuid hoger, 2 lager, 1 gelijk.",
    )


def test_profile_marks_more_than_two_points_and_counts_them(zuid):
    panel = build(make_profile(zuid)).panels[0]

    rows = {row.title: row for section in panel.sections for row in section.rows}
    since_2022, since_2014 = ([row.cells[place] for row in rows.values()] for place in (3, 4))
    assert {
        name: (before.shown, before.direction, first.shown, first.direction)
        for name, before, first in zip(rows, since_2022, since_2014, strict=True)
    } == {
        "Heel Charlois": ("+1", "", "+2", ""),
        "Bloemrijk": ("+2", "", "+3", "vooruit"),
        "Dijkzicht": ("−2", "", "0", ""),
        "Havenkant": ("−1", "", "−5", "achteruit"),
        "Kade": ("−2", "", "+6", "vooruit"),
        "Linden en Park": ("+3", "vooruit", "+12", "vooruit"),
        "Rotterdam": ("+1", "", "+2", ""),
    }
    assert "3 van de 5 wijken van Zuid meer dan 2 punten vooruit en 1 meer dan 2 punten achteruit" in panel.sentences[1]


def test_profile_lists_stand_beside_the_printed_list_of_the_city(zuid):
    panels = {panel.key: panel for panel in build(make_profile(zuid)).panels}

    assert list(panels) == ["vi", "vi-hoogste", "vi-laagste", "vi-rotterdam-2023"]
    assert list(cells(panels["vi-laagste"])) == ["Dijkzicht", "Havenkant", "Kade", "Linden en Park", "Bloemrijk"]
    assert cells(panels["vi-rotterdam-2023"]) == {
        "Kralingse Kant": ["1", "60", "nee", ""],
        "Kade": ["2", "90", "ja", "nieuw"],
    }
    assert "niet bekend" in panels["vi-rotterdam-2023"].notes[0]


def test_moves_of_gebieden_and_zuid_are_sums_that_are_checked(zuid):
    (panel,) = build(make_moves(zuid)).panels

    shown = cells(panel)
    assert [column.group for column in panel.columns] == ["Vestiging", "Vestiging", "Vestiging", "", "", "", ""]
    assert shown["Dijkzicht"] == ["20", "2", "22", "22", "0", "200", "11,0%"]
    assert shown["Heel Charlois"] == ["60", "6", "66", "66", "0", "600", "11,0%"]
    assert shown["Focuswijken"] == ["50", "5", "55", "54", "1", "500", "11,0%"]
    assert shown["Zuid"] == ["150", "15", "165", "160", "5", "1.500", "11,0%"]
    assert all("som van wijken" in row.notes for section in panel.sections for row in section.rows if row.total)
    assert "alle sluiten" in panel.sentences[0]


def test_moves_show_the_newest_period_until_another_is_chosen(zuid, visit):
    table = make_moves(zuid)
    measure(zuid, table.indicators.get(name="vestiging uit de stad"), 2022, {"Kade": 7})

    assert "Periode Nieuwste 2022 2023 Stromen" in visit(table)
    assert "Verhuisbewegingen, 2023" in visit(table)
    assert "Verhuisbewegingen, 2022" in visit(table, "periode=2022")


@pytest.mark.parametrize("make", [make_scale, make_profile, make_moves])
def test_one_wijk_that_is_early_leaves_the_table_of_all_others_as_it_is(zuid, make):
    table = make(zuid)
    before = [(panel.title, cells(panel)) for panel in build(table).panels]
    for indicator in table.indicators.filter(terms=None):
        measure(zuid, indicator, 2025, {"Kade": 1})

    after = build(table).panels

    assert [(panel.title, cells(panel)) for panel in after] == before
    assert "an 2025 is nog maar 1 van de 5 wijken bekend. De nieuwste periode is hier daarom 20" in str(after)


def test_fewer_than_five_count_as_nothing_in_a_sum(zuid):
    table = make_moves(zuid)
    Measurement.objects.filter(area__name="Dijkzicht", value=2).update(value=None, code="lt5")

    shown = cells(build(table).panels[0])

    assert shown["Dijkzicht"][:3] == ["20", "<5", "20"]
    assert shown["Heel Charlois"][:3] == ["60", "4", "64"]


def test_moves_say_which_total_does_not_close(zuid):
    table = make_moves(zuid)
    measure(zuid, table.indicators.get(name="totaal vestiging"), 2023, {"Charlois": 70})

    (panel,) = build(table).panels

    row = next(row for section in panel.sections for row in section.rows if row.title == "Heel Charlois")
    assert row.remarks == "som van wijken; telt op tot 66, gemeten is 70"
    assert "Charlois, totaal vestiging: 70, uit de wijken 66." in panel.sentences


def test_parts_that_do_not_add_up_are_told_at_the_row(zuid):
    (panel,) = build(make_parts(zuid)).panels

    assert panel.title == "Thuiszitters, 2023"
    end = next(row for row in panel.sections[0].rows if row.title == "Einde")
    assert [column.full_title for column in panel.columns] == [
        "2023: Rotterdam",
        "2023: Zuid",
        "2023: Aandeel Zuid",
    ]
    assert [cell.shown for cell in end.cells] == ["145", "66", "45,5%"]
    assert end.cells[1].notes == ("telt op tot 69, gemeten is 66",)
    assert end.cells[0].notes == ()


def test_long_series_stands_upright_with_years_apart_from_months(zuid, visit):
    table = TableFactory(layout=Table.Layout.PERIODS)
    counted = IndicatorFactory(kind="figure", table=table, unit="aantal", decimals=0)
    measure(zuid, counted, 2022, {"Zuid": 100})
    for month in range(1, 10):
        period = Period.objects.month(2022, month)
        MeasurementFactory(indicator=counted, area=zuid.areas["Zuid"], period=period, value=month)

    (panel,) = build(table).panels

    assert [(section.title, len(section.rows)) for section in panel.sections] == [("Jaar", 1), ("Maand", 9)]
    assert cells(panel)["mei 2022"] == ["5"]
    newest_first = panel.sort(f"-{table.code}.naam")
    assert [[row.full_title for row in section.rows][:2] for section in newest_first.sections] == [
        ["2022"],
        ["september 2022", "augustus 2022"],
    ]
    assert "Periode Alle 2022 januari 2022 februari 2022" in visit(table)


def test_general_figures_show_two_sources_side_by_side_and_name_the_one_that_counts(zuid):
    (panel,) = build(make_general(zuid)).panels

    assert [column.full_title for column in panel.columns] == [
        "Periode",
        "Rotterdam: landelijke bron",
        "Rotterdam: lokale bron",
        "Zuid",
    ]
    assert cells(panel) == {
        "Inwoners": ["2023", "663.900", "663.535", "211.168"],
        "% jong": ["2023", "", "n.b.", "33,0%"],
    }
    assert panel.notes == ("Van Rotterdam geven meer bronnen een cijfer. De andere pagina’s gebruiken de lokale bron.",)


def test_sorting_brings_wijken_together_and_leaves_totals_and_cities_where_they_are(zuid):
    table = make_profile(zuid)

    down = build(table).sort("-vi-totaal.2024").panels[0]

    assert [section.title for section in down.sections] == ["", "Charlois", "Ter vergelijking"]
    assert [row.full_title for row in down.sections[0].rows] == [
        "Bloemrijk (Charlois)",
        "Linden en Park (Feijenoord)",
        "Dijkzicht (Charlois)",
        "Havenkant (Charlois)",
        "Kade (Feijenoord)",
    ]
    assert build(table).sort("bestaat-niet").panels == build(table).panels


def test_part_says_of_what_it_is_once_sorting_took_it_from_there(zuid, visit):
    table = make_parts(zuid)
    for position, name in ((5, "Begin: tot 12 jaar"), (6, "Nieuw: tot 12 jaar")):
        part = IndicatorFactory(name=name, table=table, unit="aantal", decimals=0, position=position)
        measure(zuid, part, 2023, {"Rotterdam": position})

    assert "Tot 12 jaar (Begin) 5 " in visit(table, "sort=thuiszitters.naam")
    assert "Tot 12 jaar 5 " in visit(table)


def test_fewer_than_five_stand_below_five_and_words_at_the_end(zuid):
    table = make_moves(zuid)
    for name, code in (("Dijkzicht", "lt5"), ("Linden", "nb")):
        Measurement.objects.filter(area__name=name, value__in=(2, 5)).update(value=None, code=code)

    def sorted_by(key):
        (panel,) = build(table).sort(key).panels
        return [row.cells[1].shown for row in panel.sections[0].rows]

    flow = table.indicators.get(name="vestiging van elders").code
    assert sorted_by(f"{table.code}.{flow}") == ["1", "3", "4", "<5", "n.b."]
    assert sorted_by(f"-{table.code}.{flow}") == ["<5", "4", "3", "1", "n.b."]


def test_sorting_by_class_goes_by_rank_and_not_by_the_alphabet(zuid):
    panel = build(make_scale(zuid)).sort("leefbaarometer.2022").panels[0]

    assert [row.cells[2].shown for row in panel.sections[0].rows] == [
        "Onvoldoende", "Zwak", "Voldoende", "Voldoende", "Goed",
    ]  # fmt: skip


def test_page_is_narrowed_down_to_a_gebied(zuid, visit):
    text = visit(make_scale(zuid), "gebied=Feijenoord")

    assert "Kade" in text
    assert "Dijkzicht" not in text
    assert "1 van de 2 wijken van Feijenoord hoger" in text


def test_choice_that_does_not_exist_shows_an_error_and_no_figures(zuid, visit):
    text = visit(make_scale(zuid), "gebied=Nergens")

    assert "Kade" not in text
    assert "Er zijn geen cijfers" in text


@pytest.mark.parametrize("make", [make_scale, make_profile, make_moves, make_parts, make_general])
def test_page_takes_the_same_queries_for_more_rows(make, zuid, visit):
    table = make(zuid)
    visit(table)
    with CaptureQueriesContext(connection) as few:
        visit(table)
    for name in ("Nieuw A", "Nieuw B", "Nieuw C"):
        zuid.areas[name] = PlaceFactory(name=name, kind=Area.Kind.NEIGHBOURHOOD)
        zuid.areas[name].divisions.set([zuid.cbs, zuid.profile])
        zuid.areas["Charlois"].parts.add(zuid.areas[name])
        for indicator in table.indicators.filter(terms=None):
            measure(zuid, indicator, 2024, {name: 1})
    with CaptureQueriesContext(connection) as more:
        visit(table)

    assert len(more) == len(few)
