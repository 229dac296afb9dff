"""What the sentences say, word for word: 'above', 'below' and every other word follow from the figures."""

import pytest

from indicators import sentences, worked
from indicators.figures import Figures
from indicators.models import Indicator, Target
from indicators.standing import standings
from programme.models import Area

from .factories import (
    IndicatorFactory,
    MeasurementFactory,
    PlaceFactory,
    RegimeFactory,
    SourceFactory,
    TargetFactory,
    YearFactory,
    measure,
)

pytestmark = pytest.mark.django_db


def new_target(**details):
    """The children of low incomes by the new regime: 21,9% in 2020, where Rotterdam has 15,0% in 2022."""
    defaults = {
        "indicator": IndicatorFactory(direction=Indicator.Direction.LOWER),
        "regime": RegimeFactory(code="b", points=((2022, 0), (2031, 1))),
        "reference_area": PlaceFactory(name="Rotterdam", kind=Area.Kind.CITY),
        "start_period": YearFactory(year=2020),
    }
    return TargetFactory(**defaults | details)


def measured(now="19.1", reference="15.0", start="21.9", **details):
    target = new_target()
    measure(target.indicator, target.area, 2020, start)
    measure(target.indicator, target.area, 2022, now, **details)
    measure(target.indicator, target.reference_area, 2022, reference)
    return target


def said(target, year=2023):
    (standing,) = standings([target.indicator], year=year)
    return sentences.outcome(standing), sentences.aim(standing)


def test_outcome_is_the_sentence_of_the_report():
    assert said(measured()) == (
        "Zuid 2022: 19,1%. Ingelopen tussen 2020 en 2022: 40,6%, boven het streefniveau van 11,1%.",
        "Het doel voor 2031 is het niveau van Rotterdam: 15,0% (2022). De streefwaarde voor 2023 is 21,1%.",
    )


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("21.5", "5,8%, onder het streefniveau van 11,1%."),
        ("24.2", "-33,3% (het verschil is gegroeid), onder het streefniveau van 11,1%."),
        ("15", "100,0% (het hele verschil), boven het streefniveau van 11,1%."),
        ("14", "114,5% (het hele verschil), boven het streefniveau van 11,1%."),
        ("21.9", "0,0%, onder het streefniveau van 11,1%."),
        ("21.1320", "11,1%, net boven het streefniveau van 11,1%."),
        ("21.1350", "11,1%, net onder het streefniveau van 11,1%."),
    ],
)
def test_outcome_judges_what_is_closed(now, words):
    assert said(measured(now))[0].partition("tussen 2020 en 2022: ")[2] == words


def test_outcome_says_when_it_is_exactly_what_is_due():
    target = measured(now="17", start="20", reference="10")
    target.regime.points.filter(year=2031).update(year=2023, share="0.3")

    assert said(target)[0].endswith("30,0%, precies het streefniveau van 30,0%.")


def test_outcome_says_that_a_value_is_provisional():
    assert said(measured(provisional=True))[0].startswith("Zuid 2022: 19,1% (voorlopig). Ingelopen")


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"start": "15"}, "er was bij de start geen verschil om in te lopen"),
        ({"start": "14"}, "bij de start was er geen achterstand: het gebied stond er al beter voor"),
    ],
)
def test_outcome_without_a_share_says_why(figures, reason):
    assert said(measured(**figures))[0] == f"Zuid 2022: 19,1%. Een percentage ingelopen is er niet: {reason}."


def test_outcome_without_any_value_says_so():
    assert said(new_target()) == (
        "Van Zuid is geen waarde bekend.",
        "Het doel voor 2031 is het niveau van Rotterdam; dat is niet bekend.",
    )


def test_outcome_of_a_direction_has_no_value_to_reach():
    target = new_target(reference=Target.Reference.NONE, reference_area=None, aim="blijft laag")
    measure(target.indicator, target.area, 2022, 19)

    assert said(target) == ("Zuid 2022: 19,0%. De doelstelling is een richting, geen waarde: blijft laag.", "")


