"""The invented round of 2024, played with the real verbs by the people of the demonstration."""

import datetime
from dataclasses import dataclass, replace

from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone

from interventions.loading import YEAR
from interventions.models import (
    Initiator,
    InternalNote,
    OutputIndicator,
    PillarAssignment,
    PlanItem,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
    Revision,
    RoundEvent,
)
from interventions.models.progress import Content, Part, Waived, WayIn
from interventions.workflow import COLOURABLE, SUBMIT, Colour, State
from programme.models import Area, Pillar

from . import texts
from .people import address, by_organisation, invented

THIS_YEAR = YEAR + 1


@dataclass(frozen=True)
class Stage:
    """How far the round is on the day of loading.

    `opened`, `deadline` and `ended` (the last thing that happened) are days before that day; negative is to come.
    `asked`, `ahead` and `unasked` say which share of the interventies is where: those with initiators, those of them in
    a pijler whose colours are released, and those without. `shown` are exceptions by code. `coloured` is the share of
    what can be coloured; of a pijler in `released` (by abbreviation, None for the activities) it is all.
    """

    opened: int
    deadline: int
    ended: int
    asked: dict[str, float]
    ahead: dict[str, float]
    unasked: dict[str, float]
    shown: dict[str, str]
    coloured: float
    released: tuple[str | None, ...]
    in_review: bool = True
    closed: bool = False


def _shares(**shares):
    return {State[name.upper()]: share for name, share in shares.items()}


STAGES = {
    "open": Stage(
        opened=35,
        deadline=-10,
        ended=1,
        asked=_shares(to_do=0.25, draft=0.2, returned=0.1, submitted=0.2, approved=0.25),
        ahead=_shares(to_do=0.05, draft=0.05, returned=0.1, submitted=0.3, approved=0.5),
        unasked=_shares(to_do=0.8, draft=0.1, submitted=0.1),
        shown={
            "S3": State.SUBMITTED,
            "S8": State.DRAFT,
            "W28": State.SUBMITTED,
            "W30": State.APPROVED,
            "Wo7": State.SUBMITTED,
        },
        coloured=0.6,
        released=("T",),
        in_review=False,
    ),
    "review": Stage(
        opened=60,
        deadline=9,
        ended=1,
        asked=_shares(to_do=0.07, draft=0.07, returned=0.1, submitted=0.4, approved=0.36),
        ahead=_shares(draft=0.05, returned=0.05, submitted=0.2, approved=0.7),
        unasked=_shares(to_do=0.3, submitted=0.3, approved=0.4),
        shown={"S3": State.SUBMITTED, "S6": State.DROPPED, "W30": State.APPROVED, "Wo7": State.APPROVED},
        coloured=0.8,
        released=("T", "S"),
    ),
    "closed": Stage(
        opened=150,
        deadline=95,
        ended=30,
        asked=_shares(approved=1),
        ahead=_shares(approved=1),
        unasked=_shares(approved=0.8, no_report=0.2),
        shown={"S6": State.DROPPED, "Wo7": State.APPROVED},
        coloured=1,
        released=("T", "S", "W", "Wo", "V", None),
        closed=True,
    ),
}
REPORTED_AT = {"Wo7": "W28"}
FIGURES_DO_NOT_APPLY = ("T12", "S13", "W26")
NEW_INDICATOR = "S3"

_WRITTEN = frozenset({State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED})
_HANDED_IN = frozenset({State.RETURNED, State.SUBMITTED, State.APPROVED})


def make_present(rng, stage, *, today):
    """Make the round of 2024 as it stands in `stage` (one of STAGES) on the day `today`."""
    play = _Play(rng, STAGES[stage], today)
    play.open_round()
    play.write()
    play.ask_and_answer()
    if play.stage.in_review:
        play.round.start_review(by=play.beheerder)
    play.decide()
    play.colour()
    if play.stage.closed:
        play.round.close(by=play.beheerder)
    _spread_in_time(play.round, play.stage, today)


