"""Facets: which entries a choice leaves, and how many of each value there are.

Lists as long as the catalogue are never counted when they are asked for. Categories and kinds, and one quality with
them, are counted by the rows that every change keeps; with more qualities, or with words, what is counted are the
candidates, of which there are only so many.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from patterns.document.vocabulary import KINDS, QUALITIES
from patterns.models import Category, Consequence, FacetCount, Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.models.statement import statement
from patterns.search.engine import Found, engine
from patterns.search.query import ListQuery
from patterns.search.result import Facet, FacetOption

SIGNS = {"gains": "gain", "costs": "cost"}
TITLES = {"category": "Category", "kind": "Kind", "gains": "Quality gained", "costs": "Quality paid"}
COLUMNS = {"category": "category__slug", "kind": "kind"}
SHELF_COLUMNS = ("category__slug", "category__name", "category__position", "kind")
Qualities = list[tuple[str, str, int]]  # sign, quality, how many entries


@dataclass(frozen=True)
class ShelfCount:
    """So many entries of one category and kind."""

    category: str
    label: str
    position: int
    kind: str
    count: int


Rows = TypeVar("Rows", bound=QuerySet[Any])


def narrowed(patterns: Rows, query: ListQuery, names: Collection[str]) -> Rows:
    """The entries that the query's choices in these facets leave; of COLUMNS, rows of any table that has them."""
    for name in names:
        choice = query.choices[name]
        if name in COLUMNS:
            patterns = patterns.filter(Q(**{f"{COLUMNS[name]}__in": choice.included}) if choice.included else Q())
            patterns = patterns.exclude(**{f"{COLUMNS[name]}__in": choice.excluded}) if choice.excluded else patterns
        else:
            # Every chosen quality is to be there, and none of the excluded ones.
            rows = Consequence.objects.filter(pattern=OuterRef("pk"), sign=SIGNS[name])
            wanted = [Exists(rows.filter(quality=quality)) for quality in choice.included]
            patterns = patterns.filter(*wanted, *(~Exists(rows.filter(quality=one)) for one in choice.excluded))
    return patterns


def with_chosen(query: ListQuery, shelves: Sequence[ShelfCount]) -> tuple[ListQuery, Sequence[ShelfCount]]:
    """The query with the categories of today where it names some by what they were, and counts of those chosen in vain.

    A choice can be taken back, so it is shown though nothing of it was counted.
    """
    counted = {one.category for one in shelves}
    missing = {*query.category.included, *query.category.excluded} - counted
    if not missing:
        return query, shelves
    is_shown = Exists(FacetCount.objects.filter(category=OuterRef("pk"), sign=""))
    named = Category.objects.filter(Q(slug__in=missing) | Q(former__slug__in=missing)).annotate(is_shown=is_shown)
    rows = [*named.values_list("former__slug", "slug", "name", "position", "is_shown")]
    # A category that lives at a former address of another comes first.
    former = missing - {slug for _, slug, *_ in rows}
    moved = {before: slug for before, slug, *_ in rows if before in former}
    in_vain = {
        slug: ShelfCount(slug, name, position, kind="", count=0)
        for _, slug, name, position, is_public in rows
        if is_public and slug not in counted
    }
    return query.in_categories(moved) if moved else query, [*shelves, *in_vain.values()]


def having_qualities(query: ListQuery, limit: int) -> list[int]:
    """Primary keys of the first entries that the query's choices of qualities leave, and no more than ``limit``."""
    published = Pattern.objects.published()
    (name, quality), *_ = (*included_qualities(query), ("", ""))
    if not name:
        return [*narrowed(published, query, SIGNS).order_by("pk").values_list("pk", flat=True)[:limit]]
    # Along the index of one of them: where few entries have it, not all others are asked.
    rows = Consequence.objects.filter(sign=SIGNS[name], quality=quality, pattern__status=Pattern.Status.PUBLISHED)
    left = Exists(narrowed(published, query, SIGNS).filter(pk=OuterRef("pattern")))
    return [*rows.filter(left).order_by("pattern").values_list("pattern", flat=True).distinct()[:limit]]


def included_qualities(query: ListQuery) -> list[tuple[str, str]]:
    """Facet and value."""
    return [(name, quality) for name in SIGNS for quality in query.choices[name].included]


def kept_counts(query: ListQuery) -> list[ShelfCount] | None:
    """The entries by category and kind, whatever is chosen of these two; None if nobody keeps them.

    That is where more is asked for than one quality.
    """
    included, excluded = included_qualities(query), any(query.choices[name].excluded for name in SIGNS)
    if query.q or excluded or len(included) > 1:
        return None
    (name, quality), *_ = (*included, ("", ""))
    return [ShelfCount(*row) for row in shelves_kept(SIGNS.get(name, ""), quality)]


