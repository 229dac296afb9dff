"""People, the organisations they write for, and what their role makes of them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.models import Organisation, OrganisationEvent, Role, User
from accounts.refusals import Refused
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
        ("organisation_name_unique", lambda: [OrganisationFactory(name=name) for name in ("Ons huis", "ONS huis")]),
        ("user_successor_of_inactive", lambda: UserFactory(successor=UserFactory())),
        ("user_role_valid", lambda: UserFactory(role="baas")),
        ("user_email_lower_case", lambda: User.objects.bulk_create([User(email="A@b.test", name="A", role="lezer")])),
    ],
)
def test_database_refuses_what_cannot_be(name, make):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make()


# What a beheerder makes of organisations


@pytest.fixture
def beheerder(client):
    user = UserFactory(beheerder=True)
    client.force_login(user)
    return user


def form(organisation=None, **fields):
    """What the page of an organisation sends along; without one, the page that adds it."""
    sent = {"name": organisation.name, "kind": organisation.kind} if organisation else {"kind": "partner"}
    sent |= {"version": organisation.version} if organisation else {}
    return sent | fields


def told(response):
    """What the page says is wrong."""
    return [line.text_content().strip() for line in html.fromstring(response.text).xpath("//*[@role='alert']//li")]


def test_organisation_department_and_collective_are_added(client, beheerder):
    url = reverse("accounts:add_organisation")
    client.post(url, form(name=" Gemeente   Rotterdam "))
    city = Organisation.objects.get(name="Gemeente Rotterdam")
    client.post(url, form(name="Gemeente Rotterdam – W&I", kind="department", parent=city.pk))
    response = client.post(url, form(name="Overheden", kind="collective", members=[city.pk]), follow=True)

    assert response.redirect_chain == [(reverse("accounts:organisations"), 302)]
    rows = [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in html.fromstring(response.text).xpath("//tbody/tr")
    ]
    assert rows == [
        ["Gemeente Rotterdam", "Organisatie", "", "0"],
        ["Gemeente Rotterdam – W&I", "Afdeling", "Gemeente Rotterdam", "0"],
        ["Overheden", "Collectief", "Gemeente Rotterdam", "0"],
    ]


def test_organisation_is_changed(client, beheerder, organisations):
    one = organisations["Woningcorporaties"]

    client.post(
        reverse("accounts:organisation", args=[one.pk]),
        form(one, name="Corporaties", members=[organisations["Provincie"].pk]),
    )

    one.refresh_from_db()
    assert (one.name, one.kind, one.version) == ("Corporaties", "collective", 2)
    assert list(one.members.all()) == [organisations["Provincie"]]


IMPOSSIBLE = [
    # the organisation that is changed (None: added), what is filled in, and what the page says
    (None, {"name": "gemeente"}, "De organisatie 'Gemeente' bestaat al"),
    ("Provincie", {"name": "GEMEENTE"}, "De organisatie 'Gemeente' bestaat al"),
    (None, {"name": "Nieuw", "kind": "department"}, "Kies van welke organisatie dit een afdeling is."),
    (None, {"name": "Nieuw", "parent": "Gemeente"}, "Alleen een afdeling hoort bij een organisatie."),
    (None, {"name": "Nieuw", "members": ["Gemeente"]}, "Alleen een collectief heeft leden."),
    ("Gemeente", {"kind": "department", "parent": "Provincie"}, "'Gemeente' heeft zelf een afdeling"),
    ("Gemeente", {"kind": "collective"}, "'Gemeente' heeft zelf een afdeling"),
    ("Schoolbestuur", {"kind": "collective"}, "'Schoolbestuur' is lid van 'Schoolbesturen'"),
    (None, {"name": "Nieuw", "kind": "department", "parent": "Afdeling Werk"}, "Selecteer een geldige keuze"),
    ("Provincie", {"kind": "department", "parent": "Provincie"}, "Selecteer een geldige keuze"),
    (None, {"name": "Nieuw", "kind": "collective", "members": ["Schoolbesturen"]}, "Selecteer een geldige keuze"),
    (None, {"name": " "}, "Naam: Vul dit veld in."),
    (None, {"name": "x" * 151}, "Naam:"),
    (None, {"name": "Nieuw", "kind": "baas"}, "Soort:"),
]


@pytest.mark.parametrize(("changed", "fields", "why"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_and_nothing_is_written(client, beheerder, organisations, changed, fields, why):
    keys = {name: one.pk for name, one in organisations.items()}
    fields = fields | {"parent": keys[fields["parent"]]} if "parent" in fields else fields
    fields = fields | {"members": [keys[name] for name in fields["members"]]} if "members" in fields else fields
    one = organisations.get(changed)
    url = reverse("accounts:organisation", args=[one.pk]) if one else reverse("accounts:add_organisation")
    before = list(Organisation.objects.order_by("pk").values())

    response = client.post(url, form(one, **fields))

    (said,) = told(response)
    assert why in said
    assert list(Organisation.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("changed", "content"),
    [
        ("Provincie", {"kind": "department", "parent": "Provincie"}),
        ("Provincie", {"kind": "department", "parent": "Afdeling Werk"}),
        ("Provincie", {"kind": "department", "parent": "Schoolbesturen"}),
        ("Woningcorporaties", {"kind": "collective", "members": ["Schoolbesturen"]}),
        ("Woningcorporaties", {"kind": "collective", "members": ["Woningcorporaties"]}),
    ],
)
def test_no_organisation_can_belong_to_itself(beheerder, organisations, changed, content):
    one = organisations[changed]
    content = {"parent": None, "members": []} | content
    content["parent"] = organisations.get(content["parent"])
    content["members"] = [organisations[name] for name in content["members"]]

    with pytest.raises(Refused):
        one.change(by=beheerder, version=one.version, name=one.name, **content)


def test_change_of_an_organisation_that_somebody_else_changed_is_kept_on_the_page(client, beheerder, organisations):
    one = organisations["Provincie"]
    stale = form(one, name="Provincie Zuid-Holland")
    one.change(by=beheerder, version=1, name="De provincie", kind=one.kind, parent=None, members=[])
    url = reverse("accounts:organisation", args=[one.pk])

    response = client.post(url, stale)

    assert response.status_code == 409
    assert "Nu staat er: De provincie, organisatie." in told(response)[0]
    page = html.fromstring(response.text)
    assert page.xpath("//input[@name='name']/@value") == ["Provincie Zuid-Holland"]
    assert page.xpath("//input[@name='version']/@value") == ["2"]


@pytest.mark.parametrize("role", ["invuller", "adviseur", "lezer", "controleur"])
def test_only_a_beheerder_changes_organisations(organisations, role):
    by = UserFactory(role=role)
    with pytest.raises(PermissionDenied):
        Organisation.objects.add(by=by, name="Nieuw", kind="partner")
    with pytest.raises(PermissionDenied):
        organisations["Provincie"].change(by=by, version=1, name="Nieuw", kind="partner")


def test_list_of_organisations_takes_as_many_queries_for_many(client, beheerder):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("accounts:organisations")).status_code == 200
        return len(captured)

    def add():
        parent = OrganisationFactory()
        OrganisationFactory(kind="department", parent=parent)
        OrganisationFactory(kind="collective").members.add(parent)
        UserFactory(organisations=[parent])

    add()
    one = queries()
    add()
    add()
    assert queries() == one


def test_people_of_an_organisation_are_counted_while_they_are_active(client, beheerder):
    organisation = OrganisationFactory(name="Woonstad")
    UserFactory.create_batch(2, organisations=[organisation])
    UserFactory(organisations=[organisation], is_active=False)

    page = html.fromstring(client.get(reverse("accounts:organisations")).text)

    assert page.xpath("//tbody//a[@aria-label='2 bij Woonstad']/@href") == [
        f"{reverse('accounts:people')}?organisatie={organisation.pk}"
    ]


def test_history_says_who_made_what_of_an_organisation(client):
    beheerder = UserFactory(beheerder=True, name="Bea")
    client.force_login(beheerder)
    member = OrganisationFactory(name="Woonstad")
    collective = Organisation.objects.add(by=beheerder, name="Corporaties", kind="collective", members=[])
    content = {"name": "Woningcorporaties", "kind": "collective"}
    collective.change(by=beheerder, version=1, members=[member], **content)
    collective.change(by=beheerder, version=2, members=[member], **content)  # as it stands

    page = client.get(reverse("accounts:organisation", args=[collective.pk])).text
    steps = [" ".join(one.text_content().split()) for one in html.fromstring(page).find_class("timeline__item")]
    admin = client.get(reverse("admin:accounts_organisation_history", args=[collective.pk])).text

    changed = "Corporaties, collectief → Woningcorporaties, collectief, leden: Woonstad"
    assert [step.split()[0] for step in steps] == ["Gewijzigd", "Toegevoegd"]
    assert steps[0].endswith(changed)
    assert "Bea" in steps[0]
    assert f"gewijzigd: {changed}" in html.fromstring(admin).text_content()
    with pytest.raises(TypeError):
        OrganisationEvent.objects.update(detail="")
