"""The figures of one interventie in the plan, for the bureau that keeps them."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from interventions.forms.indicators import AT_OWNER, ELSEWHERE, AddForm
from interventions.models import IndicatorPlacement, OutputIndicator, OutputValue, PlanItem
from interventions.workflow import Conflict, Refused
from programme.models import Area

from .plan import find_item, plan_url

DONE = {
    "hernoemen": "hernoemd",
    "gebieden": "gebieden toegevoegd",
    "streefwaarden": "streefwaarden vastgelegd",
    "delen": "gedeeld",
    "weghalen": "staat hier niet meer",
    "beeindigen": "beëindigd",
}


@dataclass(frozen=True)
class Placed:
    """An indicator as it stands at a plan item: where it is filled in, where it is shown, and what may be done."""

    indicator: OutputIndicator
    owner: PlanItem | None  # the interventie that fills it in, when it is not this one
    shown_at: list[PlanItem]
    rows: list[tuple]  # (series, its row in this round or None)
    forms: list

    @property
    def called(self):
        """What has the `name` and `unit` by which this round goes."""
        return next((row for _, row in self.rows if row and row.kept_name), self.indicator)


@only("sees_everything")
@require_safe
def indicators(request, pk):
    return _page(request, find_item(pk))


@only("is_bureau")
@posted_from("interventions:indicators", "pk")
def add(request, pk):
    item = find_item(pk)
    form = AddForm(request.POST)
    if form.is_valid():
        try:
            added = OutputIndicator.objects.add_to(item, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"De indicator '{added}' is toegevoegd.")
            return redirect("interventions:indicators", pk=pk)
    return _page(request, item, adding=form)


@only("is_bureau")
@posted_from("interventions:indicators", "pk")
def change(request, pk):
    """Do with one indicator what the button says; what is refused stands in its form, with what was typed."""
    item = find_item(pk)
    do = request.POST.get("do")
    key = request.POST.get("indicator", "")
    if do not in DONE or not key.isdecimal():
        raise BadRequest("Wat wilt u doen?")
    indicator = get_object_or_404(OutputIndicator.objects.standing_at(item), pk=key)
    others = item.round.plan_items.select_related("pillar").in_printed_order()
    rows = OutputValue.objects.asked_of(indicator, item.round)
    found = {"rows": rows, "others": others, "areas": Area.objects.all()}
    form = (AT_OWNER | ELSEWHERE)[do](request.POST, indicator=indicator, item=item, **found)
    if form.is_valid():
        try:
            form.apply(by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            if isinstance(refused, Conflict):
                form.move_to_current_version()
        else:
            messages.success(request, f"{indicator.name}: {DONE[do]}.")
            return redirect("interventions:indicators", pk=pk)
    return _page(request, item, failed=form)


def _page(request, item, *, adding=None, failed=None):
    """The page of the indicators of `item`; with the form that could not be done, as it was filled in."""
    user = request.user
    why_not = item.why_not_change(user=user)
    context = {
        "item": item,
        "round": item.round,
        "plan_url": plan_url(item),
        "placed": _placed(item, may_change=not why_not, failed=failed),
        "proposals": OutputIndicator.objects.proposed_for(item),
        "why_not": why_not,
        "adding": adding or AddForm(),
        "failed": failed,
    }
    return render(request, "interventions/plan/indicators.html", context)


def _placed(item, *, may_change, failed):
    """What stands at `item`, in its order, in a constant number of queries."""
    plan = {one.intervention_id: one for one in item.round.plan_items.select_related("pillar").in_printed_order()}
    rows = {row.series_id: row for row in OutputValue.objects.targets_at(item)}
    placements = list(IndicatorPlacement.objects.decided_at(item))
    shown_at = defaultdict(list)
    standing = IndicatorPlacement.objects.standing_in(item.round)
    for one in standing.filter(indicator__in=[placement.indicator_id for placement in placements]):
        shown_at[one.indicator_id].append(one)
    here = set(
        IndicatorPlacement.objects.filling_in(item.round)
        .filter(intervention=item.intervention_id)
        .values_list("pk", flat=True)
    )
    going_on = item.round.plan_items.continuing().select_related("pillar").in_printed_order()
    areas = Area.objects.all()
    return [
        _one(
            item,
            placement,
            shown_at[placement.indicator_id],
            plan,
            rows,
            may_change,
            failed,
            fills_in=placement.pk in here,
            others=going_on,
            areas=areas,
        )
        for placement in placements
    ]


def _one(item, placement, everywhere, plan, rows, may_change, failed, *, fills_in, others, areas):
    indicator = placement.indicator
    owner = next((plan.get(one.intervention_id) for one in everywhere if one.owner), None)
    kinds = {}
    if may_change and indicator.status == OutputIndicator.Status.ACTIVE:
        kinds = AT_OWNER if fills_in else ELSEWHERE
    forms = [
        failed
        if failed and (failed.indicator.pk, failed.do) == (indicator.pk, do)
        else form(indicator=indicator, item=item, rows=rows, others=others, areas=areas)
        for do, form in kinds.items()
    ]
    return Placed(
        indicator,
        None if fills_in else owner,
        [
            plan[one.intervention_id]
            for one in everywhere
            if not one.owner and one != placement and one.intervention_id in plan
        ],
        [(series, rows.get(series.pk)) for series in indicator.series.all()],
        forms,
    )
