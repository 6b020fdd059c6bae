"""What lists are found and counted by, as rows that follow from the published entries."""

from django.db import models

from patterns.document.register import Weight
from patterns.models.compression import CompressedTextField
from patterns.models.pattern import Category, Pattern

# Tokens of the index begin with a letter that says where the entry says the word.
WHOLE_NAME, WHOLE_ALIAS = "x", "y"  # of the key of a whole name, code or slug; of another name
PLACES = {
    Weight.NAME: "a",
    Weight.ALIASES: "b",
    Weight.SYMPTOMS: "c",
    Weight.DESCRIPTION: "d",
    Weight.PROBLEM: "e",
}
OFTEN, REST = "f", "g"  # all that is text, by how often it says the word
SPELT = "s"  # a word as it is spelt, for those that nobody typed to their end
EVERY = "z"  # alone: what every entry has


class SearchText(models.Model):
    """The tokens of a published entry, and its plain text for snippets; never updated.

    ``words`` holds the tokens that decide the rank, ``text`` all others, ``lines`` what is said in one line. The
    database keeps its index true to these rows by itself: FTS5 by triggers, PostgreSQL by a generated column (migration
    0013). A migration that rebuilds this table on SQLite has to make the triggers anew.
    """

    pattern = models.OneToOneField(Pattern, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    words = models.TextField()
    text = models.TextField()
    lines = models.TextField()
    shown = CompressedTextField(help_text="What is not shown in lists: a line for each paragraph or sentence.")

    def __str__(self) -> str:
        return f"Words of {self.pattern_id}"


class SearchWord(models.Model):
    """How many published entries have a word that tells of them, as it is spelt: what "did you mean" may propose.

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
