from django.conf import settings
from django.core.management.base import CommandError

from accounts import invitations
from accounts.forms import InvitationForm
from accounts.models import Role, User
from accounts.refusals import Refused
from backoffice.commands import DataCommand


class Command(DataCommand):
    help = "Nodigt een beheerder uit: de eerste persoon van een lege installatie. Toont de link, verstuurt niets."

    def add_arguments(self, parser):
        parser.add_argument("email", help="het e-mailadres waarmee de beheerder inlogt")
        parser.add_argument("--name", metavar="NAAM", help="hoe de beheerder heet; anders het begin van het adres")

    def handle(self, *, email, name, **options):
        form = InvitationForm({"email": email, "name": name or email.partition("@")[0], "role": Role.BEHEERDER})
        if not form.is_valid():
            problems = (f"{form[field].label}: {error}" for field, errors in form.errors.items() for error in errors)
            raise CommandError(" ".join(problems))
        try:
            person = User.objects.invite(by=None, **form.cleaned_data)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{person} is uitgenodigd als beheerder. Kies via deze link een wachtwoord:\n")
        self.stdout.write(f"{settings.SITE_URL}{invitations.path_for(person)}\n")
        self.stdout.write(f"De link werkt één keer, {settings.INVITATION_DAYS} dagen lang.")
