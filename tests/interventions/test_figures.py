"""Figures: what may be typed, which rows a round asks for, where a figure stands, and new ones proposed."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from interventions.models import IndicatorPlacement, OutputIndicator, OutputSeries, OutputValue, ReportingRound
from interventions.models.progress import Figure
from interventions.workflow import Refused, State
from programme.figures import Code, parse_figure
from programme.models import Period
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

# Typing


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("", (None, "")),
        ("  \t", (None, "")),
        ("-", (None, "")),
        ("–", (None, "")),
        ("0", (Decimal(0), "")),
        ("12", (Decimal(12), "")),
        ("1.234,5", (Decimal("1234.5"), "")),
        ("-31", (Decimal(-31), "")),
        ("n.b.", (None, "nb")),
        ("NB", (None, "nb")),
        ("n. b.", (None, "nb")),
        ("onbekend", (None, "nb")),
        ("n.v.t.", (None, "nvt")),
        ("nvt", (None, "nvt")),
        ("<5", (None, "lt5")),
        ("< 5", (None, "lt5")),
    ],
)
def test_cell_reads_a_number_or_why_there_is_none(typed, figure):
    assert parse_figure(typed, unit="aantal") == figure


@pytest.mark.parametrize(
    "typed", ["veel", "12.5", "1,2,3", "<6", ">5", "=1+1", "+31", "n.b. (later)", "12 of 13", "--"]
)
def test_cell_refuses_what_is_neither_and_repeats_it(typed):
    with pytest.raises(ValueError, match=r"geen getal|twee dingen") as refused:
        parse_figure(typed, unit="aantal")

    assert f"'{typed}'" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("12,5 %", "%", Decimal("12.5")),
        ("12%", "% van de gezinnen", Decimal(12)),
        ("12%", "procent", Decimal(12)),
        ("€ 1.200", "euro", Decimal(1200)),
        ("€ 3", "mln euro", Decimal(3)),
    ],
)
def test_cell_takes_the_sign_of_its_unit(typed, unit, value):
    assert parse_figure(typed, unit=unit) == (value, "")


@pytest.mark.parametrize(
    ("typed", "unit", "said"),
    [
        ("12%", "aantal", "'12%' is in procent, maar deze indicator is in: aantal."),
        ("€ 12", "aantal", "'€ 12' is in euro, maar deze indicator is in: aantal."),
        ("€ 12", "%", "'€ 12' is in euro, maar deze indicator is in: %."),
    ],
)
def test_cell_refuses_the_sign_of_another_unit(typed, unit, said):
    with pytest.raises(ValueError, match="Schrijf alleen het getal") as refused:
        parse_figure(typed, unit=unit)

    assert str(refused.value).startswith(said)


def test_every_code_reads_back_from_how_it_is_shown():
    read = {parse_figure(code.label, unit="aantal") for code in Code}
    assert read == {(None, code.value) for code in Code}


@pytest.mark.parametrize(
    ("fields", "shown", "filled"),
    [
        ({}, "", False),
        ({"value": Decimal("1234.5000")}, "1.234,5", True),
        ({"value": Decimal(0)}, "0", True),
        ({"code": "nb"}, "n.b.", True),
        ({"code": "lt5"}, "<5", True),
    ],
)
def test_value_shows_as_a_reader_writes_it(fields, shown, filled):
    value = OutputValue(**fields)

    assert (value.display, value.is_filled) == (shown, filled)


def test_figure_has_one_spelling_per_number():
    assert Figure(Decimal("5.00")) == Figure(Decimal("5"))
    assert Figure(Decimal("100")) == Figure(Decimal("1E+2"))
    assert Figure(None) != Figure(Decimal(0))


# Which rows a round asks for


def rows_of(reporting_round):
    return {(row.series, str(row.period)) for row in reporting_round.output_values.select_related("period")}


@pytest.fixture
def make_series(db):
    """make_series(item, kind): a series that `item` fills in."""

    def make_series(item, kind="year", **fields):
        return SeriesFactory(indicator=IndicatorFactory(owner=item.intervention, period_kind=kind, **fields))

    return make_series


def test_yearly_figures_are_asked_for_the_year_of_the_round(make_series):
    item = PlanItemFactory()
    series = make_series(item)

    item.round.make_updates()

    assert rows_of(item.round) == {(series, "2024")}


def test_school_years_are_asked_for_the_one_that_ended_unless_it_is_already_reported(make_series):
    before = PlanItemFactory(round=RoundFactory(year=2023, closed=True))
    item = PlanItemFactory(intervention=before.intervention)
    new, behind, further = (make_series(item, "school_year") for _ in range(3))
    ValueFactory(series=behind, round=before.round, period=Period.objects.school_year(2022), value=1)
    ValueFactory(series=further, round=before.round, period=Period.objects.school_year(2022), value=1)
    ValueFactory(series=further, round=before.round, period=Period.objects.school_year(2023), value=1)

    item.round.make_updates()

    assert rows_of(item.round) == {(new, "2023/24"), (behind, "2023/24"), (further, "2024/25")}


def test_what_a_later_round_reports_does_not_move_the_period(make_series):
    item = PlanItemFactory()
    series = make_series(item, "school_year")
    ValueFactory(series=series, round=RoundFactory(year=2025), period=Period.objects.school_year(2024), value=1)

    item.round.make_updates()

    assert rows_of(item.round) == {(series, "2023/24")}


def test_rows_are_made_once_and_keep_what_is_filled_in(make_series):
    item = PlanItemFactory()
    series = make_series(item)
    item.round.make_updates()
    OutputValue.objects.update(value=7)
    added = make_series(item)

    item.round.make_updates()

    assert dict(OutputValue.objects.values_list("series", "value")) == {series.pk: 7, added.pk: None}


def test_rows_are_made_for_figures_in_use_of_who_is_in_the_plan(make_series):
    item, left_out = PlanItemFactory(), PlanItemFactory(round=RoundFactory(year=2023, closed=True))
    kept = make_series(item)
    make_series(left_out)
    by, reason = UserFactory(), "Telt dit jaar voor het eerst."
    make_series(item, status="proposed", proposed_by=by, proposal_reason=reason)
    make_series(item, status="refused", proposed_by=by, proposal_reason=reason)

    item.round.make_updates()

    assert rows_of(item.round) == {(kept, "2024")}


@pytest.mark.django_db
def test_shared_figure_has_one_row_that_its_owner_fills_in_and_both_show():
    owner = PlanItemFactory()
    other = PlanItemFactory(round=owner.round)
    SeriesFactory(indicator=IndicatorFactory(owner=owner.intervention, shared_with=[other.intervention]))
    owner.round.make_updates()
    row = OutputValue.objects.get()

    assert list(OutputValue.objects.at(owner.intervention)) == list(OutputValue.objects.at(other.intervention)) == [row]
    assert list(owner.progress.own_values()) == [row]
    assert list(other.progress.own_values()) == []


@pytest.mark.django_db
def test_figures_stand_in_the_order_of_the_interventie_and_then_by_area():
    item = PlanItemFactory()
    south, north = AreaFactory(name="Zuid", position=2), AreaFactory(name="Noord", position=1)
    last, first = IndicatorFactory(name="A"), IndicatorFactory(name="Z")
    for position, indicator in ((2, last), (1, first)):
        IndicatorPlacement.objects.create(indicator=indicator, intervention=item.intervention, position=position)
        for area in (south, north):
            SeriesFactory(indicator=indicator, area=area)
    item.round.make_updates()

    order = [(row.series.indicator.name, row.series.area.name) for row in item.progress.own_values()]

    assert order == [("Z", "Noord"), ("Z", "Zuid"), ("A", "Noord"), ("A", "Zuid")]


def test_later_round_may_restate_a_period_and_the_closed_round_keeps_its_own(make_series):
    before = PlanItemFactory(round=RoundFactory(year=2023, closed=True))
    now = PlanItemFactory(intervention=before.intervention)
    series = make_series(now)
    period = Period.objects.year(2023)
    old = ValueFactory(series=series, round=before.round, period=period, value=10)

    new = ValueFactory(series=series, round=now.round, period=period, value=12)

    assert set(OutputValue.objects.at(now.intervention)) == {old, new}
    assert [row.value for row in OutputValue.objects.filter(period=period).latest_reported()] == [12]
    assert [row.value for row in OutputValue.objects.before(now.round)] == [10]


# Proposing


@pytest.fixture
def proposed(db):
    """An indicator that somebody proposed for an interventie in an open round."""
    update = UpdateFactory()
    return update.propose_indicator(
        by=UserFactory(adviseur=True),
        name="Huisbezoeken",
        unit="aantal",
        area=AreaFactory(name="Carnisse"),
        reason="Telt dit jaar voor het eerst.",
    )


def test_proposal_waits_for_the_bureau_and_asks_for_nothing_yet(proposed):
    assert (proposed.status, proposed.proposal_reason) == ("proposed", "Telt dit jaar voor het eerst.")
    assert OutputSeries.objects.get().area.name == "Carnisse"
    ReportingRound.objects.get().make_updates()
    assert not OutputValue.objects.exists()


def test_accepted_proposal_is_asked_for_in_the_round_in_progress(proposed):
    intervention = proposed.interventions.get()
    for year, state in ((2022, "closed"), (2025, "planned")):
        PlanItemFactory(intervention=intervention, round=RoundFactory(year=year, state=state))

    proposed.accept(by=UserFactory(adviseur=True))

    assert proposed.status == "active"
    assert {str(row.period) for row in OutputValue.objects.all()} == {"2024"}


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_accepted_indicator_leaves_no_hole_in_what_was_handed_in(state):
    """It is asked for once the voortgang can be written again."""
    adviseur, update = UserFactory(adviseur=True), UpdateFactory(**{state: True})
    indicator = update_proposes(update)

    indicator.accept(by=adviseur)

    assert not OutputValue.objects.exists()
    if state == State.APPROVED:
        update.reopen(by=adviseur, version=update.version, reason="Er komt een cijfer bij.")
    update.return_with_question(by=adviseur, version=update.version, reason="Vul ook het nieuwe cijfer in.")
    assert [value.series.indicator for value in update.own_values()] == [indicator]
    assert [missing.part for missing in update.missing()] == [f"figure-{update.own_values().get().pk}"]


def update_proposes(update, **fields):
    indicator = IndicatorFactory(
        owner=update.plan_item.intervention,
        status=OutputIndicator.Status.PROPOSED,
        proposed_by=UserFactory(),
        proposal_reason="Dat telt.",
        **fields,
    )
    SeriesFactory(indicator=indicator)
    return indicator


@pytest.mark.django_db
def test_two_proposals_of_one_name_cannot_both_be_accepted():
    adviseur, update = UserFactory(adviseur=True), UpdateFactory()
    update_proposes(update, name="Bezoekers").accept(by=adviseur)

    with pytest.raises(Refused, match="Er is al een indicator 'bezoekers'"):
        update_proposes(update, name="bezoekers").accept(by=adviseur)


@pytest.mark.django_db
@pytest.mark.parametrize(("remark", "missing"), [("", 1), ("Er was dubbel geteld.", 0)])
def test_what_an_earlier_round_said_is_restated_with_a_reason(remark, missing):
    update = UpdateFactory(draft=True, quantitative="<p>a</p>", qualitative="<p>b</p>")
    series = SeriesFactory(indicator=IndicatorFactory(owner=update.plan_item.intervention, name="Bezoekers"))
    year = Period.objects.year(2024)
    ValueFactory(series=series, period=year, round=RoundFactory(year=2023, historical=True), value=5)
    row = ValueFactory(series=series, period=year, round=update.plan_item.round, value=9, remark=remark)

    said = [(one.part, one.message) for one in update.missing()]

    assert len(said) == missing
    for part, message in said:
        assert part == f"figure-{row.pk}-remark"
        assert "eerder gemeld was 5" in message


def test_refused_proposal_is_left_out(proposed):
    proposed.refuse(by=UserFactory(beheerder=True))

    assert (OutputIndicator.objects.get().status, OutputValue.objects.count()) == ("refused", 0)


@pytest.mark.parametrize("decision", ["accept", "refuse"])
@pytest.mark.parametrize("role", ["invuller", "lezer", "controleur"])
def test_proposal_is_decided_by_the_bureau_alone(role, decision, proposed):
    with pytest.raises(PermissionDenied):
        getattr(proposed, decision)(by=UserFactory(role=role))

    assert OutputIndicator.objects.get().status == "proposed"


@pytest.mark.parametrize("first", ["accept", "refuse"])
@pytest.mark.parametrize("second", ["accept", "refuse"])
def test_proposal_is_decided_once(first, second, proposed):
    adviseur = UserFactory(adviseur=True)
    stale = OutputIndicator.objects.get()
    getattr(proposed, first)(by=adviseur)

    with pytest.raises(Refused, match="is al beslist"):
        getattr(stale, second)(by=adviseur)

    assert OutputIndicator.objects.get().status == proposed.status


def test_proposal_with_a_name_that_exists_is_not_accepted(proposed):
    IndicatorFactory(name="Huisbezoeken")

    with pytest.raises(Refused, match="Er is al een indicator 'Huisbezoeken'"):
        proposed.accept(by=UserFactory(adviseur=True))


# What must never be


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("output_value_or_code", {"value": 1, "code": "nb"}),
        ("output_value_code_valid", {"code": "x"}),
    ],
)
@pytest.mark.django_db
def test_database_refuses_a_value_that_cannot_be(name, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ValueFactory(**fields)


def test_database_refuses_two_owners_and_two_rows_for_one_figure(make_series):
    item = PlanItemFactory()
    series = make_series(item)
    row = ValueFactory(series=series, round=item.round)

    with pytest.raises(IntegrityError, match="one_owner"), transaction.atomic():
        IndicatorPlacement.objects.create(
            indicator=series.indicator, intervention=PlanItemFactory(round=item.round).intervention
        )
    with pytest.raises(IntegrityError, match="output_value_unique"), transaction.atomic():
        ValueFactory(series=series, round=item.round, period=row.period)
