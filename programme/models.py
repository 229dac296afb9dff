"""The words both halves of the report share: pijlers, themes, areas and periods. Knows nothing of the rest."""

import calendar
import datetime
import re
from contextlib import suppress

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

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


def unique_name(constraint, said, *within):
    """That no two rows have the same `name`, capitals aside; of equal `within`, fields of which an empty one is one."""
    return models.UniqueConstraint(
        *within,
        Lower("name"),
        name=constraint,
        nulls_distinct=False if within else None,
        violation_error_message=f"{said}; hoofdletters maken geen verschil.",
    )


class Pillar(models.Model):
    """A pijler of the programme. The five of NPRZ are data, not code."""

    name = models.CharField("naam", max_length=60)
    abbreviation = models.CharField("afkorting", max_length=4, unique=True)
    position = models.PositiveSmallIntegerField("volgorde", unique=True)

    class Meta:
        verbose_name = "pijler"
        verbose_name_plural = "pijlers"
        ordering = ("position",)
        constraints = (unique_name("pillar_name_unique", "Deze pijler bestaat al"),)

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
        constraints = (unique_name("theme_unique", "Dit thema bestaat al in deze pijler", "pillar", "parent"),)

    def __str__(self):
        return f"{self.parent.name} › {self.name}" if self.parent_id else self.name


class ShippedQuerySet(models.QuerySet):
    def shipped(self, name, **details):
        """The row that ships with the project as `name`, whatever it is called by now.

        One of that name that was there before becomes it; without any it is made, with `details`.
        """
        found = self.filter(Q(shipped_as=name) | Q(shipped_as=None, name=name)).order_by("shipped_as").first()
        if found is None:
            return self.create(name=name, shipped_as=name, **details)
        if found.shipped_as is None:
            found.shipped_as = name
            found.save(update_fields=("shipped_as",))
        return found


class Shipped(models.Model):
    """What may come with the project, and is then found again by the name that it has in the files."""

    shipped_as = models.CharField(  # noqa: DJ001 (unique: more than one row may have none)
        "meegeleverd als", max_length=80, null=True, unique=True, editable=False
    )

    objects = ShippedQuerySet.as_manager()

    class Meta:
        abstract = True


class Division(Shipped):
    """One way in which Zuid is divided into wijken: CBS-buurten, the wijkprofiel, the wijkteams."""

    name = models.CharField("naam", max_length=60)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "indeling"
        verbose_name_plural = "indelingen"
        ordering = ("position", "name")
        constraints = (unique_name("division_name_unique", "Deze indeling bestaat al"),)

    def __str__(self):
        return self.name


class Area(Shipped):
    """A place a figure is about: G4, Rotterdam, NPRZ-gebied, a gebied, a wijk, or any other.

    A wijk belongs to one or more divisions. `parts` are the areas that make up this one, of every division together.
    `chart_place` is which line of a chart it is, from the most to the least important; None: a chart leaves it out.
    """

    class Kind(models.TextChoices):
        COUNTRY = "country", "Land"
        REFERENCE = "reference", "Referentie"
        CITY = "city", "Stad"
        PROGRAMME = "programme", "Programmagebied"
        DISTRICT = "district", "Gebied"
        NEIGHBOURHOOD = "neighbourhood", "Wijk"
        OTHER = "other", "Ander gebied"

    name = models.CharField("naam", max_length=80)
    kind = models.CharField("soort", max_length=14, choices=Kind)
    position = models.PositiveSmallIntegerField("volgorde", default=0)
    divisions = models.ManyToManyField(Division, blank=True, related_name="areas", verbose_name="indelingen")
    parts = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="wholes", verbose_name="bestaat uit"
    )
    chart_place = models.PositiveSmallIntegerField(
        "plaats in een grafiek",
        null=True,
        blank=True,
        help_text="Van 1, de belangrijkste lijn, tot 4. Leeg: niet in een grafiek.",
    )

    class Meta:
        verbose_name = "gebied"
        verbose_name_plural = "gebieden"
        ordering = ("position", "name")
        constraints = (
            unique_name("area_name_unique", "Dit gebied bestaat al"),
            models.UniqueConstraint(
                "chart_place",
                name="area_chart_place_unique",
                violation_error_message="Een ander gebied heeft deze plaats in een grafiek al.",
            ),
            models.CheckConstraint(
                name="area_chart_place_valid",
                condition=Q(chart_place=None) | Q(chart_place__range=(1, 4)),
                violation_error_message="De plaats in een grafiek is 1, 2, 3 of 4.",
            ),
        )

    def __str__(self):
        return self.name

    def all_parts(self):
        """What it consists of, and what that consists of: as far down as it goes."""
        found, new = set(), {self}
        while new:
            new = set(Area.objects.filter(wholes__in=new)) - found
            found |= new
        return found


