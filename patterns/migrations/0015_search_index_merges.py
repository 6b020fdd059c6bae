"""On SQLite, the search index is to be kept in few parts: every search looks into each of them.

What merges them is ``patterns.store.search_index``, after each change.
"""

from typing import Any

from django.db import migrations

SET = "INSERT INTO patterns_searchindex (patterns_searchindex, rank) VALUES ('usermerge', {parts})"
USUAL, FEW = 4, 2  # parts that are merged at once, at least


def make(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(SET.format(parts=FEW), params=None)
        editor.execute("INSERT INTO patterns_searchindex (patterns_searchindex) VALUES ('optimize')", params=None)


def unmake(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(SET.format(parts=USUAL), params=None)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0014_concern")]

    operations = [migrations.RunPython(make, unmake)]
