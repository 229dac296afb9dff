"""Who logs in, and for which organisation. Knows nothing of the rest of the application."""

from collections import defaultdict

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.lookups import Unaccent
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from .history import AppendOnly
from .refusals import Conflict, Refused, refuse


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

    def partners(self):
        """Those that a department can be of."""
        return self.filter(kind=Organisation.Kind.PARTNER)

    def possible_members(self):
        """Those that a collective can have: no collective is a member of another."""
        return self.exclude(kind=Organisation.Kind.COLLECTIVE)

    def for_list(self):
        """With all that a list shows; adds `number_of_people`, who are or will be able to log in."""
        active = Count("people", filter=Q(people__is_active=True))
        listed = self.select_related("parent").prefetch_related("members").annotate(number_of_people=active)
        return listed.order_by(Lower(Unaccent("name")))

    @transaction.atomic
    def add(self, *, by, **content):
        """A new organisation with this content (see Organisation.change)."""
        organisation = Organisation(version=0)
        organisation._write(by=by, **content)
        return organisation

    add.alters_data = True


class Organisation(models.Model):
    """A partner, a department (afdeling) of one, or a collective (collectief) with members."""

    class Kind(models.TextChoices):
        PARTNER = "partner", "Organisatie"
        DEPARTMENT = "department", "Afdeling"
        COLLECTIVE = "collective", "Collectief"

    name = models.CharField("naam", max_length=150)
    kind = models.CharField("soort", max_length=12, choices=Kind, default=Kind.PARTNER)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="departments", verbose_name="afdeling van"
    )
    members = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="collectives", verbose_name="leden"
    )
    version = models.PositiveIntegerField("versie", default=1)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisatie"
        verbose_name_plural = "organisaties"
        ordering = (Lower("name"),)
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                name="organisation_name_unique",
                violation_error_message="Deze organisatie bestaat al; hoofdletters maken geen verschil.",
            ),
            models.CheckConstraint(
                name="organisation_parent_of_department_only",
                condition=Q(kind="department", parent__isnull=False) | (~Q(kind="department") & Q(parent__isnull=True)),
                violation_error_message="Een afdeling hoort bij een organisatie; andere organisaties niet.",
            ),
        )

    def __str__(self):
        return self.name

    @transaction.atomic
    def change(self, *, by, version, **content):
        """Keep `name`, `kind`, `parent` (of a department) and `members` (of a collective) as the next version.

        `version` is the one the user saw; when it is no longer current, Conflict is raised. Refused says in Dutch what
        cannot be. Departments and collectives are one level deep, so that none can belong to itself.
        """
        self._write(by=by, version=version, **content)

    change.alters_data = True

    def _write(self, *, by, name, kind, parent=None, members=(), version=0):
        if not by.is_beheerder:
            raise PermissionDenied
        # All of them, read afresh: what two changes make together has to be possible as well.
        there = {one.pk: one for one in Organisation.objects.select_for_update().order_by("pk")}
        parent, members = parent and there[parent.pk], [there[one.pk] for one in members]
        if self.pk:
            self.refresh_from_db()
        before = self.summary if self.pk else ""
        if version != self.version:
            raise Conflict(
                f"Iemand anders heeft deze organisatie intussen gewijzigd. Nu staat er: {self.summary}. "
                "Controleer wat u hebt ingevuld en sla het dan opnieuw op."
            )
        refuse(self._why_not_be(name, kind, parent, members))
        self.name, self.kind, self.parent = name, kind, parent
        self.version += 1
        self.save()
        self.members.set(members)
        if self.summary != before:
            verb = OrganisationEvent.Verb.CHANGE if before else OrganisationEvent.Verb.ADD
            self.events.create(verb=verb, by=by, detail=_became(before, self.summary))

    def _why_not_be(self, name, kind, parent, members):
        others = Organisation.objects.exclude(pk=self.pk)
        if there := others.filter(name__iexact=name).first():
            return f"De organisatie '{there}' bestaat al. Kies een andere naam; hoofdletters maken geen verschil."
        if kind == self.Kind.DEPARTMENT and parent is None:
            return "Kies van welke organisatie dit een afdeling is."
        if kind != self.Kind.DEPARTMENT and parent:
            return f"Alleen een afdeling hoort bij een organisatie. Kies de soort Afdeling, of laat '{parent}' weg."
        if parent and (parent == self or parent.kind != self.Kind.PARTNER):
            return (
                f"'{parent}' kan geen afdelingen hebben: kies een organisatie die zelf geen afdeling of collectief is."
            )
        if kind != self.Kind.COLLECTIVE and members:
            return "Alleen een collectief heeft leden. Kies de soort Collectief, of laat de leden weg."
        if impossible := [one for one in members if one == self or one.kind == self.Kind.COLLECTIVE]:
            return f"'{impossible[0]}' is een collectief en kan geen lid zijn van een collectief."
        if self.pk and kind != self.Kind.PARTNER and (department := self.departments.first()):
            return f"'{self}' heeft zelf een afdeling ('{department}') en blijft dus een organisatie."
        if self.pk and kind == self.Kind.COLLECTIVE and (collective := self.collectives.first()):
            return f"'{self}' is lid van '{collective}' en kan dus zelf geen collectief zijn."
        return ""

    @property
    def summary(self):
        """What it is in one line, such as 'Woningcorporaties, collectief, leden: Woonstad'."""
        parts = [self.name, self.get_kind_display().lower()]
        if self.parent:
            parts.append(f"afdeling van {self.parent}")
        if self.pk and (members := ", ".join(str(one) for one in self.members.all())):
            parts.append(f"leden: {members}")
        return ", ".join(parts)


