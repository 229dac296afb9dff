"""The admin of the outcome indicators refuses what would break a page, hide what was measured or change a report."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from lxml import html

from indicators.models import Indicator, Regime, RegimePoint, Report, ShareClass, Source, Table
from tests.factories import PillarFactory, UserFactory
from tests.indicators.factories import (
    IndicatorFactory,
    PlaceFactory,
    RegimeFactory,
    SourceFactory,
    TableFactory,
    TargetFactory,
    measure,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def beheerder(client):
    client.force_login(UserFactory(beheerder=True))


def url(model, name, *args):
    return reverse(f"admin:indicators_{model._meta.model_name}_{name}", args=args)


def save(client, one, **fields):
    """Post the form of `one` (a model: that of a new one) as the browser would, with other `fields`; what is wrong."""
    where = url(type(one), "change", one.pk) if isinstance(one, (Indicator, Table, Source, Regime)) else url(one, "add")
    page = html.fromstring(client.get(where).text)
    form = page.xpath("//form[@id][.//input[@name='_save']]")[0]
    values = {name: value for name, value in form.form_values() if not name.startswith("_")}
    response = client.post(where, values | {name: str(value) for name, value in fields.items()})
    if response.status_code == 302:
        return []
    return html.fromstring(response.text).xpath("//ul[contains(@class, 'errorlist')]/li/text()")


@pytest.fixture
def measured():
    """An indicator of which something was measured in 2022 and 2023."""
    indicator = IndicatorFactory(kind="figure", table=TableFactory(), lowest=0, highest=100)
    for year, value in ((2022, 20), (2023, "19.5")):
        measure(indicator, PlaceFactory(), year, Decimal(value))
    return indicator


@pytest.mark.parametrize(
    ("model", "fields", "message"),
    [
        (Indicator, {"decimals": 99}, "Het aantal decimalen is 0, 1, 2, 3 of 4."),
        (Indicator, {"code": "stand"}, "'stand' is het adres van een andere pagina. Kies een andere code."),
        (RegimePoint, {"share": 5}, "Het deel ligt tussen 0 en 1: 0,4 is 40%."),
        (RegimePoint, {"share": "-0,1"}, "Het deel ligt tussen 0 en 1: 0,4 is 40%."),
        (ShareClass, {"lower": 25}, "Vanaf ligt tussen -1 en 1: 0,25 is 25%."),
        (ShareClass, {"lower": "-1,5"}, "Vanaf ligt tussen -1 en 1: 0,25 is 25%."),
    ],
)
def test_what_would_break_a_page_is_refused(client, model, fields, message):
    regime = RegimeFactory().pk
    usual = {
        Indicator: {"name": "Nieuw", "code": "nieuw", "kind": "goal", "unit": "%"},
        RegimePoint: {"regime": regime, "year": 2025},
        ShareClass: {"regime": regime, "report": 2023, "name": "Vooruit"},
    }[model]
    assert save(client, model, **usual | fields) == [message]
    assert save(client, model, **usual | {"share": "0,25", "lower": "0,25"}) == []


def test_bounds_hold_in_the_database_too(measured):
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.update(decimals=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareClass.objects.create(regime=RegimeFactory(), report=2023, name="Te veel", lower=Decimal("1.5"))


def test_no_code_is_a_word_of_our_addresses(client):
    words = ("stand", "invoeren", "werkblad", "verschillen", "tabellen", "effectrapportage")
    for code in words:
        assert save(client, Indicator, name="Nieuw", code=code, kind="goal", unit="%"), code
    assert save(client, Indicator, name="Nieuw", code="standen", kind="goal", unit="%") == []


def test_code_never_changes(client, measured):
    for one in (measured, measured.table, SourceFactory(), RegimeFactory()):
        code = one.code
        assert save(client, one, code="anders", name="Anders genoemd") == []
        one.refresh_from_db()
        assert (one.code, one.name) == (code, "Anders genoemd")


def test_history_says_from_what_to_what(client):
    pillar = PillarFactory(name="Werk")
    indicator = IndicatorFactory(name="Oud", lowest=0)
    fields = {"name": "Nieuw", "lowest": "1,5", "highest": 100, "direction": "lower", "source": SourceFactory().pk}
    assert save(client, indicator, **fields, pillars=pillar.pk, adds_up="on") == []

    told = html.fromstring(client.get(url(Indicator, "history", indicator.pk)).text).text_content()

    for said in (
        *("Naam: Oud → Nieuw", "Laagste waarde: 0,0000 → 1,5", "Hoogste waarde: leeg → 100", "Bron: leeg → Bron"),
        *("Richting: geen van beide → lager is beter", "Pijlers: leeg → Werk", "Telt op: nee → ja"),
    ):
        assert said in told


MEANING = (
    "Er zijn metingen, en die zouden iets anders gaan betekenen of niet meer te zien zijn. Maak een nieuwe indicator,"
    " of haal de metingen eerst weg bij Indicatoren › Invoeren."
)
OUTSIDE = (
    "Daarbuiten ligt wat er gemeten is: {} van NPRZ-gebied over {}. Verbeter dat eerst bij Indicatoren › Invoeren."
)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"unit": "aantal"}, MEANING),
        ({"period_kind": "school_year"}, MEANING),
        ({"lowest": "19,6"}, OUTSIDE.format("19,5", 2023)),
        ({"highest": "19,5"}, OUTSIDE.format("20", 2022)),
        ({"table": ""}, "Een cijfer staat alleen in een tabel"),
    ],
)
def test_what_was_measured_stays_what_it_is_within_bounds_and_in_sight(client, measured, fields, message):
    (said,) = save(client, measured, **fields)
    assert said.startswith(message)
    measured.measurements.all().delete()
    assert save(client, measured, **fields) == []


def test_what_was_measured_moves_to_a_table_of_the_same_layout_alone(client, measured):
    other = TableFactory(layout=Table.Layout.MOVES)
    (said,) = save(client, measured, table=other.pk)
    assert "die tabel heeft een andere opmaak. Kies een tabel met de opmaak 'kolommen zijn periodes'" in said
    assert save(client, measured, table=TableFactory().pk, lowest=19, highest=20) == []


def test_what_a_report_is_computed_with_is_not_deleted(client):
    target = TargetFactory(reports_to=2023)
    shown = target.regime.classes.create(report=2023, name="Vooruit")
    used = [target, shown, target.regime.points.first()]
    free = [TargetFactory(reports_from=2024), target.regime.classes.create(report=2024, name="Vooruit")]
    Report.objects.create(year=2023)

    for one in used:
        assert client.post(url(type(one), "delete", one.pk), {"post": "yes"}).status_code == 403
    for one in free:
        assert client.post(url(type(one), "delete", one.pk), {"post": "yes"}).status_code == 302
    Report.objects.all().delete()
    for one in used:
        assert client.post(url(type(one), "delete", one.pk), {"post": "yes"}).status_code == 302


def test_point_is_called_as_people_write_it():
    points = RegimeFactory().points.all()
    assert [str(one) for one in points] == ["Regime a: 0 in 2011", "Regime a: 0,25 in 2021", "Regime a: 1 in 2031"]
