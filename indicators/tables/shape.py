"""A table as it is shown, whatever it is about: on a page, sorted, as a sheet of a workbook and as a CSV file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from indicators.figures import Figure, show, with_unit
from indicators.models import Indicator
from programme.figures import Code


@dataclass(frozen=True)
class Column:
    """`key` stands in a URL to sort by; `group` is the heading over columns that belong together."""

    key: str
    title: str
    group: str = ""
    numeric: bool = True

    @property
    def full_title(self):
        """The title on its own, without a heading above it."""
        return f"{self.group}: {self.title}" if self.group else self.title


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: as a reader sees it, and the value that a workbook holds (None: nothing, or a text).

    `direction` is 'vooruit', 'achteruit' or 'gelijk' where the cell is marked as such. `rank` sorts what is no number.
    """

    shown: str = ""
    value: Decimal | None = None
    decimals: int = 0
    form: str = "{}"  # what stands around the value: '{}%', '€ {}'
    rank: Decimal | None = None
    direction: str = ""
    step: int | None = None  # of a scale, from 1: the shade behind the word
    numeric: bool = False  # stands to the right, among numbers
    notes: tuple[str, ...] = ()
    provisional: bool = False
    label: str = ""  # what it is, where no heading stands above it: in a row that is a block

    @property
    def order(self):
        """What it is sorted by: a number, a rank, or its text; None for an empty cell, which comes last."""
        if self.value is not None:
            return self.value
        return self.rank if self.rank is not None else self.shown.casefold() or None


EMPTY = Cell()
BELOW_FIVE = Decimal("4.5")
"""What '<5' is sorted by, among numbers of people."""


@dataclass(frozen=True)
class Row:
    title: str
    cells: tuple[Cell, ...]
    url: str = ""
    notes: tuple[str, ...] = ()
    total: bool = False  # of the rows it stands with: it does not move when these are sorted
    emphasised: bool = False  # a sum, as those around it are its parts
    part_of: str = ""  # the title of such a sum
    left: str = ""  # the heading, or the sum, that sorting took it away from
    order: str = ""  # what the rows are sorted by, where that is not their title

    @property
    def group(self):
        """What it belongs to, where no heading above it says so."""
        return self.part_of or self.left

    @property
    def full_title(self):
        """The title on its own, wherever the row stands."""
        return f"{self.title} ({self.group})" if self.group else self.title

    @property
    def remarks(self):
        """All that is noted at the row and its cells, in one line."""
        notes = [*self.notes, *(note for cell in self.cells for note in cell.notes)]
        notes += ["voorlopig"] * any(cell.provisional for cell in self.cells)
        return "; ".join(dict.fromkeys(note.removesuffix(".") for note in notes))


@dataclass(frozen=True)
class Section:
    """Rows under a heading of their own; those `apart` are sorted among themselves, and keep their heading."""

    title: str
    rows: tuple[Row, ...]
    apart: bool = False


class Part(NamedTuple):
    """A part of a page, as components/jumps.html links to it."""

    key: str
    title: str


@dataclass(frozen=True)
class Panel:
    """A table. `sentences` say what is in it, generated from its figures; `notes` what there is to know about it."""

    key: str
    title: str
    head: str  # over the titles of the rows
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sorted_by: str = ""
    section_head: str = "Groep"
    list_of: str = ""  # the key of the panel that this list belongs to, and stands beneath
    in_blocks: bool = False  # of words rather than figures: on a narrow screen each row is a block

    @property
    def groups(self):
        """The headings over the columns, as (title, how many columns); empty when there are none."""
        if not any(column.group for column in self.columns):
            return []
        found = []
        for column in self.columns:
            if found and found[-1][0] == column.group:
                found[-1][1] += 1
            else:
                found.append([column.group, 1])
        return found

    @property
    def sheet(self):
        """The key of what it stands with: itself, or the panel that this list belongs to."""
        return self.list_of or self.key

    @property
    def has_groups(self):
        """Whether there is a row that belongs to something: then that takes a column of its own in a list."""
        return any(section.title or row.group for section in self.sections for row in section.rows)

    @property
    def has_remarks(self):
        """Whether there is a row with remarks: then these take a column of their own in a file."""
        return any(row.remarks for section in self.sections for row in section.rows)

    @property
    def parts(self):
        """Links to the sections that have a title; a page gives the place of a section to its id."""
        return [
            Part(f"{self.key}-{place}", section.title)
            for place, section in enumerate(self.sections, 1)
            if section.title
        ]

    @property
    def is_empty(self):
        return not any(section.rows for section in self.sections)

    @property
    def width(self):
        return len(self.columns) + 1

    def sort(self, by):
        """This panel sorted by the key `by` of a column, or by '-key' the other way round; itself for any other key.

        The rows of the sections come together then, but for totals and what stands apart; each says what it left.
        Numbers come before words, both ways, and what is empty comes last.
        """
        key, backwards = by.removeprefix("-"), by.startswith("-")
        place = next((place for place, column in enumerate(self.columns) if column.key == key), None)
        if place is None and key != f"{self.key}.naam":
            return self

        def order(row):
            return (row.order or row.title.casefold()) if place is None else row.cells[place].order

        def in_order(rows):
            words = [row for row in rows if isinstance(order(row), str)]
            numbers = [row for row in rows if not isinstance(order(row), str | None)]
            for found in (numbers, words):
                found.sort(key=order, reverse=backwards)
            return (*numbers, *words, *(row for row in rows if order(row) is None))

        together, kept = [], []
        for section in self.sections:
            totals, others = ([row for row in section.rows if row.total is total] for total in (True, False))
            if section.apart:
                kept.append(replace(section, rows=(*totals, *in_order(others))))
            else:
                kept.append(replace(section, rows=tuple(totals)))
                together += [replace(row, part_of="", left=row.part_of or section.title) for row in others]
        sections = (Section("", in_order(together)), *kept)
        return replace(self, sections=tuple(one for one in sections if one.rows), sorted_by=by)

    @property
    def headings(self):
        """The columns with what a page needs to sort by them: (Column, the next key, the direction it has now)."""
        return [(column, *self._next(column.key)) for column in self.columns]

    @property
    def name_heading(self):
        return self._next(f"{self.key}.naam")

    def _next(self, key):
        if self.sorted_by == key:
            return f"-{key}", "ascending"
        return key, "descending" if self.sorted_by == f"-{key}" else ""


