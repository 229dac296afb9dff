"""The workbook of the real plan, against bare XlsxWriter writing the same cells."""

from functools import partial
from io import BytesIO

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText

from accounts.models import Role, User
from bench import Row, side_by_side
from interventions.models import PlanItem, ReportingRound
from interventions.workbooks import write_workbook

FONT = {"font_name": "Arial", "font_size": 9}


def measure():
    """Ours with all it takes: queries, laying out, writing. Bare has its cells ready and only writes them."""
    reporting_round = ReportingRound.objects.get(year=2023)
    user = User(role=Role.BEHEERDER)

    def ours():
        file = BytesIO()
        items = PlanItem.objects.in_round(reporting_round).visible_to(user=user)
        write_workbook(file, items=items, reporting_round=reporting_round, user=user)
        return file

    bare = partial(write_bare, cells_of(ours()))
    return Row("Excel uit: ronde 2023", *side_by_side(ours, bare), limit=3)


def cells_of(file):
    """The cells of every sheet, as (row, column, value, number of the format); of rich text its (text, is bold)."""
    return [
        (sheet.title, [(cell.row - 1, cell.column - 1, value_of(cell), cell.style_id) for row in sheet for cell in row])
        for sheet in load_workbook(file, rich_text=True)
    ]


def value_of(cell):
    if isinstance(cell.value, CellRichText):
        return [(run.text, bool(run.font.b)) for run in cell.value]
    return cell.value


def write_bare(sheets):
    """Write the cells, in as many formats as they have."""
    workbook = xlsxwriter.Workbook(BytesIO(), {"in_memory": True})
    bold = {is_bold: workbook.add_format(FONT | {"bold": is_bold}) for is_bold in (False, True)}
    formats = {
        style: workbook.add_format(FONT | {"border": 1, "text_wrap": True, "bg_color": f"#FF00{style:02X}"})
        for style in {style for _, cells in sheets for *_, style in cells}
    }
    for title, cells in sheets:
        sheet = workbook.add_worksheet(title)
        for row, column, value, style in cells:
            if value is None:
                sheet.write_blank(row, column, None, formats[style])
            elif isinstance(value, str):
                sheet.write_string(row, column, value, formats[style])
            elif isinstance(value, list):
                pieces = [part for text, is_bold in value for part in (bold[is_bold], text)]
                sheet.write_rich_string(row, column, *pieces, formats[style])
            else:
                sheet.write_number(row, column, value, formats[style])
    workbook.close()
