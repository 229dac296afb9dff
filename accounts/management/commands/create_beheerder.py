from django.conf import settings
from django.core.management.base import CommandError

from accounts import invitations
from accounts.forms import InvitationForm
from accounts.models import Role, User
from accounts.refusals import Refused
from backoffice.commands import DataCommand

WAYS_IN = (
    "Wie actief is, kiest op de inlogpagina 'Wachtwoord vergeten?' voor een nieuw wachtwoord. Een rol wijzigen of weer "
    "toegang geven doet een beheerder bij Personen. Is er geen beheerder meer? Maak er een met een ander adres."
)


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
        person = User.objects.filter(email=form.cleaned_data["email"].lower(), role=Role.BEHEERDER).first()
        try:
            if person is None:
                person = User.objects.invite(by=None, **form.cleaned_data)
            else:
                person.invite_again(by=None)
        except Refused as refused:
            raise CommandError(f"{refused} {WAYS_IN}") from refused
        self.stdout.write(f"{person} is uitgenodigd als beheerder. Kies via deze link een wachtwoord:\n")
        self.stdout.write(f"{settings.SITE_URL}{invitations.path_for(person)}\n")
        self.stdout.write(f"De link werkt één keer, {settings.INVITATION_DAYS} dagen lang.")
