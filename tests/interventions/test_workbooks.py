"""The workbook, read back: what stands in it, how it prints, and that it tells nobody what they may not see."""

import re
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from accounts.models import Role, User
from backoffice.workbooks.text import as_text, lines_needed, plain_lines, rich_lines, split_into_cells
from interventions.models import (
    Demonstration,
    Funding,
    IndicatorPlacement,
    Initiator,
    Intervention,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
    Waiver,
)
from interventions.summary import summarise
from interventions.workbooks import workbook_response, write_workbook
from interventions.workbooks.sheets import CELL_LIMIT
from interventions.workflow import Colour
from programme.figures import Code
from programme.models import Period
from programme.richtext import LIMIT, canonical
from tests import synthetic
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    InitiatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

pytestmark = pytest.mark.django_db

DEMONSTRATION = "Demonstratie: kleuren, personen en de ronde 2024 zijn verzonnen"
PRINTED_COLUMNS = [
    "Kleur 2023",
    "Interventie en kleur 2024",
    "Korte omschrijving",
    "Kwantitatieve voortgang",
    "Kwalitatieve voortgang",
    "Initiatiefnemer",
]
TALLEST_ROW = 409


@pytest.fixture
def previous():
    return RoundFactory(year=2023, historical=True)


@pytest.fixture
def current(previous):
    return RoundFactory(year=2024)


@pytest.fixture
def school():
    return PillarFactory(name="School", abbreviation="S", position=2)


def file_for(reporting_round, user=None, items=None, **options):
    user = user or User(role=Role.BEHEERDER)
    items = PlanItem.objects.in_round(reporting_round) if items is None else items
    file = BytesIO()
    items = items.visible_to(user=user)
    write_workbook(file, items=items, reporting_round=reporting_round, user=user, **options)
    return file


def export(reporting_round, user=None, **options):
    return load_workbook(file_for(reporting_round, user, **options))


def everything_in(file):
    """All text of the file, wherever it stands."""
    with ZipFile(file) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def table(sheet):
    """The rows below the headings, as dicts."""
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def row_of(sheet, text):
    """The first row in which a cell begins with `text`."""
    return next(row for row in sheet.iter_rows() if any(str(cell.value).startswith(text) for cell in row))


def coloured(item, colour, **traits):
    return UpdateFactory(plan_item=item, approved=True, released=True, colour=colour, **traits)


def with_predecessor(item, colour=""):
    """Gives `item` the same interventie in the round before."""
    before = PlanItemFactory(
        round=ReportingRound.objects.before(item.round),
        intervention=item.intervention,
        pillar=item.pillar,
        number=item.number,
    )
    traits = {"released": True, "colour": colour} if colour else {}
    return UpdateFactory(plan_item=before, approved=True, **traits)


# A sheet per pijler


def test_printed_sheet_has_the_columns_of_the_report(current, school):
    organisation = OrganisationFactory(name="Stichting Voorbeeld")
    item = PlanItemFactory(
        round=current,
        pillar=school,
        number=4,
        name="Extra lessen",
        former_name="Bijles",
        description="<p>Lessen na school.</p>",
        trekker=organisation,
    )
    item.funding.add(Funding.objects.create(name="Regio Deal"))
    coloured(item, Colour.GREEN, quantitative="<p>Tien groepen.</p>", qualitative="<p>Het loopt.</p>")
    with_predecessor(item, Colour.ORANGE)

    sheet = export(current)["School"]

    assert list(sheet.values) == [
        tuple(PRINTED_COLUMNS),
        (
            "▲ oranje",
            "S4 Extra lessen\nKleur 2024: ● groen, ↑ vooruit\nWas: Bijles\nFinanciering: Regio Deal",
            "Lessen na school.",
            "Tien groepen.",
            "Het loopt.",
            "Stichting Voorbeeld (trekker)",
        ),
    ]


def test_printed_sheet_of_a_pijler_is_followed_by_the_activities_without_number(current, school):
    home = PillarFactory(name="Thuisbasis op Orde", position=1)
    PlanItemFactory(round=current, pillar=school)
    PlanItemFactory(round=current, pillar=home)
    PlanItemFactory(round=current, activity=True, name="Wijkraden bezoeken")

    workbook = export(current)

    assert workbook.sheetnames == [
        "Samenvatting",
        "Thuisbasis op Orde",
        "School",
        "Organisatie en financiën",
        "Alle rijen",
        "Cijfers",
    ]
    assert workbook["Organisatie en financiën"]["B2"].value.startswith("Wijkraden bezoeken\n")


