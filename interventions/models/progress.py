from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from accounts.history import AppendOnly, AppendOnlyQuerySet, WayIn
from interventions import workflow
from interventions.workflow import CHANGED_BY_OTHERS, CHANGED_ELSEWHERE, Colour, Conflict, Refused, State, refuse
from programme.richtext import LIMIT, canonical

from .figures import BY_PERIOD, NEW_AT_THE_END, OutputIndicator, OutputValue
from .plan import Initiator, PlanItem
from .rounds import ReportingRound
from .search import DUTCH


class Part(models.TextChoices):
    """What a voortgang consists of; each is filled in, or waived."""

    FIGURES = "figures", "cijfers"
    QUANTITATIVE = "quantitative", "kwantitatieve voortgang"
    QUALITATIVE = "qualitative", "kwalitatieve voortgang"


@dataclass(frozen=True)
class Waived:
    """Why a part is not filled in: n.v.t. with a reason, or reported at another plan item."""

    reason: str = ""
    reported_at: int | None = None


@dataclass(frozen=True)
class Figure:
    """What is filled in for one row of the grid; `value` in the unit of the indicator, or a code of OutputValue."""

    value: Decimal | None = None
    code: str = ""
    provisional: bool = False
    remark: str = ""

    def __post_init__(self):
        # One spelling per number, so that 5 and 5,0 are no difference.
        if self.value is not None:
            object.__setattr__(self, "value", self.value.normalize())


@dataclass(frozen=True)
class Content:
    """All that a partner fills in: what one version of a voortgang is. Figures by the key of their OutputValue."""

    quantitative: str = ""
    qualitative: str = ""
    waived: dict[str, Waived] = field(default_factory=dict)
    figures: dict[int, Figure] = field(default_factory=dict)
    proposed_colour: str = ""
    proposed_reason: str = ""


@dataclass(frozen=True)
class Missing:
    """Something that keeps a voortgang from being submitted: where it is on the page, and what to do."""

    part: str
    message: str


class ProgressUpdateQuerySet(models.QuerySet):
    def editable_by(self, *, user):
        """Those `user` may have a part in: all for the bureau, their own for an invuller, none for others.

        Whether they may write now is `why_not`.
        """
        if user.is_bureau:
            return self
        if not user.is_invuller:
            return self.none()
        return self.filter(plan_item__in=Initiator.objects.acting_for(user.written_for).values("plan_item"))

    def of_indicator(self, indicator):
        """Those of the interventies at which `indicator` stands."""
        placements = indicator.placements.values("intervention")
        return self.filter(plan_item__in=PlanItem.objects.filter(intervention__in=placements))

    def for_page(self):
        """With all that one page about a voortgang shows of the plan, in a constant number of queries."""
        return self.select_related("plan_item__round", "plan_item__pillar")


class ProgressUpdateManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().defer("search_vector")


