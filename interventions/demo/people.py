"""Invented people: one for every organisation at least, and the whole programmabureau."""

from collections import defaultdict
from itertools import cycle, product

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.text import slugify

from accounts.models import Organisation, Role, User
from interventions.models import PillarAssignment
from programme.models import Pillar

DOMAIN = "demo.example"  # a domain that can never exist (RFC 2606)
PASSWORD = "demonstratie-zuid"  # noqa: S105 (everybody in the demonstration has it, and `make run` prints it)

BUREAU = (
    # name in the address, role, name, pijlers looked after
    ("beheerder", Role.BEHEERDER, "Bea Beheer", ()),
    ("adviseur", Role.ADVISEUR, "Ada Advies", ("T", "S")),
    ("adviseur-2", Role.ADVISEUR, "Adam Advies", ("W",)),
    ("adviseur-3", Role.ADVISEUR, "Adil Advies", ("Wo", "V")),
)
OTHERS = (
    ("lezer", Role.LEZER, "Lea Leest"),
    ("controleur", Role.CONTROLEUR, "Coen Controle"),
)
LARGE = {
    "Gemeente Rotterdam": 4,
    "Gemeente Rotterdam – MO": 2,
    "Gemeente Rotterdam – W&I": 2,
    "Programmabureau NPRZ": 2,
    "Schoolbesturen": 3,
    "Tech op Zuid": 2,
    "Woonstad": 2,
}
"""Organisations with more than one person."""
ALSO_FOR = {"Gemeente Rotterdam – W&I": "Gemeente Rotterdam – MO", "Codarts": "Hogeschool Rotterdam"}
"""The first person of the one belongs to the other too."""
SHOWN = ("Gemeente Rotterdam", "Schoolbesturen", "Woonstad")
"""Organisations of which the first person is named among the logins."""

_FIRST_NAMES = (
    *("Aicha", "Bram", "Cato", "Denzel", "Elif", "Farah", "Gijs", "Hanna", "Ilias", "Joost", "Kaoutar", "Loek"),
    *("Mila", "Noor", "Omar", "Pien", "Quinten", "Rosa", "Sem", "Tess", "Umar", "Vera", "Wout", "Yara", "Zeynep"),
)
_SURNAMES = ("Voorbeeld", "Verzonnen", "Proefpersoon")


def address(name):
    """The address of somebody with this name, or of the first person of an organisation with this name."""
    return f"{slugify(name)}@{DOMAIN}"


def invented():
    """The people of the demonstration, whoever is one of them."""
    return User.objects.filter(email__endswith=f"@{DOMAIN}")


def shown():
    """Those worth trying out, as (role and for what, address): the whole bureau and some invullers."""
    people = invented().filter(~Q(role=Role.INVULLER) | Q(email__in=[address(name) for name in SHOWN]))
    for person in people.order_by("pk").prefetch_related("organisations", "pillar_assignments__pillar"):
        places = [one.pillar.name for one in person.pillar_assignments.all()]
        places += [organisation.name for organisation in person.organisations.all()]
        role = person.get_role_display()
        yield f"{role} ({', '.join(places)})" if places else role, person.email


def make_people():
    """Make everybody, with an address that logs in and a place in an organisation or at pijlers."""
    password = make_password(PASSWORD)  # once: it is slow on purpose
    names = cycle(f"{first} {last}" for last, first in product(_SURNAMES, _FIRST_NAMES))
    people = [
        User(email=address(who), role=role, name=name, password=password) for who, role, name, *_ in (*BUREAU, *OTHERS)
    ]
    members = []
    for organisation in Organisation.objects.order_by("pk"):
        for number in range(1, LARGE.get(organisation.name, 1) + 1):
            email = address(organisation.name if number == 1 else f"{organisation.name}-{number}")
            person = User(email=email, role=Role.INVULLER, name=next(names), password=password)
            people.append(person)
            members.append((person, organisation.name))
            if number == 1 and organisation.name in ALSO_FOR:
                members.append((person, ALSO_FOR[organisation.name]))
    User.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
    )
    organisations = {organisation.name: organisation for organisation in Organisation.objects.all()}
    membership = User.organisations.through
    membership.objects.bulk_create(
        membership(user=person, organisation=organisations[name]) for person, name in members
    )
    pillars = {pillar.abbreviation: pillar for pillar in Pillar.objects.all()}
    bureau = zip(people, BUREAU, strict=False)
    PillarAssignment.objects.bulk_create(
        PillarAssignment(user=person, pillar=pillars[code]) for person, (*_, codes) in bureau for code in codes
    )


def by_organisation():
    """The invullers of the demonstration by the key of the organisation they write for, themselves or as a member."""
    people = defaultdict(list)
    for person in invented().filter(role=Role.INVULLER).order_by("pk").prefetch_related("organisations__collectives"):
        for organisation in person.organisations.all():
            people[organisation.pk].append(person)
            for collective in organisation.collectives.all():
                people[collective.pk].append(person)
    return people
