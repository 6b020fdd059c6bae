"""The list: what a query asks for, one page of it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import log
from typing import Final

from django.db.models import F

from patterns.models import Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.search.engine import engine
from patterns.search.facets import chosen, facets_of, groups_of, quality_counts, total_of
from patterns.search.marking import found_count, marked, snippet
from patterns.search.order import by_change, by_code, by_name, in_given_order
from patterns.search.query import FACETS, ListQuery
from patterns.search.result import Hit, ListResult
from patterns.search.suggest import suggestions
from patterns.search.terms import TIER_COUNT, Term, terms_of

# Questions in whole sentences: no entry has every word, so those come first that have the words that tell most.


QUESTION_LENGTH: Final = 4  # telling words; with fewer, each of them is meant
SHARE: Final = 0.5  # of the best entry's weight; who has less has hardly to do with the question
WEIGHTS: Final = (2.0, 2.0, 1.5, 1.0)  # how much a word weighs by the best tier in which an entry has it


def having_most(terms: Sequence[Term], limit: int) -> list[tuple[int, str]]:
    """Primary key and code of the entries that have the telling words of a question, best first.

    A word weighs the more, the fewer entries have it (inverse document frequency, Spärck Jones 1972). Of a word that
    more than ``limit`` entries have only so many are looked at: it tells nothing.
    """
    if len(terms) < QUESTION_LENGTH:
        return []
    places = best_places(terms, limit)
    total = len({entry for found in places for entry in found})
    weights: dict[tuple[int, str], float] = defaultdict(float)
    for found in places:
        for entry, tier in found.items():
            weights[entry] += WEIGHTS[tier] * log(1 + total / len(found))
    least = SHARE * max(weights.values(), default=0)
    # Rounded, so that the order of adding up decides nothing; then by code.
    ranked = sorted(weights, key=lambda entry: (-round(weights[entry], 9), len(entry[1]), entry[1].encode()))
    return [entry for entry in ranked if weights[entry] >= least][:limit]


def best_places(terms: Sequence[Term], limit: int) -> list[dict[tuple[int, str], int]]:
    """For each term, the entries that have it and the best tier in which they do."""
    places: list[dict[tuple[int, str], int]] = [{} for _ in terms]
    for index, tier, pk, code in engine().having(terms, limit):
        entry = (pk, code)
        places[index][entry] = min(tier, places[index].get(entry, TIER_COUNT - 1))
    return places


PAGE_SIZE = 50
CANDIDATE_COUNT = 1_000  # matches that are ranked and counted; nobody reads further
ALIAS_COUNT = 3  # of an entry that the words found; sixty would hide the next entry
KEYSETS = {"code": by_code, "name": by_name, "changed": by_change}


@dataclass(frozen=True)
class Matches:
    """What the reader's words found: ``ranked`` holds primary key and code, best first. Without words, everything.

    ``is_partial`` says that no entry has all words, and that these have those that tell most.
    """

    terms: tuple[Term, ...]
    ranked: tuple[tuple[int, str], ...]
    patterns: PatternQuerySet
    is_partial: bool = False


def search(query: ListQuery, *, page_size: int | None = None) -> ListResult:
    """The page that a query asks for, in at most six database queries."""
    matches = matches_of(query)
    if query.q and not matches.ranked:
        return without_matches(query)
    query = replace(query, after=place_of(query, matches))
    groups, left = groups_of(matches.patterns, query), chosen(matches.patterns, query, FACETS)
    hits, is_last = page_of_hits(query, replace(matches, patterns=left), page_size or PAGE_SIZE)
    return ListResult(
        query=query,
        hits=hits,
        total=total_of(query, groups),
        facets=facets_of(query, groups, quality_counts(left)),
        next=None if is_last else query.behind(hits[-1].pattern.code),
        is_capped=len(matches.ranked) == CANDIDATE_COUNT,
        is_partial=matches.is_partial,
    )


def matches_of(query: ListQuery) -> Matches:
    terms, public = terms_of(query.q), Pattern.objects.published()
    if not query.q:
        return Matches(terms, (), public)
    whole = engine().ranked(terms, CANDIDATE_COUNT) if terms else []
    ranked = tuple(whole or having_most(terms, CANDIDATE_COUNT))
    return Matches(terms, ranked, public.filter(pk__in=[pk for pk, _ in ranked]), is_partial=bool(ranked) and not whole)


def without_matches(query: ListQuery) -> ListResult:
    meant, instead = suggestions(query)
    query = replace(query, after="")
    facets = facets_of(query, [], Counter())
    return ListResult(query=query, hits=(), total=0, facets=facets, is_found=False, did_you_mean=meant, instead=instead)


def place_of(query: ListQuery, matches: Matches) -> str:
    """Where the page begins; by relevance only an entry that was found is a place."""
    is_place = query.sort != "relevance" or any(code == query.after for _, code in matches.ranked)
    return query.after if is_place else ""


def page_of_hits(query: ListQuery, matches: Matches, size: int) -> tuple[tuple[Hit, ...], bool]:
    """The hits of one page, and whether it is the last."""
    rows = chain.from_iterable(each[: size + 1] for each in ranges(query, matches, size))
    found = [*islice(rows, size + 1)]
    return tuple(hit_of(pattern, matches.terms) for pattern in found[:size]), len(found) <= size


def ranges(query: ListQuery, matches: Matches, size: int) -> Sequence[PatternQuerySet]:
    cards = matches.patterns.for_cards()
    if matches.terms:
        cards = cards.annotate(other_names=F("aliases"), shown=F("search_text__shown"))
    if query.sort == "relevance":
        rest = rest_of(matches.ranked, query.after)
        return in_given_order(cards, rest if any(query.choices.values()) else rest[: size + 1])
    return KEYSETS[query.sort](cards, query.after)


def rest_of(ranked: Sequence[tuple[int, str]], after: str) -> list[int]:
    start = next((index + 1 for index, (_, code) in enumerate(ranked) if code == after), 0)
    return [pk for pk, _ in ranked[start:]]


def hit_of(pattern: Pattern, terms: tuple[Term, ...]) -> Hit:
    aliases = aliases_of(pattern, terms)
    seen = "\n".join((pattern.name, pattern.description, *aliases))
    missing = tuple(term for term in terms if not found_count(seen, (term,)))
    return Hit(
        pattern=pattern,
        name=marked(pattern.name, terms),
        description=marked(pattern.description, terms),
        aliases=tuple(marked(alias, terms) for alias in aliases),
        snippet=snippet(getattr(pattern, "shown", ""), terms, wanted=missing),
    )


def aliases_of(pattern: Pattern, terms: tuple[Term, ...]) -> list[str]:
    """The first few that have one of the words."""
    found = (alias for alias in getattr(pattern, "other_names", ()) if found_count(alias, terms))
    return [*islice(found, ALIAS_COUNT)]