class ProgressUpdate(models.Model):
    """The report on one plan item. Its texts are canonical rich text (programme.richtext).

    `version` counts what the partner fills in (texts, figures, proposed colour), `colour_version` what the bureau
    decides, so that the two do not get in each other's way.
    """

    plan_item = models.OneToOneField(PlanItem, models.CASCADE, related_name="progress", verbose_name="planregel")
    state = models.CharField("status", max_length=9, choices=State, default=State.TO_DO)
    version = models.PositiveIntegerField("versie", default=0)
    quantitative = models.TextField("kwantitatieve voortgang", blank=True)
    qualitative = models.TextField("kwalitatieve voortgang", blank=True)
    proposed_colour = models.CharField("voorgestelde kleur", max_length=6, choices=Colour, blank=True)
    proposed_reason = models.TextField("reden van het voorstel", blank=True)
    colour = models.CharField("kleur", max_length=6, choices=Colour, blank=True)
    colour_reason = models.TextField("reden van de kleur", blank=True)
    colour_version = models.PositiveIntegerField("versie van de kleur", default=0)
    colour_released = models.BooleanField("kleur vrijgegeven", default=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ingediend door"
    )
    submitted_at = models.DateTimeField("ingediend op", null=True, blank=True)
    search_vector = models.GeneratedField(
        expression=SearchVector("quantitative", "qualitative", config=DUTCH, weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProgressUpdateManager.from_queryset(ProgressUpdateQuerySet)()

    _content = None, None  # a version and what was filled in in it, once that was asked

    class Meta:
        verbose_name = "voortgang"
        verbose_name_plural = "voortgang"
        indexes = (GinIndex(fields=["search_vector"], name="progress_search"),)
        constraints = (
            models.CheckConstraint(name="progress_state_valid", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="progress_colour_valid", condition=Q(colour__in=["", *Colour.values])),
            models.CheckConstraint(
                name="progress_colour_has_reason",
                condition=Q(colour="") | ~Q(colour_reason=""),
                violation_error_message="Een kleur heeft een reden.",
            ),
            models.CheckConstraint(
                name="progress_submitted_by_somebody",
                condition=~Q(state=State.SUBMITTED) | Q(submitted_by__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="progress_released_is_coloured", condition=Q(colour_released=False) | ~Q(colour="")
            ),
            models.CheckConstraint(
                name="progress_quantitative_within_limit", condition=LessThanOrEqual(Length("quantitative"), LIMIT)
            ),
            models.CheckConstraint(
                name="progress_qualitative_within_limit", condition=LessThanOrEqual(Length("qualitative"), LIMIT)
            ),
        )

    def __str__(self):
        return f"{self.plan_item}: {self.get_state_display()}"

    # What is filled in

    def own_values(self):
        """The rows of figures that this voortgang fills in, in the order of the grid."""
        return OutputValue.objects.owned_by(self.plan_item).in_grid_order()

    @property
    def colourless(self):
        """What it is called when there is no colour (that the reader may see)."""
        return "geen kleur" if self.state == State.DROPPED else self.plan_item.round.colourless

    @property
    def waivers_by_part(self):
        """Why a part is not filled in, for the parts that are waived."""
        return {waiver.part: waiver for waiver in self.waivers.all()}

    def content(self, rows=None):
        """What is filled in now; `rows` are its rows of figures, when they were read already.

        Read once per version: whatever changes the content makes another one.
        """
        version, content = self._content
        if version != self.version:
            if rows is None:
                rows = OutputValue.objects.owned_by(self.plan_item)
            content = Content(
                quantitative=self.quantitative,
                qualitative=self.qualitative,
                waived={part: Waived(one.reason, one.reported_at_id) for part, one in self.waivers_by_part.items()},
                figures={row.pk: Figure(row.value, row.code, row.provisional, row.remark) for row in rows},
                proposed_colour=self.proposed_colour,
                proposed_reason=self.proposed_reason,
            )
            self._content = self.version, content
        return content

    def missing(self):
        """What still keeps this voortgang from being submitted, in the order of the page."""
        waived = self.waivers_by_part
        rows = self.own_values().select_related("series__indicator", "series__area", "period")
        rows = sorted(rows, key=BY_PERIOD)
        missing = []
        if Part.FIGURES not in waived:
            missing += [
                Missing(
                    f"figure-{row.pk}",
                    f"{row.name}, {row.series.area} ({row.period}): vul een getal in, of n.b., n.v.t. of <5.",
                )
                for row in rows
                if not row.is_filled
            ]
            missing += self._restated_without_reason(rows)
        elif filled := [row for row in rows if row.is_filled]:
            missing.append(
                Missing(f"figure-{filled[0].pk}", "Cijfers: er staan cijfers. Haal die weg, of vul ze hier in.")
            )
        for part in (Part.QUANTITATIVE, Part.QUALITATIVE):
            if part not in waived and not getattr(self, part):
                missing.append(
                    Missing(part, f"{part.label.capitalize()}: schrijf een tekst, of geef aan waarom die er niet is.")
                )
            if part in waived and getattr(self, part):
                missing.append(
                    Missing(part, f"{part.label.capitalize()}: er staat een tekst. Haal die weg, of vul dit hier in.")
                )
        missing += [
            Missing(f"{part}-reason", f"{part.label.capitalize()}: schrijf waarom dit niet van toepassing is.")
            for part in Part
            if part in waived and not waived[part].reason and not waived[part].reported_at_id
        ]
        missing += [
            Missing(
                f"{part}-reported-at",
                f"{part.label.capitalize()}: via {waived[part].reported_at} komt u hier weer uit: zo staat het nergens."
                " Kies een andere interventie, of vul dit hier in.",
            )
            for part in Part
            if part in waived and waived[part].goes_round()
        ]
        if self.proposed_colour and not self.proposed_reason:
            missing.append(Missing("proposed_reason", "Voorgestelde kleur: schrijf waarom u deze kleur voorstelt."))
        return missing

    def _restated_without_reason(self, rows):
        """Figures that say otherwise than an earlier round about the same period, without a remark that says why."""
        before = OutputValue.objects.before(self.plan_item.round).filter(series__in={row.series_id for row in rows})
        earlier = {(one.series_id, one.period_id): one.display for one in before.latest_reported()}
        return [
            Missing(
                f"figure-{row.pk}-remark",
                f"{row.name}, {row.series.area} ({row.period}): eerder gemeld was {said}. Schrijf in "
                "de opmerking waarom dat anders is.",
            )
            for row in rows
            if (said := earlier.get((row.series_id, row.period_id))) and row.is_filled and not row.remark
            if row.display != said
        ]

    # Who may do what, and when

    def is_own_of(self, user):
        """Whether `user` writes for this interventie (see PlanItem.objects.own_of)."""
        return user.is_invuller and self.plan_item.initiators.acting_for(user.written_for).exists()

    def _is_function_of(self, user, verb):
        """Whether `verb` is the user's to do at all, whatever the moment."""
        if user.is_bureau:
            return verb.rounds != frozenset()
        return bool(verb.partner_rounds) and self.is_own_of(user)

    def why_not(self, name, *, user):
        """Why `user` may not do the verb `name` now, in Dutch; "" when they may. Buttons, verbs and errors share it."""
        verb = workflow.VERBS[name]
        if not self._is_function_of(user, verb):
            return f"{verb.label.capitalize()} is niet aan u."
        return self._why_not_yet(verb, user)

    def _why_not_yet(self, verb, user):
        """Why `user`, whose verb it is, may not do it now."""
        if self.plan_item.round.historical:
            if user.is_beheerder and verb in (workflow.SAVE, workflow.SET_COLOUR):
                return ""
            year = self.plan_item.round.year
            return f"De ronde {year} is overgenomen uit een eerder rapport; {verb.label} hoort daar niet bij."
        return self._why_not_now(verb, bureau=user.is_bureau) or self._why_not_specifically(verb, user)

    @property
    def partner_may_write(self):
        """Whether a partner whose own this is may write now. For lists: asks nothing of the database."""
        return not self.plan_item.round.historical and not self._why_not_now(workflow.SAVE, bureau=False)

    def _why_not_now(self, verb, *, bureau):
        reporting_round = self.plan_item.round
        if not verb.starts_from(self.state, round_state=reporting_round.state):
            return f"De status is '{self.get_state_display()}'; {verb.label} kan nu niet."
        allowed = verb.rounds if bureau else verb.partner_rounds
        # What was returned stays with the partner until it is answered, also when the round moves on to review.
        asked = not bureau and self.state == State.RETURNED and reporting_round.in_progress
        if reporting_round.state not in allowed and not asked:
            return (
                f"De ronde {reporting_round.year} is {reporting_round.get_state_display()}; {verb.label} kan nu niet."
            )
        return ""

    def _why_not_specifically(self, verb, user):
        if verb == workflow.SUBMIT and (missing := self.missing()):
            return f"Er ontbreekt nog iets: {missing[0].message}" + (
                f" En nog {len(missing) - 1} andere onderdelen." if len(missing) > 1 else ""
            )
        if verb == workflow.WITHDRAW and self._decided_since_submission():
            return "Het programmabureau is al met de beoordeling begonnen; vraag het om terug te sturen."
        if verb == workflow.APPROVE and self.submitted_by_id == user.pk:
            return "U hebt deze voortgang zelf ingediend; iemand anders keurt haar goed."
        return ""

    def _decided_since_submission(self):
        return self.events.filter(at__gt=self.submitted_at).exclude(verb=workflow.SUBMIT.name).exists()

    # Verbs

    def save_draft(self, content, *, by, version, way_in=WayIn.FORM):
        """Keep `content`, however incomplete, as the next version; content that changes nothing is no version.

        `version` is the one the user saw; when it is no longer current, Conflict is raised and nothing is written.
        Returns whether anything changed.
        """
        verb = workflow.SAVE
        with transaction.atomic():
            self._lock(verb, by=by, version=version)
            changed = self._write(content, by=by, way_in=way_in)
            if changed:
                stays = self.state == State.RETURNED or self.plan_item.round.historical
                on_behalf = by.is_bureau and not self.plan_item.round.historical
                self._finish(verb, by=by, state=self.state if stays else verb.target, on_behalf=on_behalf)
        return changed

    save_draft.alters_data = True

    def submit(self, *, by, version):
        """Hand in; the bureau may do it on behalf of the partner, and the event says so."""
        submitted = {"submitted_by": by, "submitted_at": timezone.now()}
        self._do(workflow.SUBMIT, by=by, version=version, change=submitted, on_behalf=by.is_bureau)

    submit.alters_data = True

    def withdraw(self, *, by, version):
        self._do(workflow.WITHDRAW, by=by, version=version, change={"submitted_by": None, "submitted_at": None})

    withdraw.alters_data = True

    def return_with_question(self, *, by, version, reason):
        self._do(workflow.RETURN, by=by, version=version, reason=reason)

    return_with_question.alters_data = True

    def approve(self, *, by, version):
        self._do(workflow.APPROVE, by=by, version=version)

    approve.alters_data = True

    def reopen(self, *, by, version, reason):
        self._do(workflow.REOPEN, by=by, version=version, reason=reason)

    reopen.alters_data = True

    def record_no_report(self, *, by, version, reason):
        self._do(workflow.NO_REPORT, by=by, version=version, reason=reason)

    record_no_report.alters_data = True

    def drop(self, *, by, version, reason):
        self._do(workflow.DROP, by=by, version=version, reason=reason)

    drop.alters_data = True

    def set_colour(self, colour, *, by, version, reason):
        """Give a colour; hidden from all but the bureau until the colours of the pijler are released (again).

        `version` is the `colour_version` the user saw.
        """
        if colour not in Colour.values:
            raise Refused("Kies een kleur: groen, oranje, rood of wit.")
        coloured = {
            "colour": colour,
            "colour_reason": reason.strip(),
            "colour_version": version + 1,
            "colour_released": False,
        }
        self._do(workflow.SET_COLOUR, by=by, version=version, reason=reason, change=coloured, colour=colour)

    set_colour.alters_data = True

    def why_not_note(self, *, user):
        """Why `user` may not add an internal note now; "" when they may."""
        if not user.is_bureau:
            return "Notities zijn aan het programmabureau."
        if not self.plan_item.round.in_progress:
            return f"De ronde {self.plan_item.round.year} is {self.plan_item.round.get_state_display()} en ligt vast."
        return ""

    def add_note(self, text, *, by):
        """Write a remark of the bureau to itself."""
        if not by.is_bureau:
            raise PermissionDenied
        with transaction.atomic():
            self._read_locked()
            refuse(self.why_not_note(user=by))
            if not text.strip():
                raise Refused("Schrijf eerst een notitie.")
            self.notes.create(text=text.strip(), by=by)

    add_note.alters_data = True

    def propose_indicator(self, *, by, name, unit, area, reason):
        """Propose a figure that this interventie does not report yet; the bureau decides (OutputIndicator.accept)."""
        with transaction.atomic():
            self._read_locked()
            if not self._is_function_of(by, workflow.SAVE):
                raise PermissionDenied
            refuse(self.why_not(workflow.SAVE.name, user=by))
            if OutputIndicator.objects.proposed_for(self.plan_item).filter(name__iexact=name).exists():
                raise Refused(f"De indicator '{name}' is al voorgesteld; het programmabureau beslist erover.")
            indicator = OutputIndicator.objects.create(
                name=name,
                unit=unit,
                status=OutputIndicator.Status.PROPOSED,
                proposed_by=by,
                proposal_reason=reason,
            )
            indicator.placements.create(
                intervention_id=self.plan_item.intervention_id,
                since=self.plan_item.round,
                position=NEW_AT_THE_END,
            )
            indicator.series.create(area=area)
        return indicator

    propose_indicator.alters_data = True

    def _do(self, verb, *, by, version, reason="", change=None, **details):
        """Do `verb`: check it, set the fields in `change`, write the event with `details`; one transaction."""
        with transaction.atomic():
            self._lock(verb, by=by, version=version)
            if verb.needs and not reason.strip():
                raise Refused(f"Vul een {verb.needs} in.")
            for name, value in (change or {}).items():
                setattr(self, name, value)
            self._finish(verb, by=by, reason=reason.strip(), **details)
            if self.state in workflow.WRITABLE:
                OutputValue.objects.make_rows(reporting_round=self.plan_item.round)

    def _lock(self, verb, *, by, version):
        """Lock this voortgang until the transaction ends, and check `verb` on what it is now."""
        self._read_locked()
        if not self._is_function_of(by, verb):
            raise PermissionDenied
        if version != (self.colour_version if verb == workflow.SET_COLOUR else self.version):
            last = self.events.filter(verb=verb.name if verb == workflow.SET_COLOUR else workflow.SAVE.name).last()
            raise Conflict(CHANGED_ELSEWHERE if last and last.by == by else CHANGED_BY_OTHERS)
        refuse(self._why_not_yet(verb, by))

    def _read_locked(self):
        """Lock this voortgang until the transaction ends, and read it and its round afresh."""
        plan_item = self.plan_item
        self.refresh_from_db(from_queryset=ProgressUpdate.objects.select_for_update())
        # Read after the lock, in a query of its own: a round that is being closed holds this lock until it is.
        plan_item.round = ReportingRound.objects.get(pk=plan_item.round_id)
        self.plan_item = plan_item

    def _finish(self, verb, *, by, state="", **details):
        """Write the state (of `verb`, unless given) and the event."""
        from_state, self.state = self.state, state or verb.target or self.state
        self.save()
        self.events.create(verb=verb.name, by=by, from_state=from_state, to_state=self.state, **details)

    def _write(self, content, *, by, way_in):
        """Put `content` in this locked voortgang and keep it as a revision; returns whether it differs."""
        before = self.content()
        if unknown := content.figures.keys() - before.figures.keys():
            raise ValueError(f"figures of another voortgang: {sorted(unknown)}")
        after = replace(
            content,
            quantitative=canonical(content.quantitative),
            qualitative=canonical(content.qualitative),
            figures=before.figures | content.figures,
            proposed_reason=content.proposed_reason.strip(),
        )
        if after == before:
            return False
        for name in ("quantitative", "qualitative", "proposed_colour", "proposed_reason"):
            setattr(self, name, getattr(after, name))
        self.version += 1
        changed = [key for key in after.figures if after.figures[key] != before.figures[key]]
        rows = [OutputValue(pk=key, **vars(after.figures[key])) for key in changed]
        OutputValue.objects.bulk_update(rows, ["value", "code", "provisional", "remark"])
        if after.waived != before.waived:
            self.waivers.all().delete()
            Waiver.objects.bulk_create(
                Waiver(update=self, part=part, reason=waived.reason, reported_at_id=waived.reported_at)
                for part, waived in after.waived.items()
            )
        self.keep_revision(after, by=by, way_in=way_in)
        return True

    def keep_revision(self, content, *, by, way_in):
        """Keep `content` for ever as what this version says."""
        rest = asdict(content)
        self.revisions.create(
            version=self.version,
            quantitative=rest.pop("quantitative"),
            qualitative=rest.pop("qualitative"),
            rest=rest,
            by=by,
            way_in=way_in,
        )

    keep_revision.alters_data = True


class Waiver(models.Model):
    """A part that is not filled in: it does not apply, with a reason, or it is reported at another interventie.

    In a draft the reason may still be missing.
    """

    update = models.ForeignKey(ProgressUpdate, models.CASCADE, related_name="waivers", verbose_name="voortgang")
    part = models.CharField("onderdeel", max_length=12, choices=Part)
    reason = models.CharField("reden", max_length=500, blank=True)
    reported_at = models.ForeignKey(
        PlanItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="gerapporteerd bij"
    )

    class Meta:
        verbose_name = "niet ingevuld onderdeel"
        verbose_name_plural = "niet ingevulde onderdelen"
        constraints = (
            models.UniqueConstraint("update", "part", name="waiver_unique"),
            models.CheckConstraint(
                name="waiver_reason_or_elsewhere",
                condition=Q(reported_at__isnull=True) | Q(reason=""),
                violation_error_message="Geef een reden, of de interventie waar het staat, niet allebei.",
            ),
        )

    def __str__(self):
        return f"{self.get_part_display()}: {self.reason or self.reported_at}"

    def goes_round(self):
        """Whether the interventie where it is reported leads, directly or by others, to one already passed."""
        passed, waiver = {self.update.plan_item_id}, self
        while waiver and waiver.reported_at_id:
            if waiver.reported_at_id in passed:
                return True
            passed.add(waiver.reported_at_id)
            waiver = Waiver.objects.filter(part=self.part, update__plan_item=waiver.reported_at_id).first()
        return False


class Revision(AppendOnly):
    """What one version of a voortgang said: nobody loses a word. `by` is empty for what came with the plan."""

    update = models.ForeignKey(ProgressUpdate, models.PROTECT, related_name="revisions", verbose_name="voortgang")
    version = models.PositiveIntegerField("versie")
    quantitative = models.TextField("kwantitatieve voortgang", blank=True)
    qualitative = models.TextField("kwalitatieve voortgang", blank=True)
    rest = models.JSONField("cijfers en overige", encoder=DjangoJSONEncoder, default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="door"
    )
    way_in = models.CharField("langs welke weg", max_length=6, choices=WayIn)

    class Meta:
        verbose_name = "versie van een voortgang"
        verbose_name_plural = "versies van voortgang"
        ordering = ("version",)
        constraints = (models.UniqueConstraint("update", "version", name="revision_unique"),)

    def __str__(self):
        return f"{self.update_id}, versie {self.version}"


class ProgressEventQuerySet(AppendOnlyQuerySet):
    def visible_to(self, *, user):
        """Events of voortgang whose history `user` may read: their own, or all. Colours are decided out of sight."""
        if user.sees_everything:
            return self
        own = ProgressUpdate.objects.none()
        if user.is_invuller:
            own = ProgressUpdate.objects.editable_by(user=user)
        return self.filter(update__in=own.values("pk")).exclude(verb=workflow.SET_COLOUR.name)

    def reasons_for(self, verb, *, rounds):
        """Why `verb` was done in these rounds, the last time: {key of the plan item: reason}."""
        events = self.filter(verb=verb.name, update__plan_item__round__in=rounds).order_by("at", "pk")
        return dict(events.values_list("update__plan_item", "reason"))


class ProgressEvent(AppendOnly):
    """Who did which verb when, and with what question or reason."""

    update = models.ForeignKey(ProgressUpdate, models.PROTECT, related_name="events", verbose_name="voortgang")
    verb = models.CharField(
        "handeling", max_length=20, choices=[(verb.name, verb.done) for verb in workflow.VERBS.values()]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door")
    from_state = models.CharField("van", max_length=9, choices=State)
    to_state = models.CharField("naar", max_length=9, choices=State)
    reason = models.TextField("vraag of reden", blank=True)
    colour = models.CharField("kleur", max_length=6, choices=Colour, blank=True)
    on_behalf = models.BooleanField("namens de partner", default=False)

    objects = ProgressEventQuerySet.as_manager()

    class Meta:
        verbose_name = "gebeurtenis"
        verbose_name_plural = "gebeurtenissen"
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.get_verb_display()} door {self.by}"


class InternalNoteQuerySet(models.QuerySet):
    def visible_to(self, *, user):
        """For the bureau alone."""
        return self if user.is_bureau else self.none()


class InternalNote(models.Model):
    """A remark of the bureau to itself."""

    update = models.ForeignKey(ProgressUpdate, models.CASCADE, related_name="notes", verbose_name="voortgang")
    text = models.TextField("notitie")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door")
    at = models.DateTimeField("op", auto_now_add=True)

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "interne notitie"
        verbose_name_plural = "interne notities"
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(name="note_not_empty", condition=~Q(text="")),)

    def __str__(self):
        return f"notitie van {self.by}"
