"""The line chart: only what was measured is a point, it can be read without colour, and it is drawn once."""

import itertools
import re
from importlib import import_module
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from indicators import charts
from indicators.charts import LOOKS, NARROW, WIDE, Chart, spark
from indicators.figures import Figures
from indicators.standing import standings
from programme.models import Area, Period

from .factories import IndicatorFactory, MeasurementFactory, PlaceFactory, TargetFactory, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    """Zuid in 2011, 2020 and 2021, Rotterdam in 2021, and the way to the G4 by the old regime."""
    indicator = IndicatorFactory(name="% van iets & nog <iets>")
    for name, kind, year, value in (
        ("NPRZ-gebied", Area.Kind.PROGRAMME, 2011, 29),
        ("NPRZ-gebied", Area.Kind.PROGRAMME, 2020, "21.9"),
        ("NPRZ-gebied", Area.Kind.PROGRAMME, 2021, "20.5"),
        ("Rotterdam", Area.Kind.CITY, 2021, 15),
        ("G4", Area.Kind.REFERENCE, 2021, 13),
        ("Amsterdam", Area.Kind.CITY, 2021, 3),
    ):
        measure(indicator, PlaceFactory(name=name, kind=kind), year, value)
    TargetFactory(indicator=indicator, reference_area=PlaceFactory(name="G4"))
    return indicator


def chart_of(indicator, year=2023):
    return Chart(indicator, Figures([indicator]), standings([indicator], year=year), year=year)


def marks(chart, kind, size=WIDE):
    """(mark, values) of each layer of this kind."""
    layers = chart.spec(size)["layer"]
    return [(one["mark"], one["data"]["values"]) for one in layers if one["mark"]["type"] == kind]


def test_points_are_what_was_measured_and_no_year_between(indicator):
    measure(indicator, PlaceFactory(), 2022, None, code="nb")

    shapes = {
        mark["shape"]: [(value["x"], value["y"]) for value in values]
        for mark, values in marks(chart_of(indicator), "point")
    }

    assert shapes == {
        "circle": [(2011, 29.0), (2020, 21.9), (2021, 20.5)],
        "triangle-up": [(2021, 15.0)],
        "diamond": [(2021, 13.0)],
        "cross": [(2031, 13.0)],
    }


def test_line_over_years_without_a_measurement_is_thin(indicator):
    lines = {
        mark["strokeWidth"]: [(value["x"], value["y"]) for value in values]
        for mark, values in marks(chart_of(indicator), "line")
        if "strokeWidth" in mark
    }

    assert lines == {3: [(2020, 21.9), (2021, 20.5)], 1: [(2011, 29.0), (2020, 21.9)]}


def test_target_line_runs_from_the_start_over_the_path_to_its_last_year(indicator):
    (line,) = [values for mark, values in marks(chart_of(indicator), "line") if "strokeWidth" not in mark]

    assert [(value["x"], value["y"]) for value in line] == [(2011, 29.0), (2021, 25.0), (2031, 13.0)]


def test_direction_with_a_regime_has_no_target_line(indicator):
    indicator.targets.update(reference="none", reference_area=None, start_period=None, aim="blijft laag")

    assert chart_of(indicator).targets == []


def test_later_figures_are_no_part_of_an_earlier_report(indicator):
    assert chart_of(indicator, 2020).description == "Lijngrafiek. Zuid: 29,0% in 2011; 21,9% in 2020."


def test_chart_is_read_without_colour(indicator):
    looks = LOOKS.values()
    assert len({one.dash for one in looks}) == len({one.shape for one in looks}) == len(LOOKS)
    for size, names in (
        (WIDE, ["Zuid 20,5%", "Rotterdam 15,0%", "G4 13,0%"]),
        (NARROW, ["Zuid", "Rotterdam", "G4"]),
    ):
        said = [mark["text"] for mark, _ in marks(chart_of(indicator), "text", size)]
        assert said[::2] == [*names, ["doel 2031", "13,0%"]]


def test_chart_draws_what_has_a_place_in_it_whatever_it_is_called(indicator):
    before = [line.look for line in chart_of(indicator).lines]
    Area.objects.filter(name="NPRZ-gebied").update(name="Programmagebied Zuid", kind=Area.Kind.OTHER)
    Area.objects.filter(name="G4").update(chart_place=None)
    Area.objects.filter(name="Amsterdam").update(chart_place=4)

    lines = chart_of(indicator).lines

    assert [line.name for line in lines] == ["Programmagebied Zuid", "Rotterdam", "Amsterdam"]
    assert [line.look for line in lines] == before


