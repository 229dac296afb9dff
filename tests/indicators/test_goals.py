"""The pages of goals and indicators: all of them, counted, and one by one; in the report of a year."""

import re
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators.models import Indicator, Measurement, PrintedFigure, Regime, Report, ShareClass, Table, Target
from indicators.standing import figures_of, standings
from indicators.tables import goals as goals_table
from programme.models import Area
from tests.factories import PillarFactory, UserFactory

from .factories import (
    IndicatorFactory,
    PlaceFactory,
    RegimeFactory,
    SourceFactory,
    TargetFactory,
    YearFactory,
    measure,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(UserFactory(lezer=True))
    return client


@pytest.fixture
def pillars():
    return [PillarFactory(abbreviation=short, name=name) for short, name in (("S", "School"), ("W", "Werk"))]


def goal(name, pillars, *values, regime="b", **details):
    """An indicator with the start, the latest value and that of the reference: (2020, 2022 and Rotterdam 2022)."""
    points = ((2022, 0), (2031, 1)) if regime == "b" else None
    target = TargetFactory(
        indicator=IndicatorFactory(name=name, kind=Indicator.Kind.GOAL, direction="lower", pillars=pillars),
        regime=RegimeFactory(code=regime, points=points),
        reference_area=PlaceFactory(name="Rotterdam", kind=Area.Kind.CITY),
        start_period=YearFactory(year=2020),
        reports_from=2022,
        **details,
    )
    for value, year, area in zip(
        values, (2020, 2022, 2022), (target.area, target.area, target.reference_area), strict=False
    ):
        measure(target.indicator, area, year, value)
    return target


@pytest.fixture
def goals(pillars):
    """One above, one below in two pijlers, one by the old regime, one with a direction, one without a target."""
    school, work = pillars
    goal("Boven", [school], "21.9", "19.1", "15.0")
    goal("Onder", pillars, "21.9", "21.5", "15.0")
    goal("Oud", [work], 29, 26, 19, regime="a")
    for lower, name in (("0.4", ">40%"), ("0.15", "15-40%"), (None, "<15%")):
        ShareClass.objects.create(regime=Regime.objects.get(code="a"), report=2022, lower=lower, name=name)
    direction = TargetFactory(
        indicator=IndicatorFactory(name="Richting", pillars=[work]),
        reference=Target.Reference.NONE,
        reference_area=None,
        regime=None,
        start_period=None,
        aim="blijft laag",
    )
    measure(direction.indicator, direction.area, 2022, 19)
    IndicatorFactory(name="Zonder", pillars=[work])
    IndicatorFactory(name="Alleen in een tabel", kind=Indicator.Kind.FIGURE)


def read(client, name, *args, **query):
    response = client.get(reverse(f"indicators:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def listed(client, **query):
    return re.findall(r'/indicatoren/indicator-\d+/\?jaar=\d+">([^<]*)', read(client, "goals", **query))


def test_small_line_has_its_points_where_the_line_is(reader, goals):
    page = reader.get(reverse("indicators:goals")).content.decode()

    line = re.search(r'class="spark__line" points="([^"]+)"', page)[1]
    points = re.findall(
        r'class="spark__point" cx="([\d.]+)" cy="([\d.]+)"', page.partition(line)[2].partition("</svg>")[0]
    )
    assert [",".join(point) for point in points] == line.split()


def test_goals_are_listed_per_pijler_with_their_figures(reader, goals):
    page = read(reader, "goals")
    text = text_of(page)

    assert listed(reader) == ["Boven", "Onder", "Oud", "Richting", "Zonder"]
    assert "School (2)" in text
    assert "Boven doelstelling, Regime b 21,9% 2020 19,1% 2022 21,9% 40,6% boven het streefniveau van 0,0%" in text
    assert "Onder doelstelling, Regime b 21,9% 2020 21,5% 2022 21,9% 5,8%" in text
    assert "30,0% onder het streefniveau van 32,5%; klasse 15-40%" in text
    assert "er is geen streefwaarde, alleen een richting: blijft laag" in text
    assert 'aria-label="21,9% in 2020; 19,1% in 2022"' in page
    assert "5 van 5 doelen en indicatoren" in text


def test_indicator_without_a_pijler_stands_at_the_end_here_and_in_the_report(reader, goals):
    IndicatorFactory(name="Overal", position=0)

    page = read(reader, "goals")
    stands = standings(Indicator.objects.in_report(), year=2023)
    sections = goals_table.panel(stands, figures_of(Indicator.objects.in_report()), year=2023).sections

    assert listed(reader)[-1] == "Overal"
    assert re.findall(r'goals__pillar">([^<]*) <', page) == ["School", "Werk", "Zonder pijler"]
    assert [section.title for section in sections] == ["School", "Werk", "Zonder pijler"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"pijler": "S"}, ["Boven", "Onder"]),
        ({"pijler": "W"}, ["Onder", "Oud", "Richting", "Zonder"]),
        ({"soort": "indicator"}, ["Richting", "Zonder"]),
        ({"oordeel": "boven"}, ["Boven", "Onder"]),
        ({"oordeel": "onder"}, ["Oud"]),
        ({"oordeel": "a-2"}, ["Oud"]),
        ({"oordeel": "a-1"}, []),
        ({"oordeel": "b", "pijler": "W"}, ["Onder"]),
        ({"oordeel": "richting"}, ["Richting"]),
        ({"oordeel": "zonder"}, ["Richting", "Zonder"]),
        ({"oordeel": "iets"}, []),
        ({"pijler": "X"}, []),
    ],
)
def test_goals_are_narrowed_down(reader, goals, query, names):
    assert listed(reader, **query) == names


