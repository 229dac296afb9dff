"""The wijken as a map of tiles: a row and a column each, in the shade of their figure, with word or number."""

from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.urls import reverse

from indicators.figures import Figures, round_half_up, show, with_classes
from indicators.models import Indicator, Tile
from indicators.neighbourhoods import change, known_periods, neighbourhoods, ranking
from programme.models import Area, Period

from .places import compared_section, not_yet, sections_by_district
from .shape import EMPTY, Cell, Column, Panel, Tables, change_cell, figure_cell, place_cell, source_notes

SHADES = 5


@dataclass(frozen=True)
class Shade:
    """What a shade stands for: `shown` in words, `lowest` the number from which it holds, rounded as figures are."""

    step: int
    shown: str
    lowest: object


@dataclass(frozen=True)
class ShownTile:
    area: Area
    url: str
    shown: str
    step: int | None
    since: Cell


@dataclass(frozen=True)
class TileMap:
    """Rows of tiles; None where no wijk lies."""

    rows: tuple[tuple[ShownTile | None, ...], ...]
    shades: tuple[Shade, ...]
    before: Period | None  # what the changes are since


class TileForm(forms.Form):
    """Which indicator, of which period: the first and the latest when nothing is chosen."""

    index = forms.ChoiceField(label="Index of cijfer", required=False)
    jaar = forms.ChoiceField(label="Jaar", required=False)

    def __init__(self, data):
        super().__init__(data or None)
        tiled = Tile.objects.values("division")
        mapped = with_classes(Indicator.objects.filter(division__in=tiled, table__isnull=False))
        self.indicators = {
            one.code: one for one in mapped.select_related("division").order_by("table__position", "position", "name")
        }
        self.figures = Figures(self.indicators.values())
        self.fields["index"].choices = [
            (str(table), [(one.code, one.name) for one in ours])
            for table, ours in groupby(self.indicators.values(), key=lambda one: one.table)
        ]
        periods = self.figures.periods_about(self.indicators.values())
        self.fields["jaar"].choices = [("", "Nieuwste"), *((str(one), str(one)) for one in reversed(periods))]

    @property
    def indicator(self):
        """The indicator that was chosen, or else the first; None when there is none, or no such choice."""
        if self.is_bound and not self.is_valid():
            return None
        chosen = self.cleaned_data.get("index") if self.is_bound else ""
        return self.indicators[chosen] if chosen else next(iter(self.indicators.values()), None)

    @property
    def period(self):
        """The period that was chosen, or else the latest of the indicator; None when it has no figures then."""
        if self.indicator is None:
            return None
        chosen = self.cleaned_data.get("jaar") if self.is_bound else ""
        if not chosen:
            return next(reversed(known_periods(self.figures, self.indicator)[0]), None)
        return next((one for one in self.figures.periods_about([self.indicator]) if str(one) == chosen), None)


def tile_map(figures, indicator, period):
    """The TileMap of the wijken in the division of `indicator`."""
    tiles = {(tile.row, tile.column): tile.area_id for tile in indicator.division.tiles.all()}
    found = {one.pk: figures.get(indicator, one, period) for one in neighbourhoods(figures, indicator)}
    shades = _shades(indicator, [one.number for one in found.values() if one and one.number is not None])
    before = _before(figures, indicator, period)
    rows, columns = (range(min(places), max(places) + 1) for places in zip(*tiles, strict=True))
    return TileMap(
        tuple(
            tuple(
                _tile(figures, indicator, figures.areas[tiles[row, column]], period, before, shades)
                if (row, column) in tiles
                else None
                for column in columns
            )
            for row in rows
        ),
        shades,
        before,
    )


def _tile(figures, indicator, area, period, before, shades):
    figure = figures.get(indicator, area, period)
    cell = figure_cell(figure, unit=True)
    step = None
    if figure and figure.number is not None:
        # As it is shown, so that a tile has the shade that the legend gives to the number that stands on it.
        number = round_half_up(figure.number, indicator.decimals)
        step = next(shade.step for shade in reversed(shades) if number >= shade.lowest)
    since = change(figures, indicator, area, now=period, before=before) if before else None
    return ShownTile(
        area=area,
        url=reverse("indicators:area", args=[area.pk]),
        shown=cell.shown or "geen cijfer",
        step=step,
        since=change_cell(since),
    )


def _before(figures, indicator, period):
    """The period before `period` for which `indicator` has figures, or None."""
    periods = figures.periods_about([indicator])
    place = periods.index(period)
    return periods[place - 1] if place else None


def _shades(indicator, numbers):
    """The classes of a scale, or else bands of the same width between the lowest and the highest number.

    They begin at numbers as they are shown; of bands that begin at the same number there is one.
    """
    if indicator.scale_id:
        return tuple(Shade(one.rank, one.name, one.rank) for one in indicator.scale.classes.all())
    if not numbers:
        return ()
    lowest, highest = min(numbers), max(numbers)
    width = (highest - lowest) / SHADES
    bounds = dict.fromkeys(round_half_up(lowest + width * step, indicator.decimals) for step in range(SHADES))
    return tuple(
        # Every other of the nine shades that the classes of a scale have.
        Shade(2 * step - 1, f"vanaf {show(bound, indicator)}", bound)
        for step, bound in enumerate(bounds, 1)
    )


def as_tables(figures, indicator, period):
    """The same as a table, for the ear, the keyboard and a file."""
    key = "wijken"
    before = _before(figures, indicator, period)
    first = figures.periods_about([indicator])[0]
    compared = [one for one in dict.fromkeys((before, first)) if one not in (None, period)]
    places = {place.area: place for place in ranking(figures, indicator, neighbourhoods(figures, indicator), period)}

    def cells(area):
        figure = figures.get(indicator, area, period)
        if figure is None:
            return
        yield figure_cell(figure, unit=True)
        for one in compared:
            yield change_cell(change(figures, indicator, area, now=period, before=one))
        yield place_cell(places[area].number) if area in places else EMPTY

    numeric = not indicator.scale_id
    panel = Panel(
        key=key,
        title=f"{indicator.name}, {period}",
        head="Wijk",
        section_head="Gebied",
        columns=(
            Column(f"{key}.waarde", str(period), numeric=numeric),
            *(Column(f"{key}.sinds-{one}", f"Sinds {one}", numeric=numeric) for one in compared),
            Column(f"{key}.plaats", "Plaats"),
        ),
        sections=(*sections_by_district(figures, indicator.division, cells), *compared_section(figures, cells)),
        sentences=tuple(not_yet(figures, indicator)),
        notes=("Plaats: onder de wijken van Zuid, 1 is het hoogst.", *source_notes(indicator)),
    )
    return Tables(title=panel.title, name=f"wijken-{indicator.code}-{period}".replace("/", "-"), panels=(panel,))
