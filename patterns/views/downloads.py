"""The data to take away."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from json import dumps
from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from patterns.document.entry import Entry
from patterns.document.prose import Target
from patterns.files import markdown
from patterns.files.formats import FORMATS
from patterns.files.schema import file_schema
from patterns.models import Pattern
from patterns.models.statement import statement
from patterns.store.exports import Export, export_entry, export_public, stream
from patterns.store.reading import consistent_read
from patterns.views.errors import moved_or_gone
from patterns.views.evidence import backed, cites_own_lab
from patterns.views.freshness import public, released, versioned
from patterns.views.lab.index import experiment_on
from patterns.views.relations import PatternLink, others
from patterns.views.rendering import whole_address

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)
MARKDOWN_TYPE = "text/markdown; charset=utf-8"


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
    response.headers["Content-Type"] = MARKDOWN_TYPE if format == "md" else FORMATS[format].content_type
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
    with consistent_read():
        # Markdown asks for the related entries apart, and they have to be of the same moment.
        export = read()
        if export is None:  # it left the public since it was asked for
            raise Http404
        text = markdown_text(export) if format == "md" else export.written(FORMATS[format])
    return saved_as(name, format, HttpResponse(text))


def markdown_text(export: Export) -> str:
    """Its entries one after the other, related to each other and to those that the export leaves out."""
    texts = []
    for entry in export.document.entries.values():
        address = whole_address("pattern", entry.slug)
        texts.append(markdown.write_markdown(entry, address=address, around=around(entry)))
    return "\n".join(texts)


def names_of(links: Iterable[PatternLink]) -> str:
    return ", ".join(one.name for one in links)


def around(entry: Entry) -> markdown.Surroundings:
    found = others(entry)
    consequences = backed(entry, experiment=experiment_on(entry) if cites_own_lab(entry) else None)
    return markdown.Surroundings(
        related=[
            markdown.RelatedEntry(one.label, one.pattern.name, whole_address("pattern", one.pattern.slug), one.why)
            for one in found.related
        ],
        owed=[
            markdown.RelatedEntry(
                "", one.pattern.name, whole_address("pattern", one.pattern.slug), one.why, through=names_of(one.through)
            )
            for one in found.owed
        ],
        targets={one.code: Target(one.name, whole_address("pattern", one.slug)) for one in found.public},
        figures={
            name: f"{backing.about}: {backing.text}"
            for one in consequences
            for name, backing in zip(one.consequence.evidence, one.backings, strict=True)
            if backing.kind == "lab"
        },
    )
