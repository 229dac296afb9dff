import pytest
from django.db import transaction

from .shipped import load


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """The figures that ship with the project, for a module of tests: what `load` printed. All is undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once, db):
    """The same for one test, that undoes its own changes."""
    return loaded_once


@pytest.fixture
def adviseur():
    from tests.factories import UserFactory  # not before Django is set up

    return UserFactory(adviseur=True, name="Ada Viseur")


@pytest.fixture
def logged_in(client, adviseur):
    """It is the adviseur who uses `client`."""
    client.force_login(adviseur)
