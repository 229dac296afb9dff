"""What a list of interventies can be narrowed down to; shared by the queue, the overview and their workbooks."""

from itertools import groupby

import django_filters
from django import forms

from accounts.models import Organisation
from interventions.workflow import BUREAU_ORDER, Colour
from programme.models import Pillar, Theme

from .models import Funding, PlanItem

WITHOUT_PILLAR = "Organisatie en financiën"
WITHOUT_PILLAR_KEY = "OF"  # stands for it in a URL, as an abbreviation does for a pijler
NO_COLOUR = "geen"


def pillar_key(pillar):
    """What stands in a URL for `pillar`; None is Organisatie en financiën."""
    return pillar.abbreviation if pillar else WITHOUT_PILLAR_KEY


def themes_by_pillar():
    """The themes as groups of choices, one group per pijler."""
    themes = Theme.objects.select_related("pillar", "parent")
    return [
        (str(pillar or WITHOUT_PILLAR), [(theme.pk, str(theme)) for theme in of_pillar])
        for pillar, of_pillar in groupby(themes, key=lambda theme: theme.pillar)
    ]


class PlanItemFilter(django_filters.FilterSet):
    """Narrows `PlanItem.objects.visible_to(user=user)` down by what stands in the URL.

    Reads only what `visible_to` shows, so that no filter tells what is hidden. Something that cannot be chosen gives an
    error in the form and no rows, never all of them. A search adds `hit` (see PlanItemQuerySet.with_hit).
    """

    q = django_filters.CharFilter(
        label="Zoeken", method="search", widget=forms.TextInput(attrs={"type": "search", "placeholder": "Woord of W4"})
    )
    pijler = django_filters.ModelChoiceFilter(
        label="Pijler",
        field_name="pillar",
        queryset=Pillar.objects.all(),
        to_field_name="abbreviation",
        empty_label="Alle",
        null_label=WITHOUT_PILLAR,
        null_value=WITHOUT_PILLAR_KEY,
    )
    thema = django_filters.ChoiceFilter(label="Thema", choices=themes_by_pillar, empty_label="Alle", method="in_theme")
    organisatie = django_filters.ModelChoiceFilter(
        label="Organisatie", queryset=Organisation.objects.all(), empty_label="Alle", method="initiated_by"
    )
    status = django_filters.ChoiceFilter(
        label="Status",
        field_name="seen_state",
        choices=[(state.value, state.label) for state in BUREAU_ORDER],
        empty_label="Alle",
    )
    kleur = django_filters.ChoiceFilter(
        label="Kleur",
        choices=[*((colour.value, colour.label) for colour in reversed(Colour)), (NO_COLOUR, "nog geen kleur")],
        empty_label="Alle",
        method="of_colour",
    )
    financiering = django_filters.ModelChoiceFilter(
        label="Financiering", field_name="funding", queryset=Funding.objects.all(), empty_label="Alle"
    )
    zonder_initiatiefnemer = django_filters.BooleanFilter(
        label="Zonder initiatiefnemer", method="without_initiator", widget=forms.CheckboxInput
    )

    class Meta:
        model = PlanItem
        fields = ()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if not (user.sees_everything or user.is_invuller):
            del self.filters["status"]

    @property
    def selection(self):
        """What was chosen, in words, such as 'Pijler: Werk; Status: ingediend'; "" when nothing was."""
        if not self.is_bound:
            return ""
        if not self.is_valid():
            return "een keuze die er niet is, dus geen interventies"
        chosen = self.form.cleaned_data
        return "; ".join(self._in_words(self.form[name]) for name, value in chosen.items() if value)

    @staticmethod
    def _in_words(bound_field):
        if isinstance(bound_field.field.widget, forms.CheckboxInput):
            return bound_field.label
        options = (option.data for option in bound_field.subwidgets)
        words = next((option["label"] for option in options if option.get("selected")), bound_field.data)
        return f"{bound_field.label}: {words}"

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset) if self.is_valid() else queryset.none()

    def search(self, queryset, name, value):
        return queryset.search(value).with_hit(value)

    def in_theme(self, queryset, name, value):
        return queryset.in_theme(value)

    def initiated_by(self, queryset, name, value):
        return queryset.initiated_by(value)

    def of_colour(self, queryset, name, value):
        return queryset.filter(seen_colour="" if value == NO_COLOUR else value)

    def without_initiator(self, queryset, name, value):
        return queryset.without_initiator() if value else queryset
