"""Sheets that go out so that they can be changed and read in again."""

from decimal import Decimal
from itertools import zip_longest

from accounts.refusals import Refused
from backoffice.workbooks.book import Book, points
from programme.numbers import format_number

from .reading import MOST_CHARACTERS

_DIGITS = 15  # that Excel keeps of a number
_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))


class EditableBook(Book):
    """Every character is written, also what a workbook can only hold in code; `reading` gives it back."""

    # Row by row, so that texts stand in the cells themselves: openpyxl changes some in the table that cells share.
    options = {"constant_memory": True}

    @staticmethod
    def clean(text):
        return text.translate(_NOT_IN_XML)

    def add_rows(self, resource, rows, *, pixels, lines=1):
        """The sheet of a SheetResource with `rows`; `pixels` is how wide each column is, `lines` how tall a row.

        Raises Refused when a text does not fit in a cell.
        """
        columns = list(zip(resource.layout.columns, pixels, strict=True))
        dataset = resource.export(queryset=rows)
        sheet = self.add_sheet(resource.layout.name, columns=columns)
        for row, cells in enumerate(dataset, 1):
            sheet.set_row(row, points(lines))
            for column, value in enumerate(cells):
                self.write(sheet, row, column, _cell(value, f"{resource.layout.name}, rij {row + 1}"))
        sheet.autofilter(0, 0, max(len(dataset), 1), len(columns) - 1)

    def add_lists(self, name, lists, *, pixels):
        """The sheet `name` with `lists`, by the title of its column: to look up what a cell may say."""
        sheet = self.add_sheet(name, columns=[(title, pixels) for title in lists])
        for row, cells in enumerate(zip_longest(*lists.values()), 1):
            for column, value in enumerate(cells):
                self.write(sheet, row, column, value)


def _cell(value, place):
    """What goes in a cell: numbers as numbers, unless Excel would round them."""
    if isinstance(value, Decimal) and Decimal(f"{value:.{_DIGITS}g}") != value:
        return format_number(value, grouped=False)
    if isinstance(value, str) and len(value.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
        raise Refused(f"Blad {place}: een tekst is te lang voor een cel van Excel. Kort de tekst in.")
    return value
