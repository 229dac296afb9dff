"""Rich text as the lines of a cell, and how much room they take in print.

Excel cuts a text that needs more than the 409 points of the tallest row, and tells nobody how tall a text will be. So
the lines are wrapped here, with the widths of Arial and some room to spare, and what does not fit goes to a next row.
"""

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from lxml import html as parser

# On every computer, itself or with a stand-in of the same widths.
FONT, FONT_POINTS = "Arial", 9
LINE_POINTS, PADDING_POINTS = 12, 4
MAX_LINES = (409 - PADDING_POINTS) // LINE_POINTS
"""Lines that fit in the tallest row Excel can have."""

# Of the width of a column, in pixels of 0.75 point: what is not for text, and what printers differ in.
_MARGIN_PIXELS, _SPARE = 8, 0.92
_BOLD = 1.09

# Width of the characters of Arial in hundredths of an em, rounded up. All others count as wide.
_WIDTHS = bytearray([102] * 256)
for _width, _characters in {
    23: "'ijl\u2018’",
    28: " \u00a0!,./:;I[\\]ft|·ÌÍÎÏìíîï",
    34: "()-`r{}„“”²³",
    50: 'Jcksvxyzšžçýÿ*"^°•',
    56: "0123456789abdeghnopquàáâãäåèéêëñòóôõöùúûüL#$?_€£§«»–±÷",
    62: "+<=>~FTZŽß",
    67: "&ABEKPSVXYŠÀÁÂÃÄÅÈÉÊËÝ",
    73: "CDHNRUwÇÑÙÚÛÜ",
    78: "GOQÒÓÔÕÖØ",
    84: "Mm½¼",
    89: "%æ",
    95: "Wœ",
}.items():
    for _code in _characters.encode("cp1252"):
        _WIDTHS[_code] = _width
# One byte that has no width of its own for each character that Windows has no code for.
_WIDE = "nprz-wide"
codecs.register_error(_WIDE, lambda error: (b"\x81" * (error.end - error.start), error.end))

_SENTENCE_END = re.compile(r"[.;:?!] ")
_SCHEME = re.compile(r"^(https?://|mailto:)")
_WORTH_FILLING = 6  # a long paragraph begins in what is left of a row when that is at least so many lines

# What XML, and so a workbook, cannot hold.
_UNPRINTABLE = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
_UNPRINTABLE |= {ord("\n"): "\n", ord("\t"): " "}


class Piece(NamedTuple):
    """Text in one style: some of the letters of 'bi' (bold, italic)."""

    text: str
    style: str = ""


Line = tuple[Piece, ...]
"""What stands between two line breaks; a reader sees it wrapped."""

BLANK: Line = ()


@dataclass(frozen=True)
class Cell:
    """Lines that fit in one row; `height` is how many they are when wrapped."""

    lines: list[Line]
    height: int


def clean(text):
    """Text without the characters that a workbook cannot hold."""
    if text.isprintable():  # most are, and this is far quicker
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNPRINTABLE)


def plain_lines(text, style=""):
    """The lines of a text without markup."""
    return [(Piece(line, style),) if line else BLANK for line in clean(text).split("\n")] if text else []


def rich_lines(html):
    """The lines of canonical rich text: bullets and numbers before items, a table row as '| cell | cell |'."""
    if not html:
        return []
    root = parser.fragment_fromstring(html, create_parent="div")
    lines = plain_lines(root.text)  # of what never was rich text
    before = None
    for block in root:
        if before is not None and not (before.tag == "p" and block.tag in {"ul", "ol"}):
            lines.append(BLANK)
        lines += _block(block)
        before = block
    return lines


def as_text(lines):
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def lines_needed(lines, *, pixels):
    """How many lines these become in a column `pixels` wide."""
    return sum(len(_wrap(line, pixels)) for line in lines)


def split_into_cells(lines, *, pixels):
    """Divide lines over cells of a column `pixels` wide, none taller than a row can be; at least one cell.

    Paragraphs, items and table rows stay whole, unless one of them is itself too tall: it is split between sentences,
    or else between words.
    """
    cells, used = [[]], [0]
    waiting = lines[::-1]
    while waiting:
        line = waiting.pop()
        room = MAX_LINES - used[-1]
        starts = _wrap(line, pixels)
        if len(starts) > MAX_LINES and room >= _WORTH_FILLING:
            line, rest = _split(line, starts[room])
            waiting.append(rest)
            starts = starts[:room]
        if len(starts) > room:
            cells.append([])
            used.append(0)
            waiting.append(line)
        elif line or cells[-1]:  # no blank line on top
            cells[-1].append(line)
            used[-1] += len(starts)
    return [Cell(of_it, height) for of_it, height in zip(cells, used, strict=True)]


