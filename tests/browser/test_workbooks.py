"""A beheerder who takes a workbook over in a browser: by keyboard, with all faults in sight, on a telephone too."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from interventions.models import PlanItem
from tests.interventions.test_import import World
from tests.workbooks import workbook

from . import axe

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "<table><tbody><tr><th>Wijk</th><td>Tien</td></tr></tbody></table>"


@pytest.fixture
def world(log_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world = World()
    log_in(world.beheerder)
    return world


def choose(page, *rows, figures=None):
    file = {"name": "plan.xlsx", "mimeType": "", "buffer": workbook(rows, figures).getvalue()}
    page.get_by_label("Werkblad", exact=True).set_input_files(file)


def test_workbook_is_looked_at_and_taken_over_by_keyboard(page, live_server, world):
    page.goto(live_server.url + reverse("interventions:import_workbook", args=[2024]))
    axe.check(page)
    choose(
        page,
        world.row(**{"Naam": "Kopklas", "Kwalitatieve voortgang": f"<p>Het loopt heel goed.</p>{TABLE}"}),
        figures=[world.figure(Waarde=6)],
    )
    page.get_by_role("button", name="Bekijken wat er verandert").press("Enter")

    summary = page.locator("summary")
    expect(summary).to_have_text("S1 Taalklas – Naam, Kwalitatieve voortgang, 1 waarde")
    summary.press("Enter")
    expect(page.get_by_role("insertion").filter(has_text="heel")).to_be_visible()
    axe.check(page)
    page.get_by_role("button", name="Overnemen", exact=True).press("Enter")

    expect(page.get_by_role("status").filter(has_text="plan.xlsx is overgenomen")).to_be_visible()
    page.locator("summary").press("Enter")
    axe.check(page)
    assert PlanItem.objects.get(pk=world.item.pk).name == "Kopklas"


def test_faults_take_the_focus_and_stand_together(page, live_server, world):
    page.goto(live_server.url + reverse("interventions:import_workbook", args=[2024]))
    choose(page, world.row(Pijler="Gezondheid", Kleur="paars"))
    page.get_by_role("button", name="Bekijken wat er verandert").click()

    faults = page.get_by_role("alert")
    expect(faults).to_be_focused()
    names, cells = faults.get_by_role("list").all()
    expect(names.get_by_role("link")).to_have_text("Pijler toevoegen")
    expect(cells.get_by_role("listitem")).to_have_count(2)
    axe.check(page)
