"""The list: what a query asks for, one page of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice

from django.db.models import Expression, F, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, StrIndex

from patterns.models import Pattern
from patterns.models.constraints import ByteOrder
from patterns.models.pattern import PatternQuerySet
from patterns.models.statement import statement
from patterns.search.engine import Found, engine
from patterns.search.facets import (
    COLUMNS,
    SIGNS,
    Qualities,
    ShelfCount,
    count_qualities,
    count_shelves,
    facets_of,
    having_qualities,
    kept_counts,
    kept_qualities,
    narrowed,
    qualities_of,
    shelves_of,
    with_chosen,
)
from patterns.search.marking import mark_words, numbers_in, snippet
from patterns.search.query import FACETS, ListQuery
from patterns.search.ranking import find, find_nearest
from patterns.search.result import Hit, ListResult
from patterns.search.spelling import suggestions
from patterns.search.terms import Term, question_of

PAGE_SIZE = 50
CANDIDATE_COUNT = 500  # entries that are ranked and counted; nobody reads further
NEAREST_COUNT = 3
ALIAS_COUNT = 3  # of an entry that the words found; sixty would hide the next entry
LAST = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Matches:
    """The candidates. ``ranked`` holds what the reader's words found, best first.

    Without words, those that have the chosen qualities; without either, everything. ``is_capped`` says that there may
    be more, ``is_partial`` that some lack words, and have those that tell most.
    """

    terms: tuple[Term, ...]
    ranked: tuple[Found, ...]
    patterns: PatternQuerySet
    keys: str = ""  # of those that words found, as JSON
    is_capped: bool = False
    is_partial: bool = False


def search(query: ListQuery, *, page_size: int | None = None, corrects: bool = False) -> ListResult:
    """The page that a query asks for, in at most five database queries.

    Where nothing is found, ``corrects`` lets it answer what can only have been meant.
    """
    matches, size = matches_of(query), page_size or PAGE_SIZE
    if query.q and not matches.ranked:
        return nothing_found(replace(query, after=""), size, corrects=corrects)
    # By relevance, only an entry that was found is a place to go on from.
    if query.sort == "relevance" and all(one.code != query.after for one in matches.ranked):
        query = replace(query, after="")
    # Candidates for qualities were chosen by these.
    kept = kept_counts(query)
    has_qualities = any(query.choices[name] for name in SIGNS)
    if kept is not None:
        shelves: Sequence[ShelfCount] = kept
    elif query.q and not has_qualities:
        shelves = shelves_of(matches.ranked)
    else:
        shelves = count_shelves(narrowed(matches.patterns, query, SIGNS if query.q else ()))
    query, shelves = with_chosen(query, shelves)
    left = narrowed(matches.patterns, query, FACETS if query.q else COLUMNS)
    if query.q and not any(query.choices.values()):
        qualities: Qualities = qualities_of(matches.keys)
    else:
        qualities = count_qualities(left) if query.q or has_qualities else kept_qualities(query)
    # Without words the list goes on behind its candidates, and what is counted of these is not all there is.
    is_longer = matches.is_capped and not query.q
    listed = narrowed(Pattern.objects.published(), query, FACETS) if is_longer else left
    rows = chain.from_iterable(each[: size + 1] for each in ranges_in_order(listed, query, matches, size))
    found = [*islice(rows, size + 1)]
    return ListResult(
        query=query,
        hits=tuple(hit_of(pattern, matches.terms) for pattern in found[:size]),
        total=sum(one.count for one in shelves if query.category.admits(one.category) and query.kind.admits(one.kind)),
        facets=facets_of(query, shelves, qualities, capped=() if not is_longer else FACETS if kept is None else SIGNS),
        next=query.behind(found[size - 1].code) if len(found) > size else None,
        is_capped=matches.is_capped and kept is None,
        is_partial=matches.is_partial,
    )


def nothing_found(query: ListQuery, size: int, *, corrects: bool) -> ListResult:
    """What else could be asked; without facets, which the list of what was meant has."""
    near = suggestions(query)
    nothing = ListResult(query, (), 0, is_found=False, did_you_mean=near.meant, instead=near.instead)
    if corrects and near.meant and near.is_certain:
        matches = matches_of(near.meant)
        rows = chain.from_iterable(ranges_in_order(matches.patterns, near.meant, matches, size))
        hits = tuple(hit_of(pattern, matches.terms) for pattern in islice(rows, size))
        # What was chosen besides is forgotten with the slip.
        plain = query.unfiltered()
        facets = facets_of(plain, [], [])
        total = len(matches.ranked)
        return replace(nothing, query=plain, hits=hits, total=total, facets=facets, is_corrected=True)
    query, shelves = with_chosen(query, ())
    nothing = replace(nothing, query=query, facets=facets_of(query, shelves, []))
    if corrects and near.instead and not near.meant and not any(query.choices.values()):
        pks = [one.pk for one in find_nearest(query.q, NEAREST_COUNT)]
        nearest = in_given_order(Pattern.objects.published().for_cards(), *keys_in_order(pks))
        return replace(nothing, nearest=tuple(nearest))
    return nothing


def matches_of(query: ListQuery) -> Matches:
    public = Pattern.objects.published()
    if not query.q:
        if not any(query.choices[name] for name in SIGNS):
            return Matches((), (), public)
        pks = having_qualities(query, CANDIDATE_COUNT)
        among = engine().among(json.dumps(pks))
        return Matches((), (), public.filter(pk__in=among), is_capped=len(pks) == CANDIDATE_COUNT)
    ranking = find(query.q, CANDIDATE_COUNT)
    keys = json.dumps([one.pk for one in ranking.found])
    return Matches(
        question_of(query.q).terms,
        ranking.found,
        public.filter(pk__in=engine().among(keys)),
        keys,
        is_capped=len(ranking.found) == CANDIDATE_COUNT,
        is_partial=ranking.is_partial,
    )


def hit_of(pattern: Pattern, terms: tuple[Term, ...]) -> Hit:
    aliases = [alias for alias in getattr(pattern, "other_names", ()) if numbers_in(alias, terms)][:ALIAS_COUNT]
    seen = "\n".join((pattern.name, pattern.description, *aliases))
    # Only words that the card does not show already are looked for in the rest of the text.
    there = numbers_in(seen, terms)
    missing = tuple(term for number, term in enumerate(terms) if number not in there)
    return Hit(
        pattern=pattern,
        name=mark_words(pattern.name, terms),
        description=mark_words(pattern.description, terms),
        aliases=tuple(mark_words(alias, terms) for alias in aliases),
        snippet=snippet(getattr(pattern, "shown", ""), terms, wanted=missing),
    )


# Orders of the list, and what follows an entry in each: by keyset, so that every page costs the same.


def ranges_in_order(
    patterns: PatternQuerySet, query: ListQuery, matches: Matches, size: int
) -> Sequence[Sequence[Pattern] | PatternQuerySet]:
    """The entries behind the query's place, as ranges to be read one after the other until the page is full."""
    if query.sort == "relevance":
        codes = [one.code for one in matches.ranked]
        start = codes.index(query.after) + 1 if query.after in codes else 0
        rest = [one.pk for one in matches.ranked[start:]]
        if any(query.choices.values()):
            return (in_given_order(for_results(patterns), *keys_in_order(rest)),)
        # All of these are left, so a page's worth of them is enough.
        return (results(*keys_in_order(rest[: size + 1])),)
    if not query.is_narrowed and query.sort == query.usual_sort and not query.after and size == PAGE_SIZE:
        return (first_cards(),)
    cards: PatternQuerySet = for_results(patterns) if query.q else patterns.for_cards()
    if query.sort == "name":
        names = cards.alias(name_bytes=ByteOrder("name_key"))
        place = Coalesce(value_of_entry(query.after, "name_key"), Value(""))
        return ((names.filter(name_bytes__gt=place) if query.after else names).order_by(ByteOrder("name_key").asc()),)
    if query.sort == "changed":  # last changed first; those that were changed together by their primary key
        at = value_of_entry(query.after, "updated_at")
        together = Q(updated_at=at, pk__gt=value_of_entry(query.after, "pk"))
        later = Q(updated_at__lt=Coalesce(at, Value(LAST))) | together
        return ((cards.filter(later) if query.after else cards).order_by("-updated_at", "pk"),)
    return cards.behind(query.after)


