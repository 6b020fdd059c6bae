"""Signing in and out: the same answer for every name, and a pause after too many wrong passwords."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from archsite.sessions import SessionStore
from patterns.admin import accounts
from patterns.tests.admin.forms import make_staff
from patterns.tests.admin.logins import INDEX, PASSWORD, fail, log_in

pytestmark = pytest.mark.django_db


# signing in


def test_staff_sign_in_with_name_and_password(client: Client, frida: User):
    response = log_in(client)

    assert (response.status_code, response["Location"]) == (302, INDEX)
    assert client.get(INDEX).status_code == 200


def test_the_session_is_another_after_signing_in(client: Client, frida: User):
    planted = SessionStore()
    planted["by"] = "somebody who waits"
    planted.create()
    client.cookies["sessionid"] = planted.session_key

    log_in(client)

    assert client.session.session_key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_the_session_of_who_was_here_before_is_worth_nothing_to_the_next(client: Client, frida: User):
    make_staff(name="other", password=PASSWORD)
    log_in(client, "other")
    first = client.session.session_key

    log_in(client)

    assert client.session.session_key != first
    assert not Session.objects.filter(session_key=first).exists()


def test_signing_out_ends_the_session_for_good(client: Client, frida: User):
    log_in(client)
    cookie = client.cookies["sessionid"].value

    client.post("/admin/logout/")

    client.cookies["sessionid"] = cookie
    assert client.get(INDEX).status_code == 302


def test_nobody_is_sent_elsewhere_after_signing_in(client: Client, frida: User):
    assert log_in(client, next="https://elsewhere.example/")["Location"] == INDEX


# the same answer for everybody


def page_without_name(response: HttpResponse) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return page.replace(response.wsgi_request.POST["username"], "")


def strangers() -> list[str]:
    """Names that cannot sign in, each for another reason, with what they would be told."""
    make_staff(name="known", password=PASSWORD)
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("keyless", is_staff=True)
    return ["known", "gone", "keyless", "unknown"]


def test_a_wrong_password_says_nothing_about_the_name():
    pages = {page_without_name(log_in(Client(), name, "wrong")) for name in strangers()}

    assert len(pages) == 1
    assert "Please enter the correct" in pages.pop()


def test_readers_with_an_account_are_told_what_strangers_are_told(client: Client):
    User.objects.create_user("reader", password=PASSWORD)

    pages = [page_without_name(log_in(Client(), name)) for name in ("reader", "unknown")]

    assert pages[0] == pages[1]


class CountingHasher(MD5PasswordHasher):
    """Time is spent in hashing: who is hashed as often has waited as long."""

    algorithm = "counting"
    count = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).count += 1
        return super().encode(password, salt)


def test_a_wrong_password_takes_as_long_for_every_name(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    counts = {}
    for name in strangers():
        CountingHasher.count = 0
        log_in(Client(), name, "wrong")
        counts[name] = CountingHasher.count

    assert counts == {"known": 1, "gone": 1, "keyless": 1, "unknown": 1}


# too many wrong passwords


def test_the_fifth_wrong_password_in_a_row_means_to_wait(client: Client, frida: User):
    fourth, fifth = fail(client, 4), fail(client, 1)

    assert (fourth.status_code, fifth.status_code) == (200, 429)
    assert fifth["Retry-After"] == "900"
    assert "Wait 15 minutes, then try again." in fifth.content.decode()
    assert "no-store" in fifth["Cache-Control"]


def test_who_has_to_wait_does_not_get_in_with_the_right_password(client: Client, frida: User):
    fail(client, 5)

    assert log_in(client).status_code == 429
    assert client.get(INDEX).status_code == 302


def test_unknown_names_have_to_wait_as_well(client: Client, frida: User):
    known, unknown = fail(Client(), 5), fail(Client(), 5, "nobody")

    assert known.status_code == unknown.status_code == 429
    assert page_without_name(known) == page_without_name(unknown)


def test_others_and_other_addresses_need_not_wait(client: Client, frida: User):
    make_staff(name="other", password=PASSWORD)
    fail(client, 5)

    assert log_in(Client(), "other").status_code == 302
    assert log_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_after_the_pause_everybody_may_try_again(client: Client, frida: User):
    fail(client, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

    assert log_in(client).status_code == 302


def test_tries_during_the_pause_do_not_make_it_longer(client: Client, frida: User):
    fail(client, 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    fail(client, 3)

    (attempt,) = AccessAttempt.objects.all()
    assert timezone.now() - attempt.attempt_time > timedelta(minutes=13)


def test_the_right_password_forgives_the_wrong_ones(client: Client, frida: User):
    fail(client, 4)
    log_in(client)

    assert fail(Client(), 4).status_code == 200


def test_another_browser_does_not_start_the_count_again(client: Client, frida: User):
    fail(client, 4, HTTP_USER_AGENT="One")

    assert fail(Client(), 1, HTTP_USER_AGENT="Two").status_code == 429


def test_an_address_that_the_client_made_up_changes_nothing(client: Client, frida: User):
    for number in range(4):
        fail(client, 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")

    assert fail(client, 1, HTTP_X_FORWARDED_FOR="192.0.2.9").status_code == 429


def test_behind_a_proxy_the_address_that_it_wrote_counts(client: Client, frida: User, settings):
    settings.TRUST_PROXY = True
    for number in range(4):
        fail(client, 1, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 192.0.2.7")

    assert fail(client, 1, HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7").status_code == 429
    assert fail(client, 1, HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 200


@pytest.mark.parametrize(
    ("guesser", "other", "stored"),
    [
        ("203.0.113.9:4001", "198.51.100.1:4002", "203.0.113.9"),
        ("[2001:db8:1::9]:4001", "[2001:db8:2::9]:4002", "2001:db8:1::"),
    ],
)
def test_who_guesses_behind_a_proxy_that_adds_ports_locks_nobody_else_out(
    client: Client, frida: User, settings, guesser: str, other: str, stored: str
):
    settings.TRUST_PROXY = True
    fail(client, 5, HTTP_X_FORWARDED_FOR=guesser, REMOTE_ADDR="")

    assert log_in(Client(), HTTP_X_FORWARDED_FOR=other, REMOTE_ADDR="").status_code == 302
    assert {*AccessFailureLog.objects.values_list("ip_address", flat=True)} == {stored}


def test_all_addresses_of_an_ipv6_home_are_one(client: Client, frida: User):
    for number in range(4):
        fail(client, 1, REMOTE_ADDR=f"2001:db8:1:2::{number + 1}")

    assert fail(client, 1, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert fail(client, 1, REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_tries_without_an_address_are_counted_too(client: Client, frida: User, address: str):
    assert fail(client, 5, REMOTE_ADDR=address).status_code == 429


def test_no_password_and_no_typed_text_is_kept_of_a_wrong_try(client: Client, frida: User):
    log_in(client, password="almost right", typed="name=Secret+plan")

    (kept,) = AccessAttempt.objects.values()
    assert "almost" not in str(kept)
    assert "Secret" not in str(kept)


def test_names_that_are_made_up_do_not_fill_the_database(client: Client, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_FAILURES", 3)

    for number in range(5):
        fail(client, 1, f"name {number}")

    kept = AccessFailureLog.objects.order_by("pk").values_list("username", flat=True)
    assert [*kept] == ["name 2", "name 3", "name 4"]


def test_a_counter_goes_when_its_pause_is_over(client: Client):
    fail(client, 1, "one")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    fail(client, 1, "two")

    assert [one.username for one in AccessAttempt.objects.all()] == ["two"]


def test_signing_in_is_remembered_with_name_and_address(client: Client, frida: User):
    log_in(client, REMOTE_ADDR="192.0.2.7")

    assert [*AccessLog.objects.values_list("username", "ip_address")] == [("frida", "192.0.2.7")]
