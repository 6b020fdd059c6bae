"""Writing history: one revision for each document that a change touched."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from patterns.catalog.entry import Category, Entry, Header, Table
from patterns.catalog.plan import Edit
from patterns.catalog.writer import fingerprint
from patterns.models import Change, Revision
from patterns.sync.table import insert

FIELDS = ("change", "what", "identity", "pattern", "document", "fingerprint")


def record(change: Change, edits: Iterable[Edit], *, patterns: Mapping[str, int]) -> None:
    """Record the documents as the change leaves them; ``patterns`` maps codes to the rows that still exist."""
    insert(Revision, fields=FIELDS, rows=revisions(change.number, edits, patterns))


def revisions(number: int, edits: Iterable[Edit], patterns: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """The values of FIELDS."""
    for edit in edits:
        pattern = patterns.get(edit.identity) if edit.what == "entry" else None
        document = edit.after.model_dump_json(exclude_defaults=True) if edit.after is not None else None
        yield number, edit.what, edit.identity, pattern, document, fingerprint_of(edit.after)


def fingerprint_of(document: Table | None) -> str:
    """The fingerprint of a document; of none, nothing."""
    return fingerprint(document) if isinstance(document, Entry | Category | Header) else ""
