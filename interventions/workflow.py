"""States and verbs of a round and of one voortgang, as data: what DESIGN.md section 3 says, in one place.

The model methods obey these tables, the buttons read them and docs/workflow.md is compared with them.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.db import models

from accounts.refusals import Conflict, Refused, refuse  # noqa: F401 (who does a verb here finds its answers here)

CHANGED_BY_OTHERS = "Iemand anders heeft intussen iets gewijzigd. Bekijk eerst wat er nu staat."
CHANGED_ELSEWHERE = "U hebt in een ander venster iets gewijzigd. Bekijk eerst wat er nu staat."


@contextmanager
def about(item):
    """Let a refusal say which of several it is about."""
    try:
        yield
    except Refused as refused:
        raise type(refused)(f"{item}: {refused}") from refused


class RoundState(models.TextChoices):
    PLANNED = "planned", "in voorbereiding"
    OPEN = "open", "open"
    REVIEW = "review", "in beoordeling"
    CLOSED = "closed", "afgesloten"


class State(models.TextChoices):
    TO_DO = "to_do", "nog te doen"
    DRAFT = "draft", "concept"
    RETURNED = "returned", "teruggestuurd"
    SUBMITTED = "submitted", "ingediend"
    APPROVED = "approved", "goedgekeurd"
    NO_REPORT = "no_report", "geen opgave ontvangen"
    DROPPED = "dropped", "vervallen"


class Colour(models.TextChoices):
    """The stoplight colour, in rising order of rank (see Trend)."""

    WHITE = "wit", "wit"
    RED = "rood", "rood"
    ORANGE = "oranje", "oranje"
    GREEN = "groen", "groen"


# In what order work presents itself: what asks something of me first, what is done last.
PARTNER_ORDER = (
    State.RETURNED,
    State.TO_DO,
    State.DRAFT,
    State.SUBMITTED,
    State.APPROVED,
    State.NO_REPORT,
    State.DROPPED,
)
BUREAU_ORDER = (
    State.SUBMITTED,
    State.RETURNED,
    State.DRAFT,
    State.TO_DO,
    State.APPROVED,
    State.NO_REPORT,
    State.DROPPED,
)

WRITABLE = frozenset({State.TO_DO, State.DRAFT, State.RETURNED})
FINISHED = frozenset({State.APPROVED, State.NO_REPORT, State.DROPPED})
# What a partner has done with: nothing is waited for from them.
HANDED_IN = FINISHED | {State.SUBMITTED}
# What the bureau may colour: there is something to weigh, or it is certain that nothing will come.
COLOURABLE = frozenset({State.SUBMITTED, State.APPROVED, State.NO_REPORT})
IN_PROGRESS = frozenset({RoundState.OPEN, RoundState.REVIEW})


@dataclass(frozen=True)
class Verb:
    """One thing a person may do with a voortgang.

    `label` is what to do, `done` what the history says was done. `sources` are the states it starts from, `target`
    the state it ends in ("" leaves it as it is). `rounds` are the states of the round in which the bureau may do it,
    `partner_rounds` those in which a partner may; empty is never. In a round in review the sources in
    `only_in_review` are open too.
    """

    name: str
    label: str
    done: str
    sources: frozenset[str]
    target: str
    rounds: frozenset[str] = IN_PROGRESS
    partner_rounds: frozenset[str] = frozenset()
    only_in_review: frozenset[str] = frozenset()
    needs: str = ""  # what the reason is called on screen; empty when the verb takes none

    def starts_from(self, state, *, round_state):
        return state in self.sources or (round_state == RoundState.REVIEW and state in self.only_in_review)


OPEN = frozenset({RoundState.OPEN})
REVIEW = frozenset({RoundState.REVIEW})

SAVE = Verb("save", "opslaan", "opgeslagen", WRITABLE, State.DRAFT, partner_rounds=OPEN)
SUBMIT = Verb("submit", "indienen", "ingediend", WRITABLE, State.SUBMITTED, partner_rounds=OPEN)
WITHDRAW = Verb(
    "withdraw",
    "intrekken",
    "ingetrokken",
    frozenset({State.SUBMITTED}),
    State.DRAFT,
    rounds=frozenset(),
    partner_rounds=OPEN,
)
RETURN = Verb(
    "return_with_question",
    "terugsturen",
    "teruggestuurd",
    frozenset({State.SUBMITTED}),
    State.RETURNED,
    only_in_review=frozenset({State.TO_DO, State.DRAFT}),
    needs="vraag",
)
APPROVE = Verb("approve", "goedkeuren", "goedgekeurd", frozenset({State.SUBMITTED}), State.APPROVED)
REOPEN = Verb("reopen", "heropenen", "heropend", frozenset({State.APPROVED}), State.SUBMITTED, needs="reden")
NO_REPORT = Verb(
    "record_no_report",
    "geen opgave vastleggen",
    "geen opgave vastgelegd",
    WRITABLE,
    State.NO_REPORT,
    rounds=REVIEW,
    needs="reden",
)
DROP = Verb(
    "drop",
    "laten vervallen",
    "vervallen verklaard",
    frozenset(State) - {State.APPROVED, State.DROPPED},
    State.DROPPED,
    rounds=IN_PROGRESS | {RoundState.PLANNED},
    needs="reden",
)
SET_COLOUR = Verb("set_colour", "kleur geven", "kleur gegeven", COLOURABLE, "", needs="reden")

VERBS = {verb.name: verb for verb in (SAVE, SUBMIT, WITHDRAW, RETURN, APPROVE, REOPEN, NO_REPORT, DROP, SET_COLOUR)}


@dataclass(frozen=True)
class RoundVerb:
    """One thing the beheerder may do with a round."""

    name: str
    label: str
    sources: frozenset[str]
    target: str
    needs: str = ""


ROUND_VERBS = {
    verb.name: verb
    for verb in (
        RoundVerb("open", "openen", frozenset({RoundState.PLANNED}), RoundState.OPEN),
        RoundVerb("start_review", "naar beoordeling", OPEN, RoundState.REVIEW),
        RoundVerb("back_to_open", "terug naar open", REVIEW, RoundState.OPEN),
        RoundVerb("close", "afsluiten", REVIEW, RoundState.CLOSED),
        RoundVerb("reopen", "heropenen", frozenset({RoundState.CLOSED}), RoundState.REVIEW, needs="reden"),
    )
}
