"""An uploaded file between its preview and its confirmation."""

import uuid

from django.conf import settings
from django.db import models

from patterns.document.vocabulary import FORMATS, RESOLUTIONS
from patterns.models.constraints import not_blank, one_of


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
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *not_blank("pending_import", "sha256"),
            *one_of("pending_import", format=FORMATS, resolution=RESOLUTIONS),
        ]
        indexes = [models.Index(fields=["expires_at"], name="pending_import_expiry")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.sha256[:12]})"
