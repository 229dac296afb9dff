"""The beheerder takes a workbook over in a round: choose a file, see what it changes, then all or nothing."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from interventions.forms.workbooks import UploadForm
from interventions.models import ReportingRound
from interventions.workbooks import editable_response
from interventions.workbooks.importing import look_at, take_over
from interventions.workflow import Refused
from workbooks.intake import Intake


class RoundIntake(Intake):
    """A workbook with the plan, the texts and the figures of the round of `year`."""

    namespace, templates = "interventions", "interventions/workbooks"
    form_class = UploadForm
    where_to_add = {
        "pijler": "admin:programme_pillar_add",
        "thema": "admin:programme_theme_add",
        "financiering": "admin:interventions_funding_add",
        "organisatie": "accounts:add_organisation",
        "gebied": "admin:programme_area_add",
        "periode": "admin:programme_period_add",
        "indicator": "interventions:plan",
    }

    def __init__(self, request, year):
        super().__init__(request, year)
        self.round = get_object_or_404(ReportingRound, year=year)

    def look_at(self, file, **options):
        return look_at(file, reporting_round=self.round, by=self.request.user, **options)

    def apply(self, file, **options):
        return take_over(file, reporting_round=self.round, by=self.request.user, **options)

    def initial(self):
        return {"allow_new": not self.round.plan_items.exists()}

    def context(self):
        return {
            "round": self.round,
            "why_not": self.round.why_not_change_plan(user=self.request.user),
            "logs": self.round.imports.select_related("by"),
        }


@only("is_beheerder")
def import_workbook(request, year):
    return RoundIntake(request, year).answer()


@only("is_beheerder")
@posted_from("interventions:import_workbook", "year")
def take_over_workbook(request, year):
    return RoundIntake(request, year).take_over()


@only("is_beheerder")
@posted_from("interventions:import_workbook", "year")
def discard_workbook(request, year):
    return RoundIntake(request, year).discard()


@only("is_beheerder")
@require_safe
def editable_workbook(request, year):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    try:
        return editable_response(reporting_round=reporting_round, user=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("interventions:import_workbook", year=year)
