"""What the page of one indicator says: its sentences, its figures as a table, and what stands beside it."""

from dataclasses import dataclass

from programme.models import Area, Period
from programme.numbers import format_number

from . import sentences
from .areas import order, short_name
from .differences import Comparison
from .figures import Figure
from .models import Indicator, PrintedFigure
from .standing import Standing


@dataclass(frozen=True)
class Paragraph:
    """A target in sentences: how it stands, and what is aimed at."""

    standing: Standing
    outcome: str
    aim: str


def paragraphs(indicator, figures, standings, *, year):
    """A Paragraph for each target; one for an indicator that has none."""
    latest = figures.latest(indicator, figures.programme, until=year) if figures.programme else None
    return [Paragraph(one, sentences.outcome(one, latest), sentences.aim(one)) for one in standings]


@dataclass(frozen=True)
class Cell:
    """A figure of the table, and the two counts it is a share of: '66 van 145'; "" where it is not."""

    figure: Figure | None
    counts: str = ""


@dataclass(frozen=True)
class TableRow:
    """The figures of an area by one source; `counts` is whether they are the ones that are used."""

    area: Area
    sources: list
    cells: list[Cell]
    counts: bool = True

    @property
    def name(self):
        return short_name(self.area)


@dataclass(frozen=True)
class FigureTable:
    """The figures of an indicator for all areas but the wijken, which have pages of their own."""

    periods: list[Period]
    rows: list[TableRow]
    differences: list[str]  # where two sources say something else
    of_neighbourhoods: bool  # whether there are figures of wijken

    @property
    def source(self):
        """The one source of all that is shown, or None when there are more."""
        found = {source for row in self.rows for source in row.sources}
        return found.pop() if len(found) == 1 else None


def table_of(indicator, figures, *, year):
    """The FigureTable of `indicator` in the report of `year`."""
    places = [(area, figures.series(indicator, area, until=year)) for area in figures.areas.values()]
    places = [(area, series) for area, series in places if series]
    shown = [(area, series) for area, series in places if area.kind != Area.Kind.NEIGHBOURHOOD]
    periods = sorted({one.period for _, series in shown for one in series}, key=lambda one: one.span)
    rows, differences = [], []
    for area, series in sorted(shown, key=lambda place: order(place[0])):
        rows.append(_row(area, series, periods))
        others = {}
        for used in series:
            said = figures.by_source(indicator, area, used.period)
            if len({(one.number, one.code) for one in said}) > 1:
                differences.append(sentences.sources_differ(said, used))
            for one in said:
                if one.source != used.source:
                    others.setdefault(one.source, []).append(one)
        rows += [_row(area, found, periods, counts=False) for found in others.values()]
    return FigureTable(periods, rows, differences, of_neighbourhoods=len(places) > len(shown))


def _row(area, series, periods, *, counts=True):
    found = {one.period: one for one in series}
    cells = [_cell(found.get(period)) for period in periods]
    sources = list(dict.fromkeys(one.source for one in series if one.source))
    return TableRow(area, sources, cells, counts)


def _cell(figure):
    row = figure.measurement if figure else None
    if row is None or row.numerator is None:
        return Cell(figure)
    return Cell(figure, f"{format_number(row.numerator)} van {format_number(row.denominator)}")


def neighbours(indicator):
    """The indicators before and after `indicator` in the order of the report: {"previous", "next"}, or None."""
    every = list(Indicator.objects.in_report().only("code", "name"))
    at = every.index(indicator)
    return {
        "previous": every[at - 1] if at else None,
        "next": every[at + 1] if at + 1 < len(every) else None,
    }


def printed_otherwise(indicator, *, year):
    """The Differences of `indicator` with the printed report over `year`; none when that was not printed."""
    if year != PrintedFigure.objects.latest_report():
        return []
    return Comparison(year, Indicator.objects.filter(pk=indicator.pk)).differences
