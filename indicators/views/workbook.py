"""The bureau takes the measurements along as a workbook, and in again: see what it changes, then all or nothing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from accounts.refusals import Refused
from indicators.forms import UploadForm
from indicators.importing import look_at, take_over, workbook_response
from indicators.models import MeasurementImport
from workbooks import waiting
from workbooks.taking_over import ALREADY_THERE, Outdated

PER_PAGE = 50
LATEST = 10  # of what was taken over; the rest is in the admin
WHERE_TO_ADD = {
    "indicator": "admin:indicators_indicator_add",
    "gebied": "admin:programme_area_add",
    "bron": "admin:indicators_source_add",
}


@only("is_bureau")
def import_workbook(request):
    """Choose a file; when one was chosen and can be taken, what it would change."""
    if request.method == "POST":
        return _look_at_upload(request)
    if chosen := _waiting(request):
        return _show(request, chosen)
    return _page(request)


def _waiting(request):
    return waiting.waiting_for(request.session, for_page=reverse("indicators:import_workbook"))


def _look_at_upload(request):
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form)
    file = form.cleaned_data["file"]
    waiting.discard(request.session)
    try:
        preview = look_at(file, by=request.user, today=timezone.localdate())
    except Refused as refused:
        return _page(request, refused=refused, name=file.name)
    if preview.changes:
        waiting.keep(request.session, file, for_page=reverse("indicators:import_workbook"))
    else:
        messages.info(request, f"{file.name}: {preview.summary}")
    return redirect("indicators:import_workbook")


def _show(request, chosen, *, outdated=None):
    """What the file that waits would change now."""
    try:
        with chosen.open() as file:
            preview = look_at(file, by=request.user, today=timezone.localdate())
    except Refused as refused:
        return _page(request, refused=refused, name=chosen.file_name)
    if not preview.changes:
        waiting.discard(request.session)
        messages.info(request, f"{chosen.file_name}: {ALREADY_THERE}")
        return redirect("indicators:import_workbook")
    context = {
        "chosen": chosen,
        "preview": preview,
        "page": Paginator(preview.changes, PER_PAGE).get_page(request.GET.get("page")),
        "outdated": outdated,
    }
    return render(request, "indicators/workbook/preview.html", context, status=409 if outdated else 200)


def _page(request, *, form=None, refused=None, name=""):
    # Adding is for the beheerder, so that the others are not sent to where they may not be.
    unknown = getattr(refused, "unknown", {}) if request.user.is_beheerder else {}
    context = {
        "form": form or UploadForm(),
        "refused": refused,
        "unknown": [(what, names, WHERE_TO_ADD[what]) for what, names in unknown.items()],
        "name": name,
        "logs": MeasurementImport.objects.select_related("by")[:LATEST],
    }
    return render(request, "indicators/workbook/import.html", context, status=409 if refused else 200)


@only("is_bureau")
@posted_from("indicators:import_workbook")
def take_over_workbook(request):
    chosen = _waiting(request)
    if chosen is None:
        messages.error(request, "Er staat geen werkblad meer klaar. Kies het opnieuw.")
        return redirect("indicators:import_workbook")
    try:
        with chosen.open() as file:
            preview = take_over(
                file,
                by=request.user,
                today=timezone.localdate(),
                file_name=chosen.file_name,
                shown=request.POST.get("shown", ""),
            )
    except Outdated as outdated:
        return _show(request, chosen, outdated=outdated)
    except Refused as refused:
        return _page(request, refused=refused, name=chosen.file_name)
    waiting.discard(request.session)
    messages.success(request, f"{chosen.file_name} is overgenomen: {preview.summary}")
    return redirect("indicators:import_workbook")


@only("is_bureau")
@posted_from("indicators:import_workbook")
def discard_workbook(request):
    waiting.discard(request.session)
    return redirect("indicators:import_workbook")


@only("is_bureau")
@require_safe
def download_workbook(request):
    return workbook_response(today=timezone.localdate())
