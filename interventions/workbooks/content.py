"""What goes into a workbook, fetched in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Prefetch

from backoffice.workbooks.text import plain_lines, rich_lines
from interventions.models import (
    Demonstration,
    IndicatorPlacement,
    Initiator,
    OutputValue,
    PlanItem,
    ReportingRound,
    Waiver,
)
from interventions.models.progress import Part
from programme.figures import Code
from programme.models import Period


class Figure(NamedTuple):
    """A value (or the code for why there is none), where it is reported and at which other plan items it stands."""

    indicator: str
    unit: str
    area: str
    period: str
    value: Decimal | None
    code: str
    target: Decimal | None
    provisional: bool
    remark: str
    reported_by: PlanItem
    also_at: tuple[PlanItem, ...]


@dataclass(frozen=True)
class Entry:
    """A plan item with what its voortgang says: its figures in its own order, and the parts that are not filled in."""

    item: PlanItem
    figures: list[Figure] = field(default_factory=list)
    waivers: dict[str, Waiver] = field(default_factory=dict)

    @cached_property
    def description(self):
        """The lines of the short description."""
        return rich_lines(self.item.description)

    @cached_property
    def quantitative(self):
        """The lines of the quantitative text, or of why there is none."""
        return rich_lines(self.item.seen_quantitative) or self.waived(Part.QUANTITATIVE)

    @cached_property
    def qualitative(self):
        """The lines of the qualitative text, or of why there is none."""
        return rich_lines(self.item.seen_qualitative) or self.waived(Part.QUALITATIVE)

    def waived(self, part):
        """Lines that say why a part is not filled in; none when it has to be."""
        waiver = self.waivers.get(part)
        if not waiver:
            return []
        elsewhere = waiver.reported_at
        return plain_lines(f"Gerapporteerd bij {elsewhere}." if elsewhere else f"N.v.t.: {waiver.reason}")


@dataclass(frozen=True)
class Content:
    """All of a workbook. `figures` has every value once, in the order of the interventies that report them."""

    reporting_round: ReportingRound
    previous_round: ReportingRound | None
    selection: str
    notice: str  # that it is a demonstration; "" when it is not
    unreleased: bool  # whether colours that are not released are in it
    entries: list[Entry]
    figures: list[Figure]


def gather(*, items, reporting_round, user, selection):
    """Fetch what `user` may see of `items`, a `PlanItem.objects.visible_to(user=user)` of one round."""
    initiators = Initiator.objects.select_related("organisation")
    rows = (
        items.annotate(released=F("progress__colour_released"))
        .select_related("pillar", "theme__parent")
        .prefetch_related(Prefetch("initiators", initiators), "funding")
    )
    entries = [Entry(item) for item in rows.in_printed_order()]
    _add_waivers(entries)
    return Content(
        reporting_round=reporting_round,
        previous_round=ReportingRound.objects.before(reporting_round),
        selection=selection,
        notice=Demonstration.objects.notice(),
        unreleased=user.sees_everything,
        entries=entries,
        figures=_add_figures(entries, reporting_round=reporting_round, user=user),
    )


def _add_waivers(entries):
    readable = {entry.item.pk: entry for entry in entries if entry.item.text_seen}
    waivers = Waiver.objects.filter(update__plan_item__in=readable)
    for waiver in waivers.select_related("update", "reported_at__pillar"):
        readable[waiver.update.plan_item_id].waivers[waiver.part] = waiver


def _add_figures(entries, *, reporting_round, user):
    """Give every entry its figures, and return each of them once."""
    by_intervention = {entry.item.intervention_id: entry for entry in entries}
    plan = {entry.item.intervention_id: entry.item for entry in entries}
    # A figure may be reported by an interventie that is not among the entries.
    not_shown = reporting_round.plan_items.exclude(intervention__in=by_intervention).select_related("pillar")
    plan |= {item.intervention_id: item for item in not_shown}
    standing = IndicatorPlacement.objects.standing_in(reporting_round)
    placements = defaultdict(list)
    for placement in standing.filter(intervention__in=plan).order_by("-owner", "-former_owner", "pk"):
        placements[placement.indicator_id].append(placement)

    periods = {period.pk: str(period) for period in Period.objects.all()}
    codes = dict(Code.choices) | {"": ""}
    shown = standing.filter(intervention__in=by_intervention)
    values = (
        OutputValue.objects.visible_to(user=user)
        .filled()
        .named()
        .filter(round=reporting_round, series__indicator__in=shown.values("indicator"))
        .order_by("series__area__position", "series__area__name", "period__start")
    )
    all_figures, figures_at = [], defaultdict(list)
    # Rows and not objects: there are many, and only what they say is needed.
    for indicator, name, unit, area, period, value, code, *rest in values.values_list(
        *("series__indicator", "said_name", "said_unit", "series__area__name", "period"),
        *("value", "code", "target", "provisional", "remark"),
    ):
        home, *others = placements[indicator]
        at = plan[home.intervention_id], tuple(plan[other.intervention_id] for other in others)
        figure = Figure(name, unit, area, periods[period], value, codes[code], *rest, *at)
        all_figures.append(((*_place(figure.reported_by), home.position, name), figure))
        for placement in (home, *others):
            figures_at[placement.intervention_id].append(((placement.position, name), figure))
    for intervention, entry in by_intervention.items():
        entry.figures.extend(_sorted(figures_at[intervention]))
    return _sorted(all_figures)


def _place(item):
    """Sorts as `in_printed_order` does."""
    return item.pillar is None, item.pillar.position if item.pillar else 0, item.position, item.pk


def _sorted(pairs):
    """Sorted by the first of each pair; what is equal stays in the order of area and period."""
    return [figure for _, figure in sorted(pairs, key=lambda pair: pair[0])]
