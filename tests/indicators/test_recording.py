"""What people type in a cell, what of it is taken, and what is kept of it."""

import datetime
import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from indicators.figures import with_classes
from indicators.models import Indicator, Measurement, MeasurementEvent, Scale
from indicators.recording import Entry, Known, NotRecorded, Place, Why, look_at, record, record_each
from indicators.said import Said, read_said
from programme.models import Area, Division, Period
from tests.factories import UserFactory
from tests.indicators.factories import IndicatorFactory, MeasurementFactory, PlaceFactory, SourceFactory, YearFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2024, 3, 1)


def said(value=None, **fields):
    return Said(value=None if value is None else Decimal(value), **fields)


# What is typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("19,1", said("19.1")),
        (" 19,1% ", said("19.1")),
        ("19,1*", said("19.1", provisional=True)),
        ("66/145", Said(numerator=Decimal(66), denominator=Decimal(145))),
        ("1.066 / 2.145 *", Said(numerator=Decimal(1066), denominator=Decimal(2145), provisional=True)),
        ("n.b.", said(code="nb")),
        ("NVT", said(code="nvt")),
        ("< 5", said(code="lt5")),
        ("-0,5", said("-0.5")),
        ("", Said()),
        ("–", Said()),
    ],
)
def test_cell_is_read_as_people_write_it(typed, expected):
    assert read_said(typed, indicator=IndicatorFactory.build()) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1.234", "'1.234' kan twee dingen betekenen. Schrijf 1234 of 1,234."),
        ("12.5", "'12.5' kan twee dingen betekenen. Gebruik een komma voor decimalen: 12,5."),
        ("negentien", "'negentien' is geen getal. Schrijf bijvoorbeeld 12,5."),
        ("€ 5", "'€ 5' is in euro, maar deze indicator is in: %. Schrijf alleen het getal."),
        ("0,19", "'0,19' lijkt 19%: schrijf 19. Is het echt minder dan 1%? Schrijf 0,19%."),
        ("66/0", "De noemer (achter de streep) moet groter zijn dan 0."),
        ("66/veel", "'veel' is geen getal. Schrijf bijvoorbeeld een teller en een noemer: 66/145."),
        ("66/", "In '66/' ontbreekt een getal. Schrijf een teller en een noemer, bijvoorbeeld 66/145."),
        ("/145*", "In '/145' ontbreekt een getal. Schrijf een teller en een noemer, bijvoorbeeld 66/145."),
        ("*", "Zet voor * het cijfer dat voorlopig is."),
        ("12\t13", "Dit is een blok van meer cellen. Er is niets overgenomen: plak het cel voor cel."),
    ],
)
def test_cell_that_cannot_be_read_says_what_to_write(typed, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_said(typed, indicator=IndicatorFactory.build(), numbers=[Decimal(0), Decimal("18.2"), Decimal("24.9")])


def test_number_may_be_what_it_says_where_nothing_else_is_likely():
    share, euro = IndicatorFactory.build(), IndicatorFactory.build(unit="euro", decimals=0)
    assert read_said("0,19", indicator=share, numbers=[Decimal("0.4")]) == said("0.19")
    assert read_said("0,19%", indicator=share, numbers=[Decimal(19)]) == said("0.19")
    assert read_said("1.234", indicator=euro) == said("1234")
    assert read_said("1.234.567", indicator=share) == said("1234567")
    with pytest.raises(ValueError, match=r"^'tien' is geen getal\. Schrijf bijvoorbeeld 1\.234\.$"):
        read_said("tien", indicator=euro)
    with pytest.raises(ValueError, match="kan alleen bij %, en deze indicator is in: euro"):
        read_said("66/145", indicator=euro)


def test_class_is_written_by_its_name():
    scale = Scale.objects.create(name="Leefbaarheid")
    for rank, name in enumerate(("Zwak", "Ruim voldoende"), 1):
        scale.classes.create(rank=rank, name=name)
    indicator = IndicatorFactory(scale=scale, unit="klasse")
    assert read_said("ruim  voldoende*", indicator=indicator) == said(2, provisional=True)
    assert said(2, provisional=True).typed(indicator) == "Ruim voldoende*"
    for wrong in ("2", "goed"):
        with pytest.raises(ValueError, match=f"'{wrong}' is geen klasse. Kies uit: Zwak, Ruim voldoende."):
            read_said(wrong, indicator=indicator)


@pytest.mark.parametrize("typed", ["19,1", "19,125*", "1234", "1.234,5", "66/145", "n.b.", "<5*", ""])
def test_what_is_stored_reads_back_as_it_was_typed(typed):
    indicator = IndicatorFactory.build()
    assert read_said(typed, indicator=indicator).typed(indicator) == typed


# What is written


def place(indicator=None, year=2023, **fields):
    indicator = with_classes(Indicator.objects.all()).get(pk=(indicator or IndicatorFactory()).pk)
    area = fields.pop("area", None) or PlaceFactory()
    return Place(indicator, area, fields.pop("period", Period.objects.named(str(year))), SourceFactory())


def write(*entries, by, reason="", **fields):
    return record(entries, by=by, way_in="form", today=TODAY, reason=reason, **fields)


def history():
    return [(one.was, one.became, one.reason, str(one.by)) for one in MeasurementEvent.objects.all()]


def test_measurement_is_written_changed_and_removed_and_each_is_told(adviseur):
    here = place()

    write(Entry(here, said("19.1", provisional=True, remark="Eerste telling."), 0), by=adviseur)
    write(Entry(here, Said(numerator=Decimal(66), denominator=Decimal(345)), 1), by=adviseur, reason="Definitief.")
    write(Entry(here, Said(), 2), by=adviseur, reason="Bij de verkeerde wijk.")

    assert history() == [
        ("", "19,1 (voorlopig). Eerste telling.", "", "Ada Viseur"),
        ("19,1 (voorlopig). Eerste telling.", "66/345", "Definitief.", "Ada Viseur"),
        ("66/345", "", "Bij de verkeerde wijk.", "Ada Viseur"),
    ]
    assert not Measurement.objects.exists()
    # Who still sees the first one does not write over what came after it.
    write(Entry(here, said("20"), 0), by=adviseur)
    with pytest.raises(NotRecorded, match=r"Dit is intussen gewijzigd door Ada Viseur: er staat nu 20\."):
        write(Entry(here, said("21"), 1), by=adviseur, reason="Anders.")


def test_period_is_made_when_something_is_measured_in_it(adviseur):
    school = IndicatorFactory(period_kind="school_year")
    write(Entry(place(school, period=Period.objects.named("2023/24")), said("5"), 0), by=adviseur)
    assert str(Measurement.objects.get().period) == "2023/24"


def test_nothing_is_written_when_one_of_all_is_wrong(adviseur):
    good, high = place(), place(IndicatorFactory(highest=100))

    with pytest.raises(NotRecorded) as refused:
        write(Entry(good, said("19"), 0), Entry(high, said("101"), 0), by=adviseur)

    assert {key: fault.message for key, fault in refused.value.faults.items()} == {
        high.key: "101 ligt buiten de schaal: het hoogste is 100."
    }
    assert not Measurement.objects.exists()
    assert not MeasurementEvent.objects.exists()


def test_each_that_is_right_is_written_and_the_rest_waits_with_its_reason(adviseur):
    stored = MeasurementFactory(value=19)
    other = MeasurementFactory(value=19, version=3)
    good, high, change, late = (
        place(),
        place(IndicatorFactory(highest=100)),
        place(stored.indicator),
        place(other.indicator),
    )
    entries = (
        Entry(good, said("19"), 0),
        Entry(high, said("101"), 0),
        Entry(change, Said(), 1),
        Entry(late, said("20"), 2),
    )

    look = record_each(entries, by=adviseur, way_in="form", today=TODAY)

    assert [entry for entry, _ in look.changes] == [entries[0]]
    assert {key: fault.why for key, fault in look.faults.items()} == {
        high.key: Why.WRONG,
        change.key: Why.NO_REASON,
        late.key: Why.CONFLICT,
    }
    assert history() == [("", "19", "", "Ada Viseur")]
    assert Measurement.objects.count() == 3
    # All of it once more: what was written is no change by now, and no conflict with oneself.
    look = record_each(entries, by=adviseur, way_in="form", today=TODAY, reason="Zo.")
    assert [entry for entry, _ in look.changes] == [entries[2]]
    assert look.faults.keys() == {high.key, late.key}
    with pytest.raises(PermissionDenied):
        record_each(entries, by=UserFactory(lezer=True), way_in="form", today=TODAY)


def test_what_says_the_same_is_no_change(adviseur):
    stored = MeasurementFactory(value=19)
    look = write(Entry(place(stored.indicator), said("19.0"), 7), by=adviseur)
    assert look.changes == []
    assert history() == []


def test_what_changes_needs_a_reason_and_what_is_new_does_not(adviseur):
    stored = MeasurementFactory(value=19)
    with pytest.raises(NotRecorded, match="Hier stond 19: vul in waarom dit verandert"):
        write(Entry(place(stored.indicator), said("20"), 1), by=adviseur, reason=" ")
    stored.refresh_from_db()
    assert (stored.value, stored.version) == (19, 1)


def test_only_the_bureau_enters():
    for role in ("lezer", "controleur", "invuller"):
        with pytest.raises(PermissionDenied):
            write(Entry(place(), said("19"), 0), by=UserFactory(role=role))


def wrong(*entries):
    found = look_at(
        entries, known=Known({entry.place.indicator.pk for entry in entries}), today=TODAY, reason="Zo."
    ).faults
    return [found[entry.place.key].message if entry.place.key in found else "" for entry in entries]


def test_value_lies_within_its_scale():
    low = place(IndicatorFactory(lowest=0, highest=10))
    assert wrong(Entry(low, said("-1")), Entry(place(low.indicator, 2022), said("10"))) == [
        "-1 ligt buiten de schaal: het laagste is 0.",
        "",
    ]
    sides = Said(numerator=Decimal(146), denominator=Decimal(145))
    share = place(IndicatorFactory(highest=100))
    assert wrong(Entry(share, sides)) == [
        "De teller (146) is groter dan de noemer (145): een deel is nooit meer dan het geheel."
    ]
    scaled = place(IndicatorFactory(scale=Scale.objects.create(name="Klassen")))
    assert wrong(Entry(scaled, said("3"))) == ["3 is geen klasse van de schaal."]


def test_period_and_area_belong_to_the_indicator():
    cbs = Division.objects.create(name="CBS-buurten")
    of_wijken = IndicatorFactory(division=cbs)
    elsewhere = PlaceFactory(name="Cool", kind=Area.Kind.NEIGHBOURHOOD)
    outside = PlaceFactory(name="Wijk", kind=Area.Kind.NEIGHBOURHOOD)
    outside.divisions.add(Division.objects.create(name="Wijkteams"))
    inside = PlaceFactory(name="Buurt", kind=Area.Kind.NEIGHBOURHOOD)
    inside.divisions.add(cbs)

    assert wrong(
        Entry(place(period=Period.objects.named("2022/23")), said("1")),
        Entry(place(year=2025), said("1")),
        Entry(place(year=1999), said("1")),
        Entry(place(of_wijken, area=outside), said("1")),
        Entry(place(of_wijken, area=inside), said("1")),
        Entry(place(of_wijken, area=elsewhere), said("1")),
        Entry(place(of_wijken), said("1")),
    ) == [
        "'2022/23' past hier niet: deze indicator wordt gemeten per jaar.",
        "2025 moet nog beginnen.",
        "1999 is te lang geleden: er wordt gemeten vanaf 2000.",
        "Wijk hoort niet bij de indeling 'CBS-buurten' van deze indicator.",
        "",
        "",
        "",
    ]


def test_jump_asks_for_a_remark_and_is_taken_with_one(adviseur):
    before = MeasurementFactory(period=YearFactory(year=2021), value=20)
    here = place(before.indicator)
    jump = "Dit is veel meer dan 20 in 2021. Klopt het? Schrijf in de opmerking waarom."

    assert wrong(Entry(here, said("30"))) == [""]
    assert wrong(Entry(here, said("30.1"))) == [jump]
    assert wrong(Entry(here, said("9.9")))[0].startswith("Dit is veel minder dan 20 in 2021.")
    write(Entry(here, said("30.1", remark="Nieuwe definitie."), 0), by=adviseur)
    assert Measurement.objects.get(period__start__year=2023).remark == "Nieuwe definitie."


def test_old_remark_explains_no_new_jump():
    """The grid and the workbook carry it along with every change of the figure."""
    MeasurementFactory(indicator=(indicator := IndicatorFactory()), period=YearFactory(year=2021), value=20)
    MeasurementFactory(indicator=indicator, value=31, remark="Nieuwe definitie.", provisional=True)
    here = place(indicator)
    why = "Nieuwe definitie."

    assert wrong(Entry(here, said("60", remark=why))) == [
        "Dit is veel meer dan 20 in 2021. Klopt het? De opmerking die er staat, is van het vorige cijfer. Schrijf erbij"
        " waarom ook dit cijfer klopt, bijvoorbeeld: 'De oorzaak is dezelfde.'"
    ]
    assert wrong(Entry(here, said("60"))) == [
        "Dit is veel meer dan 20 in 2021. Klopt het? Schrijf in de opmerking waarom."
    ]
    assert wrong(Entry(here, said("60", remark=f"{why} De oorzaak is dezelfde."))) == [""]
    # What stays as it was, or is no jump, asks for nothing.
    assert wrong(Entry(here, said("31", remark=why))) == [""]
    assert wrong(Entry(here, said("29", remark=why))) == [""]


def test_first_that_was_measured_does_not_become_something_else_unnoticed():
    stored = MeasurementFactory(value=20)
    here = place(stored.indicator)
    assert wrong(Entry(here, said("2"))) == [
        "Dit is veel minder dan 20 in 2023. Klopt het? Schrijf in de opmerking waarom."
    ]


def test_jump_is_measured_by_the_same_source():
    local, national = SourceFactory(name="lokaal"), SourceFactory(name="landelijk")
    before = MeasurementFactory(period=YearFactory(year=2021), value=20, source=local)
    MeasurementFactory(indicator=before.indicator, period=YearFactory(year=2022), value=90, source=national)
    here = place(before.indicator)
    assert wrong(Entry(Place(here.indicator, here.area, here.period, local), said("22"))) == [""]
    # A third has no earlier figure: then the latest of the others counts, of the same year too.
    regional = Place(here.indicator, here.area, here.period, SourceFactory(name="regionaal"))
    assert wrong(Entry(regional, said("22"))) == [
        "Dit is veel minder dan 90 in 2022 volgens landelijk. Klopt het? Schrijf in de opmerking waarom."
    ]
    MeasurementFactory(indicator=before.indicator, value=24, source=national)
    assert wrong(Entry(regional, said("22"))) == [""]
    # Of what it says itself by now, that counts.
    MeasurementFactory(indicator=before.indicator, value=80, source=regional.source)
    assert wrong(Entry(regional, said("82"))) == [""]


def test_figure_before_is_of_the_same_kind_of_period():
    """A month is no measure of a year, nor a year of a month; a school year and a calendar year differ as well."""
    measured = IndicatorFactory(unit="aantal", decimals=0)
    for name, value in (("2022", 240), ("december 2022", 20), ("2021/22", 100)):
        MeasurementFactory(indicator=measured, period=Period.objects.from_name(name), value=value)
    year, month, school_year = (
        place(measured, period=Period.objects.named(name)) for name in ("2023", "februari 2023", "2022/23")
    )
    known = Known({measured.pk})

    assert [str(known.before(one).period) for one in (year, month, school_year)] == ["2022", "december 2022", "2021/22"]
    assert wrong(Entry(year, said("250")), Entry(month, said("21")), Entry(school_year, said("99"))) == [""] * 3
    assert wrong(Entry(place(measured, period=Period.objects.named("februari 2022")), said("21"))) == [""]


def test_same_place_twice_is_refused():
    here = place()
    assert wrong(Entry(here, said("1")), Entry(here, said("2"))) == ["Dit cijfer staat er twee keer."] * 2


def test_one_entry_takes_as_many_queries_as_three(adviseur, django_assert_num_queries):
    entries = [Entry(place(), said("19"), 0) for _ in range(3)]
    Period.objects.year(2023)
    with django_assert_num_queries(8):  # of which two are the savepoint
        write(entries[0], by=adviseur)
    with django_assert_num_queries(8):
        write(*entries[1:], by=adviseur)
