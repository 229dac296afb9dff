"""The line chart of an indicator: a Vega-Lite specification, drawn on the server as SVG, the same for screen and paper.

It can be read without colour: each line has its own dashes, points and label. Only what was measured is a point.
"""

import hashlib
import math
import re
import threading
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import vl_convert
from django.contrib.staticfiles import finders
from django.core.cache import caches

from programme.models import Period

from .areas import order, short_name
from .formulas import Undefined

VERSION = "6.4"  # of Vega-Lite, among those that vl_convert brings
FONT = '"Source Sans 3", sans-serif'
# What a browser is served is woff2, which vl_convert cannot read: beside it lies the same font as it can.
FONT_FILE = "vendor/source-sans-3/SourceSans3-Regular.otf"


@dataclass(frozen=True)
class Look:
    """How a line is drawn; the colour is the name of one in the palette of the house style."""

    colour: str
    dash: tuple[int, ...]
    shape: str
    width: float = 2


# Of the areas with a place in a chart, by that place.
LOOKS = {
    1: Look("action", (), "circle", 3),
    2: Look("blue", (8, 3), "square"),
    3: Look("green", (2, 3), "triangle-up"),
    4: Look("orange", (9, 3, 2, 3), "diamond"),
}
TARGET_DASH = (1, 4)


@dataclass(frozen=True)
class Size:
    """Of the drawing in pixels: that of the lines, and the room around them."""

    width: int
    height: int
    left: int
    right: int
    font: int
    years: int  # between two years on the axis
    values: bool  # whether there is room for the last value at the end of a line

    @property
    def line(self):
        """How far two labels have to be apart."""
        return self.font + 4


WIDE, NARROW = Size(640, 320, 60, 140, 15, 2, True), Size(210, 260, 60, 88, 13, 5, False)


@dataclass(frozen=True)
class Point:
    x: float  # in years
    y: float
    label: str  # the value with its unit
    period: str


@dataclass(frozen=True)
class Line:
    """What is drawn of an area, or of a target: `look` is None."""

    name: str
    points: tuple[Point, ...]
    look: Look | None = None

    def label(self, size):
        """What stands at its end."""
        return f"{self.name} {self.points[-1].label}" if size.values else self.name


def moment(period):
    """Where `period` stands on the axis, in years: at its first day, of years together in the middle one."""
    if period.kind == Period.Kind.YEARS:
        return (period.start.year + period.end.year) / 2
    return period.start.year + (period.start.timetuple().tm_yday - 1) / 366


