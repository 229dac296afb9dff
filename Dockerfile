# The application as docs/installatie.md installs it: granian, not as root, its data in /data.
# PostgreSQL and the reverse proxy are other containers. The programs of PostgreSQL, for backup and restore, are of the
# version of this Debian (17): the server may be as old, or older, but not newer.
FROM python:3.11-slim-trixie

RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 1000 --home-dir /data --create-home --skel /var/empty nprz

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY . .
ENV PYTHONUNBUFFERED=1 DATA_DIR=/data
# Collecting needs settings, but none that count: no key, host or database stays in the image.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build/build python manage.py collectstatic --no-input

USER nprz
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=20s CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(web.Request('http://127.0.0.1:8000/gezond/', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=10)"]
CMD ["granian", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "--workers=2", "--blocking-threads=8", "--log-level=error", "nprz_site.wsgi:application"]
