"""The embedded server stays as long as one of its users lives, and no longer."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from nprz_site import postgres

USER = """
import subprocess, sys
from pathlib import Path
from nprz_site import postgres

print(postgres.join(Path(sys.argv[1]), throwaway="throwaway" in sys.argv), flush=True)
child = subprocess.Popen([sys.executable, "-c", "input()"]) if "child" in sys.argv else None
sys.stdin.read()
"""


class User:
    """A process that uses the server until it is ended."""

    def __init__(self, folder, *options):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, folder, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    @property
    def url(self):
        if not hasattr(self, "_url"):
            self._url = self.process.stdout.readline().strip()
        return self._url

    def end(self):
        self.process.communicate()

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def start(folder):
    """Start users of the server; those that still live at the end are ended."""
    users = []

    def start(*options):
        users.append(User(folder, *options))
        return users[-1]

    yield start
    for user in users:
        user.kill()
    eventually(lambda: is_gone(folder))


def eventually(condition, *, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_gone(folder):
    """Whether neither a server nor a keeper is left."""
    for name in ("postgres.users", "postgres.keeper"):
        try:
            with (folder / name).open("a") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            return False
    return not (folder / "postgres" / "postmaster.pid").exists()


def query(url, sql):
    with psycopg.connect(url) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else None


def server_pid(folder):
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def keeper_pid(folder):
    """The server's parent."""
    return int(Path(f"/proc/{server_pid(folder)}/stat").read_text().rpartition(")")[2].split()[1])


def test_server_outlives_the_user_that_started_it(folder, start):
    first = start()
    query(first.url, "SELECT 1")
    second = start()

    assert second.url == first.url
    first.end()

    assert query(second.url, "SELECT 1") == [(1,)]
    second.end()
    eventually(lambda: is_gone(folder))
    assert not Path(second.url.partition("host=")[2]).exists(), "the socket's folder stayed behind"


def test_server_stops_when_its_last_user_is_killed(folder, start):
    user = start()
    query(user.url, "SELECT 1")

    user.kill()

    eventually(lambda: is_gone(folder))
    with pytest.raises(psycopg.OperationalError):
        query(user.url, "SELECT 1")


def test_server_is_not_kept_by_a_program_that_a_user_started(folder, start):
    user = start("child")
    query(user.url, "SELECT 1")

    user.process.kill()  # its child reads the same standard input, which stays open until the end of the test

    eventually(lambda: is_gone(folder))


def test_users_that_start_together_share_one_server(folder, start):
    users = [start() for _ in range(4)]

    answers = {query(user.url, "SELECT pg_postmaster_start_time()")[0] for user in users}

    assert len(answers) == 1


def test_server_stops_when_its_keeper_is_killed_and_starts_again_for_the_next_user(folder, start):
    user = start()
    query(user.url, "CREATE TABLE note AS SELECT 'kept' AS text")
    server = server_pid(folder)

    os.kill(keeper_pid(folder), signal.SIGKILL)

    assert query(start().url, "SELECT text FROM note") == [("kept",)]
    assert server_pid(folder) != server


def test_data_survives_a_kill_of_keeper_and_server_together(folder, start):
    user = start()
    query(user.url, "CREATE TABLE note AS SELECT 'kept' AS text")

    for pid in (keeper_pid(folder), server_pid(folder)):
        os.kill(pid, signal.SIGKILL)

    assert query(start().url, "SELECT text FROM note") == [("kept",)]


def test_killed_server_takes_its_keeper_with_it(folder, start):
    user = start()
    query(user.url, "CREATE TABLE note AS SELECT 'kept' AS text")
    keeper = keeper_pid(folder)

    os.kill(server_pid(folder), signal.SIGKILL)

    assert query(start().url, "SELECT text FROM note") == [("kept",)]
    assert keeper_pid(folder) != keeper


def test_newcomer_waits_for_a_server_that_is_stopping(folder, start):
    for _ in range(5):
        user = start()
        query(user.url, "SELECT 1")
        user.kill()

    assert query(start().url, "SELECT 1") == [(1,)]


def test_throwaway_server_takes_its_data_along(folder, start):
    user = start("throwaway")
    assert query(user.url, "SHOW fsync") == [("off",)]

    user.end()

    eventually(lambda: not folder.exists())


def test_server_listens_to_its_owner_only(start):
    user = start()

    assert query(user.url, "SHOW listen_addresses") == [("",)]
    assert Path(user.url.partition("host=")[2]).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="PostgreSQL runs as the user itself, unless that is root")
def test_server_of_root_passes_folders_that_are_of_root_alone(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o700)
    program = tmp_path / "closed" / "program"
    program.write_text('#!/bin/sh\ntest -x "$0" && id -un\n')
    program.chmod(0o755)

    answer = subprocess.run(
        postgres.tied([program], options=postgres.NOT_AS_ROOT), capture_output=True, text=True, check=False
    )

    assert answer.stdout == "nobody\n", answer.stderr


def test_failure_is_one_line_that_says_why(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("9.6\n")

    answer = subprocess.run([sys.executable, "-c", USER, folder], capture_output=True, text=True, check=False)

    assert answer.stderr.splitlines()[-1].startswith("nprz_site.postgres.ServerError: PostgreSQL start niet: ")
