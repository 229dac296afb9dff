"""What a beheerder says of a person who leaves."""

from django import forms

from accounts.models import User


class LeaveForm(forms.Form):
    successor = forms.ModelChoiceField(
        label="Wie neemt het over?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand",
    )

    adviser = forms.ModelChoiceField(
        label="Wie neemt de pijlers over?",
        queryset=User.objects.none(),
        required=False,
        empty_label="Niemand",
        help_text="De pijlers staan daarna bij deze persoon bovenaan in de lijst om te beoordelen.",
    )

    def __init__(self, *args, person, pillars, items, **kwargs):
        """`items` is where they are contact person: without any, nobody has to take that over."""
        super().__init__(*args, **kwargs)
        if pillars:
            self.fields["adviser"].queryset = User.objects.of_bureau().exclude(pk=person.pk)
        else:
            del self.fields["adviser"]
        if items:
            self._offer(User.objects.able_to_succeed(person), items.count_writers())
        else:
            del self.fields["successor"]

    def _offer(self, people, may_write):
        """Let the successor be one of `people`, those first who may write at most; `may_write` counts where."""
        successor = self.fields["successor"]
        successor.queryset = people
        ranked = sorted(people, key=lambda user: -may_write[user])
        successor.choices = [
            ("", successor.empty_label),
            *(
                (user.pk, user.summary if may_write[user] else f"{user.summary} (mag hier niet invullen)")
                for user in ranked
            ),
        ]
        successor.help_text = "Deze invuller wordt contactpersoon. " + (
            "Wie hier ook mag invullen, staat bovenaan."
            if any(may_write[user] for user in ranked)
            else "Niemand van deze lijst mag hier invullen. Nodig daarvoor iemand van de organisatie uit."
        )
