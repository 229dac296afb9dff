"""Which workbook to look at. Whether it can be taken is for interventions.workbooks to say."""

from django import forms

from workbooks.forms import WorkbookField


class UploadForm(forms.Form):
    file = WorkbookField(
        help_text="Een Excelbestand (.xlsx) met het blad Interventies, en als u wilt het blad Cijfers."
    )
    allow_new = forms.BooleanField(
        label="Nieuwe interventies toestaan",
        required=False,
        help_text="Anders wordt een nummer dat niet in het plan staat geweigerd. In een open ronde kan dit niet.",
    )
