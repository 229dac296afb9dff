"""The differences between a printed report and what is computed, as a table that is narrowed down, sorted and taken
along."""

from dataclasses import replace
from math import inf

from django import forms

from indicators.differences import Comparison
from indicators.filters import WITHOUT_PILLAR
from indicators.models import PrintedFigure
from programme.models import Pillar
from programme.numbers import parse_number

from .choices import in_words
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

    pijler = forms.ChoiceField(label="Pijler of tabel", required=False)
    soort = forms.ChoiceField(
        label="Soort verschil", required=False, choices=[("", "Alle"), *PrintedFigure.Kind.choices]
    )

    def __init__(self, data):
        super().__init__(data or None)
        report = PrintedFigure.objects.latest_report()
        self.comparison = Comparison(report) if report else None
        self.fields["pijler"].choices = [("", "Alle"), *self._groups()]

    def _groups(self):
        """The pijlers, and the tables in which something differs, with the key that stands for each in a URL."""
        pillars = [(one.abbreviation, str(one)) for one in Pillar.objects.all()]
        found = (*self.comparison.differences, *self.comparison.within_rounding) if self.comparison else ()
        tables = {one.indicator.table for one in found if one.indicator.table}
        ordered = sorted(tables, key=lambda one: (one.position, one.name))
        return [("Pijlers", pillars), ("Tabellen", [(one.code, one.name) for one in ordered])]

    @property
    def selection(self):
        """What was chosen, in words; "" when nothing was."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return "; ".join(in_words(self[name]) for name, value in chosen.items() if value)

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
            in_blocks=True,
        )

    def _chosen(self):
        chosen = self.cleaned_data if self.is_bound else {}
        group, kind = chosen.get("pijler"), chosen.get("soort")
        near = kind == PrintedFigure.Kind.ROUNDING
        return [
            one
            for one in (self.comparison.within_rounding if near else self.comparison.differences)
            if (not group or group in _keys(one.indicator)) and (not kind or one.kind == kind)
        ]


def _keys(indicator):
    """What stands in a URL for the pijlers of `indicator` and for its table."""
    yield from (one.abbreviation for one in indicator.pillars.all())
    if indicator.table:
        yield indicator.table.code


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
        Cell(one.printed, rank=_number(one.printed)),
        Cell(one.computed, rank=_number(one.computed)),
        Cell(one.formula, notes=(one.note,) if one.note else ()),
        Cell(one.kind.label),
        Cell(one.place),
    )
    labelled = (replace(cell, label=title) for cell, (_, title) in zip(cells, COLUMNS, strict=True))
    return Row(one.indicator.name, tuple(labelled), url=indicator_url(one.indicator))


def _number(text):
    """The number that `text` says, to sort by; None for other words."""
    try:
        return parse_number(text)
    except ValueError:
        return None
