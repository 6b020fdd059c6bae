"""The short words that lead to entries, kept with every change: see ``ShortSlug``."""

import re
from collections.abc import Iterable, Mapping

from patterns.document.entry import Entry
from patterns.document.plan import Edit
from patterns.document.text import slug_of
from patterns.models import ShortSlug
from patterns.store.bulk import chunks, insert

NAMED_KEYS = frozenset({"name", "aliases"})
ENDING = re.compile(r"\s+pattern$", re.IGNORECASE)  # which readers leave out, as most names have it


def short_names(name: str, aliases: Iterable[str]) -> list[str]:
    """The slugs of other names, and of the name without "Pattern"; the whole name is not among them."""
    short = {slug_of(one) for one in (*aliases, ENDING.sub("", name))}
    return sorted(short - {slug_of(name), ""})


def keep_short_slugs(edits: Iterable[Edit], *, patterns: Mapping[str, int]) -> None:
    """Write those of entries whose names are new or others; ``patterns`` maps codes to the rows that exist.

    Deleted entries have taken theirs along.
    """
    renamed = {
        edit.identity: edit
        for edit in edits
        if isinstance(edit.after, Entry) and (edit.before is None or NAMED_KEYS.intersection(edit.keys))
    }
    known = [patterns[code] for code, edit in renamed.items() if edit.before is not None]
    for chunk in chunks(known):
        ShortSlug.objects.filter(pattern__in=chunk).delete()
    rows = (
        (slug, patterns[code])
        for code, edit in renamed.items()
        if isinstance(edit.after, Entry)
        for slug in short_names(edit.after.name, edit.after.aliases)
    )
    insert(ShortSlug, fields=("slug", "pattern"), rows=rows)