def test_areas_that_charts_drew_by_name_keep_their_place_in_them():
    Area.objects.bulk_create(Area(name=name, kind="other") for name in ("G4", "Rotterdam", "Delft", "NPRZ-gebied"))

    import_module("programme.migrations.0004_areas_have_a_place_in_a_chart").give_places(apps, None)

    places = Area.objects.order_by("chart_place").values_list("name", "chart_place")
    assert list(places) == [("NPRZ-gebied", 1), ("Rotterdam", 3), ("G4", 4), ("Delft", None)]


@pytest.mark.parametrize("place", range(6))
def test_chart_has_a_look_for_every_place(place):
    area = Area(name="Delft", kind="other", chart_place=place)

    if place in LOOKS:
        area.full_clean()
    else:
        with pytest.raises(ValidationError, match="De plaats in een grafiek is 1, 2, 3 of 4"):
            area.full_clean()


@pytest.mark.parametrize("values", [(10, 10, 10, 10), (10, 10.1, 10.2, 29), (5, 28, 28.5, 29)])
def test_labels_do_not_overlap(values):
    points = [charts.Point(2022, value, "", "") for value in values]

    at = sorted(charts._spread(points, [0, 10, 20, 30], WIDE, lines=1))

    apart = [(high - low) * WIDE.height / 30 for low, high in itertools.pairwise(at)]
    assert min(apart) > WIDE.font


@pytest.mark.parametrize(
    ("lowest", "highest", "expected"),
    [
        (12.6, 29, [10, 15, 20, 25, 30]),
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (206428, 326418, [200000, 250000, 300000, 350000]),
        (7, 7, [6, 8]),
        (-3, 2, [-4, -2, 0, 2]),
    ],
)
def test_axis_has_round_values_around_what_is_drawn(lowest, highest, expected):
    assert charts._ticks(lowest, highest) == expected


def test_school_year_stands_between_two_years_and_years_together_in_the_middle():
    assert charts.moment(Period.objects.year(2022)) == 2022
    assert 2022.5 < charts.moment(Period.objects.school_year(2022)) < 2022.6
    assert charts.moment(Period.objects.years(2021, 2023)) == 2022


def test_picture_says_what_it_is_and_holds_no_style_or_script(indicator):
    svg = chart_of(indicator).wide

    root = ElementTree.fromstring(svg)  # noqa: S314 (we made it)
    names = {element.get("id"): element.text for element in root if element.get("id")}
    title, description = (names[root.get(one)] for one in ("aria-labelledby", "aria-describedby"))
    assert root.get("role") == "img"
    assert title == "% van iets & nog <iets>, Zuid, Rotterdam, G4"
    assert description == (
        "Lijngrafiek. Zuid: 29,0% in 2011; 21,9% in 2020; 20,5% in 2021. Rotterdam: 15,0% in 2021. G4: 13,0% in 2021."
        " Streefwaarde: 13,0% in 2031."
    )
    assert svg.count("role=") == 1
    assert not re.search(r"style=|<style|<script|href=|url\(|data:", svg)


def test_numbers_of_the_axis_are_dutch():
    indicator = IndicatorFactory(unit="euro", decimals=0)
    for year, value in ((2020, 206428), (2021, 326418)):
        measure(indicator, PlaceFactory(), year, value)

    assert ">250.000<" in chart_of(indicator).wide


def test_colours_are_those_of_the_house_style(indicator, monkeypatch):
    ours = charts.palette()
    assert ours["action"] in chart_of(indicator).wide

    monkeypatch.setattr(charts, "palette", lambda: ours | {"action": "#123456"})

    assert "#123456" in chart_of(indicator).wide


def test_picture_outside_a_browser_is_in_our_font(indicator):
    svg = chart_of(indicator).wide
    ours, another = (charts.engine().svg_to_png(one) for one in (svg, svg.replace("Source Sans 3", "Liberation Sans")))

    assert ours != another
    assert ours != charts.engine().svg_to_png(svg.replace("Source Sans 3", "een onbekend lettertype"))


def test_picture_is_drawn_once_until_a_figure_changes(indicator, monkeypatch):
    before = chart_of(indicator).wide
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", lambda *args, **kwargs: '<svg class="new"></svg>')

    assert chart_of(indicator).wide == before
    indicator.measurements.filter(value=29).update(value=28)
    assert "new" in chart_of(indicator).wide


def test_chart_of_what_has_no_numbers_is_empty():
    indicator = MeasurementFactory(value=None, code="nb").indicator

    assert chart_of(indicator).is_empty


def test_small_line_holds_the_measured_points_in_their_place_in_time(indicator):
    figures = Figures([indicator])

    found = spark(figures.series(indicator, PlaceFactory()))

    assert found.line == "4.0,4.0 86.8,17.4 96.0,20.0"
    assert found.words == "29,0% in 2011; 21,9% in 2020; 20,5% in 2021"
    assert spark([]) is None
