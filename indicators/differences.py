"""Where a printed report differs from what is computed here: every value, target, share, count, sign and list.

A printed number is right when the computed one rounds to it. It is within rounding when the figures it rests on, which
are rounded themselves, may give it too: that is no difference. What is printed differently in two places is
listed where it is furthest off, however little that is.

What was right in print may be otherwise now, since the bureau changed a figure or a target: that is a kind of its own.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise, product

from programme.figures import Code

from . import worked
from .areas import short_name
from .changes import Changes
from .figures import round_half_up, with_classes, with_unit
from .formulas import Undefined, share_closed, share_due, target_value
from .models import Indicator, PrintedFigure
from .neighbourhoods import MARKED_ABOVE, change, changes, neighbourhoods, tally
from .standing import ABOVE, BELOW, NO_TARGET, Standing, figures_of, show_share, standings
from .sums import gaps

What, Kind = PrintedFigure.What, PrintedFigure.Kind
NOT_PRINTED, NOT_KNOWN = "(niets)", Code.UNKNOWN.label
OF_PARTS = "som van de delen"
NOT_IN_LIST = "niet in de lijst"
SIGNS = {1: "v", -1: "a", 0: "gelijk"}
OF_A_TARGET = {What.TARGET, What.SHARE, What.ABOVE, What.START, What.REFERENCE}
USUAL_KIND = {
    What.ABOVE: Kind.JUDGEMENT,
    What.RISEN: Kind.COUNT,
    What.FALLEN: Kind.COUNT,
    What.SIGN: Kind.SIGN,
    What.LIST: Kind.CUT_OFF,
    What.EDGE: Kind.CUT_OFF,
    What.START: Kind.PERIOD,
    What.NOW: Kind.PERIOD,
    What.REFERENCE: Kind.REFERENCE,
}


@dataclass(frozen=True)
class Difference:
    """Something that is printed otherwise than it is computed, both as a reader sees them.

    `formula` is how it is computed, filled in; `place` is where it is printed, "" for what contradicts itself.
    """

    indicator: Indicator
    what: str
    where: str  # the area and the period
    printed: str
    computed: str
    formula: str
    kind: Kind
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class Computed:
    """What should have been printed: `number` lies between `low` and `high` if all it rests on was rounded."""

    number: Decimal | None
    low: Decimal | None
    high: Decimal | None
    shown: str
    formula: str

    def rounds_to(self, printed):
        return self.number is not None and round_half_up(self.number, decimals_of(printed)) == printed.value

    def may_be(self, printed):
        """Whether `printed` can be explained by rounding."""
        if self.number is None:
            return False
        half = Decimal(5).scaleb(-decimals_of(printed) - 1)
        return self.low - half <= printed.value <= self.high + half


def decimals_of(printed):
    """With how many decimals a number is printed: 1 for '19,1%', 0 for '€ 206.420'."""
    return len("".join(one for one in printed.raw.partition(",")[2] if one.isdigit()))


def differences(report):
    """All that the report over `report` prints otherwise, in the order of the indicators."""
    return Comparison(report).differences


class Comparison:
    """The printed figures of the report over a year beside what is computed: a fixed number of queries.

    `indicators` (a queryset, or None for all) limits what is looked at.
    """

    def __init__(self, report, indicators=None):
        self.report = report
        every = Indicator.objects.all() if indicators is None else indicators
        self.indicators = list(with_classes(every.select_related("division")).prefetch_related("pillars"))
        by_key = {one.pk: one for one in self.indicators}
        self.figures = figures_of(self.indicators, until=report)
        self.changes = Changes(self.figures)
        printed = PrintedFigure.objects.filter(report=report, indicator__in=self.indicators)
        self.printed = list(printed.select_related("area", "period", "since", "source", "regime"))
        for one in self.printed:
            one.indicator = by_key[one.indicator_id]
        self.standings = defaultdict(list)
        for one in standings(self.indicators, year=report, figures=self.figures):
            self.standings[one.indicator.pk].append(one)

    @property
    def differences(self):
        return [one for one in self._found if one.kind != Kind.ROUNDING]

    @property
    def within_rounding(self):
        """What is off, but by no more than rounding explains."""
        return [one for one in self._found if one.kind == Kind.ROUNDING]

    @cached_property
    def _found(self):
        found = [*self._of_numbers(), *self._of_others(), *self._of_lists()]
        found += [*self._sums(), *self._sources(), *self._repeated()]
        return sorted(found, key=lambda one: (one.indicator.position, one.indicator.pk))

    # Numbers

    def _of_numbers(self):
        same = defaultdict(list)
        for one in self.printed:
            if one.what in (What.VALUE, What.TARGET, What.SHARE):
                same[self._said_of(one)].append(one)
        for ours in same.values():
            computed = self._computed(ours[0])
            known = [one for one in ours if one.value is not None]
            # Of what is printed in more ways one is best: without a known fault, nearest to what is computed, with the
            # most decimals.
            best = min(known, key=lambda one: (bool(one.kind), *_distance(one, computed)), default=None)
            for one in ours:
                if one.value is None:
                    yield self._difference(one, computed, self._kind(one, Kind.MISSING))
                elif one.value != best.value:
                    yield self._difference(one, computed, one.kind or Kind.TWICE)
                elif not computed.rounds_to(one):
                    kind = Kind.ROUNDING if computed.may_be(one) else self._kind(one, Kind.CALCULATION)
                    yield self._difference(one, computed, kind)

    def _kind(self, printed, usual):
        """How a difference came about: as is known of the print, or since something changed, or in the `usual` way."""
        if self._lost_its_target(printed):
            return Kind.CHANGED
        return printed.kind or (Kind.CHANGED if self._changed_since(printed) else usual)

    def _lost_its_target(self, printed):
        of_a_target = printed.what in OF_A_TARGET and printed.regime_id
        return bool(of_a_target) and self._standing(printed).target is None

    def _changed_since(self, printed):
        """Whether a figure or a target that `printed` rests on is another than it was."""
        indicator, periods = printed.indicator, [one for one in (printed.period, printed.since) if one]
        match printed.what:
            case What.VALUE | What.SIGN:
                return self.changes.touch(indicator, area=printed.area, periods=periods)
            case What.RISEN | What.FALLEN:
                return self.changes.touch(indicator, periods=periods)
        standing = self._standing(printed)
        target = standing.target
        if target is None:
            return self.changes.touch(indicator, area=printed.area)
        of, where = target.reference_indicator or indicator, target.reference_area or target.area
        changed = self.changes.touch(indicator, area=target.area) or self.changes.touch(of, area=where)
        return changed or not target.as_printed or not standing.path

    def _said_of(self, printed):
        """What tells a printed number from another; of a value without a source it is the source that counts."""
        source = printed.source_id
        if printed.what == What.VALUE and source is None:
            figure = self.figures.get(printed.indicator, printed.area, printed.period)
            source = figure and figure.source and figure.source.pk
        return (
            printed.indicator_id,
            printed.what,
            printed.area_id,
            printed.period_id,
            source,
            printed.regime_id,
            printed.year,
        )

    def _computed(self, printed):
        if printed.what == What.VALUE:
            return self._value(printed)
        standing = self._standing(printed)
        if standing.target is None:
            return Computed(None, None, None, NOT_KNOWN, NO_TARGET.label)
        return self._target(standing, printed.year) if printed.what == What.TARGET else self._share(standing)

    def _value(self, printed):
        found = self.figures.by_source(printed.indicator, printed.area, printed.period)
        figure = next((one for one in found if one.source.pk == printed.source_id), None)
        figure = figure or self.figures.get(printed.indicator, printed.area, printed.period)
        if figure is None or figure.number is None:
            remark = figure.measurement.remark if figure else ""
            return Computed(None, None, None, figure.display if figure else NOT_KNOWN, remark)
        # What was measured is what should be printed; a sum of what was rounded may be a little off.
        doubt = self._doubt(figure) if figure.is_computed else 0
        formula = worked.value(figure, self.figures)
        return Computed(figure.number, figure.number - doubt, figure.number + doubt, figure.with_unit, formula)

    def _target(self, standing, year):
        number = standing.value_due(year)
        if isinstance(number, Undefined):
            return Computed(None, None, None, str(number), "")
        due = share_due(standing.path, year)
        spread = self._spread(standing, lambda start, _, aim: target_value(start=start, reference=aim, due=due))
        return Computed(number, *spread, standing.with_unit(number), worked.target(standing, year))

    def _share(self, standing):
        if isinstance(standing.closed, Undefined):
            return Computed(None, None, None, str(standing.closed), "")

        def closed(start, now, aim):
            better = standing.indicator.higher_is_better
            found = share_closed(start=start, now=now, reference=aim, higher_is_better=better)
            return 100 * (standing.closed if isinstance(found, Undefined) else found)

        spread = self._spread(standing, closed)
        return Computed(100 * standing.closed, *spread, standing.closed_shown, worked.share(standing))

    def _spread(self, standing, compute):
        """The lowest and the highest that `compute` gives of start, now and reference, as far as these were rounded."""
        sides = [(standing.start_value, standing.start), (standing.now and standing.now.number, standing.now)]
        sides.append((standing.reference_value, standing.reference))
        ends = [
            [number - self._doubt(figure), number + self._doubt(figure)] if figure else [number]
            for number, figure in sides
        ]
        found = [compute(*corner) for corner in product(*ends)]
        return min(found), max(found)

    def _doubt(self, figure):
        """How far `figure` may be off because it was rounded; counts are not, nor what is computed from them."""
        indicator = figure.indicator
        if figure.is_computed:
            parts = self.figures.parts_behind(indicator, figure.area, figure.period)
            is_share = any(is_below for _, is_below, _ in parts)
            return Decimal(0) if is_share else sum(self._doubt(part) for _, _, part in parts)
        is_count = figure.measurement.numerator is not None
        return Decimal(0) if is_count or not indicator.decimals else Decimal(5).scaleb(-indicator.decimals - 1)

    def _standing(self, printed):
        """The Standing that is meant; one without a target when the target was taken away since."""
        without = Standing(printed.indicator, None, self.report)
        for one in self.standings[printed.indicator_id]:
            if one.target is None:
                without = one
            elif (one.target.regime_id, one.target.area_id) == (printed.regime_id, printed.area_id):
                return one
        return without

    # What else is printed of one indicator

    def _of_others(self):
        checks = {
            What.ABOVE: self._above,
            What.RISEN: self._counted,
            What.FALLEN: self._counted,
            What.SIGN: self._sign,
            What.START: self._start,
            What.NOW: self._now,
            What.REFERENCE: self._reference,
        }
        for one in self.printed:
            if one.what in checks:
                right, formula = NOT_KNOWN, NO_TARGET.label
                if not self._lost_its_target(one):
                    right, formula = checks[one.what](one)
                if right != one.raw:
                    kind = self._kind(one, USUAL_KIND[one.what])
                    yield self._difference(one, Computed(None, None, None, right, formula), kind)

    def _above(self, printed):
        standing = self._standing(printed)
        if standing.on_target is None:
            return NOT_KNOWN, standing.due_shown if standing.is_defined else standing.closed_shown
        return ABOVE if standing.on_target else BELOW, f"{standing.closed_shown} tegenover {standing.due_shown}"

    def _counted(self, printed):
        indicator = printed.indicator
        bound = 0 if indicator.scale_id else MARKED_ABOVE
        areas = neighbourhoods(self.figures, indicator)
        found = changes(self.figures, indicator, areas, now=printed.period, before=printed.since)
        counted = tally(found, by_more_than=bound)
        number = counted.risen if printed.what == What.RISEN else counted.fallen
        return str(number), worked.counted(counted, bound, indicator)

    def _sign(self, printed):
        found = change(self.figures, printed.indicator, printed.area, now=printed.period, before=printed.since)
        if found is None:
            return NOT_KNOWN, f"van {printed.since} is geen waarde bekend"
        sign = SIGNS[(found.by > 0) - (found.by < 0)]
        return sign, f"{found.now.display} − {found.before.display} = {found.shown}"

    def _start(self, printed):
        standing = self._standing(printed)
        if standing.start_period is None:
            return NOT_KNOWN, NO_TARGET.label
        right = printed.raw if printed.period == standing.start_period else str(standing.start_period)
        shown = standing.start_shown if standing.target else standing.start and standing.start.with_unit
        return right, f"startwaarde {shown or NOT_KNOWN}"

    def _now(self, printed):
        found = [one.now for one in self.standings[printed.indicator_id] if one.now and one.target]
        now = found[0] if found else self.figures.latest(printed.indicator, printed.area)
        if now is None:
            return NOT_KNOWN, ""
        right = printed.raw if printed.period == now.period else str(now.period)
        return right, f"laatste waarde {now.with_unit}"

    def _reference(self, printed):
        standing = self._standing(printed)
        aim = standing.target.reference_area
        return short_name(aim) if aim else standing.target.get_reference_display(), standing.target_at_the_end_shown

    # Lists

    def _of_lists(self):
        lists = defaultdict(list)
        for one in self.printed:
            if one.what in (What.LIST, What.EDGE):
                lists[one.place, one.indicator_id].append(one)
        for rows in lists.values():
            yield from self._left_out(rows)

    def _left_out(self, rows):
        """The wijken of Zuid that stand as high as one that is in the list, and are not in it themselves."""
        last, listed = rows[-1], {one.area_id for one in rows}
        low, high = min(one.value for one in rows), max(one.value for one in rows)
        for area in neighbourhoods(self.figures, last.indicator):
            figure = self.figures.get(last.indicator, area, last.period)
            known = figure is not None and figure.number is not None
            if known and area.pk not in listed and low <= figure.number <= high:
                same = " en ".join(one.area.name for one in rows if one.value == figure.number)
                changed = self.changes.touch(last.indicator, area=area, periods=[last.period])
                yield Difference(
                    last.indicator,
                    last.get_what_display(),
                    _where(area, last.period),
                    NOT_IN_LIST,
                    f"score {figure.display}",
                    f"even hoog als {same}, wel in de lijst" if same else f"tussen {low:f} en {high:f}",
                    Kind.CHANGED if changed else Kind(last.kind or Kind.CUT_OFF),
                    last.place,
                )

    # What contradicts itself

    def _sums(self):
        for indicator in self.indicators:
            for found in gaps(self.figures, indicator):
                formula = worked.value(found.added, self.figures)
                yield Difference(
                    indicator,
                    OF_PARTS,
                    _where(found.added.area, found.added.period),
                    found.measured.with_unit if found.measured else NOT_PRINTED,
                    found.added.with_unit,
                    formula if found.measured else worked.due(formula, found.due, indicator),
                    Kind.ROUNDING if found.is_rounding else self._kind_of_own(Kind.SUM, found.added),
                    note="; ".join(self._remarks(found)),
                )

    def _kind_of_own(self, kind, *figures):
        """Of something that contradicts itself: whether that is since a figure changed that `figures` rest on."""
        touched = (self.changes.touch(one.indicator, area=one.area, periods=[one.period]) for one in figures)
        return Kind.CHANGED if any(touched) else kind

    def _remarks(self, gap):
        """What was remarked of the whole, or else of its parts."""
        parts = self.figures.parts_behind(gap.added.indicator, gap.added.area, gap.added.period)
        found = [gap.measured] if gap.measured else [part for _, _, part in parts]
        return dict.fromkeys(one.measurement.remark for one in found if one.measurement and one.measurement.remark)

    def _sources(self):
        for indicator in self.indicators:
            for area, period in self.figures.measured_places(indicator):
                used = self.figures.get(indicator, area, period)
                for other in self.figures.by_source(indicator, area, period):
                    if other.number != used.number:
                        yield Difference(
                            indicator,
                            What.VALUE.label,
                            _where(area, period),
                            other.with_unit,
                            used.with_unit,
                            f"{other.source}: {other.with_unit}; {used.source}: {used.with_unit}",
                            self._kind_of_own(Kind.SOURCES, used),
                        )

    def _repeated(self):
        """Where all parts of a whole are the same in two periods after each other."""
        programme = self.figures.programme
        for indicator in self.indicators:
            parts = [self.figures.indicators[term.part_id] for term in self.figures.terms_of(indicator)]
            if programme is None or len(parts) < 3 or indicator.unit != "%":
                continue
            for before, after in pairwise(self.figures.periods_about([indicator])):
                was, now = ([self.figures.get(part, programme, one) for part in parts] for one in (before, after))
                numbers = [[one and one.number for one in ours] for ours in (was, now)]
                if None not in numbers[0] and numbers[0] == numbers[1]:
                    yield Difference(
                        indicator,
                        What.VALUE.label,
                        _where(programme, f"{before} en {after}"),
                        ", ".join(one.with_unit for one in now),
                        NOT_KNOWN,
                        f"alle {len(parts)} delen zijn in {after} dezelfde als in {before}",
                        self._kind_of_own(Kind.REPEATED, *was, *now),
                    )

    # As a line

    def _difference(self, printed, computed, kind):
        notes = [printed.note] if printed.note else []
        if printed.what == What.VALUE and printed.value is not None:
            notes += self._consequences(printed)
        return Difference(
            printed.indicator,
            self._what(printed),
            self._where_of(printed),
            printed.raw or NOT_PRINTED,
            computed.shown,
            computed.formula,
            Kind(kind),
            printed.place,
            "; ".join(notes),
        )

    def _what(self, printed):
        label = printed.get_what_display()
        if printed.year:
            label = f"{label} {printed.year}"
        if printed.regime and len(self.standings[printed.indicator_id]) > 1:
            label = f"{label}, {printed.regime}"
        return label

    def _where_of(self, printed):
        if printed.what not in (What.VALUE, What.RISEN, What.FALLEN, What.SIGN):
            return short_name(printed.area)
        when = f"{printed.since} tot {printed.period}" if printed.since else printed.period
        where = _where(printed.area, when)
        return f"{where}, {printed.source}" if printed.source else where

    def _consequences(self, printed):
        """What would follow if the printed value were right, for the targets that it counts in."""
        for one in self.standings[printed.indicator_id]:
            if one.is_defined and printed.area == one.target.area:
                # As the print computes: from what it prints.
                numbers = {"start": one.start_value, "now": one.now.number, "reference": one.reference_value}
                values = {key: round_half_up(number, one.indicator.decimals) for key, number in numbers.items()}
                if printed.period == one.now.period:
                    values["now"] = printed.value
                elif printed.period == one.target.start_period:
                    values["start"] = printed.value
                else:
                    continue
                better = one.indicator.higher_is_better
                closed = show_share(share_closed(**values, higher_is_better=better))
                said = f"met {printed.raw} was het % ingelopen {closed}"
                if not isinstance(one.due, Undefined):
                    due = target_value(start=values["start"], reference=values["reference"], due=one.due)
                    said += f" en de streefwaarde {self.report} {with_unit(one.shown(due), one.indicator)}"
                yield said


def _distance(printed, computed):
    far = abs(printed.value - computed.number) if computed.number is not None else 0
    return far, -decimals_of(printed)


def _where(area, period):
    return f"{short_name(area)}, {period}"
