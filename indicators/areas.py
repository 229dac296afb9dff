"""How areas are called in tables: short, as readers know them."""

from programme.models import Area


def short_name(area):
    """The name of `area` in a table: the area of the programme is 'Zuid'."""
    return "Zuid" if area.kind == Area.Kind.PROGRAMME else area.name
