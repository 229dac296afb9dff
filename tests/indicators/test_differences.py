"""Where the printed report over 2023 differs from what is computed: the whole list, line by line, and nothing else."""

import csv
import datetime
import re
from collections import Counter
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.history import WayIn
from indicators.differences import Comparison, differences
from indicators.figures import round_half_up, with_classes
from indicators.models import Indicator, Measurement, PrintedFigure, RegimePoint, Target
from indicators.recording import Entry, Place, record
from indicators.said import Said
from indicators.standing import standings
from indicators.tables.differences import DifferencesForm
from programme.models import Area, Period
from tests.factories import UserFactory

from .test_load_indicators import REPORT, ROWS, rows, with_report

EXPECTED = Path(__file__).parent / "differences-2023.tsv"
TABLE = "tabel met doelen"
# What the structured report says of a row where the computed one is another: the reason why.
OTHERWISE = {
    "thuiszitters": "the share of Zuid now is 66 of 145, 45,5%, where 44,5% is printed",
}
WITHIN_ROUNDING = {
    "problematische-schuld",
    "kinderopvangtoeslag",
    "laagopgeleide-ouders",
    "leerjaar-3-havo-vwo",
    "mbo-niveau-3-4",
    "startkwalificatie",
    "opleidingsniveau",
}
OTHER_TARGETS = {
    "gezinnen-130": "computed with 40% instead of 11,1%",
    "wanbetalers-zorg": "nought is printed",
    "niet-schoolgaand": "computed with 25% instead of 40%",
}

# How a contradiction begins in NOTES.md, with lines of the report: as a row of a table or as an item of a list.
STARTS = r"^(?:\| (?=\d)|- (?=\d))([^|:a-z]*)"
NOT_COMPUTED = {
    ("4a", "833"): "within rounding",
    ("4a", "382"): "a way to compute",
    ("4a", "376"): "a formula",
    ("4a", "367"): "headings",
    ("4a", "390"): "a heading",
}


@pytest.fixture(scope="module")
def compared_once(loaded_once):
    comparison = Comparison(2023)
    assert comparison.differences
    return comparison


@pytest.fixture
def comparison(compared_once, db):
    return compared_once


def expected():
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def line(one):
    return (one.indicator.code, one.what, one.where, one.printed, one.computed, one.kind.label, one.place)


def test_differences_are_these_and_no_others(comparison):
    """`notes` in the file is the line of NOTES.md, section 4, that says so; the others were found by computing."""
    wanted = [tuple(row[key] for key in list(row)[1:]) for row in expected()]

    assert [line(one) for one in comparison.differences] == wanted


@with_report
def test_every_contradiction_that_the_notes_name_is_computed(comparison):
    """NOTES.md, sections 4a to 4c, by the lines of the report that they begin with: found here, or why not."""
    computed = {line(one) for one in comparison.differences}
    found = {row["notes"] for row in expected() if tuple(list(row.values())[1:]) in computed}
    sections = re.findall(r"### (4[abc])\.(.*?)(?=^### )", (REPORT / "NOTES.md").read_text(), re.DOTALL | re.MULTILINE)
    named = [(part, re.findall(r"\d+", lines)) for part, text in sections for lines in re.findall(STARTS, text, re.M)]
    missing = {
        (part, lines[0])
        for part, lines in named
        if not any(note.startswith(f"{part} {one}") for one in lines for note in found)
    }

    assert len(named) == 43
    assert missing == set(NOT_COMPUTED)


