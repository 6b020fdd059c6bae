"""Documents ↔ table rows: the one place that knows which key is kept in which column."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from patterns.catalog import entry as documents
from patterns.catalog.entry import Entry
from patterns.catalog.text import name_key
from patterns.models import Applicability, Consequence, KnownAs, Reference, Relation, Step

FLAT_KEYS = ("code", "slug", "name", "description", "category", "kind", "status", "replaced_by", "problem", "solution")
ORIGIN_COLUMNS = ("origin_who", "origin_year", "origin_url")
ENTRY_COLUMNS: tuple[str | Combinable, ...] = (
    *("category__name" if key == "category" else key for key in FLAT_KEYS),
    *(Cast("aliases", TextField()), *ORIGIN_COLUMNS),  # as text: few entries have any, and decoding each costs more
)
WRITTEN_COLUMNS = (
    *("slug", "name", "name_key", "description", "category", "kind", "status", "replaced_by", "aliases"),
    *("problem", "solution", *ORIGIN_COLUMNS),
)
BLANK = {key: field.default for key, field in Entry.model_fields.items()}
ALL_KEYS = set(BLANK)  # one for all entries: a set of each entry's own would be half of its size
VERDICT_KEYS = {"use_when": "use", "avoid_when": "avoid"}
PART_MODELS: dict[str, type[Model]] = {
    "consequences": Consequence,
    "relations": Relation,
    "steps": Step,
    "references": Reference,
    "known_as": KnownAs,
}


def part_columns(key: str) -> tuple[str, ...]:
    """The columns of a part are the keys of its document."""
    return tuple(documents.CHILDREN[key].model_fields)


def entry_from(columns: tuple[Any, ...], parts: dict[str, tuple[Any, ...]]) -> Entry:
    """An entry from ENTRY_COLUMNS and its parts. What the database holds was validated on its way in."""
    *values, aliases, who, year, url = columns
    said = dict(zip(FLAT_KEYS, values, strict=True))
    if aliases != "[]":
        said["aliases"] = tuple(json.loads(aliases))
    if who:
        said["origin"] = documents.Origin.model_construct(who=who, year=year, url=url)
    return Entry.model_construct(ALL_KEYS, **{**BLANK, **said, **parts})


def written(entry: Entry, category_id: int) -> tuple[Any, ...]:
    """The values of WRITTEN_COLUMNS."""
    origin = entry.origin
    return (
        entry.slug,
        entry.name,
        name_key(entry.name),
        entry.description,
        category_id,
        entry.kind,
        entry.status,
        entry.replaced_by,
        json.dumps(entry.aliases, ensure_ascii=False) if entry.aliases else "[]",
        entry.problem,
        entry.solution,
        origin.who if origin else "",
        origin.year if origin else None,
        origin.url if origin else "",
    )


def part_rows(entry: Entry, pattern_id: int, keys: Iterable[str]) -> Iterator[Model]:
    """The rows of the entry's parts under the given keys."""
    values = vars(entry)
    for key in (key for key in keys if values[key]):
        if key in VERDICT_KEYS:
            for position, text in enumerate(values[key]):
                yield Applicability(pattern_id=pattern_id, verdict=VERDICT_KEYS[key], text=text, position=position)
        elif key in PART_MODELS:
            owner = {"source_id": entry.code} if key == "relations" else {"pattern_id": pattern_id}
            for position, part in enumerate(values[key]):
                yield PART_MODELS[key](**owner, **dict(part), position=position)
