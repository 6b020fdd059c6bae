"""A forgotten password: a link by mail, to nobody's surprise and nobody's knowledge; without mail, what to do."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from archsite.admission import SIGN_INS, share_of
from patterns.models import Mail
from patterns.tests.admin.logins import INDEX, PASSWORD, fail, log_in
from patterns.tests.mail import Postbox, postbox
from patterns.workflow import resets
from patterns.workflow.outbox import send_due

__all__ = ["postbox"]
pytestmark = pytest.mark.django_db
ASK, DONE = "/admin/password_reset/", "/admin/password_reset/done/"
ADDRESS = "frida@people.example"
NEW = "another horse battery"


@pytest.fixture
def frida(frida: User, postbox: Postbox) -> User:
    frida.email = ADDRESS
    frida.save()
    return frida


def ask(address: str = ADDRESS, **headers: str) -> HttpResponse:
    return Client().post(ASK, {"email": address}, **headers)


def link(postbox: Postbox) -> str:
    """The path that was mailed."""
    send_due(timezone.now())
    (url,) = re.findall(r"https://\S+/admin/reset/\S+", postbox.text())
    assert url.startswith("https://catalog.example/")
    return urlsplit(url).path


def choose(client: Client, path: str, first: str = NEW, second: str = NEW) -> HttpResponse:
    page = client.get(path, follow=True)
    return client.post(page.request["PATH_INFO"], {"new_password1": first, "new_password2": second}, follow=True)


def test_who_forgot_a_password_gets_a_link_and_signs_in_with_a_new_one(client: Client, frida: User, postbox: Postbox):
    assert 'href="/admin/password_reset/"' in client.get("/admin/login/").content.decode()
    assert ask()["Location"] == DONE

    response = choose(client, link(postbox))

    assert "It is set" in response.content.decode()
    assert postbox.subjects == ["A new password for frida"]
    assert log_in(Client(), password=PASSWORD).status_code == 200
    assert log_in(Client(), password=NEW)["Location"] == INDEX


def test_a_password_that_was_chosen_by_a_link_is_in_the_audit(client: Client, frida: User, postbox: Postbox):
    ask()

    choose(client, link(postbox))

    (row,) = LogEntry.objects.all()
    told = "Chose a new password by a link from their mail (as viewer)."
    assert (row.user, row.object_repr, row.get_change_message()) == (frida, "frida", told)


def test_a_link_opens_once(frida: User, postbox: Postbox):
    ask()
    path = link(postbox)
    choose(Client(), path)

    page = Client().get(path, follow=True)

    assert "was used already" in page.content.decode()


def test_a_link_opens_for_an_hour(frida: User, postbox: Postbox, settings):
    ask()
    path = link(postbox)
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert "more than an hour old" in Client().get(path, follow=True).content.decode()


def test_a_weak_password_is_refused_with_why(client: Client, frida: User, postbox: Postbox):
    ask()

    response = choose(client, link(postbox), "short", "short")

    assert "at least 12 characters" in response.content.decode()
    assert log_in(Client()).status_code == 302


def test_other_sessions_end_and_wrong_passwords_are_forgiven(client: Client, frida: User, postbox: Postbox):
    log_in(client)
    fail(Client(), 5)
    ask()

    choose(Client(), link(postbox))

    assert client.get(INDEX).status_code == 302
    assert log_in(Client(), password=NEW).status_code == 302


def test_nobody_who_reads_the_database_finds_the_link(frida: User, postbox: Postbox):
    ask()
    path = link(postbox)

    assert path.split("/")[4] not in str([*Mail.objects.values()])


# nobody learns who has an account


def test_every_address_gets_the_same_answer_for_the_same_work(frida: User, django_assert_num_queries):
    User.objects.create_user("reader", "reader@people.example", PASSWORD)
    locations = set()
    for address in (ADDRESS, "reader@people.example", "nobody@people.example"):
        with django_assert_num_queries(4):
            locations.add(ask(address)["Location"])

    assert locations == {DONE}


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_who_may_not_sign_in_gets_no_link(frida: User, postbox: Postbox, field: str):
    User.objects.filter(pk=frida.pk).update(**{field: False})
    ask()

    send_due(timezone.now())

    assert postbox.messages == []


def test_no_other_way_to_write_an_address_reaches_another_inbox(frida: User, postbox: Postbox):
    ask("FRIDA@people.example")
    ask("frida@\uff50eople.example")

    send_due(timezone.now())

    assert {*postbox.addresses} <= {ADDRESS}


# nobody floods an inbox


def ask_from(number: int, address: str = ADDRESS) -> HttpResponse:
    return ask(address, REMOTE_ADDR=f"192.0.2.{number}")


def test_an_inbox_gets_three_an_hour_whoever_asks(frida: User, postbox: Postbox):
    answers = {ask_from(number, address)["Location"] for number in range(4) for address in (ADDRESS, ADDRESS.upper())}

    send_due(timezone.now())

    assert answers == {DONE}
    assert len(postbox.messages) == 3


def test_after_an_hour_it_may_be_asked_again(frida: User, postbox: Postbox):
    for number in range(6):
        ask_from(number)
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=1, seconds=1))
    ask_from(7)

    send_due(timezone.now())

    assert len(postbox.messages) == 4


def test_a_sender_asks_five_times_an_hour_and_is_told_how_long_to_wait(frida: User):
    answers = [ask(f"{number}@people.example") for number in range(6)]

    assert [one.status_code for one in answers] == [302] * 5 + [429]
    assert 3_500 < int(answers[-1]["Retry-After"]) <= 3_601
    assert "Try again in 61 minutes" in answers[-1].content.decode()
    assert Mail.objects.count() == 5
    assert ask_from(1).status_code == 302


def test_all_together_ask_a_hundred_times_an_hour(frida: User, monkeypatch):
    monkeypatch.setattr(resets, "LIMIT", 2)

    assert [ask_from(number).status_code for number in range(3)] == [302, 302, 429]


@pytest.mark.parametrize("path", [ASK, "/admin/reset/MQ/set-password/"])
def test_passwords_have_the_threads_of_those_who_sign_in(path: str):
    assert share_of("POST", path) is SIGN_INS


# no mail


@pytest.mark.parametrize("path", [ASK, DONE, "/admin/reset/MQ/x-y/", "/admin/reset/done/"])
def test_without_mail_the_pages_are_not_there(client: Client, path: str):
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": ADDRESS}).status_code == 404


def test_without_mail_the_sign_in_page_says_what_to_do(client: Client):
    page = client.get("/admin/login/").content.decode()

    assert "Ask a superuser to give you a new one." in page
    assert "manage.py changepassword" in page
    assert ASK not in page


def test_a_server_that_is_down_delays_nobody_who_asks(frida: User, settings):
    settings.EMAIL_PORT = 1

    assert ask()["Location"] == DONE
    assert Mail.objects.get().state == "waiting"
