from pathlib import Path

from django.core.management import CommandError

from accounts.models import Role, User
from backoffice.commands import DataCommand
from interventions.management.commands.export_round import round_of
from interventions.workbooks.importing import look_at, take_over
from interventions.workflow import Refused
from workbooks.taking_over import NOTHING

REASONS = {
    FileNotFoundError: "het bestand bestaat niet",
    NotADirectoryError: "het bestand bestaat niet",
    IsADirectoryError: "dat is een map",
    PermissionError: "u mag het niet lezen",
}
ADDRESS = "opdrachtregel@voortgang.invalid"


class Command(DataCommand):
    help = "Neemt een bewerkbaar werkblad over in een rapportageronde: alles, of niets als er iets niet klopt."

    def add_arguments(self, parser):
        parser.add_argument("bestand", type=Path, metavar="BESTAND.xlsx", help="het werkblad")
        parser.add_argument("--year", type=int, required=True, help="de ronde, bijvoorbeeld 2024")
        parser.add_argument("--dry-run", action="store_true", help="laat alleen zien wat er zou veranderen")
        parser.add_argument("--allow-new", action="store_true", help="sta nieuwe interventies toe")

    def handle(self, *, bestand, year, dry_run, allow_new, **options):
        reporting_round = round_of(year)
        try:
            with bestand.open("rb") as file:
                if dry_run:
                    nobody = User(role=Role.BEHEERDER)
                    preview = look_at(file, reporting_round=reporting_round, by=nobody, allow_new=allow_new)
                else:
                    preview = take_over(
                        file,
                        reporting_round=reporting_round,
                        by=command_line(),
                        file_name=bestand.name,
                        allow_new=allow_new,
                    )
        except OSError as error:
            raise CommandError(
                f"{bestand} kan niet worden gelezen: {REASONS.get(type(error), error.strerror)}."
            ) from error
        except Refused as refused:
            raise CommandError(f"Niets overgenomen.\n{refused}") from refused
        for change in preview.changes:
            self.stdout.write(f"{change.title}: {', '.join(change.titles)}")
        trial = dry_run and preview.summary != NOTHING
        self.stdout.write(f"{'Er is niets opgeslagen. Dit zou veranderen: ' if trial else ''}{preview.summary}")


def command_line():
    """The person that the history names for what was done on the server itself; nobody logs in as that."""
    there = User.objects.filter(email=ADDRESS).first()
    return there or User.objects.create_user(ADDRESS, name="Opdrachtregel", role=Role.BEHEERDER, is_active=False)
