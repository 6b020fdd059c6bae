"""The guide for language models."""

import re

import pytest
from django.test import Client
from markdown_it import MarkdownIt

from patterns.tests.factories import change_header, change_pattern, make_pattern, make_patterns
from patterns.views.llms import NAMED_COUNT

pytestmark = pytest.mark.django_db
SITE = "https://catalog.example"
LINK = re.compile(r"^- \[(?P<name>(?:[^]\\]|\\.)+)\]\((?P<address>[^)]+)\): .+$")


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = SITE


def guide(client: Client) -> str:
    response = client.get("/llms.txt")
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return response.content.decode()


def sections(text: str) -> dict[str, list[str]]:
    """Title → addresses of the links below it."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    found = {}
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        lines = [line for line in body.splitlines() if line.startswith("-")]
        matches = [LINK.match(line) for line in lines]
        assert all(matches), lines
        found[title] = [one["address"] for one in matches if one]
    return found


def test_it_begins_with_the_title_and_what_the_catalogue_says_of_itself(client: Client):
    change_header(title="Systems", description="How systems are built.")

    assert guide(client).startswith("# Systems\n\n> How systems are built.\n\n0 entries, version ")


def test_it_leads_to_the_markdown_of_each_entry_by_category(client: Client):
    make_pattern("02", name="Outbox", category="Data")
    make_pattern("01", name="Saga", category="Flow")
    make_pattern("03", name="Shards", category="Data")

    found = sections(guide(client))

    assert found["Entries in Data"] == [f"{SITE}/patterns/outbox.md", f"{SITE}/patterns/shards.md"]
    assert found["Entries in Flow"] == [f"{SITE}/patterns/saga.md"]


def test_every_link_leads_somewhere(client: Client):
    make_pattern("06", slug="saga-pattern")

    addresses = [address for part in sections(guide(client)).values() for address in part]

    assert f"{SITE}/patterns/saga-pattern/lab/" in addresses
    assert {client.get(address.removeprefix(SITE)).status_code for address in addresses} == {200}


def test_only_what_is_published_is_named(client: Client):
    make_pattern("01", name="Covert", status="draft", category="Hidden")
    change_pattern(make_pattern("02", name="Retired"), status="retired")

    text = guide(client)

    assert "Covert" not in text
    assert "Hidden" not in text
    assert "Retired" not in text


def test_an_empty_catalogue_has_a_guide_to_its_data(client: Client):
    assert [*sections(guide(client))] == ["From symptoms to a decision", "Data", "Optional"]


def test_it_says_where_a_decision_record_is(client: Client):
    make_pattern("06", name="Saga")
    make_pattern("24", name="Commit")

    [address] = re.findall(r"<(\S+choose\S+)>", guide(client))

    assert address == f"{SITE}/decide.md?choose=06&considered=24"
    assert client.get(address.removeprefix(SITE))["Content-Type"].startswith("text/markdown")


def test_a_single_entry_is_chosen_among_none(client: Client):
    make_pattern("06", status="draft")
    make_pattern("24", name="Commit")

    assert f"<{SITE}/decide.md?choose=24>" in guide(client)


def test_what_it_leads_to_may_be_fetched_by_robots(client: Client):
    make_pattern("06", slug="saga-pattern")
    robots = client.get("/robots.txt").content.decode()
    shut = [re.escape(one).replace(r"\*", ".*") for one in re.findall("^Disallow: (.+)$", robots, re.MULTILINE)]

    paths = re.findall(rf"[(<]{re.escape(SITE)}([^)>]+)[)>]", guide(client))

    assert "/decide.md?choose=06" in paths
    assert [path for path in paths if any(re.match(one, path) for one in shut)] == []


def test_a_category_cannot_call_its_entries_optional(client: Client):
    make_pattern("01", name="Saga", category="Optional")

    assert "Entries in Optional" in sections(guide(client))


def test_hostile_text_stays_text(client: Client):
    hostile = "](javascript:alert(1)) <script> # `x`"
    change_header(title=hostile, description=hostile)
    make_pattern("01", name=hostile, slug="saga", description=hostile, category=hostile)

    html = MarkdownIt("commonmark").render(guide(client))

    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert f'href="{SITE}/patterns/saga.md"' in html


def test_too_many_entries_are_led_to_by_category(client: Client):
    make_patterns(NAMED_COUNT)
    all_named = sections(guide(client))
    make_pattern("9999", category="Shelf 1")

    found = sections(guide(client))

    assert sum(len(part) for title, part in all_named.items() if title.startswith("Entries in ")) == NAMED_COUNT
    assert sorted(found["Categories"]) == [f"{SITE}/api/v1/patterns?category=shelf-{number}" for number in range(4)]
    assert f"{SITE}/catalog.toml" in found["Data"]
    assert not [title for title in found if title.startswith("Entries in ")]


def test_a_copy_is_good_until_the_catalogue_changes(client: Client):
    make_pattern("01", name="Saga")
    etag = client.get("/llms.txt")["ETag"]

    before = client.get("/llms.txt", headers={"If-None-Match": etag}).status_code
    make_pattern("02")

    assert (before, client.get("/llms.txt", headers={"If-None-Match": etag}).status_code) == (304, 200)
