"""What the bureau edits in the plan of a round. What the plan may say is for the model to judge (workflow.Refused)."""

from dataclasses import replace
from functools import cached_property

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q

from accounts.forms import NOT_WHOLE, VersionField
from accounts.models import Organisation, Role
from interventions.filters import WITHOUT_PILLAR, pillar_key, themes_by_pillar
from interventions.models import Funding, Initiator, PlanItem
from interventions.models.plan import HIGHEST_NUMBER, Initiation, PlanContent
from programme.differences import Difference, differs, marked_differences
from programme.fields import RichTextFormField
from programme.models import Pillar, Theme

DESCRIPTION = "Korte omschrijving"
NOTHING = "leeg"


class RowFormSet(forms.BaseFormSet):
    default_error_messages = {"missing_management_form": NOT_WHOLE}


class FormWithRows(forms.Form):
    """Has `rows`, a RowFormSet; what is wrong with all of them together is said with what is wrong with the form."""

    rows = None

    def clean(self):
        for error in self.rows.non_form_errors():
            self.add_error(None, error)

    def is_valid(self):
        return super().is_valid() and self.rows.is_valid()


class InitiatorForm(forms.Form):
    """One organisation on a plan item; without an organisation the row is none."""

    organisation = forms.TypedChoiceField(label="Organisatie", coerce=int, empty_value=None, required=False)
    role = forms.ChoiceField(label="Rol", choices=Initiator.Role, initial=Initiator.Role.INITIATOR)
    confirmed = forms.BooleanField(label="Bevestigd", required=False)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations


InitiatorFormSet = forms.formset_factory(InitiatorForm, formset=RowFormSet, extra=3, can_order=True, max_num=50)


class PlanItemForm(FormWithRows):
    """All that a plan item says, for one that is new: `initial` is a PlanContent. The rows are its initiators."""

    name = forms.CharField(label="Naam", max_length=PlanItem._meta.get_field("name").max_length)
    pillar = forms.ModelChoiceField(
        label="Pijler", queryset=Pillar.objects.all(), required=False, empty_label=WITHOUT_PILLAR
    )
    number = forms.IntegerField(
        label="Nummer", min_value=1, max_value=HIGHEST_NUMBER, required=False, help_text="Verplicht in een pijler."
    )
    letter = forms.CharField(label="Letter", max_length=1, required=False, help_text="Zoals de b van W4b.")
    theme = forms.TypedChoiceField(label="Thema", coerce=int, empty_value=None, required=False)
    former_name = forms.CharField(
        label="Was",
        help_text=PlanItem._meta.get_field("former_name").help_text,
        max_length=PlanItem._meta.get_field("former_name").max_length,
        required=False,
    )
    description = RichTextFormField(label=DESCRIPTION, required=False)
    funding = forms.ModelMultipleChoiceField(
        label="Financiering", queryset=Funding.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data=None, *, content):
        super().__init__(data, initial=vars(content))
        self.fields["theme"].choices = [("", "Geen thema"), *themes_by_pillar()]
        organisations = [("", "Geen organisatie"), *((one.pk, one.name) for one in Organisation.objects.all())]
        self.rows = InitiatorFormSet(
            data,
            initial=[vars(one) for one in content.initiators],
            prefix="initiators",
            form_kwargs={"organisations": organisations},
        )

    def content(self):
        """What was filled in."""
        return PlanContent(**self._kept())

    def _kept(self):
        typed, pillar = self.cleaned_data, self.cleaned_data["pillar"]
        return {name: typed[name] for name in ("name", "number", "letter", "theme", "former_name", "description")} | {
            "pillar": pillar and pillar.pk,
            "funding": frozenset(one.pk for one in typed["funding"]),
            "initiators": tuple(
                Initiation(*(row.cleaned_data[name] for name in ("organisation", "role", "confirmed")))
                for row in self.rows.ordered_forms
                if row.cleaned_data["organisation"]
            ),
        }


class VersionForm(forms.Form):
    """Holds the version that the user saw."""

    def move_to_current_version(self):
        """Let what was typed stand as a change of what is stored now, so that sending it again is a decision."""
        self.data = self.data.copy()
        self.data["version"] = self.initial["version"]


