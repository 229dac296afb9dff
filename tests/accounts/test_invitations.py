"""The link by which an invited person comes in, what is left of it afterwards, and the mails that greet by name."""

import datetime
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts import invitations
from accounts.models import PersonState, User
from accounts.refusals import Refused
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "een ander lang wachtwoord"
CHOSEN = {"password1": NEW, "password2": NEW}


@pytest.fixture
def invited():
    user = User.objects.invite(by=None, email="eva@partner.test", name="Eva Jansen", role="lezer")
    assert user.state == PersonState.INVITED
    return user


@pytest.fixture
def later(monkeypatch):
    """later(days): from now on it is that many days later, for what was signed before."""

    def later(**by):
        import time

        now = time.time() + datetime.timedelta(**by).total_seconds()
        monkeypatch.setattr("django.core.signing.time.time", lambda: now)

    return later


def heading(response):
    return html.fromstring(response.text).xpath("string(//h1)")


def link_in(message):
    return re.search(r"https?://testserver(\S+)", message.body)[1]


def renew(client, gone):
    """Press the button of the page that says a link does not work."""
    (action,) = html.fromstring(gone.text).xpath("//main//form/@action")
    return client.post(action, follow=True)


def test_invitation_sets_the_password_and_logs_in(client, invited):
    url = invitations.path_for(invited)
    assert heading(client.get(url)) == "Welkom, Eva Jansen"
    assert invited.email in client.get(url).text

    response = client.post(url, CHOSEN, follow=True)

    assert response.redirect_chain[0] == ("/", 302)
    assert "Welkom, Eva Jansen. Uw wachtwoord is opgeslagen en u bent ingelogd." in response.text
    invited.refresh_from_db()
    assert invited.state == PersonState.ACTIVE
    assert invited.last_login
    assert invited.emailaddress_set.get().verified
    login = Client().post(reverse("account_login"), {"login": invited.email, "password": NEW})
    assert (login.status_code, login.url) == (302, "/")


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("kort", "kort", "Dit wachtwoord is te kort. Gebruik minstens 12 tekens."),
        (NEW, f"{NEW}!", "Vul twee keer hetzelfde wachtwoord in."),
        ("123456789012", "123456789012", "cijfers"),
        ("Eva Jansen !!", "Eva Jansen !!", "lijkt te veel op"),
    ],
)
def test_password_that_will_not_do_is_refused(client, invited, first, second, why):
    response = client.post(invitations.path_for(invited), {"password1": first, "password2": second})

    assert why in response.text
    assert User.objects.get(pk=invited.pk).state == PersonState.INVITED


def test_used_invitation_is_gone_and_offers_a_new_password_by_mail(client, invited):
    url = invitations.path_for(invited)
    client.post(url, CHOSEN)
    client.logout()

    for again in (client.get(url), client.post(url, CHOSEN | {"password1": PASSWORD, "password2": PASSWORD})):
        assert again.status_code == 410
        assert heading(again) == "Deze uitnodiging werkt niet meer"
    assert User.objects.get(pk=invited.pk).check_password(NEW)

    assert renew(client, again).status_code == 200
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([invited.email], "NPRZ Voortgang: Nieuw wachtwoord")
    assert message.body.startswith("Beste Eva Jansen,")
    assert client.get(link_in(message), follow=True).status_code == 200


def test_used_invitation_does_not_ask_who_is_logged_in_to_log_in(client, invited):
    url = invitations.path_for(invited)
    client.post(url, CHOSEN)

    gone = client.get(url).text

    assert "U bent al ingelogd" in gone
    assert "Log dan in" not in gone


def test_invitation_works_for_two_weeks_and_then_offers_a_fresh_one(client, invited, later):
    url = invitations.path_for(invited)
    later(days=13, hours=23)
    assert client.get(url).status_code == 200
    later(days=14, hours=1)
    gone = client.get(url)
    assert gone.status_code == 410
    assert client.post(url, CHOSEN).status_code == 410
    assert User.objects.get(pk=invited.pk).state == PersonState.INVITED

    response = renew(client, gone)

    assert heading(response) == "Kijk in uw e-mail"
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([invited.email], "NPRZ Voortgang: Uw uitnodiging")
    assert client.post(link_in(message), CHOSEN).status_code == 302


