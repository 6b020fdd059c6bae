"""What is written is sent once, by a real server on loopback; a server that is down loses nothing and delays nobody."""

import threading
from datetime import timedelta
from time import monotonic

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from patterns.models import Mail, MailSwitches
from patterns.tests.factories import AT, make_pattern
from patterns.tests.mail import Postbox, black_hole, free_port, postbox, reachable, sends_to
from patterns.tests.workflow.staff import by, move
from patterns.workflow import outbox
from patterns.workflow.outbox import BATCH, KEPT_FAILED, KEPT_SENT, LEASE, WAITS, put, send_due

__all__ = ["postbox"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db) -> User:
    return reachable("editor", "Ada")


def mail_to(person: User, subject: str = "Hello", kind: str = "decided", **about: object) -> Mail:
    given = {"kind": kind, "person": person, "subject": subject, "text": "A text.", "created_at": AT, "due_at": AT}
    return Mail.objects.create(**{**given, **about})


def test_what_is_due_is_sent(postbox: Postbox, ada: User):
    mail = mail_to(ada, "[01] Saga: published")

    assert send_due(AT).sent == 1

    (message,) = postbox.messages
    assert (message["To"], message["Subject"]) == ("ada@people.example", "[01] Saga: published")
    assert (message.get_content_type(), message.get_content()) == ("text/plain", "A text.\n")
    assert message["Auto-Submitted"] == "auto-generated"
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("sent", "")


def test_nothing_is_sent_twice(postbox: Postbox, ada: User):
    mail_to(ada)

    send_due(AT)
    send_due(AT + LEASE)

    assert len(postbox.messages) == 1


def test_a_subject_of_several_lines_makes_no_header(postbox: Postbox, ada: User):
    mail_to(ada, "Saga\r\nBcc: all@people.example")

    send_due(AT)

    (message,) = postbox.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "Saga Bcc: all@people.example"


def test_long_lines_and_every_alphabet_arrive(postbox: Postbox, ada: User):
    text = "é" * 3_000 + "\n.\nΩ\n"
    mail_to(ada, "Überblick — 概要", text=text)

    send_due(AT)

    assert (postbox.text(), postbox.subjects) == (text, ["Überblick — 概要"])


# a server that is not there


def test_a_server_that_is_down_is_tried_again_after_growing_waits(settings, ada: User):
    sends_to(settings, free_port())
    mail, now, waits = mail_to(ada), AT, []

    for _ in WAITS:
        assert send_due(now).trouble
        mail.refresh_from_db()
        waits.append(mail.due_at - now)
        assert not send_due(mail.due_at - timedelta(seconds=1)).trouble
        now = mail.due_at

    assert tuple(waits) == WAITS == tuple(sorted(WAITS))
    assert "Connection" in mail.error


def test_in_the_end_it_is_given_up_and_says_why(settings, ada: User):
    sends_to(settings, free_port())
    mail = mail_to(ada, try_count=len(WAITS))

    send_due(AT)

    mail.refresh_from_db()
    assert mail.state == "failed"
    assert mail.error.startswith("ConnectionRefusedError")


def test_a_server_that_is_back_gets_what_waited(settings, postbox: Postbox, ada: User):
    port, settings.EMAIL_PORT = postbox.port, free_port()
    mail_to(ada)
    send_due(AT)

    settings.EMAIL_PORT = port
    send_due(AT + WAITS[0])

    assert postbox.subjects == ["Hello"]


def test_a_server_that_says_nothing_is_left(settings, ada: User):
    mails = [mail_to(ada) for _ in range(3)]
    with black_hole() as port:
        sends_to(settings, port)
        before = monotonic()
        done = send_due(AT)

    assert monotonic() - before < 3  # it is asked once, whatever waits
    assert "imed" in done.trouble
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.state, mail.due_at) == ("waiting", AT + WAITS[0])


@pytest.mark.parametrize("is_silent", [True, False])
def test_no_save_waits_for_a_server(settings, ada: User, is_silent: bool):
    reachable("publisher")
    make_pattern("01", status="draft", by=by(ada))
    with black_hole() as silent:
        sends_to(settings, silent if is_silent else free_port())
        settings.EMAIL_TIMEOUT = 60
        before = monotonic()
        move("01", "review", by=by(ada))

    assert monotonic() - before < 5
    assert Mail.objects.get().state == "waiting"


# one that refuses


def test_one_address_that_is_refused_keeps_no_other_from_its_mail(postbox: Postbox, ada: User):
    gone = mail_to(reachable("editor", "Bob"))
    mail_to(ada)
    postbox.refused["bob@people.example"] = "550 No such person"

    done = send_due(AT)

    gone.refresh_from_db()
    assert (done.sent, done.failed, postbox.addresses) == (1, 1, ["ada@people.example"])
    assert gone.state == "failed"
    assert "No such person" in gone.error


