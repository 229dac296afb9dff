"""The verbs of the models as actions on a list: first a page that says what can be done and asks for what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.template.response import TemplateResponse

from interventions.workflow import ROUND_VERBS, VERBS, Colour, Refused, about


@dataclass(frozen=True)
class Act:
    """One verb: `do(row, by=, version=, …)` and `why_not(row, user=)` are those of the model.

    `version` names the attribute that counts what the user saw of a row; "" when the verb does not ask for it.
    """

    name: str
    label: str
    do: Callable
    why_not: Callable
    version: str = ""
    needs: str = ""
    coloured: bool = False

    def form(self, data=None):
        fields = {}
        if self.coloured:
            fields["colour"] = forms.ChoiceField(label="Kleur", choices=[("", "Kies een kleur"), *Colour.choices])
        if self.needs:
            fields["reason"] = forms.CharField(label=self.needs.capitalize(), widget=forms.Textarea(attrs={"rows": 4}))
        return type("ActForm", (forms.Form,), fields)(data)

    def on(self, row, *, by, seen, filled_in):
        """Do it with `row`, of which the user saw the version `seen`."""
        versions = {"version": seen} if self.version else {}
        self.do(row, by=by, **versions, **filled_in)


def act_on(model_admin, request, rows, *, act):
    """Show what `act` would do with `rows`; when that was confirmed, do it with all of them or none."""
    confirmed = "confirmed" in request.POST
    form = act.form(request.POST if confirmed else None)
    if confirmed and form.is_valid():
        try:
            number = _do(act, request, rows, form.cleaned_data)
        except Refused as refused:
            model_admin.message_user(request, f"Er is niets gewijzigd. {refused}", messages.ERROR)
        else:
            model_admin.message_user(request, f"{act.label.capitalize()}: {number} gedaan.", messages.SUCCESS)
            return None
    judged = [(row, act.why_not(row, user=request.user)) for row in rows]
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": act.label.capitalize(),
        "act": act,
        "form": form,
        "possible": [(row, getattr(row, act.version, "")) for row, why in judged if not why],
        "refused": [(row, why) for row, why in judged if why],
        "selected": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/interventions/act.html", context)


def _do(act, request, rows, filled_in):
    with transaction.atomic():
        # In the order in which the rounds lock them, so that the two never wait for each other.
        chosen = list(rows.order_by("pk"))
        for row in chosen:
            with about(row):
                act.on(row, by=request.user, seen=_seen(request, row) if act.version else None, filled_in=filled_in)
    return len(chosen)


def _seen(request, row):
    """The version of `row` that stood on the page."""
    given = request.POST.get(f"version-{row.pk}", "")
    return int(given) if given.isdecimal() else None


def action(act):
    """`act` as the admin wants an action."""
    function = partial(act_on, act=act)
    function.__name__ = act.name
    function.short_description = act.label.capitalize()
    return function


def verb_of_update(model, name):
    """A verb of the voortgang (workflow.VERBS)."""
    return _verb(model, VERBS[name], version="version")


def verb_of_round(model, name):
    """A verb of the round (workflow.ROUND_VERBS)."""
    return _verb(model, ROUND_VERBS[name])


def _verb(model, verb, *, version=""):
    return action(
        Act(
            name=verb.name,
            label=verb.label,
            do=getattr(model, verb.name),
            why_not=lambda row, *, user: row.why_not(verb.name, user=user),
            version=version,
            needs=verb.needs,
        )
    )
