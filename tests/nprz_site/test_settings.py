"""What an installation starts with, and refuses to start without."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

ASK = "from django.conf import settings; print(settings.{})"
PRODUCTION = {
    "SECRET_KEY": "a-key-of-fifty-characters-or-more-as-django-asks-0123456789",
    "ALLOWED_HOSTS": "voortgang.example",
    "DATABASE_URL": "postgresql://nowhere/none",
}


def run(*arguments, **environment):
    """Run Python in the checkout, with these settings in the environment and no others."""
    ours = {"DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "DATA_DIR", "EMAIL_URL"}
    ours.add("DJANGO_ALLOW_ASYNC_UNSAFE")  # set by the browser tests, which run in the same process
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=inherited | {"DJANGO_SETTINGS_MODULE": "nprz_site.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_key_hosts_and_database():
    answer = run("-c", ASK.format("DEBUG"), **PRODUCTION)

    assert answer.stdout.strip() == "False", answer.stderr


@pytest.mark.parametrize("missing", PRODUCTION)
@pytest.mark.parametrize("value", [None, ""], ids=["absent", "empty"])
def test_production_refuses_to_start_without(missing, value):
    environment = {name: text for name, text in PRODUCTION.items() if name != missing}
    if value is not None:
        environment[missing] = value

    answer = run("-c", ASK.format("DEBUG"), **environment)

    assert answer.returncode != 0
    last = answer.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert missing in last


def test_application_server_never_turns_debug_on_by_itself():
    answer = run("-c", "import nprz_site.wsgi")

    assert answer.returncode != 0
    assert "SECRET_KEY" in answer.stderr.strip().splitlines()[-1]


def test_manage_turns_debug_on_for_a_checkout_that_nobody_configured(tmp_path):
    answer = run("manage.py", "shell", "--no-imports", "-c", ASK.format("DEBUG"), DATA_DIR=str(tmp_path))

    assert answer.stdout.strip() == "True", answer.stderr


def test_manage_leaves_debug_off_for_an_installation_with_a_key_and_a_database():
    answer = run("manage.py", "shell", "--no-imports", "-c", ASK.format("DEBUG"), **PRODUCTION)

    assert answer.stdout.strip() == "False", answer.stderr


def test_manage_starts_no_embedded_server_for_an_installation_with_a_key(tmp_path):
    without_database = {name: text for name, text in PRODUCTION.items() if name != "DATABASE_URL"}

    answer = run("manage.py", "check", DATA_DIR=str(tmp_path / "data"), **without_database)

    assert "DATABASE_URL" in answer.stderr.strip().splitlines()[-1]
    assert not (tmp_path / "data").exists()


def test_manage_says_in_one_line_why_the_embedded_server_does_not_start(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9.6\n")

    answer = run("manage.py", "check", DATA_DIR=str(tmp_path))

    assert answer.returncode == 1
    assert answer.stderr.startswith("PostgreSQL start niet: ")
    assert answer.stderr.count("\n") == 1


def test_deployment_check_is_without_a_warning():
    answer = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert answer.returncode == 0, answer.stderr


def test_page_is_sent_with_a_strict_policy(client, db):
    policy = client.get("/account/login/")["Content-Security-Policy"].split("; ")

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy, "only the page with the text editor has a nonce"
    assert "style-src 'self'" in policy


def test_page_that_does_not_say_otherwise_asks_for_a_login(client, db):
    assert client.get("/")["Location"] == "/account/login/?next=/"


def test_rate_limits_are_counted_in_the_database(db, django_assert_num_queries):
    from django.core.cache import cache

    cache.set("tries", 5)

    with django_assert_num_queries(1):
        assert cache.get("tries") == 5