class _Play:
    """One year, scene by scene. `goals` says in which state each voortgang ends."""

    def __init__(self, rng, stage, today):
        self.rng, self.stage = rng, stage
        self.beheerder = invented().get(email=address("beheerder"))
        self.advisers = {one.pillar_id: one.user for one in PillarAssignment.objects.select_related("user")}
        self.previous = ReportingRound.objects.get(year=YEAR)
        self.round = ReportingRound.objects.create(
            year=THIS_YEAR,
            opens_on=today - datetime.timedelta(days=stage.opened),
            deadline=today - datetime.timedelta(days=stage.deadline),
        )

    def open_round(self):
        self.round.copy_plan_from(self.previous)
        self.contacts = self._appoint_contacts()
        self.round.open(by=self.beheerder)
        self.updates = list(
            ProgressUpdate.objects.filter(plan_item__round=self.round)
            .select_related("plan_item__pillar", "plan_item__round")
            .order_by("plan_item__pillar__position", "plan_item__position")
        )
        self.by_code = {update.plan_item.code: update for update in self.updates if update.plan_item.pillar_id}
        last_year = ProgressUpdate.objects.filter(plan_item__round=self.previous)
        self.last_year = {one.plan_item.intervention_id: one for one in last_year.select_related("plan_item")}
        self.rows = self._rows_of_figures()
        self.goals = self._deal_goals()

    def write(self):
        """Everybody fills in and hands in; the bureau does it where nobody is asked to."""
        written = [update for update in self._shuffled() if self.goals[update] in _WRITTEN]
        for update in written:
            content = self._content(update)
            if self.rng.random() < 0.25:
                self._save(update, replace(content, figures={}, qualitative=""))
            self._save(update, content)
        for update in written:
            if update.plan_item.code == NEW_INDICATOR:
                self._propose_indicator(update)
            if self.goals[update] in _HANDED_IN:
                update.submit(by=self._writer(update), version=update.version)

    def ask_and_answer(self):
        """The bureau sends back what is to stay returned, and some that are answered."""
        asked = [
            update
            for update in self._shuffled()
            if self.goals[update] == State.RETURNED
            or (update.quantitative and self._is_by_partner(update) and self.rng.random() < 0.15)
        ]
        for update in asked:
            question = texts.question(self.rng)
            update.return_with_question(by=self._adviser(update), version=update.version, reason=question)
        for update in asked:
            if self.goals[update] != State.RETURNED:
                answered = texts.longer(self.rng, update.quantitative)
                self._save(update, replace(update.content(), quantitative=answered))
                update.submit(by=self._writer(update), version=update.version)

    def decide(self):
        for update in self._shuffled():
            goal, adviser = self.goals[update], self._adviser(update)
            if goal == State.APPROVED:
                approver = self.beheerder if update.submitted_by == adviser else adviser
                update.approve(by=approver, version=update.version)
            elif goal == State.DROPPED:
                reason = f"{texts.INVENTED}: gaat op in een andere interventie."
                update.drop(by=adviser, version=update.version, reason=reason)
            elif goal == State.NO_REPORT:
                reason = f"{texts.INVENTED}: na twee herinneringen kwam er geen opgave."
                update.record_no_report(by=adviser, version=update.version, reason=reason)
        if self.stage.closed:
            for indicator in OutputIndicator.objects.filter(status=OutputIndicator.Status.PROPOSED):
                indicator.refuse(by=self.beheerder)

    def colour(self):
        colourable = [update for update in self._shuffled() if update.state in COLOURABLE]
        for update, note in zip(colourable, texts.NOTES, strict=False):
            InternalNote.objects.create(update=update, by=self._adviser(update), text=f"{texts.INVENTED}: {note}")
        for update in colourable:
            if self._pillar(update) in self.stage.released or self.rng.random() < self.stage.coloured:
                colour = self._next_colour(self.last_year[update.plan_item.intervention_id].colour)
                reason = texts.colour_reason(self.rng, colour)
                update.set_colour(colour, by=self._adviser(update), version=update.colour_version, reason=reason)
        pillars = {pillar.abbreviation: pillar for pillar in Pillar.objects.all()}
        for code in self.stage.released:
            self.round.release_colours(pillar=pillars[code] if code else None, by=self.beheerder)

    # Who

    def _appoint_contacts(self):
        """Contact persons from the trekker's own people, in turn; returns them by the key of the plan item."""
        people, contacts = by_organisation(), {}
        trekkers = Initiator.objects.filter(plan_item__round=self.round, role=Initiator.Role.TREKKER)
        for number, trekker in enumerate(trekkers.order_by("plan_item")):
            of_trekker = people[trekker.organisation_id]
            contacts[trekker.plan_item_id] = of_trekker[number % len(of_trekker)]
        through = PlanItem.contacts.through
        through.objects.bulk_create(through(planitem_id=item, user=person) for item, person in contacts.items())
        return contacts

    def _adviser(self, update):
        return self.advisers.get(update.plan_item.pillar_id, self.beheerder)

    def _writer(self, update):
        return self.contacts.get(update.plan_item_id) or self._adviser(update)

    def _is_by_partner(self, update):
        return update.submitted_by_id and not update.submitted_by.is_bureau

    # What

    def _shuffled(self):
        return self.rng.sample(self.updates, len(self.updates))

    def _pillar(self, update):
        return update.plan_item.pillar.abbreviation if update.plan_item.pillar_id else None

    def _deal_goals(self):
        """The state each voortgang ends in: by the shares of the stage, in each pijler, and as `shown` says."""
        goals, groups = {}, {}
        for update in self.updates:
            asked = update.plan_item_id in self.contacts
            groups.setdefault(self._pillar(update) if asked else "unasked", []).append(update)
        for group, updates in groups.items():
            shares = self.stage.ahead if group in self.stage.released else self.stage.asked
            if group == "unasked":
                shares = self.stage.unasked
            dealt = [state for state, share in shares.items() for _ in range(round(share * len(updates)))]
            dealt += [next(iter(shares))] * (len(updates) - len(dealt))
            goals.update(zip(updates, self.rng.sample(dealt, len(updates)), strict=True))
        return goals | {self.by_code[code]: state for code, state in self.stage.shown.items()}

    def _rows_of_figures(self):
        """By the key of an interventie, its rows to fill in and the last value before each, or None."""
        before = self.previous.output_values.select_related("series__indicator").order_by("period__start")
        last = {value.series_id: value for value in before}
        asked = self.round.output_values.filter(series__indicator__placements__owner=True)
        rows = {}
        for row in asked.annotate(intervention=F("series__indicator__placements__intervention")).order_by("pk"):
            rows.setdefault(row.intervention, {})[row] = last.get(row.series_id)
        return rows

    def _content(self, update):
        code, intervention = update.plan_item.code, update.plan_item.intervention_id
        if code in REPORTED_AT:
            elsewhere = Waived(reported_at=self.by_code[REPORTED_AT[code]].plan_item_id)
            return Content(waived=dict.fromkeys(Part, elsewhere))
        complete = self.goals[update] in _HANDED_IN
        last_year = self.last_year[intervention]
        content = texts.content(self.rng, last_year, self.rows.get(intervention, {}), complete=complete)
        if code in FIGURES_DO_NOT_APPLY and complete:
            waived = {Part.FIGURES: Waived(reason=f"{texts.INVENTED}: de telling begint volgend jaar weer.")}
            content = replace(content, figures={}, waived=content.waived | waived)
        if complete and self.rng.random() < 0.3:
            colour = self._next_colour(last_year.colour)
            reason = texts.colour_reason(self.rng, colour)
            content = replace(content, proposed_colour=colour, proposed_reason=reason)
        return content

    def _save(self, update, content):
        update.save_draft(content, by=self._writer(update), version=update.version, way_in=WayIn.DEMO)

    def _next_colour(self, before):
        """A colour that often is that of the year before, and more often better than worse."""
        ranked = Colour.values
        step = self.rng.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, -1))
        rank = ranked.index(before) if before else len(ranked) - 1
        return ranked[min(max(rank + step, 0), len(ranked) - 1)]

    def _propose_indicator(self, update):
        update.propose_indicator(
            by=self._writer(update),
            name="Ouders bij een ouderavond",
            unit="aantal",
            area=Area.objects.get(name="NPRZ-gebied"),
            reason=f"{texts.INVENTED}: scholen tellen dit al en het laat zien hoeveel ouders bereikt worden.",
        )


