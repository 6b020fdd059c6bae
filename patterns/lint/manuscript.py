"""An entry as an editor reads it: passages, sentences, words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from patterns.document.entry import CHILDREN, MARKDOWN_IN, Entry
from patterns.document.prose import folded, paragraphs
from patterns.document.register import Layout, keys_of, names_where

# Behind it comes what can begin a sentence: no small letter, so that "e.g. this" is one.
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'’”)\]]* (?=[\"'‘“(\[]*[^\Wa-z_])|(?<=[。！？])")  # noqa: RUF001


GENERIC = ("pattern", "style", "architecture")
Words = tuple[str, ...]  # folded: without case, accents and signs


@dataclass(frozen=True)
class Passage:
    """A paragraph of a long text, or one text of a list: without marks, on one line."""

    key: str
    text: str

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        return tuple(SENTENCE_END.split(self.text))

    @cached_property
    def spoken(self) -> tuple[Words, ...]:
        """The words of each sentence."""
        return tuple(map(words_of, self.sentences))

    @cached_property
    def words(self) -> Words:
        return tuple(chain.from_iterable(self.spoken))


@dataclass(frozen=True)
class Manuscript:
    """``names`` are those of all entries, by code: a link without words is read as one."""

    entry: Entry
    names: Mapping[str, str]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All that readers read, in the order of the keys."""
        return tuple(Passage(key, " ".join(text.split())) for key, text in texts(self.entry, self.names))

    @cached_property
    def sections(self) -> dict[str, list[Passage]]:
        """The passages by key, such as all paragraphs of the problem, or all conditions."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.key.partition("[")[0], []).append(passage)
        return found

    def section(self, key: str) -> list[Passage]:
        return self.sections.get(key, [])

    def words(self, key: str) -> Words:
        return tuple(chain.from_iterable(passage.words for passage in self.section(key)))

    @cached_property
    def subjects(self) -> frozenset[Words]:
        """What a text about the entry would call it, in the singular: its name, whole and without "pattern"."""
        name = words_of(self.entry.name)
        short = name[:-1] if name[-1:] and name[-1] in GENERIC else name
        return frozenset(singular(words) for words in (name, short) if words)

    @cached_property
    def names_in_texts(self) -> frozenset[Words]:
        """Its subjects, and its other names in the singular."""
        return self.subjects | {words for alias in self.entry.aliases if (words := singular(words_of(alias)))}

    def is_named_in(self, words: Words) -> bool:
        text = f" {' '.join(words)}"
        return any(f" {' '.join(name)}" in text for name in self.names_in_texts)


def words_of(text: str) -> Words:
    return tuple(folded(text).split())


# Words that can come, go or change without making another condition of it; "not" and "one" are none of them.
LIGHT = frozenset(
    words_of(
        """a an the this that these those it its they their them your you we our is are be being been was were has have
        had do does will would of to in on at for from with by as which who when if then so such very really quite"""
    )
)


def heavy(words: Words) -> Words:
    """The words that matter."""
    return tuple(word for word in words if word not in LIGHT)


def singular(words: Words) -> Words:
    """The last word without its "s": enough to tell a name from its plural."""
    return (*words[:-1], words[-1].rstrip("s") or words[-1]) if words else ()


def texts(entry: Entry, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every text that is ours, with its key; titles of publications and names elsewhere are not."""
    for key, about in keys_of(Entry).items():
        value = getattr(entry, key)
        if about.is_markdown:
            yield from ((key, line) for line in paragraphs(value, names))
        elif about.layout is Layout.TABLES:
            for number, row in enumerate(value, 1):
                for name in PROSE[key]:
                    text = getattr(row, name)
                    lines = paragraphs(text, names) if name in MARKDOWN_IN.get(key, ()) else [text] if text else []
                    yield from ((f"{key}[{number}]", line) for line in lines)
        elif about.is_prose and about.is_list_of_texts:
            yield from ((f"{key}[{number}]", text) for number, text in enumerate(value, 1))
        elif about.is_prose:
            yield key, value


PROSE = {key: names_where(table, lambda one: one.is_prose) for key, table in CHILDREN.items()}
