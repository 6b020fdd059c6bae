"""What the environment may say. A wrong value stops the start with a sentence that says how to put it right.

No sentence repeats what may hold a password.
"""

import logging
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator, validate_email

KEY_LENGTH = 64  # bytes of chance in a secret key
LEAST_KEY, LEAST_VARIETY = 50, 5  # characters, and different ones: what Django's check --deploy asks for
SWITCHES = {"": False, "0": False, "false": False, "no": False, "off": False}
SWITCHES |= {"1": True, "true": True, "yes": True, "on": True}
SCHEMES = ("sqlite", "postgres", "postgresql")

SQLITE: dict[str, Any] = {
    # A new connection with its pragmas costs more than most queries, and cannot be made while the disk is full.
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        # Take the write lock when a transaction begins: a later upgrade could not wait, only fail.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}
# A connection that is kept for a minute may have died with its server: it is asked before it is used.
POSTGRESQL: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def database_config(url: str) -> dict[str, Any]:
    """Return Django's settings for the database at `url`, tuned for its engine."""
    scheme = url.partition(":")[0]
    if scheme not in SCHEMES:
        raise ImproperlyConfigured(
            f"DATABASE_URL has the scheme {scheme!r}. Use sqlite:////absolute/path or postgres://user@host:5432/name."
        )
    tuning, engine = (SQLITE, "archsite.sqlite") if scheme == "sqlite" else (POSTGRESQL, None)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url, engine=engine)
    except ValueError:  # whose words may hold a part of the password
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Use sqlite:////absolute/path or postgres://user@host:5432/name,"
            " with %40 for @ in a password, %3A for : and %2F for /."
        ) from None
    options = tuning.get("OPTIONS", {}) | config.get("OPTIONS", {})
    if not config["NAME"] and "service" not in options:
        raise ImproperlyConfigured("DATABASE_URL names no database. Use postgres://user@host:5432/name.")
    return tuning | config | {"OPTIONS": options}


# How long those wait whom the site serves: for somebody else's lock, and for a statement. Commands wait for locks as
# long as the database lets them, and their statements may take what a migration takes.
LOCK_WAIT_S = 5
STATEMENT_S = 15


def limit_waiting(database: dict[str, Any]) -> None:
    """Let no request wait longer: change a database's settings before anything connects with them."""
    options = database["OPTIONS"]
    if database["ENGINE"].endswith("postgresql"):
        # Among 100,000 entries PostgreSQL would compile a search for 30 ms that takes 8.
        limits = {"jit": "off", "lock_timeout": f"{LOCK_WAIT_S}s", "statement_timeout": f"{STATEMENT_S}s"}
        ours = " ".join(f"-c {name}={value}" for name, value in limits.items())
        # What the address of the database says comes later, and so decides.
        options["options"] = f"{ours} {options.get('options', '')}".rstrip()
        options.setdefault("connect_timeout", LOCK_WAIT_S)
        options.setdefault("tcp_user_timeout", STATEMENT_S * 1000)
    else:
        options["timeout"] = LOCK_WAIT_S


SITE_PATH = re.compile(r"(/[0-9A-Za-z_~-][0-9A-Za-z._~-]*)*")


def site_url(url: str) -> SplitResult:
    """Return the parts of `url`: a scheme, a host, and the path below which the site lies, if it is not the root."""
    refusal = ImproperlyConfigured(
        f"SITE_URL is {url!r}. Give scheme and host, and the path if there is one, without a final slash, "
        "like https://catalog.example or https://example.org/catalog."
    )
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError as error:
        raise refusal from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not SITE_PATH.fullmatch(parts.path):
        raise refusal
    if url != f"{parts.scheme}://{parts.netloc}{parts.path}" or "@" in parts.netloc:
        raise refusal
    return parts


def refuse_script_name() -> None:
    """gunicorn would take it off each address, and only some of what names addresses would know."""
    if name := os.environ.get("SCRIPT_NAME"):
        raise ImproperlyConfigured(
            f"SCRIPT_NAME is {name!r}. Give the path in SITE_URL instead, like https://example.org/catalog, "
            "and let the proxy pass each address as it is."
        )


