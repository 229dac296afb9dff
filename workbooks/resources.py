"""A sheet that is read in, on django-import-export, which walks the rows and gathers faults per field.

The rest of what it does by itself is not wanted here: it would take a misspelt column for an absent one, the last of
two equal rows for the only one, an unknown name for nothing, and it would save rows past the verbs of the models. So a
resource writes nothing: it says what each row would change, in `drafts`.
"""

from dataclasses import dataclass

import tablib
from django.core.exceptions import ValidationError
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource

from programme.differences import marked_differences

from .cells import in_line
from .reading import MOST_FAULTS


@dataclass(frozen=True)
class CellDifference:
    """What one cell changes: how the old and the new value read, in canonical HTML when it is `rich`."""

    title: str
    before: str
    after: str
    rich: bool = False

    @property
    def marked(self):
        """Both values of a rich text in one, as safe HTML: what comes in and what goes out is marked."""
        return marked_differences(self.before, self.after)


MOST_SAID = 500
"""Characters of one message: some repeat what stands in the cell."""


class SheetResource(Resource):
    """One sheet. `clean_<field>(value, draft)` says what a cell means, or raises ValueError, in Dutch.

    After `take`, `drafts` are the rows that would change something.
    """

    layout = None

    class Meta:
        instance_loader_class = BaseInstanceLoader  # each sheet finds its own, without a query per row
        skip_diff = True  # it compares what is exported; the drafts compare what is stored
        report_skipped = False

    def __init__(self):
        super().__init__()
        self.drafts = []
        self._rows_by_key = {}
        self._unknown = set()

    def take(self, table, faults):
        """Read the rows of a Table; what is wrong goes to `faults`, with its cell."""
        if not table.rows:
            return
        headers = list(self.layout.columns)
        rows = [tuple(cells[title] for title in headers) for _, cells in table.rows]
        self._numbers = [number for number, _ in table.rows]
        result = self.import_data(tablib.Dataset(*rows, headers=headers), use_transactions=False)
        for error in [*result.base_errors, *(error for _, errors in result.row_errors() for error in errors)]:
            raise error.error  # import-export would report a fault of ours as one of the file
        faults.name_unknown(self._unknown)
        for invalid in result.invalid_rows:
            for name, messages in invalid.field_specific_errors.items():
                column = table.columns[self.fields[name].column_name]
                faults.add(self.layout.name, self._numbers[invalid.number - 1], column, " ".join(messages))

    # Of import-export: what happens to a row

    def after_init_instance(self, instance, new, row, row_number, **kwargs):
        instance.row = self._numbers[row_number - 1]

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        clean = getattr(self, f"clean_{field.attribute}")
        try:
            setattr(instance, field.attribute, clean(row[field.column_name], instance))
        except ValueError as error:
            names = getattr(error, "names", ())
            self._unknown.update(names[: max(0, MOST_FAULTS - len(self._unknown))])
            raise ValueError(str(error)[:MOST_SAID]) from error

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not import_validation_errors and not instance.differences

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        reasons = {} if import_validation_errors else self.why_not(instance)
        if errors := import_validation_errors or {name: in_line(reason) for name, reason in reasons.items()}:
            raise ValidationError(errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        self.drafts.append(instance)

    def iter_queryset(self, queryset):
        yield from queryset

    # Of ours

    def why_not(self, draft):
        """Why what a row changes may not change now: a Dutch reason by the name of its field."""
        raise NotImplementedError

    def refuse_twice(self, key, draft, what):
        first = self._rows_by_key.setdefault(key, draft.row)
        if first != draft.row:
            raise ValueError(f"{what} staat ook in rij {first}.")
