"""The bureau enters what was measured: a grid per pijler or table and year. And what became of a figure."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only
from accounts.history import WayIn
from accounts.refusals import Refused
from indicators.forms import ChooseForm, GridForm, MoreForm
from indicators.grid import Grid, sheet_of, sheets
from indicators.models import Indicator, MeasurementEvent
from indicators.recording import EARLIEST, record

PER_PAGE = 100


@only("is_bureau")
@require_safe
def choose(request):
    today = timezone.localdate()
    found = sheets()
    form = ChooseForm(request.GET or None, sheets=found, today=today, initial={"jaar": today.year - 1})
    if form.is_valid():
        return redirect("indicators:enter", sheet=form.cleaned_data["wat"], year=form.cleaned_data["jaar"])
    return render(request, "indicators/entering/choose.html", {"form": form, "sheets": found})


@only("is_bureau")
def enter(request, sheet, year):
    """The grid of a pijler or a table, to fill in. All that was typed is taken, or nothing."""
    today = timezone.localdate()
    found = sheet_of(sheet)
    if found is None or not EARLIEST <= year <= today.year:
        raise Http404(f"Voor '{sheet}' is er in {year} niets in te voeren.")
    more = MoreForm(request.GET, sheet=found)
    chosen = more.chosen()
    if request.method != "POST":
        return _grid(request, GridForm(grid=Grid(found, year, **chosen), today=today), more)
    form = GridForm(request.POST, grid=Grid(found, year, **chosen), today=today)
    if form.is_valid():
        try:
            _record(request, form)
        except Refused:
            # Somebody was first, after this form was looked at: the grid of now says where.
            form = GridForm(request.POST, grid=Grid(found, year, **chosen), today=today)
            form.is_valid()
        else:
            return redirect(request.get_full_path())
    form.move_to_current_versions()
    return _grid(request, form, more)


def _record(request, form):
    look = record(
        form.entries,
        by=request.user,
        way_in=WayIn.FORM,
        today=form.today,
        reason=form.cleaned_data["reason"],
    )
    number = len(look.changes)
    said = {0: "Er was niets gewijzigd.", 1: "1 cijfer opgeslagen."}
    messages.success(request, said.get(number, f"{number} cijfers opgeslagen."))


def _grid(request, form, more):
    grid = form.grid
    context = {
        "grid": grid,
        "form": form,
        "more": more,
        "groups": [(line, [_row(form, *row) for row in rows]) for line, rows in grid.groups],
        "conflict": "Iemand anders heeft intussen cijfers gewijzigd." if form.conflicts else "",
    }
    return render(request, "indicators/entering/grid.html", context, status=409 if form.conflicts else 200)


def _row(form, head, cells):
    """A row of the grid, each of its cells with its column and its fields."""
    return head, [(column, cell, form.fields_of(cell)) for column, cell in zip(form.grid.columns, cells, strict=True)]


@only("sees_everything")
@require_safe
def history(request, code):
    """What became of the figures of an indicator: who changed what, when and why, the last first."""
    indicator = get_object_or_404(Indicator, code=code)
    page = Paginator(MeasurementEvent.objects.of(indicator), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "indicators/entering/history.html", {"indicator": indicator, "page": page})
