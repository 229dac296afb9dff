"""The beheerder takes a workbook over in a round: choose a file, see what it changes, then all or nothing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from interventions.forms.workbooks import UploadForm
from interventions.models import ReportingRound
from interventions.workbooks import editable_response
from interventions.workbooks.importing import look_at, take_over
from interventions.workflow import Refused
from workbooks import waiting
from workbooks.taking_over import ALREADY_THERE, Outdated

PER_PAGE = 50
WHERE_TO_ADD = {
    "pijler": "admin:programme_pillar_add",
    "thema": "admin:programme_theme_add",
    "financiering": "admin:interventions_funding_add",
    "organisatie": "accounts:add_organisation",
    "gebied": "admin:programme_area_add",
    "periode": "admin:programme_period_add",
    "indicator": "interventions:plan",
}


def _page_of(year):
    """The page on which a workbook for the round of `year` waits."""
    return reverse("interventions:import_workbook", args=[year])


@only("is_beheerder")
def import_workbook(request, year):
    """Choose a file; when one was chosen and can be taken, what it would change."""
    reporting_round = get_object_or_404(ReportingRound, year=year)
    if request.method == "POST":
        return _look_at_upload(request, reporting_round)
    if chosen := waiting.waiting_for(request.session, for_page=_page_of(year)):
        return _show(request, reporting_round, chosen)
    return _page(request, reporting_round)


def _look_at_upload(request, reporting_round):
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, reporting_round, form=form)
    file, allow_new = form.cleaned_data["file"], form.cleaned_data["allow_new"]
    waiting.discard(request.session)
    try:
        preview = look_at(file, reporting_round=reporting_round, by=request.user, allow_new=allow_new)
    except Refused as refused:
        return _page(
            request, reporting_round, form=UploadForm(initial=form.cleaned_data), refused=refused, name=file.name
        )
    if preview.changes:
        waiting.keep(request.session, file, for_page=_page_of(reporting_round.year), allow_new=allow_new)
    else:
        messages.info(request, f"{file.name}: {preview.summary}")
    return redirect("interventions:import_workbook", year=reporting_round.year)


def _show(request, reporting_round, chosen, *, outdated=None):
    """What the file that waits would change now."""
    try:
        with chosen.open() as file:
            preview = look_at(file, reporting_round=reporting_round, by=request.user, **chosen.options)
    except Refused as refused:
        return _page(request, reporting_round, refused=refused, name=chosen.file_name)
    if not preview.changes:
        waiting.discard(request.session)
        messages.info(request, f"{chosen.file_name}: {ALREADY_THERE}")
        return redirect("interventions:import_workbook", year=reporting_round.year)
    context = {
        "round": reporting_round,
        "chosen": chosen,
        "preview": preview,
        "page": Paginator(preview.changes, PER_PAGE).get_page(request.GET.get("page")),
        "outdated": outdated,
    }
    return render(request, "interventions/workbooks/preview.html", context, status=409 if outdated else 200)


def _page(request, reporting_round, *, form=None, refused=None, name=""):
    is_first = not reporting_round.plan_items.exists()
    context = {
        "round": reporting_round,
        "why_not": reporting_round.why_not_change_plan(user=request.user),
        "form": form or UploadForm(initial={"allow_new": is_first}),
        "refused": refused,
        "unknown": [(what, names, WHERE_TO_ADD[what]) for what, names in getattr(refused, "unknown", {}).items()],
        "name": name,
        "logs": reporting_round.imports.select_related("by"),
    }
    return render(request, "interventions/workbooks/import.html", context, status=409 if refused else 200)


@only("is_beheerder")
@posted_from("interventions:import_workbook", "year")
def take_over_workbook(request, year):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    chosen = waiting.waiting_for(request.session, for_page=_page_of(year))
    if chosen is None:
        messages.error(request, "Er staat geen werkblad meer klaar. Kies het opnieuw.")
        return redirect("interventions:import_workbook", year=year)
    try:
        with chosen.open() as file:
            preview = take_over(
                file,
                reporting_round=reporting_round,
                by=request.user,
                file_name=chosen.file_name,
                **chosen.options,
                shown=request.POST.get("shown", ""),
            )
    except Outdated as outdated:
        return _show(request, reporting_round, chosen, outdated=outdated)
    except Refused as refused:
        return _page(request, reporting_round, refused=refused, name=chosen.file_name)
    waiting.discard(request.session)
    messages.success(request, f"{chosen.file_name} is overgenomen: {preview.summary}")
    return redirect("interventions:import_workbook", year=year)


@only("is_beheerder")
@posted_from("interventions:import_workbook", "year")
def discard_workbook(request, year):
    waiting.discard(request.session)
    return redirect("interventions:import_workbook", year=year)


@only("is_beheerder")
@require_safe
def editable_workbook(request, year):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    try:
        return editable_response(reporting_round=reporting_round, user=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("interventions:import_workbook", year=year)
