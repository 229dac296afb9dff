"""A backup of one installation: the database and the media, in one file.

The file is a tar with the dump of the database (pg_dump, custom format), the media files, and at the end a list of all
of them with their sums: a file that lacks the list or differs from it is not whole, and nothing of it is restored.
"""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psycopg
from django import db
from django.conf import settings

from . import postgres

FORMAT = 1
DUMP = "database.dump"
MEDIA = "media"
CONTENTS = "inhoud.json"
# How long a restore waits for what others are doing in the database, before it gives up.
LOCK_TIMEOUT = "3s"
REASONS = {
    errno.ENOENT: "dat bestand of die map is er niet",
    errno.EACCES: "u mag daar niet bij",
    errno.EISDIR: "dat is een map",
    errno.ENOTDIR: "dat is geen map",
    errno.EEXIST: "dat bestaat al",
    errno.ENOSPC: "de schijf is vol",
}


class BackupError(Exception):
    """A backup that cannot be made or restored; the message, in Dutch, says why and what to do."""


@dataclass(frozen=True)
class Summary:
    path: Path
    tables: int
    media_files: int


# Out


def make(folder, *, at):
    """Write a backup into `folder`, with the moment `at` in its name; raises BackupError, and leaves nothing then."""
    with _understandable(f"De back-up in {folder} is niet gemaakt"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".nprz-", dir=folder) as private:
            dump, file = Path(private, DUMP), Path(private, "backup.tar")
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", connects=True)
            sums = _pack(file, dump)
            file.chmod(0o600)
            path = file.replace(folder / f"nprz-{at:%Y-%m-%d-%H%M%S}.tar")
    return Summary(path, len(_tables()), len(sums) - 1)


def _pack(file, dump):
    """Put dump and media into the tar `file`; return the sum of each, by its name there."""
    sums = {}
    media = sorted(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
    names = {DUMP: dump} | {f"{MEDIA}/{path.relative_to(settings.MEDIA_ROOT).as_posix()}": path for path in media}
    with file.open("xb") as target, tarfile.open(fileobj=target, mode="w") as tar:
        for name, path in names.items():
            with path.open("rb") as source:
                sums[name] = hashlib.file_digest(source, "sha256").hexdigest()
                source.seek(0)
                tar.addfile(tar.gettarinfo(arcname=name, fileobj=source), source)
        contents = Path(dump.parent, CONTENTS)
        contents.write_text(json.dumps({"format": FORMAT, "sha256": sums}))
        tar.add(contents, arcname=CONTENTS)
        tar.close()
        target.flush()
        os.fsync(target.fileno())
    return sums


# In


def restore(path, *, replace=False):
    """Put the backup `path` back into an empty database and media folder; with `replace`, in place of what is there.

    Raises BackupError. The file is checked in full before anything changes, and everything changes or nothing does.
    """
    media = settings.MEDIA_ROOT
    with _understandable(f"{path} is niet teruggezet"):
        media.parent.mkdir(parents=True, exist_ok=True)
        # Beside the media, so that these change places without being copied.
        with tempfile.TemporaryDirectory(prefix=".nprz-", dir=media.parent) as private:
            sums = _unpack(path, Path(private))
            script = Path(private, "database.sql")
            _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(Path(private, DUMP)))
            if not replace:
                _refuse_unless_empty()
            with _in_place_of(media, Path(private, MEDIA)):
                _fill_database(script, replace=replace)
    return Summary(path, len(_tables()), len(sums) - 1)


def _unpack(path, folder):
    """Unpack the backup into `folder`, when it is whole; return its sums."""
    sums, contents = {}, None
    (folder / MEDIA).mkdir()
    with tarfile.open(path, mode="r:") as tar:
        for member in tar:
            name = PurePosixPath(member.name)
            if not member.isfile() or name.is_absolute() or ".." in name.parts or contents:
                raise BackupError(f"{member.name} hoort niet in een back-up.")
            with tar.extractfile(member) as source:
                if member.name == CONTENTS:
                    contents = json.load(source)
                else:
                    sums[member.name] = _unpack_one(source, folder / name)
    if not contents:
        raise BackupError("het bestand is niet heel, het einde ontbreekt.")
    if contents != {"format": FORMAT, "sha256": sums} or DUMP not in sums:
        raise BackupError("het bestand is beschadigd, of met een ander programma gemaakt.")
    return sums


def _unpack_one(source, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb+") as file:
        shutil.copyfileobj(source, file)
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_unless_empty():
    media = settings.MEDIA_ROOT
    found = f"{len(tables)} tabellen in de database" if (tables := _tables()) else ""
    if not found and media.exists() and any(media.iterdir()):
        found = f"bestanden in {media}"
    if found:
        raise BackupError(f"er staan al {found}. Met --replace komt de back-up daarvoor in de plaats.")


@contextmanager
def _in_place_of(media, new):
    """Let the folder `new` take the place of `media`; back again when what follows fails."""
    before = new.with_name("before")
    had_media = media.exists()
    if had_media:
        media.rename(before)
    try:
        new.rename(media)
        yield
    except BaseException:
        if media.exists():
            media.rename(new)
        if had_media:
            before.rename(media)
        raise


def _fill_database(script, *, replace):
    """Run the script of pg_restore in one transaction; with `replace`, in place of all that is there."""
    empty = ["--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public"] if replace else []
    _run(
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--output=/dev/null",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        f"--command=SET lock_timeout = '{LOCK_TIMEOUT}'",
        *empty,
        f"--file={script}",
        connects=True,
    )


# Shared parts


def _tables():
    with db.connection.cursor() as cursor:
        return db.connection.introspection.table_names(cursor)


def _run(program, *arguments, connects=False):
    """Run a program of PostgreSQL, on the database of Django when it connects; raises BackupError."""
    db.connection.ensure_connection()
    info = db.connection.connection.info
    command = [postgres.program(program, host=info.host), *arguments]
    if connects:
        # Only what was set: the library of the driver knows options that an older program does not.
        asked = db.connection.get_connection_params()
        parameters = {name: value for name, value in info.get_parameters().items() if name in asked}
        command.append(f"--dbname={psycopg.conninfo.make_conninfo(**parameters)}")
    # Not among the arguments, where everybody on the machine could read it.
    password = {"PGPASSWORD": info.password} if info.password else {}
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"afgebroken ({done.returncode})"]
        why = next((line for line in lines if "error:" in line.lower()), lines[-1])
        raise BackupError(f"{program} zegt: {why}")


@contextmanager
def _understandable(what):
    """Whatever goes wrong becomes a BackupError that says in Dutch what was not done, and why."""
    try:
        yield
    except (BackupError, postgres.ServerError) as error:
        raise BackupError(f"{what}: {error}") from error
    except db.OperationalError as error:
        raise BackupError(f"{what}: er is geen verbinding met de database. Klopt DATABASE_URL?") from error
    except (tarfile.TarError, ValueError) as error:  # the latter from the list at its end
        raise BackupError(f"{what}: het is geen back-up, of het bestand is niet heel.") from error
    except OSError as error:
        raise BackupError(f"{what}: {REASONS.get(error.errno, error.strerror)} ({error.filename}).") from error
