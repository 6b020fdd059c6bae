"""What a rule says, and what it may look at."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from patterns.document.entry import MARKDOWN_KEYS, Entry
from patterns.document.tables import Relation
from patterns.document.text import name_key
from patterns.lint.likeness import Texts, first_words, look
from patterns.lint.manuscript import Manuscript, Words, heavy

Severity = Literal["error", "warning", "hint"]
NO_EVIDENCE = "no-evidence"  # the rule that those ask for who count what is not backed
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")


@dataclass(frozen=True)
class Finding:
    """What a rule found: where, what is wrong, and what to do about it."""

    rule: str
    severity: Severity
    code: str
    key: str
    message: str
    hint: str

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.severity, self.rule, self.key)))
        return f"{where}: {self.message}; {self.hint}"


@dataclass(frozen=True)
class Remark:
    """A finding before it is known whose it is."""

    key: str
    message: str
    hint: str


# What is wrong with a figure of the lab that the entry with a slug cites for a gain or a cost; nothing if it is right.
Cited = Callable[[str, str, str], str]


@dataclass(frozen=True)
class Catalogue:
    """What a rule may compare an entry with. Retired entries are none of the ``manuscripts``.

    ``reviewed`` is the day, by code, on which somebody last saved the entry; ``cited`` is asked of figures of the lab.
    """

    entries: Mapping[str, Entry]
    today: date
    reviewed: Mapping[str, date]
    cited: Cited

    @cached_property
    def manuscripts(self) -> dict[str, Manuscript]:
        names = {code: entry.name for code, entry in self.entries.items()}
        living = {code: entry for code, entry in self.entries.items() if entry.status != "retired"}
        return {code: Manuscript(entry, names) for code, entry in living.items()}

    @cached_property
    def inverse(self) -> dict[str, list[tuple[str, Relation]]]:
        """By code, what living entries state about it: the code of each, and the relation."""
        found: dict[str, list[tuple[str, Relation]]] = defaultdict(list)
        for code, one in self.manuscripts.items():
            for relation in one.entry.relations:
                found[relation.target].append((code, relation))
        return found

    @cached_property
    def texts(self) -> Texts:
        return Texts(self.manuscripts)

    @cached_property
    def openings(self) -> dict[tuple[str, str], list[str]]:
        """By key and first words, the codes of the entries that open like this."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, one in self.manuscripts.items():
            for key in MARKDOWN_KEYS:
                if words := first_words(one, key):
                    found[key, words].append(code)
        return found

    @cached_property
    def subjects(self) -> dict[Words, str]:
        """By what texts call them, in the singular, the codes of the entries."""
        return {words: code for code, one in self.manuscripts.items() for words in one.subjects}

    @cached_property
    def mentions(self) -> dict[Words, str]:
        """By what texts call them, names and aliases in the singular, the codes of the published entries."""
        return {
            words: code
            for code, one in self.manuscripts.items()
            if one.entry.status == "published"
            for words in one.names_in_texts
        }

    @cached_property
    def mention_lengths(self) -> dict[str, list[int]]:
        """By their first word, how many words these names have, the longest first."""
        found: dict[str, set[int]] = defaultdict(set)
        for words in self.mentions:
            found[words[0]].add(len(words))
        return {word: sorted(lengths, reverse=True) for word, lengths in found.items()}

    @cached_property
    def symptoms(self) -> dict[Words, list[str]]:
        """By the words of each symptom that matter, the codes of the entries that have it."""
        found: dict[Words, list[str]] = defaultdict(list)
        for code, one in self.manuscripts.items():
            for passage in one.section("symptoms"):
                if words := heavy(passage.words):
                    found[words].append(code)
        return found

    @cached_property
    def owners(self) -> dict[str, list[tuple[str, str]]]:
        """By name, slug or alias, folded: whose it is, and which of the three."""
        return self.owners_by(name_key)

    @cached_property
    def look_alikes(self) -> dict[str, list[tuple[str, str]]]:
        """By the look of a name, slug or alias: whose it is, and which of the three."""
        return self.owners_by(look)

    def owners_by(self, key: Callable[[str], str]) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for code, entry in self.entries.items():
            found[key(entry.name)].append((code, "name"))
            found[key(entry.slug)].append((code, "slug"))
        # A retired entry keeps its name and its address, but claims no other names.
        for code, one in self.manuscripts.items():
            for alias in one.entry.aliases:
                found[key(alias)].append((code, "alias"))
        return found

    def label(self, code: str) -> str:
        return f"[{code}] {self.entries[code].name}"


Check = Callable[[Manuscript, Catalogue], Iterator[Remark]]


@dataclass(frozen=True)
class Rule:
    """A check under a name that stays the same for ever."""

    id: str
    severity: Severity
    check: Check

    def findings(self, one: Manuscript, catalogue: Catalogue) -> Iterator[Finding]:
        for remark in self.check(one, catalogue):
            yield Finding(self.id, self.severity, one.entry.code, remark.key, remark.message, remark.hint)
