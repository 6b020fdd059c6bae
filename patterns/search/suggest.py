"""What to ask instead, when no entry has all the words."""

from itertools import islice, product

from patterns.search.edit_distance import nearest
from patterns.search.engine import engine
from patterns.search.query import ListQuery
from patterns.search.terms import TIER_COUNT, Term, terms, terms_of

CHOICE_COUNT = 9


def suggestions(query: ListQuery) -> tuple[ListQuery | None, tuple[ListQuery, ...]]:
    """What was probably meant, and lists for some of the words alone; only lists that have something, filters aside."""
    asked = terms_of(query.q)
    if not asked:
        return None, ()
    candidates = candidates_for(asked)
    whole = [choice for choice in islice(product(*candidates), CHOICE_COUNT) if choice != words_of(asked)]
    single = [(words[0],) for words in candidates if words] if len(asked) > 1 else []
    choices = [*dict.fromkeys((*whole, *single))]
    tiers = dict(zip(choices, engine().places([terms(choice) for choice in choices]), strict=True)) if choices else {}
    best = min(whole, key=tiers.__getitem__, default=None)
    meant = query.unfiltered().with_q(" ".join(best)) if best and tiers[best] < TIER_COUNT else None
    alone = [query.unfiltered().with_q(choice[0]) for choice in single if tiers[choice] < TIER_COUNT]
    return meant, tuple(one for one in alone if one != meant)


def words_of(asked: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(term.word for term in asked)


def candidates_for(asked: tuple[Term, ...]) -> list[tuple[str, ...]]:
    """For each term: itself if the index has it, else the words that it is nearest to."""
    index: dict[str, set[str]] = {term.word: set() for term in asked}
    for word, near in engine().similar(asked):
        index[word].add(near)
    return [
        (term.word,) if any(term.begins(one) for one in index[term.word]) else nearest(term.word, index[term.word])
        for term in asked
    ]
