"""The goals and indicators of a report, against a loop that computes the same shares and writes them by hand."""

from collections import defaultdict
from pathlib import Path

from django.template import engines
from django.test import RequestFactory

from accounts.models import Role, User
from bench import Row, side_by_side
from indicators.models import Indicator, Measurement, Target
from indicators.views.goals import goals
from programme.models import Pillar

BARE = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
YEAR = 2023


def measure():
    """Ours is the whole page as it is served. Bare knows the data: no terms, no sums, no rules for what is missing."""
    user = User.objects.filter(role=Role.LEZER).first()
    template = engines["django"].from_string(BARE)

    def ours():
        request = RequestFactory().get("/indicatoren/", {"jaar": YEAR})
        request.user = user
        return goals(request).content

    def bare():
        return template.render({"rows": list(rows()), "pillars": Pillar.objects.all()}).encode()

    return Row("Doelen en indicatoren van 2023", *side_by_side(ours, bare), limit=4)


def rows():
    indicators = Indicator.objects.in_report().select_related("source").prefetch_related("pillars")
    measured = defaultdict(dict)
    rows = Measurement.objects.filter(indicator__in=indicators, value__isnull=False, period__start__year__lte=YEAR)
    for row in rows.select_related("area", "period").order_by("period__start"):
        measured[row.indicator_id, row.area_id][row.period_id] = row
    targets = defaultdict(list)
    for target in Target.objects.in_report(YEAR).select_related("regime", "start_period"):
        targets[target.indicator_id].append(target)
    for indicator in indicators:
        for target in targets[indicator.pk]:
            series = measured[indicator.pk, target.area_id]
            start, now = series.get(target.start_period_id), next(reversed(series.values()), None)
            reference = target.norm
            if now and target.reference_area_id:
                found = measured[indicator.pk, target.reference_area_id].get(now.period_id)
                reference = found.value if found else None
            closed = None
            if start and now and reference is not None and reference != start.value:
                closed = round(100 * (now.value - start.value) / (reference - start.value), 1)
            yield indicator, target, start, now, closed, [row.value for row in series.values()]
