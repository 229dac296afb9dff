"""The tables of the effectrapportage and the wijken in a browser: read, sorted, narrowed down, by keyboard alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import UserFactory
from tests.indicators.zuid import (
    make_general,
    make_moves,
    make_parts,
    make_profile,
    make_scale,
    make_zuid,
)

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)


def test_tables_are_sorted_and_narrowed_down_by_keyboard_and_lead_to_a_wijk(page, live_server, log_in):
    zuid = make_zuid()
    tables = [make(zuid) for make in (make_general, make_scale, make_profile, make_moves, make_parts)]
    log_in(UserFactory(lezer=True))
    for table in tables:
        page.goto(live_server.url + reverse("indicators:table", args=[table.code]))
        expect(page.get_by_role("heading", level=1)).to_have_text(table.name)
        axe.check(page)

    page.goto(live_server.url + reverse("indicators:table", args=["wijkprofiel"]))
    profile = page.get_by_role("region", name="Veiligheidsindex", exact=True)
    profile.get_by_role("link", name="2024").first.focus()
    page.keyboard.press("Enter")
    expect(profile.get_by_role("columnheader", name="2024").first).to_have_attribute("aria-sort", "ascending")
    expect(profile.get_by_role("row").nth(2)).to_contain_text("Dijkzicht")

    page.get_by_label("Gebied").select_option("Feijenoord")
    page.get_by_role("button", name="Filteren").focus()
    page.keyboard.press("Enter")
    expect(profile.get_by_role("row", name="Dijkzicht")).to_have_count(0)
    expect(profile.get_by_role("columnheader", name="2024").first).to_have_attribute("aria-sort", "ascending")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV: Veiligheidsindex", exact=True).press("Enter")
    assert download.value.suggested_filename == "wijkprofiel-selectie-vi.csv"

    page.goto(live_server.url + reverse("indicators:areas"))
    page.get_by_label("Index of cijfer").select_option("vi-totaal")
    page.get_by_role("button", name="Filteren").click()
    tile = page.get_by_role("region", name="Kaart van de wijken").get_by_role("link", name="Kade 90")
    axe.check(page)
    tile.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kade")
    axe.check(page)


def test_differences_are_narrowed_down_and_sorted_by_keyboard(page, live_server, log_in):
    zuid = make_zuid()
    make_profile(zuid)
    log_in(UserFactory(controleur=True))
    page.goto(live_server.url + reverse("indicators:differences"))
    found = page.get_by_role("region", name="2 verschillen")
    expect(found.get_by_role("row")).to_have_count(4)  # with a heading, and that of the table
    axe.check(page)

    found.get_by_role("link", name="Wat").focus()
    page.keyboard.press("Enter")
    expect(found.get_by_role("columnheader", name="Wat")).to_have_attribute("aria-sort", "ascending")
    page.get_by_label("Soort verschil").select_option("sum")
    page.get_by_role("button", name="Filteren").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 verschillen")).to_be_visible()
    axe.check(page)
