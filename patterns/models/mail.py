"""What the desk has to tell by mail, until it is sent, and what each person wants to be told: never public."""

from django.conf import settings
from django.db import models

from patterns.models.constraints import known_words, within

MAIL_KINDS = ("sent_back", "decided", "published", "review", "proposal", "reset")
MAIL_STATES = ("waiting", "sent", "failed")


class Mail(models.Model):
    """A message to one person. It is written with what it tells, so it is lost or told with that, and sent later.

    The address is that of its person when it is sent.
    """

    # django-mailer and django-post-office keep outboxes too: untyped, for addresses and not for people, with templates
    # or pickled messages, and with locks of their own. Of a table, a claim and a few waits nothing would be saved.

    class Kind(models.TextChoices):
        SENT_BACK = "sent_back"
        DECIDED = "decided"
        PUBLISHED = "published"
        REVIEW = "review"
        PROPOSAL = "proposal"
        RESET = "reset"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    kind = models.CharField(max_length=9, choices=Kind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Whom it is for; of a forgotten password, that is looked up when it is sent.",
    )
    address = models.CharField(max_length=254, blank=True, help_text="That somebody without a password typed.")
    sender = models.CharField(max_length=64, blank=True, editable=False, help_text="Keyed hash of their address.")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="When it is tried next; nobody else tries it before.")
    try_count = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, help_text="Why it was not sent when it was last tried.")

    class Meta:
        verbose_name_plural = "mail"
        ordering = ["-created_at", "-pk"]
        default_permissions = ()  # superusers look at it, to see why something did not come
        constraints = [
            *known_words("mail", kind=MAIL_KINDS, state=MAIL_STATES),
            *within("mail", text=4000, error=300),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, address="")
                | (~models.Q(address="") & models.Q(person__isnull=True)),
                name="mail_has_one_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="mail_due"),
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_kind_display()} {self.pk}"


class MailSwitches(models.Model):
    """What somebody wants to be told; who never chose is told everything."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    sent_back = models.BooleanField("Your draft is sent back, or something is asked about it", default=True)
    decided = models.BooleanField("Your proposal is accepted or declined", default=True)
    published = models.BooleanField("Your draft is published", default=True)
    review = models.BooleanField("A draft waits for its review", default=True)
    proposal = models.BooleanField("An editor proposes a change", default=True)

    class Meta:
        verbose_name_plural = "mail switches"
        default_permissions = ()  # each person's own

    def __str__(self) -> str:
        return f"What {self.person} is told"
