from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.utils.formats import date_format

from accounts.history import AppendOnly, WayIn
from interventions.workflow import (
    CHANGED_BY_OTHERS,
    FINISHED,
    IN_PROGRESS,
    NO_REPORT,
    ROUND_VERBS,
    Conflict,
    Refused,
    RoundState,
    State,
    about,
    refuse,
)


class ReportingRoundQuerySet(models.QuerySet):
    def current(self):
        """The round people work in: the latest one that has been opened, or None."""
        return self.exclude(state=RoundState.PLANNED).order_by("-year").first()

    def before(self, reporting_round):
        """The round before `reporting_round`, with which it is compared; or None."""
        return self.filter(year__lt=reporting_round.year).order_by("-year").first()

    def in_preparation_after(self, reporting_round):
        """The first round after `reporting_round` that has not begun, and may take its plan over again; or None."""
        return self.filter(year__gt=reporting_round.year, state=RoundState.PLANNED).order_by("year").first()

    def fixed(self):
        """Those that nobody changes any more: closed, and not taken over from an earlier report."""
        return self.filter(state=RoundState.CLOSED, historical=False)

    def others_in_progress(self, reporting_round):
        """The rounds in progress besides `reporting_round`."""
        return self.filter(state__in=IN_PROGRESS).exclude(pk=reporting_round.pk)

    def with_numbers(self):
        """Adds `counting`, `activities`, and how many of the counting are `finished`, `coloured` and `released`."""
        counting = Q(plan_items__pillar__isnull=False)
        return self.annotate(
            counting=Count("plan_items", filter=counting),
            activities=Count("plan_items", filter=Q(plan_items__pillar__isnull=True)),
            finished=Count("plan_items", filter=counting & Q(plan_items__progress__state__in=FINISHED)),
            coloured=Count("plan_items", filter=counting & Q(plan_items__progress__colour__gt="")),
            released=Count("plan_items", filter=counting & Q(plan_items__progress__colour_released=True)),
        ).order_by("-year")

    def why_not_year(self, year):
        """Why the next round, beside these, cannot be that of `year`; "" when it can."""
        if self.filter(year=year).exists():
            return f"De ronde {year} bestaat al."
        if latest := self.filter(year__gt=year).order_by("-year").first():
            return f"De laatste ronde is {latest.year}; een nieuwe ronde komt daarna."
        return ""

    def why_not_take_over(self):
        """Why no earlier report can be taken over any more, as a round before these; "" when it can."""
        own = self.filter(historical=False).order_by("year").first()
        return (
            f"De ronde {own.year} is er al; een eerder rapport neemt u over vóór uw eerste eigen ronde." if own else ""
        )

    def create_next(self, *, by, year, opens_on, deadline, source=""):
        """Make the round of `year`, in preparation, with the plan of the round before; the very first has none yet.

        The dates may be None until it is opened. With a `source`, the earlier report it is taken over from, it is a
        historical round: without dates, to be filled by a workbook or by hand.
        """
        if not by.is_beheerder:
            raise PermissionDenied
        with transaction.atomic():
            refuse(self.why_not_year(year) or _why_not_dates(opens_on, deadline))
            if source:
                refuse(self.why_not_take_over() or (DATES_OF_REPORT if opens_on or deadline else ""))
            # Somebody may make the same round at this moment.
            made, is_new = self.get_or_create(year=year, defaults={"opens_on": opens_on, "deadline": deadline})
            if not is_new:
                raise Refused(self.why_not_year(year))
            if previous := self.before(made):
                if not previous.plan_items.exists():
                    raise Refused(f"De ronde {previous.year} heeft geen plan om over te nemen. Maak eerst dat plan.")
                made.copy_plan_from(previous)
            if source:
                made.historical, made.source, made.state = True, source, RoundState.CLOSED
                made.save(update_fields=["historical", "source", "state"])
                made.make_updates()
                made.keep_names()
            made.events.create(verb=RoundEvent.Verb.CREATE, by=by, to_state=made.state, reason=made.schedule)
        return made

    create_next.alters_data = True


OPENS_AFTER_DEADLINE = "De ronde opent na de inleverdatum."
DATES_OF_REPORT = "Een ronde uit een eerder rapport opent niet meer. Laat de datums leeg."


