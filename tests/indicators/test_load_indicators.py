"""`manage.py load_indicators`: the figures of the report over 2023 as shipped, and that it never overwrites."""

import csv
import datetime
import math
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Count, Q

from accounts.history import WayIn
from indicators.figures import Figures, with_classes
from indicators.importing import look_at, workbook_response
from indicators.loading import read_json, read_rows
from indicators.models import (
    Indicator,
    Measurement,
    MeasurementEvent,
    PrintedFigure,
    Regime,
    Scale,
    Source,
    Table,
    Target,
    Tile,
)
from indicators.recording import Entry, Known, Place, fault_of, record
from indicators.said import Said, read_said
from indicators.standing import standings
from interventions.loading import read_plan
from programme.models import Area, Division, Period
from tests.factories import UserFactory
from workbooks.taking_over import NOTHING

from .shipped import load

REPORT = Path(settings.BASE_DIR).parent / "shared" / "vgr2023"
with_report = pytest.mark.skipif(not REPORT.exists(), reason="needs the structured report")

# The indicators of the table of goals, in the order in which it has them.
ROWS = [
    "bevolking",
    "jonger-dan-27",
    "eenoudergezinnen",
    "kinderen-110",
    "gezinnen-130",
    "problematische-schuld",
    "wanbetalers-zorg",
    "kinderopvangtoeslag",
    "thuiszitters",
    "indicatie-spelen-leren",
    "laagopgeleide-ouders",
    "fundamenteel-niveau",
    "streefniveau",
    "advies-vmbo",
    "advies-havo-vwo",
    "afstroom",
    "leerjaar-3-havo-vwo",
    "diploma-havo-vwo",
    "mbo-niveau-3-4",
    "mbo-diploma-3-4",
    "voortijdig-schoolverlaters",
    "niet-schoolgaand",
    "startkwalificatie",
    "vmbo-techniek",
    "vmbo-zorg",
    "mbo-techniek",
    "mbo-zorg",
    "uitstroom-mbo-techniek",
    "uitstroom-mbo-zorg",
    "opleidingsniveau",
    "inkomen",
    "huishoudens-110",
    "kinderen-110",
    "uitkering-alle",
    "uitkering-bijstand-ww",
    "werkzamen",
    "midden-hoge-inkomens",
    "kwetsbare-woningen",
    "woz-waarde",
    "koopwoningen",
    "tevreden-wonen",
    "verhuisgeneigdheid",
]


