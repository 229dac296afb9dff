"""All there is about one wijk or gebied: a panel per table, with change and place among the others of Zuid."""

from indicators.figures import Figures, with_classes
from indicators.models import Indicator, Table
from indicators.neighbourhoods import change, districts, ranking
from programme.models import Area

from .periods import MOST_COLUMNS
from .shape import (
    EMPTY,
    Cell,
    Column,
    Panel,
    Row,
    Section,
    Tables,
    change_cell,
    figure_cell,
    indicator_url,
    source_notes,
    without_empty,
)

WITHOUT_TABLE = "Doelstellingen en indicatoren"


def all_figures():
    """The Figures of every indicator."""
    return Figures(with_classes(Indicator.objects.select_related("division")))


def of_area(area, *, figures=None):
    """The Tables of `area`: a Panel for each table in which it has a figure."""
    figures = figures or all_figures()
    area = figures.areas[area.pk]
    by_table = {}
    for indicator in sorted(figures.indicators.values(), key=lambda one: (one.position, one.name)):
        by_table.setdefault(indicator.table, []).append(indicator)
    ordered = [*Table.objects.all(), None]
    panels = [_panel(table, by_table[table], figures, area) for table in ordered if table in by_table]
    return Tables(
        title=area.name, name=f"wijk-{area.pk}", panels=tuple(panel for panel in panels if not panel.is_empty)
    )


def _panel(table, indicators, figures, area):
    key = table.code if table else "doelen"
    periods = [
        period
        for period in figures.periods_about(indicators)
        if any(figures.get(one, area, period) for one in indicators)
    ]
    shown = periods[-MOST_COLUMNS:]
    columns = [
        *(Column(f"{key}.{period}", str(period)) for period in shown),
        Column(f"{key}.vorige", "Sinds vorige"),
        Column(f"{key}.eerste", "Sinds eerste"),
        Column(f"{key}.plaats", "Plaats"),
    ]
    rows = without_empty(_row(indicator, figures, area, periods, shown) for indicator in indicators)
    used = [place for place in range(len(columns)) if any(row.cells[place] != EMPTY for row in rows)]
    return Panel(
        key=key,
        title=table.name if table else WITHOUT_TABLE,
        head="Indicator",
        columns=tuple(columns[place] for place in used),
        sections=(Section("", tuple(_only(row, used) for row in rows)),) if rows else (),
        notes=(
            *[f"De {MOST_COLUMNS} nieuwste periodes; de andere staan in de tabel zelf."] * (len(shown) < len(periods)),
            *[f"Plaats: onder {_peers_named(area)}, 1 is het hoogst."] * (len(columns) - 1 in used),
            *source_notes(*indicators),
        ),
    )


def _only(row, places):
    return Row(row.title, tuple(row.cells[place] for place in places), url=row.url, notes=row.notes)


def _row(indicator, figures, area, periods, shown):
    known = [one for one in periods if (found := figures.get(indicator, area, one)) and found.number is not None]
    before = dict.fromkeys((known[-2], known[0])) if len(known) > 1 else {}
    since = [change_cell(change(figures, indicator, area, now=known[-1], before=one)) for one in before]
    cells = [figure_cell(figures.get(indicator, area, period), unit=True) for period in shown]
    latest = figures.get(indicator, area, known[-1]) if known else None
    computed = ("som van wijken",) if latest and latest.is_computed and not figures.terms_of(indicator) else ()
    return Row(
        indicator.name,
        (*cells, *since, *[EMPTY] * (2 - len(since)), _place(indicator, figures, area, known)),
        url=indicator_url(indicator),
        notes=computed,
    )


def _place(indicator, figures, area, known):
    """The place of `area` among the areas of its kind on Zuid in the latest period: '3 van 23'."""
    peers = peers_of(figures, indicator, area) if known else []
    places = ranking(figures, indicator, peers, known[-1]) if area in peers else []
    mine = next((place for place in places if place.area == area), None)
    if mine is None or len(places) < 2:
        return EMPTY
    return Cell(f"{mine.number} van {len(places)}", rank=mine.number, numeric=True)


def peers_of(figures, indicator, area):
    """The wijken of Zuid in the division of `indicator`, or for a gebied the gebieden."""
    found = districts(figures, indicator.division)
    if area.kind == Area.Kind.DISTRICT:
        return [one.area for one in found]
    return [neighbourhood for one in found for neighbourhood in one.neighbourhoods]


def _peers_named(area):
    return "de gebieden" if area.kind == Area.Kind.DISTRICT else "de wijken van Zuid"
