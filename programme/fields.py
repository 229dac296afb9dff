"""The form field for rich text."""

from django import forms
from django.templatetags.static import static
from django_prose_editor.config import expand_extensions
from django_prose_editor.widgets import ProseEditorWidget, importmap, prose_editor_presets
from js_asset import Media

from .richtext import LIMIT, from_typed, validate_length

# Together they write what programme.richtext.ALLOWED lists. The order of the marks is the order in which they nest.
_EXTENSIONS = {
    "Link": True,
    "Italic": True,
    "Bold": True,
    "HardBreak": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "House": True,
    "CleanPaste": True,
    "Menu": False,
    "NoSpellCheck": False,
}
_MODULES = ("editor/house.js", "editor/paste.js")


class RichTextWidget(ProseEditorWidget):
    """A textarea that becomes an editor when JavaScript runs, and holds the canonical HTML when it does not."""

    template_name = "programme/rich_text.html"

    def __init__(self, attrs=None):
        super().__init__({"lang": "nl", "rows": 8} | (attrs or {}), preset="configurable")

    @property
    def media(self):
        return Media(importmap=importmap, css={"all": ["editor/editor.css"]}, js=prose_editor_presets()[self.preset])

    def get_config(self):
        return {"extensions": expand_extensions(_EXTENSIONS), "js_modules": [static(path) for path in _MODULES]}


class RichTextFormField(forms.CharField):
    """Rich text, cleaned to the canonical form and at most programme.richtext.LIMIT characters of it.

    The page renders `form.media.with_nonce(request.csp_nonce)`: the policy refuses an import map without a nonce.
    """

    widget = RichTextWidget
    default_validators = (validate_length,)

    def to_python(self, value):
        text = super().to_python(value)
        if len(text) > 10 * LIMIT:  # however it is written, that much does not become short enough
            validate_length(text)
        return from_typed(text)
