"""What somebody is in the middle of: private to them, never public."""

from django.conf import settings
from django.db import models

from patterns.document.text import REASON_LENGTH
from patterns.document.vocabulary import DOCUMENTS
from patterns.models.change import Revision
from patterns.models.constraints import known_words, not_blank_in, within


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
    sendings = models.JSONField(
        default=dict, blank=True, help_text="Token of a form → its browser's clock, in ms, at what it sent last."
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


class FormToken(models.Model):
    """A form that was saved. The same form sent once more does nothing, and is answered as it was the first time.

    Each form has a token of its own, and ``digest`` is of all that was sent with it: whoever goes back, types something
    else and saves again means another save. ``change`` or ``proposal`` is what became of it, neither if nothing
    differed.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=36)
    digest = models.CharField(max_length=64, help_text="SHA-256 of all that was sent, and where to.")
    code = models.CharField(max_length=16, blank=True, help_text="The one that a new entry was given.")
    change = models.ForeignKey("Change", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    proposal = models.ForeignKey("Proposal", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            *not_blank_in("form_token", "token"),
            models.UniqueConstraint(fields=["person", "token", "digest"], name="form_token_once"),
        ]
        indexes = [models.Index(fields=["saved_at"], name="form_token_age")]  # those that are old are removed

    def __str__(self) -> str:
        return f"form {self.token} of {self.person}"
