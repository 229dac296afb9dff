"""What a table can be narrowed down to: a plain GET form, with the fields of its layout."""

from itertools import chain

from django import forms

from indicators.areas import short_name
from indicators.figures import Figures
from indicators.models import Table
from programme.models import Area, Period, Pillar

from . import build, indicators_of
from .profile import index_name, indexes
from .shape import Tables


class TableForm(forms.Form):
    """Narrows `table` down by what stands in the URL; something that cannot be chosen gives an error and no rows."""

    def __init__(self, data, *, table):
        super().__init__(data or None)
        self.table = table
        self.indicators = indicators_of(table)
        self.figures = Figures(self.indicators)
        for name, (argument, field) in self._fields_of(table.layout).items():
            self.fields[name] = field
            field.argument = argument

    def _fields_of(self, layout):
        """The fields by their name in the URL, each with the argument of the layout that it is."""
        match layout:
            case Table.Layout.AREAS:
                return {"pijler": ("pillar", _choice("Pijler", Pillar.objects.all(), "abbreviation"))}
            case Table.Layout.SCALE:
                return {"gebied": ("district", _district())}
            case Table.Layout.PROFILE:
                named = [(code, index_name(ours[0])) for code, ours in indexes(self.indicators)]
                return {"index": ("index", _words("Index", named)), "gebied": ("district", _district())}
            case Table.Layout.MOVES:
                return {
                    "gebied": ("district", _district()),
                    "periode": ("period", self._period(without="Nieuwste")),
                    "stromen": ("totals_only", _words("Stromen", [("totalen", "Alleen totalen")])),
                }
            case _:
                areas = {area.name: area for area in self.figures.areas_about(self.indicators)}
                return {
                    "gebied": ("area", _OneOf("Gebied", areas, short_name)),
                    "periode": ("period", self._period()),
                }

    def _period(self, *, without="Alle"):
        known = self.figures.periods_about(self.indicators)
        # Years do not stand among the months that they consist of.
        periods = {str(one): one for kind in Period.Kind for one in known if one.kind == kind}
        return _OneOf("Periode", periods, str, without=without, kind=lambda period: period.get_kind_display())

    @property
    def selection(self):
        """What was chosen, in words, such as 'Gebied: Charlois'; "" when nothing was."""
        if not self.is_bound or not self.is_valid():
            return ""
        chosen = ((self[name], value) for name, value in self.cleaned_data.items() if value)
        return "; ".join(f"{field.label}: {in_words(field)}" for field, _ in chosen)

    def tables(self) -> Tables:
        """The Tables as they were chosen; without panels when there is no such choice."""
        if self.is_bound and not self.is_valid():
            return Tables(title=self.table.name, name=self.table.code, panels=())
        cleaned = self.cleaned_data if self.is_bound else {}
        chosen = {field.argument: cleaned[name] for name, field in self.fields.items() if cleaned.get(name)}
        return build(self.table, indicators=self.indicators, figures=self.figures, selection=self.selection, **chosen)


def in_words(bound_field):
    """What was chosen in a field, as it stands in its list."""
    options = (option.data for option in bound_field.subwidgets)
    return next((option["label"] for option in options if option.get("selected")), bound_field.data)


def _district():
    return _choice("Gebied", Area.objects.filter(kind=Area.Kind.DISTRICT), "name")


def _choice(label, queryset, key):
    return forms.ModelChoiceField(queryset, label=label, to_field_name=key, required=False, empty_label="Alle")


def _words(label, choices):
    return forms.ChoiceField(label=label, choices=[("", "Alle"), *choices], required=False)


class _OneOf(forms.TypedChoiceField):
    """One of things by their key in the URL; what is cleaned is the thing, or None. `without` says what that gives.

    Things of several kinds stand in groups: `kind` of a thing is the heading.
    """

    def __init__(self, label, things, named, *, without="Alle", kind=lambda thing: ""):
        groups = {}
        for key, thing in things.items():
            groups.setdefault(kind(thing), []).append((key, named(thing)))
        choices = groups.items() if len(groups) > 1 else chain(*groups.values())
        super().__init__(
            choices=[("", without), *choices], coerce=things.get, empty_value=None, label=label, required=False
        )
