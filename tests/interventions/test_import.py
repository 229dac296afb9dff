"""A workbook taken over: what its cells mean, what is refused and where, and that it is all or nothing."""

import time
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from interventions.models import (
    Funding,
    ImportLog,
    Initiator,
    OutputValue,
    PlanItem,
    PlanRevision,
    ProgressEvent,
    ProgressUpdate,
    Revision,
)
from interventions.workbooks.importing import look_at, take_over
from interventions.workflow import Conflict, Refused
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
from tests.synthetic import COLUMNS
from tests.workbooks import FIGURE_COLUMNS, workbook
from workbooks.taking_over import Outdated

pytestmark = pytest.mark.django_db


class World:
    """A round with two interventies (S1, S2), one figure at S1 that also stands at S2, and a beheerder."""

    def __init__(self, **round_state):
        self.round = RoundFactory(year=2024, **round_state)
        self.beheerder = UserFactory(beheerder=True)
        self.school = PillarFactory(name="School", abbreviation="S", position=1)
        self.work = PillarFactory(name="Werk", abbreviation="W", position=2)
        self.block = ThemeFactory(pillar=self.school, name="Kwaliteit")
        self.theme = ThemeFactory(pillar=self.school, parent=self.block, name="Taal")
        self.rijk, self.stc = OrganisationFactory(name="Rijk"), OrganisationFactory(name="STC Group")
        self.deal = Funding.objects.create(name="Regio Deal")
        Funding.objects.create(name="Spuk KW")
        self.items = [self.add(number, name) for number, name in ((1, "Taalklas"), (2, "Schakelklas"))]
        self.item, self.other = self.items
        self.update = self.item.progress
        indicator = IndicatorFactory(
            name="Klassen", owner=self.item.intervention, shared_with=[self.other.intervention]
        )
        self.series = SeriesFactory(indicator=indicator, area=AreaFactory(name="Zuid"))
        self.value = ValueFactory(series=self.series, round=self.round, value=Decimal("5"), target=Decimal("8"))
        AreaFactory(name="Noord")

    def add(self, number, name):
        item = PlanItemFactory(
            round=self.round,
            pillar=self.school,
            theme=self.theme,
            number=number,
            position=number,
            name=name,
            description="<p>Kort.</p>",
        )
        InitiatorFactory(plan_item=item, organisation=self.rijk, position=0, confirmed=True)
        InitiatorFactory(plan_item=item, organisation=self.stc, role=Initiator.Role.DATA_SUPPLIER, position=1)
        item.funding.add(self.deal)
        UpdateFactory(plan_item=item, draft=True)
        return item

    def row(self, number=1, **cells):
        """The row of S1 as it is exported, or of S2, with other cells by the name of the column."""
        item = self.items[number - 1]
        values = (
            *(2024, "School", number, "Kwaliteit › Taal", item.name, "", "Regio Deal", "<p>Kort.</p>"),
            *("<p>Tien gezinnen bereikt.</p>", "<p>Het loopt goed.</p>", "Rijk;STC Group (dataleverancier)", ""),
        )
        return tuple((dict(zip(COLUMNS, values, strict=True)) | cells).values())

    @staticmethod
    def figure(**cells):
        values = ("S1", "Klassen", "aantal", "Zuid", "2024", 5, 8, "", "")
        return tuple((dict(zip(FIGURE_COLUMNS, values, strict=True)) | cells).values())

    def look(self, *rows, figures=None, by=None, **options):
        file = workbook(rows or [self.row()], figures)
        return look_at(file, reporting_round=self.round, by=by or self.beheerder, **options)

    def take(self, *rows, figures=None, by=None, **options):
        file = workbook(rows or [self.row()], figures)
        by, name = by or self.beheerder, options.pop("file_name", "plan.xlsx")
        return take_over(file, reporting_round=self.round, by=by, file_name=name, **options)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def past():
    return World(historical=True)


