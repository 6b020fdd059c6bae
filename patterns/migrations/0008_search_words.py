"""The words that "did you mean" may propose, counted by each change: read by their beginnings and ends, not all of them.

Until now SQLite read them out of its whole index, and on PostgreSQL a trigger wrote each word of an entry anew.
"""

from collections import Counter
from importlib import import_module
from typing import Any

from django.db import migrations, models

# The database may not have the words of another one's alphabet in its order: words are compared byte by byte.
TABLE = "CREATE TABLE patterns_searchword (word text {collation} NOT NULL PRIMARY KEY, count integer NOT NULL) {kind}"
SQLITE = [TABLE.format(collation="COLLATE BINARY", kind="WITHOUT ROWID")]
POSTGRESQL = [TABLE.format(collation='COLLATE "C"', kind="")]
INDEXES = [
    "CREATE INDEX patterns_searchword_beginning ON patterns_searchword (substr(word, 1, 1), length(word))",
    "CREATE INDEX patterns_searchword_end ON patterns_searchword (substr(word, length(word) - 1), length(word))",
]
SQLITE_GONE = ["DROP TABLE patterns_searchword"]
POSTGRESQL_GONE = [
    *(
        f"DROP TRIGGER patterns_searchtext_{event} ON patterns_searchtext"
        for event in ("truncated", "deleted", "inserted")
    ),
    "DROP FUNCTION patterns_searchtext_words",
    "DROP TABLE patterns_searchword",
]
POSTGRESQL_COUNT = """
    INSERT INTO patterns_searchword (word, count)
    SELECT lexeme, count(*) FROM patterns_searchtext, unnest(vector) WHERE length(lexeme) <= 40 GROUP BY lexeme
"""
LONGEST = 40
AT_ONCE = 250


def make(apps: Any, editor: Any) -> None:
    is_sqlite = editor.connection.vendor == "sqlite"
    for statement in (*(SQLITE_GONE if is_sqlite else POSTGRESQL_GONE), *(SQLITE if is_sqlite else POSTGRESQL)):
        editor.execute(statement, params=None)
    texts = apps.get_model("patterns", "SearchText").objects.values_list("name", "aliases", "description", "text")
    counts = Counter[str]()
    for row in texts.iterator(AT_ONCE):
        counts.update(word for word in {*" ".join(row).split()} if len(word) <= LONGEST)
    word = apps.get_model("patterns", "SearchWord")
    word.objects.bulk_create([word(word=one, count=count) for one, count in sorted(counts.items())], AT_ONCE)
    for statement in INDEXES:
        editor.execute(statement, params=None)


def unmake(apps: Any, editor: Any) -> None:
    editor.execute("DROP TABLE patterns_searchword", params=None)
    search = import_module("patterns.migrations.0002_search")
    is_sqlite = editor.connection.vendor == "sqlite"
    for statement in search.SQLITE if is_sqlite else search.POSTGRESQL:
        if "patterns_searchword" in statement or "patterns_searchtext_words" in statement:
            editor.execute(statement, params=None)
    if not is_sqlite:
        editor.execute(POSTGRESQL_COUNT, params=None)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0007_revisions_in_order")]

    operations = [
        # By hand, because Django cannot say the collation of a column for both databases.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SearchWord",
                    fields=[
                        ("word", models.TextField(primary_key=True, serialize=False)),
                        ("count", models.IntegerField()),
                    ],
                )
            ]
        ),
        migrations.RunPython(make, unmake),
    ]
