"""Texts cut into pieces: what the reader's words found, and what stands around it."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from patterns.document.prose import WORD, folded
from patterns.document.stems import IRREGULAR, is_unspaced, stem
from patterns.search.result import Pieces, TextPiece
from patterns.search.terms import Term

SNIPPET_LENGTH = 240
LEAD_LENGTH = 60  # of the text before the first match
GAP = "\N{HORIZONTAL ELLIPSIS}"
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
    wanted = wanted_of(tuple(terms))
    # In a text without accents, the common case, only words that begin alike are looked at.
    found = (wanted.likely if text.isascii() else wanted.any_word).finditer(text)
    yield from (one.span() for one in found if wanted.has(one.group()))


@dataclass(frozen=True)
class Wanted:
    """What the terms find: words of these stems, words that begin so, and runs of scripts without spaces."""

    stems: frozenset[str]
    beginnings: tuple[str, ...]
    runs: tuple[str, ...]
    likely: re.Pattern[str]
    any_word: re.Pattern[str]

    def has(self, word: str) -> bool:
        if word in self.runs:
            return True
        plain = fold(word)
        return stem(plain) in self.stems or plain.startswith(self.beginnings)


@lru_cache(maxsize=64)
def wanted_of(terms: tuple[Term, ...]) -> Wanted:
    runs = tuple(dict.fromkeys(term.word for term in terms if is_unspaced(term.word)))
    stems = frozenset(chain.from_iterable(term.stems for term in terms))
    beginnings = tuple(term.beginning for term in terms if term.beginning and not is_unspaced(term.beginning))
    # An ending may have changed the last letter of a stem: "retri" is that of "retry".
    likely = {*beginnings, *(one[:-1] if len(one) > 2 else one for one in stems), *irregular_forms(stems)}
    return Wanted(
        stems,
        beginnings,
        runs,
        re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, sorted(likely)))})[a-z0-9]*", re.ASCII | re.IGNORECASE),
        re.compile(rf"{'|'.join(runs)}|(?:(?!{'|'.join(runs)})[^\W_])+") if runs else WORD,
    )


def irregular_forms(stems: Collection[str]) -> Iterator[str]:
    return (form for form, base in IRREGULAR.items() if stem(base) in stems)


def snippet(text: str, terms: Sequence[Term], *, wanted: Sequence[Term]) -> Pieces:
    """What stands around the first wanted term in the line with most of them; nothing if no line has any.

    A long line is cut a little before that term, between whole words where there are spaces.
    """
    if not wanted:
        return ()
    lines = text.split("\n")
    counts = [count_each(line, wanted, terms) for line in lines]
    best = max(range(len(lines)), key=counts.__getitem__)
    if not counts[best][0]:
        return ()
    line = lines[best]
    first = next((start for start, _ in spans(line, wanted)), 0)
    start = 0 if first <= LEAD_LENGTH else line.find(" ", first - LEAD_LENGTH, first) + 1 or first
    end = start + SNIPPET_LENGTH
    if end < len(line):
        end = max(line.rfind(" ", start, end), first) if " " in line[first:end] else end
    return mark_words(f"{GAP if start else ''}{line[start:end]}{GAP if end < len(line) else ''}", terms)


def count_found(line: str, terms: Sequence[Term]) -> int:
    """How many of the terms the line has."""
    return count_each(line, terms)[0]


def count_each(line: str, *each: Sequence[Term]) -> list[int]:
    """For each collection of terms, how many of them the line has."""
    return [sum(any(True for _ in spans(line, (term,))) for term in terms) for terms in each]