def origin(url: SplitResult) -> str:
    """As browsers write it: in small letters, and without the port that its scheme has anyway."""
    has_port = url.port not in (None, {"http": 80, "https": 443}[url.scheme])
    return f"{url.scheme}://{host_of(url)}" + (f":{url.port}" if has_port else "")


def host_of(url: SplitResult) -> str:
    """The host of `url` as headers write it: an IPv6 address in brackets."""
    host = url.hostname or ""
    return f"[{host}]" if ":" in host else host


HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\]")
ORIGIN = re.compile(rf"https?://(\*\.)?({HOST.pattern})(:\d+)?")


def several(name: str, value: str, *, each: re.Pattern[str], example: str) -> list[str]:
    """Return what stands between the commas of a variable, every one of which has to look like ``each``."""
    found = [one.strip() for one in value.split(",") if one.strip()]
    if wrong := next((one for one in found if not each.fullmatch(one)), ""):
        raise ImproperlyConfigured(f"{name} holds {wrong!r}. Give {example}, separated by commas.")
    return found


def host_names(value: str) -> list[str]:
    return several("ALLOWED_HOSTS", value, each=HOST, example="names without scheme and port, like catalog.example")


def origins(value: str) -> list[str]:
    return several("CSRF_TRUSTED_ORIGINS", value, each=ORIGIN, example="origins, like https://catalog.example")


# django-environ reads such addresses too, but takes "smtps" for STARTTLS, which is another port and another greeting,
# and a misspelt option for none.


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over; ``tls`` is "none", "starttls" (it begins in the clear) or "implicit"."""

    host: str
    port: int
    user: str
    password: str
    tls: str


MAIL_PORTS = {"none": 25, "starttls": 587, "implicit": 465}
MAIL_HINT = "Use smtps://user:password@host or smtp://user:password@host:587/?tls=starttls."


def mail_server(url: str) -> MailServer:
    """Return the parts of EMAIL_URL, which no refusal repeats: it holds a password."""
    try:
        parts = urlsplit(url)
        port, query = parts.port, dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:  # whose words may hold a part of the address
        raise ImproperlyConfigured(f"EMAIL_URL is no address of a mail server. {MAIL_HINT}") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ImproperlyConfigured(f"EMAIL_URL is no address of a mail server. {MAIL_HINT}")
    tls = "implicit" if parts.scheme == "smtps" else query.pop("tls", "none")
    if query or tls not in MAIL_PORTS or (tls == "implicit") != (parts.scheme == "smtps"):
        raise ImproperlyConfigured(f"EMAIL_URL has an option that is not known. {MAIL_HINT}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and tls == "none" and not is_loopback(parts.hostname):
        raise ImproperlyConfigured(f"EMAIL_URL would send its password for everybody to read. {MAIL_HINT}")
    return MailServer(parts.hostname, port or MAIL_PORTS[tls], user, password, tls)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def mail_sender(value: str) -> str:
    """Return EMAIL_FROM, an address or a name with one."""
    name, address = parseaddr(value)
    # What is more than one of these has a second address, or the end of a line and another header.
    if not passes(validate_email, address) or value not in (address, f"{name} <{address}>"):
        raise ImproperlyConfigured(
            f"EMAIL_FROM is {value!r}. Give an address, like desk@catalog.example or Catalogue <desk@catalog.example>."
        )
    return value


def security_contact(value: str) -> str:
    """Return SECURITY_CONTACT, whom security.txt names to whoever found a hole: a mail address or a page, as a URL."""
    scheme, _, address = value.partition(":")
    if not (passes(validate_email, address) if scheme == "mailto" else passes(HTTPS, value)):
        raise ImproperlyConfigured(
            f"SECURITY_CONTACT is {value!r}. Give mailto:security@catalog.example or https://catalog.example/report."
        )
    return value


def security_policy(value: str) -> str:
    """Return SECURITY_POLICY, the address of a page that says how reports are handled."""
    if not passes(HTTPS, value):
        raise ImproperlyConfigured(
            f"SECURITY_POLICY is {value!r}. Give the address of a page, like https://catalog.example/security."
        )
    return value


HTTPS = URLValidator(schemes=["https"])


def passes(validator: Callable[[str], object], value: str) -> bool:
    try:
        validator(value)
    except ValidationError:
        return False
    return True


def log_level(name: str) -> str:
    if name not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"LOG_LEVEL is {name!r}. Use DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    return name


def port_number(value: str) -> int:
    if not (value.isdecimal() and 0 < int(value) < 65_536):
        raise ImproperlyConfigured(f"PORT is {value!r}. Give a number from 1 to 65535.")
    return int(value)


def switch(name: str, value: str) -> bool:
    if value.lower() not in SWITCHES:
        raise ImproperlyConfigured(f"{name} is {value!r}. Use 1 for on, or 0 for off.")
    return SWITCHES[value.lower()]


HSTS = ("", "includeSubDomains", "preload")


def hsts(value: str) -> str:
    if value not in HSTS:
        raise ImproperlyConfigured(
            f"HSTS is {value!r}. Leave it out to bind this host alone, or give includeSubDomains to bind all below it,"
            " or preload to have browsers bind them before their first visit."
        )
    return value


def state_directory(value: str) -> Path:
    """Return STATE_DIRECTORY, the one that systemd's setting StateDirectory= made."""
    if not value.startswith("/") or ":" in value:  # systemd names several with colons between them
        raise ImproperlyConfigured(f"STATE_DIRECTORY is {value!r}. Give one absolute path, like /var/lib/archsite.")
    return Path(value)


