"""The pages for when the application itself is broken, and the menu."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from accounts.models import Role, User
from interventions.models import Demonstration
from nprz_site import context, views


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


def menu(role, path="/"):
    request = RequestFactory().get(path)
    request.user = User(role=role)
    return {entry["label"]: entry["current"] for entry in context.navigation(request)}


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (Role.INVULLER, ["Mijn interventies", "Overzicht"]),
        (Role.ADVISEUR, ["Beoordelen", "Overzicht"]),
        (Role.BEHEERDER, ["Beoordelen", "Overzicht", "Rondes"]),
        (Role.LEZER, ["Overzicht"]),
        (Role.CONTROLEUR, ["Alle interventies", "Overzicht", "Rondes"]),
    ],
)
def test_menu_holds_what_the_role_can_use(role, entries):
    assert list(menu(role)) == entries


def test_menu_tells_the_page_from_what_lies_below_it():
    assert menu(Role.INVULLER, "/overzicht/") == {"Mijn interventies": "", "Overzicht": "page"}
    assert menu(Role.INVULLER, "/overzicht/2023/") == {"Mijn interventies": "", "Overzicht": "true"}
