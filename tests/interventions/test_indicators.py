"""The figures that interventies report, as the bureau keeps them: added, renamed, shared, ended, with targets."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from interventions.models import IndicatorEvent, OutputIndicator, OutputSeries, OutputValue
from interventions.workflow import Conflict, Refused
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviseur():
    return UserFactory(adviseur=True)


@pytest.fixture
def item():
    return PlanItemFactory(round=RoundFactory(planned=True), name="Leerwerkloket")


@pytest.fixture
def other(item):
    """Another interventie of the same plan."""
    return PlanItemFactory(round=item.round, name="Jobcoaching")


@pytest.fixture
def series(item):
    """Of an indicator of that interventie, for one area."""
    indicator = IndicatorFactory(name="Gezinnen", owner=item.intervention)
    return SeriesFactory(indicator=indicator, area__name="Carnisse")


@pytest.fixture
def indicator(series):
    return series.indicator


def events(indicator):
    return [(one.verb, one.by, one.reason, one.detail) for one in indicator.events.all()]


def stored(indicator):
    return OutputIndicator.objects.get(pk=indicator.pk)


def add(item, by, **fields):
    given = {"name": "Bezoeken", "unit": "aantal", "period_kind": "year", "areas": [AreaFactory()]}
    return OutputIndicator.objects.add_to(item, by=by, **given | fields)


# Adding


def test_added_indicator_is_filled_in_at_its_interventie_for_each_area(item, adviseur):
    areas = AreaFactory.create_batch(2)

    added = add(item, adviseur, name=" Bezoeken  thuis ", areas=areas)

    assert (added.name, added.status, added.interventions.get()) == ("Bezoeken thuis", "active", item.intervention)
    assert {one.area for one in OutputSeries.objects.filter(indicator=added)} == set(areas)
    assert events(added) == [("add", adviseur, "", f"bij {item}")]


@pytest.mark.parametrize(("state", "rows"), [("planned", 0), ("open", 1), ("review", 1)])
def test_added_indicator_is_asked_for_as_soon_as_the_round_is_open(state, rows, adviseur):
    add(PlanItemFactory(round=RoundFactory(state=state)), adviseur)

    assert OutputValue.objects.count() == rows


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Vul een naam in."),
        ({"name": "n" * 201}, "De naam is te lang: 201 tekens. Er passen er hoogstens 200."),
        ({"unit": ""}, "Vul een eenheid in."),
        ({"unit": "n" * 31}, "De eenheid is te lang: 31 tekens. Er passen er hoogstens 30."),
        ({"name": "Gezinnen"}, "Er is al een indicator 'Gezinnen'. Kies een andere naam, of deel die indicator."),
        ({"areas": []}, "Kies ten minste één gebied."),
    ],
)
def test_indicator_that_cannot_be_added_is_refused(fields, said, item, indicator, adviseur):
    with pytest.raises(Refused) as refused:
        add(item, adviseur, **fields)

    assert (str(refused.value), OutputIndicator.objects.count()) == (said, 1)


def test_nothing_is_added_to_a_closed_plan(adviseur):
    with pytest.raises(Refused, match="De ronde 2024 is afgesloten; het plan ligt vast"):
        add(PlanItemFactory(round=RoundFactory(closed=True)), adviseur)


# Who, and when


def verbs(item, other, series, by, version=1):
    """Every verb on an indicator, ready to be done."""
    indicator = series.indicator
    said = {"by": by, "version": version}
    return [
        lambda: indicator.rename(name="Huishoudens", unit="aantal", **said),
        lambda: indicator.end(reason="Telt niet meer.", **said),
        lambda: indicator.share_with(other, **said),
        lambda: indicator.take_from(other, **said),
        lambda: indicator.set_targets({series.pk: Decimal(5)}, reporting_round=item.round, **said),
    ]


@pytest.mark.parametrize("role", ["invuller", "lezer", "controleur"])
def test_indicators_are_changed_by_the_bureau_alone(role, item, other, series):
    for verb in verbs(item, other, series, UserFactory(role=role)):
        with pytest.raises(PermissionDenied):
            verb()

    assert not IndicatorEvent.objects.exists()


def test_indicator_that_was_changed_meanwhile_is_a_conflict(item, other, series, adviseur):
    for verb in verbs(item, other, series, adviseur, version=0):
        with pytest.raises(Conflict):
            verb()

    assert (stored(series.indicator).version, IndicatorEvent.objects.count()) == (1, 0)


def test_indicator_that_is_ended_is_changed_no_more(item, other, series, adviseur):
    series.indicator.end(by=adviseur, version=1, reason="Telt niet meer.")

    for verb in verbs(item, other, series, adviseur, version=2):
        with pytest.raises(Refused, match="De indicator 'Gezinnen' is beëindigd"):
            verb()


# Renaming, ending


def test_renamed_indicator_keeps_what_it_was_called(indicator, adviseur):
    indicator.rename(by=adviseur, version=1, name="Huishoudens", unit="%")

    assert (str(stored(indicator)), stored(indicator).version) == ("Huishoudens (%)", 2)
    assert events(indicator) == [("rename", adviseur, "", "was: Gezinnen (aantal)")]


def test_renaming_to_the_same_is_no_version(indicator, adviseur):
    indicator.rename(by=adviseur, version=1, name=" Gezinnen", unit="aantal")

    assert (stored(indicator).version, events(indicator)) == (1, [])


def test_name_that_is_taken_is_refused(indicator, adviseur):
    IndicatorFactory(name="Huishoudens")

    with pytest.raises(Refused, match="Er is al een indicator 'Huishoudens'"):
        indicator.rename(by=adviseur, version=1, name="Huishoudens", unit="aantal")

    assert stored(indicator).name == "Gezinnen"


def test_ended_indicator_is_asked_for_no_more_and_its_past_stays(item, series, adviseur):
    before = RoundFactory(year=2023, closed=True)
    PlanItemFactory(round=before, intervention=item.intervention)
    reported = ValueFactory(series=series, round=before, value=10)

    series.indicator.end(by=adviseur, version=1, reason=" Telt niet meer. ")
    item.round.open(by=UserFactory(beheerder=True))

    assert list(OutputValue.objects.all()) == [reported]
    assert events(series.indicator) == [("end", adviseur, "Telt niet meer.", "")]
    assert not OutputIndicator.objects.not_in_use_at(item).exists()


@pytest.mark.parametrize("reason", ["", " "])
def test_ending_takes_a_reason(reason, indicator, adviseur):
    with pytest.raises(Refused, match="Vul een reden in"):
        indicator.end(by=adviseur, version=1, reason=reason)

    assert stored(indicator).status == "active"


def test_name_of_an_ended_indicator_may_be_used_again(item, indicator, adviseur):
    indicator.end(by=adviseur, version=1, reason="Telt anders.")

    assert add(item, adviseur, name="Gezinnen").status == "active"


# Sharing


def test_indicator_is_not_shared_with_what_was_stopped(other, indicator, adviseur):
    other.drop(by=adviseur, version=other.version, reason="Geen geld meer.")

    with pytest.raises(Refused, match="is vervallen"):
        indicator.share_with(other, by=adviseur, version=1)

    assert indicator.placements.count() == 1


def test_shared_indicator_stands_at_both_and_one_fills_it_in(item, other, indicator, adviseur):
    indicator.share_with(other, by=adviseur, version=1)

    placed = {(one.intervention_id, one.owner) for one in indicator.placements.all()}
    assert placed == {(item.intervention_id, True), (other.intervention_id, False)}
    with pytest.raises(Refused, match=f"'Gezinnen' staat al bij {other}"):
        indicator.share_with(other, by=adviseur, version=2)

    indicator.take_from(other, by=adviseur, version=2)
    assert [one.intervention_id for one in indicator.placements.all()] == [item.intervention_id]
    assert [one[0] for one in events(indicator)] == ["share", "take"]


def test_indicator_is_not_taken_from_who_fills_it_in(item, other, indicator, adviseur):
    with pytest.raises(Refused, match=r"vult .Gezinnen. in\. Beëindig de indicator, of laat hem staan"):
        indicator.take_from(item, by=adviseur, version=1)
    with pytest.raises(Refused, match=f"'Gezinnen' staat niet bij {other}"):
        indicator.take_from(other, by=adviseur, version=1)


# Targets


def test_targets_are_set_for_the_period_that_the_round_will_ask_for(item, series, adviseur):
    series.indicator.set_targets({series.pk: Decimal("12.5")}, reporting_round=item.round, by=adviseur, version=1)

    row = OutputValue.objects.get()
    assert (row.round, str(row.period), row.target, row.is_filled) == (item.round, "2024", Decimal("12.5"), False)
    assert events(series.indicator) == [("targets", adviseur, "", "Carnisse (2024) geen → 12,5")]
    item.round.open(by=UserFactory(beheerder=True))
    assert OutputValue.objects.get().target == Decimal("12.5")


def test_target_is_changed_and_taken_away_and_what_was_filled_in_stays(series, adviseur):
    open_round = RoundFactory(year=2025)
    PlanItemFactory(round=open_round, intervention=series.indicator.interventions.get())
    ValueFactory(series=series, round=open_round, value=10, target=20)

    series.indicator.set_targets({series.pk: Decimal(30)}, reporting_round=open_round, by=adviseur, version=1)
    series.indicator.set_targets({series.pk: None}, reporting_round=open_round, by=adviseur, version=2)
    series.indicator.set_targets({series.pk: None}, reporting_round=open_round, by=adviseur, version=3)

    assert (OutputValue.objects.get().value, OutputValue.objects.get().target) == (10, None)
    assert [one[3] for one in events(series.indicator)] == ["Carnisse (2025) 20 → 30", "Carnisse (2025) 30 → geen"]


def test_target_of_what_was_handed_in_is_refused_until_it_is_sent_back(series, adviseur):
    open_round = RoundFactory(year=2025)
    item = PlanItemFactory(round=open_round, intervention=series.indicator.interventions.get())
    UpdateFactory(plan_item=item, submitted=True)

    with pytest.raises(Refused, match="nog niet gevraagd: de voortgang is al ingediend"):
        series.indicator.set_targets({series.pk: Decimal(30)}, reporting_round=open_round, by=adviseur, version=1)


def test_targets_of_a_closed_round_stay_as_they_are(series, adviseur):
    closed = RoundFactory(year=2023, closed=True)
    ValueFactory(series=series, round=closed, target=20)

    with pytest.raises(Refused, match="De ronde 2023 is afgesloten"):
        series.indicator.set_targets({series.pk: Decimal(30)}, reporting_round=closed, by=adviseur, version=1)

    assert OutputValue.objects.get().target == 20


# What partners propose


@pytest.mark.parametrize(("decision", "status"), [("accept", "active"), ("refuse", "refused")])
def test_decision_on_a_proposal_says_who_took_it(decision, status, item, adviseur):
    proposed = IndicatorFactory(
        owner=item.intervention, status="proposed", proposed_by=UserFactory(), proposal_reason="Telt."
    )

    getattr(proposed, decision)(by=adviseur)

    assert (stored(proposed).status, events(proposed)) == (status, [(decision, adviseur, "", "")])


# More areas


def test_areas_are_asked_for_from_the_rounds_in_progress_on(indicator, item, adviseur):
    thread = item.intervention
    for year, state in ((2022, "closed"), (2023, "review")):
        UpdateFactory(plan_item=PlanItemFactory(round=RoundFactory(year=year, state=state), intervention=thread))
    new, known = AreaFactory(name="Tarwewijk"), indicator.series.get().area

    indicator.add_areas([new, known], by=adviseur, version=1)

    assert {one.area for one in indicator.series.all()} == {new, known}
    rows = {(row.round.year, row.series.area) for row in OutputValue.objects.all()}
    assert rows == {(2023, new), (2023, known)}, "nothing in what is closed, or not open yet"
    assert events(indicator) == [("areas", adviseur, "", "Tarwewijk")]
    assert stored(indicator).version == 2


def test_areas_of_what_was_handed_in_come_once_it_is_returned(indicator, item, adviseur):
    review = RoundFactory(year=2023, review=True)
    update = UpdateFactory(plan_item=PlanItemFactory(round=review, intervention=item.intervention), submitted=True)

    indicator.add_areas([AreaFactory()], by=adviseur, version=1)
    assert not OutputValue.objects.exists()

    update.return_with_question(by=adviseur, version=update.version, reason="En daar?")
    assert OutputValue.objects.filter(round=review).count() == 2


def test_areas_that_cannot_be_added_are_refused(indicator, adviseur):
    with pytest.raises(Refused, match="waar 'Gezinnen' nog niet wordt gevraagd"):
        indicator.add_areas([indicator.series.get().area], by=adviseur, version=1)
    with pytest.raises(Conflict):
        indicator.add_areas([AreaFactory()], by=adviseur, version=0)
    with pytest.raises(PermissionDenied):
        indicator.add_areas([AreaFactory()], by=UserFactory(), version=1)
    indicator.end(by=adviseur, version=1, reason="Telt niet meer.")
    with pytest.raises(Refused):
        indicator.add_areas([AreaFactory()], by=adviseur, version=2)
    assert OutputSeries.objects.count() == 1
