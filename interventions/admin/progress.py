from decimal import Decimal

from django.contrib import admin
from django.urls import reverse

from backoffice import Moment, Reading, site, yes_no
from interventions.filters import WITHOUT_PILLAR
from interventions.models import (
    InternalNote,
    OutputValue,
    PlanItem,
    ProgressEvent,
    ProgressUpdate,
    Revision,
    Waiver,
)
from interventions.models.progress import Part
from interventions.workflow import SET_COLOUR
from programme.richtext import plain_text

from .actions import Act, action, verb_of_update
from .workbooks import ThroughWorkbooks


def _give_colour(update, *, by, version, colour, reason):
    update.set_colour(colour, by=by, version=version, reason=reason)


set_colour = action(
    Act(
        name=SET_COLOUR.name,
        label=SET_COLOUR.label,
        do=_give_colour,
        why_not=lambda update, *, user: update.why_not(SET_COLOUR.name, user=user),
        version="colour_version",
        needs=SET_COLOUR.needs,
        coloured=True,
    )
)


class OfItem(Reading):
    """What hangs on a voortgang; `update` leads to the interventie."""

    list_select_related = ("update__plan_item__round", "update__plan_item__pillar", "by")
    list_filter = ("update__plan_item__round", "update__plan_item__pillar")
    search_fields = ("update__plan_item__name",)

    def get_queryset(self, request):
        texts = ("quantitative", "qualitative", "search_vector", "plan_item__description", "plan_item__search_vector")
        return super().get_queryset(request).defer(*(f"update__{text}" for text in texts))

    @admin.display(description="interventie", ordering="update__plan_item__name")
    def item(self, row):
        return row.update.plan_item

    @admin.display(description="ronde", ordering="update__plan_item__round__year")
    def year(self, row):
        return row.update.plan_item.round.year

    @admin.display(description="pijler", ordering="update__plan_item__pillar__position")
    def pillar(self, row):
        return row.update.plan_item.pillar or WITHOUT_PILLAR


@admin.register(ProgressUpdate, site=site)
class ProgressUpdateAdmin(ThroughWorkbooks):
    of_round = "plan_item__round"
    actions = (
        *ThroughWorkbooks.actions,
        *(
            verb_of_update(ProgressUpdate, name)
            for name in ("approve", "return_with_question", "reopen", "record_no_report", "drop")
        ),
        set_colour,
    )
    list_display = ("item", "year", "pillar", "state", "colour", "released", "submitted_by", "submitted_at")
    list_filter = ("plan_item__round", "plan_item__pillar", "state", "colour", "colour_released")
    list_select_related = ("plan_item__round", "plan_item__pillar", "submitted_by")
    search_fields = ("plan_item__name", "plan_item__former_name")
    ordering = ("-plan_item__round__year", "plan_item__pillar__position", "plan_item__position")
    fieldsets = (
        (None, {"fields": ("plan_item", "state", "submitted_by", "submitted_at", "version")}),
        ("Teksten", {"fields": ("quantitative_text", "qualitative_text")}),
        (
            "Kleur",
            {
                "fields": (
                    "colour",
                    "colour_reason",
                    "released",
                    "colour_version",
                    "proposed_colour",
                    "proposed_reason",
                )
            },
        ),
    )
    readonly_fields = ("quantitative_text", "qualitative_text", "released")
    released = yes_no("colour_released", "kleur vrijgegeven")

    def get_queryset(self, request):
        return (
            super().get_queryset(request).defer("search_vector", "plan_item__description", "plan_item__search_vector")
        )

    @admin.display(description="interventie", ordering="plan_item__name")
    def item(self, update):
        return update.plan_item

    @admin.display(description="ronde", ordering="plan_item__round__year")
    def year(self, update):
        return update.plan_item.round.year

    @admin.display(description="pijler", ordering="plan_item__pillar__position")
    def pillar(self, update):
        return update.plan_item.pillar or WITHOUT_PILLAR

    @admin.display(description="kwantitatieve voortgang")
    def quantitative_text(self, update):
        return plain_text(update.quantitative)

    @admin.display(description="kwalitatieve voortgang")
    def qualitative_text(self, update):
        return plain_text(update.qualitative)

    def narrowed_to(self, rows):
        return {"items": PlanItem.objects.filter(progress__in=rows)}

    def view_on_site(self, update):
        return reverse("interventions:review", args=[update.pk])

    def history_of(self, update):
        for event in update.events.select_related("by"):
            said = " ".join(filter(None, (event.get_colour_display(), event.reason)))
            yield Moment(event.at, event.by, event.get_verb_display() + (f": {said}" if said else ""))
        for revision in update.revisions.select_related("by").defer("quantitative", "qualitative", "rest"):
            yield Moment(revision.at, revision.by, f"versie {revision.version}, langs {revision.get_way_in_display()}")


