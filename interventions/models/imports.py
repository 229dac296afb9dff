from django.db import models

from workbooks.taking_over import TakenOver


class ImportLog(TakenOver):
    """Who took over which workbook when, and what that changed.

    `changes` has a row per interventie: its name, and of each cell that changed its title and how it read before and
    after. Of long texts only the title: what they said is in the versions of the voortgang and the plan.
    """

    round = models.ForeignKey("ReportingRound", models.PROTECT, related_name="imports", verbose_name="ronde")
    changes = models.JSONField("wijzigingen")
