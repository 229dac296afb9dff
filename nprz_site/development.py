"""What `manage.py` assumes about a checkout that nobody configured."""

import os
import sys
from pathlib import Path

import environ

from nprz_site import postgres

CHECKOUT = Path(__file__).resolve().parent.parent


def set_defaults():
    """Fill in the environment, before Django reads it.

    DEBUG goes on when neither DATABASE_URL nor SECRET_KEY is set; with DEBUG and without DATABASE_URL this process
    uses the embedded server in DATA_DIR, for as long as it lives.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nprz_site.settings")
    env = environ.Env()
    if "DATABASE_URL" not in env and "SECRET_KEY" not in env:
        os.environ.setdefault("DEBUG", "1")
    if env.bool("DEBUG", default=False) and "DATABASE_URL" not in env:
        try:
            os.environ["DATABASE_URL"] = postgres.join(CHECKOUT / env.str("DATA_DIR", default=".data"))
        except postgres.ServerError as error:
            sys.exit(str(error))
