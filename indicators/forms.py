"""What the bureau enters. Whether it is taken is for indicators.recording to say."""

from django import forms

from accounts.forms import NOT_WHOLE
from programme.models import Area
from workbooks.forms import WorkbookField

from .areas import short_name
from .importing import LONGEST_REASON
from .models import Indicator, Measurement, MeasurementEvent, Source
from .recording import EARLIEST, REASON_MISSING, Entry, Fault, Why, look_at
from .said import read_said


class ReasonField(forms.CharField):
    """Why a figure that was there changes. Whether it is needed is for what writes the figures to say."""

    def __init__(self, **details):
        super().__init__(label="Waarom verandert er iets wat er al stond?", required=False, **details)


class GridForm(forms.Form):
    """The cells of a Grid. `entries` are those that were typed otherwise than the user saw them, and can be read.

    Each cell has beside what is typed a hidden field with what the user saw, and may have a remark. A cell is taken or
    waits by itself: `faults` says of those that wait why, by their key.
    """

    reason = ReasonField(
        help_text="Alleen nodig als u een cijfer wijzigt of weghaalt. Het staat daarna in de geschiedenis.",
        max_length=MeasurementEvent._meta.get_field("reason").max_length,
    )

    def __init__(self, data=None, *, grid, today):
        super().__init__(data, auto_id="%s")
        self.grid, self.today = grid, today
        self.entries, self.faults, self._touched = [], {}, set()
        for cell in grid.cells:
            self._add(cell)

    def _add(self, cell):
        most = Measurement._meta.get_field("remark").max_length
        remark = forms.CharField(label=f"Opmerking: {cell.label}", max_length=most, required=False)
        remark.widget.attrs["data-beside"] = True
        self.fields |= {
            f"cell-{cell.key}": forms.CharField(label=cell.label, required=False),
            f"seen-{cell.key}": forms.CharField(widget=forms.HiddenInput, required=False),
            f"remark-{cell.key}": remark,
        }
        self.initial |= {
            f"cell-{cell.key}": cell.typed,
            f"seen-{cell.key}": cell.seen,
            f"remark-{cell.key}": cell.stored.remark if cell.stored else "",
        }

    def clean(self):
        names = {f"cell-{cell.key}" for cell in self.grid.cells}
        if any(name.startswith("cell-") and name not in names for name in self.data):
            self.add_error(None, NOT_WHOLE)
        for cell in self.grid.cells:
            if f"cell-{cell.key}" in self.data:
                self._read(cell)
        if self.non_field_errors():
            self.entries, self.faults = [], {}
            return
        look = look_at(self.entries, known=self.grid.known, today=self.today, reason=self.reason_given)
        for cell in self.grid.cells:
            if fault := look.faults.get(cell.place.key):
                self._refuse(cell, fault)
        if "reason" not in self.errors and Why.NO_REASON in self.whys:
            self.add_error("reason", REASON_MISSING)

    @property
    def reason_given(self):
        return self.cleaned_data.get("reason", "")

    def _read(self, cell):
        version, seen, seen_remark = self._seen(cell)
        text = self.data[f"cell-{cell.key}"].strip()
        remark = self.data.get(f"remark-{cell.key}", seen_remark).strip()
        if (text, remark) == (seen, seen_remark):
            return
        self._touched.add(cell.key)
        if version is None:
            self.add_error(None, NOT_WHOLE)
            return
        for name, at in (("cell", "value"), ("remark", "remark")):
            if wrong := self.errors.get(f"{name}-{cell.key}"):
                self.faults[cell.key] = Fault(" ".join(wrong), at=at)
                return
        indicator = cell.place.indicator
        try:
            said = read_said(text, indicator=indicator, numbers=self.grid.known.numbers(indicator), remark=remark)
        except ValueError as error:
            self._refuse(cell, Fault(str(error)))
        else:
            self.entries.append(Entry(cell.place, said, version))

    def _seen(self, cell):
        """What the user saw, as (version, text, remark); version None when that did not come in."""
        version, _, rest = self.data.get(f"seen-{cell.key}", "").partition("|")
        text, _, remark = rest.partition("|")
        return (int(version) if _is_key(version) else None), text, remark

    def _refuse(self, cell, fault):
        self.faults[cell.key] = fault
        self.add_error(f"cell-{cell.key}", fault.message)

    def move_to_current_versions(self):
        """Let what waits stand as a change of what is stored now; all else shows what is stored now."""
        self.data = self.data.copy()
        waiting = self._touched if self.non_field_errors() else self.faults
        for cell in self.grid.cells:
            if cell.key not in waiting:
                for name in ("cell", "seen", "remark"):
                    self.data[f"{name}-{cell.key}"] = self.initial[f"{name}-{cell.key}"]
            elif cell.key in self.faults and self.faults[cell.key].why == Why.CONFLICT:
                self.data[f"seen-{cell.key}"] = cell.seen

    def fields_of(self, cell):
        """The fields of a cell, and its Fault; the remark only where there is one, or one is asked for."""
        remark, fault = self[f"remark-{cell.key}"], self.faults.get(cell.key)
        asks = fault is not None and fault.why == Why.JUMP
        return {
            "value": self[f"cell-{cell.key}"],
            "seen": self[f"seen-{cell.key}"],
            "remark": remark if remark.value() or asks else None,
            "fault": fault,
        }

    @property
    def is_wrong(self):
        """Whether something can only be taken when it is typed otherwise; what else waits, may well be right."""
        return not self.faults or Why.WRONG in self.whys

    @property
    def whys(self):
        return {fault.why for fault in self.faults.values()}

    @property
    def waiting(self):
        """The cells that wait, as pairs of a Why and the pairs (field, Fault), those that are wrong first."""
        found = {why: [] for why in Why}
        for cell in self.grid.cells:
            if fault := self.faults.get(cell.key):
                name = "remark" if fault.at == "remark" else "cell"
                found[fault.why].append((self[f"{name}-{cell.key}"], fault))
        return [(why, cells) for why, cells in found.items() if cells]


