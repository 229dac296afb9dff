"""Opening a workbook from outside, whatever is in it: within 300 MB and ten seconds, with every fault at once.

A workbook is a zip of XML, and openpyxl believes what it says: half a megabyte may unpack to gigabytes. So the parts
are unpacked here first, counted while they come out, and looked through by a parser that takes no entities. openpyxl
gets a copy of just what was looked through.
"""

import datetime
import re
import warnings
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from accounts.refusals import Refused
from programme.numbers import format_number

MEGABYTE = 1024 * 1024
MOST_BYTES, MOST_UNPACKED = 10 * MEGABYTE, 20 * MEGABYTE
MOST_PARTS = 1_000
MOST_ELEMENTS, MOST_OTHER_ELEMENTS = 500_000, 30_000
"""Elements of XML in the sheets and their strings, and in the rest: a style costs openpyxl far more than a cell."""
MOST_FAULTS = 100
MOST_COLUMNS = 50
"""Columns that are read at all; what stands to the right of them is a fault by itself."""
MOST_CHARACTERS = 32_767
"""Characters in one cell: Excel has no more."""

_SHOWN = 60  # characters of a cell that a message repeats
_CHUNK = 64 * 1024
_LAST_ROW = 1_048_576
_NOT_NEEDED = ("docProps/", "xl/charts/", "xl/chartsheets/", "xl/drawings/", "xl/theme/")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others may ask for any amount of memory
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how an encrypted workbook begins, and an .xls
# How a workbook writes a character that XML has not, and text that looks like that.
_CODED = re.compile("_x005[Ff]_(x[0-9A-Fa-f]{4}_)|_x(00[01][0-9A-Fa-f])_")
_NO_WORKBOOK = "Dit is geen Excelbestand (.xlsx)."
_MACROS = "Dit bestand bevat macro’s. Bewaar het in Excel als gewoon werkblad (.xlsx)."
_BROKEN = "Dit Excelbestand is beschadigd of niet compleet. Open het in Excel en bewaar het opnieuw."


