from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from backoffice import Reference, site

from .models import Area, Division, Period, Pillar, Theme


@admin.register(Pillar, site=site)
class PillarAdmin(Reference):
    list_display = ("name", "abbreviation", "position")
    search_fields = ("name", "abbreviation")
    fields = ("name", "abbreviation", "position")


@admin.register(Theme, site=site)
class ThemeAdmin(Reference):
    list_display = ("name", "pillar", "parent", "position")
    list_filter = ("pillar",)
    list_select_related = ("pillar", "parent__parent")
    search_fields = ("name", "parent__name")
    fields = ("pillar", "parent", "name", "position")


class AreaForm(forms.ModelForm):
    def clean_parts(self):
        parts = self.cleaned_data["parts"]
        for part in parts if self.instance.pk else ():
            if part == self.instance or self.instance in part.all_parts():
                raise ValidationError(f"Dit kan niet: {part} bestaat zelf uit {self.instance}.")
        return parts


@admin.register(Area, site=site)
class AreaAdmin(Reference):
    form = AreaForm
    list_display = ("name", "kind", "position", "chart_place")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "kind", "position", "chart_place", "divisions", "parts")
    never_fixed = ("chart_place",)


@admin.register(Division, site=site)
class DivisionAdmin(Reference):
    list_display = ("name", "position")
    fields = ("name", "position")


@admin.register(Period, site=site)
class PeriodAdmin(Reference):
    list_display = ("__str__", "kind", "start", "end")
    list_filter = ("kind",)
    date_hierarchy = "start"
    fields = ("kind", "start", "end")
