"""The rows of tables in which the wijken stand beneath each other, by gebied."""

from django.urls import reverse

from indicators.areas import short_name
from indicators.neighbourhoods import districts, known_periods
from programme.models import Area

from .shape import Row, Section, without_empty

COMPARED_WITH = (Area.Kind.REFERENCE, Area.Kind.CITY, Area.Kind.COUNTRY)


def sections_by_district(figures, division, cells, *, district=None, with_districts=True, total_note=""):
    """A Section per gebied with its wijken of `division`, of `district` alone when that is given.

    `cells(area)` are the cells of the row of an area; an area without any is left out.
    """
    found = []
    for one in districts(figures, division):
        if district is None or one.area == district:
            notes = (total_note,) if total_note else ()
            own = (
                [area_row(one.area, cells, total=True, notes=notes, title=f"Heel {one.area}")] if with_districts else []
            )
            rows = without_empty([*own, *(area_row(area, cells) for area in one.neighbourhoods)])
            found.append(Section(one.area.name, rows))
    return [section for section in found if section.rows]


def compared_section(figures, cells, *, title="Ter vergelijking", kinds=COMPARED_WITH):
    """The cities and what else is not Zuid, apart from it; an empty list when there is nothing."""
    others = (area for area in figures.areas.values() if area.kind in kinds)
    rows = without_empty(area_row(area, cells) for area in others)
    return [Section(title, rows, apart=True)] if rows else []


def area_row(area, cells, *, total=False, notes=(), title=""):
    is_ours = area.kind in (Area.Kind.NEIGHBOURHOOD, Area.Kind.DISTRICT)
    url = reverse("indicators:area", args=[area.pk]) if is_ours else ""
    return Row(title or short_name(area), tuple(cells(area)), url=url, total=total, notes=notes)


def shown(figures, indicator, district):
    """The wijken of Zuid, or of `district` alone, in the division of `indicator`."""
    return [
        area
        for one in districts(figures, indicator.division)
        if district is None or one.area == district
        for area in one.neighbourhoods
    ]


def not_yet(figures, *indicators):
    """The sentences that say which periods are not shown yet as the latest one, and from when on they are."""
    periods, begun = known_periods(figures, *indicators)
    for one in begun:
        yield (
            f"Van {one.period} {'is' if one.known == 1 else 'zijn'} nog maar {one.known} van de {one.total} wijken"
            f" bekend. De nieuwste periode is hier daarom {periods[-1]};"
            f" {one.period} wordt dat zodra het er {one.needed} zijn."
        )


def within(district):
    """'Zuid', or the name of the gebied that was chosen."""
    return district.name if district else "Zuid"
