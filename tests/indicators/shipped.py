"""The figures that ship with the project, loaded once for a whole module of tests."""

from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from django.db import transaction


def load():
    """The lines that `manage.py load_indicators` prints."""
    output = StringIO()
    call_command("load_indicators", stdout=output)
    return output.getvalue().splitlines()


@contextmanager
def loaded_for_a_module(django_db_blocker):
    """What `load` printed; all is undone at the end. Each test still undoes its own changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)
