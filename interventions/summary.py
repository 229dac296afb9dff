"""Pijler x kleur x trend: one computation for the overview and the workbook, so that they cannot differ."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from interventions.models import PlanItem, Trend
from interventions.workflow import Colour
from programme.models import Pillar

COLOURS = (Colour.GREEN, Colour.ORANGE, Colour.RED, Colour.WHITE, "")
"""In the order of the printed report; "" is an interventie without a colour, or with one that the user may not see."""

TRENDS = (*Trend, "")
"""In the order of the printed report; "" is an interventie whose trend cannot be told, for lack of a colour."""


@dataclass(frozen=True)
class Row:
    """The interventies of one colour, or of all colours (`colour` is None)."""

    colour: str | None
    items: tuple[PlanItem, ...]
    trends: tuple[str, ...]

    @cached_property
    def counts(self):
        """How many interventies each trend has, for every column of the table."""
        found = Counter(item.trend for item in self.items)
        return {trend: found[trend] for trend in self.trends}

    @property
    def total(self):
        return len(self.items)


@dataclass(frozen=True)
class Group:
    """One pijler, or all of them together (`pillar` is None): a row per colour, and their total.

    There is a row for every colour, and one without colour when there are such interventies.
    """

    pillar: Pillar | None
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True)
class Summary:
    """The table. `trends` are its columns: those of Trend, and "" when there are interventies without one."""

    trends: tuple[str, ...]
    pillars: tuple[Group, ...]
    total: Group

    @property
    def without_colour(self):
        """The interventies without a colour, in the order in which they came."""
        return tuple(item for item in self.total.total.items if not item.seen_colour)


def summarise(items):
    """Count `items`: rows of a `PlanItem.objects.visible_to(user=…)`, each with its pijler.

    The unnumbered activities do not count. Every interventie stands in one row and one column of its pijler, so that
    both ways the table adds up to the number of interventies.
    """
    counting = [item for item in items if item.pillar_id]
    occurring = {item.trend for item in counting}
    trends = tuple(trend for trend in TRENDS if trend or trend in occurring)
    pillars = sorted({item.pillar for item in counting}, key=lambda pillar: pillar.position)
    return Summary(
        trends=trends,
        pillars=tuple(
            _group(pillar, [item for item in counting if item.pillar_id == pillar.pk], trends) for pillar in pillars
        ),
        total=_group(None, counting, trends),
    )


def _group(pillar, items, trends):
    by_colour = {colour: tuple(item for item in items if item.seen_colour == colour) for colour in COLOURS}
    return Group(
        pillar=pillar,
        rows=tuple(Row(colour, of_it, trends) for colour, of_it in by_colour.items() if colour or of_it),
        total=Row(None, tuple(items), trends),
    )
