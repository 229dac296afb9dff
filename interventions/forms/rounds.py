"""What a beheerder fills in about a round. What a round may be is for its verbs to say (see workflow.Refused)."""

from django import forms

from accounts.forms import VersionField
from interventions.models import ReportingRound

YEARS = {"min_value": 2000, "max_value": 2100}


class DayField(forms.DateField):
    def __init__(self, **kwargs):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")  # the form in which browsers take it
        super().__init__(widget=widget, required=False, **kwargs)


class RoundForm(forms.Form):
    """The year of a round and its dates, which may be filled in later."""

    year = forms.IntegerField(label="Jaar", help_text="Het jaar waarover de partners rapporteren.", **YEARS)
    opens_on = DayField(label="Opent op", help_text="De datums zijn pas nodig als u de ronde opent.")
    deadline = DayField(label="Inleveren tot en met", help_text="Daarna kan een partner nog inleveren, maar te laat.")


class NewRoundForm(RoundForm):
    """With a `source` it is a round that is taken over; the field is not there when that cannot be any more."""

    source = forms.CharField(
        label="Overgenomen uit",
        required=False,
        max_length=ReportingRound._meta.get_field("source").max_length,
        help_text="Alleen voor een rapport van vroeger, bijvoorbeeld 'Voortgangsrapportage 2023'. De ronde opent dan "
        "niet: u vult haar zelf, met een werkblad. Laat dit anders leeg.",
    )

    def __init__(self, *args, why_not_take_over="", **kwargs):
        super().__init__(*args, **kwargs)
        if why_not_take_over:
            del self.fields["source"]


class ScheduleForm(RoundForm):
    """`version` is the one that the user saw. A historical round has no dates."""

    version = VersionField()

    def __init__(self, data=None, *, reporting_round):
        names = ("year", "opens_on", "deadline", "version")
        super().__init__(data, initial={name: getattr(reporting_round, name) for name in names})
        if reporting_round.historical:
            del self.fields["opens_on"], self.fields["deadline"]

    def move_to(self, version):
        """Let what was typed stand as a change of this version, so that saving again is a decision."""
        self.data = self.data.copy()
        self.data["version"] = version


class VersionsField(forms.MultipleChoiceField):
    """Check boxes of voortgangen; cleaned to {key: the version that the user saw}, also of what is no choice now."""

    widget = forms.CheckboxSelectMultiple

    @staticmethod
    def value_of(update):
        """What stands for this version of `update` in the form."""
        return f"{update.pk}-{update.version}"

    def valid_value(self, value):
        return all(part.isdecimal() for part in value.split("-", 1)) and "-" in value

    def clean(self, value):
        return {int(key): int(version) for key, version in (one.split("-") for one in super().clean(value))}


class NoReportsForm(forms.Form):
    """Of which of `items` nothing will come, and why."""

    reason = forms.CharField(
        label="Reden", widget=forms.Textarea(attrs={"rows": 3}), help_text="Staat daarna bij elk van deze interventies."
    )
    versions = VersionsField(
        label="Van welke interventies is geen opgave ontvangen?",
        error_messages={"required": "Kies ten minste één interventie."},
    )

    def __init__(self, data=None, *, items):
        super().__init__(data)
        self.fields["versions"].choices = [(VersionsField.value_of(item.progress), _described(item)) for item in items]


def _described(item):
    return f"{item} ({item.trekker or 'geen trekker'}; {item.progress.get_state_display()})"
