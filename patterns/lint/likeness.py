"""What is nearly the same: texts that share runs of words, and names that look alike.

Texts are compared in time that grows with them. Every fourth run of each text is kept; a text looks for all of its own
among them. Two texts that share seven words in a row meet there, and only those that meet often are compared in full.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from patterns.document.entry import Entry
from patterns.document.register import names_where
from patterns.document.text import name_key
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
class TextPlace:
    code: str
    key: str


@dataclass(frozen=True)
class Match:
    """Another entry's text, and how much of the shorter of the two stands in both."""

    place: TextPlace
    share: float


class Texts:
    """The sections of all entries, to be asked what is like one of them."""

    def __init__(self, manuscripts: Mapping[str, Manuscript]) -> None:
        self.manuscripts = manuscripts
        self.places = [TextPlace(code, key) for code in manuscripts for key in KEYS]

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
    def sentences(self) -> dict[Words, list[TextPlace]]:
        """Sentence → the first two entries' places that have it."""
        found: dict[Words, list[TextPlace]] = {}
        for place in self.places:
            for sentence in self.sentences_at(place):
                known = found.setdefault(sentence, [])
                if len(known) < 2 and all(place.code != one.code for one in known):
                    known.append(place)
        return found

    def words(self, place: TextPlace) -> Words:
        return self.manuscripts[place.code].words(place.key)

    def sentences_at(self, place: TextPlace) -> list[Words]:
        """Those that are long enough to be somebody's own."""
        section = self.manuscripts[place.code].section(place.key)
        return [words for passage in section for words in passage.spoken if len(words) >= SENTENCE]

    def nearest(self, place: TextPlace) -> Match | None:
        """The most similar text of another entry, if any is similar."""
        own, met = Counter(runs(self.words(place))), Counter[int]()
        for run, count in own.items():
            for number in self.kept.get(run, ()):
                met[number] += count
        others = (self.places[number] for number, _ in met.most_common() if self.places[number].code != place.code)
        matches = [Match(other, self.share(own.keys(), other)) for other in islice(others, COMPARED)]
        best = max(matches, key=lambda match: match.share, default=None)
        return best if best and best.share >= ALIKE else None

    def share(self, own: Set[Words], other: TextPlace) -> float:
        theirs = {*runs(self.words(other))}
        shorter = min(len(own), len(theirs))
        return len(own & theirs) / shorter if shorter >= LEAST_RUNS else 0.0

    def repeated(self, place: TextPlace) -> tuple[Words, TextPlace] | None:
        """The first sentence that another entry has too, and where."""
        for sentence in self.sentences_at(place):
            for other in self.sentences.get(sentence, ()):
                if other.code != place.code:
                    return sentence, other
        return None


def runs(words: Words) -> Iterable[Words]:
    return zip(*(words[start:] for start in range(SIZE)), strict=False)


def first_words(one: Manuscript, key: str) -> str:
    """The first words of a section; nothing if it has fewer."""
    words = one.words(key)[:OPENING]
    return " ".join(words) if len(words) == OPENING else ""


# Letters that look like others: what a reader takes a name for, whatever alphabet it is typed in.


# ruff: noqa: RUF001


# The letters of the alphabets beside which Latin is typed that look like one Latin letter, after confusables.txt of
# Unicode's UTS 39. Its other thousands are in scripts that nobody mixes in unseen, or are folded by the key anyway.
LOOK_ALIKES = {
    **{"A": "ΑАᎪ", "B": "ΒВᏴꞴ", "C": "СᏟ", "D": "Ꭰ", "E": "ΕЕᎬ", "F": "ϜꞘ", "G": "ԌᏀᏳ", "H": "ΗНᎻ", "I": "ƖΙІӀ"},
    **{"J": "ͿЈᎫꞲ", "K": "ΚКᏦ", "L": "Ꮮ", "M": "ΜϺМᎷ", "N": "Ν", "O": "ΟОՕ", "P": "ΡРᏢ", "R": "ƦᎡᏒ"},
    **{"S": "ЅՏᏕᏚ", "T": "ΤТᎢ", "U": "Ս", "V": "ѴᏙ", "W": "ԜᎳᏔ", "X": "ΧХꞳ", "Y": "ΥУҮᎩᎽ", "Z": "ΖᏃ"},
    **{"a": "ɑαа", "b": "ƄЬᏏ", "c": "сᴄꮯ", "d": "ԁᏧ", "e": "еҽꬲ", "f": "ƒքẝꞙꬵ", "g": "ƍɡցᶃ", "h": "һհᏂ"},
    **{"i": "ıɩɪιіւᎥꙇꭵ", "j": "ϳј", "l": "ǀӏ", "n": "ոռ", "o": "οσоօᴏᴑꬽ", "p": "þƿρϸр", "q": "ԛգզ"},
    **{"r": "гᴦꭇꭈꮁ", "s": "ƽѕꜱꮪ", "u": "ʋυսᴜꞟꭎꭒ", "v": "νѵᴠꮩ", "w": "ɯшѡԝաᴡꮃ", "x": "х", "y": "ɣʏγуүᶌỿꭚ", "z": "ᴢꮓ"},
}
LATIN = str.maketrans({other: letter for letter, others in LOOK_ALIKES.items() for other in others})
STROKES = str.maketrans("1|i0", "lllo")  # once case is folded, a capital i is one as well
ALPHABETS = {"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LATIN"}
WORD = re.compile(r"[^\W\d_]+")


def look(name: str) -> str:
    """What two names share that cannot be told apart by sight; UTS 39 calls it a skeleton."""
    # NFD sets accents apart, so that the letter below one is looked up as well.
    seen = name if name.isascii() else unicodedata.normalize("NFD", name).translate(LATIN)
    # Once case is folded: r and n look like an m as small letters only.
    return name_key(seen).replace("rn", "m").translate(STROKES)


def mixed_word(name: str) -> tuple[str, list[str]] | None:
    """The first word with letters of more than one alphabet, and these alphabets."""
    for word in () if name.isascii() else WORD.findall(name):
        alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in word} & ALPHABETS
        if len(alphabets) > 1:
            return word, sorted(alphabet.capitalize() for alphabet in alphabets)
    return None
