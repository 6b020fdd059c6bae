"""What every public page has: the catalogue's header and its own address."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from patterns.models import Catalog
from patterns.models.pattern import page_path
from patterns.models.statement import statement
from patterns.views.freshness import versioned

LICENCE_NAME, LICENCE = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"  # of the catalogue's texts


@statement
def headers() -> QuerySet[Catalog]:
    """The catalogue's one row, without what only imports need."""
    return Catalog.objects.only("title", "description", "keywords", "version")


def render_page(request: HttpRequest, template: str, *, path: str, **context: Any) -> HttpResponse:
    """Render a page whose one address is ``path``, whatever the reader asked for."""
    (catalog,) = headers()
    return render(request, template, {"catalog": catalog, "canonical": f"{settings.SITE_URL}{path}", **context})


def whole_address(name: str, *args: Any, suffix: str = "") -> str:
    """What other sites and programs need: it begins with SITE_URL, whatever host was asked.

    ``suffix`` begins with a question mark or a number sign.
    """
    return f"{settings.SITE_URL}{page_path(name, *args)}{suffix}"


def site_address(path: str) -> str:
    """The same of a path with its query; nothing of nothing."""
    return f"{settings.SITE_URL}{path}" if path else ""


# XML for machines.


NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not even as an escape


@versioned
def render_xml(
    request: HttpRequest, *, template: str, content_type: str = "application/xml", read: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """A template filled with what ``read`` returns, which is asked only if the reader's copy is old."""
    text = render_to_string(template, {"site": settings.SITE_URL, **read()})
    return HttpResponse(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text), content_type=f"{content_type}; charset=utf-8")
