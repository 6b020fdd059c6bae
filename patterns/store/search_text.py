"""What of an entry can be searched."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from patterns.document.entry import Consequence, Entry, KnownAs, Relation, Step
from patterns.document.prose import folded, unlinked
from patterns.document.register import Table, Weight, keys_of

TEXT_LENGTH = 100_000  # an index must not refuse what a catalogue may hold; PostgreSQL ends at 1 MiB
MARKUP = re.compile(r"^\s*(?:[-*+] |\d+[.)] |```.*$)|[`*]+", re.MULTILINE)
KEYS_OF_ENTRY = keys_of(Entry)
BY_WEIGHT = {weight: tuple(name for name, key in KEYS_OF_ENTRY.items() if key.weight is weight) for weight in Weight}
# What the text of an entry in the index depends on.
KEYS = frozenset({"status"}.union(*BY_WEIGHT.values()))


class Searched(NamedTuple):
    """Folded words by weight, and ``shown``, the plain text of ``text`` in lines."""

    name: str
    aliases: str
    description: str
    text: str
    shown: str


def searched(entry: Entry, *, public: Collection[str]) -> Searched:
    """The texts of a published entry; reasons of relations only to entries whose codes are public."""
    shown = "\n".join(filter(None, lines(entry, Weight.TEXT, public)))[:TEXT_LENGTH]
    name, aliases, description = (
        folded("\n".join(lines(entry, weight, public))) for weight in (Weight.NAME, Weight.ALIASES, Weight.DESCRIPTION)
    )
    return Searched(name, aliases, description, text=folded(shown)[:TEXT_LENGTH], shown=shown)


def lines(entry: Entry, weight: Weight, public: Collection[str]) -> Iterator[str]:
    """What an entry says under the keys of a weight, a line for each paragraph and item."""
    values = vars(entry)
    for key in BY_WEIGHT[weight]:
        value = values[key]
        if isinstance(value, str):
            yield from plain(value) if KEYS_OF_ENTRY[key].is_markdown else (value,)
        elif KEYS_OF_ENTRY[key].is_list_of_texts:
            yield from value
        else:  # a loop, not a generator expression: few entries have any of these, and starting it costs all of them
            for row in value or ():
                yield said_of(row) if not isinstance(row, Relation) or row.target in public else ""


def said_of(row: Table) -> str:
    """A row of a table in one line; addresses and years are not searched."""
    if isinstance(row, Consequence):
        return f"{row.text} {row.evidence}"
    if isinstance(row, Relation):
        return row.why
    if isinstance(row, Step):
        return f"{row.sender} → {row.receiver}: {row.message}. {row.note}"
    if isinstance(row, KnownAs):
        return f"{row.catalog}: {row.name}"
    return " · ".join(value for key, value in row if value and isinstance(value, str) and key != "url")


def plain(markdown: str) -> list[str]:
    """The paragraphs and items of a long text without their marks."""
    return [line.strip() for line in MARKUP.sub("", unlinked(markdown)).split("\n")] if markdown else []
