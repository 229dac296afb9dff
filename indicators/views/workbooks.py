"""The bureau takes the measurements along as a workbook, and in again: see what it changes, then all or nothing."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only, posted_from
from indicators.forms import UploadForm
from indicators.importing import look_at, take_over, workbook_response
from indicators.models import MeasurementImport
from workbooks.intake import Intake

LATEST = 10  # of what was taken over; the rest is in the admin


class MeasurementsIntake(Intake):
    namespace, templates = "indicators", "indicators/workbooks"
    form_class = UploadForm
    where_to_add = {
        "indicator": "admin:indicators_indicator_add",
        "gebied": "admin:programme_area_add",
        "bron": "admin:indicators_source_add",
    }

    def look_at(self, file, **options):
        return look_at(file, by=self.request.user, today=timezone.localdate(), **options)

    def apply(self, file, **options):
        return take_over(file, by=self.request.user, today=timezone.localdate(), **options)

    def context(self):
        return {"logs": MeasurementImport.objects.select_related("by")[:LATEST]}


@only("is_bureau")
def import_workbook(request):
    return MeasurementsIntake(request).answer()


@only("is_bureau")
@posted_from("indicators:import_workbook")
def take_over_workbook(request):
    return MeasurementsIntake(request).take_over()


@only("is_bureau")
@posted_from("indicators:import_workbook")
def discard_workbook(request):
    return MeasurementsIntake(request).discard()


@only("is_bureau")
@require_safe
def download_workbook(request):
    return workbook_response(today=timezone.localdate())
