from django.shortcuts import render
from django.views import View


class Overview(View):
    pass


def home(request):
    return render(request, "base.html")


def _later(request, **kwargs):
    raise NotImplementedError


latest_overview = overview_workbook = intervention = _later
