"""The beheerder's list of people: who is invited, changed, let go and let in again."""

import datetime
import re
import smtplib

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts import invitations
from accounts.models import PersonEvent, PersonState, Role, User
from accounts.refusals import Refused
from interventions.people import let_go
from tests.factories import PASSWORD, OrganisationFactory, PlanItemFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = reverse("accounts:people")


@pytest.fixture
def beheerder(client):
    user = UserFactory(beheerder=True, name="Bea Beheer", email="bea@bureau.test")
    client.force_login(user)
    return user


def told(response):
    """What the page says is wrong."""
    return [line.text_content().strip() for line in html.fromstring(response.text).xpath("//*[@role='alert']//li")]


def alerts(response):
    return [
        " ".join(one.text_content().split())
        for one in html.fromstring(response.text).xpath("//*[contains(@class, 'utrecht-alert__message')]")
    ]


def rows(client, query=""):
    """Each row of the list as {heading: text}."""
    response = client.get(f"{PEOPLE}{query}")
    assert response.status_code == 200
    (table,) = html.fromstring(response.text).xpath("//table")
    headings = [" ".join(cell.text_content().split()) for cell in table.xpath("thead//th")]
    return [
        dict(zip(headings, (" ".join(cell.text_content().split()) for cell in row.xpath("td")), strict=True))
        for row in table.xpath("tbody/tr[count(td) > 1]")
    ]


def names(client, query=""):
    return [row["Naam"] for row in rows(client, query)]


# The list


def test_list_says_who_somebody_is_and_whether_they_can_log_in(client, beheerder):
    User.objects.filter(pk=beheerder.pk).update(last_login=datetime.datetime(2026, 2, 3, 12, tzinfo=datetime.UTC))
    organisations = [OrganisationFactory(name=name) for name in ("Woonstad", "Havensteder")]
    UserFactory(name="Eva", email="eva@partner.test", organisations=organisations, password=None)
    UserFactory(name="Dirk", email="dirk@partner.test", lezer=True, is_active=False)

    by_name = {row.pop("Naam"): row for row in rows(client)}

    assert by_name["Eva"] == {
        "E-mailadres": "eva@partner.test",
        "Rol": "Invuller",
        "Organisaties": "Havensteder, Woonstad",
        "Status": "uitgenodigd",
        "Laatst ingelogd": "nog nooit",
    }
    assert by_name["Bea Beheer"]["Laatst ingelogd"] == "3 feb 2026"
    assert {name: row["Status"] for name, row in by_name.items()} == {
        "Eva": "uitgenodigd",
        "Dirk": "niet actief",
        "Bea Beheer": "actief",
    }


def test_list_is_filtered(client, beheerder):
    organisation = OrganisationFactory(name="Woonstad")
    UserFactory(name="Invuller", email="een@woonstad.test", organisations=[organisation])
    UserFactory(name="Uitgenodigd", email="twee@woonstad.test", organisations=[organisation], password=None)
    UserFactory(name="Vertrokken", email="drie@elders.test", organisations=[organisation], is_active=False)
    UserFactory(name="Lezer", email="vier@elders.test", lezer=True)

    assert names(client) == ["Bea Beheer", "Invuller", "Lezer", "Uitgenodigd", "Vertrokken"]
    assert names(client, "?q=WOONSTAD.test") == ["Invuller", "Uitgenodigd"]
    assert names(client, "?q=lez") == ["Lezer"]
    assert names(client, "?rol=lezer") == ["Lezer"]
    assert names(client, f"?organisatie={organisation.pk}&status=active") == ["Invuller"]
    assert names(client, "?status=invited") == ["Uitgenodigd"]
    assert names(client, "?status=inactive") == ["Vertrokken"]
    assert names(client, "?status=onzin") == []
    assert names(client, "?organisatie=0") == []


@pytest.mark.parametrize("column", ["name", "email", "role", "last_login"])
def test_list_is_sorted(client, beheerder, column):
    UserFactory(name="élan", email="aap@voorbeeld.test", lezer=True)
    UserFactory(name="Fien", email="noot@voorbeeld.test")

    assert sorted(names(client, f"?sort={column}")) == sorted(names(client, f"?sort=-{column}"))
    assert names(client, "?sort=name") == ["Bea Beheer", "élan", "Fien"]


