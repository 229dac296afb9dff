"""The effectrapportage as one workbook: the goals, a sheet per table as in print, and all measurements in one list."""

from dataclasses import replace

from backoffice.workbooks.book import Book
from indicators.figures import Figures, with_classes
from indicators.models import Indicator, Measurement, Table
from indicators.standing import standings

from . import build, goals, indicators_of
from .export import write_sheet

COLUMNS = (
    ("Code", 120),
    ("Indicator", 320),
    ("Eenheid", 80),
    ("Gebied", 150),
    ("Periode", 90),
    ("Bron", 180),
    ("Waarde", 100),
    ("In plaats van een waarde", 100),
    ("Teller", 90),
    ("Noemer", 90),
    ("Voorlopig", 75),
    ("Opmerking", 280),
)
MEASUREMENTS = "Metingen"
WHOLE = (
    "Op dit blad en op die van de tabellen staat alleen wat bij het rapport over {} hoort. Op het blad '{}' staan alle"
    " metingen die er zijn, ook die van later."
)


def write_report(file, report):
    """Write the effectrapportage of `report`, a ReportYear, to a path or binary file: with the Figures and Standings.

    Takes the same queries for more indicators. Returns how many measurements are in it.
    """
    year = report.year
    title = f"Effectrapportage NPRZ {report}"
    book = Book(file, title=title, subject=f"Doelen, indicatoren en tabellen over {year}")
    every = with_classes(Indicator.objects.select_related("division").prefetch_related("pillars"))
    figures = Figures(every, until=year)
    reported = [one for one in figures.indicators.values() if _is_in_goals(one, figures)]
    reported.sort(key=lambda one: (one.position, one.name))
    found = standings(reported, year=year, figures=figures)
    panel = goals.panel(found, figures, year=year)
    write_sheet(book, panel.title, [replace(panel, notes=(*panel.notes, WHOLE.format(year, MEASUREMENTS)))])
    for table in Table.objects.all():
        panels = build(table, indicators=indicators_of(table), figures=figures).panels
        if panels:
            write_sheet(book, table.name, panels)
    written = _write_measurements(book)
    book.workbook.close()
    return written


def _is_in_goals(indicator, figures):
    """Whether it stands in the table of goals: a goal, an indicator, or a general figure with a then and now."""
    if indicator.kind != Indicator.Kind.FIGURE:
        return True
    is_general = indicator.table and indicator.table.layout == Table.Layout.AREAS
    return is_general and len(figures.periods_about([indicator])) > 1


def _write_measurements(book):
    """The flat sheet: to filter, to count and to check with. It is whole, later years included; the first says so."""
    sheet = book.add_sheet(MEASUREMENTS, columns=COLUMNS)
    rows = Measurement.objects.select_related("indicator__scale", "area", "period", "source")
    row = 0
    for row, one in enumerate(rows.prefetch_related("indicator__scale__classes"), 1):
        indicator = one.indicator
        texts = (indicator.code, indicator.name, indicator.unit, one.area.name, str(one.period), one.source.name)
        for column, text in enumerate(texts):
            book.write(sheet, row, column, text)
        if one.number is None:
            book.write(sheet, row, 6, "")
        elif indicator.scale_id:
            book.write(sheet, row, 6, indicator.scale.name_of(one.number))
        else:
            book.write_number(sheet, row, 6, one.number, decimals=indicator.decimals)
        book.write(sheet, row, 7, one.get_code_display())
        book.write(sheet, row, 8, one.numerator)
        book.write(sheet, row, 9, one.denominator)
        book.write(sheet, row, 10, "ja" if one.provisional else "")
        book.write(sheet, row, 11, one.remark)
    sheet.autofilter(0, 0, row, len(COLUMNS) - 1)
    return row
