"""Who comes first: decided here and not by the databases, so that both give the same entries in the same order.

An entry is as good as the words of the question that it has, each by how few entries have it (inverse document
frequency, Spärck Jones 1972) and by where the entry says it. What it says in several places counts for more, though
never for as much as another word would (the saturation of BM25F, Robertson, Zaragoza and Taylor 2004).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import log
from typing import Final

from patterns.document.register import Weight
from patterns.document.stems import token
from patterns.models.search import OFTEN, PLACES, REST
from patterns.search.engine import LETTERS, OTHER_PLACES, TIERS, WHOLE, WITH_OTHERS, Candidate, Found, Place, engine
from patterns.search.terms import Choice, Term, question_of

WEIGHTS: Final = {
    PLACES[Weight.NAME]: 7.0,
    PLACES[Weight.ALIASES]: 5.5,
    PLACES[Weight.SYMPTOMS]: 4.5,
    PLACES[Weight.DESCRIPTION]: 3.0,
    PLACES[Weight.PROBLEM]: 2.5,
    OFTEN: 2.5,
    REST: 1.0,
}
SATURATION: Final = 2.0  # with places of this weight together, a word has half of what it can add
OTHER_SHARE: Final = 0.4  # of what a word adds, for one that means about the same
WEAK_SHARE: Final = 0.6  # of what a word tells, for one of everyday English, however few entries have it
LINE_SHARE: Final = 0.28  # of what words tell, if they meet in one line
REREAD_COUNT: Final = 60  # entries whose lines are read
SHARE: Final = 0.4  # of the best entry's score; who has less has hardly to do with the question
TELLING_COUNT: Final = 3  # words that a sentence is to have besides those that hold it together
PLACE_COUNT: Final = 200  # entries that are looked at for each word in each place; a word that more have tells little
Weighed = dict[Found, dict[int, float]]  # by entry, what each term of the question weighs there
Alternatives = tuple[tuple[str, ...], ...]  # parts of a text of tokens; of one alternative, all are to be there
Meaning = tuple[Alternatives, Alternatives]  # of a term: its own words, and what means about the same


@dataclass(frozen=True)
class Ranking:
    """Entries, best first. ``is_partial``: some lack words, and have those that tell most."""

    found: tuple[Found, ...] = ()
    is_partial: bool = False


def find(text: str, limit: int) -> Ranking:
    """What a reader's words find: entries with all of them, and of a sentence those that have what tells most."""
    question = question_of(text)
    candidates, places = engine().answers(question, limit, places=PLACE_COUNT if question.is_sentence else 0)
    tiers = {one.found: one.tier for one in candidates}
    sought = [sought_of(term) for term in question.terms]
    # Beside the reader's own words, those that mean about the same decide nothing.
    exact = [replace(one, others=()) for one in sought]
    weighed: Weighed = {one.found: weights_in(one, sought if one.tier == WITH_OTHERS else exact) for one in candidates}
    if not question.is_sentence or (candidates and len(question.terms) < TELLING_COUNT):
        return Ranking(in_order(scores_of(weighed, telling_of(weighed, question.terms)), tiers))
    # What is known of single words is more exact than that an entry has all of them.
    for entry, weights in weights_at(places).items():
        weighed[entry] = {**weighed.get(entry, {}), **weights}
    telling = telling_of(weighed, question.terms)
    scores = scores_of(weighed, telling)
    # What is said in one breath belongs together: of the best, those come first that say it so.
    best = sorted(scores, key=lambda entry: (-scores[entry], entry.pk))[:REREAD_COUNT]
    lines = engine().lines([entry.pk for entry in best]) if best else {}
    meanings = [*map(meaning_of, question.terms)]
    for entry in best:
        scores[entry] += LINE_SHARE * best_line(lines.get(entry.pk, []), meanings, telling)
    least = SHARE * max(scores.values(), default=0)
    whole = {entry: tier if TIERS[tier] in WHOLE else len(WHOLE) for entry, tier in tiers.items()}
    kept = {entry: score for entry, score in scores.items() if score >= least or whole.get(entry, 9) < len(WHOLE)}
    return Ranking(in_order(kept, whole)[:limit], is_partial=any(entry not in tiers for entry in kept))


def find_nearest(text: str, limit: int) -> tuple[Found, ...]:
    """The entries that have some of the words, where none has all; in places that name or describe them."""
    question = question_of(text)
    _, places = engine().answers(question, limit=1, places=PLACE_COUNT)
    weighed = weights_at([place for place in places if place.letter not in (OFTEN, REST)])
    return in_order(scores_of(weighed, telling_of(weighed, question.terms)), {})[:limit]


