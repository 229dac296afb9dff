from backoffice.commands import DataCommand
from indicators.loading import REPORT, load_indicators
from programme.numbers import summed_up


class Command(DataCommand):
    help = (
        f"Laadt de indicatoren en cijfers van het rapport over {REPORT} die bij de toepassing horen. "
        "Wat er al staat, blijft zoals het is."
    )

    def handle(self, **options):
        added = load_indicators()
        self.stdout.write(f"Toegevoegd: {summed_up(added)}." if added else "Niets veranderd.")
