from django.urls import path

from .views import browse, indicators, partner, people, plan, review, rounds, workbooks

app_name = "interventions"

urlpatterns = [
    path("", browse.home, name="home"),
    # Everybody who logs in
    path("overzicht/", browse.latest_overview, name="overview"),
    path("overzicht/<int:year>/", browse.Overview.as_view(), name="overview_year"),
    path("overzicht/<int:year>/werkblad/", browse.overview_workbook, name="overview_workbook"),
    path("interventies/<int:pk>/", browse.intervention, name="intervention"),
    # Partners
    path("mijn/", partner.mine, name="mine"),
    path("mijn/werkblad/", partner.mine_workbook, name="mine_workbook"),
    path("voortgang/<int:pk>/", partner.fill_in, name="fill_in"),
    path("voortgang/<int:pk>/indienen/", partner.submit, name="submit"),
    path("voortgang/<int:pk>/intrekken/", partner.withdraw, name="withdraw"),
    path("voortgang/<int:pk>/indicator/", partner.propose_indicator, name="propose_indicator"),
    # The bureau
    path("beoordelen/", review.Queue.as_view(), name="queue"),
    path("beoordelen/werkblad/", review.queue_workbook, name="queue_workbook"),
    path("beoordelen/<int:pk>/", review.update, name="review"),
    path("beoordelen/<int:pk>/goedkeuren/", review.approve, name="approve"),
    path("beoordelen/<int:pk>/terugsturen/", review.return_with_question, name="return"),
    path("beoordelen/<int:pk>/heropenen/", review.reopen, name="reopen"),
    path("beoordelen/<int:pk>/geen-opgave/", review.record_no_report, name="no_report"),
    path("beoordelen/<int:pk>/vervallen/", review.drop, name="drop"),
    path("beoordelen/<int:pk>/kleur/", review.set_colour, name="set_colour"),
    path("beoordelen/<int:pk>/notitie/", review.add_note, name="add_note"),
    path("beoordelen/indicatoren/<int:pk>/overnemen/", review.accept_indicator, name="accept_indicator"),
    path("beoordelen/indicatoren/<int:pk>/afwijzen/", review.refuse_indicator, name="refuse_indicator"),
    path("beoordelen/<int:year>/kleuren/", review.colours, name="colours"),
    path("beoordelen/<int:year>/kleuren/vrijgeven/", review.release_colours, name="release_colours"),
    path("beoordelen/<int:year>/kleuren/intrekken/", review.withdraw_colours, name="withdraw_colours"),
    # The rounds
    path("rondes/", rounds.rounds, name="rounds"),
    path("rondes/nieuw/", rounds.new_round, name="new_round"),
    path("rondes/<int:year>/", rounds.one_round, name="round"),
    path("rondes/<int:year>/datums/", rounds.reschedule, name="reschedule"),
    path("rondes/<int:year>/plan-overnemen/", rounds.renew_plan, name="renew_plan"),
    path("rondes/<int:year>/vooruitblik/", rounds.preview_round, name="preview_round"),
    path("rondes/<int:year>/openen/", rounds.open_round, name="open_round"),
    path("rondes/<int:year>/naar-beoordeling/", rounds.start_review, name="start_review"),
    path("rondes/<int:year>/terug-naar-open/", rounds.back_to_open, name="back_to_open"),
    path("rondes/<int:year>/afsluiten/", rounds.close_round, name="close_round"),
    path("rondes/<int:year>/heropenen/", rounds.reopen_round, name="reopen_round"),
    path("rondes/<int:year>/geen-opgave/", rounds.record_no_reports, name="record_no_reports"),
    path("rondes/<int:year>/vergelijken/<int:other>/", rounds.compare_rounds, name="compare_rounds"),
    # A round as a workbook that can be changed
    path("rondes/<int:year>/werkblad/", workbooks.import_workbook, name="import_workbook"),
    path("rondes/<int:year>/werkblad/overnemen/", workbooks.take_over_workbook, name="take_over_workbook"),
    path("rondes/<int:year>/werkblad/weg/", workbooks.discard_workbook, name="discard_workbook"),
    path("rondes/<int:year>/werkblad/bewerkbaar/", workbooks.editable_workbook, name="editable_workbook"),
    # The plan of a round
    path("plan/", plan.latest, name="plan"),
    path("plan/<int:year>/", plan.of_year, name="plan_year"),
    path("plan/<int:year>/toevoegen/", plan.add, name="add_item"),
    path("plan/<int:year>/aangevinkt/", plan.change_ticked, name="change_ticked"),
    path("plan/<int:year>/samenvoegen/", plan.merge, name="merge_items"),
    path("plan/<int:year>/adviseurs/", plan.assign, name="assign_advisers"),
    path("plan/regels/<int:pk>/", plan.item, name="plan_item"),
    path("plan/regels/<int:pk>/wijzigen/", plan.change, name="change_item"),
    path("plan/regels/<int:pk>/verplaatsen/", plan.move, name="move_item"),
    path("plan/regels/<int:pk>/vervallen/", plan.drop, name="drop_item"),
    path("plan/regels/<int:pk>/splitsen/", plan.split, name="split_item"),
    path("plan/regels/<int:pk>/indicatoren/", indicators.indicators, name="indicators"),
    path("plan/regels/<int:pk>/indicatoren/toevoegen/", indicators.add, name="add_indicator"),
    path("plan/regels/<int:pk>/indicatoren/wijzigen/", indicators.change, name="change_indicator"),
    # The beheerder
    path("personen/<int:pk>/deactiveren/", people.deactivate, name="deactivate"),
]