def test_printed_sheet_fills_the_cell_with_its_colour_and_says_it_in_words(current, school):
    for colour in Colour:
        item = PlanItemFactory(round=current, pillar=school)
        coloured(item, colour)
        with_predecessor(item, colour)

    rows = list(export(current)["School"].iter_rows(min_row=2))

    assert [row[0].value for row in rows] == ["○ wit", "■ rood", "▲ oranje", "● groen"]
    for row, colour in zip(rows, Colour, strict=True):
        assert f"{colour}, = gelijk" in row[1].value
        assert row[0].fill.fgColor.rgb == row[1].fill.fgColor.rgb
    assert len({row[0].fill.fgColor.rgb for row in rows}) == 4


def test_printed_sheet_shows_new_unlike_white(current, school):
    white, new = PlanItemFactory.create_batch(2, round=current, pillar=school)
    coloured(white, Colour.WHITE)
    with_predecessor(white, Colour.WHITE)
    coloured(new, Colour.GREEN)

    sheet = export(current)["School"]

    white_cell, new_cell = sheet["A2"], sheet["A3"]
    assert (white_cell.value, new_cell.value) == ("○ wit", "★ nieuw")
    assert white_cell.fill.fgColor.rgb != new_cell.fill.fgColor.rgb
    assert (white_cell.font.italic, new_cell.font.italic) == (False, True)
    assert (white_cell.border.left.style, new_cell.border.left.style) == ("medium", "thin")


def test_printed_sheet_says_that_a_previous_colour_was_not_recorded(current, school):
    item = PlanItemFactory(round=current, pillar=school)
    coloured(item, Colour.GREEN)
    with_predecessor(item)

    sheet = export(current)["School"]

    assert sheet["A2"].value == "? onbekend"
    assert "● groen, ? onbekend" in sheet["B2"].value


def test_printed_sheet_of_the_first_round_names_no_year_before():
    first = RoundFactory(year=2020)
    PlanItemFactory(round=first, pillar__name="School")

    assert export(first)["School"]["A1"].value == "Kleur vorige ronde"


