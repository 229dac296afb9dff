"""What goes into a workbook, fetched in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Prefetch

from interventions.models import (
    Demonstration,
    IndicatorPlacement,
    Initiator,
    OutputValue,
    PlanItem,
    ReportingRound,
    Waiver,
)


@dataclass(frozen=True)
class Figure:
    """A value, the plan item that reports it and the others at which it stands too."""

    value: OutputValue
    reported_by: PlanItem
    also_at: tuple[PlanItem, ...]


@dataclass(frozen=True)
class Entry:
    """A plan item with what its voortgang says: its figures in its own order, and the parts that are not filled in."""

    item: PlanItem
    figures: list[Figure] = field(default_factory=list)
    waivers: dict[str, Waiver] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """All of a workbook. `figures` has every value once, in the order of the interventies that report them."""

    reporting_round: ReportingRound
    previous_round: ReportingRound | None
    selection: str
    demonstration: bool
    entries: list[Entry]
    figures: list[Figure]


def gather(*, items, reporting_round, user, selection):
    """Fetch what `user` may see of `items`, a `PlanItem.objects.visible_to(user=user)` of one round."""
    initiators = Initiator.objects.select_related("organisation")
    rows = items.select_related("pillar", "theme__parent").prefetch_related(
        Prefetch("initiators", initiators), "funding"
    )
    entries = [Entry(item) for item in rows.in_printed_order()]
    _add_waivers(entries)
    return Content(
        reporting_round=reporting_round,
        previous_round=ReportingRound.objects.before(reporting_round),
        selection=selection,
        demonstration=Demonstration.objects.exists(),
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
    # Of the whole round, because a figure may be reported by an interventie that is not among the entries.
    plan = {
        item.intervention_id: item for item in reporting_round.plan_items.select_related("pillar").in_printed_order()
    }
    placements = defaultdict(list)
    for placement in IndicatorPlacement.objects.filter(intervention__in=plan).order_by("-owner", "pk"):
        placements[placement.indicator_id].append(placement)

    shown = IndicatorPlacement.objects.filter(intervention__in=by_intervention)
    values = (
        OutputValue.objects.visible_to(user=user)
        .filled()
        .filter(round=reporting_round, series__indicator__in=shown.values("indicator"))
        .select_related("series__indicator", "series__area", "period")
        .order_by("series__area__position", "series__area__name", "period__start")
    )
    places = {intervention: place for place, intervention in enumerate(plan)}
    all_figures, figures_at = [], defaultdict(list)
    for value in values:
        home, *others = placements[value.series.indicator_id]
        figure = Figure(value, plan[home.intervention_id], tuple(plan[other.intervention_id] for other in others))
        all_figures.append(((places[home.intervention_id], *_order(home, value)), figure))
        for placement in (home, *others):
            if placement.intervention_id in by_intervention:
                figures_at[placement.intervention_id].append((_order(placement, value), figure))
    for intervention, figures in figures_at.items():
        by_intervention[intervention].figures.extend(_sorted(figures))
    return _sorted(all_figures)


def _order(placement, value):
    return placement.position, value.series.indicator.name


def _sorted(pairs):
    """Sorted by the first of each pair; what is equal stays in the order of area and period."""
    return [figure for _, figure in sorted(pairs, key=lambda pair: pair[0])]
