"""A person leaves: access and sessions end, contact roles go to another or to nobody, and nothing is lost."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.models import User
from interventions.models import PillarAssignment, PlanItem
from interventions.people import let_go
from interventions.workflow import Conflict, Refused
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
def beheerder(client):
    user = UserFactory(beheerder=True)
    client.force_login(user)
    return user


@pytest.fixture
def person():
    return UserFactory(name="Eva", organisations=[OrganisationFactory(name="Woonstad")])


@pytest.fixture
def items(person):
    """Where `person` is contact person, by the state of the round; beside another in the round that is open."""
    rounds = {
        "historical": RoundFactory(year=2022, historical=True),
        "closed": RoundFactory(year=2023, closed=True),
        "open": RoundFactory(year=2024),
        "planned": RoundFactory(year=2025, planned=True),
    }
    items = {}
    for state, reporting_round in rounds.items():
        items[state] = PlanItemFactory(round=reporting_round, name=f"In {state}", trekker=person.organisations.get())
        items[state].contacts.add(person)
        UpdateFactory(plan_item=items[state])
    items["open"].contacts.add(UserFactory(name="Collega"))
    return items


def contacts(items):
    return {state: sorted(str(one) for one in item.contacts.all()) for state, item in items.items()}


def page(response):
    return html.fromstring(response.text)


def url(person):
    return reverse("interventions:deactivate", args=[person.pk])


def test_contact_roles_are_handed_over_in_the_same_step(client, beheerder, person, items):
    successor = UserFactory(name="Dirk")

    response = client.post(url(person), {"successor": successor.pk}, follow=True)

    assert contacts(items) == {
        "historical": ["Eva"],
        "closed": ["Eva"],
        "open": ["Collega", "Dirk"],
        "planned": ["Dirk"],
    }
    person.refresh_from_db()
    assert (person.is_active, person.successor) == (False, successor)
    assert "Eva is niet meer actief. Dirk is nu contactpersoon van 2 interventies." in response.text
    kept = items["open"].revisions.last()
    assert (kept.by, set(kept.content["contacts"])) == (
        beheerder,
        set(items["open"].contacts.values_list("pk", flat=True)),
    )


def test_handed_over_to_nobody_the_interventies_show_as_without_contact(client, beheerder, person, items):
    client.post(url(person), {"successor": ""})

    assert contacts(items)["planned"] == []
    assert contacts(items)["open"] == ["Collega"]
    assert set(PlanItem.objects.without_contact()) == {items["planned"]}


def test_page_tells_what_will_happen(client, beheerder, person, items):
    UserFactory(name="Anna")
    UserFactory(name="Zoë", organisations=person.organisations.all())
    UserFactory(name="Weg", is_active=False)
    UserFactory(name="Lezer", lezer=True)

    PillarAssignment.objects.create(user=person, pillar=PillarFactory(name="School"))

    shown = page(client.get(url(person)))

    assert "Eva is adviseur van School." in shown.text_content()
    assert [one.text_content() for one in shown.xpath("//main//ul/li")] == [
        f"{items['open']} (2024)",
        f"{items['planned']} (2025)",
    ]
    assert [one.text for one in shown.xpath("//select[@name='successor']/option")] == [
        "Niemand",
        "Zoë, invuller, Woonstad",
        "Anna, invuller (mag hier niet invullen)",
        "Collega, invuller (mag hier niet invullen)",
    ]
    assert "Wie hier ook mag invullen, staat bovenaan." in shown.text_content()
    assert User.objects.get(pk=person.pk).is_active, "looking changes nothing"


def test_who_may_write_there_comes_first_whatever_organisation_they_are_of(client, beheerder):
    city = OrganisationFactory(name="Gemeente")
    department = OrganisationFactory(name="Afdeling Werk", kind="department", parent=city)
    gone = UserFactory(name="Eva", organisations=[department])
    PlanItemFactory(trekker=department).contacts.add(gone)
    UserFactory(name="Anna", organisations=[OrganisationFactory(name="Woonstad")])
    options = "//select[@name='successor']/option/text()"
    nobody = page(client.get(url(gone)))
    UserFactory(name="Zoë", organisations=[city])

    assert nobody.xpath(options) == ["Niemand", "Anna, invuller, Woonstad (mag hier niet invullen)"]
    assert "Niemand van deze lijst mag hier invullen." in nobody.text_content()
    assert page(client.get(url(gone))).xpath(options)[1] == "Zoë, invuller, Gemeente"


def test_who_is_contact_of_nothing_is_taken_over_by_nobody(client, beheerder, person):
    assert not page(client.get(url(person))).xpath("//select")
    PlanItemFactory(round=RoundFactory(closed=True)).contacts.add(person)
    assert page(client.get(url(person))).xpath("//select[@name='successor']")


@pytest.mark.parametrize("taken_over", [True, False])
def test_pijlers_of_an_adviseur_are_handed_over_in_the_same_step(client, beheerder, taken_over):
    gone, other = UserFactory(adviseur=True, name="Gerda"), UserFactory(adviseur=True, name="Hans")
    UserFactory(name="Invuller")
    school, werk = PillarFactory(name="School", position=1), PillarFactory(name="Werk", position=2)
    for pillar, user in ((school, gone), (werk, gone), (werk, other)):
        PillarAssignment.objects.create(user=user, pillar=pillar)

    options = [one.text for one in page(client.get(url(gone))).xpath("//select[@name='adviser']/option")]
    response = client.post(url(gone), {"successor": "", "adviser": other.pk if taken_over else ""}, follow=True)

    assert options == ["Niemand", "Hans", str(beheerder)]
    now = {(one.user.name, one.pillar.name) for one in PillarAssignment.objects.select_related("user", "pillar")}
    assert now == ({("Hans", "School"), ("Hans", "Werk")} if taken_over else {("Hans", "Werk")})
    said = "Hans is nu adviseur van School, Werk." if taken_over else "Een adviseur is weg bij School, Werk."
    assert f"Gerda is niet meer actief. {said}" in response.text


def test_pijlers_go_to_nobody_outside_the_bureau(client, beheerder):
    gone = UserFactory(adviseur=True)
    PillarAssignment.objects.create(user=gone, pillar=PillarFactory())
    invuller = UserFactory()

    response = client.post(url(gone), {"successor": "", "adviser": invuller.pk})

    assert "Wie neemt de pijlers over: Selecteer een geldige keuze." in page(response).xpath(
        "string(//*[@role='alert'])"
    )
    with pytest.raises(Refused):
        let_go(gone, by=beheerder, adviser=invuller)
    assert User.objects.get(pk=gone.pk).is_active


def test_page_takes_as_many_queries_for_many(client, beheerder, person):
    reporting_round = RoundFactory()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(person)).status_code == 200
        return len(captured)

    def add():
        PlanItemFactory(round=reporting_round).contacts.add(person)
        UserFactory(organisations=[OrganisationFactory()])

    add()
    one = queries()
    add()
    add()
    assert queries() == one


def test_work_of_who_left_stays_theirs(client, beheerder, person, items):
    item = PlanItemFactory(round=items["open"].round)
    update = UpdateFactory(plan_item=item, submitted=True, submitted_by=person, quantitative="<p>Tien.</p>")
    update.events.create(verb="submit", by=person, from_state="draft", to_state="submitted")

    let_go(person, by=beheerder)

    update.refresh_from_db()
    assert (update.submitted_by, update.quantitative) == (person, "<p>Tien.</p>")
    history = client.get(reverse("interventions:review", args=[update.pk])).text
    assert "Eva" in history
    assert person.email not in history


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ("self", "U kunt uzelf niet deactiveren. Vraag het een andere beheerder."),
        ("gone", "Eva is al niet meer actief."),
    ],
)
def test_who_cannot_be_let_go_stays(client, beheerder, person, role, why):
    if role == "gone":
        person.deactivate(by=beheerder)
    one = beheerder if role == "self" else person

    assert why in client.get(url(one)).text
    client.post(url(one), {"successor": ""})

    assert User.objects.get(pk=beheerder.pk).is_active


@pytest.mark.parametrize("successor", ["gone", "lezer", "self", "nobody there"])
def test_who_cannot_take_over_is_refused_and_nothing_happens(client, beheerder, person, items, successor):
    keys = {
        "gone": UserFactory(is_active=False).pk,
        "lezer": UserFactory(lezer=True).pk,
        "self": person.pk,
        "nobody there": 0,
    }
    before = contacts(items)

    response = client.post(url(person), {"successor": keys[successor]})

    assert "Wie neemt het over: Selecteer een geldige keuze." in page(response).xpath("string(//*[@role='alert'])")
    assert User.objects.get(pk=person.pk).is_active
    assert contacts(items) == before


def test_when_a_role_cannot_be_handed_over_nobody_leaves(beheerder, person, items, monkeypatch):
    """The second interventie fails: the first is as it was, and the person is still there."""
    change, done = PlanItem.change, []

    def fail_later(item, *args, **kwargs):
        if done:
            raise Conflict("Iemand anders heeft intussen iets gewijzigd.")
        done.append(item)
        return change(item, *args, **kwargs)

    monkeypatch.setattr(PlanItem, "change", fail_later)
    before = contacts(items)

    with pytest.raises(Refused):
        let_go(person, by=beheerder, successor=UserFactory())

    assert len(done) == 1
    assert contacts(items) == before
    assert User.objects.get(pk=person.pk).is_active


def test_only_a_beheerder_lets_people_go(person, items):
    before = contacts(items)
    with pytest.raises(PermissionDenied):
        let_go(person, by=UserFactory(adviseur=True))
    assert contacts(items) == before


def test_new_round_from_a_closed_one_asks_who_took_over(beheerder, person):
    """Between two rounds a person leaves: the closed one stays as it was, the next one knows."""
    successor, other = UserFactory(name="Dirk"), UserFactory(name="Fien")
    closed, coming = RoundFactory(year=2023, closed=True), RoundFactory(year=2024, planned=True)
    item = PlanItemFactory(round=closed)
    item.contacts.set([person, other])
    let_go(person, by=beheerder, successor=successor)
    let_go(other, by=beheerder)

    coming.copy_plan_from(closed)

    assert set(coming.plan_items.get().contacts.all()) == {successor}
    assert set(item.contacts.all()) == {person, other}
