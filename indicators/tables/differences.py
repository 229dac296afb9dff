"""The differences between a printed report and what is computed, as a table that is narrowed down, sorted and taken
along."""

from math import inf

from django import forms

from indicators.differences import Comparison
from indicators.filters import WITHOUT_PILLAR
from indicators.models import PrintedFigure
from programme.models import Pillar

from .shape import Cell, Column, Panel, Row, Section, Tables, indicator_url

KEY = "verschillen"
COLUMNS = (
    ("wat", "Wat"),
    ("gedrukt", "Gedrukt"),
    ("berekend", "Berekend"),
    ("formule", "Zo berekend"),
    ("soort", "Soort verschil"),
    ("plaats", "Waar gedrukt"),
)


class DifferencesForm(forms.Form):
    """Narrows the differences down by what stands in the URL; what cannot be chosen gives an error and no rows."""

    pijler = forms.ModelChoiceField(
        Pillar.objects.all(), label="Pijler", to_field_name="abbreviation", required=False, empty_label="Alle"
    )
    soort = forms.ChoiceField(
        label="Soort verschil", required=False, choices=[("", "Alle"), *PrintedFigure.Kind.choices]
    )

    def __init__(self, data):
        super().__init__(data or None)
        report = PrintedFigure.objects.latest_report()
        self.comparison = Comparison(report) if report else None

    @property
    def selection(self):
        """What was chosen, in words; "" when nothing was."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else {}
        kind = PrintedFigure.Kind(chosen["soort"]).label if chosen.get("soort") else ""
        return "; ".join(filter(None, [str(chosen.get("pijler") or ""), kind]))

    def tables(self):
        """The Tables of what was chosen: without rows when there is no such choice, empty when nothing is printed."""
        panels = () if self.comparison is None else (self._panel(),)
        title = "Verschillen met het gedrukte rapport"
        return Tables(title=title, name=KEY, panels=panels, selection=self.selection)

    def _panel(self):
        found = [] if self.is_bound and not self.is_valid() else self._chosen()
        return Panel(
            key=KEY,
            title="1 verschil" if len(found) == 1 else f"{len(found)} verschillen",
            head="Indicator",
            columns=tuple(Column(f"{KEY}.{key}", name, numeric=False) for key, name in COLUMNS),
            sections=tuple(Section(name, tuple(map(_row, rows))) for name, rows in _grouped(found).items()),
            section_head="Pijler of tabel",
        )

    def _chosen(self):
        chosen = self.cleaned_data if self.is_bound else {}
        pillar, kind = chosen.get("pijler"), chosen.get("soort")
        near = kind == PrintedFigure.Kind.ROUNDING
        return [
            one
            for one in (self.comparison.within_rounding if near else self.comparison.differences)
            if (not pillar or pillar in one.indicator.pillars.all()) and (not kind or one.kind == kind)
        ]


def _grouped(differences):
    """By the first pijler of their indicator, or by its table: in the order of the pijlers, then of the tables."""

    def heading(one):
        pillar = one.indicator.first_pillar
        of = pillar or one.indicator.table
        return (pillar is None, of.position, str(of)) if of else (True, inf, WITHOUT_PILLAR)

    found = {}
    for one in sorted(differences, key=heading):
        found.setdefault(heading(one)[2], []).append(one)
    return found


def _row(one):
    cells = (
        Cell(f"{one.what}, {one.where}"),
        Cell(one.printed),
        Cell(one.computed),
        Cell(one.formula, notes=(one.note,) if one.note else ()),
        Cell(one.kind.label),
        Cell(one.place),
    )
    return Row(one.indicator.name, cells, url=indicator_url(one.indicator))
