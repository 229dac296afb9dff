"""People, the organisations they write for, and what their role makes of them."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organisation, Role, User
from tests.factories import PASSWORD, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisations():
    """A municipality and a province with departments, and two collectives; `school` is in the first."""
    city, province, school = (OrganisationFactory(name=name) for name in ("Gemeente", "Provincie", "Schoolbestuur"))
    department = {"kind": Organisation.Kind.DEPARTMENT}
    for name, parent in (("Afdeling Werk", city), ("Afdeling Zorg", city), ("Afdeling Wonen", province)):
        OrganisationFactory(name=name, parent=parent, **department)
    boards = OrganisationFactory(name="Schoolbesturen", kind=Organisation.Kind.COLLECTIVE)
    boards.members.add(school)
    OrganisationFactory(name="Woningcorporaties", kind=Organisation.Kind.COLLECTIVE)
    return {one.name: one for one in Organisation.objects.all()}


@pytest.mark.parametrize(
    ("mine", "written_for"),
    [
        ([], set()),
        (["Gemeente"], {"Gemeente", "Afdeling Werk", "Afdeling Zorg"}),
        (["Afdeling Werk"], {"Afdeling Werk"}),
        (["Schoolbestuur"], {"Schoolbestuur", "Schoolbesturen"}),
        (["Schoolbesturen"], {"Schoolbesturen"}),
        (["Gemeente", "Afdeling Werk"], {"Gemeente", "Afdeling Werk", "Afdeling Zorg"}),
        (["Provincie", "Schoolbestuur"], {"Provincie", "Afdeling Wonen", "Schoolbestuur", "Schoolbesturen"}),
    ],
)
def test_person_writes_for_organisation_its_departments_and_its_collectives(mine, written_for, organisations):
    user = UserFactory(organisations=[organisations[name] for name in mine])

    assert {one.name for one in Organisation.objects.filter(pk__in=user.written_for)} == written_for


@pytest.mark.parametrize(
    ("role", "is_what"),
    [
        ("invuller", {"is_invuller"}),
        ("adviseur", {"is_bureau", "sees_everything"}),
        ("beheerder", {"is_bureau", "is_beheerder", "sees_everything"}),
        ("lezer", set()),
        ("controleur", {"sees_everything"}),
    ],
)
def test_role_makes_a_person_this_and_nothing_else(role, is_what):
    user = UserFactory(role=role)

    assert {
        name for name in ("is_invuller", "is_bureau", "is_beheerder", "sees_everything") if getattr(user, name)
    } == (is_what)
    assert set(Role) == {"invuller", "adviseur", "beheerder", "lezer", "controleur"}


def test_person_is_found_however_the_address_is_typed(client):
    user = User.objects.create_user("Jan.Jansen@Voorbeeld.test", PASSWORD, name="Jan", role="lezer")

    assert user.email == "jan.jansen@voorbeeld.test"
    assert User.objects.get_by_natural_key("JAN.jansen@voorbeeld.test") == user
    response = client.post("/account/login/", {"login": "JAN.JANSEN@voorbeeld.test", "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("organisation_parent_of_department_only", lambda: OrganisationFactory(kind="department")),
        ("organisation_parent_of_department_only", lambda: OrganisationFactory(parent=OrganisationFactory())),
        ("user_role_valid", lambda: UserFactory(role="baas")),
        ("user_email_lower_case", lambda: User.objects.bulk_create([User(email="A@b.test", name="A", role="lezer")])),
    ],
)
def test_database_refuses_what_cannot_be(name, make):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make()
