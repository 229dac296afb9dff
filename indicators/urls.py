from django.urls import path

from .views import goals

app_name = "indicators"

urlpatterns = [
    # Everybody who logs in
    path("indicatoren/", goals.goals, name="goals"),
    path("indicatoren/stand/", goals.stand, name="stand"),
    path("indicatoren/<slug:code>/grafiek.svg", goals.chart, name="chart"),
    # Last: the code of an indicator may be any word
    path("indicatoren/<slug:code>/", goals.indicator, name="indicator"),
]
