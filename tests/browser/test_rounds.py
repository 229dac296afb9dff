"""A beheerder takes a round from nothing to closed, and back, by clicking; and by keyboard alone."""

import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from interventions.models import ProgressUpdate, ReportingRound
from interventions.workflow import RoundState
from tests.factories import (
    IndicatorFactory,
    InterventionFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
)

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit(page, live_server):
    """visit("name of a url", …): open that page."""

    def visit(name, *args):
        page.goto(f"{live_server.url}{reverse(f'interventions:{name}', args=args)}")

    return visit


@pytest.fixture
def beheerder(log_in):
    user = UserFactory(beheerder=True, name="Bea Beheer")
    log_in(user)
    return user


@pytest.fixture
def plan():
    """The closed round 2024: one interventie that reaches somebody, one without contact, one without initiator."""
    previous = RoundFactory(year=2024, closed=True)
    pillar = PillarFactory(name="Werk", abbreviation="W")
    organisation = OrganisationFactory(name="Woonstad")
    person = UserFactory(name="Piet Bos", organisations=[organisation])
    for number, (name, trekker) in enumerate(
        (("Leerwerkloket", organisation), ("Jobcoaching", organisation), ("Taalcafé", None)), start=1
    ):
        item = PlanItemFactory(
            round=previous, pillar=pillar, name=name, number=number, position=number, trekker=trekker
        )
        UpdateFactory(plan_item=item, approved=True, released=True)
        SeriesFactory(indicator=IndicatorFactory(owner=item.intervention))
        if number == 1:
            item.contacts.add(person)
    return previous


def open_all(page):
    """Open every step that opens in place."""
    for summary in page.locator("main summary").all():
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()


def take(page, label):
    """Open the step `label` in place, and do it."""
    page.locator("summary", has_text=label).click()
    page.get_by_role("button", name=label, exact=True).click()


