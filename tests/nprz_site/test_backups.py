"""A backup holds everything, and comes back whole or not at all."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from psycopg.sql import SQL, Identifier

from nprz_site import postgres
from tests.nprz_site.test_settings import PRODUCTION, run


class Installation:
    """A checkout with data of its own, in a database of the server of the tests."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            host = server.info.host
        self.environment = {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"postgresql://postgres@/{name}?host={host}",
            "DEBUG": "1",
        }

    def run(self, *arguments, **environment):
        return run("manage.py", *map(str, arguments), **self.environment | environment)

    def backup(self, *arguments):
        """The file that the command says it made."""
        answer = self.run("backup", *arguments)
        assert answer.returncode == 0, answer.stderr
        return Path(answer.stdout.partition(": ")[0])

    def connect(self):
        return psycopg.connect(self.environment["DATABASE_URL"], autocommit=True)

    def tables(self):
        """Every row of every table."""
        with self.connect() as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {
                name: connection.execute(SQL("SELECT t::text FROM {} t ORDER BY 1").format(Identifier(name))).fetchall()
                for (name,) in names
            }

    def sequences(self):
        with self.connect() as connection:
            return connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()

    def schema(self):
        """Every column, table, index, sequence, constraint and extension, by name: PostgreSQL rewrites checks."""
        with self.connect() as connection:
            return connection.execute(
                "SELECT 'c', table_name || '.' || column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = 'public' "
                "UNION ALL SELECT relkind::text, relname, '' FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "UNION ALL SELECT contype::text, conname, conrelid::regclass::text FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace "
                "UNION ALL SELECT 'extension', extname, extversion FROM pg_extension ORDER BY 1, 2, 3"
            ).fetchall()

    def media(self):
        root = self.folder / "media"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def add_media(self, name, content):
        path = self.folder / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def state(self):
        return self.tables(), self.media()

    def drop(self):
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """The plan, the demonstration and some files."""
    installation = Installation(tmp_path_factory.mktemp("original"), "backup_original")
    for command in (["migrate"], ["load_plan"], ["load_demo", "--stage=review"]):
        answer = installation.run(*command)
        assert answer.returncode == 0, answer.stderr
    installation.add_media("bijlagen/2024/besluit é.pdf", bytes(range(256)) * 4096)
    installation.add_media("leeg.txt", b"")
    yield installation
    installation.drop()


@pytest.fixture(scope="module")
def file(original):
    return original.backup()


@pytest.fixture
def other(tmp_path):
    """An installation without anything."""
    installation = Installation(tmp_path / "other", "backup_other")
    yield installation
    installation.drop()


def test_backup_is_one_private_file_with_its_date_in_the_name(original, file):
    assert file.parent == original.folder / "backups"
    assert file.match("nprz-20??-??-??-??????.tar")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_backup_goes_to_a_folder_of_choice(original, tmp_path):
    assert original.backup(tmp_path / "elsewhere").parent == tmp_path / "elsewhere"


def test_restore_brings_back_every_table_and_every_file(original, other, file):
    answer = other.run("restore", file)

    assert answer.returncode == 0, answer.stderr
    assert other.media() == original.media()
    tables = other.tables()
    assert len(tables["interventions_planitem"]) > 200, "the plans of two years should have been found"
    assert tables == original.tables()
    assert other.sequences() == original.sequences()
    assert other.schema() == original.schema()
    assert "Geen migraties" in other.run("migrate").stdout or "No migrations" in other.run("migrate").stdout


def test_restore_says_how_much_came_back(original, other, file):
    answer = other.run("restore", file)

    assert f"{len(original.tables())} tabellen en 2 bestanden" in answer.stdout


def test_restore_refuses_a_database_that_is_not_empty(original, file):
    before = original.state()

    answer = original.run("restore", file)

    assert answer.returncode == 1
    assert "er staan al" in answer.stderr
    assert "--replace" in answer.stderr
    assert original.state() == before


def test_restore_refuses_a_media_folder_that_is_not_empty(other, file):
    other.add_media("ander.txt", b"van een ander")

    answer = other.run("restore", file)

    assert "er staan al bestanden in" in answer.stderr
    assert other.state() == ({}, {"ander.txt": b"van een ander"})


def test_restore_replaces_what_is_there_when_told_so(original, other, file):
    other.run("migrate")
    with other.connect() as connection:
        connection.execute("CREATE TABLE later (id int)")
        connection.execute("INSERT INTO programme_pillar (name, abbreviation, position) VALUES ('Elders', 'E', 99)")
    other.add_media("ander.txt", b"van een ander")

    answer = other.run("restore", file, "--replace")

    assert answer.returncode == 0, answer.stderr
    assert other.state() == original.state()


def test_restore_waits_for_nobody_and_then_changes_nothing(original, other, file):
    other.run("restore", file)
    other.add_media("later.txt", b"later")
    before = other.state()
    with other.connect() as busy, busy.transaction():
        busy.execute("SELECT 1 FROM programme_pillar")

        answer = other.run("restore", file, "--replace")

    assert answer.returncode == 1
    assert "lock timeout" in answer.stderr
    assert other.state() == before


