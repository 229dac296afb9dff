"""What a beheerder says of a person who leaves."""

from django import forms

from accounts.models import User


class LeaveForm(forms.Form):
    successor = forms.ModelChoiceField(
        label="Wie neemt het over?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand",
        help_text="Deze invuller wordt contactpersoon. Wie bij dezelfde organisatie hoort, staat bovenaan.",
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = User.objects.able_to_succeed(person)
        self.fields["successor"].label_from_instance = lambda user: user.summary
