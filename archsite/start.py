"""What must be there before the site is served. What is not ends the start with one sentence and exit code 1.

So it does while the database is away: a process that was just started has no page in memory, and so none for readers.
Whoever starts it (systemd, Kubernetes) tries again, and in a rolling restart the old process goes on, with its pages.
One that is serving already does not end: it answers from memory, and is well again as soon as the database is.
"""

import errno
import os
import socket
from importlib import import_module
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.urls import get_resolver

PAGES_NEED = "patterns/logo.svg"  # every page names the logo
PATIENCE_S = 3  # with processes whose gunicorn was killed: they notice it within a second or two


class CannotStart(Exception):
    """Its text is a sentence for who runs the site."""


def check_site() -> None:
    """Load all of it, and look for what it needs.

    Raises CannotStart or ImproperlyConfigured, and whatever a release raises that cannot be loaded.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archsite.settings")
    check_static_files()
    import_module("archsite.wsgi")
    get_resolver().url_patterns  # noqa: B018 - loads every view
    check_database()


def check_static_files() -> None:
    if settings.DEBUG:
        return
    try:
        staticfiles_storage.url(PAGES_NEED)
    except (ValueError, OSError):
        raise CannotStart(
            f"No static files can be read in {settings.STATIC_ROOT}. Run make install, or set DEBUG=1."
        ) from None


def check_database() -> None:
    from patterns.store.migrations import schema_gap  # the models are there only now

    try:
        gap = schema_gap(connection)
    except DatabaseError as error:
        raise CannotStart(sentence_of(error)) from error
    finally:
        connection.close()
    if gap:
        raise CannotStart(str(gap))


def sentence_of(error: DatabaseError) -> str:
    """Why the database did not do what it was asked for, and whether another schema is to blame."""
    from patterns.store.migrations import schema_gap

    words = " ".join(str(error).split()).rstrip(".?")
    database = settings.DATABASES["default"]
    try:
        if gap := schema_gap(connection):
            return f"{gap} (The database said: {words}.)"
    except DatabaseError:
        if connection.vendor == "sqlite":
            return (
                f"The database {database['NAME']} cannot be opened: {words}. Let the user whom the site runs as read"
                " and write it and its directory, or name another with STATE_DIRECTORY or DATABASE_URL."
            )
        what = "Make it" if words.endswith("does not exist") else "Start it"
        return f"The database cannot be reached: {words}. {what}, or correct DATABASE_URL."
    return f"The database refused: {words}."


def check_address(address: Any) -> None:
    """Whether gunicorn can have an address, before it says in twelve lines of its log that it cannot."""
    if not isinstance(address, tuple):  # a Unix socket takes the place of an old one
        return
    host, port = address
    until = monotonic() + PATIENCE_S
    while (error := refusal_of(host, port)) is not None and error.errno == errno.EADDRINUSE and monotonic() < until:
        sleep(0.1)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        words = f"Port {port} of {host} is taken by another program. Stop it, or choose another port with PORT."
    elif error.errno == errno.EACCES:
        words = f"Port {port} is only for root. Choose one above 1023 with PORT, with a proxy in front of it."
    else:
        words = f"{host}:{port} is no address of this machine. Correct --bind."
    raise CannotStart(words) from error


def refusal_of(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
