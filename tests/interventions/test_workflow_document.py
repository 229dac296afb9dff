"""docs/workflow.md says what the code does."""

import re
from pathlib import Path

from django.conf import settings

from interventions.workflow import ROUND_VERBS, VERBS, RoundState, State

DOCUMENT = Path(settings.BASE_DIR, "docs", "workflow.md").read_text(encoding="utf-8")
ROUND, UPDATE, _ = DOCUMENT.split("\n## ")[1:]


def table(section, first_column):
    """The rows of the table in `section` whose first column is headed so, as dicts."""
    lines = section[section.index(f"| {first_column} |") :].split("\n\n")[0].splitlines()
    heads, _, *rows = ([cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def arrows(section):
    """The arrows of the diagram in `section` as (from, to, verb)."""
    return sorted(re.findall(r"^ +(\w+) --> (\w+): (\w+)$", section, re.MULTILINE))


def names(states, order=State):
    """`states` as the document writes them: in the order in which they are defined."""
    return ", ".join(state.value for state in order if state in states)


def test_table_of_the_round_says_what_the_code_does():
    assert table(ROUND, "verb") == [
        {
            "verb": verb.name,
            "on screen": verb.label,
            "from": names(verb.sources, RoundState),
            "to": verb.target,
            "needs": verb.needs,
        }
        for verb in ROUND_VERBS.values()
    ]


def test_diagram_of_the_round_has_the_arrows_of_the_code():
    assert arrows(ROUND) == sorted(
        (source, verb.target, verb.name) for verb in ROUND_VERBS.values() for source in verb.sources
    )


def test_states_are_called_what_they_are_called_on_screen():
    assert table(UPDATE, "state") == [{"state": state.value, "on screen": state.label} for state in State]
    for state in RoundState:
        assert f"`{state.value}` is {state.label}" in " ".join(ROUND.split())


def test_table_of_the_voortgang_says_what_the_code_does():
    assert table(UPDATE, "verb") == [
        {
            "verb": verb.name,
            "on screen": verb.label,
            "from": names(verb.sources),
            "in review also from": names(verb.only_in_review),
            "to": verb.target,
            "partner": names(verb.partner_rounds, RoundState) or "–",
            "bureau": names(verb.rounds, RoundState) or "–",
            "needs": verb.needs,
        }
        for verb in VERBS.values()
    ]


def test_diagram_of_the_voortgang_has_the_arrows_of_the_code():
    expected = {
        (source.value, verb.target.value, verb.name)
        for verb in VERBS.values()
        for source in verb.sources | verb.only_in_review
        if verb.target
    }
    # What was returned stays returned when it is saved (see the rules below the table).
    expected = expected - {("returned", "draft", "save")} | {("returned", "returned", "save")}

    assert arrows(UPDATE) == sorted(expected)
