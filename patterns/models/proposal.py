"""What somebody would like to change, waiting for a publisher."""

import uuid

from django.conf import settings
from django.db import models

from patterns.document.vocabulary import RESOLUTIONS
from patterns.files.formats import READABLE
from patterns.models.constraints import known_words, not_blank_in, within

PROPOSAL_STATES = ("open", "accepted", "declined", "spam")


class Proposal(models.Model):
    """An editor's new document of a published entry with the one it began from, or a reader's words about an entry.

    An open one is its author's working copy: each has one of an entry, and goes on changing it until it is decided.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        SPAM = "spam"

    # No foreign key: what was proposed stays when the entry is deleted.
    code = models.CharField(max_length=16, help_text="Code of the entry.")
    document = models.JSONField(null=True, blank=True, help_text="The entry as proposed; none if a reader wrote.")
    base = models.JSONField(null=True, blank=True, help_text="The entry as the author saw it.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    keys = models.JSONField(default=list, blank=True, help_text="Keys of the entry that it changes, or is about.")
    batch = models.UUIDField(null=True, blank=True, help_text="Shared by all that one import proposed.")
    batch_name = models.CharField(max_length=200, blank=True, help_text="Name of the file that was imported.")
    part = models.CharField(max_length=16, blank=True, help_text="Key of the entry that a reader writes about.")
    reader = models.CharField(max_length=120, blank=True, help_text="The name that a reader gave.")
    sender = models.CharField(max_length=64, blank=True, editable=False, help_text="Keyed hash of a reader's address.")
    comment = models.TextField(max_length=4000, blank=True, help_text="What and why.")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decision = models.TextField(max_length=1000, blank=True, help_text="Why it was accepted or declined.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    change = models.ForeignKey("Change", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When its author last changed it.")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="When what the reader said was removed.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            *not_blank_in("proposal", "code"),
            *known_words("proposal", state=PROPOSAL_STATES),
            *within("proposal", comment=4000, decision=1000),
            models.CheckConstraint(
                condition=models.Q(document__isnull=False) | ~models.Q(comment="") | models.Q(erased_at__isnull=False),
                name="proposal_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at__isnull=True)
                | (~models.Q(state="open") & models.Q(decided_at__isnull=False)),
                name="proposal_when_decided",
            ),
            models.UniqueConstraint(
                fields=["author", "code"],
                condition=models.Q(state="open", document__isnull=False, author__isnull=False),
                name="proposal_one_open_of_each",
            ),
        ]
        indexes = [
            # The queue, and an entry's own.
            models.Index(fields=["state", "-created_at"], name="proposal_queue"),
            models.Index(fields=["code", "state"], name="proposal_of_entry"),
            # How often a reader's address wrote lately.
            models.Index(fields=["sender", "created_at"], name="proposal_sender"),
            models.Index(fields=["batch"], name="proposal_batch", condition=models.Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.pk} about {self.code}"

    @property
    def seen(self) -> str:
        """Tells what a page shows of it from what its author may make of it meanwhile."""
        return (self.changed_at or self.created_at).isoformat()


# An uploaded file between its preview and its confirmation.


class PendingImport(models.Model):
    """Belongs to one user, one file and one version of the catalogue; is used once, and only before it expires.

    ``edition`` counts how often the plan to be shown became another: who confirms says which one was seen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=4)
    file = models.BinaryField(help_text="The bytes that were previewed; emptied once used.")
    sha256 = models.CharField(max_length=64)
    catalog_version = models.PositiveBigIntegerField(help_text="The version that the previewed plan is for.")
    resolution = models.CharField(max_length=4, default="fail", help_text="How the previewed plan decides conflicts.")
    decisions = models.JSONField(default=dict, blank=True, help_text="How it decides single conflicts, by their marks.")
    retire = models.BooleanField(default=False, help_text="Whether what the file leaves out is retired.")
    restore = models.JSONField(
        default=list, blank=True, help_text="Codes of the entries that are to say what the file says, or all."
    )
    scope = models.CharField(max_length=8, default="yes", help_text="How much the user's role could carry out of it.")
    edition = models.PositiveIntegerField(default=1)
    comment = models.TextField(blank=True, help_text="What and why, as far as it is typed.")
    public_reason = models.TextField(blank=True, help_text="What readers will be told, as far as it is typed.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *not_blank_in("pending_import", "sha256"),
            *known_words("pending_import", format=READABLE, resolution=RESOLUTIONS),
        ]
        indexes = [models.Index(fields=["expires_at"], name="pending_import_expiry")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.sha256[:12]})"