def test_list_takes_as_many_queries_for_many(client, beheerder):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            rows(client)
        return len(captured)

    UserFactory(organisations=OrganisationFactory.create_batch(2))
    one = queries()
    for _ in range(2):
        UserFactory(organisations=OrganisationFactory.create_batch(2))
    assert queries() == one


# Invite


def invitation(**fields):
    return {"email": "Eva@Partner.test", "name": "Eva  Jansen", "role": "invuller"} | fields


def test_person_is_invited_by_mail_with_role_and_organisations(client, beheerder):
    organisations = [OrganisationFactory(name=name) for name in ("Woonstad", "Havensteder")]

    response = client.post(
        reverse("accounts:invite"), invitation(organisations=[one.pk for one in organisations]), follow=True
    )

    person = User.objects.get(email="eva@partner.test")
    assert (person.name, person.role, person.state) == ("Eva Jansen", Role.INVULLER, PersonState.INVITED)
    assert set(person.organisations.all()) == set(organisations)
    assert list(person.emailaddress_set.values_list("email", "verified", "primary")) == [
        ("eva@partner.test", False, True)
    ]
    assert alerts(response) == ["De uitnodiging aan Eva Jansen is verstuurd naar eva@partner.test."]
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["eva@partner.test"], "NPRZ Voortgang: Uw uitnodiging")
    assert message.body.startswith("Beste Eva Jansen,\n\nBea Beheer nodigt u uit voor NPRZ Voortgang.")
    assert "U vult er de voortgang in namens Havensteder, Woonstad." in message.body, message.body
    assert re.search(r"^http://testserver/uitnodiging/\S+/$", message.body, re.MULTILINE)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"email": "geen adres"}, "E-mailadres: Voer een geldig e-mailadres in."),
        ({"email": ""}, "E-mailadres: Vul dit veld in."),
        (
            {"email": f"bea@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'q' * 60}.{'w' * 30}.test"},
            "E-mailadres: Zorg dat deze waarde niet meer dan 254 tekens bevat (het zijn er nu 283).",
        ),
        (
            {"email": "BEA@bureau.test"},
            "Er is al een persoon met het adres bea@bureau.test: Bea Beheer (actief). Zoek die op bij Personen.",
        ),
        ({"name": " "}, "Naam: Vul dit veld in."),
        ({"role": "baas"}, "Rol: Selecteer een geldige keuze. baas is geen beschikbare keuze."),
        ({"organisations": []}, "Kies minstens één organisatie: een invuller schrijft namens een organisatie."),
    ],
)
def test_invitation_that_cannot_be_is_refused_and_nobody_is_mailed(client, beheerder, fields, why):
    organisation = OrganisationFactory()

    response = client.post(reverse("accounts:invite"), invitation(organisations=[organisation.pk]) | fields)

    assert told(response) == [why]
    assert list(User.objects.all()) == [beheerder]
    assert mail.outbox == []