@statement
def shelves_kept(sign: str, quality: str) -> QuerySet[FacetCount, Any]:
    return FacetCount.objects.filter(sign=sign, quality=quality).values_list(*SHELF_COLUMNS, "count")


def count_shelves(patterns: PatternQuerySet) -> list[ShelfCount]:
    """The same of some entries."""
    found = patterns.order_by().values_list(*SHELF_COLUMNS)
    return [ShelfCount(*row) for row in found.annotate(count=Count("pk"))]


def shelves_of(found: Iterable[Found]) -> list[ShelfCount]:
    """The same of what words found, which brings along what is counted."""
    counts = Counter((one.category, one.kind) for one in found)
    categories = {one.pk: one for one in categories_of(tuple({pk for pk, _ in counts}))}
    return [
        ShelfCount(categories[pk].slug, categories[pk].name, categories[pk].position, kind, count)
        for (pk, kind), count in counts.items()
    ]


@statement
def categories_of(pks: tuple[int, ...]) -> QuerySet[Category]:
    return Category.objects.filter(pk__in=pks).only("slug", "name", "position")


def kept_qualities(query: ListQuery) -> Qualities:
    """Of all entries in the categories and of the kinds that the query leaves."""
    if not (query.category or query.kind):
        return every_quality()
    return [*sums_of(narrowed(FacetCount.objects.exclude(sign=""), query, COLUMNS))]


@statement
def every_quality() -> QuerySet[FacetCount, Any]:
    return sums_of(FacetCount.objects.exclude(sign=""))


def sums_of(rows: QuerySet[FacetCount]) -> QuerySet[FacetCount, Any]:
    return rows.values_list("sign", "quality").annotate(count=Sum("count"))


def count_qualities(patterns: PatternQuerySet) -> Qualities:
    return [*quality_counts(patterns)]


@statement
def qualities_of(keys: str) -> QuerySet[Consequence, Any]:
    """The same of the entries with these keys, as JSON."""
    return quality_counts(Pattern.objects.published().filter(pk__in=engine().among(keys)))


def quality_counts(patterns: PatternQuerySet) -> QuerySet[Consequence, Any]:
    consequences = Consequence.objects.filter(pattern__in=patterns.order_by().values("pk")).order_by()
    return consequences.values_list("sign", "quality").annotate(count=Count("pattern", distinct=True))


def facets_of(
    query: ListQuery, shelves: Sequence[ShelfCount], qualities: Qualities, *, capped: Collection[str] = ()
) -> tuple[Facet, ...]:
    """``shelves`` are counted whatever is chosen of them, ``qualities`` in what all choices leave.

    ``capped`` are the facets of which the candidates are only some.
    """
    categories, kinds = Counter[str](), Counter[str]()
    # Each facet counts what the other leaves: its own choice must not hide what else could be chosen.
    for one in shelves:
        categories[one.category] += one.count * query.kind.admits(one.kind)
        kinds[one.kind] += one.count * query.category.admits(one.category)
    counts = {name: Counter({one: count for has, one, count in qualities if has == SIGNS[name]}) for name in SIGNS}
    options = {
        "category": category_options(query, shelves, categories),
        "kind": options_of(query, "kind", KINDS, kinds),
        **{name: options_of(query, name, QUALITIES, counts[name]) for name in SIGNS},
    }
    return tuple(Facet(name, TITLES[name], tuple(values), name in capped) for name, values in options.items())


def category_options(query: ListQuery, counts: Iterable[ShelfCount], categories: Counter[str]) -> Iterator[FacetOption]:
    """In the order of the shelves, and behind them those that were chosen in vain."""
    # Those that nothing was counted of have no kind.
    shelves = {one.category: one for one in sorted(counts, key=lambda one: (not one.kind, one.position, one.category))}
    chosen = (*query.category.included, *query.category.excluded)
    for option in options_of(query, "category", dict.fromkeys((*shelves, *chosen)), categories):
        shelf = shelves.get(option.value)
        label, position = (shelf.label, shelf.position) if shelf else (option.label.capitalize(), None)
        yield replace(option, label=label, position=position)


def options_of(query: ListQuery, name: str, values: Iterable[str], counts: Counter[str]) -> Iterator[FacetOption]:
    choice = query.choices[name]
    for value in values:
        if counts[value] or value in (*choice.included, *choice.excluded):
            yield FacetOption(
                value=value,
                label=value.replace("-", " "),
                count=counts[value],
                is_included=value in choice.included,
                is_excluded=value in choice.excluded,
                including=query.toggled(name, value),
                excluding=query.toggled(name, value, is_excluded=True),
            )
