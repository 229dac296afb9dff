"""The figures that ship with the project; conftest.py loads them once for a whole module of tests."""

from io import StringIO

from django.core.management import call_command


def load():
    """The lines that `manage.py load_indicators` prints."""
    output = StringIO()
    call_command("load_indicators", stdout=output)
    return output.getvalue().splitlines()
