"""Sets up Django for the tests: on a server of their own, so that no test can touch an installation's data."""

import gc
import os
import tempfile

from nprz_site import postgres

os.environ["DEBUG"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "nprz_site.settings"
if "PYTEST_XDIST_WORKER" not in os.environ:  # workers share what the first process set up
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (mkdtemp makes a private folder in it)
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="nprz-tests-", dir=memory)
    os.environ["DATABASE_URL"] = postgres.join(os.environ["DATA_DIR"], throwaway=True)

from django.conf import settings

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# What thousands of requests leave behind is collected less often: it takes a tenth of the time of the tests.
gc.set_threshold(50_000, 20, 20)
