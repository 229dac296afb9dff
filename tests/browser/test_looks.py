"""The pages that belong to no app: logging in, and what is shown when something is wrong."""

import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from playwright.sync_api import expect

from accounts.models import Role, User
from interventions.models import Demonstration
from nprz_site import urls as site

from . import axe

PASSWORD = "een lang wachtwoord"
DEMO = "Demonstratie: kleuren, personen en de ronde 2024 zijn verzonnen"
ENGLISH = re.compile(r"\b(the|you|your|please|with|and|sign|password|email|address|this)\b", re.IGNORECASE)


def broken(request):
    raise RuntimeError("broken on purpose")


def forbidden(request):
    raise PermissionDenied


urlpatterns = [*site.urlpatterns, path("broken/", broken), path("forbidden/", forbidden)]
handler400 = site.handler400
handler500 = site.handler500


@pytest.fixture
def user(transactional_db):
    return User.objects.create_user("ayse@example.org", PASSWORD, name="Ayşe Demir", role=Role.LEZER)


def assert_dutch(page):
    assert page.locator("html").get_attribute("lang") == "nl"
    text = page.locator("body").inner_text().replace("NPRZ Voortgang", "")
    assert not (found := ENGLISH.findall(text)), f"{page.url} speaks English: {found}\n{text}"


def assert_ours(page):
    assert page.title().endswith("– NPRZ Voortgang")
    expect(page.get_by_role("banner").get_by_role("link", name="NPRZ Voortgang")).to_be_visible()
    assert page.get_by_role("heading", level=1).count() == 1
    assert_dutch(page)
    axe.check(page)


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    ],
)
def test_entrance_is_ours_for_who_is_not_logged_in(page, live_server, name):
    page.goto(live_server.url + reverse(name))
    assert_ours(page)


def test_link_that_no_longer_works_is_explained(page, live_server):
    page.goto(live_server.url + reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"}))
    expect(page.get_by_text("Deze link werkt niet meer.")).to_be_visible()
    assert_ours(page)


@pytest.mark.parametrize("url", ["email/", "confirm-email/", "confirm-email/x/"])
def test_nobody_changes_an_address_by_themselves(page, live_server, log_in, user, url):
    log_in(user)
    page.goto(f"{live_server.url}/account/{url}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze pagina is er niet")


@pytest.mark.parametrize("name", ["account_logout", "account_change_password", "account_reauthenticate"])
def test_own_account_is_ours_for_who_is_logged_in(page, live_server, log_in, user, name):
    log_in(user)
    page.goto(live_server.url + reverse(name))
    assert_ours(page)
    expect(page.get_by_text("Ayşe Demir · lezer")).to_be_visible()


def test_login_refused_says_why_beside_the_field_and_on_top(page, live_server, user):
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("E-mailadres").fill(user.email)
    page.get_by_label("Wachtwoord").fill("iets anders")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_ours(page)


def test_login_offers_no_sign_up(page, live_server):
    page.goto(live_server.url + reverse("account_login"))
    assert page.locator(f"a[href*='{reverse('account_signup')}']").count() == 0


def test_password_reset_by_mail_ends_with_a_login(page, live_server, user):
    page.goto(live_server.url + reverse("account_reset_password"))
    page.get_by_label("E-mailadres").fill(user.email)
    page.get_by_role("button", name="E-mail sturen").click()
    expect(page).to_have_url(live_server.url + reverse("account_reset_password_done"))
    assert_ours(page)
    (message,) = mail.outbox
    assert not ENGLISH.findall(message.subject + re.sub(r"https?://\S+", "", message.body)), message.body

    page.goto(re.search(r"https?://\S+", message.body).group())
    assert_ours(page)
    page.get_by_label("Nieuw wachtwoord", exact=True).fill("kort")
    page.get_by_label("Nieuw wachtwoord (nogmaals)").fill("kort")
    page.get_by_role("button", name="Wachtwoord opslaan").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_ours(page)
    page.get_by_label("Nieuw wachtwoord", exact=True).fill("een ander lang wachtwoord")
    page.get_by_label("Nieuw wachtwoord (nogmaals)").fill("een ander lang wachtwoord")
    page.get_by_role("button", name="Wachtwoord opslaan").click()
    expect(page).to_have_url(live_server.url + reverse("account_reset_password_from_key_done"))
    user.refresh_from_db()
    assert user.check_password("een ander lang wachtwoord")


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("/is-er-niet/", "Deze pagina is er niet"),
        ("/forbidden/", "Dit mag u niet"),
        ("/broken/", "Er ging iets mis"),
    ],
)
@pytest.mark.urls(__name__)
def test_error_page_says_what_happened_and_leads_home(page, live_server, log_in, user, url, heading):
    Demonstration.objects.create(stage="open")
    log_in(user)
    page.goto(live_server.url + url)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_role("link", name="Naar de beginpagina")).to_be_visible()
    expect(page.get_by_text(DEMO)).to_be_visible()
    assert_ours(page)


def test_too_many_logins_are_held_up_politely(page, live_server, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    for _ in range(2):
        page.goto(live_server.url + reverse("account_login"))
        page.get_by_label("E-mailadres").fill("iemand@example.org")
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Even wachten")
    expect(page.get_by_text("Wacht 1 minuut en probeer het dan opnieuw.")).to_be_visible()
    assert_ours(page)


def test_form_without_its_token_is_explained(page, live_server, context):
    page.goto(live_server.url + reverse("account_login"))
    context.clear_cookies()
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verstuur het opnieuw")
    assert_ours(page)


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_is_named_on_every_page_and_only_then(page, live_server, demo):
    if demo:
        Demonstration.objects.create(stage="open")
    page.goto(live_server.url + reverse("account_login"))
    assert (page.get_by_text(DEMO).count() == 1) is demo


def test_keyboard_goes_past_the_header_in_one_step(page, live_server):
    page.goto(live_server.url + "/account/signup/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Direct naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_logging_out_is_one_press_on_every_page(page, live_server, log_in, user):
    log_in(user)
    page.goto(live_server.url + reverse("account_change_password"))
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("U bent uitgelogd.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")


def test_print_leaves_out_what_paper_cannot_do_and_keeps_the_warning(page, live_server, log_in, user):
    Demonstration.objects.create(stage="open")
    log_in(user)
    page.goto(live_server.url + reverse("account_change_password"))
    menu = page.get_by_role("navigation", name="Hoofdmenu")
    expect(menu).to_be_visible()
    page.emulate_media(media="print")
    expect(menu).to_be_hidden()
    expect(page.get_by_text("Uitloggen")).to_be_hidden()
    expect(page.get_by_text(DEMO)).to_be_visible()
