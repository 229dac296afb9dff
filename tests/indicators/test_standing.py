"""How an indicator stands to its targets: from what was measured, never from what was typed."""

from decimal import Decimal

import pytest

from indicators import sentences
from indicators.figures import Figures
from indicators.models import Indicator, ShareClass, Table, Target
from indicators.standing import standings
from indicators.sums import gap
from programme.models import Area, Division, Period

from .factories import (
    IndicatorFactory,
    MeasurementFactory,
    PlaceFactory,
    RegimeFactory,
    SourceFactory,
    TableFactory,
    TargetFactory,
    YearFactory,
    measure,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def target():
    """Children in households with a low income, as in the report over 2023: 29,0 in 2011, 19,1 in 2022."""
    target = TargetFactory(indicator__direction=Indicator.Direction.LOWER)
    for area, year, value in (
        (target.area, 2011, 29),
        (target.area, 2022, "19.1"),
        (target.reference_area, 2011, 19),
        (target.reference_area, 2022, "12.6"),
    ):
        measure(target.indicator, area, year, value)
    return target


def standing(target, year=2023):
    (found,) = standings([target.indicator], year=year)
    return found


def test_standing_recomputes_what_the_report_printed(target):
    found = standing(target)

    assert (found.closed_shown, found.due_shown) == ("60,4%", "40,0%")
    assert found.shown(found.target_now) == "22,4"
    assert found.shown(found.target_at_the_end) == "12,6"
    assert found.on_target is True


def test_standing_of_an_earlier_report_leaves_later_figures_out(target):
    measure(target.indicator, target.area, 2024, 15)
    measure(target.indicator, target.reference_area, 2024, 12)

    assert [standing(target, year).now.period.start.year for year in (2023, 2024)] == [2022, 2024]


def test_wijkprofiel_of_the_year_in_which_a_report_appears_belongs_to_it(target):
    Indicator.objects.filter(pk=target.indicator.pk).update(table=TableFactory(layout=Table.Layout.PROFILE))
    figures = Figures([Indicator.objects.select_related("table").get(pk=target.indicator.pk)])

    def last_of(year):
        (indicator,) = figures.indicators.values()
        return str(figures.latest(indicator, target.area, until=year).period)

    assert (last_of(2021), last_of(2020)) == ("2022", "2011")


def test_standing_compares_the_same_period_of_area_and_reference(target):
    measure(target.indicator, target.area, 2023, 18)

    found = standing(target)

    assert (found.now.display, found.reference.display) == ("19,1", "12,6")


def test_standing_shows_the_class_of_the_report_and_of_no_other(target):
    for lower, name in (("0.4", ">40%"), ("0.15", "15-40%"), (None, "<15%")):
        ShareClass.objects.create(regime=target.regime, report=2023, lower=lower, name=name)

    assert standing(target).share_class.name == ">40%"
    assert standing(target, 2024).share_class is None


def test_indicator_with_two_targets_has_a_standing_for_each(target):
    new = RegimeFactory(code="b", points=((2022, 0), (2031, 1)))
    rotterdam = PlaceFactory(name="Rotterdam", kind=Area.Kind.CITY)
    TargetFactory(indicator=target.indicator, regime=new, reference_area=rotterdam, start_period=YearFactory(year=2020))
    for area, year, value in ((target.area, 2020, "21.9"), (rotterdam, 2022, 15)):
        measure(target.indicator, area, year, value)

    found = standings([target.indicator], year=2023)

    assert [(one.closed_shown, one.due_shown, one.shown(one.target_now)) for one in found] == [
        ("60,4%", "40,0%", "22,4"),
        ("40,6%", "11,1%", "21,1"),
    ]


def test_stated_start_value_counts_instead_of_the_measurement(target):
    target.start_value = Decimal("21.9")
    target.save()

    assert standing(target).shown(standing(target).start_value) == "21,9"


def test_norm_needs_no_figures_of_another_area():
    target = TargetFactory(reference=Target.Reference.NORM, reference_area=None, norm=38)
    for year, value in ((2011, "20.1"), (2021, "20.9")):
        measure(target.indicator, target.area, year, value)

    assert (standing(target).closed_shown, standing(target).shown(standing(target).target_now)) == ("4,5%", "27,3")


def test_direction_only_has_no_share_and_says_so():
    target = TargetFactory(
        reference=Target.Reference.NONE, reference_area=None, regime=None, start_period=None, aim="blijft laag"
    )
    measure(target.indicator, target.area, 2023, 19)

    found = standing(target)

    assert found.closed_shown == "er is geen streefwaarde, alleen een richting: blijft laag"
    assert (found.is_defined, found.on_target, found.share_class) == (False, None, None)
    assert found.now.display == "19,0"


@pytest.mark.parametrize(
    ("area", "year", "reason"),
    [
        ("area", 2011, "van NPRZ-gebied is over 2011 geen waarde bekend"),
        ("reference_area", 2022, "van G4 is geen waarde bekend"),
    ],
)
def test_missing_value_gives_a_reason_instead_of_a_share(target, area, year, reason):
    target.indicator.measurements.filter(area=getattr(target, area), period__start__year__gte=year).delete()
    if area == "area":
        measure(target.indicator, target.area, 2022, "19.1")
    else:
        target.indicator.measurements.filter(area=target.reference_area).delete()

    found = standing(target)

    assert (found.closed_shown, found.is_defined) == (reason, False)
    assert found.shown(found.target_now) == reason


def test_code_is_shown_and_never_computed_with(target):
    target.indicator.measurements.filter(area=target.area, period__start__year=2022).update(value=None, code="nb")

    figures = Figures([target.indicator])

    assert figures.get(target.indicator, target.area, YearFactory(year=2022)).display == "n.b."
    assert standing(target).closed_shown == "sinds 2011 is er geen nieuwe waarde"


def test_nothing_is_computed_from_a_period_before_the_start(target):
    target.start_period = YearFactory(year=2020)
    target.save()
    measure(target.indicator, target.area, 2020, "21.9")
    target.indicator.measurements.filter(area=target.reference_area, period__start__year=2022).delete()

    without_reference = standing(target)
    target.indicator.measurements.filter(area=target.area, period__start__year=2022).delete()
    TargetFactory(
        indicator=target.indicator,
        regime=RegimeFactory(code="b"),
        reference=Target.Reference.NORM,
        reference_area=None,
        norm=15,
        start_period=YearFactory(year=2022),
        start_value=20,
    )
    _, before_the_start = standings([target.indicator], year=2023)

    assert (without_reference.closed_shown, without_reference.now.display) == ("van G4 is geen waarde bekend", "19,1")
    assert before_the_start.closed_shown == "sinds 2022 is er geen nieuwe waarde"


def test_of_two_sources_the_one_of_the_indicator_counts(target):
    national = SourceFactory(name="Landelijke bron")
    measure(target.indicator, target.area, 2022, 20, source=national)
    target.indicator.source = national

    assert standing(target).now.display == "20,0"
    assert standing(target).now.source == national


def test_sum_and_share_are_computed_from_their_terms():
    arrivals, departures = IndicatorFactory(unit="aantal", decimals=0), IndicatorFactory(unit="aantal", decimals=0)
    balance, share = IndicatorFactory(unit="aantal", decimals=0), IndicatorFactory(unit="%")
    balance.terms.create(part=arrivals)
    balance.terms.create(part=departures, sign=-1)
    share.terms.create(part=balance)
    share.terms.create(part=departures, below=True)
    area = PlaceFactory()
    measure(arrivals, area, 2023, 1804)
    measure(departures, area, 2023, 1982)

    figures = Figures([balance, share])

    shown = [figures.get(one, area, YearFactory(year=2023)).display for one in (balance, share)]
    assert shown == ["-178", "-9,0"]
    assert figures.get(balance, area, YearFactory(year=2022)) is None


def test_area_without_its_own_figure_is_the_sum_of_its_wijken_in_the_division_of_the_indicator():
    division, other = Division.objects.create(name="Buurten"), Division.objects.create(name="Profiel")
    indicator = IndicatorFactory(unit="aantal", decimals=0, adds_up=True, division=division)
    district = PlaceFactory(name="Feijenoord", kind=Area.Kind.DISTRICT)
    for name, value, where in (("Bloemhof", 5, division), ("Vreewijk", 7, division), ("Zuidrand", 100, other)):
        wijk = PlaceFactory(name=name, kind=Area.Kind.NEIGHBOURHOOD)
        wijk.divisions.add(where)
        district.parts.add(wijk)
        measure(indicator, wijk, 2023, value)

    assert Figures([indicator]).get(indicator, district, YearFactory(year=2023)).display == "12"

    indicator.measurements.filter(value=7).delete()

    assert Figures([indicator]).get(indicator, district, YearFactory(year=2023)) is None


def test_year_and_its_twelve_months_may_differ_by_what_all_of_them_were_rounded():
    indicator, area = IndicatorFactory(adds_up_in_time=True, unit="mln"), PlaceFactory()
    for month in range(1, 13):
        MeasurementFactory(indicator=indicator, area=area, period=Period.objects.month(2022, month), value="1.1")
    year = measure(indicator, area, 2022, "13.8")

    found = gap(Figures([indicator]), indicator, area, year.period)

    assert str(found) == "telt op tot 13,2, gemeten is 13,8 (afronding)"
    indicator.measurements.filter(period__start__month=7).delete()
    assert gap(Figures([indicator]), indicator, area, year.period) is None


@pytest.mark.parametrize("number", [1, 3])
def test_standings_take_the_same_number_of_queries(number, django_assert_num_queries):
    indicators = [TargetFactory().indicator for _ in range(number)]
    for indicator in indicators:
        measure(indicator, PlaceFactory(), 2023, 5)

    with django_assert_num_queries(9):
        standings(indicators, year=2023)


def test_regime_without_a_path_gives_no_judgement(target):
    target.regime.points.all().delete()

    found = standing(target)

    assert (found.closed_shown, found.on_target, found.verdict.label) == (
        "60,4%",
        None,
        "geen pad naar een streefwaarde",
    )
    assert sentences.outcome(found) == "Zuid 2022: 19,1%. Ingelopen tussen 2011 en 2022: 60,4%."
    assert sentences.aim(found) == (
        "Het doel is het niveau van de G4: 12,6% (2022). Voor 2023 is er geen streefwaarde: het regime heeft geen pad."
    )
