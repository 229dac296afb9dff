"""The wijken beside each other: what changed, how many rose, who stands highest. Pure over the Figures it is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from programme.models import Area, Period

from .figures import Figure, Figures, format_decimals
from .formulas import share_of
from .models import Indicator, Table


@dataclass(frozen=True)
class District:
    """A gebied of Zuid with those of its wijken that belong to one division, in order."""

    area: Area
    neighbourhoods: tuple[Area, ...]


def districts(figures: Figures, division) -> list[District]:
    """The gebieden of Zuid, each with its wijken of `division` (None: of every division)."""
    found = []
    for part in figures.programme.parts.all() if figures.programme else ():
        area = figures.areas[part.pk]
        inside = (figures.areas[one.pk] for one in area.parts.all() if one.kind == Area.Kind.NEIGHBOURHOOD)
        chosen = (one for one in inside if division is None or division in one.divisions.all())
        found.append(District(area, tuple(chosen)))
    return found


def neighbourhoods(figures: Figures, indicator: Indicator) -> list[Area]:
    """The wijken of Zuid in the division of `indicator`."""
    return [one for district in districts(figures, indicator.division) for one in district.neighbourhoods]


# Periods


@dataclass(frozen=True)
class Begun:
    """A period that is too new to be the latest: `known` of `total` wijken have a number, where `needed` are needed."""

    period: Period
    known: int
    total: int
    needed: int


def known_periods(figures: Figures, *indicators: Indicator) -> tuple[list[Period], list[Begun]]:
    """The periods of `indicators` in order, and apart those at the end of which hardly anything is known yet.

    The last period counts from half as many wijken of Zuid on as are known of the period of which most are known: a
    wijk that is early does not take the comparison away from all others. What is known of one indicator is known.
    """
    periods = figures.periods_about(indicators)
    areas = neighbourhoods(figures, next((one for one in indicators if one.division), indicators[0]))
    known = [sum(_has_number(figures, indicators, area, period) for area in areas) for period in periods]
    needed = ceil(max(known, default=0) / 2)
    end = max((place for place, number in enumerate(known, 1) if number >= needed), default=0)
    return periods[:end], [
        Begun(period, number, len(areas), needed) for period, number in zip(periods[end:], known[end:], strict=True)
    ]


def _has_number(figures, indicators, area, period):
    found = (figures.get(one, area, period) for one in indicators)
    return any(figure and figure.number is not None for figure in found)


# Changes

MARKED_ABOVE = 2
"""Points of the wijkprofiel: what changed by more than that is marked and counted, as in the report."""


@dataclass(frozen=True)
class Change:
    """From one period to a later one: `by` is now minus before, in the unit of the indicator or in classes."""

    now: Figure
    before: Figure

    @property
    def by(self) -> Decimal:
        return self.now.number - self.before.number

    @property
    def direction(self):
        """'vooruit', 'achteruit' or 'gelijk'; "" where more is neither better nor worse."""
        better = self.now.indicator.higher_is_better
        if better is None:
            return ""
        if not self.by:
            return "gelijk"
        return "vooruit" if (self.by > 0) == better else "achteruit"

    @property
    def is_marked(self):
        """Whether it stands out: in the wijkprofiel only when it is more than two points, as in the report."""
        table = self.now.indicator.table
        in_profile = table is not None and table.layout == Table.Layout.PROFILE
        return abs(self.by) > MARKED_ABOVE if in_profile else True

    @property
    def shown(self):
        """'+9', '−2', '0'; for a scale '1 klasse hoger', '2 klassen lager', 'gelijk'."""
        indicator, size = self.now.indicator, abs(self.by)
        if indicator.scale_id:
            if not size:
                return "gelijk"
            return f"{size:.0f} {'klasse' if size == 1 else 'klassen'} {'hoger' if self.by > 0 else 'lager'}"
        sign = "+" if self.by > 0 else "−" if self.by < 0 else ""
        return sign + format_decimals(size, indicator.decimals)


def change(figures: Figures, indicator: Indicator, area: Area, *, now: Period, before: Period) -> Change | None:
    """The Change of `indicator` in `area` between two periods; None when one of them has no number."""
    found = [figures.get(indicator, area, period) for period in (now, before)]
    if any(figure is None or figure.number is None for figure in found):
        return None
    return Change(*found)


def changes(figures, indicator, areas, *, now, before) -> list[Change]:
    """The changes of those of `areas` that have a number in both periods."""
    found = (change(figures, indicator, area, now=now, before=before) for area in areas)
    return [one for one in found if one]


@dataclass(frozen=True)
class Tally:
    """How many of the changes rose and fell by more than a bound, and how many did neither."""

    risen: int
    fallen: int
    neither: int

    @property
    def total(self):
        return self.risen + self.fallen + self.neither


def tally(changes: Iterable[Change], *, by_more_than=0) -> Tally:
    """How many of `changes` are up and down by more than so much, in the unit of the indicator or in classes."""
    sizes = [one.by for one in changes]
    risen = sum(size > by_more_than for size in sizes)
    fallen = sum(size < -by_more_than for size in sizes)
    return Tally(risen, fallen, len(sizes) - risen - fallen)


# Rankings


@dataclass(frozen=True)
class Place:
    """A place in a ranking; figures that are equal share it, and the next place counts them all: 1, 2, 2, 4."""

    number: int
    figure: Figure

    @property
    def area(self):
        return self.figure.area


def ranking(figures, indicator, areas, period, *, highest_first=True) -> list[Place]:
    """The `areas` that have a number for `period`, in order of it; what is equal in the order of the areas."""
    found = [figures.get(indicator, area, period) for area in areas]
    found = [figure for figure in found if figure and figure.number is not None]
    found.sort(key=lambda figure: figure.number, reverse=highest_first)
    places, number = [], 0
    for index, figure in enumerate(found, 1):
        if index == 1 or figure.number != found[index - 2].number:
            number = index
        places.append(Place(number, figure))
    return places


def first_of(places: list[Place], size: int) -> list[Place]:
    """The first `size` places, and whoever shares the last of them: equal scores are not cut off."""
    return [place for place in places if place.number <= size]


def share_within(figures, indicator, *, part, whole, period):
    """What is counted in `part` as a percentage of what is counted in `whole`; None when one of the two is missing."""
    found = [figures.get(indicator, area, period) for area in (part, whole)]
    if any(figure is None or figure.number is None for figure in found):
        return None
    return share_of(found[0].number, found[1].number)
