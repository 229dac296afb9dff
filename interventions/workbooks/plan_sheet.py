"""The sheet 'Interventies': what its cells mean, on the way out (`dehydrate_…`) and on the way in (`clean_…`)."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Prefetch
from import_export.fields import Field

from accounts.models import Organisation
from interventions.models import Funding, Initiator, PlanItem, ProgressUpdate, ReportingRound
from interventions.models.plan import HIGHEST_NUMBER, Initiation, PlanContent
from interventions.models.progress import Part
from interventions.workflow import SAVE, SET_COLOUR, Colour, Refused
from programme.models import Pillar, Theme
from programme.richtext import canonical
from workbooks.cells import (
    LONGEST_NAME,
    MOST_MARKS,
    UnknownNameError,
    as_line,
    as_number,
    as_rich,
    as_text,
    each,
    join_names,
    marks_in,
    named,
    split_names,
    within,
)
from workbooks.reading import shown
from workbooks.resources import CellDifference

from .layout import PLAN, Plan
from .of_round import RoundResource

_ROLE = re.compile(rf"(.+) \(({'|'.join(Initiator.Role.values)})\)", re.DOTALL)


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
        kept = {one.organisation_id: one.name for one in self.item.initiators.all()} if self.item else {}
        next_ = {
            "pillar": str(self.pillar),
            "number": _number_cell(*self.number),
            "theme": str(self.theme or ""),
            "name": self.name,
            "former_name": self.former_name,
            "funding": join_names(sorted(one.name for one in self.funding)),
            "description": self.description,
            "initiators": _initiators_cell((kept.get(one.pk, one.name), role) for one, role in self.initiators),
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
        "initiators": _initiators_cell((one.name, one.role) for one in item.initiators.all()),
    }


class PlanResource(RoundResource):
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
        self._texts, self._marks = {}, 0

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

    def take(self, table, faults):
        """As for every sheet. Raises Faulty at once when it is of another round: it cannot be held against this one."""
        if year := self._other_year(table.rows):
            faults.add(PLAN.name, 0, table.columns[Plan.YEAR], self._why_not_of(year))
            faults.raise_any()
        super().take(table, faults)

    def _other_year(self, rows):
        """The year that all rows say, when that is not the year of this round; None when they differ, or are one."""
        years = {as_number(cells[Plan.YEAR]) for _, cells in rows}
        if len(rows) < 2 or len(years) > 1:
            return None
        year, letter = years.pop() or (None, "")
        return None if letter or year == self.round.year else year

    def _why_not_of(self, year):
        here = self.round.year
        there = f" lees dit in bij de ronde {year}," if ReportingRound.objects.filter(year=year).exists() else ""
        return (
            f"dit werkblad is van {year}; deze ronde is {here}. "
            f"Kies het werkblad van {here},{there} of zet in deze kolom overal {here}."
        )

    def before_import(self, dataset, **kwargs):
        items = _with_plan(PlanItem.objects.in_round(self.round)).prefetch_related("progress__waivers")
        items = items.select_related("pillar", "theme__parent", "progress")
        self._words = Words.fetch()
        self._items, self._by_name = {}, defaultdict(list)
        for item in items:
            item.round = self.round
            self._items[item.pillar_id, item.number, item.letter] = item
            self._by_name[item.name.lower()].append(item)
            # What this round calls otherwise, goes by the name that it has here.
            self._words.organisations.update({one.name: one.organisation for one in item.initiators.all()})

    def get_or_init_instance(self, instance_loader, row):
        pillar, number = self._words.pillars.get(row[Plan.PILLAR]), as_number(row[Plan.NUMBER])
        item = self._items.get((pillar.pk, *number)) if pillar and number else None
        if item:
            update = getattr(item, "progress", None) or ProgressUpdate(plan_item=item)
            return PlanDraft(item, update, item.content()), False
        new = PlanItem(round=self.round)
        return PlanDraft(None, ProgressUpdate(plan_item=new), PlanContent("", None, None, None)), True

    def clean_year(self, value, draft):
        if as_number(value) != (self.round.year, ""):
            raise ValueError(f'jaar "{shown(value)}" is niet het jaar van deze ronde ({self.round.year}).')
        return self.round.year

    def clean_pillar(self, value, draft):
        return named(self._words.pillars, value, "pijler")

    def clean_number(self, value, draft):
        number = as_number(value)
        if value == "":
            raise ValueError("nummer ontbreekt.")
        if number is None or not 1 <= number[0] <= HIGHEST_NUMBER:
            raise ValueError(f'nummer "{shown(as_text(value))}" is geen heel getal van 1 tot en met {HIGHEST_NUMBER}.')
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
        found = self._words.themes.get((draft.pillar.pk, as_text(value)), [])
        # What two hoofdblokken share stays what it was.
        kept = [theme for theme in found if theme.pk == draft.before.theme]
        if len(found) > 1 and not kept:
            names = " of ".join(f'"{theme}"' for theme in found)
            raise ValueError(f'thema "{shown(value)}" is er meer dan eens. Schrijf {names}.')
        if not found:
            missing = [("thema", f"{draft.pillar} › {as_text(value)[:LONGEST_NAME]}")]
            raise UnknownNameError(f'thema "{shown(value)}" bestaat niet in pijler {draft.pillar}.', missing)
        return (kept or found)[0]

    def clean_name(self, value, draft):
        name = within(as_line(value), PlanItem, "name")
        if not name:
            raise ValueError("naam ontbreekt.")
        others = [item for item in self._by_name[name.lower()] if item != draft.item]
        if others and draft.pillar and draft.number and name != draft.before.name:
            raise ValueError(
                f'"{shown(name)}" is nu de naam van {others[0].code or "een andere activiteit"}. '
                "Nummers wijzigt u niet met een werkblad, maar bij Plan."
            )
        if draft.pillar and name != draft.before.name and not self.round.historical:
            self.refuse_twice((draft.pillar.pk, name.lower()), draft, f'de naam "{shown(name)}"')
        return name

    def clean_former_name(self, value, draft):
        return within(as_line(value), PlanItem, "former_name")

    def clean_funding(self, value, draft):
        return each(lambda name: named(self._words.funding, name, "financiering"), split_names(as_text(value)))

    def clean_description(self, value, draft):
        return self._rich(value, draft.before.description)

    def clean_quantitative(self, value, draft):
        return self._rich(value, draft.update.quantitative)

    def clean_qualitative(self, value, draft):
        return self._rich(value, draft.update.qualitative)

    def _rich(self, value, stored):
        """A text in canonical HTML; `stored` is what it may well still be. What is made once is not made again."""
        text = as_text(value)
        if text == stored:
            return stored
        if text not in self._texts:
            self._marks += marks_in(text)
            if self._marks > MOST_MARKS:
                raise Refused("De teksten bevatten meer opmaak dan een plan nodig heeft. Verdeel de rijen.")
            self._texts[text] = as_rich(text)
        return self._texts[text]

    def clean_initiators(self, value, draft):
        """The organisations with their role. The first is trekker, the others initiatiefnemer, unless it is said.

        Who delivers data here goes on to do just that: the printed report names them among the others.
        """
        pairs = each(lambda name: self._initiator(name, draft), split_names(as_text(value)))
        if twice := [name for name, number in Counter(one.name for one, _ in pairs).items() if number > 1]:
            raise ValueError(f'organisatie "{twice[0]}" staat er twee keer.')
        leading = [one for one, role in pairs if role == Initiator.Role.TREKKER]
        if len(leading) > 1:
            raise ValueError("er staat meer dan één trekker; een interventie heeft er één.")
        if not leading:
            leading = [one for one, role in pairs if role is None][:1]
        return [
            (one, role or (Initiator.Role.TREKKER if one in leading else Initiator.Role.INITIATOR))
            for one, role in pairs
        ]

    def _initiator(self, name, draft):
        known = self._words.organisations
        said = _ROLE.fullmatch(name) if name not in known else None
        organisation = named(known, said[1] if said else name, "organisatie")
        supplies = any(
            one.organisation == organisation.pk and one.role == Initiator.Role.DATA_SUPPLIER
            for one in draft.before.initiators
        )
        return organisation, said[2] if said else Initiator.Role.DATA_SUPPLIER if supplies else None

    def clean_colour(self, value, draft):
        colour = as_text(value).lower()
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


def _number_cell(number, letter):
    return f"{number}{letter}" if letter else number


def _initiators_cell(pairs):
    """(name, role) in one cell; a role is only written where `clean_initiators` would not find it by itself."""
    pairs = list(pairs)
    led = any(role == Initiator.Role.TREKKER for _, role in pairs)

    def said(place, role):
        return (role == Initiator.Role.TREKKER and place == 0) or (role == Initiator.Role.INITIATOR and led)

    return join_names(name if said(place, role) else f"{name} ({role})" for place, (name, role) in enumerate(pairs))
