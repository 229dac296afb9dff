"""What is written once and never changed."""

from django.db import models


class WayIn(models.TextChoices):
    """How a version came in."""

    FORM = "form", "formulier"
    IMPORT = "import", "werkblad"
    PLAN = "plan", "meegeleverd plan"
    DEMO = "demo", "demonstratie"


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError(f"{self.model._meta.verbose_name}: wat vastligt, wordt niet gewijzigd.")

    def delete(self):
        raise TypeError(f"{self.model._meta.verbose_name}: wat vastligt, wordt niet verwijderd.")


class AppendOnly(models.Model):
    """A row that is written once and never changed."""

    at = models.DateTimeField("op", auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(f"{self._meta.verbose_name}: wat vastligt, wordt niet gewijzigd.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{self._meta.verbose_name}: wat vastligt, wordt niet verwijderd.")
