"""Workbooks to try the import on: a good one, and parts of it replaced by what no program should write."""

import zipfile
from io import BytesIO

import xlsxwriter
from openpyxl import Workbook

from tests.synthetic import COLUMNS

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIGURE_COLUMNS = (
    *("Interventie", "Indicator", "Eenheid", "Gebied", "Periode", "Waarde", "Streefwaarde", "Voorlopig"),
    "Opmerking",
)


def workbook(rows=(), figures=None, *, columns=COLUMNS, figure_columns=FIGURE_COLUMNS, change=None):
    """The file of a workbook with these rows; `change(workbook)` may do more to it before it is saved."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Interventies"
    sheet.append(columns)
    for row in rows:
        sheet.append(list(row))
    if figures is not None:
        sheet = book.create_sheet("Cijfers")
        sheet.append(figure_columns)
        for row in figures:
            sheet.append(list(row))
    if change:
        change(book)
    file = BytesIO()
    book.save(file)
    return file


def parts_of(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def with_parts(**parts):
    """A good workbook with these parts in place of its own: `sheet`, `strings`, `styles`, or `others` by their name."""
    names = {"sheet": SHEET, "strings": STRINGS, "styles": STYLES}
    others = parts.pop("others", {})
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Interventies").write_string(0, 0, "x")
    return zipped(parts_of(file) | {names[name]: part for name, part in parts.items()} | others)


def sheet_xml(inside, before=""):
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{inside}</sheetData></worksheet>'.encode()


HEADER = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in COLUMNS)
CELL = "<c><v>1</v></c>"


def strings(inside):
    return f'<sst xmlns="{MAIN}">{inside}</sst>'.encode()


def styles(number):
    return f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * number}</cellXfs></styleSheet>'.encode()


def merged(place):
    cells = f'<mergeCells><mergeCell ref="{place}"/></mergeCells></worksheet>'.encode()
    return sheet_xml(f"<row>{HEADER}</row>").replace(b"</worksheet>", cells)


def lying():
    """A workbook with a part that says it is 16 bytes, and is 90 MB."""
    file = with_parts(strings=strings("<si><t>x</t></si>" * 5_000_000))
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo(STRINGS).file_size.to_bytes(4, "little")
    return BytesIO(file.getvalue().replace(size, b"\x10\0\0\0"))


# Files that are small and ask for much: how to make them, by what they do.
HOSTILE = {
    "unpacks to 190 MB": lambda: with_parts(strings=strings(f"<si><t>{'x' * 190_000_000}</t></si>")),
    "one string of 19 MB in many cells": lambda: with_parts(
        strings=strings(f"<si><t> {'x' * 19_000_000}é</t></si>"),
        sheet=sheet_xml("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"),
    ),
    "one string in every cell": lambda: with_parts(
        strings=strings(f"<si><t> {'x' * 30_000}é</t></si>"),
        sheet=sheet_xml(("<row>" + '<c t="s"><v>0</v></c>' * 12 + "</row>") * 2_001),
    ),
    "a million strings": lambda: with_parts(strings=strings("<si><t/></si>" * 1_000_000)),
    "as many strings as may be": lambda: with_parts(strings=strings("<si><t>é</t></si>" * 240_000)),
    "as many styles as may be": lambda: with_parts(styles=styles(29_000)),
    "a million styles": lambda: with_parts(styles=styles(1_000_000)),
    "as many cells as may be": lambda: with_parts(
        sheet=sheet_xml(f"<row>{HEADER}</row>" + f"<row>{CELL * 50}</row>" * 4_800)
    ),
    "a million cells": lambda: with_parts(sheet=sheet_xml(f"<row>{CELL * 100}</row>" * 10_000)),
    "a huge dimension": lambda: with_parts(sheet=sheet_xml(f"<row>{HEADER}</row>", '<dimension ref="A1:XFD1048576"/>')),
    "one cell in the last corner": lambda: with_parts(
        sheet=sheet_xml(f'<row r="1">{HEADER}</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    ),
    "a row beyond the last": lambda: with_parts(sheet=sheet_xml('<row r="99999999999"><c><v>1</v></c></row>')),
    "all cells merged": lambda: with_parts(sheet=merged("A1:XFD1048576")),
    "hundreds of sheets": lambda: with_parts(
        others={f"xl/worksheets/sheet{number}.xml": sheet_xml("") for number in range(2, 900)}
    ),
    "thousands of parts": lambda: zipped({f"{number}": b"" for number in range(90_000)}, zipfile.ZIP_STORED),
    "a part that lies about its size": lying,
    "a workbook in a workbook": lambda: with_parts(others={"xl/media/a.xlsx": with_parts().getvalue()}),
}
