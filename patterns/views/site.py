"""The pages of the site as a whole, and what browsers ask of it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse

from patterns.models import Catalog, Pattern, Revision
from patterns.models.statement import statement
from patterns.views.category import shown_categories
from patterns.views.freshness import public, released, released_at
from patterns.views.lab.demonstration import clearest
from patterns.views.lab.index import examined_entries
from patterns.views.rendering import render_page, render_xml
from patterns.views.symptoms import asked_symptoms

CARD_COUNT = 60  # beyond that the home page names the list instead
CHANGED_COUNT = 6


@statement
def first_entries() -> QuerySet[Pattern]:
    return Pattern.objects.published().in_code_order().for_cards()[: CARD_COUNT + 1]


@statement
def changed_lately() -> QuerySet[Pattern]:
    newest = Revision.objects.filter(pattern=OuterRef("pk")).order_by("-change_id")
    public = Pattern.objects.published().only("slug", "name", "updated_at")
    given = public.annotate(reason=Subquery(newest.values("change__public_reason")[:1]))
    return given.order_by("-updated_at", "pk")[:CHANGED_COUNT]


@public
def home_page(request: HttpRequest) -> HttpResponse:
    # A catalogue that is too long for cards says so, and leads to the list.
    found = first_entries()
    shown = found[:CARD_COUNT]
    return render_page(
        request,
        "patterns/home.html",
        path=reverse("patterns:home"),
        categories=shown_categories(),
        patterns=shown,
        has_more=len(found) > CARD_COUNT,
        changed=changed_lately(),
        symptoms=asked_symptoms(shown),
        demonstration=clearest(examined_entries()),
    )


@public
def about_page(request: HttpRequest) -> HttpResponse:
    # The page shows how to cite with an entry that is really there.
    example = Pattern.objects.published().in_code_order().only("code", "slug", "name", "updated_at").first()
    return render_page(
        request, "patterns/about.html", path=reverse("patterns:about"), example=example, site=settings.SITE_URL
    )


@public
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon when a page, such as a download, names none."""
    return HttpResponseRedirect(static("patterns/logo.svg"))


@public
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser may search the catalogue from its address bar."""
    return render_xml(
        request,
        template="patterns/opensearch.xml",
        content_type="application/opensearchdescription+xml",
        read=lambda: {"catalog": Catalog.objects.get()},
    )


@public
def security_file(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the site (RFC 9116); 404 where the operator names nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    return security_contacts(request)


@released
def security_contacts(request: HttpRequest) -> HttpResponse:
    # By no clock: a site on which nobody installed anything for a year should not be believed any more.
    expires = datetime.fromtimestamp(released_at(), UTC) + timedelta(days=365)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{request.path}",
        *([f"Policy: {settings.SECURITY_POLICY}"] if settings.SECURITY_POLICY else []),
    ]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
