"""A figure as people write it: a number, or one of the codes that stand in its place."""

import re
from decimal import Decimal

from django.db import models

from .numbers import EXAMPLE, parse_number


class Code(models.TextChoices):
    """Why there is no number."""

    UNKNOWN = "nb", "n.b."
    NOT_APPLICABLE = "nvt", "n.v.t."
    FEWER_THAN_5 = "lt5", "<5"


def parse_figure(text, *, unit, example=EXAMPLE):
    """What was typed or pasted in a cell of the grid of an indicator in `unit`, as (value, code).

    An empty cell is (None, ""). 'n.b.', 'n.v.t.' and '<5' may be typed in any usual way. Raises ValueError, in Dutch,
    for what is no number, with an `example` of one, and for a sign of another unit: '12%' is not 12 people.
    """
    bare = re.sub(r"[\s.]", "", text).lower()
    if bare in {"", "-", "–"}:
        return None, ""
    if bare in CODES_AS_TYPED:
        return None, CODES_AS_TYPED[bare]
    for sign, meaning in SIGNS.items():
        if sign in bare and sign not in unit and meaning not in unit:
            raise ValueError(f"'{text}' is in {meaning}, maar deze indicator is in: {unit}. Schrijf alleen het getal.")
    return parse_number(text, example=example), ""


SIGNS = {"%": "procent", "€": "euro"}
CODES_AS_TYPED = {
    "nb": Code.UNKNOWN,
    "onbekend": Code.UNKNOWN,
    "nvt": Code.NOT_APPLICABLE,
    "<5": Code.FEWER_THAN_5,
}


def is_jump(now, before):
    """Whether `now` is worth a second look: more than half of `before` above or below it. Nothing is, from nothing."""
    return bool(before) and abs(now - before) > JUMP * abs(before)


JUMP = Decimal("0.5")
