"""Whether what was measured of a whole is what its parts add up to."""

from dataclasses import dataclass
from decimal import Decimal

from .figures import Figure, Figures, show


@dataclass(frozen=True)
class Gap:
    """A whole of which something else was measured than its `parts` parts add up to."""

    measured: Figure
    added: Figure
    parts: int

    @property
    def is_rounding(self):
        """Whether the parts and the whole, each rounded to the decimals of the indicator, may differ so much."""
        indicator = self.measured.indicator
        unit = Decimal(1).scaleb(-indicator.decimals)
        far = abs(self.measured.number - self.added.number)
        return bool(indicator.decimals) and far <= unit * (self.parts + 1) / 2

    def __str__(self):
        indicator = self.measured.indicator
        text = f"telt op tot {show(self.added.number, indicator)}, gemeten is {self.measured.display}"
        return f"{text} (afronding)" if self.is_rounding else text


def gap(figures: Figures, indicator, area, period) -> Gap | None:
    """The Gap between what was measured of a whole and what the parts behind it add up to; or None."""
    measured, added = figures.both(indicator, area, period)
    if measured is None or added is None or measured.number is None or measured.number == added.number:
        return None
    return Gap(measured, added, len(figures.parts_behind(indicator, area, period)))


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
