"""What looks as if it came from another entry."""

from collections.abc import Iterator
from dataclasses import dataclass

from patterns.catalog.lint.finding import Catalogue, Remark
from patterns.catalog.lint.likeness import KEYS, Place, opening
from patterns.catalog.lint.manuscript import LONG_TEXTS, Manuscript, Words, singular
from patterns.catalog.text import shortened

ARTICLES = {("a",), ("an",), ("the",)}
DEFINING = {"is", "are", "was", "were", "means", "describes", "defines"}
LONGEST_NAME = 12  # words


def near_identical(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key in KEYS:
        place = Place(one.entry.code, key)
        if match := catalogue.texts.nearest(place):
            where = f"{match.place.key} of {catalogue.label(match.place.code)}"
            yield Remark(key, f"shares {match.share:.0%} of its words with the {where}", "write it for this entry")
        elif repeated := catalogue.texts.repeated(place):
            sentence, other = repeated
            message = f"has a sentence of {catalogue.label(other.code)}: {shortened(' '.join(sentence))!r}"
            yield Remark(key, message, "write it for this entry")


def same_opening(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key in LONG_TEXTS:
        words = opening(one, key)
        alike = catalogue.openings.get((key, words), ())
        if other := next((code for code in alike if code != one.entry.code), ""):
            message = f"opens like that of {catalogue.label(other)}: {words!r}"
            yield Remark(key, message, "begin with what is this entry's own")


def foreign_subject(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """A text that was copied and kept its subject: it opens with another entry and never comes to its own.

    A problem may well begin with somebody else, and need not name what solves it: there only a definition counts.
    """
    for key in ("description", *LONG_TEXTS):
        words = one.words(key)
        found = subject(words[words[:1] in ARTICLES :], catalogue)
        is_meant = found is not None and (key != "problem" or found.next_word in DEFINING)
        if found and is_meant and found.code != one.entry.code and not one.is_named_in(words):
            message = f"opens with {catalogue.label(found.code)} and never names this entry"
            yield Remark(key, message, "make this entry its subject")


@dataclass(frozen=True)
class Subject:
    code: str
    next_word: str


def subject(words: Words, catalogue: Catalogue) -> Subject | None:
    """The entry with whose name the words begin, in the singular or the plural."""
    for length in range(min(len(words) - 1, LONGEST_NAME), 0, -1):
        if code := catalogue.subjects.get(singular(words[:length])):
            return Subject(code, words[length])
    return None
