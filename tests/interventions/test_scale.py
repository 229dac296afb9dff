"""Ten times the programme of today: every list asks the database as often for 1,200 interventies as for 3."""

from itertools import cycle, islice

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interventions.models import (
    Funding,
    IndicatorPlacement,
    Initiator,
    Intervention,
    OutputIndicator,
    OutputSeries,
    OutputValue,
    PillarAssignment,
    PlanItem,
    ProgressUpdate,
    Waiver,
)
from programme.models import Period
from tests.factories import AreaFactory, OrganisationFactory, PillarFactory, RoundFactory, ThemeFactory, UserFactory

pytestmark = pytest.mark.django_db

TEXT = "<p>Wij bereikten <strong>twaalf</strong> gezinnen in de wijk.</p>"


class Programme:
    """Two rounds in which every interventie stands, with all that the lists show of it; it can grow."""

    def __init__(self):
        self.now, self.before = RoundFactory(year=2024), RoundFactory(year=2023, closed=True)
        self.pillar, self.area = PillarFactory(), AreaFactory()
        self.theme = ThemeFactory(pillar=self.pillar, parent=ThemeFactory(pillar=self.pillar))
        self.organisation, self.funding = OrganisationFactory(), Funding.objects.create(name="Regio Deal")
        self.people = {
            "invuller": UserFactory(organisations=[self.organisation]),
            "lezer": UserFactory(lezer=True),
            "adviseur": UserFactory(adviseur=True),
        }
        PillarAssignment.objects.create(user=self.people["adviseur"], pillar=self.pillar)

    def grow_to(self, size):
        first = Intervention.objects.count() + 1
        threads = Intervention.objects.bulk_create(Intervention() for _ in range(first, size + 1))
        for reporting_round in (self.before, self.now):
            self._add_items(reporting_round, threads, first)
        indicators = OutputIndicator.objects.bulk_create(
            OutputIndicator(name=f"Gezinnen {number}", unit="aantal") for number in range(first, size + 1)
        )
        IndicatorPlacement.objects.bulk_create(
            IndicatorPlacement(indicator=indicator, intervention=thread)
            for indicator, thread in zip(indicators, threads, strict=True)
        )
        series = OutputSeries.objects.bulk_create(OutputSeries(indicator=one, area=self.area) for one in indicators)
        for reporting_round in (self.before, self.now):
            period = Period.objects.year(reporting_round.year)
            OutputValue.objects.bulk_create(
                OutputValue(series=one, period=period, round=reporting_round, value=12) for one in series
            )

    def _add_items(self, reporting_round, threads, first):
        items = PlanItem.objects.bulk_create(
            PlanItem(
                round=reporting_round,
                intervention=thread,
                pillar=self.pillar,
                theme=self.theme,
                number=number,
                position=number,
                name=f"Gezinnen in de wijk {number}",
            )
            for number, thread in enumerate(threads, first)
        )
        Initiator.objects.bulk_create(
            Initiator(plan_item=item, organisation=self.organisation, role=Initiator.Role.TREKKER) for item in items
        )
        for through, target in ((PlanItem.funding, self.funding), (PlanItem.contacts, self.people["invuller"])):
            key = through.field.m2m_reverse_name()
            through.through.objects.bulk_create(through.through(planitem=item, **{key: target.pk}) for item in items)
        updates = ProgressUpdate.objects.bulk_create(
            ProgressUpdate(
                plan_item=item,
                state=state,
                quantitative=TEXT,
                qualitative=TEXT,
                colour="groen",
                colour_reason="Loopt.",
                colour_released=True,
                submitted_by=self.people["invuller"],
                submitted_at=timezone.now(),
            )
            for item, state in zip(items, islice(cycle(("draft", "submitted", "approved")), len(items)), strict=True)
        )
        Waiver.objects.bulk_create(
            Waiver(update=update, part="qualitative", reported_at=items[0]) for update in updates
        )


@pytest.fixture
def programme():
    programme = Programme()
    programme.grow_to(3)
    return programme


@pytest.fixture
def pages(programme):
    """Every list, and the pages on which the other interventies are a list to choose from: (url, whose)."""
    draft, submitted, _ = ProgressUpdate.objects.filter(plan_item__round=programme.now).order_by("pk")
    urls = {
        "lezer": [
            reverse("interventions:overview_year", args=[2024]),
            reverse("interventions:overview_year", args=[2024]) + "?q=gezinnen&kleur=groen",
            reverse("interventions:overview_workbook", args=[2024]),
            reverse("interventions:intervention", args=[draft.plan_item.intervention_id]),
        ],
        "invuller": [
            reverse("interventions:mine"),
            reverse("interventions:mine_workbook"),
            reverse("interventions:overview_year", args=[2024]),
            reverse("interventions:fill_in", args=[draft.pk]),
        ],
        "adviseur": [
            reverse("interventions:queue"),
            reverse("interventions:queue") + "?q=gezinnen&sort=-trend&page=last",
            reverse("interventions:queue_workbook"),
            reverse("interventions:review", args=[submitted.pk]),
            reverse("interventions:colours", args=[2024]),
        ],
    }
    return [(url, programme.people[role]) for role, of_role in urls.items() for url in of_role]


def visit(pages):
    """Open every page: its URL and whose it is -> how many queries it took."""
    numbers = {}
    for url, person in pages:
        client = Client()
        client.force_login(person)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            assert b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, url
        numbers[person.role, url] = len(queries)
    return numbers


def test_every_list_takes_as_many_queries_for_1200_interventies_as_for_3(programme, pages):
    few = visit(pages)
    programme.grow_to(1200)

    many = visit(pages)

    assert many == few
    assert (len(many), PlanItem.objects.in_round(programme.now).count()) == (13, 1200)


@pytest.mark.parametrize(
    ("url", "role", "rows"),
    [
        ("/overzicht/2024/", "lezer", lambda context: context["counting"]),
        ("/mijn/", "invuller", lambda context: [item for _, items in context["groups"] for item in items]),
        ("/beoordelen/", "adviseur", lambda context: [row.record for row in context["table"].page.object_list]),
        ("/beoordelen/?q=gezinnen", "adviseur", lambda context: [row.record for row in context["table"].rows]),
        ("/beoordelen/2024/kleuren/", "adviseur", lambda context: context["items"]),
    ],
)
def test_list_does_not_read_the_long_texts_that_it_does_not_show(programme, client, url, role, rows):
    client.force_login(programme.people[role])

    items = rows(client.get(url).context)

    assert len(items) == 3
    assert {text for item in items for text in (item.seen_quantitative, item.seen_qualitative)} == {""}
    assert all("description" in item.get_deferred_fields() for item in items)
