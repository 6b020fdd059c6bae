"""What a reader may have meant, when no entry has all the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, product

from patterns.document.register import Weight
from patterns.document.stems import stem
from patterns.models.search import PLACES
from patterns.search.engine import TIER_COUNT, TIERS, engine
from patterns.search.query import Q_LENGTH, ListQuery
from patterns.search.terms import exclusions, question_of

CHOICE_COUNT = 9  # combinations of corrected words that are looked up
NEAREST_COUNT = 3
WORD_COUNT = 8  # of a question, of which slips are looked for
NAMED = next(number for number, tier in enumerate(TIERS) if PLACES[Weight.SYMPTOMS] in tier)  # names, aliases, symptoms


def reach(word: str) -> int:
    """How many slips of the finger are forgiven in a word; of three letters, every one is another word."""
    return 0 if len(word) < 4 else 1 if len(word) < 5 else 2 if len(word) < 10 else 3


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


@dataclass(frozen=True)
class Suggestions:
    """What could be asked instead, filters aside; only lists that have something.

    ``meant`` is what was probably meant; ``is_certain`` that it could hardly be anything else.
    """

    meant: ListQuery | None = None
    instead: tuple[ListQuery, ...] = ()
    is_certain: bool = False


def suggestions(query: ListQuery) -> Suggestions:
    typed, kept = question_of(query.q).typed[:WORD_COUNT], exclusions(query.q)
    if not typed:
        return Suggestions()
    index: dict[str, set[str]] = {word: set() for word in typed}
    for word, near in engine().similar(typed, [reach(word) for word in typed]):
        index[word].add(near)
    # Each word itself if the index has it, else those that it may be a slip of.
    candidates = [(word,) if word in index[word] else nearest(word, index[word]) for word in typed]
    whole = [choice for choice in islice(product(*candidates), CHOICE_COUNT) if choice != typed]
    single = [(words[0],) for words in candidates if words] if len(typed) > 1 else []
    # What was to be left out is left out of each. A text that would be cut, and lose some of it, is no choice.
    joined = {choice: " ".join((*choice, *kept)) for choice in (*whole, *single)}
    texts = {choice: text for choice, text in joined.items() if len(text) <= Q_LENGTH}
    found = engine().best_tiers([question_of(text) for text in texts.values()]) if texts else []
    tiers = {choice: tier for choice, tier in zip(texts, found, strict=True) if tier < TIER_COUNT}
    there = sorted((choice for choice in whole if choice in tiers), key=tiers.__getitem__)
    best = there[0] if there else None
    # Other forms of the same words are no other meaning.
    rivals = [choice for choice in there if best and [*map(stem, choice)] != [*map(stem, best)]]
    meant = query.unfiltered().with_q(texts[best]) if best else None
    alone = [query.unfiltered().with_q(texts[one]) for one in single if one in tiers]
    return Suggestions(
        meant,
        tuple(one for one in alone if one != meant),
        is_certain=best is not None and tiers[best] <= NAMED and all(tiers[one] > tiers[best] for one in rivals),
    )
