"""Excel out, what a user may see of a round as a workbook, and in again (`importing`)."""

from io import BytesIO

from backoffice.workbooks.files import download

from .content import gather
from .editable import write_editable
from .sheets import write_sheets

__all__ = ["editable_response", "workbook_response", "write_editable", "write_workbook"]


def write_workbook(file, *, items, reporting_round, user, selection=""):
    """Write `items`, and the figures that stand at them, to a path or binary file.

    `items` is a `PlanItem.objects.visible_to(user=user)` of `reporting_round`, filtered or not; `selection` says in
    Dutch how it was filtered. Takes a constant number of queries.
    """
    write_sheets(file, gather(items=items, reporting_round=reporting_round, user=user, selection=selection))


def workbook_response(*, items, reporting_round, user, selection=""):
    """The workbook as a download; the arguments are those of `write_workbook`."""
    file = BytesIO()
    write_workbook(file, items=items, reporting_round=reporting_round, user=user, selection=selection)
    return download(file, f"voortgang-{reporting_round.year}{'-selectie' if selection else ''}.xlsx")


def editable_response(*, reporting_round, **narrowed):
    """The 'bewerkbaar bestand' as a download; takes and raises what `write_editable` does."""
    file = BytesIO()
    write_editable(file, reporting_round=reporting_round, **narrowed)
    part = "-selectie" if narrowed.keys() & {"items", "values"} else ""
    return download(file, f"voortgang-{reporting_round.year}{part}-bewerkbaar.xlsx")
