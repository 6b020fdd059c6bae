"""The outbox: what is to be told is written where it happens, and sent later by whoever claims it first.

A claim is a short transaction that moves a message's time; nothing is locked while a server is spoken to. Who dies
between the two, or before the server's last word is stored, leaves it to be sent again under the same Message-ID.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Event
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connections, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from patterns.models import Mail, MailSwitches
from patterns.workflow.rules import Operation, answer
from patterns.workflow.standing import actor_of

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=15)  # after which whoever claimed messages is taken for dead
SPEAKING_S = LEASE.total_seconds() / 3  # of it; what is left of a batch then waits for its end
# Before the second try, the third, and so on: two days in all, in which a server is mended.
WAITS: Final = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 180, 480, 960, 1200))
KEPT_SENT, KEPT_FAILED = timedelta(days=1), timedelta(days=30)
POLL_S = 60.0

OF_PUBLISHERS: Final = frozenset({Mail.Kind.REVIEW, Mail.Kind.PROPOSAL})
SWITCHED: Final = tuple(kind for kind in Mail.Kind if kind != Mail.Kind.RESET)


# Who is told.


def publishers(kind: Mail.Kind, *, but: User | None) -> QuerySet[User]:
    """Who decides for others, and wants to be told; ``but`` is who did what is told."""
    able = User.objects.with_perm("patterns.publish_pattern", backend="django.contrib.auth.backends.ModelBackend")
    told = able.filter(is_staff=True).exclude(email="").exclude(pk__in=switched_off(kind))
    return told.exclude(pk__in=[but.pk] if but else []).order_by("pk")


def switched_off(kind: str) -> QuerySet[Any, Any]:
    return MailSwitches.objects.filter(**{kind: False}).values("person")


def concerns(kind: str, person: User) -> bool:
    """Whether somebody's role lets them see what this kind of mail is about, as things are now."""
    operation = Operation.PUBLISH if kind in OF_PUBLISHERS else Operation.READ_DESK
    return person.is_active and person.is_staff and answer(operation, actor_of(person)) != "no"


# Written.

has_mail = Event()  # of this process


def put(messages: Iterable[Mail]) -> None:
    """Write them in the transaction that they tell of; those of this process that send are woken once it is over."""
    if made := [*messages]:
        Mail.objects.bulk_create(made)
        transaction.on_commit(has_mail.set)


# Sent.


@dataclass
class Pass:
    """What became of the messages that were claimed at once; ``trouble`` is why the server took no more."""

    sent: int = 0
    failed: int = 0
    trouble: str = ""
    is_all: bool = True


def send_due(now: datetime) -> Pass:
    """Send what is due at ``now``, at most BATCH of it."""
    clear(now)
    claimed = claim(now)
    done = Pass(is_all=len(claimed) < BATCH)
    if not claimed:
        return done
    connection, began_at = get_connection(), monotonic()
    try:
        connection.open()
        for number, mail in enumerate(claimed):
            if number and monotonic() - began_at > SPEAKING_S:
                break
            send(mail, connection, now=now, done=done)
    except OSError as error:
        done.trouble = words_of(error)
    finally:
        close(connection)
    if done.trouble:
        logger.warning("The mail server took nothing: %s", done.trouble)
        for mail in claimed:
            if mail.pk and mail.state == Mail.State.WAITING:
                put_off(mail, done.trouble, now=now)
    return done


def claim(now: datetime) -> list[Mail]:
    """Messages that nobody else sends until their lease is over."""
    due = Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    if not due.exists():  # on SQLite a transaction would take the one lock there is
        return []
    with transaction.atomic():
        claimed = [*due.select_for_update(skip_locked=True, of=("self",)).select_related("person")[:BATCH]]
        rows = Mail.objects.filter(pk__in=[one.pk for one in claimed])
        rows.update(due_at=now + LEASE, try_count=F("try_count") + 1)
    for one in claimed:
        one.try_count += 1
    return claimed


