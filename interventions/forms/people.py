"""Who takes over from a person who leaves."""

from django import forms

from accounts.models import User


class LeaveForm(forms.Form):
    successor = forms.ModelChoiceField(
        label="Wie wordt contactpersoon?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand; de interventies staan daarna zonder contactpersoon in de lijst van het plan",
        help_text="Alleen invullers. Wie bij dezelfde organisatie hoort, staat bovenaan.",
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = User.objects.able_to_succeed(person)
        self.fields["successor"].label_from_instance = lambda user: user.summary
