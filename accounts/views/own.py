"""What everybody does about themselves: come in by an invitation, and look after their own account."""

from allauth.account.forms import SetPasswordForm
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import invitations
from accounts.access import posted_from
from accounts.refusals import Refused


@login_not_required
@never_cache
@sensitive_post_parameters()
def invitation(request, token):
    """Choose a password, and be logged in; 410 for a link that does not work any more, with a way to a new one."""
    person = invitations.invited(token)
    if person is None:
        return _gone(request, token)
    form = SetPasswordForm(person, request.POST or None)
    if form.is_valid():
        try:
            person.accept_invitation(form.cleaned_data["password1"])
        except Refused:
            return _gone(request, token)
        messages.success(request, f"Welkom, {person}. Uw wachtwoord is opgeslagen en u bent ingelogd.")
        return perform_login(request, person, email=person.email)
    return render(request, "accounts/invitation.html", {"form": form, "person": person})


def _gone(request, token):
    return render(request, "accounts/invitation_gone.html", {"token": token}, status=410)


@login_not_required
@posted_from("accounts:invitation", "token")
def renew_invitation(request, token):
    """Mail a fresh invitation to the address that the link went to. The answer is the same whoever asks."""
    person = invitations.ever_invited(token)
    key = str(person.pk) if person else token
    if too_many := ratelimit.consume_or_429(request, action="renew_invitation", key=key):
        return too_many
    if person:
        invitations.send_again(request, person)
    return redirect("account_reset_password_done")


class Account(ListUserSessionsView):
    """One's own data and sessions; a POST ends the other sessions."""

    template_name = "accounts/account.html"
    success_url = reverse_lazy("accounts:account")
