"""What changed between two states of an entry, key by key, in the words of its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patterns.document.diff import Piece, changed_keys, readable_diff, value_of
from patterns.document.entry import Consequence, Entry, KnownAs, Origin, Reference, Relation, Step
from patterns.document.prose import unlinked

Names = Mapping[str, str]
LABELS = {
    "slug": "Address",
    "name": "Name",
    "description": "Description",
    "category": "Category",
    "kind": "Kind",
    "replaced_by": "Replaced by",
    "aliases": "Other names",
    "problem": "Problem",
    "solution": "Solution",
    "use_when": "When to use it",
    "avoid_when": "When to avoid it",
    "origin": "Origin",
    "consequences": "Gains and costs",
    "relations": "Related entries",
    "steps": "Step by step",
    "references": "References",
    "known_as": "Known elsewhere as",
}


LONG_TEXTS = ("problem", "solution")


@dataclass(frozen=True)
class Difference:
    label: str
    pieces: list[Piece]


def differences(before: Entry | None, after: Entry, *, names: Names) -> list[Difference]:
    """What is different, in the order of the file's keys; of a first state, all that it said.

    ``names`` are those of other entries, by code.
    """
    keys = [key for key in changed_keys(before, after) if key in LABELS]
    return [Difference(LABELS[key], key_diff(before, after, key, names)) for key in keys]


def key_diff(before: Entry | None, after: Entry, key: str, names: Names) -> list[Piece]:
    old, new = (said(entry, key, names) for entry in (before, after))
    if before and old == new:  # a link came or went, and no word with it
        old, new = (worded(value_of(entry, key), names) for entry in (before, after))
    return readable_diff(old, new) if before else [Piece("same", new)]


def said(entry: Entry | None, key: str, names: Names) -> str:
    """The value of a key as text; in long texts, links as their words."""
    text = worded(value_of(entry, key), names)
    return unlinked(text, names) if key in LONG_TEXTS else text


def worded(value: Any, names: Names) -> str:
    """A value of an entry as text, an item of a list on each line."""
    if isinstance(value, tuple):
        return "\n".join(worded(one, names) for one in value)
    if isinstance(value, Relation):
        return f"{value.type} {names.get(value.target, value.target)}{after(': ', value.why)}"
    return WORDED[type(value)](value) if type(value) in WORDED else str(value or "")


def after(separator: str, *texts: object) -> str:
    """The texts that there are, each behind the separator."""
    return "".join(f"{separator}{text}" for text in texts if text)


def consequence(one: Consequence) -> str:
    return f"{one.sign} in {one.quality}: {one.text}{after(' ', one.evidence and f'({one.evidence})')}"


def known_as(one: KnownAs) -> str:
    return f"{one.name} in {one.catalog}{after(', ', one.category, one.url)}"


def origin(one: Origin) -> str:
    return f"{one.who}{after(', ', one.year, one.url)}"


def reference(one: Reference) -> str:
    primary = "primary source" if one.primary else ""
    return f"{one.title}{after(', ', one.author, one.publication, one.year, primary, one.url)}"


def step(one: Step) -> str:
    return f"{one.sender} \N{RIGHTWARDS ARROW} {one.receiver}, {one.kind}: {one.message}{after('; ', one.note)}"


WORDED: dict[type, Callable[[Any], str]] = {
    Consequence: consequence,
    KnownAs: known_as,
    Origin: origin,
    Reference: reference,
    Step: step,
}
