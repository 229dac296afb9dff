"""Test objects. A plain object is complete and has no surprises; a state is a trait named after it."""

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import Organisation, Role, User
from interventions.models import (
    IndicatorPlacement,
    Initiator,
    Intervention,
    OutputIndicator,
    OutputSeries,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
)
from interventions.workflow import RoundState, State
from programme.models import Area, Period, Pillar, Theme

PASSWORD = "een goed wachtwoord"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisatie {n}")


class UserFactory(DjangoModelFactory):
    """An invuller without organisation; `organisations=[...]` makes them a member."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        adviseur = factory.Trait(role=Role.ADVISEUR)
        beheerder = factory.Trait(role=Role.BEHEERDER)
        lezer = factory.Trait(role=Role.LEZER)
        controleur = factory.Trait(role=Role.CONTROLEUR)

    email = factory.Sequence(lambda n: f"persoon{n}@voorbeeld.test")
    name = factory.Sequence(lambda n: f"Persoon {n}")
    role = Role.INVULLER

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, password=kwargs.pop("password", PASSWORD), **kwargs)

    @factory.post_generation
    def organisations(self, create, extracted, **kwargs):
        if extracted:
            self.organisations.set(extracted)


class PillarFactory(DjangoModelFactory):
    class Meta:
        model = Pillar

    name = factory.Sequence(lambda n: f"Pijler {n}")
    # Letters, of which there are enough for every test there will be.
    abbreviation = factory.Sequence(lambda n: "P" + "".join(chr(ord("A") + n // 26**place % 26) for place in (2, 1, 0)))
    position = factory.Sequence(lambda n: n)


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme

    pillar = factory.SubFactory(PillarFactory)
    name = factory.Sequence(lambda n: f"Thema {n}")


class RoundFactory(DjangoModelFactory):
    """An open round; the other states are traits. `historical=True` is closed and has no dates."""

    class Meta:
        model = ReportingRound

    class Params:
        planned = factory.Trait(state=RoundState.PLANNED)
        review = factory.Trait(state=RoundState.REVIEW)
        closed = factory.Trait(state=RoundState.CLOSED)

    year = 2024
    historical = False
    state = factory.LazyAttribute(lambda o: RoundState.CLOSED if o.historical else RoundState.OPEN)
    opens_on = factory.LazyAttribute(lambda o: None if o.historical else datetime.date(o.year + 1, 1, 15))
    deadline = factory.LazyAttribute(lambda o: None if o.historical else datetime.date(o.year + 1, 3, 1))


class InterventionFactory(DjangoModelFactory):
    class Meta:
        model = Intervention


class PlanItemFactory(DjangoModelFactory):
    """A numbered interventie without initiator; `trekker=organisation` gives it one. `activity` has no number."""

    class Meta:
        model = PlanItem
        skip_postgeneration_save = True

    class Params:
        activity = factory.Trait(pillar=None, number=None)

    round = factory.SubFactory(RoundFactory)
    intervention = factory.SubFactory(InterventionFactory)
    pillar = factory.SubFactory(PillarFactory)
    number = factory.Sequence(lambda n: n % 800 + 1)  # within the highest number there may be
    position = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Interventie {n}")

    @factory.post_generation
    def trekker(self, create, extracted, **kwargs):
        if extracted:
            InitiatorFactory(plan_item=self, organisation=extracted)


class InitiatorFactory(DjangoModelFactory):
    class Meta:
        model = Initiator

    plan_item = factory.SubFactory(PlanItemFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Initiator.Role.TREKKER


class UpdateFactory(DjangoModelFactory):
    """A voortgang that is still to be done; the other states are traits, with what makes them reachable."""

    class Meta:
        model = ProgressUpdate

    class Params:
        filled = factory.Trait(
            version=1, quantitative="<p>Tien gezinnen bereikt.</p>", qualitative="<p>Het loopt goed.</p>"
        )
        draft = factory.Trait(filled=True, state=State.DRAFT)
        returned = factory.Trait(filled=True, state=State.RETURNED)
        submitted = factory.Trait(
            filled=True,
            state=State.SUBMITTED,
            submitted_by=factory.SubFactory(UserFactory),
            submitted_at=datetime.datetime(2025, 2, 1, tzinfo=datetime.UTC),
        )
        approved = factory.Trait(submitted=True, state=State.APPROVED)
        no_report = factory.Trait(state=State.NO_REPORT)
        dropped = factory.Trait(state=State.DROPPED)
        coloured = factory.Trait(colour="groen", colour_reason="Loopt volgens plan.", colour_version=1)
        released = factory.Trait(coloured=True, colour_released=True)

    plan_item = factory.SubFactory(PlanItemFactory)


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Gebied {n}")
    kind = Area.Kind.NEIGHBOURHOOD


class IndicatorFactory(DjangoModelFactory):
    """An indicator in use; `owner=intervention` places it there, `shared_with=[...]` at others too."""

    class Meta:
        model = OutputIndicator
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Indicator {n}")
    unit = "aantal"

    @factory.post_generation
    def owner(self, create, extracted, **kwargs):
        if extracted:
            IndicatorPlacement.objects.create(indicator=self, intervention=extracted)

    @factory.post_generation
    def shared_with(self, create, extracted, **kwargs):
        for intervention in extracted or ():
            IndicatorPlacement.objects.create(indicator=self, intervention=intervention, owner=False)


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = OutputSeries

    indicator = factory.SubFactory(IndicatorFactory)
    area = factory.SubFactory(AreaFactory)


class ValueFactory(DjangoModelFactory):
    """A row of the grid, still to be filled in, for the calendar year of its round."""

    class Meta:
        model = OutputValue

    series = factory.SubFactory(SeriesFactory)
    round = factory.SubFactory(RoundFactory)
    period = factory.LazyAttribute(lambda o: Period.objects.year(o.round.year))
