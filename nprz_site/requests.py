"""Which request a response and a line in the log belong to, and who may keep a response.

Every response says so in X-Request-ID, every line that is logged during the request does, and so does the page that a
person gets when something breaks.
"""

import logging
import re
import time
import traceback
import uuid
from contextvars import ContextVar

from django import db
from django.utils.cache import patch_cache_control

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
# What stands behind these in a path opens an account: it is for the mail alone, and goes into no log.
KEY_IN_PATH = re.compile(r"(/uitnodiging/|/account/password/reset/key/)[^/\s'\"]+")
# Of the request that this thread works on, or did last: what the server logs when it has the response is of it too.
current_id = ContextVar("current_id", default="")


def identify(get_response):
    """The middleware around all others: takes the number of the request over from the proxy, or makes one."""

    def middleware(request):
        given = request.headers.get(HEADER, "")
        current_id.set(given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex)
        response = get_response(request)
        response[HEADER] = current_id.get()
        return response

    return middleware


def keep_private(get_response):
    """The middleware that lets no cache of others keep a page, and one's own only to go back to.

    Not `no-store`: with that, a browser that goes back asks anew, and what was typed would be gone.
    """

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return middleware


class Formatter(logging.Formatter):
    """Lines with time, level, source and request; with an error also the key of the user, the method and the path.

    Never the key of a link that was mailed, nor what a person typed: of an exception it tells the type and the place,
    not the message, which quotes values. Of an error of the database it adds the code of PostgreSQL and what that is
    about.
    """

    def format(self, record):
        when = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created))
        start = f"{when} {record.levelname} {record.name} [{current_id.get() or '-'}] "
        text = about(record) + record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += "\n" + "".join(told(record.exc_info[1]))
        return "\n".join(start + line for line in KEY_IN_PATH.sub(r"\1…", text).splitlines())


def about(record):
    """Whose request it was and for which page, where the record knows; asks nothing of the database."""
    request = getattr(record, "request", None)
    if not hasattr(request, "path"):
        return ""
    user = getattr(request, "_cached_user", None)  # who it is was asked before, or nobody needed to know
    return f"user={user.pk if user else None} {request.method} {request.path!r} "


def told(error):
    """The lines of a traceback without the messages, causes first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from told(before)
        yield "which led to:\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}{of_database(error)}\n"


def of_database(error):
    cause = error.__cause__ if isinstance(error, db.Error) else None
    if not (about := getattr(cause, "diag", None)):
        return ""
    return f" ({cause.sqlstate}: {about.table_name}, {about.column_name}, {about.constraint_name})"