class PeriodManager(models.Manager):
    def year(self, year):
        """The calendar year `year`, made when it is not there yet."""
        return self.kept(_year(year))

    def school_year(self, start):
        """The school year that begins on 1 August of the year `start`."""
        return self.kept(_school_year(start))

    def month(self, year, month):
        """The month `month` (1 to 12) of `year`."""
        return self.kept(_month(year, month))

    def date(self, date):
        """The one day `date`, for what is counted on a date."""
        return self.kept(_date(date))

    def years(self, first, last):
        """The calendar years `first` to `last` together, as an average over them is about."""
        return self.kept(_years(first, last))

    def from_name(self, name):
        """The period that `named` says, made when it is not there yet. Raises ValueError, in Dutch, as that does."""
        return self.kept(self.named(name))

    def named(self, name):
        """The period printed as '2023', '2022/23', '2016 t/m 2018', 'december 2022', '2022 T1' or '31-12-2022'.

        It is not saved. Capitals make no difference. Raises ValueError, in Dutch, for anything else.
        """
        typed = " ".join(name.split())
        name = typed.lower()
        with suppress(ValueError):  # of a day that is on no calendar
            if re.fullmatch(r"\d{4}", name):
                return _year(int(name))
            if (found := re.fullmatch(r"(\d{4})/(\d{2})", name)) and (int(found[1]) + 1) % 100 == int(found[2]):
                return _school_year(int(found[1]))
            if (found := re.fullmatch(r"(\d{4}) t/m (\d{4})", name)) and found[1] < found[2]:
                return _years(int(found[1]), int(found[2]))
            if found := re.fullmatch(r"(\d{4}) t([123])", name):
                return _tertaal(int(found[1]), int(found[2]))
            if (found := re.fullmatch(r"([a-z]+) (\d{4})", name)) and found[1] in MONTHS:
                return _month(int(found[2]), MONTHS.index(found[1]) + 1)
            if found := re.fullmatch(r"(\d{2})-(\d{2})-(\d{4})", name):
                return _date(datetime.date(int(found[3]), int(found[2]), int(found[1])))
        raise ValueError(
            f"'{typed}' is geen periode; verwacht wordt een jaar (2023), een schooljaar (2022/23), jaren"
            " (2021 t/m 2023), een tertaal (2022 T1), een maand (december 2022) of een datum (31-12-2022)."
        )

    def kept(self, period):
        """The stored row of `period`, which need not be saved; made when it is not there yet."""
        return self.get_or_create(kind=period.kind, start=period.start, end=period.end)[0]


def _year(year):
    return Period(kind=Period.Kind.YEAR, start=datetime.date(year, 1, 1), end=datetime.date(year, 12, 31))


def _school_year(start):
    return Period(kind=Period.Kind.SCHOOL_YEAR, start=datetime.date(start, 8, 1), end=datetime.date(start + 1, 7, 31))


def _month(year, month):
    return Period(kind=Period.Kind.MONTH, start=datetime.date(year, month, 1), end=_last_day(year, month))


def _tertaal(year, number):
    return Period(
        kind=Period.Kind.TERTAAL, start=datetime.date(year, 4 * number - 3, 1), end=_last_day(year, 4 * number)
    )


def _date(date):
    return Period(kind=Period.Kind.DATE, start=date, end=date)


def _years(first, last):
    return Period(kind=Period.Kind.YEARS, start=datetime.date(first, 1, 1), end=datetime.date(last, 12, 31))


def _last_day(year, month):
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


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

    @property
    def days(self):
        """What makes it this period, saved or not: its kind, first and last day."""
        return self.kind, self.start, self.end

    @property
    def span(self):
        """Its first and last day: what periods are in order of."""
        return self.start, self.end

    def in_year(self, year):
        """The periods of `year` that are as this one: all its months or tertalen, of any other kind the same one.

        The year is that in which they begin, of several years together that in which they end. They are not saved.
        """
        match self.kind:
            case self.Kind.YEAR:
                return [_year(year)]
            case self.Kind.SCHOOL_YEAR:
                return [_school_year(year)]
            case self.Kind.YEARS:
                return [_years(year - (self.end.year - self.start.year), year)]
            case self.Kind.TERTAAL:
                return [_tertaal(year, number) for number in (1, 2, 3)]
            case self.Kind.MONTH:
                return [_month(year, number) for number, _ in enumerate(MONTHS, 1)]
        last = _last_day(year, self.start.month)
        return [_date(last.replace(day=min(self.start.day, last.day)))]