def test_report_of_another_year_is_chosen_and_an_unknown_one_is_not_there(reader, goals):
    measure(Indicator.objects.get(name="Boven"), PlaceFactory(), 2023, 20)

    assert "Rapport over 2023" in text_of(read(reader, "goals"))
    assert "Rapport over 2022" in text_of(read(reader, "goals", jaar=2022))
    for wrong in ("1900", "vorig"):
        assert reader.get(reverse("indicators:goals"), {"jaar": wrong}).status_code == 404


def test_report_that_was_chosen_stays_chosen_on_the_other_pages_about_it(reader, goals):
    code = Indicator.objects.get(name="Boven").code
    links = [f'href="{reverse(f"indicators:{name}")}?jaar=2022"' for name in ("goals", "stand")]

    for page in (("goals",), ("stand",), ("indicator", code)):
        assert all(link in read(reader, *page, jaar=2022) for link in links)
        assert links[1] not in read(reader, *page)
    assert read(reader, "indicator", code, jaar=2022).count(links[0]) == 2  # above the title as well


def test_later_figure_makes_no_report_until_the_beheerder_does(client, goals):
    Report.objects.create(year=2022)
    measure(Indicator.objects.get(name="Boven"), PlaceFactory(), 2023, 20)
    code, export = Indicator.objects.get(name="Boven").code, reverse("indicators:report", args=[2023])
    pages = (("goals",), ("stand",), ("indicator", code))

    client.force_login(UserFactory(lezer=True))
    for page in pages:
        text = text_of(read(client, *page))
        assert "Rapport over 2022" in text
        assert "2023 (in voorbereiding)" not in text
        assert client.get(reverse(f"indicators:{page[0]}", args=page[1:]), {"jaar": 2023}).status_code == 404
    assert client.get(reverse("indicators:chart", args=[code]), {"jaar": 2023}).status_code == 404
    assert client.get(export).status_code == 404

    for role in ("adviseur", "controleur"):
        client.force_login(UserFactory(role=role))
        for page in pages:
            text = text_of(read(client, *page))
            assert "Rapport over 2022" in text
            assert "2023 (in voorbereiding)" in text
            assert "Rapport over 2023 (in voorbereiding)" in text_of(read(client, *page, jaar=2023))
    book = openpyxl.load_workbook(BytesIO(client.get(export).getvalue()))
    assert book.properties.title == "Effectrapportage NPRZ 2023 (in voorbereiding)"

    client.force_login(UserFactory(beheerder=True))
    client.post(reverse("admin:indicators_report_add"), {"year": 2023})
    client.force_login(UserFactory(lezer=True))
    for page in pages:
        assert "Rapport over 2023" in text_of(read(client, *page))
        assert "Rapport over 2022" in text_of(read(client, *page, jaar=2022))
    book = openpyxl.load_workbook(BytesIO(client.get(export).getvalue()))
    assert book.properties.title == "Effectrapportage NPRZ 2023"


def test_report_over_a_year_without_figures_or_targets_is_refused(client, goals):
    client.force_login(UserFactory(beheerder=True))

    response = client.post(reverse("admin:indicators_report_add"), {"year": 2024})

    assert "Over 2024 is er nog niets te lezen. Voer eerst cijfers van dat jaar in" in text_of(
        response.content.decode()
    )
    assert not Report.objects.exists()


