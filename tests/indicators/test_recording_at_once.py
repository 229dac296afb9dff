"""Two people of the bureau at the same cell at the same moment, in real threads."""

from decimal import Decimal

import pytest

from indicators.models import Indicator, Measurement, MeasurementEvent
from indicators.recording import NotRecorded
from programme.models import Period
from tests.factories import UserFactory
from tests.interventions.test_concurrency import race

from .test_recording import Entry, place, said, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_fill_in_the_same_empty_cell_one_wins_and_the_other_is_told():
    here = place()
    first, second = UserFactory.create_batch(2, adviseur=True)
    Period.objects.year(2023)

    def fill_in(value, person):
        return lambda: bool(write(Entry(here, said(value), 0), by=person).changes)

    outcomes = race(fill_in("19", first), fill_in("20", second), rows=Indicator.objects.all())

    assert outcomes == [True, NotRecorded]
    assert Measurement.objects.get().value == Decimal(19)
    assert MeasurementEvent.objects.get().by == first
