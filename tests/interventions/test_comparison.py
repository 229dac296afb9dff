"""Two rounds compared: what came, what went, and what became of the rest."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from interventions.comparison import Pair, compare
from interventions.models import InterventionLink, PlanItem
from tests.factories import (
    InterventionFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOTHING = {"added": [], "stopped": [], "renamed": [], "moved": [], "split": [], "merged": [], "recoloured": []}


@pytest.fixture
def years():
    return RoundFactory(year=2023, closed=True), RoundFactory(year=2024, review=True)


@pytest.fixture
def user():
    return UserFactory(controleur=True)


def again(item, reporting_round, *, by_link=False, **fields):
    """`item` in the plan of `reporting_round`: the same, but for `fields`; as a thread of its own when `by_link`."""
    copy = item.copy_for(reporting_round)
    for name, value in fields.items():
        setattr(copy, name, value)
    if by_link:
        copy.intervention = InterventionFactory()
        link(copy, item)
    copy.save()
    return copy


def link(item, *predecessors):
    for position, predecessor in enumerate(predecessors):
        InterventionLink.objects.create(
            intervention=item.intervention, predecessor=predecessor.intervention, position=position
        )


def differences(years, user):
    """What differs, without the lists in which nothing does."""
    found = vars(compare(*years, user=user))
    return {name: found[name] for name in NOTHING if found[name]}


def test_rounds_with_the_same_plan_do_not_differ(years, user):
    again(PlanItemFactory(round=years[0]), years[1])
    again(PlanItemFactory(round=years[0], activity=True), years[1])

    assert differences(years, user) == {}


def test_added_and_stopped(years, user):
    gone = PlanItemFactory(round=years[0])
    new = PlanItemFactory(round=years[1])

    assert differences(years, user) == {"added": [new], "stopped": [(gone, "")]}


def test_dropped_is_stopped_with_its_reason(years, user):
    item = PlanItemFactory(round=years[0])
    update = UpdateFactory(plan_item=again(item, years[1]))
    update.drop(by=UserFactory(adviseur=True), version=0, reason="Gaat op in een andere aanpak.")

    assert differences(years, user) == {"stopped": [(update.plan_item, "Gaat op in een andere aanpak.")]}


def test_dropped_in_the_earlier_round_is_stopped_too(years, user):
    UpdateFactory(plan_item__round=years[0], dropped=True)

    assert differences(years, user) == {"stopped": [(PlanItem.objects.get(), "")]}


@pytest.mark.parametrize("by_link", [False, True])
def test_renamed_is_not_new(years, user, by_link):
    before = PlanItemFactory(round=years[0], name="Leerwerkloket")
    after = again(before, years[1], name="Leerwerkcentrum", by_link=by_link)

    assert differences(years, user) == {"renamed": [Pair(before, after)]}


@pytest.mark.parametrize("what", ["number", "letter", "theme", "pillar"])
def test_moved_is_another_number_thema_or_pijler(years, user, what):
    before = PlanItemFactory(round=years[0])
    value = {
        "number": before.number + 500,
        "letter": "b",
        "theme": ThemeFactory(pillar=before.pillar),
        "pillar": PillarFactory(),
    }[what]
    after = again(before, years[1], **{what: value})

    assert differences(years, user) == {"moved": [Pair(before, after)]}


@pytest.mark.parametrize("goes_on", [False, True])
def test_split_is_neither_new_nor_renamed(years, user, goes_on):
    before = PlanItemFactory(round=years[0])
    first = again(before, years[1], name="Eerste deel", by_link=not goes_on)
    second = PlanItemFactory(round=years[1])
    link(second, before)

    found = differences(years, user)

    assert found.keys() == {"split"}
    assert [(item, set(parts)) for item, parts in found["split"]] == [(before, {first, second})]


def test_split_that_was_merged_again_has_not_stopped(years, user):
    """Of which nothing is left but another interventie with another name."""
    before = PlanItemFactory(round=years[0], name="Jobcoaching")
    UpdateFactory(plan_item=again(before, years[1]), dropped=True)
    parts = [again(before, years[1], name=name, letter=name, by_link=True) for name in "ab"]
    for part in parts:
        UpdateFactory(plan_item=part, dropped=True)
    merged = PlanItemFactory(round=years[1], pillar=before.pillar, number=before.number, letter="c", name="Weer één")
    link(merged, *parts)

    assert differences(years, user) == {"renamed": [Pair(before, merged)], "moved": [Pair(before, merged)]}


def test_merged_names_the_main_one_first(years, user):
    small, main = PlanItemFactory.create_batch(2, round=years[0])
    merged = PlanItemFactory(round=years[1])
    link(merged, main, small)

    assert differences(years, user) == {"merged": [(merged, [main, small])]}


def content(item, name, number):
    return replace(item.content(), name=name, number=number)


def test_split_by_the_bureau_is_a_split_and_nothing_stopped(years, user):
    before = PlanItemFactory(round=years[0])
    item = UpdateFactory(plan_item=again(before, years[1])).plan_item
    contents = [content(item, "Eerste deel", 901), content(item, "Tweede deel", 902)]

    parts = years[1].split(item, contents, by=UserFactory(adviseur=True), version=1, reason="Te groot.")

    assert differences(years, user) == {"split": [(before, parts)]}
    following = RoundFactory(year=2025, planned=True)
    following.copy_plan_from(years[1])
    assert differences((years[1], following), user) == {}
    assert differences((years[0], following), user).keys() == {"split"}


def test_merged_by_the_bureau_is_a_merger_and_nothing_stopped(years, user):
    before = PlanItemFactory.create_batch(2, round=years[0])
    items = [UpdateFactory(plan_item=again(item, years[1])).plan_item for item in before]
    versions = {item.pk: item.version for item in items}

    merged = years[1].merge(
        versions, content(items[0], "Samen", 901), by=UserFactory(adviseur=True), reason="Eén aanpak."
    )

    assert differences(years, user) == {"merged": [(merged, before)]}
    following = RoundFactory(year=2025, planned=True)
    following.copy_plan_from(years[1])
    assert differences((years[1], following), user) == {}


def test_split_that_was_made_before_is_no_difference_now(years, user):
    whole = PlanItemFactory(round=years[0])
    part = PlanItemFactory(round=years[0])
    link(part, whole)
    again(part, years[1])

    assert differences(years, user) == {"stopped": [(whole, "")]}


def test_what_happened_in_the_years_between_is_followed(years, user):
    before = PlanItemFactory(round=RoundFactory(year=2020, historical=True), name="Leerwerkloket")
    between = again(before, years[0], by_link=True)
    after = again(between, years[1], name="Leerwerkcentrum", by_link=True)

    assert differences((before.round, years[1]), user) == {"renamed": [Pair(before, after)]}


def test_predecessors_that_go_round_in_circles_do_not_stop_it(years, user):
    first, second = PlanItemFactory.create_batch(2, round=years[1])
    link(first, second)
    link(second, first)

    assert set(differences(years, user)["added"]) == {first, second}


# Colours


@pytest.fixture
def pairs(years):
    """Interventies that went from one colour to another: [(before, after)], '' for no colour."""

    def coloured(reporting_round, item, colour):
        made = again(item, reporting_round) if item else PlanItemFactory(round=reporting_round)
        fields = {"colour": colour, "colour_reason": "Daarom."} if colour else {}
        UpdateFactory(plan_item=made, approved=True, **fields)
        return made

    def pairs(*colours):
        made = []
        for before, after in colours:
            earlier = coloured(years[0], None, before)
            made.append(Pair(earlier, coloured(years[1], earlier, after)))
        return made

    return pairs


def test_recoloured_is_another_colour_where_both_are_known(years, user, pairs):
    other, *_ = pairs(("groen", "rood"), ("groen", "groen"), ("", "rood"), ("rood", ""))

    found = compare(*years, user=user)

    assert (found.recoloured, found.colours_same, found.colours_unknown) == ([other], 1, 2)
    assert [(pair.before.seen_colour, pair.after.seen_colour) for pair in found.recoloured] == [("groen", "rood")]


def test_recoloured_tells_who_may_not_see_a_colour_nothing(years, pairs):
    pairs(("groen", "rood"))
    lezer = UserFactory(lezer=True)

    for released in ([], [2023], [2024], [2023, 2024]):
        for item in PlanItem.objects.select_related("progress", "round"):
            item.progress.colour_released = item.round.year in released
            item.progress.save()
        assert len(compare(*years, user=lezer).recoloured) == (len(released) == 2), released


# The page


def test_page_shows_old_and_new_in_the_order_of_the_years(client, years, user, pairs):
    renamed = PlanItemFactory(round=years[0], name="Leerwerkloket", number=7, pillar__name="Werk")
    again(renamed, years[1], name="Leerwerkcentrum", number=8)
    pairs(("groen", "rood"))
    client.force_login(user)

    def shown(*args):
        document = html.fromstring(client.get(reverse("interventions:compare_rounds", args=args)).text)
        return [" ".join(cell.text_content().split()) for cell in document.xpath("//main//table//td")]

    code = renamed.pillar.abbreviation
    assert shown(2023, 2024) == shown(2024, 2023) == [
        "Leerwerkloket", "Leerwerkcentrum", f"{code}7 Werk", f"{code}8 Werk", "groen", "rood",
    ]  # fmt: skip


def test_round_is_not_compared_with_itself_but_leads_to_the_others(client, years, user):
    client.force_login(user)

    response = client.get(reverse("interventions:compare_rounds", args=[2023, 2023]), follow=True)

    document = html.fromstring(response.text)
    assert response.redirect_chain == [(reverse("interventions:round", args=[2023]), 302)]
    assert "Kies een andere ronde om mee te vergelijken." in document.get_element_by_id("inhoud").text_content()
    others = document.xpath("//section[@aria-labelledby='vergelijken']//a/@href")
    assert others == [reverse("interventions:compare_rounds", args=[2023, 2024])]
    assert client.get(reverse("interventions:compare_rounds", args=[2000, 2000])).status_code == 404


def test_comparing_takes_as_many_queries_for_three_as_for_one(years, user):
    def fill(number):
        for _ in range(number):
            UpdateFactory(plan_item=again(PlanItemFactory(round=years[0]), years[1], name="Anders"), dropped=True)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            compare(*years, user=user)
        return len(captured)

    fill(1)
    one = queries()
    fill(2)

    assert queries() == one
