"""What a reader may have meant, when no entry has all the words."""

from collections.abc import Iterable
from itertools import islice, product

from patterns.search.engine import TIER_COUNT, engine
from patterns.search.query import ListQuery
from patterns.search.terms import reach, terms, terms_of

CHOICE_COUNT = 9  # combinations of corrected words that are looked up
NEAREST_COUNT = 3


def distance(one: str, other: str, *, limit: int) -> int:
    """Letters added, lost, changed or swapped with their neighbours; ``limit`` + 1 if there are more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    # Row by row, as Wagner and Fischer do; the row before the last one is kept for swapped letters (Damerau).
    before: list[int] = []
    above = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, another in enumerate(other, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != another)))
            if row > 1 and column > 1 and letter == other[column - 2] and another == one[row - 2]:
                line[-1] = min(line[-1], before[column - 2] + 1)
        # Further rows only add to what the best way here has cost.
        if min(line) > limit:
            return limit + 1
        before, above = above, line
    return min(above[-1], limit + 1)


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words that the word is most likely a slip of; ending short of a longer one costs nothing."""
    limit, letters = reach(word), {*word}
    # A slip takes one letter and brings another, at most: so most words are told apart by their letters alone.
    alike = (other for other in {*known} if len(letters.symmetric_difference(other)) <= 2 * limit)
    measured = ((distance(word, other, limit=limit), other[:1] != word[:1], other) for other in alike)
    near = sorted(one for one in measured if one[0] <= limit)
    return tuple(other for _, _, other in near[:NEAREST_COUNT])


def suggestions(query: ListQuery) -> tuple[ListQuery | None, tuple[ListQuery, ...]]:
    """What was probably meant, and lists for some of the words alone; only lists that have something, filters aside."""
    given = terms_of(query.q)
    if not given:
        return None, ()
    index: dict[str, set[str]] = {term.word: set() for term in given}
    for word, near in engine().similar(given):
        index[word].add(near)
    # Each word itself if the index has it, else those that it may be a slip of.
    candidates = [
        (term.word,) if any(term.begins(one) for one in index[term.word]) else nearest(term.word, index[term.word])
        for term in given
    ]
    typed = tuple(term.word for term in given)
    whole = [choice for choice in islice(product(*candidates), CHOICE_COUNT) if choice != typed]
    single = [(words[0],) for words in candidates if words] if len(given) > 1 else []
    choices = [*dict.fromkeys((*whole, *single))]
    found = engine().best_tiers([terms(choice) for choice in choices]) if choices else []
    tiers = dict(zip(choices, found, strict=True))
    best = min(whole, key=tiers.__getitem__, default=None)
    meant = query.unfiltered().with_q(" ".join(best)) if best and tiers[best] < TIER_COUNT else None
    alone = [query.unfiltered().with_q(choice[0]) for choice in single if tiers[choice] < TIER_COUNT]
    return meant, tuple(one for one in alone if one != meant)
