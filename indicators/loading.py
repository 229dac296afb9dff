"""The outcome figures that ship with the project: those of the report over 2023, from the files in indicators/data.

The files hold facts (names, figures, sources) and texts in our own words. They may be corrected by hand: they are the
source from now on. `base.json` has the places and the words, `indicators.json` what is measured and aimed at,
`measurements.csv` each figure once, and `printed-2023.csv` what the report prints of what is computed here.
"""

import csv
import json
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from accounts.history import WayIn
from programme.figures import CODES_AS_TYPED
from programme.models import Area, Division, Period, Pillar
from programme.numbers import parse_number

from .figures import with_classes
from .models import (
    Indicator,
    Measurement,
    MeasurementEvent,
    PrintedFigure,
    Regime,
    RegimePoint,
    Report,
    Scale,
    ScaleClass,
    ShareClass,
    Source,
    Table,
    Target,
    Term,
    Tile,
)

DATA = Path(__file__).parent / "data"
REPORT = 2023
KINDS = (Indicator, Target, Measurement, PrintedFigure, Table, Source, Area, Tile)


def read_json(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def read_rows(name):
    """The rows of the CSV file `name` in indicators/data, each a dict by column."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_indicators():
    """Make what is not there yet; what is there stays as it is, with all that belongs to it. A measurement that was
    removed since stays away.

    Returns how many of each kind of row were added, as {(Dutch singular, plural): number}.
    """
    before = _count()
    base = read_json("base.json")
    _load_areas(base)
    _load_words(base)
    _load_indicators(read_json("indicators.json"))
    found = _Found()
    _load_measurements(found)
    _load_printed(found)
    Report.objects.get_or_create(year=REPORT)
    return {kind: number - before[kind] for kind, number in _count().items() if number > before[kind]}


def _count():
    return {(model._meta.verbose_name, model._meta.verbose_name_plural): model.objects.count() for model in KINDS}


def _load_areas(base):
    divisions = {
        name: Division.objects.shipped(name, position=position) for position, name in enumerate(base["divisions"], 1)
    }
    areas = {
        row["name"]: Area.objects.shipped(row["name"], kind=row["kind"], position=row["position"])
        for row in base["areas"]
    }
    if not Area.objects.filter(chart_place__isnull=False).exists():
        for row in base["areas"]:
            if "chart_place" in row:
                Area.objects.filter(pk=areas[row["name"]].pk).update(chart_place=row["chart_place"])
    for row in base["areas"]:  # an area that came with the plan lies in nothing yet
        area = areas[row["name"]]
        if not area.divisions.exists():
            area.divisions.set(divisions[name] for name in row.get("divisions", ()))
        if not area.parts.exists():
            area.parts.set(areas[name] for name in row.get("parts", ()))
    for name, grid in base["tiles"].items():
        if not divisions[name].tiles.exists():
            Tile.objects.bulk_create(
                Tile(division=divisions[name], area=areas[cell], row=row, column=column)
                for row, cells in enumerate(grid, 1)
                for column, cell in enumerate(cells, 1)
                if cell
            )


def _load_words(base):
    """The sources, scales, tables and regimes."""
    for position, row in enumerate(base["sources"], 1):
        Source.objects.get_or_create(code=row["code"], defaults={"name": row["name"], "position": position})
    for name, classes in base["scales"].items():
        scale = Scale.objects.shipped(name)
        if not scale.classes.exists():
            ScaleClass.objects.bulk_create(
                ScaleClass(scale=scale, rank=rank, name=one) for rank, one in enumerate(classes, 1)
            )
    for position, row in enumerate(base["tables"], 1):
        Table.objects.get_or_create(code=row["code"], defaults=row | {"position": position})
    for position, row in enumerate(base["regimes"], 1):
        regime, is_new = Regime.objects.get_or_create(
            code=row["code"],
            defaults={"name": row["name"], "position": position},
        )
        if is_new:
            RegimePoint.objects.bulk_create(
                RegimePoint(regime=regime, year=year, share=Decimal(share)) for year, share in row["points"].items()
            )
            ShareClass.objects.bulk_create(
                ShareClass(regime=regime, report=report, lower=lower and Decimal(lower), name=name)
                for report, classes in row["classes"].items()
                for lower, name in classes
            )


def _sources():
    """The sources by the name that they have in the files: the bureau may call them otherwise."""
    sources = {one.code: one for one in Source.objects.all()}
    return {row["name"]: sources[row["code"]] for row in read_json("base.json")["sources"]}


def _load_indicators(rows):
    """Make the indicators that are not there, each with its terms and targets."""
    pillars = {pillar.abbreviation: pillar for pillar in Pillar.objects.all()}
    for row in read_json("base.json")["pillars"]:
        if row["abbreviation"] not in pillars:
            pillars[row["abbreviation"]] = Pillar.objects.create(**row)
    tables, scales = (
        {one.code: one for one in Table.objects.all()},
        {one.shipped_as: one for one in Scale.objects.all()},
    )
    sources = _sources()
    divisions = {one.shipped_as: one for one in Division.objects.all()}
    there = {one.code: one for one in Indicator.objects.all()}
    new = []
    for position, row in enumerate(rows, 1):
        if row["code"] in there:
            continue
        plain = {key: value for key, value in row.items() if key not in ("pillars", "terms", "targets", "start")}
        linked = {
            "table": tables.get(row.get("table")),
            "scale": scales.get(row.get("scale")),
            "division": divisions.get(row.get("division")),
            "source": sources[row["source"]],
            "start_period": Period.objects.from_name(row["start"]) if "start" in row else None,
        }
        there[row["code"]] = Indicator.objects.create(position=10 * position, **plain | linked)
        there[row["code"]].pillars.set(pillars[short] for short in row.get("pillars", ()))
        new.append(row)
    for row in new:
        _load_terms(row, there)
        _load_targets(row, there)


def _load_terms(row, indicators):
    """The terms as they are written: '+part', '-part', and '/part' below the line."""
    Term.objects.bulk_create(
        Term(
            whole=indicators[row["code"]],
            part=indicators[text[1:]],
            sign=-1 if text[0] == "-" else 1,
            below=text[0] == "/",
            position=position,
        )
        for position, text in enumerate(row.get("terms", ()), 1)
    )


def _load_targets(row, indicators):
    """The targets: towards the area that `reference` names, towards the norm that it is, or in a direction only."""
    for target in row.get("targets", ()):
        reference = target.get("reference", "")
        area = Area.objects.filter(shipped_as=reference).first()
        if not reference:
            aim = {"reference": Target.Reference.NONE, "aim": target["aim"]}
        elif area:
            aim = {"reference": Target.Reference.AREA, "reference_area": area}
        else:
            aim = {"reference": Target.Reference.NORM, "norm": Decimal(reference)}
        Target.objects.create(
            indicator=indicators[row["code"]],
            area=Area.objects.get(shipped_as=target["area"]),
            pillar=Pillar.objects.get(abbreviation=target["pillar"]) if "pillar" in target else None,
            regime=Regime.objects.get(code=target["regime"]) if "regime" in target else None,
            start_period=Period.objects.from_name(target["start"]) if "start" in target else None,
            reports_from=REPORT,
            as_printed=True,
            **aim,
        )


class _Found(dict):
    """What the CSV files name: indicators and regimes by code, areas and periods by name, sources by `_sources`."""

    def __init__(self):
        super().__init__(
            indicator={one.code: one for one in with_classes(Indicator.objects.all())},
            area={one.shipped_as: one for one in Area.objects.all()},
            source=_sources(),
            regime={one.code: one for one in Regime.objects.all()},
            period={},
        )

    def get(self, column, name):
        """The object that `name` in `column` stands for, None when it is empty."""
        if not name:
            return None
        if column in ("period", "since"):
            found = self["period"]
            if name not in found:
                found[name] = Period.objects.from_name(name)
            return found[name]
        return self[column][name]


def _load_measurements(found):
    keys = ("indicator", "area", "period", "source")
    # What has a history stays as the bureau left it, also where that is empty.
    there = {*Measurement.objects.values_list(*keys), *MeasurementEvent.objects.values_list(*keys)}
    new = []
    for row in read_rows("measurements.csv"):
        place = {key: found.get(key, row[key]) for key in keys}
        if tuple(one.pk for one in place.values()) not in there:
            new.append(Measurement(**place, **_said(row)))
    Measurement.objects.bulk_create(new)
    MeasurementEvent.objects.bulk_create(
        MeasurementEvent(
            **{key: getattr(one, key) for key in keys},
            became=one.said.in_words(one.indicator),
            way_in=WayIn.PLAN,
        )
        for one in new
    )


def _said(row):
    """What a row of measurements.csv says: '19.1', '66/145' for a share, or a code."""
    said = {"provisional": row["provisional"] == "ja", "remark": row["remark"]}
    text = row["value"]
    if text in CODES_AS_TYPED:
        return said | {"code": CODES_AS_TYPED[text]}
    if "/" in text:
        numerator, denominator = text.split("/")
        return said | {"numerator": Decimal(numerator), "denominator": Decimal(denominator)}
    return said | {"value": Decimal(text)}


def _load_printed(found):
    keys = ("indicator", "area", "period", "since", "source", "regime")
    identity = ("report", "place", "what", "year", *keys)
    there = set(PrintedFigure.objects.values_list(*identity))
    new = []
    for position, row in enumerate(read_rows(f"printed-{REPORT}.csv"), 1):
        linked = {key: found.get(key, row[key]) for key in keys}
        plain = {
            "report": int(row["report"]),
            "place": row["place"],
            "what": row["what"],
            "year": int(row["year"]) if row["year"] else None,
        }
        if (*plain.values(), *(one and one.pk for one in linked.values())) not in there:
            new.append(
                PrintedFigure(
                    **plain,
                    **linked,
                    raw=row["raw"],
                    value=_number(row["raw"]) if row["what"] in NUMBERS else None,
                    kind=row["kind"],
                    note=row["note"],
                    position=int(row["rank"] or position),
                )
            )
    PrintedFigure.objects.bulk_create(new)


NUMBERS = {
    PrintedFigure.What.VALUE,
    PrintedFigure.What.TARGET,
    PrintedFigure.What.SHARE,
    PrintedFigure.What.RISEN,
    PrintedFigure.What.FALLEN,
    PrintedFigure.What.LIST,
    PrintedFigure.What.EDGE,
}


def _number(raw):
    """The number in what was printed; None where nothing but its unit was."""
    return parse_number(raw) if raw.strip("% ") else None
