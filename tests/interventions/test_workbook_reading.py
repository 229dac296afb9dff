"""Opening a workbook from outside: every refusal with its words and its cell, and never more memory or time."""

import datetime
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest
from django.conf import settings

from interventions.workbooks.layout import FIGURES, LAYOUTS, PLAN
from interventions.workflow import Refused
from tests.synthetic import COLUMNS, REAL
from tests.workbooks import FIGURE_COLUMNS, HOSTILE, parts_of, sheet_xml, with_parts, workbook, zipped
from workbooks.reading import MOST_FAULTS, Faults, read_tables

ROW = (2024, "School", 1, "Taal", "Taalklas", None, None, "<p>Kort.</p>", "Tien", "Goed", "Rijk", None)
BROKEN = "Dit Excelbestand is beschadigd of niet compleet. Open het in Excel en bewaar het opnieuw."
MACROS = "Dit bestand bevat macro’s. Bewaar het in Excel als gewoon werkblad (.xlsx)."
ENTITIES = "Dit bestand bevat verwijzingen (entiteiten) die in een werkblad niet horen."
PACKED = "Dit bestand is uitgepakt groter dan 20 MB. Haal eruit wat er niet bij hoort."
TOO_MUCH = "Dit bestand bevat veel meer cellen of opmaak dan een werkblad nodig heeft. Haal die eruit."
RELATION = (
    '<Relationships><Relationship Id="x" Type="http://x/{}" Target="file:///x" TargetMode="External"/></Relationships>'
)


def read(file):
    """The tables of a file in which nothing is wrong."""
    faults = Faults()
    tables = read_tables(file, LAYOUTS, faults)
    faults.raise_any()
    return tables


def refusal(file):
    with pytest.raises(Refused) as refused:
        read(file)
    return str(refused.value)


def replaced(row, column, value):
    """ROW with `value` in the column of that title, as the only row below the header."""
    cells = list(row)
    cells[COLUMNS.index(column)] = value
    return workbook([cells])


def changed(change):
    return workbook([ROW], change=lambda book: change(book.active))


def old_office(name):
    return BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + name.encode("utf-16-le"))


def encrypted():
    file = BytesIO(workbook([ROW]).getvalue())
    content = bytearray(file.getvalue())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return BytesIO(bytes(content))


def truncated(file):
    return BytesIO(file.getvalue()[: len(file.getvalue()) // 2])


def with_macros():
    parts = parts_of(workbook([ROW]))
    name = "[Content_Types].xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return zipped(parts | {name: parts[name].replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")})


def entities(declared):
    return with_parts(strings=f"<!DOCTYPE sst [{declared}]><sst><si><t>&a;</t></si></sst>".encode())


FILES = {
    "text": (lambda: BytesIO(b"Jaar;Pijler;Nummer"), "Dit is geen Excelbestand (.xlsx)."),
    "empty": (BytesIO, "Dit is geen Excelbestand (.xlsx)."),
    "another zip": (lambda: zipped({"a.txt": "hallo"}), "Dit is geen Excelbestand (.xlsx)."),
    "truncated": (lambda: truncated(workbook([ROW])), BROKEN),
    "broken XML": (lambda: with_parts(sheet=b"<worksheet><sheetData>"), BROKEN),
    "rows out of order": (lambda: with_parts(sheet=sheet_xml('<row r="2"/><row r="1"/>')), BROKEN),
    "cells out of order": (lambda: with_parts(sheet=sheet_xml('<row r="1"><c r="B1"/><c r="A1"/></row>')), BROKEN),
    "a string that is not there": (lambda: with_parts(sheet=sheet_xml('<row><c t="s"><v>9</v></c></row>')), BROKEN),
    "packed in an unusual way": (lambda: zipped(parts_of(workbook([ROW])), zipfile.ZIP_LZMA), BROKEN),
    "encrypted by Excel": (
        lambda: old_office("EncryptedPackage"),
        "Dit bestand is beveiligd met een wachtwoord. Haal dat er in Excel af en bewaar het opnieuw.",
    ),
    "an .xls": (
        lambda: old_office("Workbook"),
        "Dit is geen werkblad in de vorm .xlsx. Open het in Excel en bewaar het als .xlsx.",
    ),
    "an encrypted zip": (encrypted, "Dit bestand is versleuteld. Bewaar het in Excel opnieuw, zonder wachtwoord."),
    "macros by its kind": (with_macros, MACROS),
    "macros by its parts": (lambda: with_parts(others={"xl/vbaProject.bin": b"x"}), MACROS),
    "over 10 MB": (
        lambda: BytesIO(workbook([ROW]).getvalue() + b"\0" * 10 * 1024 * 1024),
        "Dit bestand is groter dan 10 MB. Haal afbeeldingen en bladen die er niet bij horen eruit.",
    ),
    "over 20 MB unpacked": (lambda: with_parts(strings=b"<sst><si><t>" + b"x" * 21_000_000), PACKED),
    "over 20 MB of picture": (lambda: with_parts(others={"xl/media/image1.png": b"\0" * 21_000_000}), PACKED),
    "more cells than a plan has": (HOSTILE["a million cells"], TOO_MUCH),
    "more strings than a plan has": (HOSTILE["a million strings"], TOO_MUCH),
    "more styles than a plan has": (HOSTILE["a million styles"], TOO_MUCH),
    "an entity": (lambda: entities('<!ENTITY a "b">'), ENTITIES),
    "an expanding entity": (lambda: entities('<!ENTITY b "bbbbbbbb"><!ENTITY a "&b;&b;&b;&b;">'), ENTITIES),
    "an external entity": (lambda: entities('<!ENTITY a SYSTEM "file:///etc/passwd">'), ENTITIES),
    "a link to another file": (
        lambda: with_parts(others={"xl/_rels/a.rels": RELATION.format("externalLinkPath")}),
        "Dit bestand verwijst naar een ander bestand. Verbreek de koppelingen in Excel.",
    ),
    "without its sheet": (
        lambda: workbook(change=lambda book: setattr(book.active, "title", "Blad1")),
        "blad Blad1: dit blad hoort er niet bij; verwacht wordt Interventies en Cijfers.\n"
        "blad Interventies: dit blad ontbreekt.",
    ),
    "an unknown sheet": (
        lambda: workbook([ROW], change=lambda book: book.create_sheet("Blad2")),
        "blad Blad2: dit blad hoort er niet bij; verwacht wordt Interventies en Cijfers.",
    ),
    "no rows": (workbook, "blad Interventies: er staan geen rijen onder de koppen."),
    "over 2,000 rows": (
        lambda: workbook([ROW] * 2_001),
        "blad Interventies: dit blad heeft meer dan 2.000 rijen. Verdeel ze over meer bestanden.",
    ),
}


