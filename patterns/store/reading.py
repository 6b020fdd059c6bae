"""Database → Document, in as many queries as there are tables, whatever the size of the catalogue."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from patterns.document.catalog import Category, Document, Header
from patterns.document.entry import BLANK, CHILDREN, LISTS_IN, Entry
from patterns.document.register import Layout, Table, keys_of, made, names_where
from patterns.document.text import name_key
from patterns.models import Applicability, Catalog, FormerSlug, Pattern
from patterns.models import Category as CategoryRow
from patterns.models.pattern import CategoryQuerySet, PatternQuerySet
from patterns.models.statement import statement
from patterns.store.bulk import CHUNK, growing_batches, quoted_table

# Documents ↔ table rows: the one place that knows which key is kept in which column.


KEYS = keys_of(Entry)
TEXT_KEYS = names_where(Entry, lambda key: key.is_text)  # each a column of its name; of the category, its name
JSON_KEYS = names_where(Entry, lambda key: key.layout is Layout.INLINE)  # each a column of its name, a list as JSON
# The one table below an entry is kept in columns of the pattern: ``origin.who`` in ``origin_who``.
COLUMNS_OF = {
    key: tuple(f"{key}_{name}" for name in CHILDREN[key].model_fields)
    for key in names_where(Entry, lambda key: key.layout is Layout.TABLE)
}
ENTRY_COLUMNS: tuple[str | Combinable, ...] = (
    *("category__name" if key == "category" else key for key in TEXT_KEYS),
    *(Cast(key, TextField()) for key in JSON_KEYS),  # as text: few entries have any, and decoding each costs more
    *chain.from_iterable(COLUMNS_OF.values()),
)
# The columns that an entry is written to, by key: all but its code, which never changes, and its parts.
WRITTEN = {
    **{key: (key,) for key in (*TEXT_KEYS, *JSON_KEYS) if key != "code"},
    **COLUMNS_OF,
    "name": ("name", "name_key"),
}
# One set for all: a set of each entry's and each part's own would be half of its size.
ALL_KEYS = set(BLANK)
PART_KEYS = {key: {*model.model_fields} for key, model in CHILDREN.items()}
# Lists of texts in a table of parts, by the place of their column, which holds one on each line.
LIST_PLACES = {
    key: tuple(place for place, name in enumerate(model.model_fields) if name in LISTS_IN[model])
    for key, model in CHILDREN.items()
    if LISTS_IN[model]
}
VERDICT_KEYS = {"use_when": "use", "avoid_when": "avoid"}  # two lists of texts that share a table
KEY_OF_VERDICT = {verdict: key for key, verdict in VERDICT_KEYS.items()}


def related_model(key: str) -> type[Model]:
    """The table of a list; raises FieldDoesNotExist for a key that has none."""
    model = Pattern._meta.get_field(key).related_model
    assert isinstance(model, type)
    return model


# The other lists are kept in a table each, which the pattern knows by the name of the key.
PART_MODELS: dict[str, type[Model]] = {
    key: related_model(key)
    for key in names_where(Entry, lambda key: key.layout in (Layout.LINES, Layout.TABLES))
    if key not in VERDICT_KEYS
}

# Each table of parts once, by the first of its keys; and the table of every key.
PART_TABLES: dict[str, type[Model]] = {"use_when": Applicability, **PART_MODELS}
TABLE_OF: dict[str, type[Model]] = {**dict.fromkeys(VERDICT_KEYS, Applicability), **PART_MODELS}


def part_columns(key: str) -> tuple[str, ...]:
    """The columns of a part are the keys of its document; an item of a list of texts has only its ``text``."""
    return tuple(CHILDREN[key].model_fields) if key in CHILDREN else ("text",)


def entry_from(columns: tuple[Any, ...], parts: dict[str, tuple[Any, ...]]) -> Entry:
    """An entry from ENTRY_COLUMNS and its parts. What the database holds was validated on its way in."""
    said = dict(zip(TEXT_KEYS, columns, strict=False))
    values = islice(columns, len(TEXT_KEYS), None)
    for key in JSON_KEYS:
        if (text := next(values)) != "[]":
            said[key] = tuple(json.loads(text))
    for key, names in COLUMNS_OF.items():
        row = [*islice(values, len(names))]
        if any(row):
            said[key] = part_from(key, row)
    return made(Entry, {**BLANK, **said, **parts}, ALL_KEYS)


def part_from(key: str, row: Iterable[Any]) -> Table:
    """A table below an entry from its columns."""
    columns = part_columns(key)
    if key in LIST_PLACES:
        row = [*row]
        for place in LIST_PLACES[key]:
            row[place] = tuple(row[place].split("\n")) if row[place] else ()
    return made(CHILDREN[key], dict(zip(columns, row, strict=True)), PART_KEYS[key])


def columns_of(key: str, part: Table) -> tuple[Any, ...]:
    """The values of the columns of a table below an entry, in their order."""
    values = vars(part).values()
    if key not in LIST_PLACES:
        return (*values,)
    return tuple("\n".join(value) if isinstance(value, tuple) else value for value in values)


def written(entry: Entry, keys: Iterable[str], category_id: int) -> Iterator[Any]:
    """The values of the columns of these keys of WRITTEN."""
    said = vars(entry)
    for key in keys:
        value = said[key]
        if key == "category":
            yield category_id
        elif key in JSON_KEYS:
            yield json.dumps(value, ensure_ascii=False) if value else "[]"
        elif key in COLUMNS_OF:
            yield from vars(value).values() if value is not None else (NOTHING[name] for name in COLUMNS_OF[key])
        else:
            yield value
            if key == "name":
                yield name_key(value)


NOTHING: dict[str, str | None] = {
    name: None if Pattern._meta.get_field(name).null else "" for name in chain.from_iterable(COLUMNS_OF.values())
}


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
                columns = columns_of(key, part) if key in CHILDREN else (part,)
                said = dict(zip(part_columns(key), columns, strict=True))
                yield PART_MODELS[key](**owner, **said, position=position)


def part_values(key: str, entry: Entry, pattern_id: int) -> Iterator[tuple[Any, ...]]:
    """The values of ``part_fields`` for the entry's parts under a key."""
    for position, part in enumerate(vars(entry)[key]):
        if key in VERDICT_KEYS:
            yield pattern_id, position, VERDICT_KEYS[key], part
        elif key in CHILDREN:
            yield entry.code if key == "relations" else pattern_id, position, *columns_of(key, part)
        else:
            yield pattern_id, position, part


