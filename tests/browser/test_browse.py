"""The overview and an interventie in a browser: on a desk, on a telephone, by keyboard and on paper."""

import re
import shutil
import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from interventions.models import InterventionLink, PlanItem
from tests.browser import axe
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
from tests.synthetic import texts

pytestmark = pytest.mark.django_db(transaction=True)

COLOURS = ("groen", "oranje", "rood", "wit", "")


@pytest.fixture
def lezer():
    return UserFactory(lezer=True)


@pytest.fixture
def plan():
    """Sixty interventies over two pijlers in two rounds, in all colours, and an activity."""
    before, now = RoundFactory(year=2023, closed=True), RoundFactory(year=2024, review=True)
    for abbreviation, name in (("W", "Werk"), ("S", "School")):
        pillar = PillarFactory(abbreviation=abbreviation, name=name)
        block = ThemeFactory(pillar=pillar, name="Hoofdblok")
        themes = [block, ThemeFactory(pillar=pillar, parent=block, name="Onderdeel")]
        trekker = OrganisationFactory()
        for number in range(30):
            colour = COLOURS[number % 5]
            place = {"theme": themes[number // 15], "number": number + 1, "position": number}
            fields = {"pillar": pillar, "trekker": trekker} | place
            item = PlanItemFactory(round=now, name=f"Interventie {abbreviation} {number}", former_name="Oud", **fields)
            add_progress(item, colour)
            add_progress(PlanItemFactory(round=before, intervention=item.intervention, **fields), COLOURS[number % 3])
    PlanItemFactory(round=now, activity=True, name="Bestuur")
    return now


def add_progress(item, colour):
    UpdateFactory(
        plan_item=item, approved=True, colour=colour, colour_reason="Omdat het zo is.", colour_released=bool(colour)
    )


@pytest.fixture
def thread(plan):
    """One of them, with long texts, figures and a predecessor."""
    item = PlanItem.objects.filter(round=plan).first()
    item.progress.quantitative, item.progress.qualitative = texts()[:2]
    item.progress.save()
    indicator = IndicatorFactory(owner=item.intervention)
    for _ in range(3):
        ValueFactory(series=SeriesFactory(indicator=indicator), round=plan, value=1234)
    InterventionLink.objects.create(
        intervention=item.intervention, predecessor=PlanItemFactory(round=plan).intervention
    )
    return item.intervention


def test_pages_are_accessible_and_fit(page, live_server, log_in, lezer, plan, thread):
    log_in(lezer)
    overview = reverse("interventions:overview_year", args=[plan.year])
    for path in (
        overview,
        f"{overview}?pijler=W&q=interventie",
        f"{overview}?kleur=paars",
        f"{overview}?q=bestaatniet",
        reverse("interventions:overview_year", args=[2023]),
        reverse("interventions:intervention", args=[thread.pk]),
    ):
        page.goto(live_server.url + path)
        axe.check(page)


def test_overview_before_the_first_round_is_accessible(page, live_server, log_in, lezer):
    log_in(lezer)
    page.goto(live_server.url + reverse("interventions:overview"))
    axe.check(page)


def test_board_finds_an_interventie_and_its_history_by_keyboard(page, live_server, log_in, lezer, plan):
    log_in(lezer)
    page.goto(live_server.url)
    expect(page).to_have_title(re.compile("Overzicht 2024"))

    reach(page, page.get_by_label("Zoeken"))
    page.keyboard.type("S7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 van 60 interventies – Zoeken: S7")).to_be_visible()
    reach(page, page.get_by_role("link", name="Interventie S 6"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("S7 Interventie S 6")
    reach(page, page.get_by_role("link", name="2023", exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#jaar-2023$"))


def reach(page, target):
    """Press Tab until `target` has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached by keyboard")


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
def test_overview_on_paper_repeats_its_heads_and_cuts_no_row(page, live_server, log_in, lezer, plan, tmp_path):
    log_in(lezer)
    page.goto(live_server.url + reverse("interventions:overview_year", args=[plan.year]))

    page.pdf(path=tmp_path / "overzicht.pdf", prefer_css_page_size=True)

    pages = pages_of(tmp_path / "overzicht.pdf")
    assert len(pages) > 3
    # Every page after that on which the list begins starts with the head of the table that goes on; the second table
    # goes to the next page as a whole, rather than leave its head behind.
    begins = next(number for number, sheet in enumerate(pages) if "Nr." in sheet)
    assert [sheet.split()[0] for sheet in pages[begins + 1 :]] == ["Nr."] * (len(pages) - begins - 2) + ["Organisatie"]
    everything = " ".join(pages)
    _, _, listed = everything.partition("Nr.")
    for number in range(30):
        assert len(re.findall(rf"\bInterventie W {number}\s", listed)) == 1
    for not_on_paper in ("Filteren", "Excel", "Uitloggen", "http", "/interventies/"):
        assert not_on_paper not in everything


def pages_of(path):
    text = subprocess.run(
        [shutil.which("pdftotext"), "-layout", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    return [sheet for sheet in text.split("\f") if sheet.strip()]
