"""The search index: what of an entry can be found, and that it holds after every change what is published, no more."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection

from patterns.document.entry import Entry
from patterns.document.plan import Edit, status
from patterns.document.prose import folded, unlinked
from patterns.document.register import Table, Weight, keys_of
from patterns.document.tables import Consequence, Example, KnownAs, Relation, Step, Variant
from patterns.models import Pattern, SearchText, SearchWord
from patterns.models.compression import compressed
from patterns.store.bulk import chunks, insert, quoted_table
from patterns.store.reading import load_entries

# What of an entry can be searched.


TEXT_LENGTH = 100_000  # an index must not refuse what a catalogue may hold; PostgreSQL ends at 1 MiB
MARKUP = re.compile(r"^\s*(?:[-*+] |\d+[.)] |```.*$)|[`*]+", re.MULTILINE)
KEYS_OF_ENTRY = keys_of(Entry)
BY_WEIGHT = {weight: tuple(name for name, key in KEYS_OF_ENTRY.items() if key.weight is weight) for weight in Weight}
# What the text of an entry in the index depends on.
INDEXED_KEYS = frozenset({"status"}.union(*BY_WEIGHT.values()))


class Searched(NamedTuple):
    """Folded words by weight, and ``shown``, the plain text of ``text`` in lines."""

    name: str
    aliases: str
    description: str
    text: str
    shown: str


def searched(entry: Entry, *, public: Collection[str]) -> Searched:
    """The texts of a published entry; reasons of relations only to entries whose codes are public."""
    # With the symptoms, which are indexed beside the other names and yet read like a text.
    shown = "\n".join(filter(None, (*entry.symptoms, *indexed_lines(entry, Weight.TEXT, public))))[:TEXT_LENGTH]
    name, aliases, description = (
        folded("\n".join(indexed_lines(entry, weight, public)))
        for weight in (Weight.NAME, Weight.ALIASES, Weight.DESCRIPTION)
    )
    return Searched(name, aliases, description, text=folded(shown)[:TEXT_LENGTH], shown=shown)


def indexed_lines(entry: Entry, weight: Weight, public: Collection[str]) -> Iterator[str]:
    """What an entry says under the keys of a weight, a line for each paragraph and item."""
    values = vars(entry)
    for key in BY_WEIGHT[weight]:
        if not (value := values[key]):
            continue
        if isinstance(value, str):
            yield from unmarked(value) if KEYS_OF_ENTRY[key].is_markdown else (value,)
        elif KEYS_OF_ENTRY[key].is_list_of_texts:
            yield from value
        else:
            for row in value:
                yield from said_of(row) if not isinstance(row, Relation) or row.target in public else ()


def said_of(row: Table) -> Iterator[str]:
    """A row of a table, mostly in one line; addresses, years and keys are not searched."""
    if isinstance(row, Consequence):
        yield row.text
    elif isinstance(row, Relation):
        yield row.why
    elif isinstance(row, Step):
        yield f"{row.sender} → {row.receiver}: {row.message}. {row.note}"
    elif isinstance(row, KnownAs):
        yield f"{row.catalog}: {row.name}"
    elif isinstance(row, Variant):
        yield from (row.name, *unmarked(row.text))
    elif isinstance(row, Example):  # not its code: its words say nothing of what the entry is about
        yield f"{row.title} · {row.language} · {row.note}"
    else:
        yield " · ".join(value for key, value in row if value and isinstance(value, str) and key not in ("url", "key"))


def unmarked(markdown: str) -> list[str]:
    """The paragraphs and items of a long text without their marks."""
    return [line.strip() for line in MARKUP.sub("", unlinked(markdown)).split("\n")] if markdown else []


FOLDED = ("name", "aliases", "description", "text")
FIELDS = ("pattern", *Searched._fields)
WORD_LENGTH = 40  # longer ones are no words that somebody meant to type
MANY = 1_000  # edits, after which PostgreSQL's picture of the tables is none of them any more
COUNTED_BEFORE = "ON CONFLICT (word) DO UPDATE SET count = patterns_searchword.count + excluded.count"


def keep_index(edits: Sequence[Edit], *, patterns: Mapping[str, int]) -> None:
    """Index what edits that have just been written made public; ``patterns`` maps codes to the rows that exist.

    Reasons of relations are public while both ends are, so an entry that comes or goes touches those that name it; a
    new one can be named by entries of the same edits only.
    """
    touched = [edit for edit in edits if edit.before is None or INDEXED_KEYS.intersection(edit.keys)]
    entries = {edit.identity: edit.after for edit in touched if is_public(edit.after) and isinstance(edit.after, Entry)}
    moved = [edit.identity for edit in touched if edit.before and is_public(edit.before) != is_public(edit.after)]
    naming = {code: pk for code, pk in entries_naming(moved).items() if code not in entries}
    entries |= load_entries(Pattern.objects.filter(code__in=naming)) if naming else {}
    # New entries have no row in the index yet, and deleted ones have taken theirs along.
    known = [edit.identity for edit in touched if edit.before is not None and edit.after is not None]
    pks = {**patterns, **naming}
    words = Counter[str]()
    for chunk in chunks([pks[code] for code in (*known, *naming)]):
        former = SearchText.objects.filter(pk__in=chunk)
        for texts in former.values_list(*FOLDED):
            words.subtract(words_of(texts))
        # Deleted and inserted, never updated: the triggers of migration 0002 know no update.
        former.delete()
    add(entries, pks=pks, words=words)
    keep_words(words)
    if len(edits) >= MANY:
        look_again()


def is_public(document: object) -> bool:
    return isinstance(document, Entry) and status(document) == "published"


def entries_naming(codes: Sequence[str]) -> dict[str, int]:
    """Code → primary key of the published entries that state a relation to one of the codes."""
    found: dict[str, int] = {}
    for chunk in chunks(codes):
        rows = Pattern.objects.published().filter(relations__target__in=chunk).order_by()
        found.update(rows.values_list("code", "pk").distinct())
    return found


def add(entries: Mapping[str, Entry], *, pks: Mapping[str, int], words: Counter[str]) -> None:
    """Index the entries, and add their words to the others."""
    public: set[str] = set()
    for chunk in chunks([*{one.target for entry in entries.values() for one in entry.relations}]):
        public.update(Pattern.objects.published().filter(code__in=chunk).order_by().values_list("code", flat=True))

    def rows() -> Iterator[tuple[Any, ...]]:
        for code, entry in entries.items():
            *texts, shown = searched(entry, public=public)
            words.update(words_of(texts))
            yield pks[code], *texts, compressed(shown)

    insert(SearchText, fields=FIELDS, rows=rows())


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of the texts of an entry, once each: they are folded, so only spaces stand between words."""
    return {*" ".join(texts).split()}