def test_mail_server_that_is_down_loses_nobody(client, beheerder, monkeypatch):
    def refuse(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    response = client.post(reverse("accounts:invite"), invitation(role="lezer"), follow=True)

    assert alerts(response) == [
        "Eva Jansen staat in de lijst, maar de e-mail is niet verstuurd. Stuur de uitnodiging later opnieuw."
    ]
    assert User.objects.get(name="Eva Jansen").state == PersonState.INVITED


def test_invitation_is_sent_again_while_it_is_open(client, beheerder):
    invited, active = UserFactory(password=None), UserFactory(name="Ada")

    client.post(reverse("accounts:resend", args=[invited.pk]))
    response = client.post(reverse("accounts:resend", args=[active.pk]), follow=True)

    assert [message.to for message in mail.outbox] == [[invited.email]]
    assert alerts(response)[1:] == ["Ada heeft geen uitnodiging open staan, maar is actief."]


def test_link_that_was_sent_before_does_not_work_any_more(client, beheerder):
    invited = UserFactory(password=None)
    before = invitations.path_for(invited)
    client.post(reverse("accounts:resend", args=[invited.pk]))

    assert client.get(before).status_code == 410
    (link,) = re.findall(r"testserver(/uitnodiging/\S+)", mail.outbox[0].body)
    assert client.get(link).status_code == 200


def test_history_says_who_did_what_with_a_person_and_names_no_address(client, beheerder):
    woonstad, gemeente = OrganisationFactory(name="Woonstad"), OrganisationFactory(name="Gemeente")
    person = User.objects.invite(
        by=beheerder, email="eva@partner.test", name="Eva", role="invuller", organisations=[woonstad]
    )
    person.invite_again(by=beheerder)
    person.accept_invitation("een heel lang wachtwoord")
    fields = {"name": "Eva", "role": "invuller"}
    person.change(by=beheerder, version=person.version, organisations=[woonstad], **fields)
    person.change(by=beheerder, version=person.version, organisations=[woonstad, gemeente], **fields)
    successor = UserFactory(name="Jan Kok", organisations=[woonstad])
    PlanItemFactory().contacts.add(person)
    let_go(person, by=beheerder, successor=successor)
    person.activate(by=beheerder)

    told = [
        "Weer toegang gegeven",
        "Taken overgedragen: Jan Kok is nu contactpersoon van 1 interventie.",
        "Gedeactiveerd: Overgenomen door Jan Kok.",
        "Gewijzigd: Eva, invuller, Woonstad → Eva, invuller, Gemeente, Woonstad",
        "Wachtwoord gekozen",
        "Opnieuw uitgenodigd",
        "Uitgenodigd: Eva, invuller, Woonstad",
    ]
    page = client.get(reverse("accounts:person", args=[person.pk])).text
    steps = html.fromstring(page).find_class("timeline__item")
    assert [": ".join(" ".join(part.text_content().split()) for part in one[::2]) for one in steps] == told
    by = [one[1].text_content().split(",")[0] for one in steps]
    assert by == [beheerder.name] * 4 + ["Eva"] + [beheerder.name] * 2
    admin = client.get(reverse("admin:accounts_user_history", args=[person.pk])).text
    rows = html.fromstring(admin).xpath("//tbody//td[2]/text()")
    assert rows == [line[0].lower() + line[1:] for line in told]
    assert not any("@" in event.detail for event in PersonEvent.objects.all())


def test_only_a_beheerder_invites():
    with pytest.raises(PermissionDenied):
        User.objects.invite(by=UserFactory(adviseur=True), email="a@b.test", name="A", role=Role.LEZER)


# Change


def change(person, **fields):
    sent = {"name": person.name, "role": person.role, "version": person.version}
    return sent | {"organisations": [one.pk for one in person.organisations.all()]} | fields


def test_person_is_changed(client, beheerder):
    person = UserFactory(organisations=[OrganisationFactory()])
    other = OrganisationFactory()
    url = reverse("accounts:person", args=[person.pk])

    response = client.post(url, change(person, name="Eva", role="controleur", organisations=[other.pk]), follow=True)

    person.refresh_from_db()
    assert (person.name, person.role, person.version) == ("Eva", Role.CONTROLEUR, 2)
    assert list(person.organisations.all()) == [other]
    assert alerts(response) == ["De gegevens van Eva zijn opgeslagen."]


def test_change_of_a_person_that_somebody_else_changed_is_kept_on_the_page(client, beheerder):
    person = UserFactory(name="Eva", lezer=True)
    stale = change(person, name="Eva Jansen")
    person.change(by=beheerder, version=1, name="E. Jansen", role="controleur", organisations=[])
    url = reverse("accounts:person", args=[person.pk])

    response = client.post(url, stale)

    assert response.status_code == 409
    (said,) = told(response)
    assert "Nu staat er: E. Jansen, controleur." in said
    page = html.fromstring(response.text)
    assert page.xpath("//input[@name='name']/@value") == ["Eva Jansen"]
    client.post(url, stale | {"version": page.xpath("//input[@name='version']/@value")[0]})
    person.refresh_from_db()
    assert (person.name, person.role) == ("Eva Jansen", "lezer")


def test_beheerder_changes_their_own_name_and_not_their_role(client, beheerder):
    UserFactory(beheerder=True)
    url = reverse("accounts:person", args=[beheerder.pk])

    client.post(url, change(beheerder, name="Bea B.", role="lezer"))

    beheerder.refresh_from_db()
    assert (beheerder.name, beheerder.role) == ("Bea B.", Role.BEHEERDER)
    with pytest.raises(Refused, match="Uw eigen rol kunt u niet wijzigen"):
        beheerder.change(by=beheerder, version=beheerder.version, name="Bea", role="lezer", organisations=[])


def test_last_active_beheerder_keeps_role_and_access(beheerder):
    gone, invited = UserFactory(beheerder=True, is_active=False), UserFactory(beheerder=True, password=None)

    for colleague in (gone, invited):
        assert beheerder.why_not_change_role(user=colleague) == (
            "Bea Beheer is de laatste actieve beheerder. Nodig eerst een andere beheerder uit."
        )
        assert beheerder.why_not_deactivate(user=colleague)
    with pytest.raises(Refused, match="laatste actieve beheerder"):
        beheerder.deactivate(by=invited)
    with pytest.raises(Refused, match="laatste actieve beheerder"):
        beheerder.change(by=invited, version=1, name="Bea", role="lezer", organisations=[])
    with pytest.raises(PermissionDenied):
        beheerder.deactivate(by=gone)


@pytest.mark.parametrize("role", ["invuller", "adviseur", "lezer", "controleur"])
def test_only_a_beheerder_changes_people(role):
    by, person = UserFactory(role=role), UserFactory(lezer=True)
    with pytest.raises(PermissionDenied):
        person.change(by=by, version=1, name="Eva", role="beheerder", organisations=[])
    with pytest.raises(PermissionDenied):
        person.deactivate(by=by)
    with pytest.raises(PermissionDenied):
        person.activate(by=by)
    assert User.objects.filter(pk=person.pk, role="lezer", is_active=True).exists()


# Let go, and let in again


def log_in(client, person):
    response = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return response.status_code == 302 and response.url == "/"


def is_logged_in(client):
    return client.get(reverse("interventions:overview")).status_code == 200


@pytest.mark.parametrize("way_in", ["form", "elsewhere"])
def test_sessions_of_who_is_deactivated_end_at_once_and_for_good(beheerder, way_in):
    person, other = UserFactory(lezer=True), UserFactory(lezer=True)
    clients = [Client(), Client()]
    bystander = Client()
    bystander.force_login(other)
    for one in clients:
        assert log_in(one, person) if way_in == "form" else one.force_login(person) is None
        assert is_logged_in(one)

    person.deactivate(by=beheerder)

    assert [is_logged_in(one) for one in clients] == [False, False]
    assert clients[0].get("/").url == "/account/login/?next=/"
    assert not person.usersession_set.exists()
    assert is_logged_in(bystander)
    person.activate(by=beheerder)
    assert [is_logged_in(one) for one in clients] == [False, False]
    assert log_in(clients[0], person)


def test_who_is_deactivated_cannot_log_in_nor_have_a_new_password(client, beheerder):
    person = UserFactory(lezer=True)
    person.deactivate(by=beheerder)
    client.logout()

    assert not log_in(client, person)
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert mail.outbox == []


def test_person_is_activated_again(client, beheerder):
    person, successor = UserFactory(name="Eva", lezer=True), UserFactory()
    person.deactivate(by=beheerder, successor=successor)

    response = client.post(reverse("accounts:activate", args=[person.pk]), follow=True)

    person.refresh_from_db()
    assert (person.state, person.successor) == (PersonState.ACTIVE, None)
    assert alerts(response) == ["Eva is weer actief."]
    assert alerts(client.post(reverse("accounts:activate", args=[person.pk]), follow=True)) == ["Eva is al actief."]


def test_who_took_over_is_asked_in_their_place_also_after_another_left(beheerder):
    first, second, third = (UserFactory(lezer=True) for _ in range(3))
    first.deactivate(by=beheerder, successor=second)
    assert first.stand_in == second
    second.deactivate(by=beheerder, successor=third)
    first = User.objects.get(pk=first.pk)
    assert first.stand_in == third
    third.deactivate(by=beheerder)
    assert User.objects.get(pk=first.pk).stand_in is None


def test_nobody_is_succeeded_by_themselves_or_by_who_has_left(beheerder):
    person, gone = UserFactory(), UserFactory(is_active=False)
    for successor in (person, gone):
        with pytest.raises(Refused, match="kan niets overnemen"):
            person.deactivate(by=beheerder, successor=successor)
    assert User.objects.get(pk=person.pk).is_active
