"""Every setting. Only environment variables change them; without any, the site is safe and works on one machine."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF

from archsite import environment
from archsite import logging as log_lines

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything that runs writes here and nowhere else. systemd sets the variable by itself.
VAR_DIR = environment.state_directory(env.str("STATE_DIRECTORY", default="") or str(BASE_DIR / "var"))

DEBUG = environment.switch("DEBUG", env.str("DEBUG", default=""))
PORT = environment.port_number(env.str("PORT", default="") or "8000")
if _key := env.str("SECRET_KEY", default=""):
    SECRET_KEY = environment.strong_key(_key, source="SECRET_KEY")
else:
    SECRET_KEY = environment.secret_key(VAR_DIR / "secret_key")

# Where the site is

_site = environment.site_url(env.str("SITE_URL", default="") or f"http://127.0.0.1:{PORT}")
SITE_URL = environment.origin(_site)  # scheme and host: every path that follows it begins with SITE_PATH
SITE_PATH = _site.path  # below which all addresses lie, like "/catalog"; empty at the root of a host
FORCE_SCRIPT_NAME = SITE_PATH or None
environment.refuse_script_name()
_is_https = _site.scheme == "https"

_here = ["localhost", "127.0.0.1", "[::1]", environment.host_of(_site)]
ALLOWED_HOSTS = environment.host_names(env.str("ALLOWED_HOSTS", default="")) or _here
# Our own origin is one of them whatever a proxy says of it: many pass on the host without its port.
CSRF_TRUSTED_ORIGINS = [SITE_URL, *environment.origins(env.str("CSRF_TRUSTED_ORIGINS", default=""))]
ROOT_URLCONF = "archsite.urls"
WSGI_APPLICATION = "archsite.wsgi.application"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Database: every write path opens its own transaction, so ATOMIC_REQUESTS stays off

_database_url = env.str("DATABASE_URL", default="")
if not _database_url:
    environment.make_directory(VAR_DIR)
    _database_url = f"sqlite:///{quote(str(VAR_DIR / 'archsite.sqlite3'))}"
DATABASES = {"default": environment.database_config(_database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_is_postgresql = DATABASES["default"]["ENGINE"].endswith("postgresql")

# Mail: what the desk has to tell goes to this server; without one nothing is written that would have to be sent

_mail = environment.mail_server(url) if (url := env.str("EMAIL_URL", default="")) else None
SENDS_MAIL = _mail is not None
if _mail:
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.tls == "starttls", _mail.tls == "implicit"
EMAIL_TIMEOUT = 10  # seconds, for each answer of the server
_sender = env.str("EMAIL_FROM", default="")
DEFAULT_FROM_EMAIL = environment.mail_sender(_sender) if _sender else f"archsite@{_site.hostname}"

# Applications

INSTALLED_APPS = [
    "patterns",  # before the admin: its templates override the admin's
    "archsite.apps.ArchsiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *(["django.contrib.postgres"] if _is_postgresql else []),
    "import_export",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "archsite.middleware.outermost",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "archsite.middleware.AdminSession",
    "archsite.middleware.KnownHost",
    "django.middleware.csrf.CsrfViewMiddleware",
    "archsite.middleware.token_on_demand",
    "archsite.middleware.AdminAuthentication",
    "archsite.middleware.AdminMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # asks nothing of pages without a login
    "archsite.limits.too_often",
]

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
            ]
        },
    }
]

FORM_RENDERER = "archsite.forms.FormRenderer"

# Accounts

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
_password_rules: dict[str, dict[str, int]] = {
    "UserAttributeSimilarityValidator": {},
    "MinimumLengthValidator": {"min_length": 12},
    "CommonPasswordValidator": {},
    "NumericPasswordValidator": {},
}
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
        for name, options in _password_rules.items()
    ),
    {"NAME": "archsite.passwords.CommonPiecesValidator"},
    {"NAME": "archsite.passwords.HouseWordsValidator"},
]

PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())

# After the fifth wrong password in a row, a name has to wait at an address: nobody can lock others out from elsewhere.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long it takes, and so it is
AXES_CLIENT_IP_CALLABLE = "patterns.admin.accounts.login_address"
AXES_LOCKOUT_CALLABLE = "patterns.admin.accounts.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_HANDLER = "patterns.admin.accounts.LoginCounter"
AXES_ENABLE_ADMIN = False  # ours shows the same read-only
AXES_VERBOSE = False
# What was typed beside the name is nobody's business: the token, and the text of a form whose session had ended.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "typed"]

# Eight hours without a request end a session. Who then sends a form signs in once more and is shown what was typed, to
# send it again (patterns.admin.site): the text travels in the page, so it is neither lost nor kept here for nobody.
SESSION_ENGINE = "archsite.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
# However busy somebody is, after a week the password is asked for again.
SESSION_LONGEST = timedelta(days=7)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False  # there is one language; to ask for each value in which one it is takes a fifth of a page

# Static files

STATIC_URL = f"{SITE_PATH}/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"  # a part of the program: where the site runs it is only read
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "archsite.stylesheets.BundlingStorage"},
}

WHITENOISE_ALLOW_ALL_ORIGINS = False

# Forms and uploads

FILE_UPLOAD_HANDLERS = ["archsite.middleware.ImportUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024**2  # what an import may hold, and the form around it
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000  # an entry with all its inlines, full, and each row ticked

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "patterns.admin.forgery.refused"
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers send "Origin: null", and the admin's login fails
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{SITE_PATH}/"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
# With this name a browser takes a cookie of this very host only, over HTTPS: no neighbour in the domain can plant one.
# It demands the root as the path; below another one the name says no more than HTTPS.
_of_this_host = ("__Secure-" if SITE_PATH else "__Host-") if _is_https else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_of_this_host}sessionid", f"{_of_this_host}csrftoken"
MESSAGE_COOKIE_NAME, MESSAGE_STORAGE = f"{_of_this_host}messages", "archsite.messages.MessageStorage"

SECURE_SSL_REDIRECT = _is_https
SECURE_REDIRECT_EXEMPT = [rf"^{re.escape(f'{SITE_PATH}/'[1:])}(healthz|readyz)$"]  # probes speak plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
# Hosts below this one may belong to others, and browsers do not forget for a year: they are bound only when asked for.
_hsts = environment.hsts(env.str("HSTS", default=""))
SECURE_HSTS_INCLUDE_SUBDOMAINS = _is_https and _hsts in ("includeSubDomains", "preload")
SECURE_HSTS_PRELOAD = _is_https and _hsts == "preload"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which ask for both from everybody
TRUST_PROXY = environment.proxy_count(env.str("TRUST_PROXY", default=""))
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Whom /.well-known/security.txt names, and where it is said what becomes of a report

_contact, _policy = env.str("SECURITY_CONTACT", default=""), env.str("SECURITY_POLICY", default="")
SECURITY_CONTACT = environment.security_contact(_contact) if _contact else ""
SECURITY_POLICY = environment.security_policy(_policy) if _policy else ""

# Import and export

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True  # a Change says more, and LogEntry fails for rows that are not model rows
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = False  # the library strips one "=" and alters JSON; our formats escape cells

# Logs

LOGGING = log_lines.logging_config(environment.log_level(env.str("LOG_LEVEL", default="").upper() or "INFO"))
