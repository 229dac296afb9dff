"""A partner at work in a browser: the grid, pasting, two people at once, leaving, and no mouse."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from interventions.models import Initiator, OutputValue, ProgressUpdate
from interventions.models.progress import Content
from interventions.workflow import State
from tests.factories import (
    PASSWORD,
    AreaFactory,
    IndicatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    SeriesFactory,
    UpdateFactory,
    UserFactory,
    ValueFactory,
)

from . import axe, pasted
from .pasted import paste

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def partner():
    return UserFactory(
        email="piet@voorbeeld.test", name="Piet Bos", organisations=[OrganisationFactory(name="Woonstad")]
    )


@pytest.fixture
def update(partner):
    """A voortgang that is still to be done: two indicators in two areas, and all of last year."""
    before, now = RoundFactory(year=2023, historical=True), RoundFactory()
    organisation = partner.organisations.get()
    pillar = PillarFactory(name="Werk", abbreviation="W")
    item = PlanItemFactory(
        round=now, pillar=pillar, number=4, name="Leerwerkloket", trekker=organisation, description="<p>Een loket.</p>"
    )
    item.contacts.add(partner)
    earlier = PlanItemFactory(round=before, pillar=pillar, number=4, intervention=item.intervention)
    UpdateFactory(
        plan_item=earlier,
        approved=True,
        released=True,
        quantitative="<table><tbody><tr><td><p>Tien</p></td></tr></tbody></table>",
    )
    areas = [AreaFactory(name="Bloemhof", position=1), AreaFactory(name="Carnisse", position=2)]
    for name in ("Bezoekers", "Plaatsingen"):
        indicator = IndicatorFactory(name=name, owner=item.intervention)
        for area in areas:
            series = SeriesFactory(indicator=indicator, area=area)
            ValueFactory(series=series, round=before, value=Decimal("10"))
            ValueFactory(series=series, round=now)
    return UpdateFactory(plan_item=item)


@pytest.fixture
def open_page(page, live_server, log_in, partner):
    def open_page(update, *, editors=2):
        log_in(partner)
        page.goto(live_server.url + reverse("interventions:fill_in", args=[update.pk]))
        expect(page.get_by_role("toolbar")).to_have_count(editors)

    return open_page


def cell(page, indicator, area):
    return page.get_by_role("textbox", name=f"{indicator}, {area} (2024)", exact=True)


def values(update):
    rows = OutputValue.objects.owned_by(update.plan_item).order_by("series__indicator__name", "series__area__name")
    return [row.display for row in rows]


def save(page):
    page.get_by_role("button", name="Opslaan als concept").click()
    expect(page.get_by_text("Uw concept is opgeslagen.")).to_be_visible()


# The grid


def test_grid_has_the_keys_of_a_spreadsheet(open_page, page, update):
    open_page(update)
    first = cell(page, "Bezoekers", "Bloemhof")
    first.click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(cell(page, "Bezoekers", "Carnisse")).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("ArrowDown")
    expect(cell(page, "Plaatsingen", "Bloemhof")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Enter")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("checkbox", name="Voorlopig: Bezoekers, Bloemhof")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("telling")
    page.keyboard.press("ArrowLeft")  # within what was typed
    page.keyboard.type("X")
    page.keyboard.press("Escape")  # what stood there
    page.keyboard.type("geteld")
    page.keyboard.press("Tab")
    expect(cell(page, "Bezoekers", "Carnisse")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("n.b.")
    save(page)

    assert values(update) == ["1", "2", "n.b.", ""]
    row = OutputValue.objects.owned_by(update.plan_item).get(value=1)
    assert (row.provisional, row.remark) == (True, "geteld")


def test_block_from_excel_fills_the_cells(open_page, page, update):
    open_page(update)
    first, remark = cell(page, "Bezoekers", "Bloemhof"), page.get_by_label("Opmerking: Bezoekers, Bloemhof")
    remark.fill("nageteld")
    first.fill("3")
    block = '1.234,5\tja\t"geschat,\nmet ""zorg"""\r\n7\t\t\r\nn.v.t.\t\t\r\n<5\t\t\r\n'
    paste(first, text=block)
    expect(remark).to_have_value('geschat, met "zorg"')
    # Right after it, what stood in all of those cells comes back.
    page.keyboard.press("Control+z")
    expect(first).to_have_value("3")
    expect(remark).to_have_value("nageteld")
    expect(page.get_by_role("checkbox", name="Voorlopig: Bezoekers, Bloemhof")).not_to_be_checked()
    expect(cell(page, "Plaatsingen", "Carnisse")).to_have_value("")
    paste(first, text=block)
    save(page)

    assert values(update) == ["1.234,5", "7", "n.v.t.", "<5"]
    row = OutputValue.objects.owned_by(update.plan_item).get(value=Decimal("1234.5"))
    assert (row.provisional, row.remark) == (True, 'geschat, met "zorg"')


