"""Entries are found by the stems of their words, each with the letter of its place: one way on both databases.

What is public is indexed anew once all migrations are done, by a receiver of ``post_migrate``: how it is read from the
tables is the code's matter, and changes with it.
"""

import re
import unicodedata
from collections import Counter
from importlib import import_module
from typing import Any

from django.db import migrations, models

SQLITE_GONE = [
    "DROP TRIGGER patterns_searchtext_deleted",
    "DROP TRIGGER patterns_searchtext_inserted",
    "DROP TABLE patterns_searchindex",
]
# Of a token it is enough to know which rows have it: without its place in the text, the index takes half the room.
SQLITE = [
    """
    CREATE VIRTUAL TABLE patterns_searchindex USING fts5(
        words, text,
        content='patterns_searchtext', content_rowid='pattern_id', tokenize='ascii', detail=none, columnsize=0
    )
    """,
    """
    CREATE TRIGGER patterns_searchtext_inserted AFTER INSERT ON patterns_searchtext BEGIN
        INSERT INTO patterns_searchindex (rowid, words, text) VALUES (new.pattern_id, new.words, new.text);
    END
    """,
    """
    CREATE TRIGGER patterns_searchtext_deleted AFTER DELETE ON patterns_searchtext BEGIN
        INSERT INTO patterns_searchindex (patterns_searchindex, rowid, words, text)
        VALUES ('delete', old.pattern_id, old.words, old.text);
    END
    """,
]
POSTGRESQL_GONE = ["ALTER TABLE patterns_searchtext DROP COLUMN vector"]  # and its four indexes with it
POSTGRESQL = [
    """
    ALTER TABLE patterns_searchtext ADD COLUMN vector tsvector NOT NULL GENERATED ALWAYS AS (
        array_to_tsvector(string_to_array(words, ' ') || string_to_array(nullif(text, ''), ' '))
    ) STORED
    """,
    "CREATE INDEX patterns_searchtext_vector ON patterns_searchtext USING gin (vector)",
]
WORD = re.compile(r"[^\W_]+")
LONGEST = 40
AT_ONCE = 250


def unmake(apps: Any, editor: Any) -> None:
    is_sqlite = editor.connection.vendor == "sqlite"
    for statement in SQLITE_GONE if is_sqlite else POSTGRESQL_GONE:
        editor.execute(statement, params=None)
    apps.get_model("patterns", "SearchWord").objects.all().delete()


def empty(apps: Any, editor: Any) -> None:
    unmake(apps, editor)
    apps.get_model("patterns", "SearchText").objects.all().delete()


def make(apps: Any, editor: Any) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement, params=None)


def folded(text: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(WORD.findall(unicodedata.normalize("NFC", plain.casefold())))


def make_former(apps: Any, editor: Any) -> None:
    """The index as it was, from what is shown of each entry."""
    counts = Counter[str]()
    for row in apps.get_model("patterns", "SearchText").objects.select_related("pattern").iterator(AT_ONCE):
        row.name, row.description = folded(row.pattern.name), folded(row.pattern.description)
        row.aliases, row.text = folded("\n".join(row.pattern.aliases)), folded(row.shown)
        row.save(update_fields=["name", "aliases", "description", "text"])
        said = {*" ".join((row.name, row.aliases, row.description, row.text)).split()}
        counts.update(word for word in said if len(word) <= LONGEST)
    search, tiers = (import_module(f"patterns.migrations.{name}") for name in ("0002_search", "0006_search_tiers"))
    is_sqlite = editor.connection.vendor == "sqlite"
    statements = (
        [*search.SQLITE, "INSERT INTO patterns_searchindex (patterns_searchindex) VALUES ('rebuild')"]
        if is_sqlite
        else [*search.POSTGRESQL[:2], *tiers.POSTGRESQL[: len(tiers.TIERS)]]
    )
    for statement in statements:
        if "patterns_searchword" not in statement:  # which is older than this index, and yet younger than the first
            editor.execute(statement, params=None)
    word = apps.get_model("patterns", "SearchWord")
    word.objects.bulk_create([word(word=one, count=count) for one, count in sorted(counts.items())], AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0012_public_reason")]

    operations = [
        migrations.RunPython(empty, make_former),
        *(
            migrations.AlterField("searchtext", name, models.TextField(default=""))
            for name in ("name", "aliases", "description")
        ),
        *(migrations.RemoveField("searchtext", name) for name in ("name", "aliases", "description")),
        *(
            migrations.AddField("searchtext", name, models.TextField(default=""), preserve_default=False)
            for name in ("words", "lines")
        ),
        migrations.RunPython(make, unmake),
    ]
