from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nprz_site import backups


class Command(BaseCommand):
    help = "Maakt een back-up van de database en de bestanden, in één bestand met de datum in de naam."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BACKUP_DIR, help="waar het komt te staan")

    def handle(self, *, folder, **options):
        try:
            made = backups.make(folder, at=timezone.localtime())
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.path}: {made.tables} tabellen en {made.media_files} bestanden.")
