from django.template.response import TemplateResponse
from django.urls import path, reverse

from backoffice import Reading
from interventions.models import ReportingRound


class ThroughWorkbooks(Reading):
    """What goes in and out as the 'bewerkbaar bestand' of a round: the plan, the texts and the figures."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name=self._import_name()), *super().get_urls()]

    def _import_name(self):
        return "{}_{}_import".format(*self.get_model_info())

    def changelist_view(self, request, extra_context=None):
        url = reverse(f"admin:{self._import_name()}")
        return super().changelist_view(request, {"import_url": url} | (extra_context or {}))

    def import_view(self, request):
        """Choose the round; the page of its workbook shows what would change before anything does."""
        rounds = [(one, one.why_not_change_plan(user=request.user)) for one in ReportingRound.objects.all()]
        context = self.admin_site.each_context(request) | {
            "title": "Werkblad van een ronde inlezen",
            "opts": self.opts,
            "rounds": rounds,
        }
        return TemplateResponse(request, "admin/interventions/import.html", context)
