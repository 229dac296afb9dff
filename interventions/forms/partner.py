"""What a partner fills in about one interventie."""

from itertools import groupby
from operator import attrgetter

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from accounts.forms import VersionField
from interventions.filters import WITHOUT_PILLAR
from interventions.models import OutputIndicator, PlanItem
from interventions.models.progress import Content, Figure, Part, Waived
from interventions.workflow import Colour
from programme.differences import Difference, differs, marked_differences
from programme.fields import RichTextFormField
from programme.figures import parse_figure
from programme.models import Area
from programme.richtext import canonical

TEXTS = (Part.QUANTITATIVE, Part.QUALITATIVE)
HERE, NOT_APPLICABLE, ELSEWHERE = "hier", "nvt", "elders"
WHERE = (
    (HERE, "Ik vul dit hier in"),
    (NOT_APPLICABLE, "Niet van toepassing (n.v.t.)"),
    (ELSEWHERE, "Gerapporteerd bij een andere interventie"),
)
COLOURS = (
    ("", "Geen voorstel"),
    (Colour.GREEN, "groen: het resultaat is of wordt bereikt"),
    (Colour.ORANGE, "oranje: er zijn problemen, maar er zijn maatregelen genomen"),
    (Colour.RED, "rood: er is zorg over het resultaat of een mijlpaal"),
    (Colour.WHITE, "wit: nog niet gestart"),
)