def for_results(patterns: PatternQuerySet) -> PatternQuerySet:
    """With what a result shows of each: ``other_names``, and ``shown``, the text that snippets are of."""
    return patterns.for_links().annotate(other_names=F("aliases"), shown=F("search_text__shown"))


@statement
def results(keys: str, places: str) -> QuerySet[Pattern]:
    return in_given_order(for_results(Pattern.objects.published()), keys, places)


@statement
def first_cards() -> QuerySet[Pattern]:
    """What most readers of the list see of it."""
    return Pattern.objects.published().for_cards().in_code_order()[: PAGE_SIZE + 1]


def keys_in_order(pks: Sequence[int]) -> tuple[str, str]:
    """As ``in_given_order`` takes them: as JSON, and between commas."""
    keys = ",".join(map(str, pks))
    return f"[{keys}]", f",{keys},"


def in_given_order(patterns: PatternQuerySet, keys: str, places: str) -> PatternQuerySet:
    # As one text, and so one parameter: a CASE would take a branch for each of up to a thousand.
    comma, order = Value(",", output_field=TextField()), places if isinstance(places, Expression) else Value(places)
    place = StrIndex(order, Concat(comma, Cast("pk", TextField()), comma))
    return patterns.filter(pk__in=engine().among(keys)).order_by(place)


def value_of_entry(code: str, field: str) -> Subquery:
    """A value of the published entry with a code.

    Everything follows one that is not there: who reads page by page while it leaves the public then begins again,
    instead of taking the list for ended.
    """
    return Subquery(Pattern.objects.published().filter(code=code).values(field))