def test_block_that_does_not_fit_is_told_and_not_lost_in_silence(open_page, page, update):
    open_page(update)
    paste(cell(page, "Plaatsingen", "Carnisse"), text="4\n88\n99")

    expect(page.get_by_text("1 cel geplakt. Dit paste niet en is niet geplakt: 88, 99.")).to_be_visible()
    expect(cell(page, "Plaatsingen", "Carnisse")).to_have_value("4")


def test_block_without_a_column_for_provisional_keeps_its_remarks(open_page, page, update):
    open_page(update)
    paste(cell(page, "Bezoekers", "Bloemhof"), text="12\tgeschat\n13\tgeteld")
    save(page)

    rows = OutputValue.objects.owned_by(update.plan_item).filled().order_by("value")
    assert [(row.display, row.provisional, row.remark) for row in rows] == [
        ("12", False, "geschat"),
        ("13", False, "geteld"),
    ]


@pytest.fixture
def shared_between(update):
    """A figure of another interventie, which stands between the two indicators of `update`."""
    other = PlanItemFactory(round=update.plan_item.round, name="Boulevard")
    indicator = IndicatorFactory(
        name="Leegstand", owner=other.intervention, shared_with=[update.plan_item.intervention]
    )
    ValueFactory(series=SeriesFactory(indicator=indicator, area__name="Zuid"), round=update.plan_item.round)


def test_block_passes_over_a_figure_that_is_filled_in_elsewhere(open_page, page, update, shared_between):
    open_page(update)
    paste(cell(page, "Bezoekers", "Carnisse"), text="2\n77\n3")

    expect(page.get_by_text("2 cellen geplakt. Overgeslagen, want dit wordt elders ingevuld: 77.")).to_be_visible()
    expect(cell(page, "Bezoekers", "Carnisse")).to_have_value("2")
    expect(cell(page, "Plaatsingen", "Bloemhof")).to_have_value("3")
    cell(page, "Bezoekers", "Carnisse").press("ArrowDown")
    expect(cell(page, "Plaatsingen", "Bloemhof")).to_be_focused()