@admin.register(Waiver, site=site)
class WaiverAdmin(OfItem):
    list_display = ("item", "year", "pillar", "part", "reason", "reported_at")
    list_filter = (*OfItem.list_filter, "part")
    list_select_related = ("update__plan_item__round", "update__plan_item__pillar", "reported_at__pillar")


@admin.register(Revision, site=site)
class RevisionAdmin(OfItem):
    list_display = ("item", "year", "pillar", "version", "at", "by", "way_in")
    export_fields = ("quantitative_text", "qualitative_text")
    list_filter = (*OfItem.list_filter, "way_in")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = ("update", "version", "quantitative_text", "qualitative_text", "others", "by", "way_in", "at")
    readonly_fields = ("quantitative_text", "qualitative_text", "others")

    @admin.display(description="kwantitatieve voortgang")
    def quantitative_text(self, revision):
        return plain_text(revision.quantitative)

    @admin.display(description="kwalitatieve voortgang")
    def qualitative_text(self, revision):
        return plain_text(revision.qualitative)

    @admin.display(description="cijfers en overige")
    def others(self, revision):
        return "\n".join(_in_words(**revision.rest))


def _in_words(*, waived=None, figures=None, proposed_colour="", proposed_reason=""):
    """What a version says besides its texts, a line for each."""
    waived, figures = waived or {}, figures or {}
    if proposed_colour or proposed_reason:
        yield f"voorgestelde kleur: {proposed_colour or 'geen'}. {proposed_reason}"
    elsewhere = PlanItem.objects.select_related("pillar").in_bulk([one["reported_at"] for one in waived.values()])
    for part, one in waived.items():
        at = elsewhere.get(one["reported_at"])
        yield f"{Part(part).label}: " + (f"gerapporteerd bij {at}" if at else f"n.v.t., {one['reason']}")
    rows = OutputValue.objects.select_related("series__indicator", "series__area", "period").in_bulk(figures)
    for key, row in rows.items():
        said = figures[str(key)]
        row.value, row.code = said["value"] and Decimal(said["value"]), said["code"]
        yield f"{row}{' (voorlopig)' if said['provisional'] else ''}. {said['remark']}"


@admin.register(ProgressEvent, site=site)
class ProgressEventAdmin(OfItem):
    list_display = ("item", "year", "pillar", "verb", "from_state", "to_state", "colour", "by", "at", "reason")
    export_fields = ("behalf",)
    fields = ("update", "verb", "from_state", "to_state", "colour", "reason", "by", "behalf", "at")
    readonly_fields = ("behalf",)
    behalf = yes_no("on_behalf", "namens de partner")
    list_filter = (*OfItem.list_filter, "verb", "to_state", "colour")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")


@admin.register(InternalNote, site=site)
class InternalNoteAdmin(OfItem):
    list_display = ("item", "year", "pillar", "text", "by", "at")
    search_fields = (*OfItem.search_fields, "text")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