def test_report_of_which_the_targets_are_gone_is_not_there(reader, goals):
    Report.objects.bulk_create([Report(year=2022), Report(year=2010)])

    assert reader.get(reverse("indicators:report", args=[2022])).status_code == 200
    assert reader.get(reverse("indicators:report", args=[2010])).status_code == 404
    Target.objects.all().delete()
    assert reader.get(reverse("indicators:report", args=[2022])).status_code == 404
    this_year = timezone.localdate().year
    assert f"Rapport over {this_year}" in read(reader, "goals")
    assert "Effectrapportage (Excel)" not in read(reader, "goals")
    assert reader.get(reverse("indicators:report", args=[this_year])).status_code == 404


def test_value_known_later_than_that_of_the_reference_says_up_to_when_the_share_goes(reader, goals):
    measure(Indicator.objects.get(name="Boven"), PlaceFactory(), 2023, 20, provisional=True)

    text = text_of(read(reader, "goals", jaar=2023))

    assert "20,0% 2023, voorlopig 21,1% 40,6% tot 2022 boven het streefniveau van 11,1%" in text


def test_pages_before_anything_is_known_say_so(reader):
    assert "Er zijn nog geen doelen of indicatoren." in read(reader, "goals")
    assert "Geteld zijn 0 doelen en indicatoren" in text_of(read(reader, "stand"))


def test_every_count_of_the_stand_leads_to_a_list_of_that_length(reader, goals):
    for kind in ("", "indicator"):
        page = read(reader, "stand", soort=kind)
        links = re.findall(r'href="([^"]*)">(\d+)<span', page)

        assert len(links) > 4
        for url, number in links:
            found = re.findall(r"/indicatoren/indicator-\d+/\?jaar", reader.get(unescape(url)).content.decode())
            assert len(found) == int(number), url


