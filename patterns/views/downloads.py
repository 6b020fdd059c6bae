"""The data to take away."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from json import dumps
from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from patterns.files.formats import FORMATS
from patterns.files.schema import file_schema
from patterns.models import Pattern
from patterns.models.statement import statement
from patterns.store.exports import Export, export_entry, export_public, stream
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public, released, versioned
from patterns.views.rendering import whole_address

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)


@public
def catalog_file(request: HttpRequest, *, format: str) -> HttpResponseBase:
    if format == "toml":
        return catalog_toml(request)
    return file_of(request, read=export_public, name="catalog", format=format)


@statement
def published_at(slug: str) -> QuerySet[Pattern, int]:
    return Pattern.objects.published().filter(slug=slug).values_list("pk", flat=True)


WHOLE_LENGTH = 1_000_000  # characters of a file that is answered as a whole, and may be kept as a published page


@versioned
def catalog_toml(request: HttpRequest) -> HttpResponseBase:
    """The whole public catalogue; a large one is sent while it is read, in the memory of a few entries."""
    pieces, start, length = stream(published=True), [], 0
    for piece in pieces:
        start.append(piece)
        length += len(piece)
        if length > WHOLE_LENGTH:
            return saved_as("catalog", "toml", StreamingHttpResponse(begun(start, pieces)))
    return saved_as("catalog", "toml", HttpResponse("".join(start)))


def begun(start: list[str], rest: Generator[str]) -> Iterator[str]:
    """The pieces that were read and those that were not.

    Begun already, so that closing it closes the rest too, even where nobody asked for anything: to HEAD, for instance.
    """

    def pieces() -> Iterator[str]:
        with closing(rest):
            yield ""
            yield from start
            yield from rest

    all_pieces = pieces()
    next(all_pieces)
    return all_pieces


def saved_as(name: str, format: str, response: AnyResponse) -> AnyResponse:
    """The answer as a file that browsers save."""
    response.headers["Content-Type"] = FORMATS[format].content_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


@public
def pattern_file(request: HttpRequest, slug: str, *, format: str) -> HttpResponse:
    # Asked before anything is read or compared: only a published entry has a file that could still be good.
    if not published_at(slug):
        return moved_or_gone(request, slug, view=f"patterns:pattern_{format}")
    return file_of(request, read=partial(export_entry, slug), name=slug, format=format)


@public
@released
def schema_file(request: HttpRequest) -> HttpResponse:
    """What a file may hold; its address is its name, so it is shown rather than saved."""
    return HttpResponse(
        dumps(file_schema(address=whole_address("catalog_schema"))), content_type="application/schema+json"
    )


@versioned
def file_of(request: HttpRequest, *, read: Callable[[], Export | None], name: str, format: str) -> HttpResponse:
    """What readers may take away, as a file that browsers save."""
    export = read()
    if export is None:  # it left the public since it was asked for
        raise Http404
    return saved_as(name, format, HttpResponse(export.written(FORMATS[format])))
