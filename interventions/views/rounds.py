"""The rounds: to read for who sees everything, to make and move for the beheerder."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from interventions.comparison import compare
from interventions.forms.rounds import NewRoundForm, NoReportsForm, ScheduleForm
from interventions.models import PlanItem, ReportingRound
from interventions.preview import preview
from interventions.workflow import IN_PROGRESS, NO_REPORT, ROUND_VERBS, Conflict, Refused, RoundState, State


@dataclass(frozen=True)
class Step:
    """One thing a beheerder may do with a round: the verb, where it is posted and what it says about the result."""

    verb: str
    url_name: str
    help: str

    @property
    def label(self):
        return ROUND_VERBS[self.verb].label.capitalize()

    @property
    def needs(self):
        """What the reason is called, when it takes one."""
        return ROUND_VERBS[self.verb].needs.capitalize()


STEPS = (
    Step(
        "start_review",
        "interventions:start_review",
        "Partners kunnen daarna alleen nog schrijven bij wat is teruggestuurd. U kunt de ronde weer openzetten.",
    ),
    Step(
        "close",
        "interventions:close_round",
        "Daarna liggen de teksten, de cijfers en de kleuren vast. Heropenen kan alleen met een reden.",
    ),
    Step(
        "back_to_open",
        "interventions:back_to_open",
        "Partners kunnen daarna weer schrijven bij wat nog niet is ingediend, en intrekken wat wel is ingediend.",
    ),
    Step(
        "reopen",
        "interventions:reopen_round",
        "De ronde is daarna weer in beoordeling. De reden staat in de geschiedenis.",
    ),
)


@dataclass(frozen=True)
class Refusal:
    """A verb that was refused: its name, why, and what had been typed."""

    verb: str
    why: str
    reason: str = ""


def _round(year):
    return get_object_or_404(ReportingRound.objects.with_numbers(), year=year)


@only("sees_everything")
@require_safe
def rounds(request):
    return render(request, "interventions/rounds/rounds.html", {"rounds": ReportingRound.objects.with_numbers()})


@only("is_beheerder")
def new_round(request):
    latest = ReportingRound.objects.first()
    form = NewRoundForm(
        request.POST or None,
        initial={"year": latest and latest.year + 1},
        why_not_take_over=ReportingRound.objects.why_not_take_over(),
    )
    if form.is_valid():
        try:
            made = ReportingRound.objects.create_next(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"De ronde {made.year} is gemaakt.")
            return redirect("interventions:round", year=made.year)
    return render(request, "interventions/rounds/new.html", {"form": form, "latest": latest})


# One round


@only("sees_everything")
@require_safe
def one_round(request, year):
    return _page(request, _round(year))


def _page(request, reporting_round, *, refusal=None, no_reports=None):
    """The page of a round; after a refusal with why, and with what had been typed still in its field."""
    user = request.user
    items = PlanItem.objects.in_round(reporting_round)
    context = {
        "round": reporting_round,
        "days_left": reporting_round.days_left(today=timezone.localdate()),
        "late": reporting_round.is_late(today=timezone.localdate()),
        "states": _states(items),
        "unfinished": reporting_round.why_not_close() if reporting_round.in_progress else [],
        "why_not": {name: reporting_round.why_not(name, user=user) for name in ROUND_VERBS},
        "why_not_reschedule": reporting_round.why_not_reschedule(user=user),
        "why_not_renew_plan": reporting_round.why_not_renew_plan(user=user),
        "behind": reporting_round.is_behind(),
        "steps": [step for step in STEPS if not reporting_round.why_not(step.verb, user=user)],
        "no_reports": no_reports or _no_reports_form(reporting_round),
        "events": reporting_round.events.select_related("by", "pillar").reverse(),
        "others": ReportingRound.objects.exclude(pk=reporting_round.pk),
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    return render(request, "interventions/rounds/round.html", context, status=status)


def _states(items):
    """(state, how many of the numbered interventies are in it), in the order of the year."""
    numbers = dict.fromkeys(State, 0)
    for _, state, number in items.counting().count_states():
        if state:
            numbers[state] += number
    return numbers


def _no_reports_form(reporting_round, data=None):
    """The form in which the interventies of which nothing came can be chosen: none until the round is in review."""
    items = PlanItem.objects.none()
    if reporting_round.state in NO_REPORT.rounds:
        items = reporting_round.plan_items.waiting_for_partner().for_table().in_printed_order()
    return NoReportsForm(data, items=items)


def _move(request, year, verb, done):
    """Do `verb` with what was sent along; when it is refused, nothing changes and what had been typed is kept."""
    reporting_round, reason = _round(year), request.POST.get("reason", "")
    given = {"reason": reason} if ROUND_VERBS[verb].needs else {}
    try:
        getattr(reporting_round, verb)(by=request.user, **given)
    except Refused as refused:
        return _page(request, _round(year), refusal=Refusal(verb, str(refused), reason))
    messages.success(request, f"De ronde {year} is {done}.")
    return redirect("interventions:round", year=year)


@only("is_beheerder")
def open_round(request, year):
    """What opening will do and whom it will not reach; and then do it."""
    if request.method == "POST":
        return _move(request, year, "open", "geopend")
    reporting_round = _round(year)
    if reporting_round.state != RoundState.PLANNED:
        return redirect("interventions:round", year=year)
    context = {
        "round": reporting_round,
        "preview": preview(reporting_round),
        "why_not": reporting_round.why_not("open", user=request.user),
        "behind": reporting_round.is_behind(),
        "hidden_colours": PlanItem.objects.count_hidden_colours(),
        "early": reporting_round.opens_on and reporting_round.opens_on > timezone.localdate(),
    }
    return render(request, "interventions/rounds/open.html", context)


@only("is_beheerder")
@posted_from("interventions:round", "year")
def start_review(request, year):
    return _move(request, year, "start_review", "in beoordeling")


@only("is_beheerder")
@posted_from("interventions:round", "year")
def back_to_open(request, year):
    return _move(request, year, "back_to_open", "weer open")


@only("is_beheerder")
@posted_from("interventions:round", "year")
def close_round(request, year):
    return _move(request, year, "close", "afgesloten")


@only("is_beheerder")
@posted_from("interventions:round", "year")
def reopen_round(request, year):
    return _move(request, year, "reopen", "heropend")


@only("is_beheerder")
def reschedule(request, year):
    reporting_round = _round(year)
    form = ScheduleForm(request.POST or None, reporting_round=reporting_round)
    refused = None
    if form.is_valid():
        try:
            changed = reporting_round.reschedule(by=request.user, **form.cleaned_data)
        except Refused as why:
            refused = why
            form.add_error(None, str(why))
        else:
            what = "Het jaar is" if reporting_round.historical else "De datums zijn"
            messages.success(request, f"{what} gewijzigd." if changed else "Er was niets gewijzigd.")
            return redirect("interventions:round", year=reporting_round.year)
    if isinstance(refused, Conflict):
        form.move_to(reporting_round.version)
    context = {
        "round": reporting_round,
        "form": form,
        "why_not": reporting_round.why_not_reschedule(user=request.user),
        "conflict": isinstance(refused, Conflict),
    }
    return render(request, "interventions/rounds/reschedule.html", context, status=409 if refused else 200)


@only("is_beheerder")
def renew_plan(request, year):
    """What taking the plan of the round before over once more will do; and then do it."""
    reporting_round = _round(year)
    why_not = reporting_round.why_not_renew_plan(user=request.user)
    if request.method == "POST":
        try:
            renewal = reporting_round.renew_plan(by=request.user)
        except Refused as refused:
            why_not = str(refused)
        else:
            messages.success(request, str(renewal) if renewal else "Er was niets gewijzigd.")
            return redirect("interventions:round", year=year)
    context = {
        "round": reporting_round,
        "why_not": why_not,
        "renewal": None if reporting_round.why_not_renew_plan(user=request.user) else reporting_round.renewal(),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "interventions/rounds/renew_plan.html", context, status=status)


@only("is_bureau")
@posted_from("interventions:round", "year")
def record_no_reports(request, year):
    """'Geen opgave ontvangen' for all that were chosen, or for none."""
    reporting_round = _round(year)
    form = _no_reports_form(reporting_round, request.POST)
    if form.is_valid():
        versions, reason = form.cleaned_data["versions"], form.cleaned_data["reason"]
        try:
            number = reporting_round.record_no_report(versions, by=request.user, reason=reason)
        except Refused as refused:
            refusal = Refusal(NO_REPORT.name, str(refused), reason)
            return _page(request, _round(year), refusal=refusal, no_reports=form)
        what = "1 interventie" if number == 1 else f"{number} interventies"
        messages.success(request, f"Van {what} is vastgelegd dat er geen opgave is ontvangen.")
        return redirect("interventions:round", year=year)
    return _page(request, reporting_round, no_reports=form)


@only("sees_everything")
@require_safe
def preview_round(request, year):
    """What each partner will get, or has got; of a round that is done there is nothing left to give."""
    reporting_round = _round(year)
    if reporting_round.state not in IN_PROGRESS | {RoundState.PLANNED}:
        messages.info(request, f"De ronde {year} is {reporting_round.get_state_display()}.")
        return redirect("interventions:round", year=year)
    context = {"round": reporting_round, "preview": preview(reporting_round)}
    return render(request, "interventions/rounds/preview.html", context)


@only("sees_everything")
@require_safe
def compare_rounds(request, year, other):
    """Two rounds beside each other, whichever comes first in the address."""
    pair = [get_object_or_404(ReportingRound, year=one) for one in sorted((year, other))]
    if year == other:
        messages.info(request, "Kies een andere ronde om mee te vergelijken.")
        return redirect("interventions:round", year=year)
    context = {"earlier": pair[0], "later": pair[1], "comparison": compare(*pair, user=request.user)}
    return render(request, "interventions/rounds/compare.html", context)
