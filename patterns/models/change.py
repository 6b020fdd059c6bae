"""The catalogue as a whole, and the record of every change to it."""

from django.conf import settings
from django.db import models

from patterns.document.text import REASON_LENGTH
from patterns.document.vocabulary import DOCUMENTS, ORIGINS, STATUSES
from patterns.models.compression import CompressedTextField
from patterns.models.constraints import known_words, not_blank_in, within

NAMELESS = "Archsite"  # what a catalogue is called as long as nobody gave it a title


class Catalog(models.Model):
    """The one row that is the catalogue: its header, its version, and the lock that every writer takes."""

    id = models.CharField(primary_key=True, max_length=32, help_text="Random; names this database in exports.")
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(max_length=1000, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    version = models.PositiveBigIntegerField(default=0, help_text="Number of the last change.")
    token = models.CharField(max_length=8, blank=True, help_text="Token of the last change.")
    imported = models.TextField(default="{}", help_text="What the last imported file said of it.")

    class Meta:
        verbose_name = "catalogue header"
        verbose_name_plural = "catalogue header"
        constraints = [*not_blank_in("catalog", "id"), *within("catalog", title=200, description=1000)]

    def __str__(self) -> str:
        return self.title or "Untitled catalogue"

    @property
    def name(self) -> str:
        """What readers know the site by."""
        return self.title or NAMELESS

    @property
    def base(self) -> str:
        """What a whole export of the present state names as its base: this database, the last change, its token."""
        return f"{self.id}:{self.version}:{self.token}" if self.token else f"{self.id}:{self.version}"


class Change(models.Model):
    """One transaction that changed something. Its number is the catalogue's version from then on."""

    class Origin(models.TextChoices):
        ADMIN = "admin"
        IMPORT = "import"
        RESTORE = "restore"
        PROPOSAL = "proposal"
        SETUP = "setup"

    number = models.PositiveBigIntegerField(primary_key=True)
    token = models.CharField(
        max_length=8, help_text="Random; tells it from the change with the same number in a copy of this database."
    )
    # What was done stays in the history when the account of who did it goes.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of a proposal: whoever accepted it, beside its author.
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_edited = models.BooleanField(default=False, help_text="By whoever accepted it.")
    origin = models.CharField(max_length=16, choices=Origin)
    comment = models.TextField(blank=True, help_text="What and why; never public.")
    public_reason = models.TextField(max_length=REASON_LENGTH, blank=True, help_text="What readers are told of it.")
    created_at = models.DateTimeField()
    is_override = models.BooleanField(default=False, help_text="A superuser's, against the rule of four eyes.")

    class Meta:
        ordering = ["-number"]
        constraints = [*known_words("change", origin=ORIGINS), *within("change", public_reason=REASON_LENGTH)]

    def __str__(self) -> str:
        return f"Change {self.number}"

    def signed_by(self) -> str:
        """Who made it, and who accepted what was proposed; for editors. Wants both people loaded with it."""
        if self.accepted_by is None or self.accepted_by == self.author:
            return str(self.author or "")
        accepted = "edited and accepted" if self.is_edited else "accepted"
        return f"{self.author or 'somebody whose account is gone'}, {accepted} by {self.accepted_by}"


class Revision(models.Model):
    """One document as a change left it; no document means that the change deleted it. Rows are only ever added."""

    class What(models.TextChoices):
        HEADER = "header"
        CATEGORY = "category"
        ENTRY = "entry"

    # The index below that begins with it serves this column too.
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    what = models.CharField(max_length=8, choices=What)
    identity = models.CharField(max_length=100, blank=True, help_text="Code of the entry or slug of the category.")
    # Revisions outlive the row, so that a deleted draft can return.
    pattern = models.ForeignKey("Pattern", null=True, blank=True, on_delete=models.SET_NULL, related_name="revisions")
    status = models.CharField(
        max_length=9, blank=True, help_text="That the document states; empty unless it is an entry's."
    )
    document = CompressedTextField(null=True, help_text="As JSON text; what is as usual is left out.")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="sha256 of the document's canonical TOML.")

    class Meta:
        ordering = ["-change_id", "what", "identity"]
        constraints = [
            *known_words("revision", what=DOCUMENTS, status=("", *STATUSES)),
            # Serves "the newest revision of each document up to change N" as well as uniqueness.
            models.UniqueConstraint(fields=["what", "identity", "change"], name="revision_once_per_change"),
        ]
        # Feeds: the newest first, of a change with any number of documents too.
        indexes = [models.Index(fields=["change", "id"], name="revision_in_order")]

    def __str__(self) -> str:
        return f"{self.what} {self.identity}".strip() + f" at change {self.change_id}"
