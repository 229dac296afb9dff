"""How an indicator stands to its targets in the report of a year: what pages, sentences, charts and workbooks show."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from programme.models import Area

from .areas import short_name
from .figures import Figure, Figures, format_decimals, show, with_classes, with_unit
from .formulas import NO_GAP, NOT_BEHIND, Undefined, class_of, is_on_target, share_closed, share_due, target_value
from .models import Indicator, Regime, ShareClass, Target


@dataclass(frozen=True)
class Verdict:
    """Where a standing is counted, in the table `group`. Both keys stand for it in a URL."""

    key: str
    group: str
    label: str


NO_SHARE = "zonder"
NO_TARGET = Verdict("geen-streefwaarde", NO_SHARE, "geen streefwaarde")
DIRECTION_ONLY = Verdict("richting", NO_SHARE, "alleen een richting")
NO_GAP_AT_START = Verdict("geen-verschil", NO_SHARE, "bij de start geen verschil")
NOT_BEHIND_AT_START = Verdict("geen-achterstand", NO_SHARE, "bij de start geen achterstand")
NOT_KNOWN = Verdict("onbekend", NO_SHARE, "een waarde ontbreekt")
NO_PATH = Verdict("geen-pad", NO_SHARE, "geen pad naar een streefwaarde")
WITHOUT_SHARE = (NO_TARGET, DIRECTION_ONLY, NO_GAP_AT_START, NOT_BEHIND_AT_START, NOT_KNOWN)


ABOVE, BELOW = "boven", "onder"
BY_WHAT_IS_DUE = ((ABOVE, "boven het streefniveau"), (BELOW, "onder het streefniveau"))


def verdicts_of(regime, classes):
    """The verdicts of the targets of `regime`: its classes in this report, or else above and below what is due."""
    code = regime.code
    if classes:
        return [Verdict(f"{code}-{place}", code, one.name) for place, one in enumerate(classes, start=1)]
    return [Verdict(f"{code}-{word}", code, label) for word, label in BY_WHAT_IS_DUE]


def verdict_tables(year):
    """All verdicts that the report of `year` can give: (title, group, verdicts) of each regime, and without a share."""
    regimes = Regime.objects.of_report(year).prefetch_related("classes", "points")
    is_without_path = any(not one.points.all() for one in regimes)
    return [
        *((str(one), one.code, verdicts_of(one, one.classes_in(year))) for one in regimes),
        ("Zonder percentage ingelopen", NO_SHARE, [*WITHOUT_SHARE, *[NO_PATH] * is_without_path]),
    ]


@dataclass(frozen=True)
class Standing:
    """An indicator and one of its targets (None: it has none) in the report of `year`.

    `start` and `now` are Figures of the area of the target, `reference` is that of the reference in the period of
    `now`; each is None when it is not known. Without a target there is only a `start`, of the programme, if anything.
    Values are in the unit of the indicator, shares are parts of one.
    """

    indicator: Indicator
    target: Target | None
    year: int
    start: Figure | None = None
    now: Figure | None = None
    reference: Figure | None = None
    path: tuple = ()  # the points (year, share) of the regime
    classes: tuple[ShareClass, ...] = ()  # those of the regime in this report

    @property
    def pillars(self):
        """The Pillars at which it stands, in order: that of its target, or else all of its indicator."""
        every = list(self.indicator.pillars.all())
        own = self.target and self.target.pillar
        return [own] if own in every else every

    @property
    def start_period(self):
        """Since when it is compared; None where nothing says so: then that is the first measurement."""
        return self.target.start_period if self.target else self.indicator.start_period

    @property
    def start_value(self):
        """Where the path starts: what is stated, or else what was measured then. Undefined when it is not known."""
        if self.target.start_value is not None:
            return self.target.start_value
        if self.start is None or self.start.number is None:
            return Undefined(f"van {self.target.area} is over {self.target.start_period} geen waarde bekend")
        return self.start.number

    @property
    def reference_value(self):
        """What is aimed for in the end: the norm, or the value of the reference now. Undefined when it is not known."""
        match self.target.reference:
            case Target.Reference.NORM:
                return self.target.norm
            case Target.Reference.NONE:
                return Undefined(f"er is geen streefwaarde, alleen een richting: {self.target.aim}")
        if self.reference is None:
            return Undefined(
                f"van {self.target.reference_area or self.target.reference_indicator} is geen waarde bekend"
            )
        return self.reference.number

    @property
    def reference_name(self):
        """What a reference is in a sentence: 'de norm', 'het niveau van Rotterdam', 'het niveau van de G4'."""
        if self.target.reference == Target.Reference.NORM:
            return "de norm"
        area = self.target.reference_area
        if area is None:
            return f"het niveau van '{self.target.reference_indicator}'"
        return f"het niveau van {'de ' if area.kind == Area.Kind.REFERENCE else ''}{short_name(area)}"

    def is_reference_due(self, year):
        """Whether the whole gap should be closed in `year`: then the target is the reference itself."""
        return share_due(self.path, year) == 1

    @cached_property
    def due(self):
        """The share that should be closed in the year of the report. Undefined where there is only a direction."""
        if not self.path:
            return Undefined("er is geen pad naar een streefwaarde")
        return share_due(self.path, self.year)

    @cached_property
    def closed(self):
        """The share of the gap that is closed, or Undefined."""
        if self.now is None:
            return Undefined(f"van {self.target.area} is geen waarde bekend")
        for value in (self.reference_value, self.start_value):
            if isinstance(value, Undefined):
                return value
        if self.now.period.span <= self.target.start_period.span:
            return Undefined(f"sinds {self.target.start_period} is er geen nieuwe waarde")
        return share_closed(
            start=self.start_value,
            now=self.now.number,
            reference=self.reference_value,
            higher_is_better=self.indicator.higher_is_better,
        )

    def value_due(self, year):
        """What should be reached in `year`, given the reference now. Undefined when it is not known."""
        for value in (self.reference_value, self.start_value):
            if isinstance(value, Undefined):
                return value
        if not self.path:
            return Undefined("er is geen pad naar een streefwaarde")
        return target_value(start=self.start_value, reference=self.reference_value, due=share_due(self.path, year))

    @property
    def target_now(self):
        """The target value for the year of the report."""
        return self.value_due(self.year)

    @property
    def last_year(self):
        """The year in which the path ends; None without a path."""
        return self.path[-1][0] if self.path else None

    @property
    def target_at_the_end(self):
        """The target value for the last year of the path."""
        return self.value_due(self.last_year) if self.path else self.reference_value

    @property
    def is_defined(self):
        """Whether there is a share closed."""
        return self.target is not None and not isinstance(self.closed, Undefined)

    @property
    def on_target(self):
        """Whether the share closed reaches what is due; None when there is no share."""
        if not self.is_defined or isinstance(self.due, Undefined):
            return None
        return is_on_target(self.closed, self.due)

    @property
    def judgement(self):
        """'boven', 'onder' or 'precies'; 'net boven' where it is shown as what is due is. "" without a share."""
        if self.on_target is None:
            return ""
        if self.closed == self.due:
            return "precies"
        word = ABOVE if self.on_target else BELOW
        return f"net {word}" if self.closed_shown == self.due_shown else word

    @property
    def share_class(self):
        """The ShareClass of the share closed; None when that is not judged, or the regime has no classes this year."""
        if self.on_target is None or not self.classes:
            return None
        return self.classes[class_of(self.closed, [one.lower for one in self.classes])]

    @property
    def verdict(self):
        """The Verdict on it: of its regime where there is a share, and otherwise why there is none."""
        if self.target is None:
            return NO_TARGET
        if self.target.reference == Target.Reference.NONE:
            return DIRECTION_ONLY
        if self.is_defined and not self.path:
            return NO_PATH
        if self.on_target is None:
            return {NO_GAP: NO_GAP_AT_START, NOT_BEHIND: NOT_BEHIND_AT_START}.get(self.closed, NOT_KNOWN)
        found = verdicts_of(self.target.regime, self.classes)
        return found[self.classes.index(self.share_class) if self.classes else not self.on_target]

    # As a reader sees them

    def shown(self, value):
        """A value of this indicator as it is shown: rounded, or the reason that there is none."""
        return str(value) if isinstance(value, Undefined) else show(value, self.indicator)

    def with_unit(self, value):
        """A value as `shown` gives it, with its unit; the reason that there is none as it is."""
        return str(value) if isinstance(value, Undefined) else with_unit(show(value, self.indicator), self.indicator)

    @property
    def start_shown(self):
        return self.with_unit(self.start_value)

    @property
    def target_now_shown(self):
        return self.with_unit(self.target_now)

    @property
    def target_at_the_end_shown(self):
        return self.with_unit(self.target_at_the_end)

    @property
    def closed_shown(self):
        """'40,6%', or the reason that there is no share."""
        return show_share(self.closed)

    @property
    def due_shown(self):
        return show_share(self.due)


def show_share(share):
    """A share as a percentage with one decimal: 0.111 is '11,1%'; an Undefined is its reason."""
    return str(share) if isinstance(share, Undefined) else f"{format_decimals(100 * Decimal(share), 1)}%"


def figures_of(indicators, *, until=None):
    """The Figures of `indicators` and of those that their targets refer to, to the report over the year `until`."""
    targets = Target.objects.filter(indicator__in=indicators, reference=Target.Reference.INDICATOR)
    others = with_classes(Indicator.objects.filter(pk__in=targets.values("reference_indicator")))
    return Figures([*indicators, *others], until=until)


def standings(indicators, *, year, figures=None):
    """The Standings of `indicators` in the report of `year`: one for each target that counts in it, the oldest first.

    One without a target has one Standing with target None. `figures` are those of `figures_of`, when they are there.
    """
    indicators = list(indicators)
    by_indicator = {}
    targets = Target.objects.in_report(year).filter(indicator__in=indicators)
    for target in targets.select_related(
        "area", "pillar", "reference_area", "reference_indicator", "start_period", "regime"
    ).prefetch_related("regime__points", "regime__classes"):
        by_indicator.setdefault(target.indicator_id, []).append(target)
    figures = figures or figures_of(indicators)
    return [
        _standing(indicator, target, year, figures)
        for indicator in indicators
        for target in by_indicator.get(indicator.pk, [None])
    ]


def by_pillar(standings):
    """The `standings` by the first Pillar at which each stands, in order; at the end, by None, those without one."""

    def pillar(standing):
        return next(iter(standing.pillars), None)

    def place(standing):
        return (True, 0) if pillar(standing) is None else (False, pillar(standing).position)

    return {key: list(found) for key, found in groupby(sorted(standings, key=place), key=pillar)}


def _standing(indicator, target, year, figures):
    if target is None:
        since = indicator.start_period
        return Standing(
            indicator, None, year, since and figures.programme and figures.get(indicator, figures.programme, since)
        )
    start = figures.get(indicator, target.area, target.start_period) if target.start_period_id else None
    now, reference = _now(indicator, target, year, figures)
    path, classes = (), ()
    if target.regime:
        path = tuple((point.year, point.share) for point in target.regime.points.all())
        classes = target.regime.classes_in(year)
    return Standing(indicator, target, year, start, now, reference, path, classes)


def _now(indicator, target, year, figures):
    """The latest figure of the area, and that of the reference in the same period.

    Where both are needed it is the latest period that both have: two years are not compared with each other. When they
    have none in common since the start, it is the latest of the area, without a reference.
    """
    numbers = [one for one in figures.series(indicator, target.area, until=year) if one.number is not None]
    if target.reference in (Target.Reference.AREA, Target.Reference.INDICATOR):
        of = target.reference_indicator or indicator
        where = target.reference_area or target.area
        since_start = (one for one in reversed(numbers) if one.period.span >= target.start_period.span)
        for now in since_start:
            reference = figures.get(of, where, now.period)
            if reference and reference.number is not None:
                return now, reference
    return (numbers[-1] if numbers else None), None
