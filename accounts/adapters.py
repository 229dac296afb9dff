from allauth.account.adapter import DefaultAccountAdapter

from accounts import invitations
from accounts.models import PersonState


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Nobody signs up: the programmabureau invites."""
        return False

    def format_email_subject(self, subject):
        return f"NPRZ Voortgang: {subject}"

    def send_password_reset_mail(self, user, email, context):
        """Who was invited and has no password yet to forget, is invited again."""
        if user.state == PersonState.INVITED:
            user.invite_again(by=None)
            invitations.send(self.request, user)
        else:
            super().send_password_reset_mail(user, email, context)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """With the person in it, whom the mail greets by name."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)
