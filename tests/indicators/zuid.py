"""Zuid in small: two gebieden with wijken in two divisions, a city beside it, and the tables about them."""

from types import SimpleNamespace

from indicators.models import PrintedFigure, Scale, Table, Term, Tile
from programme.models import Area, Division

from .factories import IndicatorFactory, MeasurementFactory, PlaceFactory, SourceFactory, TableFactory, YearFactory

WIJKEN = {"Charlois": ("Bloemrijk", "Dijkzicht", "Havenkant"), "Feijenoord": ("Kade", "Linden")}


def make_zuid():
    """The areas by name, and the two divisions: every wijk lies in both, but for Linden, which is 'Linden en Park' in
    the wijkprofiel."""
    zuid = PlaceFactory(kind=Area.Kind.PROGRAMME, position=1)
    cbs, profile = (Division.objects.create(name=name) for name in ("CBS-buurten", "Wijkprofiel"))
    areas = {"Zuid": zuid, "Rotterdam": PlaceFactory(name="Rotterdam", kind=Area.Kind.CITY)}
    for position, (district, wijken) in enumerate(WIJKEN.items()):
        areas[district] = PlaceFactory(name=district, kind=Area.Kind.DISTRICT, position=2 + position)
        zuid.parts.add(areas[district])
        for wijk in wijken:
            areas[wijk] = PlaceFactory(name=wijk, kind=Area.Kind.NEIGHBOURHOOD)
            areas[wijk].divisions.set([cbs] if wijk == "Linden" else [cbs, profile])
            areas[district].parts.add(areas[wijk])
    areas["Linden en Park"] = PlaceFactory(name="Linden en Park", kind=Area.Kind.NEIGHBOURHOOD)
    areas["Linden en Park"].divisions.add(profile)
    areas["Linden en Park"].parts.add(areas["Linden"])
    areas["Feijenoord"].parts.add(areas["Linden en Park"])
    focus = PlaceFactory(name="Focuswijken", kind=Area.Kind.OTHER)
    focus.parts.set([areas["Bloemrijk"], areas["Kade"]])
    return SimpleNamespace(areas=areas | {"Focuswijken": focus}, cbs=cbs, profile=profile)


def measure(zuid, indicator, year, values, **details):
    """A measurement per area of `values` ({name: value}); a value that is a text is a code."""
    for name, value in values.items():
        said = {"value": None, "code": value} if isinstance(value, str) else {"value": value}
        MeasurementFactory(indicator=indicator, area=zuid.areas[name], period=YearFactory(year=year), **said, **details)


