from django import template

from indicators.areas import short_name
from indicators.sections import sections

register = template.Library()
register.filter(short_name)


@register.inclusion_tag("indicators/sections.html", name="sections", takes_context=True)
def show_sections(context):
    """The menu inside 'Indicatoren', for the page that is shown."""
    return {"items": sections(context["request"], report=context.get("report"))}