def rows(name):
    with (REPORT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers_of(table, **details):
    """How many figures were measured by indicator, of those of `table`."""
    found = Measurement.objects.filter(indicator__table__code=table, **details)
    return dict(found.values_list("indicator__code").annotate(Count("pk")).order_by())


def test_load_indicators_says_what_it_added_and_then_that_nothing_changed(loaded):
    assert loaded == [
        "Toegevoegd: 126 indicatoren, 40 streefwaarden, 1789 metingen, 914 gedrukte cijfers, 9 tabellen, 14 bronnen,"
        " 45 gebieden en 46 tegels."
    ]
    assert load() == ["Niets veranderd."]


def test_load_indicators_brings_each_table_whole(loaded):
    tables = Measurement.objects.values_list("indicator__table__code").annotate(Count("pk")).order_by()

    assert Counter(Indicator.objects.values_list("kind", flat=True)) == {"goal": 10, "indicator": 33, "figure": 83}
    assert dict(tables) == {
        None: 114,
        "algemeen": 252,
        "leefbaarometer": 162,
        "wijkprofiel": 658,  # 648 of Zuid and Rotterdam, 10 of wijken elsewhere in the printed lists
        "verhuisbewegingen": 368,  # 23 wijken, 16 flows: totals and percentages are computed
        "thuiszitters": 56,
        "huisuitzettingen": 12,
        "doorstroming": 77,
        "buig": 22,
        "uitstroom": 68,
    }


def test_load_indicators_keeps_the_history_from_the_first_value(loaded):
    event = MeasurementEvent.objects.get(
        indicator__code="thuiszitters", area__name="NPRZ-gebied", period__start__year=2022
    )

    assert MeasurementEvent.objects.count() == Measurement.objects.count()
    assert (event.was, event.became, event.by, event.way_in) == ("", "66/145", None, WayIn.PLAN)


def test_load_indicators_never_overwrites_what_was_edited(loaded):
    indicator = Indicator.objects.get(code="kinderen-110")
    Indicator.objects.filter(pk=indicator.pk).update(name="Kinderen met weinig geld", unit="%")
    indicator.measurements.filter(area__name="G4").update(value=1)
    indicator.targets.filter(regime__code="b").delete()
    Area.objects.filter(name="Focuswijken").update(position=77, chart_place=None)
    Area.objects.get(name="G4").parts.remove(Area.objects.get(name="Utrecht"))

    assert load() == ["Niets veranderd."]
    indicator.refresh_from_db()
    assert indicator.name == "Kinderen met weinig geld"
    assert set(indicator.measurements.filter(area__name="G4").values_list("value", flat=True)) == {1}
    assert indicator.targets.count() == 1
    assert Area.objects.get(name="G4").parts.count() == 3
    assert Area.objects.get(name="Focuswijken").chart_place is None


def test_load_indicators_knows_what_was_renamed(loaded):
    for model, code in ((Source, "duo"), (Table, "buig"), (Regime, "a"), (Indicator, "thuiszitters")):
        model.objects.filter(code=code).update(name="Anders")
    for model, name in ((Area, "Carnisse"), (Area, "Rotterdam"), (Division, "CBS-buurten"), (Scale, "Leefbaarometer")):
        model.objects.filter(name=name).update(name=f"Anders: {name}")
    Area.objects.create(name="Carnisse", kind=Area.Kind.OTHER)

    assert load() == ["Niets veranderd."]
    assert Scale.objects.count() == 1


def test_load_indicators_leaves_out_a_figure_that_the_bureau_removed(loaded):
    """To remove it is an edit too, which stands in its history."""
    gone = Measurement.objects.get(indicator__code="bevolking", area__name="Nederland")
    record(
        [Entry(Place(gone.indicator, gone.area, gone.period, gone.source), Said(), gone.version)],
        by=UserFactory(adviseur=True),
        way_in=WayIn.FORM,
        today=datetime.date(2024, 3, 1),
        reason="Niet meer gebruikt.",
    )

    assert load() == ["Niets veranderd."]
    assert not Measurement.objects.filter(indicator=gone.indicator, area=gone.area).exists()
    assert [one.became for one in gone.events()] == ["17.811.291", ""]


def test_areas_of_a_chart_have_their_places(loaded):
    drawn = Area.objects.filter(chart_place__isnull=False).order_by("chart_place")

    assert [area.name for area in drawn] == ["NPRZ-gebied", "Focuswijken", "Rotterdam", "G4"]


def test_pijlers_and_areas_are_as_in_the_plan_that_ships():
    """Either half can be loaded without the other, or first: both make what they share, and make the same of it."""
    plan, base = read_plan(), read_json("base.json")

    assert [row | {"position": place} for place, row in enumerate(plan["pillars"], 1)] == base["pillars"]
    of_plan = {row["name"].casefold(): (row["name"], row["kind"], n) for n, row in enumerate(plan["areas"], 1)}
    of_base = {row["name"].casefold(): (row["name"], row["kind"], row["position"]) for row in base["areas"]}
    shared = of_plan.keys() & of_base.keys()
    assert {name: of_plan[name] for name in shared} == {name: of_base[name] for name in shared}
    assert len(shared) == 20


def test_one_indicator_carries_the_targets_of_both_regimes(loaded):
    targets = Target.objects.filter(indicator__code="kinderen-110")

    assert list(targets.values_list("regime__code", "reference_area__name", "start_period__start__year")) == [
        ("a", "G4", 2011),
        ("b", "Rotterdam", 2020),
    ]
    twice = Indicator.objects.annotate(number=Count("targets")).filter(number__gt=1)
    assert [one.code for one in twice] == ["kinderen-110"]


def test_targets_refer_to_what_the_report_says(loaded):
    references = Counter(Target.objects.values_list("regime__code", "reference", "reference_area__name"))

    assert references == {
        ("b", "area", "Rotterdam"): 7,
        ("a", "area", "G4"): 21,
        ("a", "area", "Rotterdam"): 6,
        ("a", "norm", None): 5,
        (None, "none", None): 1,
    }


def test_wijken_lie_in_gebieden_and_have_a_tile_in_each_division_they_belong_to(loaded):
    zuid = Area.objects.get(name="NPRZ-gebied")
    wijken = Area.objects.filter(wholes__wholes=zuid, kind=Area.Kind.NEIGHBOURHOOD)

    assert {division.name: wijken.filter(divisions=division).count() for division in Division.objects.all()} == {
        "CBS-buurten": 23,
        "Wijkprofiel": 23,
    }
    assert set(Tile.objects.values_list("division", "area")) == set(wijken.values_list("divisions", "pk"))
    assert Area.objects.get(name="Feijenoord").kind == Area.Kind.DISTRICT
    assert "Feijenoord (wijk)" in Area.objects.get(name="Focuswijken").parts.values_list("name", flat=True)


def test_every_name_in_the_data_files_is_known(loaded):
    codes = {row["code"] for row in read_json("indicators.json")}

    assert {row["indicator"] for name in ("measurements.csv", "printed-2023.csv") for row in read_rows(name)} <= codes
    assert not Indicator.objects.filter(Q(measurements=None) & Q(terms=None)).exclude(code="indicatie-in-ve").exists()


@with_report
def test_every_figure_of_the_table_of_goals_is_measured(loaded):
    """Each of the six values of a row, at its own indicator and area."""
    measured = {}
    for one in Measurement.objects.select_related("indicator", "area"):
        measured.setdefault((one.indicator.code, one.area.name), set()).add(one.value)
    lacking = [
        (code, column, when, row[f"{column}_{when}"])
        for code, row in zip(ROWS, rows("outcome_indicators.csv"), strict=True)
        for column, area in (("g4", "G4"), ("rotterdam", "Rotterdam"), ("zuid", "NPRZ-gebied"))
        for when in ("start", "actueel")
        if row[f"{column}_{when}"] and Decimal(row[f"{column}_{when}"]) not in measured.get((code, area), ())
    ]
    # Shares of two counts: of the thuiszitters, and of the leerplichtige leerlingen.
    assert lacking == [
        ("thuiszitters", "rotterdam", "start", "34.8"),
        ("thuiszitters", "rotterdam", "actueel", "35"),
        ("thuiszitters", "zuid", "start", "57.3"),
        ("thuiszitters", "zuid", "actueel", "44.5"),
    ]


CLASSES = (("a-1", 40), ("a-2", 15), ("a-3", 5), ("a-4", -math.inf))


@with_report
def test_each_pijler_has_the_targets_that_it_has_in_the_table_of_goals(loaded):
    """Counted by class: the share of the new regime above or below what is due. Not in that table: Schoolgewicht."""
    printed = Counter()
    for code, row in zip(ROWS, rows("outcome_indicators.csv"), strict=True):
        if row["ingelopen_vgr2023"] and row["pijlers"]:
            share, is_new = Decimal(row["ingelopen_vgr2023"]), int(row["volgnr"]) <= 10
            old = next(key for key, lower in CLASSES if share > lower)
            verdict = ("b-boven" if share > Decimal("11.1") else "b-onder") if is_new else old
            printed.update((code, pillar, verdict) for pillar in row["pijlers"].split(";"))

    found = standings(Indicator.objects.in_report().exclude(code="schoolgewicht"), year=2023)

    assert printed.total() == 39
    assert printed == Counter(
        (one.indicator.code, pillar.name, one.verdict.key) for one in found if one.is_defined for pillar in one.pillars
    )


# What the structured report calls otherwise than the data files do.
NAMES = {
    "Totaal G4": "G4",
    "Zuid": "NPRZ-gebied",
    "totaal Zuid": "NPRZ-gebied",
    "7 Focuswijken": "Focuswijken",
    "totaal focuswijken": "Focuswijken",
    "Kop van Zuid - Entrepot": "Kop van Zuid-Entrepot",
    "Oud Charlois": "Oud-Charlois",
    "Oud IJsselmonde": "Oud-IJsselmonde",
    "Groot IJsselmonde": "Groot-IJsselmonde",
    "Groot IJsselmonde-Noord": "Groot-IJsselmonde-Noord",
    "Groot IJsselmonde-Zuid": "Groot-IJsselmonde-Zuid",
    "Oud Crooswijk": "Oud-Crooswijk",
    "OudMathenesse/Witte Dorp": "Oud-Mathenesse/Witte Dorp",
}
GENERAL = [
    "bevolking",
    "jonger-dan-27",
    "eenoudergezinnen",
    "laagopgeleide-ouders",
    "fundamenteel-niveau",
    "streefniveau",
    "leerjaar-3-havo-vwo-alle",
    "praktijkonderwijs",
    "geslaagden-vwo",
    "geslaagden-havo",
    "geslaagden-vmbo",
    "voortijdig-schoolverlaters",
    "startkwalificatie",
    "opleidingsniveau",
    "inkomen",
    "huishoudens-110",
    "kinderen-110",
    "uitkering-alle",
    "uitkering-bijstand-ww",
    "uitkering-ao",
    "niet-werkend",
    "kwetsbare-woningen",
    "woz-waarde",
]
SERIES = {
    "BUIG-volume NPRZ-gebied": "buig",
    "Aandeel Zuid in BUIG-volume Rotterdam": "buig-aandeel",
    "Uitstroom naar werk NPRZ-gebied": "uitstroom-werk",
    "Uitstroom naar werk NPRZ-gebied, aandeel in Rotterdam": "uitstroom-werk-aandeel",
    "Uitstroom overig NPRZ-gebied": "uitstroom-overig",
    "Uitstroom overig NPRZ-gebied, aandeel in Rotterdam": "uitstroom-overig-aandeel",
}


def named(name, level=""):
    return "Feijenoord (wijk)" if (name, level) == ("Feijenoord", "wijk") else NAMES.get(name, name)


def facts(queryset, *columns):
    return set(queryset.values_list("indicator__code", *columns, "value"))


@with_report
def test_every_figure_of_the_wijken_is_measured(loaded):
    measured = facts(Measurement.objects.all(), "area__name", "period__start__year")
    ranks = {name: rank for rank, name in enumerate(read_json("base.json")["scales"]["Leefbaarometer"], 1)}

    profile = {
        (
            f"{row['index'].lower()}-{row['onderdeel']}",
            named(row["gebied"], row["niveau"]),
            int(row["jaar"]),
            int(row["waarde"]),
        )
        for row in rows("wijkprofiel.csv")
    }
    classes = {
        ("leefbaarometer", named(row["wijk"], row["niveau"]), int(row["jaar"]), ranks[row["klasse"]])
        for row in rows("leefbaarometer.csv")
    }
    lowest = {
        (f"{row['index'].lower()}-totaal", named(row["wijk"], "wijk"), 2024, int(row["waarde"]))
        for row in rows("laagst_scorend.csv")
    }
    assert (len(profile), len(classes), len(lowest)) == (648, 162, 30)
    assert profile | classes | lowest <= measured


@with_report
def test_every_general_figure_is_measured_or_kept_as_printed(loaded):
    """Twice: Rotterdam has two sources. As printed are those that are measured otherwise: see docs/indicatoren.md."""
    columns = ("area__name", "source__name")
    measured, printed = (facts(model.objects.all(), *columns) for model in (Measurement, PrintedFigure))
    printed_only = Counter()
    printed_rows = rows("algemene_indicatoren.csv")
    for place, row in enumerate(printed_rows):
        code, name = GENERAL[place // 9], row["gebied"].partition(" (")[0]
        local = "lokale" in row["gebied"] or name in ("Zuid", "7 Focuswijken")
        fact = (
            code,
            named(name),
            f"{'lokale' if local else 'landelijke'} bron",
            row["waarde"] and Decimal(row["waarde"]),
        )
        if row["waarde"] and fact not in measured:
            assert fact in printed, fact
            printed_only[code] += 1
    assert len(printed_rows) == 207
    assert printed_only == {
        "eenoudergezinnen": 1,
        "streefniveau": 1,
        "uitkering-alle": 9,
        "uitkering-bijstand-ww": 9,
        "uitkering-ao": 9,
    }


@with_report
def test_every_figure_of_the_series_is_measured_once(loaded):
    measured = facts(Measurement.objects.filter(area__name="NPRZ-gebied"), "period__start", "period__kind")
    printed_only = []
    for row in rows("reeksen.csv"):
        year, _, rest = row["periode"].partition("-")
        kind, start = ("year", f"{year}-01-01") if not rest else ("month", f"{year}-{rest[:2]}-01")
        if (SERIES[row["reeks"]], datetime.date.fromisoformat(start), kind, Decimal(row["waarde"])) not in measured:
            printed_only.append((row["periode"], row["waarde"]))
    assert printed_only == [("2022-12-31", "13291")]
    assert {row["waarde"] for row in rows("buig_volume.csv")} <= {f"{value:.0f}" for *_, value in measured if value}


@with_report
def test_sums_of_moves_are_those_of_the_report(loaded):
    indicators = list(Indicator.objects.filter(table__code="verhuisbewegingen"))
    figures, (period,) = (
        Figures(indicators),
        {row.period for row in Measurement.objects.filter(indicator__in=indicators)},
    )
    areas = {area.name: area for area in figures.areas.values()}
    printed = rows("verhuisbewegingen.csv")
    for place in range(0, len(printed), len(indicators)):
        ours = printed[place : place + len(indicators)]
        name = named(ours[0]["gebied"], ours[0]["niveau"])
        for indicator, row in zip(indicators, ours, strict=True):
            figure = figures.get(indicator, areas[name], period)
            shown = row["waarde_raw"] if row["waarde_raw"] == "<5" else Decimal(row["waarde"])
            assert (figure.code and "<5") or round(figure.number, indicator.decimals) == shown, (name, indicator)


def test_printed_figures_are_kept_as_printed(loaded):
    printed = PrintedFigure.objects.filter(indicator__code="problematische-schuld", what="share", report=2023)

    assert list(printed.values_list("place", "raw", "value")) == [
        ("tabel met doelen", "-33,1%", Decimal("-33.1")),
        ("pagina van de indicator", "-36,1%", Decimal("-36.1")),
    ]


def test_what_is_shipped_could_have_been_entered(loaded):
    """In a cell, and as a workbook that goes out and comes in again."""
    today = datetime.date(2026, 1, 1)
    indicators = with_classes(Indicator.objects.select_related("division")).in_bulk()
    areas = Area.objects.prefetch_related("divisions").in_bulk()
    known = Known(indicators)

    for row in known.rows:
        indicator = indicators[row.indicator_id]
        place = Place(indicator, areas[row.area_id], row.period, row.source)
        with_remark = replace(row.said, remark=f"{row.said.remark} Anders.")
        assert fault_of(Entry(place, with_remark), known=known, today=today) is None, place
        typed = read_said(row.said.typed(indicator), indicator=indicator, numbers=known.numbers(indicator))
        assert replace(typed, remark=row.remark) == row.said, place

    file = BytesIO(workbook_response(today=today).getvalue())
    assert look_at(file, by=UserFactory(adviseur=True), today=today).summary == NOTHING


def test_totals_that_nobody_measured_go_unless_the_bureau_made_them_its_own(loaded):
    """As installations have them that loaded the figures before."""
    upgrade = import_module("indicators.migrations.0010_parts_may_have_to_add_up").take_out_what_was_never_measured
    indicator, source = Indicator.objects.get(code="doorstroming-in-vo"), Source.objects.get(name="CBS")
    Indicator.objects.filter(pk=indicator.pk).update(parts_add_up_to=None)
    for year, way_in in ((2019, WayIn.PLAN), (2020, WayIn.FORM)):
        place = {
            "indicator": indicator,
            "area": Area.objects.get(name="NPRZ-gebied"),
            "period": Period.objects.year(year),
            "source": source,
        }
        remark = "alle richtingen samen zijn per definitie 100%"
        Measurement.objects.create(**place, value=100, remark=remark)
        MeasurementEvent.objects.create(**place, became=f"100. {remark}", way_in=way_in)

    upgrade(apps, None)

    indicator.refresh_from_db()
    assert indicator.parts_add_up_to == 100
    assert [str(one.period) for one in indicator.measurements.all()] == ["2020"]
    (gone,) = MeasurementEvent.objects.filter(indicator=indicator, became="")
    assert (str(gone.period), gone.was) == ("2019", "100. alle richtingen samen zijn per definitie 100%")
    assert load() == ["Niets veranderd."]
