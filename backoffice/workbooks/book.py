"""A workbook in our looks: what every workbook that goes out has in common."""

import re
from decimal import Decimal

import xlsxwriter

from .text import FONT, FONT_POINTS, LINE_POINTS, PADDING_POINTS, Piece, clean, lines_needed, plain_lines

INK, SOFT = "#1A2B30", "#4D5F65"
_FONT = {"font_name": FONT, "font_size": FONT_POINTS, "font_color": INK}
CELL = _FONT | {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#C9D3D6"}
_HEADING = CELL | {"bold": True, "font_color": "#FFFFFF", "bg_color": "#12343B", "valign": "vcenter"}
_LOOKS = {
    "cell": CELL,
    "heading": _HEADING,
    "heading of numbers": _HEADING | {"align": "right"},
    "total": CELL | {"bold": True, "bg_color": "#F4F7F7"},
    "theme 0": _FONT | {"bold": True, "font_size": 12, "bg_color": "#C9E0E4", "valign": "vcenter"},
    "theme 1": _FONT | {"bold": True, "bg_color": "#E3F0F2", "valign": "vcenter"},
    "title": _FONT | {"bold": True, "font_size": 16},
    "subtitle": _FONT | {"bold": True, "font_size": 12},
    "text": _FONT | {"text_wrap": True, "valign": "top"},
}
NAME_LENGTH = 28
_RUNS = {"": {}, "b": {"bold": True}, "i": {"italic": True}, "bi": {"bold": True, "italic": True}}


class Book:
    """A workbook with our looks and page set-up; text is written as text, whatever it looks like.

    `selection` says what was chosen to be in it, `notice` what every printed page warns of.
    """

    looks = _LOOKS
    options = {"in_memory": True}
    clean = staticmethod(clean)

    def __init__(self, file, *, title, subject, selection="", notice=""):
        self.title, self.selection, self.notice = title, selection, notice
        self.workbook = xlsxwriter.Workbook(file, self.options)
        self.formats = {name: self.workbook.add_format(look) for name, look in self.looks.items()}
        self.runs = {style: self.workbook.add_format(_FONT | look) for style, look in _RUNS.items()}
        self.decimals = [
            self.workbook.add_format(CELL | {"num_format": f"#,##0.{'0' * places}".rstrip(".")}) for places in range(5)
        ]
        self._numbers = {}
        self.workbook.set_properties({"title": title, "subject": subject, "comments": notice})

    def add_sheet(self, name, *, columns, headings=True):
        """A sheet with `columns` (title, width in pixels); their titles stay in view and on every printed page."""
        sheet = self.workbook.add_worksheet(self._sheet_name(name))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        title = _escape(f"{self.title} – {name}")
        sheet.set_header(f'&L&"{FONT},Bold"&9 {title}&R&"{FONT},Regular"&9 {self.notice}')
        plain = f'&"{FONT},Regular"&8 '
        sheet.set_footer(f"&L{plain}{_escape(self.selection[:100])}&R{plain}Pagina &P van &N")
        for index, (title, pixels) in enumerate(columns):
            sheet.set_column_pixels(index, index, pixels)
            if headings:
                self.write(sheet, 0, index, title, "heading")
        if headings:
            sheet.set_row(0, points(2))
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
        return sheet

    def write(self, sheet, row, column, value, look="cell"):
        """Write text, a number (a Decimal with as many decimals as it has) or nothing (None or '')."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.formats[look])
        elif isinstance(value, str):
            self._write_text(sheet, row, column, self.clean(value), self.formats[look])
        elif isinstance(value, Decimal):
            places = max(0, -value.normalize().as_tuple().exponent)
            sheet.write_number(row, column, value, self.decimals[places])
        else:
            sheet.write_number(row, column, value, self.formats[look])

    def write_number(self, sheet, row, column, value, *, decimals, form="{}", look="cell"):
        """Write a number that is shown with so many decimals; `form` is what stands around it: '{}%', '€ {}'."""
        if (look, decimals, form) not in self._numbers:
            before, after = (f'"{text}"' if text else "" for text in form.split("{}"))
            places = f"#,##0.{'0' * decimals}".rstrip(".")
            shown = {"num_format": f"{before}{places}{after}", "align": "right"}
            self._numbers[look, decimals, form] = self.workbook.add_format(self.looks[look] | shown)
        sheet.write_number(row, column, value, self._numbers[look, decimals, form])

    def write_lines(self, sheet, row, column, lines, look="cell"):
        """Write the lines of a cell, bold and italic as they are."""
        runs = []
        for index, line in enumerate(lines):
            for text, style in (Piece("\n", runs[-1][1] if runs else ""), *line) if index else line:
                if runs and runs[-1][1] == style:
                    runs[-1][0].append(text)
                else:
                    runs.append(([text], style))
        if len(runs) > 1:
            pieces = [part for texts, style in runs for part in (self.runs[style], "".join(texts))]
            sheet.write_rich_string(row, column, *pieces, self.formats[look])
        elif runs:
            self._write_text(sheet, row, column, "".join(runs[0][0]), self.formats[look])
        else:
            sheet.write_blank(row, column, None, self.formats[look])

    def write_across(self, sheet, row, first, text, columns):
        """Write text over `columns` (those of the sheet) from the place `first` to the last, as tall as it needs."""
        height = lines_needed(plain_lines(text), pixels=sum(pixels for _, pixels in columns[first:]))
        sheet.merge_range(row, first, row, len(columns) - 1, "", self.formats["text"])
        self.write(sheet, row, first, text, "text")
        sheet.set_row(row, points(height))

    @staticmethod
    def _write_text(sheet, row, column, text, cell_format):
        # XlsxWriter takes a string that begins and ends like this for one it formatted itself.
        if text.startswith("<r>"):
            text = f" {text}"
        sheet.write_string(row, column, text, cell_format)

    def _sheet_name(self, name):
        bare = _cut(re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")) or "Blad"
        taken = {sheet.name.lower() for sheet in self.workbook.worksheets()}
        count, free = 1, bare
        while free.lower() in taken:
            count += 1
            free = f"{bare} {count}"
        return free


def _cut(name):
    """The beginning of `name` that Excel takes, with room for a number behind it; ends at a word where there is one."""
    if len(name) <= NAME_LENGTH:
        return name
    return name[: NAME_LENGTH + 1].rpartition(" ")[0].strip(" '") or name[:NAME_LENGTH]


def points(lines):
    """Height of a row with so many lines."""
    return lines * LINE_POINTS + PADDING_POINTS


def _escape(text):
    """Text in a page header or footer, where an ampersand begins a code."""
    return text.replace("&", "&&")
