import django_filters
from django import forms

from .models import Organisation, PersonState, Role, User


class PersonFilter(django_filters.FilterSet):
    """Narrows the list of people down by what stands in the URL; what cannot be chosen finds nobody."""

    q = django_filters.CharFilter(
        label="Naam of e-mailadres", method="search", widget=forms.TextInput(attrs={"type": "search"})
    )
    rol = django_filters.ChoiceFilter(label="Rol", field_name="role", choices=Role, empty_label="Alle")
    organisatie = django_filters.ModelChoiceFilter(
        label="Organisatie", field_name="organisations", queryset=Organisation.objects.all(), empty_label="Alle"
    )
    status = django_filters.ChoiceFilter(label="Status", choices=PersonState, empty_label="Alle", method="in_state")

    class Meta:
        model = User
        fields = ()

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset) if self.is_valid() else queryset.none()

    def search(self, queryset, name, value):
        return queryset.search(value)

    def in_state(self, queryset, name, value):
        return queryset.in_state(value)