def keep_words(steps: Counter[str]) -> None:
    """Add to the counts of words; those that no entry has any more are forgotten.

    An entry that is indexed anew has most of its words as before, and these are not written.
    """
    changed = sorted((word, step) for word, step in steps.items() if step and len(word) <= WORD_LENGTH)
    insert(SearchWord, fields=("word", "count"), rows=changed, otherwise=COUNTED_BEFORE)
    for chunk in chunks([word for word, step in changed if step < 0]):
        SearchWord.objects.filter(word__in=chunk, count__lte=0).delete()


GIN_INDEXES = """
    SELECT pg_index.indexrelid FROM pg_index
    JOIN pg_class ON pg_class.oid = pg_index.indexrelid
    JOIN pg_am ON pg_am.oid = pg_class.relam AND pg_am.amname = 'gin'
    WHERE pg_index.indrelid = 'patterns_searchtext'::regclass
"""


def look_again() -> None:
    """Tell PostgreSQL what the tables hold now: until it has looked by itself, searches take twenty times as long."""
    if connection.vendor != "postgresql":
        return
    tables = ", ".join(quoted_table(model) for model in apps.get_app_config("patterns").get_models())
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
        # What was added last waits in a list, which every search reads through until it is sorted in.
        cursor.execute(f"SELECT gin_clean_pending_list(indexrelid) FROM ({GIN_INDEXES}) AS of_search")