def send(mail: Mail, connection: Any, *, now: datetime, done: Pass) -> None:
    """Hand it over, or store why not; raises OSError if the server takes no message at all."""
    try:
        if mail.try_count > len(WAITS) + 1:
            raise ValueError("whoever sent it died, each time")
        messages = messages_of(mail)
        for message in messages:
            message.connection = connection
            message.send()
    except (SMTPException, ValueError) as error:
        if is_of_server(error):
            raise
        done.failed += 1
        put_off(mail, words_of(error), now=now, is_final=is_final(error))
        return
    done.sent += bool(messages)
    mail.state, mail.error = Mail.State.SENT, "" if messages else "Nobody is to be told any more."
    mail.save(update_fields=["state", "error"])


def messages_of(mail: Mail) -> Sequence[EmailMessage]:
    """What is sent for it as things are now; nothing if nobody is to be told any more."""
    if mail.kind == Mail.Kind.RESET:
        able = [one for one in PasswordResetForm().get_users(mail.address) if concerns(mail.kind, one)]
        return [message(mail, f"A new password for {one}", reset_text(one), one.email) for one in able]
    person = mail.person
    if person is None or not person.email or not concerns(mail.kind, person):
        return ()
    if switched_off(mail.kind).filter(person=person).exists():
        return ()
    return (message(mail, mail.subject, mail.text, person.email),)


def message(mail: Mail, subject: str, text: str, address: str) -> EmailMessage:
    headers = {
        # The same at each try: whoever gets it twice keeps one.
        "Message-ID": f"<mail-{mail.pk}-{mail.created_at:%Y%m%d%H%M%S%f}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",  # so that nobody's absence is answered to it
    }
    return EmailMessage(" ".join(subject.split()), text, to=[address], headers=headers)


def reset_text(person: User) -> str:
    """Made when it is sent: nobody who reads the database, or a copy of it, finds a link that opens an account."""
    token = default_token_generator.make_token(person)
    path = reverse("password_reset_confirm", args=[urlsafe_base64_encode(force_bytes(person.pk)), token])
    return (
        f"Somebody asked for a new password for {person.get_username()} at {settings.SITE_URL}{settings.SITE_PATH}.\n\n"
        f"If it was you, choose one within {settings.PASSWORD_RESET_TIMEOUT // 60} minutes:\n\n"
        f"{settings.SITE_URL}{path}\n\n"
        "If it was not, there is nothing to do: your password stays as it is.\n"
    )


def put_off(mail: Mail, why: str, *, now: datetime, is_final: bool = False) -> None:
    """Try it again later, each time after a longer wait, and in the end not any more."""
    mail.error = why
    if is_final or mail.try_count > len(WAITS):
        mail.state = Mail.State.FAILED
    else:
        mail.due_at = now + WAITS[mail.try_count - 1]
    mail.save(update_fields=["error", "state", "due_at"])


def is_of_server(error: Exception) -> bool:
    """Whether the next message would fare alike: it hung up, or says that it will."""
    return isinstance(error, SMTPServerDisconnected) or getattr(error, "smtp_code", None) == 421


def is_final(error: Exception) -> bool:
    """Whether the server will never take this message: 5xx says so, of its recipient or its text."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, ValueError) or (isinstance(error, SMTPDataError) and error.smtp_code >= 500)


def words_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[: Mail._meta.get_field("error").max_length]


def close(connection: Any) -> None:
    try:
        connection.close()
    except OSError:  # a server that said nothing before says nothing to a farewell
        logger.debug("The mail server did not say goodbye")


def clear(now: datetime) -> None:
    """Forget what was sent, and in the end what never was."""
    for state, kept in ((Mail.State.SENT, KEPT_SENT), (Mail.State.FAILED, KEPT_FAILED)):
        old = Mail.objects.filter(state=state, created_at__lt=now - kept)
        if old.exists():
            old.delete()


def keep_sending() -> None:
    """Send what there is, and whatever is written in this process as soon as it is; never returns."""
    while True:
        has_mail.clear()
        try:
            while not (done := send_due(timezone.now())).is_all and not done.trouble:
                continue
        except DatabaseError as error:
            logger.info("The outbox is not to be had just now: %s", error)
        except Exception:  # what is wrong with one message must not end all mail
            logger.exception("Mail could not be sent")
        finally:
            connections.close_all()
        has_mail.wait(POLL_S)
