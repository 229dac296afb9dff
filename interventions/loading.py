"""The plan that ships with the project: the historical round 2023, from the files in interventions/data.

The files hold facts (names, numbers, figures) and texts in our own words; nothing of the printed report's prose and no
colours, which the report's source lost. They may be corrected by hand: they are the source from now on.
"""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from accounts.models import Organisation
from interventions.models import (
    Funding,
    IndicatorPlacement,
    Initiator,
    Intervention,
    OutputIndicator,
    OutputSeries,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
)
from interventions.models.progress import WayIn
from interventions.workflow import Refused, RoundState, State
from programme.models import Area, Period, Pillar, Theme
from programme.numbers import format_number
from programme.richtext import from_plain_text

DATA = Path(__file__).parent / "data"
YEAR = 2023


def read_rows(name):
    """The rows of the CSV file `name` in interventions/data, each a dict by column."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_plan():
    """The plan file: pillars, organisations with parts or members, areas, and an item per plan item.

    An item without pillar is an activity under 'Organisatie en financiën'; its number is only its place.
    """
    return json.loads((DATA / f"plan-{YEAR}.json").read_text(encoding="utf-8"))


def read_texts():
    """The texts by (pillar, number), as in the plan file."""
    return {(row["pillar"], int(row["number"])): row for row in read_rows(f"texts-{YEAR}.csv")}


def read_figures():
    """The figures in the order in which the report has them: by pillar, number and position."""
    return read_rows(f"figures-{YEAR}.csv")


@transaction.atomic
def load_plan():
    """Make what is not there yet; a plan item that is there stays as it is, with all that belongs to it.

    Returns how many of each kind of row were added, as {(Dutch singular, plural): number}. Raises Refused when the
    round of this year was not taken over from a report.
    """
    plan = read_plan()
    before = _count()
    reporting_round, _ = ReportingRound.objects.get_or_create(
        year=YEAR, defaults={"historical": True, "state": RoundState.CLOSED, "source": plan["source"]}
    )
    if not reporting_round.historical:
        raise Refused(f"De ronde {YEAR} bestaat al en is niet overgenomen uit een rapport; er is niets geladen.")
    items = _load_items(plan, reporting_round)
    _load_figures(plan["areas"], items, reporting_round)
    for item in items.values():
        item.progress.keep_revision(item.progress.content(), by=None, way_in=WayIn.PLAN)
    return {kind: number - before[kind] for kind, number in _count().items() if number > before[kind]}


def describe_figures():
    """What the shipped figures amount to, in Dutch. A shared indicator stands at two interventies, its figures once."""
    rows = read_figures()
    placements = {(row["pillar"], row["number"], row["indicator"]) for row in rows}
    indicators = {row["indicator"] for row in rows}
    placed_series = {(row["pillar"], row["number"], row["indicator"], row["area"]) for row in rows}
    series = {(row["indicator"], row["area"]) for row in rows}
    values = {(row["indicator"], row["area"], row["period"]) for row in rows}
    return (
        f"{len(placements)} interventie-indicatoren bij interventies ({len(indicators)} verschillende, "
        f"{len(placements) - len(indicators)} op twee plaatsen), {len(placed_series)} reeksen "
        f"({len(series)} verschillende), {len({row['area'] for row in rows})} gebieden, {len(rows)} cijfers "
        f"({len(values)} waarden)"
    )


def _count():
    items = PlanItem.objects.filter(round__year=YEAR)
    return {
        ("interventie", "interventies"): items.counting().count(),
        ("andere activiteit", "andere activiteiten"): items.activities().count(),
        ("organisatie", "organisaties"): Organisation.objects.count(),
        ("interventie-indicator", "interventie-indicatoren"): OutputIndicator.objects.count(),
        ("gebied", "gebieden"): Area.objects.count(),
        ("waarde", "waarden"): OutputValue.objects.filter(round__year=YEAR).count(),
    }


def _load_items(plan, reporting_round):
    """Make the plan items that are not there, with initiators, funding and voortgang; returns them by their key."""
    pillars = {row["abbreviation"]: _pillar(row, position) for position, row in enumerate(plan["pillars"], 1)}
    texts = read_texts()
    rows = {
        (row["pillar"] or "", row["number"]): row
        for row in plan["items"]
        if not _is_there(row, pillars.get(row["pillar"]), reporting_round)
    }
    interventions = Intervention.objects.bulk_create(Intervention() for _ in rows)
    items = {
        key: PlanItem(
            round=reporting_round,
            intervention=intervention,
            pillar=pillars.get(row["pillar"]),
            theme=_theme(pillars.get(row["pillar"]), row["themes"]),
            number=row["number"] if row["pillar"] else None,
            position=row["number"],
            name=row["name"],
            former_name=row["former_name"],
            description=from_plain_text(texts[key]["description"]),
        )
        for (key, row), intervention in zip(rows.items(), interventions, strict=True)
    }
    PlanItem.objects.bulk_create(items.values())
    for key, item in items.items():
        item.funding.set(Funding.objects.get_or_create(name=name)[0] for name in rows[key]["funding"])
    Initiator.objects.bulk_create(
        initiator for key, item in items.items() for initiator in _initiators(plan, rows[key], item)
    )
    reporting_round.keep_names()
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            plan_item=item,
            state=State.APPROVED,
            version=1,
            quantitative=from_plain_text(texts[key]["quantitative"]),
            qualitative=from_plain_text(texts[key]["qualitative"]),
        )
        for key, item in items.items()
    )
    return items


def _is_there(row, pillar, reporting_round):
    """Whether the plan item of `row` is in the round, if under another name or another number."""
    place = Q(number=row["number"]) if pillar else Q(position=row["number"])
    return reporting_round.plan_items.filter(place | Q(name=row["name"]), pillar=pillar).exists()


def _pillar(row, position):
    there = Pillar.objects.filter(Q(abbreviation=row["abbreviation"]) | Q(name=row["name"])).first()
    return there or Pillar.objects.create(position=position, **row)


def _theme(pillar, names):
    """The theme under its hoofdblok, if it has one: `names` from top to bottom."""
    theme = None
    for name in names:
        position = Theme.objects.filter(pillar=pillar).count()
        theme, _ = Theme.objects.get_or_create(pillar=pillar, parent=theme, name=name, defaults={"position": position})
    return theme


def _initiators(plan, row, item):
    """The initiators of `item`, unsaved: the first named is taken to be trekker."""
    suppliers = row.get("data_suppliers", [])
    for position, name in enumerate([*row["initiators"], *suppliers]):
        role = Initiator.Role.INITIATOR if position else Initiator.Role.TREKKER
        if name in suppliers:
            role = Initiator.Role.DATA_SUPPLIER
        yield Initiator(plan_item=item, organisation=_organisation(plan, name), role=role, position=position)


def _organisation(plan, name):
    there = Organisation.objects.filter(name=name).first()
    if there:
        return there
    if parent := plan["departments"].get(name):
        return Organisation.objects.create(
            name=name, kind=Organisation.Kind.DEPARTMENT, parent=_organisation(plan, parent)
        )
    if name not in plan["collectives"]:
        return Organisation.objects.create(name=name)
    collective = Organisation.objects.create(name=name, kind=Organisation.Kind.COLLECTIVE)
    collective.members.set(_organisation(plan, member) for member in plan["collectives"][name])
    return collective


def _load_figures(areas, items, reporting_round):
    """Make indicators, series and values of `items` (plan items by their key).

    An indicator that stands at two interventies is owned by the first; see `_merged` for its figures.
    """
    rows = [row for row in read_figures() if (row["pillar"], int(row["number"])) in items]
    areas = {
        row["name"]: Area.objects.shipped(row["name"], kind=row["kind"], position=position)
        for position, row in enumerate(areas, 1)
        if any(figure["area"] == row["name"] for figure in rows)
    }
    periods = {name: Period.objects.from_name(name) for name in sorted({row["period"] for row in rows})}
    by_indicator = defaultdict(list)
    for row in rows:
        by_indicator[row["indicator"]].append(row)

    placements, values = [], []
    for name, figures in by_indicator.items():
        latest = max((periods[row["period"]] for row in figures), key=lambda period: period.start)
        indicator, _ = OutputIndicator.objects.get_or_create(
            name=name,
            status=OutputIndicator.Status.ACTIVE,
            defaults={"unit": figures[0]["unit"], "period_kind": latest.kind},
        )
        # An interventie that left every plan owns nothing any more.
        indicator.placements.filter(intervention__plan_items=None).delete()
        owned = indicator.placements.filter(owner=True).exists()
        places = {(row["pillar"], int(row["number"])): row["position"] for row in figures}
        for key, position in places.items():
            intervention = items[key].intervention
            placements.append(
                IndicatorPlacement(indicator=indicator, intervention=intervention, owner=not owned, position=position)
            )
            owned = True
        series = {
            area: OutputSeries.objects.get_or_create(indicator=indicator, area=areas[area])[0]
            for area in dict.fromkeys(row["area"] for row in figures)
        }
        cells = defaultdict(list)
        for row in figures:
            cells[row["area"], row["period"]].append(row)
        values += [
            OutputValue(series=series[area], period=periods[period], round=reporting_round, **_merged(cell))
            for (area, period), cell in cells.items()
        ]
    IndicatorPlacement.objects.bulk_create(placements)
    OutputValue.objects.bulk_create(values, ignore_conflicts=True)


def _merged(rows):
    """What the rows of one value say together: the value of the owner, the remarks of all, and where they differ."""
    owner, *others = rows
    remarks = [row["remark"] for row in rows if row["remark"]]
    remarks += [
        f"bij {row['pillar']}{row['number']} noemt het rapport {format_number(Decimal(row['value']))}"
        for row in others
        if Decimal(row["value"]) != Decimal(owner["value"])
    ]
    return {
        "value": Decimal(owner["value"]),
        "target": Decimal(owner["target"]) if owner["target"] else None,
        "provisional": owner["provisional"] == "ja",
        "remark": "; ".join(dict.fromkeys(remarks)),
    }
