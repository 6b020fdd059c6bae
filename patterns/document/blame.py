"""Who wrote this: each piece of a document with the change since which it has been there without a break.

A text is cut into sentences, a list into its items; any other value is one piece. Where a piece stands within its key
means nothing: what was moved is as old as it was.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from patterns.document.diff import value_text
from patterns.document.register import Table

CLOSING = "\"'\u201d\u2019\u00bb)\\]*_`"
LOOKED_AT = 200  # states, at most: who wants to know of what is older asks for an older one
SENTENCE_END = re.compile(rf"[.!?\u2026][{CLOSING}]*\s+|\n\s*")


@dataclass(frozen=True)
class State:
    """A document as the change with this number left it; None if it deleted it."""

    number: int
    document: Table | None


@dataclass(frozen=True)
class Mark:
    """The ``count``-th time that a key says something; white space at its ends does not count."""

    key: str
    words: str
    count: int


@dataclass(frozen=True)
class BlamePiece:
    """``number`` is that of the change since which the text is there; ``is_older`` if it may have been there before."""

    text: str
    number: int
    is_older: bool = False


def blamed(states: Iterable[State], *, most: int = LOOKED_AT) -> dict[str, list[BlamePiece]]:
    """Key → its pieces, of the first state; states are those of one document, newest first.

    Joined, the pieces of a key are its ``value_text``. Empty if there is no document. What is still there in the last
    of ``most`` states behind the first is as old as that or older.
    """
    rest = iter(states)
    newer = next(rest, State(0, None))
    pieces = marked_words(newer.document)
    since: dict[Mark, int] = {}
    left = {key: {mark for mark, _ in marks} for key, marks in pieces.items()}
    is_older = False
    for count, state in enumerate(rest, start=1):
        if is_older := count > most:
            break
        for key, gone in marks_gone(left, newer.document, state.document).items():
            # What was gone for a while is as old as its return, not as its first time.
            since |= dict.fromkeys(gone, newer.number)
            left[key] -= gone
        left = {key: marks for key, marks in left.items() if marks}
        if not left:
            break
        newer = state
    oldest = dict.fromkeys(mark for marks in left.values() for mark in marks)

    def piece(mark: Mark, text: str) -> BlamePiece:
        return BlamePiece(text, since.get(mark, newer.number), is_older=is_older and mark in oldest)

    return {key: [piece(mark, text) for mark, text in marks] for key, marks in pieces.items()}


def marks_gone(left: dict[str, set[Mark]], newer: Table | None, older: Table | None) -> dict[str, set[Mark]]:
    """Which of these the older document lacks; what both say alike, as nearly all keys, is not cut into pieces."""
    if older is None:
        return dict(left)
    changed = {key: marks for key, marks in left.items() if getattr(older, key) != getattr(newer, key)}
    return {key: marks - {mark for mark, _ in marked(key, getattr(older, key))} for key, marks in changed.items()}


def marked_words(document: Table | None) -> dict[str, list[tuple[Mark, str]]]:
    """Key → its pieces in their order, each with its mark."""
    keys = type(document).model_fields if document is not None else ()
    found = {key: marked(key, getattr(document, key)) for key in keys}
    return {key: marks for key, marks in found.items() if marks}


def marked(key: str, value: Any) -> list[tuple[Mark, str]]:
    counts: Counter[str] = Counter()
    found = []
    for text in pieces_of(value):
        words = text.strip()
        # A sentence that stands there twice is two pieces: the second may be younger.
        counts[words] += 1
        found.append((Mark(key, words, counts[words]), text))
    return found


def pieces_of(value: Any) -> list[str]:
    """Joined they are the value's text."""
    if isinstance(value, tuple):
        items = [value_text(one) for one in value]
        return [*(f"{item}\n" for item in items[:-1]), *items[-1:]]
    return sentences(value) if isinstance(value, str) else [text] if (text := value_text(value)) else []


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, each with the white space behind it."""
    ends = [*(found.end() for found in SENTENCE_END.finditer(text)), len(text)]
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end]
