"""How Zuid stands to its goals: all of them, counted, and one by one."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.charts import Chart
from indicators.figures import with_classes
from indicators.filters import IndicatorFilter, StandFilter
from indicators.models import Indicator, Target
from indicators.overview import counted, grouped
from indicators.reading import neighbours, paragraphs, printed_otherwise, table_of
from indicators.standing import figures_of, standings


def report_years(request):
    """The year of the report that was asked for, by default the latest, and all that can be: (year, years)."""
    years = Target.objects.report_years() or [timezone.localdate().year]
    asked = request.GET.get("jaar") or str(years[0])
    if asked not in map(str, years):
        raise Http404(f"Er is geen rapport over '{asked}'.")
    return int(asked), years


@require_safe
def goals(request):
    year, years = report_years(request)
    found = IndicatorFilter(request.GET, year=year, years=years)
    groups = grouped(found.standings, found.figures, year=year, pillar=found.pillar)
    context = {
        "year": year,
        "filter": found,
        "groups": groups,
        "shown": len({one.indicator.pk for one in found.standings}),
        "total": Indicator.objects.in_report().count(),
    }
    return render(request, "indicators/goals.html", context)


@require_safe
def stand(request):
    year, years = report_years(request)
    found = StandFilter(request.GET, year=year, years=years)
    context = {
        "year": year,
        "filter": found,
        "counted": counted(found.standings, year=year),
        "indicators": len(found.indicators),
        "twice": len(found.standings) - len({one.indicator.pk for one in found.standings}),
    }
    return render(request, "indicators/stand.html", context)


@require_safe
def indicator(request, code):
    year, years = report_years(request)
    found, figures, stands = _reported(code, year)
    context = {
        "indicator": found,
        "year": year,
        "years": years,
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
    year, _ = report_years(request)
    drawn = Chart(*_reported(code, year), year=year)
    if drawn.is_empty:
        raise Http404("Van deze indicator is niets te tekenen.")
    return HttpResponse(drawn.wide, content_type="image/svg+xml")


def _reported(code, year):
    """The indicator `code`, its Figures, and its Standings in the report of `year`."""
    indicators = with_classes(Indicator.objects.in_report()).prefetch_related("pillars")
    found = get_object_or_404(indicators, code=code)
    figures = figures_of([found])
    return found, figures, standings([found], year=year, figures=figures)
