"""The admin in a browser: every kind of page, with the strict policy of all others (see conftest)."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from interventions.models import Demonstration, PlanItem, ProgressUpdate, ReportingRound
from interventions.workflow import State
from programme.models import Period, Pillar, Theme
from tests.factories import PillarFactory, RoundFactory, ThemeFactory, UpdateFactory, UserFactory

from . import axe
from .test_looks import assert_dutch


def url(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def beheerder(transactional_db):
    return UserFactory(beheerder=True, name="Bea Heer")


@pytest.fixture
def update(beheerder):
    """A voortgang with history, in a demonstration."""
    Demonstration.objects.create(stage="open")
    update = UpdateFactory(submitted=True, coloured=True, plan_item__pillar=PillarFactory(name="Werk"))
    update.return_with_question(by=beheerder, version=update.version, reason="Hoeveel gezinnen?")
    return update


@pytest.fixture
def admin(page, live_server, log_in, beheerder):
    """admin(url): the page of the admin, without findings."""
    log_in(beheerder)

    def admin(url):
        page.goto(live_server.url + url)
        axe.check(page)
        return page

    return admin


def test_every_kind_of_page_is_accessible(admin, update):
    theme = ThemeFactory(pillar=PillarFactory())
    for path in (
        reverse("admin:index"),
        reverse("admin:app_list", args=["interventions"]),
        url(PlanItem, "changelist"),
        url(PlanItem, "changelist") + "?q=niets",
        url(PlanItem, "change", update.plan_item.pk),
        url(PlanItem, "history", update.plan_item.pk),
        url(PlanItem, "import"),
        url(ProgressUpdate, "changelist"),
        url(ProgressUpdate, "change", update.pk),
        url(ProgressUpdate, "history", update.pk),
        url(User, "changelist"),
        url(Theme, "change", theme.pk),
        url(Theme, "delete", theme.pk),
        url(Period, "add"),
    ):
        page = admin(path)
        expect(page.get_by_text("Demonstratie: kleuren")).to_be_visible()
        assert page.get_by_role("heading", level=1).count() == 1, path
        assert_dutch(page)


def test_verb_is_done_from_the_list_by_keyboard(admin, update):
    other = UpdateFactory(plan_item__round=update.plan_item.round, submitted=True)
    page = admin(url(ProgressUpdate, "changelist") + "?state__exact=submitted")
    page.get_by_role("checkbox", name="Selecteer dit object voor een actie").focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="Actie").focus()
    page.keyboard.type("Terugsturen")
    page.get_by_role("button", name="Uitvoeren").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Terugsturen")
    axe.check(page)
    page.get_by_role("button", name="Terugsturen").press("Enter")
    expect(page.get_by_text("Vul dit veld in.")).to_be_visible()
    axe.check(page)
    page.get_by_label("Vraag").fill("Hoeveel gezinnen?")
    page.get_by_role("button", name="Terugsturen").press("Enter")
    expect(page.get_by_text("Terugsturen: 1 gedaan.")).to_be_visible()
    axe.check(page)
    other.refresh_from_db()
    assert other.state == State.RETURNED


def test_verb_that_cannot_be_done_says_why(admin, beheerder):
    RoundFactory()
    page = admin(url(ReportingRound, "changelist"))
    page.get_by_role("checkbox", name="Selecteer dit object voor een actie").check()
    page.get_by_role("combobox", name="Actie").select_option(label="Afsluiten")
    page.get_by_role("button", name="Uitvoeren").click()
    expect(page.get_by_text("De ronde 2024 is open; afsluiten kan nu niet.")).to_be_visible()
    axe.check(page)


def test_word_is_added_and_what_is_wrong_stands_beside_it(admin, beheerder):
    page = admin(url(Pillar, "add"))
    page.get_by_label("Naam").fill("Sport")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_text("Vul dit veld in.").first).to_be_visible()
    axe.check(page)
    page.get_by_label("Afkorting").fill("SP")
    page.get_by_label("Volgorde").fill("7")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="Sport")).to_be_visible()
    assert Pillar.objects.get().abbreviation == "SP"


def test_menu_leads_there_and_back(page, live_server, log_in, beheerder):
    RoundFactory()
    log_in(beheerder)
    page.goto(live_server.url + reverse("interventions:rounds"))
    page.get_by_role("link", name="Beheer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beheer")
    page.get_by_role("link", name="Terug naar NPRZ Voortgang").click()
    expect(page.get_by_role("navigation", name="Hoofdmenu")).to_be_visible()
