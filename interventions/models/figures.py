from contextlib import contextmanager
from operator import attrgetter

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.history import AppendOnly
from interventions.workflow import (
    CHANGED_BY_OTHERS,
    HANDED_IN,
    IN_PROGRESS,
    Conflict,
    Refused,
    RoundState,
    State,
    refuse,
)
from programme.figures import Code
from programme.models import Area, Period
from programme.numbers import format_number

from .plan import Intervention, PlanItem
from .rounds import ReportingRound

NEW_AT_THE_END = 999  # a position behind all indicators an interventie has; equal ones stand in order of arrival


class OutputIndicatorQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(status=OutputIndicator.Status.ACTIVE)

    def ended(self):
        return self.filter(status=OutputIndicator.Status.ENDED)

    def proposed(self):
        """Those that wait for the bureau."""
        return self.filter(status=OutputIndicator.Status.PROPOSED)

    def proposed_for(self, plan_item):
        """Those that wait at the interventie of `plan_item`, with all that a page shows of them."""
        waiting = self.proposed().standing_at(plan_item)
        return waiting.select_related("proposed_by").prefetch_related("series__area").order_by("name")

    def standing_at(self, plan_item):
        """Those that stand at its interventie in its round."""
        return self.filter(placements__in=IndicatorPlacement.objects.standing_at(plan_item))

    def not_in_use_at(self, plan_item):
        """What was proposed at its interventie and waits for the bureau, or was not taken over."""
        undecided = (OutputIndicator.Status.PROPOSED, OutputIndicator.Status.REFUSED)
        return self.standing_at(plan_item).filter(status__in=undecided)

    def add_to(self, plan_item, *, by, name, unit, period_kind, areas):
        """A new figure that the interventie of `plan_item` reports from its round on, for each of `areas`."""
        with transaction.atomic():
            locked = plan_item.round.lock_plan(by=by)
            indicator = self.model(name=_tidied(name), unit=_tidied(unit), period_kind=period_kind)
            refuse(indicator.why_not_called(indicator.name, indicator.unit))
            if not areas:
                raise Refused("Kies ten minste één gebied.")
            indicator.save()
            indicator.placements.create(
                intervention_id=plan_item.intervention_id, since=locked, position=NEW_AT_THE_END
            )
            OutputSeries.objects.bulk_create(OutputSeries(indicator=indicator, area=area) for area in areas)
            indicator.events.create(verb=IndicatorEvent.Verb.ADD, by=by, detail=f"bij {plan_item}")
            if locked.in_progress:
                OutputValue.objects.make_rows(reporting_round=locked)
        return indicator

    add_to.alters_data = True

    def filled_in_during(self, reporting_round):
        """Those of which the owner is in the plan of this round; adds `update`, the key of its voortgang."""
        return self.filter(
            placements__owner=True, placements__intervention__plan_items__round=reporting_round
        ).annotate(update=F("placements__intervention__plan_items__progress"))


