"""The admin of every model there is: its list, page, history and export. What is special to one: test_admin."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from lxml import html

from backoffice import site

from .test_admin import IN_WORKBOOKS, MODELS, REFERENCES, english_in, of_each, plant, url, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker):
    """A row of every model, made once: what a test adds is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        plant(2024)
        yield
        transaction.set_rollback(True)


def test_every_model_is_there():
    assert set(site._registry) == set(MODELS)


@of_each(MODELS)
def test_list_and_export_take_a_constant_number_of_queries(client, planted, model):
    def queries(name):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = client.get(url(model, name))
        assert response.status_code == 200
        return len(captured), response

    queries("changelist")
    few, few_out = queries("changelist")[0], queries("export")[0]
    before = model.objects.count()
    plant(2025)
    plant(2026)
    assert model.objects.count() > before
    assert queries("changelist")[0] == few
    if model in IN_WORKBOOKS:
        return
    many_out, response = queries("export")
    assert many_out == few_out
    assert rows_of(response) == model.objects.count()


def rows_of(response):
    return len(list(workbook(response).rows)) - 1


@of_each(MODELS)
def test_list_searches_filters_and_opens(client, planted, model):
    one = model.objects.first()
    for name in ("change", "history"):
        response = client.get(url(model, name, one.pk))
        assert (response.status_code, english_in(response)) == (200, set()), name
    assert client.get(url(model, "changelist"), {"q": "woord"}).status_code == 200
    response = client.get(url(model, "changelist"))
    assert english_in(response) == set()
    page = html.fromstring(response.text)
    for link in page.xpath("//nav[@id='changelist-filter']//a/@href"):
        assert client.get(url(model, "changelist") + link).status_code == 200, link


# Reading only


@of_each([model for model in MODELS if model not in REFERENCES])
def test_what_has_rules_of_its_own_is_read_only(client, planted, model):
    one = model.objects.first()
    before = model.objects.filter(pk=one.pk).values().get()

    for name, args in (("add", ()), ("change", (one.pk,)), ("delete", (one.pk,))):
        assert client.post(url(model, name, *args), {"name": "Anders", "state": "approved"}).status_code == 403, name
    assert client.get(url(model, "add")).status_code == 403
    page = html.fromstring(client.get(url(model, "change", one.pk)).text)
    assert page.xpath("//main//input[not(@type='hidden')] | //main//select | //main//textarea") == []
    assert model.objects.filter(pk=one.pk).values().get() == before


@of_each(MODELS)
def test_list_offers_no_deleting(client, planted, model):
    page = html.fromstring(client.get(url(model, "changelist")).text)
    assert "delete_selected" not in page.xpath("//select[@name='action']/option/@value")