def says(page, text):
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def test_round_is_made_opened_reviewed_closed_and_reopened_by_clicking(page, visit, beheerder, plan):
    # Made from the last plan.
    visit("queue")
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Rondes").click()
    axe.check(page)
    page.get_by_role("link", name="Nieuwe ronde").click()
    expect(page.get_by_label("Jaar")).to_have_value("2025")
    page.get_by_label("Opent op").fill("2026-03-02")
    page.get_by_label("Inleveren tot en met").fill("2026-03-01")
    axe.check(page)
    page.get_by_role("button", name="Ronde maken").click()
    expect(page.get_by_role("alert")).to_contain_text("De ronde opent na de inleverdatum.")
    expect(page.get_by_role("alert")).to_be_focused()
    axe.check(page)
    page.get_by_label("Opent op").fill("2026-01-15")
    page.get_by_role("button", name="Ronde maken").click()
    says(page, "De ronde 2025 is gemaakt.")
    axe.check(page)

    # Its dates are put right.
    page.get_by_role("link", name="Datums wijzigen").click()
    page.get_by_label("Inleveren tot en met").fill("2026-03-15")
    axe.check(page)
    page.get_by_role("button", name="Opslaan").click()
    says(page, "De datums zijn gewijzigd.")
    expect(page.get_by_text("15 maart 2026").first).to_be_visible()

    # What each partner will get.
    page.get_by_role("link", name="Wat elke partner krijgt").click()
    page.get_by_text("Woonstad: 2 interventies, 2 cijfers").click()
    expect(page.get_by_role("row", name="W1 Leerwerkloket")).to_contain_text("Piet Bos")
    axe.check(page)
    page.go_back()

    # Opened, after it was said whom that does not reach.
    page.get_by_role("link", name="Openen…").click()
    open_all(page)
    expect(page.locator("details", has_text="1 zonder initiatiefnemer")).to_contain_text("W3 Taalcafé")
    expect(page.locator("details", has_text="2 zonder contactpersoon")).to_contain_text("W2 Jobcoaching")
    axe.check(page)
    page.get_by_role("button", name="Ronde 2025 openen").click()
    says(page, "De ronde 2025 is geopend.")
    open_all(page)
    axe.check(page)
    assert ProgressUpdate.objects.filter(plan_item__round__year=2025, state="to_do").count() == 3
    page.get_by_role("region", name="Niet afgerond of zonder kleur").get_by_role(
        "link", name="W1 Leerwerkloket"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("W1 Leerwerkloket")
    page.go_back()

    # Reviewed: to and fro, and nothing came for two of the three.
    visit("round", 2025)
    take(page, "Naar beoordeling")
    take(page, "Terug naar open")
    says(page, "De ronde 2025 is weer open.")
    take(page, "Naar beoordeling")
    says(page, "De ronde 2025 is in beoordeling.")
    page.locator("summary", has_text="Vastleggen voor een of meer interventies").click()
    page.get_by_role("button", name="Vastleggen").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies ten minste één interventie.")
    open_all(page)
    axe.check(page)
    page.get_by_label("W2 Jobcoaching").check()
    page.get_by_label("W3 Taalcafé").check()
    page.get_by_label("Reden").fill("Na twee herinneringen kwam er niets.")
    page.get_by_role("button", name="Vastleggen").click()
    says(page, "Van 2 interventies is vastgelegd dat er geen opgave is ontvangen.")
    expect(
        page.get_by_text("Afsluiten kan nog niet: 3 interventies zijn niet afgerond of zonder kleur.")
    ).to_be_visible()

    # Closed when everything is finished, with a warning that the colours were not shown; reopened with a reason.
    ProgressUpdate.objects.filter(state="to_do").update(state="approved")
    ProgressUpdate.objects.filter(colour="").update(colour="wit", colour_reason="Begint in maart.")
    visit("round", 2025)
    page.locator("summary", has_text="Afsluiten").click()
    expect(page.get_by_text("van de 3 kleuren zijn er 0 vrijgegeven")).to_be_visible()
    axe.check(page)
    page.get_by_role("button", name="Afsluiten").click()
    says(page, "De ronde 2025 is afgesloten.")
    page.locator("summary", has_text="Heropenen").click()
    axe.check(page)
    page.get_by_label("Reden").fill("Een getal klopt niet.")
    page.get_by_role("button", name="Heropenen").click()
    says(page, "De ronde 2025 is heropend.")
    expect(page.get_by_role("region", name="Geschiedenis")).to_contain_text("Een getal klopt niet.")
    axe.check(page)

    # Beside the year before.
    page.get_by_role("link", name="2024").click()
    expect(page.get_by_role("region", name="Andere kleur").get_by_role("row", name="W1")).to_contain_text("groen wit")
    axe.check(page)


def test_round_is_opened_reviewed_and_reopened_by_keyboard(page, visit, beheerder, plan):
    page.set_viewport_size({"width": 1280, "height": 900})
    visit("new_round")
    page.get_by_label("Jaar").focus()
    page.keyboard.press("Enter")
    says(page, "De ronde 2025 is gemaakt.")
    made = ReportingRound.objects.get(year=2025)
    made.reschedule(
        by=beheerder, version=1, year=2025, opens_on=datetime.date(2026, 1, 15), deadline=datetime.date(2026, 3, 1)
    )
    page.reload()

    page.get_by_role("link", name="Openen…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ronde 2025 openen").focus()
    page.keyboard.press("Enter")
    says(page, "De ronde 2025 is geopend.")

    page.locator("summary", has_text="Naar beoordeling").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Naar beoordeling")).to_be_focused()
    page.keyboard.press("Enter")
    says(page, "De ronde 2025 is in beoordeling.")

    page.locator("summary", has_text="Vastleggen voor een of meer interventies").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Niets ontvangen.")
    for _ in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "Van 3 interventies is vastgelegd dat er geen opgave is ontvangen.")

    ProgressUpdate.objects.filter(colour="").update(colour="wit", colour_reason="Begint in maart.")
    page.reload()
    page.locator("summary", has_text="Afsluiten").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "De ronde 2025 is afgesloten.")
    page.locator("summary", has_text="Heropenen").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Een getal klopt niet.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "De ronde 2025 is heropend.")
    assert ReportingRound.objects.get(year=2025).state == RoundState.REVIEW


