from typing import Any

from django.http import HttpRequest, HttpResponse

from patterns.models import Catalog
from patterns.views.public import public
from patterns.views.xml import xml

CONTENT_TYPE = "application/opensearchdescription+xml"


@public
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser may search the catalogue from its address bar."""
    return xml(request, template="patterns/opensearch.xml", content_type=CONTENT_TYPE, read=header)


def header() -> dict[str, Any]:
    return {"catalog": Catalog.objects.get()}
