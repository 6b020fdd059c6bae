"""Links between entries in the long texts, wherever readers meet these."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import SearchText
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.pages.trees import parsed, text

pytestmark = pytest.mark.django_db
TEXT = "Undo it, as [[06]] does; [[06|compensating steps]] help, [[99|hidden steps]] and [[88]] do not."


@pytest.fixture
def saga():
    make_pattern("99", name="Secret", status="draft")
    return make_pattern("06", name="Saga")


@pytest.fixture
def outbox(saga):
    return make_pattern("07", name="Outbox", problem=TEXT, solution=TEXT)


def content(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_links_to_public_entries_and_shows_words_else(client: Client, outbox):
    page = text(parsed(client.get("/patterns/outbox/")))

    assert page.count("as Saga does; compensating steps help, hidden steps and 88 do not.") == 2
    assert "Secret" not in page


def test_a_link_leads_to_the_page_of_its_entry(client: Client, outbox):
    page = content(client, "/patterns/outbox/")

    assert '<a href="/patterns/saga/">Saga</a> does; <a href="/patterns/saga/">compensating steps</a> help' in page
    assert "/patterns/secret/" not in page


def test_links_cost_no_query_where_there_are_relations(client: Client, outbox):
    change_pattern(outbox, relations=[{"type": "uses", "target": "06"}])
    with CaptureQueriesContext(connection) as with_links:
        content(client, "/patterns/outbox/")
    change_pattern(outbox, problem="", solution="Nothing.")
    with CaptureQueriesContext(connection) as without:
        content(client, "/patterns/outbox/")

    assert len(with_links) == len(without) <= 8


def test_side_by_side_the_problems_link(client: Client, outbox):
    make_pattern("08", name="Sidecar", problem="Look at [[06]] or [[07]].")
    with CaptureQueriesContext(connection) as captured:
        page = content(client, "/compare/?pattern=outbox&pattern=sidecar")

    assert '<a href="/patterns/saga/">compensating steps</a>' in page
    assert '<a href="/patterns/outbox/">Outbox</a>.' in page
    assert "/patterns/secret/" not in page
    assert len(captured) <= 10


def test_the_markdown_twin_has_whole_addresses(client: Client, outbox, settings):
    settings.SITE_URL = "https://catalog.example"

    twin = content(client, "/patterns/outbox.md")

    saga = "(<https://catalog.example/patterns/saga/>)"
    assert f"as [Saga]{saga} does; [compensating steps]{saga} help, hidden steps and 88 do not." in twin


def test_the_file_keeps_what_the_editor_wrote(client: Client, outbox):
    assert TEXT in content(client, "/patterns/outbox.toml")


@pytest.mark.parametrize("address", ["/patterns/outbox/history/", "/feeds/changes.atom"])
def test_what_changed_is_told_in_words(client: Client, outbox, address: str):
    change_pattern(outbox, problem=f"{TEXT} Now [[06|sagas]] too.")

    page = content(client, address)

    assert "compensating steps help" in page
    assert "[[" not in page


def test_a_link_that_comes_without_a_word_is_told_as_it_was_written(client: Client, saga):
    pattern = make_pattern("07", name="Outbox", problem="Use sagas.")
    change_pattern(pattern, problem="Use [[06|sagas]].")

    page = content(client, "/patterns/outbox/history/")

    assert "[[06|" in page.replace("<ins>", "").replace("</ins>", "")


def test_the_search_knows_the_words_and_no_bracket(client: Client, outbox):
    shown = SearchText.objects.get(pattern=outbox).shown

    assert "[" not in shown
    assert "compensating steps help, hidden steps and 88" in shown
