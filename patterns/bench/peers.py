"""What published pages are compared with, as WSGI for the same gunicorn: BENCH_FOLDER holds the bytes to answer with.

The views are what Django's tutorial makes of an entry and of a list, without anything that we know better.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import path
from django.views.decorators.cache import cache_page
from whitenoise import WhiteNoise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archsite.settings")
FOLDER = Path(os.environ["BENCH_FOLDER"])
settings.ROOT_URLCONF, settings.STATIC_ROOT = __name__, FOLDER  # before anything reads them
django = get_wsgi_application()

from patterns.models import Pattern  # noqa: E402 - there are models only now

ENTRY = engines["django"].from_string(
    """<!doctype html><html lang="en"><head><title>{{ pattern.name }}</title></head><body>
<h1>{{ pattern.name }}</h1><p><a href="/categories/{{ pattern.category.slug }}/">{{ pattern.category.name }}</a></p>
<p>{{ pattern.description }}</p>
<h2>Problem</h2>{{ pattern.problem|linebreaks }}<h2>Solution</h2>{{ pattern.solution|linebreaks }}
<ul>{% for one in pattern.applicability.all %}<li>{{ one.type }}: {{ one.text }}</li>{% endfor %}</ul>
<ul>{% for one in pattern.consequences.all %}<li>{{ one.quality }}, {{ one.type }}: {{ one.text }}</li>{% endfor %}</ul>
<ul>{% for one in pattern.relations.all %}<li>{{ one.type }} {{ one.target }}: {{ one.why }}</li>{% endfor %}</ul>
<ol>{% for one in pattern.steps.all %}<li>{{ one.sender }} → {{ one.receiver }}: {{ one.message }}</li>{% endfor %}</ol>
<ul>{% for one in pattern.references.all %}<li><a href="{{ one.url }}">{{ one.title }}</a></li>{% endfor %}</ul>
<ul>{% for one in pattern.known_as.all %}<li>{{ one.catalog }}: {{ one.name }}</li>{% endfor %}</ul></body></html>"""
)
LIST = engines["django"].from_string(
    """<!doctype html><html lang="en"><head><title>Entries</title></head><body><p>{{ page.paginator.count }} entries</p>
<ul>{% for one in page %}<li>
<a href="/patterns/{{ one.slug }}/">{{ one.name }}</a> {{ one.category.name }}: {{ one.description }}
</li>{% endfor %}</ul>
{% if page.has_next %}<a href="?page={{ page.next_page_number }}">Next</a>{% endif %}</body></html>"""
)
LIST_LENGTH = 50


def entry(request: HttpRequest, slug: str) -> HttpResponse:
    pattern = get_object_or_404(Pattern, slug=slug)
    return HttpResponse(ENTRY.render({"pattern": pattern}, request))


def entries(request: HttpRequest) -> HttpResponse:
    found = Pattern.objects.filter(status="published").select_related("category").order_by("code")
    if words := request.GET.get("q"):
        found = found.filter(description__icontains=words)
    page = Paginator(found, LIST_LENGTH).get_page(request.GET.get("page"))
    return HttpResponse(LIST.render({"page": page}, request))


urlpatterns = [
    path("entry/<slug:slug>/", entry),
    path("cached/<slug:slug>/", cache_page(3600)(entry)),
    path("entries/", entries),
    path("healthz", lambda request: HttpResponse("ok")),
]

alone = WhiteNoise(django, root=FOLDER, prefix="alone/")
constant = (FOLDER / "page.html.gz").read_bytes()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", str(len(constant))),
]


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/constant":
        start_response("200 OK", HEADERS)
        return [constant]
    answerer = alone if environ["PATH_INFO"].startswith("/alone/") else django
    found: Iterable[bytes] = answerer(environ, start_response)
    return found
