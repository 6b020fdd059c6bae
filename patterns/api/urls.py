"""The addresses below /api/v1/. The library's operations and our own views are only read, and refuse alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from patterns.api.docs import docs, openapi
from patterns.api.operations import api
from patterns.api.problems import READING, not_allowed, not_found


def reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only read, as public pages are, with a problem as the refusal."""

    @wraps(view)
    def answer(request: HttpRequest, **given: Any) -> HttpResponse:
        return view(request, **given) if request.method in READING else not_allowed(request.method)

    return csrf_exempt(answer)


operations, _, _ = api.urls


def routed(one: URLPattern) -> URLPattern:
    """An operation of the library under a name of ours."""
    return path(str(one.pattern), reading(one.callback), name=f"api_{one.name}")


urlpatterns = [
    *(routed(one) for one in operations if isinstance(one, URLPattern) and one.name != "api-root"),
    path("openapi.json", reading(openapi), name="api_openapi"),
    path("docs", reading(docs), name="api_docs"),
    re_path("", reading(not_found)),
]
