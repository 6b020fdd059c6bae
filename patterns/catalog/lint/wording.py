"""Words and sentences: unfinished, empty, hard to read."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from patterns.catalog.lint.finding import Catalogue, Remark
from patterns.catalog.lint.manuscript import Manuscript, Passage, Words, words_of
from patterns.catalog.lint.phrases import BEING, BETWEEN, FILLERS, IRREGULAR, WORDY
from patterns.catalog.lint.ranges import SENTENCE_WORDS, word_count
from patterns.catalog.text import shortened

# A to-do list is a thing that people have: small letters count in front of a colon only. A conflict that Git left
# within a long text is valid TOML: nobody else would notice.
UNFINISHED = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b|\b(?i:todo|tbd|fixme):|(?i:\blorem ipsum\b)|\?\?\?|<{7}(?= )")
FOLDED_FILLERS = {f" {' '.join(words_of(phrase))} ": phrase for phrase in FILLERS}
FOLDED_WORDY = {f" {phrase} ": phrase for phrase in WORDY}
PASSIVE_RUN = 3  # sentences


def unfinished(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.passages:
        if found := UNFINISHED.search(passage.text):
            yield Remark(passage.key, f"says {found[0]!r}", "finish it, or leave it out")


def filler(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.passages:
        for phrase in said(passage, FOLDED_FILLERS):
            yield Remark(passage.key, f"says {phrase!r}", "say what is meant, or nothing")


def wordy(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.passages:
        for phrase in said(passage, FOLDED_WORDY):
            yield Remark(passage.key, f"says {phrase!r}", f"{WORDY[phrase]} would do")


def said(passage: Passage, phrases: dict[str, str]) -> list[str]:
    """The phrases that the passage has, without those that are a part of another one that it has."""
    text = f" {' '.join(passage.words)} "
    found = [key for key in phrases if key in text]
    return [phrases[key] for key in found if not any(key in other for other in found if other != key)]


def long_sentence(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.passages:
        for sentence in passage.sentences:
            if (count := word_count(sentence)) > SENTENCE_WORDS:
                message = f"has a sentence of {count} words: {shortened(sentence)!r}"
                yield Remark(passage.key, message, f"make it two; {SENTENCE_WORDS} words are the most")


def passive_chain(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.passages:
        if longest_run(map(is_passive, passage.spoken)) >= PASSIVE_RUN:
            message = f"has {PASSIVE_RUN} passive sentences in a row"
            yield Remark(passage.key, message, "say who does it")


def longest_run(values: Iterable[bool]) -> int:
    longest = run = 0
    for value in values:
        run = run + 1 if value else 0
        longest = max(longest, run)
    return longest


def is_passive(sentence: Words) -> bool:
    words = [word for word in sentence if not is_between(word)] if not BEING.isdisjoint(sentence) else []
    return any(first in BEING and is_participle(second) for first, second in pairwise(words))


def is_between(word: str) -> bool:
    return word in BETWEEN or (word.endswith("ly") and len(word) > 4)


def is_participle(word: str) -> bool:
    return word in IRREGULAR or (word.endswith("ed") and not word.endswith("eed") and len(word) > 4)
