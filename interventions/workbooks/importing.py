"""Excel in: what a workbook would change in a round, and taking that over, whole or not at all."""

from dataclasses import dataclass, field, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.history import WayIn
from interventions.models import ImportLog, ProgressUpdate, RoundEvent
from interventions.workflow import refuse
from workbooks.reading import Faults, read_tables
from workbooks.taking_over import NOTHING, Outdated, fingerprint, hash_of

from .figures_sheet import FigureDraft, FiguresResource
from .layout import FIGURES, LAYOUTS, PLAN
from .plan_sheet import PlanDraft, PlanResource


@dataclass
class Change:
    """All that a workbook changes about one interventie; `plan` is None when it only changes figures."""

    title: str
    plan: PlanDraft | None = None
    figures: list[FigureDraft] = field(default_factory=list)

    @property
    def is_new(self):
        return self.plan is not None and self.plan.item is None

    @property
    def differences(self):
        rows = [self.plan, *self.figures] if self.plan else self.figures
        return [difference for row in rows for difference in row.differences]

    @property
    def titles(self):
        """Which cells change, in short: the columns of the plan and how many values."""
        plan = [difference.title for difference in self.plan.differences] if self.plan else []
        number = len(self.figures)
        return plan + [f"{number} {'waarde' if number == 1 else 'waarden'}"] * bool(number)

    def apply(self, *, reporting_round, by, file_name):
        """Do it, by the verbs that a page would use; what stands there now was looked at in the same transaction."""
        plan = self.plan
        update = plan.update if plan else self.figures[0].update
        if self.is_new:
            item = reporting_round.add_item(plan.content, by=by, way_in=WayIn.IMPORT)
            update = ProgressUpdate.objects.filter(plan_item=item).first()
        elif plan and plan.plan_changes:
            plan.item.change(plan.content, by=by, version=plan.item.version, way_in=WayIn.IMPORT)
        texts = plan.texts if plan else {}
        figures = {row.stored.pk: row.figure for row in self.figures if row.changes_figure}
        if texts or figures:
            content = replace(update.content(), **texts, figures=figures)
            update.save_draft(content, by=by, version=update.version, way_in=WayIn.IMPORT)
        for row in self.figures:
            if row.changes_target:
                row.stored.set_target(row.target, by=by)
        if plan and plan.changes_colour:
            reason = f"Uit werkblad {file_name}"
            update.set_colour(plan.colour, by=by, version=update.colour_version, reason=reason)


@dataclass(frozen=True)
class Preview:
    """What a workbook would change in a round, per interventie in the order of the workbook."""

    changes: list[Change]

    @property
    def fingerprint(self):
        """The same for two previews that show the same."""
        return fingerprint(self.changes)

    @property
    def rows(self):
        """How many rows of the sheets change something."""
        return sum(bool(change.plan) + len(change.figures) for change in self.changes)

    @property
    def summary(self):
        """In a sentence, as 'Niets veranderd.' or '3 interventies gewijzigd, 1 toegevoegd.'"""
        new = sum(change.is_new for change in self.changes)
        changed = len(self.changes) - new
        noun = "interventie" if changed == 1 else "interventies"
        parts = [f"{changed} {noun} gewijzigd"] * bool(changed) + [f"{new} toegevoegd"] * bool(new)
        return f"{', '.join(parts)}." if parts else NOTHING


def look_at(file, *, reporting_round, by, allow_new=False):
    """The Preview of a binary file, which changes nothing. In a number of queries that does not grow.

    Raises Refused when the round or the file cannot be taken; Faulty when it can be opened, with all that is wrong.
    Only a beheerder takes workbooks over.
    """
    if not by.is_beheerder:
        raise PermissionDenied
    refuse(reporting_round.why_not_change_plan(user=by))
    faults = Faults()
    tables = read_tables(file, LAYOUTS, faults)
    plan = PlanResource(reporting_round=reporting_round, user=by, allow_new=allow_new)
    plan.take(tables[PLAN.name], faults)
    figures = FiguresResource(reporting_round=reporting_round, user=by)
    figures.take(tables[FIGURES.name], faults)
    faults.raise_any()
    changes = {draft.item.pk if draft.item else draft.title: Change(draft.title, draft) for draft in plan.drafts}
    for draft in figures.drafts:
        item = draft.stored.reported_by
        changes.setdefault(item.pk, Change(str(item))).figures.append(draft)
    return Preview(list(changes.values()))


def take_over(file, *, reporting_round, by, file_name, allow_new=False, shown=None):
    """Take a binary file over into a round: all of it, or nothing. Returns the Preview of what changed.

    `shown` is the fingerprint of the preview that the user saw: when the file would do something else by now, Outdated
    is raised. Raises also what `look_at` does.
    """
    with transaction.atomic():
        locked = reporting_round.lock_plan(by=by)
        preview = look_at(file, reporting_round=locked, by=by, allow_new=allow_new)
        if shown is not None and shown != preview.fingerprint:
            raise Outdated(preview)
        for change in preview.changes:
            change.apply(reporting_round=locked, by=by, file_name=file_name)
        if preview.changes:
            _keep(preview, file, reporting_round=locked, by=by, file_name=file_name)
    return preview


def _keep(preview, file, *, reporting_round, by, file_name):
    """Tell the log of the workbooks, cell by cell, and the history of the round what was taken over."""
    ImportLog.objects.create(
        round=reporting_round,
        by=by,
        file_name=file_name,
        sha256=hash_of(file),
        summary=preview.summary,
        changes=[_logged(change) for change in preview.changes],
    )
    rows = "1 rij" if preview.rows == 1 else f"{preview.rows} rijen"
    reporting_round.events.create(
        verb=RoundEvent.Verb.IMPORT,
        by=by,
        to_state=reporting_round.state,
        reason=f"{file_name}, {rows} met een wijziging. {preview.summary}",
    )


def _logged(change):
    return {
        "interventie": change.title,
        "cellen": [
            {"kolom": one.title} | ({} if one.rich else {"was": str(one.before), "wordt": str(one.after)})
            for one in change.differences
        ],
    }