def in_order(scores: Mapping[Found, float], tiers: Mapping[Found, int]) -> tuple[Found, ...]:
    # Rounded, so that the order of adding up decides nothing; then by code.
    def place(entry: Found) -> tuple[int, float, int, bytes]:
        return tiers.get(entry, len(WHOLE)), -round(scores[entry], 9), len(entry.code), entry.code.encode()

    return tuple(sorted(scores, key=place))


def part_of(weight: float) -> float:
    return weight / (weight + SATURATION)


def telling_of(weighed: Weighed, terms: Sequence[Term]) -> dict[int, float]:
    """How much each term tells: one that most entries merely mention as much as one that few are about.

    Few entries are no measure of English: "already" may be in one of two dozen, and not be what that one is about.
    """
    counts: dict[int, float] = defaultdict(float)
    for weights in weighed.values():
        for term, weight in weights.items():
            counts[term] += part_of(weight)
    shares = {term: WEAK_SHARE if terms[term].is_weak else 1.0 for term in counts}
    return {term: shares[term] * log(1 + (len(weighed) + 0.5) / (count + 1)) for term, count in counts.items()}


def scores_of(weighed: Weighed, telling: Mapping[int, float]) -> dict[Found, float]:
    return {
        entry: sum(telling[term] * part_of(weight) for term, weight in weights.items())
        for entry, weights in weighed.items()
    }


def best_line(lines: Sequence[str], terms: Sequence[Meaning], telling: Mapping[int, float]) -> float:
    """What the terms tell that meet in one line; nothing of a term that is alone there."""
    each = (told_in_line(line, terms, telling) for line in lines)
    return max((sum(found.values()) for found in each if len(found) > 1), default=0.0)


def told_in_line(line: str, terms: Sequence[Meaning], telling: Mapping[int, float]) -> dict[int, float]:
    """By number, what each term tells that a line has; less, if it only has what means about the same."""
    told = {}
    for number, (own, others) in enumerate(terms):
        if has_any(line, own):
            told[number] = telling.get(number, 0)
        elif has_any(line, others):
            told[number] = OTHER_SHARE * telling.get(number, 0)
    return told


def meaning_of(term: Term) -> Meaning:
    return alternatives(term.choices), alternatives(term.others)


def weights_at(places: Sequence[Place]) -> Weighed:
    """Of entries that have some of the terms."""
    own: Weighed = defaultdict(lambda: defaultdict(float))
    others: Weighed = defaultdict(lambda: defaultdict(float))
    for place in places:
        (others if place.is_other else own)[place.found][place.term] += WEIGHTS[place.letter]
    for entry, weights in others.items():
        for term, weight in weights.items():
            own[entry][term] = max(own[entry].get(term, 0), OTHER_SHARE * weight)
    return {entry: dict(weights) for entry, weights in own.items()}


@dataclass(frozen=True)
class Sought:
    """What of a term is looked for among the tokens of each entry: place by place, with what it weighs there."""

    own: tuple[tuple[float, Alternatives], ...]
    others: tuple[tuple[float, Alternatives], ...]


def sought_of(term: Term) -> Sought:
    own = [(WEIGHTS[at], alternatives(term.choices, at)) for at in LETTERS]
    if term.beginning:
        begun = token(term.beginning)
        own = [(weight, (*found, (f" {at}{begun}",))) for at, (weight, found) in zip(LETTERS, own, strict=True)]
    others = [
        (OTHER_SHARE * WEIGHTS[group[-1]], tuple(chain.from_iterable(alternatives(term.others, at) for at in group)))
        for group in OTHER_PLACES
    ]
    return Sought(tuple(own), tuple(others))


def alternatives(choices: Sequence[Choice], at: str = "") -> Alternatives:
    return tuple(tuple(f" {at}{token(one)} " for one in choice) for choice in choices)


def weights_in(candidate: Candidate, sought: Sequence[Sought]) -> dict[int, float]:
    """Of an entry that has all of the terms; what is not among its tokens is somewhere in its text."""
    words = f" {candidate.words} "
    return {
        number: max(weight_in(words, term.own) or WEIGHTS[REST], weight_in(words, term.others))
        for number, term in enumerate(sought)
    }


def weight_in(words: str, places: Sequence[tuple[float, Alternatives]]) -> float:
    """The weights of all places that have an alternative together."""
    return sum([weight for weight, alternatives in places if has_any(words, alternatives)])


def has_any(words: str, alternatives: Alternatives) -> bool:
    # In loops, since it is asked some thousand times for a question, and generators would cost more.
    for parts in alternatives:
        for part in parts:
            if part not in words:
                break
        else:
            return True
    return False
