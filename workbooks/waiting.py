"""A workbook between its preview and its taking over: in media storage, so that any worker finds it."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import uuid4

from django.core.files.storage import default_storage
from django.utils import timezone

FOLDER, KEY = "werkbladen", "werkblad"
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """A workbook that was uploaded on a page, with what was chosen there; `path` is its place in storage."""

    path: str
    for_page: str
    file_name: str
    options: dict

    def open(self):
        return default_storage.open(self.path)


def keep(session, file, *, for_page, **options):
    """Let a file wait in this session, in the place of the one that waited; those of others for a day at most."""
    discard(session)
    _clean_up()
    path = default_storage.save(f"{FOLDER}/{uuid4()}.xlsx", file)
    session[KEY] = asdict(Waiting(path, for_page, file.name, options))


def waiting_for(session, *, for_page):
    """The workbook that waits in this session for the page `for_page`, or None."""
    waiting = Waiting(**session[KEY]) if KEY in session else None
    if waiting and waiting.for_page == for_page and default_storage.exists(waiting.path):
        return waiting
    return None


def discard(session):
    """Let nothing wait in this session any more."""
    if waiting := session.pop(KEY, None):
        default_storage.delete(waiting["path"])


def _clean_up():
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(path) < timezone.now() - KEPT:
            default_storage.delete(path)
