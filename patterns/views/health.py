"""Two answers for machines: is the process alive, and may it be sent readers."""

import logging
import os

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from patterns.store.migrations import Gap, schema_gap
from patterns.views.freshness import RELEASE, public

logger = logging.getLogger(__name__)

# Migrations are only ever added by a new release, which is a new process: once applied, they stay so. A schema that
# gets ahead later is that of a release which is about to take over, machine by machine: the old ones serve meanwhile.
_migrated: set[str] = set()


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return _answer("ok")


@public
def readyz(request: HttpRequest) -> HttpResponse:
    try:
        gap = _gap()
    except DatabaseError as error:  # asked every few seconds: a line each is enough
        logger.error("The database cannot be reached: %s", error)
        return _answer("database unreachable", status=503)
    if gap:
        return _answer("schema is ahead" if gap.unknown else "migrations pending", status=503)
    return _answer("ok") if _has_static_files() else _answer("static files not collected", status=503)


def _answer(text: str, *, status: int = 200) -> HttpResponse:
    # During a restart old and new processes answer at one address: who waits for the new ones has to know them.
    who = {"X-Release": RELEASE[:12], "X-Server": str(os.getppid())}
    headers = {"Cache-Control": "no-store", **who}
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain", headers=headers)


def _gap() -> Gap | None:
    with connection.cursor() as cursor:
        # Asked every time: what is remembered of the migrations says nothing of a database that went away.
        cursor.execute("SELECT 1")
    if connection.alias in _migrated:
        return None
    gap = schema_gap(connection)
    if not gap:
        _migrated.add(connection.alias)
    return gap


def _has_static_files() -> bool:
    """Every page names the logo; without the manifest, none can be rendered."""
    try:
        static("patterns/logo.svg")
    except ValueError:
        return False
    return True
