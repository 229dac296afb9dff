"""Tables with parts: a row per indicator, a column per area in each period. What is a sum is checked at its row."""

from itertools import groupby

from indicators.areas import short_name
from indicators.figures import format_decimals
from indicators.formulas import Undefined
from indicators.neighbourhoods import share_within
from indicators.sums import gap
from programme.models import Area, Period

from .shape import EMPTY, Cell, Column, Panel, Row, Section, figure_cell, indicator_url, source_notes, with_span

MOST_COLUMNS = 8
"""Periods beside each other; of more, such as months, each gets a row."""


def panels(table, indicators, figures, *, period=None, area=None):
    """One Panel; `period` and `area` leave the others out."""
    periods = [one for one in figures.periods_about(indicators) if period in (None, one)]
    areas = [one for one in figures.areas_about(indicators) if area in (None, one)]
    make = _upright if len(periods) > MOST_COLUMNS else _across
    columns, sections = make(table, indicators, figures, periods, areas)
    yield Panel(
        key=table.code,
        title=with_span(table.name, periods),
        head="Periode" if make is _upright else "Cijfer",
        section_head="Onderdeel",
        columns=tuple(columns),
        sections=tuple(sections),
        notes=(*source_notes(*indicators), *(f"{one.name}: {one.note}" for one in indicators if one.note)),
    )


def _across(table, indicators, figures, periods, areas):
    """A row per indicator, under the heading that stands before the colon in its name."""
    whole, part = _whole_and_part(figures, indicators, areas)
    columns = []
    for period in periods:
        columns += [Column(f"{table.code}.{period}.{one.pk}", short_name(one), group=str(period)) for one in areas]
        if part:
            columns.append(Column(f"{table.code}.{period}.aandeel", f"Aandeel {short_name(part)}", group=str(period)))
    names = {one.name for one in indicators}  # whose parts follow it: 'Opgelost', 'Opgelost: 5 t/m 12 jaar'
    rows = []
    for indicator in indicators:
        cells = []
        for period in periods:
            cells += [_cell(figures, indicator, area, period) for area in areas]
            if part:
                cells.append(_share(figures, indicator, part, whole, period))
        heading, _, name = indicator.name.rpartition(": ")
        is_part = heading in names
        row = Row(
            name[:1].upper() + name[1:],
            tuple(cells),
            url=indicator_url(indicator),
            emphasised=bool(figures.terms_of(indicator)) and not is_part,
            part_of=heading if is_part else "",
        )
        rows.append(("" if is_part else heading, row))
    return columns, [
        Section(heading, tuple(row for _, row in ours)) for heading, ours in groupby(rows, key=lambda pair: pair[0])
    ]


def _upright(table, indicators, figures, periods, areas):
    """A row per period, a column per indicator and area."""
    shown = [
        (one, area) for one in indicators for area in areas if any(figures.get(one, area, period) for period in periods)
    ]
    columns = [Column(f"{table.code}.{one.code}.{area.pk}", short_name(area), group=one.name) for one, area in shown]
    by_kind = {}  # years do not stand among the months that they consist of
    for period in periods:
        cells = tuple(_cell(figures, one, area, period) for one, area in shown)
        by_kind.setdefault(period.kind, []).append(Row(str(period), cells, order=period.start.isoformat()))
    kinds = [kind for kind in Period.Kind if kind in by_kind]
    several = len(kinds) > 1
    return columns, [Section(kind.label if several else "", tuple(by_kind[kind]), apart=several) for kind in kinds]


def _cell(figures, indicator, area, period):
    found = gap(figures, indicator, area, period)
    notes = [str(found)] if found else []
    return figure_cell(figures.get(indicator, area, period), *notes, unit=True)


def _whole_and_part(figures, indicators, areas):
    """Rotterdam and Zuid, where people are counted in both: then the share of Zuid is shown. Otherwise (None, None)."""
    city = next((one for one in areas if one.kind == Area.Kind.CITY), None)
    counted = any(one.unit != "%" for one in indicators)
    return (city, figures.programme) if city and figures.programme in areas and counted else (None, None)


def _share(figures, indicator, part, whole, period):
    share = share_within(figures, indicator, part=part, whole=whole, period=period)
    if share is None or indicator.unit == "%":
        return EMPTY
    if isinstance(share, Undefined):
        return Cell(str(share))
    return Cell(f"{format_decimals(share, 1)}%", value=share, decimals=1, form="{}%", numeric=True)
