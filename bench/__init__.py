"""The speed table (`make bench`): ours and the bare way side by side, in one run, on the real plan.

Every other module here has a `measure()` that returns a Row. Single times differ from machine to machine; the ratio
is what counts.
"""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: times in seconds, and the ratio that ours may have at most."""

    name: str
    ours: float
    bare: float
    limit: float

    @property
    def ratio(self):
        return self.ours / self.bare


def side_by_side(ours, bare, *, times=25):
    """The fastest time of each, in seconds; they take turns, so that a busy machine slows both."""
    fastest = {}
    for function in (ours, bare) * times:
        start = time.perf_counter()
        function()
        taken = time.perf_counter() - start
        fastest[function] = min(taken, fastest.get(function, taken))
    return fastest[ours], fastest[bare]