def _spread_in_time(reporting_round, stage, today):
    """Spread what happened within seconds over the working days of the round, in the order in which it happened."""
    of_item, of_update = {"plan_item__round": reporting_round}, {"update__plan_item__round": reporting_round}
    # Plain querysets: those of the models refuse to change what is written once.
    written = [
        (models.QuerySet(ProgressEvent).filter(**of_update), "at"),
        (models.QuerySet(Revision).filter(**of_update), "at"),
        (models.QuerySet(InternalNote).filter(**of_update), "at"),
        (models.QuerySet(RoundEvent).filter(round=reporting_round), "at"),
    ]
    moments = sorted({moment for rows, field in written for moment in rows.values_list(field, flat=True)})
    review = reporting_round.events.filter(verb=RoundEvent.Verb.START_REVIEW).first()
    before_review = moments.index(review.at) if review else len(moments)
    opened, ended = reporting_round.opens_on, today - datetime.timedelta(days=stage.ended)
    after = reporting_round.deadline + datetime.timedelta(days=1)
    times = _office_hours(opened, min(ended, reporting_round.deadline), before_review)
    times += _office_hours(after, ended, len(moments) - before_review)
    time_of = dict(zip(moments, times, strict=True))
    for rows, field in written:
        changed = list(rows)
        for row in changed:
            setattr(row, field, time_of[getattr(row, field)])
        rows.bulk_update(changed, [field])
    handed_in = Max("events__at", filter=Q(events__verb=SUBMIT.name))
    submitted = list(ProgressUpdate.objects.filter(**of_item, submitted_at__isnull=False).annotate(handed_in=handed_in))
    for update in submitted:
        update.submitted_at = update.handed_in
    ProgressUpdate.objects.bulk_update(submitted, ["submitted_at"])


def _office_hours(first, last, count):
    """`count` rising moments, evenly spread between nine and five on the working days from `first` to `last`."""
    days = [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    moments = []
    for number in range(count):
        day, part = divmod(number * len(days) / count, 1)
        start = datetime.datetime.combine(days[int(day)], datetime.time(9))
        moments.append(timezone.make_aware(start + part * datetime.timedelta(hours=8)))
    return moments
