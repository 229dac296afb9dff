"""The bureau edits the plan in a browser: by keyboard, without a script, when somebody was first; axe everywhere."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from interventions.models import Funding, OutputIndicator, PlanItem
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
)

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adviseur(log_in):
    user = UserFactory(adviseur=True, name="Anna de Vries")
    log_in(user)
    return user


@pytest.fixture
def plan(adviseur):
    """W1, W2 and W3 of one thema in a planned round, by their numbers; nobody is asked to report on W3."""
    reporting_round, pillar = RoundFactory(planned=True), PillarFactory(name="Werk", abbreviation="W")
    theme, organisation = ThemeFactory(pillar=pillar, name="Naar werk"), OrganisationFactory(name="Gemeente")
    person, funding = UserFactory(name="Piet Bos", organisations=[organisation]), Funding.objects.create(name="Spuk")
    for number, name in enumerate(("Leerwerkloket", "Jobcoaching", "Stages"), start=1):
        item = PlanItemFactory(
            round=reporting_round,
            pillar=pillar,
            theme=theme,
            number=number,
            position=number,
            name=name,
            description="<p>Eén loket.</p>",
            trekker=organisation if number < 3 else None,
        )
        if number < 3:
            item.contacts.add(person)
            item.funding.add(funding)
    SeriesFactory(indicator=IndicatorFactory(name="Gezinnen", owner=item.intervention))
    return {item.number: item for item in PlanItem.objects.all()}


@pytest.fixture
def visit(page, live_server):
    """visit("name of a url", …): open that page."""

    def visit(name, *args, query=""):
        page.goto(f"{live_server.url}{reverse(f'interventions:{name}', args=args)}{query}")

    return visit


def press(page, locator, *keys):
    """Reach something as a keyboard does, and press `keys` on it."""
    locator.focus()
    for key in keys:
        page.keyboard.press(key)


def type_in(page, label, text):
    press(page, page.get_by_label(label, exact=True), "ControlOrMeta+a")
    page.keyboard.type(text)


def names(page):
    region = page.get_by_role("region", name="Interventies van Werk")
    return [row.inner_text() for row in region.locator("tr[id] th a").all()]


def said(page):
    return page.get_by_role("status").filter(visible=True).first


def open_all(page):
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.parametrize("query", ["", "?pijler=OF"])
def test_plan_is_accessible_and_fits(query, plan, visit, page):
    UpdateFactory(plan_item=plan[2], dropped=True)
    visit("plan_year", 2024, query=query)
    open_all(page)
    axe.check(page)


def test_pages_of_a_plan_item_are_accessible_and_fit(plan, adviseur, visit, page):
    plan[1].change(plan[1].content().with_contact(UserFactory().pk), by=adviseur, version=1)
    for name in ("plan_item", "split_item", "indicators"):
        visit(name, plan[3 if name == "indicators" else 1].pk)
        open_all(page)
        axe.check(page)
    visit("add_item", 2024, query="?pijler=W")
    axe.check(page)
    visit("merge_items", 2024, query=f"?regel={plan[1].pk}&regel={plan[2].pk}")
    axe.check(page)


def test_plan_that_is_only_read_is_accessible_and_fits(plan, log_in, visit, page):
    log_in(UserFactory(controleur=True))
    for name, argument in (("plan_year", 2024), ("plan_item", plan[1].pk), ("indicators", plan[3].pk)):
        visit(name, argument)
        axe.check(page)


def test_item_is_edited_by_keyboard(plan, visit, page):
    visit("plan_year", 2024)
    press(page, page.get_by_role("link", name="Leerwerkloket"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("W1 Leerwerkloket")

    type_in(page, "Naam", "Balie")
    type_in(page, "Letter", "b")
    # Until the editor is there, what has this name is the field that it takes the place of.
    editor = page.locator(".ProseMirror").and_(page.get_by_role("textbox", name="Korte omschrijving"))
    expect(editor).to_be_visible()
    press(page, editor)
    page.keyboard.type("Elke dag open. ")
    expect(editor).to_have_text("Elke dag open. Eén loket.")
    press(page, page.get_by_label("Piet Bos"), "Space")
    press(page, page.get_by_role("button", name="Opslaan"), "Enter")

    expect(said(page)).to_have_text("W1b Balie: opgeslagen.")
    stored = PlanItem.objects.get(pk=plan[1].pk)
    assert (stored.code, stored.description, stored.contacts.count()) == ("W1b", "<p>Elke dag open. Eén loket.</p>", 0)
    assert "Gewijzigd: naam, nummer, contactpersonen, korte omschrijving" in page.locator(".timeline").inner_text()


def test_conflict_shows_both_versions_and_is_accessible(plan, visit, page):
    visit("plan_item", plan[1].pk)
    first = PlanItem.objects.get(pk=plan[1].pk)
    other = UserFactory(beheerder=True, name="Bea Beheer")
    content = {**vars(first.content()), "name": "Bureau", "description": "<p>Twee loketten.</p>"}
    first.change(type(first.content())(**content), by=other, version=1)

    type_in(page, "Naam", "Balie")
    press(page, page.get_by_role("button", name="Opslaan"), "Enter")

    expect(page.get_by_role("alert")).to_contain_text("Laatst opgeslagen door Bea Beheer")
    expect(page.get_by_role("region", name="Verschil: Korte omschrijving")).to_contain_text("Twee loketten.")
    expect(page.get_by_role("row", name="Naam Bureau Balie")).to_be_visible()
    axe.check(page)
    press(page, page.get_by_role("button", name="Opslaan"), "Enter")
    expect(said(page)).to_have_text("W1 Balie: opgeslagen.")


def test_items_are_reordered_added_and_stopped_by_keyboard(plan, visit, page):
    visit("plan_year", 2024)
    press(page, page.get_by_role("button", name="Omhoog: W3 Stages"), "Enter")
    expect(said(page)).to_have_text("W3 Stages staat nu een plaats hoger.")
    assert names(page) == ["Leerwerkloket", "Stages", "Jobcoaching"]

    press(page, page.get_by_role("link", name="Interventie toevoegen"), "Enter")
    type_in(page, "Naam", "Taalcafé")
    press(page, page.get_by_role("button", name="Toevoegen"), "Enter")
    expect(said(page)).to_contain_text("W4 Taalcafé staat in het plan.")

    press(page, page.locator("summary", has_text="Laten vervallen"), "Enter", "Tab")
    page.keyboard.type("Toch niet.")
    press(page, page.get_by_role("button", name="Laten vervallen"), "Enter")
    expect(said(page)).to_contain_text("W4 Taalcafé: vervallen.")
    assert PlanItem.objects.get(name="Taalcafé").progress.state == "dropped"


def test_refusal_is_said_with_the_focus_on_it_and_is_accessible(plan, visit, page):
    visit("add_item", 2024, query="?pijler=W")
    type_in(page, "Naam", "Taalcafé")
    type_in(page, "Nummer", "1")
    press(page, page.get_by_role("button", name="Toevoegen"), "Enter")

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("W1 is al Leerwerkloket.")
    expect(page.get_by_label("Naam", exact=True)).to_have_value("Taalcafé")
    axe.check(page)


def test_item_is_split_by_keyboard(plan, visit, page):
    visit("plan_item", plan[1].pk)
    press(page, page.get_by_role("link", name="Splitsen"), "Enter")
    for part, name in enumerate(("Balie", "Bureau")):
        press(page, page.get_by_label("Naam", exact=True).nth(part))
        page.keyboard.type(name)
    type_in(page, "Reden", "Te groot.")
    press(page, page.get_by_role("button", name="Splitsen"), "Enter")

    expect(said(page)).to_contain_text("W1 Leerwerkloket is gesplitst in W1a Balie en W1b Bureau.")
    assert names(page) == ["Leerwerkloket", "Balie", "Bureau", "Jobcoaching", "Stages"]
    press(page, page.get_by_role("link", name="Balie"), "Enter")
    expect(page.get_by_text("Komt voort uit")).to_be_visible()


def test_what_is_ticked_gets_an_initiator_and_is_merged_by_keyboard(plan, visit, page):
    visit("plan_year", 2024)
    for number in (2, 3):
        press(page, page.get_by_label(f"Kies {plan[number]}"), "Space")
    press(page, page.get_by_label("Organisatie"), "ArrowDown")
    press(page, page.get_by_role("button", name="Initiatiefnemer toevoegen"), "Enter")
    expect(said(page)).to_have_text("1 van de 2 aangevinkte interventies gewijzigd.")
    expect(page.locator("summary", has_text="zonder initiatiefnemer")).to_have_count(0)

    for number in (2, 3):
        press(page, page.get_by_label(f"Kies {plan[number]}"), "Space")
    press(page, page.get_by_role("button", name="Samenvoegen"), "Enter")
    press(page, page.get_by_label("W3 Stages"), "Space")
    type_in(page, "Naam", "Werkervaring")
    type_in(page, "Reden", "Hoort bijeen.")
    press(page, page.get_by_role("button", name="Samenvoegen"), "Enter")

    expect(said(page)).to_contain_text("W2a Werkervaring komt in de plaats van 2 interventies.")
    links = PlanItem.objects.get(name="Werkervaring").intervention.links.all()
    assert [link.predecessor for link in links] == [plan[3].intervention, plan[2].intervention]


def test_all_are_ticked_at_once_by_keyboard(plan, visit, page):
    visit("plan_year", 2024)
    everything = page.get_by_label("Alle interventies van deze lijst")
    ticked = page.locator("input[name=items]:checked")
    press(page, everything, "Space")
    expect(ticked).to_have_count(3)
    axe.check(page)

    press(page, page.get_by_label(f"Kies {plan[2]}"), "Space")
    expect(everything).not_to_be_checked()
    assert everything.evaluate("box => box.indeterminate")
    press(page, page.get_by_label("Organisatie"), "ArrowDown")
    press(page, page.get_by_role("button", name="Initiatiefnemer toevoegen"), "Enter")
    expect(said(page)).to_contain_text("van de 2 aangevinkte interventies gewijzigd.")


def test_plan_is_changed_without_javascript(plan, browser, context, live_server):
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(f"{live_server.url}{reverse('interventions:plan_year', args=[2024])}")
    press(page, page.get_by_label(f"Kies {plan[2]}"), "Space", "Enter")  # which button that is, it does not say
    expect(page.get_by_role("alert")).to_contain_text("Kies met een knop wat u wilt doen.")
    expect(page.get_by_label(f"Kies {plan[2]}")).to_be_checked()
    assert names(page) == ["Leerwerkloket", "Jobcoaching", "Stages"]
    page.get_by_role("button", name="Omlaag: W1 Leerwerkloket").click()
    assert names(page) == ["Jobcoaching", "Leerwerkloket", "Stages"]
    plain.close()


def test_indicators_are_kept_by_keyboard(plan, visit, page):
    AreaFactory(name="Carnisse")
    visit("plan_item", plan[3].pk)
    press(page, page.locator("main").get_by_role("link", name="Indicatoren"), "Enter")

    press(page, page.locator("summary", has_text="Hernoemen"), "Enter", "Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Huishoudens")
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text("Huishoudens: hernoemd.")

    press(page, page.locator("summary", has_text="Streefwaarden 2024"), "Enter", "Tab")
    page.keyboard.type("12,5")
    press(page, page.get_by_role("button", name="Vastleggen"), "Enter")
    expect(page.get_by_text("streefwaarde 2024: 12,5")).to_be_visible()

    press(page, page.locator("summary", has_text="Beëindigen"), "Enter", "Tab")
    page.keyboard.type("Telt niet meer.")
    press(page, page.get_by_role("button", name="Beëindigen"), "Enter")
    expect(said(page)).to_have_text("Huishoudens: beëindigd.")
    assert OutputIndicator.objects.get().status == "ended"
    axe.check(page)
