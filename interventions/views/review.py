"""The rooms of the bureau: the queue, the page of one voortgang to decide on, and the colours of a pijler."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_filters.views import FilterView
from django_tables2 import RequestConfig, SingleTableMixin

from accounts.access import only, posted_from
from interventions import grid, workflow
from interventions.filters import WITHOUT_PILLAR, PlanItemFilter, pillar_key
from interventions.forms.review import ColourForm, ReasonForm, VerbForm
from interventions.models import (
    OutputIndicator,
    PillarAssignment,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
)
from interventions.models.progress import Part
from interventions.tables import QueueTable
from interventions.workbooks import workbook_response
from interventions.workflow import BUREAU_ORDER, Refused
from programme.differences import marked_differences
from programme.models import Pillar

TEXTS = (Part.QUANTITATIVE, Part.QUALITATIVE)
NEXT = "volgende"  # in the query string: which voortgang comes next, as it was before a verb moved this one
GO_ON = "verder"  # the button that goes there


# The queue


def _queue(user):
    items = PlanItem.objects.in_round(ReportingRound.objects.current())
    return items.visible_to(user=user).for_queue(user=user)


@method_decorator(only("sees_everything"), name="dispatch")
class Queue(SingleTableMixin, FilterView):
    filterset_class = PlanItemFilter
    table_class = QueueTable
    table_pagination = {"per_page": 25}
    template_name = "interventions/review/queue.html"

    def get_queryset(self):
        return _queue(self.request.user).for_table()

    def get_table_data(self):
        return self.object_list.without_texts()

    def get_filterset_kwargs(self, filterset_class):
        return super().get_filterset_kwargs(filterset_class) | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        reporting_round = ReportingRound.objects.current()
        if reporting_round is None:
            return super().get_context_data(round=None, **kwargs)
        items = PlanItem.objects.in_round(reporting_round)
        return super().get_context_data(
            round=reporting_round,
            late=reporting_round.is_late(today=timezone.localdate()),
            board=_board(items, self.request.user),
            proposals=OutputIndicator.objects.filled_in_during(reporting_round).proposed().order_by("name"),
            without_initiator=items.without_initiator().count() if reporting_round.in_progress else 0,
            **kwargs,
        )


def _board(items, user):
    """How many of `items` are in each state, per pijler that is the user's (all of them, for who has none)."""
    numbers = {(pillar, state): number for pillar, state, number in items.count_states()}
    pillars = PillarAssignment.objects.pillars_of(user) or Pillar.objects.all()
    return {
        "states": BUREAU_ORDER,
        "rows": [
            (pillar, [(state, numbers.get((pillar.pk, state), 0)) for state in BUREAU_ORDER]) for pillar in pillars
        ],
    }


@only("sees_everything")
@require_safe
def queue_workbook(request):
    reporting_round = ReportingRound.objects.current()
    if reporting_round is None:
        raise Http404
    narrowed = PlanItemFilter(request.GET or None, _queue(request.user), user=request.user)
    return workbook_response(
        items=narrowed.qs, reporting_round=reporting_round, user=request.user, selection=narrowed.selection
    )


# One voortgang


@dataclass(frozen=True)
class Place:
    """Where a voortgang stands in the list that its query string describes, and the key of the one that comes next."""

    number: int | None
    total: int
    next: int | None
    query: QueryDict

    @property
    def next_url(self):
        return _url(self.next, self.query)

    @property
    def list_url(self):
        return _with_query(reverse("interventions:queue"), self.query)


def _with_query(url, query):
    return f"{url}?{query.urlencode()}" if query else url


def _url(update, query):
    """The page of `update` (by key) in the list that `query` describes."""
    return _with_query(reverse("interventions:review", args=[update]), query)


def _place(request, update):
    rows = PlanItemFilter(request.GET or None, _queue(request.user).with_trekker(), user=request.user).qs
    table = RequestConfig(request, paginate=False).configure(QueueTable(rows))
    keys = list(table.data.data.values_list("progress", flat=True))
    number = keys.index(update.pk) + 1 if update.pk in keys else 0
    query = request.GET.copy()
    pinned = "".join(query.pop(NEXT, []))
    following = [key for key in keys if str(key) == pinned] or keys[number:]
    return Place(number or None, len(keys), following[0] if following else None, query)


@dataclass(frozen=True)
class Step:
    """A verb that takes a reason: where it is posted and how the page asks for it."""

    verb: workflow.Verb
    url_name: str
    label: str
    button: str
    reason: str
    help: str


STEPS = (
    Step(
        workflow.RETURN,
        "interventions:return",
        "Terugsturen met een vraag",
        "Terugsturen",
        "Uw vraag",
        "De invullers lezen deze vraag en kunnen weer schrijven.",
    ),
    Step(
        workflow.REOPEN,
        "interventions:reopen",
        "Heropenen",
        "Heropenen",
        "Reden",
        "De voortgang is daarna weer ingediend. De kleur blijft.",
    ),
    Step(
        workflow.NO_REPORT,
        "interventions:no_report",
        "Geen opgave vastleggen",
        "Vastleggen",
        "Reden",
        "De partner kan daarna niet meer schrijven. Het rapport zegt: geen opgave ontvangen.",
    ),
    Step(
        workflow.DROP,
        "interventions:drop",
        "Laten vervallen",
        "Laten vervallen",
        "Reden",
        "De interventie gaat niet door. Zij hoeft geen kleur te krijgen. Dit kunt u niet terugdraaien.",
    ),
)