class ChangeForm(VersionForm, PlanItemForm):
    """What a plan item says now; `version` is the one the user saw."""

    version = VersionField()
    contacts = forms.ModelMultipleChoiceField(
        label="Contactpersonen",
        help_text="Zij zien deze interventie bovenaan in hun lijst en krijgen de berichten erover.",
        queryset=get_user_model().objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data=None, *, item):
        super().__init__(data, content=item.content())
        self.item = item
        self.initial["version"] = item.version
        chosen = Q(pk__in=self.initial["contacts"]) | Q(pk__in=item.writers().values("pk"))
        self.fields["contacts"].queryset = get_user_model().objects.filter(chosen)

    def _kept(self):
        return super()._kept() | {"contacts": frozenset(one.pk for one in self.cleaned_data["contacts"])}

    @cached_property
    def _differences(self):
        return plan_differences(self.item.content(), self.content())

    def text_differences(self):
        """The description, when it was typed otherwise than it is stored now."""
        return [one for one in self._differences if one.label == DESCRIPTION]

    def other_differences(self):
        """What else was filled in otherwise than it is stored now, in the order of the page."""
        return [one for one in self._differences if one.label != DESCRIPTION]


def plan_differences(stored, typed, *, names=None):
    """Where two PlanContents differ, field by field in words; in the description what differs is marked.

    `names` is a Names that was made for more of them.
    """
    names = names or Names()
    before, after = names.in_words(stored), names.in_words(typed)
    differences = [Difference(label, before[label], after[label]) for label in before if before[label] != after[label]]
    if differs(stored.description, typed.description):
        marked = marked_differences(stored.description, typed.description)
        differences.append(Difference(DESCRIPTION, stored.description, typed.description, marked))
    return differences


class Names:
    """What the keys in a PlanContent stand for, fetched once for as many of them as there are."""

    def __init__(self):
        models = {
            "pillar": Pillar,
            "funding": Funding,
            "organisation": Organisation,
            "person": get_user_model(),
        }
        self._names = {kind: {one.pk: str(one) for one in model.objects.all()} for kind, model in models.items()}
        self._names["theme"] = {one.pk: str(one) for one in Theme.objects.select_related("parent")}

    def in_words(self, content):
        """What `content` says by the label of its field, the description excepted."""
        initiators = (
            f"{self._name('organisation', one.organisation)} ({Initiator.Role(one.role).label}"
            f"{', bevestigd' if one.confirmed else ''})"
            for one in content.initiators
        )
        return {
            "Naam": content.name,
            "Pijler": self._name("pillar", content.pillar) if content.pillar else WITHOUT_PILLAR,
            "Nummer": f"{content.number or ''}{content.letter}" or NOTHING,
            "Thema": self._name("theme", content.theme) if content.theme else NOTHING,
            "Was": content.former_name or NOTHING,
            "Financiering": self._list("funding", content.funding),
            "Initiatiefnemers": ", ".join(initiators) or NOTHING,
            "Contactpersonen": self._list("person", content.contacts),
        }

    def _name(self, kind, key):
        return self._names[kind].get(key, "verwijderd")

    def _list(self, kind, keys):
        return ", ".join(sorted(self._name(kind, key) for key in keys)) or NOTHING


class BulkForm(forms.Form):
    """Something to do with the ticked plan items of a pijler; the button that was pressed says what, in `do`."""

    INITIATOR, CONTACT, NO_CONTACT, MERGE = "initiatiefnemer", "contact", "geen-contact", "samenvoegen"

    items = forms.TypedMultipleChoiceField(label="Interventies", coerce=int, required=False)
    everything = forms.CharField(required=False)  # the key of a pijler: all that stands in it
    organisation = forms.ModelChoiceField(
        label="Organisatie", queryset=Organisation.objects.all(), required=False, empty_label="Kies een organisatie"
    )
    role = forms.ChoiceField(label="Rol", choices=Initiator.Role, initial=Initiator.Role.INITIATOR, required=False)
    person = forms.ModelChoiceField(
        label="Persoon", queryset=get_user_model().objects.none(), required=False, empty_label="Kies een persoon"
    )

    def __init__(self, data=None, *, items):
        super().__init__(data)
        self.fields["items"].choices = [(item.pk, str(item)) for item in items]
        self._items = items
        self.fields["person"].queryset = get_user_model().objects.filter(role=Role.INVULLER, is_active=True)
        may_write = PlanItem.objects.filter(pk__in=[item.pk for item in items]).count_writers()
        self.fields["person"].label_from_instance = lambda user: (
            str(user) if may_write[user] else f"{user} (mag hier nergens invullen)"
        )

    @property
    def ticked(self):
        """The keys of the items that are ticked, as they came in."""
        return {int(key) for key in self["items"].value() or () if str(key).isdecimal()}

    def clean(self):
        do, typed = self.data.get("do"), self.cleaned_data
        if typed.get("everything"):
            typed["items"] = [item.pk for item in self._items if pillar_key(item.pillar) == typed["everything"]]
        if do not in (self.INITIATOR, self.CONTACT, self.NO_CONTACT, self.MERGE):
            raise forms.ValidationError("Kies met een knop wat u wilt doen.")
        if not typed.get("items"):
            raise forms.ValidationError("Vink eerst interventies aan.")
        if do == self.INITIATOR and not typed.get("organisation"):
            self.add_error("organisation", "Kies een organisatie.")
        if do in (self.CONTACT, self.NO_CONTACT) and not typed.get("person"):
            self.add_error("person", "Kies een persoon.")

    def change(self, content):
        """What `content` becomes by what was chosen."""
        typed = self.cleaned_data
        match self.data["do"]:
            case self.INITIATOR:
                return content.with_initiator(typed["organisation"].pk, typed["role"] or Initiator.Role.INITIATOR)
            case self.CONTACT:
                return content.with_contact(typed["person"].pk)
            case _:
                return content.without_contact(typed["person"].pk)


