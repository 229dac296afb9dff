from django.contrib import admin

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


@admin.register(Area, site=site)
class AreaAdmin(Reference):
    list_display = ("name", "kind", "position")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "kind", "position", "divisions", "parts")


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
