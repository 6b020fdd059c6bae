"""What of an entry can be searched."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from patterns.document.entry import Entry
from patterns.document.prose import folded, unlinked

TEXT_LENGTH = 100_000  # an index must not refuse what a catalogue may hold; PostgreSQL ends at 1 MiB
MARKUP = re.compile(r"^\s*(?:[-*+] |\d+[.)] |```.*$)|[`*]+", re.MULTILINE)
KEYS = frozenset(
    (
        *("name", "aliases", "description", "problem", "solution", "use_when", "avoid_when", "consequences"),
        *("relations", "steps", "references", "known_as", "status"),
    )
)


class Searched(NamedTuple):
    """Folded words by weight, and ``shown``, the plain text of ``text`` in lines."""

    name: str
    aliases: str
    description: str
    text: str
    shown: str


def searched(entry: Entry, *, public: Collection[str]) -> Searched:
    """The texts of a published entry; reasons of relations only to entries whose codes are public."""
    shown = "\n".join(filter(None, lines(entry, public)))[:TEXT_LENGTH]
    return Searched(
        name=folded(entry.name),
        aliases=folded("\n".join(entry.aliases)),
        description=folded(entry.description),
        text=folded(shown)[:TEXT_LENGTH],
        shown=shown,
    )


def lines(entry: Entry, public: Collection[str]) -> Iterator[str]:
    yield from plain(entry.problem)
    yield from plain(entry.solution)
    yield from (*entry.use_when, *entry.avoid_when)
    # Loops, not generator expressions: few entries have any of these, and starting each generator costs all of them.
    for consequence in entry.consequences:
        yield f"{consequence.text} {consequence.evidence}"
    for relation in entry.relations:
        yield relation.why if relation.target in public else ""
    for step in entry.steps:
        yield f"{step.sender} → {step.receiver}: {step.message}. {step.note}"
    for reference in entry.references:
        yield " · ".join(filter(None, (reference.title, reference.author, reference.publication)))
    for other in entry.known_as:
        yield f"{other.catalog}: {other.name}"


def plain(markdown: str) -> list[str]:
    """The paragraphs and items of a long text without their marks."""
    return [line.strip() for line in MARKUP.sub("", unlinked(markdown)).split("\n")] if markdown else []
