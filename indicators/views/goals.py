"""How Zuid stands to its goals: all of them, counted, and one by one."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.charts import Chart
from indicators.figures import with_classes
from indicators.filters import IndicatorFilter, StandFilter
from indicators.models import Indicator
from indicators.overview import counted, grouped
from indicators.reading import neighbours, paragraphs, printed_otherwise, table_of
from indicators.reports import newest, of_year, readable_by
from indicators.standing import figures_of, standings


def chosen_report(request):
    """The ReportYear that was asked for, by default the one that is read first, and all that the user may choose."""
    reports = readable_by(request.user)
    first = newest(reports, today=timezone.localdate())
    asked = request.GET.get("jaar")
    report = of_year(reports or [first], asked) if asked else first
    if report is None:
        raise Http404(f"Er is geen rapport over '{asked}'.")
    return report, reports


@require_safe
def goals(request):
    report, reports = chosen_report(request)
    found = IndicatorFilter(request.GET, report=report, reports=reports)
    groups = grouped(found.standings, found.figures, year=report.year, pillar=found.pillar)
    context = {
        "report": report,
        "reports": reports,
        "filter": found,
        "groups": groups,
        "shown": len({one.indicator.pk for one in found.standings}),
        "total": Indicator.objects.in_report().count(),
    }
    return render(request, "indicators/goals.html", context)


@require_safe
def stand(request):
    report, reports = chosen_report(request)
    found = StandFilter(request.GET, report=report, reports=reports)
    context = {
        "report": report,
        "filter": found,
        "counted": counted(found.standings, year=report.year),
        "indicators": len(found.indicators),
        "twice": len(found.standings) - len({one.indicator.pk for one in found.standings}),
    }
    return render(request, "indicators/stand.html", context)


@require_safe
def indicator(request, code):
    report, reports = chosen_report(request)
    year = report.year
    found, figures, stands = _reported(code, year)
    context = {
        "indicator": found,
        "report": report,
        "reports": reports,
        "paragraphs": paragraphs(found, figures, stands, year=year),
        "chart": Chart(found, figures, stands, year=year),
        "table": table_of(found, figures, year=year),
        "differences": printed_otherwise(found, year=year) if request.user.sees_everything else [],
        **neighbours(found),
    }
    return render(request, "indicators/indicator.html", context)


@require_safe
def chart(request, code):
    """The chart of an indicator as a file of its own, for a slide or a report."""
    report, _ = chosen_report(request)
    drawn = Chart(*_reported(code, report.year), year=report.year)
    if drawn.is_empty:
        raise Http404("Van deze indicator is niets te tekenen.")
    return HttpResponse(drawn.wide, content_type="image/svg+xml")


def _reported(code, year):
    """The indicator `code`, its Figures, and its Standings in the report of `year`."""
    indicators = with_classes(Indicator.objects.in_report()).prefetch_related("pillars")
    found = get_object_or_404(indicators, code=code)
    figures = figures_of([found])
    return found, figures, standings([found], year=year, figures=figures)
