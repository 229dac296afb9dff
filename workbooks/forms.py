"""Which workbook to look at. Whether it can be taken is for what reads it to say."""

from django import forms


class WorkbookField(forms.FileField):
    def __init__(self, *, help_text):
        super().__init__(
            label="Werkblad",
            help_text=help_text,
            widget=forms.FileInput(attrs={"accept": ".xlsx"}),
            max_length=255,
            allow_empty_file=True,  # it is refused as any other file that is no workbook
            error_messages={"required": "Kies een bestand."},
        )
