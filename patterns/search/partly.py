"""Questions in whole sentences: no entry has every word, so those come first that have the words that tell most."""

from collections import defaultdict
from collections.abc import Sequence
from math import log
from typing import Final

from patterns.search.engine import engine
from patterns.search.terms import Term
from patterns.search.tiers import TIER_COUNT

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
