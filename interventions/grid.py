"""The figures of one interventie as they stand on a page: a table per period reported, a group per indicator."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from programme.figures import is_jump
from programme.models import Period

from .models import OutputIndicator, OutputValue, PlanItem
from .models.figures import BY_PERIOD

EARLIER_PERIODS = 3


@dataclass
class Row:
    """One series: what this round reports, and what stood in the earlier periods of its table (None: nothing)."""

    value: OutputValue
    earlier: list[OutputValue | None]
    reported: OutputValue | None  # what an earlier round said about this same period

    @property
    def restated_from(self):
        """What an earlier round said about this period, when this round says otherwise; otherwise None."""
        if self.reported is None or not self.value.is_filled or self.reported.display == self.value.display:
            return None
        return self.reported

    @property
    def before(self):
        """What the latest earlier period says, or None."""
        return next((one for one in reversed(self.earlier) if one), None)

    @property
    def change(self):
        """How much more than `before`, in the unit of the indicator; None when one of the two is no number."""
        if self.value.value is None or self.before is None or self.before.value is None:
            return None
        return self.value.value - self.before.value

    @property
    def change_in_percent(self):
        """`change` as a whole percentage of `before`; None for what is itself in percent, and from nothing."""
        if self.change is None or not self.before.value or self.value.unit.startswith("%"):
            return None
        return round(100 * self.change / abs(self.before.value), 0)

    @property
    def jumped_from(self):
        """The latest earlier value, when what was filled in differs from it by more than half; otherwise None."""
        before = next((one for one in reversed(self.earlier) if one and one.value), None)
        if before is None or self.value.value is None:
            return None
        return before if is_jump(self.value.value, before.value) else None


@dataclass
class Group:
    indicator: OutputIndicator
    filled_in_at: PlanItem | None  # the interventie that fills it in, when it is not this one
    rows: list[Row]

    @property
    def name(self):
        """What the indicator is called in this round."""
        return self.rows[0].value.name

    @property
    def unit(self):
        return self.rows[0].value.unit


@dataclass
class Table:
    period: Period
    earlier_periods: list[Period]  # at most EARLIER_PERIODS, the oldest first
    groups: list[Group]

    @property
    def has_targets(self):
        return any(row.value.target is not None for group in self.groups for row in group.rows)

    @property
    def columns(self):
        """How many columns the grid has: area, earlier periods, target, value, provisional, remark."""
        return 4 + len(self.earlier_periods) + self.has_targets


def tables(plan_item, *, user):
    """The figures that stand at `plan_item` in its round, its own and shared ones, as far as `user` may see them."""
    values = list(
        OutputValue.objects.visible_to(user=user)
        .filter(round=plan_item.round_id)
        .at(plan_item.intervention_id)
        .select_related("series__indicator", "series__area", "period")
    )
    owners = {item.indicator: item for item in PlanItem.objects.filling_in_for(plan_item).select_related("pillar")}
    earlier = {}
    for one in (
        OutputValue.objects.visible_to(user=user)
        .before(plan_item.round)
        .filter(series__in={value.series_id for value in values})
        .latest_reported()
        .select_related("period")
    ):
        earlier.setdefault(one.series_id, {})[one.period] = one
    values.sort(key=BY_PERIOD)
    return [_table(period, list(ours), earlier, owners) for period, ours in groupby(values, key=attrgetter("period"))]


def _table(period, values, earlier, owners):
    periods = {one for value in values for one in earlier.get(value.series_id, {})}
    comparable = [one for one in periods if one.kind == period.kind and one.start < period.start]
    columns = sorted(comparable, key=attrgetter("start"))[-EARLIER_PERIODS:]
    groups = [
        Group(
            indicator,
            owners.get(indicator.pk),
            [
                Row(
                    value,
                    [earlier.get(value.series_id, {}).get(column) for column in columns],
                    earlier.get(value.series_id, {}).get(period),
                )
                for value in ours
            ],
        )
        for indicator, ours in groupby(values, key=attrgetter("series.indicator"))
    ]
    return Table(period, columns, groups)
