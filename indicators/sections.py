"""The pages of the outcome side beside each other: the menu inside 'Indicatoren'."""

from django.urls import reverse

from .models import Table


def sections(request, *, report=None):
    """The sections that the user of `request` may open: a list of {label, url, current}, as in the main menu.

    `report` is the ReportYear that the page is about: one that was chosen stays chosen where there is one to choose.
    """
    chosen = f"?jaar={report.year}" if report and "jaar" in request.GET else ""
    entries = [
        ("Doelen en indicatoren", reverse("indicators:goals")),
        ("Stand", reverse("indicators:stand")),
        *((table.name, reverse("indicators:table", args=[table.code])) for table in Table.objects.all()),
        ("Wijken", reverse("indicators:areas")),
    ]
    if request.user.sees_everything:
        entries.append(("Verschillen", reverse("indicators:differences")))
    if request.user.is_bureau:
        entries.append(("Invoeren", reverse("indicators:entering")))
    of_a_report = (reverse("indicators:goals"), reverse("indicators:stand"))
    return [
        {
            "label": label,
            "url": url + chosen if url in of_a_report else url,
            "current": _current(request.path, url),
        }
        for label, url in entries
    ]


def _current(path, url):
    """What aria-current says: of the page itself, or of the section that the page is below."""
    if path == url:
        return "page"
    return "true" if path.startswith(url) and url != reverse("indicators:goals") else ""
