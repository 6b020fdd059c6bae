"""The Markdown twin of an entry's page."""

import pytest
from django.test import Client

from patterns.models import Catalog
from patterns.tests.factories import change_header, change_pattern, make_pattern, make_rich_pattern
from patterns.tests.pages.trees import parsed

pytestmark = pytest.mark.django_db
SITE = "https://catalog.example"
LAB_SLUG = "saga-pattern"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    settings.SITE_URL = SITE


def twin(client: Client, slug: str) -> str:
    response = client.get(f"/patterns/{slug}.md")
    assert (response.status_code, response["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    return response.content.decode()


def test_an_entry_is_a_document_to_read(client: Client):
    make_pattern("02", name="Outbox")
    make_rich_pattern("01", name="Saga", relations=[{"type": "requires", "target": "02", "why": "To send."}])

    document = twin(client, "outbox")

    assert document.startswith("# Outbox\n\nWhat Outbox is.\n")
    assert "- required by [Saga](<https://catalog.example/patterns/saga/>) — To send.\n" in document
    assert "- Page: <https://catalog.example/patterns/outbox/>\n" in document


def test_it_says_which_state_of_which_catalogue_it_is(client: Client):
    change_header(title="Systems")
    make_pattern("01", name="Saga")

    document = twin(client, "saga")

    version = Catalog.objects.get().version
    assert "- Last changed: 2025-03-14\n" in document
    assert f"- Catalogue: [Systems](<https://catalog.example/>), version {version}\n" in document
    assert "- Licence: [CC BY 4.0](<https://creativecommons.org/licenses/by/4.0/>)\n" in document


def test_any_change_of_the_catalogue_makes_another_version_of_it(client: Client):
    make_pattern("01", name="Saga")
    before = twin(client, "saga")

    make_pattern("02")

    assert twin(client, "saga") != before


def test_it_tells_what_the_lab_found_out_by_default(client: Client):
    figure = {"quality": "consistency", "sign": "gain", "text": "It ends.", "evidence": ["lab:late/half_done"]}
    make_pattern("06", slug=LAB_SLUG, consequences=[figure])

    document = twin(client, LAB_SLUG)

    assert "## In the lab\n" in document
    assert "**The coordinator crashes**: It helps here: " in document
    assert "(<https://catalog.example/patterns/saga-pattern/lab/>)" in document
    assert (
        "shown in the lab: [bookings left half done; Requests that come late: 17.3 → 0]"
        "(<https://catalog.example/patterns/saga-pattern/lab/?preset=late>)" in document
    )


def test_the_lab_of_a_hidden_entry_is_no_link(client: Client):
    make_pattern("06", slug=LAB_SLUG, status="draft")
    figure = {
        "quality": "consistency",
        "sign": "gain",
        "text": "It ends.",
        "evidence": [f"lab:{LAB_SLUG}/default/half_done"],
    }
    make_pattern("01", name="Inbox", consequences=[figure])

    document = twin(client, "inbox")

    assert "shown in the lab: bookings left half done; The coordinator crashes: 6.7 → 0\n" in document
    assert "## In the lab" not in document


def test_it_is_shown_and_names_the_page_as_the_one_to_list(client: Client):
    make_pattern("01", name="Saga")

    response = client.get("/patterns/saga.md")

    assert response["Content-Disposition"] == 'inline; filename="saga.md"'
    assert response["Link"] == '<https://catalog.example/patterns/saga/>; rel="canonical"'


def test_the_page_names_its_twins(client: Client):
    make_pattern("01", name="Saga")

    response = client.get("/patterns/saga/")

    alternates = {one.get("type"): one.get("href") for one in parsed(response).findall(".//link[@rel='alternate']")}
    assert alternates["text/markdown"] == "/patterns/saga.md"
    assert alternates["application/json"] == "/patterns/saga.json"
    assert response["Link"] == '<https://catalog.example/patterns/saga.md>; rel="alternate"; type="text/markdown"'
    assert all(client.get(alternates[kind]).status_code == 200 for kind in ("text/markdown", "application/json"))


def test_an_entry_that_moved_is_followed(client: Client):
    change_pattern(make_pattern("01", name="Saga"), slug="sagas")

    assert client.get("/patterns/saga.md")["Location"] == "/patterns/sagas.md"


@pytest.mark.parametrize(("status", "answer"), [("draft", 404), ("retired", 410)])
def test_what_is_not_public_has_none(client: Client, status: str, answer: int):
    pattern = make_pattern("01", name="Saga", status="published" if status == "retired" else status)
    if status == "retired":
        change_pattern(pattern, status=status)

    assert client.get("/patterns/saga.md").status_code == answer
