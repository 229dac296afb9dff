"""The sentences about a target, made of its figures: nobody types a number, an 'above' or a 'below'."""

from programme.models import Area

from .areas import short_name
from .formulas import Undefined
from .models import Target


def outcome(standing, latest=None):
    """How it stands: 'Zuid 2022: 19,1%. Ingelopen tussen 2020 en 2022: 40,6%, boven het streefniveau van 11,1%.'

    `latest` is the Figure that is known last, for an indicator without a target.
    """
    target = standing.target
    if target is None:
        return f"{_value(latest)} Er is geen streefwaarde." if latest else "Er is geen waarde en geen streefwaarde."
    value = _value(standing.now) if standing.now else f"Van {short_name(target.area)} is geen waarde bekend."
    if target.reference == Target.Reference.NONE:
        return f"{value} De doelstelling is een richting, geen waarde: {target.aim}."
    if standing.now is None:
        return value
    if not standing.is_defined:
        return f"{value} Een percentage ingelopen is er niet: {standing.closed}."
    closed = f"Ingelopen tussen {target.start_period} en {standing.now.period}: {standing.closed_shown}"
    return f"{value} {closed}{_judged(standing)}"


def _value(figure):
    provisional = " (voorlopig)" if figure.provisional else ""
    return f"{short_name(figure.area)} {figure.period}: {figure.with_unit}{provisional}."


def _judged(standing):
    """What the share means: whether the gap has grown or is gone, and whether it is what should be reached."""
    meaning = ""
    if standing.closed < 0:
        meaning = " (het verschil is gegroeid)"
    elif standing.closed >= 1:
        meaning = " (het hele verschil)"
    if isinstance(standing.due, Undefined):
        return f"{meaning}."
    return f"{meaning}, {compared(standing)} het streefniveau van {standing.due_shown}."


def compared(standing):
    """'boven', 'onder' or 'precies'; where the share and what is due are shown alike it says 'net'."""
    if standing.closed == standing.due:
        return "precies"
    word = "boven" if standing.on_target else "onder"
    return f"net {word}" if standing.closed_shown == standing.due_shown else word


def aim(standing):
    """What is aimed at: 'Het doel voor 2031 is het niveau van Rotterdam: 15,0% (2022).', and the target of the year.

    "" where there is nothing to reach.
    """
    target = standing.target
    if target is None or target.reference == Target.Reference.NONE:
        return ""
    last = f" voor {standing.last_year}" if standing.path else ""
    value = standing.reference_value
    if target.reference == Target.Reference.NORM:
        goal = f"Het doel{last} is de norm: {standing.with_unit(value)}."
    else:
        where = _place(target.reference_area) if target.reference_area else f"'{target.reference_indicator}'"
        goal = f"Het doel{last} is het niveau van {where}"
        goal += "; dat is niet bekend." if isinstance(value, Undefined) else f": {_reference(standing)}."
    if isinstance(standing.target_now, Undefined):
        return goal
    return f"{goal} De streefwaarde voor {standing.year} is {standing.target_now_shown}."


def _place(area):
    """The name of `area` in a sentence: 'Rotterdam', but 'de G4'."""
    return f"de {area}" if area.kind == Area.Kind.REFERENCE else short_name(area)


def _reference(standing):
    return f"{standing.reference.with_unit} ({standing.reference.period})"


def sources_differ(figures, used):
    """'Rotterdam 2023: lokale bron 663.900; landelijke bron 663.535. Deze pagina gebruikt de landelijke bron.'

    `figures` are the Figures of every source of one area and period, `used` is the one that counts.
    """
    said = "; ".join(f"{one.source} {one.with_unit}" for one in figures)
    return f"{short_name(used.area)} {used.period}: {said}. Deze pagina gebruikt: {used.source}."
