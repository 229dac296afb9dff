"""Who logs in, and for which organisation. Knows nothing of the rest of the application."""

from collections import defaultdict

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property


class Role(models.TextChoices):
    """One role per person. The names are those of the field (DESIGN.md, section 1)."""

    INVULLER = "invuller", "Invuller"
    ADVISEUR = "adviseur", "Adviseur"
    BEHEERDER = "beheerder", "Beheerder"
    LEZER = "lezer", "Lezer"
    CONTROLEUR = "controleur", "Controleur"


BUREAU_ROLES = frozenset({Role.ADVISEUR, Role.BEHEERDER})


class OrganisationQuerySet(models.QuerySet):
    def acting_keys(self):
        """Keys of these organisations, of their departments (not the other way round), and of their collectives."""
        rows = self.order_by().values_list("pk", "departments", "collectives")
        return {key for row in rows for key in row if key is not None}


class Organisation(models.Model):
    """A partner, a department (afdeling) of one, or a collective (collectief) with members."""

    class Kind(models.TextChoices):
        PARTNER = "partner", "Organisatie"
        DEPARTMENT = "department", "Afdeling"
        COLLECTIVE = "collective", "Collectief"

    name = models.CharField("naam", max_length=150, unique=True)
    kind = models.CharField("soort", max_length=12, choices=Kind, default=Kind.PARTNER)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="departments", verbose_name="afdeling van"
    )
    members = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="collectives", verbose_name="leden"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisatie"
        verbose_name_plural = "organisaties"
        ordering = (Lower("name"),)
        constraints = (
            models.CheckConstraint(
                name="organisation_parent_of_department_only",
                condition=Q(kind="department", parent__isnull=False) | (~Q(kind="department") & Q(parent__isnull=True)),
                violation_error_message="Een afdeling hoort bij een organisatie; andere organisaties niet.",
            ),
        )

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """Create a person who can log in; the address is kept in lower case, so that it is found however typed."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())

    def writers(self):
        """Who writes in the name of which organisation: {key of the organisation: invullers who can log in}."""
        invullers = self.filter(role=Role.INVULLER, is_active=True)
        people, writers = invullers.in_bulk(), defaultdict(set)
        acting = ("organisations", "organisations__departments", "organisations__collectives")
        for person, *organisations in invullers.values_list("pk", *acting):
            for key in organisations:
                writers[key].add(people[person])
        return writers


class User(AbstractBaseUser):
    """A person, known by e-mail address, with one role."""

    email = models.EmailField("e-mailadres", unique=True)
    name = models.CharField("naam", max_length=150)
    role = models.CharField("rol", max_length=12, choices=Role)
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="people", verbose_name="organisaties")
    is_active = models.BooleanField("actief", default=True)
    date_joined = models.DateTimeField("toegevoegd op", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ("name", "role")

    class Meta:
        verbose_name = "persoon"
        verbose_name_plural = "personen"
        ordering = (Lower("name"),)
        constraints = (
            models.CheckConstraint(
                name="user_email_lower_case",
                condition=Q(email=Lower("email")),
                violation_error_message="Een e-mailadres staat in kleine letters.",
            ),
            models.CheckConstraint(name="user_role_valid", condition=Q(role__in=Role.values)),
        )

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name

    @cached_property
    def written_for(self):
        """Keys of the organisations in whose name this person writes; asked of the database once per request."""
        return self.organisations.all().acting_keys()

    @property
    def is_invuller(self):
        return self.role == Role.INVULLER

    @property
    def is_beheerder(self):
        return self.role == Role.BEHEERDER

    @property
    def is_bureau(self):
        """Adviseur or beheerder: a member of the programmabureau."""
        return self.role in BUREAU_ROLES

    @property
    def sees_everything(self):
        """Reads what is not yet approved or released too (internal notes are for the bureau alone)."""
        return self.is_bureau or self.role == Role.CONTROLEUR