class Chart:
    """The chart of `indicator` in the report of `year`: what is known of the areas, and the targets."""

    def __init__(self, indicator, figures, standings, *, year):
        self.indicator, self.year = indicator, year
        areas = sorted((area for area in figures.areas.values() if area.chart_place), key=order)
        lines = (self._measured(figures, area) for area in areas)
        self.lines = [line for line in lines if line.points]
        self.targets = [line for line in map(self._target, standings) if line]

    def _measured(self, figures, area):
        series = figures.series(self.indicator, area, until=self.year)
        points = (
            Point(moment(one.period), float(one.number), one.with_unit, str(one.period))
            for one in series
            if one.number is not None
        )
        return Line(short_name(area), tuple(points), LOOKS[area.chart_place])

    def _target(self, standing):
        """From the start, or from where the path begins when that is later, to its last year."""
        if not standing.target or not standing.target.start_period or not standing.path:
            return None
        first = max(standing.path[0][0], standing.target.start_period.start.year)
        years = [first, *(year for year, _ in standing.path if year > first)]
        values = [(year, standing.value_due(year)) for year in years]
        if any(isinstance(value, Undefined) for _, value in values):
            return None
        points = (Point(year, float(value), standing.with_unit(value), str(year)) for year, value in values)
        return Line(f"doel {standing.last_year}", tuple(points))

    @property
    def is_empty(self):
        return not self.lines

    @property
    def title(self):
        return f"{self.indicator.name}, {', '.join(line.name for line in self.lines)}"

    @property
    def description(self):
        """All that is drawn, in words."""
        said = [
            f"{line.name}: " + "; ".join(f"{point.label} in {point.period}" for point in line.points)
            for line in self.lines
        ]
        said += [f"Streefwaarde: {line.points[-1].label} in {line.points[-1].period}" for line in self.targets]
        return ". ".join(["Lijngrafiek", *said]) + "."

    @cached_property
    def wide(self):
        """As SVG, for a page or paper."""
        return self.as_svg(WIDE)

    @cached_property
    def narrow(self):
        """As SVG, for a telephone."""
        return self.as_svg(NARROW)

    def as_svg(self, size):
        """As SVG of this Size."""
        data = (self.indicator.unit, self.lines, self.targets, size)
        return drawn(data, lambda: self.spec(size), title=self.title, description=self.description)

    def spec(self, size):
        """The Vega-Lite specification of the chart."""
        every = [point for line in (*self.lines, *self.targets) for point in line.points]
        ticks = _ticks(min(point.y for point in every), max(point.y for point in every))
        first, last = math.floor(min(point.x for point in every)), math.ceil(max(point.x for point in every))
        step = size.years if last - first > size.years * 2 else 1
        x = {
            "field": "x",
            "type": "quantitative",
            "scale": {"domain": [first, max(last, first + 1)], "nice": False},
            "axis": {
                "values": [year for year in range(first, last + 1) if (last - year) % step == 0],
                "format": "d",
                "grid": False,
                "title": None,
            },
        }
        y = {
            "field": "y",
            "type": "quantitative",
            "scale": {"domain": [ticks[0], ticks[-1]], "nice": False, "zero": False},
            "axis": {
                "values": ticks,
                "labelExpr": "format(datum.value, ',~f')",
                "title": self.indicator.unit,
                "titleAngle": 0,
                "titleAlign": "left",
                "titleAnchor": "end",
                "titleX": -size.left + 4,
                "titleY": -14,
                "domain": False,
                "ticks": False,
            },
        }
        ends = _spread([line.points[-1] for line in self.lines], ticks, size, lines=1)
        goals = _spread([line.points[-1] for line in self.targets], ticks, size, lines=2)
        layers = [
            *(layer for line in self.targets for layer in _target_layers(line)),
            *(layer for line in reversed(self.lines) for layer in _measured_layers(line)),
            *(
                layer
                for line, at in zip(self.lines, ends, strict=True)
                for layer in _labels(line.points[-1].x, at, line.label(size), line.look.colour)
            ),
            *(
                layer
                for line, at in zip(self.targets, goals, strict=True)
                for layer in _labels(line.points[-1].x, at, [line.name, line.points[-1].label], "ink")
            ),
        ]
        return {
            "width": size.width,
            "height": size.height,
            "autosize": "none",
            "padding": {"left": size.left, "right": size.right, "top": 30, "bottom": 30},
            "background": palette()["paper"],
            "encoding": {"x": x, "y": y},
            "layer": layers,
            "config": _config(size),
        }


def _config(size):
    colours = palette()
    text = {"fontSize": size.font, "fontWeight": "normal", "color": colours["ink"]}
    return {
        "aria": False,
        "font": FONT,
        "view": {"stroke": None},
        "text": text,
        "axis": {
            "labelFontSize": size.font,
            "titleFontSize": size.font,
            "titleFontWeight": "normal",
            "labelColor": colours["ink-soft"],
            "titleColor": colours["ink-soft"],
            "gridColor": colours["line"],
            "domainColor": colours["line-field"],
            "tickColor": colours["line-field"],
            "labelFlush": False,
            "labelOverlap": False,
        },
    }


def _measured_layers(line):
    """The line of an area. Between two years that were both measured it is thick; over years that were not, thin."""
    stretches = {True: [], False: []}
    for number, (one, other) in enumerate(pairwise(line.points)):
        stretches[other.x - one.x < 1.5] += [{"x": point.x, "y": point.y, "stretch": number} for point in (one, other)]
    mark = {"type": "line", "stroke": palette()[line.look.colour], "strokeDash": list(line.look.dash)}
    for known, values in stretches.items():
        if values:
            width = line.look.width if known else 1
            yield _layer(values, mark | {"strokeWidth": width}, detail={"field": "stretch"})
    yield _layer(
        [{"x": point.x, "y": point.y} for point in line.points],
        {
            "type": "point",
            "shape": line.look.shape,
            "size": 70,
            "filled": True,
            "opacity": 1,
            "color": palette()[line.look.colour],
            "stroke": palette()["paper"],
            "strokeWidth": 1,
        },
    )


def _target_layers(line):
    values = [{"x": point.x, "y": point.y} for point in line.points]
    ink = {"color": palette()["ink"], "opacity": 1}
    yield _layer(values, ink | {"type": "line", "strokeDash": list(TARGET_DASH), "strokeCap": "round"})
    yield _layer(values[-1:], ink | {"type": "point", "shape": "cross", "size": 60, "filled": True})


