"""The plan of a round, for the bureau that edits it and for who may read it."""

from dataclasses import dataclass
from itertools import pairwise

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from interventions.filters import WITHOUT_PILLAR, pillar_key
from interventions.forms.plan import (
    AdvisersForm,
    BulkForm,
    ChangeForm,
    MergeForm,
    Names,
    PlanItemForm,
    SplitForm,
    plan_differences,
)
from interventions.forms.review import ReasonForm
from interventions.models import PillarAssignment, PlanItem, ReportingRound
from interventions.models.plan import PlanContent
from interventions.workflow import Conflict, Refused, RoundState
from programme.models import Pillar

STEPS = {"omhoog": -1, "omlaag": 1}


# The plan of a round, a pijler at a time


@dataclass(frozen=True)
class PillarPlan:
    """The plan of one pijler (None: Organisatie en financiën), and what is not arranged in it yet."""

    pillar: Pillar | None
    total: int
    without_initiator: int
    without_contact: int

    @property
    def key(self):
        """What stands for it in a URL."""
        return pillar_key(self.pillar)

    def __str__(self):
        return str(self.pillar or WITHOUT_PILLAR)


@only("sees_everything")
@require_safe
def latest(request):
    """The plan that is worked on: that of the last round there is."""
    reporting_round = ReportingRound.objects.first()
    if reporting_round is None:
        return render(request, "interventions/plan/no_round.html")
    return redirect("interventions:plan_year", year=reporting_round.year)


@only("sees_everything")
@require_safe
def of_year(request, year):
    return _plan_page(request, get_object_or_404(ReportingRound, year=year))


def _plan_page(request, reporting_round, *, bulk=None):
    """The plan of the pijler in the query string; `bulk` is what could not be done with the ticked rows."""
    items = PlanItem.objects.in_round(reporting_round)
    going_on = items.continuing().select_related("pillar").in_printed_order()
    gaps = list(going_on.without_initiator()), list(going_on.without_contact())
    pillars = _pillars(items, *gaps)
    chosen = next((one for one in pillars if one.key == request.GET.get("pijler")), pillars[0])
    rows = list(items.of_pillar(chosen.pillar).for_plan())
    advisers = PillarAssignment.objects.of_pillar(chosen.pillar)
    context = {
        "round": reporting_round,
        "rounds": ReportingRound.objects.all(),
        "bulk": bulk or BulkForm(items=rows),
        "advisers": advisers,
        "advisers_form": AdvisersForm(initial={"people": advisers}),
        "query": _query(chosen),
        "without_initiator": gaps[0],
        "without_contact": gaps[1],
        "pillars": pillars,
        "chosen": chosen,
        "items": rows,
        "why_not": reporting_round.why_not_change_plan(user=request.user),
        "behind": reporting_round.is_behind(),
        "done": reporting_round.state == RoundState.CLOSED,
    }
    return render(request, "interventions/plan/plan.html", context)


def _pillars(items, without_initiator, without_contact):
    """All pijlers there are, with how far the plan of each is."""
    keys = list(items.values_list("pillar", flat=True))
    gaps = [[item.pillar_id for item in gap] for gap in (without_initiator, without_contact)]
    return [
        PillarPlan(pillar, *(column.count(pillar and pillar.pk) for column in (keys, *gaps)))
        for pillar in (*Pillar.objects.all(), None)
    ]


def _query(chosen):
    """The query string that keeps a pijler on the page."""
    return f"?{urlencode({'pijler': chosen.key})}"


@only("is_bureau")
@posted_from("interventions:plan_year", "year")
def change_ticked(request, year):
    """Do with the ticked rows what the button says; what is refused stands on the page with the ticks still set."""
    reporting_round = get_object_or_404(ReportingRound, year=year)
    form = BulkForm(request.POST, items=PlanItem.objects.in_round(reporting_round).select_related("pillar"))
    if not form.is_valid():
        return _plan_page(request, reporting_round, bulk=form)
    keys = form.cleaned_data["items"]
    if form.data.get("do") == BulkForm.MERGE:
        url = reverse("interventions:merge_items", args=[year])
        return redirect(f"{url}?{urlencode({'regel': keys}, doseq=True)}")
    try:
        changed = reporting_round.change_items(keys, form.change, by=request.user)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _plan_page(request, reporting_round, bulk=form)
    messages.success(request, f"{changed} van de {len(keys)} aangevinkte interventies gewijzigd.")
    if form.data["do"] == BulkForm.CONTACT:
        _warn_of_reader(request, PlanItem.objects.filter(pk__in=keys), form.cleaned_data["person"])
    return redirect(f"{reverse('interventions:plan_year', args=[year])}?{request.GET.urlencode()}#regels")


