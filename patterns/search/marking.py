"""Texts cut into pieces: what the reader's words found, and what stands around it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from patterns.document.prose import WORD, folded
from patterns.search.result import Piece, Pieces
from patterns.search.terms import Term

SNIPPET_LENGTH = 240
LEAD_LENGTH = 60  # of the text before the first match
GAP = "\N{HORIZONTAL ELLIPSIS}"
fold = lru_cache(maxsize=4096)(folded)


def marked(text: str, terms: Sequence[Term]) -> Pieces:
    return tuple(pieces(text, terms)) if text else ()


def pieces(text: str, terms: Sequence[Term]) -> Iterator[Piece]:
    end = 0
    for start, stop in matches(text, terms):
        if start > end:
            yield Piece(text[end:start])
        yield Piece(text[start:stop], is_match=True)
        end = stop
    if end < len(text):
        yield Piece(text[end:])


def matches(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where the words stand that begin as the terms do."""
    beginnings = tuple(chain.from_iterable(term.prefixes for term in terms))
    if beginnings:
        found = (word for word in WORD.finditer(text) if fold(word.group()).startswith(beginnings))
        yield from (word.span() for word in found)


def snippet(text: str, terms: Sequence[Term], *, wanted: Sequence[Term]) -> Pieces:
    """What stands around the first wanted term in the line with most of them; nothing if no line has any."""
    if not wanted:
        return ()
    lines = text.split("\n")
    counts = [found_counts(line, wanted, terms) for line in lines]
    best = max(range(len(lines)), key=counts.__getitem__)
    return marked(cut(lines[best], wanted), terms) if counts[best][0] else ()


def found_count(line: str, terms: Sequence[Term]) -> int:
    return found_counts(line, terms)[0]


def found_counts(line: str, *each: Sequence[Term]) -> list[int]:
    """For each collection of terms, how many of them the line has; folding it is what costs, and is done once."""
    words = f" {folded(line)}"
    return [sum(any(f" {prefix}" in words for prefix in term.prefixes) for term in terms) for terms in each]


def cut(line: str, terms: Sequence[Term]) -> str:
    """At most so much of a line, from a little before the first match, between whole words where there are spaces."""
    first = next((start for start, _ in matches(line, terms)), 0)
    start = 0 if first <= LEAD_LENGTH else line.find(" ", first - LEAD_LENGTH, first) + 1 or first
    end = start + SNIPPET_LENGTH
    if end < len(line):
        end = max(line.rfind(" ", start, end), first) if " " in line[first:end] else end
    return f"{GAP if start else ''}{line[start:end]}{GAP if end < len(line) else ''}"
