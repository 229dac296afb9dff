"""The words both halves of the report share: pijlers, themes, areas and periods. Knows nothing of the rest."""

import calendar
import datetime
import re
from contextlib import suppress

from django.db import models
from django.db.models import F, Q

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


class Pillar(models.Model):
    """A pijler of the programme. The five of NPRZ are data, not code."""

    name = models.CharField("naam", max_length=60, unique=True)
    abbreviation = models.CharField("afkorting", max_length=4, unique=True)
    position = models.PositiveSmallIntegerField("volgorde", unique=True)

    class Meta:
        verbose_name = "pijler"
        verbose_name_plural = "pijlers"
        ordering = ("position",)

    def __str__(self):
        return self.name


class Theme(models.Model):
    """The heading an interventie stands under; a hoofdblok, or an onderdeel of one (`parent`).

    A theme without a pijler belongs to 'Organisatie en financiën'.
    """

    pillar = models.ForeignKey(
        Pillar, models.PROTECT, null=True, blank=True, related_name="themes", verbose_name="pijler"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="hoofdblok"
    )
    name = models.CharField("naam", max_length=150)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "thema"
        verbose_name_plural = "thema's"
        ordering = ("pillar__position", "position", "pk")
        constraints = (models.UniqueConstraint("pillar", "parent", "name", name="theme_unique", nulls_distinct=False),)

    def __str__(self):
        return f"{self.parent.name} › {self.name}" if self.parent_id else self.name


class Division(models.Model):
    """One way in which Zuid is divided into wijken: CBS-buurten, the wijkprofiel, the wijkteams."""

    name = models.CharField("naam", max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "indeling"
        verbose_name_plural = "indelingen"
        ordering = ("position", "name")

    def __str__(self):
        return self.name


class Area(models.Model):
    """A place a figure is about: G4, Rotterdam, NPRZ-gebied, a gebied, a wijk, or any other.

    A wijk belongs to one or more divisions. `parts` are the areas that make up this one, of every division together.
    """

    class Kind(models.TextChoices):
        COUNTRY = "country", "Land"
        REFERENCE = "reference", "Referentie"
        CITY = "city", "Stad"
        PROGRAMME = "programme", "Programmagebied"
        DISTRICT = "district", "Gebied"
        NEIGHBOURHOOD = "neighbourhood", "Wijk"
        OTHER = "other", "Ander gebied"

    name = models.CharField("naam", max_length=80, unique=True)
    kind = models.CharField("soort", max_length=14, choices=Kind)
    position = models.PositiveSmallIntegerField("volgorde", default=0)
    divisions = models.ManyToManyField(Division, blank=True, related_name="areas", verbose_name="indelingen")
    parts = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="wholes", verbose_name="bestaat uit"
    )

    class Meta:
        verbose_name = "gebied"
        verbose_name_plural = "gebieden"
        ordering = ("position", "name")

    def __str__(self):
        return self.name


class PeriodManager(models.Manager):
    def year(self, year):
        """The calendar year `year`, made when it is not there yet."""
        return self._get(Period.Kind.YEAR, datetime.date(year, 1, 1), datetime.date(year, 12, 31))

    def school_year(self, start):
        """The school year that begins on 1 August of the year `start`."""
        return self._get(Period.Kind.SCHOOL_YEAR, datetime.date(start, 8, 1), datetime.date(start + 1, 7, 31))

    def month(self, year, month):
        """The month `month` (1 to 12) of `year`."""
        last = calendar.monthrange(year, month)[1]
        return self._get(Period.Kind.MONTH, datetime.date(year, month, 1), datetime.date(year, month, last))

    def date(self, date):
        """The one day `date`, for what is counted on a date."""
        return self._get(Period.Kind.DATE, date, date)

    def years(self, first, last):
        """The calendar years `first` to `last` together, as an average over them is about."""
        return self._get(Period.Kind.YEARS, datetime.date(first, 1, 1), datetime.date(last, 12, 31))

    def from_name(self, name):
        """The period printed as '2023', '2022/23', '2016 t/m 2018', 'december 2022' or '31-12-2022'.

        Raises ValueError, in Dutch, for anything else.
        """
        name = " ".join(name.split())
        if re.fullmatch(r"\d{4}", name):
            return self.year(int(name))
        if (found := re.fullmatch(r"(\d{4})/(\d{2})", name)) and (int(found[1]) + 1) % 100 == int(found[2]):
            return self.school_year(int(found[1]))
        if (found := re.fullmatch(r"(\d{4}) t/m (\d{4})", name)) and found[1] < found[2]:
            return self.years(int(found[1]), int(found[2]))
        if (found := re.fullmatch(r"([a-z]+) (\d{4})", name)) and found[1] in MONTHS:
            return self.month(int(found[2]), MONTHS.index(found[1]) + 1)
        if found := re.fullmatch(r"(\d{2})-(\d{2})-(\d{4})", name):
            with suppress(ValueError):  # of a day that is on no calendar
                return self.date(datetime.date(int(found[3]), int(found[2]), int(found[1])))
        raise ValueError(
            f"'{name}' is geen periode; verwacht wordt een jaar (2023), een schooljaar (2022/23), jaren"
            " (2021 t/m 2023), een maand (december 2022) of een datum (31-12-2022)."
        )

    def _get(self, kind, start, end):
        return self.get_or_create(kind=kind, start=start, end=end)[0]


class Period(models.Model):
    """A year, school year, month or date (see Kind) that a figure is about; ordered by when it starts."""

    class Kind(models.TextChoices):
        YEAR = "year", "Jaar"
        SCHOOL_YEAR = "school_year", "Schooljaar"
        TERTAAL = "tertaal", "Tertaal"
        DATE = "date", "Datum"
        MONTH = "month", "Maand"
        YEARS = "years", "Jaren"

    kind = models.CharField("soort", max_length=12, choices=Kind)
    start = models.DateField("eerste dag")
    end = models.DateField("laatste dag")

    objects = PeriodManager()

    class Meta:
        verbose_name = "periode"
        verbose_name_plural = "periodes"
        ordering = ("start", "end")
        constraints = (
            models.UniqueConstraint("kind", "start", "end", name="period_unique"),
            models.CheckConstraint(name="period_start_before_end", condition=Q(start__lte=F("end"))),
        )

    def __str__(self):
        match self.kind:
            case self.Kind.YEAR:
                return str(self.start.year)
            case self.Kind.SCHOOL_YEAR:
                return f"{self.start.year}/{self.end.year % 100:02}"
            case self.Kind.TERTAAL:
                return f"{self.start.year} T{(self.start.month - 1) // 4 + 1}"
            case self.Kind.MONTH:
                return f"{MONTHS[self.start.month - 1]} {self.start.year}"
            case self.Kind.YEARS:
                return f"{self.start.year} t/m {self.end.year}"
            case _:
                return f"{self.start:%d-%m-%Y}"
