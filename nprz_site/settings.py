"""The settings of one installation: one file, driven by the environment, safe by default.

The variables are listed in README.md. Without DEBUG the application refuses to start without SECRET_KEY,
ALLOWED_HOSTS and DATABASE_URL; `manage.py` turns DEBUG on for a checkout that sets none of them.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = (BASE_DIR / env.str("DATA_DIR", default=".data")).resolve()
missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not env.str(name, default="")]
if missing and not DEBUG:
    raise environ.ImproperlyConfigured(f"Without DEBUG, {' and '.join(missing)} must be set")

if DEBUG:
    SECRET_KEY = env.str("SECRET_KEY", default="insecure, for development only")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

INSTALLED_APPS = [
    "nprz_site",
    "accounts",
    "programme",
    "interventions",
    "indicators",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_prose_editor",
    "django_tables2",
    "import_export",
    "js_asset",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "nprz_site.requests.identify",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nprz_site.requests.keep_private",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every view asks for a login unless it opts out by name (@login_not_required), as allauth's own do.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "nprz_site.urls"
WSGI_APPLICATION = "nprz_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nprz_site.context.site",
            ]
        },
    }
]

# A connection per thread, kept open: no pool (it stalls after a restart of the server).
DATABASES = {"default": env.db_url("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that all processes together count towards the rate limits of login.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # In files, by the hash of what is drawn: nothing in it ever becomes wrong, and it may be thrown away.
    "charts": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "charts",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# Named, because tests run with settings.DEBUG off.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA_DIR / "media"
BACKUP_DIR = DATA_DIR / "backups"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a grid of figures has two for each cell

vars().update(
    env.email_url("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}" if DEBUG else "smtp://localhost:25")
)
# Where the pages stand, for what is written without a request.
SITE_URL = f"http://localhost:{env.int('PORT', default=8000)}" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
DEFAULT_FROM_EMAIL = f"noreply@{ALLOWED_HOSTS[0].lstrip('.')}"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# Sign-up is closed: the bureau enters every address, so a second round of verification would only lock people out.
ACCOUNT_EMAIL_VERIFICATION = "none"
# An unknown address that asks for a new password would otherwise get a mail with a sign-up link.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"renew_invitation": "20/h/ip,3/h/key"}  # the key is the person
INVITATION_DAYS = 14  # long enough for a holiday
# Production stands behind one reverse proxy, which sets X-Forwarded-For and X-Forwarded-Proto itself and passes on
# no such header from outside. Without the first, everyone would share one rate limit; without the second, the
# redirect to https would never end.
ALLAUTH_TRUSTED_PROXY_COUNT = 0 if DEBUG else 1
SECURE_PROXY_SSL_HEADER = None if DEBUG else ("HTTP_X_FORWARDED_PROTO", "https")

# Whoever asks whether the application lives, does so beside the proxy, without https.
SECURE_REDIRECT_EXEMPT = [r"^gezond/$"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The nonce is for the import map of the text editor, which has to stand in the page; without it on a page,
        # the header has none either.
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"request": {"()": "nprz_site.requests.Formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "request"}},
    "loggers": {"django": {"level": "NOTSET"}},  # without handlers of its own: it would say everything twice
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
