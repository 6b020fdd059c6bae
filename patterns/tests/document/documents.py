"""Small documents with overrides, and the few steps that the tests of the catalogue share."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from patterns.document.catalog import CatalogFile, Category, Document, Header
from patterns.document.entry import Entry
from patterns.document.merge import Base, merge
from patterns.document.plan import Choices, Plan
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.text import slug_of
from patterns.files.limits import COMMAND_LIMITS, Limits
from patterns.files.reader import Upload, read_files, read_one
from patterns.files.toml import write_toml

DATA = Path(__file__).parent.parent / "data"
GIVEN = (
    '[[items]]\ncode = "01"\nslug = "saga"\nname = "Saga"\ndescription = "Undoes step by step."\ncategory = "Data"\n'
)
OTHER = '[[items]]\ncode = "02"\nslug = "other"\nname = "Other"\ndescription = "D"\ncategory = "Data"\n'
RICH: dict[str, Any] = {
    "kind": "style",
    "status": "review",
    "replaced_by": "99",
    "aliases": ["Long Running Action"],
    "symptoms": ["money is missing"],
    "concern": "data",
    "problem": "Two databases, one truth.",
    "solution": "Compensate.",
    "use_when": ["a step may fail late"],
    "avoid_when": ["one database is enough"],
    "checks": ["stop it half way"],
    "signals": ["age of the oldest"],
    "origin": {"who": "Hector Garcia-Molina", "year": 1987, "url": "https://example.org/sagas"},
    "variants": [{"name": "Choreography", "text": "Nobody leads."}],
    "consequences": [{"quality": "consistency", "sign": "cost", "text": "only in the end", "evidence": ["the-paper"]}],
    "relations": [{"type": "uses", "target": "99", "why": "to send"}],
    "steps": [
        {
            "sender": "Orders",
            "receiver": "Stock",
            "message": "reserve",
            "kind": "silence",
            "note": "timeout",
            "variant": "Choreography",
        }
    ],
    "examples": [{"title": "log", "language": "sql", "code": "SELECT 1", "note": "one"}],
    "known_uses": [{"who": "A bank", "what": "pays", "year": 2001, "url": "https://example.org/bank"}],
    "references": [
        {
            "key": "the-paper",
            "title": "Sagas",
            "author": "K. Salem",
            "publication": "SIGMOD",
            "year": 1987,
            "url": "http://x.org",
            "primary": True,
        }
    ],
    "known_as": [{"catalog": "AIP", "name": "Undo", "category": "Flow", "url": "https://example.org/undo"}],
}


def entry(code: str = "01", **values: Any) -> Entry:
    given = {
        "code": code,
        "slug": f"entry-{code.lower()}",
        "name": f"Entry {code}",
        "description": "What it is.",
        "category": "Data",
    }
    return Entry(**{**given, **values})


def category(name: str, **values: Any) -> Category:
    return Category(**{"name": name, "slug": slug_of(name), **values})


def document(*entries: Entry, categories: Iterable[Category] = (), **header: Any) -> Document:
    """A whole catalogue as the database holds it: every category has its slug, and all are in the header's order."""
    listed = {one.slug: one for one in categories}
    for name in {one.category: one for one in entries}:
        if name not in {one.name for one in listed.values()}:
            listed[slug_of(name)] = category(name)
    ordered = Header(**header, categories=tuple(listed))
    return Document(ordered, listed, {one.code: one for one in entries})


def as_file(written: Document, **about: Any) -> CatalogFile:
    """What a reader gets of an export."""
    return read_one(write_toml(written, **about).encode())


def known(base: Document) -> Base:
    return Base(base, is_known=True)


def merged(base: Base, ours: Document, theirs: CatalogFile, **choices: Any) -> Document:
    return applied(merge(base, ours, theirs, choices=Choices(**choices)), ours)


def applied(plan: Plan, ours: Document) -> Document:
    """The catalogue after the plan."""
    header, categories, entries = ours.header, dict(ours.categories), dict(ours.entries)
    for edit in plan.edits:
        if isinstance(edit.after, Header):
            header = edit.after
        elif isinstance(edit.after, Category):
            categories[edit.identity] = edit.after
        else:
            assert isinstance(edit.after, Entry), edit
            entries[edit.identity] = edit.after
    return Document(header, {slug: categories[slug] for slug in header.categories}, entries)


def kept(plan: Plan) -> dict[tuple[str, str], tuple[Any, Any]]:
    """(identity, key) → what is newer here, and what the file says; an entry that is not here has the key ""."""
    found: dict[tuple[str, str], tuple[Any, Any]] = {}
    for edit in (one.edit for one in plan.kept):
        if edit.before is None:
            found[edit.identity, ""] = (None, edit.after)
        else:
            found |= {(edit.identity, key): (getattr(edit.before, key), getattr(edit.after, key)) for key in edit.keys}
    return found


def given_with(key: str, value: str) -> str:
    """The given entry with one of its keys written otherwise."""
    lines = GIVEN.splitlines(keepends=True)
    return "".join(f"{key} = {value}\n" if line.startswith(f"{key} =") else line for line in lines)


def refused(data: str | bytes, *, format: str = "toml", limits: Limits = COMMAND_LIMITS) -> tuple[Problem, ...]:
    """The problems of a file that must not be read."""
    content = data.encode() if isinstance(data, str) else data
    with pytest.raises(InvalidCatalog) as caught:
        read_files([Upload(f"bad.{format}", format, content)], limits=limits)
    return caught.value.problems


def refusal(data: str | bytes, *, format: str = "toml", limits: Limits = COMMAND_LIMITS) -> Problem:
    """The only problem of a file that must not be read."""
    problems = refused(data, format=format, limits=limits)
    assert len(problems) == 1, problems
    return problems[0]
