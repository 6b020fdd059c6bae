"""What somebody is in the middle of: private to them, never public."""

from django.conf import settings
from django.db import models

from patterns.document.text import REASON_LENGTH
from patterns.document.vocabulary import DOCUMENTS
from patterns.models.change import Revision
from patterns.models.constraints import known_words, within


class WorkingCopy(models.Model):
    """A document as its person typed it, until they decide what becomes of it. Each has one of each document.

    ``document`` has the shape of the document and need not be valid: half a sentence, a row without its target. That of
    an entry that is not in the catalogue yet has no identity.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=Revision.What)
    identity = models.CharField(max_length=100, blank=True, help_text="Code of the entry or slug of the category.")
    document = models.JSONField(help_text="The document as it was typed.")
    base = models.CharField(
        max_length=64, blank=True, help_text="Fingerprint of the document that it was made of; empty if none is known."
    )
    place = models.PositiveIntegerField(null=True, blank=True, help_text="Where a category was put, from 1.")
    comment = models.TextField(max_length=1000, blank=True, help_text="What and why.")
    public_reason = models.TextField(max_length=REASON_LENGTH, blank=True, help_text="What readers will be told.")
    earlier = models.JSONField(
        default=list, blank=True, help_text="Keys and texts that the person typed before, and otherwise later."
    )
    token = models.CharField(max_length=36, blank=True, help_text="Of the form that was typed into last.")
    elsewhere = models.JSONField(
        default=dict, blank=True, help_text="Token of another tab's form → the document as it was typed there."
    )
    kept_at = models.DateTimeField(help_text="When it last changed; tells what a page showed from what there is now.")

    class Meta:
        verbose_name_plural = "working copies"
        default_permissions = ()  # a copy is its person's, whatever they may do
        constraints = [
            *known_words("working_copy", what=DOCUMENTS),
            *within("working_copy", comment=1000, public_reason=REASON_LENGTH),
            # Serves "all that somebody is in the middle of" as well as uniqueness.
            models.UniqueConstraint(fields=["person", "what", "identity"], name="working_copy_one_of_each"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.identity}".strip() + f" as {self.person} typed it"
