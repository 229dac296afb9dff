from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from interventions.models import Demonstration
from programme.richtext import from_typed


def site(request):
    """What pages show: the menu of this user, whether this is a demonstration, and what was typed in vain.

    Each is made when a template asks for it: a redirect or a download costs nothing.
    """
    return {
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "demo": SimpleLazyObject(Demonstration.objects.notice),
        "typed": SimpleLazyObject(lambda: typed(request)),
    }


def typed(request):
    """The texts that this user sent along, as canonical rich text: for an error page, which has no form for them.

    Texts are what has a space or a mark-up in it; the choices and keys beside them say nothing without their form.
    Whatever a stranger's page sends is none of ours: who sent it is logged in, and a view of ours has refused it.
    """
    if request.method != "POST" or not request.resolver_match or not request.user.is_authenticated:
        return []
    texts = [text for name, texts in request.POST.lists() if "password" not in name for text in texts]
    return [from_typed(text) for text in texts if {" ", "\n", "<"} & set(text.strip())]


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
