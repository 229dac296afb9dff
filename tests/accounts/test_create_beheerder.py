"""`manage.py create_beheerder`: the first person of an empty installation."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.models import PersonState, Role, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_command_prints_the_link_by_which_the_first_beheerder_comes_in(client, capsys):
    call_command("create_beheerder", "Bea@Bureau.test", name="Bea Beheer")

    person = User.objects.get()
    assert (person.email, person.name, person.role) == ("bea@bureau.test", "Bea Beheer", Role.BEHEERDER)
    link = re.search(r"http://localhost:8000(/uitnodiging/\S+/)", capsys.readouterr().out)[1]
    new = "een heel lang wachtwoord"
    assert client.post(link, {"password1": new, "password2": new}).url == "/"
    person.refresh_from_db()
    assert person.state == PersonState.ACTIVE
    assert mail.outbox == []


def test_beheerder_is_named_after_the_address_when_no_name_is_given(capsys):
    call_command("create_beheerder", "bea@bureau.test")
    assert User.objects.get().name == "bea"


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("bea", "E-mailadres: Voer een geldig e-mailadres in."),
        ("bea@", "E-mailadres: Voer een geldig e-mailadres in."),
        ("", "E-mailadres: Vul dit veld in. Naam: Vul dit veld in."),
        (f"bea@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'q' * 60}.{'w' * 30}.test", "E-mailadres: "),
        (
            "ADA@bureau.test",
            "Er is al een persoon met het adres ada@bureau.test: Ada (actief). Zoek die op bij Personen.",
        ),
    ],
)
def test_address_that_is_none_or_known_is_refused(email, why):
    UserFactory(email="ada@bureau.test", name="Ada")

    with pytest.raises(CommandError) as refused:
        call_command("create_beheerder", email)

    assert str(refused.value).startswith(why)
    assert User.objects.count() == 1


def test_second_time_for_who_did_not_come_in_yet_gives_a_new_link(client, capsys):
    call_command("create_beheerder", "bea@bureau.test")
    call_command("create_beheerder", "BEA@bureau.test")

    first, second = re.findall(r"http://localhost:8000(/uitnodiging/\S+/)", capsys.readouterr().out)
    assert User.objects.count() == 1
    assert [client.get(link).status_code for link in (first, second)] == [410, 200]


def test_beheerder_who_came_in_is_told_what_to_do(capsys):
    UserFactory(beheerder=True, email="bea@bureau.test", name="Bea")

    with pytest.raises(
        CommandError, match=r"Bea heeft geen uitnodiging open staan, maar is actief\. .*Wachtwoord vergeten"
    ):
        call_command("create_beheerder", "bea@bureau.test")