def make_profile(zuid):
    """An index with total and objective, in three years; Dijkzicht, Havenkant and Kade share the lowest score."""
    table = TableFactory(code="wijkprofiel", name="Wijkprofiel", layout=Table.Layout.PROFILE)
    shared = {"table": table, "unit": "index", "decimals": 0, "division": zuid.profile, "direction": "higher"}
    total = IndicatorFactory(code="vi-totaal", name="Veiligheidsindex, totaal", kind="figure", position=1, **shared)
    part = IndicatorFactory(
        code="vi-objectief", name="Veiligheidsindex, objectief", kind="figure", position=2, **shared
    )
    names = ("Bloemrijk", "Dijkzicht", "Havenkant", "Kade", "Linden en Park", "Rotterdam", "Charlois")
    for year, values in (
        (2014, (100, 90, 95, 84, 90, 105, 96)),
        (2022, (101, 92, 91, 92, 99, 106, 97)),
        (2024, (103, 90, 90, 90, 102, 107, 98)),
    ):
        measure(zuid, total, year, dict(zip(names, values, strict=True)))
    measure(zuid, part, 2024, dict.fromkeys(names, 110))
    elsewhere = PlaceFactory(name="Kralingse Kant", kind=Area.Kind.NEIGHBOURHOOD)
    for rank, (area, value) in enumerate(((elsewhere, 60), (zuid.areas["Kade"], 90)), 1):
        PrintedFigure.objects.create(
            report=2023,
            place="blz. 7",
            indicator=total,
            what="list",
            area=area,
            period=YearFactory(year=2024),
            raw=str(value),
            value=value,
            position=rank,
            note="nieuw in de lijst" if rank == 2 else "",
        )
    for column, name in enumerate(("Bloemrijk", "Dijkzicht", "Havenkant", "Kade", "Linden en Park")):
        Tile.objects.create(division=zuid.profile, area=zuid.areas[name], row=column // 3, column=column % 3)
    return table


def make_scale(zuid):
    table = TableFactory(code="leefbaarometer", name="Leefbaarometer", layout=Table.Layout.SCALE)
    scale = Scale.objects.create(name="Leefbaarometer")
    for rank, name in enumerate(("Onvoldoende", "Zwak", "Voldoende", "Goed"), 1):
        scale.classes.create(rank=rank, name=name)
    indicator = IndicatorFactory(
        code="leefbaarometer",
        name="Leefbaarheid",
        kind="figure",
        direction="higher",
        scale=scale,
        division=zuid.cbs,
        table=table,
    )
    for year, values in ((2012, (2, 2, 3, 4, 1)), (2020, (2, 3, 3, 4, 3)), (2022, (2, 4, 1, 3, 3))):
        measure(zuid, indicator, year, dict(zip([n for of in WIJKEN.values() for n in of], values, strict=True)))
    measure(zuid, indicator, 2022, {"Rotterdam": 3})
    return table


def make_moves(zuid):
    """What came and what went, of wijken alone; totals, balance and the percentage are computed."""
    table = TableFactory(code="verhuisbewegingen", name="Verhuisbewegingen", layout=Table.Layout.MOVES)
    shared = {"kind": "figure", "table": table, "decimals": 0, "division": zuid.cbs}
    made = {}
    for position, name in enumerate(
        ("vestiging uit de stad", "vestiging van elders", "totaal vestiging", "totaal vertrek", "saldo", "inwoners")
    ):
        made[name] = IndicatorFactory(name=name, unit="aantal", adds_up=True, position=position, **shared)
    made["%"] = IndicatorFactory(name="% vestiging", unit="%", position=9, **(shared | {"decimals": 1}))
    for whole, part, sign, below in (
        ("totaal vestiging", "vestiging uit de stad", 1, False),
        ("totaal vestiging", "vestiging van elders", 1, False),
        ("saldo", "totaal vestiging", 1, False),
        ("saldo", "totaal vertrek", -1, False),
        ("%", "totaal vestiging", 1, False),
        ("%", "inwoners", 1, True),
    ):
        Term.objects.create(whole=made[whole], part=made[part], sign=sign, below=below)
    wijken = [name for of in WIJKEN.values() for name in of]
    for name, values in (
        ("vestiging uit de stad", (10, 20, 30, 40, 50)),
        ("vestiging van elders", (1, 2, 3, 4, 5)),
        ("totaal vertrek", (12, 22, 32, 42, 52)),
        ("inwoners", (100, 200, 300, 400, 500)),
    ):
        measure(zuid, made[name], 2023, dict(zip(wijken, values, strict=True)))
    return table


def make_parts(zuid):
    """A flow that does not close for Zuid: 51 and 144 minus 126 is 69, where 66 was measured."""
    table = TableFactory(code="thuiszitters", name="Thuiszitters", layout=Table.Layout.PERIODS)
    start, new, gone, end = (
        IndicatorFactory(
            code=f"thuis-{position}",
            name=name,
            kind="figure",
            unit="aantal",
            decimals=0,
            table=table,
            position=position,
        )
        for position, name in enumerate(("Begin", "Nieuw", "Weg", "Einde"))
    )
    for sign, part in ((1, start), (1, new), (-1, gone)):
        Term.objects.create(whole=end, part=part, sign=sign)
    for indicator, city, programme in ((start, 89, 51), (new, 356, 144), (gone, 300, 126), (end, 145, 66)):
        measure(zuid, indicator, 2023, {"Rotterdam": city, "Zuid": programme})
    return table


def make_general(zuid):
    """One indicator with two sources for Rotterdam, of which the local one counts."""
    table = TableFactory(code="algemeen", name="Algemene cijfers", layout=Table.Layout.AREAS)
    national, local = (
        SourceFactory(name=name, position=place) for place, name in enumerate(("landelijke bron", "lokale bron"))
    )
    indicator = IndicatorFactory(code="inwoners", name="Inwoners", unit="aantal", decimals=0, table=table, source=local)
    measure(zuid, indicator, 2023, {"Rotterdam": 663900}, source=national)
    measure(zuid, indicator, 2023, {"Rotterdam": 663535, "Zuid": 211168}, source=local)
    share = IndicatorFactory(code="jong", name="% jong", kind="figure", unit="%", table=table, source=local)
    measure(zuid, share, 2023, {"Rotterdam": "nb", "Zuid": 33}, source=local)
    return table
