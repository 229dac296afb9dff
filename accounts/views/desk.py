"""The rooms of the beheerder: who takes part, and for which organisation."""

import logging

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from accounts import invitations
from accounts.access import only, posted_from
from accounts.filters import PersonFilter
from accounts.forms import ChangeOrganisationForm, ChangePersonForm, InvitationForm, OrganisationForm
from accounts.models import Organisation, PersonState, User
from accounts.refusals import Conflict, Refused
from accounts.tables import PersonTable

logger = logging.getLogger(__name__)

# People


@method_decorator(only("is_beheerder"), name="dispatch")
class People(SingleTableMixin, FilterView):
    queryset = User.objects.for_list()
    filterset_class = PersonFilter
    table_class = PersonTable
    table_pagination = {"per_page": 50}
    template_name = "accounts/people.html"


@only("is_beheerder")
def invite(request):
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        try:
            person = User.objects.invite(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _send_invitation(request, person)
            return redirect("accounts:person", pk=person.pk)
    return render(request, "accounts/invite.html", {"form": form, "organisations": Organisation.objects.exists()})


def _send_invitation(request, person):
    try:
        invitations.send(request, person, by=request.user)
        messages.success(request, f"De uitnodiging aan {person} is verstuurd naar {person.email}.")
    except OSError:  # whatever the mail server has against it
        logger.exception("The invitation to person %s was not sent", person.pk)
        messages.error(
            request,
            f"{person} staat in de lijst, maar de e-mail is niet verstuurd. Stuur de uitnodiging later opnieuw.",
        )


@only("is_beheerder")
def person(request, pk):
    person = get_object_or_404(User, pk=pk)
    initial = {
        "name": person.name,
        "role": person.role,
        "organisations": person.organisations.all(),
        "version": person.version,
    }
    why_not_role = person.why_not_change_role(user=request.user)
    form = ChangePersonForm(request.POST or None, initial=initial, why_not_role=why_not_role)
    status = 200
    if form.is_valid():
        try:
            person.change(by=request.user, **form.cleaned_data)
        except Refused as refused:
            status = _not_kept(form, refused, person)
        else:
            messages.success(request, f"De gegevens van {person} zijn opgeslagen.")
            return redirect("accounts:person", pk=pk)
    context = {
        "person": person,
        "form": form,
        "why_not_deactivate": person.why_not_deactivate(user=request.user),
        "is_invited": person.state == PersonState.INVITED,
        "events": person.events.select_related("by").reverse(),
    }
    return render(request, "accounts/person.html", context, status=status)


def _not_kept(form, refused, instance):
    """Say on the form why it was refused, with all that was typed still in it; returns the status of the page."""
    form.add_error(None, str(refused))
    if isinstance(refused, Conflict):
        form.move_to_version(instance.version)
    return 409


@only("is_beheerder")
@posted_from("accounts:person", "pk")
def resend(request, pk):
    person = get_object_or_404(User, pk=pk)
    try:
        person.invite_again(by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        _send_invitation(request, person)
    return redirect("accounts:person", pk=pk)


@only("is_beheerder")
@posted_from("accounts:person", "pk")
def activate(request, pk):
    person = get_object_or_404(User, pk=pk)
    try:
        person.activate(by=request.user)
        messages.success(request, f"{person} is weer {person.state.label}.")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("accounts:person", pk=pk)


# Organisations


@only("is_beheerder")
def organisations(request):
    return render(request, "accounts/organisations.html", {"organisations": Organisation.objects.for_list()})


@only("is_beheerder")
def add_organisation(request):
    form = OrganisationForm(request.POST or None)
    if form.is_valid():
        try:
            organisation = Organisation.objects.add(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{organisation} is toegevoegd.")
            return redirect("accounts:organisations")
    return render(request, "accounts/organisation.html", {"form": form})


@only("is_beheerder")
def organisation(request, pk):
    organisation = get_object_or_404(Organisation, pk=pk)
    initial = {
        "name": organisation.name,
        "kind": organisation.kind,
        "parent": organisation.parent,
        "members": organisation.members.all(),
        "version": organisation.version,
    }
    form = ChangeOrganisationForm(request.POST or None, initial=initial, organisation=organisation)
    status = 200
    if form.is_valid():
        try:
            organisation.change(by=request.user, **form.cleaned_data)
        except Refused as refused:
            status = _not_kept(form, refused, organisation)
        else:
            messages.success(request, f"{organisation} is opgeslagen.")
            return redirect("accounts:organisations")
    events = organisation.events.select_related("by").reverse()
    context = {"form": form, "organisation": organisation, "events": events}
    return render(request, "accounts/organisation.html", context, status=status)