def test_mail_says_until_when_the_link_works(client, invited):
    client.post(reverse("account_reset_password"), {"email": invited.email})
    until = timezone.localdate() + datetime.timedelta(days=14)
    assert f"tot en met {until.day} " in mail.outbox[0].body
    assert str(until.year) in mail.outbox[0].body


def test_link_tells_nothing_of_whether_it_was_ever_ours(client, invited):
    gone = User.objects.invite(by=None, email="weg@partner.test", name="Weg", role="lezer")
    gone.is_active = False
    gone.save()
    links = [
        invitations.path_for(invited).replace("/uitnodiging/", "/uitnodiging/9"),
        invitations.path_for(gone),
        reverse("accounts:invitation", args=["verzonnen"]),
        reverse("accounts:invitation", args=[invitations.SIGNER.sign(0)]),
        reverse("accounts:invitation", args=[f"{invited.pk}.x.y"]),
    ]

    pages = [client.get(link) for link in links]
    answers = [renew(client, page) for page in pages]

    assert {page.status_code for page in pages} == {410}
    assert {heading(page) for page in pages} == {"Deze uitnodiging werkt niet meer"}
    assert {(answer.status_code, heading(answer)) for answer in answers} == {(200, "Kijk in uw e-mail")}
    assert not any("partner.test" in one.text for one in (*pages, *answers))
    assert mail.outbox == []


def test_fresh_invitations_are_held_up_after_three(client, invited):
    url = reverse("accounts:renew_invitation", args=[invitations.SIGNER.sign(invited.pk)])

    answers = [client.post(url).status_code for _ in range(4)]
    other = reverse("accounts:renew_invitation", args=["verzonnen"])

    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3
    held_up = client.post(url)
    assert "Wacht 60 minuten en probeer het dan opnieuw." in held_up.text
    assert held_up["Retry-After"] == "3600"
    assert client.post(other).status_code == 302


def test_invitation_is_used_once_also_by_two_at_a_time(invited):
    other = User.objects.get(pk=invited.pk)
    invited.accept_invitation(NEW)
    with pytest.raises(Refused):
        other.accept_invitation(PASSWORD)
    assert User.objects.get(pk=invited.pk).check_password(NEW)


def test_invitation_of_another_takes_over_the_browser(client, invited):
    client.force_login(UserFactory(beheerder=True))

    client.post(invitations.path_for(invited), CHOSEN)

    assert client.get("/").url == reverse("interventions:overview")
    assert "Eva Jansen" in client.get(reverse("accounts:account")).text


def test_forgotten_password_of_who_never_came_in_is_an_invitation(client, invited):
    client.post(reverse("account_reset_password"), {"email": "EVA@partner.test"})

    (message,) = mail.outbox
    assert message.body.startswith("Beste Eva Jansen,\n\nU bent uitgenodigd voor NPRZ Voortgang.")
    assert client.post(link_in(message), CHOSEN).status_code == 302


def test_mails_about_a_password_greet_by_name(client, invited):
    invited.accept_invitation(PASSWORD)
    client.post(reverse("account_reset_password"), {"email": invited.email})
    form = client.get(link_in(mail.outbox[0]), follow=True)
    client.post(form.request["PATH_INFO"], CHOSEN)
    client.post(reverse("account_login"), {"login": invited.email, "password": NEW})
    changed = {"oldpassword": NEW, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("account_change_password"), changed).status_code == 302

    assert [message.subject.removeprefix("NPRZ Voortgang: ") for message in mail.outbox] == [
        "Nieuw wachtwoord",
        "Wachtwoord gewijzigd",
        "Wachtwoord gewijzigd",
    ]
    for message in mail.outbox:
        assert message.body.startswith("Beste Eva Jansen,\n\n")
