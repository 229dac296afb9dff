"""All measurements as a workbook, changed in Excel, and in again. Opening it safely: test_workbook_reading."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from openpyxl import Workbook, load_workbook

from indicators.importing import LONGEST_REASON
from indicators.models import Measurement, MeasurementEvent, MeasurementImport, Scale
from indicators.sheet import Columns
from programme.models import Area, Division
from tests.factories import UserFactory
from tests.indicators.factories import IndicatorFactory, MeasurementFactory, PlaceFactory, SourceFactory, YearFactory
from workbooks import waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logged_in")]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def share():
    """A percentage, as it was measured in 2022."""
    indicator = IndicatorFactory(name="% werkloos", lowest=0, highest=100)
    MeasurementFactory(indicator=indicator, period=YearFactory(year=2022), value=Decimal("19.1"))
    return indicator


def url(name="import_workbook"):
    return reverse(f"indicators:{name}")


def row(**cells):
    """A row about the percentage in 2023; `cells` by the name of their column, in lower case."""
    usual = {"indicator": "% werkloos", "gebied": "NPRZ-gebied", "periode": 2023, "bron": "Bron"}
    return [(usual | cells).get(title.lower()) for title in Columns]


def file_of(*rows, headers=tuple(Columns), sheet="Metingen"):
    book = Workbook()
    book.active.title = sheet
    for cells in (headers, *rows):
        book.active.append(list(cells))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def upload(client, content, reason="Definitief."):
    file = SimpleUploadedFile("metingen.xlsx", content)
    return client.post(url(), {"file": file, "reason": reason}, follow=True)


def take_over(client, preview):
    shown = html.fromstring(preview.text).xpath("//input[@name='shown']/@value")[0]
    return client.post(url("take_over_workbook"), {"shown": shown}, follow=True)


def text_of(response):
    return " ".join(html.fromstring(response.text).text_content().split())


def faults(response):
    assert response.status_code == 409, text_of(response)
    return html.fromstring(response.text).xpath("//ul[@class='error-summary__list']/li[starts-with(., 'blad')]/text()")


def exported(client):
    return client.get(url("editable_workbook")).getvalue()


def test_what_goes_out_comes_in_again_and_changes_nothing(client, share):
    scale = Scale.objects.create(name="Leefbaarheid")
    scale.classes.create(rank=1, name="Zwak")
    MeasurementFactory(indicator=IndicatorFactory(scale=scale, unit="klasse"), value=1, provisional=True)
    MeasurementFactory(indicator=share, value=None, numerator=66, denominator=145, remark="=1+1")
    MeasurementFactory(indicator=share, period=YearFactory(year=2021), value=None, code="lt5")
    MeasurementFactory(indicator=IndicatorFactory(unit="euro", decimals=0), value=Decimal("12345678901234.5678"))
    content = exported(client)

    assert "metingen.xlsx: Niets veranderd." in text_of(upload(client, content))

    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(content))["Metingen"].rows]
    assert rows[0] == list(Columns)
    said = {tuple(row[4:]) for row in rows[1:]}
    assert said == {
        (19.1, None, None, None, None, None),
        ("Zwak", None, None, None, "ja", None),
        (None, 66, 145, None, None, "=1+1"),
        (None, None, None, "<5", None, None),
        ("12345678901234,5678", None, None, None, None, None),
    }
    assert not MeasurementEvent.objects.exists()


def test_names_stand_on_a_sheet_that_is_not_read_in(client, share):
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(exported(client)))["Namen"].rows]
    assert rows == [["Indicator", "Gebied", "Periode", "Bron"], ["% werkloos", "NPRZ-gebied", "2022", "Bron"]]


def test_name_is_known_as_tables_have_it_and_with_other_capitals_and_spaces(client, share):
    month = IndicatorFactory(name="Uitkeringen", unit="aantal", decimals=0, period_kind="month")
    rows = (
        row(gebied="zuid", waarde=19),
        row(gebied="NPRZ-Gebied", indicator="%  Werkloos", periode=2021, bron=" bron", waarde=20),
        row(gebied="Zuid", indicator="uitkeringen", periode="December 2022", waarde=5),
    )
    take_over(client, upload(client, file_of(*rows)))
    measured = (*share.measurements.all(), *month.measurements.all())
    found = {(str(one.area), str(one.period), one.value) for one in measured}
    expected = {("2022", Decimal("19.1")), ("2023", 19), ("2021", 20), ("december 2022", 5)}
    assert found == {("NPRZ-gebied", *one) for one in expected}


def test_name_that_may_be_two_things_is_said_so_and_a_place_has_its_own_name_first(client, share):
    for name in ("CBS", "cbs"):
        SourceFactory(name=name, code=f"{name}-bron")
    zuid = PlaceFactory(name="Zuid", kind=Area.Kind.DISTRICT)

    assert faults(upload(client, file_of(row(bron="Cbs", waarde=1)))) == [
        'blad Metingen, cel D2: "Cbs" kan twee dingen betekenen. Schrijf precies "CBS" of "cbs".'
    ]
    take_over(client, upload(client, file_of(row(bron="cbs", gebied="Zuid", waarde=19))))
    assert Measurement.objects.get(area=zuid).source.name == "cbs"


def test_workbook_is_shown_first_and_then_taken_over(client, share, adviseur):
    MeasurementFactory(indicator=share, period=YearFactory(year=2021), value=20)
    rows = (
        row(teller=66, noemer=345, voorlopig="ja", opmerking="Eerste telling."),
        row(periode="2022", waarde="19,3"),
        row(periode=2021),
    )

    preview = upload(client, file_of(*rows))

    assert "metingen.xlsx: 3 cijfers: 1 gewijzigd, 1 toegevoegd, 1 weggehaald." in text_of(preview)
    assert "% werkloos, NPRZ-gebied, 2022, Bron Waarde: 19,1 19,3" in text_of(preview)
    assert "Waarde: 66/345 Voorlopig: ja Opmerking: Eerste telling." in text_of(preview)
    assert Measurement.objects.count() == 2

    done = take_over(client, preview)

    assert "metingen.xlsx is overgenomen: 3 cijfers" in text_of(done)
    values = {str(one.period): one.said.typed(share) for one in Measurement.objects.all()}
    assert values == {"2022": "19,3", "2023": "66/345*"}
    assert set(MeasurementEvent.objects.values_list("was", "became", "reason", "way_in", "by__name")) == {
        ("", "66/345 (voorlopig). Eerste telling.", "", "import", "Ada Viseur"),
        ("19,1", "19,3", "Definitief. (uit werkblad metingen.xlsx)", "import", "Ada Viseur"),
        ("20", "", "Definitief. (uit werkblad metingen.xlsx)", "import", "Ada Viseur"),
    }
    log = MeasurementImport.objects.get()
    assert (log.by, log.summary) == (adviseur, "3 cijfers: 1 gewijzigd, 1 toegevoegd, 1 weggehaald.")
    assert "metingen.xlsx, door Ada Viseur. 3 cijfers" in text_of(client.get(url()))
    assert "Er staat geen werkblad meer klaar." in text_of(client.post(url("take_over_workbook"), follow=True))


@pytest.mark.parametrize("cells", [{"waarde": "19,3"}, {}])
def test_what_changes_or_removes_a_figure_says_why(client, share, cells):
    response = upload(client, file_of(row(periode=2022, **cells)), reason=" ")

    assert response.status_code == 409
    assert "Er verandert een cijfer dat er al stond. Vul in waarom. Kies het bestand daarna opnieuw." in text_of(
        response
    )
    assert "Bekijken wat er verandert" in text_of(response)
    assert Measurement.objects.get().value == Decimal("19.1")


def test_what_is_new_needs_no_reason(client, share):
    take_over(client, upload(client, file_of(row(waarde=20)), reason=""))
    assert MeasurementEvent.objects.get().reason == ""


def test_longest_reason_stands_with_the_longest_name_in_the_history(client, share):
    file = SimpleUploadedFile("x" * 250 + ".xlsx", file_of(row(periode=2022, waarde="19,3")))
    take_over(client, client.post(url(), {"file": file, "reason": "y" * LONGEST_REASON}, follow=True))
    assert MeasurementEvent.objects.get().reason.startswith("yyy")


def test_preview_says_who_changed_a_figure_last_and_that_it_puts_back_what_was(client, share):
    old = exported(client)
    client.force_login(UserFactory(adviseur=True, name="Bea Uro"))
    take_over(client, upload(client, file_of(row(periode=2022, waarde="19,3"))))

    said = text_of(upload(client, old))

    assert re.search(r"Waarde: 19,3 19,1 Laatst gewijzigd op \d.* \d\d:\d\d door Bea Uro: 19,1 → 19,3", said)
    assert "Dit maakt die wijziging ongedaan." in said
    assert "ongedaan" not in text_of(upload(client, file_of(row(periode=2022, waarde=18))))
    take_over(client, upload(client, file_of(row(periode=2022))))
    assert "door Bea Uro: 19,3 → leeg" in text_of(upload(client, file_of(row(periode=2022, waarde="19,3"))))


def test_remark_is_one_line_as_in_the_grid(client, share):
    """A browser drops the line breaks of a field of one line: that would be a change which nobody made."""
    take_over(client, upload(client, file_of(row(waarde=20, opmerking="Kleine steekproef.\nZie  de bijlage."))))

    assert Measurement.objects.get(period__start__year=2023).remark == "Kleine steekproef. Zie  de bijlage."


def test_all_that_is_wrong_is_said_with_its_cell_and_nothing_is_taken(client, share):
    euro = IndicatorFactory(name="Inkomen", unit="euro", decimals=0, division=Division.objects.create(name="CBS"))
    wijkteams = Division.objects.create(name="Wijkteams")
    PlaceFactory(name="Wijk", kind=Area.Kind.NEIGHBOURHOOD).divisions.add(wijkteams)
    cases = [
        (row(waarde=101), "E2: 101 ligt buiten de schaal: het hoogste is 100."),
        (row(gebied="Zuidas", waarde=1), 'B3: gebied "Zuidas" bestaat niet.'),
        (row(periode="2022/24", waarde=1), "C4: '2022/24' is geen periode; verwacht wordt een jaar"),
        (row(periode=2203, waarde=1), "C5: 2203 moet nog beginnen."),
        (row(bron="Wie", waarde=1), 'D6: bron "Wie" bestaat niet.'),
        (row(indicator="% iets", waarde=1), 'A7: indicator "% iets" bestaat niet.'),
        (row(periode=2016, waarde=0.19), "E8: '0,19' lijkt 19%: schrijf 19."),
        (row(periode=2017, waarde="veel"), "E9: 'veel' is geen getal."),
        (row(periode=2018, waarde="1.234"), "E10: '1.234' kan twee dingen betekenen. Schrijf 1234 of 1,234."),
        (row(periode=2020, waarde=20, code="n.b."), "H11: hier staat meer dan één ding"),
        (row(periode=2019, teller=5), "G12: teller en noemer horen bij elkaar"),
        (row(periode=2015, code="x"), 'H13: "x" is geen code.'),
        (row(periode=2014, waarde="n.b."), "E14: n.b. hoort in de kolom Code."),
        (row(indicator=euro.name, teller=5, noemer=6), "G15: Een teller met een noemer kan alleen bij %"),
        (row(indicator=euro.name, gebied="Wijk", waarde=5), "B16: wijk hoort niet bij de indeling 'CBS'"),
        (row(periode=2013, waarde=5, voorlopig="misschien"), 'I17: "misschien" is niet te lezen.'),
        (row(periode=2024, waarde=60), "E18: dit is veel meer dan 19,1 in 2022."),
        (row(periode=2025, waarde=20), ""),
        (
            row(periode=2025, waarde=21),
            "D20: een waarde van deze indicator, gebied, periode en bron staat ook in rij 19.",
        ),
    ]

    found = faults(upload(client, file_of(*(cells for cells, _ in cases))))

    expected = [f"blad Metingen, cel {message}" for _, message in cases if message]
    assert [said[: len(wanted)] for said, wanted in zip(found, expected, strict=True)] == expected
    assert Measurement.objects.count() == 1
    assert not default_storage.exists(waiting.FOLDER)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (file_of(sheet="Cijfers"), "blad Cijfers: dit blad hoort er niet bij; verwacht wordt Metingen."),
        (file_of(headers=("Indicator", "Waarden")), 'blad Metingen, cel B1: kolom "Waarden" hoort hier niet.'),
        (file_of(), "blad Metingen: er staan geen rijen onder de koppen."),
        (b"geen werkblad", "Dit is geen Excelbestand (.xlsx)."),
    ],
)
def test_file_that_is_no_such_workbook_is_refused(client, content, message):
    response = upload(client, content)
    assert response.status_code == 409
    assert message in text_of(response)


def test_names_that_are_not_there_are_offered_to_the_beheerder_alone(client, share):
    content = file_of(row(gebied="Zuidas", waarde=1))
    assert "Gebied toevoegen" not in text_of(upload(client, content))
    client.force_login(UserFactory(beheerder=True))
    assert "Gebied toevoegen: Zuidas" in text_of(upload(client, content))


def test_what_changed_since_the_preview_is_shown_again(client, share):
    preview = upload(client, file_of(row(periode=2022, waarde="19,3")))
    Measurement.objects.update(value=18)

    response = take_over(client, preview)

    assert response.status_code == 409
    assert "Intussen is er iets gewijzigd." in text_of(response)
    assert "Waarde: 18 19,3" in text_of(response)
    assert Measurement.objects.get().value == 18
    client.post(url("discard_workbook"))
    assert default_storage.listdir(waiting.FOLDER)[1] == []


def test_jump_is_taken_with_a_remark(client, share):
    take_over(client, upload(client, file_of(row(waarde=60, opmerking="Andere definitie."))))
    assert Measurement.objects.get(value=60).remark == "Andere definitie."


def test_workbook_takes_as_many_queries_for_three_rows_as_for_one(client, share):
    def queries(*rows):
        with CaptureQueriesContext(connection) as captured:
            preview = upload(client, file_of(*rows))
            take_over(client, preview)
            exported(client)
        return len(captured)

    places = [PlaceFactory(name=f"Gebied {number}").name for number in range(4)]
    YearFactory()
    queries(row(waarde=18))  # what is looked up once
    few = queries(row(gebied=places[0], waarde=19))
    assert queries(*(row(gebied=name, waarde=16) for name in places[1:])) == few
    few = queries(row(gebied=places[0], waarde=18))
    assert queries(*(row(gebied=name, waarde=17) for name in places[1:])) == few
