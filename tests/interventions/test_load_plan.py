"""`manage.py load_plan`: the plan of 2023 as shipped, and that it never overwrites."""

import csv
import json
import re
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organisation
from interventions.loading import read_figures, read_plan, read_texts
from interventions.models import (
    Initiator,
    OutputIndicator,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
    Revision,
)
from interventions.workflow import State
from programme.models import Area, Pillar
from tests.factories import UserFactory

REPORT = Path(settings.BASE_DIR).parent / "shared" / "vgr2023"
PILLARS = {"T": "Thuisbasis op Orde", "S": "School", "W": "Werk", "Wo": "Wonen", "V": "Veilig"}
# The rows whose initiatiefnemer names a department of the municipality.
DEPARTMENTS = {
    "T1": ["Gemeente Rotterdam – MOW"],
    "T2": ["Gemeente Rotterdam – MOW"],
    "T3": ["Gemeente Rotterdam – MO"],
    "T4": ["Gemeente Rotterdam – MO"],
    "T10": ["Gemeente Rotterdam – MO", "Gemeente Rotterdam – MOW"],
    "S8": ["Gemeente Rotterdam – Jonge kind"],
    "W4": ["Gemeente Rotterdam – W&I", "Gemeente Rotterdam – MO"],
    "W5": ["Gemeente Rotterdam – W&I", "Gemeente Rotterdam – MO"],
}


