from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from backoffice.commands import DataCommand
from interventions import demo
from interventions.workflow import Refused

WHAT = "personen, kleuren over 2022 en 2023 en een ronde 2024"


class Command(DataCommand):
    help = "Laadt een demonstratie: verzonnen personen, kleuren en een ronde van 2024 in een van drie standen."

    def add_arguments(self, parser):
        parser.add_argument("--stage", required=True, choices=demo.STAGES, help="hoe ver de ronde van 2024 is")
        parser.add_argument("--replace", action="store_true", help="haal eerst weg wat de demonstratie heeft gebracht")

    def handle(self, *, stage, replace, **options):
        if not settings.DEBUG:
            raise CommandError("De demonstratie wordt alleen geladen waar DEBUG aan staat: niet bij echte gebruikers.")
        try:
            loaded = demo.load(stage, today=timezone.localdate(), replace=replace)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        for label, email, password in demo.logins():
            self.stdout.write(f"  {label:<42}{email:<36}{password}")
        self.stdout.write(f"Geladen: verzonnen {WHAT}, in stand '{stage}'." if loaded else "Niets veranderd.")