def _warn_of_reader(request, items, person):
    """A contact person is written to; whether they may write is for their organisation."""
    reads_only = len(items) - items.own_of(user=person).count()
    if reads_only:
        where = "daar" if reads_only == len(items) else f"bij {reads_only} daarvan"
        messages.warning(request, f"{person} mag {where} niet invullen, en krijgt er alleen bericht over.")


@only("is_bureau")
@posted_from("interventions:plan_year", "year")
def assign(request, year):
    """Say which people of the bureau look after a pijler; that holds for every round."""
    pillar = get_object_or_404(Pillar, abbreviation=request.POST.get("pijler"))
    form = AdvisersForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_json())
    PillarAssignment.objects.assign(pillar, form.cleaned_data["people"], by=request.user)
    messages.success(request, f"De adviseurs van {pillar} zijn vastgelegd.")
    query = urlencode({"pijler": pillar.abbreviation})
    return redirect(f"{reverse('interventions:plan_year', args=[year])}?{query}#regels")


def plan_url(item):
    """The place of `item` in the plan of its round."""
    url = reverse("interventions:plan_year", args=[item.round.year])
    return f"{url}?{urlencode({'pijler': pillar_key(item.pillar)})}#regel-{item.pk}"


# One plan item


def find_item(pk):
    """The plan item of the URL, with all that its pages show of where it stands."""
    return get_object_or_404(PlanItem.objects.select_related("round", "pillar", "theme__parent", "progress"), pk=pk)


@only("sees_everything")
@require_safe
def item(request, pk):
    """What the plan says of one interventie, to change or to read."""
    plan_item = find_item(pk)
    return _item_page(request, plan_item, ChangeForm(item=plan_item))


@only("is_bureau")
@posted_from("interventions:plan_item", "pk")
def change(request, pk):
    plan_item = find_item(pk)
    form = ChangeForm(request.POST, item=plan_item)
    if not form.is_valid():
        return _item_page(request, plan_item, form)
    try:
        changed = plan_item.change(form.content(), by=request.user, version=form.cleaned_data["version"])
    except Refused as refused:
        return _item_page(request, plan_item, form, refused=refused)
    messages.success(request, f"{plan_item}: opgeslagen." if changed else "Er was niets gewijzigd.")
    return redirect("interventions:plan_item", pk=pk)


def _item_page(request, plan_item, form, *, refused=None, stopping=None):
    """The page of `plan_item`. What was typed is on it, also when it could not be kept.

    `refused` is why it could not, `stopping` the reason that was given for stopping when it was that.
    """
    if isinstance(refused, Conflict) and stopping is None:
        form.initial["version"] = plan_item.version
        form.move_to_current_version()
    elif refused and stopping is None:
        form.add_error(None, str(refused))
    context = {
        "item": plan_item,
        "round": plan_item.round,
        "plan_url": plan_url(plan_item),
        "form": form,
        "media": form.media.with_nonce(request.csp_nonce),
        "conflict": refused if isinstance(refused, Conflict) and stopping is None else None,
        "latest": refused and plan_item.revisions.select_related("by").last(),
        "why_not": plan_item.why_not_change(user=request.user),
        "why_not_drop": plan_item.why_not_drop(user=request.user),
        "why_not_split": plan_item.round.why_not_replace([plan_item], user=request.user),
        "next_round": ReportingRound.objects.in_preparation_after(plan_item.round),
        "not_stopped": refused if stopping is not None else None,
        "stopping": stopping,
        "history": _history(plan_item),
        "predecessors": PlanItem.objects.predecessors_of(plan_item.intervention_id),
        "successors": PlanItem.objects.successors_of(plan_item.intervention_id),
    }
    return render(request, "interventions/plan/item.html", context, status=409 if refused else 200)


def _history(plan_item):
    """The versions of `plan_item` that were kept, the latest first, each with what it changed in words."""
    revisions = list(plan_item.revisions.select_related("by"))
    if not revisions:
        return []
    names = Names()
    contents = [PlanContent.from_json(revision.content) for revision in revisions]
    changes = [plan_differences(old, new, names=names) for old, new in pairwise(contents)]
    return list(zip(revisions, [[], *changes], strict=True))[::-1]


