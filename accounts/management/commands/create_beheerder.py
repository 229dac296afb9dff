from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import invitations
from accounts.models import Role, User
from accounts.refusals import Refused


class Command(BaseCommand):
    help = "Nodigt een beheerder uit: de eerste persoon van een lege installatie. Toont de link, verstuurt niets."

    def add_arguments(self, parser):
        parser.add_argument("email", help="het e-mailadres waarmee de beheerder inlogt")
        parser.add_argument("--name", metavar="NAAM", help="hoe de beheerder heet; anders het begin van het adres")

    def handle(self, *, email, name, **options):
        try:
            validate_email(email)
            person = User.objects.invite(
                by=None, email=email, name=name or email.partition("@")[0], role=Role.BEHEERDER
            )
        except ValidationError:
            raise CommandError(f"'{email}' is geen e-mailadres.") from None
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{person} is uitgenodigd als beheerder. Kies via deze link een wachtwoord:\n")
        self.stdout.write(f"{settings.SITE_URL}{invitations.path_for(person)}\n")
        self.stdout.write(f"De link werkt één keer, {settings.INVITATION_DAYS} dagen lang.")
