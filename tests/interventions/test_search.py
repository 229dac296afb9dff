"""Full-text search in Dutch, that finds nothing in what the person may not read."""

import pytest

from interventions.models import InternalNote, PlanItem, ProgressEvent
from interventions.models.search import HIT_END, HIT_START
from tests.factories import (
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
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
    def item(name, **fields):
        return PlanItemFactory(round=reporting_round, name=name, **fields)

    return item


def found(text, user):
    return {row.name for row in PlanItem.objects.visible_to(user=user).search(text)}


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("leerling", "Hulp aan leerlingen"),
        ("LEERLINGEN", "Hulp aan een leerling"),
        ("  straten ", "Groen in de straat"),
        ("scholen?", "De school op tijd"),
        ("woning", "Woningen verbeteren"),
    ],
)
def test_search_finds_other_forms_of_a_dutch_word(typed, stands, item, adviseur):
    item(stands)
    item("Meer sport")

    assert found(typed, adviseur) == {stands}


def test_search_takes_an_interventie_as_one_text(item, adviseur):
    """A word in the name and a word in the text are two words of one interventie."""
    UpdateFactory(plan_item=item("Het zebrapad"), approved=True, quantitative="<p>Een olifant.</p>")
    item("Een ander zebrapad")

    assert found("zebrapad olifant", adviseur) == {"Het zebrapad"}
    assert found("zebrapad -olifant", adviseur) == {"Een ander zebrapad"}


def test_search_does_not_tell_of_a_hidden_text_by_leaving_it_out(item):
    UpdateFactory(plan_item=item("Het zebrapad"), submitted=True, quantitative="<p>Een olifant.</p>")

    assert found("zebrapad -olifant", UserFactory(lezer=True)) == {"Het zebrapad"}


def test_search_for_a_number_without_end_finds_nothing(item, adviseur):
    item("Leerwerkplek")

    assert found("w" + "1" * 5000, adviseur) == set()


def test_hit_leaves_a_name_as_it_is(item, adviseur):
    item("Jongeren <18 jaar en >3 maanden thuis")

    (row,) = PlanItem.objects.visible_to(user=adviseur).search("maanden").with_hit("maanden")

    assert "<18 jaar en >3" in row.hit


@pytest.mark.parametrize("where", [{"former_name": "Steunpunt"}, {"description": "Ieder steunpunt krijgt een coach."}])
def test_search_looks_in_the_former_name_and_the_description(where, item, adviseur):
    item("Dit is het", **where)
    item("Dit niet")

    assert found("steunpunt", adviseur) == {"Dit is het"}


@pytest.mark.parametrize("field", ["quantitative", "qualitative"])
def test_search_looks_in_both_texts_but_not_in_their_markup(field, item, adviseur):
    UpdateFactory(plan_item=item("Dit is het"), **{field: "<p>De <strong>straten</strong> zijn begonnen.</p>"})

    assert found("straat", adviseur) == {"Dit is het"}
    assert found("strong", adviseur) == set()


def test_search_takes_words_quotes_or_and_minus(item, adviseur):
    item("Werk en school")
    item("School en werk")
    item("Wonen")

    assert found("school werk", adviseur) == {"Werk en school", "School en werk"}
    assert found('"school en werk"', adviseur) == {"School en werk"}
    assert found("wonen or school", adviseur) == {"Werk en school", "School en werk", "Wonen"}
    assert found("wonen -werk", adviseur) == {"Wonen"}


@pytest.mark.parametrize(
    "typed", ["'", '"', "&", "!", "a & | b", "<->", "100%", "\\", "'; drop table", "é", "🙂", "x" * 3000]
)
def test_search_survives_whatever_is_typed(typed, item, adviseur):
    item("Werk")

    assert list(PlanItem.objects.visible_to(user=adviseur).search(typed).with_hit(typed)) == []


@pytest.mark.parametrize("typed", ["Wo17", "wo17", "WO 17", " wo17 "])
def test_search_finds_an_interventie_by_its_number(typed, item, adviseur):
    werk, wonen = PillarFactory(abbreviation="W"), PillarFactory(abbreviation="Wo")
    item("Wonen 17", pillar=wonen, number=17)
    item("Werk 17", pillar=werk, number=17)
    item("Wonen 1", pillar=wonen, number=1)
    item("Wonen 17a", pillar=wonen, number=17, letter="a")

    assert found(typed, adviseur) == {"Wonen 17"}


