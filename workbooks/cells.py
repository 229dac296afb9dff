"""What a cell says, whatever column it is in: texts, numbers, names. What cannot be read is a ValueError, in Dutch."""

import csv
import re
from collections import defaultdict
from decimal import Decimal
from io import StringIO

from django.core.exceptions import ValidationError

from programme.numbers import format_number, parse_number
from programme.richtext import from_typed, validate_length

from .reading import shown

MOST_NAMES = 3_000
"""Characters of all names in a cell together."""
MOST_MARKS = 150_000
"""Of `marks_in` in a whole workbook: 2,000 rows like those of the real plan have fewer, and it stays within seconds."""

LONGEST_NAME = 200
"""Characters of the longest name that a pijler, a thema, an organisation or an indicator can have."""

_NUMBER = re.compile(r"(\d{1,9})\s*([a-zA-Z]?)", re.ASCII)
_BREAKS = re.compile(r"[\r\n]+")


def split_names(text):
    """The names in a cell, which stand there as in a line of a CSV file with semicolons."""
    if len(text) > MOST_NAMES:
        raise ValueError(f"deze tekst is te lang: er passen hoogstens {MOST_NAMES} tekens.")
    lines = csv.reader(StringIO(text), delimiter=";", skipinitialspace=True)
    return [name for line in lines for cell in line if (name := cell.strip())]


def join_names(names):
    """Names as one cell; `split_names` gives them back."""
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow(names)
    return line.getvalue()


def as_number(value):
    """The number and the letter that a cell says, or None."""
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value)
        return (int(found[1]), found[2].lower()) if found else None
    return (int(value), "") if value == value // 1 else None


def as_text(value):
    """What a cell says, as text: a number as it is written in Dutch."""
    return value if isinstance(value, str) else format_number(Decimal(repr(value)), grouped=False)


def as_line(value):
    return " ".join(as_text(value).split())


def as_remark(value):
    """A text for a field of one line. A browser drops the breaks of such a field, which then counts as a change."""
    return " ".join(map(str.strip, _BREAKS.split(as_text(value))))


def as_decimal(value):
    return parse_number(as_text(value))


def shown_number(number):
    return "" if number is None else format_number(number)


def yes_or_blank(provisional):
    return "ja" if provisional else ""


def as_yes(value):
    """Whether a cell says ja."""
    said = as_text(value).lower()
    if said not in {"", "ja", "nee"}:
        raise ValueError(f'"{shown(said)}" is niet te lezen. Schrijf ja, of laat leeg.')
    return said == "ja"


def in_line(sentence):
    """A sentence as it goes on behind the place of a cell."""
    return sentence[:1].lower() + sentence[1:]


class UnknownNameError(ValueError):
    """A cell names what is not there; `names` are (what it is, the name), as ("pijler", "Gezondheid")."""

    def __init__(self, message, names):
        self.names = names
        super().__init__(message)


class Names:
    """What a cell may name, by its name; capitals and spaces make no difference where they leave no choice.

    `known` maps each name to what it stands for. Raises ValueError where two names differ in nothing else.
    """

    def __init__(self, known):
        self._known, self._alike = known, defaultdict(list)
        for name in known:
            self._alike[_alike(name)].append(name)

    def __contains__(self, name):
        return _alike(name) in self._alike

    def __getitem__(self, name):
        if name in self._known:
            return self._known[name]
        first, *others = self._alike[_alike(name)]
        if others:
            either = " of ".join(f'"{one}"' for one in (first, *others))
            raise ValueError(f'"{shown(name)}" kan twee dingen betekenen. Schrijf precies {either}.')
        return self._known[first]


def _alike(name):
    return " ".join(name.split()).casefold()


def named(known, value, what):
    name = as_text(value)
    if not name:
        raise ValueError(f"{what} ontbreekt.")
    if name not in known:
        raise UnknownNameError(f'{what} "{shown(name)}" bestaat niet.', [(what, name[:LONGEST_NAME])])
    return known[name]


def each(read, names):
    """What `read` makes of all names, or all that is wrong with them."""
    found, wrong, unknown = [], [], []
    for name in names:
        try:
            found.append(read(name))
        except ValueError as error:
            wrong.append(str(error))
            unknown += getattr(error, "names", ())
    if wrong:
        raise UnknownNameError(" ".join(wrong), unknown)
    return found


def within(text, model, name):
    column = model._meta.get_field(name)
    if len(text) > column.max_length:
        raise ValueError(f"deze tekst is te lang: {len(text)} tekens. Er passen er hoogstens {column.max_length}.")
    return text


def marks_in(text):
    """How much there is in a text that takes time to bring into its form: tags, lines and, far less, entities."""
    return text.count("<") + text.count("\n") + text.count("&") // 8


def as_rich(text):
    """A text in canonical HTML, of a cell with HTML or with plain text."""
    html = from_typed(text)
    try:
        validate_length(html)
    except ValidationError as error:
        raise ValueError(in_line(error.messages[0])) from error
    return html
