"""Measurements as a workbook: out, and in again, whole or not at all."""

from collections import Counter
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.history import WayIn
from backoffice.workbooks.files import download
from workbooks.reading import Faults, read_tables
from workbooks.taking_over import NOTHING, Outdated, fingerprint, hash_of
from workbooks.writing import EditableBook

from .models import Indicator, MeasurementImport
from .recording import record
from .sheet import LAYOUT, Draft, MeasurementsResource

PIXELS = (330, 150, 110, 190, 95, 80, 80, 60, 75, 300)


def workbook_response(*, today):
    """All measurements as a workbook that `look_at` takes for no change. In a number of queries that does not grow."""
    file = BytesIO()
    book = EditableBook(file, title="Metingen van de indicatoren", subject="Alle metingen")
    resource = MeasurementsResource(today=today)
    book.add_rows(resource, resource.get_queryset(), pixels=PIXELS)
    book.workbook.close()
    return download(file, "metingen.xlsx")


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


def look_at(file, *, by, today):
    """The Preview of a binary file, which changes nothing. In a number of queries that does not grow.

    Raises Refused when it cannot be opened; Faulty when it can, with all that is wrong. Only the bureau enters figures.
    """
    if not by.is_bureau:
        raise PermissionDenied
    faults = Faults()
    resource = MeasurementsResource(today=today)
    resource.take(read_tables(file, [LAYOUT], faults)[LAYOUT.name], faults)
    faults.raise_any()
    return Preview(resource.drafts)


def take_over(file, *, by, today, file_name, shown):
    """Take a binary file over, all of it or nothing. Returns the Preview of what changed.

    `shown` is the fingerprint of the preview that the user saw: when the file would do something else by now, Outdated
    is raised. Raises also what `look_at` does.
    """
    with transaction.atomic():
        # All of them, as whoever enters a figure locks those that it is of.
        list(Indicator.objects.select_for_update(no_key=True).order_by("pk"))
        preview = look_at(file, by=by, today=today)
        if shown != preview.fingerprint:
            raise Outdated(preview)
        reason = f"Uit werkblad {file_name}"
        record([one.entry for one in preview.changes], by=by, way_in=WayIn.IMPORT, today=today, reason=reason)
        if preview.changes:
            MeasurementImport.objects.create(by=by, file_name=file_name, sha256=hash_of(file), summary=preview.summary)
    return preview
