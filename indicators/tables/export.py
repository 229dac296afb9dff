"""Tables as a workbook and as a CSV file: numbers as numbers, text as text, whatever it looks like."""

import csv
from io import BytesIO, StringIO

from backoffice.workbooks.book import Book, points
from backoffice.workbooks.files import download
from backoffice.workbooks.text import lines_needed, plain_lines
from indicators.figures import round_half_up
from programme.numbers import format_number

NAME_PIXELS, NUMBER_PIXELS, TEXT_PIXELS, REMARK_PIXELS = 240, 80, 110, 260
CSV_TYPE = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook_response(tables):
    """All panels of `tables` as a download."""
    file = BytesIO()
    book = Book(file, title=tables.title, subject=tables.selection or tables.title, selection=tables.selection)
    for name, panels in by_sheet(tables.panels):
        write_sheet(book, name, panels)
    book.workbook.close()
    return download(file, f"{tables.file_name}.xlsx")


def by_sheet(panels):
    """The panels with the name of the sheet that they stand on: lists stand under the panel that they belong to."""
    sheets = {}
    for panel in panels:
        sheets.setdefault(panel.sheet, (panel.title, []))[1].append(panel)
    return list(sheets.values())


def write_sheet(book, name, panels):
    """A sheet with `panels` beneath each other, each with its title, sentences, table and notes."""
    widths = _widths(panels)
    sheet = book.add_sheet(name, columns=[("", pixels) for pixels in widths], headings=False)
    row = 0
    for panel in panels:
        head, row = _write_panel(book, sheet, row, panel, widths)
        row += 2
    if len(panels) == 1:  # its titles stay in view and on every printed page
        sheet.freeze_panes(head + 1, 1)
        sheet.repeat_rows(head - bool(panels[0].groups), head)
    else:
        sheet.freeze_panes(0, 1)
    sheet.repeat_columns(0)
    return sheet


def _widths(panels):
    widths = [NAME_PIXELS]
    for panel in panels:
        for place, column in enumerate(panel.columns, 1):
            wanted = NUMBER_PIXELS if column.numeric else TEXT_PIXELS
            widths[place : place + 1] = [max([wanted, *widths[place : place + 1]])]
    return [*widths, REMARK_PIXELS] if any(panel.has_remarks for panel in panels) else widths


def _write_panel(book, sheet, row, panel, widths):
    """Write a panel from `row` on; returns the row of its titles, and the last one."""
    book.write(sheet, row, 0, panel.title, "subtitle")
    sheet.set_row(row, 20)
    columns = [("", pixels) for pixels in widths]
    for text in panel.sentences:
        row += 1
        book.write_across(sheet, row, 0, text, columns)
    row += 1
    last = len(panel.columns) + 1
    if panel.groups:
        book.write(sheet, row, 0, "", "heading")
        place = 1
        for title, width in panel.groups:
            if width > 1:
                sheet.merge_range(row, place, row, place + width - 1, "", book.formats["heading"])
            book.write(sheet, row, place, title, "heading")
            place += width
        row += 1
    titles = [panel.head, *(column.title for column in panel.columns), *["Opmerkingen"] * panel.has_remarks]
    places = [*range(len(panel.columns) + 1), *[len(widths) - 1] * panel.has_remarks]
    for place, title in zip(places, titles, strict=True):
        numeric = 0 < place < last and panel.columns[place - 1].numeric
        book.write(sheet, row, place, title, "heading of numbers" if numeric else "heading")
    sheet.set_row(row, points(max(_height(title, widths[place]) for place, title in zip(places, titles, strict=True))))
    head = row
    for section in panel.sections:
        if section.title:
            row += 1
            for place in range(last):
                book.write(sheet, row, place, section.title if not place else "", "theme 1")
        for one in section.rows:
            row += 1
            _write_row(book, sheet, row, one, widths, remarks=panel.has_remarks)
    for text in panel.notes:
        row += 1
        book.write_across(sheet, row, 0, text, columns)
    return head, row


def _write_row(book, sheet, row, one, widths, *, remarks):
    look = "total" if one.total or one.emphasised else "cell"
    book.write(sheet, row, 0, one.full_title, look)
    for place, cell in enumerate(one.cells, 1):
        if cell.value is None:
            book.write(sheet, row, place, cell.shown, look)
        else:
            book.write_number(sheet, row, place, cell.value, decimals=cell.decimals, form=cell.form, look=look)
    if remarks:
        book.write(sheet, row, len(widths) - 1, one.remarks)
    needed = [(one.full_title, widths[0]), (one.remarks, widths[-1])]
    needed += [(cell.shown, widths[place]) for place, cell in enumerate(one.cells, 1) if cell.value is None]
    sheet.set_row(row, points(max(_height(text, pixels) for text, pixels in needed)))


def _height(text, pixels):
    return max(1, lines_needed(plain_lines(text), pixels=pixels))


# CSV


def csv_response(tables, panel):
    """One panel as a download that Excel in Dutch opens by itself: semicolons, decimal commas, UTF-8 with a mark."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_safe(value) for value in row] for row in _flat(panel))
    name = tables.file_name if len(tables.panels) == 1 else f"{tables.file_name}-{panel.key}"
    return download(BytesIO(text.getvalue().encode("utf-8-sig")), f"{name}.csv", content_type=CSV_TYPE)


def _flat(panel):
    """The rows of a panel with everything in columns: its headings too."""
    groups, remarks = panel.has_groups, panel.has_remarks
    yield [
        *[panel.section_head] * groups,
        panel.head,
        *(column.full_title for column in panel.columns),
        *["Opmerkingen"] * remarks,
    ]
    for section in panel.sections:
        for row in section.rows:
            cells = [cell.shown if cell.value is None else _Number(cell) for cell in row.cells]
            yield [*[row.group or section.title] * groups, row.title, *cells, *[row.remarks] * remarks]


class _Number(str):
    """A number as a CSV file holds it: it may begin with a minus."""

    def __new__(cls, cell):
        return super().__new__(cls, format_number(round_half_up(cell.value, cell.decimals), grouped=False))


def _safe(value):
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if not isinstance(value, _Number) and value.startswith(_FORMULA) else value
