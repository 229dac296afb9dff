"""A table of classes: a row per wijk, a column per period, and how many classes it went up or down."""

from indicators.neighbourhoods import change, changes, known_periods, tally

from .places import compared_section, not_yet, sections_by_district, shown, within
from .shape import Column, Panel, change_cell, figure_cell, source_notes, with_span


def panels(table, indicators, figures, *, district=None):
    """A Panel per indicator of `table`; `district` leaves the wijken of other gebieden out."""
    return [_panel(indicator, figures, district) for indicator in indicators]


def _panel(indicator, figures, district):
    periods, _ = known_periods(figures, indicator)
    compared = list(dict.fromkeys((periods[-2], periods[0]))) if len(periods) > 1 else []
    last = periods[-1] if periods else None

    def cells(area):
        for period in periods:
            yield figure_cell(figures.get(indicator, area, period))
        for before in compared:
            yield change_cell(change(figures, indicator, area, now=last, before=before))

    key = indicator.code
    sections = sections_by_district(figures, indicator.division, cells, district=district, with_districts=False)
    return Panel(
        key=key,
        title=with_span(indicator.name, periods),
        head="Wijk",
        section_head="Gebied",
        columns=(
            *(Column(f"{key}.{period}", str(period), numeric=False) for period in periods),
            *(Column(f"{key}.sinds-{before}", f"Sinds {before}", numeric=False) for before in compared),
        ),
        sections=(*sections, *compared_section(figures, cells, title="Steden, ter vergelijking")),
        sentences=(
            *(_sentence(figures, indicator, district, now=last, before=before) for before in compared),
            *not_yet(figures, indicator),
        ),
        notes=source_notes(indicator),
    )


def _sentence(figures, indicator, district, *, now, before):
    counted = tally(changes(figures, indicator, shown(figures, indicator, district), now=now, before=before))
    return (
        f"Tussen {before} en {now}: {counted.risen} van de {counted.total} wijken van {within(district)} hoger, "
        f"{counted.fallen} lager, {counted.neither} gelijk."
    )
