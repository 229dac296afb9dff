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
    """A workbook that was uploaded for the round of `year`; `path` is its place in storage."""

    path: str
    year: int
    file_name: str
    allow_new: bool

    def open(self):
        return default_storage.open(self.path)


def keep(session, file, *, year, allow_new):
    """Let a file wait in this session, in the place of the one that waited; those of others for a day at most."""
    discard(session)
    _clean_up()
    path = default_storage.save(f"{FOLDER}/{uuid4()}.xlsx", file)
    session[KEY] = asdict(Waiting(path, year, file.name, allow_new))


def waiting_for(session, *, year):
    """The workbook that waits in this session for the round of `year`, or None."""
    waiting = Waiting(**session[KEY]) if KEY in session else None
    if waiting and waiting.year == year and default_storage.exists(waiting.path):
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
