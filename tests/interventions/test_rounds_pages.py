"""The rounds, as a beheerder meets them: made from the last plan, dated, opened, reviewed, closed and reopened."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.models import Role
from interventions.models import PlanItem, ProgressEvent, ProgressUpdate, ReportingRound, RoundEvent
from interventions.workflow import Conflict, Refused, RoundState
from tests.factories import (
    OrganisationFactory,
    PillarFactory,
    PlanItemFactory,
    RoundFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

READERS = (Role.ADVISEUR, Role.BEHEERDER, Role.CONTROLEUR)
OTHERS = (Role.INVULLER, Role.LEZER)
JANUARY, MARCH = datetime.date(2026, 1, 15), datetime.date(2026, 3, 1)
DATES = {"opens_on": JANUARY, "deadline": MARCH}
TYPED = {"opens_on": "2026-01-15", "deadline": "2026-03-01"}


@pytest.fixture
def beheerder(client):
    """Logged in."""
    user = UserFactory(beheerder=True, name="Bea Beheer")
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(f"interventions:{name}", args=args)


def text_of(element):
    return " ".join(element.text_content().split())


def page(client, name, *args, data=None, status=200):
    """The page that a GET (or, with data, a POST) answers with; a redirect is followed."""
    address = url(name, *args)
    response = client.get(address) if data is None else client.post(address, data, follow=True)
    assert response.status_code == status
    return html.fromstring(response.text)


def main(document):
    return text_of(document.get_element_by_id("inhoud"))


def alert(document):
    """What the page says was wrong."""
    return [text_of(element) for element in document.xpath("//*[@role='alert']")]


def buttons(document):
    """What a person can press on the page itself."""
    return [text_of(button) for button in document.xpath("//main//button")]


def rows(document):
    return [[text_of(cell) for cell in row.xpath("th|td")] for row in document.xpath("//main//tbody/tr")]


# The list


def test_list_says_of_each_round_where_it_stands_and_where_it_came_from(client, beheerder):
    RoundFactory(year=2022, historical=True, source="VGR 2022, bijlage 3")
    closed = RoundFactory(year=2023, closed=True)
    for traits in ({"approved": True, "coloured": True}, {"no_report": True, "released": True}, {"dropped": True}):
        UpdateFactory(plan_item__round=closed, **traits)
    now = RoundFactory(year=2024)
    UpdateFactory(plan_item__round=now, submitted=True)
    UpdateFactory(plan_item=PlanItemFactory(round=now, activity=True), approved=True)
    PlanItemFactory(round=RoundFactory(year=2025, planned=True, **DATES))

    assert rows(page(client, "rounds")) == [
        ["2025", "in voorbereiding", "15 januari 2026", "1 maart 2026", "1", "0", "0", "0", ""],
        ["2024", "open", "15 januari 2025", "1 maart 2025", "1", "0", "0", "1", ""],
        ["2023", "afgesloten", "15 januari 2024", "1 maart 2024", "3", "3", "2", "0", ""],
        ["2022", "afgesloten", "", "", "0", "0", "0", "0", "overgenomen: VGR 2022, bijlage 3"],
    ]


@pytest.mark.parametrize("name", ["rounds", "round", "preview_round", "open_round", "compare_rounds"])
def test_pages_ask_as_many_queries_for_three_rows_as_for_one(client, beheerder, name):
    def visit(year):
        args = {"rounds": (), "compare_rounds": (year, 2000)}.get(name, (year,))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, name, *args)
        return len(queries)

    def fill(year, number):
        state = {"open_round": "planned", "preview_round": "planned"}.get(name, "review")
        reporting_round = RoundFactory(year=year, state=state)
        for _ in range(number):
            organisation = OrganisationFactory()
            item = PlanItemFactory(round=reporting_round, trekker=organisation)
            item.contacts.add(UserFactory(organisations=[organisation]))
            if state == "review":
                UpdateFactory(plan_item=item, draft=True)

    RoundFactory(year=2000, historical=True)
    fill(2024, 1)
    visit(2024)  # what is asked once per process
    one = visit(2024)
    fill(2025, 3)

    assert visit(2025) == one


def test_empty_installation_offers_the_first_round(client, beheerder):
    document = page(client, "rounds")

    assert "Er is nog geen ronde." in main(document)
    assert [link.get("href") for link in document.xpath("//div[@class='empty']//a")] == [url("new_round")]


def test_round_without_dates_says_where_they_are_filled_in(client, beheerder):
    RoundFactory(year=2024, planned=True, opens_on=None)

    document = page(client, "open_round", 2024)

    assert "Vul eerst de openingsdatum en de inleverdatum in." in main(document)
    assert document.xpath("//main//a[text()='Datums invullen']/@href") == [url("reschedule", 2024)]


def test_round_without_a_plan_says_where_it_is_filled(client, beheerder):
    RoundFactory(year=2024, planned=True)

    links = page(client, "round", 2024).xpath("//section[@class='card']//a/@href")

    assert links[:2] == [url("import_workbook", 2024), url("plan_year", 2024)]


# Who


@pytest.mark.parametrize("role", READERS)
def test_who_sees_everything_reads_the_rounds(client, role):
    RoundFactory(year=2023, historical=True)
    RoundFactory(year=2024)
    client.force_login(UserFactory(role=role))

    for name, args in (
        ("rounds", ()),
        ("round", (2024,)),
        ("preview_round", (2024,)),
        ("compare_rounds", (2024, 2023)),
    ):
        assert buttons(page(client, name, *args)) == [] or role == Role.BEHEERDER, name


@pytest.mark.parametrize("role", OTHERS)
def test_others_do_not_see_the_rounds(client, role):
    RoundFactory(year=2024)
    client.force_login(UserFactory(role=role))

    for name, args in (
        ("rounds", ()),
        ("round", (2024,)),
        ("preview_round", (2024,)),
        ("compare_rounds", (2024, 2024)),
    ):
        assert client.get(url(name, *args)).status_code == 403, name


@pytest.mark.parametrize("name", ["round", "preview_round", "open_round", "reschedule"])
def test_round_that_is_not_there_is_not_found(client, beheerder, name):
    assert client.get(url(name, 2024)).status_code == 404


# The next round


def test_next_round_has_the_plan_of_the_last_one(client, beheerder):
    RoundFactory(year=2022, historical=True)
    previous = RoundFactory(year=2024)
    kept = UpdateFactory(plan_item__round=previous).plan_item
    UpdateFactory(plan_item__round=previous, dropped=True)

    form = page(client, "new_round")
    document = page(client, "new_round", data={"year": 2025, **TYPED})

    assert form.get_element_by_id("id_year").value == "2025"
    made = ReportingRound.objects.get(year=2025)
    assert (made.state, made.opens_on, made.deadline, made.historical) == ("planned", JANUARY, MARCH, False)
    assert [item.intervention for item in made.plan_items.all()] == [kept.intervention]
    assert not ProgressUpdate.objects.filter(plan_item__round=made).exists()
    assert list(made.events.values_list("verb", "by", "to_state", "reason")) == [
        ("create", beheerder.pk, "planned", "2025. Opent op: 15 januari 2026. Inleveren tot en met: 1 maart 2026.")
    ]
    assert "De ronde 2025 is gemaakt." in main(document)


def test_very_first_round_begins_without_a_plan_and_may_have_no_dates_yet(client, beheerder):
    page(client, "new_round", data={"year": 2024, "opens_on": "", "deadline": ""})

    made = ReportingRound.objects.get()
    assert (made.year, made.state, made.opens_on, made.plan_items.count()) == (2024, "planned", None, 0)


# A round from an earlier report

REPORT = {"opens_on": "", "deadline": "", "source": "VGR 2023, bijlage 3"}


def test_earlier_report_is_a_round_to_be_filled_that_the_next_one_follows(client, beheerder):
    document = page(client, "new_round", data={"year": 2023, **REPORT})

    made = ReportingRound.objects.get()
    assert (made.state, made.historical, made.source) == ("closed", True, "VGR 2023, bijlage 3")
    assert "Overgenomen uit een eerder rapport: VGR 2023, bijlage 3" in main(document)
    assert "2023. Overgenomen uit: VGR 2023, bijlage 3." in main(document)
    links = [link.get("href") for link in document.xpath("//section[@class='card']//a")]
    assert links == [url("import_workbook", 2023), url("plan_year", 2023), url("reschedule", 2023)]

    PlanItemFactory(round=made, name="Leerwerkloket")
    page(client, "new_round", data={"year": 2024, **REPORT})

    # The plan goes on, so that two reports can be compared; what it says was approved at the time.
    [update] = ProgressUpdate.objects.filter(plan_item__round__year=2024)
    assert (update.plan_item.name, update.state) == ("Leerwerkloket", "approved")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"year": 2023}, "De ronde 2023 bestaat al."),
        ({"deadline": "2026-03-01"}, "Een ronde uit een eerder rapport opent niet meer. Laat de datums leeg."),
        ({"source": "x" * 201}, "Overgenomen uit: Zorg dat deze waarde niet meer dan 200 tekens bevat"),
    ],
)
def test_earlier_report_that_cannot_be_taken_over_is_refused(client, beheerder, typed, message):
    PlanItemFactory(round=RoundFactory(year=2023, historical=True))

    document = page(client, "new_round", data={"year": 2024, **REPORT} | typed)

    assert message in alert(document)[0]
    assert ReportingRound.objects.count() == 1


@pytest.mark.parametrize("state", RoundState)
def test_earlier_report_comes_before_the_first_round_of_ones_own(client, beheerder, state):
    PlanItemFactory(round=RoundFactory(year=2024, state=state))

    assert not page(client, "new_round").xpath("//input[@name='source']")
    with pytest.raises(Refused, match="De ronde 2024 is er al"):
        ReportingRound.objects.create_next(by=beheerder, year=2025, opens_on=None, deadline=None, source="VGR 2025")


def test_year_of_an_earlier_report_is_put_right_while_it_is_empty(client, beheerder):
    made = RoundFactory(year=2032, historical=True, source="VGR 2023")

    form = page(client, "reschedule", 2032)
    assert not form.xpath("//input[@type='date']")
    document = page(client, "reschedule", 2032, data={"year": 2023, "version": 1})

    assert "Het jaar is gewijzigd." in main(document)
    made.refresh_from_db()
    assert (made.year, made.state, made.source) == (2023, "closed", "VGR 2023")
    PlanItemFactory(round=made)
    assert "blijft zoals ze is" in main(page(client, "reschedule", 2023))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"year": 2024}, "De ronde 2024 bestaat al."),
        ({"year": 2023}, "De laatste ronde is 2024; een nieuwe ronde komt daarna."),
        ({"opens_on": "2026-03-02"}, "De ronde opent na de inleverdatum."),
        ({"year": ""}, "Jaar: Vul dit veld in."),
        ({"year": "volgend jaar"}, "Jaar: Voer een geheel getal in."),
        ({"year": 20255}, "Jaar: Zorg ervoor dat deze waarde hoogstens 2100 is."),
        ({"deadline": "31 februari"}, "Inleveren tot en met: Voer een geldige datum in."),
    ],
)
def test_round_that_cannot_be_made_is_refused_with_what_was_typed_still_there(client, beheerder, typed, message):
    PlanItemFactory(round=RoundFactory(year=2024))

    document = page(client, "new_round", data={"year": 2025, **TYPED} | typed)

    assert alert(document) == [f"Dit kan nog niet {message}"]
    given = {"year": "2025", **TYPED} | {name: str(value) for name, value in typed.items()}
    assert {name: document.get_element_by_id(f"id_{name}").get("value", "") for name in given} == given
    assert list(ReportingRound.objects.values_list("year")) == [(2024,)]


def test_round_without_a_plan_is_no_ground_for_the_next(client, beheerder):
    RoundFactory(year=2024, planned=True)

    document = page(client, "new_round", data={"year": 2025, **TYPED})

    assert alert(document) == ["Dit kan nog niet De ronde 2024 heeft geen plan om over te nemen. Maak eerst dat plan."]
    assert ReportingRound.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BEHEERDER])
def test_only_a_beheerder_makes_a_round_or_changes_its_dates(client, role):
    reporting_round, user = RoundFactory(), UserFactory(role=role)
    client.force_login(user)

    with pytest.raises(PermissionDenied):
        ReportingRound.objects.create_next(by=user, year=2025, **DATES)
    with pytest.raises(PermissionDenied):
        reporting_round.reschedule(by=user, version=1, year=2024, **DATES)

    assert reporting_round.why_not_reschedule(user=user) == "Alleen een beheerder wijzigt de datums van een ronde."
    assert {client.get(url(*name)).status_code for name in (("new_round",), ("reschedule", 2024))} == {403}
    assert (ReportingRound.objects.get().deadline, RoundEvent.objects.count()) == (datetime.date(2025, 3, 1), 0)


# Dates


def test_dates_are_changed_and_the_history_says_into_what(client, beheerder):
    RoundFactory(year=2025, deadline=datetime.date(2026, 2, 1))

    document = page(client, "reschedule", 2025, data={"year": 2025, "version": 1, **TYPED})

    stored = ReportingRound.objects.get()
    assert (stored.opens_on, stored.deadline, stored.version) == (JANUARY, MARCH, 2)
    assert "De datums zijn gewijzigd." in main(document)
    assert "Datums gewijzigd Bea Beheer" in main(document)
    assert [(event.verb, event.to_state, event.reason) for event in stored.events.all()] == [
        ("reschedule", "open", "2025. Opent op: 15 januari 2026. Inleveren tot en met: 1 maart 2026.")
    ]


def test_same_dates_are_no_change(client, beheerder):
    reporting_round = RoundFactory(year=2025, **DATES)

    document = page(client, "reschedule", 2025, data={"year": 2025, "version": 1, **TYPED})

    assert "Er was niets gewijzigd." in main(document)
    reporting_round.refresh_from_db()
    assert (reporting_round.version, reporting_round.events.count()) == (1, 0)


def test_dates_that_somebody_else_changed_meanwhile_are_shown_first(client, beheerder):
    reporting_round = RoundFactory(year=2025)
    reporting_round.reschedule(by=beheerder, version=1, year=2025, opens_on=JANUARY, deadline=datetime.date(2026, 2, 1))

    document = page(client, "reschedule", 2025, data={"year": 2025, "version": 1, **TYPED}, status=409)

    assert "Iemand anders heeft intussen iets gewijzigd" in alert(document)[0]
    assert "Nu staat er: 2025. Opent op: 15 januari 2026. Inleveren tot en met: 1 februari 2026." in main(document)
    assert document.get_element_by_id("id_deadline").value == "2026-03-01"
    assert ReportingRound.objects.get().deadline == datetime.date(2026, 2, 1)
    # Saving once more is a decision.
    again = dict(document.forms[-1].fields)
    page(client, "reschedule", 2025, data=again)
    assert ReportingRound.objects.get().deadline == MARCH


@pytest.mark.parametrize(
    ("fields", "typed", "message"),
    [
        ({"historical": True}, {}, "De ronde 2025 is overgenomen uit een eerder rapport en blijft zoals ze is."),
        ({"closed": True}, {}, "De ronde 2025 is afgesloten; de datums liggen vast."),
        ({}, {"opens_on": ""}, "Een geopende ronde heeft een openingsdatum en een inleverdatum."),
        ({}, {"opens_on": "2026-03-02"}, "De ronde opent na de inleverdatum."),
        ({}, {"year": 2026}, "Er zijn al cijfers gevraagd over 2025; het jaar ligt vast."),
        ({"planned": True}, {"year": 2024}, "De ronde 2024 bestaat al."),
        ({"planned": True}, {"year": 2023}, "De laatste ronde is 2024; een nieuwe ronde komt daarna."),
    ],
)
def test_dates_that_cannot_be_are_refused(client, beheerder, fields, typed, message):
    RoundFactory(year=2024, closed=True)
    reporting_round = RoundFactory(year=2025, **fields)
    PlanItemFactory(round=reporting_round)
    before = reporting_round.schedule

    document = page(client, "reschedule", 2025, data={"year": 2025, "version": 1, **TYPED} | typed, status=409)

    assert message in main(document)
    assert (ReportingRound.objects.get(pk=reporting_round.pk).schedule, RoundEvent.objects.count()) == (before, 0)


def test_year_typed_wrongly_is_put_right_before_the_round_opens(client, beheerder):
    RoundFactory(year=2024, closed=True)
    RoundFactory(year=2052, planned=True)

    page(client, "reschedule", 2052, data={"year": 2025, "version": 1, **TYPED})

    assert list(ReportingRound.objects.values_list("year", flat=True)) == [2025, 2024]


# One round, and what may be done with it


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("planned", []),
        ("open", ["Naar beoordeling"]),
        ("review", ["Afsluiten", "Terug naar open"]),
        ("closed", ["Heropenen"]),
        ("historical", []),
    ],
)
def test_page_offers_what_may_be_done_now(client, beheerder, state, offered):
    reporting_round = RoundFactory(**{"historical": True} if state == "historical" else {"state": state})
    UpdateFactory(plan_item__round=reporting_round, approved=True, released=True)

    document = page(client, "round", 2024)

    assert buttons(document) == offered
    assert [link.get("href") for link in document.xpath("//section[@class='card']//a")] == {
        "planned": [url("open_round", 2024), url("reschedule", 2024)],
        "open": [url("reschedule", 2024)],
        "review": [url("reschedule", 2024)],
    }.get(state, [])


@pytest.mark.parametrize(
    ("source", "name", "target", "done"),
    [
        ("planned", "open_round", "open", "De ronde 2024 is geopend."),
        ("open", "start_review", "review", "De ronde 2024 is in beoordeling."),
        ("review", "back_to_open", "open", "De ronde 2024 is weer open."),
        ("review", "close_round", "closed", "De ronde 2024 is afgesloten."),
        ("closed", "reopen_round", "review", "De ronde 2024 is heropend."),
    ],
)
def test_round_is_moved(client, beheerder, source, name, target, done):
    RoundFactory(state=source)

    document = page(client, name, 2024, data={"reason": "Een getal klopt niet."})

    assert ReportingRound.objects.get().state == target
    assert done in main(document)
    assert [(event.by, event.to_state) for event in RoundEvent.objects.all()] == [(beheerder, target)]
    assert ("Een getal klopt niet." in main(document)) == (name == "reopen_round")


@pytest.mark.parametrize("name", ["open_round", "start_review", "back_to_open", "close_round", "reopen_round"])
def test_round_that_was_moved_by_somebody_else_meanwhile_says_so(client, beheerder, name):
    state = {"close_round": "open", "back_to_open": "open"}.get(name, "review")
    RoundFactory(state=state)

    document = page(client, name, 2024, data={"reason": "Een getal klopt niet."}, status=409)

    assert alert(document)[0].startswith("Dit is niet gedaan De ronde 2024 is ")
    assert ReportingRound.objects.get().state == state
    if name == "reopen_round":
        assert "U had getypt: Een getal klopt niet." in alert(document)[0]


def test_round_is_not_reopened_without_a_reason(client, beheerder):
    RoundFactory(closed=True)

    document = page(client, "reopen_round", 2024, data={"reason": " "}, status=409)

    assert "Vul een reden in." in alert(document)[0]
    assert document.xpath("//details[@open]//textarea[@id='reopen'][@aria-invalid='true']")
    assert ReportingRound.objects.get().state == "closed"


def test_what_keeps_a_round_from_closing_is_listed_with_links(client, beheerder):
    reporting_round = RoundFactory(review=True)
    draft = UpdateFactory(plan_item__round=reporting_round, draft=True)
    uncoloured = UpdateFactory(plan_item__round=reporting_round, approved=True)
    UpdateFactory(plan_item__round=reporting_round, approved=True, coloured=True)

    document = page(client, "round", 2024)

    listed = document.xpath("//section[@aria-labelledby='niet-af']//li")
    assert [(text_of(item), item.find("a").get("href")) for item in listed] == [
        (f"{draft.plan_item} is concept, nog niet goedgekeurd", url("review", draft.pk)),
        (f"{uncoloured.plan_item} heeft nog geen kleur", url("review", uncoloured.pk)),
    ]
    assert "Afsluiten kan nog niet: 2 interventies zijn niet afgerond of zonder kleur." in main(document)
    assert "Afsluiten" not in buttons(document)


def test_closing_warns_of_colours_that_were_not_released(client, beheerder):
    reporting_round = RoundFactory(review=True)
    UpdateFactory(plan_item__round=reporting_round, approved=True, coloured=True)
    released = UpdateFactory(plan_item__round=reporting_round, approved=True, released=True)
    warning = "Let op: van de 2 kleuren zijn er 1 vrijgegeven. Na het afsluiten kunt u geen kleuren meer vrijgeven."

    assert warning in main(page(client, "round", 2024))

    ProgressUpdate.objects.exclude(pk=released.pk).update(colour_released=True)
    assert "Let op" not in main(page(client, "round", 2024))


def test_round_taken_over_says_where_it_came_from_and_what_may_still_be_done(client, beheerder):
    RoundFactory(year=2023, historical=True, source="VGR 2023, bijlage 3")

    shown = main(page(client, "round", 2023))

    assert "Overgenomen uit een eerder rapport: VGR 2023, bijlage 3" in shown
    assert "Deze ronde is overgenomen: zij opent en sluit niet meer." in shown
    assert "Inleveren" not in shown


# Geen opgave ontvangen


@pytest.fixture
def waiting():
    """Two voortgangen in review of which nothing came, and one that is approved."""
    reporting_round = RoundFactory(review=True)
    UpdateFactory(plan_item__round=reporting_round, approved=True)
    return [
        UpdateFactory(plan_item__round=reporting_round, plan_item__name="Leerwerkloket"),
        UpdateFactory(plan_item__round=reporting_round, plan_item__name="Jobcoaching", draft=True),
    ]


def chosen(updates):
    return [f"{update.pk}-{update.version}" for update in updates]


def test_no_report_is_recorded_for_several_at_once_with_one_reason(client, waiting):
    adviseur = UserFactory(adviseur=True)
    client.force_login(adviseur)

    offered = page(client, "round", 2024).xpath("//input[@name='versions']/@value")
    data = {"versions": chosen(waiting), "reason": "Na twee herinneringen kwam er niets."}
    document = page(client, "record_no_reports", 2024, data=data)

    assert offered == chosen(waiting)
    assert "Van 2 interventies is vastgelegd dat er geen opgave is ontvangen." in main(document)
    assert {(event.update, event.verb, event.by, event.reason) for event in ProgressEvent.objects.all()} == {
        (update, "record_no_report", adviseur, "Na twee herinneringen kwam er niets.") for update in waiting
    }
    assert set(ProgressUpdate.objects.filter(state="no_report")) == set(waiting)


def test_no_report_is_recorded_for_all_or_for_none(client, beheerder, waiting):
    stale, other = waiting[0], waiting[1]
    data = {"versions": chosen(waiting), "reason": "Niets ontvangen."}
    ProgressUpdate.objects.filter(pk=other.pk).update(version=other.version + 1)

    document = page(client, "record_no_reports", 2024, data=data, status=409)

    assert f"{other.plan_item}: Iemand anders heeft intussen iets gewijzigd." in alert(document)[0]
    assert not ProgressUpdate.objects.filter(state="no_report").exists()
    assert not ProgressEvent.objects.exists()
    # What was chosen and typed is still there.
    assert document.xpath("//input[@name='versions'][@checked]/@value") == chosen([stale])
    assert document.xpath("//textarea[@name='reason']")[0].value.strip() == "Niets ontvangen."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"versions": []}, "Kies ten minste één interventie."),
        ({"versions": "alles"}, "Selecteer een geldige keuze."),
        ({"reason": " "}, "Reden: Vul dit veld in."),
    ],
)
def test_no_report_takes_a_choice_and_a_reason(client, beheerder, waiting, change, message):
    data = {"versions": chosen(waiting), "reason": "Niets ontvangen."} | change

    document = page(client, "record_no_reports", 2024, data=data)

    assert message in alert(document)[0]
    assert not ProgressUpdate.objects.filter(state="no_report").exists()


def test_no_report_is_for_what_still_waits_in_this_round(beheerder, waiting):
    approved = ProgressUpdate.objects.get(state="approved")
    elsewhere = UpdateFactory(plan_item__round=RoundFactory(year=2023, review=True))
    reporting_round = approved.plan_item.round

    def record(*updates, **changes):
        given = {"by": beheerder, "reason": "Niets ontvangen."} | changes
        reporting_round.record_no_report({update.pk: update.version for update in updates}, **given)

    with pytest.raises(Refused, match="De status is 'goedgekeurd'; geen opgave vastleggen kan nu niet"):
        record(*waiting, approved)
    with pytest.raises(Refused, match="Niet alles wat u koos, hoort bij de ronde 2024"):
        record(*waiting, elsewhere)
    with pytest.raises(Refused, match="Kies eerst de interventies"):
        record()
    with pytest.raises(Refused, match="Vul een reden in"):
        record(*waiting, reason=" ")
    with pytest.raises(PermissionDenied):
        record(by=UserFactory(controleur=True))
    reporting_round.back_to_open(by=beheerder)
    with pytest.raises(Refused, match="De ronde 2024 is open; geen opgave vastleggen kan nu niet"):
        record(*waiting)
    assert not ProgressEvent.objects.exists()


def test_no_report_is_not_offered_before_the_review(client, beheerder, waiting):
    waiting[0].plan_item.round.back_to_open(by=beheerder)

    assert not page(client, "round", 2024).xpath("//input[@name='versions']")


# Opening


def test_opening_is_confirmed_and_warns_by_name_of_whom_it_does_not_reach(client, beheerder):
    reporting_round = RoundFactory(planned=True)
    organisation = OrganisationFactory()
    reached = PlanItemFactory(round=reporting_round, name="Leerwerkloket", trekker=organisation)
    reached.contacts.add(UserFactory(organisations=[organisation]))
    no_contact = PlanItemFactory(round=reporting_round, name="Jobcoaching", trekker=organisation)
    nobody = PlanItemFactory(round=reporting_round, name="Taalcafé")

    document = page(client, "open_round", 2024)

    named = {
        details.find("summary").text: text_of(details.find_class("columns")[0]) for details in document.iter("details")
    }
    assert named == {
        "1 zonder initiatiefnemer": str(nobody),
        "2 zonder contactpersoon": f"{no_contact} {nobody}",
    }
    assert "Niet iedereen wordt bereikt." in main(document)
    assert buttons(document) == ["Ronde 2024 openen"]
    assert ReportingRound.objects.get().state == "planned"

    page(client, "open_round", 2024, data={})

    assert ReportingRound.objects.get().state == "open"
    assert set(PlanItem.objects.filter(progress__state="to_do")) == {reached, no_contact, nobody}


def test_opening_an_empty_plan_is_warned_of(client, beheerder):
    RoundFactory(planned=True)

    assert "Het plan van deze ronde is nog leeg." in main(page(client, "open_round", 2024))


def test_opening_says_that_another_round_is_still_in_progress(client, beheerder):
    RoundFactory(year=2023, review=True)
    RoundFactory(planned=True)

    shown = main(page(client, "open_round", 2024))

    assert "De ronde 2024 kan nog niet open De ronde 2023 is nog in beoordeling. Sluit die eerst af." in shown
    assert "toch openen" not in shown
    assert "Niet iedereen wordt bereikt." not in shown


def test_opening_warns_of_colours_that_closed_rounds_still_hide(client, beheerder):
    werk, wonen = PillarFactory(name="Werk", position=1), PillarFactory(name="Wonen", position=2)
    RoundFactory(planned=True)
    for year, pillar, trait in (
        (2023, werk, "coloured"),
        (2023, werk, "coloured"),
        (2023, werk, "released"),
        (2023, wonen, "coloured"),
        (2022, None, "coloured"),
    ):
        closed = ReportingRound.objects.filter(year=year).first() or RoundFactory(year=year, closed=True)
        numbered = {"pillar": pillar} if pillar else {"activity": True}
        UpdateFactory(plan_item=PlanItemFactory(round=closed, **numbered), approved=True, **{trait: True})
    UpdateFactory(plan_item__round=RoundFactory(year=2021, historical=True), approved=True, coloured=True)

    document = page(client, "open_round", 2024)

    assert "Niet alle kleuren van eerdere rondes zijn vrijgegeven." in main(document)
    hidden = [item for item in document.xpath("//main//li") if "kleur" in text_of(item)]
    assert [(text_of(item), item.xpath("a/@href")) for item in hidden] == [
        ("Ronde 2023, Werk: 2 kleuren", [url("round", 2023)]),
        ("Ronde 2023, Wonen: 1 kleur", [url("round", 2023)]),
        ("Ronde 2022, Organisatie en financiën: 1 kleur", [url("round", 2022)]),
    ]
    assert buttons(document) == ["Ronde 2024 openen"]

    ProgressUpdate.objects.update(colour_released=True)
    assert "kleuren" not in main(page(client, "open_round", 2024))


def test_opening_before_the_date_is_said(client, beheerder):
    RoundFactory(planned=True, opens_on=datetime.date(2999, 1, 1), deadline=datetime.date(2999, 2, 1))

    assert "De openingsdatum is nog niet bereikt." in main(page(client, "open_round", 2024))


def test_opening_without_dates_says_what_to_do(client, beheerder):
    RoundFactory(planned=True, deadline=None)
    why = "Vul eerst de openingsdatum en de inleverdatum in."

    assert why in main(page(client, "open_round", 2024))
    assert f"Openen kan nog niet. {why}" in main(page(client, "round", 2024))
    assert why in alert(page(client, "open_round", 2024, data={}, status=409))[0]


def test_opened_round_is_not_opened_again(client, beheerder):
    RoundFactory()

    assert client.get(url("open_round", 2024)).url == url("round", 2024)


# A round in preparation shows nowhere as an error


@pytest.mark.parametrize("role", Role)
def test_pages_that_show_any_round_show_one_in_preparation(client, role):
    organisation = OrganisationFactory()
    item = PlanItemFactory(round=RoundFactory(planned=True), trekker=organisation)
    UpdateFactory(plan_item=PlanItemFactory(round=item.round), dropped=True)
    client.force_login(UserFactory(role=role, organisations=[organisation]))
    pages = [("overview_year", 2024), ("overview_workbook", 2024), ("intervention", item.intervention_id)]
    pages += [("mine",)] if role == Role.INVULLER else []
    pages += [("colours", 2024), ("queue",)] if role in READERS else []

    assert {name: client.get(url(*name)).status_code for name in pages} == dict.fromkeys(pages, 200)


def test_conflict_is_a_refusal_that_can_be_told_apart(beheerder):
    reporting_round = RoundFactory()

    with pytest.raises(Conflict):
        reporting_round.reschedule(by=beheerder, version=0, year=2024, **DATES)