@pytest.mark.parametrize("state", RoundState)
def test_page_of_a_round_is_accessible_and_fits_in_every_state(page, visit, beheerder, state):
    RoundFactory(year=2023, historical=True, source="Voortgangsrapportage 2023, bijlage")
    UpdateFactory(plan_item__round=RoundFactory(state=state), draft=True)
    for year in (2023, 2024):
        visit("round", year)
        open_all(page)
        axe.check(page)


def test_refusals_are_accessible_and_fit(page, visit, beheerder):
    reporting_round = RoundFactory(review=True)
    UpdateFactory(plan_item__round=reporting_round, draft=True)
    visit("round", 2024)
    page.locator("summary", has_text="Vastleggen").click()
    page.get_by_role("checkbox").check()
    page.get_by_label("Reden").fill("Niets ontvangen.")
    ProgressUpdate.objects.update(version=9)
    page.get_by_role("button", name="Vastleggen").click()
    expect(page.get_by_role("alert")).to_contain_text("Iemand anders heeft intussen iets gewijzigd")
    expect(page.get_by_label("Reden")).to_have_value("Niets ontvangen.")
    axe.check(page)

    visit("reschedule", 2024)
    page.get_by_label("Inleveren tot en met").fill("2025-03-15")
    ReportingRound.objects.update(version=9)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Nu staat er:")).to_be_visible()
    axe.check(page)


def test_all_that_can_differ_between_two_rounds_is_accessible_and_fits(page, visit, beheerder, plan):
    later = RoundFactory(year=2025)
    first, second, third = plan.plan_items.order_by("number")
    for number, (name, predecessors) in enumerate(
        (("Eerste deel", [first]), ("Tweede deel", [first]), ("Samen", [second, third]), ("Nieuw", [])), start=1
    ):
        made = PlanItemFactory(
            round=later, pillar=first.pillar, number=number, name=name, intervention=InterventionFactory()
        )
        for position, predecessor in enumerate(predecessors):
            made.intervention.links.create(predecessor=predecessor.intervention, position=position)
    renamed = PlanItemFactory(round=plan, pillar=first.pillar, number=9, name="Oude naam")
    PlanItemFactory(round=plan, pillar=first.pillar, number=10, name="Gestopt")
    copy = renamed.copy_for(later)
    copy.name, copy.number = "Nieuwe naam", 10
    copy.save()
    for item, colour in ((renamed, "groen"), (copy, "rood")):
        UpdateFactory(plan_item=item, approved=True, colour=colour, colour_reason="Daarom.")

    visit("compare_rounds", 2025, 2024)

    for name in ("Nieuw in 2025", "Gestopt", "Hernoemd", "Verplaatst", "Gesplitst", "Samengevoegd", "Andere kleur"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    axe.check(page)


def test_plan_that_is_taken_over_again_and_colours_that_stay_hidden_are_shown_first(page, visit, beheerder):
    before = UpdateFactory(
        plan_item__round=RoundFactory(year=2023, closed=True), approved=True, coloured=True
    ).plan_item
    new = UpdateFactory(plan_item=PlanItemFactory(round=before.round, name="Taalcafé"), approved=True).plan_item
    copy = before.copy_for(RoundFactory(planned=True))
    copy.name = "Per ongeluk"
    copy.save()

    visit("open_round", 2024)
    expect(page.get_by_text("Niet alle kleuren van eerdere rondes zijn vrijgegeven.")).to_be_visible()
    axe.check(page)
    visit("renew_plan", 2024)
    expect(page.get_by_text(f"Per ongeluk, wordt: {before.name}")).to_be_visible()
    axe.check(page)
    page.get_by_role("button", name="Plan opnieuw overnemen").focus()
    page.keyboard.press("Enter")
    says(page, "Uit het plan van 2023: 1 toegevoegd, 1 gewijzigd, 0 vervallen.")
    assert set(copy.round.plan_items.values_list("name", flat=True)) == {before.name, new.name}


def test_empty_installation_is_accessible_and_fits(page, visit, beheerder):
    for name in ("rounds", "new_round"):
        visit(name)
        axe.check(page)
    page.get_by_label("Jaar").fill("2025")
    page.get_by_role("button", name="Ronde maken").click()
    says(page, "De ronde 2025 is gemaakt.")
    axe.check(page)
    for name in ("preview_round", "open_round"):
        visit(name, 2025)
        axe.check(page)
