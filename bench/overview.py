"""The overview of a round, against a page with the same on it in one template, written out by hand."""

from pathlib import Path

from django.template import engines
from django.test import RequestFactory

from accounts.models import Role, User
from bench import Row, side_by_side
from interventions.filters import PlanItemFilter
from interventions.models import PlanItem, ReportingRound
from interventions.summary import summarise
from interventions.views.browse import Overview

BARE = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")


def measure():
    """Ours is the whole page as it is served. Bare asks the same of the database: what may be seen is no extra."""
    user = User.objects.filter(role=Role.LEZER).first()
    reporting_round = ReportingRound.objects.get(year=2023)
    view, template = Overview.as_view(), engines["django"].from_string(BARE)

    def ours():
        request = RequestFactory().get(f"/overzicht/{reporting_round.year}/")
        request.user = user
        return view(request, year=reporting_round.year).render().content

    def bare():
        items = PlanItem.objects.in_round(reporting_round).visible_to(user=user).for_overview().without_texts()
        rows = PlanItemFilter(None, items, user=user)
        return template.render({"items": rows.qs, "form": rows.form, "summary": summarise(rows.qs)}).encode()

    return Row("Overzicht: alle interventies van 2023", *side_by_side(ours, bare), limit=1.5)
