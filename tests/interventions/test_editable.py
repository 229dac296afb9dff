"""The 'bewerkbaar bestand': what goes out comes in again as it was, whatever the texts and names look like."""

import random
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Organisation, User
from interventions.models import (
    Demonstration,
    Funding,
    ImportLog,
    Initiator,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
)
from interventions.workbooks import write_editable
from interventions.workbooks.importing import look_at, take_over
from interventions.workflow import Refused
from programme.models import Theme
from programme.richtext import canonical, from_plain_text
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
from tests.workbooks import FIGURE_COLUMNS
from workbooks.cells import join_names, split_names

from .test_import import World

pytestmark = pytest.mark.django_db


def exported(reporting_round, user):
    file = BytesIO()
    write_editable(file, reporting_round=reporting_round, user=user)
    return file


def cells(file, sheet="Interventies"):
    """The cells of a sheet by row, as (value, kind)."""
    return [[(cell.value, cell.data_type) for cell in row] for row in load_workbook(file)[sheet]]


# What goes out


def test_sheets_hold_the_columns_of_the_file_of_the_bureau_and_a_row_per_value():
    world = World()

    book = load_workbook(exported(world.round, world.beheerder))

    assert [[cell.value for cell in row] for row in book["Interventies"]] == [
        list(synthetic.COLUMNS),
        [
            *(2024, "School", 1, "Kwaliteit › Taal", "Taalklas", None, "Regio Deal", "<p>Kort.</p>"),
            *("<p>Tien gezinnen bereikt.</p>", "<p>Het loopt goed.</p>", "Rijk;STC Group (dataleverancier)", None),
        ],
        [
            *(2024, "School", 2, "Kwaliteit › Taal", "Schakelklas", None, "Regio Deal", "<p>Kort.</p>"),
            *("<p>Tien gezinnen bereikt.</p>", "<p>Het loopt goed.</p>", "Rijk;STC Group (dataleverancier)", None),
        ],
    ]
    assert [[cell.value for cell in row] for row in book["Cijfers"]] == [
        list(FIGURE_COLUMNS),
        ["S1", "Klassen", "aantal", "Zuid", "2024", 5, 8, None, None],
    ]


def test_row_that_is_still_to_be_filled_in_goes_out_too():
    world = World()
    OutputValue.objects.update(value=None, target=None)
    ValueFactory(
        series=SeriesFactory(indicator=world.series.indicator), round=world.round, code="lt5", provisional=True
    )

    rows = cells(exported(world.round, world.beheerder), "Cijfers")[1:]

    assert {(row[5][0], row[7][0]) for row in rows} == {(None, None), ("<5", "ja")}


@pytest.mark.parametrize(
    "text", ["=1+1", "+31 10", "-5", "@NU()", "007", "<r>x</r>", "#N/A", "1E5", "WAAR", "2024-05-01"]
)
def test_text_goes_out_as_text_and_comes_in_again(text):
    world = World()
    world.item.name = world.item.former_name = text
    world.item.save()
    OutputValue.objects.update(remark=text)

    file = exported(world.round, world.beheerder)

    assert cells(file)[1][4][1] == "s"
    assert cells(file)[1][4][0].strip() == text
    assert look_at(file, reporting_round=world.round, by=world.beheerder).changes == []


def test_character_that_xml_cannot_hold_goes_out_and_comes_in_again():
    world = World()
    OutputValue.objects.update(remark="a\x01b _x0001_")

    file = exported(world.round, world.beheerder)

    assert cells(file, "Cijfers")[1][8] == ("a_x0001_b _x005F_x0001_", "s")
    assert look_at(file, reporting_round=world.round, by=world.beheerder).changes == []


def test_number_goes_out_as_a_number_unless_excel_would_round_it():
    world = World()
    OutputValue.objects.update(value=Decimal("-12.5"), target=Decimal("12345678901234.5678"))

    file = exported(world.round, world.beheerder)

    assert cells(file, "Cijfers")[1][5:7] == [(-12.5, "n"), ("12345678901234,5678", "s")]
    assert look_at(file, reporting_round=world.round, by=world.beheerder).changes == []


def test_text_that_does_not_fit_in_a_cell_is_not_cut():
    world = World()
    world.item.description = f"<p>{'x' * 40_000}</p>"
    world.item.save()

    with pytest.raises(Refused, match="Blad Interventies, rij 2: een tekst is te lang voor een cel van Excel"):
        exported(world.round, world.beheerder)


def test_demonstration_says_so_on_every_page():
    world = World()
    Demonstration.objects.create(stage="open")

    book = load_workbook(exported(world.round, world.beheerder))

    assert book.properties.description == Demonstration.NOTICE
    assert all(Demonstration.NOTICE in str(sheet.oddHeader.right.text) for sheet in book)


