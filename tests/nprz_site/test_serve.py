"""`make run` from an empty database to a page in the browser; and nothing left behind, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from tests.nprz_site.test_postgres import eventually, is_gone

PATIENCE = 120  # seconds; the first start loads the plan and the demonstration


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The data of one installation, which all tests of this module start again."""
    return tmp_path_factory.mktemp("installation") / "data"


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def serve(folder, port):
    """Start the site; whatever still runs at the end is ended."""
    started = []

    def serve():
        unset = {"DATABASE_URL", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"}
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        site = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env=environment | {"DATA_DIR": str(folder), "PORT": str(port), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(site)
        return site

    yield serve
    for site in started:
        site.kill()
        site.communicate()
    eventually(lambda: is_gone(folder))


def status(port, path="/account/login/"):
    """The status of a page; None when nobody answers."""
    connection = HTTPConnection("localhost", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except ConnectionError:
        return None
    finally:
        connection.close()


def processes_of(folder):
    """What still works for this installation: every process that has its data folder in environment or arguments."""
    mark = str(folder).encode()
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:  # it ended while we looked
            continue
        if mark in text:
            found.append(text.split(b"\0")[0])
    return found


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_site_ends_within_seconds_and_leaves_nothing_behind(serve, folder, port, ending):
    site = serve()
    eventually(lambda: status(port) == 200 or site.poll() is not None, seconds=PATIENCE)
    assert site.poll() is None, site.stderr.read()
    assert len(processes_of(folder)) > 3, "site, workers and database should have been found"

    site.send_signal(ending)

    eventually(lambda: site.poll() is not None, seconds=5)
    eventually(lambda: processes_of(folder) == [], seconds=5)
    assert status(port) is None


def test_site_shows_every_role_a_login_each_time_it_starts(serve, port):
    roles = {"Invuller", "Adviseur", "Beheerder", "Lezer", "Controleur"}
    for _ in range(2):
        site = serve()
        eventually(lambda: status(port) == 200, seconds=PATIENCE)
        site.send_signal(signal.SIGINT)
        output, problems = site.communicate()

        assert f"http://localhost:{port}" in output
        assert {role for role in roles if role.lower() in output.lower()} == roles
        assert problems == ""


def test_second_start_keeps_the_data_and_is_at_its_first_page_within_seconds(serve, port):
    first = serve()
    eventually(lambda: status(port) == 200, seconds=PATIENCE)
    first.send_signal(signal.SIGINT)
    first.communicate()

    begin = time.monotonic()
    second = serve()
    eventually(lambda: status(port) == 200)
    took = time.monotonic() - begin
    second.send_signal(signal.SIGINT)
    output, _ = second.communicate()

    assert took < 5
    assert output.lstrip().startswith("NPRZ Voortgang staat op"), "it loaded something again"


def test_command_that_joined_does_not_take_the_database_from_the_site(serve, folder, port):
    serve()
    eventually(lambda: status(port) == 200, seconds=PATIENCE)

    command = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"DATA_DIR": str(folder)},
        check=False,
    )

    assert command.returncode == 0
    assert status(port) == 200


def test_taken_port_is_one_clear_line(serve, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        _, problems = serve().communicate()

    assert problems == f"CommandError: Poort {port} is bezet. Kies een andere: make run PORT={port + 1}\n"
