"""All goals and indicators together in the report of a year: a row for each target, and how many stand where."""

from collections import Counter
from dataclasses import dataclass

from programme.models import Pillar

from .charts import Spark, spark
from .figures import Figure, last_number
from .filters import WITHOUT_PILLAR
from .standing import Standing, by_pillar, verdict_tables


@dataclass(frozen=True)
class Row:
    """A Standing as it is listed: with the figure known last, which may be later than that of its reference."""

    standing: Standing
    latest: Figure | None
    spark: Spark | None


@dataclass(frozen=True)
class Group:
    """The rows of a pijler; of those that have none, `pillar` is None."""

    pillar: Pillar | None
    rows: list[Row]

    @property
    def key(self):
        return f"pijler-{self.pillar.pk}" if self.pillar else "zonder-pijler"

    @property
    def title(self):
        return str(self.pillar or WITHOUT_PILLAR)

    @property
    def indicators(self):
        return len({row.standing.indicator.pk for row in self.rows})


def grouped(standings, figures, *, year, pillar=None):
    """The Groups of `standings`, in the order of the pijlers: each under its first pijler, or all under `pillar`."""

    def row(standing):
        area = standing.target.area if standing.target else figures.programme
        series = figures.series(standing.indicator, area, until=year) if area else []
        return Row(standing, last_number(series), spark(series))

    found = {pillar: standings} if pillar and standings else by_pillar(standings)
    return [Group(key, [row(one) for one in ours]) for key, ours in found.items()]


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
    """The Counted of `standings`. One that stands at two pijlers counts in both, and once in those of all pijlers."""
    pillars = list(Pillar.objects.all())
    numbers = Counter()
    for standing in standings:
        for pillar in (*standing.pillars, None):
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
