"""Measurements that are entered: each checked against what is stored, and written with its history."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Count

from accounts.refusals import Refused
from programme.figures import is_jump
from programme.models import Area, Period
from programme.numbers import format_number

from .models import Indicator, Measurement, MeasurementEvent, Source
from .said import Said

EARLIEST = 2000
"""The first year about which something can be entered."""


@dataclass(frozen=True)
class Place:
    """What a figure is about and who says it. The period need not be saved; the indicator has its classes at hand."""

    indicator: Indicator
    area: Area
    period: Period
    source: Source

    @property
    def key(self):
        return self.indicator.pk, self.area.pk, *self.period.days, self.source.pk

    def __str__(self):
        return f"{self.indicator}, {self.area}, {self.period}"


@dataclass(frozen=True)
class Entry:
    """What is entered at a place; a Said that says nothing removes what stands there.

    `version` is that of the measurement which the user saw, 0 when there was none, None for whoever holds a lock.
    """

    place: Place
    said: Said
    version: int | None = None


class Why(models.TextChoices):
    """What kind of Fault it is, as the title of a list of them."""

    WRONG = "wrong", "Dit kan niet"
    JUMP = "jump", "Dit wijkt sterk af: klopt het?"
    CONFLICT = "conflict", "Iemand anders was u voor"
    NO_REASON = "reason", "Dit verandert wat er al stond"


@dataclass(frozen=True)
class Fault:
    """Why an entry is not taken, in Dutch. A jump is, once it has a remark; a change, once it has a reason."""

    message: str
    at: str = "value"  # or "area", "period", "remark"
    why: Why = Why.WRONG


class Known:
    """All that was measured of some indicators, read at once."""

    def __init__(self, indicators):
        rows = Measurement.objects.filter(indicator__in=indicators).select_related("area", "period", "source")
        self._at, self._series, self._periods, self._numbers = (
            {},
            defaultdict(list),
            defaultdict(list),
            defaultdict(list),
        )
        for row in rows.order_by("period__start", "period__end", "source__position"):
            self._at[(row.indicator_id, row.area_id, *row.period.days, row.source_id)] = row
            self._series[row.indicator_id, row.area_id].append(row)
            self._periods[row.indicator_id].append(row.period)
            if row.number is not None:
                self._numbers[row.indicator_id].append(row.number)

    @property
    def rows(self):
        return self._at.values()

    def at(self, place):
        """The Measurement of a place, or None."""
        return self._at.get(place.key)

    def before(self, place):
        """The last Measurement before it that is a number, of the same kind of period; None without any.

        That of its own source. Without one, what another source says of an earlier period or of the same one. A month
        says nothing of a year. Nor does a school year: of vmbo-techniek and vmbo-zorg the start is of a school year and
        all since of calendar years, which are two series, each compared with itself.
        """
        period, others = place.period, None
        for row in reversed(self._series[place.indicator.pk, place.area.pk]):
            if row.period.kind != period.kind or row.period.start > period.start or row.number is None:
                continue
            if row.source_id == place.source.pk and row.period.start < period.start:
                return row
            if row.source_id != place.source.pk and others is None:
                others = row
        return others

    def numbers(self, indicator):
        """All numbers that are known of `indicator`, in its unit."""
        return self._numbers[indicator.pk]

    def last_period(self, indicator, kind):
        """The last period of this kind of which something is known of `indicator`; None without."""
        return next((one for one in reversed(self._periods[indicator.pk]) if one.kind == kind), None)

    def kinds(self, indicator):
        """The kinds of period in which `indicator` is measured, as months and the year that they add up to."""
        return {indicator.period_kind, *(one.kind for one in self._periods[indicator.pk])}


class NotRecorded(Refused):
    """Nothing was written; `faults` says why, by the key of the place of each entry that is not taken."""

    def __init__(self, faults, entries):
        self.faults = faults
        names = {entry.place.key: str(entry.place) for entry in entries}
        super().__init__("\n".join(f"{names[key]}: {fault.message}" for key, fault in faults.items()))


@dataclass
class Look:
    """What entries would change, each with what is stored, and why others are not taken, by the key of their place."""

    changes: list[tuple[Entry, Measurement | None]] = field(default_factory=list)
    faults: dict[tuple, Fault] = field(default_factory=dict)


def look_at(entries, *, known, today, reason):
    """The Look at entries, against what is `known` of their indicators. Writes nothing.

    `reason` says why something changes that was measured already: without it that is not taken.
    """
    look = Look()
    times = Counter(entry.place.key for entry in entries)
    for entry in entries:
        stored = known.at(entry.place)
        if times[entry.place.key] > 1:
            look.faults[entry.place.key] = Fault("Dit cijfer staat er twee keer.")
        elif entry.said != (stored.said if stored else Said()):
            if fault := fault_of(entry, known=known, today=today):
                look.faults[entry.place.key] = fault
            elif stored and not reason.strip():
                now = stored.said.typed(entry.place.indicator)
                look.faults[entry.place.key] = Fault(
                    f"Hier stond {now}: vul in waarom dit verandert.", why=Why.NO_REASON
                )
            else:
                look.changes.append((entry, stored))
    return look


REASON_MISSING = "Er verandert een cijfer dat er al stond. Vul in waarom."


def record(entries, *, by, way_in, today, reason=""):
    """Write what is entered, each with its event; all, or nothing. Returns the Look at what it changed.

    `reason` is that of `look_at`. Raises NotRecorded, with what is wrong with each entry. Only the bureau enters
    measurements.
    """
    with transaction.atomic():
        look = _look_locked(entries, by=by, today=today, reason=reason)
        if look.faults:
            raise NotRecorded(look.faults, entries)
        _write(look.changes, by=by, way_in=way_in, reason=reason.strip())
    return look


def record_each(entries, *, by, way_in, today, reason=""):
    """Write as `record` does whatever is right of what is entered. Returns the Look at it, with why the rest is not."""
    with transaction.atomic():
        look = _look_locked(entries, by=by, today=today, reason=reason)
        _write(look.changes, by=by, way_in=way_in, reason=reason.strip())
    return look


def _look_locked(entries, *, by, today, reason):
    """The Look at entries, of which nobody else changes anything until the end of the transaction."""
    if not by.is_bureau:
        raise PermissionDenied
    # Of an indicator one at a time: a cell that is still empty has no row to lock.
    indicators = {entry.place.indicator.pk for entry in entries}
    list(Indicator.objects.filter(pk__in=indicators).select_for_update(no_key=True).order_by("pk"))
    return look_at(entries, known=Known(indicators), today=today, reason=reason)


def _write(changes, *, by, way_in, reason):
    periods = {entry.place.period.days: entry.place.period for entry, _ in changes}
    periods = {days: Period.objects.kept(period) for days, period in periods.items()}
    earlier = _times_changed({entry.place.indicator.pk for entry, stored in changes if stored is None})
    new, changed, gone, events = [], [], [], []
    for entry, stored in changes:
        place, said = entry.place, entry.said
        at = {
            "indicator": place.indicator,
            "area": place.area,
            "period": periods[place.period.days],
            "source": place.source,
        }
        row = stored or Measurement(**at, version=earlier.get(place.key, 0))
        was = row.said.in_words(place.indicator) if stored else ""
        if said:
            row.says(said)
            row.version += 1
            (changed if stored else new).append(row)
        else:
            gone.append(row.pk)
        became = said.in_words(place.indicator) if said else ""
        # Why something is new, its source and its remark say.
        events.append(
            MeasurementEvent(**at, was=was, became=became, reason=reason * bool(stored), by=by, way_in=way_in)
        )
    Measurement.objects.bulk_create(new)
    Measurement.objects.bulk_update(changed, (*Said.__dataclass_fields__, "version"))
    Measurement.objects.filter(pk__in=gone).delete()
    MeasurementEvent.objects.bulk_create(events)


def _times_changed(indicators):
    """How often each place changed, by its key: a version is never given twice, also when a figure was gone."""
    rows = MeasurementEvent.objects.filter(indicator__in=indicators).order_by()
    return {
        tuple(key): times
        for *key, times in rows.values_list(
            "indicator", "area", "period__kind", "period__start", "period__end", "source"
        ).annotate(times=Count("pk"))
    }


def fault_of(entry, *, known, today):
    """The Fault of an entry by itself, or None; of one that changes nothing there is none."""
    place, said, stored = entry.place, entry.said, known.at(entry.place)
    if said == (stored.said if stored else Said()):
        return None
    if entry.version is not None and entry.version != (stored.version if stored else 0):
        return _conflict(place, stored)
    if not said:
        return None
    reasons = {
        "period": _why_not_then(place, known, today),
        "area": _why_not_there(place),
        "value": _why_not_so_much(place.indicator, said),
    }
    for at, why in reasons.items():
        if why:
            return Fault(why, at=at)
    if said.number is None or place.indicator.scale_id or (stored and stored.number == said.number):
        return None
    # A remark that was there already came along with the figure: it says nothing of this one.
    old_remark = stored.remark if stored else ""
    if said.remark not in ("", old_remark):
        return None
    before = known.before(place)
    if stored and stored.number is not None and (before is None or before.source_id != place.source.pk):
        before = stored
    if before and is_jump(said.number, before.number):
        more = "meer" if said.number > before.number else "minder"
        was = f"{before.said.figure(place.indicator)} in {before.period}"
        if before.source_id != place.source.pk:
            was += f" volgens {before.source}"
        ask = REMARK_OLD if said.remark else REMARK_MISSING
        return Fault(f"Dit is veel {more} dan {was}. Klopt het? {ask}", why=Why.JUMP)
    return None


WHOLE = 100  # percent
REMARK_MISSING = "Schrijf in de opmerking waarom."
REMARK_OLD = (
    "De opmerking die er staat, is van het vorige cijfer. Schrijf erbij waarom ook dit cijfer klopt, bijvoorbeeld:"
    " 'De oorzaak is dezelfde.'"
)


def _conflict(place, stored):
    last = MeasurementEvent.objects.at(place).select_related("by").last()
    who = f" door {last.by}" if last and last.by else ""
    if stored is None:
        return Fault(f"Dit cijfer is intussen weggehaald{who}.", why=Why.CONFLICT)
    now = stored.said.in_words(place.indicator).removesuffix(".")
    return Fault(f"Dit is intussen gewijzigd{who}: er staat nu {now}.", why=Why.CONFLICT)


def _why_not_then(place, known, today):
    """Why nothing of this indicator is entered for this period; "" when it may be."""
    period, kinds = place.period, known.kinds(place.indicator)
    if period.kind not in kinds:
        names = ", ".join(sorted(Period.Kind(one).label.lower() for one in kinds))
        return f"'{period}' past hier niet: deze indicator wordt gemeten per {names}."
    if period.start > today:
        return f"{period} moet nog beginnen."
    if period.start.year < EARLIEST:
        return f"{period} is te lang geleden: er wordt gemeten vanaf {EARLIEST}."
    return ""


def _why_not_there(place):
    """Why nothing of this indicator is entered for this area; "" when it may be.

    A wijk of another division than that of the indicator may have the same name and other borders. One outside Zuid is
    of no division.
    """
    indicator, area = place.indicator, place.area
    divisions = {one.pk for one in area.divisions.all()} if indicator.division_id else ()
    if divisions and indicator.division_id not in divisions:
        return f"{area} hoort niet bij de indeling '{indicator.division}' van deze indicator."
    return ""


def _why_not_so_much(indicator, said):
    """Why what is said cannot be of this indicator; "" when it can."""
    number = said.number
    if number is None:
        return ""
    if indicator.scale_id:
        ranks = {one.rank for one in indicator.scale.classes.all()}
        return "" if number in ranks else f"{format_number(number)} is geen klasse van de schaal."
    if indicator.lowest is not None and number < indicator.lowest:
        return f"{said.figure(indicator)} ligt buiten de schaal: het laagste is {format_number(indicator.lowest)}."
    if indicator.highest is not None and number > indicator.highest:
        if said.numerator is not None and indicator.highest == WHOLE:
            more, whole = format_number(said.numerator), format_number(said.denominator)
            return f"De teller ({more}) is groter dan de noemer ({whole}): een deel is nooit meer dan het geheel."
        return f"{said.figure(indicator)} ligt buiten de schaal: het hoogste is {format_number(indicator.highest)}."
    return ""
