"""The whole year on the real plan, played in a browser: filled in, asked, answered, approved, coloured and released."""

import datetime

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.models import Organisation
from interventions.loading import load_plan
from interventions.models import PillarAssignment, ProgressUpdate, ReportingRound
from interventions.workflow import RoundState
from programme.models import Pillar
from tests.factories import PASSWORD, RoundFactory, UserFactory

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)

ANSWER = "Wij bereikten twaalf gezinnen, waarvan vijf in Carnisse."
REASON = "Er is te weinig personeel; in het voorjaar komen twee mensen erbij."


@pytest.fixture
def plan():
    """The plan of 2023 with one colour, carried over into an open round 2024; W7 has figures of its own."""
    load_plan()
    beheerder = UserFactory(beheerder=True, name="Bea Beheer")
    w7 = {"pillar__abbreviation": "W", "number": 7}
    before = ReportingRound.objects.get(year=2023)
    last_year = ProgressUpdate.objects.get(plan_item=before.plan_items.get(**w7))
    last_year.set_colour("rood", by=beheerder, version=0, reason="Het begon laat.")
    before.release_colours(pillar=last_year.plan_item.pillar, by=beheerder, version=last_year.colour_version)
    now = RoundFactory(planned=True, deadline=datetime.date(2025, 3, 1))
    now.copy_plan_from(before)
    now.open(by=beheerder)
    item = now.plan_items.get(**w7)
    adviseur = UserFactory(adviseur=True, name="Anna de Vries")
    PillarAssignment.objects.create(user=adviseur, pillar=Pillar.objects.get(abbreviation="W"))
    partner = UserFactory(name="Piet Bos", organisations=[Organisation.objects.get(name="Gemeente Rotterdam")])
    item.contacts.add(partner)
    return {
        "round": now,
        "item": item,
        "partner": partner,
        "adviseur": adviseur,
        "beheerder": beheerder,
        "lezer": UserFactory(lezer=True),
    }


@pytest.fixture
def sign_in(page, live_server):
    def sign_in(user):
        page.context.clear_cookies()
        page.goto(live_server.url)
        page.get_by_label("E-mailadres").fill(user.email)
        page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()
        expect(page.get_by_text(f"{user.name} · {user.get_role_display().lower()}")).to_be_visible()

    return sign_in


def write(page, name, text):
    page.get_by_role("textbox", name=name).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def fill_in_grid(page):
    for number, cell in enumerate(page.locator("[data-grid] td.number input").all(), start=1):
        cell.fill(f"{number},5")


def test_the_whole_year(plan, page, live_server, sign_in, tmp_path):
    item, partner, adviseur = plan["item"], plan["partner"], plan["adviseur"]
    name = f"W7 {item.name}"

    # The partner finds it, with last year's text and colour, fills it in and hands it in.
    sign_in(partner)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn interventies")
    page.get_by_role("link", name=item.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("rood").first).to_be_visible()
    fill_in_grid(page)
    write(page, "Kwantitatieve voortgang", "Wij bereikten gezinnen.")
    write(page, "Kwalitatieve voortgang", "Het loopt.")
    page.get_by_role("button", name="Opslaan en indienen").click()
    expect(page.get_by_text("Ingediend. Het programmabureau beoordeelt nu")).to_be_visible()

    # The adviseur finds it at the top, and asks.
    sign_in(adviseur)
    page.get_by_role("region", name="Interventies").get_by_role("link", name=item.name).click()
    page.get_by_text("Terugsturen met een vraag").click()
    page.get_by_label("Uw vraag").fill("Hoeveel gezinnen, en waar?")
    page.get_by_role("button", name="Terugsturen").click()
    expect(page.get_by_text("teruggestuurd met uw vraag")).to_be_visible()

    # The partner reads the question and answers it.
    sign_in(partner)
    expect(page.get_by_text("Hoeveel gezinnen, en waar?")).to_be_visible()
    page.get_by_role("link", name=item.name).click()
    write(page, "Kwantitatieve voortgang", f" {ANSWER}")
    page.get_by_role("button", name="Opslaan en indienen").click()
    expect(page.get_by_text("Ingediend. Het programmabureau beoordeelt nu")).to_be_visible()

    # The adviseur approves and colours; nobody else sees the colour yet.
    sign_in(adviseur)
    page.get_by_role("region", name="Interventies").get_by_role("link", name=item.name).click()
    expect(page.locator("ins").get_by_text("Carnisse")).to_be_visible()
    page.get_by_role("button", name="Goedkeuren", exact=True).click()
    expect(page.get_by_text("goedgekeurd.", exact=False).first).to_be_visible()
    page.get_by_role("radio", name="oranje").check()
    page.get_by_label("Waarom deze kleur?").fill(REASON)
    page.get_by_role("button", name="Kleur vastleggen").click()
    expect(page.get_by_text("kleur vastgelegd", exact=False).first).to_be_visible()
    sign_in(plan["lezer"])
    row = page.get_by_role("row", name=name)
    expect(row).to_contain_text("rood nog geen kleur")

    # Released, everybody sees it, with its trend; in the overview, the page and the workbook.
    sign_in(adviseur)
    page.get_by_role("link", name="Kleuren per pijler").click()
    page.get_by_text("Kleuren van Werk vrijgeven").click()
    page.get_by_role("button", name="Vrijgeven").click()
    expect(page.get_by_text("Werk: 1 kleur vrijgegeven.")).to_be_visible()
    sign_in(plan["lezer"])
    expect(row).to_contain_text("rood oranje vooruit")
    axe.check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    page.get_by_role("link", name=item.name).click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()
    axe.check(page)
    download.value.save_as(tmp_path / download.value.suggested_filename)
    assert_holds(load_workbook(tmp_path / "voortgang-2024.xlsx"), item)

    # The beheerder moves the round on, and the command gives the same workbook.
    sign_in(plan["beheerder"])
    page.get_by_role("link", name="Rondes").click()
    page.get_by_role("link", name="2024").click()
    page.locator("summary", has_text="Naar beoordeling").click()
    page.get_by_role("button", name="Naar beoordeling").click()
    expect(page.get_by_text("De ronde 2024 is in beoordeling.")).to_be_visible()
    assert ReportingRound.objects.get(year=2024).state == RoundState.REVIEW
    call_command("export_round", 2024, output=str(tmp_path / "2024.xlsx"))
    assert_holds(load_workbook(tmp_path / "2024.xlsx"), item)


def assert_holds(workbook, item):
    """The workbook says what was answered, which colour it has and what its trend is."""
    headings, *rows = list(workbook["Alle rijen"].values)
    row = next(dict(zip(headings, row, strict=True)) for row in rows if item.name in row)
    assert ANSWER in "\n".join(str(value) for value in row.values())
    assert {"oranje", "rood", "vooruit"} <= set(row.values())
    printed = "\n".join(str(value) for row in workbook["Werk"].values for value in row if value)
    assert ANSWER in printed
    assert "1,5" in printed
    # The figures are numbers.
    headings, *rows = list(workbook["Cijfers"].values)
    assert 1.5 in {value for row in rows if item.name in row for value in row}
