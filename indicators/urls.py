from django.urls import path

from .views import differences, entering, goals, tables, workbooks

app_name = "indicators"

urlpatterns = [
    # Everybody who logs in
    path("indicatoren/", goals.goals, name="goals"),
    path("indicatoren/stand/", goals.stand, name="stand"),
    path("indicatoren/<slug:code>/grafiek.svg", goals.chart, name="chart"),
    path("indicatoren/tabellen/<slug:code>/", tables.table, name="table"),
    path("indicatoren/effectrapportage/<int:year>/", tables.report, name="report"),
    path("wijken/", tables.areas, name="areas"),
    path("wijken/<int:pk>/", tables.area, name="area"),
    # Of the bureau; how a figure changed is for who sees everything
    path("indicatoren/invoeren/", entering.choose, name="entering"),
    path("indicatoren/invoeren/<slug:sheet>/<int:year>/", entering.enter, name="enter"),
    path("indicatoren/werkblad/", workbooks.import_workbook, name="import_workbook"),
    path("indicatoren/werkblad/overnemen/", workbooks.take_over_workbook, name="take_over_workbook"),
    path("indicatoren/werkblad/weg/", workbooks.discard_workbook, name="discard_workbook"),
    path("indicatoren/werkblad/metingen.xlsx", workbooks.download_workbook, name="editable_workbook"),
    path("indicatoren/<slug:code>/geschiedenis/", entering.history, name="history"),
    path("indicatoren/verschillen/", differences.differences, name="differences"),
    # Last: the code of an indicator may be any word
    path("indicatoren/<slug:code>/", goals.indicator, name="indicator"),
]
