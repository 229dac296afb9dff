from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Nobody signs up: the programmabureau invites."""
        return False

    def format_email_subject(self, subject):
        return f"NPRZ Voortgang: {subject}"
