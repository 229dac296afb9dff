"""The sheet 'Metingen': every measurement a row; what its cells mean on the way out and on the way in."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from import_export.fields import Field

from programme.figures import CODES_AS_TYPED, Code
from programme.models import Area, Period
from workbooks.cells import Names, as_decimal, as_remark, as_text, as_yes, named, within, yes_or_blank
from workbooks.reading import Layout, shown
from workbooks.resources import CellDifference, SheetResource

from .areas import short_name
from .figures import with_classes
from .models import Indicator, Measurement, MeasurementEvent, Source
from .recording import Entry, Known, Place, fault_of
from .said import Said, read_value, sides


class Columns(StrEnum):
    INDICATOR = "Indicator"
    AREA = "Gebied"
    PERIOD = "Periode"
    SOURCE = "Bron"
    VALUE = "Waarde"
    NUMERATOR = "Teller"
    DENOMINATOR = "Noemer"
    CODE = "Code"
    PROVISIONAL = "Voorlopig"
    REMARK = "Opmerking"


LAYOUT = Layout("Metingen", Columns, most_rows=10_000, required=True)


@dataclass
class Draft:
    """A row: what it is about, what it says of that, what is stored there, and what happened to that last."""

    row: int = 0
    indicator: Indicator | None = None
    area: Area | None = None
    period: Period | None = None
    source: Source | None = None
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    code: str = ""
    provisional: bool = False
    remark: str = ""
    stored: Measurement | None = None
    earlier: MeasurementEvent | None = None

    def __str__(self):  # import-export asks for it, and what is stored would look up its indicator
        return self.title

    @property
    def is_placed(self):
        return None not in (self.indicator, self.area, self.period, self.source)

    @property
    def place(self):
        return Place(self.indicator, self.area, self.period, self.source)

    @property
    def title(self):
        return f"{self.place}, {self.source}"

    @property
    def said(self):
        """What it says; of a figure that is not there, neither that it is provisional nor a remark says anything."""
        said = Said(self.value, self.numerator, self.denominator, self.code, self.provisional, self.remark)
        return said or Said()

    @property
    def entry(self):
        return Entry(self.place, self.said)

    @property
    def undoes(self):
        """Whether it puts back what stood there before somebody changed it last."""
        return bool(self.earlier and self.earlier.by) and self.earlier.was == self.said.in_words(self.indicator)

    @cached_property
    def differences(self):
        before, after = self.stored.said if self.stored else Said(), self.said
        pairs = (
            (Columns.VALUE, before.figure(self.indicator), after.figure(self.indicator)),
            (Columns.PROVISIONAL, yes_or_blank(before.provisional), yes_or_blank(after.provisional)),
            (Columns.REMARK, before.remark, after.remark),
        )
        return [CellDifference(str(title), was, now) for title, was, now in pairs if was != now]


class MeasurementsResource(SheetResource):
    """The sheet 'Metingen': in the order of the indicators, and of each in that of area, period and source."""

    layout = LAYOUT
    indicator = Field("indicator", Columns.INDICATOR)
    area = Field("area", Columns.AREA)
    period = Field("period", Columns.PERIOD)
    source = Field("source", Columns.SOURCE)
    value = Field("value", Columns.VALUE)
    numerator = Field("numerator", Columns.NUMERATOR)
    denominator = Field("denominator", Columns.DENOMINATOR)
    code = Field("code", Columns.CODE)
    provisional = Field("provisional", Columns.PROVISIONAL)
    remark = Field("remark", Columns.REMARK)

    def __init__(self, *, today):
        super().__init__()
        self.today = today

    def get_queryset(self):
        rows = Measurement.objects.select_related("indicator__scale", "area", "period", "source")
        return rows.prefetch_related("indicator__scale__classes")

    # Out

    def export_field(self, field, instance, **kwargs):
        match field.attribute:
            case "value":
                return instance.said.figure(instance.indicator) if instance.indicator.scale_id else instance.value
            case "code":
                return instance.get_code_display()
            case "provisional":
                return yes_or_blank(instance.provisional)
            case "numerator" | "denominator" as side:
                return getattr(instance, side)
        return str(getattr(instance, field.attribute))

    # In

    def before_import(self, dataset, **kwargs):
        indicators = list(with_classes(Indicator.objects.select_related("division")))
        self.known = Known(indicators)
        areas = list(Area.objects.prefetch_related("divisions"))
        self._indicators = Names({one.name: one for one in indicators})
        # Also as tables call them, unless another one has that name.
        self._areas = Names({short_name(one): one for one in areas} | {one.name: one for one in areas})
        self._sources = Names({one.name: one for one in Source.objects.all()})

    def get_or_init_instance(self, instance_loader, row):
        return Draft(), True

    def clean_indicator(self, value, draft):
        return named(self._indicators, value, "indicator")

    def clean_area(self, value, draft):
        return named(self._areas, value, "gebied")

    def clean_period(self, value, draft):
        name = as_text(value)
        if not name:
            raise ValueError("periode ontbreekt.")
        return Period.objects.named(name)

    def clean_source(self, value, draft):
        draft.source = named(self._sources, value, "bron")
        if draft.is_placed:
            self.refuse_twice(draft.place.key, draft, "een waarde van deze indicator, gebied, periode en bron")
            draft.stored = self.known.at(draft.place)
        return draft.source

    def clean_value(self, value, draft):
        if draft.indicator is None or value == "":
            return None
        numbers = self.known.numbers(draft.indicator)
        number, code = read_value(as_text(value), indicator=draft.indicator, numbers=numbers)
        if code:
            raise ValueError(f"{Code(code).label} hoort in de kolom {Columns.CODE}.")
        return number

    def clean_numerator(self, value, draft):
        return None if value == "" else as_decimal(value)

    def clean_denominator(self, value, draft):
        denominator = None if value == "" else as_decimal(value)
        if (denominator is None) != (draft.numerator is None):
            raise ValueError("teller en noemer horen bij elkaar: vul ze allebei in, of geen van beide.")
        if denominator is not None and draft.indicator is not None:
            sides(draft.numerator, denominator, indicator=draft.indicator)
        return denominator

    def clean_code(self, value, draft):
        text = as_text(value)
        code = CODES_AS_TYPED.get(text.replace(".", "").replace(" ", "").lower(), "")
        if text and not code:
            raise ValueError(f'"{shown(text)}" is geen code. Schrijf n.b., n.v.t. of <5, of laat leeg.')
        if [draft.value is not None, draft.numerator is not None, bool(code)].count(True) > 1:
            raise ValueError("hier staat meer dan één ding: een waarde, een teller met een noemer, of een code.")
        return code

    def clean_provisional(self, value, draft):
        return as_yes(value)

    def clean_remark(self, value, draft):
        return within(as_remark(value), Measurement, "remark")

    def why_not(self, draft):
        fault = fault_of(draft.entry, known=self.known, today=self.today)
        return {fault.at: fault.message} if fault else {}
