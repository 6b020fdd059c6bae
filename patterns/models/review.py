"""What a reviewer asked for, until it is done: never public."""

from django.conf import settings
from django.db import models

from patterns.models.constraints import not_blank_in, within


class Request(models.Model):
    """Asks whoever wrote an entry, or a proposal about it, for something; has one answer, and is open until resolved.

    ``seen`` is the document that the reviewer had before them: what changed since is what they look at next.
    """

    # No foreign key, as in a proposal: of a deleted draft that returns, it is known what was asked.
    code = models.CharField(max_length=16, help_text="Code of the entry.")
    proposal = models.ForeignKey(
        "Proposal", null=True, blank=True, on_delete=models.CASCADE, related_name="requests", db_index=False
    )
    field = models.CharField(max_length=32, blank=True, help_text="Key of the entry that it is about.")
    text = models.TextField(max_length=1000, help_text="What is asked for.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    seen = models.JSONField(help_text="The document as the reviewer saw it.")
    answer = models.TextField(max_length=1000, blank=True, help_text="What its author says to it.")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="None as long as it is open.")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        default_permissions = ()  # who may see an entry at the desk sees what was asked about it
        constraints = [
            *not_blank_in("request", "code", "text"),
            *within("request", text=1000, answer=1000),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="request_when_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "resolved_at"], name="request_of_entry"),
            models.Index(fields=["proposal", "resolved_at"], name="request_of_proposal"),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk} about {self.code}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
