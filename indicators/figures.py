"""Where every page, chart and workbook gets its figures: measured, or computed from what was measured."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import product

from programme.figures import Code
from programme.models import MONTHS, Area, Period
from programme.numbers import format_number

from .formulas import Undefined, share_of
from .models import Indicator, Measurement, Source, Term


@dataclass(frozen=True)
class Figure:
    """The figure of an indicator for an area and a period: a number in the unit of the indicator, or a code.

    `measurement` is what it rests on; None where it was computed from others.
    """

    indicator: Indicator
    area: Area
    period: Period
    number: Decimal | None
    code: str = ""
    provisional: bool = False
    source: Source | None = None
    measurement: Measurement | None = None
    leaves_out_few: bool = False  # a sum of which a part is '<5': that part counts as nothing, as in the report

    @property
    def display(self):
        """The figure as a reader sees it, without its unit: '1.234,5', 'n.b.' or the name of a class."""
        return Code(self.code).label if self.code else show(self.number, self.indicator)

    @property
    def with_unit(self):
        """The figure with its unit, as it stands in a sentence: '19,1%'; a code stays as it is."""
        return self.display if self.code else with_unit(self.display, self.indicator)

    @property
    def is_computed(self):
        return self.measurement is None


def show(number, indicator):
    """`number` as it is shown for `indicator`: rounded to its decimals, in Dutch, a rank by the name of its class."""
    if indicator.scale_id:
        return indicator.scale.name_of(number)
    return format_decimals(number, indicator.decimals)


def with_unit(shown, indicator):
    """What `show` gives with the unit of `indicator`: '19,1%', '€ 206.428', '7,2 punten'; a count is only a number."""
    match indicator.unit:
        case "%":
            return f"{shown}%"
        case "euro":
            return f"€\N{NO-BREAK SPACE}{shown}"
        case "aantal":
            return shown
    return shown if indicator.scale_id else f"{shown} {indicator.unit}"


def format_decimals(number, decimals):
    """`number` rounded half up to exactly `decimals` decimals, in Dutch notation: 19.1 with 1 is '19,1'."""
    whole, comma, part = format_number(round_half_up(number, decimals)).partition(",")
    return f"{whole},{part:0<{decimals}}" if decimals else whole + comma + part


def round_half_up(number, decimals):
    """As people round: 0.5 away from zero."""
    return number.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP") + 0


def last_number(series):
    """The last of the Figures `series` that is a number, or None."""
    return next((one for one in reversed(series) if one.number is not None), None)


class Figures:
    """The figures of `indicators` for every area and period, read at once: the same few queries for one or for all.

    `until` (a year, or None for all there is) leaves out what was measured after the report over that year.
    """

    def __init__(self, indicators: Iterable[Indicator], *, until=None):
        self.until = until
        self.indicators = {one.pk: one for one in indicators}
        self._terms = self._terms_below()
        rows = Measurement.objects.filter(indicator__in=self.indicators)
        self._measured = defaultdict(list)
        for row in rows.select_related("area", "period", "source").order_by("source__position", "source__name"):
            if until is None or row.period.start.year <= self.indicators[row.indicator_id].last_year_in(until):
                self._measured[row.indicator_id, row.area_id, row.period_id].append(row)
        self.periods = {row.period_id: row.period for found in self._measured.values() for row in found}
        self._periods_of = defaultdict(set)
        for indicator, _, period in self._measured:
            self._periods_of[indicator].add(period)
        self.areas = {area.pk: area for area in Area.objects.prefetch_related("parts", "divisions")}  # in order
        self._computed = {}

    @cached_property
    def programme(self):
        """The area of the programme: Zuid. None when there is none."""
        return next((area for area in self.areas.values() if area.kind == Area.Kind.PROGRAMME), None)

    def _terms_below(self):
        """The terms of every indicator, by its key; adds the indicators that are only a part of another."""
        terms = defaultdict(list)
        for term in Term.objects.all():
            terms[term.whole_id].append(term)
        wanted, new = set(self.indicators), set(self.indicators)
        while new:
            new = {term.part_id for key in new for term in terms[key]} - wanted
            wanted |= new
        missing = wanted - set(self.indicators)
        if missing:
            self.indicators |= Indicator.objects.select_related("scale", "table").in_bulk(missing)
        return {key: terms[key] for key in wanted}

    def get(self, indicator, area, period):
        """The Figure of `indicator` for `area` and `period`, or None when it is neither measured nor computable."""
        key = (indicator.pk, area.pk, period.pk)
        if key not in self._computed:
            self._computed[key] = self._measured_figure(indicator, key) or self._computed_figure(indicator, *key[1:])
        return self._computed[key]

    def both(self, indicator, area, period):
        """What was measured and what the terms say, as (Figure or None, Figure or None): to compare them."""
        key = (indicator.pk, area.pk, period.pk)
        return self._measured_figure(indicator, key), self._computed_figure(indicator, *key[1:])

    def sources(self, indicator, area, period):
        """All that was measured, by every source: more than one row where sources differ."""
        return self._measured.get((indicator.pk, area.pk, period.pk), [])

    def by_source(self, indicator, area, period):
        """The Figures of every source that measured it, in order of source."""
        return [self._figure_of(indicator, row) for row in self.sources(indicator, area, period)]

    def measured_places(self, indicator):
        """Where and when it was measured, as (Area, Period), in order."""
        places = product(self.areas.values(), self.periods_about([indicator]))
        return [(area, period) for area, period in places if self.sources(indicator, area, period)]

    def terms_of(self, indicator):
        """The Terms that `indicator` consists of, in order; none when it is only measured."""
        return self._terms.get(indicator.pk, [])

    def periods_about(self, indicators):
        """The periods for which one of `indicators` may have a figure, in order."""
        keys = set().union(*(self._all_periods(indicator.pk) for indicator in indicators))
        return sorted((self.periods[key] for key in keys), key=lambda one: one.span)

    def areas_about(self, indicators):
        """The areas for which one of `indicators` has a figure in some period, in order."""
        periods = {one: self.periods_about([one]) for one in indicators}
        return [
            area
            for area in self.areas.values()
            if any(self.get(one, area, period) for one, of_it in periods.items() for period in of_it)
        ]

    def series(self, indicator, area, *, until=None):
        """The Figures of `indicator` for `area` in order of period; `until` a year: those of the report over it."""
        periods = self.periods_about([indicator])
        if until is not None:
            periods = [one for one in periods if one.start.year <= indicator.last_year_in(until)]
        return [found for one in periods if (found := self.get(indicator, area, one))]

    def latest(self, indicator, area, *, until=None):
        """The last of `series` that is a number, or None."""
        return last_number(self.series(indicator, area, until=until))

    def _all_periods(self, key):
        found = set(self._periods_of[key])
        for term in self._terms.get(key, ()):
            found |= self._all_periods(term.part_id)
        return found

    def _measured_figure(self, indicator, key):
        rows = self._measured.get(key)
        if not rows:
            return None
        return self._figure_of(indicator, next((row for row in rows if row.source_id == indicator.source_id), rows[0]))

    def _figure_of(self, indicator, row):
        return Figure(
            indicator,
            self.areas[row.area_id],
            row.period,
            row.number,
            row.code,
            row.provisional,
            row.source,
            row,
        )

    def _computed_figure(self, indicator, area, period):
        """From the parts behind it; None when one of them is missing."""
        area, period = self.areas[area], self.periods.get(period)
        parts = self.parts_behind(indicator, area, period) if period else []
        figures = [figure for _, _, figure in parts]
        if not _can_be_added(figures):
            return None
        number = sum(sign * _amount(figure) for sign, is_below, figure in parts if not is_below)
        below = [sign * _amount(figure) for sign, is_below, figure in parts if is_below]
        if below:
            number = share_of(number, sum(below), scale=Decimal(100 if indicator.unit == "%" else 1))
        if isinstance(number, Undefined):
            return None
        return Figure(
            indicator,
            area,
            period,
            number,
            provisional=any(one.provisional for one in figures),
            leaves_out_few=any(one.code == Code.FEWER_THAN_5 or one.leaves_out_few for one in figures),
        )

    def parts_behind(self, indicator, area, period):
        """What a figure that is not measured is computed from: [(sign, whether it is below the line, Figure or None)].

        That are its terms, or else for a year the twelve months, or else the parts of the area; [] when nothing adds up
        to it.
        """
        terms = self.terms_of(indicator)
        if terms:
            parts = ((term, self.indicators[term.part_id]) for term in terms)
            return [(term.sign, term.below, self.get(part, area, period)) for term, part in parts]
        if indicator.adds_up_in_time and period.kind == Period.Kind.YEAR:
            return [(1, False, month and self.get(indicator, area, month)) for month in self._months_of(period)]
        if indicator.adds_up:
            return [(1, False, self.get(indicator, part, period)) for part in self.parts_of(area, indicator)]
        return []

    def _months_of(self, year):
        """The twelve months of `year`; None for one in which nothing was measured."""
        known = {
            one.start.month: one
            for one in self.periods.values()
            if one.kind == Period.Kind.MONTH and one.start.year == year.start.year
        }
        return [known.get(month) for month in range(1, len(MONTHS) + 1)]

    def parts_of(self, area, indicator):
        """The parts of `area`: of the wijken among them those of the division of `indicator`."""
        for part in area.parts.all():
            area = self.areas[part.pk]
            divisions = {one.pk for one in area.divisions.all()}
            if area.kind != Area.Kind.NEIGHBOURHOOD or indicator.division_id in divisions:
                yield area


def _can_be_added(figures):
    """Whether all are known, '<5' included, and one of them at least as a number."""
    known = all(figure and (figure.number is not None or figure.code == Code.FEWER_THAN_5) for figure in figures)
    return known and any(figure.number is not None for figure in figures)


def _amount(figure):
    """What a figure adds to a sum: nothing when it is '<5'."""
    return figure.number if figure.number is not None else Decimal(0)


def with_classes(indicators):
    """The queryset `indicators` with what `show` needs of their scales, and what else is always shown of them."""
    return indicators.select_related("scale", "source", "table", "start_period").prefetch_related("scale__classes")
