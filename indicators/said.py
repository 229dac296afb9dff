"""What a measurement says, and how people write that in a cell."""

from dataclasses import dataclass
from decimal import Decimal

from programme.figures import Code
from programme.numbers import format_number

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
        return format_number(self.value)

    def typed(self, indicator):
        """What stands in its cell: the figure, with a star when it is provisional."""
        return self.figure(indicator) + (PROVISIONAL if self and self.provisional else "")

    def in_words(self, indicator):
        """All that it says, as the history tells it: '19,1 (voorlopig). Eerste telling.'"""
        return self.figure(indicator) + " (voorlopig)" * self.provisional + (f". {self.remark}" if self.remark else "")