@dataclass(frozen=True)
class Refusal:
    """A verb that was refused: its name, why, and what had been typed."""

    verb: str
    why: str
    reason: str
    colour: str

    def has_field(self, steps, may_colour):
        """Whether what had been typed still has a place on the page."""
        return self.verb in {step.verb.name for step in steps} or (self.verb == "set_colour" and may_colour)


@only("sees_everything")
@require_safe
def update(request, pk):
    return _page(request, _update(request, pk))


def _update(request, pk):
    # All of them: who sees everything reads them all, and the verbs of the bureau are for the bureau alone.
    return get_object_or_404(ProgressUpdate.objects.for_page(), pk=pk)


def _page(request, update, *, refusal=None):
    """The page of `update`; after a refusal with why, and with what had been typed still in its field."""
    user, plan_item = request.user, update.plan_item
    items = PlanItem.objects.visible_to(user=user)
    item = items.for_table().get(pk=plan_item.pk)
    last = items.with_waivers().filter(pk=item.previous_item).first()
    waivers = {waiver.part: waiver for waiver in update.waivers.select_related("reported_at__pillar")}
    waivers_before = last.progress.waivers_by_part if last else {}
    marks = request.GET.get("verschillen") != "0"
    place = _place(request, update)
    toggled = request.GET.copy()
    toggled["verschillen"] = int(not marks)
    steps = [step for step in STEPS if not update.why_not(step.verb.name, user=user)]
    why_not = {verb: update.why_not(verb, user=user) for verb in ("save", "approve", "set_colour")}
    context = {
        "update": update,
        "item": item,
        "round": plan_item.round,
        "last": last,
        "marks": marks,
        "toggle_url": _url(update.pk, toggled),
        "texts": [
            (part, before, waivers_before.get(part), now, waivers.get(part))
            for part in TEXTS
            for before, now in [_texts(update, last, part, marks)]
        ],
        "figures_waiver": waivers.get(Part.FIGURES),
        "tables": grid.tables(plan_item, user=user),
        "initiators": plan_item.initiators.select_related("organisation"),
        "funding": plan_item.funding.all(),
        "contacts": plan_item.contacts.prefetch_related("organisations"),
        "proposals": OutputIndicator.objects.proposed_for(plan_item),
        "events": update.events.visible_to(user=user).select_related("by").reverse(),
        "notes": update.notes.visible_to(user=user).select_related("by"),
        "why_no_note": update.why_not_note(user=user),
        "place": place,
        "query": _with_query("", place.query),
        "why_not": why_not,
        "steps": steps,
        "colour_form": _colour_form(update, refusal),
        "refusal": refusal,
        "lost": refusal and refusal.reason and not refusal.has_field(steps, not why_not["set_colour"]),
    }
    return render(request, "interventions/review/update.html", context, status=409 if refusal else 200)


def _texts(update, last, part, marks):
    """Last year's text and this year's, in which what changed is marked."""
    now, before = getattr(update, part), getattr(last, f"seen_{part}", "")
    return before, marked_differences(before, now) if marks and before and now else now


def _colour_form(update, refusal):
    if refusal and refusal.verb == workflow.SET_COLOUR.name:
        return ColourForm(initial={"colour": refusal.colour, "reason": refusal.reason})
    return ColourForm(initial={"colour": update.colour, "reason": update.colour_reason})


def _decide(request, pk, verb, done, form_class=ReasonForm):
    """Do `verb` with what was sent along. When it is refused, nothing changes and what had been typed is kept."""
    update = _update(request, pk)
    place = _place(request, update)
    form = form_class(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_json())
    try:
        getattr(update, verb.name)(by=request.user, **form.cleaned_data)
    except Refused as refused:
        typed = {name: form.cleaned_data.get(name, "") for name in ("reason", "colour")}
        return _page(request, _update(request, pk), refusal=Refusal(verb.name, str(refused), **typed))
    messages.success(request, f"{update.plan_item}: {done}")
    if GO_ON in request.POST and place.next:
        return redirect(place.next_url)
    if place.next:
        place.query[NEXT] = place.next
    return redirect(_url(pk, place.query))


@only("is_bureau")
@posted_from("interventions:review", "pk")
def approve(request, pk):
    return _decide(request, pk, workflow.APPROVE, "goedgekeurd.", VerbForm)


@only("is_bureau")
@posted_from("interventions:review", "pk")
def return_with_question(request, pk):
    return _decide(request, pk, workflow.RETURN, "teruggestuurd met uw vraag.")


@only("is_bureau")
@posted_from("interventions:review", "pk")
def reopen(request, pk):
    return _decide(request, pk, workflow.REOPEN, "heropend.")


