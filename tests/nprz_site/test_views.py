"""The pages for when something is broken, held up or still empty, and the menu."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import Role, User
from interventions.models import Demonstration, ReportingRound
from nprz_site import context, views
from tests.factories import UserFactory
from tests.nprz_site.test_settings import PRODUCTION, run


def unreachable():
    raise OperationalError("the server is gone")


def test_server_error_answers_without_a_database(monkeypatch):
    monkeypatch.setattr(Demonstration.objects, "exists", unreachable)
    response = views.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Er ging iets mis" in response.text


def test_bad_request_answers_without_a_database(monkeypatch):
    monkeypatch.setattr(Demonstration.objects, "exists", unreachable)
    response = views.bad_request(RequestFactory().get("/"), ValueError())
    assert response.status_code == 400
    assert "Deze vraag klopt niet" in response.text


def entries(role, path="/"):
    request = RequestFactory().get(path)
    request.user = User(role=role)
    return context.navigation(request)


def menu(role, path="/"):
    return {entry["label"]: entry["current"] for entry in entries(role, path)}


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.INVULLER, ["Mijn interventies", "Overzicht", "Indicatoren"]),
        (Role.ADVISEUR, ["Beoordelen", "Overzicht", "Indicatoren", "Plan"]),
        (Role.BEHEERDER, ["Beoordelen", "Overzicht", "Indicatoren", "Plan", "Rondes", "Personen", "Beheer"]),
        (Role.LEZER, ["Overzicht", "Indicatoren"]),
        (Role.CONTROLEUR, ["Alle interventies", "Overzicht", "Indicatoren", "Plan", "Rondes"]),
    ],
)
def test_menu_holds_what_the_role_can_use(role, labels):
    assert list(menu(role)) == labels


def test_menu_tells_the_page_from_what_lies_below_it():
    assert menu(Role.INVULLER, "/overzicht/") == {"Mijn interventies": "", "Overzicht": "page", "Indicatoren": ""}
    assert menu(Role.INVULLER, "/overzicht/2023/") == {"Mijn interventies": "", "Overzicht": "true", "Indicatoren": ""}
    assert menu(Role.LEZER, "/wijken/") == {"Overzicht": "", "Indicatoren": "true"}


def test_health_says_ok_to_anybody_and_takes_no_session(client, db):
    response = client.get("/gezond/")

    assert (response.status_code, response.text) == (200, "ok\n")
    assert response.cookies == {}
    assert "no-store" in response["Cache-Control"]


def test_health_asks_the_database_one_thing(client, db, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/gezond/")


WITHOUT_DATABASE = """
from django.test import Client
response = Client(headers={{"host": "voortgang.example"}}).get("/gezond/", secure={secure})
print(response.status_code, response.text.strip())
"""


# Over http as well: who keeps watch stands beside the proxy.
@pytest.mark.parametrize("secure", [True, False])
def test_health_says_that_the_database_is_gone(secure):
    gone = PRODUCTION | {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}

    answer = run("manage.py", "shell", "--no-imports", "-c", WITHOUT_DATABASE.format(secure=secure), **gone)

    assert answer.stdout == "503 geen verbinding met de database\n", answer.stderr
    assert "Service Unavailable" in answer.stderr


@pytest.mark.parametrize(
    ("limits", "minutes"),
    [("1/m/ip", "1 minuut"), ("1/90s/ip", "2 minuten"), ("9/s/ip,1/h/ip", "60 minuten")],
)
def test_who_is_held_up_is_told_how_long(client, db, settings, limits, minutes):
    settings.ACCOUNT_RATE_LIMITS = {"login": limits}
    for _ in range(2):
        response = client.post(reverse("account_login"), {"login": "iemand@voorbeeld.test", "password": "fout"})

    assert response.status_code == 429
    assert f"Wacht {minutes} en probeer het dan opnieuw." in response.text


def test_who_guesses_passwords_is_told_how_long(client, db):
    for _ in range(6):
        response = client.post(reverse("account_login"), {"login": "iemand@voorbeeld.test", "password": "fout"})

    assert "U hebt te vaak een verkeerd wachtwoord ingevuld. Probeer het over 5 minuten opnieuw." in response.text


@pytest.mark.parametrize("role", Role)
def test_empty_installation_has_friendly_pages(client, db, role):
    """Nothing but people: every page of the menu says what is missing, and to the beheerder what to do first."""
    client.force_login(UserFactory(role=role))

    pages = {entry["label"]: client.get(entry["url"], follow=True).status_code for entry in entries(role)}

    assert pages == dict.fromkeys(pages, 200)
    assert not ReportingRound.objects.exists()
    shown = client.get("/", follow=True)
    assert "Er is nog geen rapportageronde geopend" in shown.text
    assert ("Zo begint u:" in shown.text) is (role == Role.BEHEERDER)
