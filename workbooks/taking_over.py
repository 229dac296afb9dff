"""Between the preview of a workbook and its taking over: that what was shown is what is done, and who did it."""

import hashlib
import json
from dataclasses import asdict

from django.conf import settings
from django.db import models

from accounts.history import AppendOnly
from accounts.refusals import Conflict

NOTHING = "Niets veranderd."
ALREADY_THERE = "Wat erin staat, staat er intussen al. Er valt niets meer over te nemen."
"""Of a workbook that would have changed something when it was chosen."""


def fingerprint(changes):
    """The same for two previews that show the same; each change has a title and its differences."""
    shown = [(change.title, [asdict(one) for one in change.differences]) for change in changes]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


class Outdated(Conflict):
    """What is in the database is not what the preview was made of; `preview` is the one of now."""

    def __init__(self, preview):
        self.preview = preview
        super().__init__(
            "Intussen is er iets gewijzigd. Er is niets overgenomen; bekijk eerst wat er nu zou veranderen."
        )


class TakenOver(AppendOnly):
    """Who took over which workbook when, and in short what that changed."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="door")
    file_name = models.CharField("bestand", max_length=255)
    sha256 = models.CharField("SHA-256 van het bestand", max_length=64)
    summary = models.CharField("samenvatting", max_length=250)

    class Meta:
        abstract = True
        verbose_name = "ingelezen werkblad"
        verbose_name_plural = "ingelezen werkbladen"
        ordering = ("-at", "-pk")

    def __str__(self):
        return f"{self.file_name} door {self.by}"


def hash_of(file):
    """The SHA-256 of a binary file."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
