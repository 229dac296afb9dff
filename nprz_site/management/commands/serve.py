"""`make run`: everything between a fresh installation and a page in the browser, in one process."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.models import User
from interventions.demo import logins
from interventions.models import ReportingRound
from nprz_site.postgres import tied

HOST = "127.0.0.1"
GRANIAN = (
    "nprz_site.wsgi:application",
    "--interface=wsgi",
    "--workers=2",
    "--blocking-threads=8",
    "--workers-kill-timeout=2",
    "--log-level=error",  # it would warn at every start that eight threads are many for two cores
)
STOP_SECONDS = 10


class Command(BaseCommand):
    help = (
        "Bereidt de database voor, vult een lege database met het plan en de demonstratie, en start de site. "
        "Met --demo=0 blijft een lege database leeg, voor een installatie die echt wordt."
    )
    requires_system_checks = ()  # `migrate` runs them

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", 8000)))
        parser.add_argument("--demo", type=int, choices=(0, 1), default=int(os.environ.get("DEMO", 1)))

    def handle(self, *, port, demo, **options):
        for ending in (signal.SIGINT, signal.SIGTERM):  # both in the same, orderly way, also in the background
            signal.signal(ending, signal.default_int_handler)
        try:
            self._refuse_taken(port)
            call_command("migrate", verbosity=0)
            if demo and not (ReportingRound.objects.exists() or User.objects.exists()):
                call_command("load_plan", stdout=self.stdout)
                call_command("load_indicators", stdout=self.stdout)
                call_command("load_demo", stage="open", stdout=StringIO())  # its list of logins follows below
            ways_in = self._ways_in(port)
            connection.close()
            self._serve(port, ways_in)
        except KeyboardInterrupt:
            self.stdout.write("Gestopt.")

    def _ways_in(self, port):
        """Lines that say how to log in: with whom in a demonstration, and how the first beheerder comes to be."""
        if not User.objects.exists():
            settings = f"PORT={port} DATA_DIR={os.environ.get('DATA_DIR', '.data')}"
            return [
                "  Hier is nog niemand. Maak in een ander venster de eerste beheerder:",
                f"  {settings} .venv/bin/python manage.py create_beheerder naam@organisatie.nl",
            ]
        return ["  {:<42}{:<38}{}".format(*login) for login in logins()]

    def _refuse_taken(self, port):
        # As the server itself will do it: a connection of a moment ago does not count.
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CommandError(f"Poort {port} is bezet. Kies een andere: make run PORT={port + 1}") from error

    def _serve(self, port, ways_in):
        # In a session of its own: a Ctrl-C reaches this process only, which passes one signal on. More than one
        # makes granian hang.
        server = subprocess.Popen(
            tied([sys.executable, "-m", "granian", *GRANIAN, f"--host={HOST}", f"--port={port}"]),
            start_new_session=True,
        )
        try:
            self._wait_for(server, port)
            self.stdout.write(f"\nNPRZ Voortgang staat op http://localhost:{port} (stoppen: Ctrl-C)\n\n")
            for line in ways_in:
                self.stdout.write(line)
            self.stdout.flush()
            if server.wait():
                raise CommandError("De site is onverwacht gestopt.")
        finally:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError):  # workers whose main process hangs or was killed
                os.killpg(server.pid, signal.SIGKILL)

    def _wait_for(self, server, port):
        """Until the site answers, or is not going to."""
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    return
            time.sleep(0.02)
