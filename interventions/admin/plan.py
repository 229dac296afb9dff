from django.contrib import admin
from django.db.models import Count
from django.urls import reverse

from backoffice import Moment, Reading, Reference, site, yes_no
from interventions.filters import WITHOUT_PILLAR
from interventions.forms.plan import DESCRIPTION, Names
from interventions.models import (
    Funding,
    Initiator,
    Intervention,
    InterventionLink,
    PillarAssignment,
    PlanItem,
    PlanRevision,
    ProgressEvent,
)
from interventions.models.plan import PlanContent
from interventions.workflow import DROP, Colour, State
from programme.richtext import plain_text

from .actions import Act, action
from .workbooks import ThroughWorkbooks

drop = action(
    Act(
        name="drop",
        label="laten vervallen",
        do=PlanItem.drop,
        why_not=PlanItem.why_not_drop,
        version="version",
        needs="reden",
    )
)


@admin.register(Funding, site=site)
class FundingAdmin(Reference):
    list_display = ("name",)
    search_fields = ("name",)
    fields = ("name",)


@admin.register(PlanItem, site=site)
class PlanItemAdmin(ThroughWorkbooks):
    actions = (*ThroughWorkbooks.actions, drop)
    list_display = ("code", "name", "year", "pillar_name", "state", "colour", "trekker", "theme")
    list_filter = ("round", "pillar", "progress__state", "progress__colour")
    list_display_links = ("code", "name")
    list_select_related = ("round", "pillar", "theme__parent")
    search_fields = ("name", "former_name", "organisations__name")
    ordering = ("-round__year", "pillar__position", "position")
    fields = (
        *(
            "round",
            "intervention",
            "pillar_name",
            "theme",
            "number",
            "letter",
            "name",
            "former_name",
            "description_text",
        ),
        *("funding", "initiator_names", "contacts", "state", "colour", "version"),
    )
    readonly_fields = ("description_text", "initiator_names", "state", "colour")

    def get_queryset(self, request):
        return super().get_queryset(request).with_trekker()

    @admin.display(description="code", ordering=("pillar__position"))
    def code(self, item):
        return item.code or "–"

    @admin.display(description="ronde", ordering="round__year")
    def year(self, item):
        return item.round.year

    @admin.display(description="pijler", ordering="pillar__position")
    def pillar_name(self, item):
        return item.pillar or WITHOUT_PILLAR

    @admin.display(description="status", ordering="progress__state")
    def state(self, item):
        return State(item.seen_state).label if item.seen_state else "nog geen voortgang"

    @admin.display(description="kleur", ordering="progress__colour")
    def colour(self, item):
        return Colour(item.seen_colour).label if item.seen_colour else "geen kleur"

    @admin.display(description="trekker", ordering="trekker")
    def trekker(self, item):
        return item.trekker

    @admin.display(description="korte omschrijving")
    def description_text(self, item):
        return plain_text(item.description)

    @admin.display(description="initiatiefnemers")
    def initiator_names(self, item):
        return ", ".join(map(str, item.initiators.select_related("organisation")))

    def narrowed_to(self, rows):
        return {"items": rows}

    def view_on_site(self, item):
        return reverse("interventions:plan_item", args=[item.pk])

    def history_of(self, item):
        for revision in item.revisions.select_related("by").defer("content"):
            yield Moment(revision.at, revision.by, f"versie {revision.version}, langs {revision.get_way_in_display()}")
        for event in ProgressEvent.objects.filter(update__plan_item=item, verb=DROP.name).select_related("by"):
            yield Moment(event.at, event.by, f"{DROP.done}: {event.reason}")


class OfPlanItem(Reading):
    """What hangs on a plan item."""

    list_filter = ("plan_item__round", "plan_item__pillar")
    list_select_related = ("plan_item__round", "plan_item__pillar")
    search_fields = ("plan_item__name",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("plan_item__description", "plan_item__search_vector")

    @admin.display(description="ronde", ordering="plan_item__round__year")
    def year(self, row):
        return row.plan_item.round.year

    @admin.display(description="pijler", ordering="plan_item__pillar__position")
    def pillar(self, row):
        return row.plan_item.pillar or WITHOUT_PILLAR


@admin.register(PlanRevision, site=site)
class PlanRevisionAdmin(OfPlanItem):
    list_display = ("plan_item", "year", "pillar", "version", "at", "by", "way_in")
    list_filter = (*OfPlanItem.list_filter, "way_in")
    list_select_related = (*OfPlanItem.list_select_related, "by")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = ("plan_item", "version", "in_words", "by", "way_in", "at")
    readonly_fields = ("in_words",)

    @admin.display(description="inhoud")
    def in_words(self, revision):
        content = PlanContent.from_json(revision.content)
        said = Names().in_words(content) | {DESCRIPTION: plain_text(content.description)}
        return "\n".join(f"{label}: {text}" for label, text in said.items())


@admin.register(Initiator, site=site)
class InitiatorAdmin(OfPlanItem):
    list_display = ("plan_item", "year", "pillar", "name", "role", "sure")
    fields = ("plan_item", "name", "role", "sure", "position")
    readonly_fields = ("name", "sure")
    sure = yes_no("confirmed", "bevestigd")
    list_filter = (*OfPlanItem.list_filter, "role", "confirmed")
    list_select_related = (*OfPlanItem.list_select_related, "organisation")
    search_fields = ("plan_item__name", "organisation__name", "kept_name")

    @admin.display(description="organisatie", ordering="organisation__name")
    def name(self, initiator):
        return initiator.name


@admin.register(Intervention, site=site)
class InterventionAdmin(Reading):
    list_display = ("__str__", "latest", "rounds")
    search_fields = ("plan_items__name",)
    ordering = ("pk",)

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.prefetch_related("plan_items__round", "plan_items__pillar").annotate(in_rounds=Count("plan_items"))

    @admin.display(description="in het laatste plan")
    def latest(self, intervention):
        return max(intervention.plan_items.all(), key=lambda item: item.round.year, default=None)

    @admin.display(description="aantal rondes", ordering="in_rounds")
    def rounds(self, intervention):
        return intervention.in_rounds

    def view_on_site(self, intervention):
        return reverse("interventions:intervention", args=[intervention.pk])


@admin.register(InterventionLink, site=site)
class InterventionLinkAdmin(Reading):
    list_display = ("intervention", "predecessor", "position")
    list_select_related = ("intervention", "predecessor")


@admin.register(PillarAssignment, site=site)
class PillarAssignmentAdmin(Reading):
    list_display = ("pillar", "user")
    list_filter = ("pillar",)
    list_select_related = ("pillar", "user")
    search_fields = ("user__name",)
