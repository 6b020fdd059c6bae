"""What differs between two documents: by key, and inside a text by word."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from patterns.catalog.entry import Table

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
    return tuple(key for key in type(document).model_fields if value_of(before, key) != value_of(after, key))


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
        return "; ".join(f"{key}: {content}" for key, content in filled if content)
    return str(value)