def _wrap(line, pixels):
    """Where the lines that a reader sees begin, in characters."""
    text = "".join(piece.text for piece in line)
    width = (pixels - _MARGIN_PIXELS) * 0.75 * _SPARE / FONT_POINTS * 100
    if any("b" in piece.style for piece in line):
        width /= _BOLD
    widths = text.encode("cp1252", _WIDE).translate(_WIDTHS)
    starts = [0]
    if sum(widths) <= width:
        return starts
    ends = list(accumulate(widths))
    begin = 0
    while (sticks_out := bisect_right(ends, width + (ends[begin - 1] if begin else 0), begin)) < len(text):
        space = text.rfind(" ", begin, sticks_out + 1)
        begin = space + 1 if space >= 0 else max(sticks_out, begin + 1)
        starts.append(begin)
    return starts


def _split(line, fits):
    """Split a line that is too tall before the character `fits`, at the end of a sentence if there is one near."""
    text = "".join(piece.text for piece in line)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, fits // 2, fits)]
    at = ends[-1] if ends else fits
    head, tail, position = [], [], 0
    for piece in line:
        cut = min(max(at - position, 0), len(piece.text))
        head.append(piece._replace(text=piece.text[:cut]))
        tail.append(piece._replace(text=piece.text[cut:]))
        position += len(piece.text)
    return _without_empty(head), _without_empty(tail)


def _without_empty(pieces):
    return tuple(piece for piece in pieces if piece.text)


def _block(element):
    if element.tag in {"ul", "ol"}:
        first = int(element.get("start", 1))
        for number, item in enumerate(element, first):
            sign, indent = ("• ", "   ") if element.tag == "ul" else (f"{number}. ", "    ")
            for line in (line for block in item for line in _block(block)):
                yield (Piece(sign), *line)
                sign = indent
    elif element.tag == "table":
        yield from _table(element)
    else:
        yield from _paragraph(element)


def _table(table):
    """Every row as '| cell | cell |', with an empty place under or beside a cell that spans more than one."""
    rows = [row for body in table for row in body]
    widest = max(map(len, rows))
    covered = {}  # column: for how many rows more a cell above stands in it
    for index, row in enumerate(rows):
        line, column = [], 0
        for cell in (*row, None):
            while covered.get(column):
                covered[column] -= 1
                line.append(Piece("| "))
                column += 1
            if cell is not None:
                line += [Piece("| "), *_one_line(cell), Piece(" ")]
                across = min(int(cell.get("colspan", 1)), widest)
                down = min(int(cell.get("rowspan", 1)), len(rows) - index)
                covered |= dict.fromkeys(range(column, column + across), down - 1)
                column += across
                if column < widest:
                    line += [Piece("| ")] * (across - 1)
        yield (*line, Piece("|"))


def _one_line(cell):
    """The words of a cell on one line."""
    style = "b" if cell.tag == "th" else ""
    pieces = []
    for line in (line for block in cell for line in _block(block)):
        pieces += [Piece(" ")] * bool(pieces)
        pieces += [Piece(piece.text, piece.style or style) for piece in line]
    return pieces


def _paragraph(element):
    line = []
    for piece in _inline(element, ""):
        first, *others = piece.text.split("\n")
        line.append(piece._replace(text=first))
        for text in others:
            yield _without_empty(line)
            line = [piece._replace(text=text)]
    yield _without_empty(line)


_STYLES = {"strong": "b", "em": "i"}


def _inline(element, style):
    """The text of a paragraph in pieces; the address of a link stands behind it, unless it is what the link says."""
    if element.text:
        yield Piece(clean(element.text), style)
    for child in element:
        if child.tag == "br":
            yield Piece("\n")
        else:
            yield from _inline(child, "".join(sorted({*style, *_STYLES.get(child.tag, "")})))
        if child.tag == "a" and _bare(child.get("href")) != _bare(child.text_content()):
            yield Piece(clean(f" ({child.get('href')})"), style)
        if child.tail:
            yield Piece(clean(child.tail), style)


def _bare(address):
    return _SCHEME.sub("", address.strip()).rstrip("/")
