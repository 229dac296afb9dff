"""Every response and every line of the log say which request they belong to, and no line says what was typed."""

import logging
import re
from io import StringIO

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.urls import path, reverse

from nprz_site import requests, urls
from tests.factories import UserFactory

INSTALLATION = (settings.BASE_DIR / "docs" / "installatie.md").read_text()
TYPED = "een geheim wachtwoord"


def break_down(request):
    try:
        int(request.POST["typed"])
    except ValueError as error:
        raise LookupError(f"no {error}") from error


def break_the_database(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO programme_pillar (name, abbreviation) VALUES (%s, %s)", [request.POST["typed"]] * 2)


def warn(request):
    logging.getLogger("accounts").warning("first line\nsecond line")
    return HttpResponse()


def gone_wrong(request):
    return JsonResponse({}, status=503)


urlpatterns = [
    *urls.urlpatterns,
    path("breaks/", break_down),
    path("database/", break_the_database),
    path("warns/", warn),
    path("unavailable/", gone_wrong),
]
handler500 = urls.handler500

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def log():
    """What the handler of an installation writes."""
    (handler,) = (
        handler for handler in logging.getLogger().handlers if isinstance(handler.formatter, requests.Formatter)
    )
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.fixture
def user():
    return UserFactory(lezer=True)


@pytest.fixture
def client(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize("url", ["/gezond/", "/account/login/", "/overzicht/", "/is-er-niet/", "/breaks/"])
def test_every_response_has_a_number_of_its_own(client, url):
    numbers = [client.get(url)["X-Request-ID"] for _ in range(2)]

    assert all(re.fullmatch("[0-9a-f]{32}", number) for number in numbers)
    assert numbers[0] != numbers[1]


def test_number_of_the_proxy_is_taken_over(client):
    assert client.get("/gezond/", headers={"X-Request-ID": "0a1b2c3d-proxy"})["X-Request-ID"] == "0a1b2c3d-proxy"


@pytest.mark.parametrize("given", ["", "kort", "x" * 65, "0a1b2c3d proxy", "0a1b2c3d\nERROR verzonnen", "0a1b2c3d<b>"])
def test_number_that_is_not_well_formed_is_not_taken_over(client, given):
    assert re.fullmatch("[0-9a-f]{32}", client.get("/gezond/", headers={"X-Request-ID": given})["X-Request-ID"])


@pytest.mark.parametrize("url", ["/breaks/", "/database/"])
def test_error_is_logged_with_number_user_and_path_and_without_what_was_typed(client, user, log, url):
    response = client.post(f"{url}?q=zoekterm", {"typed": TYPED, "password": TYPED})

    lines = log.getvalue().splitlines()
    assert all(f"[{response['X-Request-ID']}] " in line for line in lines)
    assert f"user={user.pk} POST '{url}'" in lines[0]
    assert "in break_" in log.getvalue(), "where it went wrong"
    assert TYPED not in log.getvalue()
    assert "zoekterm" not in log.getvalue()


def test_error_tells_its_type_and_cause(client, log):
    client.post("/breaks/", {"typed": TYPED})

    types = [line.rpartition("] ")[2] for line in log.getvalue().splitlines() if line.endswith("Error")]
    assert types == ["builtins.ValueError", "builtins.LookupError"]


def test_error_of_the_database_tells_which_rule_was_broken(client, log):
    client.post("/database/", {"typed": "PIJL"})

    assert "django.db.utils.IntegrityError (23502: programme_pillar, position, None)" in log.getvalue()


def test_error_page_shows_the_number(client):
    response = client.get("/breaks/")

    assert response.status_code == 500
    assert response["X-Request-ID"] in response.text


def test_every_line_of_a_request_has_its_number(client, log):
    response = client.get("/warns/")

    first, second = log.getvalue().splitlines()
    assert first.endswith(f"WARNING accounts [{response['X-Request-ID']}] first line")
    assert second.endswith(f"WARNING accounts [{response['X-Request-ID']}] second line")


def test_what_is_logged_after_the_response_has_its_number_too(client, log):
    response = client.get("/unavailable/")

    (line,) = log.getvalue().splitlines()
    assert f"[{response['X-Request-ID']}] " in line


@pytest.mark.parametrize(
    "name", ["accounts:invitation", "accounts:renew_invitation", "account_reset_password_from_key"]
)
def test_key_of_a_link_that_was_mailed_is_not_logged(name, client, log):
    arguments = {"uidb36": "7", "key": "c-geheim"} if name.startswith("account_") else {"token": "7-1.c.geheim"}
    url = reverse(name, kwargs=arguments)
    client.get(url)
    logging.getLogger("django.request").warning("Gone: %s", url)

    assert "Gone: /" in log.getvalue()
    assert "geheim" not in log.getvalue()
    (pattern, instead) = re.search(r'^ +"~(\^.*)" (\S+);$', INSTALLATION, re.MULTILINE).groups()
    assert "geheim" not in re.sub(pattern, instead.replace("$", "\\"), url)


def test_line_outside_a_request_has_none(log):
    requests.current_id.set("")
    logging.getLogger("accounts").warning("alone")

    assert log.getvalue().endswith("WARNING accounts [-] alone\n")


def test_no_page_is_kept_by_a_cache_of_others(client):
    client.force_login(UserFactory(lezer=True))

    assert client.get("/overzicht/")["Cache-Control"] == "private, no-cache"
    assert client.get("/dit-is-er-niet/")["Cache-Control"] == "private, no-cache"
    assert "no-store" in Client().get("/account/login/")["Cache-Control"]  # allauth says so itself
    assert "public" in client.get("/static/css/app.css")["Cache-Control"]
