"""The wijkprofiel: for each index a table with total, subjective and objective, and who stands highest and lowest."""

from itertools import groupby

from django.urls import reverse

from indicators.areas import short_name
from indicators.models import PrintedFigure
from indicators.neighbourhoods import MARKED_ABOVE, change, changes, first_of, known_periods, ranking, tally

from .places import compared_section, not_yet, sections_by_district, shown, within
from .shape import Cell, Column, Panel, Row, Section, change_cell, figure_cell, place_cell, source_notes

HIGHEST, LOWEST = 5, 10
"""Wijken in the lists, and those that share the last place."""


def index_of(indicator):
    """The code of the index that `indicator` is of: 'vi' for 'vi-totaal'."""
    return indicator.code.partition("-")[0]


def indexes(indicators):
    """The indexes as (code, [total, and its parts]), the total first."""
    return [(code, list(ours)) for code, ours in groupby(indicators, key=index_of)]


def panels(table, indicators, figures, *, district=None, index=""):
    """For each index, or for `index` alone, a Panel with all wijken and three with lists.

    `district` leaves the wijken of other gebieden out.
    """
    printed = {}
    for one in (
        PrintedFigure.objects.lists(until=figures.until)
        .filter(indicator__in=indicators)
        .select_related("indicator", "area")
        .prefetch_related("area__wholes")
        .order_by("-report", "position")
    ):
        printed.setdefault((one.indicator_id, one.report), []).append(one)
    for code, ours in indexes(indicators):
        if index in ("", code):
            yield _panel(code, ours, figures, district)
            if known_periods(figures, ours[0])[0]:
                yield from _lists(code, ours[0], figures, district)
            yield from (_printed(code, report, rows) for (of, report), rows in printed.items() if of == ours[0].pk)


def _panel(code, ours, figures, district):
    columns, readers = [], []
    for indicator in ours:
        periods = known_periods(figures, indicator)[0]
        part = _part(indicator)
        for period in periods:
            columns.append(Column(f"{indicator.code}.{period}", str(period), group=part))
            readers.append(lambda area, of=indicator, period=period: figure_cell(figures.get(of, area, period)))
        for before in _compared(periods):
            columns.append(Column(f"{indicator.code}.sinds-{before}", f"Sinds {before}", group=part))
            readers.append(
                lambda area, of=indicator, now=periods[-1], before=before: change_cell(
                    change(figures, of, area, now=now, before=before)
                )
            )
    total = ours[0]

    def cells(area):
        return [read(area) for read in readers]

    periods = known_periods(figures, total)[0]
    return Panel(
        key=code,
        title=index_name(total),
        head="Wijk",
        section_head="Gebied",
        columns=tuple(columns),
        sections=(
            *sections_by_district(figures, total.division, cells, district=district),
            *compared_section(figures, cells),
        ),
        sentences=(
            *(_sentence(figures, total, district, now=periods[-1], before=before) for before in _compared(periods)),
            *(f"{of.name}: {said[0].lower()}{said[1:]}" for of in ours for said in not_yet(figures, of)),
        ),
        notes=(
            f"Gemarkeerd is een verandering van meer dan {MARKED_ABOVE} punten. De rij van een gebied is zijn eigen"
            " score, geen som of gemiddelde van de wijken.",
            *source_notes(*ours),
        ),
    )


def index_name(total):
    """The name of an index without that of its part: 'Veiligheidsindex'."""
    return total.name.partition(",")[0].partition(":")[0]


def _part(indicator):
    return indicator.code.partition("-")[2].capitalize()


def _compared(periods):
    """The periods that the last one is compared with: the one before it, and the first."""
    return list(dict.fromkeys((periods[-2], periods[0]))) if len(periods) > 1 else []


def _sentence(figures, indicator, district, *, now, before):
    areas = shown(figures, indicator, district)
    counted = tally(changes(figures, indicator, areas, now=now, before=before), by_more_than=MARKED_ABOVE)
    return (
        f"Tussen {before} en {now} gingen {counted.risen} van de {counted.total} wijken van {within(district)} meer dan"
        f" {MARKED_ABOVE} punten vooruit en {counted.fallen} meer dan {MARKED_ABOVE} punten achteruit; "
        f"{counted.neither} bleven daar tussenin."
    )


def _lists(code, total, figures, district):
    last = known_periods(figures, total)[0][-1]
    areas = shown(figures, total, district)
    for key, word, size, highest_first in (
        ("hoogste", "Hoogste", HIGHEST, True),
        ("laagste", "Laagste", LOWEST, False),
    ):
        places = first_of(ranking(figures, total, areas, last, highest_first=highest_first), size)
        rows = tuple(
            Row(
                short_name(place.area),
                (place_cell(place.number), figure_cell(place.figure)),
                url=reverse("indicators:area", args=[place.area.pk]),
            )
            for place in places
        )
        yield Panel(
            key=f"{code}-{key}",
            title=f"{word} scores van {within(district)} in {last}: {index_name(total).lower()}",
            head="Wijk",
            columns=(Column(f"{code}-{key}.plaats", "Nr."), Column(f"{code}-{key}.score", "Score")),
            sections=(Section("", rows),) if rows else (),
            notes=(f"{len(rows)} wijken: wie de laatste plaats deelt, staat er ook bij.",) if len(rows) > size else (),
            list_of=code,
        )


def _printed(code, report, rows):
    """The lowest of the whole city as they were printed; of most of these wijken nothing else is known."""
    key = f"{code}-rotterdam-{report}"
    return Panel(
        key=key,
        title=f"Laagste scores van Rotterdam, gedrukt in de VGR {report}: {index_name(rows[0].indicator).lower()}",
        head="Wijk",
        columns=(
            Column(f"{key}.plaats", "Nr."),
            Column(f"{key}.score", "Score"),
            Column(f"{key}.zuid", "Zuid", numeric=False),
            Column(f"{key}.nieuw", "Nieuw", numeric=False),
        ),
        sections=(Section("", tuple(_printed_row(row) for row in rows)),),
        notes=(
            "Overgenomen uit het gedrukte rapport, niet berekend: de scores van de andere wijken van Rotterdam zijn"
            " hier niet bekend.",
        ),
        list_of=code,
    )


def _printed_row(row):
    is_ours = bool(row.area.wholes.all())
    return Row(
        row.area.name,
        (
            place_cell(row.position),
            Cell(row.raw, value=row.value, numeric=True),
            Cell("ja", direction="zuid") if is_ours else Cell("nee"),
            Cell("nieuw", direction="nieuw") if "nieuw" in row.note else Cell(""),
        ),
        url=reverse("indicators:area", args=[row.area.pk]) if is_ours else "",
    )
