from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from nprz_site import backups


class Command(BaseCommand):
    help = "Zet een back-up terug in een lege database en map met bestanden: alles, of bij een fout niets."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="wat 'backup' heeft gemaakt")
        parser.add_argument(
            "--replace", action="store_true", help="haal weg wat er nu in de database en de map met bestanden staat"
        )

    def handle(self, *, file, replace, **options):
        try:
            restored = backups.restore(file, replace=replace)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{file} staat terug: {restored.tables} tabellen en {restored.media_files} bestanden. "
            "Is het programma nieuwer dan de back-up? Voer dan 'manage.py migrate' uit."
        )
