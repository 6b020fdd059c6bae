"""How many suggestions are taken in an hour, and what is kept of who sent them."""

from datetime import datetime, timedelta

import pytest

from patterns.models import Catalog, Proposal
from patterns.tests.factories import AT
from patterns.tests.store.scratch import Scratch
from patterns.workflow.suggestions import (
    LIMIT,
    PROVIDER_BOUND,
    SENDER_BOUND,
    SENDER_LIMIT,
    SITE_BOUND,
    Suggestion,
    TooMany,
    keep_suggestion,
    sender_hash,
)

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.1"
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def send(address: str = HERE, at: datetime = AT) -> Proposal:
    return keep_suggestion(Suggestion(code="01", words="It never waits."), address=address, at=at)


def wait_s(address: str = HERE, at: datetime = AT) -> int:
    with pytest.raises(TooMany) as refusal:
        send(address, at)
    return refusal.value.wait_s


def test_a_suggestion_waits_in_the_queue_and_changes_nothing():
    suggestion = Suggestion(code="01", words="It never waits.", part="problem", reader="Ada")

    keep_suggestion(suggestion, address=HERE, at=AT)

    kept = Proposal.objects.get()
    assert (kept.code, kept.part, kept.comment, kept.reader) == ("01", "problem", "It never waits.", "Ada")
    assert kept.keys == ["problem"]
    assert (kept.document, kept.author, kept.state, kept.created_at) == (None, None, "open", AT)
    assert Catalog.objects.get().version == 0


def test_a_sender_has_five_an_hour():
    for number in range(SENDER_LIMIT):
        send(at=AT + number * MINUTE)

    assert wait_s(at=AT + 10 * MINUTE) == 50 * 60 + 1
    assert Proposal.objects.count() == SENDER_LIMIT == 5
    assert send(ELSEWHERE, AT + 10 * MINUTE)


def test_after_an_hour_one_more_fits():
    for number in range(SENDER_LIMIT):
        send(at=AT + number * MINUTE)

    assert send(at=AT + 61 * MINUTE)


def test_the_wait_that_is_named_is_long_enough():
    for _ in range(SENDER_LIMIT):
        send()

    assert send(at=AT + timedelta(seconds=wait_s()))


def flood(*addresses: str, times: int = 1) -> None:
    """A wave, so many of each address."""
    about = {"code": "01", "comment": "Buy.", "created_at": AT}
    marks = [sender_hash(one, AT) for one in addresses]
    Proposal.objects.bulk_create(Proposal(**about, sender=mark) for mark in marks * times)


def decided(proposal: Proposal, state: str) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(state=state, decided_at=AT)


V4_SITE = [f"203.0.113.{number}" for number in range(200)]
V6_SITE = [f"2001:db8:7:{number:x}::1" for number in range(1_200)]
V6_PROVIDER = [f"2001:db8:{number:x}::1" for number in range(1_200)]
PROVIDERS = [f"{number // 256 + 1}.{number % 256}.0.1" for number in range(6_000)]


def sends_all(address: str) -> None:
    """All that one sender has."""
    for _ in range(SENDER_LIMIT):
        send(address, AT + MINUTE)


@pytest.mark.parametrize("elsewhere", [ELSEWHERE, "2001:db9::1", "203.0.115.1"])
def test_a_flood_from_some_addresses_locks_out_nobody_else(elsewhere: str):
    flood(*V4_SITE[: LIMIT // 5], times=5)

    sends_all(elsewhere)
    assert send(V4_SITE[-1], AT + MINUTE)
    assert wait_s(V4_SITE[0], AT + MINUTE)


def test_a_flood_of_senders_of_one_site_ends_at_a_bound_of_its_own():
    flood(*V6_SITE[:SENDER_BOUND])

    assert wait_s(V6_SITE[-1], AT + 20 * MINUTE) == 40 * 60 + 1
    sends_all(ELSEWHERE)
    sends_all(V6_PROVIDER[0])
    assert SENDER_BOUND == 500


def test_a_flood_of_sites_of_one_provider_ends_at_a_bound_of_its_own():
    flood(*V6_PROVIDER[:SITE_BOUND])

    assert wait_s(V6_PROVIDER[-1], AT + 20 * MINUTE) == 40 * 60 + 1
    sends_all(ELSEWHERE)
    assert SITE_BOUND == 1_000


def test_whoever_has_had_a_share_in_a_flood_waits():
    flood(*V6_SITE[: LIMIT - 1], ELSEWHERE)

    assert wait_s(V6_SITE[0], AT + MINUTE)
    assert send(V6_SITE[LIMIT], AT + MINUTE)


def test_all_together_have_a_bound():
    flood(*PROVIDERS[:PROVIDER_BOUND])

    assert wait_s(ELSEWHERE, AT + 20 * MINUTE) == 40 * 60 + 1
    assert send(ELSEWHERE, AT + 61 * MINUTE)
    assert PROVIDER_BOUND == 5_000


def test_whose_words_were_marked_as_spam_is_refused_until_midnight():
    noon = AT.replace(hour=12, minute=0)
    decided(send(at=noon), "spam")

    assert wait_s(at=noon + 2 * 60 * MINUTE) == 10 * 3600 + 1
    assert send(at=noon + timedelta(seconds=12 * 3600 + 1))
    assert send(ELSEWHERE, noon + MINUTE)


def test_whose_words_were_followed_is_let_through_as_often_as_anybody():
    decided(send(), "accepted")
    flood(*PROVIDERS[:PROVIDER_BOUND])

    for _ in range(SENDER_LIMIT - 1):
        assert send(at=AT + MINUTE)
    assert wait_s(at=AT + MINUTE)


def test_what_editors_propose_does_not_count():
    Proposal.objects.bulk_create(Proposal(code="01", document={}, created_at=AT) for _ in range(LIMIT))

    assert send()


@pytest.mark.parametrize("other", ["2001:db8::2", "2001:db8:0:0:ffff:ffff:ffff:ffff"])
def test_an_ipv6_network_is_one_sender(other: str):
    for _ in range(SENDER_LIMIT):
        send("2001:db8::1")

    assert wait_s(other)
    assert send("2001:db8:0:1::1")


def test_senders_without_an_address_are_one_sender():
    for _ in range(SENDER_LIMIT):
        send("")

    assert wait_s("")


def test_midnight_gives_nobody_five_more():
    midnight = AT.replace(hour=0, minute=0)
    for _ in range(SENDER_LIMIT):
        send(at=midnight - MINUTE)

    assert wait_s(at=midnight + MINUTE)


def test_the_address_is_not_kept_and_its_mark_changes_every_day(settings):
    today, tomorrow = send().sender, send(at=AT + timedelta(days=1)).sender
    settings.SECRET_KEY = "another" * 10
    under_another_key = send(ELSEWHERE).sender

    rows = repr([*Proposal.objects.values_list()])
    assert HERE not in rows
    assert ELSEWHERE not in rows
    assert len({today, tomorrow, under_another_key}) == 3


def test_the_mark_is_removed_when_it_has_served_its_purpose():
    first = send()

    send(ELSEWHERE, AT + timedelta(days=1, minutes=1))

    first.refresh_from_db()
    assert first.sender == ""


def test_senders_at_once_do_not_get_past_the_limit(scratch: Scratch):
    results = scratch.at_once(*(send for _ in range(SENDER_LIMIT + 3)))

    assert sum(isinstance(one, TooMany) for one in results) == 3
    assert Proposal.objects.count() == SENDER_LIMIT
