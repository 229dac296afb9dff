"""The wijken beside each other: changes, counts and rankings, from the Figures alone."""

import pytest

from indicators.figures import Figures, with_classes
from indicators.models import Indicator
from indicators.neighbourhoods import (
    change,
    changes,
    districts,
    first_of,
    known_periods,
    neighbourhoods,
    ranking,
    tally,
)

from .factories import YearFactory
from .zuid import make_profile, make_scale, make_zuid, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def zuid():
    return make_zuid()


def read(code):
    """The indicator `code` and its Figures."""
    indicators = with_classes(Indicator.objects.select_related("division").filter(code=code))
    return indicators[0], Figures(indicators)


def test_wijken_are_those_of_the_division_of_the_indicator(zuid):
    make_profile(zuid)
    make_scale(zuid)

    assert [wijk.name for wijk in neighbourhoods(*reversed(read("vi-totaal")))] == [
        "Bloemrijk", "Dijkzicht", "Havenkant", "Kade", "Linden en Park",
    ]  # fmt: skip
    assert [wijk.name for wijk in neighbourhoods(*reversed(read("leefbaarometer")))][-1] == "Linden"


@pytest.mark.parametrize(("early", "latest"), [(0, 2022), (1, 2022), (2, 2022), (3, 2024)])
def test_period_counts_as_the_latest_from_half_of_the_wijken_on(zuid, early, latest):
    make_scale(zuid)
    indicator, _ = read("leefbaarometer")
    for name in ("Bloemrijk", "Kade", "Linden")[:early]:
        measure(zuid, indicator, 2024, {name: 2})

    periods, begun = known_periods(Figures([indicator]), indicator)

    assert periods[-1] == YearFactory(year=latest)
    assert [(str(one.period), one.known, one.total, one.needed) for one in begun] == (
        [("2024", early, 5, 3)] if early in (1, 2) else []
    )


def test_districts_without_a_division_hold_all_wijken(zuid):
    make_profile(zuid)
    _, figures = read("vi-totaal")

    assert [(one.area.name, len(one.neighbourhoods)) for one in districts(figures, None)] == [
        ("Charlois", 3),
        ("Feijenoord", 3),
    ]


def test_count_leaves_out_what_changed_by_the_bound_itself(zuid):
    make_profile(zuid)
    indicator, figures = read("vi-totaal")
    since = {"now": YearFactory(year=2024), "before": YearFactory(year=2022)}
    found = changes(figures, indicator, neighbourhoods(figures, indicator), **since)

    assert [one.shown for one in found] == ["+2", "−2", "−1", "−2", "+3"]
    assert (tally(found, by_more_than=2).risen, tally(found, by_more_than=2).fallen) == (1, 0)
    assert (tally(found).risen, tally(found).fallen, tally(found).neither) == (2, 3, 0)


def test_change_of_a_scale_is_told_in_classes(zuid):
    make_scale(zuid)
    indicator, figures = read("leefbaarometer")
    since = {"now": YearFactory(year=2022), "before": YearFactory(year=2012)}
    found = changes(figures, indicator, neighbourhoods(figures, indicator), **since)

    assert [(one.shown, one.direction) for one in found] == [
        ("gelijk", "gelijk"),
        ("2 klassen hoger", "vooruit"),
        ("2 klassen lager", "achteruit"),
        ("1 klasse lager", "achteruit"),
        ("2 klassen hoger", "vooruit"),
    ]


def test_change_is_not_told_when_one_of_the_periods_has_no_number(zuid):
    make_scale(zuid)
    indicator, figures = read("leefbaarometer")

    of_city = change(
        figures, indicator, zuid.areas["Rotterdam"], now=YearFactory(year=2022), before=YearFactory(year=2012)
    )

    assert of_city is None


def test_lower_is_better_makes_less_a_step_forward(zuid):
    make_profile(zuid)
    Indicator.objects.filter(code="vi-totaal").update(direction=Indicator.Direction.LOWER)
    indicator, figures = read("vi-totaal")

    found = change(
        figures, indicator, zuid.areas["Dijkzicht"], now=YearFactory(year=2024), before=YearFactory(year=2022)
    )

    assert (found.shown, found.direction) == ("−2", "vooruit")


def test_ranking_shares_places_and_does_not_cut_off_equal_scores(zuid):
    make_profile(zuid)
    indicator, figures = read("vi-totaal")
    wijken = neighbourhoods(figures, indicator)

    lowest = first_of(ranking(figures, indicator, wijken, YearFactory(year=2024), highest_first=False), 2)
    highest = first_of(ranking(figures, indicator, wijken, YearFactory(year=2024)), 3)

    assert [(place.number, place.area.name) for place in lowest] == [(1, "Dijkzicht"), (1, "Havenkant"), (1, "Kade")]
    assert [place.number for place in highest] == [1, 2, 3, 3, 3]
