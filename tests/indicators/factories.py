"""Test objects of the outcome indicators."""

import datetime

import factory
from django.utils.text import slugify
from factory.django import DjangoModelFactory

from indicators.models import Indicator, Measurement, Regime, Source, Table, Target
from programme.models import Area, Period


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"indicator-{n}")
    name = factory.Sequence(lambda n: f"% van iets {n}")
    kind = Indicator.Kind.INDICATOR
    unit = "%"
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def pillars(self, create, extracted):
        if extracted:
            self.pillars.set(extracted)


class TableFactory(DjangoModelFactory):
    class Meta:
        model = Table

    code = factory.Sequence(lambda n: f"tabel-{n}")
    name = factory.Sequence(lambda n: f"Tabel {n}")
    layout = Table.Layout.PERIODS


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("name",)

    name = "Bron"
    code = factory.LazyAttribute(lambda o: slugify(o.name))


class YearFactory(DjangoModelFactory):
    """A calendar year: YearFactory(year=2023)."""

    class Meta:
        model = Period
        django_get_or_create = ("kind", "start", "end")
        exclude = ("year",)

    year = 2023
    kind = Period.Kind.YEAR
    start = factory.LazyAttribute(lambda o: datetime.date(o.year, 1, 1))
    end = factory.LazyAttribute(lambda o: datetime.date(o.year, 12, 31))


class PlaceFactory(DjangoModelFactory):
    """An area, found by its name: PlaceFactory(name="G4"). The four that a chart shows have their place in it."""

    class Meta:
        model = Area
        django_get_or_create = ("name",)

    name = "NPRZ-gebied"
    kind = Area.Kind.PROGRAMME
    chart_place = factory.LazyAttribute(
        lambda o: {"NPRZ-gebied": 1, "Focuswijken": 2, "Rotterdam": 3, "G4": 4}.get(o.name)
    )


class MeasurementFactory(DjangoModelFactory):
    class Meta:
        model = Measurement

    indicator = factory.SubFactory(IndicatorFactory)
    area = factory.SubFactory(PlaceFactory)
    period = factory.SubFactory(YearFactory)
    source = factory.SubFactory(SourceFactory)
    value = 10


def measure(indicator, area, year, value, **details):
    """A measurement of a calendar year."""
    return MeasurementFactory(indicator=indicator, area=area, period=YearFactory(year=year), value=value, **details)


class RegimeFactory(DjangoModelFactory):
    """The old regime, or with code="b" and its own points another."""

    class Meta:
        model = Regime
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "a"
    name = factory.LazyAttribute(lambda o: f"Regime {o.code}")

    @factory.post_generation
    def points(self, create, extracted):
        if not self.points.exists():
            for year, share in extracted or ((2011, 0), (2021, "0.25"), (2031, 1)):
                self.points.create(year=year, share=share)


class TargetFactory(DjangoModelFactory):
    """Towards the G4 by the old regime, since 2011."""

    class Meta:
        model = Target

    indicator = factory.SubFactory(IndicatorFactory)
    area = factory.SubFactory(PlaceFactory)
    regime = factory.SubFactory(RegimeFactory)
    reference = Target.Reference.AREA
    reference_area = factory.SubFactory(PlaceFactory, name="G4", kind=Area.Kind.REFERENCE)
    start_period = factory.SubFactory(YearFactory, year=2011)
    reports_from = 2012
