"""The link by which an invited person comes in for the first time.

It is a signed key with the moment it was made. It works until a password has been chosen or a later one was sent, and
for INVITATION_DAYS; who has an older or a used link can have a new one sent to the same address, and learns nothing by
asking.
"""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils import timezone

from .models import PersonState, User

SIGNER = TimestampSigner(sep=".", salt="accounts.invitation")


def path_for(person):
    return reverse("accounts:invitation", args=[SIGNER.sign(f"{person.pk}-{person.invitation}")])


def invited(token):
    """The person who may come in by the link with `token` now; None when it is used, too old or none of ours."""
    person, invitation = _read(token, max_age=timedelta(days=settings.INVITATION_DAYS))
    is_open = person and person.state == PersonState.INVITED and invitation == str(person.invitation)
    return person if is_open else None


def ever_invited(token):
    """The person for whom `token` was once made, used or too old as it may be; None when it is none of ours."""
    return _read(token)[0]


def _read(token, max_age=None):
    """The person and the number of the invitation that `token` was made for."""
    try:
        person, _, invitation = SIGNER.unsign(token, max_age=max_age).partition("-")
    except BadSignature:
        return None, ""
    return User.objects.filter(pk=person).first(), invitation


def send(request, person, *, by=None):
    """Mail `person` the link of their last invitation; `by` is who invites them."""
    context = {
        "user": person,
        "by": by,
        "organisations": ", ".join(str(one) for one in person.organisations.all()),
        "url": request.build_absolute_uri(path_for(person)),
        "until": timezone.localdate() + timedelta(days=settings.INVITATION_DAYS),
    }
    get_adapter().send_mail("accounts/email/invitation", person.email, context)


def send_again(request, person):
    """Mail `person` a new way in: an invitation, or a new password for who used theirs; nothing for who has left."""
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)  # our adapter invites who has no password yet
