"""The search index as rows: one for each published entry, written by ``patterns.search`` and never updated."""

from django.db import models

from patterns.models.pattern import Pattern


class SearchText(models.Model):
    """The folded words of an entry by weight, and its plain text for snippets.

    The database keeps what it searches true to these rows by itself: FTS5 by triggers, PostgreSQL by a generated column
    (migration 0002). A migration that rebuilds this table on SQLite has to make the triggers anew.
    """

    pattern = models.OneToOneField(Pattern, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    name = models.TextField()
    aliases = models.TextField()
    description = models.TextField()
    text = models.TextField()
    shown = models.TextField(help_text="What is not shown in lists: a line for each paragraph or sentence.")

    def __str__(self) -> str:
        return self.name
