"""The data to take away."""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.entry import Entry
from patterns.document.prose import Target
from patterns.files import markdown
from patterns.files.json import write_json
from patterns.files.schema import file_schema
from patterns.files.sheet import write_csv
from patterns.models import Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.store.exports import Export, export_public
from patterns.store.reading import consistent_read
from patterns.views.conditional import public, released, versioned
from patterns.views.redirects import elsewhere
from patterns.views.related import others


@dataclass(frozen=True)
class Format:
    content_type: str
    write: Callable[[Export], str]


@public
def catalog(request: HttpRequest, *, format: str) -> HttpResponse:
    return file(request, patterns=Pattern.objects.published(), name="catalog", format=format)


@public
def pattern(request: HttpRequest, slug: str, *, format: str) -> HttpResponse:
    found = Pattern.objects.published().filter(slug=slug)
    if not found.exists():
        return elsewhere(request, slug, view=f"patterns:pattern_{format}")
    return file(request, patterns=found, name=slug, format=format)


@public
@released
def schema(request: HttpRequest) -> HttpResponse:
    """What a file may hold; its address is its name, so it is shown rather than saved."""
    address = f"{settings.SITE_URL}{reverse('patterns:catalog_schema')}"
    return HttpResponse(dumps(file_schema(address=address)), content_type="application/schema+json")


@versioned
def file(request: HttpRequest, *, patterns: PatternQuerySet, name: str, format: str) -> HttpResponse:
    """The published ones of these entries, as a file that browsers save."""
    with consistent_read():
        text = FORMATS[format].write(export_public(patterns))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format}"'}
    return HttpResponse(text, content_type=FORMATS[format].content_type, headers=headers)


def toml(export: Export) -> str:
    return export.toml


def json(export: Export) -> str:
    return write_json(export.document, base=export.base, partial=export.partial)


def csv(export: Export) -> str:
    return write_csv(export.document, base=export.base, partial=export.partial)


def md(export: Export) -> str:
    """Its entries one after the other, related to each other and to those that the export leaves out."""
    return "\n".join(map(markdown_of, export.document.entries.values()))


def markdown_of(entry: Entry) -> str:
    around = others(entry)
    related = [markdown.Related(one.label, one.pattern.name, page(one.pattern), one.why) for one in around.related]
    targets = {code: Target(one.name, page(one)) for code, one in around.public.items()}
    return markdown.write_markdown(entry, address=page(entry), related=related, targets=targets)


def page(pattern: Entry | Pattern) -> str:
    return f"{settings.SITE_URL}{reverse('patterns:pattern', args=[pattern.slug])}"


FORMATS = {
    "toml": Format("application/toml; charset=utf-8", toml),
    "json": Format("application/json", json),
    "csv": Format("text/csv; charset=utf-8", csv),
    "md": Format("text/markdown; charset=utf-8", md),
}
