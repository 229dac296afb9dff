from django.contrib import admin
from django.urls import reverse

from backoffice import Moment, Reading, site, yes_no
from interventions.models import Demonstration, ImportLog, ReportingRound, RoundEvent
from interventions.workflow import ROUND_VERBS

from .actions import verb_of_round


@admin.register(ReportingRound, site=site)
class ReportingRoundAdmin(Reading):
    actions = tuple(verb_of_round(ReportingRound, name) for name in ROUND_VERBS)
    list_display = (
        "year",
        "state",
        "opens_on",
        "deadline",
        "taken_over",
        "counting",
        "finished",
        "coloured",
        "released",
    )
    export_fields = ("source",)
    list_filter = ("state", "historical")
    search_fields = ("year",)
    fields = ("year", "state", "opens_on", "deadline", "taken_over", "source", "version")
    readonly_fields = ("taken_over",)
    taken_over = yes_no("historical", "overgenomen uit een eerder rapport")

    def get_queryset(self, request):
        return super().get_queryset(request).with_numbers()

    @admin.display(description="interventies")
    def counting(self, reporting_round):
        return reporting_round.counting

    @admin.display(description="afgerond")
    def finished(self, reporting_round):
        return reporting_round.finished

    @admin.display(description="met kleur")
    def coloured(self, reporting_round):
        return reporting_round.coloured

    @admin.display(description="kleur vrijgegeven")
    def released(self, reporting_round):
        return reporting_round.released

    def view_on_site(self, reporting_round):
        return reverse("interventions:round", args=[reporting_round.year])

    def history_of(self, reporting_round):
        for event in reporting_round.events.select_related("by", "pillar"):
            said = " ".join(filter(None, (event.pillar and event.pillar.name, event.reason)))
            yield Moment(event.at, event.by, event.get_verb_display() + (f": {said}" if said else ""))


@admin.register(RoundEvent, site=site)
class RoundEventAdmin(Reading):
    list_display = ("year", "verb", "pillar", "to_state", "by", "at", "reason")
    list_filter = ("round", "verb", "pillar")
    list_select_related = ("round", "pillar", "by")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")

    @admin.display(description="ronde", ordering="round__year")
    def year(self, event):
        return event.round.year


@admin.register(ImportLog, site=site)
class ImportLogAdmin(Reading):
    list_display = ("file_name", "year", "by", "at", "summary")
    export_fields = ("sha256",)
    list_filter = ("round",)
    list_select_related = ("round", "by")
    search_fields = ("file_name", "summary")
    date_hierarchy = "at"

    @admin.display(description="ronde", ordering="round__year")
    def year(self, log):
        return log.round.year


@admin.register(Demonstration, site=site)
class DemonstrationAdmin(Reading):
    list_display = ("stage", "loaded_at")
