"""The site as WSGI with a store that keeps nothing: whoever asks for a page is the first one who does."""

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

site, pages = import_string("archsite.wsgi.application"), import_string("archsite.wsgi.pages")


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    pages.clear()
    found: Iterable[bytes] = site(environ, start_response)
    return found