def make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"Nothing can be written to {path}: {reason(error)}. Let the user whom the site runs"
        f" as write there, or name another directory with STATE_DIRECTORY."
    )


def reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def strong_key(key: str, *, source: str) -> str:
    """Return the key, which is of the environment or a file: whatever ``source`` says in a refusal."""
    if len(key) < LEAST_KEY or len(set(key)) < LEAST_VARIETY or key.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            f"{source} can be guessed: {LEAST_KEY} characters are needed, {LEAST_VARIETY} of them different."
            " Put there what this prints:"
            f" python3 -c 'import secrets; print(secrets.token_urlsafe({KEY_LENGTH}))'"
        )
    return key


def proxy_count(value: str) -> int:
    """How many addresses the proxies in front add to X-Forwarded-For: the client's is the first of them."""
    count = int(value) if re.fullmatch("[0-9]", value) else SWITCHES.get(value.lower())
    if count is None:
        raise ImproperlyConfigured(
            f"TRUST_PROXY is {value!r}. Give the number of addresses that your proxies add to X-Forwarded-For, from 0 "
            "to 9: 1 for one proxy, 2 for one behind another or for Google's balancer."
        )
    return int(count)


def secret_key(path: Path) -> str:
    """The key of a single machine, kept in `path`, which only its owner reads, and made there first if need be.

    Processes that race for it all get the same key.
    """
    try:
        return strong_key(path.read_text(encoding="ascii").strip(), source=f"The secret key in {path}")
    except (FileNotFoundError, NotADirectoryError):
        make_directory(path.parent)
    except (OSError, UnicodeDecodeError) as error:
        words = reason(error) if isinstance(error, OSError) else "it holds other characters than ASCII"
        raise ImproperlyConfigured(
            f"The secret key in {path} cannot be read: {words}. Give the file to the user whom the site runs as,"
            " or set SECRET_KEY, or name another directory with STATE_DIRECTORY."
        ) from error
    try:
        make_key(path)
    except OSError as error:
        raise cannot_write(path.parent, error) from error
    return secret_key(path)


def make_key(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_LENGTH))
        # A link, unlike a rename, never replaces: the first process wins and the others read what it wrote.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