def test_an_address_that_is_refused_for_now_is_tried_again(postbox: Postbox, ada: User):
    mail = mail_to(ada)
    postbox.refused["ada@people.example"] = "451 Try again"
    send_due(AT)
    postbox.refused.clear()

    send_due(AT + WAITS[0])

    mail.refresh_from_db()
    assert (mail.state, mail.try_count) == ("sent", 2)


def test_a_message_on_which_senders_die_is_given_up(postbox: Postbox, ada: User):
    mail = mail_to(ada, try_count=len(WAITS) + 1)
    mail_to(ada, "Another")

    send_due(AT)

    mail.refresh_from_db()
    assert (mail.state, postbox.subjects) == ("failed", ["Another"])


# who may be told, as things are when it is sent


def is_gone(person: User) -> None:
    person.is_active = False


def has_no_address(person: User) -> None:
    person.email = ""


def has_left_the_desk(person: User) -> None:
    person.is_staff = False


def decides_no_more(person: User) -> None:
    person.groups.clear()


@pytest.mark.parametrize("change", [is_gone, has_no_address, has_left_the_desk, decides_no_more])
def test_who_may_not_see_it_any_more_is_not_told(postbox: Postbox, change):
    person = reachable("publisher")
    mail = mail_to(person, kind="review")
    change(person)
    person.save()

    send_due(AT)

    mail.refresh_from_db()
    assert postbox.messages == []
    assert (mail.state, mail.error) == ("sent", "Nobody is to be told any more.")


def test_who_switched_it_off_meanwhile_is_not_told(postbox: Postbox, ada: User):
    mail_to(ada)
    MailSwitches.objects.create(person=ada, decided=False)

    send_due(AT)

    assert postbox.messages == []


def test_it_goes_to_the_address_that_the_person_has_now(postbox: Postbox, ada: User):
    mail_to(ada)
    User.objects.filter(pk=ada.pk).update(email="ada@elsewhere.example")

    send_due(AT)

    assert postbox.addresses == ["ada@elsewhere.example"]


# many


def test_more_than_a_batch_goes_in_several(postbox: Postbox, ada: User):
    for number in range(BATCH + 1):
        mail_to(ada, f"Number {number}")

    assert not send_due(AT).is_all
    assert send_due(AT).is_all
    assert len({*postbox.subjects}) == BATCH + 1


def test_what_nobody_finished_is_sent_once_the_lease_is_over(postbox: Postbox, ada: User):
    mail_to(ada)
    outbox.claim(AT)

    send_due(AT + LEASE - timedelta(seconds=1))
    assert postbox.messages == []
    send_due(AT + LEASE)
    assert len(postbox.messages) == 1


def test_a_batch_ends_before_its_lease(postbox: Postbox, ada: User, monkeypatch):
    monkeypatch.setattr(outbox, "SPEAKING_S", 0)
    for number in range(3):
        mail_to(ada, f"Number {number}")

    assert send_due(AT).sent == 1

    assert Mail.objects.filter(state="waiting", error="").count() == 2


def test_old_mail_is_forgotten(postbox: Postbox, ada: User):
    now = timezone.now()
    sent, failed = (mail_to(ada, state=state, created_at=now) for state in ("sent", "failed"))
    waiting = mail_to(ada, due_at=now + timedelta(days=99))

    send_due(now + KEPT_SENT + timedelta(seconds=1))
    assert {*Mail.objects.all()} == {failed, waiting}
    send_due(now + KEPT_FAILED + timedelta(seconds=1))
    assert {*Mail.objects.all()} == {waiting}
    assert sent != failed


def test_with_nothing_to_send_nothing_is_locked(django_assert_num_queries):
    with django_assert_num_queries(3):
        send_due(AT)


# written


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told_and_wakes_nobody(ada: User):
    outbox.has_mail.clear()
    mail = Mail(kind="decided", person=ada, subject="Hello", created_at=AT, due_at=AT)
    with transaction.atomic():
        put([mail])
        transaction.set_rollback(True)

    assert not Mail.objects.exists()
    assert not outbox.has_mail.is_set()


@pytest.mark.django_db(transaction=True)
def test_what_is_written_wakes_who_sends(ada: User):
    outbox.has_mail.clear()
    with transaction.atomic():
        put([Mail(kind="decided", person=ada, subject="Hello", created_at=AT, due_at=AT)])
        assert not outbox.has_mail.is_set()

    assert outbox.has_mail.is_set()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_that_send_at_once_each_takes_other_messages(ada: User):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    mine, others = {mail_to(ada).pk for _ in range(BATCH)}, {mail_to(ada).pk for _ in range(BATCH)}
    found: list[int] = []

    def claim_too() -> None:
        found.extend(one.pk for one in outbox.claim(AT))
        connection.close()

    with transaction.atomic():
        held = {one.pk for one in outbox.claim(AT)}
        other = threading.Thread(target=claim_too)
        other.start()
        other.join(timeout=20)

    assert held == mine
    assert {*found} == others
