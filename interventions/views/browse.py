"""What everybody who logs in may read: the overview of a round, and an interventie through the years."""

from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django_filters.views import FilterView

from interventions.filters import PlanItemFilter
from interventions.history import figure_tables
from interventions.models import PlanItem, ReportingRound
from interventions.summary import summarise
from interventions.workbooks import workbook_response


@require_safe
def home(request):
    """Everybody to their own work."""
    if request.user.is_invuller:
        return redirect("interventions:mine")
    return redirect("interventions:queue" if request.user.is_bureau else "interventions:overview")


@require_safe
def latest_overview(request):
    reporting_round = ReportingRound.objects.current()
    if reporting_round is None:
        return render(request, "interventions/browse/no_round.html")
    return redirect("interventions:overview_year", year=reporting_round.year)


class Overview(FilterView):
    """All interventies of a round on one page, so that a board can print it."""

    filterset_class = PlanItemFilter
    template_name = "interventions/browse/overview.html"

    def get_queryset(self):
        self.round = get_object_or_404(ReportingRound, year=self.kwargs["year"])
        return PlanItem.objects.in_round(self.round).visible_to(user=self.request.user).for_overview()

    def get_filterset_kwargs(self, filterset_class):
        return super().get_filterset_kwargs(filterset_class) | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        items = list(self.object_list.without_texts())
        counting = [item for item in items if item.pillar_id]
        selection = self.filterset.selection
        every = PlanItem.objects.in_round(self.round).counting()
        return super().get_context_data(
            round=self.round,
            previous=ReportingRound.objects.before(self.round),
            rounds=ReportingRound.objects.all(),
            counting=counting,
            activities=[item for item in items if not item.pillar_id],
            summary=summarise(counting),
            total=every.count() if selection else len(counting),
            selection=selection,
            searched=bool(self.filterset.form["q"].value()),
            **kwargs,
        )


@require_safe
def overview_workbook(request, year):
    reporting_round = get_object_or_404(ReportingRound, year=year)
    items = PlanItem.objects.in_round(reporting_round).visible_to(user=request.user)
    narrowed = PlanItemFilter(request.GET or None, items, user=request.user)
    return workbook_response(
        items=narrowed.qs, reporting_round=reporting_round, user=request.user, selection=narrowed.selection
    )


@require_safe
def intervention(request, pk):
    """The thread through the years: what was planned and reported in each round, the newest first."""
    items = get_list_or_404(PlanItem.objects.through_the_years(pk).visible_to(user=request.user).for_reading())
    context = {
        "items": items,
        "latest": items[0],
        "predecessors": PlanItem.objects.predecessors_of(pk),
        "successors": PlanItem.objects.successors_of(pk),
        "tables": figure_tables(pk, user=request.user),
    }
    return render(request, "interventions/browse/intervention.html", context)
