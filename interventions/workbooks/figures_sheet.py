"""The sheet 'Cijfers': what its cells mean, on the way out (`dehydrate_…`) and on the way in (`clean_…`)."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from import_export.fields import Field

from interventions.models import IndicatorPlacement, OutputIndicator, OutputValue, PlanItem, ProgressUpdate
from interventions.models.progress import Figure
from interventions.workflow import SAVE
from programme.figures import parse_figure
from programme.models import Area, Period
from workbooks.cells import as_decimal, as_remark, as_text, as_yes, named, shown_number, within, yes_or_blank
from workbooks.reading import shown
from workbooks.resources import CellDifference

from .layout import FIGURES, Figures
from .of_round import RoundResource


@dataclass(frozen=True)
class Called:
    """An indicator (its key) as it is called in a round, and whether it was ended since."""

    pk: int
    name: str
    unit: str
    ended: bool


@dataclass
class FigureDraft:
    """A row of the sheet 'Cijfers': the value it is about, where it is reported, and what the row says of it."""

    stored: OutputValue | None
    update: ProgressUpdate | None
    called: Called | None = None
    row: int = 0
    code: str = ""
    indicator: str = ""
    unit: str = ""
    area: str = ""
    period: str = ""
    value: tuple[Decimal | None, str] = (None, "")
    target: Decimal | None = None
    provisional: bool = False
    remark: str = ""

    @property
    def figure(self):
        return Figure(*self.value, self.provisional, self.remark)

    @property
    def changes_figure(self):
        stored = self.stored
        return self.figure != Figure(stored.value, stored.code, stored.provisional, stored.remark)

    @property
    def changes_target(self):
        return self.target != self.stored.target

    @cached_property
    def differences(self):
        name = f"{self.indicator}, {self.area}, {self.period}"
        stored = self.stored
        after = OutputValue(value=self.value[0], code=self.value[1])
        pairs = (
            (Figures.VALUE, stored.display, after.display),
            (Figures.TARGET, shown_number(stored.target), shown_number(self.target)),
            (Figures.PROVISIONAL, yes_or_blank(stored.provisional), yes_or_blank(self.provisional)),
            (Figures.REMARK, stored.remark, self.remark),
        )
        if not (self.changes_figure or self.changes_target):
            return []
        return [CellDifference(f"{name}: {title}", before, now) for title, before, now in pairs if before != now]


class FiguresResource(RoundResource):
    """The sheet 'Cijfers': the values of a round, in the order of the interventies that report them."""

    layout = FIGURES
    code = Field("code", Figures.CODE)
    indicator = Field("indicator", Figures.INDICATOR)
    unit = Field("unit", Figures.UNIT)
    area = Field("area", Figures.AREA)
    period = Field("period", Figures.PERIOD)
    value = Field("value", Figures.VALUE)
    target = Field("target", Figures.TARGET)
    provisional = Field("provisional", Figures.PROVISIONAL)
    remark = Field("remark", Figures.REMARK)

    def get_queryset(self):
        """The rows of the round that `user` may see, filled in or not; each with `reported_by`, its plan item."""
        return self._rows(OutputValue.objects.visible_to(user=self.user))

    def _rows(self, values):
        """Those of `values` that the numbered interventies of the round fill in, in the order of the plan."""
        items = PlanItem.objects.in_round(self.round).counting().select_related("pillar", "progress")
        self._items = {item.intervention_id: item for item in items}
        # As it was in this round: what was split or merged since is filled in elsewhere now.
        placements = IndicatorPlacement.objects.filling_in(self.round).filter(intervention__in=self._items)
        self._owners = {placement.indicator_id: placement for placement in placements}
        rows = []
        for row in values.filter(round=self.round).select_related("series__indicator", "series__area", "period"):
            if placement := self._owners.get(row.series.indicator_id):
                row.reported_by = self._items[placement.intervention_id]
                row.place = placement.position
                rows.append(row)
        return sorted(rows, key=_place)

    # Out

    def export_field(self, field, instance, **kwargs):
        return getattr(self, f"dehydrate_{field.attribute}")(instance)

    def dehydrate_code(self, row):
        return row.reported_by.code

    def dehydrate_indicator(self, row):
        return row.name

    def dehydrate_unit(self, row):
        return row.unit

    def dehydrate_area(self, row):
        return row.series.area.name

    def dehydrate_period(self, row):
        return str(row.period)

    def dehydrate_value(self, row):
        return row.get_code_display() if row.value is None else row.value

    def dehydrate_target(self, row):
        return row.target

    def dehydrate_provisional(self, row):
        return yes_or_blank(row.provisional)

    def dehydrate_remark(self, row):
        return row.remark

    # In

    def before_import(self, dataset, **kwargs):
        rows = self._rows(OutputValue.objects.all())
        # More than one of a key when an indicator was ended and another has its name: they come in as they go out.
        self._stored = defaultdict(list)
        for row in rows:
            key = (row.reported_by.code, row.name, row.unit, row.series.area.name, str(row.period))
            self._stored[key].append(row)
        self._by_code = {item.code: item for item in self._items.values()}
        for item in self._items.values():
            item.round = self.round
        # Those of the round itself first: by the names that they have here, and also when they were ended since.
        self._here = {(row.reported_by.code, row.name): _called_in_row(row) for row in rows}
        known = OutputIndicator.objects.in_use() | OutputIndicator.objects.ended()
        self._indicators = {one.name: _called(one) for one in known.order_by("-status")}  # what is in use comes last
        self._indicators |= {row.name: _called_in_row(row) for row in rows if row.kept_name}
        self._areas = set(Area.objects.values_list("name", flat=True))
        self._periods = {str(period) for period in Period.objects.all()}

    def get_or_init_instance(self, instance_loader, row):
        key = (Figures.CODE, Figures.INDICATOR, Figures.UNIT, Figures.AREA, Figures.PERIOD)
        found = self._stored.get(tuple(as_text(row[title]) for title in key))
        if not found:
            return FigureDraft(None, None), True
        stored = found.pop(0) if len(found) > 1 else found[0]
        item = stored.reported_by
        update = getattr(item, "progress", None) or ProgressUpdate(plan_item=item)
        return FigureDraft(stored, update, _called_in_row(stored)), False

    def clean_code(self, value, draft):
        code = as_text(value)
        if code not in self._by_code:
            raise ValueError(f'interventie "{shown(code)}" staat niet in het plan van {self.round.year}.')
        return code

    def clean_indicator(self, value, draft):
        here = draft.called or self._here.get((draft.code, as_text(value)))
        draft.called = here or named(self._indicators, value, "indicator")
        owner = self._owners.get(draft.called.pk)
        at = self._items[owner.intervention_id].code if owner else ""
        if draft.code and at != draft.code:
            where = f"wordt ingevuld bij {at}" if at else f"wordt in {self.round.year} nergens ingevuld"
            raise ValueError(f'indicator "{shown(draft.called.name)}" {where}, niet bij {draft.code}.')
        return draft.called.name

    def clean_unit(self, value, draft):
        unit = draft.called.unit if draft.called else as_text(value)
        if unit != as_text(value):
            raise ValueError(f'eenheid "{shown(as_text(value))}" is niet die van de indicator ({unit}).')
        return unit

    def clean_area(self, value, draft):
        return named({name: name for name in self._areas}, value, "gebied")

    def clean_period(self, value, draft):
        period = named({name: name for name in self._periods}, value, "periode")
        if draft.stored is not None:
            self.refuse_twice(draft.stored.pk, draft, "deze waarde")
        elif draft.code and draft.indicator and draft.unit and draft.area:
            why = ": de indicator is beëindigd" if draft.called.ended else ""
            raise ValueError(f"deze waarde wordt in de ronde {self.round.year} niet gevraagd{why}.")
        return period

    def clean_value(self, value, draft):
        if not isinstance(value, str):
            return as_decimal(value), ""
        # Of an indicator that is not there, no unit is the wrong one.
        return parse_figure(value, unit=draft.called.unit if draft.called else value)

    def clean_target(self, value, draft):
        return None if value == "" else as_decimal(value)

    def clean_provisional(self, value, draft):
        return as_yes(value)

    def clean_remark(self, value, draft):
        return within(as_remark(value), OutputValue, "remark")

    def why_not(self, draft):
        reasons = {}
        if draft.changes_figure and (why := draft.update.why_not(SAVE.name, user=self.user)):
            reasons["value"] = why
        if draft.changes_target and (why := draft.stored.why_not_set_target(user=self.user)):
            reasons["target"] = why
        return reasons


def _called(indicator):
    return Called(indicator.pk, indicator.name, indicator.unit, indicator.status == OutputIndicator.Status.ENDED)


def _called_in_row(row):
    return replace(_called(row.series.indicator), name=row.name, unit=row.unit)


def _place(row):
    area = row.series.area
    item = row.reported_by
    return (
        *(item.pillar.position, item.position, item.pk, row.place, row.name),
        *(area.position, area.name, row.period.start),
    )
