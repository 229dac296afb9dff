"""What the bureau sends along with a verb. Whether that is enough is for the verb to say (see workflow.Refused)."""

from django import forms

from interventions.workflow import Colour

HINTS = {
    Colour.GREEN: "Het resultaat is of wordt bereikt, er zijn geen problemen. Schrijf waaruit dat blijkt.",
    Colour.ORANGE: "Er zijn problemen, maar met maatregelen wordt het resultaat bereikt. Schrijf welke maatregelen.",
    Colour.RED: "Er is zorg over het resultaat of een mijlpaal. Schrijf welke zorg.",
    Colour.WHITE: "Nog niet gestart. Schrijf wanneer het begint.",
}


class VerbForm(forms.Form):
    """`version` is the one that the user saw."""

    version = forms.IntegerField()


class ReasonForm(VerbForm):
    reason = forms.CharField(required=False)


class ColourForm(ReasonForm):
    """`version` is that of the colour."""

    colour = forms.ChoiceField(label="Kleur", choices=list(HINTS.items()), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Waarom deze kleur?", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="Verplicht."
    )
