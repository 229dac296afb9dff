import pytest


@pytest.fixture
def beheerder():
    from tests.factories import UserFactory  # not before Django is set up

    return UserFactory(beheerder=True, name="Bea Heer")


@pytest.fixture
def client(client, beheerder):
    client.force_login(beheerder)
    return client
