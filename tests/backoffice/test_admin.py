"""The admin: every model, and nothing that goes round the rules. Who gets in: tests/test_access_matrix.py."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from accounts.models import OrganisationEvent, PersonEvent, User
from backoffice import Reference, site
from indicators.models import (
    Indicator,
    Measurement,
    MeasurementEvent,
    MeasurementImport,
    Report,
    Scale,
    ScaleClass,
    Table,
    Target,
    Term,
)
from interventions.models import (
    Demonstration,
    Funding,
    ImportLog,
    IndicatorEvent,
    InternalNote,
    InterventionLink,
    OutputIndicator,
    OutputValue,
    PillarAssignment,
    PlanItem,
    PlanRevision,
    ProgressEvent,
    ProgressUpdate,
    ReportingRound,
    Revision,
    RoundEvent,
    Waiver,
)
from interventions.models.progress import Content, Figure, Waived
from interventions.workflow import RoundState, State
from programme.models import Area, Division, Pillar, Theme
from tests.factories import (
    AreaFactory,
    IndicatorFactory,
    InterventionFactory,
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
from tests.indicators import factories as outcomes

pytestmark = pytest.mark.django_db

OURS = ("accounts", "programme", "interventions", "indicators")
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]
IN_WORKBOOKS = [PlanItem, ProgressUpdate, OutputValue]
REFERENCES = [model for model in MODELS if isinstance(site._registry.get(model), Reference)]


def of_each(models):
    return pytest.mark.parametrize("model", models, ids=lambda model: model._meta.model_name)


def url(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def plant(year):
    """A row of every model, in a round of its own."""
    person, pillar = UserFactory(organisations=[OrganisationFactory()]), PillarFactory()
    department = OrganisationFactory(kind="department", parent=OrganisationFactory())
    OrganisationFactory(kind="collective").members.add(department)
    PersonEvent.objects.create(person=person, verb="change", by=person)
    OrganisationEvent.objects.create(organisation=department, verb="change", by=person)
    theme = ThemeFactory(pillar=pillar, parent=ThemeFactory(pillar=pillar))
    reporting_round = RoundFactory(year=year)
    item = PlanItemFactory(round=reporting_round, pillar=pillar, theme=theme, trekker=department)
    item.funding.add(Funding.objects.create(name=f"Potje {year}"))
    item.contacts.add(person)
    InterventionLink.objects.create(intervention=item.intervention, predecessor=InterventionFactory())
    PillarAssignment.objects.create(user=UserFactory(adviseur=True), pillar=pillar)
    item.keep_revision(item.content(), by=person, way_in="form")
    update = UpdateFactory(plan_item=item, approved=True, released=True)
    Waiver.objects.create(update=update, part="figures", reported_at=item)
    ProgressEvent.objects.create(update=update, verb="submit", by=person, from_state="draft", to_state="submitted")
    InternalNote.objects.create(update=update, text="Bellen.", by=person)
    RoundEvent.objects.create(round=reporting_round, verb="release_colours", by=person, pillar=pillar)
    ImportLog.objects.create(round=reporting_round, by=person, file_name="a.xlsx", sha256="0", summary="", changes=[])
    indicator = IndicatorFactory(owner=item.intervention, proposed_by=person)
    value = ValueFactory(round=reporting_round, series=SeriesFactory(indicator=indicator), value=5)
    update.keep_revision(said_of(value, reported_at=item), by=person, way_in="form")
    IndicatorEvent.objects.create(indicator=indicator, verb="add", by=person)
    Demonstration.objects.create(stage="open")
    plant_outcomes(year, person)


def plant_outcomes(year, person):
    """A row of every model of the outcome indicators, and of what only they use."""
    division = Division.objects.create(name=f"Indeling {year}")
    scale = Scale.objects.create(name=f"Schaal {year}")
    scale.classes.create(rank=1, name="Zwak")
    table = Table.objects.create(code=f"tabel-{year}", name=f"Tabel {year}", layout=Table.Layout.AREAS)
    indicator = outcomes.IndicatorFactory(table=table, division=division)
    indicator.terms.create(part=outcomes.IndicatorFactory(scale=scale))
    regime = outcomes.RegimeFactory(code=f"regime-{year}")
    regime.classes.create(report=year, name="Vooruit")
    outcomes.TargetFactory(indicator=indicator, regime=regime)
    place = {
        "indicator": indicator,
        "area": outcomes.PlaceFactory(),
        "period": outcomes.YearFactory(year=year),
        "source": outcomes.SourceFactory(name=f"Bron {year}"),
    }
    measured = outcomes.MeasurementFactory(**place, provisional=True)
    MeasurementImport.objects.create(by=person, file_name="metingen.xlsx", sha256="0", summary="")
    MeasurementEvent.objects.create(**place, became="10", by=person, way_in="form")
    where = {"area": measured.area, "period": measured.period}
    indicator.printed.create(report=year, place="blz. 1", what="value", raw="10,0%", **where)
    division.tiles.create(area=measured.area, row=1, column=1)
    Report.objects.create(year=year)


def said_of(value, *, reported_at):
    return Content(
        quantitative="<p>Tien.</p>",
        waived={"qualitative": Waived(reported_at=reported_at.pk), "figures": Waived("Komt later.")},
        figures={value.pk: Figure(Decimal("1234.5"), "", True, "Een schatting.")},
        proposed_colour="groen",
        proposed_reason="Het loopt.",
    )


def text_of(response):
    return " ".join(" ".join(html.fromstring(response.text).itertext()).split())


# What the admin of Django and our own field names would say if nobody had put them in Dutch.
ENGLISH = re.compile(
    r"\b(the|and|you|your|this|that|with|from|for|please|add|change|view|delete|link|list|name|search|select|selected|"
    r"history|home|save|close|choose|clear|remove|show|hide|sorting|sort|yes|no|none|unknown|empty|date|time|today|now|"
    r"user|site|log|skip|content|theme|pillar|intervention|predecessor|area|period|round|update|value|unit|state|colour|"
    r"reason|verb|actions?|initiators?|kind|number|funding|contacts|role|organisations?|waived|figures|proposed)\b",
    re.IGNORECASE,
)


def english_in(response):
    """English words on a page, those that only a screen reader or a pointer finds included."""
    page = html.fromstring(response.text)
    texts = [
        *page.itertext(),
        *page.xpath("//@title | //@alt | //@aria-label | //@aria-description | //@placeholder"),
    ]
    texts += page.xpath("//input[@type='submit' or @type='button']/@value | //@data-filter-title")
    return set(ENGLISH.findall(" ".join(texts).replace("NPRZ Voortgang", "")))


# Lists


def workbook(response):
    return load_workbook(BytesIO(response.content)).active


def test_list_of_the_plan_shows_pijler_state_and_colour_and_filters_on_them(client):
    werk, school = PillarFactory(name="Werk"), PillarFactory(name="School")
    this = RoundFactory()
    UpdateFactory(plan_item__round=this, plan_item__pillar=werk, plan_item__name="Banen", approved=True, released=True)
    UpdateFactory(plan_item__round=this, plan_item__pillar=school, plan_item__name="Lezen")

    everything = text_of(client.get(url(PlanItem, "changelist")))
    assert "Banen 2024 Werk goedgekeurd groen" in everything
    assert "Lezen 2024 School nog te doen geen kleur" in everything
    for query in ({"pillar__id__exact": werk.pk}, {"progress__state__exact": "approved"}, {"q": "Ban"}):
        found = text_of(client.get(url(PlanItem, "changelist"), query))
        assert "Banen" in found
        assert "Lezen" not in found


def test_every_other_page_is_in_dutch_too(client):
    plant(2024)
    plant(2025)
    area, update = AreaFactory(), UpdateFactory(submitted=True, plan_item__round=ReportingRound.objects.first())
    pages = [reverse("admin:index"), *(reverse("admin:app_list", args=[app]) for app in OURS)]
    pages += [url(Area, "delete", area.pk), url(PlanItem, "import"), *(url(model, "add") for model in REFERENCES)]
    responses = {path: client.get(path) for path in pages}
    responses |= {model: client.post(url(model, "add"), {}) for model in REFERENCES}
    responses["changed"] = client.post(url(Area, "change", area.pk), {"name": "Oost", "position": 700}, follow=True)
    responses["deleted"] = client.post(url(Area, "delete", area.pk), {"post": "yes"}, follow=True)
    responses["not there"] = client.get(url(Area, "change", area.pk), follow=True)
    responses["index with what was done"] = client.get(reverse("admin:index"))
    responses |= {name: act(client, ProgressUpdate, name, update) for name in ("approve", "set_colour", "reopen")}
    responses["nothing chosen"] = act(client, ProgressUpdate, "approve")

    assert {where: found for where, response in responses.items() if (found := english_in(response))} == {}


# Reading only


def test_rich_text_is_shown_as_text(client):
    update = UpdateFactory(draft=True, quantitative="<p>Tien &amp; meer</p><ul><li>een</li></ul>")
    page = text_of(client.get(url(ProgressUpdate, "change", update.pk)))
    assert "Tien & meer - een" in page
    assert "<p>" not in page


def test_what_was_kept_of_a_version_is_shown_in_words(client):
    plant(2024)
    item, revision = PlanItem.objects.get(), Revision.objects.get()

    said = text_of(client.get(url(Revision, "change", revision.pk)))

    assert "voorgestelde kleur: groen. Het loopt." in said
    assert f"kwalitatieve voortgang: gerapporteerd bij {item}" in said
    assert "cijfers: n.v.t., Komt later." in said
    assert ": 1.234,5 (voorlopig). Een schatting." in said

    said = text_of(client.get(url(PlanRevision, "change", PlanRevision.objects.get().pk)))

    assert f"Naam: {item.name} Pijler: {item.pillar}" in said
    assert "(trekker)" in said


def test_person_is_shown_and_exported_without_password(client):
    person = UserFactory(name="Piet Post")
    secret = person.password
    assert secret not in client.get(url(User, "change", person.pk)).text
    exported = [cell.value for row in workbook(client.get(url(User, "export"))).rows for cell in row]
    assert "Piet Post" in exported
    assert secret not in exported


@pytest.mark.parametrize(
    ("make", "page"),
    [
        (PlanItemFactory, "interventions:plan_item"),
        (UpdateFactory, "interventions:review"),
        (UserFactory, "accounts:person"),
        (OrganisationFactory, "accounts:organisation"),
    ],
)
def test_page_leads_to_where_it_is_changed(client, make, page):
    one = make()
    answer = html.fromstring(client.get(url(type(one), "change", one.pk)).text)
    assert answer.xpath("//a[text()='Naar de pagina']/@href") == [reverse(page, args=[one.pk])]


# History


def test_history_tells_what_the_application_keeps(client, beheerder):
    update = UpdateFactory(submitted=True)
    update.return_with_question(by=beheerder, version=update.version, reason="Hoeveel gezinnen?")
    page = text_of(client.get(url(ProgressUpdate, "history", update.pk)))
    assert "Bea Heer teruggestuurd: Hoeveel gezinnen?" in page


def test_history_tells_what_was_changed_here(client):
    theme = ThemeFactory(name="Jeugd")
    client.post(url(Theme, "change", theme.pk), {"name": "Jongeren", "position": 0})
    assert "Bea Heer" in text_of(client.get(url(Theme, "history", theme.pk)))


# What goes out


def test_exports_have_the_dutch_name_of_the_list_and_the_year_of_a_round(client):
    ThemeFactory()
    log = ImportLog(round=RoundFactory(), by=UserFactory(), file_name="a.xlsx", sha256="0", summary="", changes=[])
    log.save()
    names = {
        model: client.get(url(model, "export"))["Content-Disposition"].partition("filename=")[2].strip('"')
        for model in (Theme, ProgressEvent, ImportLog)
    }
    day = timezone.localdate()
    assert list(names.values()) == [
        f"themas-{day}.xlsx",
        f"gebeurtenissen-{day}.xlsx",
        f"ingelezen-werkbladen-{day}.xlsx",
    ]
    sheet = load_workbook(BytesIO(client.get(url(ImportLog, "export")).content)).active
    title, value = [list(row)[1] for row in sheet.values]
    assert (title, value) == ("Ronde", 2024)


# Words that the rest uses


def test_word_is_added_changed_and_deleted(client):
    client.post(url(Pillar, "add"), {"name": "Sport", "abbreviation": "SP", "position": 9})
    sport = Pillar.objects.get()
    client.post(url(Pillar, "change", sport.pk), {"name": "Bewegen", "abbreviation": "BE", "position": 9})
    sport.refresh_from_db()
    assert (sport.name, sport.abbreviation) == ("Bewegen", "BE")
    client.post(url(Pillar, "delete", sport.pk), {"post": "yes"})
    assert not Pillar.objects.exists()


def test_word_that_is_there_twice_is_refused_with_a_reason(client):
    PillarFactory(name="Sport", abbreviation="SP")
    page = text_of(client.post(url(Pillar, "add"), {"name": "Bewegen", "abbreviation": "SP", "position": 900}))
    assert "Er bestaat al een Pijler met eenzelfde Afkorting." in page


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Pillar, "Deze pijler bestaat al"),
        (Theme, "Dit thema bestaat al in deze pijler"),
        (Area, "Dit gebied bestaat al"),
        (Division, "Deze indeling bestaat al"),
        (Funding, "Deze financiering bestaat al"),
    ],
)
def test_word_that_differs_from_another_in_capitals_alone_is_refused(client, model, said):
    make = {Pillar: PillarFactory, Theme: ThemeFactory, Area: AreaFactory}.get(model, model.objects.create)
    word = make(name="Één Plan")
    fields = {"abbreviation": "Q", "position": 900, "kind": "other", "pillar": word.pillar_id if model == Theme else ""}

    page = text_of(client.post(url(model, "add"), {"name": "één plan"} | fields))

    assert f"{said}; hoofdletters maken geen verschil." in page
    other = make(name="Iets anders", **{"pillar": word.pillar} if model == Theme else {})
    other.name = "ÉÉN PLAN"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_thema_may_have_the_name_of_one_in_another_pijler(client):
    theme = ThemeFactory(name="Taal")
    client.post(url(Theme, "add"), {"name": "taal", "pillar": PillarFactory().pk, "position": 1})
    assert {one.name for one in Theme.objects.exclude(pillar=theme.pillar)} == {"taal"}


def in_use(reporting_round):
    """Words in a plan, each as a part of it."""
    theme = ThemeFactory(parent=ThemeFactory())
    item = PlanItemFactory(round=reporting_round, theme=theme)
    funding = Funding.objects.create(name="Regio Deal")
    item.funding.add(funding)
    value = ValueFactory(round=reporting_round, series=SeriesFactory(area=AreaFactory()), value=1)
    return [item.pillar, theme, theme.parent, funding, value.series.area, value.period]


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("trait", [{"closed": True}, {"historical": True}], ids=["closed", "historical"])
def test_word_in_a_round_that_is_over_stays_as_it_is(client, place, trait):
    word = in_use(RoundFactory(**trait))[place]
    changed = client.post(url(type(word), "change", word.pk), {"name": "Anders"})
    assert changed.status_code == (302 if isinstance(word, Area) else 403)
    assert client.post(url(type(word), "delete", word.pk), {"post": "yes"}).status_code == 403
    assert str(type(word).objects.get(pk=word.pk)) == str(word)


def test_place_in_a_chart_is_nothing_that_a_round_that_is_over_says(client):
    area = ValueFactory(round=RoundFactory(closed=True), series=SeriesFactory(area=AreaFactory()), value=1).series.area
    AreaFactory(name="Stad", chart_place=1)
    refused = client.post(url(Area, "change", area.pk), {"chart_place": 1})
    assert "Een ander gebied heeft deze plaats in een grafiek al." in text_of(refused)
    client.post(url(Area, "change", area.pk), {"name": "Anders", "position": 9, "chart_place": 2})
    found = Area.objects.get(pk=area.pk)
    assert (found.name, found.position, found.chart_place) == (area.name, area.position, 2)


@pytest.mark.parametrize("place", range(6))
def test_word_in_use_elsewhere_is_changed_but_not_deleted(client, place):
    word = in_use(RoundFactory())[place]
    assert client.get(url(type(word), "change", word.pk)).text.count('type="submit"') > 1
    assert client.post(url(type(word), "delete", word.pk), {"post": "yes"}).status_code == 403


def test_rank_that_measurements_hold_stays_as_long_as_there_are_any(client):
    plant(2024)
    of_scale = ScaleClass.objects.get()
    Measurement.objects.update(indicator=Indicator.objects.get(scale=of_scale.scale), value=1)
    client.post(url(ScaleClass, "change", of_scale.pk), {"rank": 7, "name": "Zwakst"})
    of_scale.refresh_from_db()
    assert (of_scale.rank, of_scale.name) == (1, "Zwakst")
    assert client.post(url(ScaleClass, "delete", of_scale.pk), {"post": "yes"}).status_code == 403


def test_nothing_is_made_a_part_of_its_own_part(client):
    whole, part = outcomes.IndicatorFactory(), outcomes.IndicatorFactory(name="Deel")
    whole.terms.create(part=part)
    page = client.post(url(Term, "add"), {"whole": part.pk, "part": whole.pk, "sign": 1, "position": 0})
    assert f"Dit kan niet: '{whole}' wordt zelf berekend uit 'Deel'." in text_of(page)
    assert Term.objects.count() == 1

    city, zuid, wijk = (AreaFactory(name=name) for name in ("Stad", "Zuid", "Wijk"))
    city.parts.add(zuid)
    zuid.parts.add(wijk)
    fields = {"name": "Wijk", "kind": "other", "position": 1}
    page = client.post(url(Area, "change", wijk.pk), fields | {"parts": [city.pk]})
    assert "Dit kan niet: Stad bestaat zelf uit Wijk." in text_of(page)
    assert not wijk.parts.exists()


def test_target_that_contradicts_itself_is_refused_in_words(client):
    target = outcomes.TargetFactory()
    same = {"indicator": target.indicator_id, "area": target.area_id, "regime": target.regime_id, "reports_from": 2023}
    page = text_of(client.post(url(Target, "add"), same | {"reference": "norm", "reports_to": 2022}))
    for message in (
        "Kies een referentie en vul in wat daarbij hoort.",
        "Een streefwaarde met een referentie heeft een regime en een startperiode.",
        "Het laatste rapport ligt niet voor het eerste.",
    ):
        assert message in page


def test_target_is_revised_from_a_report_on(client):
    """A new norm by the same regime: the old one stays what the earlier reports have, and each report has one."""
    old = outcomes.TargetFactory(reports_from=2023)
    new = {
        "indicator": old.indicator_id,
        "area": old.area_id,
        "regime": old.regime_id,
        "start_period": old.start_period_id,
    }
    new |= {"reference": "norm", "norm": "12", "reports_from": 2025}

    page = text_of(client.post(url(Target, "add"), new))
    assert (
        "al een streefwaarde van dit regime: vanaf het rapport over 2023. In elk rapport telt er één: vul bij de oudste"
        " in tot en met welk rapport zij geldt, of laat de nieuwe later beginnen." in page
    )
    client.post(
        url(Target, "change", old.pk),
        new
        | {"reference": "area", "norm": "", "reports_from": 2023}
        | {"reference_area": old.reference_area_id, "reports_to": 2024},
    )
    client.post(url(Target, "add"), new)
    found = [
        [str(one.reports_from) for one in Target.objects.in_report(year)] for year in (2022, 2023, 2024, 2025, 2026)
    ]
    assert found == [[], ["2023"], ["2023"], ["2025"], ["2025"]]

    page = text_of(client.post(url(Target, "add"), new | {"reports_from": 2024, "reports_to": 2024}))
    assert "van dit regime: voor de rapporten over 2023 t/m 2024." in page
    assert "In elk rapport" in text_of(client.post(url(Target, "add"), new | {"reports_from": 2020}))
    assert Target.objects.count() == 2


def test_history_of_a_measurement_tells_what_it_said(client):
    plant(2024)
    page = text_of(client.get(url(Measurement, "history", Measurement.objects.get().pk)))
    assert "nieuw → 10" in page


# Verbs


def act(client, model, name, *rows, seen=None, **filled_in):
    """Choose rows and an action; with `seen` (a version per row) confirm it."""
    data = {"action": name, "_selected_action": [row.pk for row in rows], "index": 0} | filled_in
    if seen is not None:
        data |= {"confirmed": "ja"} | {f"version-{row.pk}": version for row, version in zip(rows, seen, strict=True)}
    return client.post(url(model, "changelist"), data, follow=True)


def test_verb_is_offered_first_with_what_cannot_be_done(client):
    ready, draft = UpdateFactory(submitted=True), UpdateFactory(plan_item__round=RoundFactory(year=2025), draft=True)
    page = act(client, ProgressUpdate, "approve", ready, draft)
    assert "De status is 'concept'; goedkeuren kan nu niet." in text_of(page)
    form = html.fromstring(page.text).xpath("//main//form")[0]
    assert form.xpath(".//input[@name='_selected_action']/@value") == [str(ready.pk)]
    ready.refresh_from_db()
    assert ready.state == State.SUBMITTED


def test_verb_is_done_by_the_model_when_confirmed(client, beheerder):
    update = UpdateFactory(submitted=True)
    page = act(client, ProgressUpdate, "approve", update, seen=[update.version])
    update.refresh_from_db()
    assert update.state == State.APPROVED
    assert (update.events.get().verb, update.events.get().by) == ("approve", beheerder)
    assert "Goedkeuren: 1 gedaan." in text_of(page)


def test_verb_that_needs_a_reason_asks_for_it(client):
    update = UpdateFactory(submitted=True)
    page = act(client, ProgressUpdate, "return_with_question", update, seen=[update.version])
    assert "Vul dit veld in." in text_of(page)
    act(client, ProgressUpdate, "return_with_question", update, seen=[update.version], reason="Hoeveel?")
    update.refresh_from_db()
    assert (update.state, update.events.get().reason) == (State.RETURNED, "Hoeveel?")


def test_verb_on_what_was_changed_meanwhile_changes_nothing_and_says_of_which(client):
    this = RoundFactory()
    fresh, stale = (UpdateFactory(submitted=True, plan_item__round=this) for _ in range(2))
    page = act(client, ProgressUpdate, "approve", fresh, stale, seen=[fresh.version, stale.version - 1])
    assert "Er is niets gewijzigd." in text_of(page)
    assert stale.plan_item.name in text_of(page)
    assert set(ProgressUpdate.objects.values_list("state", flat=True)) == {State.SUBMITTED}


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999"])
def test_verb_without_a_version_that_makes_sense_is_refused(client, version):
    update = UpdateFactory(submitted=True)
    page = act(client, ProgressUpdate, "approve", update, seen=[version])
    assert "Er is niets gewijzigd." in text_of(page)


def test_colour_is_given_with_its_reason(client):
    update = UpdateFactory(submitted=True)
    act(client, ProgressUpdate, "set_colour", update, seen=[0], colour="rood", reason="Zorg over geld.")
    update.refresh_from_db()
    assert (update.colour, update.colour_reason, update.colour_released) == ("rood", "Zorg over geld.", False)


def test_colour_is_never_chosen_beforehand(client):
    update = UpdateFactory(submitted=True)
    page = act(client, ProgressUpdate, "set_colour", update)
    assert html.fromstring(page.text).xpath("//select[@name='colour']/option[@selected]/@value") == [""]
    assert "Vul dit veld in." in text_of(act(client, ProgressUpdate, "set_colour", update, seen=[0], reason="Zorg."))


def test_list_chooses_no_more_rows_than_it_shows(client, monkeypatch):
    monkeypatch.setattr(site._registry[ProgressUpdate], "list_per_page", 2)
    this = RoundFactory()
    for _ in range(3):
        UpdateFactory(plan_item__round=this)

    page = html.fromstring(client.get(url(ProgressUpdate, "changelist")).text)

    assert len(page.xpath("//input[@name='_selected_action']")) == 2
    assert page.xpath("//*[contains(@class, 'question')]") == []


def test_closed_round_refuses_every_verb(client):
    update = UpdateFactory(approved=True, plan_item__round=RoundFactory(closed=True))
    before = ProgressUpdate.objects.values().get()
    names = ("approve", "return_with_question", "reopen", "record_no_report", "drop", "set_colour")
    for name in names:
        page = act(client, ProgressUpdate, name, update, seen=[3], reason="Daarom.", colour="rood")
        assert "Er is niets gewijzigd." in text_of(page), name
    page = act(client, PlanItem, "drop", update.plan_item, seen=[1], reason="Daarom.")
    assert "Er is niets gewijzigd." in text_of(page)
    assert ProgressUpdate.objects.values().get() == before
    assert not ProgressEvent.objects.exists()


def test_plan_item_is_dropped(client):
    item = UpdateFactory().plan_item
    act(client, PlanItem, "drop", item, seen=[item.version], reason="Gestopt door de raad.")
    assert ProgressUpdate.objects.get().state == State.DROPPED


def test_round_is_moved_by_its_verbs(client):
    this = RoundFactory()
    act(client, ReportingRound, "start_review", this, seen=[""])
    this.refresh_from_db()
    assert this.state == RoundState.REVIEW
    page = act(client, ReportingRound, "open", this, seen=[""])
    assert "openen kan nu niet" in text_of(page)


def test_proposed_indicator_is_decided_on(client):
    proposed = IndicatorFactory(status="proposed", proposed_by=UserFactory(), proposal_reason="Nodig.")
    act(client, OutputIndicator, "accept", proposed, seen=[""])
    proposed.refresh_from_db()
    assert proposed.status == "active"
    assert "is al beslist" in text_of(act(client, OutputIndicator, "refuse", proposed, seen=[""]))


def test_indicator_is_ended_with_a_reason(client):
    indicator = IndicatorFactory()
    act(client, OutputIndicator, "end", indicator, seen=[1], reason="Niet meer te meten.")
    indicator.refresh_from_db()
    assert indicator.status == "ended"
    assert "beëindigd: Niet meer te meten." in text_of(client.get(url(OutputIndicator, "history", indicator.pk)))


# Export


def test_export_holds_text_as_text(client):
    for name in ("=1+1", "+31 10", "-5", "@naam", "https://voorbeeld.test", "0010", "tab\x0bstop"):
        AreaFactory(name=name)
    sheet = workbook(client.get(url(Area, "export")))
    cells = [row[0] for row in sheet.rows][1:]
    assert {cell.value for cell in cells} >= {"=1+1", "+31 10", "-5", "@naam", "https://voorbeeld.test", "0010"}
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_export_says_where_it_cuts_what_does_not_fit(client):
    note = InternalNote.objects.create(update=UpdateFactory(), by=UserFactory(), text="é" * 33_000)
    cells = [cell.value for row in workbook(client.get(url(InternalNote, "export"))).rows for cell in row]
    (text,) = (cell for cell in cells if str(cell).startswith("éé"))
    assert text.endswith("(ingekort: een cel heeft hoogstens 32.767 tekens)")
    assert len(text) <= 32_767
    assert len(text) > 32_000
    assert note.text.startswith(text[:30_000])


def test_export_has_the_rows_of_the_filter(client):
    werk, school = PillarFactory(name="Werk"), PillarFactory(name="School")
    for pillar in (werk, school):
        ThemeFactory(pillar=pillar, name=f"Iets met {pillar}")
    sheet = workbook(client.get(url(Theme, "export"), {"pillar__id__exact": werk.pk}))
    assert [cell.value for cell in next(iter(sheet.rows))] == ["Naam", "Pijler", "Hoofdblok", "Volgorde"]
    assert [row[0].value for row in sheet.rows][1:] == ["Iets met Werk"]


@of_each([Theme, PlanItem])
def test_export_of_what_cannot_be_filtered_on_leads_to_the_list(client, model):
    response = client.get(url(model, "export"), {"onzin": "x"}, follow=True)
    assert response.redirect_chain[-1] == (f"{url(model, 'changelist')}?e=1", 302)


# Out as a workbook, and in again


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def world_of(year):
    """A round with three numbered interventies, each with a figure and a colour that is not released; an activity."""
    this = RoundFactory(year=year)
    pillar = PillarFactory(name=f"Pijler van {year}")
    for number, name in enumerate(("Ochtend", "Middag", "Avond"), 1):
        item = PlanItemFactory(round=this, pillar=pillar, number=number, name=name)
        update = UpdateFactory(
            plan_item=item, submitted=True, coloured=True, proposed_reason="Voorstel van de partner."
        )
        InternalNote.objects.create(update=update, text="Onder ons gezegd.", by=UserFactory())
        item.contacts.add(UserFactory(name="Piet Contact"))
        ValueFactory(
            round=this, series=SeriesFactory(indicator=IndicatorFactory(owner=item.intervention)), value=number
        )
    UpdateFactory(plan_item=PlanItemFactory(round=this, activity=True, name=f"Activiteit van {year}"))
    return this


def book(response):
    """The sheets of a workbook that was downloaded: the rows under the heads."""
    assert "bewerkbaar.xlsx" in response.headers["Content-Disposition"], text_of(response)
    sheets = load_workbook(BytesIO(response.getvalue())).worksheets
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows][1:] for sheet in sheets}


def numbers_in(response):
    """Which interventies are on each of the two sheets."""
    sheets = book(response)
    assert list(sheets) == ["Interventies", "Cijfers"]
    return [row[2] for row in sheets["Interventies"]], [int(row[5]) for row in sheets["Cijfers"]]


def choose(client, model, *rows):
    data = {"action": "export_ticked", "_selected_action": [row.pk for row in rows], "index": 0}
    return client.post(url(model, "changelist"), data)


@of_each(IN_WORKBOOKS)
def test_list_goes_out_as_the_editable_workbook_of_its_round(client, model):
    world_of(2023)
    this = world_of(2024)
    of_round = {f"{site._registry[model].of_round}__id__exact": this.pk}

    sheets = book(client.get(url(model, "export"), of_round))

    assert [row[:3] for row in sheets["Interventies"]] == [[2024, "Pijler van 2024", number] for number in (1, 2, 3)]
    assert [row[5] for row in sheets["Cijfers"]] == [1, 2, 3]
    left_out = "Activiteiten zonder nummer staan niet in een werkblad: 1 weggelaten."
    assert (left_out in text_of(client.get(url(model, "changelist")))) == (model is not OutputValue)


@of_each(IN_WORKBOOKS)
def test_rows_that_are_ticked_go_out_with_what_belongs_to_them(client, model):
    world_of(2023)
    this = world_of(2024)
    rows = {
        PlanItem: PlanItem.objects.filter(round=this, number__in=(1, 3)),
        ProgressUpdate: ProgressUpdate.objects.filter(plan_item__round=this, plan_item__number__in=(1, 3)),
        OutputValue: OutputValue.objects.filter(round=this, value__in=(1, 3)),
    }[model]

    assert numbers_in(choose(client, model, *rows)) == ([1, 3], [1, 3])


def test_search_narrows_the_workbook_too(client):
    world_of(2024)
    assert numbers_in(client.get(url(PlanItem, "export"), {"q": "Middag"})) == ([2], [2])


@of_each(IN_WORKBOOKS)
def test_rows_of_several_rounds_are_no_workbook_and_the_list_says_what_to_do(client, model):
    world_of(2022), world_of(2023), world_of(2024)

    client.get(url(model, "export"))
    choose(client, model, *model.objects.all())

    said = text_of(client.get(url(model, "changelist")))
    why = "Er is niets geëxporteerd. Dit zijn rijen van 2022, 2023 en 2024, en een werkblad is van één ronde."
    assert said.count(f"{why} Kies onder Filter eerst een ronde.") == 2


@of_each(IN_WORKBOOKS)
def test_nothing_to_export_is_said(client, model):
    assert "Er is niets geëxporteerd. De lijst is leeg." in text_of(client.get(url(model, "export"), follow=True))
    world_of(2024)
    activity = PlanItem.objects.get(pillar=None)
    rows = {PlanItem: activity, ProgressUpdate: activity.progress}
    if model in rows:
        page = client.get(choose(client, model, rows[model]).url)
        assert "Bij deze rijen is geen genummerde interventie" in text_of(page)


@of_each(IN_WORKBOOKS)
@pytest.mark.usefixtures("media")
def test_what_goes_out_comes_in_again_and_changes_nothing(client, model):
    this = world_of(2024)
    page = reverse("interventions:import_workbook", args=[2024])
    out = client.get(url(model, "export")).getvalue()

    response = client.post(page, {"file": SimpleUploadedFile("terug.xlsx", out)}, follow=True)

    assert "terug.xlsx: Niets veranderd." in text_of(response)
    assert not this.events.exists()
    # One word changed: it goes in by the preview and the log, and its colour is shown to nobody.
    changed = load_workbook(BytesIO(out))
    changed["Interventies"]["E2"] = "Anders"
    file = BytesIO()
    changed.save(file)
    preview = client.post(page, {"file": SimpleUploadedFile("terug.xlsx", file.getvalue())}, follow=True)
    shown = html.fromstring(preview.text).xpath("//input[@name='shown']/@value")
    client.post(reverse("interventions:take_over_workbook", args=[2024]), {"shown": shown}, follow=True)
    assert set(PlanItem.objects.exclude(pillar=None).values_list("name", flat=True)) == {*("Anders", "Middag", "Avond")}
    assert ImportLog.objects.get().file_name == "terug.xlsx"
    assert not ProgressUpdate.objects.filter(colour_released=True).exists()


@of_each(IN_WORKBOOKS)
def test_workbook_holds_nothing_but_its_columns(client, model):
    world_of(2024)
    cells = {str(cell) for rows in book(client.get(url(model, "export"))).values() for row in rows for cell in row}
    for hidden in ("Onder ons gezegd.", "Voorstel van de partner.", "Piet Contact", "Activiteit van 2024"):
        assert not [cell for cell in cells if hidden in cell]


@of_each(IN_WORKBOOKS)
def test_closed_round_goes_out_and_takes_nothing_in(client, model):
    this = world_of(2024)
    ReportingRound.objects.filter(pk=this.pk).update(state=RoundState.CLOSED)
    out = client.get(url(model, "export")).getvalue()

    page = reverse("interventions:import_workbook", args=[2024])
    response = client.post(page, {"file": SimpleUploadedFile("terug.xlsx", out)}, follow=True)

    assert "De ronde 2024 is afgesloten; het plan ligt vast." in text_of(response)
    assert not ImportLog.objects.exists()


@of_each(IN_WORKBOOKS)
def test_workbook_takes_as_many_queries_for_three_rows_as_for_one(client, model):
    world_of(2024)
    few = {
        PlanItem: {"q": "Middag"},
        ProgressUpdate: {"q": "Middag"},
        OutputValue: {"value": 2},
    }[model]

    def queries(query):
        with CaptureQueriesContext(connection) as captured:
            rows = numbers_in(client.get(url(model, "export"), query))
        return len(captured), len(rows[0])

    (few, one), (many, three) = queries(few), queries({})
    assert (one, three) == (1, 3)
    assert few == many


# Import


@of_each(IN_WORKBOOKS)
def test_import_goes_by_the_workbook_of_a_round_that_takes_one(client, model):
    RoundFactory(year=2022, historical=True)
    RoundFactory(year=2023, closed=True)
    RoundFactory(year=2024)

    (link,) = html.fromstring(client.get(url(model, "changelist")).text).xpath("//a[text()='Importeren']/@href")
    page = client.get(link)

    links = html.fromstring(page.text).xpath("//main//td/a/@href")
    assert [one for one in links if one.endswith("/werkblad/")] == ["/rondes/2024/werkblad/", "/rondes/2022/werkblad/"]
    assert "De ronde 2023 is afgesloten; het plan ligt vast." in text_of(page)


@of_each(IN_WORKBOOKS)
def test_import_of_a_list_of_one_round_goes_straight_to_its_workbooks(client, model):
    this = RoundFactory(year=2024)
    name = f"{site._registry[model].of_round}__id__exact"

    page = client.get(url(model, "changelist"), {name: this.pk})
    (link,) = html.fromstring(page.text).xpath("//a[text()='Importeren']/@href")

    assert client.get(link).url == reverse("interventions:import_workbook", args=[2024])
    for nonsense in ("x", "0", "9" * 30):
        assert "Werkblad van 2024 inlezen" in text_of(client.get(url(model, "import"), {name: nonsense}))


@of_each([model for model in MODELS if model not in IN_WORKBOOKS])
def test_nothing_else_is_imported(client, model):
    assert "Importeren" not in text_of(client.get(url(model, "changelist")))


def test_history_of_a_plan_item_says_that_it_was_dropped_and_why(client, beheerder):
    item = PlanItemFactory(pillar=None, number=None, round=RoundFactory(planned=True))
    item.drop(by=beheerder, version=1, reason="Geen geld meer.")

    assert "Bea Heer vervallen verklaard: Geen geld meer." in text_of(client.get(url(PlanItem, "history", item.pk)))
    assert "Organisatie en financiën" in text_of(client.get(url(PlanItem, "changelist")))


def test_what_was_added_is_said_without_an_article_and_the_title_says_beheer_once(client):
    sent = {"name": "Potje", "_save": "Opslaan"}
    added = client.post(url(Funding, "add"), sent, follow=True).text

    assert "Toegevoegd: financiering" in added
    assert "<title>Beheer – NPRZ Voortgang</title>" in client.get(reverse("admin:index")).text
