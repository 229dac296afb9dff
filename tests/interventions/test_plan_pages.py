"""The pages on which the bureau edits the plan: all of it on one page per pijler, nothing overwritten, nothing lost."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.models import User
from interventions.models import Funding, PillarAssignment, PlanItem, ReportingRound
from interventions.models.plan import Initiation
from tests.factories import (
    IndicatorFactory,
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
def adviseur(client):
    user = UserFactory(adviseur=True, name="Anna de Vries")
    client.force_login(user)
    return user


@pytest.fixture
def pillar():
    return PillarFactory(name="Werk", abbreviation="W")


@pytest.fixture
def item(pillar):
    """W4, as complete as it can be, in a planned round."""
    organisation = OrganisationFactory(name="Gemeente")
    item = PlanItemFactory(
        round=RoundFactory(planned=True),
        pillar=pillar,
        theme=ThemeFactory(pillar=pillar, name="Naar werk"),
        number=4,
        position=1,
        name="Leerwerkloket",
        former_name="Loket",
        description="<p>Eén loket.</p>",
        trekker=organisation,
    )
    item.contacts.add(UserFactory(name="Piet Bos", organisations=[organisation]))
    item.funding.add(Funding.objects.create(name="Regio Deal"))
    return item


def get(client, name, *args, query=""):
    response = client.get(reverse(f"interventions:{name}", args=args) + query)
    assert response.status_code == 200
    return html.fromstring(response.content)


def text_of(element):
    return " ".join(element.text_content().split())


def fields_of(page, name, *args):
    """What the form on `page` that is posted to the url `name` would send as it stands."""
    action = reverse(f"interventions:{name}", args=args)
    form = next(
        form for form in page.forms if (form.get("action") or action).startswith(action) and form.method == "POST"
    )
    values = {}
    for key, value in form.form_values():
        values.setdefault(key, []).append(value)
    return values


def rows(page):
    table = page.xpath("//div[starts-with(@aria-label, 'Interventies van')]//table")[0]
    return [
        [text_of(cell) for cell in row.xpath("td[not(.//input)]|th")]
        for row in table.xpath(".//tr[starts-with(@id, 'regel-')]")
    ]


def errors(page):
    return [text_of(one) for one in page.find_class("error-summary")]


def messages(page):
    return [text_of(one) for one in page.xpath("//main/div[contains(@class, 'utrecht-alert')]")]


# The plan of a pijler


def test_plan_shows_the_rows_of_a_pijler_with_all_that_is_arranged(client, adviseur, item):
    InitiatorFactory(
        plan_item=item, organisation=OrganisationFactory(name="Woonstad"), role="dataleverancier", position=1
    )
    PlanItemFactory(round=item.round, pillar=item.pillar, number=5, position=2, name="Jobcoaching")
    PlanItemFactory(round=item.round, name="elsewhere")

    page = get(client, "plan_year", 2024, query="?pijler=W")

    assert rows(page) == [
        [
            "W4",
            "Leerwerkloket Was: Loket",
            "Gemeente trekker, aangenomen Woonstad dataleverancier",
            "Piet Bos",
            "Regio Deal",
            "",
        ],
        ["W5", "Jobcoaching", "geen", "geen", "", ""],
    ]
    assert [text_of(one) for one in page.xpath("//th[@scope='rowgroup']")] == ["Naar werk"]


def test_plan_has_a_page_for_what_is_in_no_pijler(client, adviseur, item):
    PlanItemFactory(round=item.round, activity=True, name="Communicatie")

    assert [row[1] for row in rows(get(client, "plan_year", 2024, query="?pijler=OF"))] == ["Communicatie"]


def test_plan_says_what_was_stopped(client, adviseur, item):
    UpdateFactory(plan_item=item, dropped=True)

    assert rows(get(client, "plan_year", 2024))[0][1] == "Leerwerkloket Was: Loket vervallen"


def gaps(page):
    return {
        text_of(one.xpath("summary")[0]): [text_of(link) for link in one.xpath(".//a")]
        for one in page.xpath("//details[summary[contains(., 'zonder')]]")
    }


def test_plan_lists_who_has_no_initiator_or_contact_until_nobody_has(client, adviseur, item):
    alone = PlanItemFactory(round=item.round, pillar=item.pillar, number=5, name="Jobcoaching")
    supplied = PlanItemFactory(round=item.round, activity=True, name="Communicatie")
    InitiatorFactory(plan_item=supplied, role="dataleverancier")
    supplied.contacts.add(item.contacts.get())
    UpdateFactory(plan_item=PlanItemFactory(round=item.round), dropped=True)

    assert gaps(get(client, "plan_year", 2024)) == {
        "2 zonder initiatiefnemer": ["W5 Jobcoaching", "Communicatie"],
        "1 zonder contactpersoon": ["W5 Jobcoaching"],
    }

    for one in (alone, supplied):
        InitiatorFactory(plan_item=one)
        one.contacts.add(item.contacts.get())
    assert gaps(get(client, "plan_year", 2024)) == {}


def test_plan_counts_per_pijler_what_is_not_arranged(client, adviseur, item):
    PlanItemFactory(round=item.round, pillar=item.pillar, number=5)

    page = get(client, "plan_year", 2024)

    table = page.xpath("//table[caption='Het plan per pijler']")[0]
    assert [[text_of(cell) for cell in row] for row in table.xpath("tbody/tr")] == [
        ["Werk", "2", "1", "1"],
        ["Organisatie en financiën", "0", "0", "0"],
    ]


def test_plan_that_is_worked_on_is_that_of_the_last_round(client, adviseur, item):
    RoundFactory(year=2025, planned=True)

    assert client.get(reverse("interventions:plan")).url == reverse("interventions:plan_year", args=[2025])


def test_plan_before_there_is_a_round_says_so(client, adviseur):
    assert "Er is nog geen rapportageronde." in text_of(get(client, "plan"))


def test_empty_plan_says_to_the_beheerder_what_comes_first(client):
    def links():
        response = client.get(reverse("interventions:plan"), follow=True)
        return html.fromstring(response.text).xpath("//div[@class='empty']//a/@href")

    client.force_login(UserFactory(beheerder=True))
    before_the_round = links()
    RoundFactory(year=2024, planned=True)
    before_the_pillars = links()
    PillarFactory()

    assert before_the_round == [reverse("interventions:new_round")]
    assert before_the_pillars == [reverse("admin:programme_pillar_add")]
    assert links() == [reverse("interventions:import_workbook", args=[2024])]


@pytest.mark.parametrize(
    ("fields", "role", "why"),
    [
        ({"closed": True}, "adviseur", "De ronde 2024 is afgesloten; het plan ligt vast."),
        ({"historical": True}, "adviseur", "alleen een beheerder wijzigt het plan."),
        ({}, "controleur", "Het plan is aan het programmabureau."),
    ],
)
def test_plan_that_may_not_be_changed_is_read_and_says_why(fields, role, why, client, pillar):
    client.force_login(UserFactory(role=role))
    item = PlanItemFactory(round=RoundFactory(**fields), pillar=pillar, description="<p>Eén loket.</p>")

    plan, page = get(client, "plan_year", 2024), get(client, "plan_item", item.pk)

    for one in (plan, page):
        assert why in text_of(one)
        # Who looks after a pijler is no part of the plan of a round.
        assert [text_of(button) for button in one.xpath("//main//button")] in ([], ["Aanwijzen"])
    assert "Eén loket." in text_of(page)
    assert not plan.xpath("//a[contains(., 'toevoegen')]")


def rename(item, name, *, by):
    item.change(replace(item.content(), name=name), by=by, version=item.version)


def count_queries(client, name, *args):
    with CaptureQueriesContext(connection) as queries:
        get(client, name, *args)
    return len(queries)


def more_of(item):
    """Two more rows like W4."""
    for number in (5, 6):
        other = PlanItemFactory(
            round=item.round, pillar=item.pillar, number=number, theme=item.theme, trekker=OrganisationFactory()
        )
        other.contacts.set([UserFactory(), *item.contacts.all()])
        other.funding.set(item.funding.all())


def test_plan_takes_as_many_queries_for_3_rows_as_for_1(client, adviseur, item):
    one = count_queries(client, "plan_year", 2024)
    more_of(item)

    assert count_queries(client, "plan_year", 2024) == one


def test_plan_item_takes_as_many_queries_for_much_as_for_little(client, adviseur, item):
    rename(item, "Loket 2", by=adviseur)
    one = count_queries(client, "plan_item", item.pk)
    rename(item, "Loket 3", by=adviseur)
    rename(item, "Loket 4", by=adviseur)
    InitiatorFactory.create_batch(3, plan_item=item, role="initiatiefnemer")
    item.contacts.add(*UserFactory.create_batch(3))

    assert count_queries(client, "plan_item", item.pk) == one


# One plan item


def test_item_that_is_saved_as_it_stands_changes_nothing(client, adviseur, item):
    page = get(client, "plan_item", item.pk)

    response = client.post(
        reverse("interventions:change_item", args=[item.pk]), fields_of(page, "change_item", item.pk), follow=True
    )

    assert messages(html.fromstring(response.content)) == ["Er was niets gewijzigd."]
    assert PlanItem.objects.get().version == 1


def test_item_is_changed_in_all_that_it_says(client, adviseur, item):
    other, second = PillarFactory(abbreviation="S"), OrganisationFactory(name="Woonstad")
    theme, funding = ThemeFactory(pillar=other), Funding.objects.create(name="Spuk")
    first = item.initiators.get().organisation
    fields = fields_of(get(client, "plan_item", item.pk), "change_item", item.pk) | {
        "name": "Balie",
        "pillar": other.pk,
        "number": 7,
        "letter": "b",
        "theme": theme.pk,
        "former_name": "Leerwerkloket",
        "description": "<p>Eén <strong>balie</strong>.</p>",
        "funding": [funding.pk],
        "contacts": [],
        "initiators-0-role": "initiatiefnemer",
        "initiators-0-ORDER": 2,
        "initiators-1-organisation": second.pk,
        "initiators-1-role": "trekker",
        "initiators-1-confirmed": "on",
        "initiators-1-ORDER": 1,
    }

    response = client.post(reverse("interventions:change_item", args=[item.pk]), fields)

    assert response.url == reverse("interventions:plan_item", args=[item.pk])
    content = PlanItem.objects.get().content()
    assert vars(content) == {
        "name": "Balie",
        "pillar": other.pk,
        "theme": theme.pk,
        "number": 7,
        "letter": "b",
        "former_name": "Leerwerkloket",
        "description": "<p>Eén <strong>balie</strong>.</p>",
        "funding": frozenset({funding.pk}),
        "initiators": (Initiation(second.pk, "trekker", confirmed=True), Initiation(first.pk, "initiatiefnemer")),
        "contacts": frozenset(),
    }


def test_initiator_is_taken_off_by_choosing_no_organisation(client, adviseur, item):
    fields = fields_of(get(client, "plan_item", item.pk), "change_item", item.pk)

    client.post(reverse("interventions:change_item", args=[item.pk]), fields | {"initiators-0-organisation": ""})

    assert not item.initiators.exists()


def test_contacts_are_chosen_from_who_may_write_here(client, adviseur, item):
    UserFactory(name="Van elders", organisations=[OrganisationFactory()])
    UserFactory(name="Vertrokken", organisations=[item.initiators.get().organisation], is_active=False)
    member = OrganisationFactory(name="School")
    collective = OrganisationFactory(kind="collective")
    collective.members.add(member)
    InitiatorFactory(plan_item=item, organisation=collective, role="initiatiefnemer", position=1)
    UserFactory(name="Van een lid", organisations=[member])
    item.contacts.add(UserFactory(name="Nog van vroeger"))

    page = get(client, "plan_item", item.pk)

    offered = [text_of(one) for one in page.xpath("//fieldset[@id='id_contacts']//label")]
    assert offered == ["Nog van vroeger", "Piet Bos", "Van een lid"]


def test_conflict_shows_both_versions_and_overwrites_nothing(client, adviseur, item):
    url = reverse("interventions:change_item", args=[item.pk])
    seen = fields_of(get(client, "plan_item", item.pk), "change_item", item.pk)
    other = UserFactory(beheerder=True, name="Bea Beheer")
    client.post(url, seen | {"name": "Balie", "description": "<p>Twee loketten.</p>"})
    client.force_login(other)

    response = client.post(url, seen | {"name": "Bureau", "description": "<p>Drie loketten.</p>", "number": 9})

    page = html.fromstring(response.content)
    assert response.status_code == 409
    assert "Laatst opgeslagen door Anna de Vries" in errors(page)[0]
    stored, mine = page.find_class("compare--conflict")[0].find_class("rich-text")
    assert (text_of(stored), mine.xpath(".//del/text()"), mine.xpath(".//ins/text()")) == (
        "Twee loketten.",
        ["Twee"],
        ["Drie"],
    )
    table = page.xpath("//table[caption='Andere verschillen']")[0]
    assert [[text_of(cell) for cell in row] for row in table.xpath("tbody/tr")] == [
        ["Naam", "Balie", "Bureau"],
        ["Nummer", "4", "9"],
    ]
    assert PlanItem.objects.get().name == "Balie"

    client.post(url, fields_of(page, "change_item", item.pk))
    assert (PlanItem.objects.get().name, PlanItem.objects.get().number) == ("Bureau", 9)
    assert [one.content["name"] for one in item.revisions.all()] == ["Leerwerkloket", "Balie", "Bureau"]


def test_refusal_is_said_on_the_page_with_what_was_typed(client, adviseur, item):
    PlanItemFactory(round=item.round, pillar=item.pillar, number=5, name="Jobcoaching")
    fields = fields_of(get(client, "plan_item", item.pk), "change_item", item.pk)

    response = client.post(
        reverse("interventions:change_item", args=[item.pk]), fields | {"number": 5, "name": "Getypt"}
    )

    page = html.fromstring(response.content)
    assert "W5 is al Jobcoaching. Kies een ander nummer, of zet er een letter bij." in errors(page)[0]
    assert fields_of(page, "change_item", item.pk)["name"] == ["Getypt"]
    assert PlanItem.objects.get(pk=item.pk).name == "Leerwerkloket"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Naam: Vul dit veld in."),
        ("number", "vier", "Nummer: Voer een geheel getal in."),
        ("pillar", "999999", "Pijler: Selecteer een geldige keuze."),
        ("theme", "x", "Thema: Selecteer een geldige keuze."),
        ("letter", "ab", "Letter: Zorg dat deze waarde niet meer dan 1 teken bevat"),
    ],
)
def test_what_was_typed_wrong_is_named_by_its_field(field, value, said, client, adviseur, item):
    fields = fields_of(get(client, "plan_item", item.pk), "change_item", item.pk)

    response = client.post(reverse("interventions:change_item", args=[item.pk]), fields | {field: value})

    assert said in errors(html.fromstring(response.content))[0]
    assert PlanItem.objects.get().version == 1


def test_history_says_who_changed_what(client, adviseur, item):
    fields = fields_of(get(client, "plan_item", item.pk), "change_item", item.pk)
    client.post(reverse("interventions:change_item", args=[item.pk]), fields | {"name": "Balie", "number": 5})

    page = get(client, "plan_item", item.pk)

    latest, first = (text_of(one) for one in page.find_class("timeline__item"))
    assert latest.startswith("Gewijzigd: naam, nummer Anna de Vries,")
    assert "Naam Leerwerkloket Balie Nummer 4 5" in latest
    assert first == "Overgenomen (meegeleverd plan)"


# Adding, moving, stopping


def test_item_is_added_with_the_next_number_of_its_pijler(client, adviseur, item):
    page = get(client, "add_item", 2024, query="?pijler=W")
    fields = fields_of(page, "add_item", 2024)
    assert (fields["pillar"], fields["number"]) == ([str(item.pillar_id)], ["5"])

    response = client.post(
        reverse("interventions:add_item", args=[2024]), fields | {"name": "Jobcoaching"}, follow=True
    )

    added = PlanItem.objects.get(name="Jobcoaching")
    assert response.request["PATH_INFO"] == reverse("interventions:plan_item", args=[added.pk])
    assert messages(html.fromstring(response.content)) == [
        "W5 Jobcoaching staat in het plan. Kies nu de contactpersonen."
    ]


def test_item_that_cannot_be_added_is_refused_with_what_was_typed(client, adviseur, item):
    fields = fields_of(get(client, "add_item", 2024, query="?pijler=W"), "add_item", 2024)

    response = client.post(
        reverse("interventions:add_item", args=[2024]), fields | {"name": "Jobcoaching", "number": 4}
    )

    page = html.fromstring(response.content)
    assert "W4 is al Leerwerkloket." in errors(page)[0]
    assert fields_of(page, "add_item", 2024)["name"] == ["Jobcoaching"]
    assert PlanItem.objects.count() == 1


def test_item_is_moved_by_its_buttons(client, adviseur, item):
    PlanItemFactory(round=item.round, pillar=item.pillar, theme=item.theme, number=5, position=2, name="Jobcoaching")
    page = get(client, "plan_year", 2024)
    up = page.xpath("//button[@aria-label='Omhoog: W5 Jobcoaching']")[0]
    assert not page.xpath("//button[@aria-label='Omhoog: W4 Leerwerkloket']")

    response = client.post(up.get("formaction"), {up.get("name"): up.get("value")})

    assert response.url.endswith(f"/plan/2024/?pijler=W#regel-{PlanItem.objects.get(number=5).pk}")
    assert [row[0] for row in rows(get(client, "plan_year", 2024))] == ["W5", "W4"]


def test_item_is_stopped_with_a_reason(client, adviseur, item):
    fields = fields_of(get(client, "plan_item", item.pk), "drop_item", item.pk)

    client.post(reverse("interventions:drop_item", args=[item.pk]), fields | {"reason": "Geen geld."})

    assert PlanItem.objects.get().progress.state == "dropped"


def test_item_that_was_changed_meanwhile_is_not_stopped_and_the_reason_stays(client, adviseur, item):
    url = reverse("interventions:drop_item", args=[item.pk])

    response = client.post(url, {"version": 0, "reason": "Geen geld."})

    page = html.fromstring(response.content)
    assert response.status_code == 409
    assert fields_of(page, "drop_item", item.pk)["reason"] == ["Geen geld."]
    assert "Iemand anders heeft intussen iets gewijzigd" in text_of(page)
    assert not ReportingRound.objects.get().plan_items.filter(progress__isnull=False).exists()


def test_item_whose_voortgang_is_approved_says_that_it_cannot_be_stopped(client, adviseur, pillar):
    item = UpdateFactory(approved=True, plan_item__pillar=pillar).plan_item

    page = get(client, "plan_item", item.pk)

    assert "Splitsen en stoppen kan niet. De status is 'goedgekeurd'; laten vervallen kan nu niet." in text_of(page)


# Several at once


@pytest.fixture
def two(item):
    """W4 and W5."""
    return item, PlanItemFactory(
        round=item.round, pillar=item.pillar, theme=item.theme, number=5, position=2, name="Jobcoaching"
    )


def post_ticked(client, ticked, do, **fields):
    url = f"{reverse('interventions:change_ticked', args=[2024])}?pijler=W"
    return client.post(url, {"items": [one.pk for one in ticked], "do": do} | fields, follow=True)


def test_initiator_is_added_to_what_is_ticked(client, adviseur, two):
    organisation = OrganisationFactory(name="Woonstad")

    response = post_ticked(client, two, "initiatiefnemer", organisation=organisation.pk, role="dataleverancier")

    page = html.fromstring(response.content)
    assert [row[2] for row in rows(page)] == [
        "Gemeente trekker, aangenomen Woonstad dataleverancier",
        "Woonstad dataleverancier",
    ]
    assert messages(page) == ["2 van de 2 aangevinkte interventies gewijzigd."]


def test_contact_is_added_to_what_is_ticked_and_taken_off(client, adviseur, two):
    person = UserFactory(name="Jan Kok")

    added = post_ticked(client, two[1:], "contact", person=person.pk)
    taken_off = post_ticked(client, two, "geen-contact", person=two[0].contacts.get().pk)

    assert [row[3] for row in rows(html.fromstring(added.content))] == ["Piet Bos", "Jan Kok"]
    assert "Jan Kok mag daar niet invullen, en krijgt er alleen bericht over." in added.text
    people = html.fromstring(added.content).xpath("//select[@name='person']/option/text()")
    assert people == ["Kies een persoon", "Jan Kok (mag hier nergens invullen)", "Piet Bos"]
    assert [row[3] for row in rows(html.fromstring(taken_off.content))] == ["geen", "Jan Kok"]


def test_all_of_the_list_are_changed_without_ticking_each(client, adviseur, two):
    other = PlanItemFactory(round=two[0].round, name="Van een andere pijler")
    person = UserFactory(name="Jan Kok")

    response = post_ticked(client, [], "contact", person=person.pk, everything="W")

    page = html.fromstring(response.content)
    assert messages(page)[0] == "2 van de 2 aangevinkte interventies gewijzigd."
    assert [row[3] for row in rows(page)] == ["Jan KokPiet Bos", "Jan Kok"]
    assert not other.contacts.exists()

    page = html.fromstring(post_ticked(client, [], "contact", everything="W").content)
    assert page.xpath("//input[@name='everything']/@checked") == ["checked"]
    assert errors(html.fromstring(post_ticked(client, [], "contact", person=person.pk, everything="X").content))


@pytest.mark.parametrize(
    ("ticked", "do", "fields", "said"),
    [
        (0, "contact", {}, "Vink eerst interventies aan."),
        (2, "contact", {}, "Persoon: Kies een persoon."),
        (2, "initiatiefnemer", {}, "Organisatie: Kies een organisatie."),
        (2, "iets", {}, "Kies met een knop wat u wilt doen."),
        (2, "contact", {"items": ["999999"]}, "999999"),
        (2, "initiatiefnemer", {"organisation": "999999"}, "Organisatie: Selecteer een geldige keuze."),
        (2, "trekker", {}, "W4 Leerwerkloket: Een interventie heeft één trekker."),
    ],
)
def test_what_cannot_be_done_with_what_is_ticked_is_said_and_the_ticks_stay(
    ticked, do, fields, said, client, adviseur, two
):
    if do == "trekker":
        do, fields = "initiatiefnemer", {"organisation": OrganisationFactory().pk, "role": "trekker"}

    page = html.fromstring(post_ticked(client, two[:ticked], do, **fields).content)

    assert said in errors(page)[0]
    stay = fields.get("items", [str(one.pk) for one in two[:ticked]])
    assert page.xpath("//input[@name='items'][@checked]/@value") == [one for one in stay if one != "999999"]
    assert {one.version for one in PlanItem.objects.all()} == {1}


def test_advisers_of_a_pijler_are_assigned(client, adviseur, item):
    UserFactory(lezer=True, name="Lieke Lezer")
    other = UserFactory(beheerder=True, name="Bea Beheer")
    page = get(client, "plan_year", 2024, query="?pijler=W")
    assert [text_of(one) for one in page.xpath("//fieldset[@id='id_people']//label")] == ["Anna de Vries", "Bea Beheer"]

    fields = fields_of(page, "assign_advisers", 2024) | {"people": [other.pk]}
    client.post(reverse("interventions:assign_advisers", args=[2024]), fields)

    assert "Adviseurs: Bea Beheer" in text_of(get(client, "plan_year", 2024))


def test_who_is_of_the_bureau_no_more_looks_after_no_pijler(client, adviseur, item):
    left = UserFactory(adviseur=True, name="Wim Weg")
    PillarAssignment.objects.assign(item.pillar, [adviseur, left], by=adviseur)
    User.objects.filter(pk=left.pk).update(role="lezer")

    assert "Adviseurs: Anna de Vries" in text_of(get(client, "plan_year", 2024))
    assert "Wim Weg" not in text_of(get(client, "plan_year", 2024))


# Splitting and merging


def test_item_is_split_into_the_parts_that_have_a_name(client, adviseur, item):
    fields = fields_of(get(client, "split_item", item.pk), "split_item", item.pk)
    assert [fields[f"parts-{part}-letter"] for part in range(3)] == [["a"], ["b"], ["c"]]

    response = client.post(
        reverse("interventions:split_item", args=[item.pk]),
        fields | {"parts-0-name": "Balie", "parts-1-name": "Bureau", "reason": "Te groot."},
        follow=True,
    )

    page = html.fromstring(response.content)
    assert messages(page) == [
        "W4 Leerwerkloket is gesplitst in W4a Balie en W4b Bureau. De cijfers gaan verder bij W4a Balie."
    ]
    assert [row[:4] for row in rows(page)] == [
        ["W4", "Leerwerkloket Was: Loket vervallen", "Gemeente trekker, aangenomen", "Piet Bos"],
        ["W4a", "Balie Was: Leerwerkloket", "Gemeente trekker, aangenomen", "Piet Bos"],
        ["W4b", "Bureau Was: Leerwerkloket", "Gemeente trekker, aangenomen", "Piet Bos"],
    ]


NOT_WHOLE = (
    "Het formulier is niet volledig aangekomen; er is niets opgeslagen. Laad de pagina opnieuw en vul het nog eens in."
)


@pytest.mark.parametrize("name", ["split_item", "change_item", "change_indicator", "merge_items"])
def test_form_that_did_not_come_in_whole_says_so_in_a_sentence(name, client, adviseur, item):
    indicator = IndicatorFactory(owner=item.intervention)
    args = [item.round.year] if name == "merge_items" else [item.pk]
    url = f"{reverse(f'interventions:{name}', args=args)}?regel={item.pk}"
    asked = {"do": "hernoemen", "indicator": indicator.pk, "name": "X", "unit": "aantal"}

    for version in ("", "x", "-1"):
        page = html.fromstring(client.post(url, asked | {"version": version, "reason": "Daarom."}).text)
        said = page.xpath("//*[contains(@class, 'error-summary')]//li//text()")
        assert set(said) >= {NOT_WHOLE}
        assert not [one for one in said if "ersion" in one or "anagement" in one]
    assert PlanItem.objects.get() == item


@pytest.mark.parametrize("name", ["split_item", "change_item"])
def test_form_without_its_rows_says_so_in_a_sentence(name, client, adviseur, item):
    url = reverse(f"interventions:{name}", args=[item.pk])
    fields = {"version": item.version, "name": "X", "pillar": item.pillar.pk, "number": 4, "reason": "Daarom."}

    page = html.fromstring(client.post(url, fields).text)

    assert page.xpath("//*[contains(@class, 'error-summary')]//li//text()") == [NOT_WHOLE]
    assert "ManagementForm" not in page.text_content()


def test_activity_without_a_number_is_split_too(client, adviseur):
    item = PlanItemFactory(round=RoundFactory(planned=True), activity=True, name="Communicatie")
    fields = fields_of(get(client, "split_item", item.pk), "split_item", item.pk)
    assert "parts-0-number" not in fields

    typed = {"parts-0-name": "Website", "parts-1-name": "Bijeenkomsten", "reason": "Te groot."}
    client.post(reverse("interventions:split_item", args=[item.pk]), fields | typed)

    placed = list(PlanItem.objects.order_by("position", "pk").values_list("position", "name"))
    assert placed == [(1, "Communicatie"), (2, "Website"), (3, "Bijeenkomsten")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"parts-1-name": ""}, "Splits in ten minste twee delen: geef elk deel een naam."),
        ({"reason": ""}, "Reden: Vul dit veld in."),
        ({"parts-1-letter": "a"}, "W4a is al Balie."),
        ({"version": 0}, "W4 Leerwerkloket: Iemand anders heeft intussen iets gewijzigd."),
    ],
)
def test_split_that_cannot_be_is_refused_with_what_was_typed(fields, said, client, adviseur, item):
    url = reverse("interventions:split_item", args=[item.pk])
    typed = fields_of(get(client, "split_item", item.pk), "split_item", item.pk)
    typed |= {"parts-0-name": "Balie", "parts-1-name": "Bureau", "reason": "Te groot."}

    page = html.fromstring(client.post(url, typed | fields).content)

    assert said in errors(page)[0]
    assert fields_of(page, "split_item", item.pk)["parts-0-name"] == ["Balie"]
    assert fields_of(page, "split_item", item.pk)["version"] == ["1"]
    assert PlanItem.objects.count() == 1


def test_what_is_ticked_is_merged_into_one(client, adviseur, two):
    response = post_ticked(client, two, "samenvoegen")
    url = response.redirect_chain[-1][0]
    page = html.fromstring(response.content)
    fields = fields_of(page, "merge_items", 2024)
    assert (fields["name"], fields["number"], fields["letter"]) == (["Leerwerkloket"], ["4"], ["a"])

    response = client.post(
        url, fields | {"main": two[1].pk, "name": "Werkloket", "reason": "Hoort bijeen."}, follow=True
    )

    added = PlanItem.objects.get(name="Werkloket")
    assert messages(html.fromstring(response.content)) == [
        "W4a Werkloket komt in de plaats van 2 interventies. Lees haar na."
    ]
    assert [link.predecessor for link in added.intervention.links.all()] == [two[1].intervention, two[0].intervention]
    assert (added.former_name, added.contacts.get(), added.description) == (
        "Jobcoaching",
        two[0].contacts.get(),
        "<p>Eén loket.</p>",
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Reden: Vul dit veld in."),
        ({"name": ""}, "Naam: Vul dit veld in."),
        ({"main": "999999"}, "Welke is de belangrijkste: Selecteer een geldige keuze."),
        ({"letter": ""}, "W4 is al Leerwerkloket."),
        ({"version": "4:1 999999:1"}, "Niet alles wat u koos, staat in dit plan."),
    ],
)
def test_merge_that_cannot_be_is_refused_with_what_was_typed(fields, said, client, adviseur, two):
    response = post_ticked(client, two, "samenvoegen")
    typed = fields_of(html.fromstring(response.content), "merge_items", 2024) | {
        "name": "Werkloket",
        "reason": "Bijeen.",
    }

    page = html.fromstring(client.post(response.redirect_chain[-1][0], typed | fields).content)

    assert said in errors(page)[0]
    assert fields_of(page, "merge_items", 2024).get("name", [""]) == [fields.get("name", "Werkloket")]
    assert PlanItem.objects.count() == 2


def test_merging_takes_two(client, adviseur, item):
    assert "Vink in het plan ten minste twee interventies aan." in text_of(get(client, "merge_items", 2024))


def test_plan_of_a_round_that_is_done_says_nothing_of_what_will_be_asked(client, pillar):
    client.force_login(UserFactory(beheerder=True))
    PlanItemFactory(round=RoundFactory(historical=True), pillar=pillar)

    shown = text_of(get(client, "plan_year", 2024).get_element_by_id("inhoud"))

    assert "Hierbij staat geen organisatie die rapporteerde." in shown
    assert "Niemand wordt gevraagd" not in shown


def test_split_of_what_was_dropped_says_that_and_not_that_it_cannot_be_dropped(client, adviseur, item):
    item.drop(by=adviseur, version=1, reason="Stopt.")

    said = text_of(get(client, "split_item", item.pk).get_element_by_id("inhoud"))

    assert "De status is 'vervallen'; splitsen of samenvoegen kan nu niet." in said
