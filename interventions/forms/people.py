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

    adviser = forms.ModelChoiceField(
        label="Wie neemt de pijlers over?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand",
        help_text="De pijlers staan daarna bij deze persoon bovenaan in de lijst om te beoordelen.",
    )

    def __init__(self, *args, person, pillars, **kwargs):
        super().__init__(*args, **kwargs)
        if pillars:
            self.fields["adviser"].queryset = User.objects.of_bureau().exclude(pk=person.pk)
        else:
            del self.fields["adviser"]
        self.fields["successor"].queryset = User.objects.able_to_succeed(person)
        self.fields["successor"].label_from_instance = lambda user: user.summary
