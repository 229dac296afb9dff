"""The 'bewerkbaar bestand': a round in the columns in which it can be changed and read in again."""

from decimal import Decimal

from backoffice.workbooks.book import Book, points
from interventions.models import Demonstration
from interventions.workflow import Refused
from programme.numbers import format_number

from .figures_sheet import FiguresResource
from .plan_sheet import PlanResource
from .reading import MOST_CHARACTERS

_DIGITS = 15  # that Excel keeps of a number
_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))
PLAN_PIXELS = (50, 120, 65, 220, 240, 180, 130, 260, 360, 360, 200, 70)
FIGURES_PIXELS = (90, 320, 90, 130, 75, 90, 95, 75, 280)


class EditableBook(Book):
    """Every character is written, also what a workbook can only hold in code; `reading` gives it back."""

    # Row by row, so that texts stand in the cells themselves: openpyxl changes some in the table that cells share.
    options = {"constant_memory": True}

    @staticmethod
    def clean(text):
        return text.translate(_NOT_IN_XML)


def write_editable(file, *, reporting_round, user):
    """Write what `user` may see of a round to a path or binary file, so that `importing` takes it for no change.

    Takes a constant number of queries. Raises Refused when a text does not fit in a cell.
    """
    book = EditableBook(
        file,
        title=f"Voortgangsrapportage NPRZ {reporting_round.year}",
        subject="Alle interventies",
        notice=Demonstration.objects.notice(),
    )
    for resource, pixels, lines in ((PlanResource, PLAN_PIXELS, 3), (FiguresResource, FIGURES_PIXELS, 1)):
        resource = resource(reporting_round=reporting_round, user=user)
        dataset = resource.export(queryset=resource.get_queryset())
        columns = list(zip(resource.layout.columns, pixels, strict=True))
        sheet = book.add_sheet(resource.layout.name, columns=columns)
        for row, values in enumerate(dataset, 1):
            sheet.set_row(row, points(lines))
            for column, value in enumerate(values):
                book.write(sheet, row, column, _cell(value, f"{resource.layout.name}, rij {row + 1}"))
        sheet.autofilter(0, 0, max(len(dataset), 1), len(columns) - 1)
    book.workbook.close()


def _cell(value, place):
    """What goes in a cell: numbers as numbers, unless Excel would round them."""
    if isinstance(value, Decimal) and Decimal(f"{value:.{_DIGITS}g}") != value:
        return format_number(value, grouped=False)
    if isinstance(value, str) and len(value.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
        raise Refused(f"Blad {place}: een tekst is te lang voor een cel van Excel. Kort de tekst in.")
    return value
