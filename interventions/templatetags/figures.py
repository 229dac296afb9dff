from django import template

from programme.numbers import format_number

register = template.Library()


@register.filter
def number(value):
    """A Decimal as a Dutch reader writes it; nothing for None."""
    return "" if value is None else format_number(value)


@register.filter
def cells(form, value):
    """The fields in which `form` takes the figure `value`; None when it is filled in elsewhere."""
    return form.cells(value)


@register.filter
def signed(value):
    """A Decimal with its sign, also when it is more: '+1.234', '−5', '0'."""
    text = format_number(abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text
