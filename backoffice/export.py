"""Lists of the admin as a workbook: what stands in the columns, as text that Excel takes for nothing else."""

import datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from django.contrib.admin.utils import label_for_field, lookup_field
from django.utils import timezone
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import Resource

MOST_CHARACTERS = 32_767  # in a cell
CUT = " … (ingekort: een cel heeft hoogstens 32.767 tekens)"


def resource_for(model_admin, names):
    """The Resource that exports `names`, each a field or a column of `model_admin`, under the title of its column."""
    model = model_admin.model
    fields = {name: Field(name, str(label_for_field(name, model, model_admin)).capitalize()) for name in names}
    return type(f"{model.__name__}Resource", (ListResource,), fields | {"model_admin": model_admin})


class ListResource(Resource):
    """Each value as the list shows it."""

    model_admin = None

    def export_field(self, field, instance, **kwargs):
        column, _, value = lookup_field(field.attribute, instance, self.model_admin)
        if column and column.flatchoices:
            return dict(column.flatchoices).get(value, value)
        return value


class Workbook(XLSX):
    """Excel, in which a text is a text: never a formula, a link or a number, and never cut in silence."""

    def export_data(self, dataset, **kwargs):
        file = BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "d-m-yyyy hh:mm"})
        sheet = book.add_worksheet("Gegevens")
        bold = book.add_format({"bold": True})
        for column, title in enumerate(dataset.headers):
            sheet.write_string(0, column, title, bold)
        for row, values in enumerate(dataset, 1):
            for column, value in enumerate(values):
                self._write(sheet, row, column, value)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(dataset.headers) - 1, 20)
        book.close()
        return file.getvalue()

    def _write(self, sheet, row, column, value):
        if isinstance(value, bool):
            value = "ja" if value else "nee"
        if isinstance(value, int | float | Decimal):
            sheet.write_number(row, column, value)
        elif isinstance(value, datetime.datetime):
            sheet.write_datetime(row, column, timezone.make_naive(value))
        elif value not in (None, ""):
            text = str(value)
            if len(text.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
                text = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT
            sheet.write_string(row, column, text)
