"""Letters to people at the desk: who wants which, and what is still to be sent."""

from django.conf import settings
from django.db import models

from patterns.models.constraints import not_blank_in


class MailChoice(models.Model):
    """What somebody wants to be told by e-mail; who has no row wants all of it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    sent_back = models.BooleanField("something of yours was sent back", default=True)
    decided = models.BooleanField("a proposal of yours was decided", default=True)
    review = models.BooleanField("something waits for your review", default=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"mail to {self.person}"


class Mail(models.Model):
    """A letter that was written with the change that it tells of, and is sent behind it: nobody waits for a server."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    written_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(help_text="Not before then; put off each time that the server does not take it.")
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, help_text="What the server said last.")

    class Meta:
        default_permissions = ()
        constraints = not_blank_in("mail", "subject", "text")
        indexes = [models.Index(fields=["sent_at", "next_try_at"], name="mail_to_send")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.person}"
