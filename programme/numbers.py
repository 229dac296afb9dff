"""Numbers as Dutch people write them: decimal comma, points between thousands."""

import re
from decimal import Decimal

# Digits, with points or spaces only where thousands end, and a comma before the decimals. A minus may be − or –.
_NUMBER = re.compile(
    r"(?P<sign>[-−–]?) ?(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:,(?P<decimals>\d+))?", re.ASCII
)
MAX_WHOLE, MAX_DECIMALS = 14, 4
EXAMPLE = "1.234 of 12,5"


def parse_number(text, *, example=EXAMPLE):
    """The Decimal that `text` says: '1.234,5' is 1234.5. Raises ValueError, in Dutch, for anything else.

    Spaces around it, a percent sign behind and a euro sign before the number are read over, since that is how cells
    are pasted. A point that does not end thousands is refused, because '12.5' can mean two things. `example` is what
    may be written instead.
    """
    bare = re.sub(r"\s", " ", text).strip().removeprefix("€").removesuffix("%").strip()
    found = _NUMBER.fullmatch(bare)
    if not found:
        if re.fullmatch(r"[-−–]?\d+\.\d+", bare):
            raise ValueError(
                f"'{text}' kan twee dingen betekenen. Gebruik een komma voor decimalen: {bare.replace('.', ',')}."
            )
        raise ValueError(f"'{text}' is geen getal. Schrijf bijvoorbeeld {example}.")
    whole, decimals = re.sub("[. ]", "", found["whole"]), found["decimals"] or ""
    if len(whole.lstrip("0")) > MAX_WHOLE:
        raise ValueError(f"'{text}' is te groot: een getal heeft hoogstens {MAX_WHOLE} cijfers voor de komma.")
    if len(decimals.rstrip("0")) > MAX_DECIMALS:
        raise ValueError(f"'{text}' heeft te veel decimalen: hoogstens {MAX_DECIMALS}.")
    number = Decimal(f"{whole}.{decimals or 0}")
    return -number if found["sign"] and number else number


def format_number(number, *, grouped=True):
    """`number` with a decimal comma and no more decimals than it has; points between thousands when `grouped`."""
    text = f"{number.normalize():,f}" if grouped else f"{number.normalize():f}"
    return text.translate(str.maketrans(",.", ".,"))


def summed_up(counts):
    """{("interventie", "interventies"): 120, ("gebied", "gebieden"): 1} as '120 interventies en 1 gebied'."""
    *parts, last = [f"{number} {one if number == 1 else more}" for (one, more), number in counts.items()]
    return f"{', '.join(parts)} en {last}" if parts else last
