"""Print the speed table; the exit status is 1 when a ratio is above its limit."""

import importlib
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

from nprz_site import postgres


def set_up(folder):
    """Start Django on a database of its own, with the plan and the demonstration in it."""
    os.environ |= {
        "DEBUG": "1",
        "DATA_DIR": folder,
        "DATABASE_URL": postgres.join(folder, throwaway=True),
        "DJANGO_SETTINGS_MODULE": "nprz_site.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    with open(os.devnull, "w") as nowhere:
        call_command("migrate", verbosity=0)
        call_command("load_plan", stdout=nowhere)
        call_command("load_demo", stage="review", stdout=nowhere)
        call_command("load_indicators", stdout=nowhere)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    setup_test_environment()  # DEBUG off, as in production


def main():
    # In the temporary folder, which the server's own user can enter.
    set_up(tempfile.mkdtemp(prefix="nprz-bench-"))
    names = [module.name for module in pkgutil.iter_modules([Path(__file__).parent]) if module.name != "__main__"]
    rows = [importlib.import_module(f"bench.{name}").measure() for name in names]
    print(f"{'':48}{'van ons':>11}{'kaal':>11}{'verhouding':>13}{'hoogstens':>12}")  # noqa: T201 (its output)
    for row in rows:
        print(  # noqa: T201
            f"{row.name:48}{row.ours * 1000:8.1f} ms{row.bare * 1000:8.1f} ms{row.ratio:13.2f}{row.limit:12.1f}"
        )
    sys.exit(any(row.ratio > row.limit for row in rows))


if __name__ == "__main__":
    main()
