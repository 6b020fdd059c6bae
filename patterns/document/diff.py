"""What differs between two documents: by key, and inside a text by word."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from string import punctuation, whitespace
from typing import Any, Literal

from patterns.document.register import Table

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
PAIR_LIMIT = 30_000  # of equal words: what the time of SequenceMatcher grows with, and faster than in proportion

PieceKind = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Piece:
    """A run of words that both texts share, or that only one of them has."""

    kind: PieceKind
    text: str


def changed_keys(before: Table | None, after: Table | None) -> tuple[str, ...]:
    """The keys whose values differ, in key order; of a document that appears or goes, those that hold a value."""
    document = after or before
    if document is None:
        return ()
    if before is None or after is None:
        return tuple(key for key, value in vars(document).items() if value)
    old, new = vars(before), vars(after)
    return tuple(key for key in old if old[key] != new[key] and (old[key] or new[key]))


def value_of(document: Table | None, key: str) -> Any:
    """The value of a key; of no document, nothing. Empty values of either kind are equal."""
    return (getattr(document, key) if document is not None else None) or None


def word_diff(before: str, after: str) -> list[Piece]:
    """The words removed and added on the way from one text to the other, in reading order.

    What both texts begin and end with is set aside first; a rest that repeats itself too much is shown as replaced.
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    head = shared_length(old, new)
    tail = shared_length(old[:head:-1], new[:head:-1]) if head < min(len(old), len(new)) else 0
    same_end = old[len(old) - tail :]
    old_rest, new_rest = old[head : len(old) - tail], new[head : len(new) - tail]
    return [*pieces("same", old[:head]), *rest_diff(old_rest, new_rest), *pieces("same", same_end)]


def shared_length(old: list[str], new: list[str]) -> int:
    """How many words two lists share at their beginning."""
    pairs = zip(old, new, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def rest_diff(old: list[str], new: list[str]) -> Iterator[Piece]:
    counts = Counter(new)
    if sum(counts[word] for word in old if not word.isspace()) > PAIR_LIMIT:
        yield from (*pieces("removed", old), *pieces("added", new))
        return
    # Texts that share nothing but spaces share nothing; and autojunk would overlook the words that are frequent.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            yield from pieces("same", old[old_from:old_to])
        else:
            yield from pieces("removed", old[old_from:old_to])
            yield from pieces("added", new[new_from:new_to])


def pieces(kind: PieceKind, words: list[str]) -> Iterator[Piece]:
    if words:
        yield Piece(kind, "".join(words))


def key_diff(before: Table | None, after: Table | None, key: str) -> list[Piece]:
    """How the value of one key changed, as readable text."""
    return word_diff(value_text(value_of(before, key)), value_text(value_of(after, key)))


def value_text(value: Any) -> str:
    """Any value of a document for people: a list has one line for each item, a table its keys in a row."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(value_text(one) for one in value)
    if isinstance(value, Table):
        filled = ((key, getattr(value, key)) for key in type(value).model_fields)
        worded = ((key, ", ".join(one) if isinstance(one, tuple) else one) for key, one in filled)
        return "; ".join(f"{key}: {content}" for key, content in worded if content)
    return str(value)


# Differences for readers: few and whole, with only as much of the shared text around them as is needed.


CONTEXT = 28  # words, spaces and signs that stay on either side of a difference
GAP = "\N{HORIZONTAL ELLIPSIS}"
SIGNS = punctuation + whitespace + GAP
EFFORT = 250_000  # pairs of words; two texts that differ in more were written anew


def readable_diff(before: str, after: str) -> list[Piece]:
    """How one text became the other, line by line; long stretches that both share are cut to their ends."""
    diff = joined([*near_diff(before, after)])
    last = len(diff) - 1
    short = (stretch_ends(piece, is_first=index == 0, is_last=index == last) for index, piece in enumerate(diff))
    return [line for piece in short for line in in_lines(piece)]


def near_diff(before: str, after: str) -> Iterator[Piece]:
    """Like ``word_diff``, in bounded time: what both texts begin and end with is set aside first."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    start = shared_count(old, new)
    end = shared_count(old[start:][::-1], new[start:][::-1])
    removed, added = old[start : len(old) - end], new[start : len(new) - end]
    yield from pieces("same", old[:start])
    if len(removed) * len(added) > EFFORT:
        yield from (*pieces("removed", removed), *pieces("added", added))
    else:
        yield from word_diff("".join(removed), "".join(added))
    yield from pieces("same", old[len(old) - end :])


def shared_count(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def joined(diff: list[Piece]) -> list[Piece]:
    """Differences with nothing but spaces and signs between them are one: a sentence written anew is read whole."""
    found: list[Piece] = []
    for differs, run in groupby(enumerate(diff), key=lambda placed: is_part_of_difference(diff, placed[0])):
        parts = [piece for _, piece in run]
        found += merged(parts) if differs else parts
    return found


def is_part_of_difference(diff: list[Piece], index: int) -> bool:
    piece = diff[index]
    is_between = 0 < index < len(diff) - 1
    has_words = any(character.isalnum() or character == "\n" for character in piece.text)
    return piece.kind != "same" or (is_between and not has_words)


def merged(parts: list[Piece]) -> Iterator[Piece]:
    """One removal and one addition for a run of differences."""
    sides: tuple[tuple[PieceKind, PieceKind], ...] = (("removed", "added"), ("added", "removed"))
    for kind, other in sides:
        yield from pieces(kind, [piece.text for piece in parts if piece.kind != other])


def stretch_ends(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
    """A shared stretch with only the words next to a difference."""
    words = WORDS.findall(piece.text)
    if piece.kind != "same" or len(words) <= 2 * CONTEXT + 1:
        return piece
    head = "" if is_first else "".join(words[:CONTEXT]).rstrip(SIGNS) + " "
    tail = "" if is_last else " " + "".join(words[-CONTEXT:]).lstrip(SIGNS)
    return Piece("same", f"{head}{GAP}{tail}")


def in_lines(piece: Piece) -> Iterator[Piece]:
    """A difference of several lines as one on each, so that every line is marked; the line breaks are not."""
    if piece.kind == "same":
        yield piece
        return
    for number, line in enumerate(piece.text.split("\n")):
        yield from pieces("same", ["\n"] if number else [])
        yield from pieces(piece.kind, [line] if line else [])
