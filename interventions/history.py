"""The figures of one interventie through the years, as they stand on a page: a table per kind of period."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from programme.models import Period

from .models import OutputIndicator, OutputSeries, OutputValue


@dataclass
class Row:
    """One series: what was reported about each period of its table (None: nothing)."""

    series: OutputSeries
    values: list[OutputValue | None]


@dataclass
class Group:
    indicator: OutputIndicator
    rows: list[Row]

    @property
    def former(self):
        """What closed rounds call it otherwise: (year, name and unit) of each, the latest first."""
        values = (value for row in self.rows for value in row.values if value)
        return sorted({(value.round.year, value.called) for value in values if value.kept_name}, reverse=True)


@dataclass
class Table:
    kind: str
    periods: list[Period]
    groups: list[Group]


def figure_tables(intervention, *, user):
    """What was reported at `intervention` (or its key) in all rounds, as far as `user` may see it.

    A period that was reported more than once shows what the latest round said of it.
    """
    values = OutputValue.objects.visible_to(user=user).filled().at(intervention)
    reported = {}  # in the order of the interventie
    for value in values.select_related("series__indicator", "series__area", "period", "round"):
        of_series = reported.setdefault(value.series, {})
        if value.period not in of_series or of_series[value.period].round.year < value.round.year:
            of_series[value.period] = value
    kinds = dict.fromkeys(period.kind for of_series in reported.values() for period in of_series)
    return [_table(kind, reported) for kind in kinds]


def _table(kind, reported):
    periods = {period for of_series in reported.values() for period in of_series if period.kind == kind}
    columns = sorted(periods, key=attrgetter("start"))
    rows = [
        Row(series, [of_series.get(period) for period in columns])
        for series, of_series in reported.items()
        if periods & of_series.keys()
    ]
    by_indicator = groupby(rows, key=attrgetter("series.indicator"))
    label = Period.Kind(kind).label.lower()
    return Table(label, columns, [Group(indicator, list(of_indicator)) for indicator, of_indicator in by_indicator])
