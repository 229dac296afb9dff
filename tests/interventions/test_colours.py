"""The colours of a pijler: weighed side by side, then shown to all, or taken back."""

import pytest
from django.urls import reverse
from lxml import html

from interventions.models import PillarAssignment, ProgressUpdate, ReportingRound, RoundEvent
from tests.factories import PillarFactory, PlanItemFactory, RoundFactory, UpdateFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = reverse("interventions:colours", args=[2024])


@pytest.fixture
def adviseur(client):
    user = UserFactory(adviseur=True, name="Anna de Vries")
    client.force_login(user)
    return user


@pytest.fixture
def werk():
    return PillarFactory(name="Werk", abbreviation="W", position=1)


@pytest.fixture
def update(werk):
    """update("naam", …): a voortgang of 2024, in the traits that are given."""
    reporting_round = RoundFactory()

    def update(name, *traits, pillar=werk, plan_item=None, **fields):
        plan = {"pillar": pillar} if plan_item is None else plan_item
        item = PlanItemFactory(name=name, round=reporting_round, **plan)
        return UpdateFactory(plan_item=item, **dict.fromkeys(traits, True), **fields)

    return update


def text_of(element):
    return " ".join(element.text_content().split())


def page(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return html.fromstring(response.text)


def rows(table):
    return [[text_of(cell) for cell in row.xpath("td | th")] for row in table.xpath("tbody/tr")]


def form_of(document, words):
    """The form with this button."""
    (form,) = [form for form in document.iter("form") if any(text_of(one) == words for one in form.iter("button"))]
    return form


def press(client, document, words):
    form = form_of(document, words)
    return html.fromstring(client.post(form.get("action"), dict(form.form_values()), follow=True).text)


def test_colours_counts_per_pijler(client, adviseur, update):
    update("a", "submitted")
    update("b", "submitted", "coloured")
    update("c", "submitted", "released")
    update("d", "submitted", "coloured", plan_item={"activity": True})

    update("e", "dropped")

    # Interventies, vrijgegeven, niet vrijgegeven, zonder kleur, vervallen: the first is what the others add up to.
    assert rows(page(client).xpath("//table")[0]) == [
        ["Werk", "4", "1", "1", "1", "1"],
        ["Organisatie en financiën", "1", "0", "1", "0", "0"],
    ]


def test_colours_of_a_pijler_stand_side_by_side(client, adviseur, update):
    now = update("Leerwerkloket", "submitted", "coloured", proposed_colour="oranje", proposed_reason="Traag.")
    before = PlanItemFactory(round=RoundFactory(year=2023, historical=True), intervention=now.plan_item.intervention)
    UpdateFactory(plan_item=before, released=True, colour="rood")
    update("Van een ander", "submitted", pillar=PillarFactory())

    table = page(client, "?pijler=W").xpath("//table")[1]

    assert rows(table) == [
        [
            str(now.plan_item),
            "rood",
            "groen niet vrijgegeven",
            "vooruit",
            "Loopt volgens plan.",
            "oranje",
            "ingediend",
        ]
    ]


def test_colours_opens_with_my_own_pijler(client, adviseur, update):
    mine = PillarFactory(name="Wonen", position=2)
    PillarAssignment.objects.create(user=adviseur, pillar=mine)
    update("a", "submitted")
    update("b", "submitted", pillar=mine)

    assert text_of(page(client).xpath("//h2")[0]) == "Wonen"


def test_release_shows_the_colours_of_one_pijler_and_withdraw_hides_them(client, adviseur, update):
    ours, bare = update("a", "submitted", "coloured"), update("b", "submitted")
    theirs = update("c", "submitted", "coloured", pillar=PillarFactory())
    document = page(client, "?pijler=W")
    assert "ziet daarna 1 kleur met reden en trend" in text_of(form_of(document, "Vrijgeven"))
    assert "1 van de 2 heeft nog geen kleur" in text_of(form_of(document, "Vrijgeven"))

    document = press(client, document, "Vrijgeven")

    assert "Werk: 1 kleur vrijgegeven." in text_of(document)
    assert set(ProgressUpdate.objects.filter(colour_released=True)) == {ours}

    document = press(client, document, "Intrekken")

    assert "Werk: 1 kleur ingetrokken." in text_of(document)
    assert not ProgressUpdate.objects.filter(colour_released=True).exists()
    assert {one.pk for one in ProgressUpdate.objects.all()} == {ours.pk, bare.pk, theirs.pk}
    latest = document.find_class("timeline__item")[0]
    assert text_of(latest).startswith("Kleuren ingetrokken: Werk Anna de Vries")


def test_colours_of_a_historical_round_are_shown_by_the_beheerder_alone(client, adviseur, update):
    past = RoundFactory(year=2023, historical=True)
    item = PlanItemFactory(round=past)
    coloured = UpdateFactory(plan_item=item, approved=True, coloured=True)

    assert "alleen een beheerder" in past.why_not_show_colours(user=adviseur)
    past.release_colours(pillar=item.pillar, by=UserFactory(beheerder=True), version=coloured.colour_version)

    assert set(ProgressUpdate.objects.filter(colour_released=True)) == {coloured}


def test_release_works_for_the_activities_without_pijler(client, adviseur, update):
    activity = update("Bestuur", "submitted", "coloured", plan_item={"activity": True})

    press(client, page(client, "?pijler=OF"), "Vrijgeven")

    activity.refresh_from_db()
    assert activity.colour_released


def test_closed_round_offers_nothing_and_refuses(client, adviseur, update):
    ours = update("a", "approved", "coloured")
    document = page(client)
    ReportingRound.objects.update(state="closed")

    after = press(client, document, "Vrijgeven")

    assert "de kleuren liggen vast" in text_of(after.find_class("utrecht-alert")[0])
    assert not [one for one in after.iter("button") if text_of(one) in ("Vrijgeven", "Intrekken")]
    ours.refresh_from_db()
    assert not ours.colour_released


@pytest.mark.parametrize("name", ["release_colours", "withdraw_colours"])
@pytest.mark.parametrize("role", ["invuller", "lezer", "controleur"])
def test_showing_colours_is_for_the_bureau(client, update, name, role):
    update("a", "submitted", "coloured")
    client.force_login(UserFactory(role=role))

    assert client.post(reverse(f"interventions:{name}", args=[2024]), {"pijler": "W"}).status_code == 403
    assert not RoundEvent.objects.exists()


def test_unknown_pijler_is_not_found(client, adviseur, update):
    update("a", "submitted", "coloured")

    assert (
        client.post(reverse("interventions:release_colours", args=[2024]), {"pijler": "X", "version": 0}).status_code
        == 404
    )


def test_controleur_reads_the_colours_and_can_do_nothing(client, update):
    update("a", "submitted", "coloured")
    client.force_login(UserFactory(controleur=True))

    document = page(client)

    assert "groen niet vrijgegeven" in text_of(document)
    assert [form.get("action") for form in document.iter("form")] == [reverse("account_logout")]


@pytest.mark.parametrize("role", ["invuller", "lezer"])
def test_colours_are_for_who_sees_everything(client, update, role):
    client.force_login(UserFactory(role=role))

    assert client.get(PAGE).status_code == 403


def test_colours_take_as_many_queries_for_30_rows_as_for_1(client, adviseur, update, django_assert_num_queries):
    update("a", "submitted", "coloured")
    with django_assert_num_queries(QUERIES):
        page(client)
    for number in range(29):
        update(f"b{number}", "submitted", "released")
    with django_assert_num_queries(QUERIES):
        page(client)


QUERIES = 9
