"""The 'bewerkbaar bestand': a round in the columns in which it can be changed and read in again."""

from interventions.models import Demonstration, PlanItem
from interventions.workflow import Refused
from workbooks.writing import EditableBook

from .figures_sheet import FiguresResource
from .plan_sheet import PlanResource

NOTHING_NUMBERED = "Bij deze rijen is geen genummerde interventie, en een werkblad heeft alleen die. Kies andere rijen."
PLAN_PIXELS = (50, 120, 65, 220, 240, 180, 130, 260, 360, 360, 200, 70)
FIGURES_PIXELS = (90, 320, 90, 130, 75, 90, 95, 75, 280)


def write_editable(file, *, reporting_round, user, items=None, values=None):
    """Write what `user` may see of a round to a path or binary file, so that `importing` takes it for no change.

    A queryset of plan items narrows it to those and the figures that they fill in; one of values to those and the
    interventies that fill them in. Takes a constant number of queries. Raises Refused when a text does not fit in a
    cell, and when nothing remains.
    """
    sheets = [one(reporting_round=reporting_round, user=user) for one in (PlanResource, FiguresResource)]
    rows = _narrowed(*(sheet.get_queryset() for sheet in sheets), items, values)
    book = EditableBook(
        file,
        title=f"Voortgangsrapportage NPRZ {reporting_round.year}",
        subject="Alle interventies" if items is None and values is None else "Een deel van de interventies",
        notice=Demonstration.objects.notice(),
    )
    for resource, queryset, pixels, lines in zip(sheets, rows, (PLAN_PIXELS, FIGURES_PIXELS), (3, 1), strict=True):
        book.add_rows(resource, queryset, pixels=pixels, lines=lines)
    book.workbook.close()


def _narrowed(plan, figures, items, values):
    """What remains of the rows of both sheets."""
    if values is not None:
        chosen = set(values.values_list("pk", flat=True))
        figures = [row for row in figures if row.pk in chosen]
        items = PlanItem.objects.filter(pk__in={row.reported_by.pk for row in figures})
    elif items is not None:
        chosen = set(items.values_list("pk", flat=True))
        figures = [row for row in figures if row.reported_by.pk in chosen]
    if items is not None:
        plan = plan.filter(pk__in=items.values("pk"))
        if not plan:
            raise Refused(NOTHING_NUMBERED)
    return plan, figures
