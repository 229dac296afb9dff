from pathlib import Path

from django.core.management import CommandError

from backoffice.commands import DataCommand
from backoffice.workbooks.files import whole_file
from indicators.reports import every_report, of_year
from indicators.tables.report import write_report


class Command(DataCommand):
    help = "Schrijft de effectrapportage over een jaar als werkblad."

    def add_arguments(self, parser):
        parser.add_argument("jaar", type=int, help="het rapport, bijvoorbeeld 2023")
        parser.add_argument("--output", required=True, metavar="BESTAND.xlsx", help="waar het komt te staan")

    def handle(self, *, jaar, output, **options):
        reports = every_report()
        found = of_year(reports, jaar)
        if found is None:
            known = ", ".join(map(str, reports)) or "geen"
            raise CommandError(f"Er is geen rapport over {jaar}. Rapporten die er wel zijn: {known}.")
        with whole_file(Path(output)) as file:
            written = write_report(file, found)
        self.stdout.write(f"{output}: de effectrapportage over {found}, met {written} metingen.")
