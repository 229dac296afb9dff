from django.core.management.base import BaseCommand, CommandError

from interventions.loading import YEAR, describe_figures, load_plan
from interventions.workflow import Refused


class Command(BaseCommand):
    help = "Laadt het plan van 2023 dat bij de toepassing hoort. Wat er al staat, blijft zoals het is."

    def handle(self, **options):
        try:
            added = load_plan()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Meegeleverd over {YEAR}: {describe_figures()}.")
        self.stdout.write(f"Toegevoegd: {summed_up(added)}." if added else "Niets veranderd.")


def summed_up(counts):
    """{"interventies": 120, "gebieden": 29} as '120 interventies en 29 gebieden'."""
    *parts, last = [f"{number} {kind}" for kind, number in counts.items()]
    return f"{', '.join(parts)} en {last}" if parts else last
