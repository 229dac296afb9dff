from django.contrib import admin

from backoffice import Moment, Reading, site, yes_no
from interventions.models import IndicatorEvent, IndicatorPlacement, OutputIndicator, OutputSeries, OutputValue

from .actions import Act, action
from .workbooks import ThroughWorkbooks


def _why_not_decide(indicator, *, user):
    if indicator.status == OutputIndicator.Status.PROPOSED:
        return ""
    return f"Over '{indicator.name}' is al beslist: {indicator.get_status_display()}."


def _why_not_end(indicator, *, user):
    return indicator.why_not_change(user=user)


end = action(Act("end", "beëindigen", OutputIndicator.end, _why_not_end, version="version", needs="reden"))
accept = action(Act("accept", "voorstel overnemen", OutputIndicator.accept, _why_not_decide))
refuse = action(Act("refuse", "voorstel afwijzen", OutputIndicator.refuse, _why_not_decide))


@admin.register(OutputIndicator, site=site)
class OutputIndicatorAdmin(Reading):
    actions = (accept, refuse, end)
    list_display = ("name", "unit", "period_kind", "status", "proposed_by")
    export_fields = ("proposal_reason",)
    list_filter = ("status", "period_kind", "unit")
    list_select_related = ("proposed_by",)
    search_fields = ("name", "unit")

    def history_of(self, indicator):
        for event in indicator.events.select_related("by"):
            said = ". ".join(filter(None, (event.detail, event.reason)))
            yield Moment(event.at, event.by, event.get_verb_display() + (f": {said}" if said else ""))


@admin.register(IndicatorEvent, site=site)
class IndicatorEventAdmin(Reading):
    list_display = ("indicator", "verb", "detail", "reason", "by", "at")
    list_filter = ("verb",)
    list_select_related = ("indicator", "by")
    search_fields = ("indicator__name", "detail", "reason")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")


@admin.register(IndicatorPlacement, site=site)
class IndicatorPlacementAdmin(Reading):
    list_display = ("indicator", "intervention", "fills_in", "filled_in", "first_year", "until_year", "position")
    fields = list_display
    readonly_fields = ("fills_in", "filled_in", "first_year", "until_year")
    fills_in = yes_no("owner", "vult in")
    filled_in = yes_no("former_owner", "vulde in")
    list_filter = ("owner",)
    list_select_related = ("indicator", "intervention", "since", "until")
    search_fields = ("indicator__name", "intervention__plan_items__name")

    @admin.display(description="vanaf ronde", ordering="since__year")
    def first_year(self, placement):
        return placement.since.year if placement.since else "het begin"

    @admin.display(description="niet meer vanaf ronde", ordering="until__year")
    def until_year(self, placement):
        return placement.until.year if placement.until else "–"


@admin.register(OutputSeries, site=site)
class OutputSeriesAdmin(Reading):
    list_display = ("indicator", "area")
    list_filter = ("area",)
    list_select_related = ("indicator", "area")
    search_fields = ("indicator__name", "area__name")


@admin.register(OutputValue, site=site)
class OutputValueAdmin(ThroughWorkbooks):
    list_display = ("indicator", "area", "period", "year", "shown", "target", "not_final", "remark")
    fields = ("indicator", "area", "period", "round", "value", "code", "target", "not_final", "remark")
    readonly_fields = ("indicator", "area", "not_final")
    not_final = yes_no("provisional", "voorlopig")
    list_filter = ("round", "provisional", "code", "period")
    list_select_related = ("series__indicator", "series__area", "period", "round")
    search_fields = ("series__indicator__name", "kept_name", "series__area__name", "remark")
    ordering = ("-round__year", "series__indicator__name", "pk")

    def narrowed_to(self, rows):
        return {"values": rows}

    @admin.display(description="indicator", ordering="series__indicator__name")
    def indicator(self, value):
        return value.called

    @admin.display(description="gebied", ordering="series__area__position")
    def area(self, value):
        return value.series.area

    @admin.display(description="ronde", ordering="round__year")
    def year(self, value):
        return value.round.year

    @admin.display(description="waarde", ordering="value")
    def shown(self, value):
        return value.display
