"""How Zuid stands to its goals: all of them, counted, and one by one."""

from django.shortcuts import get_object_or_404, render

from indicators.models import Indicator


def goals(request):
    return render(request, "indicators/goals.html", {"indicators": Indicator.objects.in_report()})


def stand(request):
    return render(request, "indicators/stand.html")


def indicator(request, code):
    found = get_object_or_404(Indicator.objects.in_report(), code=code)
    return render(request, "indicators/indicator.html", {"indicator": found})
