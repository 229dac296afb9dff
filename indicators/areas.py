"""The areas as readers know them: how they are called in tables, which have a page, and what lies in what."""

from dataclasses import dataclass

from django.db.models import Q

from programme.models import Area

NEIGHBOURHOOD = Area.Kind.NEIGHBOURHOOD


def short_name(area):
    """The name of `area` in a table: the area of the programme is 'Zuid'."""
    return "Zuid" if area.kind == Area.Kind.PROGRAMME else area.name


def order(area):
    """What areas, in their own order, are sorted by in a table: those that a chart shows come first, as there."""
    return (area.chart_place is None, area.chart_place or 0)


def with_a_page():
    """The wijken and gebieden, and what consists of them: Zuid and the focuswijken together."""
    ours = Q(kind__in=(NEIGHBOURHOOD, Area.Kind.DISTRICT, Area.Kind.PROGRAMME))
    return Area.objects.filter(ours | Q(kind=Area.Kind.OTHER, parts__isnull=False)).distinct()


@dataclass(frozen=True)
class Surroundings:
    """What an area lies in, what it consists of, and which wijken of another division lie where it lies."""

    wholes: list[Area]
    parts: list[Area]
    overlapping: list[Area]
    divisions: list[str]


def surroundings(area):
    """The Surroundings of `area`. A wijk that is a part of another wijk, or the other way round, overlaps with it."""
    wholes, parts = list(area.wholes.all()), list(area.parts.all())
    overlapping = []
    if area.kind == NEIGHBOURHOOD:
        overlapping = [one for one in (*wholes, *parts) if one.kind == NEIGHBOURHOOD]
    return Surroundings(
        wholes=[one for one in wholes if one not in overlapping],
        parts=[one for one in parts if one not in overlapping],
        overlapping=overlapping,
        divisions=[str(one) for one in area.divisions.all()],
    )