class OutputIndicator(models.Model):
    """A figure an interventie reports. It may stand at several interventies; one of them owns it and fills it in.

    One that is ended is asked for no more; what was reported stays. `version` counts what the bureau changes.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "in gebruik"
        ENDED = "ended", "beëindigd"
        PROPOSED = "proposed", "voorgesteld"
        REFUSED = "refused", "niet overgenomen"

    name = models.CharField("naam", max_length=200)
    unit = models.CharField("eenheid", max_length=30)
    period_kind = models.CharField("periode", max_length=12, choices=Period.Kind, default=Period.Kind.YEAR)
    interventions = models.ManyToManyField(
        Intervention, through="IndicatorPlacement", related_name="indicators", verbose_name="interventies"
    )
    status = models.CharField("status", max_length=8, choices=Status, default=Status.ACTIVE)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="voorgesteld door",
    )
    proposal_reason = models.TextField("reden van het voorstel", blank=True)
    version = models.PositiveIntegerField("versie", default=1)

    objects = OutputIndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "interventie-indicator"
        verbose_name_plural = "interventie-indicatoren"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                "name",
                name="output_indicator_name_unique",
                condition=Q(status="active"),
                violation_error_message="Er is al een indicator met deze naam.",
            ),
            models.CheckConstraint(
                name="output_indicator_proposal_has_reason",
                condition=Q(status__in=["active", "ended"]) | (Q(proposed_by__isnull=False) & ~Q(proposal_reason="")),
                violation_error_message="Een voorgestelde indicator heeft een reden.",
            ),
        )

    def __str__(self):
        return f"{self.name} ({self.unit})"

    # Who may do what

    def why_not_change(self, *, user):
        """Why `user` may not change this indicator now, in Dutch; "" when they may."""
        if not user.is_bureau:
            return "De indicatoren zijn aan het programmabureau."
        if self.status != self.Status.ACTIVE:
            return f"De indicator '{self.name}' is {self.get_status_display()}."
        return ""

    def why_not_called(self, name, unit):
        """Why this indicator cannot have `name` and `unit`, in Dutch; "" when it can."""
        for label, text, field in (("naam", name, "name"), ("eenheid", unit, "unit")):
            if not text:
                return f"Vul een {label} in."
            if len(text) > (limit := self._meta.get_field(field).max_length):
                return f"De {label} is te lang: {len(text)} tekens. Er passen er hoogstens {limit}."
        if OutputIndicator.objects.in_use().exclude(pk=self.pk).filter(name__iexact=name).exists():
            return f"Er is al een indicator '{name}'. Kies een andere naam, of deel die indicator."
        return ""

    def is_asked_in(self, reporting_round):
        """Whether it has rows to fill in in this round; not yet when it was accepted after its voortgang came in."""
        return OutputValue.objects.filter(series__indicator=self, round=reporting_round).exists()

    # Verbs of the bureau. `version` is the one the user saw.

    def rename(self, *, by, version, name, unit):
        """Call it otherwise, but in the rounds that are closed: those go on saying what they said."""
        name, unit = _tidied(name), _tidied(unit)
        with self._changed(IndicatorEvent.Verb.RENAME, by=by, version=version) as event:
            refuse(self.why_not_called(name, unit))
            if (name, unit) != (self.name, self.unit):
                event["detail"] = f"was: {self}"
                OutputValue.objects.keep_name_of(self)
            self.name, self.unit = name, unit

    rename.alters_data = True

    def end(self, *, by, version, reason):
        """Ask for it no more in the rounds that are opened from now on; what was asked and reported stays."""
        if not reason.strip():
            raise Refused("Vul een reden in.")
        with self._changed(IndicatorEvent.Verb.END, by=by, version=version, reason=reason.strip()):
            self.status = self.Status.ENDED

    end.alters_data = True

    def add_areas(self, areas, *, by, version):
        """Ask for it in these areas too, from the rounds in progress on; what is closed stays as it is."""
        with transaction.atomic():
            in_progress = self._rounds_to_ask_in()
            with self._changed(IndicatorEvent.Verb.ADD_AREAS, by=by, version=version) as event:
                there = set(self.series.values_list("area", flat=True))
                new = [area for area in areas if area.pk not in there]
                if not new:
                    raise Refused(f"Kies ten minste één gebied waar '{self.name}' nog niet wordt gevraagd.")
                event["detail"] = ", ".join(map(str, new))
                OutputSeries.objects.bulk_create(OutputSeries(indicator=self, area=area) for area in new)
                self._ask_in(in_progress)

    add_areas.alters_data = True

    def share_with(self, plan_item, *, by, version):
        """Let it stand at this interventie too, from its round on; the owner goes on filling it in."""
        details = {"version": version, "detail": f"met {plan_item}"}
        with self._placed_anew(plan_item, IndicatorEvent.Verb.SHARE, by=by, **details) as locked:
            if self.placements.standing_at(plan_item).exists():
                raise Refused(f"'{self.name}' staat al bij {plan_item}.")
            if not PlanItem.objects.continuing().filter(pk=plan_item.pk).exists():
                raise Refused(f"{plan_item} is vervallen. Kies een interventie die doorgaat.")
            # It may stand there in a later plan already.
            self.placements.update_or_create(
                intervention_id=plan_item.intervention_id,
                until=None,
                defaults={"since": locked},
                create_defaults={"owner": False, "since": locked, "position": NEW_AT_THE_END},
            )

    share_with.alters_data = True

    def take_from(self, plan_item, *, by, version):
        """Let it stand no more, from its round on, at this interventie, which does not fill it in."""
        details = {"version": version, "detail": f"van {plan_item}"}
        with self._placed_anew(plan_item, IndicatorEvent.Verb.TAKE, by=by, **details) as locked:
            placement = self.placements.standing_at(plan_item).first()
            if placement is None:
                raise Refused(f"'{self.name}' staat niet bij {plan_item}.")
            if placement.owner or placement.former_owner:
                raise Refused(f"{plan_item} vult '{self.name}' in. Beëindig de indicator, of laat hem staan.")
            if placement.since_id == locked.pk:
                placement.delete()
            else:
                placement.until = locked
                placement.save(update_fields=["until"])

    take_from.alters_data = True

    def set_targets(self, targets, *, reporting_round, by, version):
        """What is aimed at in the period that this round asks for: a number or None for each series, by its key."""
        with transaction.atomic():
            locked = reporting_round.lock_plan(by=by)
            refuse(self.why_not_change(user=by))  # before it is asked for rows that it does not get
            if not locked.historical:
                OutputValue.objects.make_rows(reporting_round=locked, indicator=self)
            rows = OutputValue.objects.asked_of(self, locked)
            if targets.keys() - set(self.series.values_list("pk", flat=True)):
                raise ValueError(f"series of another indicator: {sorted(targets)}")
            if targets.keys() - rows.keys():
                raise Refused(
                    f"'{self.name}' wordt in de ronde {locked.year} nog niet gevraagd: de voortgang is al ingediend."
                    " Stuur haar eerst terug."
                )
            self.aim({rows[key]: target for key, target in targets.items()}, by=by, version=version)

    set_targets.alters_data = True

    def aim(self, targets, *, by, version=None):
        """Give rows of this indicator, in a plan that is locked, their target; `version` None is any."""
        with self._changed(IndicatorEvent.Verb.TARGETS, by=by, version=version) as event:
            changed = [(row, target) for row, target in targets.items() if row.target != target]
            event["detail"] = "; ".join(
                f"{row.series.area} ({row.period}) {_in_words(row.target)} → {_in_words(target)}"
                for row, target in changed
            )
            for row, target in changed:
                row.target = target
            OutputValue.objects.bulk_update([row for row, _ in changed], ["target"])

    aim.alters_data = True

    def accept(self, *, by):
        """Take a proposed indicator into use; the rounds in progress get its rows to fill in."""
        with transaction.atomic():
            in_progress = self._rounds_to_ask_in()
            with self._decided(by, IndicatorEvent.Verb.ACCEPT):
                if OutputIndicator.objects.in_use().filter(name__iexact=self.name).exists():
                    raise Refused(f"Er is al een indicator '{self.name}'. Laat de partner een andere naam voorstellen.")
                self.status = self.Status.ACTIVE
                self.save(update_fields=["status"])
                self._ask_in(in_progress)

    accept.alters_data = True

    def refuse(self, *, by):
        """Leave a proposed indicator out."""
        with self._decided(by, IndicatorEvent.Verb.REFUSE):
            self.status = self.Status.REFUSED
            self.save(update_fields=["status"])

    refuse.alters_data = True

    def _rounds_to_ask_in(self):
        """The rounds in progress, locked first, as whoever changes a plan does, so that none is closed in between."""
        return list(ReportingRound.objects.filter(state__in=IN_PROGRESS).select_for_update())

    def _ask_in(self, rounds):
        """Give these locked rounds the rows that they do not have yet."""
        from .progress import ProgressUpdate

        # Locked, so that none is handed in before its new row is there.
        list(ProgressUpdate.objects.of_indicator(self).filter(plan_item__round__in=rounds).select_for_update())
        for reporting_round in rounds:
            OutputValue.objects.make_rows(reporting_round=reporting_round, indicator=self)

    def _lock(self, by):
        if not by.is_bureau:
            raise PermissionDenied
        # Without the key: whoever places it elsewhere, as merging does, need not wait.
        self.refresh_from_db(from_queryset=OutputIndicator.objects.select_for_update(no_key=True))

    @contextmanager
    def _placed_anew(self, plan_item, verb, *, by, **details):
        """As `_changed`, of what is placed from the round of `plan_item` on; gives that round, locked."""
        with transaction.atomic():
            locked = plan_item.round.lock_plan(by=by)
            if later := ReportingRound.objects.fixed().filter(year__gt=locked.year).order_by("-year").first():
                raise Refused(f"De ronde {later.year} is afgesloten en ligt vast. Doe dit in het plan van daarna.")
            with self._changed(verb, by=by, **details):
                yield locked

    @contextmanager
    def _decided(self, by, verb):
        with transaction.atomic():
            # All of the same name, so that two of them are not accepted at once.
            same = OutputIndicator.objects.filter(name__iexact=self.name)
            list(same.select_for_update(no_key=True).order_by("pk"))
            self._lock(by)
            if self.status != self.Status.PROPOSED:
                raise Refused(f"Over '{self.name}' is al beslist: {self.get_status_display()}.")
            yield
            self.events.create(verb=verb, by=by)

    @contextmanager
    def _changed(self, verb, *, by, version, **details):
        """Lock, check, let the caller change it, and write the next version and the event: all or nothing."""
        with transaction.atomic():
            self._lock(by)
            if version not in (None, self.version):
                raise Conflict(CHANGED_BY_OTHERS)
            refuse(self.why_not_change(user=by))
            yield details
            # An event that has nothing to say is none.
            if any(details.values()):
                self.version += 1
                self.save()
                self.events.create(verb=verb, by=by, **details)


def _tidied(text):
    return " ".join(text.split())


def _in_words(number):
    return "geen" if number is None else format_number(number)


class IndicatorEvent(AppendOnly):
    """Who did what with an indicator, and why; `detail` says in words what it was about."""

    class Verb(models.TextChoices):
        ADD = "add", "toegevoegd"
        RENAME = "rename", "hernoemd"
        ADD_AREAS = "areas", "gebieden toegevoegd"
        END = "end", "beëindigd"
        SHARE = "share", "gedeeld"
        TAKE = "take", "niet meer gedeeld"
        TARGETS = "targets", "streefwaarden gezet"
        ACCEPT = "accept", "overgenomen"
        REFUSE = "refuse", "niet overgenomen"

    indicator = models.ForeignKey(
        OutputIndicator, models.PROTECT, related_name="events", verbose_name="interventie-indicator"
    )
    verb = models.CharField("handeling", max_length=8, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door")
    reason = models.TextField("reden", blank=True)
    detail = models.TextField("wat", blank=True)

    class Meta:
        verbose_name = "gebeurtenis van een indicator"
        verbose_name_plural = "gebeurtenissen van indicatoren"
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.indicator}: {self.get_verb_display()}"


def _counting(year, prefix=""):
    """Of placements: those that count in the round of `year` (a number or an expression).

    Where the placements are of another model, all conditions on them go into one `filter`.
    """
    begun = Q((f"{prefix}since", None)) | Q((f"{prefix}since__year__lte", year))
    return begun & (Q((f"{prefix}until", None)) | Q((f"{prefix}until__year__gt", year)))


class IndicatorPlacementQuerySet(models.QuerySet):
    def standing_in(self, reporting_round):
        """Those that count in this round: what is placed or taken away later leaves it as it was."""
        return self.filter(_counting(reporting_round.year))

    def standing_at(self, plan_item):
        """Those at its interventie that count in its round."""
        return self.standing_in(plan_item.round).filter(intervention=plan_item.intervention_id)

    def decided_at(self, plan_item):
        """What stands at its interventie and is or was in use, in its order, with the series of each."""
        decided = (OutputIndicator.Status.ACTIVE, OutputIndicator.Status.ENDED)
        here = self.standing_at(plan_item).filter(indicator__status__in=decided)
        events = models.Prefetch(
            "indicator__events", IndicatorEvent.objects.select_related("by").order_by("-at", "-pk")
        )
        return here.select_related("indicator").prefetch_related("indicator__series__area", events)

    def filling_in(self, reporting_round):
        """Where the figures of a round are filled in: at the owner, or in earlier plans at what it took over from."""
        going_on = PlanItem.objects.in_round(reporting_round).continuing().values("intervention")
        return self.filter(Q(owner=True) | Q(former_owner=True, intervention__in=going_on))

    def hand_over(self, *, of, to, since):
        """Let `to`, new in the round `since`, fill in what the interventies `of` filled in.

        What they reported stays theirs. What they only show stands at `to` as well.
        """
        placed = {}
        for intervention in of:
            for placement in self.filter(intervention=intervention, until=None):
                placed.setdefault(placement.indicator_id, []).append(placement)
        for position, (indicator, placements) in enumerate(placed.items()):
            owned = [placement for placement in placements if placement.owner]
            for placement in owned:
                placement.owner, placement.former_owner = False, True
                placement.save(update_fields=["owner", "former_owner"])
            self.create(indicator_id=indicator, intervention=to, owner=bool(owned), since=since, position=position)

    hand_over.alters_data = True


class IndicatorPlacement(models.Model):
    """An indicator as it stands at an interventie, in the order in which that one reports it.

    `former_owner`: filled it in until another interventie took its place, in a plan without it. Earlier rounds than
    `since` do not know of it, nor do `until` and later ones; empty is always.
    """

    indicator = models.ForeignKey(OutputIndicator, models.CASCADE, related_name="placements", verbose_name="indicator")
    intervention = models.ForeignKey(
        Intervention, models.CASCADE, related_name="placements", verbose_name="interventie"
    )
    owner = models.BooleanField("vult in", default=True)
    former_owner = models.BooleanField("vulde in", default=False)
    position = models.PositiveSmallIntegerField("volgorde", default=0)
    since = models.ForeignKey(
        ReportingRound, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="vanaf ronde"
    )
    until = models.ForeignKey(
        ReportingRound, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="niet meer vanaf ronde"
    )

    objects = IndicatorPlacementQuerySet.as_manager()

    class Meta:
        verbose_name = "plaats van een indicator"
        verbose_name_plural = "plaatsen van indicatoren"
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                "indicator", "intervention", name="indicator_placement_unique", condition=Q(until=None)
            ),
            models.UniqueConstraint(
                "indicator",
                name="indicator_placement_one_owner",
                condition=Q(owner=True),
                violation_error_message="Een indicator wordt door één interventie ingevuld.",
            ),
        )

    def __str__(self):
        return f"{self.indicator} bij {self.intervention}"


class OutputSeriesQuerySet(models.QuerySet):
    def fixed(self):
        """Those of which a round that is closed, or was taken over, holds a figure."""
        return self.filter(values__in=OutputValue.objects.fixed())

    def asked_in(self, reporting_round):
        """Those of indicators in use of which the owner is in the plan of this round."""
        going_on = reporting_round.plan_items.continuing()
        owned = IndicatorPlacement.objects.filter(owner=True, intervention__plan_items__in=going_on)
        return self.filter(indicator__status=OutputIndicator.Status.ACTIVE, indicator__placements__in=owned)

    def numbers_asked_in(self, reporting_round):
        """How many figures are asked of each interventie in this round: {key of the interventie: number}."""
        owners = self.asked_in(reporting_round).order_by().values_list("indicator__placements__intervention")
        return dict(owners.annotate(Count("pk")))


class OutputSeries(models.Model):
    """An indicator for one area: what a row of the grid is."""

    indicator = models.ForeignKey(OutputIndicator, models.CASCADE, related_name="series", verbose_name="indicator")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="gebied")

    objects = OutputSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "reeks"
        verbose_name_plural = "reeksen"
        ordering = ("indicator", "area__position", "area__name")
        constraints = (models.UniqueConstraint("indicator", "area", name="output_series_unique"),)

    def __str__(self):
        return f"{self.indicator}, {self.area}"


class OutputValueQuerySet(models.QuerySet):
    def at(self, intervention):
        """Values of the indicators that stand at `intervention` in their round, own and shared ones, in its order."""
        here = {"series__indicator__placements__intervention": intervention}
        return self.filter(_counting(F("round__year"), "series__indicator__placements__"), **here).in_grid_order()

    def in_grid_order(self):
        """In the order of the interventie; for a query that says which one."""
        return self.order_by(
            "series__indicator__placements__position",
            "series__indicator__name",
            "series__area__position",
            "series__area__name",
            "period__start",
        )

    def fixed(self):
        """Those of a round that is closed or was taken over from an earlier report: they go on saying what they say."""
        return self.filter(round__state=RoundState.CLOSED)

    def keep_name_of(self, indicator):
        """Let closed rounds go on calling `indicator` what it is called now, where they do not say otherwise yet."""
        closed = self.filter(series__indicator=indicator, round__state=RoundState.CLOSED, kept_name="")
        closed.update(kept_name=indicator.name, kept_unit=indicator.unit)

    keep_name_of.alters_data = True

    def named(self):
        """Adds `said_name` and `said_unit`: what the indicator is called in the round of each value."""
        return self.annotate(
            said_name=Coalesce(NullIf("kept_name", Value("")), "series__indicator__name"),
            said_unit=Coalesce(NullIf("kept_unit", Value("")), "series__indicator__unit"),
        )

    def filled(self):
        return self.exclude(value=None, code="")

    def before(self, reporting_round):
        """What was filled in in earlier rounds."""
        return self.filled().filter(round__year__lt=reporting_round.year)

    def latest_reported(self):
        """Of a period that was reported more than once, what the latest round says."""
        one = ("series_id", "period_id")  # the columns themselves: a relation would be sorted by the order of its model
        return self.order_by(*one, "-round__year").distinct(*one)

    def owned_by(self, plan_item):
        """The values `plan_item` itself reports in its round."""
        here = IndicatorPlacement.objects.filling_in(plan_item.round_id).filter(intervention=plan_item.intervention_id)
        return self.filter(round=plan_item.round_id, series__indicator__placements__in=here)

    def visible_to(self, *, user):
        """Values whose voortgang is approved, those at the user's own interventies, or all of them (DESIGN.md 3)."""
        if user.sees_everything:
            return self
        here = {"round": OuterRef("round"), "intervention__placements__indicator": OuterRef("series__indicator")}
        counting = _counting(F("round__year"), "intervention__placements__")
        placed = PlanItem.objects.filter(counting, **here)
        # In one filter: of who fills in this figure, or did, not of who shows it and fills in another.
        fills_in = Q(intervention__placements__owner=True) | Q(intervention__placements__former_owner=True)
        filled_in = PlanItem.objects.filter(counting, fills_in, **here, progress__state=State.APPROVED)
        seen = Exists(filled_in)
        if user.is_invuller:
            seen |= Exists(placed.own_of(user=user))
        return self.filter(seen)

    def targets_at(self, plan_item):
        """The rows of its round for what stands at its interventie, the latest period last."""
        standing = OutputIndicator.objects.standing_at(plan_item)
        here = self.filter(round=plan_item.round, series__indicator__in=standing)
        return here.select_related("period").order_by("period__start")

    def asked_of(self, indicator, reporting_round):
        """The row for the latest period that this round has of each series of `indicator`, by the key of the series."""
        rows = self.filter(series__indicator=indicator, round=reporting_round)
        return {row.series_id: row for row in rows.select_related("series__area", "period").order_by("period__start")}

    def make_rows(self, *, reporting_round, indicator=None):
        """Give every active series a row for the period this round asks for; rows that are there stay as they are.

        With `indicator` only those of that one. What was handed in gets no new rows, since nobody could fill them in;
        it gets them once it can be written again.

        Yearly figures are asked for the year of the round. For school years it is the one that ended in that year,
        unless the series is already reported further: then the one that begins in it.
        """
        year = reporting_round.year
        ended, begun, calendar = (
            Period.objects.school_year(year - 1),
            Period.objects.school_year(year),
            Period.objects.year(year),
        )
        handed_in = PlanItem.objects.in_round(reporting_round).filter(progress__state__in=HANDED_IN)
        closed = IndicatorPlacement.objects.filter(owner=True, intervention__plan_items__in=handed_in)
        series = (
            OutputSeries.objects.asked_in(reporting_round)
            .exclude(indicator__placements__in=closed)
            .select_related("indicator")
            .annotate(latest=Max("values__period__start", filter=Q(values__round__year__lt=year)))
        )
        if indicator:
            series = series.filter(indicator=indicator)
        rows = []
        for one in series:
            period = calendar
            if one.indicator.period_kind == Period.Kind.SCHOOL_YEAR:
                period = begun if one.latest and one.latest >= ended.start else ended
            rows.append(OutputValue(series=one, period=period, round=reporting_round))
        self.bulk_create(rows, ignore_conflicts=True)

    make_rows.alters_data = True


