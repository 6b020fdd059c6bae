"""Who wrote this: each piece of a document with the change since which it has been there without a break.

A text is cut into sentences, a list into its items; any other value is one piece. Where a piece stands within its key
means nothing: what was moved is as old as it was.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from patterns.document.diff import value_text
from patterns.document.register import Table

CLOSING = "\"'\u201d\u2019\u00bb)\\]*_`"
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
    """``number`` is that of the change since which the text is there."""

    text: str
    number: int


def blamed(states: Iterable[State]) -> dict[str, list[BlamePiece]]:
    """Key → its pieces, of the first state; states are those of one document, newest first.

    Joined, the pieces of a key are its ``value_text``. Empty if there is no document.
    """
    rest = iter(states)
    now = next(rest, State(0, None))
    pieces = marked_words(now.document)
    since = {mark: now.number for marks in pieces.values() for mark, _ in marks}
    left = set(since)
    for state in rest:
        # What was gone for a while is as old as its return, not as its first time.
        left &= {mark for marks in marked_words(state.document).values() for mark, _ in marks}
        if not left:
            break
        since |= dict.fromkeys(left, state.number)
    return {key: [BlamePiece(text, since[mark]) for mark, text in marks] for key, marks in pieces.items()}


def marked_words(document: Table | None) -> dict[str, list[tuple[Mark, str]]]:
    """Key → its pieces in their order, each with its mark."""
    found: dict[str, list[tuple[Mark, str]]] = defaultdict(list)
    for key in type(document).model_fields if document is not None else ():
        counts: Counter[str] = Counter()
        for text in pieces_of(getattr(document, key)):
            words = text.strip()
            # A sentence that stands there twice is two pieces: the second may be younger.
            counts[words] += 1
            found[key].append((Mark(key, words, counts[words]), text))
    return dict(found)


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
