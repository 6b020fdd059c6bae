"""The search index: its rows, and what each database searches in them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

SQLITE = [
    """
    CREATE VIRTUAL TABLE patterns_searchindex USING fts5(
        name, aliases, description, text,
        content='patterns_searchtext', content_rowid='pattern_id', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    "CREATE VIRTUAL TABLE patterns_searchword USING fts5vocab(patterns_searchindex, row)",
    """
    CREATE TRIGGER patterns_searchtext_inserted AFTER INSERT ON patterns_searchtext BEGIN
        INSERT INTO patterns_searchindex (rowid, name, aliases, description, text)
        VALUES (new.pattern_id, new.name, new.aliases, new.description, new.text);
    END
    """,
    """
    CREATE TRIGGER patterns_searchtext_deleted AFTER DELETE ON patterns_searchtext BEGIN
        INSERT INTO patterns_searchindex (patterns_searchindex, rowid, name, aliases, description, text)
        VALUES ('delete', old.pattern_id, old.name, old.aliases, old.description, old.text);
    END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER patterns_searchtext_deleted",
    "DROP TRIGGER patterns_searchtext_inserted",
    "DROP TABLE patterns_searchword",
    "DROP TABLE patterns_searchindex",
]

POSTGRESQL = [
    """
    ALTER TABLE patterns_searchtext ADD COLUMN vector tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, name), 'A')
        || setweight(to_tsvector('simple'::regconfig, aliases), 'B')
        || setweight(to_tsvector('simple'::regconfig, description), 'C')
        || setweight(to_tsvector('simple'::regconfig, text), 'D')
    ) STORED
    """,
    "CREATE INDEX patterns_searchtext_vector ON patterns_searchtext USING gin (vector)",
    # How many entries have each word: what "did you mean" may propose.
    'CREATE TABLE patterns_searchword (word text COLLATE "C" PRIMARY KEY, count bigint NOT NULL)',
    """
    CREATE FUNCTION patterns_searchtext_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' THEN
            TRUNCATE patterns_searchword;
        ELSIF TG_OP = 'INSERT' THEN
            INSERT INTO patterns_searchword AS known (word, count)
            SELECT lexeme, count(*) FROM changed, unnest(vector) WHERE length(lexeme) <= 40 GROUP BY lexeme
            ON CONFLICT (word) DO UPDATE SET count = known.count + excluded.count;
        ELSE
            WITH gone AS (SELECT lexeme, count(*) AS entries FROM changed, unnest(vector) GROUP BY lexeme)
            UPDATE patterns_searchword SET count = count - entries FROM gone WHERE word = lexeme;
            DELETE FROM patterns_searchword WHERE count <= 0;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER patterns_searchtext_inserted AFTER INSERT ON patterns_searchtext
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION patterns_searchtext_words()
    """,
    """
    CREATE TRIGGER patterns_searchtext_deleted AFTER DELETE ON patterns_searchtext
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION patterns_searchtext_words()
    """,
    """
    CREATE TRIGGER patterns_searchtext_truncated AFTER TRUNCATE ON patterns_searchtext
    FOR EACH STATEMENT EXECUTE FUNCTION patterns_searchtext_words()
    """,
    # Whoever may not create the extension does without: then every word of about the right length is compared.
    """
    DO $$ BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX patterns_searchword_trigrams ON patterns_searchword USING gist (word gist_trgm_ops);
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'Search works without pg_trgm: %', SQLERRM;
    END $$
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER patterns_searchtext_truncated ON patterns_searchtext",
    "DROP TRIGGER patterns_searchtext_deleted ON patterns_searchtext",
    "DROP TRIGGER patterns_searchtext_inserted ON patterns_searchtext",
    "DROP FUNCTION patterns_searchtext_words",
    "DROP TABLE patterns_searchword",
]


def make(apps: Any, editor: Any) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement, params=None)


def unmake(apps: Any, editor: Any) -> None:
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0001_schema")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "pattern",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="patterns.pattern",
                    ),
                ),
                ("name", models.TextField()),
                ("aliases", models.TextField()),
                ("description", models.TextField()),
                ("text", models.TextField()),
                (
                    "shown",
                    models.TextField(help_text="What is not shown in lists: a line for each paragraph or sentence."),
                ),
            ],
        ),
        migrations.RunPython(make, unmake),
    ]