def load_plan():
    """The lines that `manage.py load_plan` prints."""
    output = StringIO()
    call_command("load_plan", stdout=output)
    return output.getvalue().splitlines()


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """The plan, loaded for all tests below; each test still undoes its own changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_plan()
        transaction.set_rollback(True)


@pytest.fixture
def plan(loaded_once, db):
    return ReportingRound.objects.get(year=2023)


def item(plan, code):
    pillar = code.rstrip("0123456789")
    return plan.plan_items.get(pillar__abbreviation=pillar, number=int(code.removeprefix(pillar)))


def test_load_plan_makes_the_historical_round_with_every_interventie(plan):
    numbers = plan.plan_items.counting().values_list("pillar__abbreviation", "number")
    expected = {"T": 19, "S": 29, "W": 35, "Wo": 19, "V": 18}
    assert set(numbers) == {(pillar, number) for pillar, last in expected.items() for number in range(1, last + 1)}
    assert plan.plan_items.activities().count() == 11
    assert dict(Pillar.objects.values_list("abbreviation", "name")) == PILLARS
    assert (plan.historical, plan.state) == (True, "closed")
    assert "2023" in plan.source


def test_load_plan_makes_voortgang_that_is_read_by_all_and_has_no_colour(plan):
    updates = ProgressUpdate.objects.filter(plan_item__round=plan)
    assert Counter(updates.values_list("state", "version", "colour")) == {(State.APPROVED, 1, ""): 131}
    lezer = UserFactory(lezer=True)
    seen = plan.plan_items.visible_to(user=lezer).get(name="Basismonitors")
    assert seen.seen_quantitative.startswith("<p>De Basismonitor Onderwijs is klaar.")


def test_load_plan_keeps_texts_and_figures_as_the_first_version(plan):
    for update in ProgressUpdate.objects.filter(plan_item__round=plan):
        revision = update.revisions.get()
        assert (revision.version, revision.by, revision.way_in) == (1, None, "plan")
        assert (revision.quantitative, revision.qualitative) == (update.quantitative, update.qualitative)
    kept = item(plan, "S8").progress.revisions.get().rest["figures"]
    assert len(kept) == OutputValue.objects.owned_by(item(plan, "S8")).count() > 40


def test_load_plan_keeps_themes_on_two_levels_in_printed_order(plan):
    themes = []
    for one in plan.plan_items.filter(pillar__abbreviation="Wo").in_printed_order():
        if str(one.theme) not in themes:
            themes.append(str(one.theme))
    assert themes[0] == "WONINGVOORRAAD › BASISBEHEER PARTICULIERE VOORRAAD"
    assert themes[-1] == "WOONOMGEVING › Regionaal en nationaal beleid en wetgeving"
    ordered = [str(theme) for theme in Pillar.objects.get(abbreviation="Wo").themes.all()]
    assert [theme for theme in ordered if theme in themes] == themes


def test_load_plan_takes_the_first_named_for_trekker_until_the_bureau_confirms(plan):
    initiators = item(plan, "Wo14").initiators.values_list("organisation__name", "role", "confirmed")
    assert list(initiators) == [
        ("Gemeente Rotterdam", "trekker", False),
        ("Politie", "initiatiefnemer", False),
        ("OM", "initiatiefnemer", False),
        ("Woonstad", "initiatiefnemer", False),
    ]


def test_load_plan_names_departments_where_the_report_does(plan):
    found = {}
    for initiator in Initiator.objects.filter(
        plan_item__round=plan, plan_item__pillar__isnull=False, organisation__kind=Organisation.Kind.DEPARTMENT
    ).select_related("plan_item__pillar", "organisation__parent"):
        assert initiator.organisation.parent.name == "Gemeente Rotterdam"
        found.setdefault(initiator.plan_item.code, []).append(initiator.organisation.name)
    assert found == DEPARTMENTS


def test_load_plan_knows_the_members_of_collectives(plan):
    collectives = Organisation.objects.filter(kind=Organisation.Kind.COLLECTIVE)
    members = {one.name: {member.name for member in one.members.all()} for one in collectives}
    assert members == {
        "Woningcorporaties": {"Woonstad", "Havensteder", "Woonbron", "Hef Wonen"},
        "Mbo-instellingen": {"STC Group", "Techniek College Rotterdam", "Zadkine", "Albeda", "Lentiz LIFE College"},
        "Schoolbesturen": set(),
        "Scholen": set(),
        "Kinderopvangorganisaties": set(),
        "Externe partijen": set(),
    }
    writer = UserFactory(organisations=[Organisation.objects.get(name="Havensteder")])
    assert item(plan, "Wo6") in PlanItem.objects.own_of(user=writer)


def test_load_plan_leaves_28_interventies_without_initiator(plan):
    without = {one.code for one in plan.plan_items.counting().without_initiator().select_related("pillar")}
    veilig = {f"V{number}" for number in range(1, 19)}
    assert without == veilig | {"T6", "T9", "T13", "T16", "S12", "W1", "W2", "W3", "Wo4", "Wo7"}
    suppliers = Initiator.objects.filter(role=Initiator.Role.DATA_SUPPLIER).select_related("plan_item__pillar")
    assert Counter(supplier.plan_item.code for supplier in suppliers) == {"W1": 8, "W2": 6}


def test_load_plan_makes_series_with_their_areas_and_periods(plan):
    lines = load_plan()
    assert lines[0] == (
        "Meegeleverd over 2023: 396 interventie-indicatoren bij interventies (385 verschillende, 11 op twee plaatsen), "
        "529 reeksen (518 verschillende), 29 gebieden, 820 cijfers (795 waarden)."
    )
    indicators = OutputIndicator.objects.prefetch_related("placements", "series")
    assert len(indicators) == 385
    assert sum(indicator.placements.count() for indicator in indicators) == 396
    assert sum(indicator.placements.count() * indicator.series.count() for indicator in indicators) == 529
    assert plan.output_values.count() == 795
    assert set(Area.objects.values_list("name", flat=True)) == {row["area"] for row in read_figures()}
    assert Area.objects.get(name="Feijenoord").kind == Area.Kind.DISTRICT
    assert Area.objects.get(name="Feijenoord (wijk)").kind == Area.Kind.NEIGHBOURHOOD


def test_load_plan_asks_for_school_years_where_the_latest_figure_is_one(plan):
    kinds = dict(OutputIndicator.objects.values_list("name", "period_kind"))
    assert kinds["Nieuwe inschrijvingen AanDeBak-opleidingen"] == "school_year"
    assert kinds["Medewerkers in de wijkteams"] == "year"


def test_load_plan_keeps_target_provisional_and_remark(plan):
    value = plan.output_values.get(
        series__indicator__name="Aandeel Zuid in intakes ETF",
        series__area__name="NPRZ-gebied",
        period__start__year=2023,
    )
    assert (value.value, value.target) == (Decimal("42.2"), Decimal("43.2"))
    assert value.remark.startswith("Streefwaarde is het aandeel")
    provisional = plan.output_values.get(
        series__indicator__name="Bedrijfsruimten Boulevard Zuid", period__start__year=2024
    )
    assert (provisional.value, provisional.provisional, provisional.remark) == (232, True, "lopend jaar")


def test_load_plan_keeps_a_shared_figure_once_with_one_owner(plan):
    shared = OutputIndicator.objects.get(name="Bedrijfsruimten Boulevard Zuid")
    owners = {
        placement.intervention.plan_items.get().code: placement.owner
        for placement in shared.placements.select_related("intervention")
    }
    assert owners == {"W30": True, "Wo18": False}
    years = plan.output_values.filter(series__indicator=shared).values_list("period__start__year", flat=True)
    assert list(years.order_by("period__start")) == [2019, 2020, 2021, 2022, 2023, 2024]


def test_load_plan_tells_where_the_report_contradicts_itself(plan):
    value = plan.output_values.get(series__indicator__name="Integrale controles")
    assert (value.value, value.remark) == (12, "bij V12 noemt het rapport 10")
    other = plan.output_values.get(series__indicator__name="Woningen toegewezen met voorrang (artikel 9)")
    assert other.remark == "Woonstad; 5 meer dan in 2022"


def test_load_plan_says_what_it_added_and_then_that_nothing_changed(plan, loaded_once):
    assert loaded_once[-1] == (
        "Toegevoegd: 120 interventies, 11 andere activiteiten, 43 organisaties, 385 interventie-indicatoren, "
        "29 gebieden en 795 waarden."
    )
    assert load_plan()[-1] == "Niets veranderd."


def test_load_plan_never_overwrites_what_was_edited(plan):
    edited = item(plan, "T1")
    PlanItem.objects.filter(pk=edited.pk).update(name="Nieuwe naam", number=99, description="<p>Anders.</p>")
    ProgressUpdate.objects.filter(plan_item=edited).update(quantitative="<p>Verbeterd.</p>")
    edited.initiators.all().delete()
    PlanItem.objects.filter(pk=item(plan, "T2").pk).update(name="Andere naam")
    PlanItem.objects.filter(pk=item(plan, "T3").pk).update(number=98)
    OutputIndicator.objects.filter(name="Integrale controles").update(name="Controles")
    plan.output_values.filter(series__indicator__name="Controles").update(value=11)
    PlanItem.objects.filter(pk=edited.pk).update(number=1)

    assert load_plan()[-1] == "Niets veranderd."

    edited.refresh_from_db()
    assert (edited.name, edited.description) == ("Nieuwe naam", "<p>Anders.</p>")
    assert ProgressUpdate.objects.get(plan_item=edited).quantitative == "<p>Verbeterd.</p>"
    assert not edited.initiators.exists()
    assert plan.output_values.get(series__indicator__name="Controles").value == 11


def delete(plan_item):
    """As nobody can by the models: what it said once protects it."""
    QuerySet(Revision).filter(update__plan_item=plan_item).delete()
    plan_item.delete()


def test_load_plan_brings_back_an_interventie_that_is_gone(plan):
    gone = item(plan, "W30")
    owned = OutputValue.objects.owned_by(gone).count()
    delete(gone)

    assert load_plan()[-1] == "Toegevoegd: 1 interventie."

    back = item(plan, "W30")
    assert back.progress.state == State.APPROVED
    assert OutputValue.objects.owned_by(back).count() == owned


def test_load_plan_leaves_a_round_alone_that_was_not_taken_over(plan):
    ReportingRound.objects.update(historical=False, opens_on="2024-01-15", deadline="2024-03-01")
    delete(item(plan, "T1"))

    with pytest.raises(CommandError, match="De ronde 2023 bestaat al"):
        load_plan()

    assert plan.plan_items.counting().count() == 119


@pytest.mark.skipif(not REPORT.exists(), reason="het rapport zelf (../shared/vgr2023) is er niet")
def test_shipped_plan_says_what_the_report_says():
    report = json.loads((REPORT / "interventions.json").read_text(encoding="utf-8"))
    report += json.loads((REPORT / "other_activities.json").read_text(encoding="utf-8"))
    items = read_plan()["items"]
    assert len(items) == len(report) == 131
    for row, printed in zip(items, report, strict=True):
        assert row["pillar"] is None or (PILLARS[row["pillar"]], row["number"]) == (
            printed["pijler"],
            printed["nummer"],
        )
        assert (row["name"], row["former_name"]) == (printed["naam"], printed["was"])
        assert (row["themes"], row["funding"]) == (printed["clusterpad"], printed["financiering"])
        named = [name.partition(" – ")[0] for name in [*row["initiators"], *row.get("data_suppliers", [])]]
        expected = [] if (row["pillar"], row["number"]) == ("W", 3) else printed["initiatiefnemers"]
        assert list(dict.fromkeys(named)) == expected


@pytest.mark.skipif(not REPORT.exists(), reason="het rapport zelf (../shared/vgr2023) is er niet")
def test_shipped_texts_and_figures_are_those_in_our_own_words():
    texts, figures = read_texts(), Counter(tuple(row.values()) for row in read_figures())
    own_figures = Counter()
    for pillar, name in PILLARS.items():
        file = name.partition(" ")[0].lower()
        for row in _rows(f"teksten-{file}.csv"):
            ours = texts[pillar, int(row["nummer"])]
            assert tuple(ours.values())[2:] == tuple(row.values())[2:]
        own_figures.update((pillar, *tuple(row.values())[1:]) for row in _rows(f"kerncijfers-{file}.csv"))
    assert figures == own_figures


def _rows(name):
    """The rows of a file of ours, with a comma where a text has a decimal point."""
    with (REPORT / "eigen" / name).open(encoding="utf-8", newline="") as file:
        return [{key: _in_dutch(text) for key, text in row.items()} for row in csv.DictReader(file)]


def _in_dutch(text):
    is_text = any(map(str.isalpha, text))
    return re.sub(r"(?<!Zuid )\b(\d+)\.(\d{1,2})\b", r"\1,\2", text) if is_text else text
