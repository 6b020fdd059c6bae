"""The site as WSGI without its store, each answer with the number of its statements in the header X-Queries."""

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

site = import_string("archsite.wsgi.django")

from django.db import connection  # noqa: E402 - settings are read now


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    count = 0

    def counted(execute: Any, *statement: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*statement)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Queries", str(count))], *rest)

    with connection.execute_wrapper(counted):
        found: Iterable[bytes] = site(environ, start)
    return found
