from django.contrib import admin

from backoffice import Moment, Reading, Reference, site, yes_no

from .models import (
    Indicator,
    Measurement,
    MeasurementEvent,
    MeasurementImport,
    PrintedFigure,
    Regime,
    RegimePoint,
    Report,
    Scale,
    ScaleClass,
    ShareClass,
    Source,
    Table,
    Target,
    Term,
    Tile,
)

# Words and what is aimed at


class OfReports(Reference):
    """What the reports that are made are computed with: it is not deleted, as their figures would change."""

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not obj.is_reported()


@admin.register(Source, site=site)
class SourceAdmin(Reference):
    given_once = ("code",)
    list_display = ("name", "code", "position")
    search_fields = ("name", "code")
    fields = ("name", "code", "position")


@admin.register(Scale, site=site)
class ScaleAdmin(Reference):
    list_display = ("name",)
    fields = ("name",)


@admin.register(ScaleClass, site=site)
class ScaleClassAdmin(Reference):
    """The rank is what measurements hold, so that it stays once it is given, and the class as long as one has it."""

    given_once = ("scale", "rank")
    list_display = ("name", "scale", "rank")
    list_filter = ("scale",)
    list_select_related = ("scale",)
    fields = ("scale", "rank", "name")

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not obj.measurements().exists()


@admin.register(Table, site=site)
class TableAdmin(Reference):
    given_once = ("code",)
    list_display = ("name", "code", "layout", "position")
    list_filter = ("layout",)
    fields = ("name", "code", "layout", "position")


@admin.register(Indicator, site=site)
class IndicatorAdmin(Reference):
    given_once = ("code",)
    list_display = ("name", "code", "kind", "unit", "period_kind", "table", "source", "position")
    export_fields = ("definition", "definition_version", "note", "reasoning")
    list_filter = ("kind", "pillars", "table", "period_kind", "direction")
    list_select_related = ("table", "source")
    search_fields = ("name", "code")
    fields = (
        *("name", "code", "kind", "pillars", "table", "position"),
        *("unit", "decimals", "direction", "period_kind", "start_period", "lowest", "highest", "scale", "division"),
        *("adds_up", "adds_up_in_time", "parts_add_up_to"),
        *("source", "source_note", "definition", "definition_version", "note", "reasoning"),
    )


@admin.register(Term, site=site)
class TermAdmin(Reference):
    list_display = ("whole", "sign", "part", "below_the_line", "position")
    below_the_line = yes_no("below", "onder de streep")
    list_select_related = ("whole", "part")
    search_fields = ("whole__name", "part__name")
    fields = ("whole", "part", "sign", "below", "position")


@admin.register(Regime, site=site)
class RegimeAdmin(Reference):
    given_once = ("code",)
    list_display = ("name", "code", "position")
    fields = ("name", "code", "position")


@admin.register(RegimePoint, site=site)
class RegimePointAdmin(OfReports):
    list_display = ("regime", "year", "share")
    list_filter = ("regime",)
    list_select_related = ("regime",)
    fields = ("regime", "year", "share")


@admin.register(ShareClass, site=site)
class ShareClassAdmin(OfReports):
    list_display = ("name", "regime", "report", "lower")
    list_filter = ("regime", "report")
    list_select_related = ("regime",)
    fields = ("regime", "report", "name", "lower")


@admin.register(Report, site=site)
class ReportAdmin(Reference):
    list_display = ("year",)
    fields = ("year",)


@admin.register(Target, site=site)
class TargetAdmin(OfReports):
    list_display = ("indicator", "area", "regime", "reference", "reference_area", "norm", "reports_from", "reports_to")
    export_fields = ("pillar", "reference_indicator", "aim", "start_period", "start_value")
    list_filter = ("regime", "reference", "reference_area")
    list_select_related = ("indicator", "area", "regime", "reference_area", "reference_indicator", "start_period")
    search_fields = ("indicator__name", "aim")
    fields = (
        *("indicator", "area", "pillar", "regime", "reference", "reference_area", "norm", "reference_indicator", "aim"),
        *("start_period", "start_value", "reports_from", "reports_to"),
    )

    def save_model(self, request, obj, form, change):
        obj.mark_change(form.changed_data)
        super().save_model(request, obj, form, change)


@admin.register(Tile, site=site)
class TileAdmin(Reference):
    list_display = ("area", "division", "row", "column")
    list_filter = ("division",)
    list_select_related = ("area", "division")
    search_fields = ("area__name",)
    fields = ("division", "area", "row", "column")


# What was measured, what became of it, and what was printed


@admin.register(Measurement, site=site)
class MeasurementAdmin(Reading):
    list_display = ("indicator", "area", "period", "source", "figure", "not_final", "remark")
    fields = (
        *("indicator", "area", "period", "source", "value", "numerator", "denominator", "code"),
        *("not_final", "remark", "version"),
    )
    readonly_fields = ("not_final",)
    not_final = yes_no("provisional", "voorlopig")
    list_filter = ("provisional", "code", "source", "period", "area__kind")
    list_select_related = ("indicator__scale", "area", "period", "source")
    search_fields = ("indicator__name", "area__name", "remark")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("indicator__scale__classes")

    @admin.display(description="waarde", ordering="value")
    def figure(self, measurement):
        return measurement.said.figure(measurement.indicator)

    def history_of(self, measurement):
        for event in measurement.events().select_related("by"):
            yield Moment(event.at, event.by, ": ".join(filter(None, (event.change, event.reason))))


@admin.register(MeasurementEvent, site=site)
class MeasurementEventAdmin(Reading):
    list_display = ("indicator", "area", "period", "source", "was", "became", "reason", "by", "way_in", "at")
    list_filter = ("way_in", "source")
    list_select_related = ("indicator", "area", "period", "source", "by")
    search_fields = ("indicator__name", "area__name", "reason")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")


@admin.register(MeasurementImport, site=site)
class MeasurementImportAdmin(Reading):
    list_display = ("file_name", "by", "at", "summary")
    export_fields = ("sha256",)
    list_select_related = ("by",)
    search_fields = ("file_name", "summary")
    date_hierarchy = "at"


@admin.register(PrintedFigure, site=site)
class PrintedFigureAdmin(Reading):
    list_display = ("indicator", "what", "area", "period", "raw", "kind", "place", "report")
    export_fields = ("value", "source", "regime", "since", "year", "note")
    list_filter = ("report", "what", "kind", "regime")
    list_select_related = ("indicator", "area", "period", "since", "source", "regime")
    search_fields = ("indicator__name", "place", "raw", "note")
