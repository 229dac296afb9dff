"""What a list can be narrowed down to, and that narrowing down never tells what is hidden."""

import pytest
from django.http import QueryDict

from accounts.models import Organisation
from interventions.filters import PlanItemFilter
from interventions.models import Funding, Initiator, PlanItem
from tests.factories import (
    InitiatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviseur():
    return UserFactory(adviseur=True)


@pytest.fixture
def reporting_round():
    return RoundFactory()


@pytest.fixture
def item(reporting_round):
    """item("naam", …): a plan item of the round, with its voortgang in the traits that are given."""

    def item(name, *traits, colour="groen", **fields):
        plan_item = PlanItemFactory(name=name, round=reporting_round, **fields)
        coloured = {"colour": colour} if {"coloured", "released"} & set(traits) else {}
        UpdateFactory(plan_item=plan_item, **dict.fromkeys(traits, True), **coloured)
        return plan_item

    return item


def found(query, user):
    """The names that are left."""
    queryset = PlanItem.objects.visible_to(user=user)
    return {row.name for row in PlanItemFilter(QueryDict(query), queryset, user=user).qs}


def test_pijler_is_named_by_its_abbreviation(item, adviseur):
    item("Werk", pillar=PillarFactory(abbreviation="W"))
    item("Wonen", pillar=PillarFactory(abbreviation="Wo"))
    item("Bestuur", activity=True)

    assert found("pijler=W", adviseur) == {"Werk"}
    assert found("pijler=OF", adviseur) == {"Bestuur"}


def test_thema_includes_its_parts(item, adviseur):
    block = ThemeFactory()
    part = ThemeFactory(parent=block, pillar=block.pillar)
    item("In het hoofdblok", theme=block)
    item("In het onderdeel", theme=part)
    item("Elders", theme=ThemeFactory())

    assert found(f"thema={block.pk}", adviseur) == {"In het hoofdblok", "In het onderdeel"}
    assert found(f"thema={part.pk}", adviseur) == {"In het onderdeel"}


def test_organisatie_includes_departments_and_collectives_but_not_deliveries(item, adviseur):
    city = OrganisationFactory()
    department = OrganisationFactory(kind=Organisation.Kind.DEPARTMENT, parent=city)
    collective = OrganisationFactory(kind=Organisation.Kind.COLLECTIVE)
    collective.members.add(city)
    item("Van de gemeente", trekker=city)
    item("Van de afdeling", trekker=department)
    item("Van het collectief", trekker=collective)
    item("Van een ander", trekker=OrganisationFactory())
    InitiatorFactory(plan_item=item("Alleen cijfers"), organisation=city, role=Initiator.Role.DATA_SUPPLIER)

    assert found(f"organisatie={city.pk}", adviseur) == {"Van de gemeente", "Van de afdeling", "Van het collectief"}
    assert found(f"organisatie={department.pk}", adviseur) == {"Van de afdeling"}


def test_financiering_and_zonder_initiatiefnemer(item, adviseur):
    deal = Funding.objects.create(name="Regio Deal")
    item("Betaald").funding.add(deal)
    item("Getrokken", trekker=OrganisationFactory())

    assert found(f"financiering={deal.pk}", adviseur) == {"Betaald"}
    assert found("zonder_initiatiefnemer=on", adviseur) == {"Betaald"}
    assert found("", adviseur) == {"Betaald", "Getrokken"}


def test_status_and_kleur(item, adviseur):
    item("Klaar", "approved", "coloured", colour="rood")
    item("Bezig", "draft")

    assert found("status=draft", adviseur) == {"Bezig"}
    assert found("kleur=rood", adviseur) == {"Klaar"}
    assert found("kleur=geen", adviseur) == {"Bezig"}


def test_search_finds_words_and_codes_and_shows_the_hit(item, adviseur):
    item("Jongeren aan het werk", number=4, pillar=PillarFactory(abbreviation="W"))
    item("Gezinnen", "filled")

    assert found("q=bereikte", adviseur) == {"Gezinnen"}
    assert found("q=w4", adviseur) == {"Jongeren aan het werk"}
    hits = PlanItemFilter(QueryDict("q=bereikt"), PlanItem.objects.visible_to(user=adviseur), user=adviseur).qs
    assert ["Tien gezinnen \x02bereikt\x03" in row.hit for row in hits] == [True]


@pytest.mark.parametrize(
    "query", ["pijler=XYZ", "thema=0", "organisatie=nee", "status=bestaat-niet", "kleur=paars", "financiering=0"]
)
def test_what_cannot_be_chosen_gives_an_error_and_no_rows(item, adviseur, query):
    item("Iets")

    narrowed = PlanItemFilter(QueryDict(query), PlanItem.objects.visible_to(user=adviseur), user=adviseur)

    assert not narrowed.qs
    assert list(narrowed.form.errors) == [query.split("=")[0]]


def test_lezer_finds_nothing_by_what_is_hidden(item):
    lezer = UserFactory(lezer=True)
    item("Verborgen", "submitted", "coloured", colour="rood")
    item("Vrijgegeven", "approved", "released", colour="rood")

    assert found("kleur=rood", lezer) == {"Vrijgegeven"}
    assert found("kleur=geen", lezer) == {"Verborgen"}
    assert found("q=bereikt", lezer) == {"Vrijgegeven"}
    assert "status" not in PlanItemFilter(QueryDict(), PlanItem.objects.visible_to(user=lezer), user=lezer).form.fields


def test_invuller_finds_states_of_their_own_only(item):
    mine = OrganisationFactory()
    invuller = UserFactory(organisations=[mine])
    item("Eigen", "submitted", "coloured", trekker=mine)
    item("Van een ander", "submitted", "coloured")

    assert found("status=submitted", invuller) == {"Eigen"}
    assert found("kleur=groen", invuller) == set()


def test_selection_says_in_words_what_was_chosen(adviseur):
    PillarFactory(name="Werk", abbreviation="W")
    theme = ThemeFactory(name="Scholing")
    query = f"q=stage&pijler=W&thema={theme.pk}&status=submitted&kleur=geen&zonder_initiatiefnemer=on&sort=name"

    def selection(query):
        return PlanItemFilter(QueryDict(query), PlanItem.objects.visible_to(user=adviseur), user=adviseur).selection

    assert selection(query) == (
        "Zoeken: stage; Pijler: Werk; Thema: Scholing; Status: ingediend; Kleur: nog geen kleur; Zonder initiatiefnemer"
    )
    assert selection("pijler=OF") == "Pijler: Organisatie en financiën"
    assert selection("sort=name") == ""