class FigureField(forms.CharField):
    """A cell of the grid of an indicator in `unit`: what was typed, cleaned to (value, code) of an OutputValue."""

    def __init__(self, *, unit, **kwargs):
        super().__init__(**kwargs)
        self.unit = unit

    def clean(self, value):
        try:
            return parse_figure(super().clean(value), unit=self.unit)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class ProgressForm(forms.Form):
    """All that a partner fills in about one interventie; the ids on the page are those that `Missing.part` names.

    Nothing is required: a draft may be incomplete. What cannot be stored (a figure that is no number, a text that is
    too long) is an error of that field alone; `content` has all the rest. `version` is the one the user saw.
    """

    version = VersionField()
    quantitative = RichTextFormField(label="Kwantitatieve voortgang", required=False)
    qualitative = RichTextFormField(label="Kwalitatieve voortgang", required=False)
    proposed_colour = forms.ChoiceField(
        label="Welke kleur stelt u voor?", choices=COLOURS, required=False, widget=forms.RadioSelect
    )
    proposed_reason = forms.CharField(
        label="Waarom deze kleur?",
        help_text="Bij oranje: welke maatregelen? Bij rood: welke zorg? Bij wit: wanneer begint het?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, *, update):
        self.rows = list(update.own_values().select_related("series__indicator", "series__area", "period"))
        super().__init__(data, auto_id="%s", initial=_stored(update, self.rows))
        self.update = update
        for part in Part:
            if part in TEXTS or self.rows:
                self._add_where(part)
        for row in self.rows:
            self._add_figure(row)

    def _add_where(self, part):
        waived = self.initial["waived"].get(part, Waived())
        where = ELSEWHERE if waived.reported_at else NOT_APPLICABLE if part in self.initial["waived"] else HERE
        label = part.label.capitalize()
        choices = forms.ChoiceField(
            label=f"{label}: waar staat dit?", choices=WHERE, required=False, widget=forms.RadioSelect
        )
        reason = forms.CharField(label=f"{label}: waarom niet van toepassing?", max_length=500, required=False)
        reported_at = forms.TypedChoiceField(
            label=f"{label}: bij welke interventie?",
            choices=lambda: self._other_items,
            coerce=int,
            empty_value=None,
            required=False,
        )
        self.fields |= {f"{part}-where": choices, f"{part}-reason": reason, f"{part}-reported-at": reported_at}
        self.initial |= {
            f"{part}-where": where,
            f"{part}-reason": waived.reason,
            f"{part}-reported-at": waived.reported_at,
        }

    def _add_figure(self, row):
        name = f"figure-{row.pk}"
        label = f"{row.name}, {row.series.area} ({row.period})"
        self.fields |= {
            name: FigureField(unit=row.unit, label=label, required=False),
            f"{name}-provisional": forms.BooleanField(label=f"Voorlopig: {label}", required=False),
            f"{name}-remark": forms.CharField(label=f"Opmerking: {label}", max_length=500, required=False),
        }
        self.initial |= {name: row.display, f"{name}-provisional": row.provisional, f"{name}-remark": row.remark}

    @cached_property
    def _other_items(self):
        """The other interventies of the round, by pijler."""
        item = self.update.plan_item
        others = PlanItem.objects.in_round(item.round_id).select_related("pillar").in_printed_order()
        by_pillar = groupby((other for other in others if other != item), attrgetter("pillar"))
        groups = [(str(pillar or WITHOUT_PILLAR), [(one.pk, str(one)) for one in ones]) for pillar, ones in by_pillar]
        return [("", "Kies een interventie"), *groups]

    def clean(self):
        for part in Part:
            if self.cleaned_data.get(f"{part}-where") == ELSEWHERE and not self.cleaned_data.get(f"{part}-reported-at"):
                self.add_error(f"{part}-reported-at", "Kies de interventie waar dit staat.")

    def has_version(self):
        """Whether the form came in with the version the user saw; without it nothing can be kept."""
        self.full_clean()
        return "version" in self.cleaned_data

    def content(self):
        """What was filled in; what cannot be stored, or was not on the page when it was sent, stays as it is."""
        stored = self.initial
        texts = ("quantitative", "qualitative", "proposed_colour", "proposed_reason")
        return Content(
            **{
                name: self.cleaned_data.get(name, stored[name]) if name in self.data else stored[name] for name in texts
            },
            waived={part.value: waived for part in Part if (waived := self._waived(part))},
            figures={row.pk: figure for row in self.rows if (figure := self._figure(row))},
        )

    def _waived(self, part):
        match self.cleaned_data.get(f"{part}-where"):
            case where if where == HERE:
                return None
            case where if where == NOT_APPLICABLE:
                return Waived(reason=self.cleaned_data.get(f"{part}-reason", ""))
            case where if where == ELSEWHERE and (reported_at := self.cleaned_data.get(f"{part}-reported-at")):
                return Waived(reported_at=reported_at)
            case _:
                return self.initial["waived"].get(part)

    def _figure(self, row):
        name = f"figure-{row.pk}"
        cells = [self.cleaned_data.get(cell) for cell in (name, f"{name}-provisional", f"{name}-remark")]
        if name not in self.data or None in cells:
            return None
        (value, code), provisional, remark = cells
        return Figure(value, code, provisional, remark)

    def _came_in(self, name):
        """Whether the field was on the page; a check box that is off is not sent, but its row is."""
        return name.removesuffix("-provisional") in self.data

    def cells(self, value):
        """The fields of one row of the grid; None for a figure that is filled in elsewhere."""
        name = f"figure-{value.pk}"
        if name not in self.fields:
            return None
        return {"value": self[name], "provisional": self[f"{name}-provisional"], "remark": self[f"{name}-remark"]}

    def parts(self):
        """Of each part that can be waived: its fields, by part."""
        return {
            part.value: {
                "where": self[f"{part}-where"],
                "reason": self[f"{part}-reason"],
                "reported_at": self[f"{part}-reported-at"],
                "is_waived": self[f"{part}-where"].value() not in (HERE, None),
            }
            for part in Part
            if f"{part}-where" in self.fields
        }

    def move_to_current_version(self):
        """Let what was typed stand as a change of what is stored now, so that saving again is a decision."""
        self.data = self.data.copy()
        self.data["version"] = self.update.version

    @cached_property
    def _now(self):
        """The form as it would be for what is stored now (by somebody else)."""
        return ProgressForm(update=self.update)

    def text_differences(self):
        """The texts that were typed otherwise than they are stored now, each in canonical rich text."""
        typed = {name: canonical(self[name].data) for name in TEXTS if self._came_in(name)}
        stored = self._now.initial
        return [
            Difference(self.fields[name].label, stored[name], text, marked_differences(stored[name], text))
            for name, text in typed.items()
            if differs(stored[name], text)
        ]

    def other_differences(self):
        """The other fields that were filled in otherwise than they are stored now, in the order of the page."""
        now = self._now
        return [
            Difference(field.label, _in_words(now[name], now[name].initial), _in_words(self[name], self[name].data))
            for name, field in self.fields.items()
            if name not in ("version", *TEXTS)
            and self._came_in(name)
            and field.has_changed(now[name].initial, self[name].data)
        ]


def _stored(update, rows):
    content = update.content(rows)
    names = ("quantitative", "qualitative", "proposed_colour", "proposed_reason", "waived")
    return {name: getattr(content, name) for name in names} | {"version": update.version}


def _in_words(bound_field, value):
    """The value of a field as the page shows it: the label of a choice, 'ja' or 'nee' of a check box."""
    field = bound_field.field
    if isinstance(field, forms.BooleanField):
        return "ja" if value else "nee"
    if isinstance(field, forms.ChoiceField):
        labels = {str(option.data["value"]): option.data["label"] for option in bound_field.subwidgets}
        return labels.get(str(value or ""), "")
    return value or "leeg"


class IndicatorForm(forms.Form):
    """A figure that an interventie does not report yet, to be proposed to the bureau."""

    name = forms.CharField(
        label="Wat wilt u tellen of meten?",
        help_text="Bijvoorbeeld: aantal gezinnen met een eigen coach",
        max_length=OutputIndicator._meta.get_field("name").max_length,
    )
    unit = forms.CharField(
        label="Eenheid",
        help_text="Bijvoorbeeld: aantal, %, euro",
        max_length=OutputIndicator._meta.get_field("unit").max_length,
    )
    area = forms.ModelChoiceField(label="Gebied", queryset=Area.objects.all(), empty_label="Kies een gebied")
    reason = forms.CharField(
        label="Waarom dit cijfer?",
        help_text="Wat zegt het over de voortgang, en waar komt het vandaan?",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_name(self):
        name = self.cleaned_data["name"]
        if OutputIndicator.objects.in_use().filter(name__iexact=name).exists():
            raise ValidationError(
                "Deze indicator is er al. Vraag het programmabureau hem ook bij uw interventie te zetten."
            )
        return name
