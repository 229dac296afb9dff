"""Whether the parts of a whole add up to it: to what was measured of it, or to what they are together by definition."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from programme.numbers import format_number

from .figures import Figure, Figures, show


@dataclass(frozen=True)
class Gap:
    """A whole whose `parts` parts do not add up to what was measured of it; or where nothing was, to what is `due`."""

    added: Figure
    parts: int
    measured: Figure | None = None
    due: Decimal | None = None

    @property
    def is_rounding(self):
        """Whether the parts and the whole, each rounded to the decimals of the indicator, may differ so much."""
        indicator = self.added.indicator
        unit = Decimal(1).scaleb(-indicator.decimals)
        whole, rounded = (self.measured.number, self.parts + 1) if self.measured else (self.due, self.parts)
        return bool(indicator.decimals) and abs(whole - self.added.number) <= unit * rounded / 2

    def __str__(self):
        text = f"telt op tot {show(self.added.number, self.added.indicator)}"
        if self.measured:
            text = f"{text}, gemeten is {self.measured.display}"
        else:
            text = f"{text}; moet {format_number(self.due)} zijn"
        return f"{text} (afronding)" if self.is_rounding else text


def gap(figures: Figures, indicator, area, period) -> Gap | None:
    """The Gap between a whole and what the parts behind it add up to; None where it closes, or a part is not known."""
    measured, added = figures.both(indicator, area, period)
    if added is None:
        return None
    parts = len(figures.parts_behind(indicator, area, period))
    if measured is not None:
        differs = measured.number is not None and measured.number != added.number
        return Gap(added, parts, measured=measured) if differs else None
    due = indicator.parts_add_up_to
    return Gap(added, parts, due=due) if due is not None and added.number != due else None


def gaps(figures: Figures, indicator):
    """Every Gap of `indicator`, in order of area and period: where it was measured, or anywhere if its sum is known."""
    if indicator.parts_add_up_to is None:
        places = figures.measured_places(indicator)
    else:
        places = product(figures.areas.values(), figures.periods_about([indicator]))
    return [found for area, period in places if (found := gap(figures, indicator, area, period))]


@dataclass(frozen=True)
class Check:
    """Sums that were made in two ways: how many, and those that did not come out the same as (Figure, other sum)."""

    made: int
    wrong: tuple[tuple[Figure, Decimal], ...]


def check_both_ways(figures: Figures, indicators, areas, period) -> Check:
    """For areas that consist of others: the whole from its terms there, against the wholes of the parts added up."""
    made, wrong = 0, []
    for area in areas:
        for indicator in indicators:
            if not indicator.adds_up or not figures.terms_of(indicator):
                continue
            whole = figures.get(indicator, area, period)
            parts = figures.parts_of(area, indicator)
            found = [figure for part in parts if (figure := figures.get(indicator, part, period))]
            if whole is None or whole.number is None or not found:
                continue
            made += 1
            added = sum(figure.number for figure in found if figure.number is not None)
            if added != whole.number:
                wrong.append((whole, added))
    return Check(made, tuple(wrong))