def rewritten(file, path, change):
    """A copy of the backup, whose members went through `change(name, content)`: None leaves one out."""
    with tarfile.open(file) as source, tarfile.open(path, "w") as target:
        for member in source:
            content = change(member.name, source.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                target.addfile(member, BytesIO(content))
    return path


def with_sums(file, path, **more):
    """A backup that lies about itself: its list fits, but what is in it does not."""

    def change(name, content):
        if name == "inhoud.json":
            return json.dumps(json.loads(content) | more).encode()
        return content

    return rewritten(file, path, change)


BROKEN = {
    "truncated": lambda file, path: path.write_bytes(file.read_bytes()[:-700_000]),
    "without its end": lambda file, path: rewritten(file, path, lambda n, c: None if n == "inhoud.json" else c),
    "empty": lambda file, path: path.write_bytes(b""),
    "text": lambda file, path: path.write_text("geen back-up"),
    "other dump": lambda file, path: rewritten(file, path, lambda n, c: c[:-1] + b"x" if n == "database.dump" else c),
    "without dump": lambda file, path: rewritten(file, path, lambda n, c: None if n == "database.dump" else c),
    "other file": lambda file, path: rewritten(file, path, lambda n, c: c + b"x" if n == "media/leeg.txt" else c),
    "without a file": lambda file, path: rewritten(file, path, lambda n, c: None if n == "media/leeg.txt" else c),
    "list that is none": lambda file, path: rewritten(file, path, lambda n, c: b"{" if n == "inhoud.json" else c),
    "of another kind": lambda file, path: with_sums(file, path, format=2),
}


# None of these opens a connection: pytest-django would not let it.


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "other" / "media"
    return settings.MEDIA_ROOT


@pytest.mark.parametrize("damage", BROKEN)
def test_restore_refuses_a_file_that_is_not_whole(media, file, tmp_path, damage):
    broken = tmp_path / "broken.tar"
    BROKEN[damage](file, broken)

    with pytest.raises(CommandError, match=f"^{broken} is niet teruggezet: .*(niet heel|beschadigd)"):
        call_command("restore", broken)

    assert list(media.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["../buiten.txt", "/buiten.txt", "media/../../buiten.txt"])
def test_restore_writes_nothing_outside_its_folder(media, tmp_path, name):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name))

    with pytest.raises(CommandError, match="hoort niet in een back-up"):
        call_command("restore", tmp_path / "evil.tar")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar", "other"]


def test_restore_takes_no_link_along(media, tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        link = tarfile.TarInfo("media/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)

    with pytest.raises(CommandError, match="hoort niet in een back-up"):
        call_command("restore", tmp_path / "evil.tar")


def test_restore_of_no_file_says_so(media, tmp_path):
    with pytest.raises(CommandError, match="dat bestand of die map is er niet"):
        call_command("restore", tmp_path / "weg.tar")


def test_restore_of_a_dump_that_is_none_changes_nothing(other, file, tmp_path):
    dump = b"geen dump"

    def change(name, content):
        if name == "database.dump":
            return dump
        if name == "inhoud.json":
            contents = json.loads(content)
            contents["sha256"]["database.dump"] = hashlib.sha256(dump).hexdigest()
            return json.dumps(contents).encode()
        return content

    answer = other.run("restore", rewritten(file, tmp_path / "lies.tar", change))

    assert "pg_restore zegt: pg_restore: error:" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert other.state() == ({}, {})
    assert list(other.folder.iterdir()) == []


def test_restore_that_fails_halfway_changes_nothing(other, file, tmp_path):
    """The dump is whole, but this server does not take it: there is a type of that name already."""
    with other.connect() as connection:
        connection.execute("CREATE TYPE django_session AS (a int)")

    answer = other.run("restore", file)

    assert answer.returncode == 1
    assert 'ERROR:  relation "django_session" already exists' in answer.stderr
    assert other.state() == ({}, {})


def test_backup_that_fails_leaves_nothing(original, tmp_path):
    (tmp_path / "file").write_text("")

    answer = original.run("backup", tmp_path / "file")

    assert answer.returncode == 1
    assert "dat bestaat al" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_backup_without_a_database_says_so(tmp_path):
    gone = PRODUCTION | {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}

    answer = run("manage.py", "backup", str(tmp_path), **gone)

    assert answer.returncode == 1
    assert "geen verbinding met de database" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_password_of_the_database_is_no_argument(tmp_path, monkeypatch):
    """Everybody on the machine can read the arguments of a program."""
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "error: $PGPASSWORD $*" >&2\nexit 1\n')
    program.chmod(0o755)
    url = os.environ["DATABASE_URL"].replace("postgres@", "postgres:geheim@")
    # Over another name of the same folder, so that the server is not taken for an embedded one.
    socket = url.partition("host=")[2]
    (tmp_path / "socket").symlink_to(socket)

    answer = run(
        "manage.py",
        "backup",
        str(tmp_path / "backups"),
        DEBUG="1",
        DATABASE_URL=url.replace(socket, str(tmp_path / "socket")),
        PATH=f"{tmp_path}:{os.environ['PATH']}",
    )

    said = answer.stderr.partition("pg_dump zegt: error: ")[2]
    assert said.startswith("geheim --format=custom")
    assert "geheim" not in said.removeprefix("geheim")


def test_server_of_ones_own_uses_the_programs_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(postgres.ServerError, match="pg_dump ontbreekt"):
        postgres.program("pg_dump", host="db.voorbeeld.test")


def test_make_passes_on_what_it_is_told():
    told = subprocess.run(
        [shutil.which("make"), "--dry-run", "backup", "TO=/somewhere", f"PYTHON={sys.executable}"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "manage.py backup /somewhere" in told
