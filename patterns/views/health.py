"""Two answers for machines: is the process alive, and may it be sent readers."""

import logging
import os

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from patterns.views.freshness import RELEASE, public

logger = logging.getLogger(__name__)

# Migrations are only ever added by a new release, which is a new process: once applied, they stay so.
_migrated: set[str] = set()


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return _answer("ok")


@public
def readyz(request: HttpRequest) -> HttpResponse:
    try:
        is_migrated = _is_migrated()
    except DatabaseError:
        logger.exception("the database cannot be reached")
        return _answer("database unreachable", status=503)
    if not is_migrated:
        return _answer("migrations pending", status=503)
    return _answer("ok") if _has_static_files() else _answer("static files not collected", status=503)


def _answer(text: str, *, status: int = 200) -> HttpResponse:
    # During a restart old and new processes answer at one address: who waits for the new ones has to know them.
    who = {"X-Release": RELEASE[:12], "X-Server": str(os.getppid())}
    headers = {"Cache-Control": "no-store", **who}
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain", headers=headers)


def _is_migrated() -> bool:
    with connection.cursor() as cursor:
        # Asked every time: what is remembered of the migrations says nothing of a database that went away.
        cursor.execute("SELECT 1")
    if connection.alias not in _migrated:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _migrated.add(connection.alias)
    return connection.alias in _migrated


def _has_static_files() -> bool:
    """Every page names the logo; without the manifest, none can be rendered."""
    try:
        static("patterns/logo.svg")
    except ValueError:
        return False
    return True
