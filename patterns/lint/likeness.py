"""Texts that are nearly the same, found by the runs of words that they share, in time that grows with the texts.

Every fourth run of each text is kept; a text looks for all of its own among them. Two texts that share seven words in
a row meet there, and only those that meet often are compared in full.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from patterns.document.entry import Entry
from patterns.document.register import names_where
from patterns.lint.manuscript import Manuscript, Words

KEYS = names_where(Entry, lambda key: key.is_compared)
SIZE = 4  # words of a run
STRIDE = 4
LEAST_RUNS = 8  # of a text that is worth comparing
ALIKE = 0.5  # of the runs of the shorter text, those that the longer one has too
MEETINGS = 8  # kept of one run: a phrase that a thousand texts share must not make a million pairs
COMPARED = 3  # of the texts that a text meets, those that it meets most often
OPENING = 4  # words
SENTENCE = 8  # words: shorter sentences may well be the same


@dataclass(frozen=True)
class Place:
    code: str
    key: str


@dataclass(frozen=True)
class Match:
    """Another entry's text, and how much of the shorter of the two stands in both."""

    place: Place
    share: float


class Texts:
    """The sections of all entries, to be asked what is like one of them."""

    def __init__(self, manuscripts: Mapping[str, Manuscript]) -> None:
        self.manuscripts = manuscripts
        self.places = [Place(code, key) for code in manuscripts for key in KEYS]

    @cached_property
    def kept(self) -> dict[Words, list[int]]:
        """Words → the numbers of the first places that have it."""
        found: dict[Words, list[int]] = {}
        for number, place in enumerate(self.places):
            for run in islice(runs(self.words(place)), 0, None, STRIDE):
                known = found.setdefault(run, [])
                if len(known) < MEETINGS:
                    known.append(number)
        return found

    @cached_property
    def sentences(self) -> dict[Words, list[Place]]:
        """Sentence → the first two entries' places that have it."""
        found: dict[Words, list[Place]] = {}
        for place in self.places:
            for sentence in self.sentences_at(place):
                known = found.setdefault(sentence, [])
                if len(known) < 2 and all(place.code != one.code for one in known):
                    known.append(place)
        return found

    def words(self, place: Place) -> Words:
        return self.manuscripts[place.code].words(place.key)

    def sentences_at(self, place: Place) -> list[Words]:
        """Those that are long enough to be somebody's own."""
        section = self.manuscripts[place.code].section(place.key)
        return [words for passage in section for words in passage.spoken if len(words) >= SENTENCE]

    def nearest(self, place: Place) -> Match | None:
        """The most similar text of another entry, if any is similar."""
        own = [*runs(self.words(place))]
        met = Counter(number for run in own for number in self.kept.get(run, ()))
        others = (self.places[number] for number, _ in met.most_common() if self.places[number].code != place.code)
        matches = [Match(other, self.share({*own}, other)) for other in islice(others, COMPARED)]
        best = max(matches, key=lambda match: match.share, default=None)
        return best if best and best.share >= ALIKE else None

    def share(self, own: set[Words], other: Place) -> float:
        theirs = {*runs(self.words(other))}
        shorter = min(len(own), len(theirs))
        return len(own & theirs) / shorter if shorter >= LEAST_RUNS else 0.0

    def repeated(self, place: Place) -> tuple[Words, Place] | None:
        """The first sentence that another entry has too, and where."""
        for sentence in self.sentences_at(place):
            for other in self.sentences.get(sentence, ()):
                if other.code != place.code:
                    return sentence, other
        return None


def runs(words: Words) -> Iterable[Words]:
    return zip(*(words[start:] for start in range(SIZE)), strict=False)


def opening(one: Manuscript, key: str) -> str:
    """The first words of a section; nothing if it has fewer."""
    words = one.words(key)[:OPENING]
    return " ".join(words) if len(words) == OPENING else ""