class ChooseForm(forms.Form):
    """Which grid to open."""

    wat = forms.ChoiceField(label="Wat")

    def __init__(self, data=None, *, sheets, today, **kwargs):
        super().__init__(data, auto_id="%s", **kwargs)
        self.fields["wat"].choices = [(one.code, one.title) for one in sheets]
        self.fields["jaar"] = forms.IntegerField(
            label="Jaar",
            help_text="Waarover de cijfers gaan. Een schooljaar voert u in bij het jaar waarin het begint.",
            min_value=EARLIEST,
            max_value=today.year,
        )


class AreaField(forms.ModelChoiceField):
    def label_from_instance(self, area):
        return short_name(area)


class MoreForm(forms.Form):
    """What else a grid should have: a column for an area, a row for another source. It stands in the query string.

    `rij` is the rows that were added before, each as the keys of an indicator and a source, and `kolom` the columns.
    """

    gebied = AreaField(
        label="Ook cijfers voor gebied",
        queryset=Area.objects.all(),
        required=False,
        empty_label="Kies een gebied",
    )
    indicator = forms.ModelChoiceField(
        label="Ook cijfers van", queryset=Indicator.objects.none(), required=False, empty_label="Kies een indicator"
    )
    bron = forms.ModelChoiceField(
        label="volgens bron", queryset=Source.objects.all(), required=False, empty_label="Kies een bron"
    )

    def __init__(self, data, *, sheet):
        super().__init__(data, auto_id="%s")
        self.fields["indicator"].queryset = sheet.indicators
        self.rows, self.columns = data.getlist("rij"), data.getlist("kolom")

    def clean(self):
        cleaned = self.cleaned_data
        if bool(cleaned.get("indicator")) != bool(cleaned.get("bron")):
            self.add_error("bron" if cleaned.get("indicator") else "indicator", "Kies een indicator en een bron.")
        elif cleaned.get("indicator"):
            self.rows.append(f"{cleaned['indicator'].pk}-{cleaned['bron'].pk}")
        if area := cleaned.get("gebied"):
            self.columns.append(str(area.pk))

    def chosen(self):
        """What to give to a Grid."""
        self.is_valid()
        pairs = [row.split("-") for row in self.rows]
        return {
            "areas": [int(key) for key in self.columns if _is_key(key)],
            "sources": [(int(one[0]), int(one[1])) for one in pairs if len(one) == 2 and all(map(_is_key, one))],
        }


def _is_key(text):
    return text.isascii() and text.isdecimal() and len(text) < 10


class UploadForm(forms.Form):
    file = WorkbookField(
        help_text="Een Excelbestand (.xlsx) met het blad Metingen. Welke namen er zijn, staat op het blad Namen."
    )
    reason = ReasonField(
        help_text="Nodig als het werkblad een cijfer wijzigt of weghaalt. Het staat daarna in de geschiedenis, met de"
        " naam van het bestand.",
        max_length=LONGEST_REASON,
    )
