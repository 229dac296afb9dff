"""The bureau at work in a browser: by mouse, by keyboard, and when somebody was first."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from interventions.models import IndicatorPlacement, OutputIndicator, PillarAssignment, ProgressUpdate
from interventions.workflow import State
from tests.factories import (
    IndicatorFactory,
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

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "<table><tbody><tr><th>Wijk</th><td>Tien</td></tr></tbody></table>"


@pytest.fixture
def work(log_in):
    """Two submitted voortgangen with all that a page can show, and an adviseur who is logged in."""
    adviseur = UserFactory(adviseur=True, name="Anna de Vries")
    pillar = PillarFactory(name="Werk", abbreviation="W")
    PillarAssignment.objects.create(user=adviseur, pillar=pillar)
    before, now = RoundFactory(year=2023, historical=True), RoundFactory()
    partner = UserFactory(name="Piet Bos", organisations=[OrganisationFactory()])
    for number, name in enumerate(("Leerwerkloket", "Jobcoaching"), start=1):
        item = PlanItemFactory(
            round=now,
            pillar=pillar,
            name=name,
            number=number,
            position=number,
            theme=ThemeFactory(pillar=pillar),
            trekker=partner.organisations.get(),
        )
        item.contacts.add(partner)
        update = UpdateFactory(
            plan_item=item,
            submitted=True,
            submitted_by=partner,
            quantitative=f"<p>Twaalf gezinnen.</p>{TABLE}",
            proposed_colour="oranje",
            proposed_reason="Weinig stages.",
        )
        update.events.create(verb="submit", by=partner, from_state="draft", to_state="submitted")
        update.notes.create(text="Let op de cijfers.", by=adviseur)
        earlier = PlanItemFactory(round=before, pillar=pillar, intervention=item.intervention, number=number)
        UpdateFactory(
            plan_item=earlier, approved=True, released=True, colour="rood", quantitative=f"<p>Tien gezinnen.</p>{TABLE}"
        )
        series = SeriesFactory(indicator=IndicatorFactory(owner=item.intervention))
        ValueFactory(series=series, round=before, value=10)
        ValueFactory(series=series, round=now, value=12, target=20, provisional=True, remark="Telling van maart")
    proposed = IndicatorFactory(
        status=OutputIndicator.Status.PROPOSED, proposed_by=partner, proposal_reason="Dit telt ook."
    )
    IndicatorPlacement.objects.create(indicator=proposed, intervention=item.intervention, position=9)
    SeriesFactory(indicator=proposed)
    log_in(adviseur)
    return {update.plan_item.name: update for update in ProgressUpdate.objects.filter(plan_item__round=now)}


@pytest.fixture
def visit(page, live_server):
    """visit("name of a url", …): open that page."""

    def visit(name, *args, query=""):
        page.goto(f"{live_server.url}{reverse(f'interventions:{name}', args=args)}{query}")

    return visit


def rows(page):
    return page.get_by_role("region", name="Interventies").locator("tbody").get_by_role("row")


@pytest.mark.parametrize("query", ["", "?q=gezinnen", "?pijler=XYZ", "?sort=-name&status=submitted"])
def test_queue_is_accessible_and_fits(work, visit, page, query):
    visit("queue", query=query)
    expect(rows(page)).to_have_count(1 if "XYZ" in query else 2)
    axe.check(page)


def test_review_is_accessible_and_fits(work, visit, page):
    for name in work:
        visit("review", work[name].pk)
        for summary in page.locator("summary").all():
            if summary.locator("xpath=..").get_attribute("open") is None:
                summary.click()
        axe.check(page)


@pytest.mark.parametrize("state", [State.TO_DO, State.DRAFT, State.RETURNED, State.APPROVED, State.NO_REPORT])
def test_review_is_accessible_in_every_state(work, visit, page, state):
    ProgressUpdate.objects.update(state=state, colour="groen", colour_reason="Loopt goed.")
    visit("review", work["Leerwerkloket"].pk)
    axe.check(page)


def test_queue_and_review_work_by_keyboard(work, visit, page):
    visit("queue")
    search = page.get_by_label("Zoeken")
    search.focus()
    page.keyboard.type("gezinnen")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("gezinnen")

    page.get_by_role("link", name="Leerwerkloket").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("W1 Leerwerkloket")
    expect(page.get_by_text("1 van 2 in de lijst")).to_be_visible()
    expect(page.locator("ins", has_text="Twaalf")).to_be_visible()

    approve_and_next = page.get_by_role("button", name="Goedkeuren en volgende")
    approve_and_next.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("W1 Leerwerkloket: goedgekeurd.")
    expect(page.get_by_role("heading", level=1)).to_have_text("W2 Jobcoaching")

    page.locator("summary", has_text="Terugsturen met een vraag").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Hoeveel gezinnen waren het?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("W2 Jobcoaching: teruggestuurd met uw vraag.")
    assert {update.state for update in ProgressUpdate.objects.filter(pk=work["Jobcoaching"].pk)} == {State.RETURNED}


def test_colour_is_given_and_released(work, visit, page):
    visit("review", work["Leerwerkloket"].pk)
    page.get_by_label("oranje").check()
    page.get_by_label("Waarom deze kleur?").fill("Extra stageplaatsen geworven.")
    page.get_by_role("button", name="Kleur vastleggen", exact=True).click()
    expect(page.get_by_role("region", name="Kleur")).to_contain_text("vooruit")
    expect(page.get_by_role("region", name="Kleur")).to_contain_text("niet vrijgegeven")

    visit("colours", 2024)
    axe.check(page)
    page.locator("summary", has_text="Kleuren van Werk vrijgeven").click()
    axe.check(page)
    page.get_by_role("button", name="Vrijgeven").click()
    expect(page.get_by_role("status")).to_have_text("Werk: 1 kleur vrijgegeven.")
    page.locator("summary", has_text="Kleuren van Werk intrekken").click()
    axe.check(page)


def test_typed_question_survives_that_somebody_was_first(work, visit, page):
    update = work["Leerwerkloket"]
    visit("review", update.pk)
    page.locator("summary", has_text="Terugsturen met een vraag").click()
    page.get_by_label("Uw vraag").fill("Hoeveel gezinnen waren het?")
    ProgressUpdate.objects.filter(pk=update.pk).update(version=update.version + 1)

    page.get_by_role("button", name="Terugsturen").click()

    expect(page.get_by_role("alert")).to_contain_text("Iemand anders heeft intussen iets gewijzigd")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Uw vraag")).to_have_value("Hoeveel gezinnen waren het?")
    axe.check(page)
    page.get_by_role("button", name="Terugsturen").click()
    expect(page.get_by_role("status")).to_contain_text("teruggestuurd met uw vraag")
