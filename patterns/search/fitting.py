"""Which of many sentences fit what somebody typed: the same words as for entries, and what means about the same."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Final

from patterns.document.stems import stems, token
from patterns.search.ranking import WEAK_SHARE, has_any, meaning_of, told_in_line
from patterns.search.terms import question_of

FIRST_SHARE: Final = 1.0  # of its score, that a sentence of the best entry gets besides; of the next one half of it


def best_fitting(text: str, sentences: Sequence[tuple[str, str]], places: Mapping[str, int], limit: int) -> list[int]:
    """The numbers of the sentences that fit best, best first; of those that have any of the words.

    Each sentence stands behind the code of its entry; ``places`` has those that the text finds, by their order from 0.
    A word tells the more, the fewer sentences have it.
    """
    terms = question_of(text).terms
    meanings = [*map(meaning_of, terms)]
    lines = [f" {' '.join(map(token, stems(sentence)))} " for _, sentence in sentences]
    counts = [sum(has_any(line, own) for line in lines) for own, _ in meanings]
    telling = {
        number: (WEAK_SHARE if term.is_weak else 1.0) * log(1 + len(lines) / (1 + count))
        for number, (term, count) in enumerate(zip(terms, counts, strict=True))
    }

    def score(at: int) -> float:
        said = sum(told_in_line(lines[at], meanings, telling).values())
        place = places.get(sentences[at][0])
        return said if place is None else said * (1 + FIRST_SHARE / (1 + place))

    scores = [score(at) for at in range(len(lines))]
    ranked = sorted(range(len(lines)), key=lambda at: (-round(scores[at], 9), at))
    return [at for at in ranked[:limit] if scores[at]]
