from html import unescape

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe

from interventions.models.search import HIT_END, HIT_START

register = template.Library()


@register.filter
def has_hit(text):
    """Whether the search found its words in `text` (see PlanItemQuerySet.with_hit), and not only a number."""
    return HIT_START in (text or "")


@register.filter
def marked(text):
    """`text` with what was found in <mark>. It comes from HTML without its tags: entities are still in it."""
    safe = escape(unescape(text)).replace(HIT_START, "<mark>").replace(HIT_END, "</mark>")
    return mark_safe(safe)  # noqa: S308 (escaped in the line above)