def test_printed_sheet_puts_items_under_the_headings_of_their_thema(current, school):
    main = ThemeFactory(pillar=school, name="Hoofdblok")
    part = ThemeFactory(pillar=school, parent=main, name="Onderdeel")
    for theme, name in ((main, "een"), (part, "twee"), (part, "drie"), (main, "vier")):
        PlanItemFactory(round=current, pillar=school, theme=theme, name=name)

    sheet = export(current)["School"]

    first_cells = [
        row[0] if row[1] is None else row[1].split("\n")[0].split()[1]
        for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    assert first_cells == ["Hoofdblok", "een", "Onderdeel", "twee", "drie", "Hoofdblok", "vier"]


def test_printed_sheet_prints_on_a4_one_page_wide_under_a_repeated_header(current, school):
    PlanItemFactory(round=current, pillar=school)
    PlanItemFactory(round=current, activity=True)

    workbook = export(current, selection="Pijler: R&D")

    for name in ("School", "Organisatie en financiën"):
        sheet = workbook[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddHeader.left.text.strip() == f"Voortgangsrapportage NPRZ 2024 – {name}"
        assert sheet.oddFooter.left.text.strip() == "Pijler: R&&D"
        assert sheet.oddFooter.right.text.strip() == "Pagina &P van &N"


def test_printed_sheet_names_the_trekker_first_and_data_suppliers_apart(current, school):
    item = PlanItemFactory(round=current, pillar=school)
    for position, (name, role) in enumerate(
        (
            ("Albeda", Initiator.Role.DATA_SUPPLIER),
            ("Scholen", Initiator.Role.INITIATOR),
            ("Gemeente", Initiator.Role.TREKKER),
        )
    ):
        InitiatorFactory(plan_item=item, organisation=OrganisationFactory(name=name), role=role, position=position)

    assert export(current)["School"]["F2"].value == "Gemeente (trekker)\nScholen\nData van: Albeda"


def test_printed_sheet_says_why_a_part_is_not_filled_in(current, school):
    other = PlanItemFactory(round=current, pillar=school, number=1, name="Elders")
    update = UpdateFactory(plan_item__round=current, plan_item__pillar=school, plan_item__number=2)
    Waiver.objects.create(update=update, part="quantitative", reported_at=other)
    Waiver.objects.create(update=update, part="qualitative", reason="Nog niet begonnen.")

    sheet = export(current)["School"]

    assert [cell.value for cell in sheet[3]][3:5] == ["Gerapporteerd bij S1 Elders.", "N.v.t.: Nog niet begonnen."]


def test_sheet_names_are_what_excel_allows(current):
    PlanItemFactory(round=current, pillar=PillarFactory(name="Samenvatting", position=1))
    PlanItemFactory(round=current, pillar=PillarFactory(name="'Wonen/Werk: [a] b? c* " + "d" * 30, position=2))
    PlanItemFactory(round=current, pillar=PillarFactory(name="e" * 40, position=3))

    names = export(current).sheetnames

    assert names[:4] == ["Samenvatting", "Samenvatting 2", "Wonen Werk   a  b  c", "e" * 28]


# Figures


def a_value(item, name="Bereikte gezinnen", area="Hillesluis", unit="aantal", **fields):
    indicator = IndicatorFactory(name=name, unit=unit, owner=item.intervention)
    series = SeriesFactory(indicator=indicator, area=AreaFactory(name=area))
    return ValueFactory(series=series, round=item.round, **fields)


def test_figures_stand_under_the_quantitative_text(current, school):
    item = PlanItemFactory(round=current, pillar=school)
    UpdateFactory(plan_item=item, filled=True, quantitative="<p>Zie de cijfers.</p>")
    a_value(item, "Deelname", "Carnisse", "%", value=Decimal("1234.5"), target=60, provisional=True, remark="Vanaf mei")
    a_value(item, "Gezinnen", "Vreewijk", value=12)
    a_value(item, "Omzet", "Zuidwijk", "mln euro", code=Code.FEWER_THAN_5)
    a_value(item, "Uren", "Pendrecht", "uur", value=3)
    a_value(item, "Nog niet ingevuld", "Heijplaat")

    assert export(current)["School"]["D2"].value == "\n".join(
        (
            "Zie de cijfers.",
            "",
            "Cijfers",
            "• Deelname, Carnisse (2024): 1.234,5% (streefwaarde 60; voorlopig; Vanaf mei)",
            "• Gezinnen, Vreewijk (2024): 12",
            "• Omzet, Zuidwijk (2024): <5",
            "• Uren, Pendrecht (2024): 3 uur",
        )
    )


def test_figures_sheet_has_numbers_as_numbers(current, school):
    item = PlanItemFactory(round=current, pillar=school, number=8, name="Voorschool")
    a_value(item, "A", "Carnisse", "%", value=Decimal("1234.5"), target=60, provisional=True, remark="Vanaf mei")
    a_value(item, "B", "Vreewijk", code=Code.UNKNOWN)

    sheet = export(current)["Cijfers"]

    assert [tuple(row.values()) for row in table(sheet)] == [
        ("S8", "Voorschool", "A", "%", "Carnisse", "2024", 1234.5, 60, "ja", "Vanaf mei", None),
        ("S8", "Voorschool", "B", "aantal", "Vreewijk", "2024", "n.b.", None, None, None, None),
    ]
    assert (sheet["G2"].data_type, sheet["G2"].number_format) == ("n", "#,##0.0")
    assert sheet["H2"].number_format == "#,##0"
    assert sheet.auto_filter.ref == "A1:K3"


def test_figures_sheet_has_a_shared_value_once_and_says_where_it_also_stands(current, school):
    owner = PlanItemFactory(round=current, pillar=school, number=18)
    sharing = PlanItemFactory(round=current, pillar=school, number=30)
    value = a_value(owner, "Bezoekers", "Boulevard Zuid", value=7)
    IndicatorPlacement.objects.create(indicator=value.series.indicator, intervention=sharing.intervention, owner=False)

    workbook = export(current)

    assert [(row["Nummer"], row["Staat ook bij"]) for row in table(workbook["Cijfers"])] == [("S18", "S30")]
    assert workbook["School"]["D2"].value == "Cijfers\n• Bezoekers, Boulevard Zuid (2024): 7"
    assert workbook["School"]["D3"].value == "Cijfers\n• Bezoekers, Boulevard Zuid (2024): 7 (gerapporteerd bij S18)"


def test_figures_keep_the_order_of_their_interventie(current, school):
    item = PlanItemFactory(round=current, pillar=school)
    last = IndicatorFactory(name="Aan het eind")
    first = IndicatorFactory(name="Eerst")
    near = AreaFactory(name="Vreewijk", position=1)
    far = AreaFactory(name="Carnisse", position=2)
    for position, indicator in enumerate((first, last)):
        IndicatorPlacement.objects.create(indicator=indicator, intervention=item.intervention, position=position)
        for area in (far, near):
            ValueFactory(series=SeriesFactory(indicator=indicator, area=area), round=current, value=1)
    ValueFactory(series=first.series.get(area=near), round=current, value=1, period=Period.objects.year(2020))

    rows = table(export(current)["Cijfers"])

    assert [(row["Indicator"], row["Gebied"], row["Periode"]) for row in rows] == [
        ("Eerst", "Vreewijk", "2020"),
        ("Eerst", "Vreewijk", "2024"),
        ("Eerst", "Carnisse", "2024"),
        ("Aan het eind", "Vreewijk", "2024"),
        ("Aan het eind", "Carnisse", "2024"),
    ]


def test_figures_are_those_of_the_round(current, previous, school):
    item = PlanItemFactory(round=current, pillar=school)
    value = a_value(item, value=5)
    OutputValue.objects.create(series=value.series, period=value.period, round=previous, value=999)

    assert [row["Waarde"] for row in table(export(current)["Cijfers"])] == [5]


# Text


@pytest.mark.parametrize(
    "text", ["=1+1", "+31", "-1", "@x", "http://example.org", "12", "1.234,5", "<r>a</r>", "_x0041_", "'s avonds"]
)
def test_text_stays_text(current, school, text):
    item = PlanItemFactory(
        round=current, pillar=school, name=text, former_name=text, description=canonical(f"<p>{text}</p>")
    )
    InitiatorFactory(plan_item=item, organisation=OrganisationFactory(name=text))
    a_value(item, name=text, unit=text[:30], area=text, value=1, remark=text)

    workbook = export(current)

    flat = workbook["Alle rijen"]
    cells = {row[0].value: row[1] for row in zip(flat[1], flat[2], strict=True)}
    for title in ("Interventie", "Was", "Trekker"):
        assert (cells[title].value.strip(), cells[title].data_type) == (text, "s")
    figures = workbook["Cijfers"]
    for cell in (figures["B2"], figures["C2"], figures["D2"], figures["E2"], figures["J2"]):
        assert (cell.value.strip(), cell.data_type) == (text, "s")
    for sheet in workbook:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            assert cell.hyperlink is None


def test_text_loses_control_characters(current, school):
    PlanItemFactory(round=current, pillar=school, name="Een\x0bnaam\x1f\ufffe", former_name="a\r\nb")

    cells = table(export(current)["Alle rijen"])[0]

    assert (cells["Interventie"], cells["Was"]) == ("Eennaam", "a\nb")


def test_text_keeps_bold(current, school):
    UpdateFactory(
        plan_item__round=current,
        plan_item__pillar=school,
        filled=True,
        quantitative="<p><strong>Kop</strong></p><p>Gewoon en <em>schuin</em>.</p>",
    )

    workbook = load_workbook(file_for(current), rich_text=True)

    assert [(str(run), bool(run.font.b), bool(run.font.i)) for run in workbook["School"]["D2"].value] == [
        ("Kop\n\n", True, False),
        ("Gewoon en ", False, False),
        ("schuin", False, True),
        (".", False, False),
    ]


def test_lists_keep_their_bullets_and_numbers():
    html = (
        "<p>Wat we deden:</p><ul><li><p>een</p><ol start='3'><li><p>drie</p><p>verder</p></li></ol></li>"
        "<li><p>twee</p></li></ul><p>Klaar.<br>Echt.</p>"
    )

    assert as_text(rich_lines(html)).split("\n") == [
        "Wat we deden:",
        "• een",
        "   3. drie",
        "       verder",
        "• twee",
        "",
        "Klaar.",
        "Echt.",
    ]


def test_tables_keep_their_cells_apart_and_in_their_column():
    html = (
        "<table><tbody>"
        '<tr><th><p>Gebied</p></th><th colspan="2"><p>2022</p></th><th><p>2023</p></th></tr>'
        '<tr><td rowspan="2"><p>Zuid</p></td><td><p>1</p></td><td><p>a</p><p>b</p></td><td><p>3</p></td></tr>'
        "<tr><td><p>4</p></td><td><p></p></td><td><ul><li><p>x</p></li></ul></td></tr>"
        '<tr><td colspan="4"><p>Bron: eigen telling</p></td></tr>'
        "</tbody></table>"
    )

    lines = rich_lines(html)

    assert as_text(lines).split("\n") == [
        "| Gebied | 2022 | | 2023 |",
        "| Zuid | 1 | a b | 3 |",
        "| | 4 |  | • x |",
        "| Bron: eigen telling |",
    ]
    assert [piece.text for piece in lines[0] if piece.style == "b"] == ["Gebied", "2022", "2023"]


def test_links_keep_their_address():
    html = (
        '<p>Zie <a href="https://example.org/a">het rapport</a>, <a href="https://example.org/">example.org</a> of '
        '<a href="mailto:a@example.org">a@example.org</a>.</p>'
    )

    assert as_text(rich_lines(html)) == "Zie het rapport (https://example.org/a), example.org of a@example.org."


# Nothing is cut


def test_a_line_counts_as_wide_as_arial_is():
    # An m of 9 points is 7.5 wide, so 29 of them fit in 290 pixels; an i is 2.
    assert 35 <= lines_needed(plain_lines(" ".join(["m" * 10] * 100)), pixels=290) <= 50
    assert 10 <= lines_needed(plain_lines(" ".join(["i" * 10] * 100)), pixels=290) <= 14
    assert lines_needed(plain_lines("m" * 1000), pixels=290) >= 35
    assert lines_needed(plain_lines("字" * 240), pixels=290) >= 10


def test_paragraphs_stay_whole_where_a_row_ends():
    paragraph = "Een alinea die op meer dan een regel past, maar niet op meer dan vier regels van deze kolom. " * 2
    lines = plain_lines("\n".join([paragraph] * 30))

    cells = split_into_cells(lines, pixels=290)

    assert len(cells) > 2
    assert all(as_text(cell.lines).split("\n") == [paragraph] * len(cell.lines) for cell in cells)
    assert sum(len(cell.lines) for cell in cells) == 30


def test_a_paragraph_taller_than_a_row_is_split_between_sentences():
    text = " ".join(f"Dit is zin {number} van een heel lange alinea." for number in range(200))

    cells = split_into_cells(plain_lines(text), pixels=290)

    assert len(cells) > 1
    assert all(as_text(cell.lines).strip().endswith("alinea.") for cell in cells)
    assert "".join(as_text(cell.lines) for cell in cells) == text


def test_a_word_taller_than_a_row_is_split_too():
    cells = split_into_cells(plain_lines("m" * 5000), pixels=290)

    assert "".join(as_text(cell.lines) for cell in cells) == "m" * 5000
    assert all(cell.height <= 33 for cell in cells)


def test_a_long_text_continues_in_a_next_row_under_the_same_name(current, school):
    item = PlanItemFactory(round=current, pillar=school, number=1, name="Lang verhaal")
    paragraphs = [f"Alinea {number} van een tekst die niet op een rij past." for number in range(60)]
    coloured(item, Colour.RED, quantitative="".join(f"<p>{text}</p>" for text in paragraphs))

    sheet = export(current)["School"]

    first, *others = list(sheet.iter_rows(min_row=2))
    assert len(others) > 1
    assert first[1].value == "S1 Lang verhaal\nKleur 2024: ■ rood, ★ nieuw"
    for row in others:
        assert row[0].value == first[0].value
        assert row[1].value == "S1 Lang verhaal (vervolg)\nKleur 2024: ■ rood, ★ nieuw"
        assert row[1].fill.fgColor.rgb == first[1].fill.fgColor.rgb
        assert [cell.value for cell in (row[2], row[4], row[5])] == [None, None, None]
    assert "\n\n".join(row[3].value for row in (first, *others)).split("\n\n") == paragraphs


@pytest.fixture(params=["synthetic", "real"])
def texts(request):
    return synthetic.texts() if request.param == "synthetic" else synthetic.real_texts()


def test_every_word_is_printed_in_rows_that_excel_can_show(current, school, texts):
    texts = [canonical(text) for text in texts]
    items = PlanItem.objects.bulk_create(
        PlanItem(
            round=current,
            intervention=Intervention.objects.create(),
            pillar=school,
            number=number,
            position=number,
            name=f"Interventie {number}",
            description=texts[index],
        )
        for number, index in enumerate(range(0, len(texts), 3), 1)
    )
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(plan_item=item, quantitative=texts[3 * index + 1], qualitative=texts[3 * index + 2])
        for index, item in enumerate(items)
    )

    sheet = export(current)["School"]

    assert all(sheet.row_dimensions[row].height <= TALLEST_ROW for row in range(1, sheet.max_row + 1))
    printed = {}
    for row in sheet.iter_rows(min_row=2, values_only=True):
        code = row[1].split()[0]
        for column in (2, 3, 4):
            printed.setdefault((code, column), []).append(row[column] or "")
    for index, html in enumerate(texts):
        text = re.sub(r" \(https?://\S+?\)", "", "\n".join(printed[f"S{index // 3 + 1}", index % 3 + 2]))
        remaining = iter(text.split())
        missing = [word for word in synthetic.words(html) if word not in remaining]
        assert missing == []


def test_no_cell_is_longer_than_excel_allows(current, school):
    longest = canonical(f"<p>{'😀' * (LIMIT - 7)}</p>")
    item = PlanItemFactory(round=current, pillar=school)
    coloured(item, Colour.RED, quantitative=longest, qualitative="<p>kort</p>")

    workbook = export(current)

    for sheet in workbook:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert len(str(cell.value).encode("utf-16-le")) // 2 <= 32_767
    rows = table(workbook["Alle rijen"])
    assert "".join(row["Kwantitatieve voortgang"] for row in rows) == "😀" * (LIMIT - 7)
    assert {row["Nummer"] for row in rows} == {item.code}
    assert len(rows) == -(-(LIMIT - 7) * 2 // CELL_LIMIT)
    assert "".join(row[3] or "" for row in workbook["School"].iter_rows(min_row=2, values_only=True)) == "😀" * (
        LIMIT - 7
    )


def test_a_long_text_of_ordinary_characters_stays_in_one_row(current, school):
    """So that who filters and counts finds each interventie once."""
    coloured(PlanItemFactory(round=current, pillar=school), Colour.RED, quantitative=f"<p>{'a' * (LIMIT - 7)}</p>")

    assert len(table(export(current)["Alle rijen"])) == 1


# What may not be seen


SECRETS = {
    "text": "GeheimeTekst",
    "reason": "GeheimeReden",
    "question": "GeheimeVraag",
    "note": "GeheimeNotitie",
    "figure": "GeheimeOpmerking",
    "waiver": "GeheimeUitleg",
    "proposal": "GeheimVoorstel",
}


@pytest.fixture
def secretive(current, school):
    """An interventie of somebody else, returned with a question, whose colour is not released."""
    item = PlanItemFactory(round=current, pillar=school, trekker=OrganisationFactory())
    update = UpdateFactory(
        plan_item=item,
        returned=True,
        coloured=True,
        colour=Colour.RED,
        colour_reason=SECRETS["reason"],
        quantitative=f"<p>{SECRETS['text']}</p>",
        qualitative="",
        proposed_colour=Colour.RED,
        proposed_reason=SECRETS["proposal"],
    )
    update.events.create(
        verb="return_with_question",
        by=UserFactory(adviseur=True),
        from_state="submitted",
        to_state="returned",
        reason=SECRETS["question"],
    )
    update.notes.create(text=SECRETS["note"], by=UserFactory(adviseur=True))
    Waiver.objects.create(update=update, part="qualitative", reason=SECRETS["waiver"])
    a_value(item, value=31415, remark=SECRETS["figure"])
    before = with_predecessor(item, Colour.GREEN)
    before.colour_released = False
    before.save()
    return item


@pytest.mark.parametrize("role", ["invuller", "lezer"])
def test_what_is_hidden_is_not_in_the_file(current, secretive, role):
    user = UserFactory(role=role, organisations=[OrganisationFactory()])

    file = file_for(current, user)

    text = everything_in(file)
    for secret in (*SECRETS.values(), "31415", "teruggestuurd"):
        assert secret not in text
    workbook = load_workbook(file)
    assert [cell.value for cell in workbook["School"][2]][:2] == [
        "? onbekend",
        f"{secretive}\nKleur 2024: nog geen kleur",
    ]
    [flat] = table(workbook["Alle rijen"])
    assert {flat[title] for title in ("Kleur 2023", "Kleur 2024", "Trend", "Status", "Reden van de kleur")} == {None}
    summary = list(workbook["Samenvatting"].values)
    assert [row[:2] for row in summary if row[-1] == 1] == [
        ("School", "nog geen kleur"),
        ("School, totaal", None),
        ("Alle pijlers", "nog geen kleur"),
        ("Alle pijlers, totaal", None),
    ]
    assert table(workbook["Cijfers"]) == []


def test_a_trend_is_hidden_with_its_colour(current, school):
    UpdateFactory(plan_item__round=current, plan_item__pillar=school, approved=True, coloured=True)

    sheet = export(current, UserFactory(lezer=True))["School"]

    assert sheet["A2"].value == "–"
    assert sheet["B2"].value.endswith("Kleur 2024: nog geen kleur")


def test_the_bureau_and_the_controleur_get_what_is_hidden_from_others(current, secretive):
    for user in (UserFactory(adviseur=True), UserFactory(beheerder=True), UserFactory(controleur=True)):
        text = everything_in(file_for(current, user))

        for secret in ("text", "reason", "figure", "waiver"):
            assert SECRETS[secret] in text
        for secret in ("question", "note", "proposal"):
            assert SECRETS[secret] not in text
        assert "31415" in text
        assert "■ rood, ↓ achteruit" in text


def test_a_colour_that_is_not_released_is_marked_for_who_sees_it(current, school):
    for released in (False, True):
        item = PlanItemFactory(round=current, pillar=school)
        UpdateFactory(plan_item=item, approved=True, coloured=True, colour="rood", colour_released=released)

    book = export(current, UserFactory(adviseur=True))

    told = [book["School"][f"B{row}"].value.partition("Kleur ")[2] for row in (2, 3)]
    assert told == ["2024: ■ rood, ★ nieuw (niet vrijgegeven)", "2024: ■ rood, ★ nieuw"]
    assert [row["Vrijgegeven"] for row in table(book["Alle rijen"])] == ["nee", "ja"]


def test_an_invuller_gets_the_own_text_and_figures_but_no_colour(current, secretive):
    user = UserFactory(organisations=[secretive.initiators.get().organisation])

    text = everything_in(file_for(current, user))

    assert SECRETS["text"] in text
    assert SECRETS["figure"] in text
    assert "teruggestuurd" in text
    assert SECRETS["reason"] not in text


# Samenvatting, Alle rijen, properties


def test_summary_sheet_is_the_summary_of_the_same_rows(current, school):
    home = PillarFactory(name="Thuisbasis op Orde", position=1)
    for pillar in (school, home):
        for colour in Colour:
            item = PlanItemFactory(round=current, pillar=pillar)
            coloured(item, colour)
            with_predecessor(item, Colour.ORANGE)
    without = PlanItemFactory(round=current, pillar=school, number=99, name="Nog te kleuren")
    coloured(PlanItemFactory(round=current, activity=True), Colour.GREEN)

    sheet = export(current)["Samenvatting"]

    rows = list(sheet.values)
    start = next(index for index, row in enumerate(rows) if row[0] == "Pijler")
    assert rows[start] == ("Pijler", "Kleur", "nieuw", "vooruit", "gelijk", "achteruit", "onbekend", "Totaal")
    body = rows[start + 1 : start + 18]
    assert [row[1] for row in body[:5]] == ["● groen", "▲ oranje", "■ rood", "○ wit", None]
    assert body[9] == ("School", "nog geen kleur", 1, 0, 0, 0, 0, 1)
    assert body[10] == ("School, totaal", None, 1, 1, 1, 2, 0, 5)
    assert body[-1] == ("Alle pijlers, totaal", None, 1, 2, 2, 4, 0, 9)
    for row in body:
        assert sum(row[2:-1]) == row[-1]
    items = PlanItem.objects.in_round(current).visible_to(user=User(role=Role.BEHEERDER)).select_related("pillar")
    summary = summarise(items)
    assert body[-1][2:] == (*summary.total.total.counts.values(), summary.total.total.total)
    assert row_of(sheet, f"School, {without.code}")[1].value == "Nog te kleuren"


def test_flat_sheet_has_one_filtered_row_for_each_plan_item(current, school):
    main = ThemeFactory(pillar=school, name="Hoofdblok")
    item = PlanItemFactory(
        round=current,
        pillar=school,
        number=4,
        name="Extra lessen",
        theme=ThemeFactory(pillar=school, parent=main, name="Onderdeel"),
        trekker=OrganisationFactory(name="Gemeente"),
    )
    coloured(item, Colour.GREEN, quantitative="<ul><li><p>een</p></li></ul>", qualitative="")
    PlanItemFactory(round=current, activity=True, name="Wijkraden bezoeken")

    sheet = export(current)["Alle rijen"]

    first, second = table(sheet)
    assert {title: value for title, value in first.items() if value} == {
        "Nummer": "S4",
        "Pijler": "School",
        "Hoofdblok": "Hoofdblok",
        "Thema": "Onderdeel",
        "Interventie": "Extra lessen",
        "Kleur 2024": "groen",
        "Vrijgegeven": "ja",
        "Trend": "nieuw",
        "Reden van de kleur": "Loopt volgens plan.",
        "Status": "goedgekeurd",
        "Trekker": "Gemeente",
        "Kwantitatieve voortgang": "• een",
    }
    assert (second["Nummer"], second["Pijler"]) == (None, "Organisatie en financiën")
    assert sheet.auto_filter.ref == "A1:S3"


def test_only_what_was_selected_is_in_the_file_and_the_file_says_so(current, school):
    chosen = PlanItemFactory(round=current, pillar=school, name="Gekozen")
    other = PlanItemFactory(round=current, pillar=PillarFactory(name="Werk"), name="Niet gekozen")
    for item in (chosen, other):
        a_value(item, name=f"Indicator van {item.name}", area=f"Gebied van {item.name}", value=1)

    file = file_for(current, items=PlanItem.objects.filter(pk=chosen.pk), selection="Pijler: School")

    workbook = load_workbook(file)
    assert "Niet gekozen" not in everything_in(file)
    assert "Werk" not in workbook.sheetnames
    assert workbook["Samenvatting"]["A3"].value == "Selectie: Pijler: School"
    assert workbook.properties.subject == "Pijler: School"


def test_without_rows_the_file_is_still_a_workbook(current):
    workbook = export(current)

    assert workbook.sheetnames == ["Samenvatting", "Alle rijen", "Cijfers"]


def test_every_sheet_of_a_demonstration_says_so(current, school):
    Demonstration.objects.create(stage="open")
    PlanItemFactory(round=current, pillar=school)
    PlanItemFactory(round=current, activity=True)

    workbook = export(current)

    assert {sheet.oddHeader.right.text.strip() for sheet in workbook} == {DEMONSTRATION}
    assert workbook.properties.description == DEMONSTRATION


def test_a_real_installation_is_not_called_a_demonstration(current, school):
    PlanItemFactory(round=current, pillar=school)

    assert "Demonstratie" not in everything_in(file_for(current))


def test_download_has_the_name_of_its_round(current, school):
    PlanItemFactory(round=current, pillar=school, name="Gekozen")
    user = UserFactory(lezer=True)
    items = PlanItem.objects.in_round(current).visible_to(user=user)

    response = workbook_response(items=items, reporting_round=current, user=user)

    assert response["Content-Disposition"] == 'attachment; filename="voortgang-2024.xlsx"'
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    workbook = load_workbook(BytesIO(b"".join(response.streaming_content)))
    assert table(workbook["Alle rijen"])[0]["Interventie"] == "Gekozen"


# manage.py export_round


def test_export_round_writes_what_the_bureau_sees(current, secretive, tmp_path):
    path = tmp_path / "uit.xlsx"
    output = StringIO()

    call_command("export_round", "2024", output=path, stdout=output)

    assert SECRETS["text"] in everything_in(path)
    assert [file.name for file in tmp_path.iterdir()] == ["uit.xlsx"]
    assert output.getvalue() == f"{path}: 1 interventies van 2024.\n"


def test_export_round_refuses_a_year_without_round(current, tmp_path):
    with pytest.raises(CommandError, match=r"Er is geen ronde 2031\. Rondes die er wel zijn: 2024, 2023\."):
        call_command("export_round", "2031", output=tmp_path / "uit.xlsx")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("nergens/uit.xlsx", "de map bestaat niet"),
        ("bestand/uit.xlsx", "de map bestaat niet"),
        ("map", "dat is een map"),
        ("x" * 300, "File name too long"),
    ],
)
def test_export_round_refuses_a_place_that_cannot_be_written(current, tmp_path, place, reason):
    (tmp_path / "map").mkdir()
    (tmp_path / "bestand").touch()

    with pytest.raises(CommandError, match=f"kan niet worden geschreven: {reason}"):
        call_command("export_round", "2024", output=tmp_path / place)

    assert sorted(file.name for file in tmp_path.rglob("*")) == ["bestand", "map"]


def test_export_round_that_fails_leaves_the_old_file(current, tmp_path, monkeypatch):
    path = tmp_path / "uit.xlsx"
    path.write_text("oud")

    def half_written(file, **kwargs):
        file.write(b"half")
        raise RuntimeError

    monkeypatch.setattr("interventions.management.commands.export_round.write_workbook", half_written)
    with pytest.raises(RuntimeError):
        call_command("export_round", "2024", output=path)

    assert path.read_text() == "oud"
    assert [file.name for file in tmp_path.iterdir()] == ["uit.xlsx"]
