"""The rooms of a partner: what is still to do, and the page on which one interventie is filled in."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import posted_from
from interventions import grid
from interventions.forms.partner import IndicatorForm, ProgressForm
from interventions.forms.review import VerbForm
from interventions.models import OutputIndicator, PlanItem, ProgressUpdate, ReportingRound
from interventions.workbooks import workbook_response
from interventions.workflow import HANDED_IN, SAVE, WITHDRAW, Conflict, Refused

INCOMPLETE = "ontbreekt"  # in the query string: list what keeps it from being submitted


def _work(user):
    """The current round, and what the organisations of an invuller report in it."""
    if not user.is_invuller:
        raise PermissionDenied
    reporting_round = ReportingRound.objects.current()
    return reporting_round, PlanItem.objects.in_round(reporting_round).visible_to(user=user).waiting_for(user=user)


def mine(request):
    reporting_round, items = _work(request.user)
    today = timezone.localdate()
    items = list(items.for_table().without_texts().select_related("round"))
    context = {
        "round": reporting_round,
        "days_left": reporting_round and reporting_round.days_left(today=today),
        "late": reporting_round and reporting_round.is_late(today=today),
        "groups": [
            ("Uw interventies", [item for item in items if item.is_contact]),
            ("Andere interventies van uw organisatie", [item for item in items if not item.is_contact]),
        ],
        "may_write": any(item.progress.partner_may_write for item in items),
        "done": sum(item.progress.state in HANDED_IN for item in items),
        "total": len(items),
    }
    return render(request, "interventions/partner/mine.html", context)


def mine_workbook(request):
    reporting_round, items = _work(request.user)
    if reporting_round is None:
        raise Http404
    return workbook_response(
        items=items, reporting_round=reporting_round, user=request.user, selection="Mijn interventies"
    )


def _update(request, pk):
    """The voortgang of the URL, when it is of this user or of the bureau; for writers alone."""
    if not (request.user.is_invuller or request.user.is_bureau):
        raise PermissionDenied
    return get_object_or_404(ProgressUpdate.objects.editable_by(user=request.user).for_page(), pk=pk)


def fill_in(request, pk):
    """The page of one voortgang: to fill in, or to read when it cannot be written now."""
    update = _update(request, pk)
    if request.method != "POST":
        return _page(request, update, ProgressForm(update=update))
    form = ProgressForm(request.POST, update=update)
    return _save(request, update, form) or redirect("interventions:fill_in", pk=pk)


@posted_from("interventions:fill_in", "pk")
def submit(request, pk):
    """Save what was sent along, and hand it in when nothing is missing."""
    update = _update(request, pk)
    form = ProgressForm(request.POST, update=update)
    if (not_saved := _save(request, update, form, submitting=True)) is not None:
        return not_saved
    url = reverse("interventions:fill_in", args=[pk])
    if update.missing():
        return redirect(f"{url}?{INCOMPLETE}=1")
    try:
        update.submit(by=request.user, version=update.version)
        messages.success(request, "Ingediend. Het programmabureau beoordeelt nu deze voortgang.")
    except Refused as refused:
        messages.warning(request, f"Uw concept is opgeslagen, maar niet ingediend. {refused}")
    return redirect(url)


def _save(request, update, form, *, submitting=False):
    """Keep what was sent. Returns the page when something could not be kept, with all that was typed still on it."""
    if not form.has_version():
        raise BadRequest("Het formulier is niet volledig aangekomen.")
    try:
        changed = update.save_draft(form.content(), by=request.user, version=form.cleaned_data["version"])
    except Refused as refused:
        return _page(request, update, form, refused=refused)
    if form.errors:
        form.move_to_current_version()
        return _page(request, update, form, submitting=submitting)
    if not submitting:
        messages.success(request, "Uw concept is opgeslagen." if changed else "Er was niets gewijzigd.")
    return None


@posted_from("interventions:fill_in", "pk")
def withdraw(request, pk):
    update = _update(request, pk)
    form = VerbForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_json())
    try:
        update.withdraw(by=request.user, **form.cleaned_data)
        messages.success(request, "Ingetrokken. U kunt weer schrijven; dien daarna opnieuw in.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("interventions:fill_in", pk=pk)


def propose_indicator(request, pk):
    update = _update(request, pk)
    why_not = update.why_not(SAVE.name, user=request.user)
    form = IndicatorForm(request.POST or None)
    if form.is_valid():
        try:
            update.propose_indicator(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Voorgesteld. Het programmabureau beslist over deze indicator.")
            return redirect("interventions:fill_in", pk=pk)
    context = {"update": update, "form": form, "why_not": why_not}
    return render(request, "interventions/partner/propose_indicator.html", context)


def _page(request, update, form, *, refused=None, submitting=False):
    """The page of `update`. What was typed is on it, also when it could not be saved; 409 when others were first."""
    user = request.user
    items = PlanItem.objects.visible_to(user=user).for_reading()
    item = items.get(pk=update.plan_item_id)
    last = items.filter(pk=item.previous_item).first()
    why_locked = update.why_not(SAVE.name, user=user)
    if isinstance(refused, Conflict) and not why_locked:
        form.move_to_current_version()
    context = {
        "update": update,
        "item": item,
        "round": update.plan_item.round,
        "days_left": update.plan_item.round.days_left(today=timezone.localdate()),
        "last": last,
        "last_waivers": last.progress.waivers_by_part if last and last.text_seen else {},
        "tables": grid.tables(update.plan_item, user=user),
        "events": update.events.visible_to(user=user).select_related("by").reverse(),
        "proposals": OutputIndicator.objects.not_in_use_at(update.plan_item),
        "form": form,
        "media": form.media.with_nonce(request.csp_nonce),
        "why_locked": why_locked,
        "may_withdraw": not update.why_not(WITHDRAW.name, user=user),
        "missing": update.missing() if INCOMPLETE in request.GET else [],
        "refused": refused,
        "submitting": submitting,
        "latest": refused and update.revisions.select_related("by").last(),
    }
    template = "interventions/partner/read.html" if why_locked else "interventions/partner/fill_in.html"
    return render(request, template, context, status=409 if refused else 200)