@only("is_bureau")
def add(request, year):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    pillar = Pillar.objects.filter(abbreviation=request.GET.get("pijler")).first()
    content = PlanContent(
        name="",
        pillar=pillar and pillar.pk,
        theme=None,
        number=pillar and PlanItem.objects.in_round(reporting_round).of_pillar(pillar).next_number(),
    )
    form = PlanItemForm(request.POST or None, content=content)
    if form.is_valid():
        try:
            added = reporting_round.add_item(form.content(), by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{added} staat in het plan. Kies nu de contactpersonen.")
            return redirect("interventions:plan_item", pk=added.pk)
    context = {
        "round": reporting_round,
        "pillar": pillar,
        "form": form,
        "media": form.media.with_nonce(request.csp_nonce),
        "why_not": reporting_round.why_not_change_plan(user=request.user),
    }
    return render(request, "interventions/plan/add.html", context)


@only("is_bureau")
@posted_from("interventions:plan_item", "pk")
def move(request, pk):
    """One place up or down in its thema; the button says which."""
    plan_item = find_item(pk)
    if (step := STEPS.get(request.POST.get("waarheen"))) is None:
        raise BadRequest("Waarheen?")
    try:
        plan_item.move(step, by=request.user)
        messages.success(request, f"{plan_item} staat nu een plaats {'hoger' if step < 0 else 'lager'}.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(plan_url(plan_item))


@only("is_bureau")
@posted_from("interventions:plan_item", "pk")
def drop(request, pk):
    plan_item = find_item(pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_json())
    try:
        plan_item.drop(by=request.user, **form.cleaned_data)
    except Refused as refused:
        reason = form.cleaned_data["reason"]
        return _item_page(request, plan_item, ChangeForm(item=plan_item), refused=refused, stopping=reason)
    next_plan = _said_of_next(plan_item.round) or "In het volgende plan staat deze interventie niet meer."
    messages.success(request, f"{plan_item}: vervallen. {next_plan}")
    return redirect(plan_url(plan_item))


def _said_of_next(reporting_round):
    """That the plan of the next round was made before what is done now; "" when it was not."""
    following = ReportingRound.objects.in_preparation_after(reporting_round)
    if not following or not following.is_behind():
        return ""
    year = following.year
    return (
        f"Het plan van {year} is hier nog niet op aangepast: een beheerder neemt het bij de ronde {year} opnieuw over."
    )


# Several out of one, one out of several


def _say_why_not(form, refused):
    """Put the refusal on the page; who was too late may look at what it is now, and send it again."""
    form.add_error(None, str(refused))
    if isinstance(refused, Conflict):
        form.move_to_current_version()


@only("is_bureau")
def split(request, pk):
    plan_item = find_item(pk)
    form = SplitForm(request.POST or None, item=plan_item)
    if form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("version", "reason")}
        try:
            added = plan_item.round.split(plan_item, form.contents(), by=request.user, **typed)
        except Refused as refused:
            _say_why_not(form, refused)
        else:
            became = " en ".join(map(str, added))
            done = f"{plan_item} is gesplitst in {became}. De cijfers gaan verder bij {added[0]}."
            messages.success(request, f"{done} {_said_of_next(plan_item.round)}".strip())
            return redirect(plan_url(added[0]))
    context = {
        "item": plan_item,
        "round": plan_item.round,
        "plan_url": plan_url(plan_item),
        "form": form,
        "why_not": plan_item.round.why_not_replace([plan_item], user=request.user),
    }
    return render(request, "interventions/plan/split.html", context)


@only("is_bureau")
def merge(request, year):
    """Make one of the plan items in the query string."""
    reporting_round = get_object_or_404(ReportingRound, year=year)
    keys = [int(key) for key in request.GET.getlist("regel") if key.isdecimal()]
    chosen = PlanItem.objects.in_round(reporting_round).filter(pk__in=keys)
    items = list(chosen.select_related("round", "pillar", "progress").in_printed_order())
    form = MergeForm(request.POST or None, items=items)
    if form.is_valid():
        try:
            added = reporting_round.merge(
                form.versions(), form.whole(), by=request.user, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            _say_why_not(form, refused)
        else:
            done = f"{added} komt in de plaats van {len(items)} interventies. Lees haar na."
            messages.success(request, f"{done} {_said_of_next(reporting_round)}".strip())
            return redirect("interventions:plan_item", pk=added.pk)
    context = {
        "round": reporting_round,
        "items": items,
        "form": form,
        "why_not": reporting_round.why_not_replace(items, user=request.user),
    }
    return render(request, "interventions/plan/merge.html", context)
