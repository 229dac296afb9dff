"""The tables of the effectrapportage as they are shown: a page, sorted and filtered, a workbook, a CSV file.

Each layout of Table has a module that makes its panels from the Figures; what a panel is, is in `shape`.
"""

from indicators.figures import Figures, with_classes
from indicators.models import Table

from . import areas, moves, periods, profile, scale
from .shape import Tables

LAYOUTS = {
    Table.Layout.AREAS: areas,
    Table.Layout.PERIODS: periods,
    Table.Layout.SCALE: scale,
    Table.Layout.PROFILE: profile,
    Table.Layout.MOVES: moves,
}


def indicators_of(table):
    """The indicators of `table` in order, with what showing them takes."""
    return list(with_classes(table.indicators.all()).select_related("division").prefetch_related("pillars"))


def build(table, *, indicators=None, figures=None, selection="", **chosen):
    """The Tables of `table`; `chosen` narrows them down (see the `panels` of each layout).

    Its indicators, and the Figures with all of them, are read here when they are not given.
    """
    indicators = indicators_of(table) if indicators is None else indicators
    figures = figures or Figures(indicators)
    panels = LAYOUTS[table.layout].panels(table, indicators, figures, **chosen) if indicators else ()
    return Tables(title=table.name, name=table.code, panels=tuple(panels), selection=selection)
