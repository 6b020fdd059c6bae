"""Texts cut into pieces: what the reader's words found, and what stands around it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from patterns.document.prose import folded
from patterns.document.stems import IRREGULAR, UNSPACED_SIGN, is_unspaced, plain_words, stem
from patterns.search.result import Pieces, TextPiece
from patterns.search.terms import Term

SNIPPET_LENGTH = 240
LEAD_LENGTH = 60  # of the text before the first match
GAP = "\N{HORIZONTAL ELLIPSIS}"
WORD_OR_RUN = re.compile(rf"{UNSPACED_SIGN}+|(?:(?!{UNSPACED_SIGN})[^\W_])+")
# Texts are marked word by word, and use the same words again and again.
fold = lru_cache(maxsize=4096)(folded)


def mark_words(text: str, terms: Sequence[Term]) -> Pieces:
    pieces, end = [], 0
    for start, stop in spans(text, terms):
        if start > end:
            pieces.append(TextPiece(text[end:start]))
        pieces.append(TextPiece(text[start:stop], is_match=True))
        end = stop
    if end < len(text):
        pieces.append(TextPiece(text[end:]))
    return tuple(pieces)


def spans(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where the words stand that the terms find."""
    if not terms:
        return
    wanted = wanted_of(tuple(terms))
    # In a text without accents, the common case, only words that begin alike are looked at.
    for one in (wanted.likely if text.isascii() else WORD_OR_RUN).finditer(text):
        start, word = one.start(), one.group()
        if wanted.runs and is_unspaced(word):
            yield from ((start + first, start + end) for first, end in runs_in(word, wanted.runs))
        elif wanted.terms_of(fold(word)):
            yield one.span()


def runs_in(text: str, runs: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where folded runs stand in one that is not; a sign keeps the marks that folding takes from it."""
    folded_signs = [(at, one) for at, sign in enumerate(text) for one in fold(sign)]
    places = [*(at for at, _ in folded_signs), len(text)]
    for found in re.finditer("|".join(runs), "".join(one for _, one in folded_signs)):
        yield places[found.start()], places[found.end()]


@dataclass(frozen=True)
class Wanted:
    """What the terms find, and which of them, by their numbers.

    Words of their stems, words that begin so, and runs of scripts without spaces.
    """

    stems: Mapping[str, frozenset[int]]
    beginnings: Mapping[str, int]
    runs: Mapping[str, int]
    prefixes: tuple[str, ...]  # of the folded words that it can be
    likely: re.Pattern[str]

    def terms_of(self, word: str) -> Collection[int]:
        """The terms that find a folded word."""
        found = self.stems.get(stem(word), frozenset())
        # Few questions have any of these.
        for beginning, number in self.beginnings.items():
            if word.startswith(beginning):
                found |= {number}
        for run, number in self.runs.items():
            if run in word:
                found |= {number}
        return found


@lru_cache(maxsize=64)
def wanted_of(terms: tuple[Term, ...]) -> Wanted:
    runs = {term.word: number for number, term in enumerate(terms) if is_unspaced(term.word)}
    stems: dict[str, frozenset[int]] = defaultdict(frozenset)
    for number, term in enumerate(terms):
        for one in term.stems:
            stems[one] |= {number}
    beginnings = {
        term.beginning: number
        for number, term in enumerate(terms)
        if term.beginning and not is_unspaced(term.beginning)
    }
    # An ending may have changed the last letter of a stem: "retri" is that of "retry".
    likely = {*beginnings, *(one[:-1] if len(one) > 2 else one for one in stems), *irregular_forms(stems)}
    return Wanted(
        dict(stems),
        beginnings,
        runs,
        (*sorted(likely), *runs),
        re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, sorted(likely)))})[a-z0-9]*", re.ASCII | re.IGNORECASE),
    )


def irregular_forms(stems: Collection[str]) -> Iterator[str]:
    return (form for form, base in IRREGULAR.items() if stem(base) in stems)


def snippet(text: str, terms: Sequence[Term], *, wanted: Sequence[Term]) -> Pieces:
    """What stands around the first wanted term in the line with most of them; nothing if no line has any.

    A long line is cut a little before that term, between whole words where there are spaces.
    """
    if not wanted:
        return ()
    lines, told = text.split("\n"), wanted_of(tuple(terms))
    # Few lines have any of them, which is seen without looking at each of their words.
    plain = [line.lower() if line.isascii() else folded(line) for line in lines]
    every = "\n".join(plain)
    there = [one for one in told.prefixes if one in every]
    said = [{*plain_words(line)} if any(one in line for one in there) else set[str]() for line in plain]
    # A text says most of its words more than once, and few of them matter.
    found = {word: numbers for word in set[str]().union(*said) if (numbers := told.terms_of(word))}
    each = [set[int]().union(*(found[word] for word in found.keys() & words)) for words in said]
    looked_for = {number for number, term in enumerate(terms) if term in wanted}
    best = max(range(len(lines)), key=lambda at: (len(each[at] & looked_for), len(each[at])))
    if not each[best] & looked_for:
        return ()
    line = lines[best]
    first = next((start for start, _ in spans(line, wanted)), 0)
    start = 0 if first <= LEAD_LENGTH else line.find(" ", first - LEAD_LENGTH, first) + 1 or first
    end = start + SNIPPET_LENGTH
    if end < len(line):
        end = max(line.rfind(" ", start, end), first) if " " in line[first:end] else end
    return mark_words(f"{GAP if start else ''}{line[start:end]}{GAP if end < len(line) else ''}", terms)


def numbers_in(text: str, terms: Sequence[Term]) -> set[int]:
    """The numbers of the terms that a text has."""
    if not terms:
        return set()
    told = wanted_of(tuple(terms))
    return set[int]().union(*map(told.terms_of, {*plain_words(text)}))
