"""On SQLite, the search index is to be kept in few parts: every search looks into each of them."""

from typing import Any

from django.db import migrations

SET = "INSERT INTO patterns_searchindex (patterns_searchindex, rank) VALUES ('crisismerge', {parts})"
USUAL, FEW = 16, 3  # parts of about one size, which the next change merges at once


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
