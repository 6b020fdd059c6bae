"""The addresses below /api/v1/. The library's operations and our own views are only read, and refuse alike."""

from django.urls import URLPattern, path, re_path

from patterns.api.docs import docs, openapi
from patterns.api.operations import api
from patterns.api.problems import not_found
from patterns.api.reading import reading

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
