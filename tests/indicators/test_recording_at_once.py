"""Two people of the bureau at the same cell at the same moment, in real threads."""

from decimal import Decimal

import pytest

from indicators.models import Indicator, Measurement, MeasurementEvent
from indicators.recording import Why, record_each
from programme.models import Period
from tests.factories import UserFactory
from tests.interventions.test_concurrency import race

from .test_recording import TODAY, Entry, place, said

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_fill_in_the_same_empty_cell_one_wins_and_the_other_is_told_of_that_cell_alone():
    same, other = place(), place()
    first, second = UserFactory.create_batch(2, adviseur=True)
    Period.objects.year(2023)

    def fill_in(value, person, *more):
        entries = [Entry(same, said(value), 0), *more]
        return lambda: record_each(entries, by=person, way_in="form", today=TODAY)

    mine = fill_in("19", first)
    theirs = fill_in("20", second, Entry(other, said("7"), 0))
    won, late = race(mine, theirs, rows=Indicator.objects.all())

    assert (len(won.changes), won.faults) == (1, {})
    assert {key: fault.why for key, fault in late.faults.items()} == {same.key: Why.CONFLICT}
    values = Measurement.objects.values_list("indicator", "value")
    assert set(values) == {(same.indicator.pk, Decimal(19)), (other.indicator.pk, Decimal(7))}
    events = MeasurementEvent.objects.values_list("indicator", "by")
    assert set(events) == {(same.indicator.pk, first.pk), (other.indicator.pk, second.pk)}
