"""The printed report beside what is computed: for who answers for it."""

from django.views.decorators.http import require_safe

from accounts.access import only
from indicators.tables.differences import DifferencesForm

from .tables import answer, chosen_of


@only("sees_everything")
@require_safe
def differences(request):
    form = DifferencesForm(chosen_of(request))
    return answer(request, form.tables(), "indicators/differences.html", {"form": form})
