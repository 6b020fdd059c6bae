"""Differences for readers: few and whole, with only as much of the shared text around them as is needed."""

from collections.abc import Iterator
from itertools import groupby
from string import punctuation, whitespace

from patterns.catalog.diff import WORDS, Piece, PieceKind, pieces, word_diff

CONTEXT = 28  # words, spaces and signs that stay on either side of a difference
GAP = "\N{HORIZONTAL ELLIPSIS}"
SIGNS = punctuation + whitespace + GAP
EFFORT = 250_000  # pairs of words; two texts that differ in more were written anew


def readable_diff(before: str, after: str) -> list[Piece]:
    """How one text became the other, line by line; long stretches that both share are cut to their ends."""
    diff = joined([*near_diff(before, after)])
    last = len(diff) - 1
    short = (shortened(piece, is_first=index == 0, is_last=index == last) for index, piece in enumerate(diff))
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


def shortened(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
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
