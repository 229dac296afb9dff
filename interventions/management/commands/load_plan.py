from django.core.management.base import CommandError

from backoffice.commands import DataCommand
from interventions.loading import YEAR, describe_figures, load_plan
from interventions.workflow import Refused
from programme.numbers import summed_up


class Command(DataCommand):
    help = "Laadt het plan van 2023 dat bij de toepassing hoort. Wat er al staat, blijft zoals het is."

    def handle(self, **options):
        try:
            added = load_plan()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Meegeleverd over {YEAR}: {describe_figures()}.")
        self.stdout.write(f"Toegevoegd: {summed_up(added)}." if added else "Niets veranderd.")