@pytest.mark.parametrize(
    ("code", "what", "formula"),
    [
        ("problematische-schuld", "% ingelopen", "(23,0 − 21,4) / (16,6 − 21,4) = -33,3%"),
        ("gezinnen-130", "streefwaarde 2023", "30,7 + 11,1% × (21,1 − 30,7) = 29,6%"),
        ("wanbetalers-zorg", "streefwaarde 2031", "het niveau van Rotterdam: 2,4%"),
        ("mbo-zorg", "streefwaarde 2031", "de norm: 17,0%"),
        ("vmbo-zorg", "startperiode", "startwaarde 32,8%"),
        ("thuiszitters-einde", "som van de delen", "28 + 125 − 6 − 4 − 95 = 48"),
        ("thuiszitters", "waarde", "66 / 145 = 45,5%"),
        ("uitstroom-mbo-techniek", "waarde", "gemeten: CBS"),
        ("indicatie-spelen-leren", "oordeel", "8,0% tegenover 11,1%"),
        ("doorstroming-in-mbo", "som van de delen", "22,0 + 7,5 + 68,9 = 98,4%; moet 100% zijn"),
        (
            "si-totaal",
            "aantal wijken vooruit",
            "van 23 wijken gingen er 12 meer dan 2 punten vooruit en 6 meer dan 2 punten achteruit",
        ),
        ("si-totaal", "teken", "100 − 100 = 0"),
        ("fi-totaal", "plaats in een lijst", "even hoog als Carnisse, wel in de lijst"),
        ("bevolking", "waarde", "landelijke bron: 663.900; lokale bron: 663.535"),
    ],
)
def test_formula_is_filled_in(comparison, code, what, formula):
    found = next(one for one in comparison.differences if one.indicator.code == code and one.what == what)

    assert found.formula == formula


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("thuiszitters", "met 44,5% was het % ingelopen 57,4% en de streefwaarde 2023 54,8%"),
        ("kinderen-110", "met 16,5% was het % ingelopen -173,3% en de streefwaarde 2023 16,3%"),
        ("uitstroom-mbo-techniek", "met 28,8% was het % ingelopen 36,1% en de streefwaarde 2023 29,4%"),
    ],
)
def test_note_says_what_would_follow_from_a_printed_value(comparison, code, note):
    found = next(one for one in comparison.differences if one.indicator.code == code and one.what == "waarde")

    assert note in found.note


def test_what_rounding_explains_is_no_difference(comparison):
    found = [(one.indicator.code, one.place) for one in comparison.within_rounding if one.what == "% ingelopen"]

    assert {code for code, place in found if place == TABLE} == WITHIN_ROUNDING
    assert len(comparison.within_rounding) == 16
    sums = [one for one in comparison.within_rounding if not one.place]
    assert ("29,5%", "29,4%", "7,9 + 21,5 = 29,4%") in [(one.printed, one.computed, one.formula) for one in sums]


def test_printed_shares_and_targets_recompute_from_the_data_files(comparison):
    """The same from the files of the project alone, so that it holds without the structured report."""
    printed = [one for one in comparison.printed if one.place == TABLE]
    wrong = [one for one in comparison.differences if one.place == TABLE]

    assert Counter(one.what for one in printed if one.what in ("share", "target")) == {"share": 38, "target": 76}
    assert {one.indicator.code for one in wrong if one.what == "% ingelopen"} == set(OTHERWISE)
    targets = {(one.indicator.code, one.kind) for one in wrong if one.what == "streefwaarde 2023"}
    assert targets == {
        *((code, kind) for code, kind in zip(OTHER_TARGETS, ("share", "calc", "share"), strict=True)),
        (
            "indicatie-spelen-leren",
            "missing",
        ),
    }


@with_report
def test_every_printed_share_and_target_recomputes(loaded):
    """31 shares exactly, 7 within rounding, and the exceptions one by one, as in outcome_check.csv."""
    found = {}
    for one in standings(Indicator.objects.in_report(), year=2023):
        found[one.indicator.code, one.target and one.target.regime and one.target.regime.code] = one
    exact, rounded, other, targets = set(), set(), set(), {}
    for place, (code, row) in enumerate(zip(ROWS, rows("outcome_check.csv"), strict=True), 1):
        if row["oordeel_ingelopen"] == "nvt":
            assert not any(of == code and one.is_defined for (of, _), one in found.items()), code
            continue
        standing = found[code, "b" if place <= 10 else "a"]
        share, printed = 100 * standing.closed, Decimal(row["printed_ingelopen"])
        if round_half_up(share, 1) == printed:
            exact.add((code, place))
        elif Decimal(row["computed_min_afronding"]) <= share <= Decimal(row["computed_max_afronding"]):
            rounded.add(code)
        else:
            other.add(code)
        if row["printed_doel_2023"]:
            decimals = len(row["printed_doel_2023"].partition(".")[2])
            difference = abs(round_half_up(standing.target_now, decimals) - Decimal(row["printed_doel_2023"]))
            is_printed_whole = code in ("laagopgeleide-ouders", "huishoudens-110")  # 28% and 21%
            targets[code, place] = difference <= (Decimal("0.5") if is_printed_whole else 0)

    assert (rounded, other) == (WITHIN_ROUNDING, set(OTHERWISE))
    assert len(exact) == 30  # of the 31, thuiszitters is printed from 44,5%
    assert {code for (code, _), right in targets.items() if not right} == set(OTHER_TARGETS)
    assert len(targets) == 37  # of the 38, that of indicatie-spelen-leren is not printed