def _why_not_dates(opens_on, deadline):
    return OPENS_AFTER_DEADLINE if opens_on and deadline and opens_on > deadline else ""


class ReportingRound(models.Model):
    """One reporting year: when it opens, its deadline and its state."""

    year = models.PositiveSmallIntegerField("jaar", unique=True)
    state = models.CharField("status", max_length=8, choices=RoundState, default=RoundState.PLANNED)
    opens_on = models.DateField("opent op", null=True, blank=True)
    deadline = models.DateField("inleveren tot en met", null=True, blank=True)
    historical = models.BooleanField("overgenomen uit een eerder rapport", default=False)
    source = models.CharField("herkomst", max_length=200, blank=True)
    version = models.PositiveIntegerField("versie", default=1)

    objects = ReportingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "rapportageronde"
        verbose_name_plural = "rapportagerondes"
        ordering = ("-year",)
        constraints = (
            models.CheckConstraint(
                name="round_opens_before_deadline",
                condition=Q(opens_on__isnull=True) | Q(deadline__isnull=True) | Q(opens_on__lte=F("deadline")),
                violation_error_message=OPENS_AFTER_DEADLINE,
            ),
            models.CheckConstraint(
                name="round_dates_once_opened",
                condition=Q(historical=True)
                | Q(state=RoundState.PLANNED)
                | Q(opens_on__isnull=False, deadline__isnull=False),
                violation_error_message="Een geopende ronde heeft een openingsdatum en een inleverdatum.",
            ),
            models.CheckConstraint(
                name="round_historical_is_closed",
                condition=Q(historical=False) | Q(state=RoundState.CLOSED),
                violation_error_message="Een overgenomen ronde is afgesloten.",
            ),
        )

    def __str__(self):
        return f"Voortgangsrapportage {self.year}"

    @property
    def in_progress(self):
        return self.state in IN_PROGRESS

    @property
    def colourless(self):
        """What it is called when an interventie of this round has no colour (that the reader may see)."""
        if self.historical:
            return "onbekend"
        return "geen kleur" if self.state == RoundState.CLOSED else "nog geen kleur"

    def days_left(self, *, today):
        """Days until the deadline; negative when it has passed, None without a deadline."""
        return (self.deadline - today).days if self.deadline else None

    def is_late(self, *, today):
        """The deadline informs and never locks; it is only late while the round is in progress."""
        return self.in_progress and self.deadline is not None and today > self.deadline

    @property
    def schedule(self):
        """The year and its dates in words, or where it was taken over from."""
        if self.historical:
            return f"{self.year}. Overgenomen uit: {self.source or 'herkomst onbekend'}."
        days = (self.opens_on, self.deadline)
        opens_on, deadline = (date_format(day, "j F Y") if day else "nog niet bekend" for day in days)
        return f"{self.year}. Opent op: {opens_on}. Inleveren tot en met: {deadline}."

    # Year and dates

    def why_not_reschedule(self, *, user):
        """Why `user` may not change the dates (or the year, of a round in preparation); "" when they may."""
        if not user.is_beheerder:
            return "Alleen een beheerder wijzigt de datums van een ronde."
        if self.historical and self.plan_items.exists():
            return f"De ronde {self.year} is overgenomen uit een eerder rapport en blijft zoals ze is."
        if self.state == RoundState.CLOSED and not self.historical:
            return f"De ronde {self.year} is {self.get_state_display()}; de datums liggen vast."
        return ""

    def reschedule(self, *, by, version, year, opens_on=None, deadline=None):
        """Give the round other dates; while it is in preparation and nothing is asked yet, another year too.

        A historical round has no dates, and may get another year as long as its plan is empty.

        `version` is the one the user saw. Returns whether anything changed.
        """
        with transaction.atomic():
            locked = ReportingRound.objects.select_for_update().get(pk=self.pk)
            if not by.is_beheerder:
                raise PermissionDenied
            if version != locked.version:
                raise Conflict(CHANGED_BY_OTHERS)
            refuse(locked.why_not_reschedule(user=by) or locked._why_not_schedule(year, opens_on, deadline))
            before = locked.schedule
            locked.year, locked.opens_on, locked.deadline = year, opens_on, deadline
            changed = locked.schedule != before
            if changed:
                locked.version += 1
                locked.save(update_fields=["year", "opens_on", "deadline", "version"])
                locked.events.create(
                    verb=RoundEvent.Verb.RESCHEDULE, by=by, to_state=locked.state, reason=locked.schedule
                )
        self.refresh_from_db()
        return changed

    reschedule.alters_data = True

    def _why_not_schedule(self, year, opens_on, deadline):
        if self.historical and (opens_on or deadline):
            return DATES_OF_REPORT
        if self.in_progress and not (opens_on and deadline):
            return "Een geopende ronde heeft een openingsdatum en een inleverdatum."
        if year != self.year and (self.in_progress or self.output_values.exists()):
            return f"Er zijn al cijfers gevraagd over {self.year}; het jaar ligt vast."
        others = ReportingRound.objects.exclude(pk=self.pk)
        return (year != self.year and others.why_not_year(year)) or _why_not_dates(opens_on, deadline)

    # Verbs of the round

    def why_not(self, name, *, user):
        """Why `user` may not do the round verb `name` now; "" when they may."""
        verb = ROUND_VERBS[name]
        if not user.is_beheerder:
            return "Alleen een beheerder zet een ronde in een andere status."
        if self.historical:
            return f"De ronde {self.year} is overgenomen uit een eerder rapport en blijft zoals ze is."
        if self.state not in verb.sources:
            return f"De ronde {self.year} is {self.get_state_display()}; {verb.label} kan nu niet."
        if name == "open" and not (self.opens_on and self.deadline):
            return "Vul eerst de openingsdatum en de inleverdatum in."
        other = ReportingRound.objects.others_in_progress(self).first()
        if name in ("open", "reopen") and other:
            return f"De ronde {other.year} is nog {other.get_state_display()}. Sluit die eerst af."
        return ""

    def open(self, *, by):
        """Let partners write. Makes the voortgang and the rows of figures of every plan item."""
        with self._transition("open", by=by) as locked:
            locked.make_updates()

    open.alters_data = True

    def start_review(self, *, by):
        with self._transition("start_review", by=by):
            pass

    start_review.alters_data = True

    def back_to_open(self, *, by):
        with self._transition("back_to_open", by=by):
            pass

    back_to_open.alters_data = True

    def why_not_close(self):
        """What keeps the round from closing: (plan item, Dutch reason) for each, in printed order."""
        unfinished = []
        for item in self.plan_items.counting().for_table().in_printed_order():
            progress = getattr(item, "progress", None)
            if progress is None:
                unfinished.append((item, "heeft nog geen voortgang"))
            elif progress.state not in FINISHED:
                unfinished.append((item, f"is {progress.get_state_display()}, nog niet goedgekeurd"))
            elif not progress.colour and progress.state != State.DROPPED:
                unfinished.append((item, "heeft nog geen kleur"))
        return unfinished

    def record_no_report(self, versions, *, by, reason):
        """Record of several voortgangen that nothing will come, all of them or none.

        `versions` is of each, by key, the version that the user saw. Returns how many they are.
        """
        if not by.is_bureau:
            raise PermissionDenied
        if not versions:
            raise Refused("Kies eerst de interventies waarvan u geen opgave hebt ontvangen.")
        if not reason.strip():
            raise Refused(f"Vul een {NO_REPORT.needs} in.")
        with transaction.atomic():
            # In the order in which closing locks them, so that the two never wait for each other.
            updates = list(self._progress().filter(pk__in=versions).for_page().order_by("pk"))
            if len(updates) < len(versions):
                raise Refused(f"Niet alles wat u koos, hoort bij de ronde {self.year}.")
            for update in updates:
                with about(update.plan_item):
                    update.record_no_report(by=by, version=versions[update.pk], reason=reason)
        return len(updates)

    record_no_report.alters_data = True

    def _initiators(self):
        from .plan import Initiator

        return Initiator.objects.filter(plan_item__round=self)

    def keep_names(self):
        """Let its plan go on calling the organisations what they are called now, for it is over."""
        self._initiators().keep_names()

    keep_names.alters_data = True

    def close(self, *, by):
        with self._transition("close", by=by) as locked:
            # Every verb locks its voortgang first and reads the round after: holding all of them, none slips through.
            list(locked._progress().select_for_update().order_by("pk").values_list("pk"))
            if unfinished := locked.why_not_close():
                raise Refused(
                    f"Nog niet af: {len(unfinished)} interventies, te beginnen met {unfinished[0][0].code}: "
                    f"{unfinished[0][0].name} {unfinished[0][1]}."
                )
            locked.keep_names()

    close.alters_data = True

    def reopen(self, *, by, reason):
        with self._transition("reopen", by=by, reason=reason) as locked:
            locked.output_values.update(kept_name="", kept_unit="")
            locked._initiators().update(kept_name="")

    reopen.alters_data = True

    # Colours of a pijler

    def why_not_show_colours(self, *, user):
        """Why `user` may not release or withdraw colours now; "" when they may."""
        if not user.is_bureau:
            return "Kleuren zijn aan het programmabureau."
        if self.historical:
            if user.is_beheerder:
                return ""
            return f"De ronde {self.year} is overgenomen uit een eerder rapport; alleen een beheerder toont kleuren."
        if not self.in_progress:
            return f"De ronde {self.year} is {self.get_state_display()}; de kleuren liggen vast."
        return ""

    def release_colours(self, *, pillar, by, version):
        """Show the colours of `pillar` (None: Organisatie en financiën) to all; returns how many became visible.

        `version` is that of the colours the user saw: the sum of their `colour_version`.
        """
        return self._show_colours(pillar=pillar, by=by, released=True, verb="release_colours", version=version)

    release_colours.alters_data = True

    def withdraw_colours(self, *, pillar, by):
        """Take the colours of `pillar` back to the bureau; returns how many are hidden again."""
        return self._show_colours(pillar=pillar, by=by, released=False, verb="withdraw_colours")

    withdraw_colours.alters_data = True

    def _show_colours(self, *, pillar, by, released, verb, version=None):
        if not by.is_bureau:
            raise PermissionDenied
        with transaction.atomic():
            locked = ReportingRound.objects.select_for_update().get(pk=self.pk)
            refuse(locked.why_not_show_colours(user=by))
            updates = locked._progress().filter(plan_item__pillar=pillar)
            # Locked in the order in which closing does it.
            list(updates.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
            if version not in (None, locked.plan_items.of_pillar(pillar).colours_version()):
                raise Conflict("Intussen is een kleur gewijzigd. Bekijk eerst welke er nu staan.")
            changed = updates.exclude(colour="").filter(colour_released=not released).update(colour_released=released)
            if changed:
                RoundEvent.objects.create(round=locked, verb=verb, by=by, pillar=pillar)
        return changed

    # The plan

    def why_not_change_plan(self, *, user):
        """Why `user` may not change the plan of this round now, in Dutch; "" when they may."""
        if not user.is_bureau:
            return "Het plan is aan het programmabureau."
        if self.historical:
            if user.is_beheerder:
                return ""
            return f"De ronde {self.year} is overgenomen uit een eerder rapport; alleen een beheerder wijzigt het plan."
        if self.state == RoundState.CLOSED:
            return f"De ronde {self.year} is {self.get_state_display()}; het plan ligt vast."
        return ""

    def why_not_replace(self, items, *, user):
        """Why `user` may not split or merge `items` of this plan now, in Dutch; "" when they may.

        A round that is still in preparation can take the plan over again; one that has begun can not.
        """
        if why_not := self.why_not_change_plan(user=user):
            return why_not
        later = ReportingRound.objects.filter(year__gt=self.year).exclude(state=RoundState.PLANNED).first()
        if later:
            return f"De ronde {later.year} is al {later.get_state_display()}. Splits of voeg samen in haar plan."
        reasons = ((item, item.why_not_replace(user=user)) for item in items)
        return next((f"{item}: {why_not}" for item, why_not in reasons if why_not), "")

    def is_behind(self):
        """Whether something came into, or left, the plan of the round before since this one in preparation has it."""
        previous = ReportingRound.objects.before(self)
        if self.state != RoundState.PLANNED or previous is None:
            return False
        stopped = previous.plan_items.filter(progress__state=State.DROPPED).values("intervention")
        came = previous.plan_items.continuing().exclude(intervention__in=self.plan_items.values("intervention"))
        return self.plan_items.continuing().filter(intervention__in=stopped).exists() or came.exists()

    def lock_plan(self, *, by):
        """This round as it is now, locked for who changes its plan: one at a time, and it is not closed meanwhile."""
        if not by.is_bureau:
            raise PermissionDenied
        # Without the key: whoever adds something that points at the round need not wait.
        locked = ReportingRound.objects.select_for_update(no_key=True).get(pk=self.pk)
        refuse(locked.why_not_change_plan(user=by))
        return locked

    lock_plan.alters_data = True

    def add_item(self, content, *, by, way_in=WayIn.FORM, predecessors=()):
        """Add an interventie to the plan, and return its plan item; once the round is open with its voortgang.

        `predecessors` are the Interventions it came from, the main one first.
        """
        from .plan import Intervention, InterventionLink, PlanItem

        with transaction.atomic():
            locked = self.lock_plan(by=by)
            item = PlanItem(round=locked, intervention=Intervention.objects.create())
            InterventionLink.objects.bulk_create(
                InterventionLink(intervention=item.intervention, predecessor=predecessor, position=position)
                for position, predecessor in enumerate(predecessors)
            )
            item.begin(content.tidied(), by=by, way_in=way_in)
            if locked.in_progress or locked.historical:
                locked.make_updates()
        return item

    add_item.alters_data = True

    def change_items(self, keys, change, *, by):
        """Let each of these plan items say what `change` makes of its PlanContent: all of them, or none.

        Returns how many say something else now. Takes no versions: `change` adds to whatever is there.
        """
        with transaction.atomic():
            locked = self.lock_plan(by=by)
            items = list(locked.plan_items.filter(pk__in=keys).select_related("pillar").in_printed_order())
            if not items or len(items) < len(set(keys)):
                raise Refused("Vink eerst interventies aan in dit plan.")
            changed = 0
            for item in items:
                with about(item):
                    changed += item.change(change(item.content()), by=by, version=item.version)
        return changed

    change_items.alters_data = True

    def split(self, item, contents, *, by, version, reason):
        """Let several new interventies take the place of `item`; returns their plan items."""
        if len(contents) < 2:
            raise Refused("Splits in ten minste twee delen: geef elk deel een naam.")
        if len({content.tidied().name.lower() for content in contents}) < len(contents):
            raise Refused("Twee delen hebben dezelfde naam. Geef elk deel een eigen naam.")
        return self._replace({item.pk: version}, contents, "Gesplitst in", by=by, reason=reason)

    split.alters_data = True

    def merge(self, versions, content, *, by, reason):
        """Let one new interventie take the place of several; returns its plan item.

        `versions` is of each, by key, the version that the user saw; the first is the main one, which the trend is
        measured against.
        """
        if len(versions) < 2:
            raise Refused("Kies ten minste twee interventies om samen te voegen.")
        return self._replace(versions, [content], "Samengevoegd in", by=by, reason=reason)[0]

    merge.alters_data = True

    def _replace(self, versions, contents, word, *, by, reason):
        """Drop the plan items `versions` and add `contents`, which come from them; the first gets their figures."""
        from .figures import IndicatorPlacement

        with transaction.atomic():
            locked = self.lock_plan(by=by)
            if not reason.strip():
                raise Refused("Vul een reden in.")
            by_key = locked.plan_items.select_related("pillar", "round", "progress").in_bulk(versions)
            if len(by_key) < len(versions):
                raise Refused("Niet alles wat u koos, staat in dit plan.")
            items = [by_key[key] for key in versions]
            predecessors = [item.intervention for item in items]
            refuse(locked.why_not_replace(items, user=by))
            added = [locked.add_item(content, by=by, predecessors=predecessors) for content in contents]
            for item in reversed(added):
                item.stand_behind(items[0])
            became = f"{word} {' en '.join(map(str, added))}. {reason.strip()}"
            for item in items:
                with about(item):
                    item.drop(by=by, version=versions[item.pk], reason=became)
            IndicatorPlacement.objects.hand_over(of=predecessors, to=added[0].intervention, since=locked)
        return added

    def make_updates(self):
        """Give every plan item its voortgang, and every series its row for the period this round asks for.

        What was taken over from an earlier report was approved at the time, and nothing more is asked.
        """
        from .figures import OutputValue
        from .progress import ProgressUpdate

        if self.state == RoundState.CLOSED and not self.historical:
            raise Refused(f"De ronde {self.year} is {self.get_state_display()} en ligt vast.")
        state = State.APPROVED if self.historical else State.TO_DO
        ProgressUpdate.objects.bulk_create(
            [ProgressUpdate(plan_item=item, state=state) for item in self.plan_items.filter(progress__isnull=True)]
        )
        if not self.historical:
            OutputValue.objects.make_rows(reporting_round=self)

    make_updates.alters_data = True

    def copy_plan_from(self, previous):
        """Take the plan of `previous` over into this round, which has none yet: items, initiators, funding, people.

        What was dropped stays behind; for who has left since comes who took over.
        """
        from .plan import Initiator, PlanItem

        with transaction.atomic():
            locked = ReportingRound.objects.select_for_update().get(pk=self.pk)
            # What comes in after the opening would have no voortgang.
            if locked.state != RoundState.PLANNED or locked.plan_items.exists():
                raise Refused(f"De ronde {self.year} is al geopend of heeft al een plan; er is niets overgenomen.")
            items = list(previous.plan_items.continuing().prefetch_related("initiators", "funding", "contacts"))
            copies = PlanItem.objects.bulk_create([item.copy_for(self) for item in items])
            Initiator.objects.bulk_create(
                initiator.copy_for(copy)
                for item, copy in zip(items, copies, strict=True)
                for initiator in item.initiators.all()
            )
            for item, copy in zip(items, copies, strict=True):
                copy.funding.set(item.funding.all())
                copy.contacts.set({person.stand_in for person in item.contacts.all()} - {None})

    copy_plan_from.alters_data = True

    def why_not_renew_plan(self, *, user):
        """Why `user` may not take the plan of the round before over once more, in Dutch; "" when they may."""
        if not user.is_beheerder:
            return "Alleen een beheerder neemt een plan opnieuw over."
        if self.state != RoundState.PLANNED:
            return f"De ronde {self.year} is {self.get_state_display()}; haar plan neemt u niet opnieuw over."
        if ReportingRound.objects.before(self) is None:
            return f"Vóór {self.year} is er geen ronde om het plan van over te nemen."
        return ""

    def renewal(self):
        """What taking the plan of the round before over once more would do to this one: a Renewal."""
        previous = ReportingRound.objects.before(self)
        items, going_on = self.plan_items.for_content(), previous.plan_items.continuing().for_content()
        here = {item.intervention_id: item for item in items}
        there = {item.intervention_id: (item, item.content_for_next()) for item in going_on}
        stopped = [item for item in items if hasattr(item, "progress")]
        went = previous.plan_items.exclude(intervention__in=there).values_list("intervention", flat=True)
        return Renewal(
            previous=previous,
            added=[copied for thread, copied in there.items() if thread not in here],
            changed=[
                (item, content)
                for thread, item in here.items()
                if thread in there and item not in stopped and (content := there[thread][1]) != item.content()
            ],
            dropped=[item for thread, item in here.items() if thread in set(went) and item not in stopped],
        )

    def renew_plan(self, *, by):
        """Take the plan of the round before over once more: for a round that was made too early, or by mistake.

        Nothing that was said is lost: what differs is changed back, with a revision, and what was dropped in the round
        before is dropped here. What was added or dropped in this plan stays so. Returns the Renewal that was done.
        """
        if not by.is_beheerder:
            raise PermissionDenied
        with transaction.atomic():
            locked = self.lock_plan(by=by)
            refuse(locked.why_not_renew_plan(user=by))
            renewal = locked.renewal()
            for item in renewal.dropped:
                item.drop(by=by, version=item.version, reason=f"Vervallen in het plan van {renewal.previous.year}.")
            for item, content in renewal.changed:
                with about(item):
                    item.change(content, by=by, version=item.version)
            for original, content in renewal.added:
                with about(original):
                    original.copy_for(locked).begin(content, by=by)
            if renewal:
                locked.events.create(verb=RoundEvent.Verb.RENEW_PLAN, by=by, to_state=locked.state, reason=str(renewal))
        return renewal

    renew_plan.alters_data = True

    # Shared parts

    def _progress(self):
        from .progress import ProgressUpdate

        return ProgressUpdate.objects.filter(plan_item__round=self)

    @contextmanager
    def _transition(self, name, *, by, reason=""):
        """Lock the round, check the verb, let the caller do its part, then write state and event: all or nothing."""
        verb = ROUND_VERBS[name]
        if not by.is_beheerder:
            raise PermissionDenied
        with transaction.atomic():
            # All of them, so that no two are opened at once.
            rounds = ReportingRound.objects.select_for_update().order_by("year")
            locked = next(one for one in rounds if one.pk == self.pk)
            refuse(locked.why_not(name, user=by))
            if verb.needs and not reason.strip():
                raise Refused(f"Vul een {verb.needs} in.")
            yield locked
            locked.state = verb.target
            locked.save(update_fields=["state"])
            RoundEvent.objects.create(round=locked, verb=name, by=by, reason=reason.strip(), to_state=verb.target)
        self.state = locked.state


@dataclass(frozen=True)
class Renewal:
    """What taking the plan of the round before over once more does to a plan in preparation.

    `added` holds (plan item of the round before, PlanContent), `changed` (plan item, PlanContent), `dropped` items.
    """

    previous: ReportingRound
    added: list
    changed: list
    dropped: list

    def __bool__(self):
        return bool(self.added or self.changed or self.dropped)

    def __str__(self):
        numbers = f"{len(self.added)} toegevoegd, {len(self.changed)} gewijzigd, {len(self.dropped)} vervallen"
        return f"Uit het plan van {self.previous.year}: {numbers}."


class RoundEvent(AppendOnly):
    """Who made or moved the round, changed its dates, took a workbook over in it, or showed or hid colours."""

    class Verb(models.TextChoices):
        CREATE = "create", "gemaakt"
        RESCHEDULE = "reschedule", "datums gewijzigd"
        RENEW_PLAN = "renew_plan", "plan opnieuw overgenomen"
        OPEN = "open", "geopend"
        START_REVIEW = "start_review", "naar beoordeling gezet"
        BACK_TO_OPEN = "back_to_open", "weer opengezet"
        CLOSE = "close", "afgesloten"
        REOPEN = "reopen", "heropend"
        IMPORT = "import", "werkblad overgenomen"
        RELEASE_COLOURS = "release_colours", "kleuren vrijgegeven"
        WITHDRAW_COLOURS = "withdraw_colours", "kleuren ingetrokken"

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="events", verbose_name="ronde")
    verb = models.CharField("handeling", max_length=20, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door")
    to_state = models.CharField("status", max_length=8, choices=RoundState, blank=True)
    pillar = models.ForeignKey(
        "programme.Pillar", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pijler"
    )
    reason = models.TextField("reden", blank=True)

    class Meta:
        verbose_name = "gebeurtenis van een ronde"
        verbose_name_plural = "gebeurtenissen van rondes"
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.round.year}: {self.get_verb_display()}"


class DemonstrationManager(models.Manager):
    def notice(self):
        """What every page and workbook of a demonstration says; "" when this is a real installation."""
        return Demonstration.NOTICE if self.exists() else ""


class Demonstration(models.Model):
    """Present when this installation holds invented people, colours and figures; every page and workbook says so."""

    NOTICE = "Demonstratie: kleuren, personen en de ronde 2024 zijn verzonnen"

    stage = models.CharField("stand", max_length=8)
    loaded_at = models.DateTimeField("geladen op", auto_now_add=True)

    objects = DemonstrationManager()

    class Meta:
        verbose_name = "demonstratie"
        verbose_name_plural = "demonstraties"

    def __str__(self):
        return self.stage