def test_target_that_stands_at_one_of_two_pijlers_is_listed_and_counted_there_only(reader, pillars):
    school, work = pillars
    new = goal("Tweemaal", pillars, "21.9", "19.1", "15.0", pillar=school)
    old = RegimeFactory(code="a")
    TargetFactory(indicator=new.indicator, regime=old, pillar=work, reference_area=new.reference_area)
    measure(new.indicator, new.area, 2011, 25)

    page = read(reader, "goals")
    of_school, of_work = page.partition('goals__pillar">School')[2].partition('goals__pillar">Werk')[::2]
    links = re.findall(r'href="([^"]*)">(\d+)<span', read(reader, "stand"))
    sheet = goals_table.panel(standings([new.indicator], year=2022), figures_of([new.indicator]), year=2022).sections

    assert ("Regime a" in of_school, "Regime b" in of_school) == (False, True)
    assert ("Regime a" in of_work, "Regime b" in of_work) == (True, False)
    assert [listed(reader, pijler=short, oordeel=regime) for short in "SW" for regime in "ab"] == [
        [], ["Tweemaal"], ["Tweemaal"], []
    ]  # fmt: skip
    assert [number for _, number in links] == ["1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "2"]
    for url, number in links:
        found = re.findall(r"/indicatoren/indicator-\d+/\?jaar", reader.get(unescape(url)).content.decode())
        assert len(found) == int(number), url
    assert [(section.title, len(section.rows)) for section in sheet] == [("School", 1), ("Werk", 1)]
    assert "Regime a, pijler Werk." in text_of(read(reader, "indicator", new.indicator.code))


def test_target_stands_at_a_pijler_of_its_indicator_or_at_all(pillars):
    target = goal("Boven", pillars[:1], "21.9", "19.1", "15.0", pillar=pillars[1])

    with pytest.raises(ValidationError, match="hoort niet bij de pijler Werk"):
        target.full_clean()
    (found,) = standings([target.indicator], year=2022)
    assert found.pillars == pillars[:1]


def test_stand_counts_each_once_and_tells_what_has_no_share(reader, goals):
    page = read(reader, "stand")
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    numbers = [
        (label, [int(number) for number in re.findall(r'class="number">\s*<\w+[^>]*>(\d+)', cells)])
        for label, cells in rows
    ]

    of_regimes = [
        (">40%", [0, 0, 0]),
        ("15-40%", [0, 1, 1]),
        ("<15%", [0, 0, 0]),
        ("Totaal", [0, 1, 1]),
        ("boven het streefniveau", [2, 1, 2]),
        ("onder het streefniveau", [0, 0, 0]),
        ("Totaal", [2, 1, 2]),
    ]
    without = [
        ("geen streefwaarde", [0, 1, 1]),
        ("alleen een richting", [0, 1, 1]),
        ("bij de start geen verschil", [0, 0, 0]),
        ("bij de start geen achterstand", [0, 0, 0]),
        ("een waarde ontbreekt", [0, 0, 0]),
        ("Totaal", [0, 2, 2]),
    ]
    assert [(unescape(label), found) for label, found in numbers] == [*of_regimes, *without, ("Totaal", [2, 4, 5])]
    assert "Geteld zijn 5 doelen en indicatoren." in text_of(page)


def test_stand_says_that_two_targets_count_twice(reader, goals):
    both = Indicator.objects.get(name="Boven")
    TargetFactory(indicator=both, regime=Regime.objects.get(code="a"), reference_area=PlaceFactory(name="Rotterdam"))

    assert "Bij 1 daarvan staan twee streefwaarden; dat telt bij elk daarvan mee: samen 6." in text_of(
        read(reader, "stand")
    )


def test_indicator_page_reads_as_the_report(reader, goals):
    found = Indicator.objects.get(name="Boven")
    found.definition, found.reasoning, found.source_note = "Wat het is.", "Waarom.", "Bewerking"
    found.source = SourceFactory(name="lokale bron")
    found.save()

    text = text_of(read(reader, "indicator", found.code, jaar=2022))

    order = [
        "Zuid 2022: 19,1%. Ingelopen tussen 2020 en 2022: 40,6%, boven het streefniveau van 0,0%.",
        "Het doel voor 2031 is het niveau van Rotterdam: 15,0% (2022). De streefwaarde voor 2022 is 21,9%.",
        "Lijngrafiek. Zuid: 21,9% in 2020; 19,1% in 2022. Rotterdam: 15,0% in 2022. Streefwaarde: 15,0% in 2031.",
        "Cijfers Eenheid: %. Bron: Bron",
        "Zuid 21,9 19,1 Rotterdam 15,0",
        "Lager is beter",
        "Bron Lokale bron. Bewerking",
        "Definitie Wat het is.",
        "Onderbouwing van de streefwaarde Waarom.",
        "Volgende : Onder",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)
    assert "Vorige" not in text


def test_indicator_page_shows_both_targets(reader, goals):
    found = Indicator.objects.get(name="Boven")
    Regime.objects.filter(code="b").update(position=1)
    TargetFactory(
        indicator=found,
        regime=Regime.objects.get(code="a"),
        reference_area=PlaceFactory(name="Rotterdam"),
        start_period=YearFactory(year=2020),
    )

    text = text_of(read(reader, "indicator", found.code))

    old, new = "40,6%, boven het streefniveau van 32,5%.", "40,6%, boven het streefniveau van 0,0%."
    assert -1 < text.find(old) < text.find("Regime a.") < text.find(new) < text.find("Regime b.")


def test_figures_show_their_counts_and_what_another_source_says(reader):
    place, source = PlaceFactory(name="Rotterdam", kind=Area.Kind.CITY), SourceFactory(name="landelijke bron")
    indicator = IndicatorFactory(source=source)
    measure(indicator, place, 2023, None, numerator=66, denominator=145, source=source, provisional=True)
    measure(indicator, place, 2023, 44, source=SourceFactory(name="lokale bron", position=1))

    text = text_of(read(reader, "indicator", indicator.code))

    assert "Rotterdam 45,5 voorlopig 66 van 145 landelijke bron" in text
    assert "Rotterdam andere bron, telt niet mee 44,0 lokale bron" in text
    assert "Rotterdam 2023: landelijke bron 45,5%; lokale bron 44,0%. Deze pagina gebruikt: landelijke bron." in text


def test_figures_lead_to_the_table_the_wijken_and_for_some_their_history(client):
    table = Table.objects.create(code="algemeen", name="Algemene cijfers", layout="areas")
    indicator = IndicatorFactory(table=table)
    measure(indicator, PlaceFactory(), 2023, 5)
    history = reverse("indicators:history", args=[indicator.code])

    for role, sees_history in (("lezer", False), ("controleur", True)):
        client.force_login(UserFactory(role=role))
        page = read(client, "indicator", indicator.code)
        assert "Staat ook in de tabel Algemene cijfers ." in text_of(page)
        assert (history in page) is sees_history

    measure(indicator, PlaceFactory(name="Bloemhof", kind=Area.Kind.NEIGHBOURHOOD), 2023, 5)
    page = read(client, "indicator", indicator.code)
    assert "Er zijn ook cijfers per wijk: Algemene cijfers ." in text_of(page)
    assert "Bloemhof" not in page
    indicator.table = None
    indicator.save()
    assert "Er zijn ook cijfers per wijk: de wijken ." in text_of(read(client, "indicator", indicator.code))


def test_what_was_printed_otherwise_is_for_who_sees_everything(client, goals):
    found = Indicator.objects.get(name="Boven")
    PrintedFigure.objects.create(
        report=2022,
        place="tabel",
        indicator=found,
        what=PrintedFigure.What.VALUE,
        area=PlaceFactory(),
        period=YearFactory(year=2022),
        raw="19,9%",
        value="19.9",
    )
    for role, expected in (("lezer", False), ("controleur", True)):
        client.force_login(UserFactory(role=role))
        text = text_of(read(client, "indicator", found.code))
        assert ("Verschillen met het gedrukte rapport over 2022" in text) is expected
        assert ("Waarde, Zuid, 2022 tabel 19,9% 19,1%" in text) is expected


def test_indicator_without_figures_has_no_chart_and_says_so(reader):
    indicator = IndicatorFactory()

    assert "Er zijn nog geen cijfers van deze indicator." in read(reader, "indicator", indicator.code)
    assert reader.get(reverse("indicators:chart", args=[indicator.code])).status_code == 404


def test_figure_of_a_table_has_no_page_of_its_own(reader):
    only_in_table = IndicatorFactory(kind=Indicator.Kind.FIGURE)

    assert reader.get(reverse("indicators:indicator", args=[only_in_table.code])).status_code == 404


def test_chart_is_served_as_a_picture(reader, goals):
    response = reader.get(reverse("indicators:chart", args=[Indicator.objects.get(name="Boven").code]))

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg ")


def make_many(model, number):
    """`number` goals with all that a row of `model` shows, in a few queries."""
    indicator = model.indicator
    pillar = indicator.pillars.get()
    first = Indicator.objects.count()
    added = Indicator.objects.bulk_create(
        Indicator(code=f"groei-{one}", name=f"Groei {one}", kind="goal", unit="%", direction="lower")
        for one in range(first, first + number)
    )
    through = Indicator.pillars.through
    through.objects.bulk_create(through(indicator=one, pillar=pillar) for one in added)
    Target.objects.bulk_create(copy_for(model, one) for one in added)
    rows = list(indicator.measurements.all())
    Measurement.objects.bulk_create(copy_for(row, one) for one in added for row in rows)


def copy_for(row, indicator):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**fields | {"id": None, "indicator_id": indicator.pk})


