"""A workbook comes in on a page: chosen, looked at, and then taken over, whole or not at all."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.refusals import Refused

from . import waiting
from .taking_over import ALREADY_THERE, Outdated

PER_PAGE = 50


class Intake:
    """What is done with the requests about one kind of workbook, on the page where it comes in.

    A kind says where it is: `namespace` and `args` of its URLs 'import_workbook', 'take_over_workbook' and
    'discard_workbook', and `templates`, the folder with its 'import.html' and 'preview.html'. `form_class` asks for
    the `file`; what else it asks are options of `look_at` and `apply`. Where a file may name what does not exist,
    `where_to_add` holds the name of the URL where a beheerder adds it.
    """

    namespace = templates = ""
    form_class = None
    where_to_add = {}

    def __init__(self, request, *args):
        self.request, self.args = request, args

    def look_at(self, file, **options):
        """What the file would change: with `changes`, `summary` and `fingerprint`. Raises Refused."""
        raise NotImplementedError

    def apply(self, file, *, file_name, shown, **options):
        """Take the file over when it does what was `shown`; returns what `look_at` does. Raises Refused, Outdated."""
        raise NotImplementedError

    def initial(self):
        """What the form says before anything is chosen."""
        return {}

    def context(self):
        """What the templates say besides."""
        return {}

    def answer(self):
        """Choose a file; when one was chosen and can be taken, what it would change."""
        if self.request.method == "POST":
            return self._look_at_upload()
        if chosen := self._waiting():
            return self._preview(chosen)
        return self._page(form=self.form_class(initial=self.initial()))

    def take_over(self):
        """Take the file that waits over, as it was shown."""
        chosen = self._waiting()
        if chosen is None:
            messages.error(self.request, "Er staat geen werkblad meer klaar. Kies het opnieuw.")
            return self._back()
        shown = self.request.POST.get("shown", "")
        try:
            with chosen.open() as file:
                preview = self.apply(file, file_name=chosen.file_name, shown=shown, **chosen.options)
        except Outdated as outdated:
            return self._preview(chosen, outdated=outdated)
        except Refused as refused:
            return self._refused(chosen.file_name, refused, chosen.options)
        waiting.discard(self.request.session)
        messages.success(self.request, f"{chosen.file_name} is overgenomen: {preview.summary}")
        return self._back()

    def discard(self):
        """Let the file that waits go."""
        waiting.discard(self.request.session)
        return self._back()

    def _url(self, name):
        return reverse(f"{self.namespace}:{name}", args=self.args)

    def _back(self):
        return redirect(self._url("import_workbook"))

    def _waiting(self):
        return waiting.waiting_for(self.request.session, for_page=self._url("import_workbook"))

    def _look_at_upload(self):
        form = self.form_class(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self._page(form=form)
        options = dict(form.cleaned_data)
        file = options.pop("file")
        waiting.discard(self.request.session)
        try:
            preview = self.look_at(file, **options)
        except Refused as refused:
            return self._refused(file.name, refused, options)
        if preview.changes:
            waiting.keep(self.request.session, file, for_page=self._url("import_workbook"), **options)
        else:
            messages.info(self.request, f"{file.name}: {preview.summary}")
        return self._back()

    def _preview(self, chosen, *, outdated=None):
        """What the file that waits would change now."""
        try:
            with chosen.open() as file:
                preview = self.look_at(file, **chosen.options)
        except Refused as refused:
            return self._refused(chosen.file_name, refused, chosen.options)
        if not preview.changes:
            waiting.discard(self.request.session)
            messages.info(self.request, f"{chosen.file_name}: {ALREADY_THERE}")
            return self._back()
        context = self.context() | {
            "chosen": chosen,
            "preview": preview,
            "page": Paginator(preview.changes, PER_PAGE).get_page(self.request.GET.get("page")),
            "outdated": outdated,
            "take_over_url": self._url("take_over_workbook"),
            "discard_url": self._url("discard_workbook"),
        }
        return render(self.request, f"{self.templates}/preview.html", context, status=409 if outdated else 200)

    def _refused(self, name, refused, options):
        """The page with why nothing of the file was taken, and the form as it was filled in."""
        unknown = getattr(refused, "unknown", {}) if self.request.user.is_beheerder else {}
        return self._page(
            form=self.form_class(initial=options),
            name=name,
            refused=refused,
            # Adding is for the beheerder, so that the others are not sent to where they may not be.
            unknown=[(what, names, self.where_to_add[what]) for what, names in unknown.items()],
            status=409,
        )

    def _page(self, *, status=200, **context):
        return render(self.request, f"{self.templates}/import.html", self.context() | context, status=status)
