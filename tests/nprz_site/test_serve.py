"""`make run` from an empty database to a page in the browser; and nothing left behind, however it ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from tests.nprz_site.test_postgres import eventually, is_gone

PATIENCE = 120  # seconds; the first start loads the plan and the demonstration
FAREWELL = 10  # seconds; a server that is ended in the wrong way hangs for longer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The data of one installation without demonstration, which most tests of this module start again."""
    return tmp_path_factory.mktemp("installation") / "data"


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Site:
    """`manage.py serve` on data of its own. Its output goes to files: a pipe would wait for what it left behind."""

    def __init__(self, folder, port, output, **extra):
        self.output, self.problems = output.with_suffix(".out"), output.with_suffix(".err")
        unset = {"DATABASE_URL", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"}
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        with self.output.open("w") as out, self.problems.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=environment | {"DATA_DIR": str(folder), "PORT": str(port)} | extra,
                stdout=out,
                stderr=err,
            )

    def has_ended(self):
        return self.process.poll() is not None

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        eventually(self.has_ended, seconds=FAREWELL)


@pytest.fixture
def serve(folder, port, tmp_path):
    """Start the site, and come back when it answers or has ended; whatever still runs after the test is killed."""
    sites = []

    def serve(*, folder=folder, DEMO="0", **environment):  # noqa: N803 (as the environment calls it)
        site = Site(folder, port, tmp_path / str(len(sites)), DEMO=DEMO, **environment)
        sites.append(site)
        eventually(lambda: status(port) == 200 or site.has_ended(), seconds=PATIENCE)
        return site

    yield serve
    for site in sites:
        site.process.kill()
        site.process.wait()
    try:
        eventually(lambda: is_gone(folder) and processes_of(folder) == [])
    finally:
        for pid in processes_of(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


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
    """What still works for this installation: whatever has its data folder in its environment or arguments."""
    mark = str(folder).encode()
    found = []
    for process in Path("/proc").iterdir():
        # Neither what is no process, nor what ended while we looked.
        with contextlib.suppress(OSError):
            if mark in (process / "cmdline").read_bytes() + (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_site_ends_and_leaves_nothing_behind(serve, folder, port, ending):
    site = serve()
    assert not site.has_ended(), site.problems.read_text()
    assert len(processes_of(folder)) > 3, "site, workers and database should have been found"

    site.end(ending)

    eventually(lambda: processes_of(folder) == [], seconds=FAREWELL)
    assert status(port) is None


def test_site_loads_its_data_once_and_shows_every_role_a_login_each_time_it_starts(serve, port, tmp_path):
    outputs = []
    for _ in range(2):
        site = serve(folder=tmp_path / "data", DEMO="1")
        site.end()
        assert site.problems.read_text() == ""
        outputs.append(site.output.read_text())

    roles = {"invuller", "adviseur", "beheerder", "lezer", "controleur"}
    for output in outputs:
        assert f"http://localhost:{port}" in output
        assert {role for role in roles if role in output.lower()} == roles
    assert outputs[1].lstrip().startswith("NPRZ Voortgang staat op")


def test_site_without_demonstration_is_empty_and_says_how_the_first_beheerder_comes_in(serve, port, tmp_path):
    empty = tmp_path / "data"
    site = serve(folder=empty)
    site.end()

    output = site.output.read_text()
    assert "Hier is nog niemand." in output
    assert f"PORT={port} DATA_DIR={empty} .venv/bin/python manage.py create_beheerder" in output
    assert "demo.example" not in output
    created = manage("create_beheerder", "bea@bureau.test", DATA_DIR=str(empty), PORT=str(port))
    assert f"http://localhost:{port}/uitnodiging/" in created.stdout, created.stderr

    site = serve(folder=empty, DEMO="1")
    site.end()
    assert site.problems.read_text() == "", "who started for real gets no demonstration on top"
    assert "Hier is nog niemand." not in site.output.read_text()
    assert manage("export_round", "2023", "--output", "x.xlsx", DATA_DIR=str(empty)).stderr.endswith("zijn: geen.\n")


def manage(*arguments, **environment):
    """A command of its own, on the data that `environment` names."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=inherited | environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_command_that_joined_does_not_take_the_database_from_the_site(serve, folder, port):
    serve()

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
        site = serve()

    assert (
        site.problems.read_text() == f"CommandError: Poort {port} is bezet. Kies een andere: make run PORT={port + 1}\n"
    )
