"""Texts cut into pieces: what the reader's words found, and what stands around it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from patterns.document.prose import WORD, folded
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
    """Where the words stand that begin as the terms do."""
    beginnings = tuple(chain.from_iterable(term.prefixes for term in terms))
    if not beginnings:
        return
    if text.isascii():  # the common case, kept fast
        yield from (word.span() for word in plain_words(beginnings).finditer(text))
    else:
        found = (word for word in WORD.finditer(text) if fold(word.group()).startswith(beginnings))
        yield from (word.span() for word in found)


@lru_cache(maxsize=64)
def plain_words(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    """The words of a text without accents that begin so; beginnings are folded, and so letters and digits only."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(beginnings)})[a-z0-9]*", re.ASCII | re.IGNORECASE)


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
    """For each collection of terms, how many of them the line has; folding it is what costs, and is done once."""
    words = f" {folded(line)}"
    return [sum(any(f" {prefix}" in words for prefix in term.prefixes) for term in terms) for terms in each]
