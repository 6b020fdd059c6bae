"""The reader's words as the engines look for them: every word as the beginning of one."""

from collections.abc import Iterable
from dataclasses import dataclass

from patterns.document.prose import folded

TERM_COUNT = 8
TERM_LENGTH = 40
EVERYWHERE = """
    a an and are as at be but by can do does for from how i in into is it its my not of on or that the their then there
    this to was what when where which who why will with you your
"""
STOP_WORDS = frozenset(EVERYWHERE.split())


@dataclass(frozen=True)
class Term:
    """One word, and the prefixes that find it in any number: "retries" also finds what begins with "retry"."""

    word: str
    prefixes: tuple[str, ...]

    def begins(self, word: str) -> bool:
        return word.startswith(self.prefixes)


def terms_of(text: str) -> tuple[Term, ...]:
    """The distinct words, without those that every text has unless there are no others."""
    words = [*dict.fromkeys(word[:TERM_LENGTH] for word in folded(text).split())]
    telling = [word for word in words if word not in STOP_WORDS] or words
    return terms(telling[:TERM_COUNT])


def terms(words: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(word, prefixes(word)) for word in words)


def prefixes(word: str) -> tuple[str, ...]:
    """What the word and its near relatives begin with; the word's own ending says which."""
    # No stemmer: what is cut off is so little that a word rarely finds anything else than its relatives.
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y", word[:-1]
    if word.endswith("s") and len(word) > 3 and word[-2] not in "sui":
        return (word[:-1],)
    if word.endswith(("ing", "ion")) and len(word) > 6:
        return (word[:-3],)
    if word.endswith("ed") and len(word) > 6:
        return (word[:-2],)
    return (word,)


def reach(word: str) -> int:
    """How many slips of the finger are forgiven in a word."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else 2 if len(word) < 10 else 3
