"""The outcome indicators: what is measured where and when, what is aimed at, and what the printed report said.

A figure has one home: a Measurement, or a Term that says what it is computed from. Knows nothing of the interventies.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.history import AppendOnly, AppendOnlyQuerySet, WayIn
from programme.figures import Code
from programme.models import Area, Division, Period, Pillar, Shipped
from programme.numbers import format_number
from workbooks.taking_over import TakenOver

from .said import Said, Told

CODE_STAYS = "In kleine letters, cijfers en streepjes. Een code ligt vast: zij is later niet te wijzigen."


class Source(models.Model):
    """Who supplies figures; two of them may say something else of the same place and time."""

    code = models.SlugField("code", max_length=60, unique=True, help_text=CODE_STAYS)
    name = models.CharField("naam", max_length=150, unique=True)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "bron"
        verbose_name_plural = "bronnen"
        ordering = ("position", "name")

    def __str__(self):
        return self.name


class Scale(Shipped):
    """An ordinal scale: classes instead of numbers, such as those of the Leefbaarometer."""

    name = models.CharField("naam", max_length=60, unique=True)

    class Meta:
        verbose_name = "schaal"
        verbose_name_plural = "schalen"
        ordering = ("name",)

    def __str__(self):
        return self.name

    def name_of(self, rank):
        """The name of the class that a measurement holds as `rank`."""
        return next(one.name for one in self.classes.all() if one.rank == rank)


class ScaleClass(models.Model):
    """A class of a scale. Its rank is what a measurement holds as value: 1 is the lowest."""

    scale = models.ForeignKey(Scale, models.CASCADE, related_name="classes", verbose_name="schaal")
    rank = models.PositiveSmallIntegerField("rang")
    name = models.CharField("naam", max_length=60)

    class Meta:
        verbose_name = "klasse"
        verbose_name_plural = "klassen"
        ordering = ("scale", "rank")
        constraints = (
            models.UniqueConstraint(
                "scale",
                "rank",
                name="scale_class_rank_unique",
                violation_error_message="Deze rang heeft al een klasse.",
            ),
            models.UniqueConstraint(
                "scale",
                "name",
                name="scale_class_name_unique",
                violation_error_message="De schaal heeft al een klasse met deze naam.",
            ),
        )

    def __str__(self):
        return self.name

    def measurements(self):
        """Those that say this class."""
        return Measurement.objects.filter(indicator__scale=self.scale_id, value=self.rank)


class Table(models.Model):
    """Indicators that are shown together on a page of their own; `layout` says how."""

    class Layout(models.TextChoices):
        AREAS = "areas", "kolommen zijn gebieden"
        PERIODS = "periods", "kolommen zijn periodes"
        SCALE = "scale", "wijken met klassen"
        PROFILE = "profile", "wijken met indexen"
        MOVES = "moves", "wijken met stromen"

    code = models.SlugField("code", unique=True, help_text=CODE_STAYS)
    name = models.CharField("naam", max_length=150, unique=True)
    layout = models.CharField("opmaak", max_length=8, choices=Layout)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "tabel"
        verbose_name_plural = "tabellen"
        ordering = ("position", "name")

    def __str__(self):
        return self.name

    def last_year_in(self, report):
        """The year in which the last figures begin that belong to the report over the year `report`.

        The wijkprofiel is that of the year in which the report appears: that of 2024 is in the report over 2023.
        """
        return report + 1 if self.layout == self.Layout.PROFILE else report


MEASURED_IN = (
    "Er zijn metingen, en die zouden iets anders gaan betekenen of niet meer te zien zijn. Maak een nieuwe indicator,"
    " of haal de metingen eerst weg bij Indicatoren › Invoeren."
)


def not_a_page_of_ours(code):
    """Raise ValidationError when the address of an indicator with this code is that of another page."""
    from .urls import urlpatterns  # the views know the models

    if any(str(one.pattern).startswith(f"indicatoren/{code}/") for one in urlpatterns):
        raise ValidationError(f"'{code}' is het adres van een andere pagina. Kies een andere code.")


class IndicatorQuerySet(models.QuerySet):
    def in_report(self):
        """Those with a page in the order of the report: doelstellingen and indicatoren, no figures of a table only."""
        return self.filter(kind__in=(Indicator.Kind.GOAL, Indicator.Kind.INDICATOR))


class Indicator(models.Model):
    """What is measured to see whether Zuid closes the gap.

    `unit` is that of its values; `decimals` is how many of them are shown. A figure that consists of others has terms.
    """

    class Kind(models.TextChoices):
        GOAL = "goal", "doelstelling"
        INDICATOR = "indicator", "indicator"
        FIGURE = "figure", "cijfer"  # stands in a table only

    class Direction(models.TextChoices):
        HIGHER = "higher", "hoger is beter"
        LOWER = "lower", "lager is beter"
        NEITHER = "neither", "geen van beide"

    code = models.SlugField("code", max_length=60, unique=True, validators=(not_a_page_of_ours,), help_text=CODE_STAYS)
    name = models.CharField("naam", max_length=250, unique=True)
    kind = models.CharField("soort", max_length=9, choices=Kind)
    pillars = models.ManyToManyField(Pillar, blank=True, related_name="indicators", verbose_name="pijlers")
    table = models.ForeignKey(
        Table, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name="tabel"
    )
    position = models.PositiveSmallIntegerField("volgorde", default=0)
    unit = models.CharField("eenheid", max_length=30)
    decimals = models.PositiveSmallIntegerField("decimalen", default=1)
    direction = models.CharField("richting", max_length=7, choices=Direction, default=Direction.NEITHER)
    period_kind = models.CharField("periode", max_length=12, choices=Period.Kind, default=Period.Kind.YEAR)
    start_period = models.ForeignKey(
        Period,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="startperiode",
        help_text="Sinds wanneer een indicator zonder streefwaarde wordt vergeleken. Leeg: sinds de eerste meting.",
    )
    lowest = models.DecimalField("laagste waarde", max_digits=18, decimal_places=4, null=True, blank=True)
    highest = models.DecimalField("hoogste waarde", max_digits=18, decimal_places=4, null=True, blank=True)
    scale = models.ForeignKey(Scale, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="schaal")
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="indeling in wijken"
    )
    adds_up = models.BooleanField(
        "telt op", default=False, help_text="Een gebied zonder eigen meting is de som van zijn delen."
    )
    adds_up_in_time = models.BooleanField(
        "telt op in de tijd", default=False, help_text="Een jaar is de som van zijn maanden."
    )
    parts_add_up_to = models.DecimalField(
        "delen tellen op tot",
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Wat de delen samen moeten zijn, zoals 100 bij een verdeling in procenten. Is hun som anders, dan"
        " staat dat erbij. Leeg: de som mag alles zijn.",
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bron",
        help_text="De bron die telt waar er meer zijn.",
    )
    source_note = models.CharField("bij de bron", max_length=300, blank=True)
    definition = models.TextField("definitie", blank=True)
    definition_version = models.CharField("versie van de definitie", max_length=60, blank=True)
    note = models.TextField("toelichting", blank=True)
    reasoning = models.TextField("onderbouwing van de streefwaarde", blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "indicator"
        verbose_name_plural = "indicatoren"
        ordering = ("position", "name")
        constraints = (
            models.CheckConstraint(
                name="indicator_lowest_below_highest",
                condition=Q(lowest=None) | Q(highest=None) | Q(lowest__lt=F("highest")),
                violation_error_message="De laagste waarde ligt onder de hoogste.",
            ),
            models.CheckConstraint(
                name="indicator_decimals_valid",
                condition=Q(decimals__range=(0, 4)),
                violation_error_message="Het aantal decimalen is 0, 1, 2, 3 of 4.",
            ),
        )

    def __str__(self):
        return self.name

    def clean(self):
        """What was measured goes on being what it is, within its bounds, and in sight."""
        stored = Indicator.objects.filter(pk=self.pk).first()
        if stored is None or not (measured := list(self.measurements.select_related("area", "period"))):
            return
        reasons = {
            **{name: MEASURED_IN for name in ("unit", "scale", "period_kind") if self._changes(stored, name)},
            "table": self._why_not_in_table(stored),
            "lowest": self._why_not_bound(stored, "lowest", [one for one in measured if self._is_below(one)]),
            "highest": self._why_not_bound(stored, "highest", [one for one in measured if self._is_above(one)]),
        }
        if found := {name: reason for name, reason in reasons.items() if reason}:
            raise ValidationError(found)

    def _changes(self, stored, name):
        attribute = self._meta.get_field(name).attname
        return getattr(self, attribute) != getattr(stored, attribute)

    def _why_not_in_table(self, stored):
        """Why its measurements cannot move to this table; "" when they can."""
        if not (self._changes(stored, "table") or self._changes(stored, "kind")):
            return ""
        if self.table is None and self.kind == self.Kind.FIGURE:
            return "Een cijfer staat alleen in een tabel: zonder tabel zijn de metingen niet meer te zien. Kies er een."
        if self.table and stored.table and self.table.layout != stored.table.layout:
            return (
                f"De metingen passen niet in '{self.table}': die tabel heeft een andere opmaak. Kies een tabel met de"
                f" opmaak '{stored.table.get_layout_display()}', of maak een nieuwe indicator."
            )
        return ""

    def _is_below(self, measurement):
        return None not in (self.lowest, measurement.number) and measurement.number < self.lowest

    def _is_above(self, measurement):
        return None not in (self.highest, measurement.number) and measurement.number > self.highest

    def _why_not_bound(self, stored, name, outside):
        """Why the bound `name` is not changed: measurements would lie `outside` it; "" when it may be."""
        if not outside or not self._changes(stored, name):
            return ""
        one = outside[0]
        which = f"{one.said.figure(self)} van {one.area} over {one.period}"
        more = f" en nog {len(outside) - 1}" if outside[1:] else ""
        return f"Daarbuiten ligt wat er gemeten is: {which}{more}. Verbeter dat eerst bij Indicatoren › Invoeren."

    def last_year_in(self, report):
        """The year in which its last figures begin in the report over the year `report`: its table may go further."""
        return self.table.last_year_in(report) if self.table else report

    @property
    def first_pillar(self):
        """The Pillar under which it is listed; None when it has none."""
        return next(iter(self.pillars.all()), None)

    def all_parts(self):
        """What it is computed from, and what that is computed from: as far down as it goes."""
        found, new = set(), {self}
        while new:
            new = set(Indicator.objects.filter(pk__in=Term.objects.filter(whole__in=new).values("part"))) - found
            found |= new
        return found

    @property
    def higher_is_better(self):
        """True, False, or None when it is neither."""
        return {self.Direction.HIGHER: True, self.Direction.LOWER: False}.get(self.direction)


class Term(models.Model):
    """What a computed indicator consists of: the sum of its parts, or (with parts `below`) a share of another sum.

    The value of `whole` is sign x part, added up; with parts below the line it is that sum divided by theirs, times 100
    when its unit is %. Where the whole has a measurement of its own, that one counts and the two are compared.
    """

    whole = models.ForeignKey(Indicator, models.CASCADE, related_name="terms", verbose_name="geheel")
    part = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="deel")
    sign = models.SmallIntegerField("teken", choices=((1, "+"), (-1, "−")), default=1)
    below = models.BooleanField("onder de streep", default=False)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    class Meta:
        verbose_name = "term"
        verbose_name_plural = "termen"
        ordering = ("whole", "below", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                "whole",
                "part",
                "below",
                name="term_unique",
                violation_error_message="Dit deel staat er al.",
            ),
            models.CheckConstraint(name="term_sign_valid", condition=Q(sign__in=(1, -1))),
            models.CheckConstraint(
                name="term_not_of_itself",
                condition=~Q(whole=F("part")),
                violation_error_message="Een indicator is geen deel van zichzelf.",
            ),
        )

    def __str__(self):
        return f"{self.whole}: {self.get_sign_display()} {self.part}"

    def clean(self):
        if self.whole_id and self.part_id and self.whole in self.part.all_parts():
            raise ValidationError({"part": f"Dit kan niet: '{self.part}' wordt zelf berekend uit '{self.whole}'."})


class Measurement(models.Model):
    """What a source says of an indicator, for an area and a period: a value, a code, or the two sides of a share.

    `value` is in the unit of the indicator, for an indicator with a scale the rank of the class. `version` counts the
    changes; each of them is a MeasurementEvent.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements", verbose_name="indicator")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="gebied")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="periode")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="bron")
    value = models.DecimalField("waarde", max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField("teller", max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField("noemer", max_digits=18, decimal_places=4, null=True, blank=True)
    code = models.CharField("in plaats van een waarde", max_length=3, choices=Code, blank=True)
    provisional = models.BooleanField("voorlopig", default=False)
    remark = models.CharField("opmerking", max_length=500, blank=True)
    version = models.PositiveIntegerField("versie", default=1)

    class Meta:
        verbose_name = "meting"
        verbose_name_plural = "metingen"
        ordering = ("indicator", "area__position", "period__start", "source__position")
        constraints = (
            models.UniqueConstraint("indicator", "area", "period", "source", name="measurement_unique"),
            models.CheckConstraint(
                name="measurement_says_one_thing",
                condition=(
                    Q(value__isnull=False, numerator=None, denominator=None, code="")
                    | Q(value=None, numerator__isnull=False, denominator__gt=0, code="")
                    | Q(value=None, numerator=None, denominator=None, code__in=Code.values)
                ),
                violation_error_message="Een meting is een getal, een teller met een noemer, of een code.",
            ),
        )

    def __str__(self):
        return f"{self.indicator}, {self.area}, {self.period}"

    @property
    def number(self):
        """The value in the unit of the indicator, computed where it is a share; None when it is a code."""
        return self.said.number

    @property
    def said(self):
        return Said(self.value, self.numerator, self.denominator, self.code, self.provisional, self.remark)

    def says(self, said):
        """Let it say `said`, a Said; not saved yet."""
        for name, value in vars(said).items():
            setattr(self, name, value)

    def events(self):
        """What happened to it, the first first: also before it was removed and measured again."""
        return MeasurementEvent.objects.at(self)


class MeasurementEventQuerySet(AppendOnlyQuerySet):
    def of(self, indicator):
        """Those about `indicator`, the last first, with all that a page shows of them."""
        return self.filter(indicator=indicator).select_related("area", "period", "source", "by").reverse()

    def at(self, place):
        """Those about the indicator, the area, the period and the source that `place` has."""
        kind, start, end = place.period.days
        return self.filter(
            indicator=place.indicator,
            area=place.area,
            source=place.source,
            period__kind=kind,
            period__start=start,
            period__end=end,
        )

    def by_the_bureau(self):
        """What was entered, changed or removed, and did not come along with what ships."""
        return self.exclude(way_in=WayIn.PLAN)

    def last_at(self, places):
        """What happened last at each of `places`, by its key. In one query; the periods need not be saved."""
        columns = ("indicator_id", "area_id", "period_id", "source_id")
        found = self.filter(
            indicator__in={one.indicator.pk for one in places},
            area__in={one.area.pk for one in places},
            source__in={one.source.pk for one in places},
        )
        rows = found.select_related("period", "by").order_by(*columns, "-at", "-pk").distinct(*columns)
        return {(one.indicator_id, one.area_id, *one.period.days, one.source_id): one for one in rows}


WAYS_IN = [(one.value, "meegeleverd" if one == WayIn.PLAN else one.label) for one in WayIn]
"""How a measurement comes in: those that ship are of no plan."""


class MeasurementEvent(AppendOnly):
    """Who changed a measurement, from what to what, and why. The empty `was` is that of a new one."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="indicator")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="gebied")
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name="periode")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="bron")
    was = models.CharField("was", max_length=600, blank=True)
    became = models.CharField("werd", max_length=600, blank=True)
    reason = models.CharField("reden", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="door")
    way_in = models.CharField("via", max_length=6, choices=WAYS_IN)

    objects = MeasurementEventQuerySet.as_manager()

    class Meta:
        verbose_name = "wijziging van een meting"
        verbose_name_plural = "wijzigingen van metingen"
        ordering = ("at", "pk")

    def __str__(self):
        return f"{self.indicator}, {self.area}, {self.period}: {self.change}"

    @property
    def change(self):
        """From what to what: '19,1 → 19,3', 'nieuw → 19,1' or '19,1 → leeg'."""
        return f"{self.was or 'nieuw'} → {self.became or 'leeg'}"

    @property
    def told_was(self):
        return Told.of(self.was)

    @property
    def told_became(self):
        return Told.of(self.became)


class MeasurementImport(TakenOver):
    """Which workbook of measurements was taken over; what it changed is in the events of that moment."""

    class Meta(TakenOver.Meta):
        verbose_name = "ingelezen werkblad met metingen"
        verbose_name_plural = "ingelezen werkbladen met metingen"


class RegimeQuerySet(models.QuerySet):
    def of_report(self, year):
        """Those that a target has in the report of `year`."""
        return self.filter(pk__in=Target.objects.in_report(year).values("regime"))


class Regime(models.Model):
    """A way to set targets: what share of the gap should be closed when. Its points are the path."""

    code = models.SlugField("code", max_length=20, unique=True, help_text=CODE_STAYS)
    name = models.CharField("naam", max_length=100, unique=True)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    objects = RegimeQuerySet.as_manager()

    class Meta:
        verbose_name = "regime"
        verbose_name_plural = "regimes"
        ordering = ("position", "name")

    def __str__(self):
        return self.name

    @property
    def short_name(self):
        """The name as it stands in a label: without what it says in brackets, and in a sentence."""
        name = self.name.partition(" (")[0]
        return name[:1].lower() + name[1:]

    def classes_in(self, year):
        """The ShareClasses in the report of `year`, the highest first.

        None until the lowest, which has no bound, is there too: they are made one at a time.
        """
        found = tuple(one for one in self.classes.all() if one.report == year)
        return found if any(one.lower is None for one in found) else ()


class RegimePoint(models.Model):
    """The share of the gap, from 0 to 1, that should be closed in a year; the path is straight between two points."""

    regime = models.ForeignKey(Regime, models.CASCADE, related_name="points", verbose_name="regime")
    year = models.PositiveSmallIntegerField("jaar")
    share = models.DecimalField("deel", max_digits=8, decimal_places=4, help_text="Van 0 tot en met 1: 0,25 is 25%.")

    class Meta:
        verbose_name = "punt van een regime"
        verbose_name_plural = "punten van regimes"
        ordering = ("regime", "year")
        constraints = (
            models.UniqueConstraint(
                "regime",
                "year",
                name="regime_point_unique",
                violation_error_message="Dit jaar heeft al een punt.",
            ),
            models.CheckConstraint(
                name="regime_point_is_share",
                condition=Q(share__gte=0, share__lte=1),
                violation_error_message="Het deel ligt tussen 0 en 1: 0,4 is 40%%.",
            ),
        )

    def __str__(self):
        return f"{self.regime}: {format_number(self.share)} in {self.year}"

    def is_reported(self):
        """Whether a target has it on its path, in a report that is made."""
        return Target.objects.reported().filter(regime=self.regime_id).exists()


class ShareClass(models.Model):
    """A class of the share closed, for the targets of a regime in the report of a year. The lowest has no bound."""

    regime = models.ForeignKey(Regime, models.CASCADE, related_name="classes", verbose_name="regime")
    report = models.PositiveSmallIntegerField("rapport over")
    lower = models.DecimalField(
        "vanaf",
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Van -1 tot en met 1: 0,25 is 25%. Leeg bij de laagste klasse.",
    )
    name = models.CharField("naam", max_length=40)

    class Meta:
        verbose_name = "klasse van het % ingelopen"
        verbose_name_plural = "klassen van het % ingelopen"
        ordering = ("regime", "report", F("lower").desc(nulls_last=True))
        constraints = (
            models.UniqueConstraint(
                "regime",
                "report",
                "lower",
                name="share_class_unique",
                nulls_distinct=False,
                violation_error_message="Er is al een klasse vanaf deze grens.",
            ),
            models.CheckConstraint(
                name="share_class_lower_is_share",
                condition=Q(lower=None) | Q(lower__range=(-1, 1)),
                violation_error_message="Vanaf ligt tussen -1 en 1: 0,25 is 25%%.",
            ),
        )

    def __str__(self):
        return self.name

    def is_reported(self):
        """Whether it counts in a report that is made."""
        return Report.objects.filter(year=self.report).exists()


class TargetQuerySet(models.QuerySet):
    def in_report(self, year):
        """Those that count in the report of `year`."""
        return self.overlapping(year, year)

    def overlapping(self, first, last):
        """Those that count in a report from the year `first` to `last`; None for all that come after."""
        found = self.filter(Q(reports_to=None) | Q(reports_to__gte=first))
        return found if last is None else found.filter(reports_from__lte=last)

    def reported(self):
        """Those that count in a report that is made."""
        last = Coalesce(OuterRef("reports_to"), F("year"))
        return self.filter(Exists(Report.objects.filter(year__gte=OuterRef("reports_from"), year__lte=last)))

    def report_years(self):
        """The years about which a report can be made, the latest first: a target counts, and something was measured."""
        measured = self.filter(
            indicator__measurements__period__start__year__gte=F("reports_from"),
            indicator__measurements__area=F("area"),
        )
        years = measured.values_list("indicator__measurements__period__start__year", "reports_to").distinct()
        return sorted({year for year, last in years if last is None or year <= last}, reverse=True)


class Target(models.Model):
    """What is aimed at for an indicator in an area, by one regime.

    Its start is the measurement of the start period, or `start_value` where another value is stated. Its path, with
    the first and the last year, is that of the regime. It counts in the reports from `reports_from` to `reports_to`.
    `as_printed` is whether it came along with the printed report; not when the bureau made it, or something else of it.
    """

    class Reference(models.TextChoices):
        AREA = "area", "een gebied"
        NORM = "norm", "een vaste norm"
        INDICATOR = "indicator", "een andere indicator"
        NONE = "none", "alleen een richting"

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets", verbose_name="indicator")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="gebied")
    pillar = models.ForeignKey(
        Pillar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="pijler",
        help_text="De pijler waarbij zij staat, als de indicator bij meer pijlers hoort. Leeg: bij al die pijlers.",
    )
    regime = models.ForeignKey(Regime, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="regime")
    reference = models.CharField("referentie", max_length=9, choices=Reference)
    reference_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="gebied van de referentie"
    )
    norm = models.DecimalField("norm", max_digits=18, decimal_places=4, null=True, blank=True)
    reference_indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="indicator van de referentie"
    )
    aim = models.CharField("richting in woorden", max_length=100, blank=True)
    start_period = models.ForeignKey(
        Period, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="startperiode"
    )
    start_value = models.DecimalField("startwaarde", max_digits=18, decimal_places=4, null=True, blank=True)
    reports_from = models.PositiveSmallIntegerField("geldt vanaf het rapport over")
    reports_to = models.PositiveSmallIntegerField(
        "geldt tot en met het rapport over",
        null=True,
        blank=True,
        help_text="Zo eindigt een streefwaarde. Een die in een gemaakt rapport telt, wordt niet verwijderd.",
    )
    as_printed = models.BooleanField("zoals gedrukt", default=False, editable=False)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "streefwaarde"
        verbose_name_plural = "streefwaarden"
        ordering = ("indicator", "regime__position", "pk")
        constraints = (
            models.UniqueConstraint(
                "indicator",
                "area",
                "regime",
                "reports_from",
                name="target_unique",
                nulls_distinct=False,
                violation_error_message="Deze indicator heeft voor dit gebied vanaf dit rapport al een streefwaarde van"
                " dit regime.",
            ),
            models.CheckConstraint(
                name="target_has_its_reference",
                condition=(
                    Q(reference="area", reference_area__isnull=False, norm=None, reference_indicator=None)
                    | Q(reference="norm", reference_area=None, norm__isnull=False, reference_indicator=None)
                    | Q(reference="indicator", reference_area=None, norm=None, reference_indicator__isnull=False)
                    | (Q(reference="none", reference_area=None, norm=None, reference_indicator=None) & ~Q(aim=""))
                ),
                violation_error_message="Kies een referentie en vul in wat daarbij hoort.",
            ),
            models.CheckConstraint(
                name="target_towards_reference_has_path",
                condition=Q(reference="none") | Q(regime__isnull=False, start_period__isnull=False),
                violation_error_message="Een streefwaarde met een referentie heeft een regime en een startperiode.",
            ),
            models.CheckConstraint(
                name="target_reports_in_order",
                condition=Q(reports_to=None) | Q(reports_to__gte=F("reports_from")),
                violation_error_message="Het laatste rapport ligt niet voor het eerste.",
            ),
        )

    def __str__(self):
        return f"{self.indicator}: {self.regime or self.aim}"

    def mark_change(self, fields):
        """Note that `fields` became something else: unless only when or where it stands, it aims at something new."""
        self.as_printed = self.as_printed and {"reports_to", "pillar"}.issuperset(fields)

    def is_reported(self):
        """Whether it counts in a report that is made."""
        return Target.objects.reported().filter(pk=self.pk).exists()

    @property
    def reports(self):
        """In which reports it counts, in words."""
        if self.reports_to is None:
            return f"vanaf het rapport over {self.reports_from}"
        return f"voor de rapporten over {self.reports_from} t/m {self.reports_to}"

    def clean(self):
        """It stands at a pijler of its indicator; it is revised by another of its regime that counts from later on."""
        if None in (self.indicator_id, self.area_id, self.reports_from):
            return
        if self.pillar and self.pillar not in self.indicator.pillars.all():
            raise ValidationError({"pillar": f"'{self.indicator}' hoort niet bij de pijler {self.pillar}."})
        if self.reports_to is not None and self.reports_to < self.reports_from:  # a constraint says so
            return
        same = Target.objects.filter(indicator=self.indicator_id, area=self.area_id, regime=self.regime_id)
        other = same.exclude(pk=self.pk).overlapping(self.reports_from, self.reports_to).first()
        if other:
            raise ValidationError(
                {
                    "reports_from": "Deze indicator heeft voor dit gebied al een streefwaarde van dit regime:"
                    f" {other.reports}. In elk rapport telt er één: vul bij de oudste in tot en met welk rapport zij"
                    " geldt, of laat de nieuwe later beginnen."
                }
            )


class ReportQuerySet(models.QuerySet):
    def with_targets(self):
        """Those in which a target counts: of any other there is nothing to read."""
        return self.filter(Exists(Target.objects.in_report(OuterRef("year"))))


class Report(models.Model):
    """A report that is made: from then on everybody may choose its year, and the newest is what they see first.

    Until then a year for which there are figures and targets is in preparation (see `reports.py`).
    """

    year = models.PositiveSmallIntegerField(
        "rapport over",
        unique=True,
        help_text="Iedereen kan dit jaar kiezen. Het nieuwste rapport is wat iedereen het eerst ziet.",
        error_messages={"unique": "Dit rapport is er al."},
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "effectrapportage"
        verbose_name_plural = "effectrapportages"
        ordering = ("-year",)

    def __str__(self):
        return str(self.year)

    def clean(self):
        if self.year and self.year not in Target.objects.report_years():
            raise ValidationError(
                {
                    "year": f"Over {self.year} is er nog niets te lezen. Voer eerst cijfers van dat jaar in bij"
                    " Indicatoren › Invoeren, en kijk of er streefwaarden zijn die in dat rapport tellen."
                }
            )


class PrintedFigureQuerySet(models.QuerySet):
    def latest_report(self):
        """The year of the last report of which print is known; None without."""
        return self.aggregate(latest=models.Max("report"))["latest"]

    def shares(self, *, report):
        """The % ingelopen of every target in the report over the year `report`."""
        return self.filter(what=PrintedFigure.What.SHARE, report=report)

    def lists(self, *, until=None):
        """What stands in a list, in the reports until the year `until`; None for every report."""
        found = self.filter(what=PrintedFigure.What.LIST)
        return found if until is None else found.filter(report__lte=until)


class PrintedFigure(models.Model):
    """What a printed report says, beside what is computed. `raw` is as printed; `value` what it says as a number."""

    class What(models.TextChoices):
        VALUE = "value", "waarde"
        TARGET = "target", "streefwaarde"
        SHARE = "share", "% ingelopen"
        ABOVE = "above", "oordeel"
        RISEN = "risen", "aantal wijken vooruit"
        FALLEN = "fallen", "aantal wijken achteruit"
        LIST = "list", "plaats in een lijst"
        EDGE = "edge", "laatste plaats in een lijst van Zuid"
        SIGN = "sign", "teken"
        START = "start", "startperiode"
        NOW = "now", "laatste periode"
        REFERENCE = "refer", "referentie"

    class Kind(models.TextChoices):
        """How a difference between print and computation came about, where that is known."""

        TWICE = "twice", "op twee plaatsen anders gedrukt"
        OTHER_ROW = "row", "overgenomen uit een andere regel of kolom"
        SHARE = "share", "verkeerd streefpercentage"
        DIRECTION = "direct", "verkeerde richting"
        OLD_NORM = "norm", "oude norm"
        DEFINITION = "defin", "andere definitie"
        MISSING = "missing", "niet gedrukt"
        CALCULATION = "calc", "verkeerd berekend"
        JUDGEMENT = "judge", "verkeerd oordeel"
        COUNT = "count", "verkeerd geteld"
        SIGN = "sign", "verkeerd teken"
        CUT_OFF = "cut", "lijst afgekapt bij gelijke score"
        SUM = "sum", "telt niet op"
        SOURCES = "source", "twee bronnen"
        REPEATED = "repeat", "twee periodes gelijk"
        PERIOD = "period", "andere periode"
        REFERENCE = "refer", "andere referentie"
        ROUNDING = "round", "binnen afronding"
        CHANGED = "changed", "sindsdien gewijzigd"

    report = models.PositiveSmallIntegerField("rapport over")
    place = models.CharField("plaats", max_length=100)
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="printed", verbose_name="indicator")
    what = models.CharField("wat", max_length=6, choices=What)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="gebied")
    period = models.ForeignKey(Period, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="periode")
    since = models.ForeignKey(Period, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="sinds")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bron")
    regime = models.ForeignKey(Regime, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="regime")
    year = models.PositiveSmallIntegerField("jaar", null=True, blank=True)  # of a target
    raw = models.CharField("gedrukt", max_length=60, blank=True)  # empty: its place was left open
    value = models.DecimalField("waarde", max_digits=18, decimal_places=4, null=True, blank=True)
    kind = models.CharField("soort verschil", max_length=7, choices=Kind, blank=True)
    note = models.CharField("toelichting", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("volgorde", default=0)

    objects = PrintedFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "gedrukt cijfer"
        verbose_name_plural = "gedrukte cijfers"
        ordering = ("report", "position", "pk")
        constraints = (
            models.CheckConstraint(
                name="printed_says_where_and_when",
                condition=~Q(what__in=("value", "risen", "fallen", "list", "edge", "sign"))
                | Q(area__isnull=False, period__isnull=False),
                violation_error_message="Een gedrukt cijfer heeft een gebied en een periode.",
            ),
        )

    def __str__(self):
        return f"{self.indicator}: {self.raw} ({self.place})"


class Tile(models.Model):
    """Where a wijk stands in the tile grid of its division: a map that is a table."""

    division = models.ForeignKey(Division, models.CASCADE, related_name="tiles", verbose_name="indeling")
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name="wijk")
    row = models.PositiveSmallIntegerField("rij")
    column = models.PositiveSmallIntegerField("kolom")

    class Meta:
        verbose_name = "tegel"
        verbose_name_plural = "tegels"
        ordering = ("division", "row", "column")
        constraints = (
            models.UniqueConstraint(
                "division",
                "area",
                name="tile_area_unique",
                violation_error_message="Deze wijk heeft al een tegel.",
            ),
            models.UniqueConstraint(
                "division",
                "row",
                "column",
                name="tile_place_unique",
                violation_error_message="Op deze plaats staat al een tegel.",
            ),
        )

    def __str__(self):
        return str(self.area)
