"""The operations. Each answers from the catalogue as it is, in a few queries, and writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from pydantic import BaseModel

from patterns.api.answers import CatalogAnswer, CategoriesAnswer, CategoryAnswer, PatternsAnswer, StartAnswer
from patterns.api.entries import (
    BackedAnswer,
    EntryLinks,
    LabAnswer,
    OwedAnswer,
    PatternAnswer,
    RelatedAnswer,
    RevisionAnswer,
    RevisionsAnswer,
)
from patterns.api.parameters import ON_PAGE, ListParameters, NoParameters, PageParameters, renamed
from patterns.api.problems import gone_problem
from patterns.document.register import with_values
from patterns.models import Catalog, Category, Pattern
from patterns.search import ListQuery, search
from patterns.store.exports import named_among
from patterns.store.public_history import newest_entry, public_revisions, published_among
from patterns.views.errors import permanent_redirect, present_slug, retired_at
from patterns.views.freshness import released, versioned
from patterns.views.lab.index import trial_of
from patterns.views.relations import others
from patterns.views.rendering import whole_address
from patterns.views.sections import backed_by

REVISION_COUNT = 20


@released
def start(request: HttpRequest, *, parameters: NoParameters) -> HttpResponse:
    return json_response(StartAnswer.here())


@versioned
def catalog(request: HttpRequest, *, parameters: NoParameters) -> HttpResponse:
    return json_response(CatalogAnswer.of(Catalog.objects.get()))


@versioned
def categories(request: HttpRequest, *, parameters: NoParameters) -> HttpResponse:
    return json_response(CategoriesAnswer(items=tuple(map(CategoryAnswer.of, Category.objects.shown()))))


@versioned
def patterns(request: HttpRequest, *, parameters: ListParameters) -> HttpResponse:
    """Categories and kinds widen each other; qualities narrow. With words, the best matches come first."""
    # The parameters were checked; they are read as the page reads them, so that both answer alike.
    return json_response(PatternsAnswer.of(search(ListQuery.parse(renamed(request.GET, ON_PAGE)))))


def pattern(request: HttpRequest, *, slug: str, parameters: NoParameters) -> HttpResponse:
    if not Pattern.objects.published().filter(slug=slug).exists():
        return entry_elsewhere(request, slug, "api_pattern")
    return versioned(whole_entry)(request, slug=slug)


def revisions(request: HttpRequest, *, slug: str, parameters: PageParameters) -> HttpResponse:
    """What readers could have seen of it, newest first; changes that they could not see are left out."""
    if not Pattern.objects.published().filter(slug=slug).exists():
        return entry_elsewhere(request, slug, "api_revisions")
    return versioned(past_of_entry)(request, slug=slug, before=parameters.before)


def entry_elsewhere(request: HttpRequest, slug: str, view: str) -> HttpResponse:
    """The answer for a slug that no published entry has; raises Http404 unless one had it."""
    retired = retired_at(slug)
    if retired:
        return gone_problem(retired)
    return permanent_redirect(request, whole_address(view, present_slug(slug)))


def whole_entry(request: HttpRequest, *, slug: str) -> HttpResponse:
    found = newest_entry(slug)
    if found is None:  # it left the public since it was asked for
        raise Http404
    around, trial = others(found.entry), trial_of(found.entry)
    sources = {one.key: one.url for one in found.entry.references}
    successors = published_among((found.entry.replaced_by,) if found.entry.replaced_by else ())
    public = {*successors, *(one.code for one in around.public)}  # the targets of its relations are among these
    answer = PatternAnswer(
        document=with_values(found.entry, named_among(found.entry, public)),
        changed_at=found.at,
        related=tuple(map(RelatedAnswer.of, around.related)),
        owed=tuple(map(OwedAnswer.of, around.owed)),
        backed=tuple(BackedAnswer.of(one, sources=sources) for one in backed_by(found.entry, trial)),
        lab=LabAnswer.of(trial, slug) if trial else None,
        links=EntryLinks.of(found.pattern),
    )
    return json_response(answer)


def past_of_entry(request: HttpRequest, *, slug: str, before: int | None) -> HttpResponse:
    found = public_revisions(Pattern.objects.filter(slug=slug), limit=REVISION_COUNT + 1, before=before)
    page = found[:REVISION_COUNT]
    # From the last one looked at, visible or not: a page may be short, but none is left out.
    following = f"?before={page[-1].number}" if len(found) > REVISION_COUNT else ""
    answer = RevisionsAnswer(
        items=tuple(RevisionAnswer.of(one) for one in page if one.is_visible),
        next=whole_address("api_revisions", slug, suffix=following) if following else None,
    )
    return json_response(answer)


def json_response(answer: BaseModel) -> HttpResponse:
    return HttpResponse(answer.model_dump_json(), content_type="application/json")


@dataclass(frozen=True)
class ApiOperation:
    """What is answered at an address, in which shape, and in which shape it is asked."""

    path: str
    """Below /api/v1, as OpenAPI writes it; the one part that varies is ``{slug}``, the slug of an entry."""
    view: Callable[..., HttpResponse]
    """Takes ``parameters`` and ``slug``, and its name and docstring tell programs of it; raises Http404."""
    summary: str
    tag: str
    answer: type[BaseModel]
    parameters: type[BaseModel] = NoParameters
    is_limited: bool = False
    """Whether an address that asks too often is told to wait."""


TAGS = {
    "catalogue": "What the catalogue is, and where its parts are.",
    "entries": "The architectures: lists, whole entries, and what they said before.",
}
OPERATIONS = (
    ApiOperation("/", start, "Where everything is", "catalogue", StartAnswer),
    ApiOperation("/catalog", catalog, "The catalogue itself", "catalogue", CatalogAnswer),
    ApiOperation("/categories", categories, "All categories", "catalogue", CategoriesAnswer),
    ApiOperation(
        "/patterns", patterns, "Search and list entries", "entries", PatternsAnswer, ListParameters, is_limited=True
    ),
    ApiOperation("/patterns/{slug}", pattern, "One entry", "entries", PatternAnswer),
    ApiOperation(
        "/patterns/{slug}/revisions", revisions, "The history of an entry", "entries", RevisionsAnswer, PageParameters
    ),
)
