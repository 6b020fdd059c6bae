"""What every public page has: the catalogue's header and its own address."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from patterns.models import Catalog


def render_page(request: HttpRequest, template: str, *, path: str, **context: Any) -> HttpResponse:
    """Render a page whose one address is ``path``, whatever the reader asked for."""
    catalog = Catalog.objects.get()
    return render(request, template, {"catalog": catalog, "canonical": f"{settings.SITE_URL}{path}", **context})
