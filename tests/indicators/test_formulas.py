"""The formulas of the effectrapportage: what holds for every number, and what the report printed."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.formulas import (
    NO_GAP,
    NOT_BEHIND,
    NOTHING_TO_DIVIDE_BY,
    class_of,
    is_on_target,
    share_closed,
    share_due,
    share_of,
    target_value,
)

settings.register_profile("formulas", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("formulas")

OLD = ((2011, Decimal(0)), (2021, Decimal("0.25")), (2031, Decimal(1)))
NEW = ((2022, Decimal(0)), (2031, Decimal(1)))
SMALL = Decimal("1e-18")

values = st.decimals(min_value=-1000, max_value=1000, places=2)
factors = st.decimals(min_value=Decimal("0.01"), max_value=100, places=2)
shares = st.decimals(min_value=0, max_value=1, places=4)
years = st.integers(min_value=2000, max_value=2050)
paths = st.sampled_from((OLD, NEW))


def percent(share):
    return round(100 * share, 1)


def test_share_due_is_what_the_report_says():
    assert [percent(share_due(OLD, year)) for year in (2011, 2021, 2022, 2023, 2031)] == [
        Decimal("0.0"),
        Decimal("25.0"),
        Decimal("32.5"),
        Decimal("40.0"),
        Decimal("100.0"),
    ]
    assert [percent(share_due(NEW, year)) for year in (2022, 2023, 2031)] == [
        Decimal("0.0"),
        Decimal("11.1"),
        Decimal("100.0"),
    ]


@given(paths, years, years)
def test_share_due_never_falls_and_stays_between_0_and_1(path, year, later):
    assume(year <= later)

    assert 0 <= share_due(path, year) <= share_due(path, later) <= 1


@given(paths, st.integers(min_value=2000, max_value=2049))
def test_share_due_of_a_straight_piece_grows_by_the_same_each_year(path, year):
    knots = [at for at, _ in path]
    assume(not any(at == year + 1 for at in knots))

    step = share_due(path, year + 1) - share_due(path, year)

    assert abs(share_due(path, year + 2) - share_due(path, year + 1) - step) < SMALL


def test_share_of_two_counts_is_the_percentage_and_not_what_was_printed():
    assert percent(share_of(Decimal(66), Decimal(145)) / 100) == Decimal("45.5")
    assert share_of(Decimal(5), Decimal(0)) is NOTHING_TO_DIVIDE_BY


@given(values, values, shares)
def test_target_value_runs_from_start_to_reference(start, reference, due):
    assert target_value(start=start, reference=reference, due=Decimal(0)) == start
    assert target_value(start=start, reference=reference, due=Decimal(1)) == reference
    assert min(start, reference) <= target_value(start=start, reference=reference, due=due) <= max(start, reference)


@given(values, values, shares)
def test_reaching_the_target_value_closes_the_share_that_is_due(start, reference, due):
    assume(start != reference)
    now = target_value(start=start, reference=reference, due=due)

    assert abs(share_closed(start=start, now=now, reference=reference) - due) < SMALL


@given(values, values, values, factors, values)
def test_share_closed_does_not_depend_on_the_scale_or_its_zero(start, now, reference, factor, shift):
    assume(start != reference)
    share = share_closed(start=start, now=now, reference=reference)

    other = share_closed(start=factor * start + shift, now=factor * now + shift, reference=factor * reference + shift)

    assert abs(other - share) <= SMALL * max(1, abs(share))


@given(values, values, values, values)
def test_share_closed_is_linear_in_what_is_measured(start, one, other, reference):
    assume(start != reference)

    middle = share_closed(start=start, now=(one + other) / 2, reference=reference)

    ends = [share_closed(start=start, now=now, reference=reference) for now in (one, other)]
    assert abs(middle - sum(ends) / 2) <= SMALL * max(1, *map(abs, ends))


@given(values, values, values)
def test_share_closed_rises_towards_the_reference_whichever_way_is_better(start, now, reference):
    assume(start != reference)
    higher_is_better = reference > start
    step = 1 if higher_is_better else -1

    before = share_closed(start=start, now=now, reference=reference, higher_is_better=higher_is_better)
    after = share_closed(start=start, now=now + step, reference=reference, higher_is_better=higher_is_better)

    assert after > before


@given(values, values)
def test_share_closed_without_a_gap_is_said_in_words(start, now):
    assert share_closed(start=start, now=now, reference=start) is NO_GAP


@given(values, values, values)
def test_share_closed_of_what_was_not_behind_is_said_in_words(start, now, reference):
    assume(start != reference)

    assert share_closed(start=start, now=now, reference=reference, higher_is_better=reference < start) is NOT_BEHIND


@given(values, values)
def test_share_closed_is_nothing_at_the_start_and_all_at_the_reference(start, reference):
    assume(start != reference)

    assert share_closed(start=start, now=start, reference=reference) == 0
    assert share_closed(start=start, now=reference, reference=reference) == 1


def test_what_is_due_is_reached_when_it_is_met_exactly():
    assert is_on_target(Decimal("0.4"), Decimal("0.4"))
    assert not is_on_target(Decimal("0.3999"), Decimal("0.4"))


@pytest.mark.parametrize(
    ("closed", "place"),
    [("0.906", 0), ("0.40", 0), ("0.3999", 1), ("0.15", 1), ("0.109", 2), ("0.045", 3), ("-0.82", 3)],
)
def test_class_of_a_share_is_the_first_of_which_it_reaches_the_bound(closed, place):
    assert class_of(Decimal(closed), (Decimal("0.4"), Decimal("0.15"), Decimal("0.05"), None)) == place
