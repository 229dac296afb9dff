"""What the admin does with a model: reading, or reading and editing what has no rules of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters, get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import DateField, DecimalField
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import slugify
from import_export.admin import ExportMixin

from .export import Workbook, resource_for


@dataclass(frozen=True)
class Moment:
    """Something that happened to an object: when, by whom (None: unknown, or nobody) and what, in Dutch."""

    at: datetime
    by: Any
    what: str


def yes_no(name, title):
    """A column for the boolean field `name`, in words: the symbols of the admin have a name in English."""

    @admin.display(description=title, ordering=name)
    def shown(model_admin, obj):
        return "ja" if getattr(obj, name) else "nee"

    return shown


class Reading(ExportMixin, admin.ModelAdmin):
    """List, page, history and export of a model; what changes it are the verbs of the model, as actions or on a page.

    `export_fields` are exported besides the columns of the list.
    """

    export_fields = ()
    list_per_page = 100
    show_full_result_count = False  # one query less
    save_as_continue = False
    object_history_template = "admin/history.html"

    # Only what chooses rows for an action: the rest serves windows of its own, and jQuery writes inline styles.
    media = forms.Media(js=["admin/js/actions.js"])

    # Who may what; that somebody is a beheerder was checked by the site

    def has_module_permission(self, request):
        return True

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    # What is seen

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.visible_to(user=request.user) if hasattr(rows, "visible_to") else rows

    def history_of(self, obj):
        """What the application itself keeps of what happened to `obj`: Moments."""
        return ()

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        moments = [*self.history_of(obj), *_changed_here(obj)] if obj else []
        moments.sort(key=lambda one: one.at, reverse=True)
        return super().history_view(request, object_id, {"moments": moments} | (extra_context or {}))

    # Out

    def list_url(self):
        return reverse("admin:{}_{}_changelist".format(*self.get_model_info()))

    def export_action(self, request):
        """What the list shows, at once; what it cannot be filtered on is for the list to say."""
        try:
            rows = self.get_export_queryset(request)
        except IncorrectLookupParameters:
            return redirect(f"{self.list_url()}?{request.GET.urlencode()}")
        return self.export_of(request, rows)

    def export_of(self, request, rows):
        return self._do_file_export(Workbook(), request, rows)

    def get_export_filename(self, request, queryset, file_format):
        name = slugify(self.opts.verbose_name_plural.replace("'", ""))
        return f"{name}-{timezone.localdate()}.{file_format.get_extension()}"

    def get_export_resource_classes(self, request):
        return [resource_for(self, (*self.get_list_display(request), *self.export_fields))]


def _changed_here(obj):
    entries = LogEntry.objects.filter(content_type=get_content_type_for_model(obj), object_id=obj.pk)
    for entry in entries.select_related("user"):
        yield Moment(entry.action_time, entry.user, entry.get_change_message())


class Reference(Reading):
    """Words that the rest of the application uses: added and changed here, deleted while nothing uses them.

    A model that points at one may have a queryset method `fixed()`: those of its rows that go on saying what they say.
    That is not changed here either, but for `never_fixed`: the fields of which such a row says nothing. What is
    `given_once`, such as a code that files and addresses hold, is given when a row is added and never changes.
    """

    never_fixed = ()
    given_once = ()
    formfield_overrides = {
        DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        DecimalField: {"localize": True},
    }

    def has_add_permission(self, request):
        return True

    def has_change_permission(self, request, obj=None):
        return obj is None or bool(self.never_fixed) or not _is_fixed(obj)

    def get_readonly_fields(self, request, obj=None):
        if obj is None or not self.never_fixed or not _is_fixed(obj):
            return (*super().get_readonly_fields(request, obj), *(self.given_once if obj else ()))
        return [field for field in self.fields if field not in self.never_fixed]

    def has_delete_permission(self, request, obj=None):
        return obj is not None and not any(rows.exists() for rows in _pointing_at(obj))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # without the buttons that open windows
        return field

    def construct_change_message(self, request, form, formsets, add=False):
        """For the history: each field that changed, from what to what."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        return "; ".join(
            f"{form.fields[name].label}: {_in_words(form.fields[name], form.initial.get(name))}"
            f" → {_in_words(form.fields[name], form.cleaned_data[name])}"
            for name in form.changed_data
        )


def _in_words(field, value):
    """What a form field says with this value."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(field, forms.ModelMultipleChoiceField):
        value = ", ".join(map(str, value))
    elif isinstance(field, forms.ModelChoiceField):
        value = field.to_python(value)
    elif isinstance(field, forms.ChoiceField):
        value = dict(field.choices).get(value)
    return "leeg" if value in (None, "") else localize(value)


def _is_fixed(obj):
    for rows in _pointing_at(obj):
        if hasattr(rows, "fixed"):
            if rows.fixed().exists():
                return True
        elif rows.model._meta.app_label == obj._meta.app_label and any(map(_is_fixed, rows)):
            return True  # as the hoofdblok of a thema that is
    return False


def _pointing_at(obj):
    """The rows of other models that point at `obj`: a queryset for each relation."""
    for relation in obj._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.related_model._meta.auto_created:
            yield relation.related_model._default_manager.filter(**{relation.field.name: obj})