def test_activities_stay_out():
    world = World()
    PlanItemFactory(round=world.round, activity=True)

    assert len(cells(exported(world.round, world.beheerder))) == 3


def test_who_may_not_see_a_text_does_not_get_it():
    world = World()

    text = [cell for row in cells(exported(world.round, UserFactory(lezer=True))) for cell, _ in row]

    assert "<p>Tien gezinnen bereikt.</p>" not in text
    assert "Taalklas" in text


def test_earlier_round_goes_out_as_it_was_after_its_interventies_are_merged():
    """The figures go on elsewhere from then on; what was reported stays where it was reported."""
    past, now = RoundFactory(year=2023, historical=True), RoundFactory(year=2024, planned=True)
    beheerder, pillar = UserFactory(beheerder=True), PillarFactory()
    items = []
    for _ in range(2):
        before = PlanItemFactory(round=past, pillar=pillar)
        UpdateFactory(plan_item=before, approved=True)
        ValueFactory(series=SeriesFactory(indicator=IndicatorFactory(owner=before.intervention)), round=past, value=7)
        items.append(PlanItemFactory(round=now, pillar=pillar, intervention=before.intervention))
    out = cells(exported(past, beheerder), "Cijfers")
    assert len(out) == 3

    together = replace(items[0].content(), name="Samen", number=990)
    now.merge({item.pk: item.version for item in items}, together, by=beheerder, reason="Hoort bij elkaar.")

    file = exported(past, beheerder)
    assert cells(file, "Cijfers") == out
    assert look_at(file, reporting_round=past, by=beheerder).changes == []


def test_export_takes_as_many_queries_for_four_rows_as_for_two():
    world = World()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            exported(world.round, world.beheerder)
        return len(captured)

    two = queries()
    for number in (3, 4):
        item = world.add(number, f"Klas {number}")
        ValueFactory(series=SeriesFactory(indicator=IndicatorFactory(owner=item.intervention)), round=world.round)

    assert queries() == two


@pytest.mark.parametrize(
    "names", [[], ["Rijk"], ["A; B", 'De "Zon"', '"'], ["Jansen, Piet", "O'Brien"], ["a\x0bb", "é 😀"]]
)
def test_names_in_a_cell_can_be_told_apart_again(names):
    assert split_names(join_names(names)) == names


# Out and in again

PIECES = (
    *(
        "a",
        "Zuid",
        "ë",
        "😀",
        "\u00a0",
        "›",
        "–",
        ";",
        '"',
        "'",
        "&",
        "<",
        ">",
        "=",
        "+",
        "@",
        "_x0041_",
        "x005F_",
        "_x000D_",
    ),
    *("&amp;", "<5", "</p>", "|", "\\", "%s", "{{ x }}", "1.234,5", "\u2028", "\x85"),
)


def text(chance, length):
    return " ".join("".join(chance.choices(PIECES, k=3)) for _ in range(length))


def name(chance, number):
    """Different for every number, and without white space that is not kept."""
    return " ".join(f"{text(chance, chance.randint(1, 4))} {number}".split())


def rich(chance):
    kind = chance.randrange(4)
    if kind == 0:
        return ""
    if kind == 1:
        return canonical(synthetic.misnested(chance.randrange(10**6)))
    if kind == 2:
        return from_plain_text("\n".join(text(chance, 4) for _ in range(3)))
    return canonical(chance.choice(synthetic.texts()[:40]))


def random_round(chance):
    reporting_round = RoundFactory(year=2023, historical=True)
    pillars = [PillarFactory(name=name(chance, n), abbreviation=f"P{n}x") for n in range(3)]
    blocks = [ThemeFactory(pillar=chance.choice(pillars), name=name(chance, n)) for n in range(4)]
    themes = blocks + [
        ThemeFactory(pillar=block.pillar, parent=block, name=chance.choice(["Taal", name(chance, n)]))
        for n, block in enumerate(blocks)
    ]
    organisations = [OrganisationFactory(name=name(chance, n)) for n in range(6)]
    fundings = [Funding.objects.create(name=name(chance, n)[:80]) for n in range(4)]
    for number in range(1, 11):
        pillar = chance.choice(pillars)
        item = PlanItemFactory(
            round=reporting_round,
            pillar=pillar,
            theme=chance.choice([None, *(theme for theme in themes if theme.pillar == pillar)]),
            number=number,
            letter=chance.choice(["", "", "a", "z"]),
            name=name(chance, number)[:250],
            former_name=chance.choice(["", name(chance, number)[:250].strip()]),
            description=rich(chance),
        )
        item.funding.set(chance.sample(fundings, chance.randint(0, 4)))
        roles = ["trekker"] * chance.randint(0, 1) + chance.choices(["initiatiefnemer", "dataleverancier"], k=3)
        chance.shuffle(roles)
        for position, organisation in enumerate(chance.sample(organisations, chance.randint(0, len(roles)))):
            InitiatorFactory(plan_item=item, organisation=organisation, role=roles[position], position=position)
        UpdateFactory(plan_item=item, approved=True, quantitative=rich(chance), qualitative=rich(chance))
        indicator = IndicatorFactory(name=name(chance, number)[:200], unit="%", owner=item.intervention)
        for _ in range(2):
            series = SeriesFactory(indicator=indicator, area=AreaFactory(name=name(chance, chance.random())[:80]))
            numbers = [
                None,
                Decimal(chance.randint(-(10**8), 10**8)) / 10**4,
                Decimal(chance.randint(0, 10**18 - 1)) / 10**4,
            ]
            value = chance.choice(numbers)
            ValueFactory(
                series=series,
                round=reporting_round,
                value=value,
                code="" if value is not None else chance.choice(["", "nb", "nvt", "lt5"]),
                target=chance.choice(numbers),
                provisional=chance.random() < 0.5,
                remark=chance.choice(["", text(chance, 5).strip()]),
            )
    return reporting_round


