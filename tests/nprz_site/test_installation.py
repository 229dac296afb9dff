"""The server of docs/installatie.md and the Dockerfile: their own commands, in a copy of the checkout."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from tests.nprz_site.test_backups import Installation
from tests.nprz_site.test_postgres import eventually
from tests.nprz_site.test_serve import port  # noqa: F401 (a fixture)
from tests.nprz_site.test_settings import PRODUCTION

PAGE = (settings.BASE_DIR / "docs" / "installatie.md").read_text()
DOCKERFILE = (settings.BASE_DIR / "Dockerfile").read_text()
HOST = PRODUCTION["ALLOWED_HOSTS"]
PROGRAMS = Path(sys.executable).parent


def in_dockerfile(instruction):
    """The command of an instruction that has it as a list."""
    return json.loads(re.search(rf"^{instruction}.*?(\[.*\])$", DOCKERFILE, re.MULTILINE)[1])


def test_server_is_started_alike_everywhere():
    (of_unit,) = re.findall(r"^ +ExecStart=/opt/nprz/.venv/bin/(granian .*)$", PAGE, re.MULTILINE)

    in_container = [word.replace("0.0.0.0", "127.0.0.1") for word in in_dockerfile("CMD")]  # noqa: S104 (compared, not bound)
    assert in_container == of_unit.split()


def test_page_names_every_setting_that_production_asks_for():
    named = set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))

    assert PRODUCTION.keys() < named
    assert named == {*PRODUCTION, "DATA_DIR", "EMAIL_URL", "DEBUG"}


@pytest.fixture
def checkout(tmp_path):
    """What the image has in it."""
    ignored = (settings.BASE_DIR / ".dockerignore").read_text().split()
    names = [name.rpartition("/")[2] for name in ignored]
    shutil.copytree(settings.BASE_DIR, tmp_path / "app", ignore=shutil.ignore_patterns(*names))
    return tmp_path / "app"


@pytest.fixture
def environment(tmp_path):
    """The environment of a server, with an empty database."""
    installation = Installation(tmp_path / "data", "installation")
    ours = PRODUCTION | {name: installation.environment[name] for name in ("DATABASE_URL", "DATA_DIR")}
    yield {name: text for name, text in os.environ.items() if name != "DEBUG"} | ours
    installation.drop()


def test_commands_lead_to_a_site_that_answers(checkout, environment, port):  # noqa: F811 (the fixture)
    collect = shlex.split(re.search(r"^RUN (SECRET_KEY=build .*)$", DOCKERFILE, re.MULTILINE)[1])
    made_up = dict(word.split("=", 1) for word in collect if "=" in word)
    program = [word for word in collect if "=" not in word]
    subprocess.run([PROGRAMS / program[0], *program[1:]], cwd=checkout, env=environment | made_up, check=True)
    subprocess.run([PROGRAMS / "python", "manage.py", "migrate", "-v0"], cwd=checkout, env=environment, check=True)
    granian, *options = [
        word.replace("8000", str(port)).replace("0.0.0.0", "127.0.0.1")  # noqa: S104 (replaced, not bound)
        for word in in_dockerfile("CMD")
    ]
    health = [word.replace("8000", str(port)) for word in in_dockerfile("HEALTHCHECK")]

    def is_healthy():
        done = subprocess.run(
            [PROGRAMS / health[0], *health[1:]], env=environment, stderr=subprocess.DEVNULL, check=False
        )
        return done.returncode == 0

    server = subprocess.Popen([PROGRAMS / granian, *options], cwd=checkout, env=environment)
    try:
        eventually(is_healthy, seconds=60)
        login = ask(port, "/account/login/", proto="https")
        style = re.search(r"/static/css/app\.\w+\.css", login.text)
        assert login.status == 200
        assert ask(port, style.group(), proto="https").status == 200
        assert ask(port, "/account/login/", proto="http").status == 301
    finally:
        server.terminate()
        server.wait(20)


def ask(port, path, *, proto):  # noqa: F811 (not the fixture)
    """What the application answers to the proxy."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": proto})
    response = connection.getresponse()
    response.text = response.read().decode()
    connection.close()
    return response