@dataclass(frozen=True)
class Layout:
    """A sheet: its columns (an enumeration of their titles), and how many rows it may have."""

    name: str
    columns: type[StrEnum]
    most_rows: int
    required: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: `place` is 'cel C5' or 'kolom A', '' where it is about a whole sheet."""

    sheet: str
    place: str
    message: str

    def __str__(self):
        where = f"blad {self.sheet}, {self.place}: " if self.place else f"blad {self.sheet}: "
        return f"{where}{self.message}"


class Faulty(Refused):
    """A workbook that cannot be taken; `faults` are all that were found, up to MOST_FAULTS.

    `unknown` are the names in it that are not there, by what they are: to be added first, or put right.
    """

    def __init__(self, faults, *, more=0, unknown=None):
        self.faults, self.more, self.unknown = faults, more, unknown or {}
        super().__init__("\n".join(map(str, faults)) + (f"\nEn nog {more} andere fouten." if more else ""))


class Faults:
    """Collects what is wrong with a workbook, so that it can all be said at once."""

    def __init__(self):
        self._found = {}
        self._unknown = defaultdict(list)
        self._merged = defaultdict(list)

    def add(self, sheet, row, column, message):
        """`row` and `column` as in Excel, counted from 1; row 0 when it is about the column, both when the sheet."""
        is_merged = any(first <= row <= last and column in columns for first, last, columns in self._merged[sheet])
        if not (row and is_merged):
            self._found.setdefault((sheet, row, column), message)

    def add_merged(self, sheet, place):
        """Of the merged cells `place`, as 'C3:D4', all that is to be said: it is not known what each of them says."""
        first, _, last = place.partition(":")
        (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
        self.add(sheet, top, left, f"hier zijn cellen samengevoegd ({place}). Splits ze: elke rij heeft eigen waarden.")
        self._merged[sheet].append((top, bottom, range(left, right + 1)))

    def name_unknown(self, names):
        """`names` are (what it is, the name), each once."""
        for what, name in sorted(names):
            self._unknown[what].append(name)

    def raise_any(self):
        """Raise Faulty, in the order of the sheets, rows and columns, when there is anything to say."""
        if not self._found:
            return
        sheets = list(dict.fromkeys(sheet for sheet, _, _ in self._found))
        places = sorted(self._found, key=lambda place: (sheets.index(place[0]), *place[1:]))
        faults = [
            Fault(sheet, _place(row, column), self._found[sheet, row, column])
            for sheet, row, column in places[:MOST_FAULTS]
        ]
        raise Faulty(faults, more=max(0, len(places) - MOST_FAULTS), unknown=self._unknown)


def _place(row, column):
    letter = column and get_column_letter(column)
    return f"cel {letter}{row}" if row else f"kolom {letter}" if column else ""


@dataclass(frozen=True)
class Table:
    """What a sheet says: where its columns stand, and of each row its number in Excel and what is in the columns.

    A value is a stripped text, a number, or '' for an empty cell.
    """

    columns: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str | int | float]]] = field(default_factory=list)


def read_tables(file, layouts, faults, *, besides=()):
    """The Table of each of `layouts` by its name, of a binary file; of a sheet that is not there it is empty.

    Sheets with one of the names `besides` may be there too; what they say is not read.

    What is wrong with a cell goes to `faults`, and the cell is empty. Raises Faulty at once when it is not certain
    which column is which, and Refused when the file cannot be opened at all.
    """
    copy, seen = _look_through(file)
    workbook = _open(copy)
    tables = {layout.name: Table() for layout in layouts}
    by_name = {layout.name: layout for layout in layouts}
    expected = " en ".join(by_name)
    for name in workbook.sheetnames:
        if name not in by_name and name not in besides:
            faults.add(name, 0, 0, f"dit blad hoort er niet bij; verwacht wordt {expected}.")
    for layout in layouts:
        if layout.name in workbook.sheetnames:
            tables[layout.name] = _read_sheet(workbook[layout.name], layout, seen, faults)
        elif layout.required:
            faults.add(layout.name, 0, 0, "dit blad ontbreekt.")
    if any(
        set(tables[layout.name].columns) != set(layout.columns)
        for layout in layouts
        if layout.required or layout.name in workbook.sheetnames
    ):
        faults.raise_any()
    return tables


# Looking through


@dataclass
class _Seen:
    """What openpyxl would not tell of a sheet: which cells are merged, and what stands to the right of all columns."""

    merged: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def _look_through(file):
    """A copy of the workbook with the parts that are XML, and what was seen in those that are sheets, by their name."""
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise Refused("Dit bestand is groter dan 10 MB. Haal afbeeldingen en bladen die er niet bij horen eruit.")
    file.seek(0)
    start = file.read(len(_OLE))
    if start == _OLE:
        _refuse_old(file)
    if not start.startswith(b"PK"):
        raise Refused(_NO_WORKBOOK)
    try:
        with zipfile.ZipFile(file) as archive:
            return _unpack(archive)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise Refused(_BROKEN) from error


def _refuse_old(file):
    """Say of a file in the old form of Microsoft Office what it is: its directory is in UTF-16."""
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in file.read():
        raise Refused("Dit bestand is beveiligd met een wachtwoord. Haal dat er in Excel af en bewaar het opnieuw.")
    raise Refused("Dit is geen werkblad in de vorm .xlsx. Open het in Excel en bewaar het als .xlsx.")


def _unpack(archive):
    if len(archive.infolist()) > MOST_PARTS:
        raise Refused("Dit bestand bestaat uit te veel onderdelen om een gewoon werkblad te zijn.")
    copy, look, unpacked = BytesIO(), _Look(), 0
    with zipfile.ZipFile(copy, "w") as copied:
        for part in archive.infolist():
            if part.flag_bits & 1:
                raise Refused("Dit bestand is versleuteld. Bewaar het in Excel opnieuw, zonder wachtwoord.")
            if part.compress_type not in _METHODS:
                raise Refused(_BROKEN)
            if "vbaproject" in part.filename.lower():
                raise Refused(_MACROS)
            xml, is_xml = bytearray(), True
            parse = look.at(part.filename)
            with archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > MOST_UNPACKED:
                        raise Refused("Dit bestand is uitgepakt groter dan 20 MB. Haal eruit wat er niet bij hoort.")
                    is_xml = is_xml and parse(chunk)
                    if is_xml:
                        xml += chunk
            if is_xml and parse(b"") and not part.filename.startswith(_NOT_NEEDED):
                copied.writestr(part.filename, xml)
    return copy, look.sheets


class _Look:
    """Looks through the XML of a workbook, part by part, without keeping it."""

    def __init__(self):
        self.sheets = defaultdict(_Seen)
        self._elements = self._others = 0

    def at(self, name):
        """A function that takes the part `name` in pieces, and b"" at the end; says whether it is XML so far."""
        self._name, self._root = name, ""
        self._row = self._column = 0
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start

        def parse(chunk):
            try:
                parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                if name.endswith((".xml", ".rels")):
                    raise Refused(_BROKEN) from error
                return False  # a picture, say: openpyxl does not get it
            return True

        return parse

    def _start(self, name, attributes):
        tag = name.rpartition(":")[2]
        self._root = self._root or tag
        if self._root in {"worksheet", "sst"}:
            self._elements += 1
        else:
            self._others += 1
        if self._elements > MOST_ELEMENTS or self._others > MOST_OTHER_ELEMENTS:
            raise Refused("Dit bestand bevat veel meer cellen of opmaak dan een werkblad nodig heeft. Haal die eruit.")
        if self._root == "worksheet":
            self._start_in_sheet(tag, attributes)
        elif tag == "Relationship":
            self._refuse_external(attributes)
        elif self._root == "Types" and "macroEnabled" in attributes.get("ContentType", ""):
            raise Refused(_MACROS)

    def _start_in_sheet(self, tag, attributes):
        """Rows and cells come in order, as they should: what comes too late is left out by openpyxl without a word."""
        if tag == "row":
            row = int(attributes.get("r", self._row + 1))
            if not self._row < row <= _LAST_ROW:
                raise Refused(_BROKEN)
            self._row, self._column = row, 0
        elif tag == "c":
            _, column = coordinate_to_tuple(attributes["r"]) if "r" in attributes else (0, self._column + 1)
            if column <= self._column:
                raise Refused(_BROKEN)
            self._column = column
        elif tag in {"v", "f", "is"} and self._column > MOST_COLUMNS:
            self._note(self.sheets[self._name].outside, f"{get_column_letter(self._column)}{self._row}")
        elif tag == "mergeCell":
            self._note(self.sheets[self._name].merged, attributes.get("ref", ""))

    @staticmethod
    def _note(places, place):
        if len(places) < MOST_FAULTS:
            places.append(place)

    @staticmethod
    def _refuse_external(attributes):
        # A link in a cell is one too; nothing follows it.
        if attributes.get("TargetMode") == "External" and not attributes.get("Type", "").endswith("/hyperlink"):
            raise Refused("Dit bestand verwijst naar een ander bestand. Verbreek de koppelingen in Excel.")


def _refuse_doctype(*args):
    raise Refused("Dit bestand bevat verwijzingen (entiteiten) die in een werkblad niet horen.")


# Reading


def _open(copy):
    try:
        with warnings.catch_warnings(action="ignore"):  # of what openpyxl leaves out, which we do not read
            return load_workbook(copy, read_only=True, keep_links=False)
    except Exception as error:
        # Of a file that is not what it seems, openpyxl raises whatever comes up.
        raise Refused(_NO_WORKBOOK if isinstance(error, KeyError) else _BROKEN) from error


def _read_sheet(sheet, layout, seen, faults):
    try:
        with warnings.catch_warnings(action="ignore"):
            # openpyxl has no public name for which part it is.
            return _Reader(layout, faults).table(sheet, seen[sheet._worksheet_path])
    except Exception as error:
        raise Refused(_BROKEN) from error


class _Texts(dict):
    """The texts of cells by what openpyxl says they are: one that stands in every cell is kept once, as in the file."""

    def __missing__(self, raw):
        text = self[raw] = _CODED.sub(lambda code: f"_{code[1]}" if code[1] else chr(int(code[2], 16)), raw).strip()
        return text


class _Reader:
    """Reads one sheet; what is wrong with it goes to `faults`."""

    def __init__(self, layout, faults):
        self._layout, self._faults, self._texts = layout, faults, _Texts()

    def table(self, sheet, seen):
        for place in seen.merged:
            self._faults.add_merged(self._layout.name, place)
        for place in seen.outside:
            self._fault(*coordinate_to_tuple(place), "deze cel staat buiten de kolommen van het blad.")
        sheet.reset_dimensions()  # which the file may have wrong
        rows = ((number, _filled(row)) for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1))
        return self._read(((number, cells) for number, cells in rows if cells))

    def _read(self, rows):
        first, header = next(rows, (1, {}))
        titles = {column: self._value(cell, first) for column, cell in header.items()}
        columns = self._check_header(first, titles)
        table = Table({title: column for column, title in columns.items()})
        for number, cells in rows:
            if len(table.rows) == self._layout.most_rows:
                most = _dutch(self._layout.most_rows)
                self._fault(0, 0, f"dit blad heeft meer dan {most} rijen. Verdeel ze over meer bestanden.")
                break
            values = {column: self._value(cell, number) for column, cell in cells.items()}
            for column in values.keys() - titles.keys():
                self._fault(number, column, "boven deze cel staat geen kop.")
            table.rows.append((number, {title: values.get(column, "") for column, title in columns.items()}))
        if self._layout.required and not table.rows:
            self._fault(0, 0, "er staan geen rijen onder de koppen.")
        return table

    def _check_header(self, row, titles):
        """Which column has which title, of those that belong here."""
        columns = {}
        for column, title in titles.items():
            if title not in set(self._layout.columns):
                expected = ", ".join(self._layout.columns)
                self._fault(row, column, f'kolom "{shown(title)}" hoort hier niet. De kolommen zijn: {expected}.')
            elif title in columns.values():
                self._fault(row, column, f'kolom "{title}" staat er twee keer.')
            else:
                columns[column] = title
        if missing := [f'"{title}"' for title in self._layout.columns if title not in columns.values()]:
            what = (
                f"de kolommen {', '.join(missing)} ontbreken." if missing[1:] else f"de kolom {missing[0]} ontbreekt."
            )
            self._fault(row, max(titles, default=0) + 1, what)
        return columns

    def _value(self, cell, row):
        """What a cell says, or '' when no column can take it."""
        value = cell.value
        if cell.data_type == "s" and isinstance(value, str) and len(value) <= MOST_CHARACTERS:
            return self._texts[value]
        if cell.data_type == "n" and isinstance(value, int | float) and "%" not in cell.number_format:
            return value
        self._fault(row, cell.column, _why_not_read(cell))
        return ""

    def _fault(self, row, column, message):
        self._faults.add(self._layout.name, row, column, message)


def _filled(row):
    """The cells of a row that have something in them, by column."""
    return {
        cell.column: cell
        for cell in row
        if cell.value not in (None, "") and not (isinstance(cell.value, str) and cell.value.isspace())
    }


def _why_not_read(cell):
    value = cell.value
    if cell.data_type == "f":
        return "hier staat een formule. Zet er de waarde zelf neer (plakken als waarden)."
    if cell.data_type == "e":
        return f"hier staat een foutwaarde ({shown(value)})."
    if cell.data_type == "s":
        return f"hier staan meer dan {_dutch(MOST_CHARACTERS)} tekens."
    if cell.data_type == "n":
        stored = _dutch(repr(value))
        return f"hier staat een percentage, dat Excel bewaart als {stored}. Schrijf alleen het getal, zonder %."
    if isinstance(value, bool):
        return f"hier staat {'WAAR' if value else 'ONWAAR'}. Schrijf het als tekst."
    date = f"{value:%d-%m-%Y}" if isinstance(value, datetime.date) else value
    return f"hier staat een datum of tijd ({date}). Zet er een ' voor, dan blijft het tekst."


def shown(value):
    """What a cell says, short enough to be repeated in a message."""
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _dutch(number):
    return format_number(Decimal(number))
