"""Moves: a row per wijk with what came in and went out; gebieden, focuswijken and Zuid are sums of wijken."""

from indicators.areas import short_name
from indicators.figures import show
from indicators.neighbourhoods import known_periods, neighbourhoods
from indicators.sums import check_both_ways, gap
from programme.models import Area

from .places import area_row, not_yet, sections_by_district
from .shape import Column, Panel, Section, figure_cell, source_notes, without_empty

SUM = "som van wijken"


def panels(table, indicators, figures, *, district=None, period=None, totals_only=False):
    """One Panel for `period` (the latest when it is not given); `totals_only` leaves the separate flows out."""
    if not figures.periods_about(indicators):
        return
    is_latest, period = period is None, period or known_periods(figures, *indicators)[0][-1]
    chosen = [one for one in indicators if figures.terms_of(one)] if totals_only else indicators

    def cells(area):
        for one in chosen:
            yield figure_cell(figures.get(one, area, period), *_notes(figures, one, area, period), unit=True)

    indicator = next((one for one in indicators if one.division), indicators[0])
    sections = sections_by_district(figures, indicator.division, cells, district=district, total_note=SUM)
    wholes = [area for area in figures.areas.values() if area.kind in (Area.Kind.PROGRAMME, Area.Kind.OTHER)]
    if district is None:
        wholes.sort(key=lambda area: area.position, reverse=True)
        rows = without_empty(area_row(area, cells, total=True, notes=(SUM,)) for area in wholes)
        sections += [Section("Samen", rows, apart=True)] if rows else []
    yield Panel(
        key=table.code,
        title=f"{table.name}, {period}",
        head="Wijk",
        section_head="Gebied",
        columns=tuple(Column(f"{table.code}.{one.code}", one.name, group=_group(one, figures)) for one in chosen),
        sections=tuple(sections),
        sentences=(
            *_checked(figures, indicators, wholes, indicator, period),
            *(not_yet(figures, *indicators) if is_latest else ()),
        ),
        notes=(
            "De totalen, het saldo en het percentage zijn berekend uit de stromen per wijk. Waar <5 staat, is het"
            " juiste aantal niet bekend; in sommen telt het niet mee, zoals in het gedrukte rapport.",
            *source_notes(*indicators),
        ),
    )


def _group(indicator, figures):
    """The heading over flows that make up one total: the name of that total, when nothing it consists of is a total."""
    for whole in figures.indicators.values():
        terms = figures.terms_of(whole)
        flows = [figures.indicators[term.part_id] for term in terms]
        plain = terms and all(term.sign > 0 and not term.below for term in terms)
        if plain and (indicator in flows or indicator == whole) and not any(map(figures.terms_of, flows)):
            return whole.name.removeprefix("totaal ").removeprefix("Totaal ").capitalize()
    return ""


def _notes(figures, indicator, area, period):
    found = gap(figures, indicator, area, period)
    return [str(found)] if found else []


def _checked(figures, indicators, wholes, indicator, period):
    """The sentences that say whether the sums close."""
    districts = {part for whole in wholes for part in whole.parts.all() if part.kind == Area.Kind.DISTRICT}
    areas = [*wholes, *(figures.areas[one.pk] for one in districts)]
    checked = check_both_ways(figures, indicators, areas, period)
    if checked.made:
        number = len(neighbourhoods(figures, indicator))
        result = "alle sluiten." if not checked.wrong else f"{len(checked.wrong)} sluiten niet:"
        yield (
            f"Nagerekend: {checked.made} totalen en saldi van gebieden, focuswijken en Zuid, eenmaal uit hun stromen en"
            f" eenmaal uit de totalen van de {number} wijken; {result}"
        )
        for figure, added in checked.wrong:
            of_parts = show(added, figure.indicator)
            yield f"{short_name(figure.area)}, {figure.indicator}: {figure.display}, uit de wijken {of_parts}."
