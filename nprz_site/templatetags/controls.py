from django import forms, template

register = template.Library()

# The first widget class that fits names the component; a widget of another kind keeps its own look.
COMPONENTS = (
    (forms.Select, "utrecht-select utrecht-select--html-select"),
    (forms.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (forms.TextInput, "utrecht-textbox utrecht-textbox--html-input"),
    (forms.DateInput, "utrecht-textbox utrecht-textbox--html-input"),
)


@register.filter
def control(field):
    """The control of a bound field, dressed as the Utrecht component it is.

    The class has to be on the element itself, and forms should not know what they look like.
    """
    widget = field.field.widget
    names = next((names for kind, names in COMPONENTS if isinstance(widget, kind)), "")
    if names and field.errors:
        names += f" {names.split()[0]}--invalid"
    return field.as_widget(attrs={"class": f"{names} {widget.attrs.get('class', '')}".strip()})


@register.filter
def kind(field):
    """How components/field.html lays the field out: "choices", "choice" (one check box), "hidden" or "control"."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if widget.use_fieldset and isinstance(widget, forms.RadioSelect):
        return "choices"
    return "choice" if isinstance(widget, forms.CheckboxInput) else "control"
