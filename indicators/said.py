"""What a measurement says, and how people write that in a cell."""

import re
from dataclasses import dataclass
from decimal import Decimal

from programme.figures import Code, parse_figure
from programme.numbers import format_number, parse_number

from .formulas import share_of

PROVISIONAL = "*"
"""Behind a figure: it is provisional, as in the tables of CBS."""


@dataclass(frozen=True)
class Said:
    """A value in the unit of the indicator (the rank of a class), a code, or the two sides of a share; or nothing."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    code: str = ""
    provisional: bool = False
    remark: str = ""

    def __bool__(self):
        return self.value is not None or self.numerator is not None or bool(self.code)

    @property
    def number(self):
        """The value in the unit of the indicator, computed where it is a share; None when there is none."""
        return self.value if self.numerator is None else share_of(self.numerator, self.denominator)

    def figure(self, indicator):
        """The figure as people write it, with all its decimals: '19,125', '66/145', 'n.b.' or the name of a class."""
        if self.code:
            return Code(self.code).label
        if self.numerator is not None:
            return f"{format_number(self.numerator)}/{format_number(self.denominator)}"
        if self.value is None:
            return ""
        if indicator.scale_id:
            return indicator.scale.name_of(self.value)
        # Not 1.234 where that may be less than two: read_said would ask which is meant.
        is_clear = not indicator.decimals or self.value != self.value.to_integral_value()
        return format_number(self.value, grouped=is_clear)

    def typed(self, indicator):
        """What stands in its cell: the figure, with a star when it is provisional."""
        return self.figure(indicator) + (PROVISIONAL if self and self.provisional else "")

    def in_words(self, indicator):
        """All that it says, as the history tells it: '19,1 (voorlopig). Eerste telling.'"""
        return self.figure(indicator) + " (voorlopig)" * self.provisional + (f". {self.remark}" if self.remark else "")


@dataclass(frozen=True)
class Told:
    """What the history tells that was said: the figure and its remark."""

    figure: str
    remark: str

    @classmethod
    def of(cls, words):
        """Of what `Said.in_words` gave: there is no space in a figure behind a point."""
        figure, _, remark = words.partition(". ")
        return cls(figure, remark)


def read_said(text, *, indicator, numbers=(), remark=""):
    """What was typed or pasted in a cell of `indicator`, as a Said; one that says nothing for an empty cell.

    `numbers` are what is known of the indicator: a percentage typed as a part of one is told by them. Raises
    ValueError, in Dutch, with what to write instead.
    """
    text = text.strip()
    if "\t" in text or "\n" in text:
        raise ValueError("Dit is een blok van meer cellen. Er is niets overgenomen: plak het cel voor cel.")
    bare = text.removesuffix(PROVISIONAL).rstrip()
    said = {"provisional": bare != text, "remark": remark}
    if "/" in bare:
        numerator, denominator = (_side(part, bare) for part in bare.split("/", 1))
        return Said(**sides(numerator, denominator, indicator=indicator), **said)
    value, code = read_value(bare, indicator=indicator, numbers=numbers)
    if value is None and not code:
        if said["provisional"]:
            raise ValueError("Zet voor * het cijfer dat voorlopig is.")
        return Said()
    return Said(value=value, code=code, **said)


def _side(part, text):
    if not part.strip():
        raise ValueError(f"In '{text}' ontbreekt een getal. Schrijf een teller en een noemer, bijvoorbeeld 66/145.")
    return parse_number(part, example="een teller en een noemer: 66/145")


def read_value(text, *, indicator, numbers=()):
    """A number, the name of a class or a code as (value, code); raises as `read_said` does."""
    if indicator.scale_id and text and (rank := _rank(text, indicator)) is not None:
        return rank, ""
    try:
        # Not 1.234 where that may mean two things.
        value, code = parse_figure(text, unit=indicator.unit, example="12,5" if indicator.decimals else "1.234")
    except ValueError as error:
        if indicator.scale_id:
            raise ValueError(_no_class(text, indicator)) from error
        raise
    if value is not None:
        _refuse_other_meaning(text, value, indicator, numbers)
    return value, code


def _refuse_other_meaning(text, value, indicator, numbers):
    """Raise ValueError when `text`, read as `value`, may well mean another number."""
    bare = text.removesuffix("%").strip()
    if indicator.scale_id:
        raise ValueError(_no_class(text, indicator))
    if indicator.decimals and _THOUSAND.fullmatch(bare):
        either, other = bare.replace(".", ""), bare.replace(".", ",")
        raise ValueError(f"'{text}' kan twee dingen betekenen. Schrijf {either} of {other}.")
    usual = [abs(number) for number in numbers if number]
    if indicator.unit == "%" and bare == text and 0 < abs(value) < 1 and usual and min(usual) >= 1:
        likely = format_number(100 * value)
        raise ValueError(f"'{text}' lijkt {likely}%: schrijf {likely}. Is het echt minder dan 1%? Schrijf {text}%.")


_THOUSAND = re.compile(r"[-−–]?[1-9]\d{0,2}\.\d{3}", re.ASCII)


def sides(numerator, denominator, *, indicator):
    """The two sides of a share, when `indicator` is one."""
    if indicator.unit != "%":
        raise ValueError(f"Een teller met een noemer kan alleen bij %, en deze indicator is in: {indicator.unit}.")
    if denominator <= 0:
        raise ValueError("De noemer (achter de streep) moet groter zijn dan 0.")
    return {"numerator": numerator, "denominator": denominator}


def _rank(text, indicator):
    ranks = {one.name.casefold(): Decimal(one.rank) for one in indicator.scale.classes.all()}
    return ranks.get(" ".join(text.split()).casefold())


def _no_class(text, indicator):
    return f"'{text}' is geen klasse. Kies uit: {', '.join(one.name for one in indicator.scale.classes.all())}."
