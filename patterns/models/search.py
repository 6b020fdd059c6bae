"""What lists are found and counted by, as rows that follow from the published entries."""

from django.db import models

from patterns.models.compression import CompressedTextField
from patterns.models.pattern import Category, Pattern


class SearchText(models.Model):
    """The folded words of a published entry by weight, and its plain text for snippets; never updated.

    The database keeps its index true to these rows by itself: FTS5 by triggers, PostgreSQL by a generated column
    (migration 0002). A migration that rebuilds this table on SQLite has to make the triggers anew.
    """

    pattern = models.OneToOneField(Pattern, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    name = models.TextField()
    aliases = models.TextField()
    description = models.TextField()
    text = models.TextField()
    shown = CompressedTextField(help_text="What is not shown in lists: a line for each paragraph or sentence.")

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """How many published entries have a word of at most 40 letters: what "did you mean" may propose.

    Each change brings its own difference (``patterns.store.search_index``). Migration 0008 makes the table and indexes
    it by beginnings and ends of words, which is how slips are looked for.
    """

    word = models.TextField(primary_key=True)
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.word}: {self.count}"


class FacetCount(models.Model):
    """How many published entries a category has of a kind, and how many of those gain a quality or pay with it.

    ``sign`` and ``quality`` are empty where the entries themselves are counted. Each change of the catalogue brings its
    own difference (``patterns.store.facet_counts``), so no list counts what it is made of. Nothing is a row that is not
    there.
    """

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="facet_counts", db_index=False)
    kind = models.CharField(max_length=8)
    sign = models.CharField(max_length=4, blank=True)
    quality = models.CharField(max_length=16, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # Lists ask for the counts of one sign and quality.
            models.UniqueConstraint(fields=["sign", "quality", "category", "kind"], name="facet_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} in {self.category_id} {self.sign} {self.quality}".rstrip()
