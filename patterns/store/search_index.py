"""The search index: what of an entry can be found, and that it holds after every change what is published, no more."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, transaction

from patterns.document.entry import CHILDREN, Entry
from patterns.document.plan import Edit, status
from patterns.document.prose import unlinked
from patterns.document.register import Table, Weight, keys_of
from patterns.document.stems import (
    STOP_WORDS,
    WORD_LENGTH,
    from_token,
    is_unspaced,
    stem,
    stems,
    token,
    whole_key,
    words,
)
from patterns.document.tables import Consequence, Example, KnownAs, Relation, Step, Variant
from patterns.models import Pattern, SearchText, SearchWord
from patterns.models.compression import compressed
from patterns.models.search import EVERY, OFTEN, PLACES, REST, SPELT, WHOLE_ALIAS, WHOLE_NAME
from patterns.store.bulk import chunks, insert, quoted_table
from patterns.store.reading import load_entries

# What of an entry can be searched.


TEXT_LENGTH = 100_000  # an index must not refuse what a catalogue may hold; PostgreSQL ends at 1 MiB
MARKUP = re.compile(r"^\s*(?:[-*+] |\d+[.)] |```.*$)|[`*]+", re.MULTILINE)
KEYS_OF_ENTRY = keys_of(Entry)
SEARCHED_KEYS = {name: key for name, key in KEYS_OF_ENTRY.items() if key.weight}
# Columns of tables that count otherwise than the key that the table stands under.
OWN_WEIGHTS = {
    name: {column: key.weight for column, key in keys_of(table).items() if key.weight}
    for name, table in CHILDREN.items()
}
# Sentences that say when it is needed: words that meet in one of them belong together.
LINED_KEYS = tuple(
    name
    for name, key in SEARCHED_KEYS.items()
    if key.weight in (Weight.SYMPTOMS, Weight.DESCRIPTION, Weight.PROBLEM) and not key.is_markdown
)
# What the text of an entry in the index depends on.
INDEXED_KEYS = frozenset({"status", "slug", *SEARCHED_KEYS})
# A text of this many words says a word often if it says it at least so many times; a shorter one as much less as it is
# shorter (the term frequency of BM25, with its usual share of the length).
USUAL_LENGTH, LENGTH_SHARE, OFTEN_COUNT = 700, 0.75, 3.0


class Searched(NamedTuple):
    """What an entry can be found by: tokens that begin with the letter of their place, each once.

    ``words`` holds those that decide its rank, ``text`` the others. ``lines`` holds the stems of its symptoms and other
    short lines that say when it is needed. ``shown`` is what of it the list does not show by
    itself, as plain text in lines.
    """

    words: str
    text: str
    lines: str
    shown: str


def searched(entry: Entry, *, public: Collection[str]) -> Searched:
    """The texts of a published entry; reasons of relations only to entries whose codes are public."""
    lines: dict[Weight, list[str]] = defaultdict(list)
    for weight, line in indexed_lines(entry, public):
        lines[weight].append(line)
    # With the symptoms, which are indexed apart and yet read like a text.
    shown = "\n".join(filter(None, (*entry.symptoms, *lines[Weight.PROBLEM], *lines[Weight.TEXT])))[:TEXT_LENGTH]
    found = {place: {*stems("\n".join(lines[weight]))} for weight, place in PLACES.items()}
    for name in (*lines[Weight.NAME], *lines[Weight.ALIASES]):
        said = words(name)
        found[PLACES[Weight.NAME if name == entry.name else Weight.ALIASES]].update(
            stem(f"{one}{other}") for one, other in pairwise(said) if len(one + other) <= WORD_LENGTH
        )
    counts = Counter(stems(shown))
    length = LENGTH_SHARE * counts.total() / USUAL_LENGTH + 1 - LENGTH_SHARE
    found[OFTEN] = {one for one, count in counts.items() if count >= OFTEN_COUNT * length}
    found[WHOLE_NAME] = {whole_key(one) for one in (entry.code, entry.slug, entry.name)}
    found[WHOLE_ALIAS] = {whole_key(one) for one in lines[Weight.ALIASES]}
    telling = set[str]().union(*found.values())
    every = {*words("\n".join(("\n".join(map("\n".join, lines.values())), shown)))}
    found[SPELT] = {word for word in every if is_spelt(word) and stem(word) in telling}
    rest = {REST: {*counts} - found[OFTEN], SPELT: found.pop(SPELT)}
    sentences = ((SEARCHED_KEYS[key].is_text, vars(entry)[key]) for key in LINED_KEYS)
    together = chain.from_iterable([value] if is_text else value for is_text, value in sentences)
    joined = (" ".join(sorted({*map(token, stems(line))})) for line in together)
    return Searched(tokens({**found, EVERY: {""}}), tokens(rest), "\n".join(f" {line} " for line in joined), shown)


def tokens(found: Mapping[str, Collection[str]]) -> str:
    return " ".join(sorted(f"{place}{token(one)}" for place, each in found.items() for one in each))


def is_spelt(word: str) -> bool:
    """Whether a word may be what somebody meant to type."""
    return len(word) > 2 and word not in STOP_WORDS and not is_unspaced(word)


def indexed_lines(entry: Entry, public: Collection[str]) -> Iterator[tuple[Weight, str]]:
    """What an entry says, by weight, a line for each paragraph and item."""
    values = vars(entry)
    for key, about in SEARCHED_KEYS.items():
        assert about.weight is not None
        if not (value := values[key]):
            continue
        if isinstance(value, str):
            lines = unmarked(value) if about.is_markdown else [value]
        elif about.is_list_of_texts:
            lines = [*value]
        else:
            rows = [row for row in value if not isinstance(row, Relation) or row.target in public]
            yield from ((weight, getattr(row, name)) for row in rows for name, weight in OWN_WEIGHTS[key].items())
            lines = [line for row in rows for line in said_of(row)]
        yield from ((about.weight, line) for line in lines)


def said_of(row: Table) -> Iterator[str]:
    """A row of a table, mostly in one line; addresses, years and keys are not searched."""
    if isinstance(row, Consequence):
        yield f"{'Gains' if row.sign == 'gain' else 'Pays with'} {row.quality}: {row.text}"
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


FIELDS = ("pattern", *Searched._fields)
MANY = 1_000  # edits, after which a database's picture of the tables is none of them any more
COUNTED_BEFORE = "ON CONFLICT (word) DO UPDATE SET count = patterns_searchword.count + excluded.count"


def keep_index(edits: Sequence[Edit], *, patterns: Mapping[str, int], renamed: Sequence[str] = ()) -> None:
    """Index what edits that have just been written made public; ``patterns`` maps codes to the rows that exist.

    Reasons of relations are public while both ends are, so an entry that comes or goes touches those that name it; a
    new one can be named by entries of the same edits only. ``renamed`` are the slugs of categories that got another
    name, by which their entries are found.
    """
    touched = [edit for edit in edits if edit.before is None or INDEXED_KEYS.intersection(edit.keys)]
    entries = {edit.identity: edit.after for edit in touched if is_public(edit.after) and isinstance(edit.after, Entry)}
    moved = [edit.identity for edit in touched if edit.before and is_public(edit.before) != is_public(edit.after)]
    shelved = Pattern.objects.published().filter(category__slug__in=renamed).order_by().values_list("code", "pk")
    others = {**entries_naming(moved), **(dict(shelved) if renamed else {})}
    naming = {code: pk for code, pk in others.items() if code not in entries}
    entries |= load_entries(Pattern.objects.filter(code__in=naming)) if naming else {}
    # New entries have no row in the index yet, and deleted ones have taken theirs along.
    known = [edit.identity for edit in touched if edit.before is not None and edit.after is not None]
    pks = {**patterns, **naming}
    counts = Counter[str]()
    for chunk in chunks([pks[code] for code in (*known, *naming)]):
        former = SearchText.objects.filter(pk__in=chunk)
        for text in former.values_list("text", flat=True):
            counts.subtract(spelt_in(text))
        # Deleted and inserted, never updated: the triggers of migration 0013 know no update.
        former.delete()
    add(entries, pks=pks, counts=counts)
    keep_words(counts)
    if len(edits) >= MANY:
        look_again()


def make_index(**kwargs: Any) -> None:
    """Receiver of ``post_migrate``: indexes the public entries that a migration left without a row in the index."""
    # On the way to older tables nothing is indexed in the way of today.
    if columns_of_tables(kwargs.get("apps", apps)) != columns_of_tables(apps):
        return
    with transaction.atomic():
        missing = dict(Pattern.objects.published().filter(search_text=None).order_by().values_list("code", "pk"))
        for chunk in chunks([*missing]):
            counts = Counter[str]()
            add(load_entries(Pattern.objects.filter(code__in=chunk)), pks=missing, counts=counts)
            keep_words(counts)
    if len(missing) >= MANY:
        look_again()


def columns_of_tables(state: Any) -> set[str]:
    models = [model for model in state.get_models() if model._meta.app_label == "patterns"]
    return {str(field) for model in models for field in model._meta.concrete_fields}


def is_public(document: object) -> bool:
    return isinstance(document, Entry) and status(document) == "published"


def entries_naming(codes: Sequence[str]) -> dict[str, int]:
    """Code → primary key of the published entries that state a relation to one of the codes."""
    found: dict[str, int] = {}
    for chunk in chunks(codes):
        rows = Pattern.objects.published().filter(relations__target__in=chunk).order_by()
        found.update(rows.values_list("code", "pk").distinct())
    return found


def add(entries: Mapping[str, Entry], *, pks: Mapping[str, int], counts: Counter[str]) -> None:
    """Index the entries, and add their words to the others."""
    public: set[str] = set()
    for chunk in chunks([*{one.target for entry in entries.values() for one in entry.relations}]):
        public.update(Pattern.objects.published().filter(code__in=chunk).order_by().values_list("code", flat=True))

    def rows() -> Iterator[tuple[Any, ...]]:
        for code, entry in entries.items():
            found = searched(entry, public=public)
            counts.update(spelt_in(found.text))
            yield pks[code], *found[:-1], compressed(found.shown)

    insert(SearchText, fields=FIELDS, rows=rows())


def spelt_in(text: str) -> list[str]:
    """The words as they are spelt, in the ``text`` of an entry."""
    return [from_token(one[1:]) for one in text.split() if one.startswith(SPELT)]


def keep_words(steps: Counter[str]) -> None:
    """Add to the counts of words; those that no entry has any more are forgotten.

    An entry that is indexed anew has most of its words as before, and these are not written.
    """
    changed = sorted((word, step) for word, step in steps.items() if step)
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
    """Have the database look at what its tables hold now.

    Until PostgreSQL has looked by itself, searches take twenty times as long. SQLite makes one part of those that many
    changes have left of its index.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO patterns_searchindex (patterns_searchindex) VALUES ('optimize')")
            return
        tables = ", ".join(quoted_table(model) for model in apps.get_app_config("patterns").get_models())
        cursor.execute(f"ANALYZE {tables}")
        # What was added last waits in a list, which every search reads through until it is sorted in.
        statement = f"SELECT gin_clean_pending_list(indexrelid) FROM ({GIN_INDEXES}) AS of_search"  # nosec B608
        cursor.execute(statement)