def part_fields(key: str) -> tuple[str, ...]:
    if key in VERDICT_KEYS:
        return "pattern", "position", "verdict", "text"
    return "source" if key == "relations" else "pattern", "position", *part_columns(key)


@contextmanager
def writing() -> Iterator[Catalog]:
    """A transaction that may change the catalogue. Writers wait for each other on the Catalog row."""
    with transaction.atomic():
        yield Catalog.objects.select_for_update().get()


@contextmanager
def without_waiting() -> Iterator[None]:
    """A transaction for what may as well not be written: where somebody else writes, it fails with OperationalError."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual_ms,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual_ms}")


@contextmanager
def consistent_read() -> Iterator[None]:
    """Everything read inside is of one moment, and nothing is locked."""
    driver = connection.connection
    # Of a read that began below on SQLite, Django knows nothing.
    if connection.in_atomic_block or (connection.vendor == "sqlite" and driver and driver.in_transaction):
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # Django's atomic() would begin IMMEDIATE and wait for writers
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def load_document(patterns: PatternQuerySet | None = None) -> Document:
    """The catalogue as a document: whole, or with the given patterns only; always with every category."""
    categories = load_categories()
    return Document(header_of(Catalog.objects.get(), categories), categories, load_entries(patterns))


def load_categories(rows: CategoryQuerySet | None = None) -> dict[str, Category]:
    """By slug, in their order."""
    rows = CategoryRow.objects.all() if rows is None else rows
    return {row.slug: category_of(row) for row in rows.in_order()}


def load_header() -> Header:
    return header_of(Catalog.objects.get(), CategoryRow.objects.in_order().values_list("slug", flat=True))


def header_of(row: Catalog, categories: Iterable[str]) -> Header:
    return Header.model_construct(
        title=row.title, description=row.description, keywords=tuple(row.keywords), categories=tuple(categories)
    )


def category_of(row: CategoryRow) -> Category:
    return Category.model_construct(name=row.name, slug=row.slug, description=row.description)


def load_entries(patterns: PatternQuerySet | None = None) -> dict[str, Entry]:
    """Entries by code, in code order."""
    rows = Pattern.objects.all() if patterns is None else patterns
    columns = [*rows.in_code_order().values_list(*ENTRY_COLUMNS)]
    parts = parts_by_code(patterns) if columns else {}
    return {row[0]: entry_from(row, parts.get(row[0], {})) for row in columns}


def present(code: str) -> Entry | None:
    """The one with this code, as ``load_entries`` reads it: forms and saves ask for it again and again."""
    row = next(iter(row_of_one(code)), None)
    if row is None:
        return None
    parts = chain.from_iterable(parts_in(key, rows(code)) for key, rows in PART_ROWS_OF_ONE.items())
    return entry_from(row, by_code(parts).get(code, {}))


@statement
def row_of_one(code: str) -> QuerySet[Pattern, Any]:
    return Pattern.objects.filter(code=code).values_list(*ENTRY_COLUMNS)


def load_related(patterns: PatternQuerySet) -> dict[str, Entry]:
    """Entries by code with no part but their relations: all that the rules between documents compare."""
    relations: dict[str, tuple[Any, ...]] = defaultdict(tuple)
    for _, code, relation in parts_in("relations", stored_parts("relations", patterns)):
        relations[code] = (*relations[code], relation)
    columns = patterns.in_code_order().values_list(*ENTRY_COLUMNS)
    return {row[0]: entry_from(row, {"relations": relations[row[0]]}) for row in columns}


def stream_entries(patterns: PatternQuerySet) -> Iterator[list[Entry]]:
    """The same, so many at once as may be held; inside ``consistent_read()``."""
    rows = patterns.in_code_order().values_list(*ENTRY_COLUMNS).iterator(CHUNK)
    # Asked once, since most catalogues have no parts of some kind: each batch asks for those of every other.
    keys = filled_tables()
    for batch in growing_batches(rows, CHUNK):
        parts = parts_by_code(Pattern.objects.filter(code__in=[row[0] for row in batch]), keys) if keys else {}
        yield [entry_from(row, parts.get(row[0], {})) for row in batch]


def filled_tables() -> list[str]:
    """The keys of PART_TABLES whose tables hold anything, in one query."""
    parts = (f"EXISTS (SELECT 1 FROM {quoted_table(model)})" for model in PART_TABLES.values())  # nosec B608 - names of our tables
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}")
        return [key for key, is_filled in zip(PART_TABLES, cursor.fetchone(), strict=True) if is_filled]


def parts_by_code(
    patterns: PatternQuerySet | None, keys: Iterable[str] = PART_TABLES
) -> dict[str, dict[str, tuple[Any, ...]]]:
    """By code and key, the parts under these keys of entries that have any."""
    return by_code(chain.from_iterable(parts_in(key, stored_parts(key, patterns)) for key in keys))


def by_code(parts: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, tuple[Any, ...]]]:
    """The same of what ``parts_in`` yields."""
    found: dict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for key, code, part in parts:
        found[code][key] = (*found[code].get(key, ()), part)
    return found


def stored_parts(key: str, patterns: PatternQuerySet | None) -> QuerySet[Any, Any]:
    """The rows of a table of parts, by its key in PART_TABLES: the code of the entry, any verdict, and the part."""
    owner, column = ("source", "code") if key == "relations" else ("pattern", "pk")
    rows = PART_TABLES[key]._default_manager.order_by("position", "pk")
    if patterns is not None:
        rows = rows.filter(**{f"{owner}__in": patterns.order_by().values(column)})
    verdict = ("verdict",) if key in VERDICT_KEYS else ()
    return rows.values_list(f"{owner}__code", *verdict, *part_columns(key))


def stored_parts_of_one(key: str, code: str) -> QuerySet[Any, Any]:
    return stored_parts(key, Pattern.objects.filter(code=code))


PART_ROWS_OF_ONE = {key: statement(partial(stored_parts_of_one, key)) for key in PART_TABLES}


def parts_in(key: str, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, str, Any]]:
    """Key, code and part of each row of ``stored_parts``."""
    for code, *values in rows:
        if key in VERDICT_KEYS:
            verdict, text = values
            yield KEY_OF_VERDICT[verdict], code, text
        else:
            yield key, code, part_from(key, values) if key in CHILDREN else values[0]


def former_slugs(**only: Any) -> dict[str, str]:
    """Former slug → code of the entry that it leads to, but for slugs at which an entry lives again."""
    live = Pattern.objects.values("slug")
    return dict(FormerSlug.objects.filter(**only).exclude(slug__in=live).values_list("slug", "pattern__code"))
