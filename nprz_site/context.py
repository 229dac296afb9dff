from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from interventions.models import Demonstration


def site(request):
    """What every page shows: the menu of this user, and whether the installation is a demonstration.

    Both are made when a template asks for them: a redirect or a download costs nothing.
    """
    return {
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "demo": SimpleLazyObject(Demonstration.objects.notice),
    }


def navigation(request):
    """The main menu of the user of `request`: a list of {label, url, current}; empty for who is not logged in.

    `current` is what aria-current says: "page" on the page itself, "true" on the pages below it, otherwise "".
    """
    user = request.user
    if not user.is_authenticated:
        return []
    entries = []
    if user.is_invuller:
        entries.append(("Mijn interventies", reverse("interventions:mine")))
    if user.is_bureau:
        entries.append(("Beoordelen", reverse("interventions:queue")))
    elif user.sees_everything:
        entries.append(("Alle interventies", reverse("interventions:queue")))
    entries.append(("Overzicht", reverse("interventions:overview")))
    entries.append(("Indicatoren", reverse("indicators:goals"), reverse("indicators:areas")))
    if user.sees_everything:
        entries.append(("Plan", reverse("interventions:plan")))
    if user.is_beheerder or (user.sees_everything and not user.is_bureau):
        entries.append(("Rondes", reverse("interventions:rounds")))
    if user.is_beheerder:
        entries.append(("Personen", reverse("accounts:people")))
        entries.append(("Beheer", reverse("admin:index")))
    return [
        {
            "label": label,
            "url": url,
            "current": "page" if request.path == url else "true" if request.path.startswith((url, *others)) else "",
        }
        for label, url, *others in entries
    ]