@pytest.mark.parametrize(("make", "message"), FILES.values(), ids=FILES)
def test_file_that_cannot_be_taken_is_refused(make, message):
    assert refusal(make()) == message


KNOWN = ", ".join(COLUMNS)
CELLS = {
    "a wrong title": (
        lambda: workbook([ROW], columns=("Jaartal", *COLUMNS[1:])),
        f'cel A1: kolom "Jaartal" hoort hier niet. De kolommen zijn: {KNOWN}.\n'
        'blad Interventies, cel M1: de kolom "Jaar" ontbreekt.',
    ),
    "a title too few": (
        lambda: workbook([ROW[:11]], columns=COLUMNS[:11]),
        'cel L1: de kolom "Kleur" ontbreekt.',
    ),
    "titles too few": (
        lambda: workbook([ROW[:10]], columns=COLUMNS[:10]),
        'cel K1: de kolommen "Initiatiefnemer", "Kleur" ontbreken.',
    ),
    "a title twice": (
        lambda: workbook([(*ROW, "x")], columns=(*COLUMNS, "Naam")),
        'cel M1: kolom "Naam" staat er twee keer.',
    ),
    "a title too many": (
        lambda: workbook([(*ROW, "x")], columns=(*COLUMNS, "Opmerking")),
        f'cel M1: kolom "Opmerking" hoort hier niet. De kolommen zijn: {KNOWN}.',
    ),
    "a column without title": (lambda: workbook([(*ROW, "x")]), "cel M2: boven deze cel staat geen kop."),
    "a column far away": (
        lambda: changed(lambda sheet: sheet.cell(3, 80, "x")),
        "cel CB3: deze cel staat buiten de kolommen van het blad.",
    ),
    "a formula": (
        lambda: replaced(ROW, "Naam", '=HYPERLINK("https://example.org")'),
        "cel E2: hier staat een formule. Zet er de waarde zelf neer (plakken als waarden).",
    ),
    "an error": (lambda: replaced(ROW, "Naam", "#N/A"), "cel E2: hier staat een foutwaarde (#N/A)."),
    "a date": (
        lambda: replaced(ROW, "Was", datetime.date(2024, 5, 1)),
        "cel F2: hier staat een datum of tijd (01-05-2024). Zet er een ' voor, dan blijft het tekst.",
    ),
    "a time": (
        lambda: replaced(ROW, "Was", datetime.time(12, 30)),
        "cel F2: hier staat een datum of tijd (12:30:00). Zet er een ' voor, dan blijft het tekst.",
    ),
    "a truth": (lambda: replaced(ROW, "Was", True), "cel F2: hier staat WAAR. Schrijf het als tekst."),
    "a percentage": (
        lambda: changed(lambda sheet: setattr(sheet["C2"], "number_format", "0%")),
        "cel C2: hier staat een percentage, dat Excel bewaart als 1. Schrijf alleen het getal, zonder %.",
    ),
    "merged cells": (
        lambda: changed(lambda sheet: sheet.merge_cells("D2:D4")),
        "cel D2: hier zijn cellen samengevoegd (D2:D4). Splits ze: elke rij heeft eigen waarden.",
    ),
    "more than a cell holds": (
        lambda: with_parts(sheet=sheet_xml(f'<row><c t="inlineStr"><is><t>{"x" * 32_768}</t></is></c></row>')),
        "cel A1: hier staan meer dan 32.767 tekens.",
    ),
}


