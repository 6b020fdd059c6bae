"""The operations. Each answers from the catalogue as it is, in a few queries, and writes nothing."""

from functools import partial
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query
from ninja.operation import Operation
from pydantic import BaseModel

from patterns.api.answers import (
    CatalogAnswer,
    CategoriesAnswer,
    CategoryAnswer,
    PatternAnswer,
    PatternsAnswer,
    RelatedAnswer,
    RevisionAnswer,
    RevisionsAnswer,
    StartAnswer,
    address,
    entry_links,
)
from patterns.api.parameters import ListParameters, PageParameters, only_known
from patterns.api.problems import READING, Problem, gone, handle_problems
from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.document.text import SOME_SLUG
from patterns.models import Catalog, Category, Pattern
from patterns.search import ListQuery, search
from patterns.store.exports import named_among
from patterns.store.history import document_of
from patterns.store.public_history import names_in, public_revisions, published_among
from patterns.views.conditional import released, versioned
from patterns.views.errors import permanent_redirect, present_slug, retired_at
from patterns.views.pattern import newest_revision
from patterns.views.relations import others

REVISION_COUNT = 20


class ReadingAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = ReadingAPI(title="Archsite", version="1", openapi_url=None, docs_url=None, urls_namespace="api")
api.add_decorator(only_known)
handle_problems(api)
read = partial(api.api_operation, [*READING], by_alias=True)

ANYWHERE = {400: Problem}
AT_A_SLUG = {301: None, 400: Problem, 404: Problem, 410: Problem}
EntrySlug = Annotated[str, SOME_SLUG, Path(description="Slug of an entry: the last part of its address.")]


@read("/", response={200: StartAnswer, **ANYWHERE}, summary="Where everything is")
@released
def start(request: HttpRequest) -> HttpResponse:
    return answered(StartAnswer.here())


@read("/catalog", response={200: CatalogAnswer, **ANYWHERE}, summary="The catalogue itself")
@versioned
def catalog(request: HttpRequest) -> HttpResponse:
    return answered(CatalogAnswer.of(Catalog.objects.get()))


@read("/categories", response={200: CategoriesAnswer, **ANYWHERE}, summary="All categories")
@versioned
def categories(request: HttpRequest) -> HttpResponse:
    return answered(CategoriesAnswer(items=tuple(map(CategoryAnswer.of, Category.objects.shown()))))


@read("/patterns", response={200: PatternsAnswer, **ANYWHERE}, summary="Search and list entries")
@versioned
def patterns(request: HttpRequest, parameters: Query[ListParameters]) -> HttpResponse:
    """Categories and kinds widen each other; qualities narrow. With words, the best matches come first."""
    return answered(PatternsAnswer.of(search(ListQuery.parse(request.GET))))


@read("/patterns/{slug:slug}", response={200: PatternAnswer, **AT_A_SLUG}, summary="One entry")
def pattern(request: HttpRequest, slug: EntrySlug) -> HttpResponse:
    return versioned(whole)(request, slug=slug) if is_published(slug) else elsewhere(slug, "api_pattern")


@read(
    "/patterns/{slug:slug}/revisions",
    response={200: RevisionsAnswer, **AT_A_SLUG},
    summary="The history of an entry",
)
def revisions(request: HttpRequest, slug: EntrySlug, parameters: Query[PageParameters]) -> HttpResponse:
    """What readers could have seen of it, newest first; changes that they could not see are left out."""
    if not is_published(slug):
        return elsewhere(slug, "api_revisions")
    return versioned(past)(request, slug=slug, before=parameters.before)


def is_published(slug: str) -> bool:
    return Pattern.objects.published().filter(slug=slug).exists()


def elsewhere(slug: str, view: str) -> HttpResponse:
    """The answer for a slug that no published entry has; raises Http404 unless one had it."""
    retired = retired_at(slug)
    return gone(retired) if retired else permanent_redirect(address(view, present_slug(slug)))


def whole(request: HttpRequest, *, slug: str) -> HttpResponse:
    revision = newest_revision(slug)
    if revision is None:
        raise Http404
    pattern, document = revision.pattern, document_of(revision)
    assert pattern is not None
    assert isinstance(document, Entry)
    answer = PatternAnswer(
        document=with_values(document, named_among(document, {*published_among([*names_in(document)])})),
        changed_at=revision.change.created_at,
        related=tuple(map(RelatedAnswer.of, others(document).related)),
        links=entry_links(pattern),
    )
    return answered(answer)


def past(request: HttpRequest, *, slug: str, before: int | None) -> HttpResponse:
    found = public_revisions(Pattern.objects.filter(slug=slug), limit=REVISION_COUNT + 1, before=before)
    shown = found[:REVISION_COUNT]
    following = f"?before={shown[-1].number}" if len(found) > REVISION_COUNT else ""
    answer = RevisionsAnswer(
        items=tuple(RevisionAnswer.of(one) for one in shown if one.is_visible),
        next=address("api_revisions", slug, suffix=following) if following else None,
    )
    return answered(answer)


def answered(answer: BaseModel) -> HttpResponse:
    return HttpResponse(answer.model_dump_json(), content_type="application/json")
