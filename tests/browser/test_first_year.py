"""A beheerder sets up the first year of an empty installation by clicking, until a partner has work to do."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Organisation, User
from interventions.models import PlanItem, ReportingRound
from interventions.workflow import State
from tests.workbooks import workbook

from . import axe
from .test_people import choose_password, heading, last_link, press

pytestmark = pytest.mark.django_db(transaction=True)

# As the columns of a workbook: year, pijler, number, thema, name, was, funding, description, texts, initiators, colour.
PLAN = (
    (2024, "Werk", 1, "Naar werk", "Leerwerkloket", "", "Regio Deal", "Eén loket.", "", "", "Woonstad", ""),
    (2024, "Werk", 2, "Naar werk", "Jobcoaching", "Coaching", "", "- Begin\n- Vervolg", "", "", "Woonstad;Zadkine", ""),
    (2024, "Werk", 3, "Naar werk", "Taalcafé", "", "", "", "", "", "", ""),
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def beheerder_comes_in(page, live_server):
    """The only thing that is no click: the command that makes the link."""
    out = StringIO()
    call_command("create_beheerder", "bea@nprz.test", name="Bea Beheer", stdout=out)
    page.goto(live_server.url + re.search(r"https?://[^/]+(/\S+)", out.getvalue())[1])
    choose_password(page)


def menu(page, name):
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name=name, exact=True).click()


def says(page, text):
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def begin(page, live_server, step):
    """Follow one of the first steps on the page that the beheerder comes in at."""
    page.goto(live_server.url)
    page.get_by_role("region", name="Er is nog geen rapportageronde geopend").get_by_role("link", name=step).click()


def add_word(page, add, **typed):
    """Add a pijler or the like in the admin, from its list."""
    page.get_by_role("link", name=add).click()
    for label, value in typed.items():
        field = page.get_by_label(f"{label}:", exact=True)
        if label == "Pijler":
            field.select_option(label=value)
        else:
            field.fill(value)
    press(page, re.compile("^Opslaan$", re.IGNORECASE))
    expect(page.get_by_text("Toegevoegd:")).to_be_visible()


def add_organisation(page, name):
    page.get_by_role("link", name="Organisatie toevoegen", exact=True).click()
    page.get_by_label("Naam").fill(name)
    press(page, "Opslaan")
    says(page, f"{name} is toegevoegd.")


def invite(page, email, name, role, organisation=None):
    menu(page, "Personen")
    page.get_by_role("link", name="Iemand uitnodigen").click()
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Naam").fill(name)
    page.get_by_label(role, exact=True).check()
    if organisation:
        page.get_by_label(organisation, exact=True).check()
    press(page, "Uitnodigen")
    says(page, f"De uitnodiging aan {name} is verstuurd")
    return last_link()


def look_at(page, *rows):
    file = {"name": "plan.xlsx", "mimeType": "", "buffer": workbook(rows).getvalue()}
    page.get_by_label("Werkblad", exact=True).set_input_files(file)
    press(page, "Bekijken wat er verandert")


def take_over(page):
    page.get_by_role("button", name="Overnemen", exact=True).click()


def tick(page, *names):
    for name in names:
        page.get_by_role("checkbox", name=f"Kies {name}").check()


def test_first_year_is_set_up_from_nothing(page, live_server, elsewhere, beheerder_comes_in):
    # The first page says where to begin: with the words of the programme.
    heading(page, "Beoordelen")
    axe.check(page)
    begin(page, live_server, "pijlers")
    add_word(page, "Pijler toevoegen", Naam="Werk", Afkorting="W", Volgorde="1")
    begin(page, live_server, "thema's")
    add_word(page, "Thema toevoegen", Pijler="Werk", Naam="Naar werk", Volgorde="1")
    begin(page, live_server, "organisaties")
    add_organisation(page, "Woonstad")

    # People, who can come in at once; there is nothing to do for them yet.
    adviseur_link = invite(page, "anna@nprz.test", "Anna de Vries", "Adviseur")
    partner_link = invite(page, "piet@woonstad.test", "Piet Bos", "Invuller", "Woonstad")
    elsewhere.goto(partner_link)
    choose_password(elsewhere)
    heading(elsewhere, "Mijn interventies")
    expect(elsewhere.get_by_text("Er is nog geen rapportageronde geopend.")).to_be_visible()

    # The round, without dates yet, and an empty plan.
    begin(page, live_server, "Rondes")
    page.get_by_role("link", name="De eerste ronde maken").click()
    page.get_by_label("Jaar").fill("2024")
    axe.check(page)
    press(page, "Ronde maken")
    says(page, "De ronde 2024 is gemaakt.")
    axe.check(page)
    menu(page, "Plan")
    axe.check(page)

    # Its plan comes from a workbook. What that names and is not there is said, with the way to add it.
    page.get_by_role("link", name="Een werkblad inlezen").click()
    look_at(page, *PLAN)
    refused = page.get_by_role("alert")
    expect(refused).to_be_focused()
    expect(refused.get_by_role("listitem").filter(has_text="toevoegen")).to_have_text(
        ["Financiering toevoegen: Regio Deal", "Organisatie toevoegen: Zadkine"]
    )
    axe.check(page)
    add_word(page, "Financiering toevoegen", Naam="Regio Deal")
    page.get_by_role("link", name="Terug naar NPRZ Voortgang").click()
    begin(page, live_server, "organisaties")
    add_organisation(page, "Zadkine")
    menu(page, "Plan")
    page.get_by_role("link", name="Een werkblad inlezen").click()
    look_at(page, *PLAN)
    expect(page.get_by_text("plan.xlsx: 3 toegevoegd.")).to_be_visible()
    expect(page.locator("summary").first).to_contain_text("W1 Leerwerkloket (nieuw)")
    axe.check(page)
    take_over(page)
    says(page, "plan.xlsx is overgenomen: 3 toegevoegd.")

    # What is missing in the plan stands at the top of it, until nothing is.
    menu(page, "Plan")
    expect(page.get_by_text("1 zonder initiatiefnemer")).to_be_visible()
    axe.check(page)
    tick(page, "W3 Taalcafé")
    page.get_by_label("Organisatie", exact=True).select_option("Woonstad")
    press(page, "Initiatiefnemer toevoegen")
    says(page, "1 van de 1 aangevinkte interventies gewijzigd.")
    tick(page, "W1 Leerwerkloket", "W2 Jobcoaching", "W3 Taalcafé")
    page.get_by_label("Persoon", exact=True).select_option("Piet Bos")
    press(page, "Contactpersoon toevoegen")
    says(page, "3 van de 3 aangevinkte interventies gewijzigd.")
    expect(page.get_by_text("1 zonder initiatiefnemer")).to_have_count(0)
    expect(page.get_by_text("3 zonder contactpersoon")).to_have_count(0)
    page.locator("summary", has_text="Adviseurs aanwijzen").click()
    page.get_by_label("Anna de Vries").check()
    press(page, "Aanwijzen")
    expect(page.get_by_text("Adviseurs: Anna de Vries")).to_be_visible()

    # Opened, once it has its dates.
    menu(page, "Rondes")
    page.get_by_role("link", name="2024").click()
    expect(page.get_by_text("Openen kan nog niet.")).to_be_visible()
    page.get_by_role("link", name="Datums wijzigen").click()
    page.get_by_label("Opent op").fill("2025-01-15")
    page.get_by_label("Inleveren tot en met").fill("2025-03-01")
    press(page, "Opslaan")
    page.get_by_role("link", name="Openen…").click()
    expect(page.get_by_text("2 organisaties kunnen dan invullen.")).to_be_visible()
    axe.check(page)
    press(page, "Ronde 2024 openen")
    says(page, "De ronde 2024 is geopend.")

    # The partner finds the work, and the adviseur the queue.
    elsewhere.reload()
    for name in ("Leerwerkloket", "Jobcoaching", "Taalcafé"):
        expect(elsewhere.get_by_role("link", name=name)).to_be_visible()
    axe.check(elsewhere)
    elsewhere.get_by_role("link", name="Leerwerkloket").click()
    heading(elsewhere, "W1 Leerwerkloket")
    press(elsewhere, "Uitloggen")
    elsewhere.goto(adviseur_link)
    choose_password(elsewhere)
    heading(elsewhere, "Beoordelen")
    expect(elsewhere.get_by_role("link", name="Taalcafé")).to_be_visible()

    assert ReportingRound.objects.get().state == "open"
    assert set(PlanItem.objects.values_list("number", "progress__state")) == {(n, State.TO_DO) for n in (1, 2, 3)}
    assert User.objects.count() == 3
    assert Organisation.objects.count() == 2


def test_report_of_last_year_is_taken_over_and_the_plan_goes_on(page, live_server, beheerder_comes_in):
    begin(page, live_server, "pijlers")
    add_word(page, "Pijler toevoegen", Naam="Werk", Afkorting="W", Volgorde="1")
    page.goto(live_server.url + reverse("interventions:new_round"))
    page.get_by_label("Jaar").fill("2032")
    page.get_by_label("Overgenomen uit").fill("Voortgangsrapportage 2023")
    press(page, "Ronde maken")
    says(page, "De ronde 2032 is gemaakt.")
    axe.check(page)

    # The year was typed wrongly.
    page.get_by_role("link", name="Jaar wijzigen").click()
    axe.check(page)
    page.get_by_label("Jaar").fill("2023")
    press(page, "Opslaan")
    says(page, "Het jaar is gewijzigd.")

    page.get_by_role("link", name="Lees een werkblad in").click()
    look_at(page, (2023, "Werk", 1, "", "Leerwerkloket", "", "", "", "Tien mensen.", "Het loopt goed.", "", "groen"))
    take_over(page)
    says(page, "plan.xlsx is overgenomen: 1 toegevoegd.")
    menu(page, "Overzicht")
    expect(page.get_by_role("link", name="Leerwerkloket")).to_be_visible()

    menu(page, "Rondes")
    page.get_by_role("link", name="Nieuwe ronde").click()
    expect(page.get_by_label("Jaar")).to_have_value("2024")
    press(page, "Ronde maken")
    expect(page.get_by_text("1 interventie", exact=True)).to_be_visible()
    axe.check(page)
    threads = PlanItem.objects.values_list("intervention", flat=True)
    assert (len(threads), len(set(threads))) == (2, 1)
