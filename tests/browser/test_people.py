"""People come and go in a browser: an invitation that is used, used twice or too old, and a person who leaves."""

import re
import time

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from tests.factories import PASSWORD, OrganisationFactory, PlanItemFactory, RoundFactory, UpdateFactory, UserFactory

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "een heel lang wachtwoord"


@pytest.fixture
def beheerder(log_in):
    user = UserFactory(beheerder=True, name="Bea Beheer")
    log_in(user)
    return user


@pytest.fixture
def visit(page, live_server):
    """visit("name of a url", …): open that page."""

    def visit(name, *args, query=""):
        page.goto(f"{live_server.url}{reverse(name, args=args)}{query}")

    return visit


def press(page, name):
    page.get_by_role("button", name=name).click()


def heading(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def last_link():
    return re.search(r"https?://\S+", mail.outbox[-1].body).group()


def choose_password(page):
    page.get_by_label("Wachtwoord", exact=True).fill(NEW)
    page.get_by_label("Wachtwoord (nogmaals)").fill(NEW)
    press(page, "Opslaan en inloggen")


def test_person_is_invited_comes_in_and_finds_the_link_used(beheerder, visit, page, elsewhere):
    OrganisationFactory(name="Woonstad")
    visit("accounts:people")
    page.get_by_role("link", name="Iemand uitnodigen").click()
    axe.check(page)
    press(page, "Uitnodigen")
    expect(page.get_by_role("alert")).to_be_focused()
    axe.check(page)
    page.get_by_label("E-mailadres").fill("eva@partner.test")
    page.get_by_label("Naam").fill("Eva Jansen")
    page.get_by_label("Invuller").check()
    page.get_by_label("Woonstad").check()
    press(page, "Uitnodigen")
    expect(page.get_by_role("status")).to_contain_text("De uitnodiging aan Eva Jansen is verstuurd")
    expect(page.get_by_text("uitgenodigd", exact=True)).to_be_visible()
    axe.check(page)

    link = last_link()
    elsewhere.goto(link)
    heading(elsewhere, "Welkom, Eva Jansen")
    axe.check(elsewhere)
    press(elsewhere, "Opslaan en inloggen")
    expect(elsewhere.get_by_role("alert")).to_be_focused()
    axe.check(elsewhere)
    choose_password(elsewhere)
    heading(elsewhere, "Mijn interventies")
    expect(elsewhere.get_by_text("Welkom, Eva Jansen. Uw wachtwoord is opgeslagen")).to_be_visible()

    elsewhere.get_by_role("button", name="Uitloggen").click()
    elsewhere.goto(link)
    heading(elsewhere, "Deze uitnodiging werkt niet meer")
    axe.check(elsewhere)
    press(elsewhere, "Stuur een nieuwe link")
    heading(elsewhere, "Kijk in uw e-mail")
    assert mail.outbox[-1].to == ["eva@partner.test"]
    elsewhere.goto(last_link())
    heading(elsewhere, "Nieuw wachtwoord kiezen")


def test_invitation_that_is_too_old_is_renewed(page, live_server, monkeypatch):
    person = User.objects.invite(by=None, email="eva@partner.test", name="Eva Jansen", role="lezer")
    page.goto(f"{live_server.url}{reverse('account_reset_password')}")
    page.get_by_label("E-mailadres").fill(person.email)
    press(page, "E-mail sturen")
    heading(page, "Kijk in uw e-mail")
    old = last_link()
    with monkeypatch.context() as later:
        now = time.time() + 15 * 24 * 60 * 60
        later.setattr("django.core.signing.time.time", lambda: now)
        page.goto(old)
        heading(page, "Deze uitnodiging werkt niet meer")
    # In the present again, where the renewed one counts from now.
    press(page, "Stuur een nieuwe link")
    heading(page, "Kijk in uw e-mail")

    page.goto(last_link())
    choose_password(page)
    heading(page, "Overzicht")


def test_person_who_leaves_is_out_at_the_next_click(beheerder, visit, page, elsewhere, live_server):
    person = UserFactory(name="Eva Jansen", organisations=[OrganisationFactory(name="Woonstad")])
    UserFactory(name="Dirk Smit", organisations=person.organisations.all())
    item = PlanItemFactory(round=RoundFactory(), name="Leerwerkloket", trekker=person.organisations.get())
    item.contacts.add(person)
    update = UpdateFactory(plan_item=item, draft=True)
    elsewhere.goto(f"{live_server.url}{reverse('account_login')}")
    elsewhere.get_by_label("E-mailadres").fill(person.email)
    elsewhere.get_by_label("Wachtwoord").fill(PASSWORD)
    press(elsewhere, "Inloggen")
    heading(elsewhere, "Mijn interventies")

    visit("accounts:person", person.pk)
    page.get_by_role("link", name="Deactiveren").click()
    axe.check(page)
    expect(page.get_by_role("listitem").filter(has_text="Leerwerkloket")).to_be_visible()
    page.get_by_label("Wie neemt het over?").select_option("Dirk Smit, invuller, Woonstad")
    press(page, "Deactiveren")
    expect(page.get_by_role("status")).to_contain_text("Dirk Smit is nu contactpersoon van 1 interventie.")
    expect(page.get_by_text("niet actief").first).to_be_visible()
    axe.check(page)

    elsewhere.get_by_role("link", name="Leerwerkloket").click()
    heading(elsewhere, "Inloggen")
    elsewhere.get_by_label("E-mailadres").fill(person.email)
    elsewhere.get_by_label("Wachtwoord").fill(PASSWORD)
    press(elsewhere, "Inloggen")
    heading(elsewhere, "U kunt niet inloggen")
    update.refresh_from_db()
    assert update.quantitative == "<p>Tien gezinnen bereikt.</p>"


def test_pages_about_people_are_accessible_and_fit(beheerder, visit, page):
    organisations = OrganisationFactory.create_batch(12)
    OrganisationFactory(name="Corporaties", kind="collective").members.set(organisations[:8])
    person = UserFactory(organisations=organisations[:3], password=None)
    gone = UserFactory(is_active=False, successor=person)
    for name, *args in (
        ("accounts:people",),
        ("accounts:person", person.pk),
        ("accounts:person", gone.pk),
        ("accounts:person", beheerder.pk),
        ("accounts:organisations",),
        ("accounts:add_organisation",),
        ("accounts:organisation", organisations[0].pk),
        ("accounts:account",),
        ("interventions:deactivate", gone.pk),
    ):
        visit(name, *args)
        axe.check(page)
    visit("accounts:people", query="?rol=onzin")
    axe.check(page)


def test_organisation_is_added_by_keyboard(beheerder, visit, page):
    visit("accounts:organisations")
    expect(page.get_by_text("Er zijn nog geen organisaties.")).to_be_visible()
    axe.check(page)
    page.get_by_role("link", name="Organisatie toevoegen", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Naam").focus()
    page.keyboard.type("Woonstad")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Woonstad is toegevoegd.")


def test_other_sessions_are_ended_from_ones_own_page(page, live_server, elsewhere, transactional_db):
    user = UserFactory(lezer=True)
    for one in (page, elsewhere):
        one.goto(f"{live_server.url}{reverse('account_login')}")
        one.get_by_label("E-mailadres").fill(user.email)
        one.get_by_label("Wachtwoord").fill(PASSWORD)
        press(one, "Inloggen")
    page.get_by_role("link", name=f"{user.name} · lezer").click()
    heading(page, "Mijn account")
    axe.check(page)
    press(page, "Overal elders uitloggen")
    expect(page.get_by_role("status")).to_have_text("U bent overal elders uitgelogd.")

    elsewhere.reload()
    heading(elsewhere, "Inloggen")
    page.reload()
    heading(page, "Mijn account")
