"""What a beheerder fills in about people and organisations. Whether it can be is for the models to say (Refused)."""

from django import forms

from .models import Organisation, Role, User

NOT_WHOLE = (
    "Het formulier is niet volledig aangekomen; er is niets opgeslagen. Laad de pagina opnieuw en vul het nog eens in."
)


class VersionField(forms.IntegerField):
    """The version that the user saw. Nobody types it: when it is wrong, the page is."""

    widget = forms.HiddenInput
    default_error_messages = dict.fromkeys(("required", "invalid", "min_value"), NOT_WHOLE)

    def __init__(self):
        super().__init__(min_value=0)


class TidyCharField(forms.CharField):
    """A name without spaces around it, and no two in a row."""

    def clean(self, value):
        return " ".join(super().clean(value).split())


class PersonForm(forms.Form):
    name = TidyCharField(label="Naam", max_length=User._meta.get_field("name").max_length)
    role = forms.ChoiceField(label="Rol", choices=Role, widget=forms.RadioSelect)
    organisations = forms.ModelMultipleChoiceField(
        label="Organisaties",
        help_text="Verplicht voor een invuller: die schrijft ook namens hun afdelingen en collectieven.",
        queryset=Organisation.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class InvitationForm(PersonForm):
    email = forms.EmailField(
        label="E-mailadres",
        help_text="Hier komt de uitnodiging binnen. Het adres ligt daarna vast.",
        max_length=User._meta.get_field("email").max_length,
    )
    field_order = ("email", "name", "role", "organisations")


class VersionedForm(forms.Form):
    """`version` is the one that the user saw."""

    version = VersionField()

    def move_to_version(self, version):
        """Let what was typed stand as a change of what is stored now, so that saving again is a decision."""
        self.data = self.data.copy()
        self.data["version"] = version


class ChangePersonForm(VersionedForm, PersonForm):
    def __init__(self, *args, why_not_role="", **kwargs):
        """`why_not_role` says why the role is locked."""
        super().__init__(*args, **kwargs)
        self.fields["role"].disabled = bool(why_not_role)
        self.fields["role"].help_text = why_not_role


class OrganisationForm(forms.Form):
    name = TidyCharField(label="Naam", max_length=Organisation._meta.get_field("name").max_length)
    kind = forms.ChoiceField(
        label="Soort", choices=Organisation.Kind, initial=Organisation.Kind.PARTNER, widget=forms.RadioSelect
    )
    parent = forms.ModelChoiceField(
        label="Afdeling van",
        help_text="Alleen voor een afdeling.",
        queryset=Organisation.objects.partners(),
        required=False,
        empty_label="Geen",
    )
    members = forms.ModelMultipleChoiceField(
        label="Leden",
        help_text="Alleen voor een collectief. Wie bij een lid hoort, schrijft ook namens het collectief.",
        queryset=Organisation.objects.possible_members(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ChangeOrganisationForm(VersionedForm, OrganisationForm):
    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("parent", "members"):
            self.fields[name].queryset = self.fields[name].queryset.exclude(pk=organisation.pk)
