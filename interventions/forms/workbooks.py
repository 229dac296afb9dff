"""Which workbook to look at. Whether it can be taken is for interventions.workbooks to say."""

from django import forms


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Werkblad",
        help_text="Een Excelbestand (.xlsx) met het blad Interventies, en als u wilt het blad Cijfers.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        max_length=255,
        allow_empty_file=True,  # it is refused as any other file that is no workbook
        error_messages={"required": "Kies een bestand."},
    )
    allow_new = forms.BooleanField(
        label="Nieuwe interventies toestaan",
        required=False,
        help_text="Anders wordt een nummer dat niet in het plan staat geweigerd. In een open ronde kan dit niet.",
    )
