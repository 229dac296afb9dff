"""The formulas as people write them, filled in with the figures: '(19,1 − 21,9) / (15,0 − 21,9) = 40,6%'."""

from programme.numbers import format_number

from .figures import with_unit
from .formulas import share_due
from .standing import show_share

MINUS = "−"


def share(standing):
    """Of the share closed."""
    start = standing.shown(standing.start_value)
    now, reference = standing.now.display, standing.shown(standing.reference_value)
    return f"({now} {MINUS} {start}) / ({reference} {MINUS} {start}) = {standing.closed_shown}"


def target(standing, year):
    """Of the target for `year`."""
    start, reference = standing.shown(standing.start_value), standing.shown(standing.reference_value)
    result = standing.with_unit(standing.value_due(year))
    if standing.is_reference_due(year):
        return f"{standing.reference_name}: {result}"
    due = show_share(share_due(standing.path, year))
    return f"{start} + {due} × ({reference} {MINUS} {start}) = {result}"


def value(figure, figures):
    """Of a figure: the two sides of a share, what it is the sum of, or who measured it."""
    row = figure.measurement
    if row is not None:
        if row.numerator is None:
            return f"gemeten: {figure.source}"
        return f"{format_number(row.numerator)} / {format_number(row.denominator)} = {figure.with_unit}"
    parts = figures.parts_behind(figure.indicator, figure.area, figure.period)
    top = _sum((sign, one) for sign, is_below, one in parts if not is_below)
    below = _sum((sign, one) for sign, is_below, one in parts if is_below)
    return f"{top} / {below} = {figure.with_unit}" if below else f"{top} = {figure.with_unit}"


def due(formula, number, indicator):
    """Of a sum that is something by definition: what `value` gives of it, and what it should be."""
    return f"{formula}; moet {with_unit(format_number(number), indicator)} zijn"


def _sum(parts):
    text = ""
    for sign, figure in parts:
        mark = "+" if sign > 0 else MINUS
        text += f" {mark} {figure.display}" if text else f"{MINUS * (sign < 0)}{figure.display}"
    return text


def counted(tally, bound, indicator):
    """Of how many wijken rose and fell."""
    by = f"meer dan {bound} {indicator.unit} " if bound else ""
    return f"van {tally.total} wijken gingen er {tally.risen} {by}vooruit en {tally.fallen} {by}achteruit"
