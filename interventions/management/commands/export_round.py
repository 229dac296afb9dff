from pathlib import Path

from django.core.management import CommandError

from accounts.models import Role, User
from backoffice.commands import DataCommand
from backoffice.workbooks.files import whole_file
from interventions.models import PlanItem, ReportingRound
from interventions.workbooks import write_editable, write_workbook
from interventions.workflow import Refused


class Command(DataCommand):
    help = "Schrijft een rapportageronde als werkblad, met alles wat het programmabureau ziet."

    def add_arguments(self, parser):
        parser.add_argument("jaar", type=int, help="de ronde, bijvoorbeeld 2023")
        parser.add_argument("--output", required=True, metavar="BESTAND.xlsx", help="waar het komt te staan")
        parser.add_argument("--editable", action="store_true", help="in de vorm die weer kan worden ingelezen")

    def handle(self, *, jaar, output, editable, **options):
        reporting_round = round_of(jaar)
        bureau = User(role=Role.BEHEERDER)
        items = PlanItem.objects.in_round(reporting_round).visible_to(user=bureau)
        try:
            with whole_file(Path(output)) as file:
                if editable:
                    write_editable(file, reporting_round=reporting_round, user=bureau)
                else:
                    write_workbook(file, items=items, reporting_round=reporting_round, user=bureau)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{output}: {items.counting().count()} interventies van {jaar}.")


def round_of(year):
    """The round of `year`. Raises CommandError, which names those that there are."""
    try:
        return ReportingRound.objects.get(year=year)
    except ReportingRound.DoesNotExist:
        years = ", ".join(str(year) for year in ReportingRound.objects.values_list("year", flat=True)) or "geen"
        raise CommandError(f"Er is geen ronde {year}. Rondes die er wel zijn: {years}.") from None
