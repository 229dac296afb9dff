from django.core.management.base import CommandError

from backoffice.commands import DataCommand
from indicators.differences import differences
from indicators.models import PrintedFigure

HEAD = ("indicator", "wat", "gedrukt", "berekend", "soort verschil")


class Command(DataCommand):
    help = "Toont waar het gedrukte rapport afwijkt van wat hier wordt berekend, met tabs tussen de kolommen."

    def handle(self, **options):
        report = PrintedFigure.objects.latest_report()
        if report is None:
            raise CommandError("Er zijn geen gedrukte cijfers om mee te vergelijken. Laad ze met load_indicators.")
        rows = [
            (
                str(one.indicator),
                ", ".join(filter(None, (one.what, one.where, one.place))),
                one.printed,
                one.computed,
                one.kind.label,
            )
            for one in differences(report)
        ]
        for row in (HEAD, *rows):
            self.stdout.write("\t".join(row).replace("\N{NO-BREAK SPACE}", " "))
