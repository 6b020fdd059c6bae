"""What came in and went out as a file."""

from django.conf import settings
from django.db import models

from patterns.models.constraints import known_words, not_blank_in

TRANSFERS = ("upload", "refusal", "import", "export")


class Transfer(models.Model):
    """A file that somebody brought to the desk or took away from it: what it was, never what it held.

    Kept for the audit; that somebody's account is deleted changes nothing of what they did.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload"
        REFUSAL = "refusal"
        IMPORT = "import"
        EXPORT = "export"

    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    username = models.CharField(max_length=150, help_text="Of the person, as it was then.")
    role = models.CharField(max_length=9, help_text="Of the person, by which it was allowed.")
    kind = models.CharField(max_length=7, choices=Kind)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    request = models.CharField(max_length=128, blank=True, help_text="The number under which the log has it.")

    class Meta:
        default_permissions = ()
        constraints = [*not_blank_in("transfer", "username", "sha256"), *known_words("transfer", kind=TRANSFERS)]
        indexes = [models.Index(fields=["-at", "-id"], name="transfer_audit")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.file_name}"