class OutputValue(models.Model):
    """What was reported in a round for a series and a period: a value, or why there is none.

    A row without value or code still has to be filled in. `value` and `target` are in the unit of the indicator.
    """

    series = models.ForeignKey(OutputSeries, models.CASCADE, related_name="values", verbose_name="reeks")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="periode")
    round = models.ForeignKey("ReportingRound", models.CASCADE, related_name="output_values", verbose_name="ronde")
    value = models.DecimalField("waarde", max_digits=18, decimal_places=4, null=True, blank=True)
    code = models.CharField("in plaats van een waarde", max_length=3, choices=Code, blank=True)
    target = models.DecimalField("streefwaarde", max_digits=18, decimal_places=4, null=True, blank=True)
    provisional = models.BooleanField("voorlopig", default=False)
    remark = models.CharField("opmerking", max_length=500, blank=True)
    # In a closed round, once the indicator is called otherwise: what it was called. Reopening the round forgets it.
    kept_name = models.CharField("naam in deze ronde", max_length=200, blank=True)
    kept_unit = models.CharField("eenheid in deze ronde", max_length=30, blank=True)

    objects = OutputValueQuerySet.as_manager()

    class Meta:
        verbose_name = "waarde"
        verbose_name_plural = "waarden"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint("series", "period", "round", name="output_value_unique"),
            models.CheckConstraint(
                name="output_value_or_code",
                condition=Q(value__isnull=True) | Q(code=""),
                violation_error_message="Een waarde is een getal of n.b., n.v.t. of <5, niet allebei.",
            ),
            models.CheckConstraint(name="output_value_code_valid", condition=Q(code__in=["", "nb", "nvt", "lt5"])),
        )

    def __str__(self):
        return f"{self.called}, {self.series.area}, {self.period}: {self.display}"

    @property
    def name(self):
        """What the indicator is called in this round."""
        return self.kept_name or self.series.indicator.name

    @property
    def unit(self):
        """The unit of the indicator in this round."""
        return self.kept_unit or self.series.indicator.unit

    @property
    def called(self):
        """Name and unit of the indicator in this round."""
        return f"{self.name} ({self.unit})"

    @property
    def is_filled(self):
        return self.value is not None or bool(self.code)

    @property
    def display(self):
        """The value as a reader sees it: '1.234,5', 'n.b.', or '' when nothing was filled in."""
        return format_number(self.value) if self.value is not None else self.get_code_display()

    def why_not_set_target(self, *, user):
        """Why `user` may not set what is aimed at now, in Dutch; "" when they may. It is part of the plan."""
        return self.round.why_not_change_plan(user=user)

    def set_target(self, target, *, by):
        """Aim at `target`, in the unit of the indicator; None for nothing in particular."""
        with transaction.atomic():
            self.round.lock_plan(by=by)
            self.series.indicator.aim({self: target}, by=by)

    set_target.alters_data = True


# Of values: the tables of a page, each of one period.
BY_PERIOD = attrgetter("period.start", "period.kind")