@only("is_bureau")
@posted_from("interventions:review", "pk")
def record_no_report(request, pk):
    return _decide(request, pk, workflow.NO_REPORT, "vastgelegd dat er geen opgave is ontvangen.")


@only("is_bureau")
@posted_from("interventions:review", "pk")
def drop(request, pk):
    return _decide(request, pk, workflow.DROP, "vervallen.")


@only("is_bureau")
@posted_from("interventions:review", "pk")
def set_colour(request, pk):
    done = "kleur vastgelegd. Alleen het programmabureau ziet haar, tot u de kleuren van de pijler vrijgeeft."
    return _decide(request, pk, workflow.SET_COLOUR, done, ColourForm)


@only("is_bureau")
@posted_from("interventions:review", "pk")
def add_note(request, pk):
    try:
        _update(request, pk).add_note(request.POST.get("text", ""), by=request.user)
        messages.success(request, "De notitie is bewaard. Alleen het programmabureau leest haar.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_url(pk, request.GET) + "#notities")


# Proposed indicators


def _decide_on_indicator(request, pk, verb, done):
    current = ReportingRound.objects.current()
    indicator = get_object_or_404(OutputIndicator.objects.filled_in_during(current), pk=pk)
    try:
        verb(indicator, by=request.user)
        messages.success(request, f"De indicator '{indicator.name}' is {done}.")
        if indicator.status == OutputIndicator.Status.ACTIVE and not indicator.is_asked_in(current):
            later = "De voortgang is al ingediend: stuur haar terug, dan kan de partner dit cijfer invullen."
            messages.info(request, later)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(_url(indicator.update, request.GET) + "#indicatoren")


@only("is_bureau")
@posted_from("interventions:queue")
def accept_indicator(request, pk):
    return _decide_on_indicator(request, pk, OutputIndicator.accept, "overgenomen")


@only("is_bureau")
@posted_from("interventions:queue")
def refuse_indicator(request, pk):
    return _decide_on_indicator(request, pk, OutputIndicator.refuse, "niet overgenomen")


# The colours of a pijler


@dataclass(frozen=True)
class PillarColours:
    """How far the colours of one pijler are (None: Organisatie en financiën)."""

    pillar: Pillar | None
    total: int
    coloured: int
    released: int
    dropped: int
    version: int

    @property
    def key(self):
        """What stands for it in a URL or form."""
        return pillar_key(self.pillar)

    def __str__(self):
        return str(self.pillar or WITHOUT_PILLAR)

    @property
    def to_release(self):
        return self.coloured - self.released

    @property
    def without(self):
        return self.total - self.coloured - self.dropped


def _pillar_colours(reporting_round):
    numbers = {pillar: rest for pillar, *rest in PlanItem.objects.in_round(reporting_round).count_colours()}
    pillars = [*Pillar.objects.all(), None]
    return [PillarColours(pillar, *numbers[key]) for pillar in pillars if (key := pillar and pillar.pk) in numbers]


@only("sees_everything")
@require_safe
def colours(request, year):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    pillars = _pillar_colours(reporting_round)
    mine = set(PillarAssignment.objects.pillars_of(request.user))
    wanted = request.GET.get("pijler")
    # What was asked for, otherwise my own, otherwise the first.
    chosen = min(pillars, key=lambda one: (one.key != wanted, one.pillar not in mine), default=None)
    context = {
        "round": reporting_round,
        "pillars": pillars,
        "chosen": chosen,
        "items": chosen and _colours_of(reporting_round, chosen.pillar, request.user),
        "events": reporting_round.events.select_related("by", "pillar").reverse(),
        "why_not": reporting_round.why_not_show_colours(user=request.user),
    }
    return render(request, "interventions/review/colours.html", context)


def _colours_of(reporting_round, pillar, user):
    items = PlanItem.objects.in_round(reporting_round).of_pillar(pillar)
    return items.visible_to(user=user).for_table().select_related("round").without_texts().in_printed_order()


def _show_colours(request, year, show, done):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    key = request.POST.get("pijler")
    chosen = next((one for one in _pillar_colours(reporting_round) if one.key == key), None)
    if chosen is None:
        raise Http404
    try:
        changed = show(reporting_round, pillar=chosen.pillar, by=request.user)
        colours = "kleur" if changed == 1 else "kleuren"
        if changed:
            messages.success(request, f"{chosen}: {changed} {colours} {done}")
        else:
            messages.info(request, f"{chosen}: dat was al zo; er is niets veranderd.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('interventions:colours', args=[year])}?{urlencode({'pijler': key})}")


@only("is_bureau")
@posted_from("interventions:colours", "year")
def release_colours(request, year):
    form = VerbForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_json())
    return _show_colours(request, year, partial(ReportingRound.release_colours, **form.cleaned_data), "vrijgegeven.")


@only("is_bureau")
@posted_from("interventions:colours", "year")
def withdraw_colours(request, year):
    return _show_colours(request, year, ReportingRound.withdraw_colours, "ingetrokken.")