class AdvisersForm(forms.Form):
    """Who of the bureau looks after a pijler."""

    people = forms.ModelMultipleChoiceField(
        label="Adviseurs",
        help_text="De pijler staat bij hen bovenaan in de lijst om te beoordelen.",
        queryset=get_user_model().objects.of_bureau(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ReplacementForm(forms.Form):
    """What a new interventie is called that takes the place of others; the rest it has from them."""

    name = forms.CharField(label="Naam", max_length=PlanItem._meta.get_field("name").max_length)
    number = forms.IntegerField(label="Nummer", min_value=1, max_value=HIGHEST_NUMBER, required=False)
    letter = forms.CharField(label="Letter", max_length=1, required=False)

    def content(self, whole):
        """The PlanContent of what takes the place of `whole`."""
        return replace(whole, **{name: self.cleaned_data[name] for name in ("name", "number", "letter")})


class PartForm(ReplacementForm):
    """One part of an interventie that is split; without a name it is none."""

    name = forms.CharField(label="Naam", max_length=PlanItem._meta.get_field("name").max_length, required=False)


PartFormSet = forms.formset_factory(PartForm, formset=RowFormSet, extra=0, max_num=20)


class SplitForm(VersionForm, FormWithRows):
    """Into what an interventie is split (the rows), and why; `version` is the one the user saw."""

    version = VersionField()
    reason = forms.CharField(label="Reden", widget=forms.Textarea(attrs={"rows": 3}))

    MOST = 4  # rows on the page; a part can be split again

    def __init__(self, data=None, *, item):
        super().__init__(data, initial={"version": item.version})
        self.whole = replace(item.content(), former_name=item.name)
        letters = item.free_letters()[: self.MOST] or [""] * self.MOST
        self.rows = PartFormSet(
            data, prefix="parts", initial=[{"number": item.number, "letter": letter} for letter in letters]
        )

    def contents(self):
        """What each part that was given a name says."""
        return [part.content(self.whole) for part in self.rows if part.cleaned_data["name"]]


class MergeForm(VersionForm, ReplacementForm):
    """What several interventies become together, which of them is the main one, and why.

    `version` holds of each of them, by key, the version that the user saw, such as '12:1 15:3'.
    """

    version = forms.RegexField(
        r"^\d+:\d+( \d+:\d+)*$",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), NOT_WHOLE),
    )
    main = forms.TypedChoiceField(
        label="Welke is de belangrijkste?",
        help_text="Daarmee wordt de kleur van dit jaar vergeleken, en haar teksten komen eerst.",
        coerce=int,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Reden", widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ("version", "main", "name", "number", "letter", "reason")

    def __init__(self, data=None, *, items):
        first = items[0] if items else None
        initial = {
            "version": " ".join(f"{item.pk}:{item.version}" for item in items),
            "main": first and first.pk,
            "name": first and first.name,
            "number": first and first.number,
            "letter": next(iter(first.free_letters() if first else ()), ""),
        }
        super().__init__(data, initial=initial)
        self.items = {item.pk: item for item in items}
        self.fields["main"].choices = [(item.pk, str(item)) for item in items]

    def versions(self):
        """The version that was seen of each, by key, the main one first."""
        seen = dict(tuple(map(int, pair.split(":"))) for pair in self.cleaned_data["version"].split())
        main = self.cleaned_data["main"]
        return {main: seen.pop(main, 0)} | seen

    def whole(self):
        """What they say together, in the words of the page for what is new."""
        main, *others = (self.items[key] for key in self.versions() if key in self.items)
        together = main.content().merged_with([other.content() for other in others])
        return self.content(replace(together, former_name=main.name))