def test_share_of_thuiszitters_is_the_printed_one_when_the_misprint_is_entered(loaded):
    """So nothing else than 44,5 for 66 of 145 is wrong there."""
    now = Measurement.objects.get(indicator__code="thuiszitters", numerator=66)
    start = Measurement.objects.get(indicator__code="thuiszitters", numerator=51)
    for row, value in ((now, "44.5"), (start, "57.3")):
        Measurement.objects.filter(pk=row.pk).update(numerator=None, denominator=None, value=value)

    shares = [one for one in differences(2023) if one.indicator.code == "thuiszitters" and one.what == "% ingelopen"]
    assert shares == []


def test_a_figure_that_is_corrected_brings_its_difference_at_once(loaded):
    before = {line(one) for one in differences(2023)}
    Measurement.objects.filter(
        indicator__code="koopwoningen", area__name="NPRZ-gebied", period__start__year=2023
    ).update(value="29.5")

    new = {line(one) for one in differences(2023)} - before

    assert {(what, printed, computed) for _, what, _, printed, computed, _, _ in new} == {
        ("% ingelopen", "-17,2%", "17,2%")
    }


def test_later_years_that_do_not_close_or_repeat_each_other_are_not_held_against_this_report(loaded):
    before = list(map(line, differences(2023)))
    for year in (2024, 2025):
        for part, value in (("techniek", 20), ("zorg", 20), ("overig", 20)):
            new = Measurement.objects.filter(indicator__code=f"doorstroming-in-vo-{part}").first()
            new.pk, new.period, new.value = None, Period.objects.year(year), value
            new.save()

    assert list(map(line, differences(2023))) == before


def test_what_is_printed_of_a_target_that_was_taken_away_is_not_computed(loaded):
    Target.objects.filter(
        indicator__code__in=("indicatie-spelen-leren", "kwetsbare-woningen", "vmbo-techniek")
    ).delete()

    found = {
        (one.what, one.computed, one.formula)
        for one in differences(2023)
        if one.indicator.code == "indicatie-spelen-leren"
    }

    whats = ("% ingelopen", "streefwaarde 2023", "streefwaarde 2031", "oordeel", "referentie")
    assert found == {(what, "n.b.", "geen streefwaarde") for what in whats}


def restate(code, area, year, value):
    """As the bureau enters it: a figure of a calendar year, in the place of what is there or new."""
    indicator = with_classes(Indicator.objects.all()).get(code=code)
    place = Place(indicator, Area.objects.get(name=area), Period.objects.year(year), indicator.source)
    record(
        [Entry(place, Said(value=Decimal(value), remark="Herzien."))],
        by=UserFactory(adviseur=True),
        way_in=WayIn.FORM,
        today=datetime.date(2025, 3, 1),
        reason="Herzien.",
    )


def new_since(before):
    """What, where, printed, computed and kind of the lines about something printed that was right before."""
    known = {one[:4] for one in before}
    return {line(one)[1:6] for one in differences(2023) if line(one)[:4] not in known}


@pytest.fixture
def before(comparison, loaded):
    return {line(one) for one in comparison.differences}


def test_what_was_right_in_print_is_not_blamed_for_a_figure_that_is_restated(before):
    restate("kinderen-110", "NPRZ-gebied", 2022, "19.3")

    assert new_since(before) == {
        ("waarde", "Zuid, 2022", "19,1%", "19,3%", "sindsdien gewijzigd"),
        ("waarde", "Zuid, 2022, lokale bron", "19,1%", "19,3%", "sindsdien gewijzigd"),
        ("% ingelopen, Oud regime (sinds 2011)", "Zuid", "60,4%", "59,1%", "sindsdien gewijzigd"),
        ("% ingelopen, Nieuw regime (sinds 2022)", "Zuid", "40,6%", "37,7%", "sindsdien gewijzigd"),
    }