def test_one_value_is_pasted_as_anywhere_else(open_page, page, update, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(update)
    page.evaluate("navigator.clipboard.writeText('12,5')")
    cell(page, "Bezoekers", "Bloemhof").click()
    page.keyboard.press("Control+V")

    expect(cell(page, "Bezoekers", "Bloemhof")).to_have_value("12,5")


def test_grid_of_forty_series_works(open_page, page, update):
    indicator = IndicatorFactory(name="Peuters", owner=update.plan_item.intervention)
    for number in range(40):
        area = AreaFactory(name=f"Wijk {number:02}", position=10 + number)
        ValueFactory(series=SeriesFactory(indicator=indicator, area=area), round=update.plan_item.round)
    open_page(update)
    paste(cell(page, "Peuters", "Wijk 00"), text="\n".join(str(number) for number in [*range(42), 97]))
    # In sight of who is somewhere in the grid.
    expect(page.get_by_text("42 cellen geplakt. Dit paste niet en is niet geplakt: 97.")).to_be_in_viewport()
    save(page)

    filled = OutputValue.objects.filter(series__indicator=indicator).order_by("series__area__position")
    assert [int(value.value) for value in filled] == list(range(40))


# Text


def test_word_and_excel_paste_into_the_text_and_are_kept(open_page, page, update):
    open_page(update)
    paste(page.get_by_role("textbox", name="Kwantitatieve voortgang"), html=pasted.EXCEL)
    paste(page.get_by_role("textbox", name="Kwalitatieve voortgang"), html=pasted.WORD)
    save(page)

    update.refresh_from_db()
    assert update.quantitative == pasted.EXCEL_EXPECTED
    assert update.qualitative == pasted.WORD_EXPECTED
    expect(page.get_by_role("textbox", name="Kwalitatieve voortgang").get_by_text("Elstar")).to_be_visible()


def test_leaving_with_unsaved_text_warns_and_after_saving_it_does_not(open_page, page, update):
    open_page(update)
    warnings = []
    page.on("dialog", lambda dialog: (warnings.append(dialog.type), dialog.dismiss()))
    editor = page.get_by_role("textbox", name="Kwantitatieve voortgang")
    editor.click()
    page.keyboard.type("Dit is nog niet opgeslagen.")
    page.get_by_role("link", name="Mijn interventies").first.click()
    expect(editor).to_have_text("Dit is nog niet opgeslagen.")
    assert warnings == ["beforeunload"]

    save(page)
    page.get_by_role("link", name="Mijn interventies").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn interventies")
    assert warnings == ["beforeunload"]


@pytest.fixture
def log_in_again(page):
    def log_in_again(user):
        page.get_by_label("E-mailadres").fill(user.email)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()

    return log_in_again


def type_something(page, text="Wij begonnen met tien gezinnen."):
    cell(page, "Bezoekers", "Bloemhof").fill("12")
    page.get_by_role("checkbox", name="Voorlopig: Bezoekers, Bloemhof").check()
    page.get_by_role("textbox", name="Kwantitatieve voortgang").fill(text)


@pytest.mark.parametrize("button", ["Opslaan als concept", "Opslaan en indienen"])
def test_what_was_typed_outlives_the_session(open_page, page, context, update, partner, log_in_again, button):
    open_page(update)
    type_something(page)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name=button).click()
    log_in_again(partner)

    expect(page.get_by_text("Wat u verstuurde, is niet aangekomen.").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Kwantitatieve voortgang")).to_have_text("Wij begonnen met tien gezinnen.")
    axe.check(page)
    save(page)
    expect(page.get_by_text("Wat u verstuurde, is niet aangekomen.").first).to_be_hidden()
    update.refresh_from_db()
    assert update.quantitative == "<p>Wij begonnen met tien gezinnen.</p>"
    assert values(update)[0] == "12"
    assert OutputValue.objects.owned_by(update.plan_item).get(value=12).provisional


def test_what_was_typed_is_put_back_for_the_same_person_alone(open_page, page, context, update, log_in_again, partner):
    colleague = UserFactory(organisations=[partner.organisations.get()])
    open_page(update)
    type_something(page)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Opslaan als concept").click()
    log_in_again(colleague)

    expect(page.get_by_role("toolbar")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Kwantitatieve voortgang")).to_have_text("")
    expect(cell(page, "Bezoekers", "Bloemhof")).to_have_value("")


def test_what_is_put_back_overwrites_nobody(open_page, page, context, update, log_in_again, partner):
    open_page(update)
    type_something(page)
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Opslaan als concept").click()
    colleague = UserFactory(organisations=[partner.organisations.get()])
    update.save_draft(Content(quantitative="<p>Van een ander.</p>"), by=colleague, version=0)
    log_in_again(partner)
    page.get_by_role("button", name="Opslaan als concept").click()

    expect(page.get_by_role("heading", name="Niet opgeslagen")).to_be_visible()
    update.refresh_from_db()
    assert update.quantitative == "<p>Van een ander.</p>"
    expect(page.get_by_role("textbox", name="Kwantitatieve voortgang")).to_have_text("Wij begonnen met tien gezinnen.")


def test_what_was_typed_outlives_a_connection_that_breaks(open_page, page, live_server, update):
    open_page(update)
    type_something(page)

    def save_in_vain():
        page.route("**/voortgang/**", lambda route: route.abort())
        page.get_by_role("button", name="Opslaan als concept").click()
        page.wait_for_url("chrome-error://**")
        page.unroute("**/voortgang/**")

    def see_what_was_typed():
        expect(page.get_by_text("Wat u verstuurde, is niet aangekomen.").first).to_be_visible()
        expect(text).to_have_text("Wij begonnen met tien gezinnen.")
        expect(cell(page, "Bezoekers", "Bloemhof")).to_have_value("12")

    text = page.get_by_role("textbox", name="Kwantitatieve voortgang")
    save_in_vain()
    open_page(update)
    see_what_was_typed()

    # Another page first, and one more by a link: neither is an answer to what was sent.
    save_in_vain()
    page.goto(live_server.url)
    page.get_by_role("link", name="Mijn account").first.click()
    page.get_by_role("link", name="Mijn interventies").first.click()
    page.get_by_role("link", name="Leerwerkloket").first.click()
    see_what_was_typed()

    # Back to the page from which one came to the form, and on.
    save_in_vain()
    page.go_back()
    page.goto(live_server.url)
    open_page(update)
    see_what_was_typed()
    save(page)
    open_page(update)
    expect(page.get_by_text("Wat u verstuurde, is niet aangekomen.").first).to_be_hidden()


def test_a_form_from_before_another_login_is_put_back(open_page, page, context, update, partner):
    open_page(update)
    type_something(page)
    context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Opslaan als concept").click()
    expect(page.get_by_role("heading", name="Verstuur het opnieuw")).to_be_visible()
    page.get_by_role("link", name="Open de pagina opnieuw").click()
    expect(page.get_by_role("textbox", name="Kwantitatieve voortgang")).to_have_text("Wij begonnen met tien gezinnen.")
    save(page)


def test_without_javascript_nothing_is_lost(browser, live_server, partner, update, log_in, context):
    ProgressUpdate.objects.update(quantitative="<ul><li><p>Een <strong>lijst</strong></p></li></ul>", state=State.DRAFT)
    log_in(partner)
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(live_server.url + reverse("interventions:fill_in", args=[update.pk]))
    expect(page.get_by_text("daarvoor is JavaScript nodig").first).to_be_visible()
    cell(page, "Bezoekers", "Bloemhof").fill("3")
    page.get_by_role("button", name="Opslaan als concept").click()
    expect(page.get_by_text("Uw concept is opgeslagen.")).to_be_visible()
    plain.close()

    update.refresh_from_db()
    assert update.quantitative == "<ul><li><p>Een <strong>lijst</strong></p></li></ul>"
    assert values(update)[0] == "3"


def test_what_is_typed_never_hides_under_the_buttons(open_page, page, update):
    page.set_viewport_size({"width": 390, "height": 600})
    open_page(update)
    page.get_by_role("textbox", name="Kwalitatieve voortgang").click()
    for number in range(12):
        page.keyboard.type(f"Regel {number}")
        page.keyboard.press("Enter")
        page.wait_for_function(
            """() => {
                const { anchorNode } = getSelection();
                const line = anchorNode.nodeType === Node.TEXT_NODE ? anchorNode.parentElement : anchorNode;
                const bar = document.querySelector(".action-bar").getBoundingClientRect();
                return line.getBoundingClientRect().bottom <= bar.top;
            }""",
            timeout=2_000,
        )


def test_toolbar_stays_above_a_long_text(open_page, page, update):
    page.set_viewport_size({"width": 1280, "height": 800})
    update.save_draft(Content(quantitative="<p>regel</p>" * 150), by=UserFactory(beheerder=True), version=0)
    open_page(update)
    page.get_by_role("textbox", name="Kwantitatieve voortgang").click(position={"x": 50, "y": 100})
    page.mouse.wheel(0, 900)
    page.wait_for_function("document.querySelector('.editor-toolbar').getBoundingClientRect().top === 0")
    page.get_by_role("button", name="Vet").first.click()


def test_on_a_telephone_what_is_to_be_filled_in_comes_first(open_page, page, update):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(update)
    figure = cell(page, "Bezoekers", "Bloemhof").bounding_box()
    assert 0 <= figure["x"] < figure["x"] + figure["width"] <= 390
    expect(page.get_by_text("Tien", exact=True)).to_be_hidden()
    page.get_by_role("group").filter(has_text="2023").first.locator("summary").click()
    expect(page.get_by_text("Tien", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.get_by_text("Tien", exact=True)).to_be_visible()


# Two people


def test_two_people_save_the_same_interventie_and_neither_loses_a_word(
    browser, live_server, partner, update, log_in, context, page, open_page
):
    colleague = UserFactory(name="Jan Smit", organisations=partner.organisations.all())
    open_page(update)
    log_in(colleague)
    other = browser.new_context(storage_state=context.storage_state()).new_page()
    other.goto(live_server.url + reverse("interventions:fill_in", args=[update.pk]))
    expect(other.get_by_role("toolbar")).to_have_count(2)
    log_in(partner)

    other.get_by_role("textbox", name="Kwantitatieve voortgang").click()
    other.keyboard.type("Jan telde twaalf gezinnen.")
    save(other)
    other.context.close()
    page.get_by_role("textbox", name="Kwantitatieve voortgang").click()
    page.keyboard.type("Piet telde tien gezinnen.")
    cell(page, "Bezoekers", "Bloemhof").fill("10")
    page.get_by_role("button", name="Opslaan als concept").click()

    conflict = page.get_by_role("region", name="Verschil: Kwantitatieve voortgang")
    expect(page.get_by_role("alert")).to_contain_text("Laatst opgeslagen door Jan Smit")
    expect(conflict).to_contain_text("Jan telde twaalf gezinnen.")
    expect(page.get_by_role("textbox", name="Kwantitatieve voortgang")).to_have_text("Piet telde tien gezinnen.")
    expect(cell(page, "Bezoekers", "Bloemhof")).to_have_value("10")
    update.refresh_from_db()
    assert update.quantitative == "<p>Jan telde twaalf gezinnen.</p>"
    axe.check(page)

    page.get_by_role("textbox", name="Kwantitatieve voortgang").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Jan telde twaalf.")
    save(page)
    assert [revision.quantitative for revision in update.revisions.all()] == [
        "<p>Jan telde twaalf gezinnen.</p>",
        "<p>Piet telde tien gezinnen. Jan telde twaalf.</p>",
    ]


# By keyboard, and for everybody


def test_from_login_to_submitted_by_keyboard_alone(page, live_server, partner, update):
    page.goto(live_server.url)
    tab_to(page, "#id_login")
    page.keyboard.type(partner.email)
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn interventies")
    tab_to(page, ".task-list__name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("toolbar")).to_have_count(2)
    tab_to(page, "[data-grid] input")
    for number in "1234":
        page.keyboard.type(number)
        page.keyboard.press("Enter")
    for name in ("quantitative", "qualitative"):
        tab_to(page, ".ProseMirror")
        page.keyboard.type(f"Tekst van {name}.")
        page.keyboard.press("Escape")
    tab_to(page, "button[formaction]")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Ingediend. Het programmabureau beoordeelt nu deze voortgang.")).to_be_visible()
    update.refresh_from_db()
    assert update.state == State.SUBMITTED
    assert (update.quantitative, update.qualitative) == (
        "<p>Tekst van quantitative.</p>",
        "<p>Tekst van qualitative.</p>",
    )
    assert values(update) == ["1", "2", "3", "4"]


def tab_to(page, selector, most=200):
    """Press Tab until what has the focus matches `selector`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not come to {selector}")


def test_missing_parts_are_a_link_away(open_page, page, update):
    open_page(update)
    page.get_by_role("button", name="Opslaan en indienen").click()
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_count(6)
    axe.check(page)
    summary.get_by_role("link", name=re.compile("^Bezoekers, Carnisse")).click()
    expect(cell(page, "Bezoekers", "Carnisse")).to_be_focused()


@pytest.mark.parametrize("state", [State.TO_DO, State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED])
def test_page_is_accessible_and_fits_in_every_state(open_page, page, update, partner, state):
    adviseur = UserFactory(adviseur=True)
    update.save_draft(Content(quantitative="<p>a</p>", qualitative="<p>b</p>"), by=partner, version=0)
    ProgressUpdate.objects.update(submitted_by=partner, submitted_at="2025-02-01T10:00Z", state=State.SUBMITTED)
    update.return_with_question(by=adviseur, version=1, reason="Hoeveel gezinnen?")
    ProgressUpdate.objects.update(state=state)

    open_page(update, editors=0 if state in (State.SUBMITTED, State.APPROVED) else 2)
    for summary in page.locator(".disclosure__summary").all():
        summary.click()
    axe.check(page)


def test_errors_and_proposals_are_accessible_and_fit(open_page, page, update, live_server):
    open_page(update)
    cell(page, "Bezoekers", "Bloemhof").fill("12.5")
    page.get_by_role("button", name="Opslaan als concept").click()
    expect(page.get_by_role("alert")).to_contain_text("Gebruik een komma voor decimalen: 12,5.")
    axe.check(page)
    page.goto(live_server.url + reverse("interventions:propose_indicator", args=[update.pk]))
    axe.check(page)
    page.get_by_role("button", name="Voorstellen").click()
    axe.check(page)


def test_mine_is_accessible_and_fits(page, live_server, log_in, partner, update):
    update.plan_item.initiators.update(role=Initiator.Role.INITIATOR)
    second = PlanItemFactory(round=update.plan_item.round, trekker=partner.organisations.get())
    returned = UpdateFactory(plan_item=second, submitted=True)
    returned.return_with_question(by=UserFactory(adviseur=True), version=1, reason="Hoeveel gezinnen?")
    log_in(partner)
    page.goto(live_server.url + reverse("interventions:mine"))
    expect(page.get_by_text("Hoeveel gezinnen?")).to_be_visible()
    axe.check(page)