def test_search_tells_a_letter_behind_the_number(item, adviseur):
    pillar = PillarFactory(abbreviation="W")
    item("Zonder", pillar=pillar, number=4)
    item("Met", pillar=pillar, number=4, letter="a")

    assert (found("W4A", adviseur), found("w4", adviseur)) == ({"Met"}, {"Zonder"})
    assert found("W99999999999999999999", adviseur) == set()


# The hit


def test_hit_shows_the_words_found_in_their_sentence(item, adviseur):
    text = "<p>" + "Iets anders. " * 40 + "Wij bereikten <em>leerlingen</em> in Carnisse.</p>"
    UpdateFactory(plan_item=item("Naam"), qualitative=text)

    hit = PlanItem.objects.visible_to(user=adviseur).search("leerling").with_hit("leerling").get().hit

    assert f"{HIT_START}leerlingen{HIT_END}" in hit
    assert "<" not in hit
    assert len(hit) < 300


# Nothing hidden


@pytest.fixture
def secret(item, reporting_round):
    """An interventie of `trekker`, in which the word 'aubergine' stands wherever it may not be found."""

    def secret(**fields):
        update = UpdateFactory(
            plan_item=item("Het geheim", trekker=OrganisationFactory(name="Trekker")),
            quantitative="<p>Een aubergine.</p>",
            qualitative="<p>Een aubergine.</p>",
            colour="rood",
            colour_reason="Een aubergine.",
            proposed_colour="wit",
            proposed_reason="Een aubergine.",
            **fields,
        )
        by = UserFactory(adviseur=True)
        InternalNote.objects.create(update=update, text="Een aubergine.", by=by)
        ProgressEvent.objects.create(
            update=update,
            verb="return_with_question",
            by=by,
            from_state="submitted",
            to_state="returned",
            reason="Een aubergine.",
        )

    return secret


@pytest.mark.parametrize(
    "typed", ["aubergine", "aubergines", "geheim aubergine", "-aubergine geheim", "W or aubergine"]
)
@pytest.mark.parametrize("state", ["draft", "returned", "submitted"])
@pytest.mark.parametrize("who", ["lezer", "invuller"])
def test_search_finds_nothing_in_a_text_that_is_not_approved(who, state, typed, secret):
    secret(**{state: True})
    user = UserFactory(role=who)

    rows = PlanItem.objects.visible_to(user=user).search(typed).with_hit(typed)

    # 'not this word' may find what it would find if the word did not stand there.
    assert [row.name for row in rows] == (["Het geheim"] if typed.startswith("-") else [])
    assert "aubergine" not in "".join(row.hit for row in rows)


@pytest.mark.parametrize("role", ["lezer", "invuller", "controleur", "adviseur", "beheerder"])
def test_search_finds_an_approved_text_for_everybody(role, secret):
    secret(approved=True)

    assert found("aubergine", UserFactory(role=role)) == {"Het geheim"}


def test_search_finds_ones_own_text_before_it_is_approved(item):
    trekker = OrganisationFactory()
    UpdateFactory(plan_item=item("Van mij", trekker=trekker), draft=True, qualitative="<p>Een aubergine.</p>")
    UpdateFactory(plan_item=item("Van een ander"), draft=True, qualitative="<p>Een aubergine.</p>")

    assert found("aubergine", UserFactory(organisations=[trekker])) == {"Van mij"}


@pytest.mark.parametrize("typed", ["aubergine", "kleurtje aubergine", "-aubergine kleurtje"])
@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("who", ["own", "invuller", "lezer", "controleur", "adviseur"])
def test_search_looks_in_the_reason_of_a_colour_for_who_may_see_it(who, released, typed, item):
    trekker = OrganisationFactory()
    UpdateFactory(
        plan_item=item("Het kleurtje", trekker=trekker),
        approved=True,
        colour="rood",
        colour_reason="Geen aubergine meer.",
        colour_released=released,
    )
    user = UserFactory(organisations=[trekker]) if who == "own" else UserFactory(role=who)

    rows = PlanItem.objects.visible_to(user=user).search(typed).with_hit(typed)

    seen = released or who in ("controleur", "adviseur")
    assert [row.name for row in rows] == (["Het kleurtje"] if seen != typed.startswith("-") else [])
    assert ["aubergine" in row.hit for row in rows] == ([seen] if rows else [])
