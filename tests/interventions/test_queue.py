"""The bureau's queue, as an adviseur meets it."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from lxml import html

from interventions.models import OutputIndicator, PillarAssignment, ReportingRound
from tests.factories import (
    IndicatorFactory,
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = reverse("interventions:queue")


@pytest.fixture
def adviseur(client):
    user = UserFactory(adviseur=True)
    client.force_login(user)
    return user


@pytest.fixture
def reporting_round():
    return RoundFactory()


@pytest.fixture
def update(reporting_round):
    """update("naam", …): a voortgang in the round, in the traits that are given."""

    def update(name, *traits, plan_item=None, **fields):
        item = PlanItemFactory(name=name, round=reporting_round, **(plan_item or {}))
        return UpdateFactory(plan_item=item, **dict.fromkeys(traits, True), **fields)

    return update


def page(client, query=""):
    response = client.get(f"{URL}{query}")
    assert response.status_code == 200
    return html.fromstring(response.text)


def rows(document):
    """Each row of the list as {heading: text}."""
    table = document.xpath("//table")[-1]
    headings = [" ".join(cell.text_content().split()) for cell in table.xpath("thead//th")]
    return [
        dict(zip(headings, (" ".join(cell.text_content().split()) for cell in row.xpath("td")), strict=True))
        for row in table.xpath("tbody/tr")
    ]


def names(document):
    return [row["Interventie"] for row in rows(document)]


def test_queue_has_my_pijler_first_and_in_it_what_was_submitted(client, adviseur, update):
    mine, other = PillarFactory(), PillarFactory()
    PillarAssignment.objects.create(user=adviseur, pillar=mine)
    update("Van een ander, ingediend", "submitted", plan_item={"pillar": other})
    update("Mijn, nog te doen", plan_item={"pillar": mine})
    update("Mijn, ingediend", "submitted", plan_item={"pillar": mine})

    assert names(page(client)) == ["Mijn, ingediend", "Mijn, nog te doen", "Van een ander, ingediend"]


def test_queue_row_says_what_the_bureau_wants_to_know(client, adviseur, update, reporting_round):
    pillar = PillarFactory(abbreviation="W")
    now = update(
        "Leerwerkloket",
        "submitted",
        "coloured",
        proposed_colour="rood",
        proposed_reason="Te weinig plaatsen.",
        plan_item={"pillar": pillar, "number": 4, "trekker": OrganisationFactory(name="DWI")},
    )
    before = RoundFactory(year=2023, historical=True)
    UpdateFactory(
        plan_item=PlanItemFactory(round=before, intervention=now.plan_item.intervention), released=True, colour="oranje"
    )

    assert rows(page(client)) == [
        {
            "Nr.": "W4",
            "Interventie": "Leerwerkloket",
            "Trekker": "DWI",
            "Status": "ingediend",
            "Ingediend": "1 feb 2025",
            "Vorig jaar": "oranje",
            "Dit jaar": "groen niet vrijgegeven",
            "Trend": "vooruit",
            "Voorstel": "rood",
        }
    ]


@pytest.mark.parametrize(("deadline", "late"), [(datetime.date(2020, 3, 1), True), (datetime.date(2099, 3, 1), False)])
def test_queue_marks_what_is_late_and_not_what_was_handed_in(client, adviseur, update, reporting_round, deadline, late):
    reporting_round.opens_on, reporting_round.deadline = deadline, deadline
    reporting_round.save()
    update("Concept", "draft")
    update("Ingediend", "submitted")

    marked = {row["Interventie"] for row in rows(page(client)) if "te laat" in row["Ingediend"]}

    assert marked == ({"Concept"} if late else set())


def test_queue_shows_the_hit_and_never_as_html(client, adviseur, update):
    update("Huizen", qualitative="<p>De <strong>fundering</strong> van 3 &lt; 4 <em>blokken</em> is hersteld.</p>")

    document = page(client, "?q=fundering")

    (hit,) = document.xpath("//mark")
    assert hit.text == "fundering"
    assert "van 3 < 4 blokken is hersteld" in " ".join(hit.getparent().text_content().split())
    assert not hit.getparent().xpath(".//strong | .//em")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "fundering <img src=x onerror=alert(1)"},
        {"name": "Huizen", "qualitative": "<p>De fundering &lt;img src=x onerror=alert(1)&gt;.</p>"},
    ],
)
def test_queue_escapes_what_was_found(client, adviseur, update, fields):
    update(**fields)

    document = page(client, "?q=fundering")

    assert "<img src=x" in document.xpath("//mark")[0].getparent().text_content()
    assert not document.xpath("//td//img")


def test_queue_sorts_names_as_a_dutch_reader_does(client, adviseur, update):
    for name in ("Zuid", "éénmalig", "Eerst", "aanpak"):
        update(name)

    assert names(page(client, "?sort=name")) == ["aanpak", "éénmalig", "Eerst", "Zuid"]
    assert names(page(client, "?sort=-name")) == ["Zuid", "Eerst", "éénmalig", "aanpak"]


@pytest.mark.parametrize(
    "column", ["code", "trekker", "state", "submitted", "previous_colour", "seen_colour", "trend", "proposed"]
)
def test_queue_sorts_by_every_column(client, adviseur, update, column):
    update("Een", "submitted", "coloured")
    update("Twee")

    upwards, downwards = names(page(client, f"?sort={column}")), names(page(client, f"?sort=-{column}"))

    assert set(upwards) == set(downwards) == {"Een", "Twee"}


@pytest.mark.parametrize("sort", ["submitted", "-submitted", "seen_colour", "-seen_colour"])
def test_queue_sorts_what_has_nothing_last(client, adviseur, update, sort):
    update("Leeg")
    update("Gevuld", "submitted", "coloured")

    assert names(page(client, f"?sort={sort}")) == ["Gevuld", "Leeg"]


def test_queue_keeps_all_in_the_url(client, adviseur, update):
    for _ in range(26):
        update("Ingediend", "submitted")
    update("Concept", "draft")

    document = page(client, "?status=submitted&sort=-name")

    assert len(rows(document)) == 25
    (following,) = document.xpath("//a[@rel='next']")
    assert set(following.get("href").removeprefix("?").split("&")) == {"status=submitted", "sort=-name", "page=2"}
    assert len(rows(page(client, following.get("href")))) == 1
    headings = [link.get("href") for link in document.find_class("sort-link")]
    assert all("status=submitted" in href for href in headings)
    (kept,) = document.xpath("//form//input[@name='sort']")
    assert kept.get("value") == "-name"
    assert (
        document.xpath("//td[contains(@class, 'name-cell')]//a")[0].get("href").endswith("?status=submitted&sort=-name")
    )


def test_queue_says_so_when_a_filter_is_wrong_and_shows_nothing(client, adviseur, update):
    update("Iets")

    document = page(client, "?pijler=XYZ")

    assert "Iets" not in document.text_content()
    assert "Geen interventies gevonden" in document.text_content()
    assert document.find_class("utrecht-form-field--invalid")


def test_queue_counts_the_states_of_my_pijlers(client, adviseur, update):
    mine = PillarFactory(name="Werk", abbreviation="W")
    PillarAssignment.objects.create(user=adviseur, pillar=mine)
    update("a", "submitted", plan_item={"pillar": mine})
    update("b", "submitted", plan_item={"pillar": mine})
    update("c")

    board = page(client).find_class("board")[0]

    assert [" ".join(row.text_content().split()) for row in board.xpath("tbody/tr")] == ["Werk 2 0 0 0 0 0 0"]
    assert names(page(client, board.xpath(".//td/a")[0].get("href"))) == ["a", "b"]


def test_queue_names_proposed_indicators_and_counts_what_nobody_reports(client, adviseur, update):
    asked = update("Met trekker", plan_item={"trekker": OrganisationFactory()})
    update("Zonder")
    IndicatorFactory(
        name="Aantal matches",
        owner=asked.plan_item.intervention,
        status=OutputIndicator.Status.PROPOSED,
        proposed_by=adviseur,
        proposal_reason="Nieuw.",
    )

    document = page(client)

    (link,) = [link for link in document.iter("a") if link.text_content() == "Aantal matches"]
    assert link.get("href") == reverse("interventions:review", args=[asked.pk]) + "#indicatoren"
    (link,) = [link for link in document.iter("a") if "zonder initiatiefnemer" in link.text_content()]
    assert link.text_content() == "1 zonder initiatiefnemer"
    assert names(page(client, link.get("href"))) == ["Zonder"]


def test_queue_of_a_closed_round_asks_nothing_more(client, adviseur, update, reporting_round):
    update("Zonder", dropped=True)
    asked = "niemand is gevraagd", "Inleveren tot en met"
    assert all(words in page(client).text_content() for words in asked)
    ReportingRound.objects.update(state="closed")

    assert not any(words in page(client).text_content() for words in asked)


def test_queue_workbook_holds_what_the_filter_leaves(client, adviseur, update):
    update("Wel", "submitted")
    update("Niet", "draft")

    response = client.get(reverse("interventions:queue_workbook") + "?status=submitted")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert any("Wel" in cell for cell in cells)
    assert not any("Niet" in cell for cell in cells)


def test_queue_before_the_first_round_says_so(client, adviseur):
    RoundFactory(planned=True)

    assert "nog geen rapportageronde" in page(client).text_content()


@pytest.mark.parametrize(
    ("role", "status"), [("lezer", 403), ("invuller", 403), ("controleur", 200), ("beheerder", 200)]
)
def test_queue_is_for_who_sees_everything(client, update, role, status):
    client.force_login(UserFactory(role=role))
    update("Iets")

    assert client.get(URL).status_code == status


def test_queue_takes_as_many_queries_for_30_rows_as_for_1(client, adviseur, update, django_assert_num_queries):
    update("Eerste", "submitted", "coloured")
    with django_assert_num_queries(QUERIES):
        page(client, "?q=eerste")
    for number in range(29):
        update(f"Eerste {number}", "submitted", "coloured", plan_item={"trekker": OrganisationFactory()})
    with django_assert_num_queries(QUERIES):
        page(client, "?q=eerste")


QUERIES = 16
