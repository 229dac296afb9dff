"""Saving a draft, against an ordinary Django form view that saves one row: the same two texts, the same middleware."""

from itertools import count
from statistics import median_low

from django import forms
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.test import Client
from django.test.utils import override_settings
from django.urls import path, reverse

from accounts.models import Role, User
from bench import Row, side_by_side
from interventions.forms.partner import ProgressForm
from interventions.models import ProgressUpdate, ReportingRound
from interventions.workflow import WRITABLE, RoundState
from nprz_site.urls import urlpatterns as ours_urlpatterns


class BareForm(forms.ModelForm):
    class Meta:
        model = ProgressUpdate
        fields = ("quantitative", "qualitative")


def save_bare(request, pk):
    form = BareForm(request.POST, instance=get_object_or_404(ProgressUpdate, pk=pk))
    form.is_valid()
    form.save()
    return HttpResponseRedirect("/")


urlpatterns = [*ours_urlpatterns, path("kaal/<int:pk>/", save_bare)]


def measure():
    """Ours takes a version, a revision and an event with it, cleans both texts and checks who, when and what."""
    reporting_round = ReportingRound.objects.get(year=2024)
    reporting_round.state = RoundState.OPEN
    reporting_round.save()
    update, number = _median(reporting_round)
    person = User.objects.filter(role=Role.INVULLER, organisations__initiations__plan_item=update.plan_item).first()
    client = Client()
    client.force_login(person)
    form = ProgressForm(update=update)
    typed = {name: form[name].value() or "" for name in form.fields if not name.endswith("-provisional")}
    last_year = ProgressUpdate.objects.get(plan_item=update.plan_item.intervention.plan_items.get(round__year=2023))
    numbers, versions = count(), count(update.version)

    def post(url, version):
        """The texts of last year, with something typed in both that differs every time."""
        texts = {name: f"{getattr(last_year, name)}<p>Versie {next(numbers)}.</p>" for name in BareForm._meta.fields}
        response = client.post(url, typed | texts | {"version": version})
        assert response.status_code == 302, response.content  # noqa: S101 (a refusal is quicker than a save)
        client.cookies.pop("messages", None)  # as on the page that it leads to; otherwise they pile up

    def ours():
        post(reverse("interventions:fill_in", args=[update.pk]), next(versions))

    def bare():
        post(f"/kaal/{update.pk}/", 0)

    with override_settings(ROOT_URLCONF=__name__):
        times = side_by_side(ours, bare)
    return Row(f"Concept opslaan, met {number} reeksen", *times, limit=3)


def _median(reporting_round):
    """A voortgang that may be written now, with the median number of series of those that have any, or just more."""
    updates = ProgressUpdate.objects.filter(plan_item__round=reporting_round, plan_item__initiators__role="trekker")
    numbered = updates.annotate(number=Count("plan_item__intervention__placements__indicator__series"))
    middle = median_low(update.number for update in numbered if update.number)
    writable = [update for update in numbered if update.state in WRITABLE and update.number >= middle]
    chosen = min(writable, key=lambda update: update.number)
    return chosen, chosen.number
