"""What became of the figures since they came along: which of them the bureau entered, changed or removed."""

from collections import defaultdict

from .models import MeasurementEvent


class Changes:
    """The changes of `figures` and of what they are computed from, as far as they belong to its report: one query."""

    def __init__(self, figures):
        self.figures = figures
        self._found = defaultdict(set)
        events = MeasurementEvent.objects.by_the_bureau().filter(indicator__in=figures.indicators)
        for event in events.select_related("period"):
            if event.period.start.year <= figures.indicators[event.indicator_id].last_year_in(figures.until):
                self._found[event.indicator_id].add((event.area_id, event.period))

    def touch(self, indicator, *, area=None, periods=()):
        """Whether a figure of `indicator`, or one that it may be computed from, was changed.

        Only of `area` (where areas add up: of any), and in one of `periods`, when these are given.
        """
        family = self._family(indicator)
        if any(one.adds_up for one in family):
            area = None
        return any(
            (area is None or where == area.pk) and (not periods or any(_lies_in(when, one) for one in periods))
            for one in family
            for where, when in self._found[one.pk]
        )

    def _family(self, indicator):
        """`indicator` and its parts, as far down as they go."""
        parts = (self.figures.indicators[term.part_id] for term in self.figures.terms_of(indicator))
        return {indicator}.union(*map(self._family, parts))


def _lies_in(period, whole):
    """Whether `period` is `whole` or a part of it, as a month is of its year."""
    return whole.start <= period.start and period.end <= whole.end
