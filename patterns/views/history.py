"""What readers could have seen of an entry, from its newest state back to its first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.diff import Piece, changed_keys, readable_diff, value_of
from patterns.document.entry import Entry
from patterns.document.prose import unlinked
from patterns.document.register import Table, keys_of
from patterns.document.tables import (
    Consequence,
    Example,
    KnownAs,
    KnownUse,
    Origin,
    Reference,
    Relation,
    Step,
    Variant,
)
from patterns.models import Pattern
from patterns.store.public_history import PublicRevision, public_revisions
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public
from patterns.views.relations import linked_codes
from patterns.views.rendering import render_page

# What changed between two states of an entry, key by key, in the words of its page.


Names = Mapping[str, str]
KEYS = {name: key for name, key in keys_of(Entry).items() if key.is_in_history}


@dataclass(frozen=True)
class Difference:
    label: str
    pieces: list[Piece]


def entry_differences(before: Entry | None, after: Entry, *, names: Names) -> list[Difference]:
    """What is different, in the order of the file's keys; of a first state, all that it said.

    ``names`` are those of other entries, by code.
    """
    keys = [key for key in changed_keys(before, after) if key in KEYS]
    return [Difference(KEYS[key].label, value_diff(before, after, key, names)) for key in keys]


def value_diff(before: Entry | None, after: Entry, key: str, names: Names) -> list[Piece]:
    old, new = (text_of_value(value_of(entry, key), names) for entry in (before, after))
    if KEYS[key].is_markdown:
        # Links are told as their words, unless a link is all that came or went.
        plain_old, plain_new = unlinked(old, names), unlinked(new, names)
        if not before or plain_old != plain_new:
            old, new = plain_old, plain_new
    return readable_diff(old, new) if before else [Piece("same", new)]


def text_of_value(value: Any, names: Names) -> str:
    """A value of an entry as text, an item of a list on each line."""
    if isinstance(value, tuple):
        return "\n".join(text_of_value(one, names) for one in value)
    if isinstance(value, Relation):
        return f"{value.type} {names.get(value.target, value.target)}{after(': ', value.why)}"
    if isinstance(value, Table):
        return WORDED[type(value)](value) if type(value) in WORDED else ", ".join(value.texts())
    return str(value or "")


def after(separator: str, *texts: object) -> str:
    """The texts that there are, each behind the separator."""
    return "".join(f"{separator}{text}" for text in texts if text)


# How a row of a table reads; one without words of its own says its values one after the other.
WORDED: dict[type[Table], Callable[[Any], str]] = {
    Consequence: lambda one: (
        f"{one.sign} in {one.quality}: {one.text}{after(' (', ', '.join(one.evidence))}{')' if one.evidence else ''}"
    ),
    KnownAs: lambda one: f"{one.name} in {one.catalog}{after(', ', one.category, one.url)}",
    Example: lambda one: f"{one.title} ({one.language}){after('; ', one.note)}\n{one.code}",
    KnownUse: lambda one: f"{one.who}: {one.what}{after(' ', one.year, one.url)}",
    Origin: lambda one: f"{one.who}{after(', ', one.year, one.url)}",
    Reference: lambda one: (
        (f"[{one.key}] " if one.key else "")
        + one.title
        + after(", ", one.author, one.publication, one.year, "primary source" if one.primary else "", one.url)
    ),
    Step: lambda one: (
        f"{one.sender} \N{RIGHTWARDS ARROW} {one.receiver}, {one.kind}: {one.message}"
        f"{after('; ', one.note)}{after('; variant: ', one.variant)}"
    ),
    Variant: lambda one: f"{one.name}: {unlinked(one.text)}",
}


PAGE_SIZE = 20
NUMBER_LENGTH = 15  # of a change; beyond any catalogue, and within the databases' integers


@dataclass(frozen=True)
class PublicChange:
    """A revision for readers; ``number`` is its anchor on the page."""

    number: int
    at: datetime
    pattern: Pattern
    is_first: bool
    reason: str
    differences: list[Difference]


@public
def history_page(request: HttpRequest, slug: str) -> HttpResponse:
    found = Pattern.objects.published().filter(slug=slug)
    pattern = found.select_related("category").first()
    if pattern is None:
        return moved_or_gone(request, slug, view="patterns:history")
    before = change_number(request.GET.get("before", ""))
    # One more than is shown says whether there is a next page.
    revisions = public_revisions(found, limit=PAGE_SIZE + 1, before=before)
    address = reverse("patterns:history", args=[slug])
    page = revisions[:PAGE_SIZE]
    names = names_of(page)
    # Those in which readers could see a difference; a page may so be shorter than others, or empty.
    changes = [
        PublicChange(
            *(one.number, one.at, one.pattern, one.before is None, one.reason),
            differences=entry_differences(one.before, one.entry, names=names),
        )
        for one in page
        if one.is_visible
    ]
    context = {
        "pattern": pattern,
        "revisions": changes,
        "address": address,
        "before": before,
        "next": revisions[PAGE_SIZE - 1].number if len(revisions) > PAGE_SIZE else None,
    }
    path = f"{address}?before={before}" if before else address
    return render_page(request, "patterns/history.html", path=path, **context)


def change_number(text: str) -> int | None:
    """The number of a change in an address; what is none means the first page."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_LENGTH
    return int(text) or None if is_number else None


def names_of(revisions: Sequence[PublicRevision]) -> dict[str, str]:
    """The present names of the entries that the revisions name; of those, only of public ones."""
    entries = [entry for one in revisions for entry in (one.entry, one.before) if entry is not None]
    codes = {relation.target for entry in entries for relation in entry.relations}
    codes |= {entry.replaced_by for entry in entries if entry.replaced_by}
    codes |= {code for entry in entries for code in linked_codes(entry)}
    if not codes:
        return {}
    return dict(Pattern.objects.published().filter(code__in=codes).order_by().values_list("code", "name"))


def successors_of(revisions: Sequence[PublicRevision]) -> dict[str, Pattern]:
    """The entries that readers should meet instead of those that departed, by code; of those, only public ones."""
    codes = {one.pattern.replaced_by for one in revisions if one.is_departure} - {""}
    if not codes:
        return {}
    found = Pattern.objects.published().filter(code__in=codes).only("code", "slug", "name")
    return {one.code: one for one in found}