@pytest.mark.parametrize(("make", "message"), CELLS.values(), ids=CELLS)
def test_cell_that_cannot_be_taken_is_refused_with_its_place(make, message):
    assert f"blad Interventies, {message}" in refusal(make())


def test_sheet_of_figures_is_refused_with_its_own_name():
    figures = [("S1", "Klassen", "aantal", "Zuid", datetime.date(2022, 12, 1), 5, None, None, None)]

    assert refusal(workbook([ROW], figures)) == (
        "blad Cijfers, cel E2: hier staat een datum of tijd (01-12-2022). Zet er een ' voor, dan blijft het tekst."
    )


def test_all_faults_are_said_at_once_in_the_order_of_the_sheet_up_to_a_hundred():
    rows = [(*ROW[:4], True, "=1+1", *ROW[6:]) for _ in range(80)]

    lines = refusal(workbook(rows)).split("\n")

    assert len(lines) == MOST_FAULTS + 1
    assert [line.split(":")[0] for line in lines[:3]] == [
        f"blad Interventies, cel {cell}" for cell in ("E2", "F2", "E3")
    ]
    assert lines[-1] == "En nog 60 andere fouten."


def test_what_cells_say_is_read_as_it_stands():
    def sparse(sheet):
        sheet.cell(9, 5, "  Onderaan ")
        sheet.cell(9, 3, 2.5)
        sheet["A20"] = "   "

    tables = read(changed(sparse))

    rows = tables[PLAN.name].rows
    assert [number for number, _ in rows] == [2, 9]
    assert rows[0][1] == dict(zip(COLUMNS, (cell or "" for cell in ROW), strict=True))
    assert (rows[1][1]["Naam"], rows[1][1]["Nummer"], rows[1][1]["Kleur"]) == ("Onderaan", 2.5, "")
    assert tables[FIGURES.name].rows == []


def test_columns_may_stand_in_another_order_and_a_picture_is_left_alone():
    parts = parts_of(workbook([ROW[::-1]], [range(9)], columns=COLUMNS[::-1], figure_columns=FIGURE_COLUMNS))

    tables = read(zipped(parts | {"xl/media/image1.png": b"\x89PNG\r\n"}))

    assert tables[PLAN.name].columns["Jaar"] == 12
    assert tables[PLAN.name].rows[0][1]["Naam"] == "Taalklas"
    assert tables[FIGURES.name].rows[0][1]["Opmerking"] == 8


def test_what_xml_cannot_hold_is_read_back():
    text = '<row><c t="inlineStr"><is><t>a_x000B_b _x005F_x0041_</t></is></c></row>'

    assert '"a\x0bb _x0041_" hoort hier niet' in refusal(with_parts(sheet=sheet_xml(text)))


def test_the_real_workbook_is_read_whole():
    file = REAL / "interventies-2023.xlsx"
    if not file.exists():
        pytest.skip(f"the report is not here: {REAL}")

    with file.open("rb") as opened:
        assert len(read(opened)[PLAN.name].rows) == 120


CHILD = """
import re, sys, time
import django
django.setup()
from interventions.workbooks.layout import LAYOUTS
from workbooks.reading import Faults, read_tables
from interventions.workflow import Refused

for path in sys.argv[1:]:
    begin = time.process_time()
    try:
        faults = Faults()
        read_tables(open(path, "rb"), LAYOUTS, faults)
        faults.raise_any()
        said = "taken"
    except Refused:
        said = "refused"
    taken = time.process_time() - begin
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
    print(said, taken, peak)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
def test_no_file_takes_more_than_300_mb_or_ten_seconds(tmp_path):
    """In a process of its own, which has to load the application as well."""
    files = [tmp_path / f"{name}.xlsx" for name in HOSTILE]
    for file in files:
        file.write_bytes(HOSTILE[file.stem]().getvalue())

    child = subprocess.run([sys.executable, "-c", CHILD, *files], capture_output=True, text=True, cwd=settings.BASE_DIR)

    assert child.returncode == 0, child.stderr
    found = [line.split() for line in child.stdout.splitlines()]
    assert {file.stem: said for file, (said, *_) in zip(files, found, strict=True) if said != "refused"} == {}
    assert {file.stem: seconds for file, (_, seconds, _) in zip(files, found, strict=True) if float(seconds) > 10} == {}
    assert {file.stem: peak for file, (*_, peak) in zip(files, found, strict=True) if int(peak) > 300} == {}
