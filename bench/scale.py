"""Export and import of ten times the plan, against ten times those of the plan: what grows faster than the plan shows.

The same is done to 1,200 interventies as to 120: written as a workbook, looked at, and taken over with a change in
every tenth row.
"""

from io import BytesIO
from itertools import count

from django.db import transaction
from openpyxl import load_workbook

from accounts.models import Role, User
from bench import Row, side_by_side
from interventions.models import (
    IndicatorPlacement,
    Initiator,
    Intervention,
    OutputIndicator,
    OutputSeries,
    OutputValue,
    PlanItem,
    ProgressUpdate,
    ReportingRound,
)
from interventions.workbooks import write_editable
from interventions.workbooks.importing import take_over
from interventions.workflow import RoundState, State

SMALL, LARGE = 120, 1_200


def measure():
    user = User.objects.filter(role=Role.BEHEERDER).first()
    small, large = (grown(year, size) for year, size in ((2000, SMALL), (2001, LARGE)))
    numbers = count()

    def there_and_back(reporting_round):
        file = BytesIO()
        write_editable(file, reporting_round=reporting_round, user=user)
        changed = with_changes(file, f"<p>Versie {next(numbers)}.</p>")
        with transaction.atomic():
            preview = take_over(changed, reporting_round=reporting_round, by=user, file_name="groei.xlsx")
            transaction.set_rollback(True)
        return len(preview.changes)

    def ours():
        assert there_and_back(large) == LARGE // 10  # noqa: S101 (a refusal is quicker)

    def bare():
        assert there_and_back(small) == SMALL // 10  # noqa: S101

    once, small_once = side_by_side(ours, bare, times=2)
    return Row("Excel uit en in: 1.200 rijen, kaal: 10 maal 120", once, small_once * LARGE / SMALL, limit=1.5)


def grown(year, size):
    """A historical round of `size` interventies with the texts of 2023 and a figure each."""
    reporting_round = ReportingRound.objects.create(year=year, historical=True, state=RoundState.CLOSED)
    models = list(PlanItem.objects.filter(round__year=2023).counting().select_related("progress"))
    threads = Intervention.objects.bulk_create(Intervention() for _ in range(size))
    items = [models[number % len(models)].copy_for(reporting_round) for number in range(size)]
    for number, (item, thread) in enumerate(zip(items, threads, strict=True)):
        item.intervention = thread
        item.number = number // len(models) * 40 + item.number
        item.name = f"{item.name[:240]} {number}"
    PlanItem.objects.bulk_create(items)
    updates = [ProgressUpdate(plan_item=item, state=State.APPROVED, version=1) for item in items]
    for number, update in enumerate(updates):
        model = models[number % len(models)].progress
        update.quantitative, update.qualitative = model.quantitative, model.qualitative
    ProgressUpdate.objects.bulk_create(updates)
    organisation = Initiator.objects.first().organisation
    Initiator.objects.bulk_create(
        Initiator(plan_item=item, organisation=organisation, role="trekker") for item in items
    )
    value = OutputValue.objects.select_related("series").first()
    indicators = OutputIndicator.objects.bulk_create(
        OutputIndicator(name=f"Groei {year} {number}", unit="aantal") for number in range(size)
    )
    IndicatorPlacement.objects.bulk_create(
        IndicatorPlacement(indicator=indicator, intervention=thread)
        for indicator, thread in zip(indicators, threads, strict=True)
    )
    series = OutputSeries.objects.bulk_create(
        OutputSeries(indicator=indicator, area_id=value.series.area_id) for indicator in indicators
    )
    OutputValue.objects.bulk_create(
        OutputValue(series=one, period_id=value.period_id, round=reporting_round, value=5) for one in series
    )
    return reporting_round


def with_changes(file, text):
    book = load_workbook(file)
    for row in book["Interventies"].iter_rows(min_row=2, max_row=None):
        if row[0].row % 10 == 0:
            row[9].value = text
    changed = BytesIO()
    book.save(changed)
    return changed