def test_what_was_right_in_print_is_not_blamed_for_a_figure_that_came_later(before):
    restate("gezinnen-130", "NPRZ-gebied", 2023, 27)
    restate("gezinnen-130", "Rotterdam", 2023, "20.9")
    restate("doorstroming-in-vo-zorg", "NPRZ-gebied", 2022, 30)

    assert new_since(before) == {
        ("% ingelopen", "Zuid", "34,4%", "37,8%", "sindsdien gewijzigd"),
        ("streefwaarde 2031", "Zuid", "21,1%", "20,9%", "sindsdien gewijzigd"),
        ("som van de delen", "Zuid, 2022", "(niets)", "94,2%", "sindsdien gewijzigd"),
    }
    assert ("streefwaarde 2023", "26,9%", "verkeerd streefpercentage") in {
        (one.what, one.printed, one.kind.label) for one in differences(2023) if one.indicator.code == "gezinnen-130"
    }


def test_what_was_right_in_print_is_not_blamed_for_a_target_in_the_place_of_another(before):
    norm = Target.objects.get(indicator__code="mbo-techniek")
    Target.objects.filter(pk=norm.pk).update(reports_from=2012, reports_to=2022)
    norm.pk, norm.norm, norm.as_printed = None, 35, False
    norm.save()
    Target.objects.filter(indicator__code="afstroom").delete()
    later = Target.objects.get(indicator__code="koopwoningen")
    restate("koopwoningen", "NPRZ-gebied", 2024, 30)
    Target.objects.filter(pk=later.pk).update(reports_to=2023)

    found = new_since(before)

    assert {(what, computed) for what, _, _, computed, _ in found} >= {
        ("streefwaarde 2031", "35,0%"),
        ("% ingelopen", "n.b."),
    }
    assert {kind for *_, kind in found} == {"sindsdien gewijzigd"}
    assert "koopwoningen" not in {one.indicator.code for one in differences(2023)}


def test_target_that_is_changed_in_the_admin_is_no_longer_what_was_printed(client, loaded):
    client.force_login(UserFactory(beheerder=True))
    target = Target.objects.get(indicator__code="mbo-techniek")
    url = reverse("admin:indicators_target_change", args=[target.pk])
    fields = {name: value for name, value in model_to_dict(target).items() if value is not None}

    for changed, is_printed in (({"reports_to": 2024}, True), ({"reports_to": 2024, "norm": 35}, False)):
        assert client.post(url, fields | changed).status_code == 302
        target.refresh_from_db()
        assert target.as_printed is is_printed


def test_regime_without_points_is_said_in_words_everywhere(client, before):
    RegimePoint.objects.filter(regime__code="a").delete()
    client.force_login(UserFactory(controleur=True))

    def page(name, *args, **query):
        response = client.get(reverse(f"indicators:{name}", args=args), query)
        assert response.status_code == 200
        return b"".join(response) if response.streaming else response.content

    goals, stand, one = (
        body_of(page(*name)) for name in (("goals",), ("stand",), ("indicator", "uitstroom-mbo-techniek"))
    )
    listed = body_of(page("goals", oordeel="geen-pad", pijler="W"))
    book = openpyxl.load_workbook(BytesIO(page("report", 2023)), read_only=True)
    words = {cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}

    assert "er is geen pad naar een streefwaarde % kinderen" not in goals
    assert "30,5% er is geen pad naar een streefwaarde" in goals
    assert "geen pad naar een streefwaarde 0 20 : geen pad naar een streefwaarde, School 6 :" in stand
    assert "6 van 43 doelen en indicatoren" in listed
    assert "Voor 2023 is er geen streefwaarde: het regime heeft geen pad." in one
    assert "met 28,8% was het % ingelopen 36,1%" in one
    assert {"er is geen pad naar een streefwaarde", "geen pad naar een streefwaarde"} <= words
    assert page("chart", "uitstroom-mbo-techniek")
    assert page("differences")
    assert {kind for *_, kind in new_since(before)} == {"sindsdien gewijzigd"}


# The page and the command


@pytest.fixture
def auditor(client):
    client.force_login(UserFactory(controleur=True))
    return client


def body(response):
    return body_of(response.content)


