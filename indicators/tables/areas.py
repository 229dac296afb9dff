"""General figures: a row per indicator, a column per area, two where two sources say something else of one area."""

from dataclasses import dataclass

from indicators.areas import short_name
from indicators.models import Source
from programme.models import Area

from .shape import Cell, Column, Panel, Row, Section, figure_cell, indicator_url


@dataclass(frozen=True)
class _Place:
    """An area, or what one source says of it. The last of the sources of an area also holds what others say."""

    area: Area
    source: Source | None = None
    others: bool = True


def panels(table, indicators, figures, *, pillar=None):
    """One Panel with the latest figures; `pillar` leaves the indicators of other pijlers out."""
    if pillar:
        indicators = [one for one in indicators if pillar in one.pillars.all()]
    latest = {one: periods[-1] for one in indicators if (periods := figures.periods_about([one]))}
    places = [place for area in figures.areas_about(indicators) for place in _places(figures, latest, area)]
    used = _used_sources(figures, latest, {place.area for place in places if place.source})
    rows = {}
    for indicator, period in latest.items():
        cells = tuple(_cell(figures, indicator, period, place) for place in places)
        heading = ", ".join(one.name for one in indicator.pillars.all())
        row = Row(
            indicator.name,
            (Cell(str(period)), *cells),
            url=indicator_url(indicator),
            notes=tuple(_elsewhere(indicator, used)),
        )
        rows.setdefault(heading, []).append(row)
    yield Panel(
        key=table.code,
        title=f"{table.name} per gebied",
        head="Indicator",
        section_head="Pijler",
        columns=(
            Column(f"{table.code}.periode", "Periode", numeric=False),
            *(_column(table, place) for place in places),
        ),
        sections=tuple(Section(heading, tuple(ours)) for heading, ours in rows.items()),
        notes=tuple(_note(area, sources) for area, sources in used.items()),
    )


def _places(figures, latest, area):
    measured = [figures.sources(indicator, area, period) for indicator, period in latest.items()]
    sources = {row.source for rows in measured if len(rows) > 1 for row in rows}
    if not sources:
        return [_Place(area)]
    ordered = sorted(sources, key=lambda source: (source.position, source.name))
    return [_Place(area, source, others=source == ordered[-1]) for source in ordered]


def _column(table, place):
    key = f"{table.code}.{place.area.pk}"
    if place.source is None:
        return Column(key, short_name(place.area))
    return Column(f"{key}.{place.source.pk}", str(place.source), group=short_name(place.area))


def _cell(figures, indicator, period, place):
    found = figures.by_source(indicator, place.area, period)
    figure = next((one for one in found if one.source == place.source), None)
    if place.source is None or (figure is None and len(found) < 2 and place.others):
        figure = figures.get(indicator, place.area, period)
    return figure_cell(figure, unit=True)


def _used_sources(figures, latest, areas):
    """For each area with more sources, which of them counts elsewhere: {area: {indicator: Source}}."""
    return {
        area: {
            indicator: figures.get(indicator, area, period).source
            for indicator, period in latest.items()
            if len(figures.sources(indicator, area, period)) > 1
        }
        for area in sorted(areas, key=lambda area: area.position)
    }


def _note(area, sources):
    name, names = short_name(area), sorted({str(source) for source in sources.values()})
    if len(names) == 1:
        return f"Van {name} geven meer bronnen een cijfer. De andere pagina’s gebruiken de {names[0]}."
    return f"Van {name} geven meer bronnen een cijfer. Bij elke indicator staat welke de andere pagina’s gebruiken."


def _elsewhere(indicator, used):
    for area, sources in used.items():
        if indicator in sources and len(set(sources.values())) > 1:
            yield f"{short_name(area)} op andere pagina’s: {sources[indicator]}"
