"""One's own page: who you are to us, and where you are logged in."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.templatetags.devices import device
from tests.factories import PASSWORD, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = reverse("accounts:account")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Safari/604.1"


def browser(user, user_agent):
    client = Client(headers={"User-Agent": user_agent})
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.url == "/"
    return client


def sessions(client):
    page = html.fromstring(client.get(URL).text)
    return [" ".join(row.xpath("string(th)").split()) for row in page.xpath("//tbody/tr[th]")]


@pytest.mark.parametrize("role", ["invuller", "adviseur", "beheerder", "lezer", "controleur"])
def test_page_says_who_you_are_to_us(client, role):
    user = UserFactory(role=role, name="Eva", organisations=[OrganisationFactory(name=n) for n in ("Woonstad", "Rijk")])
    client.force_login(user)

    page = html.fromstring(client.get(URL).text)

    facts = [" ".join(one.text_content().split()) for one in page.xpath("//main//dd")]
    assert facts == ["Eva", user.email, role.capitalize(), "Rijk, Woonstad"]


def test_other_sessions_are_ended(client):
    user = UserFactory(lezer=True)
    here, there = browser(user, FIREFOX), browser(user, SAFARI)
    stranger = browser(UserFactory(lezer=True), CHROME)
    assert sessions(here) == ["Firefox op Windows (hier)", "Safari op een iPhone"]

    response = here.post(URL, follow=True)

    assert "U bent overal elders uitgelogd." in response.text
    assert sessions(here) == ["Firefox op Windows (hier)"]
    assert "Overal elders uitloggen" not in response.text
    assert there.get(URL).status_code == 302
    assert sessions(stranger) == ["Chrome op Android (hier)"]


def test_new_password_ends_other_sessions_and_keeps_this_one():
    user = UserFactory(lezer=True)
    here, there = browser(user, FIREFOX), browser(user, SAFARI)
    new = "een ander lang wachtwoord"

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert sessions(here) == ["Firefox op Windows (hier)"]
    assert there.get(URL).status_code == 302


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox op Windows"),
        (EDGE, "Edge op Windows"),
        (CHROME, "Chrome op Android"),
        (SAFARI, "Safari op een iPhone"),
        ("curl/8.0", "Een browser"),
        ("", "Een browser"),
    ],
)
def test_browser_is_named_as_a_person_knows_it(user_agent, words):
    assert device(user_agent) == words
