"""The list of entries: what it shows of each, what it is narrowed by, and what its words find."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils import timezone

from patterns.document.text import name_key
from patterns.lint.sections import ADVISED, REVIEW_DAYS
from patterns.models import Applicability, Change, Pattern, Proposal, Revision
from patterns.search.listing import CANDIDATE_COUNT
from patterns.search.query import reader_text
from patterns.search.ranking import find
from patterns.store.reading import COLUMNS_OF, PART_MODELS, VERDICT_KEYS, load_entries
from patterns.workflow.proposals import versions_of
from patterns.workflow.standing import owners

COMPARED = 500  # open proposals, the newest, that are looked at for conflicts

REVISIONS = Revision.objects.filter(pattern=OuterRef("pk"))
OPEN = Proposal.objects.filter(code=OuterRef("code"), state=Proposal.State.OPEN)
CONDITIONS = Applicability.objects.filter(pattern=OuterRef("pk"))


def is_missing(key: str) -> Any:
    """The condition that an entry says nothing under a key."""
    if key in VERDICT_KEYS:
        return ~Exists(CONDITIONS.filter(verdict=VERDICT_KEYS[key]))
    if key in COLUMNS_OF:
        return Q(**{COLUMNS_OF[key][0]: ""})
    return Q(**{key: None if key in PART_MODELS else ""})


MISSING: dict[str, Any] = {key.replace("_", " "): is_missing(key) for key in (*ADVISED, "origin")}
SEARCHED = ("code", "name", "slug", "description", "aliases", "problem", "solution")


def unreviewed(now: datetime) -> Q:
    """What readers see and nobody saved for a year."""
    return Q(status=Pattern.Status.PUBLISHED, updated_at__lt=now - timedelta(days=REVIEW_DAYS))


def first_author() -> Case:
    """Who began it; of a draft that was deleted and restored, its history before is asked too."""
    first = REVISIONS.order_by("change_id")
    is_restored = Exact(Subquery(first.values("change__origin")[:1]), Value(Change.Origin.RESTORE))
    owner = Subquery(owners(OuterRef("code")))
    return Case(When(is_restored, then=owner), default=Subquery(first.values("change__author_id")[:1]))


def last_revision(field: str) -> Subquery:
    return Subquery(REVISIONS.order_by("-change_id").values(field)[:1])


class ListFilter(SimpleListFilter):
    """Its values as they stand in the address, and what each leaves over."""

    choices_offered: tuple[tuple[str, str], ...]

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return self.choices_offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = dict(self.choices_offered)
        return self.narrowed(queryset, str(self.value()), request.user) if self.value() in known else queryset

    def narrowed(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        raise NotImplementedError


class MissingFilter(ListFilter):
    title, parameter_name = "missing section", "missing"
    choices_offered = tuple((key.replace(" ", "_"), key) for key in MISSING)

    def narrowed(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(MISSING[value.replace("_", " ")])


class MineFilter(ListFilter):
    title, parameter_name = "your part", "mine"
    choices_offered = (("begun", "begun by me"), ("changed", "last changed by me"))

    def narrowed(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        author = first_author() if value == "begun" else last_revision("change__author_id")
        return queryset.alias(author_asked=author).filter(author_asked=user.pk)


class ProposalsFilter(ListFilter):
    title, parameter_name = "proposals", "proposals"
    choices_offered = (("open", "has open ones"), ("conflicts", "has one in conflict"))

    def narrowed(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(code__in=conflicting()) if value == "conflicts" else queryset.filter(Exists(OPEN))


class ReviewedFilter(ListFilter):
    title, parameter_name = "last review", "reviewed"
    choices_offered = (("over-a-year", "more than a year ago"),)

    def narrowed(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return queryset.filter(unreviewed(timezone.now()))


def conflicting() -> set[str]:
    """Codes of entries with an open proposal that changes what somebody else changed differently since."""
    written = Proposal.objects.filter(state=Proposal.State.OPEN, document__isnull=False)
    proposals = [*written.order_by("-pk")[:COMPARED]]
    entries = load_entries(Pattern.objects.filter(code__in={one.code for one in proposals}))
    return {
        one.code for one in proposals if one.code in entries and versions_of(one, entries[one.code]).merged.conflicts
    }


class EntryList(ChangeList):
    """With the name of whoever changed an entry last."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found = super().get_queryset(request, exclude_parameters)
        return found.annotate(last_author=last_revision("change__author__username"))

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Whoever types a code or a whole name means that entry, among all that mention it."""
        meant = Q(code=self.query.strip()) | Q(name_key=name_key(self.query))
        exact_first = [Case(When(meant, then=0), default=1).asc()] if self.query.strip() else []
        return [*exact_first, *super().get_ordering(request, queryset)]


def search_entries(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """What readers would find, and among all others whatever has every word somewhere."""
    text = reader_text(text)
    if not text:
        return queryset
    everywhere = Q()
    for word in text.split():
        anywhere = Q(name_key__contains=name_key(word))
        for field in SEARCHED:
            anywhere |= Q(**{f"{field}__icontains": word})
        everywhere &= anywhere
    # In what readers find the index knows spellings; in drafts, which it has not, words are looked for.
    public = [one.pk for one in find(text, CANDIDATE_COUNT).found]
    return queryset.filter(Q(pk__in=public) | everywhere)
