from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from backoffice import Reading
from interventions.models import PlanItem, ReportingRound
from interventions.workbooks import editable_response
from interventions.workflow import Refused, refuse


class ThroughWorkbooks(Reading):
    """What goes in and out as the 'bewerkbaar bestand' of a round: the plan, the texts and the figures.

    `of_round` is where a row says which round it is of.
    """

    actions = ("export_ticked",)
    of_round = "round"

    def narrowed_to(self, rows):
        """What a workbook of these rows is narrowed to: an argument of `write_editable`."""
        raise NotImplementedError

    # Out

    def export_of(self, request, rows):
        return self._workbook(request, rows) or redirect(f"{self.list_url()}?{request.GET.urlencode()}")

    @admin.action(description="Exporteren")
    def export_ticked(self, request, rows):
        return self._workbook(request, rows)

    def _workbook(self, request, rows):
        """The part of the 'bewerkbaar bestand' that these rows are; None when there is none, and why as a message."""
        rounds = ReportingRound.objects.filter(pk__in=rows.order_by().values(self.of_round)).order_by("year")
        try:
            refuse(_why_not_export(list(rounds)))
            narrowed = self.narrowed_to(rows)
            response = editable_response(reporting_round=rounds[0], user=request.user, **narrowed)
        except Refused as refused:
            self.message_user(request, f"Er is niets geëxporteerd. {refused}", messages.ERROR)
            return None
        if number := narrowed.get("items", PlanItem.objects.none()).filter(pillar=None).count():
            self.message_user(request, f"Activiteiten zonder nummer staan niet in een werkblad: {number} weggelaten.")
        return response

    # In

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name=self._import_name()), *super().get_urls()]

    def _import_name(self):
        return "{}_{}_import".format(*self.get_model_info())

    def changelist_view(self, request, extra_context=None):
        url = reverse(f"admin:{self._import_name()}")
        return super().changelist_view(request, {"import_url": url} | (extra_context or {}))

    def import_view(self, request):
        """To the workbooks of the round that the list was filtered on, which show first what would change.

        Without such a round: choose one.
        """
        key = request.GET.get(f"{self.of_round}__id__exact", "")
        if key.isdecimal() and (chosen := ReportingRound.objects.filter(pk=key).first()):
            return redirect("interventions:import_workbook", year=chosen.year)
        rounds = [(one, one.why_not_change_plan(user=request.user)) for one in ReportingRound.objects.all()]
        context = self.admin_site.each_context(request) | {
            "title": "Werkblad van een ronde inlezen",
            "opts": self.opts,
            "rounds": rounds,
        }
        return TemplateResponse(request, "admin/interventions/import.html", context)


def _why_not_export(rounds):
    if not rounds:
        return "De lijst is leeg."
    if len(rounds) > 1:
        *others, last = (one.year for one in rounds)
        years = f"{', '.join(map(str, others))} en {last}"
        return f"Dit zijn rijen van {years}, en een werkblad is van één ronde. Kies onder Filter eerst een ronde."
    return ""
