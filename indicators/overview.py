"""All goals and indicators together in the report of a year: a row for each target, and how many stand where."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from programme.models import Area, Pillar

from .charts import Spark, spark
from .figures import Figure
from .sentences import compared
from .standing import Standing, verdict_tables


@dataclass(frozen=True)
class Row:
    """A Standing as it is listed: with the figure known last, which may be later than that of its reference."""

    standing: Standing
    latest: Figure | None
    spark: Spark | None

    @property
    def judgement(self):
        """'boven', 'onder' or what else it is; "" without a share."""
        return compared(self.standing) if self.standing.on_target is not None else ""


@dataclass(frozen=True)
class Group:
    """The rows of a pijler; of those that have none, `pillar` is None."""

    pillar: Pillar | None
    rows: list[Row]

    @property
    def indicators(self):
        return len({row.standing.indicator.pk for row in self.rows})


def grouped(standings, figures, *, year, pillar=None):
    """The Groups of `standings`, in the order of the pijlers: each under its first pijler, or all under `pillar`."""
    place = next((area for area in figures.areas.values() if area.kind == Area.Kind.PROGRAMME), None)

    def heading(standing):
        return pillar or next(iter(standing.indicator.pillars.all()), None)

    def row(standing):
        area = standing.target.area if standing.target else place
        series = figures.series(standing.indicator, area, until=year) if area else []
        latest = next((one for one in reversed(series) if one.number is not None), None)
        return Row(standing, latest, spark(series))

    ordered = sorted(standings, key=lambda one: heading(one).position if heading(one) else 0)
    return [Group(key, [row(one) for one in found]) for key, found in groupby(ordered, key=heading)]


@dataclass(frozen=True)
class Count:
    """How many standings there are in a pijler (None: in all of them). `key` is what the list is asked for."""

    number: int
    key: str
    pillar: Pillar | None


@dataclass(frozen=True)
class CountTable:
    """The standings of a regime, or those without a share: (label, Counts) for each verdict, and for all of them."""

    title: str
    rows: list[tuple[str, list[Count]]]
    total: list[Count]


@dataclass(frozen=True)
class Counted:
    """All standings: `tables` that together count each of them once, and `total`."""

    pillars: list[Pillar]
    tables: list[CountTable]
    total: list[Count]

    @property
    def number(self):
        return self.total[-1].number


def counted(standings, *, year):
    """The Counted of `standings`. One that belongs to two pijlers counts in both, and once in those of all pijlers."""
    pillars = list(Pillar.objects.all())
    numbers = Counter()
    for standing in standings:
        for pillar in (*standing.indicator.pillars.all(), None):
            verdict = standing.verdict
            numbers.update((key, pillar) for key in (verdict.key, verdict.group, ""))

    def counts(key):
        return [Count(numbers[key, pillar], key, pillar) for pillar in (*pillars, None)]

    return Counted(
        pillars,
        [
            CountTable(title, [(one.label, counts(one.key)) for one in verdicts], counts(group))
            for title, group, verdicts in verdict_tables(year)
        ],
        counts(""),
    )
