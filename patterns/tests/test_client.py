"""Under which address a client is counted, with and without a proxy in front."""

import pytest
from django.test import RequestFactory

from patterns.client import client_address, networks_of

PEER = "192.0.2.1"


def address(peer: str = PEER, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


def test_without_a_proxy_the_peer_counts_whatever_it_says(settings):
    settings.TRUST_PROXY = False

    assert address(forwarded="203.0.113.7") == PEER


@pytest.mark.parametrize("forwarded", ["203.0.113.7", "10.0.0.1, 203.0.113.7", "nonsense,203.0.113.7 "])
def test_behind_a_proxy_the_address_that_it_added_counts(settings, forwarded: str):
    settings.TRUST_PROXY = True

    assert address(forwarded=forwarded) == "203.0.113.7"


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.9:4001", "203.0.113.9"),
        ("10.0.0.1:80, 203.0.113.9:4001", "203.0.113.9"),
        ("[2001:DB8::9]:4001", "2001:db8::9"),
        ('"[2001:db8::9]:4001"', "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"),
        ("[::ffff:203.0.113.9]:4001", "203.0.113.9"),
    ],
)
def test_a_port_that_the_proxy_adds_is_left_out(settings, forwarded: str, counted: str):
    settings.TRUST_PROXY = True

    assert address(forwarded=forwarded) == counted


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.9, 198.51.100.1", "203.0.113.9"),
        ("192.0.2.7, nonsense,203.0.113.9:80,198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", PEER),
        ("nonsense, 198.51.100.1", PEER),
        ("", PEER),
    ],
)
def test_of_two_addresses_that_proxies_add_the_first_is_the_clients(settings, forwarded: str, counted: str):
    settings.TRUST_PROXY = 2

    assert address(forwarded=forwarded) == counted


NO_ADDRESS = ["for=203.0.113.9", "[2001:db8::9", "[]:80", ":80", "203.0.113.9:99999999", "[203.0.113.9", '"', "1.2.3:4"]


@pytest.mark.parametrize("forwarded", NO_ADDRESS)
def test_behind_a_proxy_that_adds_nonsense_the_peer_counts(settings, forwarded: str):
    settings.TRUST_PROXY = True

    assert address(forwarded=forwarded) == PEER


@pytest.mark.parametrize("is_trusted", [False, True])
def test_what_only_the_standard_calls_forwarded_changes_nothing(settings, is_trusted: bool):
    settings.TRUST_PROXY = is_trusted
    headers = {"Forwarded": "for=203.0.113.9;host=evil.example;proto=https", "X-Forwarded-Host": "evil.example"}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=PEER)

    assert client_address(request) == PEER
    assert (request.get_host(), request.scheme) == ("testserver", "http")


@pytest.mark.parametrize("forwarded", [None, "", "unknown", "203.0.113.7,", "203.0.113.7, _hidden", "x" * 9_000])
def test_behind_a_proxy_that_adds_none_the_peer_counts(settings, forwarded: str | None):
    settings.TRUST_PROXY = True

    assert address(forwarded=forwarded) == PEER


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("fe80::1%eth0", "fe80::1"),
        ("", "127.0.0.1"),
        ("x", "127.0.0.1"),
    ],
)
def test_an_address_has_one_spelling(settings, peer: str, counted: str):
    settings.TRUST_PROXY = False

    assert address(peer) == counted


@pytest.mark.parametrize(
    ("given", "around"),
    [
        ("192.0.2.9", ("192.0.0.0/16", "192.0.2.0/24", "192.0.2.9/32")),
        ("2001:db8:1:2::9", ("2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:2::/64")),
        ("", ("", "", "")),
    ],
)
def test_a_sender_is_in_three_networks(given: str, around: tuple[str, ...]):
    assert networks_of(given) == around
