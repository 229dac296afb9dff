"""The page on which a beheerder takes a workbook over: nothing goes in that was not shown, and nothing half."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from interventions.models import ImportLog, PlanItem, ProgressUpdate
from tests.factories import RoundFactory, UserFactory
from tests.workbooks import workbook
from workbooks import waiting

from .test_import import World, everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world():
    return World()


@pytest.fixture
def visitor(world):
    client = Client()
    client.force_login(world.beheerder)
    return client


def text_of(response):
    return " ".join(html.fromstring(response.text).text_content().split())


def url(name="import_workbook", year=2024):
    return reverse(f"interventions:{name}", args=[year])


def upload(client, *rows, name="plan.xlsx", content=None, **options):
    content = workbook(rows).getvalue() if content is None else content
    return client.post(url(), {"file": SimpleUploadedFile(name, content), **options}, follow=True)


def shown(response):
    """What the button sends along: which preview it was that the user saw."""
    return html.fromstring(response.text).xpath("//input[@name='shown']")[0].get("value")


def files():
    return default_storage.listdir(waiting.FOLDER)[1] if default_storage.exists(waiting.FOLDER) else []


def test_workbook_is_shown_first_and_then_taken_over(world, visitor):
    before = everything()

    preview = upload(visitor, world.row(Naam="Kopklas", **{"Kwalitatieve voortgang": "Het loopt heel goed."}))

    words = text_of(preview)
    assert "plan.xlsx: 1 interventie gewijzigd." in words
    assert "S1 Taalklas – Naam, Kwalitatieve voortgang" in words
    assert "<del>Taalklas</del> <ins>Kopklas</ins>" in preview.text
    assert "heel" in html.fromstring(preview.text).xpath("string(//ins[contains(., 'heel')])")
    assert (everything(), len(files())) == (before, 1)

    done = visitor.post(url("take_over_workbook"), {"shown": shown(preview)}, follow=True)

    assert "plan.xlsx is overgenomen: 1 interventie gewijzigd." in text_of(done)
    assert f"plan.xlsx, door {world.beheerder}. 1 interventie gewijzigd." in text_of(done)
    assert "Naam (was: Taalklas, werd: Kopklas); Kwalitatieve voortgang" in text_of(done)
    assert PlanItem.objects.get(pk=world.item.pk).name == "Kopklas"
    assert files() == []

    history = visitor.get(url("round"))
    said = f"Werkblad overgenomen {world.beheerder}, {timezone.localdate():%-d}"
    assert said in text_of(history)
    assert "plan.xlsx, 1 rij met een wijziging. 1 interventie gewijzigd." in text_of(history)
    assert html.fromstring(history.text).xpath("//a[text()='Welke cellen']/@href") == [f"{url()}#eerder"]


def test_workbook_that_says_the_same_does_not_wait(world, visitor):
    response = upload(visitor, world.row(), world.row(2))

    assert "plan.xlsx: Niets veranderd." in text_of(response)
    assert files() == []


def test_refused_workbook_says_all_that_is_wrong_and_does_not_wait(world, visitor):
    before = everything()

    response = upload(visitor, world.row(Pijler="Gezondheid", Naam=""))

    assert response.status_code == 409
    assert "Niets overgenomen uit plan.xlsx" in text_of(response)
    assert 'blad Interventies, cel B2: pijler "Gezondheid" bestaat niet.' in text_of(response)
    assert "blad Interventies, cel E2: naam ontbreekt." in text_of(response)
    assert (everything(), files()) == (before, [])


def test_names_that_are_not_there_stand_once_with_where_to_add_them(world, visitor):
    long = "Buurt" * 20
    cells = {"Initiatiefnemer": "Rijk;Zadkine;OM", "Financiering": "Europa", "Cluster": long}

    response = upload(visitor, world.row(**cells), world.row(2, **cells))

    page = html.fromstring(response.text)
    named = page.xpath("//*[@role='alert']//ul[1]/li")
    assert {item.text_content().strip(): item.xpath("a/@href")[0] for item in named} == {
        "Financiering toevoegen: Europa": reverse("admin:interventions_funding_add"),
        "Organisatie toevoegen: OM; Zadkine": reverse("accounts:add_organisation"),
        f"Thema toevoegen: School › {long}": reverse("admin:programme_theme_add"),
    }
    assert 'cel K3: organisatie "Zadkine" bestaat niet. organisatie "OM" bestaat niet.' in text_of(response)


def test_number_of_names_that_are_said_to_be_absent_is_limited(world, visitor):
    rows = [world.row(number, Initiatiefnemer=";".join(f"{number}.{one}" for one in range(80))) for number in (1, 2)]

    response = upload(visitor, *rows)

    [item] = html.fromstring(response.text).xpath("//*[@role='alert']//ul[1]/li")
    assert len(item.text_content().split("; ")) == 100


def test_names_of_figures_that_are_not_there_have_a_place_too(world, visitor):
    figures = [world.figure(Indicator="Scholen"), world.figure(Gebied="Oost"), world.figure(Periode="1999")]

    response = upload(visitor, content=workbook([world.row()], figures).getvalue())

    assert html.fromstring(response.text).xpath("//*[@role='alert']//ul[1]/li/a/@href") == [
        reverse("admin:programme_area_add"),
        reverse("interventions:plan"),
        reverse("admin:programme_period_add"),
    ]


def test_first_workbook_of_a_round_may_bring_in_all_of_its_plan(visitor, world):
    RoundFactory(year=2025, planned=True)

    ticked = {
        year: html.fromstring(visitor.get(url(year=year)).text).get_element_by_id("id_allow_new").checked
        for year in (2024, 2025)
    }

    assert ticked == {2024: False, 2025: True}


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "Dit is geen Excelbestand (.xlsx)."), (b"PK\x03\x04", "beschadigd of niet compleet")]
)
def test_file_that_is_no_workbook_is_refused_on_the_page(visitor, content, words):
    assert words in text_of(upload(visitor, content=content))


def test_no_file_is_asked_for(visitor):
    assert "Kies een bestand." in text_of(visitor.post(url()))


def test_file_name_cannot_do_harm(world, visitor):
    response = upload(visitor, world.row(Naam="Kopklas"), name="../../<b>x</b>.xlsx")

    assert "<b>x</b>" not in response.text
    assert [name.endswith(".xlsx") and ".." not in name for name in files()] == [True]


def test_new_interventies_come_in_when_the_box_is_ticked(visitor, world):
    world.round.state = "planned"
    world.round.save()
    ProgressUpdate.objects.all().delete()
    row = world.row(Nummer=3, Naam="Kopklas", **{"Kwantitatieve voortgang": "", "Kwalitatieve voortgang": ""})

    assert "Sta nieuwe interventies toe" in text_of(upload(visitor, row))
    preview = upload(visitor, row, allow_new="on")
    assert "S3 Kopklas (nieuw)" in text_of(preview)
    visitor.post(url("take_over_workbook"), {"shown": shown(preview)})

    assert world.round.plan_items.filter(name="Kopklas").exists()


def test_change_of_somebody_else_is_shown_before_anything_is_taken_over(world, visitor):
    preview = upload(visitor, world.row(Naam="Kopklas"))
    PlanItem.objects.filter(pk=world.item.pk).update(former_name="Van een ander")
    before = everything()

    again = visitor.post(url("take_over_workbook"), {"shown": shown(preview)})

    assert again.status_code == 409
    assert "Intussen is er iets gewijzigd. Er is niets overgenomen" in text_of(again)
    assert "S1 Taalklas – Naam, Was" in text_of(again)
    assert everything() == before
    visitor.post(url("take_over_workbook"), {"shown": shown(again)})
    assert PlanItem.objects.get(pk=world.item.pk).former_name == ""


def test_without_the_preview_that_was_shown_nothing_is_taken_over(world, visitor):
    upload(visitor, world.row(Naam="Kopklas"))
    before = everything()

    assert visitor.post(url("take_over_workbook")).status_code == 409

    assert everything() == before


@pytest.mark.parametrize("way", ["open", "take over"])
def test_workbook_that_has_nothing_to_change_any_more_says_that_alone(world, visitor, way):
    preview = upload(visitor, world.row(Naam="Kopklas"))
    PlanItem.objects.filter(pk=world.item.pk).update(name="Kopklas")

    if way == "open":
        response = visitor.get(url(), follow=True)
    else:
        response = visitor.post(url("take_over_workbook"), {"shown": shown(preview)}, follow=True)

    text = text_of(response)
    assert "plan.xlsx: Wat erin staat, staat er intussen al. Er valt niets meer over te nemen." in text
    assert [said in text for said in ("Niets", "Niet overnemen", "Open een interventie")] == [False] * 3
    assert files() == []
    assert "intussen al" not in text_of(visitor.get(url()))


def test_round_that_closes_meanwhile_takes_nothing_over(world, visitor):
    preview = upload(visitor, world.row(Naam="Kopklas"))
    world.round.state = "closed"
    world.round.save()

    response = visitor.post(url("take_over_workbook"), {"shown": shown(preview)})

    assert "De ronde 2024 is afgesloten; het plan ligt vast." in text_of(response)
    assert PlanItem.objects.get(pk=world.item.pk).name == "Taalklas"
    assert "Werkblad inlezen De ronde 2024 is afgesloten" in text_of(visitor.get(url()))


def test_workbook_waits_for_who_chose_it_alone(world, visitor):
    preview = upload(visitor, world.row(Naam="Kopklas"))
    other = Client()
    other.force_login(UserFactory(beheerder=True))

    assert "Wat er verandert" not in text_of(other.get(url()))
    response = other.post(url("take_over_workbook"), {"shown": shown(preview)}, follow=True)

    assert "Er staat geen werkblad meer klaar. Kies het opnieuw." in text_of(response)
    assert not ImportLog.objects.exists()


def test_workbook_can_be_left(world, visitor):
    upload(visitor, world.row(Naam="Kopklas"))

    response = visitor.post(url("discard_workbook"), follow=True)

    assert "Werkblad inlezen" in text_of(response)
    assert files() == []


def test_another_workbook_takes_the_place_of_the_one_that_waits_and_old_ones_go(world, visitor, monkeypatch):
    upload(visitor, world.row(Naam="Kopklas"))
    upload(visitor, world.row(Naam="Leesklas"))
    assert len(files()) == 1

    later = timezone.now() + 2 * waiting.KEPT
    monkeypatch.setattr(waiting.timezone, "now", lambda: later)
    other = Client()
    other.force_login(UserFactory(beheerder=True))
    upload(other, world.row(Naam="Schrijfklas"))

    assert len(files()) == 1
    assert "Wat er verandert" not in text_of(visitor.get(url()))


def test_many_changes_are_shown_on_pages(world, visitor):
    world.items += [world.add(number, f"Klas {number}") for number in range(3, 54)]
    rows = [world.row(number, Was="Vroeger") for number in range(1, 54)]

    upload(visitor, *rows)

    assert visitor.get(url()).text.count("<details") == 50
    assert visitor.get(f"{url()}?page=2").text.count("<details") == 3


def test_preview_takes_as_many_queries_for_three_changes_as_for_one(world, visitor):
    world.items.append(world.add(3, "Kopklas"))

    def queries(*rows):
        upload(visitor, *rows)
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(url()).status_code == 200
        return len(captured)

    cells = {"Was": "Vroeger", "Kwalitatieve voortgang": "Anders", "Initiatiefnemer": "Rijk"}
    assert queries(world.row(**cells)) == queries(*(world.row(number, **cells) for number in (1, 2, 3)))


def test_editable_file_is_handed_out(world, visitor):
    response = visitor.get(url("editable_workbook"))

    assert response["Content-Disposition"] == 'attachment; filename="voortgang-2024-bewerkbaar.xlsx"'
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    assert book.sheetnames == ["Interventies", "Cijfers"]
    assert [cell.value for cell in book["Interventies"]["E"]] == ["Naam", "Taalklas", "Schakelklas"]


def test_page_of_the_round_leads_here_for_the_beheerder_alone(world, visitor):
    adviseur = Client()
    adviseur.force_login(UserFactory(adviseur=True))

    assert url() in visitor.get(url("round")).text
    assert url() not in adviseur.get(url("round")).text
