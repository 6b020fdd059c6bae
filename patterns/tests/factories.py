"""Rows for tests, made the way editors and files make them: every one has its Change, Revision and version."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from patterns.document.catalog import CatalogFile, Document, Header
from patterns.document.catalog import Category as CategoryDocument
from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.document.text import slug_of
from patterns.models import Category, Change, Pattern
from patterns.store.edits import save_category, save_entry, save_header
from patterns.store.imports import ImportOutcome, import_file
from patterns.store.reading import load_document, load_entries
from patterns.store.writing import Authorship, fingerprint_of

AT = datetime(2025, 3, 14, 9, 26, tzinfo=UTC)
CATEGORY = "Data Pattern"
RICH: dict[str, Any] = {
    "kind": "style",
    "aliases": ["Long Running Action", "Process Manager"],
    "symptoms": ["The money is gone here and has not come there."],
    "concern": "data",
    "problem": "Money leaves one bank and must *arrive* in another.\n\n- both keep their own books\n- neither waits",
    "solution": "Split the transfer into `local` steps, and give **each** a step that undoes it.",
    "use_when": ["steps span several databases"],
    "avoid_when": ["one database holds everything"],
    "checks": ["Stop it between two steps: it goes on after the restart."],
    "signals": ["Age of the oldest open transfer: a step hangs."],
    "origin": {"who": "Hector Garcia-Molina", "year": 1987, "url": "https://example.org/origin"},
    "variants": [
        {"name": "Orchestration", "text": "A *coordinator* knows the steps.\n\n- one place to look"},
        {"name": "Choreography", "text": "Each step starts the next."},
    ],
    "consequences": [
        {
            "quality": "availability",
            "sign": "gain",
            "text": "No step waits for another.",
            "evidence": ["garcia-molina-1987", "lab:saga-pattern/default/half_done"],
        },
        {"quality": "consistency", "sign": "cost", "text": "Half-done work is visible."},
    ],
    "steps": [
        {"sender": "Orders", "receiver": "Payments", "message": "charge the card", "note": "once only"},
        {
            "sender": "Payments",
            "receiver": "Orders",
            "message": "declined",
            "kind": "refusal",
            "variant": "Choreography",
        },
    ],
    "examples": [
        {
            "title": "The log",
            "language": "sql",
            "code": "CREATE TABLE log (\n    id integer\n);",
            "note": "One row a step.",
        }
    ],
    "known_uses": [{"who": "A bank", "what": "It moves money.", "year": 2001, "url": "https://example.org/bank"}],
    "references": [
        {
            "key": "garcia-molina-1987",
            "title": "Sagas",
            "author": "Hector Garcia-Molina and Kenneth Salem",
            "publication": "SIGMOD",
            "year": 1987,
            "url": "https://example.org/sagas",
            "primary": True,
        },
        {"title": "A talk without an address"},
    ],
    "known_as": [{"catalog": "Cloud Catalogue", "name": "Compensator", "category": "Messaging", "url": ""}],
}


def authorship(
    *,
    author: User | None = None,
    comment: str = "",
    public_reason: str = "",
    at: datetime = AT,
    origin: Change.Origin = Change.Origin.ADMIN,
) -> Authorship:
    return Authorship(origin=origin, at=at, author=author, comment=comment, public_reason=public_reason)


AN_EDITOR = authorship()
A_FILE = authorship(origin=Change.Origin.IMPORT)


def entry(code: str = "01", **values: Any) -> Entry:
    """A valid entry that is not saved; all that is not stated follows from the code."""
    name = values.get("name", f"Pattern {code}")
    given = {
        "code": code,
        "slug": slug_of(name) or slug_of(f"pattern {code}"),
        "name": name,
        "description": f"What {name} is.",
        "category": CATEGORY,
    }
    return Entry(**{**given, **values})


def make_category(name: str = CATEGORY, *, by: Authorship = AN_EDITOR, **values: Any) -> Category:
    """Create a category; ``slug`` and ``description`` may be given."""
    category = CategoryDocument(**{"name": name, "slug": slug_of(name), **values})
    save_category(category, opened="", by=by)
    return Category.objects.get(slug=category.slug)


def make_pattern(code: str = "01", *, by: Authorship = AN_EDITOR, **values: Any) -> Pattern:
    """Create an entry with any keys of the entry document, and its category unless it is there."""
    document = entry(code, **values)
    if not Category.objects.filter(name=document.category).exists():
        # Before it, as people do: two changes in one second have no date.
        make_category(document.category, by=replace(by, at=by.at - timedelta(seconds=1)))
    save_entry(document, opened="", by=by)
    return Pattern.objects.get(code=code)


def make_rich_pattern(code: str = "01", *, by: Authorship = AN_EDITOR, **values: Any) -> Pattern:
    """An entry that uses every optional key but relations and a successor, which need other entries."""
    return make_pattern(code, by=by, **{**RICH, **values})


def make_patterns(count: int, *, first: int = 1, by: Authorship = A_FILE, **values: Any) -> list[Pattern]:
    """Create entries 01, 02, … in one change, spread over four categories unless ``category`` is given."""
    codes = [f"{number:02}" for number in range(first, first + count)]
    import_entries((entry(code, **{"category": f"Shelf {int(code) % 4}", **values}) for code in codes), by=by)
    return [*Pattern.objects.filter(code__in=codes).in_code_order()]


def change_pattern(pattern: Pattern, *, by: Authorship = AN_EDITOR, **values: Any) -> Pattern:
    """Edit keys of an entry; returns its row anew. A first ``status="retired"`` makes its address answer 410."""
    present = load_entries(Pattern.objects.filter(code=pattern.code))[pattern.code]
    changed = Entry(**{**dict(with_values(present, values))})
    save_entry(changed, opened=fingerprint_of(present), by=by)
    return Pattern.objects.get(code=pattern.code)


def change_header(*, by: Authorship = AN_EDITOR, **values: Any) -> Header:
    """Edit ``title``, ``description`` or ``keywords`` of the catalogue."""
    present = load_document(Pattern.objects.none()).header
    changed = Header(**dict(with_values(present, values)))
    save_header(changed, opened=fingerprint_of(present), by=by)
    return changed


def import_entries(entries: Iterable[Entry], *, by: Authorship = A_FILE, **about: Any) -> ImportOutcome:
    """Import entries as a file without ``[catalog]`` and ``[[categories]]`` would; ``about`` may say ``partial``."""
    listed = {one.code: one for one in entries}
    names = dict.fromkeys(one.category for one in listed.values())
    unlisted = {slug_of(name): CategoryDocument.model_construct(set(), name=name, slug="") for name in names}
    outcome = import_file(CatalogFile(Document(Header(), unlisted, listed), **about), by=by)
    assert not outcome.plan.is_refused, outcome.plan.conflicts
    return outcome
