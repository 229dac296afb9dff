"""The page of one voortgang: what the bureau compares, decides and asks, and what is kept when that is refused."""

from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import html

from interventions.models import (
    Initiator,
    InternalNote,
    OutputIndicator,
    OutputValue,
    PillarAssignment,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
)
from interventions.workflow import State
from tests.factories import (
    IndicatorFactory,
    InitiatorFactory,
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
def adviseur(client):
    user = UserFactory(adviseur=True, name="Anna de Vries")
    client.force_login(user)
    return user


@pytest.fixture
def reporting_round():
    return RoundFactory()


@pytest.fixture
def pillar(adviseur):
    pillar = PillarFactory(name="Werk", abbreviation="W")
    PillarAssignment.objects.create(user=adviseur, pillar=pillar)
    return pillar


@pytest.fixture
def update(reporting_round, pillar):
    """update(…): a voortgang of the pijler of the adviseur, in the traits that are given."""

    def update(*traits, name="Leerwerkloket", **fields):
        item = PlanItemFactory(round=reporting_round, pillar=pillar, name=name)
        return UpdateFactory(plan_item=item, **dict.fromkeys(traits, True), **fields)

    return update


@pytest.fixture
def year_before():
    """year_before(update, …): the voortgang of the same interventie in 2023."""

    def year_before(update, **fields):
        before = RoundFactory(year=2023, historical=True)
        return UpdateFactory(
            plan_item=PlanItemFactory(round=before, intervention=update.plan_item.intervention),
            state=State.APPROVED,
            **fields,
        )

    return year_before


def url(name, update, query=""):
    return reverse(f"interventions:{name}", args=[update.pk]) + query


def text_of(element):
    return " ".join(element.text_content().split())


def page(client, update, query=""):
    response = client.get(url("review", update, query))
    assert response.status_code == 200
    return html.fromstring(response.text)


def button(document, words):
    """The button with these words, or None."""
    return next((one for one in document.iter("button") if text_of(one) == words), None)


def send(client, name, update, query="", **data):
    """Post as the page does, and follow to the page that comes next."""
    response = client.post(url(name, update, query), {"version": update.version} | data, follow=True)
    return response, html.fromstring(response.text)


# What is compared


def test_review_shows_last_year_beside_this_year_with_the_differences_marked(client, update, year_before):
    now = update("submitted", qualitative="<p>Het loopt nu heel goed.</p>")
    year_before(now, qualitative="<p>Het loopt goed.</p>", colour="oranje", colour_reason="Traag.")

    document = page(client, now)

    before, current = document.find_class("compare")[1].find_class("compare__side")
    assert text_of(before) == "2023 Het loopt goed."
    assert "".join(text_of(mark) for mark in current.iter("ins")) == "nu heel"
    assert "2023 oranje" in text_of(document)
    assert not list(page(client, now, "?verschillen=0").find_class("compare")[1].iter("ins"))


def test_review_of_a_new_interventie_says_that_it_is_new(client, update):
    document = page(client, update("submitted"))

    before, current = document.find_class("compare")[0].find_class("compare__side")
    assert text_of(before) == "Vorig jaar Van een eerder jaar is er niets."
    assert text_of(current) == "2024 Tien gezinnen bereikt."
    assert not list(current.iter("ins"))


def test_review_shows_how_figures_changed(client, update, year_before):
    now = update("submitted")
    before = year_before(now)
    owner = now.plan_item.intervention
    figures = {
        "aantal": (Decimal(200), Decimal(250)),
        "%": (Decimal("12.5"), Decimal("10")),
        "fte": (None, Decimal(3)),
    }
    for unit, (old, new) in figures.items():
        series = SeriesFactory(indicator=IndicatorFactory(unit=unit, name=f"In {unit}", owner=owner))
        ValueFactory(series=series, round=before.plan_item.round, value=old, code="" if old else "nb")
        ValueFactory(series=series, round=now.plan_item.round, value=new, target=300, provisional=True)

    table = page(client, now).xpath("//table")[0]

    rows = [[text_of(cell) for cell in row.xpath("td")] for row in table.xpath("tbody/tr[td]")]
    assert rows == [
        ["12,5 (2023)", "10 voorlopig", "−2,5", "300"],
        ["200 (2023)", "250 voorlopig", "+50 (+25%)", "300"],
        ["n.b. (2023)", "3 voorlopig", "", "300"],
    ]


def test_review_says_what_a_figure_was_before_it_was_restated(client, update, year_before):
    now = update("submitted")
    before = year_before(now)
    series = SeriesFactory(indicator=IndicatorFactory(owner=now.plan_item.intervention))
    earlier = ValueFactory(series=series, round=before.plan_item.round, value=1200)
    ValueFactory(series=series, round=now.plan_item.round, period=earlier.period, value=1150)

    (table,) = page(client, now).xpath("//table")

    assert "2023" in text_of(table.find(".//thead"))
    assert [text_of(cell) for cell in table.xpath("tbody/tr[td]/td")] == ["", "1.150 herzien, was 1.200", ""]


def test_review_says_why_a_part_is_not_filled_in(client, update):
    now = update("submitted", qualitative="")
    elsewhere = PlanItemFactory(round=now.plan_item.round, pillar=now.plan_item.pillar, name="Jobcoaching", number=77)
    now.waivers.create(part="qualitative", reported_at=elsewhere)
    now.waivers.create(part="figures", reason="Er wordt niet geteld.")

    words = text_of(page(client, now))

    assert "Gerapporteerd bij W77 Jobcoaching." in words
    assert "n.v.t.: Er wordt niet geteld." in words


def test_review_says_why_a_part_was_not_filled_in_last_year(client, update, year_before):
    now = update("submitted")
    year_before(now).waivers.create(part="quantitative", reason="Het begon pas in 2024.")

    assert "n.v.t.: Het begon pas in 2024." in text_of(page(client, now))


def test_review_has_the_short_description(client, update):
    now = update("submitted")
    PlanItem.objects.update(description="<p>Een loket voor wie een leerwerkplek zoekt.</p>")

    assert "Een loket voor wie een leerwerkplek zoekt." in text_of(page(client, now))


def test_review_names_the_people_and_what_the_partner_proposes(client, update):
    organisation = OrganisationFactory(name="Hogeschool")
    now = update("submitted", proposed_colour="oranje", proposed_reason="Te weinig stages.")
    InitiatorFactory(plan_item=now.plan_item, organisation=organisation)
    InitiatorFactory(
        plan_item=now.plan_item,
        organisation=OrganisationFactory(name="CBS"),
        role=Initiator.Role.DATA_SUPPLIER,
        confirmed=True,
    )
    now.plan_item.contacts.add(UserFactory(name="Piet Bos", organisations=[organisation]))

    words = text_of(page(client, now))

    assert "Hogeschool trekker, aangenomen CBS dataleverancier" in words
    assert "Piet Bos Hogeschool" in words
    assert "Voorstel van de partner oranje Te weinig stages." in words


# What is decided


def test_approve_goes_on_to_the_next_of_the_list(client, update):
    first, second = update("submitted", name="Eerste"), update("submitted", name="Tweede")
    assert "1 van 2 in de lijst" in text_of(page(client, first, "?status=submitted"))

    response, document = send(client, "approve", first, "?status=submitted", verder="1")

    first.refresh_from_db()
    assert first.state == State.APPROVED
    assert response.redirect_chain == [(url("review", second, "?status=submitted"), 302)]
    assert text_of(document.find_class("utrecht-alert")[0]).endswith("Eerste: goedgekeurd.")


def test_approve_stays_and_the_next_remains_what_it_was(client, update):
    first, second = update("submitted", name="Eerste"), update("submitted", name="Tweede")
    update("approved", name="Al klaar")

    _, document = send(client, "approve", first, "?verschillen=1")

    assert text_of(document.find(".//h1")).endswith("Eerste")
    assert button(document, "Goedkeuren") is None
    (following,) = document.xpath("//a[@rel='next']")
    assert following.get("href") == url("review", second, "?verschillen=1")


def test_review_walks_the_list_in_its_order(client, update):
    names = ("Bus", "Auto", "Fiets")
    updates = {name: update("submitted", name=name) for name in names}

    def following(name, query):
        return [link.get("href") for link in page(client, updates[name], query).xpath("//a[@rel='next']")]

    assert following("Auto", "?sort=name") == [url("review", updates["Bus"], "?sort=name")]
    assert following("Fiets", "?sort=name") == []
    assert following("Fiets", "?sort=-name") == [url("review", updates["Bus"], "?sort=-name")]


def test_own_submission_is_for_somebody_else_to_approve(client, update, adviseur):
    now = update("submitted", submitted_by=adviseur)

    document = page(client, now)
    response, refused = send(client, "approve", now)

    assert button(document, "Goedkeuren") is None
    assert "U hebt deze voortgang zelf ingediend" in text_of(document)
    assert response.status_code == 409
    assert "U hebt deze voortgang zelf ingediend" in text_of(refused.find_class("error-summary")[0])


def test_return_sends_the_question(client, update):
    now = update("submitted")

    _, document = send(client, "return", now, reason="Hoeveel gezinnen?")

    now.refresh_from_db()
    assert now.state == State.RETURNED
    assert "Teruggestuurd Anna de Vries" in text_of(document.find_class("timeline")[0])
    assert "Hoeveel gezinnen?" in text_of(document.find_class("timeline")[0])


@pytest.mark.parametrize(
    ("name", "traits", "target"),
    [
        ("reopen", ("approved",), State.SUBMITTED),
        ("no_report", ("draft",), State.NO_REPORT),
        ("drop", ("draft",), State.DROPPED),
    ],
)
def test_other_verbs_take_a_reason(client, update, reporting_round, name, traits, target):
    reporting_round.state = "review"
    reporting_round.save()
    now = update(*traits)

    response, _ = send(client, name, now, reason=" ")
    assert response.status_code == 409
    _, document = send(client, name, now, reason="Zo is het besloten.")

    now.refresh_from_db()
    assert now.state == target
    assert "Zo is het besloten." in text_of(document)


def test_steps_that_cannot_be_taken_are_not_offered(client, update):
    document = page(client, update("draft"))

    summaries = {text_of(summary) for summary in document.iter("summary")}
    assert summaries == {"Laten vervallen"}
    assert "De status is 'concept'; kleur geven kan nu niet." in text_of(document)


def test_question_is_kept_when_somebody_was_first(client, update):
    now = update("submitted")
    ProgressUpdate.objects.filter(pk=now.pk).update(version=now.version + 1, qualitative="<p>Net gewijzigd.</p>")

    response, document = send(client, "return", now, reason="Hoeveel gezinnen?")

    assert response.status_code == 409
    assert "Iemand anders heeft intussen iets gewijzigd" in text_of(document.find_class("error-summary")[0])
    assert "Net gewijzigd." in text_of(document)
    (field,) = document.xpath("//textarea[@id='return_with_question']")
    assert field.text == "Hoeveel gezinnen?"
    (version,) = field.xpath("ancestor::form/input[@name='version']")
    assert version.get("value") == str(now.version + 1)
    assert field.xpath("ancestor::details")[0].get("open") is not None
    now.refresh_from_db()
    assert now.state == State.SUBMITTED


def test_question_is_kept_when_it_can_no_longer_be_asked(client, update):
    now = update("submitted")
    ProgressUpdate.objects.filter(pk=now.pk).update(state=State.APPROVED)

    _, document = send(client, "return", now, reason="Hoeveel gezinnen?")

    assert not document.xpath("//textarea[@id='return_with_question']")
    assert "U had getypt: Hoeveel gezinnen?" in text_of(document.find_class("error-summary")[0])


# The colour


def test_colour_is_given_with_a_reason_and_stays_hidden(client, update):
    now = update("submitted")

    _, document = send(client, "set_colour", now, version=0, colour="oranje", reason="Extra stages.")

    now.refresh_from_db()
    assert (now.colour, now.colour_reason, now.colour_released) == ("oranje", "Extra stages.", False)
    assert "oranje onbekend niet vrijgegeven" in text_of(document.xpath("//section[@aria-labelledby='kleur']")[0])


@pytest.mark.parametrize(
    ("colour", "reason", "why"),
    [("oranje", "", "Vul een reden in."), ("", "Omdat.", "Kies een kleur"), ("oranje", "Net anders.", "Iemand anders")],
)
def test_colour_that_is_refused_keeps_what_was_typed(client, update, colour, reason, why):
    now = update("submitted", colour_version=3)

    response, document = send(
        client, "set_colour", now, version=2 if "anders" in why else 3, colour=colour, reason=reason
    )

    assert response.status_code == 409
    assert why in text_of(document.find_class("error-summary")[0])
    section = document.xpath("//section[@aria-labelledby='kleur']")[0]
    assert [radio.get("value") for radio in section.xpath(".//input[@type='radio'][@checked]")] == [colour] * bool(
        colour
    )
    assert (section.find(".//textarea").text or "").strip() == reason
    now.refresh_from_db()
    assert now.colour == ""


def test_proposed_colour_is_taken_over_in_one_go(client, update):
    now = update("submitted", proposed_colour="rood", proposed_reason="Geen locatie.")
    (form,) = button(page(client, now), "Voorstel overnemen").xpath("ancestor::form")

    client.post(form.get("action"), dict(form.form_values()))

    now.refresh_from_db()
    assert (now.colour, now.colour_reason) == ("rood", "Geen locatie.")


def test_colour_form_asks_what_belongs_to_each_colour(client, update):
    section = page(client, update("submitted")).xpath("//section[@aria-labelledby='kleur']")[0]

    hints = [text_of(label) for label in section.xpath(".//fieldset//label")]
    assert [hint.split()[0] for hint in hints] == ["groen", "oranje", "rood", "wit"]
    assert "welke maatregelen" in hints[1]
    assert "welke zorg" in hints[2]
    assert "wanneer het begint" in hints[3]


# Notes and indicators


def test_note_is_for_the_bureau_alone(client, update):
    now = update("submitted")

    client.post(url("add_note", now), {"text": "Bel de trekker."})

    assert "Bel de trekker. Anna de Vries" in text_of(page(client, now))
    client.force_login(UserFactory(controleur=True))
    document = page(client, now)
    assert "Bel de trekker." not in text_of(document)
    assert "notitie" not in text_of(document)


def test_closed_round_takes_no_notes(client, update):
    now = update("approved")
    document = page(client, now)
    ReportingRound.objects.update(state="closed")

    response, _ = send(client, "add_note", now, text="Na sluiting.")

    assert "De ronde 2024 is afgesloten en ligt vast." in response.text
    assert not InternalNote.objects.exists()
    assert button(document, "Notitie bewaren") is not None
    assert "Nieuwe notitie" not in text_of(page(client, now))


def test_empty_note_is_not_kept(client, update):
    now = update("submitted")

    response, _ = send(client, "add_note", now, text="  ")

    assert "Schrijf eerst een notitie." in response.text
    assert not InternalNote.objects.exists()


@pytest.mark.parametrize(
    ("state", "words", "status", "rows"),
    [
        ("draft", "Overnemen", OutputIndicator.Status.ACTIVE, 1),
        ("submitted", "Overnemen", OutputIndicator.Status.ACTIVE, 0),
        ("submitted", "Niet overnemen", OutputIndicator.Status.REFUSED, 0),
    ],
)
def test_proposed_indicator_is_decided_on(client, update, adviseur, state, words, status, rows):
    now = update(state)
    indicator = IndicatorFactory(
        name="Matches",
        owner=now.plan_item.intervention,
        status=OutputIndicator.Status.PROPOSED,
        proposed_by=adviseur,
        proposal_reason="Dit telt.",
    )
    SeriesFactory(indicator=indicator)
    document = page(client, now)
    assert "Matches (aantal)" in text_of(document)
    (form,) = button(document, words).xpath("ancestor::form")

    response = client.post(form.get("action"), follow=True)

    indicator.refresh_from_db()
    assert indicator.status == status
    to_be_sent_back = "stuur haar terug, dan kan de partner dit cijfer invullen" in response.text
    assert to_be_sent_back == (status == OutputIndicator.Status.ACTIVE and not rows)
    assert OutputValue.objects.filter(series__indicator=indicator).count() == rows
    assert response.redirect_chain[0][0] == url("review", now) + "#indicatoren"
    again = client.post(form.get("action"), follow=True)
    assert "is al beslist" in again.text


# Who


def test_controleur_reads_all_and_can_do_nothing(client, update):
    now = update("submitted", "coloured", proposed_colour="rood", proposed_reason="Geen locatie.")
    client.force_login(UserFactory(controleur=True))

    document = page(client, now)

    assert "Loopt volgens plan." in text_of(document)
    assert "Geen locatie." in text_of(document)
    assert [form.get("action") for form in document.iter("form")] == [reverse("account_logout")]


VERBS = ("approve", "return", "reopen", "no_report", "drop", "set_colour", "add_note")


@pytest.mark.parametrize("role", ["invuller", "lezer", "controleur"])
@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_for_the_bureau(client, update, name, role):
    now = update("submitted")
    client.force_login(UserFactory(role=role, organisations=[OrganisationFactory()]))

    response = client.post(url(name, now), {"version": now.version, "reason": "Ja", "colour": "rood", "text": "Ja"})

    assert response.status_code == 403
    assert ProgressUpdate.objects.get(pk=now.pk).state == State.SUBMITTED
    assert not now.events.exists()
    assert not now.notes.exists()


@pytest.mark.parametrize("name", VERBS)
def test_who_does_not_post_a_verb_is_brought_to_its_page(client, update, name):
    now = update("submitted")

    response = client.get(url(name, now) + "?pijler=W")

    assert response.url == url("review", now) + "?pijler=W"


@pytest.mark.parametrize("role", ["invuller", "lezer"])
def test_review_is_for_who_sees_everything(client, update, role):
    now = update("submitted")
    client.force_login(UserFactory(role=role))

    assert client.get(url("review", now)).status_code == 403


def test_review_takes_as_many_queries_for_30_rows_as_for_1(client, update, year_before, django_assert_num_queries):
    now = update("submitted")
    before = year_before(now)

    def add(number):
        for _ in range(number):
            series = SeriesFactory(indicator=IndicatorFactory(owner=now.plan_item.intervention))
            ValueFactory(series=series, round=before.plan_item.round, value=1)
            ValueFactory(series=series, round=now.plan_item.round, value=2)
            InitiatorFactory(plan_item=now.plan_item, role=Initiator.Role.INITIATOR)
            now.plan_item.contacts.add(UserFactory(organisations=[OrganisationFactory()]))
            now.events.create(verb="save", by=now.submitted_by, from_state=now.state, to_state=now.state)
            now.notes.create(by=now.submitted_by, text="Notitie")
            update("submitted")

    add(1)
    with django_assert_num_queries(QUERIES):
        page(client, now)
    add(29)
    with django_assert_num_queries(QUERIES):
        page(client, now)


QUERIES = 21
