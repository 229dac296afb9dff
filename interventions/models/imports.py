from django.conf import settings
from django.db import models

from accounts.history import AppendOnly


class ImportLog(AppendOnly):
    """Who took over which workbook when, and what that changed.

    `changes` has a row per interventie: its name, and of each cell that changed its title and how it read before and
    after. Of long texts only the title: what they said is in the versions of the voortgang and the plan.
    """

    round = models.ForeignKey("ReportingRound", models.PROTECT, related_name="imports", verbose_name="ronde")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door")
    file_name = models.CharField("bestand", max_length=255)
    sha256 = models.CharField("SHA-256 van het bestand", max_length=64)
    summary = models.CharField("samenvatting", max_length=250)
    changes = models.JSONField("wijzigingen")

    class Meta:
        verbose_name = "ingelezen werkblad"
        verbose_name_plural = "ingelezen werkbladen"
        ordering = ("-at", "-pk")

    def __str__(self):
        return f"{self.file_name} door {self.by}"
