"""An invented 2022, and invented colours for 2022 and 2023.

They are chosen so that pijler x colour x trend of 2023 is that of the printed summary, as far as it could be
reconstructed: 118 coloured interventies, and two of Veilig without a colour.
"""

from interventions.loading import YEAR, read_rows
from interventions.models import Initiator, InterventionLink, PlanItem, ProgressUpdate, ReportingRound
from interventions.models.progress import WayIn
from interventions.workflow import Refused, RoundState, State

from . import texts

BEFORE = YEAR - 1
COLUMNS = ["colour", "colour_reason", "colour_version", "colour_released"]


def read_colours():
    """The invented colours, a row an interventie of 2023.

    `predecessor` is the number of the plan item of 2022 it comes from, in the same pijler; empty when it is new.
    """
    return read_rows("demo-colours.csv")


def items_by_code(reporting_round):
    """The numbered plan items of `reporting_round` by (abbreviation of the pijler, number), both as text."""
    items = reporting_round.plan_items.counting().select_related("pillar", "progress")
    return {(item.pillar.abbreviation, str(item.number)): item for item in items}


def make_past(rng):
    """Make 2022 and colour both years. Raises Refused when the plan of 2023 is not there, or not complete."""
    plan = ReportingRound.objects.filter(year=YEAR, historical=True).first()
    items = items_by_code(plan) if plan else {}
    colours = read_colours()
    found = sum((row["pillar"], row["number"]) in items for row in colours)
    if found < len(colours):
        raise Refused(
            f"Laad eerst het plan (load_plan): van de {len(colours)} interventies over {YEAR} zijn er {found}."
        )
    for row in colours:
        _colour(rng, items[row["pillar"], row["number"]].progress, row["colour_2023"])
    ProgressUpdate.objects.bulk_update([item.progress for item in items.values()], COLUMNS)
    _make_year_before(rng, items, colours)


def _make_year_before(rng, items, colours):
    before = ReportingRound.objects.create(year=BEFORE, historical=True, state=RoundState.CLOSED, source=texts.INVENTED)
    colour_of = {(row["pillar"], row["predecessor"]): row["colour_2022"] for row in colours if row["predecessor"]}
    copies, updates = [], []
    for code, colour in colour_of.items():
        copy = items[code].copy_for(before)
        copy.name, copy.former_name = items[code].former_name or items[code].name, ""
        copy.description = ""
        copies.append(copy)
        update = ProgressUpdate(plan_item=copy, state=State.APPROVED, version=1)
        update.quantitative = f"<p>{texts.INVENTED}: over {BEFORE} zijn hier geen cijfers overgenomen.</p>"
        _colour(rng, update, colour)
        update.qualitative = f"<p>{update.colour_reason}</p>"
        updates.append(update)
    PlanItem.objects.bulk_create(copies)
    ProgressUpdate.objects.bulk_create(updates)
    Initiator.objects.bulk_create(
        initiator.copy_for(copy)
        for code, copy in zip(colour_of, copies, strict=True)
        for initiator in items[code].initiators.all()
    )
    before.keep_names()
    InterventionLink.objects.bulk_create(
        InterventionLink(
            intervention=items[row["pillar"], row["number"]].intervention,
            predecessor=items[row["pillar"], row["predecessor"]].intervention,
        )
        for row in split(colours)
    )
    for update in updates:
        update.keep_revision(update.content(), by=None, way_in=WayIn.DEMO)


def split(colours):
    """The rows whose interventie was part of another one in 2022."""
    return [row for row in colours if row["predecessor"] not in ("", row["number"])]


def _colour(rng, update, colour):
    """Colour `update`, unsaved, as a historical round has it: without the events of a round that was played."""
    if colour:
        update.colour, update.colour_reason = colour, texts.colour_reason(rng, colour)
        update.colour_version, update.colour_released = 1, True
