"""The page on which a partner fills in one interventie: everything is kept, nothing is overwritten."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from interventions.models import OutputIndicator, OutputValue, PlanItem, ProgressUpdate
from interventions.models.progress import Content, Part
from interventions.workflow import State
from programme.models import Period
from programme.richtext import LIMIT
from tests.factories import (
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    return OrganisationFactory()


@pytest.fixture
def partner(client, organisation):
    user = UserFactory(name="Piet Bos", organisations=[organisation])
    client.force_login(user)
    return user


@pytest.fixture
def reporting_round():
    return RoundFactory()


@pytest.fixture
def update(partner, reporting_round, organisation):
    pillar = PillarFactory(name="Werk", abbreviation="W")
    item = PlanItemFactory(round=reporting_round, pillar=pillar, number=4, name="Leerwerkloket", trekker=organisation)
    return UpdateFactory(plan_item=item)


@pytest.fixture
def figure(update):
    """figure(…): a row that this voortgang fills in."""

    def figure(name="Gezinnen", **fields):
        indicator = IndicatorFactory(name=name, owner=update.plan_item.intervention)
        return ValueFactory(series=SeriesFactory(indicator=indicator), round=update.plan_item.round, **fields)

    return figure


def url(update, name="fill_in"):
    return reverse(f"interventions:{name}", args=[update.pk])


def text_of(element):
    return " ".join(element.text_content().split())


def page(client, update, status=200, query=""):
    response = client.get(url(update) + query)
    assert response.status_code == status
    return html.fromstring(response.content.decode())


def values_of(form):
    """What a browser would send of the form as it stands; lxml says 'on' of a chosen radio button without a value."""
    values = dict(form.form_values())
    return values | {"proposed_colour": values["proposed_colour"].removeprefix("on")}


def post(client, update, name="fill_in", **fields):
    """Send the form as a browser would: all that is on the page, with `fields` typed over it."""
    form = page(client, update).find_class("action-bar")[0].getparent()
    return client.post(url(update, name), values_of(form) | fields)


def tree_of(response):
    return html.fromstring(response.content.decode())


# What is on the page


def test_page_has_last_year_beside_this_year(client, partner, update, figure):
    before = RoundFactory(year=2023, historical=True)
    earlier = PlanItemFactory(round=before, pillar=update.plan_item.pillar, intervention=update.plan_item.intervention)
    UpdateFactory(
        plan_item=earlier,
        approved=True,
        released=True,
        colour="oranje",
        quantitative="<p>Vorig jaar tien.</p>",
        qualitative="<p>Vorig jaar goed.</p>",
    )
    row = figure(target=Decimal("40"))
    OutputValue.objects.create(
        series=row.series, period=Period.objects.year(2023), round=before, value=Decimal("1234.5")
    )

    tree = page(client, update)
    shown = text_of(tree)

    assert "Vorig jaar tien." in shown
    assert "Vorig jaar goed." in shown
    assert "Kleur 2023 oranje" in shown
    grid = tree.find_class("figures")[0]
    assert [text_of(cell) for cell in grid.findall(".//thead//th")] == [
        "Indicator en gebied", "2023", "Streefwaarde", "2024", "Voorlopig", "Opmerking",
    ]  # fmt: skip
    assert "1.234,5 40" in text_of(grid)


def test_page_shows_a_shared_figure_without_letting_it_be_typed_twice(client, partner, update):
    owner = PlanItemFactory(
        round=update.plan_item.round, pillar=PillarFactory(abbreviation="Wo"), number=18, name="Boulevard"
    )
    indicator = IndicatorFactory(owner=owner.intervention, shared_with=[update.plan_item.intervention])
    row = ValueFactory(series=SeriesFactory(indicator=indicator), round=update.plan_item.round, value=Decimal("232"))

    tree = page(client, update)

    assert "wordt ingevuld bij Wo18 Boulevard" in text_of(tree)
    assert "232" in text_of(tree.find_class("figures")[0])
    assert not tree.xpath(f"//input[@name='figure-{row.pk}']")


def test_page_asks_the_database_as_often_for_forty_series_as_for_one(client, partner, update, figure):
    numbers = []
    for size in (1, 3, 40):
        for one in range(size):
            figure(f"Indicator {size} {one}")
        with CaptureQueriesContext(connection) as queries:
            page(client, update)
        numbers.append(len(queries))

    assert numbers[0] == numbers[1] == numbers[2]


# Who


def test_page_is_not_there_for_another_partner_and_forbidden_for_readers(client, update):
    for user, status in (
        (UserFactory(organisations=[OrganisationFactory()]), 404),
        (UserFactory(lezer=True), 403),
        (UserFactory(controleur=True), 403),
    ):
        client.force_login(user)
        for name in ("fill_in", "submit", "withdraw", "propose_indicator"):
            assert client.post(url(update, name), {"version": 0}).status_code == status
        assert client.get(url(update)).status_code == status
    update.refresh_from_db()
    assert (update.state, update.version) == (State.TO_DO, 0)


def test_bureau_fills_in_on_behalf_and_the_history_says_so(client, update):
    client.force_login(UserFactory(adviseur=True, name="Anna de Vries"))
    assert "U vult in namens de partner." in text_of(page(client, update))

    post(client, update, "submit", quantitative="<p>a</p>", qualitative="<p>b</p>")

    assert "Ingediend namens de partner" in text_of(page(client, update))
    update.refresh_from_db()
    assert update.state == State.SUBMITTED


# A draft


def test_draft_keeps_text_figures_and_remarks_as_typed(client, partner, update, figure):
    row = figure()

    response = post(
        client,
        update,
        quantitative='<div onclick="x()">Tien <b class="a">gezinnen</b><script>x()</script></div>',
        **{f"figure-{row.pk}": "1.234,5", f"figure-{row.pk}-provisional": "on", f"figure-{row.pk}-remark": "geschat"},
    )

    assert response.status_code == 302
    update.refresh_from_db()
    row.refresh_from_db()
    assert update.quantitative == "<p>Tien <strong>gezinnen</strong></p>"
    assert (row.value, row.provisional, row.remark) == (Decimal("1234.5"), True, "geschat")
    tree = page(client, update)
    assert "Uw concept is opgeslagen." in text_of(tree)
    assert tree.xpath(f"//input[@name='figure-{row.pk}']")[0].value == "1.234,5"


@pytest.mark.parametrize(
    ("typed", "code"), [("n.b.", "nb"), ("NB", "nb"), ("n.v.t.", "nvt"), ("nvt", "nvt"), ("< 5", "lt5")]
)
def test_draft_takes_what_stands_for_a_number(client, partner, update, figure, typed, code):
    row = figure()

    post(client, update, **{f"figure-{row.pk}": typed})

    row.refresh_from_db()
    assert (row.value, row.code) == (None, code)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"quantitative": "<p>Alleen dit.</p>"},
        {"quantitative-where": "nvt"},
        {"proposed_colour": "rood"},
        {"quantitative": "<p>Toch tekst.</p>", "quantitative-where": "nvt", "quantitative-reason": "geen opgave"},
    ],
)
def test_draft_may_be_incomplete_in_every_way(client, partner, update, figure, fields):
    figure()

    response = post(client, update, **fields)

    assert response.status_code == 302
    update.refresh_from_db()
    assert update.version == bool(fields)


def test_draft_that_changes_nothing_is_no_version(client, partner, update):
    post(client, update, quantitative="<p>a</p>")
    post(client, update)

    update.refresh_from_db()
    assert update.version == 1
    assert "Er was niets gewijzigd." in text_of(page(client, update))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12.5", "Gebruik een komma voor decimalen: 12,5."),
        ("abc", "'abc' is geen getal."),
        ("1,23456", "te veel decimalen"),
        ("1" * 15, "is te groot"),
        ("1,2,3", "is geen getal"),
        ("12%", "is in procent, maar deze indicator is in: aantal"),
    ],
)
def test_figure_that_cannot_be_stored_stays_as_typed_and_the_rest_is_kept(client, partner, update, figure, typed, said):
    bad, good = figure("Fout"), figure("Goed")

    response = post(
        client, update, quantitative="<p>Tekst.</p>", **{f"figure-{bad.pk}": typed, f"figure-{good.pk}": "7"}
    )

    tree = tree_of(response)
    assert "Opgeslagen behalve wat hieronder staat." in text_of(tree)
    assert said in text_of(tree.find_class("error-summary")[0])
    assert tree.xpath(f"//input[@id='figure-{bad.pk}']/@value") == [typed]
    assert tree.xpath(f"//input[@id='figure-{bad.pk}']/@aria-invalid") == ["true"]
    update.refresh_from_db()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (update.quantitative, bad.value, good.value) == ("<p>Tekst.</p>", None, Decimal("7"))
    # And what is on the page now can be saved: it carries the version that was just made.
    assert tree.xpath("//input[@name='version']/@value") == [str(update.version)]


def test_plain_text_keeps_its_paragraphs(client, partner, update):
    """Without JavaScript the field is a bare one."""
    post(client, update, quantitative="Eerste alinea.\r\n\r\nTweede: 3 < 5.\r\n- een\r\n- twee")

    update.refresh_from_db()
    assert update.quantitative == (
        "<p>Eerste alinea.</p><p>Tweede: 3 &lt; 5.</p><ul><li><p>een</p></li><li><p>twee</p></li></ul>"
    )


def test_text_that_is_too_long_stays_on_the_page_and_the_rest_is_kept(client, partner, update):
    long = "<p>" + "woord " * (LIMIT // 5) + "</p>"

    response = post(client, update, quantitative=long, qualitative="<p>Kort.</p>")

    tree = tree_of(response)
    assert "30.000" in text_of(tree.find_class("error-summary")[0])
    assert tree.xpath("//textarea[@id='quantitative']")[0].value.count("woord") == LIMIT // 5
    update.refresh_from_db()
    assert (update.quantitative, update.qualitative) == ("", "<p>Kort.</p>")


def test_form_without_version_writes_nothing(client, partner, update):
    response = client.post(url(update), {"quantitative": "<p>a</p>"})

    assert response.status_code == 400
    update.refresh_from_db()
    assert update.version == 0


def test_figures_of_another_voortgang_cannot_be_sent_along(client, partner, update):
    other = ValueFactory(round=update.plan_item.round)

    post(client, update, quantitative="<p>a</p>", **{f"figure-{other.pk}": "9"})

    other.refresh_from_db()
    assert other.value is None


def test_what_was_not_on_the_page_stays_as_it_is(client, partner, update, figure):
    row = figure(value=Decimal("3"), remark="zo")
    update.quantitative = "<p>Er stond iets.</p>"
    update.save()

    client.post(url(update), {"version": update.version, "qualitative": "<p>Nieuw.</p>"})

    update.refresh_from_db()
    row.refresh_from_db()
    assert (update.quantitative, update.qualitative) == ("<p>Er stond iets.</p>", "<p>Nieuw.</p>")
    assert (row.value, row.remark) == (Decimal("3"), "zo")


# Why a part is not filled in


def test_waivers_stand_in_for_the_parts(client, partner, update, figure):
    figure()
    other = PlanItemFactory(
        round=update.plan_item.round, pillar=PillarFactory(abbreviation="S"), number=8, name="Peuters"
    )

    post(
        client,
        update,
        "submit",
        **{
            "figures-where": "nvt",
            "figures-reason": "Het begint in 2025.",
            "quantitative-where": "elders",
            "quantitative-reported-at": str(other.pk),
            "qualitative": "<p>Wij bereiden voor.</p>",
        },
    )

    update.refresh_from_db()
    assert update.state == State.SUBMITTED
    tree = page(client, update)
    assert "Gerapporteerd bij S8 Peuters" in text_of(tree)
    assert "Het begint in 2025." in text_of(tree)


def test_elsewhere_without_where_is_asked_for_and_the_rest_is_kept(client, partner, update):
    response = post(client, update, qualitative="<p>a</p>", **{"quantitative-where": "elders"})

    tree = tree_of(response)
    (link,) = tree.find_class("error-summary")[0].iter("a")
    assert "Kies de interventie waar dit staat." in text_of(link)
    field = tree.get_element_by_id(link.get("href").removeprefix("#"))
    assert not field.xpath("ancestor::details[not(@open)]")
    update.refresh_from_db()
    assert update.qualitative == "<p>a</p>"


def test_reported_at_offers_the_other_interventies_of_this_round_alone(client, partner, update):
    here = PlanItemFactory(round=update.plan_item.round, name="Naast ons")
    PlanItemFactory(round=RoundFactory(year=2023, historical=True), name="Van vorig jaar")

    options = page(client, update).xpath("//select[@name='quantitative-reported-at']//option")

    assert [option.get("value") for option in options] == ["", str(here.pk)]


def test_figures_that_are_filled_in_cannot_be_waived_too(client, partner, update, figure):
    row = figure()
    fields = {"figures-where": "nvt", "figures-reason": "Het begint in 2025.", f"figure-{row.pk}": "3"}
    texts = {"quantitative": "<p>a</p>", "qualitative": "<p>b</p>"}

    response = client.get(post(client, update, "submit", **fields, **texts).url)

    (link,) = tree_of(response).find_class("error-summary")[0].iter("a")
    assert link.get("href") == f"#figure-{row.pk}"
    assert "Cijfers: er staan cijfers. Haal die weg, of vul ze hier in." in text_of(link)
    update.refresh_from_db()
    assert update.state == State.DRAFT


@pytest.mark.parametrize("by_way_of", [0, 1])
def test_what_is_reported_at_another_does_not_lead_back(client, partner, update, by_way_of):
    others = [UpdateFactory(plan_item=PlanItemFactory(round=update.plan_item.round)) for _ in range(1 + by_way_of)]
    for one, following in zip(others, [*others[1:], update], strict=True):
        one.waivers.create(part=Part.QUANTITATIVE, reported_at=following.plan_item)
    fields = {"quantitative-where": "elders", "quantitative-reported-at": str(others[0].plan_item_id)}

    response = client.get(post(client, update, "submit", qualitative="<p>a</p>", **fields).url)

    (link,) = tree_of(response).find_class("error-summary")[0].iter("a")
    assert link.get("href") == "#quantitative-reported-at"
    assert f"via {others[0].plan_item} komt u hier weer uit: zo staat het nergens" in text_of(link)
    update.refresh_from_db()
    assert update.state == State.DRAFT


# Submitting


def test_submit_lists_what_is_missing_with_links_to_the_fields(client, partner, update, figure):
    row = figure("Gezinnen")
    fields = {"quantitative-where": "nvt", "proposed_colour": "rood"}

    response = client.get(post(client, update, "submit", **fields).url)

    tree = tree_of(response)
    links = tree.find_class("error-summary")[0].findall(".//a")
    targets = [link.get("href") for link in links]
    assert targets == [f"#figure-{row.pk}", "#qualitative", "#quantitative-reason", "#proposed_reason"]
    for target in targets:
        field = tree.get_element_by_id(target.removeprefix("#"))
        assert not field.xpath("ancestor::details[not(@open)]")
    update.refresh_from_db()
    assert update.state == State.DRAFT


@pytest.mark.parametrize("part", Part)
def test_every_part_that_can_be_missing_has_its_field_on_the_page(client, partner, update, figure, part):
    figure()
    update.waivers.create(part=part)

    tree = page(client, update)

    assert {missing.part for missing in update.missing()} <= set(tree.xpath("//@id"))


def test_submit_hands_in_what_is_complete(client, partner, update, figure):
    row = figure()

    post(client, update, "submit", quantitative="<p>a</p>", qualitative="<p>b</p>", **{f"figure-{row.pk}": "0"})

    update.refresh_from_db()
    assert (update.state, update.submitted_by) == (State.SUBMITTED, partner)
    tree = page(client, update)
    assert "Ingediend. Het programmabureau beoordeelt nu deze voortgang." in text_of(tree)
    assert "De status is 'ingediend'; opslaan kan nu niet." in text_of(tree)
    assert "Inleveren tot en met" not in text_of(tree)
    assert not tree.xpath("//textarea")


def test_submit_with_a_figure_that_cannot_be_stored_hands_nothing_in(client, partner, update, figure):
    row = figure()

    response = post(
        client, update, "submit", quantitative="<p>a</p>", qualitative="<p>b</p>", **{f"figure-{row.pk}": "x"}
    )

    assert "is geen getal" in text_of(tree_of(response))
    assert "Nog niet ingediend." in text_of(tree_of(response))
    update.refresh_from_db()
    assert (update.state, update.quantitative) == (State.DRAFT, "<p>a</p>")


def test_withdraw_lets_the_partner_write_again(client, partner, update):
    post(client, update, "submit", quantitative="<p>a</p>", qualitative="<p>b</p>")
    form = page(client, update).xpath("//form[contains(@action, 'intrekken')]")[0]

    client.post(form.get("action"), dict(form.form_values()))

    assert "Ingetrokken." in text_of(page(client, update))
    update.refresh_from_db()
    assert update.state == State.DRAFT


def test_withdraw_is_refused_once_the_bureau_has_begun(client, partner, update):
    post(client, update, "submit", quantitative="<p>a</p>", qualitative="<p>b</p>")
    update.refresh_from_db()
    update.set_colour("groen", by=UserFactory(adviseur=True), version=0, reason="Loopt.")

    client.post(url(update, "withdraw"), {"version": update.version})

    assert "Het programmabureau is al met de beoordeling begonnen" in text_of(page(client, update))
    update.refresh_from_db()
    assert update.state == State.SUBMITTED


# Two people


def test_conflict_shows_both_texts_and_overwrites_nothing(client, partner, update, figure, organisation):
    row = figure()
    colleague = UserFactory(name="Jan Smit", organisations=[organisation])
    typed = {"version": 0, "quantitative": "<p>Wat Piet typte.</p>", f"figure-{row.pk}": "10"}
    update.save_draft(Content(quantitative="<p>Wat Jan schreef.</p>"), by=colleague, version=0)

    response = client.post(url(update), typed)

    assert response.status_code == 409
    tree = tree_of(response)
    assert "Niet opgeslagen" in text_of(tree)
    assert "Laatst opgeslagen door Jan Smit" in text_of(tree)
    stored, mine = tree.find_class("compare--conflict")[0].find_class("rich-text")
    assert text_of(stored) == "Wat Jan schreef."
    kept = re.sub(r"<del>.*?</del>", "", html.tostring(mine, encoding="unicode"))
    assert "Piet typte" in kept
    (others,) = tree.xpath("//table[caption='Andere verschillen']/tbody/tr")
    assert text_of(others) == f"Gezinnen, {row.series.area} (2024) leeg 10"
    assert "sla opnieuw op: dat komt in de plaats van wat er nu is opgeslagen" in text_of(tree)
    update.refresh_from_db()
    row.refresh_from_db()
    assert (update.quantitative, row.value) == ("<p>Wat Jan schreef.</p>", None)


def test_saving_again_after_a_conflict_is_a_decision_and_keeps_what_it_replaces(client, partner, update, organisation):
    update.save_draft(Content(quantitative="<p>Van Jan.</p>"), by=UserFactory(organisations=[organisation]), version=0)
    tree = tree_of(client.post(url(update), {"version": 0, "quantitative": "<p>Van Piet.</p>"}))
    form = tree.find_class("action-bar")[0].getparent()

    response = client.post(url(update), values_of(form))

    assert response.status_code == 302
    update.refresh_from_db()
    assert update.quantitative == "<p>Van Piet.</p>"
    assert [revision.quantitative for revision in update.revisions.all()] == ["<p>Van Jan.</p>", "<p>Van Piet.</p>"]


@pytest.mark.parametrize(
    ("earlier", "typed", "said"),
    [
        ({2022: {"value": 10}, 2023: {"code": "nb"}}, 100, "veel meer dan in 2022"),
        ({2022: {"value": 100}, 2023: {"value": 0}}, 10, "veel minder dan in 2022"),
        ({2022: {"value": 100}, 2023: {"value": 95}}, 90, ""),
    ],
)
def test_figure_that_jumps_is_pointed_out_against_the_last_number(
    client, partner, update, figure, organisation, earlier, typed, said
):
    row = figure(value=typed)
    for year, fields in earlier.items():
        past = RoundFactory(year=year, historical=True)
        item = PlanItemFactory(round=past, intervention=update.plan_item.intervention, trekker=organisation)
        UpdateFactory(plan_item=item, approved=True)
        ValueFactory(series=row.series, round=past, period=Period.objects.year(year), **fields)

    words = text_of(page(client, update))

    assert said in words
    assert ("veel m" in words) == bool(said)


def test_remark_that_is_too_long_is_told_at_its_own_cell(client, partner, update, figure):
    row = figure()

    tree = tree_of(post(client, update, **{f"figure-{row.pk}-remark": "a" * 501}))

    field = tree.get_element_by_id(f"figure-{row.pk}-remark")
    (described_by,) = field.get("aria-describedby").split()
    assert "500" in text_of(tree.get_element_by_id(described_by))


def test_conflict_with_ones_own_other_window_says_so(client, partner, update):
    post(client, update, quantitative="<p>Eerste venster.</p>")

    response = client.post(url(update), {"version": 0, "quantitative": "<p>Tweede venster.</p>"})

    assert "U hebt in een ander venster iets gewijzigd." in text_of(tree_of(response))


@pytest.mark.parametrize("what", ["submitted", "closed"])
def test_what_was_typed_can_be_copied_when_it_may_not_be_saved_any_more(client, partner, update, what):
    if what == "submitted":
        colleague = UserFactory()
        ProgressUpdate.objects.filter(pk=update.pk).update(
            state=State.SUBMITTED, submitted_by=colleague, submitted_at=timezone.now()
        )
    else:
        type(update.plan_item.round).objects.update(state="closed")

    ProgressUpdate.objects.filter(pk=update.pk).update(quantitative="<p>Het werk van een ander.</p>")

    response = client.post(url(update), {"version": 0, "quantitative": "<p>Mijn werk van een uur.</p>"})

    assert response.status_code == 409
    # In one piece, without what it would replace.
    assert "<p>Mijn werk van een uur.</p>" in response.content.decode()
    assert "Opslaan kan niet meer; kopieer wat u wilt bewaren." in text_of(tree_of(response))
    update.refresh_from_db()
    assert update.quantitative == "<p>Het werk van een ander.</p>"


# A new indicator


def test_what_was_typed_is_shown_to_who_may_not_write_here_any_more_and_nothing_else(client, partner, update):
    form = values_of(page(client, update).forms[-1])
    update.plan_item.initiators.all().delete()

    typed = {"quantitative": "<p>Acht <b>loketten</b>.</p>", "proposed_reason": "Er is < 1 coach."}
    response = client.post(url(update), form | typed)

    assert response.status_code == 404
    said = text_of(html.fromstring(response.content).get_element_by_id("inhoud"))
    assert "Uw tekst is niet opgeslagen, en niet weg" in said
    assert "Acht loketten. Er is < 1 coach." in said
    assert "Leerwerkloket" not in response.text
    assert form["csrfmiddlewaretoken"] not in said


def test_page_that_is_not_there_repeats_no_words_of_strangers(client, partner, update):
    there_is_no_such_page = client.post("/nergens/", {"quantitative": "<p>Acht loketten.</p>"})
    client.logout()
    without_login = client.post(url(update), {"quantitative": "<p>Acht loketten.</p>"}, follow=True)

    for response in (there_is_no_such_page, without_login):
        assert "Acht loketten" not in response.text


def test_partner_proposes_an_indicator_and_fills_it_in_once_accepted(client, partner, update):
    area = AreaFactory(name="Carnisse")

    client.post(
        url(update, "propose_indicator"),
        {"name": "Gezinnen met een coach", "unit": "aantal", "area": area.pk, "reason": "Dat telt."},
    )

    assert "Gezinnen met een coach (aantal): voorgesteld" in text_of(page(client, update))
    OutputIndicator.objects.get().accept(by=UserFactory(adviseur=True))
    tree = page(client, update)
    assert "Gezinnen met een coach" in text_of(tree.find_class("figures")[0])
    assert "Carnisse" in text_of(tree.find_class("figures")[0])


def test_proposal_without_reason_is_not_made(client, partner, update):
    response = client.post(url(update, "propose_indicator"), {"name": "Iets", "unit": "aantal", "reason": ""})

    errors = text_of(tree_of(response).find_class("error-summary")[0])
    assert "Gebied" in errors
    assert "Waarom dit cijfer: Vul dit veld in." in errors
    assert not OutputIndicator.objects.exists()


def test_proposal_of_an_indicator_that_is_in_use_is_not_made(client, partner, update, figure):
    figure("Gezinnen")

    response = client.post(
        url(update, "propose_indicator"),
        {"name": "gezinnen", "unit": "aantal", "area": AreaFactory().pk, "reason": "Dat telt."},
    )

    assert "Deze indicator is er al." in text_of(tree_of(response).find_class("error-summary")[0])
    assert OutputIndicator.objects.count() == 1


def test_proposal_is_made_once(client, partner, update):
    proposal = {"name": "Gezinnen", "unit": "aantal", "area": AreaFactory().pk, "reason": "Telt."}

    for name in ("Gezinnen", "gezinnen"):
        response = client.post(url(update, "propose_indicator"), proposal | {"name": name})

    assert "De indicator 'gezinnen' is al voorgesteld" in text_of(tree_of(response))
    assert OutputIndicator.objects.count() == 1


def test_proposal_that_is_refused_keeps_what_was_typed(client, partner, update):
    ProgressUpdate.objects.filter(pk=update.pk).update(state=State.APPROVED)
    typed = {"name": "Gezinnen", "unit": "aantal", "area": AreaFactory().pk, "reason": "Een lange uitleg."}

    response = client.post(url(update, "propose_indicator"), typed)

    assert "Een lange uitleg." in tree_of(response).get_element_by_id("id_reason").text_content()
    assert not OutputIndicator.objects.exists()


def test_proposal_is_refused_when_nothing_may_be_written(client, partner, update):
    ProgressUpdate.objects.update(state=State.APPROVED)

    response = client.post(
        url(update, "propose_indicator"), {"name": "Iets", "unit": "%", "area": AreaFactory().pk, "reason": "Dat telt."}
    )

    assert "De status is 'goedgekeurd'; opslaan kan nu niet." in text_of(tree_of(response))
    assert not OutputIndicator.objects.exists()
    assert PlanItem.objects.count() == 1