@dataclass(frozen=True)
class Tables:
    """What one page shows and one workbook holds. `selection` says in Dutch how it was narrowed down."""

    title: str
    name: str  # of the file
    panels: tuple[Panel, ...]
    selection: str = ""

    @property
    def file_name(self):
        return f"{self.name}-selectie" if self.selection else self.name

    def sort(self, by):
        return replace(self, panels=tuple(panel.sort(by) for panel in self.panels)) if by else self

    @property
    def parts(self):
        """What a long page begins with links to: its panels, or the sections when there is but one."""
        panels = [panel for panel in self.panels if not panel.list_of]
        return panels[0].parts if len(panels) == 1 else panels

    def panel(self, key):
        """The panel with that key, or None."""
        return next((panel for panel in self.panels if panel.key == key), None)


def place_cell(number):
    """A place in a list as a cell."""
    return Cell(str(number), value=Decimal(number), numeric=True)


def figure_cell(figure: Figure | None, *notes: str, unit=False) -> Cell:
    """A Figure as a cell, with its unit where columns or rows differ in it; nothing for None."""
    if figure is None:
        return EMPTY
    indicator = figure.indicator
    if figure.number is None:
        rank = BELOW_FIVE if figure.code == Code.FEWER_THAN_5 else None
        return Cell(figure.display, rank=rank, notes=notes, numeric=True)
    if indicator.scale_id:
        return Cell(figure.display, rank=figure.number, step=int(figure.number), notes=notes)
    return number_cell(figure.number, indicator, *notes, unit=unit, provisional=figure.provisional)


def form_of(indicator):
    """What stands around a figure of `indicator` where columns or rows differ in unit: '{}%', '€ {}' or nothing."""
    return with_unit("{}", indicator) if indicator.unit in ("%", "euro") else "{}"


def number_cell(value, indicator, *notes, unit=False, provisional=False):
    """A number in the unit of `indicator` as a cell."""
    form = form_of(indicator) if unit else "{}"
    return Cell(
        form.format(show(value, indicator)),
        value=value,
        decimals=indicator.decimals,
        form=form,
        numeric=True,
        notes=notes,
        provisional=provisional,
    )


def indicator_url(indicator):
    """The page of an indicator; "" for a figure that stands in a table only."""
    if indicator.kind == Indicator.Kind.FIGURE:
        return ""
    return reverse("indicators:indicator", args=[indicator.code])


def change_cell(change) -> Cell:
    """A Change as a cell."""
    if change is None:
        return EMPTY
    indicator = change.now.indicator
    if indicator.scale_id:
        return Cell(change.shown, rank=change.by, direction=change.direction)
    return Cell(
        change.shown,
        value=change.by,
        decimals=indicator.decimals,
        numeric=True,
        direction=change.direction if change.is_marked else "",
    )


def without_empty(rows: Iterable[Row]):
    """The rows in which something stands."""
    return tuple(row for row in rows if any(cell != EMPTY for cell in row.cells))


def with_span(name, periods):
    """The title of a table over `periods`, which are in order: 'Huisuitzettingen, 2022 t/m 2023'."""
    ends = dict.fromkeys(map(str, [*periods[:1], *periods[-1:]]))
    return ", ".join(filter(None, [name, " t/m ".join(ends)]))


def source_notes(*indicators):
    """Who supplies the figures of `indicators`, as a note below their table."""
    sources = "; ".join(dict.fromkeys(str(one.source) for one in indicators if one.source))
    return (f"Bron: {sources[0].upper()}{sources[1:]}.",) if sources else ()
