"""What the cells of the 'bewerkbaar bestand' mean, on the way out (`dehydrate_…`) and on the way in (`clean_…`).

On django-import-export, which walks the rows and gathers what is wrong per field. The rest of what it does by itself is
not wanted here: it would take a misspelt column for an absent one, the last of two equal rows for the only one, an
unknown name for nothing, and it would save rows past the verbs of the models. So a resource writes nothing: it says
what each row would change, in `drafts`.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from io import StringIO

import tablib
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource

from accounts.models import Organisation
from interventions.models import (
    Funding,
    IndicatorPlacement,
    Initiator,
    OutputIndicator,
    OutputValue,
    PlanItem,
    ProgressUpdate,
)
from interventions.models.figures import parse_figure
from interventions.models.plan import HIGHEST_NUMBER, Initiation, PlanContent
from interventions.models.progress import Figure, Part
from interventions.workflow import SAVE, SET_COLOUR, Colour
from programme.differences import marked_differences
from programme.models import Area, Period, Pillar, Theme
from programme.numbers import format_number, parse_number
from programme.richtext import canonical, from_plain_text, validate_length

from .layout import FIGURES, PLAN, Figures, Plan
from .reading import shown

_NUMBER = re.compile(r"(\d{1,9})\s*([a-zA-Z]?)", re.ASCII)
_ROLE = re.compile(rf"(.+) \(({'|'.join(Initiator.Role.values)})\)", re.DOTALL)
_MARKUP = re.compile(r"\A\s*<(p|ul|ol|table|div|h\d|blockquote)\b|</[a-z]\w*\s*>|<br\b", re.IGNORECASE)


@dataclass(frozen=True)
class CellDifference:
    """What one cell changes: how the old and the new value read, in canonical HTML when it is `rich`."""

    title: str
    before: str
    after: str
    rich: bool = False

    @property
    def marked(self):
        """Both values of a rich text in one, as safe HTML: what comes in and what goes out is marked."""
        return marked_differences(self.before, self.after)


@dataclass(frozen=True)
class Words:
    """What a cell may name, by its name."""

    pillars: dict[str, Pillar]
    themes: dict[tuple[int, str], list[Theme]]  # by pijler and name, the bare one and the one with its hoofdblok
    funding: dict[str, Funding]
    organisations: dict[str, Organisation]

    @classmethod
    def fetch(cls):
        themes = defaultdict(list)
        for theme in Theme.objects.filter(pillar__isnull=False).select_related("parent"):
            for name in {theme.name, str(theme)}:
                themes[theme.pillar_id, name].append(theme)
        return cls(
            pillars={pillar.name: pillar for pillar in Pillar.objects.all()},
            themes=themes,
            funding={funding.name: funding for funding in Funding.objects.all()},
            organisations={organisation.name: organisation for organisation in Organisation.objects.all()},
        )


class SheetResource(Resource):
    """One sheet. `clean_<field>(value, draft)` says what a cell means, or raises ValueError, in Dutch.

    After `take`, `drafts` are the rows that would change something.
    """

    layout = None

    class Meta:
        instance_loader_class = BaseInstanceLoader  # each sheet finds its own, without a query per row
        skip_diff = True  # it compares what is exported; the drafts compare what is stored
        report_skipped = False

    def __init__(self, *, reporting_round, user):
        super().__init__()
        self.round, self.user = reporting_round, user
        self.drafts = []
        self._rows_by_key = {}

    def take(self, table, faults):
        """Read the rows of a Table; what is wrong goes to `faults`, with its cell."""
        headers = list(self.layout.columns)
        rows = [tuple(cells[title] for title in headers) for _, cells in table.rows]
        self._numbers = [number for number, _ in table.rows]
        result = self.import_data(tablib.Dataset(*rows, headers=headers), use_transactions=False)
        for error in [*result.base_errors, *(error for _, errors in result.row_errors() for error in errors)]:
            raise error.error  # import-export would report a fault of ours as one of the file
        for invalid in result.invalid_rows:
            for name, messages in invalid.field_specific_errors.items():
                column = table.columns[self.fields[name].column_name]
                faults.add(self.layout.name, self._numbers[invalid.number - 1], column, " ".join(messages))

    # Of import-export: what happens to a row

    def after_init_instance(self, instance, new, row, row_number, **kwargs):
        instance.row = self._numbers[row_number - 1]

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        clean = getattr(self, f"clean_{field.attribute}")
        setattr(instance, field.attribute, clean(row[field.column_name], instance))

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not import_validation_errors and not instance.differences

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        reasons = {} if import_validation_errors else self.why_not(instance)
        if errors := import_validation_errors or {name: _in_line(reason) for name, reason in reasons.items()}:
            raise ValidationError(errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        self.drafts.append(instance)

    def iter_queryset(self, queryset):
        yield from queryset

    # Of ours

    def why_not(self, draft):
        """Why what a row changes may not change now: a Dutch reason by the name of its field."""
        raise NotImplementedError

    def refuse_twice(self, key, draft, what):
        first = self._rows_by_key.setdefault(key, draft.row)
        if first != draft.row:
            raise ValueError(f"{what} staat ook in rij {first}.")


# Interventies


@dataclass
class PlanDraft:
    """A row of the sheet 'Interventies': what it is about now (`item` is None: nothing yet), and what it says."""

    item: PlanItem | None
    update: ProgressUpdate
    before: PlanContent
    row: int = 0
    year: int = 0
    pillar: Pillar | None = None
    number: tuple[int, str] | None = None
    theme: Theme | None = None
    name: str = ""
    former_name: str = ""
    funding: list[Funding] = field(default_factory=list)
    description: str = ""
    quantitative: str = ""
    qualitative: str = ""
    initiators: list[tuple[Organisation, str]] = field(default_factory=list)
    colour: str = ""

    @property
    def title(self):
        if self.item:
            return str(self.item)
        number, letter = self.number
        return f"{self.pillar.abbreviation}{number}{letter} {self.name}"

    @cached_property
    def content(self):
        """What the plan will say. Who is contact person stays, and so does what was confirmed."""
        confirmed = {(one.organisation, one.role): one.confirmed for one in self.before.initiators}
        number, letter = self.number
        return replace(
            self.before,
            name=self.name,
            pillar=self.pillar.pk,
            theme=self.theme and self.theme.pk,
            number=number,
            letter=letter,
            former_name=self.former_name,
            description=self.description,
            funding=frozenset(one.pk for one in self.funding),
            initiators=tuple(
                Initiation(one.pk, role, confirmed.get((one.pk, role), False)) for one, role in self.initiators
            ),
        )

    @cached_property
    def plan_changes(self):
        """The names of the fields of the plan that change, in the order of the sheet."""
        if self.content == self.before:
            return []
        before = self.before.tidied()
        fields = ("pillar", "number", "theme", "name", "former_name", "funding", "description", "initiators")
        return [name for name in fields if getattr(self.content, name) != getattr(before, name)]

    @cached_property
    def texts(self):
        """The texts of the voortgang that change, by their part."""
        texts = {
            part: (getattr(self, part), getattr(self.update, part)) for part in (Part.QUANTITATIVE, Part.QUALITATIVE)
        }
        return {part: after for part, (after, before) in texts.items() if after not in (before, canonical(before))}

    @property
    def changes_colour(self):
        return bool(self.colour) and self.colour != self.update.colour

    @cached_property
    def differences(self):
        """What the row changes, in the order of the sheet."""
        now = _cells(self.item) if self.item else {}
        next_ = {
            "pillar": str(self.pillar),
            "number": _number_cell(*self.number),
            "theme": str(self.theme or ""),
            "name": self.name,
            "former_name": self.former_name,
            "funding": join_names(sorted(one.name for one in self.funding)),
            "description": self.description,
            "initiators": _initiators_cell((one.name, role) for one, role in self.initiators),
        }
        found = [
            *(
                CellDifference(Plan[name.upper()], now.get(name, ""), next_[name], name == "description")
                for name in self.plan_changes
            ),
            *(
                CellDifference(Plan[part.upper()], getattr(self.update, part), text, True)
                for part, text in self.texts.items()
            ),
        ]
        if self.changes_colour:
            found.append(CellDifference(Plan.COLOUR, self.update.colour, self.colour))
        return sorted(found, key=lambda one: list(Plan).index(one.title))


def _cells(item):
    """What the sheet says of the plan of `item`, with all that belongs to it fetched before."""
    return {
        "pillar": str(item.pillar),
        "number": _number_cell(item.number, item.letter),
        "theme": str(item.theme or ""),
        "name": item.name,
        "former_name": item.former_name,
        "funding": join_names(sorted(one.name for one in item.funding.all())),
        "description": item.description,
        "initiators": _initiators_cell((one.organisation.name, one.role) for one in item.initiators.all()),
    }


class PlanResource(SheetResource):
    """The sheet 'Interventies': the numbered interventies of a round, in printed order."""

    layout = PLAN
    year = Field("year", Plan.YEAR)
    pillar = Field("pillar", Plan.PILLAR)
    number = Field("number", Plan.NUMBER)
    theme = Field("theme", Plan.THEME)
    name = Field("name", Plan.NAME)
    former_name = Field("former_name", Plan.FORMER_NAME)
    funding = Field("funding", Plan.FUNDING)
    description = Field("description", Plan.DESCRIPTION)
    quantitative = Field("quantitative", Plan.QUANTITATIVE)
    qualitative = Field("qualitative", Plan.QUALITATIVE)
    initiators = Field("initiators", Plan.INITIATORS)
    colour = Field("colour", Plan.COLOUR)

    def __init__(self, *, reporting_round, user, allow_new=False):
        super().__init__(reporting_round=reporting_round, user=user)
        self._allow_new = allow_new

    def get_queryset(self):
        """The rows that go out: what `user` may see of them."""
        items = PlanItem.objects.in_round(self.round).counting().visible_to(user=self.user)
        return _with_plan(items).select_related("pillar", "theme__parent").in_printed_order()

    # Out

    def export_field(self, field, instance, **kwargs):
        return getattr(self, f"dehydrate_{field.attribute}", lambda item: _cells(item)[field.attribute])(instance)

    def dehydrate_year(self, item):
        return self.round.year

    def dehydrate_quantitative(self, item):
        return item.seen_quantitative

    def dehydrate_qualitative(self, item):
        return item.seen_qualitative

    def dehydrate_colour(self, item):
        return item.seen_colour

    # In

    def before_import(self, dataset, **kwargs):
        items = _with_plan(PlanItem.objects.in_round(self.round)).select_related("pillar", "theme__parent", "progress")
        self._words = Words.fetch()
        self._items, self._by_name = {}, defaultdict(list)
        for item in items:
            item.round = self.round
            self._items[item.pillar_id, item.number, item.letter] = item
            self._by_name[item.name].append(item)

    def get_or_init_instance(self, instance_loader, row):
        pillar, number = self._words.pillars.get(row[Plan.PILLAR]), _number(row[Plan.NUMBER])
        item = self._items.get((pillar.pk, *number)) if pillar and number else None
        if item:
            update = getattr(item, "progress", None) or ProgressUpdate(plan_item=item)
            return PlanDraft(item, update, item.content()), False
        new = PlanItem(round=self.round)
        return PlanDraft(None, ProgressUpdate(plan_item=new), PlanContent("", None, None, None)), True

    def clean_year(self, value, draft):
        if _number(value) != (self.round.year, ""):
            raise ValueError(f'jaar "{shown(value)}" is niet het jaar van deze ronde ({self.round.year}).')
        return self.round.year

    def clean_pillar(self, value, draft):
        return _named(self._words.pillars, value, "pijler")

    def clean_number(self, value, draft):
        number = _number(value)
        if value == "":
            raise ValueError("nummer ontbreekt.")
        if number is None or not 1 <= number[0] <= HIGHEST_NUMBER:
            raise ValueError(f'nummer "{shown(_text(value))}" is geen heel getal van 1 tot en met {HIGHEST_NUMBER}.')
        if draft.pillar:
            code = f"{draft.pillar} {_number_cell(*number)}"
            self.refuse_twice((draft.pillar.pk, *number), draft, code)
            if draft.item is None:
                self._refuse_new(code)
        return number

    def _refuse_new(self, code):
        if not self._allow_new:
            raise ValueError(
                f"{code} staat niet in het plan van {self.round.year}. Sta nieuwe interventies toe, of verbeter het."
            )
        if self.round.in_progress:
            state = self.round.get_state_display()
            raise ValueError(
                f"{code} staat niet in het plan, en de ronde {self.round.year} is {state}: voeg toe bij Plan."
            )

    def clean_theme(self, value, draft):
        if value == "" or draft.pillar is None:
            return None
        found = self._words.themes.get((draft.pillar.pk, _text(value)), [])
        # What two hoofdblokken share stays what it was.
        kept = [theme for theme in found if theme.pk == draft.before.theme]
        if len(found) > 1 and not kept:
            names = " of ".join(f'"{theme}"' for theme in found)
            raise ValueError(f'thema "{shown(value)}" is er meer dan eens. Schrijf {names}.')
        if not found:
            raise ValueError(f'thema "{shown(value)}" bestaat niet in pijler {draft.pillar}.')
        return (kept or found)[0]

    def clean_name(self, value, draft):
        name = _within(_one_line(value), PlanItem, "name")
        if not name:
            raise ValueError("naam ontbreekt.")
        others = [item for item in self._by_name[name] if item != draft.item]
        if others and draft.pillar and draft.number and name != draft.before.name:
            raise ValueError(
                f'"{shown(name)}" is nu de naam van {others[0].code or "een andere activiteit"}. '
                "Nummers wijzigt u niet met een werkblad, maar bij Plan."
            )
        return name

    def clean_former_name(self, value, draft):
        return _within(_one_line(value), PlanItem, "former_name")

    def clean_funding(self, value, draft):
        return _each(lambda name: _named(self._words.funding, name, "financiering"), split_names(_text(value)))

    def clean_description(self, value, draft):
        return _rich(value, draft.before.description)

    def clean_quantitative(self, value, draft):
        return _rich(value, draft.update.quantitative)

    def clean_qualitative(self, value, draft):
        return _rich(value, draft.update.qualitative)

    def clean_initiators(self, value, draft):
        """The organisations with their role. The first is trekker, the others initiatiefnemer, unless it is said.

        Who delivers data here goes on to do just that: the printed report names them among the others.
        """
        named = _each(lambda name: self._initiator(name, draft), split_names(_text(value)))
        twice = {one.name for number, (one, _) in enumerate(named) if one in [other for other, _ in named[:number]]}
        if twice:
            raise ValueError(f'organisatie "{min(twice)}" staat er twee keer.')
        leading = [one for one, role in named if role == Initiator.Role.TREKKER]
        if len(leading) > 1:
            raise ValueError("er staat meer dan één trekker; een interventie heeft er één.")
        if not leading:
            leading = [one for one, role in named if role is None][:1]
        return [
            (one, role or (Initiator.Role.TREKKER if one in leading else Initiator.Role.INITIATOR))
            for one, role in named
        ]

    def _initiator(self, name, draft):
        known = self._words.organisations
        said = _ROLE.fullmatch(name) if name not in known else None
        organisation = _named(known, said[1] if said else name, "organisatie")
        supplies = any(
            one.organisation == organisation.pk and one.role == Initiator.Role.DATA_SUPPLIER
            for one in draft.before.initiators
        )
        return organisation, said[2] if said else Initiator.Role.DATA_SUPPLIER if supplies else None

    def clean_colour(self, value, draft):
        colour = _text(value).lower()
        if colour and colour not in Colour.values:
            raise ValueError(f'kleur "{shown(value)}" bestaat niet. Kies groen, oranje, rood of wit, of laat leeg.')
        return colour

    def why_not(self, draft):
        reasons = {}
        if draft.plan_changes and (why := self.round.why_not_change_plan(user=self.user)):
            reasons[draft.plan_changes[0]] = why
        for part in draft.texts:
            if why := draft.update.why_not(SAVE.name, user=self.user):
                reasons[str(part)] = why
        if draft.changes_colour and (why := draft.update.why_not(SET_COLOUR.name, user=self.user)):
            reasons["colour"] = why
        return reasons


def _with_plan(items):
    return items.prefetch_related(
        Prefetch("initiators", Initiator.objects.select_related("organisation")), "funding", "contacts"
    )


# Cijfers


@dataclass
class FigureDraft:
    """A row of the sheet 'Cijfers': the value it is about, where it is reported, and what the row says of it."""

    stored: OutputValue | None
    update: ProgressUpdate | None
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
            (Figures.TARGET, _shown_number(stored.target), _shown_number(self.target)),
            (Figures.PROVISIONAL, _yes(stored.provisional), _yes(self.provisional)),
            (Figures.REMARK, stored.remark, self.remark),
        )
        if not (self.changes_figure or self.changes_target):
            return []
        return [CellDifference(f"{name}: {title}", before, now) for title, before, now in pairs if before != now]


class FiguresResource(SheetResource):
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
        placements = IndicatorPlacement.objects.filter(owner=True, intervention__in=self._items)
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
        return row.series.indicator.name

    def dehydrate_unit(self, row):
        return row.series.indicator.unit

    def dehydrate_area(self, row):
        return row.series.area.name

    def dehydrate_period(self, row):
        return str(row.period)

    def dehydrate_value(self, row):
        return row.get_code_display() if row.value is None else row.value

    def dehydrate_target(self, row):
        return row.target

    def dehydrate_provisional(self, row):
        return _yes(row.provisional)

    def dehydrate_remark(self, row):
        return row.remark

    # In

    def before_import(self, dataset, **kwargs):
        rows = self._rows(OutputValue.objects.all())
        self._stored = {
            (row.reported_by.code, row.series.indicator.name, row.series.area.name, str(row.period)): row
            for row in rows
        }
        self._by_code = {item.code: item for item in self._items.values()}
        for item in self._items.values():
            item.round = self.round
        self._indicators = {indicator.name: indicator for indicator in OutputIndicator.objects.in_use()}
        self._areas = set(Area.objects.values_list("name", flat=True))
        self._periods = {str(period) for period in Period.objects.all()}

    def get_or_init_instance(self, instance_loader, row):
        key = (Figures.CODE, Figures.INDICATOR, Figures.AREA, Figures.PERIOD)
        stored = self._stored.get(tuple(_text(row[title]) for title in key))
        if stored is None:
            return FigureDraft(None, None), True
        item = stored.reported_by
        return FigureDraft(stored, getattr(item, "progress", None) or ProgressUpdate(plan_item=item)), False

    def clean_code(self, value, draft):
        code = _text(value)
        if code not in self._by_code:
            raise ValueError(f'interventie "{shown(code)}" staat niet in het plan van {self.round.year}.')
        return code

    def clean_indicator(self, value, draft):
        indicator = _named(self._indicators, value, "indicator")
        owner = self._owners.get(indicator.pk)
        at = self._items[owner.intervention_id].code if owner else ""
        if draft.code and at != draft.code:
            where = f"wordt ingevuld bij {at}" if at else f"wordt in {self.round.year} nergens ingevuld"
            raise ValueError(f'indicator "{shown(indicator.name)}" {where}, niet bij {draft.code}.')
        return indicator.name

    def clean_unit(self, value, draft):
        unit = self._indicators[draft.indicator].unit if draft.indicator else _text(value)
        if unit != _text(value):
            raise ValueError(f'eenheid "{shown(_text(value))}" is niet die van de indicator ({unit}).')
        return unit

    def clean_area(self, value, draft):
        return _named({name: name for name in self._areas}, value, "gebied")

    def clean_period(self, value, draft):
        period = _named({name: name for name in self._periods}, value, "periode")
        if draft.stored is not None:
            self.refuse_twice(draft.stored.pk, draft, "deze waarde")
        elif draft.code and draft.indicator and draft.area:
            raise ValueError(f"deze waarde wordt in de ronde {self.round.year} niet gevraagd.")
        return period

    def clean_value(self, value, draft):
        if not isinstance(value, str):
            return _decimal(value), ""
        # Of an indicator that is not there, no unit is the wrong one.
        return parse_figure(value, unit=self._indicators[draft.indicator].unit if draft.indicator else value)

    def clean_target(self, value, draft):
        return None if value == "" else _decimal(value)

    def clean_provisional(self, value, draft):
        said = _text(value).lower()
        if said not in {"", "ja", "nee"}:
            raise ValueError(f'"{shown(said)}" is niet te lezen. Schrijf ja, of laat leeg.')
        return said == "ja"

    def clean_remark(self, value, draft):
        return _within(_text(value), OutputValue, "remark")

    def why_not(self, draft):
        reasons = {}
        if draft.changes_figure and (why := draft.update.why_not(SAVE.name, user=self.user)):
            reasons["value"] = why
        if draft.changes_target and (why := draft.stored.why_not_set_target(user=self.user)):
            reasons["target"] = why
        return reasons


def _place(row):
    area = row.series.area
    item = row.reported_by
    return (
        *(item.pillar.position, item.position, item.pk, row.place, row.series.indicator.name),
        *(area.position, area.name, row.period.start),
    )


# Cells


def split_names(text):
    """The names in a cell, which stand there as in a line of a CSV file with semicolons."""
    lines = csv.reader(StringIO(text), delimiter=";", skipinitialspace=True)
    return [name for line in lines for cell in line if (name := cell.strip())]


def join_names(names):
    """Names as one cell; `split_names` gives them back."""
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow(names)
    return line.getvalue()


def _initiators_cell(pairs):
    """(name, role) in one cell; a role is only written where `clean_initiators` would not find it by itself."""
    pairs = list(pairs)
    led = any(role == Initiator.Role.TREKKER for _, role in pairs)

    def said(place, role):
        return (role == Initiator.Role.TREKKER and place == 0) or (role == Initiator.Role.INITIATOR and led)

    return join_names(name if said(place, role) else f"{name} ({role})" for place, (name, role) in enumerate(pairs))


def _number_cell(number, letter):
    return f"{number}{letter}" if letter else number


def _number(value):
    """The number and the letter that a cell says, or None."""
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value)
        return (int(found[1]), found[2].lower()) if found else None
    return (int(value), "") if value == value // 1 else None


def _text(value):
    """What a cell says, as text: a number as it is written in Dutch."""
    return value if isinstance(value, str) else format_number(Decimal(repr(value)), grouped=False)


def _one_line(value):
    return " ".join(_text(value).split())


def _decimal(value):
    return parse_number(_text(value))


def _shown_number(number):
    return "" if number is None else format_number(number)


def _yes(provisional):
    return "ja" if provisional else ""


def _in_line(sentence):
    """A sentence as it goes on behind the place of a cell."""
    return sentence[:1].lower() + sentence[1:]


def _named(known, value, what):
    name = _text(value)
    if not name:
        raise ValueError(f"{what} ontbreekt.")
    if name not in known:
        raise ValueError(f'{what} "{shown(name)}" bestaat niet.')
    return known[name]


def _each(read, names):
    """What `read` makes of all names, or all that is wrong with them."""
    found, wrong = [], []
    for name in names:
        try:
            found.append(read(name))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError(" ".join(wrong))
    return found


def _within(text, model, name):
    column = model._meta.get_field(name)
    if len(text) > column.max_length:
        raise ValueError(f"deze tekst is te lang: {len(text)} tekens. Er passen er hoogstens {column.max_length}.")
    return text


def _rich(value, stored):
    """A text in canonical HTML, of a cell with HTML or with plain text; `stored` is what it may well still be."""
    text = _text(value)
    if text == stored:
        return stored
    html = canonical(text) if _MARKUP.search(text) else from_plain_text(text)
    try:
        validate_length(html)
    except ValidationError as error:
        raise ValueError(_in_line(error.messages[0])) from error
    return html
