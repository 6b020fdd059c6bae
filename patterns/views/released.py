"""Answers that follow from the program alone: good until the next release."""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from patterns.views.versioned import rechecked

SOURCES = Path(__file__).parent.parent


@cache
def released_at() -> int:
    """When the newest of the program's files was written, in seconds since 1970."""
    return int(max(path.stat().st_mtime for path in SOURCES.rglob("*.py")))


def released(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let readers keep their copy of an answer for as long as its bytes are the same."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = view(request, **kwargs)
        response.headers["ETag"] = etag = f'"{sha256(response.content).hexdigest()[:32]}"'
        response.headers["Last-Modified"] = http_date(released_at())
        return get_conditional_response(request, etag=etag, last_modified=released_at(), response=response) or response

    return rechecked(answer)
