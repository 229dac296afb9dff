"""The bureau enters what was measured: a grid per pijler or table and year. And what became of a figure."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only
from accounts.history import WayIn
from indicators.forms import ChooseForm, GridForm, MoreForm
from indicators.grid import Grid, sheet_of, sheets
from indicators.models import Indicator, MeasurementEvent
from indicators.recording import EARLIEST, Why, record_each
from indicators.reports import next_to_enter

PER_PAGE = 100


@only("is_bureau")
@require_safe
def choose(request):
    today = timezone.localdate()
    found = sheets()
    form = ChooseForm(request.GET or None, sheets=found, today=today, initial={"jaar": next_to_enter(today=today)})
    if form.is_valid():
        return redirect("indicators:enter", sheet=form.cleaned_data["wat"], year=form.cleaned_data["jaar"])
    return render(request, "indicators/entering/choose.html", {"form": form, "sheets": found})


@only("is_bureau")
def enter(request, sheet, year):
    """The grid of a pijler or a table, to fill in. What is right is taken; what is not stays typed in its cell."""
    today = timezone.localdate()
    found = sheet_of(sheet)
    if found is None or not EARLIEST <= year <= today.year:
        raise Http404(f"Voor '{sheet}' is er in {year} niets in te voeren.")
    more = MoreForm(request.GET, sheet=found)
    chosen = more.chosen()
    form = GridForm(request.POST if request.method == "POST" else None, grid=Grid(found, year, **chosen), today=today)
    saved = None
    if form.is_bound:
        number = _record(request, form)
        saved = {0: NOTHING_CHANGED, 1: "1 cijfer opgeslagen."}.get(number, f"{number} cijfers opgeslagen.")
        # As it is now: somebody else may have been first after this form was looked at.
        form = GridForm(request.POST, grid=Grid(found, year, **chosen), today=today)
        if form.is_valid():
            messages.success(request, saved)
            return redirect(request.get_full_path())
        form.move_to_current_versions()
    return _grid(request, form, more, saved)


NOTHING_CHANGED = "Er is niets gewijzigd."


def _record(request, form):
    """Write the cells that are right. Returns how many figures changed."""
    form.full_clean()
    look = record_each(form.entries, by=request.user, way_in=WayIn.FORM, today=form.today, reason=form.reason_given)
    return len(look.changes)


def _grid(request, form, more, saved):
    grid = form.grid
    context = {
        "grid": grid,
        "form": form,
        "more": more,
        "saved": saved,
        "groups": [(line, [_row(form, *row) for row in rows]) for line, rows in grid.groups],
    }
    return render(request, "indicators/entering/grid.html", context, status=409 if Why.CONFLICT in form.whys else 200)


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
