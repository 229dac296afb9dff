"""The table of goals and indicators as the report prints it: then and now, what is closed, what is aimed for."""

from indicators.areas import short_name
from indicators.differences import decimals_of
from indicators.filters import WITHOUT_PILLAR
from indicators.formulas import Undefined
from indicators.models import PrintedFigure, Target
from indicators.standing import by_pillar, show_share
from programme.models import Area

from .shape import EMPTY, Cell, Column, Panel, Row, Section, figure_cell, indicator_url, number_cell

KEY = "doelen"


def panel(standings, figures, *, year):
    """The Panel of `standings`, in the report of `year`: a row for each, under the first of its pijlers.

    Where the report over the year before printed a share, that stands beside the computed one, as it was printed.
    """
    areas = _areas(standings, figures)
    printed = _printed_in(year - 1)
    ends = {one.last_year for one in standings if one.target and one.last_year}
    columns = [Column(f"{KEY}.soort", "Soort", numeric=False)]
    for area in areas:
        columns += [Column(f"{KEY}.{area.pk}.{when}", when, group=short_name(area)) for when in ("start", "nu")]
    columns += [
        Column(f"{KEY}.ingelopen", "% ingelopen"),
        *[Column(f"{KEY}.gedrukt", f"Gedrukt: % ingelopen VGR {year - 1}")] * bool(printed),
        Column(f"{KEY}.streefniveau", "Streefniveau"),
        Column(f"{KEY}.oordeel", "Oordeel", numeric=False),
        Column(f"{KEY}.doel", f"Doel {year}"),
        Column(f"{KEY}.einddoel", f"Doel {max(ends)}" if len(ends) == 1 else "Einddoel"),
        Column(f"{KEY}.regime", "Regime", numeric=False),
        Column(f"{KEY}.periode", "Periode", numeric=False),
    ]
    return Panel(
        key=KEY,
        title="Doelen en indicatoren",
        head="Doel of indicator",
        section_head="Pijler",
        columns=tuple(columns),
        sections=tuple(
            Section(
                str(pillar or WITHOUT_PILLAR),
                tuple(_row(one, figures, areas, printed, says_year=len(ends) > 1) for one in found),
            )
            for pillar, found in by_pillar(standings).items()
        ),
        notes=(
            "% ingelopen = (Zuid nu − Zuid start) / (referentie nu − Zuid start). Waar geen getal staat, staat waarom.",
            *[
                f"Gedrukt: % ingelopen VGR {year - 1} is overgenomen uit het gedrukte rapport over {year - 1}, niet"
                " berekend."
            ]
            * bool(printed),
        ),
    )


def _printed_in(report):
    """What the report over `report` printed as % ingelopen: {(indicator, regime): [PrintedFigure]}, by their keys."""
    found = {}
    for one in PrintedFigure.objects.shares(report=report):
        found.setdefault((one.indicator_id, one.regime_id), []).append(one)
    return found


def _printed_cell(printed):
    """A printed share; where it was printed in two ways, both."""
    ways = {one.raw: one for one in printed}
    if len(ways) != 1:
        return Cell(" en ".join(ways))
    ((raw, one),) = ways.items()
    return Cell(raw, value=one.value, decimals=decimals_of(one), form="{}%", numeric=True)


def _row(standing, figures, areas, printed, *, says_year):
    indicator = standing.indicator
    first, last = _periods(standing, figures, areas)
    cells = (
        Cell(indicator.get_kind_display()),
        *_then_and_now(standing, figures, areas, first, last),
        *_target_cells(standing, printed, says_year=says_year),
        Cell(" – ".join(dict.fromkeys(str(period) for period in (first, last) if period))),
    )
    notes = (indicator.note,) if indicator.note else ()
    return Row(indicator.name, cells, url=indicator_url(indicator), notes=notes)


def _areas(standings, figures):
    """What Zuid is compared with, and Zuid itself, as the columns stand in the report."""
    wanted = {one.target.reference_area_id for one in standings if one.target and one.target.reference_area_id}
    kinds = (Area.Kind.REFERENCE, Area.Kind.PROGRAMME)
    return [area for area in figures.areas.values() if area.pk in wanted or area.kind in kinds]


def _then_and_now(standing, figures, areas, first, last):
    """For each area the figure at the start and now; of the area of the target the start value that counts."""
    for area in areas:
        of_target = standing.target and standing.target.area == area
        if of_target and standing.target.start_value is not None:
            yield number_cell(standing.target.start_value, standing.indicator, unit=True)
        else:
            yield figure_cell(figures.get(standing.indicator, area, first), unit=True) if first else EMPTY
        yield figure_cell(figures.get(standing.indicator, area, last), unit=True) if last and last != first else EMPTY


def _periods(standing, figures, areas):
    """The first and the last period of a row: those that it compares, or else of what is known until the report."""
    start = standing.start_period
    now = standing.now.period if standing.now else None
    if start and now:
        return start, now
    known = sorted(
        {one.period for area in areas for one in figures.series(standing.indicator, area, until=standing.year)},
        key=lambda one: one.span,
    )
    return (start or (known[0] if known else None)), (now or (known[-1] if known else None))


def _target_cells(standing, printed, *, says_year):
    """What is closed and aimed for; `says_year` notes at the last target of which year it is."""
    if standing.target is None:
        return [EMPTY] * (6 + bool(printed))
    before = printed.get((standing.indicator.pk, standing.target.regime_id), [])
    notes = [f"einddoel voor {standing.last_year}"] * bool(says_year and standing.last_year)
    aim = Cell(standing.target.aim) if standing.target.reference == Target.Reference.NONE else None
    return (
        _share(standing.closed),
        *[_printed_cell(before)] * bool(printed),
        _share(standing.due),
        Cell(standing.verdict.label),
        aim or _value(standing.target_now, standing.indicator),
        aim or _value(standing.target_at_the_end, standing.indicator, *notes),
        Cell(str(standing.target.regime or "")),
    )


def _share(share):
    if isinstance(share, Undefined):
        return Cell(str(share))
    return Cell(show_share(share), value=100 * share, decimals=1, form="{}%", numeric=True)


def _value(value, indicator, *notes):
    return Cell(str(value)) if isinstance(value, Undefined) else number_cell(value, indicator, *notes, unit=True)
