"""What the bureau changes about the figures of an interventie. Each form holds the version that the user saw."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import VersionField
from interventions.models import OutputIndicator
from programme.models import Area, Period
from programme.numbers import format_number, parse_number

from .plan import VersionForm

PERIODS = [(kind.value, kind.label) for kind in (Period.Kind.YEAR, Period.Kind.SCHOOL_YEAR)]


class AddForm(forms.Form):
    """A figure that an interventie does not report yet."""

    name = forms.CharField(
        label="Wat wordt er geteld of gemeten?", max_length=OutputIndicator._meta.get_field("name").max_length
    )
    unit = forms.CharField(
        label="Eenheid",
        help_text="Bijvoorbeeld: aantal, %, euro",
        max_length=OutputIndicator._meta.get_field("unit").max_length,
    )
    period_kind = forms.ChoiceField(label="Per", choices=PERIODS)
    areas = forms.ModelMultipleChoiceField(
        label="Gebieden",
        help_text="Voor elk gebied vult de partner een waarde in. Houd Ctrl ingedrukt om er meer te kiezen.",
        queryset=Area.objects.all(),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )


class ChangeForm(VersionForm):
    """Something to do with one indicator at one plan item; `do` is the name of what is done.

    `rows` has what is asked in the round by the key of the series, `others` the plan items of the round, `areas` all
    areas there are.
    """

    do = ""
    version = VersionField()

    def __init__(self, data=None, *, indicator, item, rows, others, areas):
        super().__init__(data, auto_id=f"id_{indicator.pk}_{self.do}_%s", initial={"version": indicator.version})
        self.indicator, self.item = indicator, item
        self.others = {other.pk: other for other in others if other != item}
        there = {series.area_id for series in indicator.series.all()}
        self.new_areas = {area.pk: area for area in areas if area.pk not in there}

    def apply(self, *, by):
        """Do it, by the verb of the model."""
        raise NotImplementedError


class RenameForm(ChangeForm):
    do = "hernoemen"
    name = AddForm.base_fields["name"]
    unit = AddForm.base_fields["unit"]

    def __init__(self, *args, indicator, **kwargs):
        super().__init__(*args, indicator=indicator, **kwargs)
        self.initial |= {"name": indicator.name, "unit": indicator.unit}

    def apply(self, *, by):
        self.indicator.rename(by=by, **self.cleaned_data)


class AreasForm(ChangeForm):
    do = "gebieden"
    added = forms.TypedMultipleChoiceField(
        label="Gebieden",
        help_text=AddForm.base_fields["areas"].help_text,
        coerce=int,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["added"].choices = [(key, str(area)) for key, area in self.new_areas.items()]

    def apply(self, *, by):
        areas = [self.new_areas[key] for key in self.cleaned_data["added"]]
        self.indicator.add_areas(areas, by=by, version=self.cleaned_data["version"])


class NumberField(forms.CharField):
    """A number as a reader writes it, or None."""

    def clean(self, value):
        text = super().clean(value)
        try:
            return parse_number(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error)) from error


class TargetsForm(ChangeForm):
    """A target for each series."""

    do = "streefwaarden"

    def __init__(self, *args, indicator, rows, **kwargs):
        super().__init__(*args, indicator=indicator, rows=rows, **kwargs)
        for series in indicator.series.all():
            row = rows.get(series.pk)
            self.fields[f"target-{series.pk}"] = NumberField(label=str(series.area), required=False)
            if row and row.target is not None:
                self.initial[f"target-{series.pk}"] = format_number(row.target)

    def apply(self, *, by):
        targets = {series.pk: self.cleaned_data[f"target-{series.pk}"] for series in self.indicator.series.all()}
        version = self.cleaned_data["version"]
        self.indicator.set_targets(targets, reporting_round=self.item.round, by=by, version=version)


class ShareForm(ChangeForm):
    do = "delen"
    other = forms.TypedChoiceField(
        label="Met welke interventie?", help_text="Zij ziet de cijfers; invullen blijft hier.", coerce=int
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(key, str(other)) for key, other in self.others.items()]
        self.fields["other"].choices = [("", "Kies een interventie"), *choices]

    def apply(self, *, by):
        other = self.others[self.cleaned_data["other"]]
        self.indicator.share_with(other, by=by, version=self.cleaned_data["version"])


class TakeForm(ChangeForm):
    do = "weghalen"

    def apply(self, *, by):
        self.indicator.take_from(self.item, by=by, version=self.cleaned_data["version"])


class EndForm(ChangeForm):
    do = "beeindigen"
    reason = forms.CharField(label="Reden", widget=forms.Textarea(attrs={"rows": 3}))

    def apply(self, *, by):
        self.indicator.end(by=by, **self.cleaned_data)


AT_OWNER = {form.do: form for form in (TargetsForm, RenameForm, AreasForm, ShareForm, EndForm)}
ELSEWHERE = {TakeForm.do: TakeForm}
