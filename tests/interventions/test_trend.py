"""The trend: computed against the main predecessor in the previous round, never typed (DESIGN.md, section 2)."""

import pytest

from interventions.models import InterventionLink, PlanItem
from tests.factories import PlanItemFactory, RoundFactory, UpdateFactory, UserFactory

pytestmark = pytest.mark.django_db

RANK = ("wit", "rood", "oranje", "groen")


@pytest.fixture
def rounds():
    """2022, 2023 and 2024."""
    return [RoundFactory(year=2022, historical=True), RoundFactory(year=2023, closed=True), RoundFactory(year=2024)]


def an_item(reporting_round, colour="", **fields):
    item = PlanItemFactory(round=reporting_round, **fields)
    UpdateFactory(plan_item=item, approved=True, colour=colour, colour_reason="Daarom.", colour_released=bool(colour))
    return item


def comes_from(item, *predecessors):
    for position, predecessor in enumerate(predecessors):
        InterventionLink.objects.create(
            intervention=item.intervention, predecessor=predecessor.intervention, position=position
        )
    return item


def trend_of(item, user=None):
    return PlanItem.objects.visible_to(user=user or UserFactory(controleur=True)).get(pk=item.pk).trend


@pytest.mark.parametrize("after", RANK)
@pytest.mark.parametrize("before", RANK)
def test_trend_goes_by_the_rank_of_the_two_colours(before, after, rounds):
    old = an_item(rounds[1], before)
    new = an_item(rounds[2], after, intervention=old.intervention)

    difference = RANK.index(after) - RANK.index(before)

    assert trend_of(new) == ("gelijk" if difference == 0 else "vooruit" if difference > 0 else "achteruit")


@pytest.mark.parametrize("colour", [*RANK, ""])
def test_trend_without_predecessor_in_the_previous_round_is_new(colour, rounds):
    two_years_ago = an_item(rounds[0], "groen")

    assert trend_of(an_item(rounds[2], colour, intervention=two_years_ago.intervention)) == "nieuw"


def test_trend_against_a_colour_that_was_not_recorded_is_unknown(rounds):
    old = an_item(rounds[1])

    assert trend_of(an_item(rounds[2], "groen", intervention=old.intervention)) == "onbekend"


def test_trend_cannot_be_told_before_there_is_a_colour(rounds):
    old = an_item(rounds[1], "groen")

    assert trend_of(an_item(rounds[2], intervention=old.intervention)) == ""


def test_trend_of_the_first_round_of_all_is_unknown_for_there_is_nothing_to_be_new_against(rounds):
    assert trend_of(an_item(rounds[0], "rood")) == "onbekend"


def test_previous_round_is_the_latest_before_however_long_ago():
    old = an_item(RoundFactory(year=2019, historical=True), "rood")

    assert trend_of(an_item(RoundFactory(year=2024), "groen", intervention=old.intervention)) == "vooruit"


# Renamed, split, merged


def test_trend_of_a_renamed_interventie_is_against_what_it_was_called_before(rounds):
    old = an_item(rounds[1], "groen")

    assert trend_of(comes_from(an_item(rounds[2], "oranje"), old)) == "achteruit"


def test_trend_of_both_halves_of_a_split_is_against_the_whole(rounds):
    whole = an_item(rounds[1], "oranje")
    halves = [comes_from(an_item(rounds[2], colour), whole) for colour in ("groen", "rood")]

    assert [trend_of(half) for half in halves] == ["vooruit", "achteruit"]


@pytest.mark.parametrize(("first", "second", "trend"), [("groen", "rood", "achteruit"), ("rood", "groen", "vooruit")])
def test_trend_of_a_merger_is_against_the_first_link(first, second, trend, rounds):
    # Made in the other order, so that only the order of the links can decide.
    other, main = an_item(rounds[1], second), an_item(rounds[1], first)

    assert trend_of(comes_from(an_item(rounds[2], "oranje"), main, other)) == trend


def test_trend_of_a_merger_into_one_of_them_is_against_that_one(rounds):
    stays, joins = an_item(rounds[1], "groen"), an_item(rounds[1], "wit")

    merged = comes_from(an_item(rounds[2], "rood", intervention=stays.intervention), joins)

    assert trend_of(merged) == "achteruit"


def test_trend_passes_over_a_link_that_was_not_in_the_previous_round(rounds):
    long_ago, lately = an_item(rounds[0], "groen"), an_item(rounds[1], "wit")

    assert trend_of(comes_from(an_item(rounds[2], "rood"), long_ago, lately)) == "vooruit"


def test_previous_item_is_the_one_that_the_trend_is_against(rounds):
    main, other = an_item(rounds[1], "groen"), an_item(rounds[1], "wit")
    new = comes_from(an_item(rounds[2], "groen"), main, other)

    row = PlanItem.objects.visible_to(user=UserFactory(lezer=True)).get(pk=new.pk)

    assert (row.previous_item, row.previous_colour, row.trend) == (main.pk, "groen", "gelijk")


# Nothing hidden can be guessed from it


def test_trend_shows_nothing_of_a_colour_that_is_not_released(rounds):
    old = an_item(rounds[1], "groen")
    new = an_item(rounds[2], "rood", intervention=old.intervention)
    new.progress.colour_released = False
    new.progress.save()

    assert trend_of(new, UserFactory(lezer=True)) == ""
    assert trend_of(new, UserFactory(adviseur=True)) == "achteruit"


def test_trend_against_a_colour_that_is_not_released_is_unknown_to_a_reader(rounds):
    old = an_item(rounds[1], "groen")
    old.progress.colour_released = False
    old.progress.save()
    new = an_item(rounds[2], "rood", intervention=old.intervention)

    row = PlanItem.objects.visible_to(user=UserFactory(lezer=True)).get(pk=new.pk)

    assert (row.previous_colour, row.trend) == ("", "onbekend")
    assert trend_of(new, UserFactory(beheerder=True)) == "achteruit"
