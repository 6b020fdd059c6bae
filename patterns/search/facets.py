"""Facets: which entries a choice leaves, and how many of each value there are."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q

from patterns.document.vocabulary import KINDS, QUALITIES
from patterns.models import Category, Consequence
from patterns.models.pattern import PatternQuerySet
from patterns.search.query import ListQuery
from patterns.search.result import Facet, FacetOption

SIGNS = {"gains": "gain", "costs": "cost"}
TITLES = {"category": "Category", "kind": "Kind", "gains": "Quality gained", "costs": "Quality paid"}
COLUMNS = {"category": "category__slug", "kind": "kind"}


@dataclass(frozen=True)
class ShelfCount:
    """So many entries of one category and kind."""

    category: str
    label: str
    position: int
    kind: str
    count: int


def narrowed(patterns: PatternQuerySet, query: ListQuery, names: Collection[str]) -> PatternQuerySet:
    """The entries that the query's choices in these facets leave."""
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


def count_shelves(patterns: PatternQuerySet, query: ListQuery) -> list[ShelfCount]:
    """The entries by category and kind, whatever is chosen of these two."""
    found = narrowed(patterns, query, SIGNS).order_by()
    columns = ("category__slug", "category__name", "category__position", "kind")
    return [ShelfCount(*row) for row in found.values_list(*columns).annotate(count=Count("pk"))]


def facets_of(query: ListQuery, counts: Sequence[ShelfCount], patterns: PatternQuerySet) -> tuple[Facet, ...]:
    """``patterns`` are those that all choices leave; ``counts`` those of the shelves, whatever is chosen of them."""
    categories, kinds = Counter[str](), Counter[str]()
    # Each facet counts what the other leaves: its own choice must not hide what else could be chosen.
    for one in counts:
        categories[one.category] += one.count * query.kind.admits(one.kind)
        kinds[one.kind] += one.count * query.category.admits(one.category)
    consequences = Consequence.objects.filter(pattern__in=patterns.order_by().values("pk")).order_by()
    found = consequences.values_list("sign", "quality").annotate(count=Count("pattern", distinct=True))
    qualities: dict[str, Counter[str]] = {sign: Counter() for sign in SIGNS.values()}
    for sign, quality, count in found:
        qualities[sign][quality] = count
    options = {
        "category": category_options(query, counts, categories),
        "kind": options_of(query, "kind", KINDS, kinds),
        **{name: options_of(query, name, QUALITIES, qualities[sign]) for name, sign in SIGNS.items()},
    }
    return tuple(Facet(name, TITLES[name], tuple(values)) for name, values in options.items())


def category_options(query: ListQuery, counts: Iterable[ShelfCount], categories: Counter[str]) -> Iterator[FacetOption]:
    """In the order of the shelves, and behind them those that were chosen in vain: a choice can be taken back."""
    shelves = {one.category: one for one in sorted(counts, key=lambda one: (one.position, one.category))}
    chosen = (*query.category.included, *query.category.excluded)
    missing = {*chosen}.difference(shelves)
    for one in Category.objects.shown().filter(slug__in=missing) if missing else ():
        shelves[one.slug] = ShelfCount(one.slug, one.name, one.position, kind="", count=0)
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
