"""Words and sentences: unfinished, empty, hard to read."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from patterns.document.text import shortened
from patterns.lint.finding import Catalogue, Remark
from patterns.lint.manuscript import Manuscript, Passage, Words, words_of
from patterns.lint.sections import SENTENCE_WORDS, word_count

# Phrases that say nothing, or say it at length; all small, and words that tell a passive sentence.


def phrases_in(text: str) -> list[str]:
    """The phrases of a text, one behind each semicolon."""
    return [" ".join(phrase.split()) for phrase in text.split(";")]


FILLERS = phrases_in(
    """in today's world; in today's fast-paced; in the modern world; in the world of; ever-evolving; ever-changing;
    fast-paced; it is important to note; it's important to note; it is worth noting; it's worth noting;
    it is worth mentioning; it should be noted; please note that; needless to say; it goes without saying;
    as we all know; as everyone knows; at the end of the day; when it comes to; first and foremost; last but not least;
    plays a crucial role; plays a vital role; plays a key role; plays an important role; in conclusion; in summary;
    in a nutshell; robust and scalable; scalable and robust; cutting-edge; bleeding-edge; state-of-the-art; world-class;
    best-in-class; best of breed; seamless; seamlessly; leverage; leverages; leveraging; game changer;
    game-changing; empower; empowers; empowering; synergy; synergies; holistic; paradigm shift; revolutionize;
    revolutionizes; revolutionary; blazing fast; blazingly fast; lightning fast; supercharge; harness the power;
    unlock the power; unlock the potential; unleash; delve into; dive into; deep dive; a plethora of; a myriad of;
    a wide variety of; turnkey; future-proof"""
)
WORDY = {
    "in order to": "to",
    "due to the fact that": "because",
    "in the event that": "if",
    "for the purpose of": "for",
    "with regard to": "about",
    "with respect to": "of, or for,",
    "in terms of": "in, or by,",
    "a number of": "some, or how many,",
    "the majority of": "most",
    "at this point in time": "now",
    "has the ability to": "can",
    "have the ability to": "can",
    "is able to": "can",
    "are able to": "can",
    "make use of": "use",
    "makes use of": "uses",
    "utilize": "use",
    "utilizes": "uses",
    "utilizing": "using",
    "prior to": "before",
    "subsequent to": "after",
    "basically": "nothing",
    "actually": "nothing",
    "obviously": "nothing",
    "of course": "nothing",
}
BEING = frozenset(words_of("is are was were be been being"))
BETWEEN = frozenset(words_of("not never yet also then only often always still again first later all both"))
IRREGULAR = frozenset(
    words_of(
        """begun bought brought built caught chosen cut done drawn driven found given held hidden kept known led left
        lost made meant met paid put read run said seen sent set shown shut split spread taken taught thought told
        understood won written"""
    )
)


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
        for phrase in phrase_in(passage, FOLDED_FILLERS):
            yield Remark(passage.key, f"says {phrase!r}", "say what is meant, or nothing")


def wordy(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.passages:
        for phrase in phrase_in(passage, FOLDED_WORDY):
            yield Remark(passage.key, f"says {phrase!r}", f"{WORDY[phrase]} would do")


def phrase_in(passage: Passage, phrases: dict[str, str]) -> list[str]:
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
    # Without one of these words no sentence is passive, and it need not be gone through.
    words = [word for word in sentence if not is_between(word)] if not BEING.isdisjoint(sentence) else []
    return any(first in BEING and is_participle(second) for first, second in pairwise(words))


def is_between(word: str) -> bool:
    return word in BETWEEN or (word.endswith("ly") and len(word) > 4)


def is_participle(word: str) -> bool:
    # Need, speed and exceed end like one and are none.
    return word in IRREGULAR or (word.endswith("ed") and not word.endswith("eed") and len(word) > 4)
