"""The sentences about a target, made of its figures: nobody types a number, an 'above' or a 'below'."""

from .areas import short_name
from .formulas import Undefined, share_due
from .models import Target
from .standing import show_share


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
    if not standing.judgement:
        return f"{meaning}."
    return f"{meaning}, {standing.judgement} het streefniveau van {standing.due_shown}."


def aim(standing):
    """What is aimed at: 'Het doel voor 2031 is het niveau van Rotterdam: 15,0% (2022).', and the target of the year.

    "" where there is nothing to reach.
    """
    target = standing.target
    if target is None or target.reference == Target.Reference.NONE:
        return ""
    last = f" voor {standing.last_year}" if standing.path else ""
    whole = not standing.path or standing.is_reference_due(standing.last_year)
    goal = f"Het doel{last} is {_reference(standing) if whole else _part_of_the_way(standing)}."
    if not standing.path:
        return f"{goal} Voor {standing.year} is er geen streefwaarde: het regime heeft geen pad."
    if isinstance(standing.target_now, Undefined):
        return goal
    return f"{goal} De streefwaarde voor {standing.year} is {standing.target_now_shown}."


def _reference(standing):
    if isinstance(standing.reference_value, Undefined):
        return f"{standing.reference_name}; dat is niet bekend"
    known = f" ({standing.reference.period})" if standing.reference else ""
    return f"{standing.reference_name}: {standing.with_unit(standing.reference_value)}{known}"


def _part_of_the_way(standing):
    """For a path that ends before the whole gap is closed."""
    due = show_share(share_due(standing.path, standing.last_year))
    goal = f"om {due} van het verschil met {standing.reference_name} in te lopen"
    known = not isinstance(standing.target_at_the_end, Undefined)
    return f"{goal}: {standing.target_at_the_end_shown}" if known else goal


def sources_differ(figures, used):
    """'Rotterdam 2023: lokale bron 663.900; landelijke bron 663.535. Deze pagina gebruikt de landelijke bron.'

    `figures` are the Figures of every source of one area and period, `used` is the one that counts.
    """
    said = "; ".join(f"{one.source} {one.with_unit}" for one in figures)
    return f"{short_name(used.area)} {used.period}: {said}. Deze pagina gebruikt: {used.source}."