def body_of(content):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def test_page_lists_them_by_pijler_and_says_what_is_left_out(auditor, loaded):
    text = body(auditor.get(reverse("indicators:differences")))

    assert "133 verschillen" in text
    assert "16 getallen wijken af, maar niet meer dan door afronding kan" in text
    assert "(23,0 − 21,4) / (16,6 − 21,4) = -33,3%" in text


def test_page_is_narrowed_down_by_pijler_and_by_kind(auditor, loaded):
    def shown(**chosen):
        return body(auditor.get(reverse("indicators:differences"), chosen))

    assert "1 verschil " in shown(pijler="T", soort="judge")
    assert "5 verschillen" in shown(soort="cut")
    assert "16 verschillen" in shown(soort="round")
    assert "0 verschillen" in shown(soort="zomaar")
    choice = auditor.get(reverse("indicators:differences")).content.decode()
    assert '<optgroup label="Tabellen">' in choice
    assert '<option value="thuiszitters">Thuiszitters</option>' in choice
    of_table = shown(pijler="wijkprofiel")
    assert "VGR 2023, deel 2. Wijkprofiel " in of_table
    assert "Veiligheidsindex, totaal" in of_table
    assert "% huishoudens met een geregistreerde problematische schuld" not in of_table


def test_page_is_sorted_and_taken_along(auditor, loaded):
    url = reverse("indicators:differences")

    sheet = auditor.get(url, {"als": "csv", "tabel": "verschillen", "sort": "verschillen.soort", "pijler": "Wo"})

    lines = b"".join(sheet).decode("utf-8-sig")
    kinds = [row["Soort verschil"] for row in csv.DictReader(StringIO(lines), delimiter=";")]
    assert kinds == sorted(kinds)
    assert len(kinds) == 10
    assert auditor.get(url, {"als": "xlsx"}).headers["Content-Type"].startswith("application/vnd.openxml")


def test_page_sorts_what_is_computed_by_number(loaded):
    (panel,) = DifferencesForm({}).tables().sort("-verschillen.berekend").panels

    shown = [row.cells[2].shown for row in panel.sections[0].rows]
    assert shown.index("98,4%") < shown.index("45,5%") < shown.index("9,4%") < shown.index("onder")


def test_page_without_print_says_so(auditor, loaded):
    PrintedFigure.objects.all().delete()

    assert "Er zijn geen gedrukte cijfers om mee te vergelijken." in body(
        auditor.get(reverse("indicators:differences"))
    )


def test_page_is_in_the_menu_of_who_answers_for_the_figures_only(client, loaded):
    url = reverse("indicators:differences")
    for role, sees in (("controleur", True), ("lezer", False)):
        client.force_login(UserFactory(**{role: True}))
        assert (f'href="{url}"' in client.get(reverse("indicators:goals")).content.decode()) is sees


def test_page_asks_as_many_queries_for_many_printed_figures_as_for_one(auditor, loaded):
    def queries():
        with CaptureQueriesContext(connection) as found:
            auditor.get(reverse("indicators:differences"))
        return len(found)

    auditor.get(reverse("indicators:differences"))
    many = queries()
    last = PrintedFigure.objects.filter(report=2023, indicator__code="problematische-schuld", what="share").last()
    PrintedFigure.objects.exclude(pk=last.pk).delete()

    assert queries() == many < 60


def check():
    output = StringIO()
    call_command("check_indicators", stdout=output)
    return output.getvalue().splitlines()


def test_check_indicators_prints_the_same_with_tabs(loaded):
    head, *lines = [one.split("\t") for one in check()]

    assert head == ["indicator", "wat", "gedrukt", "berekend", "soort verschil"]
    assert len(lines) == 133
    assert len(set(map(tuple, lines))) == len(lines)
    assert not any("\N{NO-BREAK SPACE}" in text for line in lines for text in line)
    assert [
        "% huishoudens met een geregistreerde problematische schuld",
        "% ingelopen, Zuid, pagina van de indicator",
        "-36,1%",
        "-33,3%",
        "op twee plaatsen anders gedrukt",
    ] in lines


def test_check_indicators_without_print_says_what_to_do(loaded):
    PrintedFigure.objects.all().delete()

    with pytest.raises(CommandError, match="Laad ze met load_indicators"):
        check()
