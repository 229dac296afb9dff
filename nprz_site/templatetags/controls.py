from django import forms, template

register = template.Library()

TEXT_TYPES = frozenset({"date", "email", "number", "password", "search", "tel", "text", "url"})


def component(widget):
    """The Utrecht component that fits the widget; "" for one that has a look of its own."""
    if isinstance(widget, forms.Select):
        return "utrecht-select utrecht-select--html-select"
    if isinstance(widget, forms.Textarea):
        return "utrecht-textarea utrecht-textarea--html-textarea"
    if getattr(widget, "input_type", "") in TEXT_TYPES:
        return "utrecht-textbox utrecht-textbox--html-input"
    return ""


@register.filter
def control(field):
    """The control of a bound field, dressed as the Utrecht component it is.

    The class has to be on the element itself, and forms should not know what they look like. A placeholder goes: it
    is gone once somebody types, and label and help text have said it already.
    """
    widget = field.field.widget
    names = component(widget)
    if names and field.errors:
        names += f" {names.split()[0]}--invalid"
    names = f"{names} {widget.attrs.get('class', '')}".strip()
    return field.as_widget(attrs={"class": names or False, "placeholder": False})


@register.filter
def kind(field):
    """How components/field.html lays the field out: "choices", "choice" (one check box), "hidden" or "control"."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect):  # check boxes of one question are a kind of it
        return "choices"
    return "choice" if isinstance(widget, forms.CheckboxInput) else "control"
