"""RFC 9116: whom to tell of a hole in the site."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from patterns.views.freshness import released_at

ADDRESS = "/.well-known/security.txt"


@pytest.fixture
def contact(settings) -> str:
    settings.SITE_URL = "https://catalog.example"
    settings.SECURITY_POLICY = "https://catalog.example/security"
    settings.SECURITY_CONTACT = "mailto:security@catalog.example"
    return settings.SECURITY_CONTACT


def fields(client: Client) -> dict[str, str]:
    text = client.get(ADDRESS).content.decode()
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_it_names_the_contact_and_its_own_address(client: Client, contact: str):
    named = fields(client)
    expires = datetime.fromisoformat(named.pop("Expires"))

    assert named == {
        "Contact": contact,
        "Preferred-Languages": "en",
        "Canonical": "https://catalog.example/.well-known/security.txt",
        "Policy": "https://catalog.example/security",
    }
    assert expires == datetime.fromtimestamp(released_at(), UTC) + timedelta(days=365)


def test_without_a_policy_there_is_no_such_line(client: Client, contact: str, settings):
    settings.SECURITY_POLICY = ""

    assert "Policy" not in fields(client)


def test_it_is_plain_text_that_readers_keep(client: Client, contact: str):
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})

    assert first["Content-Type"] == "text/plain; charset=utf-8"
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert again.status_code == 304


@pytest.mark.django_db
def test_where_nobody_is_named_there_is_none(client: Client):
    assert client.get(ADDRESS).status_code == 404


def test_it_is_only_read(client: Client, contact: str):
    assert client.post(ADDRESS).status_code == 405
