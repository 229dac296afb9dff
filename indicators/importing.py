"""Measurements as a workbook: out, and in again, whole or not at all."""

from collections import Counter
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.history import WayIn
from accounts.refusals import Refused
from backoffice.workbooks.files import download
from programme.models import Area, Period
from workbooks.reading import Faults, read_tables
from workbooks.taking_over import NOTHING, Outdated, fingerprint, hash_of
from workbooks.writing import EditableBook

from .models import Indicator, MeasurementEvent, MeasurementImport, Source
from .recording import REASON_MISSING, record
from .sheet import LAYOUT, Columns, Draft, MeasurementsResource

NAMES = "Namen"
"""The sheet with what can be named, to look it up: it is not read in again."""
LONGEST_REASON = 200
"""Characters of a reason: it stands in the history together with the name of the file."""
PIXELS = (330, 150, 110, 190, 95, 80, 80, 60, 75, 300)


def workbook_response(*, today):
    """All measurements as a workbook that `look_at` takes for no change. In a number of queries that does not grow."""
    file = BytesIO()
    book = EditableBook(file, title="Metingen van de indicatoren", subject="Alle metingen")
    resource = MeasurementsResource(today=today)
    book.add_rows(resource, resource.get_queryset(), pixels=PIXELS)
    book.add_lists(NAMES, _names(), pixels=260)
    book.workbook.close()
    return download(file, "metingen.xlsx")


def _names():
    """What a cell may name, by the title of its column; a period may also be another one of its kind."""
    return {
        Columns.INDICATOR: Indicator.objects.values_list("name", flat=True),
        Columns.AREA: Area.objects.values_list("name", flat=True),
        Columns.PERIOD: [str(one) for one in Period.objects.all()],
        Columns.SOURCE: Source.objects.values_list("name", flat=True),
    }


@dataclass(frozen=True)
class Preview:
    """What a workbook would change, in its own order."""

    changes: list[Draft]

    @property
    def fingerprint(self):
        """The same for two previews that show the same."""
        return fingerprint(self.changes)

    @property
    def summary(self):
        """In a sentence, as 'Niets veranderd.' or '3 cijfers: 1 gewijzigd, 2 toegevoegd.'"""
        kinds = Counter(
            "weggehaald" if not one.said else "gewijzigd" if one.stored else "toegevoegd" for one in self.changes
        )
        if not kinds:
            return NOTHING
        number = "1 cijfer" if len(self.changes) == 1 else f"{len(self.changes)} cijfers"
        return f"{number}: {', '.join(f'{times} {kind}' for kind, times in sorted(kinds.items()))}."


def look_at(file, *, by, today, reason=""):
    """The Preview of a binary file, which changes nothing. In a number of queries that does not grow.

    `reason` says why something changes that was measured already. Raises Refused without it, and when the file cannot
    be opened; Faulty when it can, with all that is wrong. Only the bureau enters figures.
    """
    if not by.is_bureau:
        raise PermissionDenied
    faults = Faults()
    resource = MeasurementsResource(today=today)
    resource.take(read_tables(file, [LAYOUT], faults, besides=[NAMES])[LAYOUT.name], faults)
    faults.raise_any()
    drafts = resource.drafts
    if any(draft.stored for draft in drafts) and not reason.strip():
        raise Refused(f"{REASON_MISSING} Kies het bestand daarna opnieuw.")
    earlier = MeasurementEvent.objects.last_at([draft.place for draft in drafts])
    for draft in drafts:
        draft.earlier = earlier.get(draft.place.key)
    return Preview(drafts)


def take_over(file, *, by, today, file_name, shown, reason=""):
    """Take a binary file over, all of it or nothing. Returns the Preview of what changed.

    `shown` is the fingerprint of the preview that the user saw: when the file would do something else by now, Outdated
    is raised. Raises also what `look_at` does.
    """
    with transaction.atomic():
        # All of them, as whoever enters a figure locks those that it is of.
        list(Indicator.objects.select_for_update(no_key=True).order_by("pk"))
        preview = look_at(file, by=by, today=today, reason=reason)
        if shown != preview.fingerprint:
            raise Outdated(preview)
        record(
            [one.entry for one in preview.changes],
            by=by,
            way_in=WayIn.IMPORT,
            today=today,
            reason=f"{reason.strip()} (uit werkblad {file_name})" if reason.strip() else "",
        )
        if preview.changes:
            MeasurementImport.objects.create(by=by, file_name=file_name, sha256=hash_of(file), summary=preview.summary)
    return preview
