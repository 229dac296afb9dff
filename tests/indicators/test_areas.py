"""The wijken: as tiles and as a table, and a page for each with all there is about it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.figures import Figures, with_classes
from indicators.models import Indicator, Measurement, Tile
from indicators.tables.one_area import of_area
from indicators.tables.tiles import tile_map
from programme.models import Area
from tests.factories import UserFactory

from .factories import PlaceFactory, YearFactory
from .zuid import make_moves, make_profile, make_scale, make_zuid, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def zuid():
    zuid = make_zuid()
    for make in (make_profile, make_scale, make_moves):
        make(zuid)
    return zuid


@pytest.fixture
def visit(client):
    client.force_login(UserFactory(lezer=True))

    def visit(name, *args, status=200, **query):
        response = client.get(reverse(f"indicators:{name}", args=args), query)
        assert response.status_code == status
        return response.getvalue().decode()

    return visit


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_map_shows_each_wijk_where_it_lies_with_its_figure_and_shade(zuid):
    indicators = with_classes(Indicator.objects.filter(code="vi-totaal").select_related("division"))

    found = tile_map(Figures(indicators), indicators[0], YearFactory(year=2024))

    assert [[(tile.area.name, tile.shown, tile.step) if tile else None for tile in row] for row in found.rows] == [
        [("Bloemrijk", "103", 9), ("Dijkzicht", "90", 1), ("Havenkant", "90", 1)],
        [("Kade", "90", 1), ("Linden en Park", "102", 9), None],
    ]
    assert [shade.shown for shade in found.shades] == ["vanaf 90", "vanaf 93", "vanaf 95", "vanaf 98", "vanaf 100"]
    assert found.rows[1][1].since.shown == "+3"


def test_shade_of_a_tile_is_the_one_that_the_legend_gives_to_its_number(zuid):
    """The bounds lie at 92,6, 95,2, 97,8 and 100,4 and are shown, and used, as 93, 95, 98 and 100."""
    indicators = with_classes(Indicator.objects.filter(code="vi-totaal").select_related("division"))
    Measurement.objects.filter(
        indicator=indicators[0], area=zuid.areas["Linden en Park"], period__start__year=2024
    ).update(value="99.6")

    found = tile_map(Figures(indicators), indicators[0], YearFactory(year=2024))

    tile = found.rows[1][1]
    assert (tile.shown, tile.step) == ("100", found.shades[-1].step)
    assert found.shades[-1].shown == "vanaf 100"


def test_map_of_equal_figures_has_one_shade(zuid):
    indicators = with_classes(Indicator.objects.filter(code="vi-objectief").select_related("division"))

    found = tile_map(Figures(indicators), indicators[0], YearFactory(year=2024))

    assert [shade.shown for shade in found.shades] == ["vanaf 110"]
    assert {tile.step for row in found.rows for tile in row if tile} == {1}


def test_change_that_is_not_marked_has_no_sign_on_a_tile(zuid, visit):
    tiles = re.findall(
        r'tiles__name">([^<]+)</span>.*?</span><span class="([^"]+)">([^<]*)<', visit("areas", index="vi-totaal")
    )

    assert ("Linden en Park", "trend trend--vooruit", "+3") in tiles
    assert ("Dijkzicht", "small", "−2") in tiles


def test_page_of_the_wijken_shows_the_index_and_year_that_are_chosen(zuid, visit):
    text = text_of(visit("areas", index="vi-totaal", jaar="2014"))

    assert "Veiligheidsindex, totaal, 2014" in text
    assert "Havenkant 95" in text


def test_table_of_the_wijken_is_taken_along_as_csv(zuid, visit):
    lines = visit("areas", index="vi-totaal", als="csv", tabel="wijken").splitlines()

    assert lines[0].endswith("Gebied;Wijk;2024;Sinds 2022;Sinds 2014;Plaats")
    assert "Feijenoord;Kade;90;-2;6;3" in lines


def test_page_of_the_wijken_says_that_there_are_no_figures_for_a_choice(zuid, visit):
    assert "Er zijn geen cijfers voor deze keuze." in visit("areas", index="vi-deel", jaar="2014")
    assert "Er zijn geen cijfers voor deze keuze." in visit("areas", index="vi-objectief", jaar="2014")


def test_newest_year_of_the_map_is_one_of_which_half_of_the_wijken_are_known(zuid, visit):
    measure(zuid, Indicator.objects.get(code="vi-totaal"), 2025, {"Kade": 80, "Bloemrijk": 81})

    newest, chosen = (text_of(visit("areas", index="vi-totaal", jaar=year)) for year in ("", "2025"))

    assert "Kade 90" in newest
    assert "Van 2025 zijn nog maar 2 van de 5 wijken bekend. De nieuwste periode is hier daarom 2024" in newest
    assert "Kade 80" in chosen


def test_page_of_the_wijken_works_before_there_are_any(visit):
    assert "Er zijn geen cijfers voor deze keuze." in visit("areas")


def test_page_of_a_wijk_holds_every_figure_with_change_and_place(zuid):
    panels = {panel.key: panel for panel in of_area(zuid.areas["Kade"]).panels}

    assert list(panels) == ["leefbaarometer", "verhuisbewegingen", "wijkprofiel"]
    (total, part) = panels["wijkprofiel"].sections[0].rows
    assert [column.title for column in panels["wijkprofiel"].columns] == [
        "2014", "2022", "2024", "Sinds vorige", "Sinds eerste", "Plaats",
    ]  # fmt: skip
    assert [cell.shown for cell in total.cells] == ["84", "92", "90", "−2", "+6", "3 van 5"]
    assert [cell.shown for cell in part.cells] == ["", "", "110", "", "", "1 van 5"]


def test_page_of_a_gebied_says_what_is_a_sum_and_stands_among_the_gebieden(zuid):
    panels = {panel.key: panel for panel in of_area(zuid.areas["Charlois"]).panels}

    flow = panels["verhuisbewegingen"].sections[0].rows[0]
    assert [cell.shown for cell in flow.cells] == ["60", "2 van 2"]
    assert flow.notes == ("som van wijken",)


def test_page_of_a_wijk_links_to_what_overlaps_in_another_division(zuid, visit):
    html = visit("area", zuid.areas["Linden"].pk)

    link = f'<a class="utrecht-link" href="{reverse("indicators:area", args=[zuid.areas["Linden en Park"].pk])}">'
    assert f"{link}Linden en Park</a>" in html
    assert "Overlapt met (andere indeling)" in text_of(html)


def test_city_has_no_page(zuid, visit):
    visit("area", zuid.areas["Rotterdam"].pk, status=404)


def test_pages_of_wijken_take_the_same_queries_for_more_of_them(zuid, visit):
    def pages():
        with CaptureQueriesContext(connection) as queries:
            visit("areas", index="vi-totaal")
            visit("area", zuid.areas["Kade"].pk)
        return len(queries)

    pages()
    few = pages()
    for column, name in enumerate(("Nieuw A", "Nieuw B", "Nieuw C")):
        zuid.areas[name] = PlaceFactory(name=name, kind=Area.Kind.NEIGHBOURHOOD)
        zuid.areas[name].divisions.set([zuid.cbs, zuid.profile])
        zuid.areas["Charlois"].parts.add(zuid.areas[name])
        Tile.objects.create(division=zuid.profile, area=zuid.areas[name], row=7, column=column)
        for indicator in Indicator.objects.filter(terms=None, scale=None):
            measure(zuid, indicator, 2024, {name: 1})

    assert pages() == few