def test_outcome_towards_a_norm_names_the_norm():
    target = new_target(reference=Target.Reference.NORM, reference_area=None, norm=38)
    target.indicator.direction = Indicator.Direction.HIGHER
    measure(target.indicator, target.area, 2020, "20.1")
    measure(target.indicator, target.area, 2022, "20.9")

    assert said(target) == (
        "Zuid 2022: 20,9%. Ingelopen tussen 2020 en 2022: 4,5%, onder het streefniveau van 11,1%.",
        "Het doel voor 2031 is de norm: 38,0%. De streefwaarde voor 2023 is 22,1%.",
    )


def test_outcome_towards_another_indicator_names_it():
    other = IndicatorFactory(name="% van alle kinderen")
    target = new_target(reference=Target.Reference.INDICATOR, reference_area=None, reference_indicator=other)

    assert said(target)[1] == "Het doel voor 2031 is het niveau van '% van alle kinderen'; dat is niet bekend."


def test_reference_that_is_another_indicator_is_named_where_its_formula_is_filled_in():
    other = IndicatorFactory(name="% van alle kinderen")
    target = new_target(reference=Target.Reference.INDICATOR, reference_area=None, reference_indicator=other)
    for indicator, year, value in ((target.indicator, 2020, 20), (target.indicator, 2022, 18), (other, 2022, 10)):
        measure(indicator, target.area, year, value)

    (standing,) = standings([target.indicator], year=2023)

    assert sentences.aim(standing).startswith(
        "Het doel voor 2031 is het niveau van '% van alle kinderen': 10,0% (2022)."
    )
    assert worked.target(standing, 2031) == "het niveau van '% van alle kinderen': 10,0%"


def test_path_that_ends_halfway_does_not_aim_at_the_reference_itself():
    target = measured(now="18", start="20", reference="10")
    target.regime.points.filter(year=2031).update(share="0.8")

    (standing,) = standings([target.indicator], year=2022)
    assert sentences.aim(standing) == (
        "Het doel voor 2031 is om 80,0% van het verschil met het niveau van Rotterdam in te lopen: 12,0%."
        " De streefwaarde voor 2022 is 20,0%."
    )
    assert worked.target(standing, 2031) == "20,0 + 80,0% × (10,0 − 20,0) = 12,0%"

    target.indicator.measurements.filter(area=target.reference_area).delete()
    (standing,) = standings([target.indicator], year=2022)
    assert sentences.aim(standing) == (
        "Het doel voor 2031 is om 80,0% van het verschil met het niveau van Rotterdam in te lopen."
    )


def test_outcome_without_a_target_gives_what_is_known():
    row = MeasurementFactory(indicator=IndicatorFactory(unit="aantal", decimals=0), value=211168)
    (standing,) = standings([row.indicator], year=2023)
    figures = Figures([row.indicator])

    assert sentences.outcome(standing, figures.latest(row.indicator, row.area)) == (
        "Zuid 2023: 211.168. Er is geen streefwaarde."
    )
    assert sentences.outcome(standing) == "Er is geen waarde en geen streefwaarde."
    assert sentences.aim(standing) == ""


@pytest.mark.parametrize(
    ("unit", "decimals", "shown"),
    [
        ("%", 1, "1.234,0%"),
        ("euro", 0, "€\N{NO-BREAK SPACE}1.234"),
        ("aantal", 0, "1.234"),
        ("punten", 0, "1.234 punten"),
    ],
)
def test_figure_in_a_sentence_has_its_unit(unit, decimals, shown):
    row = MeasurementFactory(indicator=IndicatorFactory(unit=unit, decimals=decimals), value=1234)

    assert Figures([row.indicator]).latest(row.indicator, row.area).with_unit == shown


def test_sentence_says_which_source_counts_where_they_differ():
    national, local = SourceFactory(name="landelijke bron"), SourceFactory(name="lokale bron", position=1)
    indicator = IndicatorFactory(unit="aantal", decimals=0, source=national)
    place = PlaceFactory(name="Rotterdam", kind=Area.Kind.CITY)
    row = MeasurementFactory(indicator=indicator, area=place, value=663535, source=national)
    MeasurementFactory(indicator=indicator, area=place, value=663900, source=local)
    figures = Figures([indicator])

    found = figures.by_source(indicator, place, row.period)

    assert sentences.sources_differ(found, figures.get(indicator, place, row.period)) == (
        "Rotterdam 2023: landelijke bron 663.535; lokale bron 663.900. Deze pagina gebruikt: landelijke bron."
    )