def _labels(x, y, text, colour):
    """The label of a line, at its end; first as a halo, so that what it stands on does not run through it."""
    mark = {"type": "text", "align": "left", "baseline": "middle", "dx": 9, "text": text}
    colours = palette()
    if isinstance(text, list):
        mark |= {"dy": -8, "lineHeight": 17}
    yield _layer([{"x": x, "y": y}], mark | {"stroke": colours["paper"], "strokeWidth": 4, "color": colours["paper"]})
    yield _layer([{"x": x, "y": y}], mark | {"color": colours[colour]})


def _layer(values, mark, **encoding):
    layer = {"data": {"values": values}, "mark": mark}
    return layer | {"encoding": encoding} if encoding else layer


def _ticks(lowest, highest):
    """Round values that enclose both, about five of them."""
    span = (highest - lowest) or abs(highest) or 1
    rough = span / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough)
    first, last = math.floor(lowest / step), math.ceil(highest / step)
    return [float(Decimal(str(step)) * number) for number in range(first, max(last, first + 1) + 1)]


def _spread(points, ticks, size, *, lines):
    """The heights of the labels of `points`, in the unit of the axis: theirs, moved apart where they would overlap."""
    unit = (ticks[-1] - ticks[0]) / size.height
    room = size.line * lines * unit
    at = [point.y for point in points]
    upwards = sorted(range(len(points)), key=at.__getitem__)
    for _ in range(20):  # each time the two that overlap move apart by half
        for one, other in pairwise(upwards):
            overlap = max(0, room - (at[other] - at[one]))
            at[one] -= overlap / 2
            at[other] += overlap / 2
    return at


@dataclass(frozen=True)
class Spark:
    """The small line of a table: its points in a box of 100 by 24 as SVG takes them, and in words."""

    points: tuple[tuple[str, str], ...]
    words: str

    @property
    def line(self):
        return " ".join(",".join(point) for point in self.points)


def spark(series):
    """The Spark of the Figures of one area in order of period; None when none of them is a number."""
    known = [one for one in series if one.number is not None]
    if not known:
        return None
    across, up = [moment(one.period) for one in known], [float(one.number) for one in known]
    width, height = (across[-1] - across[0]) or 1, (max(up) - min(up)) or 1
    points = (
        (f"{4 + 92 * (x - across[0]) / width:.1f}", f"{20 - 16 * (y - min(up)) / height:.1f}")
        for x, y in zip(across, up, strict=True)
    )
    return Spark(tuple(points), "; ".join(f"{one.with_unit} in {one.period}" for one in known))


@cache
def palette():
    """The colours of the house style, by their names there without '--thema-'."""
    with open(finders.find("css/thema.css"), encoding="utf-8") as sheet:
        return dict(re.findall(r"--thema-([\w-]+):\s*(#[0-9a-f]+)", sheet.read()))


@cache
def own_code():
    """A fingerprint of this module: what it draws otherwise from now on is not taken from the cache."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


@cache
def engine():
    """vl_convert, that knows our font: without it a PNG or a PDF of a chart would be in another."""
    vl_convert.register_font_directory(str(Path(finders.find(FONT_FILE)).parent))
    return vl_convert


drawing = threading.Lock()


def drawn(data, spec, *, title, description):
    """What `spec()` makes of `data`, as an SVG picture with a title and a description; drawn once for the same data.

    Drawing takes 50 to 200 ms and, from the first time on, some 80 MB of the process: vl_convert runs a browser's
    engine. So it is done one at a time, and only for what is not in the cache.
    """
    source = repr((VERSION, own_code(), palette(), data, title, description))
    key = hashlib.sha256(source.encode()).hexdigest()
    found = caches["charts"].get(key)
    if found is None:
        with drawing:
            found = engine().vegalite_to_svg(spec(), vl_version=VERSION, format_locale="nl-NL")
        found = _named(found, title, description, key[:8])
        caches["charts"].set(key, found)
    return found


# Vega gives every group a role of its own, in English; here the picture is one thing, with a title and a description.
ROLES_WITHIN = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")')


def _named(svg, title, description, name):
    opening, rest = ROLES_WITHIN.sub("", svg).split(">", 1)
    return (
        f'{opening} role="img" aria-labelledby="titel-{name}" aria-describedby="uitleg-{name}">'
        f'<title id="titel-{name}">{escape(title)}</title><desc id="uitleg-{name}">{escape(description)}</desc>{rest}'
    )
