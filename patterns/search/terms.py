"""The reader's words as the engines look for them: every word as the beginning of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

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
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y", word[:-1]
    if word.endswith("s") and len(word) > 3 and word[-2] not in "sui":
        return (word[:-1],)
    if word.endswith(("ing", "ion")) and len(word) > 6:
        return (word[:-3],)
    if word.endswith("ed") and len(word) > 6:
        return (word[:-2],)
    return (word,)


# Tiers: how good the best place is that has every word. Both engines rank by them first.


# A tier's texts include those of the tiers before: words may be spread over them.
TIERS = (("name",), ("name", "aliases"), ("name", "aliases", "description"), ("name", "aliases", "description", "text"))
TIER_COUNT = len(TIERS)
PLACES = (1, 2, 3)  # that tell a word in a name from one in a text


def rows(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def with_codes(part: str, count: int) -> str:
    """A statement for so many parts, each with a term, a tier and an id, that adds the codes of published entries."""
    return f"""
        SELECT found.term, found.tier, entry.id, entry.code FROM ({" UNION ALL ".join([part] * count)}) AS found
        JOIN patterns_pattern AS entry ON entry.id = found.id AND entry.status = 'published'
    """


def best_tiers(found: Sequence[object]) -> list[int]:
    """For each choice, its first tier with something in it; ``found`` holds an answer for each choice and tier."""
    parts = [found[start : start + TIER_COUNT] for start in range(0, len(found), TIER_COUNT)]
    return [next((tier for tier, one in enumerate(part) if one), TIER_COUNT) for part in parts]
