"""The application for the server (granian): never in DEBUG of its own accord."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nprz_site.settings")
application = get_wsgi_application()
