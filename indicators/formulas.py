"""The formulas of the effectrapportage: pure functions of Decimals. Nothing else computes a target or a share.

Values are in the unit of their indicator, shares are parts of one (0.4 is 40%). Nothing is rounded here: that is for
who shows it. What is undefined is answered by an Undefined, which says why in Dutch and is false.
Source: the explanation of the targets in the voortgangsrapportage NPRZ 2023, part 2 (lines 376 to 386 of its text).
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True)
class Undefined:
    """No number, and the Dutch reason: what a page shows in its place."""

    reason: str

    def __bool__(self):
        return False

    def __str__(self):
        return self.reason


NO_GAP = Undefined("er was bij de start geen verschil om in te lopen")
NOT_BEHIND = Undefined("bij de start was er geen achterstand: het gebied stond er al beter voor")
NOTHING_TO_DIVIDE_BY = Undefined("het geheel is nul")


def share_of(numerator, denominator, *, scale=Decimal(100)):
    """`numerator` as a share of `denominator`, times `scale` (100 gives percent): 66 of 145 is 45.517..."""
    return scale * numerator / denominator if denominator else NOTHING_TO_DIVIDE_BY


def share_due(path, year):
    """The share of the gap that should be closed in `year`, from 0 to 1.

    `path` is the points (year, share) of a regime in order of year; between two of them it is linear, before the first
    it is the share of the first and after the last that of the last. The old regime is (2011, 0), (2021, 0.25),
    (2031, 1): 40% in 2023. The new one is (2022, 0), (2031, 1): (year - 2022) / 9, so 11.1% in 2023.
    """
    points = [(Decimal(at), Decimal(share)) for at, share in path]
    year = Decimal(year)
    if year <= points[0][0]:
        return points[0][1]
    for (before, low), (after, high) in pairwise(points):
        if year <= after:
            return low + (high - low) * (year - before) / (after - before)
    return points[-1][1]


def target_value(*, start, reference, due):
    """What should be reached when the share `due` is closed: start + due x (reference - start), in the unit of both.

    `reference` is the value of the reference now (or the fixed norm), not that of the year in which the path starts.
    """
    return start + due * (reference - start)


def share_closed(*, start, now, reference, higher_is_better=None):
    """What part of the gap is closed: (now - start) / (reference - start). Below 0 it has grown, above 1 it is gone.

    With `higher_is_better` (True, False, or None for neither) there is no share where nothing was behind at the start.
    """
    gap = reference - start
    if not gap:
        return NO_GAP
    if higher_is_better is not None and (gap > 0) != higher_is_better:
        return NOT_BEHIND
    return (now - start) / gap


def is_on_target(closed, due):
    """Whether the share `closed` reaches the share `due`; both as a part of one, not rounded."""
    return closed >= due


def class_of(closed, bounds):
    """The place in `bounds` of the class of the share `closed`: the first of which it reaches the lower bound.

    `bounds` fall; the last is None, below which there is no class.
    """
    return next(place for place, lower in enumerate(bounds) if lower is None or closed >= lower)
