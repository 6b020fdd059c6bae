"""The entries around an entry: related to it, from either side, and before and behind it in the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce

from patterns.document.entry import Entry, code_order
from patterns.document.vocabulary import INVERSE
from patterns.models import Pattern, Relation
from patterns.models.pattern import PatternQuerySet
from patterns.views.prose import linked_codes

LABELS = [label for forward, inverse in INVERSE.items() for label in (forward, inverse)]


@dataclass(frozen=True)
class Related:
    """Another entry, as seen from this one: ``label`` reads "required by" where the other one states "requires"."""

    label: str
    pattern: Pattern
    why: str


@dataclass(frozen=True)
class Others:
    """The public entries that an entry is related to, and by code all of these and those that its texts link to."""

    related: list[Related]
    public: dict[str, Pattern]


@dataclass(frozen=True)
class Neighbours:
    previous: Pattern | None
    next: Pattern | None


def neighbours(code: str) -> Neighbours:
    """The published entries next to an entry in code order, in one query."""
    public = Pattern.objects.published()
    wanted = Q(pk=nearest(public.before(code))) | Q(pk=nearest(public.behind(code)))
    found = [*links(public.filter(wanted))]
    previous = [one for one in found if place(one) < code_order(code)]
    following = [one for one in found if place(one) > code_order(code)]
    return Neighbours(previous[0] if previous else None, following[0] if following else None)


def nearest(ranges: Iterable[PatternQuerySet]) -> Coalesce:
    """The primary key of the first entry in the first range that has one."""
    return Coalesce(*(Subquery(each.values("pk")[:1]) for each in ranges))


def related(entry: Entry) -> list[Related]:
    return others(entry).related


def others(entry: Entry) -> Others:
    """Relations both ways, those with the same label together; only with entries that are public."""
    inverse = inverse_relations(entry.code)
    codes = {*(one.target for one in entry.relations), *(one.source_id for one in inverse), *linked_codes(entry)}
    public = {one.code: one for one in coloured(Pattern.objects.published().filter(code__in=codes))}
    forward = [Related(one.type, public[one.target], one.why) for one in entry.relations if one.target in public]
    backward = [
        Related(INVERSE[one.type], public[one.source_id], one.why) for one in inverse if one.source_id in public
    ]
    ordered = sorted([*forward, *backward], key=lambda one: (LABELS.index(one.label), place(one.pattern)))
    return Others(ordered, public)


def inverse_relations(code: str) -> list[Relation]:
    """What published entries state about an entry."""
    rows = Relation.objects.filter(target=code, source__in=Pattern.objects.published())
    return [*rows.order_by("position", "pk")]


def links(patterns: PatternQuerySet) -> PatternQuerySet:
    """What a link needs, in no order: given one, SQLite would walk the whole index that has it."""
    return patterns.only("code", "slug", "name").order_by()


def coloured(patterns: PatternQuerySet) -> PatternQuerySet:
    """What a link in the colour of its category needs, in no order."""
    fields = ("code", "slug", "name", "category__name", "category__position")
    return patterns.select_related("category").only(*fields).order_by()


def place(pattern: Pattern) -> tuple[int, str]:
    return code_order(pattern.code)
