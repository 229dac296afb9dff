"""The bureau enters a year in a browser: by keyboard, by paste, and what is wrong said at its cell."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from indicators.areas import short_name
from indicators.models import Measurement, MeasurementEvent, PrintedFigure, Report, ShareClass
from programme.models import Area
from tests.factories import PillarFactory, UserFactory
from tests.indicators.factories import (
    IndicatorFactory,
    MeasurementFactory,
    PlaceFactory,
    RegimeFactory,
    SourceFactory,
    TargetFactory,
    YearFactory,
)
from tests.indicators.test_measurements_workbook import file_of, row

from . import axe
from .pasted import paste

pytestmark = pytest.mark.django_db(transaction=True)

AREAS = {"G4": Area.Kind.REFERENCE, "Rotterdam": Area.Kind.CITY, "NPRZ-gebied": Area.Kind.PROGRAMME}


@pytest.fixture
def indicators():
    """Two of a pijler, measured in 2022, with a target by a path from then to 2031."""
    pillar, source = PillarFactory(name="Werk", abbreviation="W"), SourceFactory(name="CBS")
    for position, (name, kind) in enumerate(AREAS.items()):
        PlaceFactory(name=name, kind=kind, position=position)
    regime = RegimeFactory(code="b", points=((2022, 0), (2031, 1)))
    for lower, name in (("0.4", "40% en meer"), ("0.15", "15 tot 40%"), (None, "minder dan 15%")):
        ShareClass.objects.create(regime=regime, report=2023, lower=lower, name=name)
    made = []
    for position, name in enumerate(("% werkloos", "% schulden")):
        indicator = IndicatorFactory(
            name=name, pillars=[pillar], position=position, source=source, lowest=0, highest=100, direction="lower"
        )
        TargetFactory(indicator=indicator, regime=regime, start_period=YearFactory(year=2022), reports_from=2022)
        for area, value in zip(AREAS, ("10", "12.5", "19"), strict=True):
            MeasurementFactory(
                indicator=indicator,
                area=PlaceFactory(name=area),
                period=YearFactory(year=2022),
                source=source,
                value=Decimal(value),
            )
        made.append(indicator)
    Report.objects.create(year=2022)
    return made


def cell(page, indicator, area):
    return page.get_by_label(f"{indicator}, {short_name(PlaceFactory(name=area))}, 2023", exact=True)


def test_year_is_entered_by_keyboard_and_by_paste(page, live_server, log_in, indicators):
    log_in(UserFactory(adviseur=True, name="Ada Viseur"))
    of_indicator = live_server.url + reverse("indicators:indicator", args=[indicators[0].code])
    page.goto(of_indicator)
    expect(page.get_by_text("sinds 2022 is er geen nieuwe waarde")).to_be_visible()
    page.goto(live_server.url + reverse("indicators:entering"))
    axe.check(page)
    page.get_by_label("Wat").select_option("Werk")
    page.get_by_label("Jaar").fill("2023")
    page.get_by_role("button", name="Rooster openen").click()
    axe.check(page)
    page.set_viewport_size({"width": 1280, "height": 900})

    # By keyboard: along the row, down the column, and back with Escape.
    cell(page, "% werkloos", "NPRZ-gebied").focus()
    page.keyboard.type("0,17")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    page.keyboard.type("9,5")
    page.keyboard.press("Enter")
    expect(cell(page, "% schulden", "G4")).to_be_focused()
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    expect(cell(page, "% schulden", "G4")).to_have_value("")

    # A block that does not fit is refused whole, at its cell; one that does fills the row, also with what is empty.
    paste(cell(page, "% schulden", "Rotterdam"), text="12\t18\t3")
    expect(cell(page, "% schulden", "Rotterdam")).to_have_accessible_description(
        "Dit blok van 1 bij 3 cellen is groter dan het rooster: vanaf deze cel passen er 1 bij 2. Er is niets geplakt."
    )
    expect(cell(page, "% schulden", "Rotterdam")).to_have_value("")
    cell(page, "% schulden", "G4").fill("9,7")
    expect(cell(page, "% schulden", "Rotterdam")).to_have_accessible_description("")
    paste(cell(page, "% schulden", "NPRZ-gebied"), text="4/9\t12,1\t")
    expect(cell(page, "% schulden", "G4")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(cell(page, "% schulden", "NPRZ-gebied")).to_have_value("")
    expect(cell(page, "% schulden", "G4")).to_have_value("9,7")
    paste(cell(page, "% schulden", "NPRZ-gebied"), text="4/9\t12,1\t9,8*")
    expect(cell(page, "% schulden", "G4")).to_have_value("9,8*")

    # One cell cannot be meant, one jumps: those wait with what was typed, and the others are saved.
    page.get_by_role("button", name="Opslaan").click()
    outcome = page.get_by_role("alert")
    expect(outcome).to_be_focused()
    expect(outcome).to_contain_text("4 cijfers opgeslagen. 2 cellen zijn niet opgeslagen:")
    wrong, jump = cell(page, "% werkloos", "NPRZ-gebied"), cell(page, "% schulden", "NPRZ-gebied")
    expect(wrong).to_have_accessible_description(
        "'0,17' lijkt 17%: schrijf 17. Is het echt minder dan 1%? Schrijf 0,17%."
    )
    expect(jump).to_have_accessible_description(
        "Dit is veel meer dan 19 in 2022. Klopt het? Schrijf in de opmerking waarom."
    )
    assert Measurement.objects.filter(period__start__year=2023).count() == 4
    axe.check(page)
    page.set_viewport_size({"width": 1280, "height": 900})

    # Loaded anew, the same is sent once more: nothing changes, and what waits still does.
    page.reload()
    expect(outcome).to_contain_text("Er is niets gewijzigd. 2 cellen zijn niet opgeslagen:")
    outcome.get_by_role("link", name="% werkloos").press("Enter")
    expect(wrong).to_be_focused()
    wrong.fill("17")
    page.get_by_label("Opmerking: % schulden, Zuid, 2023").fill("Kleine steekproef.")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("2 cijfers opgeslagen.")).to_be_visible()
    expect(cell(page, "% schulden", "NPRZ-gebied")).to_have_value("4/9")

    page.get_by_role("link", name="Geschiedenis van % schulden").click()
    expect(page.get_by_text("Opmerking: Kleine steekproef.")).to_be_visible()
    axe.check(page)
    assert MeasurementEvent.objects.count() == 6

    page.set_viewport_size({"width": 1280, "height": 900})

    PrintedFigure.objects.create(
        report=2023,
        place="tabel",
        indicator=indicators[0],
        what=PrintedFigure.What.VALUE,
        area=PlaceFactory(name="NPRZ-gebied"),
        period=YearFactory(year=2023),
        raw="18,0%",
        value=18,
    )

    # What is computed follows: the sentence, the class, the chart, the list and the count.
    # The year is in preparation: the newest report stays what is read first.
    page.goto(of_indicator)
    expect(page.get_by_text("sinds 2022 is er geen nieuwe waarde")).to_be_visible()
    page.get_by_role("link", name="2023 (in voorbereiding)").press("Enter")
    expect(page.get_by_text("Rapport over 2023 (in voorbereiding).")).to_be_visible()
    expect(page.locator(".outcome__sentence")).to_have_text(
        "Zuid 2023: 17,0%. Ingelopen tussen 2022 en 2023: 21,1%, boven het streefniveau van 11,1%."
    )
    expect(page.get_by_text("klasse 15 tot 40%")).to_be_visible()
    chart = page.locator(".chart__wide").get_by_role("img", name="% werkloos, Zuid, Rotterdam, G4")
    expect(chart).to_have_accessible_description(
        "Lijngrafiek. Zuid: 19,0% in 2022; 17,0% in 2023. Rotterdam: 12,5% in 2022; 12,0% in 2023."
        " G4: 10,0% in 2022; 9,5% in 2023. Streefwaarde: 9,5% in 2031."
    )
    expect(chart.get_by_text("Zuid 17,0%").last).to_be_visible()
    expect(page.get_by_role("row", name="Waarde, Zuid, 2023")).to_contain_text("18,0% 17,0%")
    axe.check(page)
    # The report that was chosen stays chosen.
    page.get_by_role("link", name="Stand", exact=True).click()
    expect(page.get_by_text("Rapport over 2023 (in voorbereiding): hoeveel doelen")).to_be_visible()
    axe.check(page)
    page.get_by_role("link", name=re.compile("1 ?: 15 tot 40%, Werk")).press("Enter")
    expect(page.get_by_role("row", name="% werkloos")).to_contain_text("21,1% boven")
    expect(page.get_by_role("row", name="% schulden")).to_have_count(0)
    axe.check(page)
    page.get_by_role("link", name="% werkloos").press("Enter")
    expect(page).to_have_url(f"{of_indicator}?jaar=2023")


def test_two_at_once_and_a_workbook_by_keyboard(page, live_server, log_in, indicators, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    IndicatorFactory(
        name="Uitstroom",
        pillars=indicators[0].pillars.all(),
        period_kind="month",
        source=SourceFactory(name="CBS"),
        unit="aantal",
        position=9,
    )
    log_in(UserFactory(adviseur=True))
    page.goto(live_server.url + reverse("indicators:enter", args=["W", 2022]))
    # The months of an indicator are the rows below its name.
    page.get_by_label("% schulden, G4, 2022", exact=True).press("ArrowDown")
    january = page.get_by_label("Uitstroom, G4, januari 2022", exact=True)
    expect(january).to_be_focused()
    paste(january, text="12\n11")
    expect(page.get_by_label("Uitstroom, G4, februari 2022", exact=True)).to_have_value("11")
    # The heads stay in sight, and what gets the focus does not stay under them.
    page.set_viewport_size({"width": 1280, "height": 500})
    may = page.get_by_label("Uitstroom, Zuid, mei 2022", exact=True)
    page.get_by_label("Uitstroom, Zuid, juni 2022", exact=True).focus()
    may.evaluate(
        """(cell) => {
            const grid = cell.closest(".table-scroll");
            grid.scrollTop += cell.getBoundingClientRect().top - grid.getBoundingClientRect().top;
        }"""
    )
    page.keyboard.press("ArrowUp")
    head = page.get_by_role("columnheader", name="Zuid")
    expect(may).to_be_focused()
    expect(head).to_be_in_viewport(ratio=1)
    assert head.bounding_box()["y"] + head.bounding_box()["height"] <= may.bounding_box()["y"]
    mine = page.get_by_label("% werkloos, G4, 2022", exact=True)
    mine.fill("10,2")
    page.get_by_label("Waarom verandert er iets wat er al stond?").fill("Gecorrigeerd door het CBS.")
    theirs = Measurement.objects.filter(indicator__name="% werkloos", area__name="G4")
    theirs.update(value=11, version=2)

    page.get_by_role("button", name="Opslaan").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(mine).to_have_accessible_description("Dit is intussen gewijzigd: er staat nu 11.")
    axe.check(page)
    expect(page.get_by_role("alert")).to_contain_text("2 cijfers opgeslagen. 1 cel is niet opgeslagen:")
    page.get_by_role("button", name="Opslaan").press("Enter")
    expect(page.get_by_text("1 cijfer opgeslagen.")).to_be_visible()

    page.goto(live_server.url + reverse("indicators:import_workbook"))
    axe.check(page)
    content = file_of(row(gebied="G4", bron="CBS", waarde="9,8"), row(gebied="Rotterdam", bron="CBS", waarde=101))
    upload = page.get_by_label("Werkblad", exact=True)
    upload.set_input_files({"name": "metingen.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Bekijken wat er verandert").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cel E3: 101 ligt buiten de schaal")
    axe.check(page)
    upload.set_input_files(
        {"name": "metingen.xlsx", "mimeType": "", "buffer": file_of(row(gebied="G4", bron="CBS", waarde="9,8"))}
    )
    page.get_by_role("button", name="Bekijken wat er verandert").press("Enter")
    expect(page.get_by_role("insertion").filter(has_text="9,8")).to_be_visible()
    axe.check(page)
    page.get_by_role("button", name="Overnemen", exact=True).press("Enter")
    expect(page.get_by_text("metingen.xlsx is overgenomen: 1 cijfer: 1 toegevoegd.")).to_be_visible()