@pytest.mark.parametrize("name", ["goals", "stand"])
def test_lists_ask_as_many_queries_for_500_as_for_5(reader, pillars, name):
    model = goal("Eerste", pillars[:1], "21.9", "19.1", "15.0")
    counts = []
    for more in (4, 495):
        make_many(model, more)
        with CaptureQueriesContext(connection) as queries:
            text = text_of(read(reader, name))
        counts.append(len(queries))

    assert "500" in text
    assert counts[0] == counts[1]


def test_page_of_an_indicator_asks_as_many_queries_for_more_areas_and_targets(client, goals):
    client.force_login(UserFactory(controleur=True))
    found = Indicator.objects.get(name="Boven")
    counts = []
    for areas in (["Utrecht"], ["Bloemhof", "Den Haag", "Focuswijken"]):
        for name in areas:
            place = PlaceFactory(name=name, kind=Area.Kind.OTHER)
            TargetFactory(indicator=found, area=place, reference_area=PlaceFactory(name="Rotterdam"))
            for year in (2020, 2022):
                measure(found, place, year, 5)
        with CaptureQueriesContext(connection) as queries:
            read(client, "indicator", found.code, jaar=2022)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_pages_answer_while_the_classes_of_a_year_are_typed_one_at_a_time(client, goals):
    client.force_login(UserFactory(beheerder=True))
    regime, old = Regime.objects.get(code="a"), Indicator.objects.get(name="Oud")
    regime.classes.all().delete()
    judged = []
    for lower, name in (("0.4", "40% en meer"), ("0.15", "15 tot 40%"), ("", "minder dan 15%")):
        fields = {"regime": regime.pk, "report": 2022, "lower": lower, "name": name}
        assert client.post(reverse("admin:indicators_shareclass_add"), fields).status_code == 302
        read(client, "indicator", old.code, jaar=2022)
        stand, listed = (text_of(read(client, name, jaar=2022)) for name in ("stand", "goals"))
        judged.append(("1 : onder het streefniveau, Werk" in stand, "32,5%; klasse 15 tot 40%" in listed))

    assert judged == [(True, False), (True, False), (False, True)]