def said(reporting_round):
    """All that a round says in what the workbook holds."""
    items = reporting_round.plan_items.order_by("pk").select_related("progress")
    return {
        "plan": [item.content() for item in items],
        "texts": [(item.progress.quantitative, item.progress.qualitative) for item in items],
        "figures": list(
            reporting_round.output_values.order_by("pk").values_list("value", "code", "target", "provisional", "remark")
        ),
    }


@pytest.mark.parametrize("seed", range(8))
def test_what_goes_out_and_comes_in_is_the_same(seed):
    chance = random.Random(seed)
    reporting_round, beheerder = random_round(chance), UserFactory(beheerder=True)
    before, file = said(reporting_round), exported(reporting_round, beheerder)

    assert look_at(file, reporting_round=reporting_round, by=beheerder).changes == []

    PlanItem.objects.update(theme=None, former_name="weg", description="<p>weg</p>")
    for item in reporting_round.plan_items.all():
        item.funding.set(Funding.objects.all())
    Initiator.objects.exclude(role="dataleverancier").update(role="initiatiefnemer")
    ProgressUpdate.objects.update(quantitative="<p>weg</p>", qualitative="<p>weg</p>")
    OutputValue.objects.update(value=1, code="", target=None, provisional=True, remark="weg")
    take_over(file, reporting_round=reporting_round, by=beheerder, file_name="plan.xlsx")

    assert said(reporting_round) == before


# The file of the bureau


@pytest.fixture(scope="module")
def real():
    file = synthetic.REAL / "interventies-2023.xlsx"
    if not file.exists():
        pytest.skip(f"the report is not here: {synthetic.REAL}")
    return file


TEXTS = {
    "Korte omschrijving": "description",
    "Kwantitatieve voortgang": "progress__quantitative",
    "Kwalitatieve voortgang": "progress__qualitative",
}


def test_real_file_goes_in_whole_and_word_for_word_and_comes_out_the_same(real, tmp_path):
    call_command("load_plan", stdout=StringIO())
    organisations = Organisation.objects.count()

    output = run("import_plan", real, year=2023)

    assert output[-1] == "120 interventies gewijzigd."
    header, *rows = load_workbook(real).active.iter_rows(values_only=True)
    items = PlanItem.objects.filter(round__year=2023).counting()
    for row in (dict(zip(header, row, strict=True)) for row in rows):
        item = items.filter(pillar__name=row["Pijler"], number=row["Nummer"]).select_related("theme")
        stored = item.values(*TEXTS.values()).get()
        for column, name in TEXTS.items():
            html = row[column] or ""
            assert synthetic.words(stored[name]) == synthetic.words(html), (row["Pijler"], row["Nummer"], column)
            for tag in ("<td", "<th", "<tr", "<li", "<table"):
                assert stored[name].count(tag) == html.replace("<thead", "").count(tag)
        item = item.get()
        assert (item.name, item.former_name, item.theme.name) == (row["Naam"], row["Was"] or "", row["Cluster"])
        assert {one.organisation.name for one in item.initiators.select_related("organisation")} == set(
            split_names(row["Initiatiefnemer"] or "")
        )
    # Who only delivers data in the plan goes on to do just that; nobody was made up.
    assert (
        Initiator.objects.filter(role="dataleverancier", plan_item__number=1, plan_item__pillar__name="Werk").count()
        == 8
    )
    assert Organisation.objects.count() == organisations

    for file in (real, tmp_path / "bewerkbaar.xlsx"):
        if file != real:
            run("export_round", 2023, output=str(file), editable=True)
        assert run("import_plan", file, year=2023) == ["Niets veranderd."]


