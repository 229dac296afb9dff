"""A demonstration: invented people, an invented 2022, colours for 2022 and 2023, and a round of 2024 in some stage.

It goes into an installation that holds the shipped plan and nothing else, so that it never stands among real things,
and it is taken out only as long as nothing real has been added.
"""

import random

from django.db import models, transaction

from accounts.models import OrganisationEvent, PersonEvent, User
from interventions.loading import YEAR
from interventions.models import (
    Demonstration,
    IndicatorEvent,
    InternalNote,
    InterventionLink,
    OutputIndicator,
    PlanRevision,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
    Revision,
    RoundEvent,
    Waiver,
)
from interventions.workflow import Refused

from . import past, people, present

STAGES = tuple(present.STAGES)
ELSEWHERE = "Gebruik een andere database (of een andere DATA_DIR)."
YEARS = (past.BEFORE, YEAR, present.THIS_YEAR)


def logins():
    """Who may be tried out, as (role and for what, e-mail address, password); nobody when this is no demonstration."""
    return [(label, email, people.PASSWORD) for label, email in people.shown()]


@transaction.atomic
def load(stage, *, today, replace=False):
    """Bring the demonstration in `stage` (one of STAGES) as it would stand on the day `today`; say whether that is new.

    With `replace`, the demonstration that is there is taken out first. Raises Refused, in Dutch, where it would mix
    with something real, or where the plan is not there.
    """
    there = Demonstration.objects.select_for_update().first()
    if there and not replace:
        if there.stage == stage:
            return False
        raise Refused(f"De demonstratie staat al in stand '{there.stage}'. Gebruik --replace voor een andere stand.")
    if there:
        remove()
    _refuse_the_real(
        User.objects.all(),
        ReportingRound.objects.exclude(year=YEAR),
        ProgressUpdate.objects.filter(plan_item__round__year=YEAR).exclude(colour=""),
    )
    rng = random.Random(YEAR)  # noqa: S311 (the same demonstration every time)
    past.make_past(rng)
    people.make_people()
    present.make_present(rng, stage, today=today)
    Demonstration.objects.create(stage=stage)
    return True


def _refuse_the_real(*found):
    if any(rows.exists() for rows in found):
        raise Refused(
            "Hier staan echte personen, echte kleuren of andere rondes; daar komt de demonstratie niet tussen. "
            f"{ELSEWHERE}"
        )


@transaction.atomic
def remove():
    """Take out what the demonstration brought and what its people did since; the plan stays.

    Raises Refused, in Dutch, when something real has been added to it.
    """
    invented = people.invented()
    _refuse_the_real(User.objects.exclude(pk__in=invented.values("pk")), ReportingRound.objects.exclude(year__in=YEARS))
    if Revision.objects.filter(update__plan_item__round__year=YEAR, by__isnull=False).exists():
        raise Refused(f"In de ronde {YEAR} zijn teksten of cijfers gewijzigd; die zouden verloren gaan. {ELSEWHERE}")
    _erase(IndicatorEvent, by__in=invented)
    OutputIndicator.objects.filter(proposed_by__in=invented).delete()
    InterventionLink.objects.filter(predecessor__plan_items__round__year=past.BEFORE).delete()
    Waiver.objects.filter(update__plan_item__round__year=present.THIS_YEAR).delete()
    rounds = ReportingRound.objects.exclude(year=YEAR)
    of_update = {"update__plan_item__round__in": rounds}
    _erase(Revision, **of_update)
    _erase(ProgressEvent, **of_update)
    _erase(PlanRevision, plan_item__round__in=rounds)
    _erase(RoundEvent, round__in=rounds)
    rounds.delete()
    updates = ProgressUpdate.objects.filter(plan_item__round__year=YEAR)
    updates.update(colour="", colour_reason="", colour_version=0, colour_released=False)
    InternalNote.objects.filter(update__in=updates).delete()
    _erase(ProgressEvent, update__in=updates)
    _erase(PersonEvent)
    _erase(OrganisationEvent)
    invented.delete()
    Demonstration.objects.all().delete()


def _erase(model, **rows):
    # A plain queryset: that of the model refuses to remove what is written once.
    models.QuerySet(model).filter(**rows).delete()
