"""Which of many sentences fit what somebody typed: the same words as for entries, and what means about the same."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Final

from patterns.document.stems import stems, token
from patterns.search.ranking import OTHER_SHARE, WEAK_SHARE, alternatives, has_any
from patterns.search.terms import question_of

FIRST_SHARE: Final = 1.0  # of its score, that a sentence of the best entry gets besides; of the next one half of it


def best_fitting(text: str, sentences: Sequence[tuple[str, str]], places: Mapping[str, int], limit: int) -> list[int]:
    """The numbers of the sentences that fit best, best first; of those that have any of the words.

    Each sentence stands behind the code of its entry; ``places`` has those that the text finds, by their order from 0.
    A word tells the more, the fewer sentences have it.
    """
    terms = question_of(text).terms
    sought = [(alternatives(term.choices), alternatives(term.others)) for term in terms]
    lines = [f" {' '.join(map(token, stems(sentence)))} " for _, sentence in sentences]
    own = [{number for number, (choices, _) in enumerate(sought) if has_any(line, choices)} for line in lines]
    others = [{number for number, (_, others) in enumerate(sought) if has_any(line, others)} for line in lines]
    telling = [
        (WEAK_SHARE if term.is_weak else 1.0) * log(1 + len(lines) / (1 + sum(number in one for one in own)))
        for number, term in enumerate(terms)
    ]

    def score(at: int) -> float:
        said = sum(telling[number] for number in sorted(own[at]))
        said += OTHER_SHARE * sum(telling[number] for number in sorted(others[at] - own[at]))
        place = places.get(sentences[at][0])
        return said if place is None else said * (1 + FIRST_SHARE / (1 + place))

    scores = [score(at) for at in range(len(lines))]
    ranked = sorted(range(len(lines)), key=lambda at: (-round(scores[at], 9), at))
    return [at for at in ranked[:limit] if scores[at]]
