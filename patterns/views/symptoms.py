"""The page of all symptoms: what hurts, by concern, and the entries that are for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Length
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from patterns.document.entry import code_order
from patterns.document.text import CODE
from patterns.document.vocabulary import CONCERN_MEANINGS, CONCERNS
from patterns.models import Pattern, Relation, Symptom
from patterns.models.constraints import ByteOrder
from patterns.models.pattern import PatternQuerySet
from patterns.models.statement import statement
from patterns.views.freshness import public
from patterns.views.relations import LINK_COLUMNS, PatternLink
from patterns.views.rendering import render_page

GROUP_SIZE = 60  # entries of one concern on one page
SHOWN_COUNT = 8  # symptoms of one entry: as many as an entry should have; its own page has all
OTHER = "other"  # of no concern, in an address
MEANINGS = {**CONCERN_MEANINGS, OTHER: "Nobody has said yet what these are about."}


@dataclass(frozen=True)
class ShownSymptom:
    """A symptom of an entry; ``number`` is its place in the entry's list, from 1."""

    pattern: PatternLink
    number: int
    text: str

    @property
    def key(self) -> str:
        """What names the symptom in an address, such as ``06.1``."""
        return f"{self.pattern.code}.{self.number}"


@dataclass(frozen=True)
class ConcernGroup:
    """Some entries of a concern, in code order, each with its symptoms; ``rest`` is where the others are."""

    concern: str
    entries: list[tuple[PatternLink, list[ShownSymptom]]]
    rest: str

    @property
    def title(self) -> str:
        return self.concern.capitalize()

    @property
    def meaning(self) -> str:
        return MEANINGS[self.concern]


@public
def symptoms_page(request: HttpRequest) -> HttpResponse:
    """All concerns, each with its first entries; or, of one that has more, those behind an entry."""
    concern, after = request.GET.get("concern", ""), request.GET.get("after", "")
    if not CODE.fullmatch(after):  # what is no code means the first page
        after = ""
    if concern in MEANINGS:
        ranges = with_symptoms("" if concern == OTHER else concern).behind(after)
        rows = chain.from_iterable(each.values_list(*COLUMNS)[: GROUP_SIZE + 1] for each in ranges)
        found = [*islice(rows, GROUP_SIZE + 1)]
    else:
        concern = after = ""
        found = first_of_each()
    return render_page(
        request,
        "patterns/symptoms.html",
        path=group_address(concern, after) if concern else reverse("patterns:symptoms"),
        groups=[*groups_of(found)],
        concern=concern,
        after=after,
    )


def group_address(concern: str, after: str) -> str:
    """The part of one concern that begins behind a code."""
    query = {"after": after, "concern": concern} if after else {"concern": concern}
    return f"{reverse('patterns:symptoms')}?{urlencode(query)}"


COLUMNS = (*LINK_COLUMNS, "concern")


def with_symptoms(concern: str) -> PatternQuerySet:
    has_any = Exists(Symptom.objects.filter(pattern=OuterRef("pk")))
    return Pattern.objects.published().filter(has_any, concern=concern)


@statement
def first_of_each() -> QuerySet[Pattern, Any]:
    """The first entries of each concern, and one more of each that has more, in no order."""
    # Each is cut inside, since SQLite cuts no part of a union.
    parts = [
        Pattern.objects.filter(pk__in=with_symptoms(one).in_code_order().values("pk")[: GROUP_SIZE + 1])
        .order_by()
        .values_list(*COLUMNS)
        for one in (*CONCERNS, "")
    ]
    return parts[0].union(*parts[1:], all=True)


@statement
def symptoms_of(codes: tuple[str, ...]) -> QuerySet[Symptom, Any]:
    entries = Pattern.objects.published().filter(code__in=codes)
    first = Symptom.objects.filter(pattern__in=entries, position__lt=SHOWN_COUNT)
    return first.order_by("pattern__code", "position").values_list("pattern__code", "position", "text")


def groups_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[ConcernGroup]:
    """Rows of COLUMNS by their concern; those that are of none come last."""
    found: dict[str, list[PatternLink]] = {concern: [] for concern in MEANINGS}
    for *link, concern in rows:
        found[concern or OTHER].append(PatternLink(*link))
    for entries in found.values():
        entries.sort(key=lambda one: code_order(one.code))
    shown = {one.code: one for entries in found.values() for one in entries[:GROUP_SIZE]}
    symptoms = defaultdict(list)
    for code, position, text in symptoms_of(tuple(shown)):
        symptoms[code].append(ShownSymptom(shown[code], position + 1, text))
    for concern, entries in found.items():
        if entries:
            first = entries[:GROUP_SIZE]
            rest = group_address(concern, first[-1].code) if len(entries) > GROUP_SIZE else ""
            yield ConcernGroup(concern, [(one, symptoms[one.code]) for one in first], rest)


# On the front page, where there is room for a few.


ASKED_COUNT = 10


@statement
def first_symptoms(codes: tuple[str, ...]) -> QuerySet[Symptom, Any]:
    """Of the entries with these codes, those that most others name come first."""
    naming = Relation.objects.public().filter(target=OuterRef("pattern__code")).order_by().values("target")
    count = Coalesce(Subquery(naming.annotate(count=Count("source", distinct=True)).values("count")), Value(0))
    entries = Pattern.objects.published().filter(code__in=codes)
    first = Symptom.objects.filter(pattern__in=entries, position=0).order_by(
        count.desc(), Length("pattern__code"), ByteOrder("pattern__code")
    )
    return first.values_list(*(f"pattern__{one}" for one in LINK_COLUMNS), "text")[:ASKED_COUNT]


def asked_symptoms(patterns: Iterable[Pattern]) -> list[ShownSymptom]:
    """The first symptoms of some of these entries: the ten that readers ask about most, as far as anybody knows.

    Nothing is kept about readers. What other entries build on, though, most of them come to sooner or later.
    """
    return [
        ShownSymptom(PatternLink(*link), 1, text) for *link, text in first_symptoms(tuple(one.code for one in patterns))
    ]
