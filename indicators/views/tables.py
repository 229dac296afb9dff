"""The tables of the effectrapportage, and the wijken: read, sorted, and taken along as a file."""

from io import BytesIO

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backoffice.workbooks.files import download
from indicators.areas import surroundings, with_a_page
from indicators.models import Table
from indicators.reports import of_year, readable_by
from indicators.tables.choices import TableForm
from indicators.tables.export import csv_response, workbook_response
from indicators.tables.one_area import of_area
from indicators.tables.report import write_report
from indicators.tables.tiles import TileForm, as_tables, tile_map


@require_safe
def table(request, code):
    table = get_object_or_404(Table, code=code)
    form = TableForm(chosen_of(request), table=table)
    return answer(request, form.tables(), "indicators/tables/table.html", {"table": table, "form": form})


@require_safe
def areas(request):
    """The wijken as tiles of a map, and as a table."""
    form = TileForm(chosen_of(request))
    indicator, period = form.indicator, form.period
    if period is None:
        return render(request, "indicators/areas.html", {"form": form})
    context = {
        "form": form,
        "indicator": indicator,
        "period": period,
        "map": tile_map(form.figures, indicator, period),
    }
    return answer(request, as_tables(form.figures, indicator, period), "indicators/areas.html", context)


@require_safe
def area(request, pk):
    """All there is about one wijk or gebied."""
    area = get_object_or_404(with_a_page(), pk=pk)
    context = {"area": area, "surroundings": surroundings(area)}
    return answer(request, of_area(area), "indicators/area.html", context)


@require_safe
def report(request, year):
    """The effectrapportage over `year` as one workbook."""
    found = of_year(readable_by(request.user), year)
    if found is None:
        raise Http404(f"Er is geen rapport over '{year}'.")
    file = BytesIO()
    write_report(file, found)
    return download(file, f"effectrapportage-{year}.xlsx")


def answer(request, tables, template, context):
    """The Tables as a page, or as the file that the URL asks for: ?als=xlsx, or ?als=csv&tabel=… for one of them."""
    sort = request.GET.get("sort", "")
    tables = tables.sort(sort)
    match request.GET.get("als"):
        case "xlsx":
            return workbook_response(tables)
        case "csv":
            if (panel := tables.panel(request.GET.get("tabel", ""))) is None:
                raise Http404
            return csv_response(tables, panel)
    return render(request, template, {"tables": tables, "sort": sort, **context})


def chosen_of(request):
    """What of the URL is a choice in a form: not how it is sorted, nor as what it is asked for."""
    return {name: value for name, value in request.GET.items() if name not in ("sort", "als", "tabel")}
