"""On PostgreSQL, an index for each tier of the search, and one that finds a slip among many words."""

from typing import Any

from django.db import migrations

TIERS = {"name": "{a}", "aliases": "{a,b}", "description": "{a,b,c}"}
POSTGRESQL = [
    *(
        f"CREATE INDEX patterns_searchtext_{tier} ON patterns_searchtext USING gin (ts_filter(vector, '{labels}'))"
        for tier, labels in TIERS.items()
    ),
    # With the usual signature of 12 bytes, one in three of 100,000 words has to be compared. Where there is no
    # extension, there is no index either.
    """
    DO $$ BEGIN
        IF to_regclass('patterns_searchword_trigrams') IS NOT NULL THEN
            DROP INDEX patterns_searchword_trigrams;
            CREATE INDEX patterns_searchword_trigrams ON patterns_searchword USING gist (word gist_trgm_ops(siglen=256));
        END IF;
    END $$
    """,
]
POSTGRESQL_BACK = [f"DROP INDEX patterns_searchtext_{tier}" for tier in TIERS]


def make(apps: Any, editor: Any) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else []:
        editor.execute(statement, params=None)


def unmake(apps: Any, editor: Any) -> None:
    for statement in POSTGRESQL_BACK if editor.connection.vendor == "postgresql" else []:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0005_list_indexes")]

    operations = [migrations.RunPython(make, unmake)]