def everything():
    """All that an import could change, to see that nothing did."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            *(PlanItem, Initiator, ProgressUpdate, OutputValue, PlanRevision, Revision, ProgressEvent, ImportLog),
            PlanItem.funding.through,
        )
    ]


def differences(preview):
    return {
        change.title: [(one.title, one.before, one.after) for one in change.differences] for change in preview.changes
    }


# What is refused

LONG = "x" * 251
REFUSED = {
    "an unknown pijler": ({"Pijler": "Gezondheid"}, 'B2: pijler "Gezondheid" bestaat niet.'),
    "no pijler": ({"Pijler": ""}, "B2: pijler ontbreekt."),
    "another year": ({"Jaar": 2023}, 'A2: jaar "2023" is niet het jaar van deze ronde (2024).'),
    "no year": ({"Jaar": ""}, 'A2: jaar "" is niet het jaar van deze ronde (2024).'),
    "no number": ({"Nummer": ""}, "C2: nummer ontbreekt."),
    "a number with a fraction": ({"Nummer": 1.5}, 'C2: nummer "1,5" is geen heel getal van 1 tot en met 999.'),
    "a number in words": ({"Nummer": "een"}, 'C2: nummer "een" is geen heel getal van 1 tot en met 999.'),
    "a number below one": ({"Nummer": 0}, 'C2: nummer "0" is geen heel getal van 1 tot en met 999.'),
    "a number without end": ({"Nummer": 1e300}, 'C2: nummer "1000000000'),
    "a number that is not there": (
        {"Nummer": 9},
        "C2: School 9 staat niet in het plan van 2024. Sta nieuwe interventies toe, of verbeter het.",
    ),
    "an unknown thema": ({"Cluster": "Rekenen"}, 'D2: thema "Rekenen" bestaat niet in pijler School.'),
    "no name": ({"Naam": ""}, "E2: naam ontbreekt."),
    "a name that is too long": ({"Naam": LONG}, "E2: deze tekst is te lang: 251 tekens. Er passen er hoogstens 250."),
    "an old name that is too long": (
        {"Was": LONG},
        "F2: deze tekst is te lang: 251 tekens. Er passen er hoogstens 250.",
    ),
    "the name of another": (
        {"Naam": "Schakelklas"},
        'E2: "Schakelklas" is nu de naam van S2. Nummers wijzigt u niet met een werkblad, maar bij Plan.',
    ),
    "an unknown funding": (
        {"Financiering": "Regio Deal;Loterij;Prijs"},
        'G2: financiering "Loterij" bestaat niet. financiering "Prijs" bestaat niet.',
    ),
    "a description of over 30,000 characters": (
        {"Korte omschrijving": "x" * 30_001},
        "H2: deze tekst is te lang: 30.008 tekens, de opmaak meegeteld. Er passen er hoogstens 30.000.",
    ),
    "a text of over 30,000 characters": (
        {"Kwantitatieve voortgang": "x" * 30_001},
        "I2: deze tekst is te lang: 30.008 tekens, de opmaak meegeteld. Er passen er hoogstens 30.000.",
    ),
    "an unknown organisation": (
        {"Initiatiefnemer": "Rijk;Havenbedrijf"},
        'K2: organisatie "Havenbedrijf" bestaat niet.',
    ),
    "an unknown role": ({"Initiatiefnemer": "Rijk (baas)"}, 'K2: organisatie "Rijk (baas)" bestaat niet.'),
    "an organisation twice": ({"Initiatiefnemer": "Rijk;Rijk"}, 'K2: organisatie "Rijk" staat er twee keer.'),
    "two who lead": (
        {"Initiatiefnemer": "Rijk (trekker);STC Group (trekker)"},
        "K2: er staat meer dan één trekker; een interventie heeft er één.",
    ),
    "an unknown colour": (
        {"Kleur": "paars"},
        'L2: kleur "paars" bestaat niet. Kies groen, oranje, rood of wit, of laat leeg.',
    ),
    "a colour that comes too early": ({"Kleur": "rood"}, "L2: de status is 'concept'; kleur geven kan nu niet."),
}


@pytest.mark.parametrize(("cells", "message"), REFUSED.values(), ids=REFUSED)
def test_cell_of_the_plan_is_refused_with_its_place_and_nothing_is_written(world, cells, message):
    before = everything()

    with pytest.raises(Refused) as refused:
        world.take(world.row(**cells), world.row(2, Naam="Kopklas"))

    assert str(refused.value).startswith(f"blad Interventies, cel {message}")
    assert "\n" not in str(refused.value)
    assert everything() == before


FIGURES_REFUSED = {
    "an unknown interventie": ({"Interventie": "S9"}, 'A2: interventie "S9" staat niet in het plan van 2024.'),
    "an unknown indicator": ({"Indicator": "Lokalen"}, 'B2: indicator "Lokalen" bestaat niet.'),
    "a figure that another fills in": (
        {"Interventie": "S2"},
        'B2: indicator "Klassen" wordt ingevuld bij S1, niet bij S2.',
    ),
    "another unit": ({"Eenheid": "%"}, 'C2: eenheid "%" is niet die van de indicator (aantal).'),
    "an unknown area": ({"Gebied": "Oost"}, 'D2: gebied "Oost" bestaat niet.'),
    "no area": ({"Gebied": ""}, "D2: gebied ontbreekt."),
    "an unknown period": ({"Periode": "2023/25"}, 'E2: periode "2023/25" bestaat niet.'),
    "a value that is not asked for": ({"Gebied": "Noord"}, "E2: deze waarde wordt in de ronde 2024 niet gevraagd."),
    "a value in words": ({"Waarde": "veel"}, "F2: 'veel' is geen getal. Schrijf bijvoorbeeld 1.234 of 12,5."),
    "a value in another unit": (
        {"Waarde": "12%"},
        "F2: '12%' is in procent, maar deze indicator is in: aantal. Schrijf alleen het getal.",
    ),
    "a value that can be two things": (
        {"Waarde": "12.5"},
        "F2: '12.5' kan twee dingen betekenen. Gebruik een komma voor decimalen: 12,5.",
    ),
    "a value with too many decimals": (
        {"Waarde": 0.12345},
        "F2: '0,12345' heeft te veel decimalen: hoogstens 4.",
    ),
    "a value without end": ({"Waarde": 1e99}, "F2: '1000"),
    "a target in words": ({"Streefwaarde": "n.b."}, "G2: 'n.b.' is geen getal. Schrijf bijvoorbeeld 1.234 of 12,5."),
    "a provisional that says something else": (
        {"Voorlopig": "misschien"},
        'H2: "misschien" is niet te lezen. Schrijf ja, of laat leeg.',
    ),
    "a remark that is too long": (
        {"Opmerking": "x" * 501},
        "I2: deze tekst is te lang: 501 tekens. Er passen er hoogstens 500.",
    ),
}


@pytest.mark.parametrize(("cells", "message"), FIGURES_REFUSED.values(), ids=FIGURES_REFUSED)
def test_cell_of_the_figures_is_refused_with_its_place_and_nothing_is_written(world, cells, message):
    before = everything()

    with pytest.raises(Refused) as refused:
        world.take(world.row(Naam="Kopklas"), figures=[world.figure(**cells)])

    assert str(refused.value).startswith(f"blad Cijfers, cel {message}")
    assert "\n" not in str(refused.value)
    assert everything() == before


def test_row_of_an_ended_indicator_that_the_round_does_not_ask_for_says_that_it_is_ended(world):
    world.series.indicator.end(by=world.beheerder, version=1, reason="Telt anders.")

    with pytest.raises(Refused) as refused:
        world.look(figures=[world.figure(Gebied="Noord")])
    OutputValue.objects.all().delete()
    with pytest.raises(Refused) as without_rows:
        world.look(figures=[world.figure()])

    said = "E2: deze waarde wordt in de ronde 2024 niet gevraagd: de indicator is beëindigd."
    assert [said in str(error.value) for error in (refused, without_rows)] == [True, True]
    assert "bestaat niet" not in f"{refused.value} {without_rows.value}"


def test_message_stays_short_whatever_stands_in_the_cell(world):
    with pytest.raises(Refused) as refused:
        world.look(world.row(Pijler="x" * 30_000), figures=[world.figure(Waarde="x" * 30_000)])

    assert all(len(line) < 600 for line in str(refused.value).split("\n"))


def test_list_of_names_without_end_is_refused(world):
    with pytest.raises(Refused, match="cel K2: deze tekst is te lang: er passen hoogstens 3000 tekens"):
        world.look(world.row(Initiatiefnemer="Rijk;" * 1_000))


@pytest.mark.parametrize("text", ["<b>", "- a\n", "<table><tr><td>"])
def test_text_that_would_take_minutes_is_refused_in_seconds(world, text):
    """Each of 2,000 rows would take a tenth of a second or more."""
    rows = [
        world.row(**{"Nummer": n, "Korte omschrijving": f"{n}{text * (30_000 // len(text))}"}) for n in range(1, 200)
    ]
    begin = time.process_time()

    with pytest.raises(Refused, match="De teksten bevatten meer opmaak dan een plan nodig heeft"):
        world.look(*rows)

    assert time.process_time() - begin < 10


def test_double_rows_are_refused_with_the_row_where_the_other_stands(world):
    with pytest.raises(Refused) as refused:
        world.look(world.row(), world.row(2), world.row(), figures=[world.figure(), world.figure()])

    assert str(refused.value).split("\n") == [
        "blad Interventies, cel C4: School 1 staat ook in rij 2.",
        "blad Cijfers, cel E3: deze waarde staat ook in rij 2.",
    ]


WRONG_YEAR = "blad Interventies, kolom A: dit werkblad is van 2022; deze ronde is 2024. Kies het werkblad van 2024,"


@pytest.mark.parametrize(
    ("there", "advice"), [(False, ""), (True, " lees dit in bij de ronde 2022,")], ids=["no such round", "a round"]
)
def test_workbook_of_another_round_is_refused_in_one_sentence(world, there, advice):
    if there:
        RoundFactory(year=2022, historical=True)
    rows = [world.row(number, Jaar=2022, Naam="") for number in (1, 2)]

    with pytest.raises(Refused) as refused:
        world.look(*rows, figures=[world.figure(Periode="1999")])

    assert str(refused.value) == f"{WRONG_YEAR}{advice} of zet in deze kolom overal 2024."


@pytest.mark.parametrize("years", [(2022, 2023), (2022, 2024), ("later", "later"), ("2022a", "2022a"), ("", "")])
def test_rows_of_several_years_are_refused_cell_by_cell(world, years):
    with pytest.raises(Refused) as refused:
        world.look(*(world.row(number, Jaar=year) for number, year in enumerate(years, 1)))

    assert str(refused.value).splitlines() == [
        f'blad Interventies, cel A{row}: jaar "{year}" is niet het jaar van deze ronde (2024).'
        for row, year in enumerate(years, 2)
        if year != 2024
    ]


def test_faults_of_both_sheets_are_said_at_once(world):
    with pytest.raises(Refused) as refused:
        world.look(world.row(Pijler="X", Naam="", Kleur="paars"), figures=[world.figure(Gebied="Oost", Waarde="x")])

    cells = [line.split(":")[0] for line in str(refused.value).split("\n")]
    assert cells == [
        *(f"blad Interventies, cel {cell}" for cell in ("B2", "E2", "L2")),
        *(f"blad Cijfers, cel {cell}" for cell in ("D2", "F2")),
    ]


def test_merged_cells_are_said_once(world):
    file = workbook([world.row(1), world.row(2)])
    book = load_workbook(file)
    book["Interventies"].merge_cells("C2:D3")
    book["Interventies"]["B3"] = "Gezondheid"
    merged = BytesIO()
    book.save(merged)

    with pytest.raises(Refused) as refused:
        look_at(merged, reporting_round=world.round, by=world.beheerder)

    assert str(refused.value).splitlines() == [
        "blad Interventies, cel C2: hier zijn cellen samengevoegd (C2:D3). Splits ze: elke rij heeft eigen waarden.",
        'blad Interventies, cel B3: pijler "Gezondheid" bestaat niet.',
    ]


def test_cell_that_cannot_be_read_is_said_with_what_is_wrong_elsewhere(world):
    with pytest.raises(Refused) as refused:
        world.look(world.row(Naam="=1+1", Kleur="paars"))

    assert [line.split(":")[0] for line in str(refused.value).split("\n")] == [
        f"blad Interventies, cel {cell}" for cell in ("E2", "L2")
    ]


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_text_that_was_handed_in_is_refused_and_the_plan_around_it_is_not(world, state):
    world.update.delete()
    world.item.refresh_from_db()
    UpdateFactory(plan_item=world.item, **{state: True})
    label = {"submitted": "ingediend", "approved": "goedgekeurd"}[state]

    for cell, cells, figures in (
        ("Interventies, cel J2", {"Kwalitatieve voortgang": "Anders"}, None),
        ("Cijfers, cel F2", {}, [world.figure(Waarde=6)]),
    ):
        with pytest.raises(Refused, match=f"blad {cell}: de status is '{label}'; opslaan kan nu niet"):
            world.look(world.row(**cells), figures=figures)

    assert differences(world.look(world.row(Naam="Kopklas"), figures=[world.figure()])) == {
        "S1 Taalklas": [("Naam", "Taalklas", "Kopklas")]
    }


def test_text_without_a_voortgang_is_refused():
    world = World(planned=True)
    ProgressUpdate.objects.all().delete()
    empty = {"Kwantitatieve voortgang": "", "Kwalitatieve voortgang": ""}

    with pytest.raises(Refused, match="cel I2: de ronde 2024 is in voorbereiding; opslaan kan nu niet"):
        world.look(world.row(**empty | {"Kwantitatieve voortgang": "Tien."}))

    assert world.take(world.row(**empty, Naam="Kopklas")).summary == "1 interventie gewijzigd."


def test_closed_round_refuses_all():
    world = World(closed=True)

    for method in (world.look, world.take):
        with pytest.raises(Refused, match="De ronde 2024 is afgesloten; het plan ligt vast"):
            method(world.row())


@pytest.mark.parametrize("role", ["invuller", "adviseur", "lezer", "controleur"])
def test_import_is_for_the_beheerder(world, role):
    for method in (world.look, world.take):
        with pytest.raises(PermissionDenied):
            method(world.row(Naam="Kopklas"), by=UserFactory(role=role))


# New interventies


def test_new_interventie_comes_in_when_it_is_allowed():
    world = World(planned=True)
    ProgressUpdate.objects.all().delete()
    cells = {"Kwantitatieve voortgang": "", "Kwalitatieve voortgang": ""}
    rows = [world.row(**cells), world.row(**cells, Nummer="3a", Naam="Kopklas", Initiatiefnemer="Rijk")]

    preview = world.take(*rows, allow_new=True)

    item = world.round.plan_items.get(number=3)
    assert preview.summary == "1 toegevoegd."
    assert (item.letter, item.name, item.theme, item.get_state if False else item.position) == (
        "a",
        "Kopklas",
        world.theme,
        3,
    )
    assert [(one.organisation, one.role) for one in item.initiators.all()] == [(world.rijk, "trekker")]
    assert item.revisions.get().way_in == "import"


def test_new_interventie_of_a_historical_round_brings_its_texts_and_its_colour(past):
    past.take(past.row(Nummer=3, Naam="Kopklas", Kleur="wit"), allow_new=True)

    update = past.round.plan_items.get(number=3).progress
    assert (update.state, update.quantitative, update.colour) == ("approved", "<p>Tien gezinnen bereikt.</p>", "wit")


@pytest.mark.parametrize(("state", "label"), [({}, "open"), ({"review": True}, "in beoordeling")])
def test_new_interventie_is_refused_in_a_round_that_is_going_on(state, label):
    world = World(**state)

    with pytest.raises(
        Refused, match=f"cel C2: School 3 staat niet in het plan, en de ronde 2024 is {label}: voeg toe"
    ):
        world.look(world.row(Nummer=3, Naam="Kopklas"), allow_new=True)


def test_two_rows_get_the_same_name_in_an_earlier_report_alone(past):
    rows = [past.row(1, Naam="Klas"), past.row(2, Naam="klas")]

    past.take(*rows)
    assert set(PlanItem.objects.values_list("name", flat=True)) == {"Klas", "klas"}

    PlanItem.objects.filter(pk=past.item.pk).update(name="Taalklas")
    past.round.__class__.objects.update(historical=False, state="open", opens_on="2025-01-01", deadline="2025-02-01")
    past.round.refresh_from_db()
    with pytest.raises(Refused, match='E2: "KLAS" is nu de naam van S2'):
        past.take(past.row(1, Naam="KLAS"))
    with pytest.raises(Refused, match='E3: de naam "NIEUW" staat ook in rij 2'):
        past.take(past.row(1, Naam="Nieuw"), past.row(2, Naam="NIEUW"))


def test_new_number_with_the_name_of_another_is_a_renumbering(past):
    with pytest.raises(Refused, match='cel E2: "Taalklas" is nu de naam van S1'):
        past.look(past.row(Nummer=3), allow_new=True)


# What cells mean


def test_workbook_that_says_the_same_changes_nothing_and_says_so(world):
    before = everything()

    preview = world.take(world.row(), world.row(2), figures=[world.figure()])

    assert (preview.changes, preview.summary) == ([], "Niets veranderd.")
    assert everything() == before


def test_empty_cell_empties_and_an_absent_row_stays(past):
    past.item.former_name = "Leesklas"
    past.item.save()
    UpdateFactory._meta.model.objects.filter(plan_item=past.item).update(colour="groen", colour_reason="Goed.")
    empty = (
        "Cluster",
        "Was",
        "Financiering",
        "Korte omschrijving",
        "Kwantitatieve voortgang",
        "Initiatiefnemer",
        "Kleur",
    )

    past.take(past.row(**dict.fromkeys(empty, "")))

    item = PlanItem.objects.select_related("progress").get(pk=past.item.pk)
    assert (item.theme, item.former_name, item.description, item.progress.quantitative) == (None, "", "", "")
    assert (item.funding.count(), item.initiators.count()) == (0, 0)
    assert item.progress.qualitative == "<p>Het loopt goed.</p>"
    assert item.progress.colour == "groen"
    other = PlanItem.objects.select_related("progress").get(pk=past.other.pk)
    assert (other.theme, other.initiators.count(), other.progress.quantitative) == (
        past.theme,
        2,
        "<p>Tien gezinnen bereikt.</p>",
    )


@pytest.mark.parametrize("name", ["Taal", "Kwaliteit › Taal"])
def test_thema_is_named_by_one_level_or_by_both(world, name):
    world.item.theme = None
    world.item.save()

    world.take(world.row(Cluster=name))

    assert PlanItem.objects.get(pk=world.item.pk).theme == world.theme


def test_thema_with_the_name_of_another_takes_both_levels(world):
    other = ThemeFactory(pillar=world.school, parent=ThemeFactory(pillar=world.school, name="Breedte"), name="Taal")

    assert world.look(world.row(Cluster="Taal")).changes == []  # what it is already
    world.item.theme = None
    world.item.save()
    with pytest.raises(Refused) as refused:
        world.look(world.row(Cluster="Taal"))
    assert str(refused.value).endswith(
        'cel D2: thema "Taal" is er meer dan eens. Schrijf "Kwaliteit › Taal" of "Breedte › Taal".'
    )
    world.take(world.row(Cluster="Breedte › Taal"))
    assert PlanItem.objects.get(pk=world.item.pk).theme == other


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("Twee regels\nonder elkaar\n\nen nog een", "<p>Twee regels<br>onder elkaar</p><p>en nog een</p>"),
        ("Stand:\n- een\n- twee", "<p>Stand:</p><ul><li><p>een</p></li><li><p>twee</p></li></ul>"),
        ("minder dan <5 & meer", "<p>minder dan &lt;5 &amp; meer</p>"),
        ("<p>Stand</p><script>alert(1)</script><p onclick='x'>nu</p>", "<p>Stand</p><p>nu</p>"),
        ("De <b>stand</b> nu", "<p>De <strong>stand</strong> nu</p>"),
        ("een<br>twee", "<p>een<br>twee</p>"),
        (40.5, "<p>40,5</p>"),
    ],
)
def test_text_is_html_or_plain_and_is_kept_in_its_canonical_form(world, cell, html):
    world.take(world.row(**{"Kwalitatieve voortgang": cell, "Korte omschrijving": cell}))

    update = ProgressUpdate.objects.select_related("plan_item").get(pk=world.update.pk)
    assert (update.qualitative, update.plan_item.description) == (html, html)
    assert (update.state, update.revisions.last().way_in) == ("draft", "import")


@pytest.mark.parametrize(
    ("cell", "initiators"),
    [
        ("STC Group;Rijk", [("STC Group", "dataleverancier", False), ("Rijk", "trekker", True)]),
        ("Zadkine; Rijk", [("Zadkine", "trekker", False), ("Rijk", "initiatiefnemer", False)]),
        ("Zadkine;Rijk (trekker)", [("Zadkine", "initiatiefnemer", False), ("Rijk", "trekker", True)]),
        ("Rijk\nSTC Group (initiatiefnemer)", [("Rijk", "trekker", True), ("STC Group", "initiatiefnemer", False)]),
        ('"Jong; Oud (Zuid)"', [("Jong; Oud (Zuid)", "trekker", False)]),
    ],
)
def test_first_initiator_leads_and_who_delivers_data_goes_on_to(world, cell, initiators):
    for name in ("Zadkine", "Jong; Oud (Zuid)"):
        OrganisationFactory(name=name)

    world.take(world.row(Initiatiefnemer=cell))

    stored = world.item.initiators.select_related("organisation")
    assert [(one.organisation.name, one.role, one.confirmed) for one in stored] == initiators


def test_colour_comes_in_as_the_bureaus_and_is_not_released(past):
    past.take(past.row(Kleur="Oranje"), file_name="vgr.xlsx")

    update = ProgressUpdate.objects.get(pk=past.update.pk)
    assert (update.colour, update.colour_reason, update.colour_released) == ("oranje", "Uit werkblad vgr.xlsx", False)
    event = update.events.get()
    assert (event.verb, event.by, event.reason) == ("set_colour", past.beheerder, "Uit werkblad vgr.xlsx")


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (6, 6, ""),
        (1.5, "1.5", ""),
        ("1.234,5", "1234.5", ""),
        ("n.b.", None, "nb"),
        ("<5", None, "lt5"),
        ("", None, ""),
    ],
)
def test_value_is_a_number_or_what_stands_for_it(world, cell, value, code):
    world.take(figures=[world.figure(Waarde=cell, Streefwaarde="9,5", Voorlopig="Ja", Opmerking="geteld in mei")])

    row = OutputValue.objects.get(pk=world.value.pk)
    assert (row.value, row.code) == (value and Decimal(value), code)
    assert (row.target, row.provisional, row.remark) == (Decimal("9.5"), True, "geteld in mei")


def test_remark_is_one_line_as_in_the_grid(world):
    """A browser drops the line breaks of a field of one line: that would be a change which nobody made."""
    world.take(figures=[world.figure(Opmerking="geteld in mei,\n  op  papier\r\nnageteld")])

    assert OutputValue.objects.get(pk=world.value.pk).remark == "geteld in mei, op  papier nageteld"


def test_contact_persons_stay(world):
    world.item.contacts.add(world.beheerder)

    world.take(world.row(Naam="Kopklas"))

    assert list(world.item.contacts.all()) == [world.beheerder]


def test_proposed_colour_and_waivers_stay_when_a_text_changes(world):
    world.update.proposed_colour, world.update.proposed_reason = "rood", "Te weinig klassen."
    world.update.save()
    world.update.waivers.create(part="figures", reason="Nog geen telling.")

    world.take(world.row(**{"Kwalitatieve voortgang": "Anders"}))

    update = ProgressUpdate.objects.get(pk=world.update.pk)
    assert (update.qualitative, update.proposed_reason) == ("<p>Anders</p>", "Te weinig klassen.")
    assert update.waivers.get().reason == "Nog geen telling."


# Preview, and all or nothing


def test_preview_shows_each_cell_and_writes_nothing(world):
    before, told = everything(), []

    def tell(sender, **kwargs):
        told.append(sender)

    post_save.connect(tell)
    preview = world.look(
        world.row(Naam="Kopklas", Initiatiefnemer="STC Group", Financiering="Spuk KW;Regio Deal"),
        world.row(2, **{"Kwalitatieve voortgang": "Anders"}),
        figures=[world.figure(Waarde=6, Voorlopig="ja")],
    )
    post_save.disconnect(tell)

    assert differences(preview) == {
        "S1 Taalklas": [
            ("Naam", "Taalklas", "Kopklas"),
            ("Financiering", "Regio Deal", "Regio Deal;Spuk KW"),
            ("Initiatiefnemer", "Rijk;STC Group (dataleverancier)", "STC Group (dataleverancier)"),
            ("Klassen, Zuid, 2024: Waarde", "5", "6"),
            ("Klassen, Zuid, 2024: Voorlopig", "", "ja"),
        ],
        "S2 Schakelklas": [("Kwalitatieve voortgang", "<p>Het loopt goed.</p>", "<p>Anders</p>")],
    }
    assert preview.summary == "2 interventies gewijzigd."
    assert (everything(), told) == (before, [])


def test_what_is_taken_over_is_logged(world):
    world.take(world.row(**{"Naam": "Kopklas", "Kwalitatieve voortgang": "Anders"}), figures=[world.figure(Waarde=6)])

    log = ImportLog.objects.get()
    assert (log.round, log.by, log.file_name, len(log.sha256)) == (world.round, world.beheerder, "plan.xlsx", 64)
    assert log.summary == "1 interventie gewijzigd."
    assert log.changes == [
        {
            "interventie": "S1 Taalklas",
            "cellen": [
                {"kolom": "Naam", "was": "Taalklas", "wordt": "Kopklas"},
                {"kolom": "Kwalitatieve voortgang"},
                {"kolom": "Klassen, Zuid, 2024: Waarde", "was": "5", "wordt": "6"},
            ],
        }
    ]
    with pytest.raises(TypeError):
        log.save()
    assert PlanItem.objects.get(pk=world.item.pk).revisions.last().by == world.beheerder


def test_what_is_taken_over_stands_in_the_history_of_the_round(world):
    world.take(world.row(Naam="Kopklas"), world.row(2), figures=[world.figure(Waarde=6)], file_name="herfst.xlsx")
    world.take(world.row(Naam="Kopklas"))

    event = world.round.events.get()
    assert (event.verb, event.by, event.to_state) == ("import", world.beheerder, "open")
    assert event.reason == "herfst.xlsx, 2 rijen met een wijziging. 1 interventie gewijzigd."


def test_nothing_is_taken_over_that_was_not_shown(world):
    rows = [world.row(Naam="Kopklas")]
    shown = world.look(*rows).fingerprint
    PlanItem.objects.filter(pk=world.item.pk).update(description="<p>Door een ander.</p>")
    before = everything()

    with pytest.raises(Outdated) as outdated:
        world.take(*rows, shown=shown)

    assert everything() == before
    now = outdated.value.preview
    assert [one.title for one in now.changes[0].differences] == ["Naam", "Korte omschrijving"]
    assert world.take(*rows, shown=now.fingerprint).summary == "1 interventie gewijzigd."


def test_conflict_half_way_undoes_all(world, monkeypatch):
    before = everything()

    def somebody_was_first(update, *args, **kwargs):
        raise Conflict("Iemand anders was eerder.")

    monkeypatch.setattr(ProgressUpdate, "save_draft", somebody_was_first)
    with pytest.raises(Conflict):
        world.take(world.row(Naam="Kopklas"), world.row(2, **{"Kwalitatieve voortgang": "Anders"}))

    assert everything() == before


def test_preview_takes_as_many_queries_for_three_rows_as_for_one(world):
    world.items.append(world.add(3, "Kopklas"))

    def queries(*rows, figures):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            world.look(*rows, figures=figures)
        return len(captured)

    changed = {"Naam": "Anders", "Kwalitatieve voortgang": "Anders", "Initiatiefnemer": "Rijk"}
    one = queries(world.row(**changed), figures=[world.figure(Waarde=6)])
    three = queries(
        *(world.row(n, **changed | {"Naam": f"Anders {n}"}) for n in (1, 2, 3)), figures=[world.figure(Waarde=6)]
    )

    assert three == one