def _became(before, after):
    """What changed, in one line; without `before` it is new."""
    return f"{before} → {after}" if before else after


class OrganisationEvent(AppendOnly):
    """Who added or changed an organisation, and into what."""

    class Verb(models.TextChoices):
        ADD = "add", "toegevoegd"
        CHANGE = "change", "gewijzigd"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="events", verbose_name="organisatie")
    verb = models.CharField("handeling", max_length=6, choices=Verb)
    by = models.ForeignKey("User", models.PROTECT, related_name="+", verbose_name="door")
    detail = models.TextField("wat", blank=True)

    class Meta:
        verbose_name = "gebeurtenis van een organisatie"
        verbose_name_plural = "gebeurtenissen van organisaties"
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.organisation}: {self.get_verb_display()}"


class PersonState(models.TextChoices):
    """Whether a person can log in; never stored, always seen from what is."""

    INVITED = "invited", "uitgenodigd"
    ACTIVE = "active", "actief"
    INACTIVE = "inactive", "niet actief"


class UserQuerySet(models.QuerySet):
    def active(self):
        """Who can log in, or can once the invitation is used."""
        return self.filter(is_active=True)

    def in_state(self, state):
        """Who is in `state` (a PersonState); see User.state."""
        if state == PersonState.INACTIVE:
            return self.filter(is_active=False)
        invited = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.active().filter(invited if state == PersonState.INVITED else ~invited)

    def search(self, text):
        """Who has `text` in name or address."""
        return self.filter(Q(name__icontains=text) | Q(email__icontains=text))

    def for_list(self):
        """With all that a list shows of a person."""
        return self.prefetch_related("organisations")

    def of_bureau(self):
        """Who can look after the work of the programmabureau."""
        return self.active().filter(role__in=BUREAU_ROLES)

    def able_to_succeed(self, person):
        """Invullers who can take over from `person`, those of the same organisations first."""
        shared = User.organisations.through.objects.filter(
            user=OuterRef("pk"), organisation__in=person.organisations.all()
        )
        return (
            self.active()
            .filter(role=Role.INVULLER)
            .exclude(pk=person.pk)
            .order_by(Exists(shared).desc(), Lower("name"), "pk")
            .prefetch_related("organisations")
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
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

    @transaction.atomic
    def invite(self, *, by, email, name, role, organisations=()):
        """A new person, who chooses a password by the link in the invitation; mailing that is for the caller.

        `by` is the beheerder who invites; None at the command line, for the first beheerder. Refused says in Dutch
        what cannot be, such as an address that is known already.
        """
        from allauth.account.models import EmailAddress

        if by is not None and not by.is_beheerder:
            raise PermissionDenied
        refuse(why_not_role(role, organisations))
        email = email.lower()
        # Twice the same click is one person.
        person, is_new = self.get_or_create(
            email=email, defaults={"name": name, "role": role, "password": make_password(None)}
        )
        if not is_new:
            there = f"{person} ({person.state.label})"
            raise Refused(f"Er is al een persoon met het adres {email}: {there}. Zoek die op bij Personen.")
        person.organisations.set(organisations)
        EmailAddress.objects.create(user=person, email=email, primary=True)
        person.events.create(verb=PersonEvent.Verb.INVITE, by=by, detail=person.summary)
        return person

    invite.alters_data = True


def why_not_role(role, organisations):
    """Why somebody cannot have this role with these organisations; "" when they can."""
    if role == Role.INVULLER and not organisations:
        return "Kies minstens één organisatie: een invuller schrijft namens een organisatie."
    return ""


class User(AbstractBaseUser):
    """A person, known by e-mail address, with one role."""

    email = models.EmailField("e-mailadres", unique=True)
    name = models.CharField("naam", max_length=150)
    role = models.CharField("rol", max_length=12, choices=Role)
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="people", verbose_name="organisaties")
    is_active = models.BooleanField("actief", default=True)
    date_joined = models.DateTimeField("toegevoegd op", auto_now_add=True)
    # Who took over when this person left. A new round, made from an old plan, asks them instead.
    successor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="overgenomen door"
    )
    version = models.PositiveIntegerField("versie", default=1)
    # Which invitation is the last one: the links of those before do not work any more.
    invitation = models.PositiveIntegerField("uitnodiging", default=1)

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
            models.CheckConstraint(
                name="user_successor_of_inactive",
                condition=Q(successor__isnull=True) | Q(is_active=False),
                violation_error_message="Alleen van wie niet meer actief is, heeft iemand het overgenomen.",
            ),
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

    @property
    def state(self):
        """A PersonState: invited until a password has been chosen, inactive from the day the person left."""
        if not self.is_active:
            return PersonState.INACTIVE
        return PersonState.ACTIVE if self.has_usable_password() else PersonState.INVITED

    @property
    def summary(self):
        """Who this is in one line, such as 'Ayşe Demir, invuller, Woonstad'."""
        return ", ".join([self.name, self.get_role_display().lower(), *map(str, self.organisations.all())])

    @property
    def stand_in(self):
        """Who is asked in this person's place: themselves while active, then who took over; None when nobody did."""
        person = self
        while person and not person.is_active:
            person = person.successor
        return person

    # Verbs

    def why_not_change_role(self, *, user):
        """Why `user` may not give this person another role; "" when they may."""
        if self == user:
            return "Uw eigen rol kunt u niet wijzigen. Vraag het een andere beheerder."
        return self._why_not_without(user)

    def why_not_deactivate(self, *, user):
        """Why `user` may not end this person's access; "" when they may."""
        if self == user:
            return "U kunt uzelf niet deactiveren. Vraag het een andere beheerder."
        if not self.is_active:
            return f"{self} is al niet meer actief."
        return self._why_not_without(user)

    def _why_not_without(self, user):
        if not user.is_beheerder:
            return "Alleen een beheerder wijzigt personen."
        beheerders = User.objects.filter(role=Role.BEHEERDER).in_state(PersonState.ACTIVE)
        if self.role == Role.BEHEERDER and not beheerders.exclude(pk=self.pk).exists():
            return f"{self} is de laatste actieve beheerder. Nodig eerst een andere beheerder uit."
        return ""

    @transaction.atomic
    def change(self, *, by, version, name, role, organisations):
        """Keep name, role and organisations as the next version; the address stays.

        `version` is the one the user saw; when it is no longer current, Conflict is raised. Refused says in Dutch what
        cannot be.
        """
        self._lock(by)
        if version != self.version:
            raise Conflict(
                f"Iemand anders heeft deze persoon intussen gewijzigd. Nu staat er: {self.summary}. "
                "Controleer wat u hebt ingevuld en sla het dan opnieuw op."
            )
        if role != self.role:
            refuse(self.why_not_change_role(user=by))
        refuse(why_not_role(role, organisations))
        before = self.summary
        self.name, self.role = name, role
        self._save("name", "role")
        self.organisations.set(organisations)
        if self.summary != before:
            self.events.create(verb=PersonEvent.Verb.CHANGE, by=by, detail=_became(before, self.summary))

    change.alters_data = True

    @transaction.atomic
    def deactivate(self, *, by, successor=None):
        """End the access of this person and all their sessions; what they wrote stays theirs.

        `successor` takes over what they would be asked next (None: nobody). Raises Refused, in Dutch.
        """
        self._lock(by)
        refuse(self.why_not_deactivate(user=by))
        if successor and (successor == self or not successor.is_active):
            raise Refused(f"{successor} is niet actief en kan niets overnemen. Kies iemand anders.")
        self.is_active, self.successor = False, successor
        self._save("is_active", "successor")
        self._end_sessions()
        taken_over = f"Overgenomen door {successor}." if successor else ""
        self.events.create(verb=PersonEvent.Verb.DEACTIVATE, by=by, detail=taken_over)

    deactivate.alters_data = True

    @transaction.atomic
    def activate(self, *, by):
        """Give back the access that was ended; what was handed over stays with who took it over."""
        self._lock(by)
        if self.is_active:
            raise Refused(f"{self} is al actief.")
        self.is_active, self.successor = True, None
        self._save("is_active", "successor")
        # A login that was under way while the access ended may have left a session.
        self._end_sessions()
        self.events.create(verb=PersonEvent.Verb.ACTIVATE, by=by)

    activate.alters_data = True

    @transaction.atomic
    def invite_again(self, *, by):
        """Let the next link that is made for this person be the only one that works; mailing it is for the caller.

        `by` is the beheerder who sends it; None at the command line, and when the person asks for it.
        """
        if by is not None and not by.is_beheerder:
            raise PermissionDenied
        self.refresh_from_db(from_queryset=User.objects.select_for_update())
        if self.state != PersonState.INVITED:
            raise Refused(f"{self} heeft geen uitnodiging open staan, maar is {self.state.label}.")
        self.invitation += 1
        self.save(update_fields=["invitation"])
        self.events.create(verb=PersonEvent.Verb.INVITE_AGAIN, by=by)

    invite_again.alters_data = True

    @transaction.atomic
    def accept_invitation(self, password):
        """Set the first password; the address is known to be theirs, for that is where the link went."""
        self.refresh_from_db(from_queryset=User.objects.select_for_update())
        if self.state != PersonState.INVITED:
            raise Refused("Deze uitnodiging is al gebruikt.")
        self.set_password(password)
        self._save("password")
        self.emailaddress_set.filter(email=self.email).update(verified=True)
        self.events.create(verb=PersonEvent.Verb.ACCEPT, by=self)

    accept_invitation.alters_data = True

    def _lock(self, by):
        """Lock this person and all beheerders, so that no two of them send each other away at once."""
        rows = User.objects.select_for_update().filter(Q(pk=self.pk) | Q(role=Role.BEHEERDER)).order_by("pk")
        if by.pk not in {row.pk for row in rows if row.is_beheerder and row.is_active}:
            raise PermissionDenied
        self.refresh_from_db()

    def _save(self, *fields):
        self.version += 1
        self.save(update_fields=[*fields, "version"])

    def _end_sessions(self):
        mine = [
            session.pk for session in Session.objects.all() if session.get_decoded().get(SESSION_KEY) == str(self.pk)
        ]
        Session.objects.filter(pk__in=mine).delete()
        self.usersession_set.all().delete()  # where they were logged in is nobody's business any more


class PersonEvent(AppendOnly):
    """What was done with a person's access and role, and by whom; no address stands in it.

    `by` is empty at the command line, and when somebody asked for a link without being logged in.
    """

    class Verb(models.TextChoices):
        INVITE = "invite", "uitgenodigd"
        INVITE_AGAIN = "invite_again", "opnieuw uitgenodigd"
        ACCEPT = "accept", "wachtwoord gekozen"
        CHANGE = "change", "gewijzigd"
        DEACTIVATE = "deactivate", "gedeactiveerd"
        HAND_OVER = "hand_over", "taken overgedragen"
        ACTIVATE = "activate", "weer toegang gegeven"

    person = models.ForeignKey(User, models.PROTECT, related_name="events", verbose_name="persoon")
    verb = models.CharField("handeling", max_length=12, choices=Verb)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="door")
    detail = models.TextField("wat", blank=True)

    class Meta:
        verbose_name = "gebeurtenis van een persoon"
        verbose_name_plural = "gebeurtenissen van personen"
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.person}: {self.get_verb_display()}"
