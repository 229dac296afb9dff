"""What is entered together for a year, as a grid.

A pijler has a row per doelstelling or indicator, by each source and for each period of the year, and a column per area.
A table about wijken has it the other way round.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Q
from django.utils.text import slugify

from programme.models import Area, Period, Pillar

from .areas import order, short_name
from .figures import Figure, Figures, with_classes
from .models import Indicator, Measurement, Source, Table, Target
from .recording import Known, Place

OF_NEIGHBOURHOODS = (Table.Layout.SCALE, Table.Layout.PROFILE, Table.Layout.MOVES)
# Of what was never measured: from the first day of 1998 to the last of 2000, moved to the year that is asked for.
FIRST_TIME = (datetime.date(1998, 1, 1), datetime.date(2000, 12, 31))


@dataclass(frozen=True)
class Sheet:
    """What is entered together: the indicators of a pijler, or those of a table. `code` stands for it in a URL."""

    code: str
    title: str
    part_of: Q
    table: Table | None = None

    @property
    def indicators(self):
        """Those in it, without what is only computed from others."""
        never_measured = Q(terms__isnull=False, measurements__isnull=True)
        return with_classes(Indicator.objects.filter(self.part_of).exclude(never_measured).distinct())

    @property
    def of_neighbourhoods(self):
        return self.table is not None and self.table.layout in OF_NEIGHBOURHOODS

    def report_of(self, year):
        """The year of the report to which belongs what begins in `year`."""
        return year - (self.table.last_year_in(year) - year) if self.table else year


def sheets():
    """All that can be entered: the pijlers and then the tables, as far as there is an indicator in them."""
    pillars = Pillar.objects.filter(indicators__in=Indicator.objects.in_report()).distinct()
    tables = Table.objects.filter(indicators__isnull=False).distinct()
    return [*map(_of_pillar, pillars), *map(_of_table, tables)]


def sheet_of(code):
    """The Sheet with this code, or None."""
    return next((one for one in sheets() if one.code == code), None)


def _of_pillar(pillar):
    reported = Q(kind__in=(Indicator.Kind.GOAL, Indicator.Kind.INDICATOR))
    return Sheet(pillar.abbreviation, str(pillar), reported & Q(pillars=pillar))


def _of_table(table):
    return Sheet(table.code, str(table), Q(table=table), table)


@dataclass(frozen=True)
class Line:
    """An indicator as one source measures it, in a period that belongs to the year of the grid.

    Where there are more of those, such as months, `group` is what they have in common: the Line without a period.
    `is_only` is whether there is no line of another source.
    """

    indicator: Indicator
    source: Source
    period: Period | None = None
    group: "Line | None" = None
    is_only: bool = True

    def __str__(self):
        return str(self.indicator) if self.is_only else f"{self.indicator}, {self.source}"


@dataclass(frozen=True)
class Cell:
    """A figure that may be typed: what is stored now, what was measured last before it, and what others add up to."""

    line: Line
    place: Place
    stored: Measurement | None
    before: Measurement | None
    computed: Figure | None

    @property
    def key(self):
        """Stands for the cell in the names of its fields."""
        place = self.place
        return f"{place.indicator.pk}-{place.source.pk}-{place.area.pk}-{slugify(place.period)}"

    @property
    def label(self):
        """What it is about; with the source where there are more."""
        place = self.place
        name = f"{place.indicator}, {short_name(place.area)}, {place.period}"
        return name if self.line.is_only else f"{name}, {place.source}"

    @property
    def typed(self):
        """What stands in it now, as people write it."""
        return self.stored.said.typed(self.place.indicator) if self.stored else ""

    @property
    def seen(self):
        """What it says now, so that a change of it can be told from a change by somebody else."""
        return f"{self.stored.version}|{self.typed}|{self.stored.remark}" if self.stored else "0||"

    @property
    def earlier(self):
        """The last figure before it, with its period: '2022: 19,1', and with its source when that is another."""
        before = self.before
        source = "" if before.source_id == self.place.source.pk else f" ({before.source})"
        return f"{before.period}: {before.said.figure(self.place.indicator)}{source}"


@dataclass(frozen=True)
class Head:
    """What the cells of a row or a column are about: a Line, or an area."""

    about: Line | Area

    @property
    def label(self):
        return short_name(self.about) if isinstance(self.about, Area) else str(self.about)

    @property
    def group(self):
        """What it has in common with those around it; None for an area."""
        return None if isinstance(self.about, Area) else self.about.group


class Grid:
    """The grid of a Sheet for a year. In as many queries for one indicator as for all.

    `areas` are those besides what was measured; `sources` are pairs of keys (indicator, source): lines besides.
    """

    def __init__(self, sheet, year, *, areas=(), sources=()):
        self.sheet, self.year = sheet, year
        self.indicators = list(sheet.indicators.select_related("division").prefetch_related("terms"))
        self.known = Known(self.indicators)
        self._figures = Figures(self.indicators)
        self._periods = {period.days: period for period in self._figures.periods.values()}
        wanted = Q(pk__in=self._measured_areas()) | Q(pk__in=areas) | self._of_division()
        self.areas = sorted(Area.objects.filter(wanted).prefetch_related("divisions", "parts").distinct(), key=order)
        self.lines = list(self._lines(sources))

    @cached_property
    def columns(self):
        return list(map(Head, self.lines if self.sheet.of_neighbourhoods else self.areas))

    @cached_property
    def rows(self):
        """Each row as its Head and its Cells."""
        if self.sheet.of_neighbourhoods:
            return [(Head(area), [self._cell(line, area) for line in self.lines]) for area in self.areas]
        return [(Head(line), [self._cell(line, area) for area in self.areas]) for line in self.lines]

    @property
    def width(self):
        """How many columns its table has, with that of the heads."""
        return 1 + len(self.columns)

    @property
    def groups(self):
        """The rows as (Line, rows), together where they have their line in common; of the others that is None."""
        return [(line, list(rows)) for line, rows in groupby(self.rows, key=lambda row: row[0].group)]

    @property
    def cells(self):
        return [cell for _, cells in self.rows for cell in cells]

    @property
    def report(self):
        """The year of the report to which its figures belong."""
        return self.sheet.report_of(self.year)

    @property
    def school_year(self):
        """The school year that begins in its year, when something in it is measured per school year; None otherwise."""
        periods = (line.period for line in self.lines)
        return next((period for period in periods if period.kind == Period.Kind.SCHOOL_YEAR), None)

    @property
    def without_source(self):
        """The indicators that have no line yet, since nobody ever measured them."""
        shown = {line.indicator for line in self.lines}
        return [one for one in self.indicators if one not in shown]

    def _measured_areas(self):
        """What was measured, in a grid of indicators without the wijken, and what the targets are about."""
        areas = {row.area for row in self.known.rows}
        if not self.sheet.of_neighbourhoods:
            areas = {area for area in areas if area.kind != Area.Kind.NEIGHBOURHOOD}
        targets = Target.objects.filter(indicator__in=self.indicators).values_list("area", "reference_area")
        return {area.pk for area in areas} | {key for target in targets for key in target if key}

    def _of_division(self):
        """The wijken of the divisions, where a grid is about wijken."""
        if not self.sheet.of_neighbourhoods:
            return Q(pk__in=())
        return Q(divisions__in={one.division_id for one in self.indicators if one.division_id})

    def _lines(self, sources):
        every = {source.pk: source for source in Source.objects.all()}
        measured = {(row.indicator_id, row.source_id) for row in self.known.rows}
        for indicator in self.indicators:
            own = {indicator.source_id} if indicator.source_id else set()
            chosen = {key for of, key in (*measured, *sources) if of == indicator.pk}
            periods = self.periods_of(indicator)
            found = sorted((every[key] for key in own | chosen if key in every), key=_position)
            for source in found:
                is_only = len(found) == 1
                group = Line(indicator, source, is_only=is_only) if len(periods) > 1 else None
                yield from (Line(indicator, source, period, group, is_only) for period in periods)

    def periods_of(self, indicator):
        """The periods of the year of the grid in which `indicator` is measured: as last time, moved to that year.

        Of each kind in which it ever was, so that whatever may be recorded can be typed: the months and the year, of
        vmbo-techniek and vmbo-zorg the school year in which they start and the calendar year of all since.
        """
        periods = []
        for kind in self.known.kinds(indicator):
            first = Period(kind=kind, start=FIRST_TIME[0], end=FIRST_TIME[1])
            periods += (self.known.last_period(indicator, kind) or first).in_year(self.year)
        # A year after its months, as a sum is written.
        return sorted(periods, key=lambda period: (period.end, period.end - period.start))

    def _cell(self, line, area):
        place = Place(line.indicator, area, line.period, line.source)
        return Cell(line, place, self.known.at(place), self.known.before(place), self._computed(place))

    def _computed(self, place):
        """What the parts of the figure add up to; None where it has no parts, or not all of them are known."""
        indicator, period = place.indicator, self._periods.get(place.period.days)
        if period is None or not (indicator.adds_up or indicator.adds_up_in_time or indicator.terms.all()):
            return None
        return self._figures.both(indicator, place.area, period)[1]


def _position(source):
    return source.position, source.name