# Commands


def run(command, *args, **options):
    output = StringIO()
    call_command(command, *args, stdout=output, **options)
    return output.getvalue().splitlines()


def saved(file, path):
    path.write_bytes(file.getvalue())
    return path


def test_import_plan_says_what_changed_and_who_did_it(tmp_path):
    world = World(historical=True)
    path = saved(exported(world.round, world.beheerder), tmp_path / "plan.xlsx")
    PlanItem.objects.filter(pk=world.item.pk).update(former_name="weg")
    ProgressUpdate.objects.filter(plan_item=world.other).update(qualitative="")

    trial = run("import_plan", path, year=2024, dry_run=True)
    done = run("import_plan", path, year=2024)
    again = run("import_plan", path, year=2024)

    lines = ["S1 Taalklas: Was", "S2 Schakelklas: Kwalitatieve voortgang"]
    assert trial == [*lines, "Er is niets opgeslagen. Dit zou veranderen: 2 interventies gewijzigd."]
    assert done == [*lines, "2 interventies gewijzigd."]
    assert again == ["Niets veranderd."]
    log = ImportLog.objects.get()
    assert (log.by.name, log.by.is_active, log.by.has_usable_password()) == ("Opdrachtregel", False, False)


def test_workbook_changes_nothing_after_an_indicator_was_ended(tmp_path):
    world, past = World(), RoundFactory(year=2023, historical=True)
    thread = {"intervention": world.item.intervention, "pillar": world.school, "number": 1}
    UpdateFactory(plan_item=PlanItemFactory(round=past, name="Taalklas", **thread), approved=True)
    ValueFactory(series=world.series, round=past, value=4)
    files = {one.year: saved(exported(one, world.beheerder), tmp_path / f"{one}.xlsx") for one in (past, world.round)}

    world.series.indicator.end(by=world.beheerder, version=1, reason="Telt anders.")

    for year, file in files.items():
        assert run("import_plan", file, year=year) == ["Niets veranderd."]
        assert run("import_plan", file, year=year, dry_run=True)[-1].endswith("Niets veranderd.")


@pytest.mark.parametrize("unit", ["aantal", "%"])
def test_figures_of_an_ended_indicator_and_of_another_with_its_name_are_told_apart(unit):
    world = World()
    world.series.indicator.end(by=world.beheerder, version=1, reason="Telt anders.")
    indicator = IndicatorFactory(name="Klassen", unit=unit, owner=world.item.intervention)
    ValueFactory(series=SeriesFactory(indicator=indicator, area=world.series.area), round=world.round, value=7)

    file = exported(world.round, world.beheerder)

    assert [row[5][0] for row in cells(file, "Cijfers")[1:]] == [5, 7]
    assert look_at(file, reporting_round=world.round, by=world.beheerder).changes == []


def test_import_plan_in_a_trial_makes_nobody_up(tmp_path):
    world = World()
    path = saved(exported(world.round, world.beheerder), tmp_path / "plan.xlsx")

    assert run("import_plan", path, year=2024, dry_run=True) == ["Niets veranderd."]

    assert list(User.objects.all()) == [world.beheerder]


@pytest.mark.parametrize(
    ("year", "name", "message"),
    [
        (2030, "plan.xlsx", "Er is geen ronde 2030. Rondes die er wel zijn: 2024."),
        (2024, "weg.xlsx", "weg.xlsx kan niet worden gelezen: het bestand bestaat niet."),
        (2024, "geen.xlsx", "Niets overgenomen.\nDit is geen Excelbestand (.xlsx)."),
        (2024, "plan.xlsx", 'Niets overgenomen.\nblad Interventies, cel D2: thema "Kwaliteit › Taal" bestaat niet'),
    ],
)
def test_import_plan_refuses_in_words(tmp_path, year, name, message):
    world = World()
    saved(exported(world.round, world.beheerder), tmp_path / "plan.xlsx")
    (tmp_path / "geen.xlsx").write_text("Jaar;Pijler")
    Theme.objects.filter(pk=world.theme.pk).update(name="Rekenen")

    with pytest.raises(CommandError) as refused:
        run("import_plan", tmp_path / name, year=year)

    assert message in str(refused.value)
    assert refused.value.returncode == 1


def test_import_plan_takes_new_interventies_when_asked(tmp_path):
    world = World(planned=True)
    ProgressUpdate.objects.all().delete()
    path = saved(exported(world.round, world.beheerder), tmp_path / "plan.xlsx")
    world.other.delete()

    with pytest.raises(CommandError, match="School 2 staat niet in het plan van 2024"):
        run("import_plan", path, year=2024)

    assert run("import_plan", path, year=2024, allow_new=True)[-1] == "1 toegevoegd."
    assert ReportingRound.objects.get().plan_items.count() == 2
