"""What differs between two documents: by key, and inside a text by word."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from string import punctuation, whitespace
from typing import Any, Literal

from patterns.document.register import Key, Table, keys_of

WORD = re.compile(r"\w+")
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
PAIR_LIMIT = 30_000  # of equal words: what the time of SequenceMatcher grows with, and faster than in proportion

PieceKind = Literal["same", "removed", "added", "moved"]


@dataclass(frozen=True)
class Piece:
    """A run of words that both texts share, or that only one of them has; "moved" says where a row stood before."""

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
    """How the value of one key changed, as readable text; of a list, each row beside what it was before."""
    old, new = value_of(before, key), value_of(after, key)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return rows_diff(old, new, keys_of(type(after)).get(key) if after is not None else None)
    return word_diff(value_text(old), value_text(new))


# Lists: a row is compared with the one that it was, wherever that stood.


ROW_LIKENESS = 0.5  # of their words; rows that share less are two


def rows_diff(old: tuple[Any, ...], new: tuple[Any, ...], about: Key | None) -> list[Piece]:
    """One line for each row of the new list, in its order; those that are gone stand where they were."""
    origin = paired_rows(old, new, about.identity if about else None)
    stayed = longest_rise([origin[index] for index in sorted(origin)])
    gone = [index for index in range(len(old)) if index not in origin.values()]
    lines: list[list[Piece]] = []
    for index, row in enumerate(new):
        before = origin.get(index)
        if before is None:
            lines.append([Piece("added", value_text(row))])
            continue
        while before in stayed and gone and gone[0] < before:
            lines.append([Piece("removed", value_text(old[gone.pop(0)]))])
        note = [] if before in stayed else [Piece("moved", f"moved from row {before + 1}: ")]
        lines.append([*note, *word_diff(value_text(old[before]), value_text(row))])
    lines += [[Piece("removed", value_text(old[index]))] for index in gone]
    ended = [piece for line in lines for piece in (*line, Piece("same", "\n"))][:-1]
    runs = groupby(ended, key=lambda piece: piece.kind)
    return [Piece(kind, "".join(piece.text for piece in run)) for kind, run in runs]


def paired_rows(
    old: tuple[Any, ...], new: tuple[Any, ...], identity: Callable[[Any], Hashable] | None
) -> dict[int, int]:
    """By the place of a new row, the place of the one that it was: the same, of the same identity, or the likest."""
    free, pairs = set(range(len(old))), dict[int, int]()
    tests: list[Callable[[Any, Any], float]] = [lambda one, other: one == other]
    if identity is not None:
        tests.append(lambda one, other: identity(one) == identity(other))
    for likeness in (*tests, likeness_of):
        left = [index for index in range(len(new)) if index not in pairs]
        found = [(likeness(old[before], new[after]), before, after) for before in free for after in left]
        for score, before, after in sorted(found, key=lambda one: (-one[0], abs(one[1] - one[2]), one[1:])):
            if score >= ROW_LIKENESS and before in free and after not in pairs:
                pairs[after] = before
                free.remove(before)
    return pairs


def likeness_of(one: Any, other: Any) -> float:
    """The share of words that two rows have in common; what every row has, the names of its keys, says nothing."""
    mine, its = (Counter(WORD.findall(content_text(row))) for row in (one, other))
    return 2 * (mine & its).total() / max(1, mine.total() + its.total())


def content_text(row: Any) -> str:
    return "\n".join(value_text(one) for one in vars(row).values()) if isinstance(row, Table) else str(row)


def longest_rise(places: list[int]) -> set[int]:
    """The most places that stand in rising order, so that as few as can be count as moved."""
    rises: list[list[int]] = []  # of each length, the one with the lowest end
    for place in places:
        length = bisect_left([rise[-1] for rise in rises], place)
        rises[length : length + 1] = [[*(rises[length - 1] if length else []), place]]
    return {*(rises[-1] if rises else [])}


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
