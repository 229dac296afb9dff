"""The line chart: only what was measured is a point, it can be read without colour, and it is drawn once."""

import itertools
import random
import re
from importlib import import_module
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from indicators import charts
from indicators.charts import AIR, LOOKS, NARROW, TARGET_DASHES, WIDE, Chart, Frame, Line, Point, spark
from indicators.figures import Figures
from indicators.standing import standings
from programme.models import Area, Period

from .factories import (
    IndicatorFactory,
    MeasurementFactory,
    PlaceFactory,
    RegimeFactory,
    TargetFactory,
    YearFactory,
    measure,
)

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
    assert len({one.shape for one in looks}) == len(LOOKS)
    assert len({*(one.dash for one in looks), *TARGET_DASHES}) == len(LOOKS) + len(TARGET_DASHES)
    for size, names in (
        (WIDE, ["Zuid 20,5%", "Rotterdam 15,0%", "G4 13,0%"]),
        (NARROW, ["Zuid", "Rotterdam", "G4"]),
    ):
        said = [mark["text"] for mark, _ in marks(chart_of(indicator), "text", size)]
        assert sorted(said[::2]) == sorted([*([name] for name in names), ["doel 2031", "13,0%"]])


def test_two_targets_say_of_which_regime_they_are(indicator):
    regime = RegimeFactory(code="b", name="Nieuw regime (sinds 2022)", points=((2022, 0), (2031, 1)))
    TargetFactory(
        indicator=indicator,
        regime=regime,
        reference_area=PlaceFactory(name="Rotterdam"),
        start_period=YearFactory(year=2020),
    )

    chart = chart_of(indicator)

    said = [mark["text"] for mark, _ in marks(chart, "text")]
    assert ["doel 2031", "regime a", "13,0%"] in said
    assert ["doel 2031", "nieuw regime", "15,0%"] in said
    dashes = [mark["strokeDash"] for mark, _ in marks(chart, "line") if "strokeWidth" not in mark]
    assert dashes == [list(dash) for dash in TARGET_DASHES]
    assert chart.description.endswith(
        " Streefwaarde (regime a): 13,0% in 2031. Streefwaarde (nieuw regime): 15,0% in 2031."
    )


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


def lines_towards(ends, targets=(), *, first=2011, last=2022):
    """A line from 29 to each of the `ends`, and one to each of the `targets` in 2031."""
    start = Point(first, 29, "29,0%", "")
    names = ("Zuid", "Focuswijken", "Rotterdam", "G4")
    return [
        *(
            Line(name, (start, Point(last, end, f"{end:.1f}%", "")), look)
            for end, name, look in zip(ends, names, LOOKS.values(), strict=False)
        ),
        *(Line("doel 2031", (start, Point(2031, end, f"{end:.1f}%", "")), regime="nieuw regime") for end in targets),
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_labels_of_any_ends_are_whole_and_touch_neither_each_other_nor_the_axis(size):
    chance = random.Random(5)
    for spread in (0, 0.1, 3, 40):
        for number in range(8):
            last = 2031 if number % 2 else 2022  # in the end a target and what was measured are of the same year
            values = [10 + spread * chance.random() for _ in range(6)]
            frame = Frame(lines_towards(values[:4], values[4:], last=last), size)

            labels = frame.labels()

            assert len(labels) == 6
            for one, other in itertools.combinations(labels, 2):
                beside = one.right <= other.left or other.right <= one.left
                assert beside or abs(one.middle - other.middle) >= (one.height + other.height) / 2
            assert max(label.middle + label.height / 2 for label in labels) <= frame.height
            assert max(label.right for label in labels) <= size.width - frame.left


def test_label_moves_off_a_line_that_runs_through_it():
    way = Line("doel 2031", (Point(2011, 29, "", ""), Point(2031, 12, "12,0%", "")))
    on_it, *_ = lines_towards([19], last=2022)
    frame = Frame([on_it, way], WIDE)

    (label,) = [one for one in frame.labels() if one.line is on_it]

    ((low, high),) = label.lines_through([[frame.place_of(point) for point in way.points]])
    assert low <= frame.place_of(on_it.end)[1] <= high
    assert label.middle + label.height / 2 <= low or label.middle - label.height / 2 >= high


def test_label_does_not_move_to_the_point_of_another_line():
    """Clear of the way to the target would be above it, where the label would seem to be of the Focuswijken."""
    way = Line("doel 2031", (Point(2021, 54, "", ""), Point(2031, 72, "72,0%", "")))
    zuid, focus = lines_towards([59.6, 61.6])
    frame = Frame([zuid, Line("Focuswijken", focus.points[1:], focus.look), way], WIDE)

    (label,) = [one for one in frame.labels() if one.line is zuid]

    assert abs(label.middle - frame.place_of(zuid.end)[1]) < abs(label.middle - frame.place_of(focus.end)[1])


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(("first", "last"), [(2011, 2031), (2021, 2031), (2012, 2022), (2021.58, 2031), (2022, 2023)])
def test_years_on_the_axis_do_not_touch_and_the_last_is_among_them(size, first, last):
    frame = Frame(lines_towards([12], first=first, last=last), size)

    said = frame.years_said

    assert said[0] == last
    assert said[-1] >= first
    assert set(said) <= set(frame.years)
    of_a_year = frame.width / (frame.across[1] - frame.across[0])
    assert all((later - year) * of_a_year > size.width_of("2000") for later, year in itertools.pairwise(said))


def test_one_year_stands_in_the_middle_without_years_around_it():
    frame = Frame([Line("Zuid", (Point(2022, 34.8, "34,8%", ""),), LOOKS[1])], WIDE)

    assert frame.years == [2022]


@pytest.mark.parametrize(("lowest", "bottom"), [(10, 10), (10.1, 10), (12.6, 10), (0, 0)])
def test_between_the_axes_and_the_first_and_lowest_point_is_air(lowest, bottom):
    (line,) = lines_towards([lowest])
    frame = Frame([line], WIDE)

    assert frame.ticks[0] == bottom
    assert frame.place_of(line.points[0])[0] == pytest.approx(AIR)
    assert frame.place_of(line.end)[1] <= frame.height - AIR + 0.001


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", ["Rotterdam", "Programmagebied Rotterdam Zuid", "Mmm" * 33])
def test_long_label_at_the_right_is_whole(size, name):
    points = (Point(2011, 1_500_000, "", ""), Point(2023, 2_500_000, "€ 2.500.000", ""))
    frame = Frame([Line(name, points, LOOKS[1])], size)

    (label,) = frame.labels()

    assert label.right <= size.width - frame.left
    assert "".join(label.text).replace(" ", "").startswith(name.replace(" ", ""))


def test_first_year_has_a_label_where_there_is_room():
    starts = [Frame(lines_towards([12], first=first, last=2031), NARROW).years_said[-1] for first in (2012, 2015)]

    assert starts == [2012, 2016]


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
