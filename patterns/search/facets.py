"""Facets: which entries a choice leaves, and how many of each value there are."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q

from patterns.document.vocabulary import KINDS, QUALITIES
from patterns.models import Category, Consequence
from patterns.models.pattern import PatternQuerySet
from patterns.search.query import Choice, ListQuery
from patterns.search.result import Facet, Option

SIGNS = {"gains": "gain", "costs": "cost"}
TITLES = {"category": "Category", "kind": "Kind", "gains": "Quality gained", "costs": "Quality paid"}
COLUMNS = {"category": "category__slug", "kind": "kind"}


@dataclass(frozen=True)
class Group:
    """So many entries of one category and kind."""

    category: str
    label: str
    position: int
    kind: str
    count: int


def chosen(patterns: PatternQuerySet, query: ListQuery, names: Collection[str]) -> PatternQuerySet:
    """The entries that the query's choices in these facets leave."""
    for name in names:
        choice = query.choices[name]
        if name in COLUMNS:
            patterns = patterns.filter(Q(**{f"{COLUMNS[name]}__in": choice.included}) if choice.included else Q())
            patterns = patterns.exclude(**{f"{COLUMNS[name]}__in": choice.excluded}) if choice.excluded else patterns
        else:
            patterns = patterns.filter(*qualities(SIGNS[name], choice))
    return patterns


def qualities(sign: str, choice: Choice) -> Iterator[Exists | Q]:
    """Every chosen quality is to be there, and none of the excluded ones."""
    rows = Consequence.objects.filter(pattern=OuterRef("pk"), sign=sign)
    yield from (Exists(rows.filter(quality=quality)) for quality in choice.included)
    yield from (Q(~Exists(rows.filter(quality=quality))) for quality in choice.excluded)


def groups_of(patterns: PatternQuerySet, query: ListQuery) -> list[Group]:
    """The entries by category and kind, whatever is chosen of these two."""
    found = chosen(patterns, query, SIGNS).order_by()
    columns = ("category__slug", "category__name", "category__position", "kind")
    return [Group(*row) for row in found.values_list(*columns).annotate(count=Count("pk"))]


def facets_of(query: ListQuery, groups: Sequence[Group], qualities: Counter[tuple[str, str]]) -> tuple[Facet, ...]:
    categories = Counter[str]()
    kinds = Counter[str]()
    for group in groups:
        categories[group.category] += group.count * is_left(query.kind, group.kind)
        kinds[group.kind] += group.count * is_left(query.category, group.category)
    shelves = shelves_of(groups, query.category)
    slugs = dict.fromkeys((*shelves, *query.category.included, *query.category.excluded))
    found = {
        "category": category_options(query, slugs, shelves, categories),
        "kind": options(query, "kind", KINDS, kinds),
        **{name: options(query, name, QUALITIES, counts_of(qualities, sign)) for name, sign in SIGNS.items()},
    }
    return tuple(Facet(name, TITLES[name], tuple(values)) for name, values in found.items())


def shelves_of(groups: Iterable[Group], choice: Choice) -> dict[str, Group]:
    """The categories of the groups in their order, and behind them those that were chosen in vain."""
    shelves = {group.category: group for group in sorted(groups, key=lambda one: (one.position, one.category))}
    missing = {*choice.included, *choice.excluded}.difference(shelves)
    known = Category.objects.shown().filter(slug__in=missing) if missing else ()
    return shelves | {one.slug: Group(one.slug, one.name, one.position, kind="", count=0) for one in known}


def is_left(choice: Choice, value: str) -> bool:
    return value not in choice.excluded and (value in choice.included or not choice.included)


def total_of(query: ListQuery, groups: Iterable[Group]) -> int:
    left = (one for one in groups if is_left(query.category, one.category) and is_left(query.kind, one.kind))
    return sum(one.count for one in left)


def quality_counts(patterns: PatternQuerySet) -> Counter[tuple[str, str]]:
    """How many of the entries have each sign and quality."""
    rows = Consequence.objects.filter(pattern__in=patterns.order_by().values("pk")).order_by()
    found = rows.values_list("sign", "quality").annotate(count=Count("pattern", distinct=True))
    return Counter({(sign, quality): count for sign, quality, count in found})


def counts_of(qualities: Counter[tuple[str, str]], sign: str) -> Counter[str]:
    return Counter({quality: count for (one, quality), count in qualities.items() if one == sign})


def category_options(
    query: ListQuery, slugs: Iterable[str], shelves: Mapping[str, Group], counts: Counter[str]
) -> Iterator[Option]:
    for one in options(query, "category", slugs, counts):
        shelf = shelves.get(one.value)
        label, position = (shelf.label, shelf.position) if shelf else (one.label.capitalize(), None)
        yield replace(one, label=label, position=position)


def options(query: ListQuery, name: str, values: Iterable[str], counts: Counter[str]) -> Iterator[Option]:
    choice = query.choices[name]
    for value in values:
        if counts[value] or value in (*choice.included, *choice.excluded):
            yield Option(
                value=value,
                label=value.replace("-", " "),
                count=counts[value],
                is_included=value in choice.included,
                is_excluded=value in choice.excluded,
                including=query.toggled(name, value),
                excluding=query.toggled(name, value, is_excluded=True),
            )
