"""The reader's words as the index is asked for them: by their stems, or what means about the same."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from patterns.document.stems import STOP_WORDS, WEAK_WORDS, WORDS, compounds, is_unspaced, pairs, stem, whole_key, words

TERM_COUNT = 12
QUESTION_LENGTH: Final = 4  # words of any kind; with fewer, each that tells something is meant
EXCLUDED = re.compile(r"(?<!\S)-(?:[\"\u201c][^\"\u201d]*[\"\u201d]?|(?=[^\W_]|\.)\S+)")
Choice = tuple[str, ...]  # stems, all of which an entry has


def synonym_table() -> dict[str, tuple[Choice, ...]]:
    """By stem, what means about the same as its word."""
    found: dict[str, dict[Choice, None]] = defaultdict(dict)
    for group in WORDS["synonyms"]["groups"]:
        choices = [tuple(map(stem, word.split("-"))) for word in group.split()]
        for own in (choice for choice in choices if len(choice) == 1):
            found[own[0]].update(dict.fromkeys(choice for choice in choices if choice != own))
    return {own: tuple(others) for own, others in found.items()}


SYNONYMS: Final = synonym_table()
WEAK: Final = frozenset((stem(word),) for word in WEAK_WORDS)


@dataclass(frozen=True)
class Term:
    """One word of the reader's, or several that belong together.

    An entry has it that has one of the choices; ``others`` are choices that mean about the same. ``beginning`` is set
    for a word that may not have been typed to its end.
    """

    word: str
    choices: tuple[Choice, ...]
    others: tuple[Choice, ...] = ()
    beginning: str = ""

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable((*self.choices, *self.others))))

    @property
    def is_weak(self) -> bool:
        """Whether it is a word of everyday English, which says little of what an entry is about."""
        return self.choices[0] in WEAK


@dataclass(frozen=True)
class Question:
    """What a reader typed. ``whole`` is its key, if it should be the name of an entry.

    Each of ``excluded`` keeps out the entries that have all of its terms.
    """

    terms: tuple[Term, ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()
    whole: str = ""
    is_sentence: bool = field(default=False, compare=False)

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(term.word for term in self.terms)


def question_of(text: str) -> Question:
    """What is behind a hyphen excludes, a word or what is quoted; elsewhere what is quoted counts as words."""
    excluded = tuple(filter(None, (tuple(terms_in(one[1:])) for one in exclusions(text))))
    plain = EXCLUDED.sub(" ", text).strip()
    found = [*dict.fromkeys(terms_in(plain))]
    # Words that every text has, only where there are no others.
    telling = [term for term in found if term.word not in STOP_WORDS] or found
    kept = telling[:TERM_COUNT]
    if kept and kept[-1] == found[-1] and len(kept[-1].word) > 1 and kept[-1].word.isalnum():
        kept[-1] = replace(kept[-1], beginning="" if is_unspaced(kept[-1].word) else kept[-1].word)
    return Question(
        terms=tuple(kept),
        excluded=excluded,
        whole=whole_key(plain) if plain else "",
        is_sentence=len(words(plain)) >= QUESTION_LENGTH,
    )


def exclusions(text: str) -> list[str]:
    """The parts of a question that keep entries out, as they were typed."""
    return EXCLUDED.findall(text)


def terms_in(text: str) -> Iterator[Term]:
    for chunk in text.split():
        if joined := [*compounds(chunk)]:
            parts = tuple(stem(word) for word in words(chunk))
            yield Term(" ".join(words(chunk)), (parts, *((stem(one),) for one in joined)))
            continue
        for word in words(chunk):
            own = tuple(pairs(word)) if is_unspaced(word) else (stem(word),)
            others = SYNONYMS.get(own[0], ()) if len(own) == 1 else ()
            # One character of a script without spaces begins the pairs that it is found by.
            yield Term(word, (own,), others, beginning=word if is_unspaced(word) and len(word) == 1 else "")
