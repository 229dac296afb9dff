"""The plan of a round as the bureau edits it: what it says, what it refuses, and that no word of it is lost."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import WayIn
from interventions.models import (
    Funding,
    InterventionLink,
    OutputValue,
    PillarAssignment,
    PlanItem,
    PlanRevision,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
)
from interventions.models.plan import Initiation, PlanContent
from interventions.workflow import Conflict, Refused
from tests.factories import (
    IndicatorFactory,
    InitiatorFactory,
    InterventionFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

pytestmark = pytest.mark.django_db

ROUNDS = {
    "planned": {"planned": True},
    "open": {},
    "review": {"review": True},
    "closed": {"closed": True},
    "historical": {"historical": True},
}
MAY = {
    "adviseur": {"planned", "open", "review"},
    "beheerder": {"planned", "open", "review", "historical"},
}


@pytest.fixture
def adviseur():
    return UserFactory(adviseur=True)


@pytest.fixture
def pillar():
    return PillarFactory(name="Werk", abbreviation="W")


@pytest.fixture
def item(pillar):
    """W4 in a planned round."""
    return PlanItemFactory(
        round=RoundFactory(planned=True),
        pillar=pillar,
        theme=ThemeFactory(pillar=pillar),
        number=4,
        name="Leerwerkloket",
        trekker=OrganisationFactory(name="Gemeente"),
    )


def stored(item):
    return PlanItem.objects.get(pk=item.pk)


def change(item, *, by, version=None, **fields):
    """Change `fields` of what the plan says now, as a page would."""
    return item.change(replace(item.content(), **fields), by=by, version=version or item.version)


# What a plan item says


def test_content_is_all_that_the_bureau_edits(item):
    supplier = InitiatorFactory(plan_item=item, role="dataleverancier", position=1, confirmed=True).organisation
    person, funding = UserFactory(), Funding.objects.create(name="Regio Deal")
    item.contacts.add(person)
    item.funding.add(funding)

    assert stored(item).content() == PlanContent(
        name="Leerwerkloket",
        pillar=item.pillar_id,
        theme=item.theme_id,
        number=4,
        funding=frozenset({funding.pk}),
        initiators=(
            Initiation(item.initiators.first().organisation_id, "trekker"),
            Initiation(supplier.pk, "dataleverancier", confirmed=True),
        ),
        contacts=frozenset({person.pk}),
    )


def test_content_of_many_items_takes_no_query_of_each(item):
    PlanItemFactory.create_batch(2, round=item.round)
    items = list(PlanItem.objects.prefetch_related("initiators", "funding", "contacts"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len({one.content() for one in items}) == 3

    assert len(queries) == 0


def test_change_of_the_name_alone_asks_nothing_about_the_rest(item, adviseur):
    content = replace(item.content(), name="Anders")

    with CaptureQueriesContext(connection) as queries:
        item.change(content, by=adviseur, version=1)

    # Round and item locked, what it says, who has its name, its revisions, the two kept, and the item; a savepoint.
    assert len(queries) == 12


def test_change_replaces_all_of_it(item, adviseur):
    other_pillar = PillarFactory()
    first, second = OrganisationFactory.create_batch(2)
    content = PlanContent(
        name="Leerwerkloket op Zuid",
        pillar=other_pillar.pk,
        theme=ThemeFactory(pillar=other_pillar).pk,
        number=7,
        letter="b",
        former_name="Leerwerkloket",
        description="<p>Eén <strong>loket</strong>.</p>",
        funding=frozenset({Funding.objects.create(name="Regio Deal").pk}),
        initiators=(Initiation(second.pk, "initiatiefnemer"), Initiation(first.pk, "trekker", confirmed=True)),
        contacts=frozenset({UserFactory().pk}),
    )

    assert item.change(content, by=adviseur, version=1) is True

    assert (stored(item).content(), stored(item).version) == (content, 2)
    assert (item.content(), item.version, item.code) == (content, 2, f"{other_pillar.abbreviation}7b")


def test_change_that_changes_nothing_is_no_version(item, adviseur):
    same = replace(item.content(), name="  Leerwerkloket ", description=" ")

    assert item.change(same, by=adviseur, version=1) is False

    assert (stored(item).version, PlanRevision.objects.count()) == (1, 0)


def test_description_and_names_are_kept_in_one_spelling(item, adviseur):
    change(
        item, by=adviseur, name=" Leerwerkloket  op Zuid ", letter="B", description="<div><b>Loket</b></div><script>x"
    )

    assert (item.name, item.letter, item.description) == (
        "Leerwerkloket op Zuid",
        "b",
        "<p><strong>Loket</strong></p>",
    )


def test_every_version_is_kept_the_first_one_too(item, adviseur):
    change(item, by=adviseur, name="Loket")
    item.change(replace(item.content(), name="Balie"), by=adviseur, version=2, way_in=WayIn.IMPORT)

    kept = [(one.version, one.content["name"], one.by, one.way_in) for one in item.revisions.all()]
    assert kept == [
        (1, "Leerwerkloket", None, "plan"),
        (2, "Loket", adviseur, "form"),
        (3, "Balie", adviseur, "import"),
    ]
    assert item.revisions.last().content == {
        "name": "Balie",
        "pillar": item.pillar_id,
        "theme": item.theme_id,
        "number": 4,
        "letter": "",
        "former_name": "",
        "description": "",
        "funding": [],
        "initiators": [{"organisation": item.initiators.get().organisation_id, "role": "trekker", "confirmed": False}],
        "contacts": [],
    }


def test_change_on_an_older_version_is_a_conflict_and_changes_nothing(item, adviseur):
    change(item, by=adviseur, name="Loket")

    with pytest.raises(Conflict, match="Iemand anders heeft intussen iets gewijzigd"):
        change(item, by=adviseur, version=1, name="Balie")

    assert (stored(item).name, PlanRevision.objects.count()) == ("Loket", 2)


# Who, and when


WAYS_IN = {
    "change": lambda item, user: change(item, by=user, name="Ander"),
    "move": lambda item, user: item.move(-1, by=user),
    "add": lambda item, user: item.round.add_item(replace(item.content(), name="Nieuw", number=900), by=user),
    "stop": lambda item, user: item.drop(by=user, version=item.version, reason="Gestopt."),
}


@pytest.mark.parametrize("round_state", ROUNDS)
@pytest.mark.parametrize("role", ["adviseur", "beheerder", "controleur", "lezer", "invuller"])
@pytest.mark.parametrize("way_in", WAYS_IN)
def test_plan_is_changed_by_the_bureau_until_the_round_is_closed(way_in, role, round_state, pillar):
    reporting_round, organisation = RoundFactory(**ROUNDS[round_state]), OrganisationFactory()
    PlanItemFactory(round=reporting_round, pillar=pillar)
    item = PlanItemFactory(round=reporting_round, pillar=pillar, trekker=organisation)
    user = UserFactory(role=role, organisations=[organisation])
    before = list(PlanItem.objects.order_by("pk").values())
    why_not = item.why_not_change(user=user)

    if round_state in MAY.get(role, ()) and (way_in, round_state) != ("stop", "historical"):
        WAYS_IN[way_in](item, user)
        assert why_not == ""
        assert list(PlanItem.objects.order_by("pk").values()) != before or ProgressUpdate.objects.exists()
        return

    with pytest.raises(Refused if role in MAY else PermissionDenied) as refused:
        WAYS_IN[way_in](item, user)
    assert list(PlanItem.objects.order_by("pk").values()) == before
    assert not PlanRevision.objects.exists()
    assert not ProgressUpdate.objects.exists()
    if role not in MAY:
        assert why_not == "Het plan is aan het programmabureau."
    elif way_in != "stop":
        assert str(refused.value) == why_not


def test_a_closed_round_says_so(adviseur):
    assert PlanItemFactory(round=RoundFactory(closed=True)).why_not_change(user=adviseur) == (
        "De ronde 2024 is afgesloten; het plan ligt vast."
    )


def test_a_historical_round_is_changed_by_a_beheerder(adviseur):
    item = PlanItemFactory(round=RoundFactory(year=2023, historical=True))

    assert item.why_not_change(user=adviseur) == (
        "De ronde 2023 is overgenomen uit een eerder rapport; alleen een beheerder wijzigt het plan."
    )
    assert item.why_not_change(user=UserFactory(beheerder=True)) == ""


# What is refused


def refused_fields(item):
    """Fields of a content that cannot be, each with what the person who tried is told."""
    organisation, other = OrganisationFactory.create_batch(2)
    gone = 987654
    return [
        ({"name": " "}, "Vul een naam in."),
        ({"name": "n" * 251}, "De naam is te lang: 251 tekens. Er passen er hoogstens 250."),
        ({"former_name": "n" * 251}, "De oude naam is te lang: 251 tekens."),
        ({"description": f"<p>{'x' * 30_000}</p>"}, "Korte omschrijving: Deze tekst is te lang: 30.007 tekens"),
        ({"number": None}, "Een interventie in een pijler heeft een nummer."),
        ({"number": 0}, "Het nummer ligt tussen 1 en 999."),
        ({"number": 1000}, "Het nummer ligt tussen 1 en 999."),
        ({"letter": "ab"}, "hoogstens één letter, van a tot en met z"),
        ({"letter": "é"}, "hoogstens één letter, van a tot en met z"),
        ({"letter": "1"}, "hoogstens één letter, van a tot en met z"),
        ({"pillar": None, "theme": None}, "'Organisatie en financiën' heeft geen nummer."),
        ({"pillar": None, "theme": None, "number": None, "letter": "a"}, "heeft geen nummer."),
        ({"pillar": gone}, "Wat u koos als pijler, bestaat niet meer."),
        ({"pillar": PillarFactory().pk}, "hoort bij een andere pijler."),
        ({"theme": ThemeFactory().pk}, "hoort bij een andere pijler."),
        ({"theme": gone}, "Wat u koos als thema, bestaat niet meer."),
        ({"funding": frozenset({gone})}, "Wat u koos als financiering, bestaat niet meer."),
        ({"contacts": frozenset({gone})}, "Wat u koos als persoon, bestaat niet meer."),
        ({"initiators": (Initiation(gone, "trekker"),)}, "Wat u koos als organisatie, bestaat niet meer."),
        ({"initiators": (Initiation(organisation.pk, "baas"),)}, "Kies bij elke initiatiefnemer een rol"),
        (
            {"initiators": (Initiation(organisation.pk, "trekker"), Initiation(other.pk, "trekker"))},
            "Een interventie heeft één trekker.",
        ),
        (
            {"initiators": (Initiation(organisation.pk, "trekker"), Initiation(organisation.pk, "initiatiefnemer"))},
            "Een organisatie staat twee keer bij de initiatiefnemers.",
        ),
        ({"number": 5}, "W5 is al Jobcoaching. Kies een ander nummer, of zet er een letter bij."),
    ]


def test_what_cannot_be_is_refused_with_what_to_do_and_nothing_is_written(item, adviseur):
    PlanItemFactory(round=item.round, pillar=item.pillar, number=5, name="Jobcoaching")
    before = item.content()

    for fields, said in refused_fields(item):
        for way_in in (
            lambda content: item.change(content, by=adviseur, version=1),
            lambda content: item.round.add_item(content, by=adviseur),
        ):
            content = replace(before, **({"number": 6} | fields))
            with pytest.raises(Refused) as refused:
                way_in(content)
            assert said in str(refused.value), fields

    assert (stored(item).content(), stored(item).version) == (before, 1)
    assert (PlanItem.objects.count(), PlanRevision.objects.count()) == (2, 0)


def test_number_is_free_in_another_pijler_round_or_with_a_letter(item, adviseur):
    PlanItemFactory(round=item.round, number=5)
    PlanItemFactory(round=RoundFactory(year=2023), pillar=item.pillar, number=5)
    PlanItemFactory(round=item.round, pillar=item.pillar, number=5, letter="a")

    change(item, by=adviseur, number=5)
    change(item, by=adviseur, letter="b")

    assert item.code == "W5b"


# Where it stands


def order(item):
    return [one.name for one in PlanItem.objects.in_round(item.round).of_pillar(item.pillar).in_printed_order()]


@pytest.fixture
def plan(pillar):
    """Two themes with two interventies each; 'b1' is the first of the second."""
    reporting_round = RoundFactory(planned=True)
    themes = [ThemeFactory(pillar=pillar, position=position) for position in (1, 2)]
    for position, (theme, name) in enumerate(((0, "a1"), (0, "a2"), (1, "b1"), (1, "b2")), start=1):
        PlanItemFactory(
            round=reporting_round, pillar=pillar, theme=themes[theme], number=position, position=position, name=name
        )
    PlanItemFactory(round=reporting_round, name="elsewhere")
    return {one.name: one for one in PlanItem.objects.all()}


def test_added_item_stands_at_the_end_of_its_thema(plan, adviseur):
    content = replace(plan["a1"].content(), name="a3", number=9)

    added = plan["a1"].round.add_item(content, by=adviseur)

    assert order(added) == ["a1", "a2", "a3", "b1", "b2"]


def test_added_item_without_thema_stands_at_the_end_of_its_pijler(plan, adviseur):
    added = plan["a1"].round.add_item(replace(plan["a1"].content(), name="c1", number=9, theme=None), by=adviseur)

    assert order(added) == ["a1", "a2", "b1", "b2", "c1"]


def test_item_that_goes_to_another_thema_stands_at_the_end_of_that(plan, adviseur):
    change(plan["a1"], by=adviseur, theme=plan["b1"].theme_id)

    assert order(plan["a1"]) == ["a2", "b1", "b2", "a1"]


@pytest.mark.parametrize(
    ("name", "step", "expected"),
    [("a2", -1, ["a2", "a1", "b1", "b2"]), ("b1", 1, ["a1", "a2", "b2", "b1"])],
)
def test_item_changes_places_with_its_neighbour(name, step, expected, plan, adviseur):
    plan[name].move(step, by=adviseur)

    assert order(plan[name]) == expected
    assert stored(plan[name]).version == 1


@pytest.mark.parametrize(("name", "step", "where"), [("b1", -1, "bovenaan"), ("a2", 1, "onderaan")])
def test_item_does_not_move_out_of_its_thema(name, step, where, plan, adviseur):
    with pytest.raises(Refused, match=f"staat al {where} in het thema"):
        plan[name].move(step, by=adviseur)

    assert order(plan[name]) == ["a1", "a2", "b1", "b2"]


# Adding


def test_added_item_is_a_new_interventie_that_came_from_these(item, adviseur):
    old, older = InterventionFactory.create_batch(2)
    content = replace(item.content(), name="Balie", number=8)

    added = item.round.add_item(content, by=adviseur, predecessors=(older, old))

    assert stored(added).content() == content
    assert added.intervention not in (item.intervention, old, older)
    assert list(InterventionLink.objects.values_list("intervention", "predecessor", "position")) == [
        (added.intervention_id, older.pk, 0),
        (added.intervention_id, old.pk, 1),
    ]
    kept = added.revisions.get()
    assert (kept.version, kept.content, kept.by, kept.way_in) == (1, content.as_json(), adviseur, "form")


@pytest.mark.parametrize(
    ("round_state", "state"),
    [("planned", None), ("open", "to_do"), ("review", "to_do"), ("historical", "approved")],
)
def test_added_item_is_reported_on_as_the_round_asks(round_state, state):
    reporting_round = RoundFactory(**ROUNDS[round_state])
    content = PlanContent(name="Balie", pillar=None, theme=None, number=None)

    added = reporting_round.add_item(content, by=UserFactory(beheerder=True))

    assert list(ProgressUpdate.objects.values_list("plan_item", "state")) == ([(added.pk, state)] if state else [])


def test_historical_round_asks_no_figures_when_something_is_added():
    item = PlanItemFactory(round=RoundFactory(historical=True))
    SeriesFactory(indicator=IndicatorFactory(owner=item.intervention))

    item.round.add_item(replace(item.content(), name="Nieuw", number=900), by=UserFactory(beheerder=True))

    assert not OutputValue.objects.exists()


# Stopping


def test_stopping_in_a_planned_round_makes_the_voortgang_that_says_so(item, adviseur):
    item.drop(by=adviseur, version=1, reason="Geen geld meer.")

    update = ProgressUpdate.objects.get(plan_item=item)
    event = ProgressEvent.objects.get(update=update)
    assert (update.state, event.verb, event.reason, event.by) == ("dropped", "drop", "Geen geld meer.", adviseur)


@pytest.mark.parametrize("reason", ["", " "])
def test_stopping_without_a_reason_is_refused_and_leaves_nothing(reason, item, adviseur):
    with pytest.raises(Refused, match="Vul een reden in"):
        item.drop(by=adviseur, version=1, reason=reason)

    assert not ProgressUpdate.objects.exists()


def test_stopping_what_was_changed_meanwhile_is_a_conflict(item, adviseur):
    change(item, by=adviseur, name="Loket")

    with pytest.raises(Conflict):
        item.drop(by=adviseur, version=1, reason="Geen geld meer.")

    assert not ProgressUpdate.objects.exists()


def test_approved_voortgang_is_not_stopped(adviseur):
    item = UpdateFactory(approved=True).plan_item

    with pytest.raises(Refused, match="goedgekeurd'; laten vervallen kan nu niet"):
        item.drop(by=adviseur, version=1, reason="Geen geld meer.")


def test_opening_the_round_leaves_what_was_stopped(item, adviseur):
    going_on = PlanItemFactory(round=item.round)
    item.drop(by=adviseur, version=1, reason="Geen geld meer.")

    item.round.open(by=UserFactory(beheerder=True))

    assert set(ProgressUpdate.objects.values_list("plan_item", "state")) == {
        (item.pk, "dropped"),
        (going_on.pk, "to_do"),
    }


def test_next_plan_leaves_what_was_stopped_behind(adviseur):
    stopped, approved = UpdateFactory(dropped=True).plan_item, None
    approved = UpdateFactory(approved=True, plan_item__round=stopped.round).plan_item
    without = PlanItemFactory(round=stopped.round)
    following = RoundFactory(year=2025, planned=True)

    following.copy_plan_from(stopped.round)

    assert {one.intervention_id for one in following.plan_items.all()} == {
        approved.intervention_id,
        without.intervention_id,
    }
    assert ReportingRound.objects.count() == 2


# Splitting and merging


def part(item, **fields):
    return replace(item.content(), **fields)


@pytest.fixture
def two(item):
    """W4 and W5 in a planned round, and W4 and W5 in the closed round before it, coloured."""
    second = PlanItemFactory(
        round=item.round, pillar=item.pillar, theme=item.theme, number=5, name="Jobcoaching", description="<p>Twee.</p>"
    )
    before = RoundFactory(year=2023, closed=True)
    for one, colour in ((item, "rood"), (second, "groen")):
        earlier = PlanItemFactory(round=before, intervention=one.intervention, pillar=one.pillar, number=one.number)
        UpdateFactory(plan_item=earlier, approved=True, released=True, colour=colour)
    return item, second


def test_one_is_split_into_several_that_come_from_it(item, adviseur):
    parts = [part(item, name="Loket", letter="a"), part(item, name="Balie", letter="b")]

    added = item.round.split(item, parts, by=adviseur, version=1, reason="Te groot.")

    assert [str(one) for one in added] == ["W4a Loket", "W4b Balie"]
    assert all(set(one.intervention.predecessors.all()) == {item.intervention} for one in added)
    event = ProgressEvent.objects.get()
    assert (event.update.plan_item, event.to_state, event.reason) == (
        item,
        "dropped",
        "Gesplitst in W4a Loket en W4b Balie. Te groot.",
    )


def test_parts_stand_behind_what_they_came_from(plan, adviseur):
    item = plan["a1"]

    item.round.split(
        item,
        [part(item, name="a1a", letter="a"), part(item, name="a1b", letter="b"), part(item, name="a1c", letter="c")],
        by=adviseur,
        version=1,
        reason="Te groot.",
    )

    assert order(item) == ["a1", "a1a", "a1b", "a1c", "a2", "b1", "b2"]


def test_several_are_merged_into_one_and_the_main_one_decides_the_trend(two, adviseur):
    first, second = two
    content = part(first, name="Werkloket", letter="a")

    added = first.round.merge({second.pk: 1, first.pk: 1}, content, by=adviseur, reason="Hoort bij elkaar.")

    links = added.intervention.links.values_list("predecessor", "position")
    assert list(links) == [(second.intervention_id, 0), (first.intervention_id, 1)]
    assert {(event.update.plan_item, event.reason) for event in ProgressEvent.objects.all()} == {
        (one, "Samengevoegd in W4a Werkloket. Hoort bij elkaar.") for one in two
    }
    UpdateFactory(plan_item=added, approved=True, colour="oranje", colour_reason="Daarom.")
    assert PlanItem.objects.visible_to(user=adviseur).get(pk=added.pk).trend == "achteruit"
    following = RoundFactory(year=2025, planned=True)
    following.copy_plan_from(first.round)
    assert [one.name for one in following.plan_items.all()] == ["Werkloket"]


def test_merged_content_has_what_all_of_them_had():
    one, two, three = OrganisationFactory.create_batch(3)
    person, other = UserFactory.create_batch(2)
    main = PlanContent(
        name="Loket",
        pillar=None,
        theme=None,
        number=None,
        description="<p>Eén.</p>",
        funding=frozenset({1}),
        initiators=(Initiation(one.pk, "trekker", confirmed=True),),
        contacts=frozenset({person.pk}),
    )
    second = replace(
        main,
        name="Balie",
        description="<p>Twee.</p>",
        funding=frozenset({2}),
        initiators=(
            Initiation(two.pk, "trekker", confirmed=True),
            Initiation(one.pk, "initiatiefnemer"),
            Initiation(three.pk, "dataleverancier"),
        ),
        contacts=frozenset({other.pk}),
    )

    assert main.merged_with([second]) == replace(
        main,
        description="<p>Eén.</p><p>Twee.</p>",
        funding=frozenset({1, 2}),
        initiators=(
            Initiation(one.pk, "trekker", confirmed=True),
            Initiation(two.pk, "initiatiefnemer"),
            Initiation(three.pk, "dataleverancier"),
        ),
        contacts=frozenset({person.pk, other.pk}),
    )


def merge(items, by, *, reason="Daarom.", versions=None, **fields):
    content = part(items[0], **{"letter": "a"} | fields)
    return items[0].round.merge(versions or {one.pk: 1 for one in items}, content, by=by, reason=reason)


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (PlanItem, InterventionLink, ProgressUpdate, PlanRevision)
    ]


def refusals_of_a_merge(two, adviseur):
    first, second = two
    elsewhere = PlanItemFactory(round=RoundFactory(year=2022, closed=True))
    yield Refused, "Kies ten minste twee interventies", lambda: merge([first], adviseur)
    yield Refused, "Vul een reden in.", lambda: merge(two, adviseur, reason=" ")
    yield Refused, "W5 is al Jobcoaching", lambda: merge(two, adviseur, number=5, letter="")
    yield Refused, "Vul een naam in.", lambda: merge(two, adviseur, name="")
    yield Refused, "staat in dit plan", lambda: merge(two, adviseur, versions={first.pk: 1, elsewhere.pk: 1})
    yield Conflict, "W5 Jobcoaching: Iemand anders", lambda: merge(two, adviseur, versions={first.pk: 1, second.pk: 0})
    yield (
        Refused,
        "ten minste twee delen",
        lambda: first.round.split(first, [first.content()], by=adviseur, version=1, reason="Daarom."),
    )
    yield PermissionDenied, None, lambda: merge(two, UserFactory())


def test_merge_that_cannot_be_is_refused_and_leaves_all_as_it_was(two, adviseur):
    cases = list(refusals_of_a_merge(two, adviseur))
    before = everything()

    for refusal, said, attempt in cases:
        with pytest.raises(refusal, match=said):
            attempt()
        assert everything() == before


def test_what_was_approved_is_not_merged(adviseur):
    reporting_round = RoundFactory()
    items = [
        UpdateFactory(plan_item__round=reporting_round, **{state: True}).plan_item for state in ("draft", "approved")
    ]
    before = everything()

    with pytest.raises(Refused, match=f"{items[1]}: De status is 'goedgekeurd'; splitsen of samenvoegen kan nu niet"):
        merge(items, adviseur)

    assert everything() == before


def test_interventies_are_merged_in_the_plan_of_the_last_round_that_has_begun(two, adviseur):
    RoundFactory(year=2025)

    with pytest.raises(Refused, match=r"De ronde 2025 is al open\. Splits of voeg samen in haar plan\."):
        merge(two, adviseur)


def test_merged_interventie_in_an_open_round_is_reported_on(adviseur):
    items = [UpdateFactory(plan_item__round=RoundFactory(), draft=True).plan_item]
    items.append(UpdateFactory(plan_item__round=items[0].round, submitted=True).plan_item)

    added = merge(items, adviseur)

    assert set(ProgressUpdate.objects.values_list("plan_item", "state")) == {
        (items[0].pk, "dropped"),
        (items[1].pk, "dropped"),
        (added.pk, "to_do"),
    }


# Two of one name


def test_name_of_another_in_the_same_pijler_is_refused(two, adviseur):
    first, second = two
    before = everything()
    for content in (
        replace(second.content(), name=first.name.upper()),
        replace(second.content(), name=f" {first.name} "),
    ):
        with pytest.raises(Refused, match=f"{first.code} heet al '{first.name}'"):
            second.change(content, by=adviseur, version=second.version)
        with pytest.raises(Refused, match=f"{first.code} heet al '{first.name}'"):
            second.round.add_item(replace(content, number=801), by=adviseur)
    assert everything() == before

    elsewhere = replace(second.content(), name=first.name, pillar=PillarFactory().pk, theme=None, number=802)
    second.round.add_item(elsewhere, by=adviseur)


def test_name_of_what_was_stopped_or_is_in_an_earlier_report_is_free(two, adviseur):
    first, second = two
    first.drop(by=adviseur, version=first.version, reason="Geen geld meer.")

    second.change(replace(second.content(), name=first.name), by=adviseur, version=second.version)

    past = [PlanItemFactory(round=ReportingRound.objects.get(year=2023), pillar=second.pillar) for _ in "ab"]
    ReportingRound.objects.filter(year=2023).update(historical=True, opens_on=None, deadline=None)
    content = replace(past[0].content(), name=past[1].name)
    assert PlanItem.objects.get(pk=past[0].pk).change(content, by=UserFactory(beheerder=True), version=1)


def test_what_already_has_the_name_of_another_is_changed_otherwise(two, adviseur):
    first, second = two
    PlanItem.objects.filter(pk=second.pk).update(name=first.name)
    second.refresh_from_db()

    assert second.change(replace(second.content(), former_name="Was"), by=adviseur, version=second.version)


def test_parts_have_names_of_their_own(two, adviseur):
    first, second = two
    contents = [replace(first.content(), name=name, letter=letter) for name, letter in (("Deel", "a"), ("deel ", "b"))]
    before = everything()

    with pytest.raises(Refused, match="Twee delen hebben dezelfde naam"):
        first.round.split(first, contents, by=adviseur, version=first.version, reason="Te groot.")
    contents[1] = replace(contents[1], name=second.name)
    with pytest.raises(Refused, match=f"{second.code} heet al"):
        first.round.split(first, contents, by=adviseur, version=first.version, reason="Te groot.")
    assert everything() == before

    contents[1] = replace(contents[1], name=first.name)
    parts = first.round.split(first, contents, by=adviseur, version=first.version, reason="Te groot.")
    assert [part.name for part in parts] == ["Deel", first.name]


# What happens to their figures


@pytest.fixture
def figures(two):
    """An indicator of W4 that W5 shows, with what was reported in 2023."""
    first, second = two
    indicator = IndicatorFactory(owner=first.intervention, shared_with=[second.intervention])
    reported = ValueFactory(
        series=SeriesFactory(indicator=indicator), round=ReportingRound.objects.get(year=2023), value=10
    )
    return indicator, reported


def test_what_takes_their_place_fills_in_their_figures_from_now_on(two, figures, adviseur):
    indicator, reported = figures

    added = merge(two, adviseur)
    added.round.open(by=UserFactory(beheerder=True))

    asked = OutputValue.objects.get(round=added.round)
    assert asked.series == reported.series
    assert list(added.progress.own_values()) == [asked]
    assert not OutputValue.objects.owned_by(two[0]).exists()
    assert [one.owner for one in indicator.placements.filter(intervention=added.intervention)] == [True]


def test_what_they_reported_stays_theirs_and_is_seen_as_before(two, figures, adviseur):
    _, reported = figures
    lezer = UserFactory(lezer=True)
    earlier = PlanItem.objects.get(round__year=2023, number=4, pillar=two[0].pillar)
    assert list(OutputValue.objects.visible_to(user=lezer)) == [reported]

    merge(two, adviseur)

    assert list(OutputValue.objects.visible_to(user=lezer)) == [reported]
    assert list(OutputValue.objects.owned_by(earlier)) == [reported]
    assert list(earlier.progress.content().figures) == [reported.pk]
    ProgressUpdate.objects.filter(plan_item=earlier).update(state="submitted")
    assert not OutputValue.objects.visible_to(user=lezer).exists()


def test_no_figures_are_asked_for_what_was_stopped(item, adviseur):
    SeriesFactory(indicator=IndicatorFactory(owner=item.intervention))
    item.drop(by=adviseur, version=1, reason="Geen geld meer.")

    item.round.open(by=UserFactory(beheerder=True))

    assert not OutputValue.objects.exists()


# Several at once


def test_initiator_is_added_to_several_at_once(two, adviseur):
    organisation = OrganisationFactory()

    changed = two[0].round.change_items(
        [one.pk for one in two], lambda content: content.with_initiator(organisation.pk, "initiatiefnemer"), by=adviseur
    )

    assert changed == 2
    assert [[one.organisation for one in item.content().initiators] for item in map(stored, two)] == [
        [two[0].initiators.first().organisation_id, organisation.pk],
        [organisation.pk],
    ]


@pytest.mark.parametrize(
    ("there", "role", "becomes"),
    [
        ("trekker", "initiatiefnemer", ["trekker", "initiatiefnemer"]),
        ("initiatiefnemer", "dataleverancier", ["initiatiefnemer", "initiatiefnemer"]),
        ("initiatiefnemer", "trekker", ["trekker", "initiatiefnemer"]),
    ],
)
def test_adding_an_initiator_that_is_there_takes_nothing_away(there, role, becomes):
    content = PlanContent(
        name="Loket",
        pillar=None,
        theme=None,
        number=None,
        initiators=(Initiation(1, there), Initiation(2, "initiatiefnemer")),
    )

    assert [one.role for one in content.with_initiator(1, role).initiators] == becomes


def test_of_several_at_once_all_change_or_none(two, adviseur):
    with pytest.raises(Refused, match="W4 Leerwerkloket: Een interventie heeft één trekker"):
        two[0].round.change_items(
            [one.pk for one in two],
            lambda content: content.with_initiator(OrganisationFactory().pk, "trekker"),
            by=adviseur,
        )

    assert [stored(one).version for one in two] == [1, 1]


def test_contact_is_added_and_taken_off_again(two, adviseur):
    person, keys = UserFactory(), [one.pk for one in two]
    two[0].contacts.add(person)

    added = two[0].round.change_items(keys, lambda content: content.with_contact(person.pk), by=adviseur)
    taken_off = two[0].round.change_items(keys, lambda content: content.without_contact(person.pk), by=adviseur)

    assert (added, taken_off, [one.contacts.count() for one in two]) == (1, 2, [0, 0])


@pytest.mark.parametrize("keys", [[], ["elsewhere"]])
def test_several_at_once_takes_some_of_this_plan(keys, two, adviseur):
    elsewhere = PlanItemFactory(round=RoundFactory(year=2022, planned=True))

    with pytest.raises(Refused, match="Vink eerst interventies aan in dit plan"):
        two[0].round.change_items([elsewhere.pk for _ in keys], lambda content: content, by=adviseur)


def test_pijler_is_assigned_to_these_people_alone(pillar, adviseur):
    other = UserFactory(beheerder=True)
    PillarAssignment.objects.assign(pillar, [adviseur], by=adviseur)

    PillarAssignment.objects.assign(pillar, [other], by=adviseur)

    assert list(PillarAssignment.objects.values_list("user", "pillar")) == [(other.pk, pillar.pk)]
    with pytest.raises(Refused, match="adviseur of beheerder"):
        PillarAssignment.objects.assign(pillar, [UserFactory(lezer=True)], by=adviseur)
    with pytest.raises(PermissionDenied):
        PillarAssignment.objects.assign(pillar, [other], by=UserFactory())
