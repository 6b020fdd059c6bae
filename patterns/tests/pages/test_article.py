"""What an entry says of itself is kept as HTML by the values that it was made from: never shown for any others."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from patterns.document.entry import Entry
from patterns.models import Category
from patterns.tests.factories import change_pattern, entry, make_category, make_pattern
from patterns.tests.pages.trees import links, parsed, text
from patterns.views.pattern import ARTICLES_SIZE, article_of
from patterns.views.relations import Others

NOBODY = Others((), (), frozenset())


def article(document: Entry, *, day: int = 1, position: int = 0, slug: str = "data") -> str:
    changed_at = datetime(2025, 3, day, tzinfo=UTC)
    return article_of(document, NOBODY, None, changed_at=changed_at, category_slug=slug, category_position=position)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Another name"},
        {"problem": "Another problem."},
        {"aliases": ["Another alias"]},
        {"use_when": ["another condition"]},
        {"steps": [{"sender": "A", "receiver": "B", "message": "Another message."}]},
        {"references": [{"title": "Another title"}]},
    ],
)
def test_another_document_shows_its_own_text(changed: dict[str, object]):
    before = article(entry(slug="saga"))

    after = article(entry(slug="saga", **changed))

    assert "nother " not in before
    assert "nother " in after


def test_another_day_category_and_colour_are_shown():
    article(entry())

    assert "15 March 2025" in article(entry(), day=15)
    assert "/categories/another/" in article(entry(), slug="another")
    assert "hue-7" in article(entry(), position=7)


def test_an_equal_document_is_given_the_same_html():
    assert article(entry(problem="The same.")) is article(entry(problem="The same."))


def test_what_is_kept_is_bounded_in_bytes_however_long_the_texts():
    long = "Ein ganz langes Wort: Überlastung. " * 560
    documents = [entry(problem=f"{number} {long}", solution=long) for number in range(250)]

    kept = sum(len(article(document).encode()) for document in documents)

    assert kept * 3 > ARTICLES_SIZE  # more than there is room for
    assert article_of.cache.currsize <= ARTICLES_SIZE
    assert len(article_of.cache) < len(documents)


@pytest.mark.django_db
def test_a_page_follows_what_others_are_called_and_where_they_are(client: Client):
    other = make_pattern("02", name="Outbox", slug="outbox", description="Sends it later.")
    make_pattern("01", slug="saga", problem="See [[02]].", relations=[{"type": "uses", "target": "02"}])
    client.get("/patterns/saga/")

    change_pattern(other, name="Relay", slug="relay")

    page = parsed(client.get("/patterns/saga/"))
    assert "See Relay." in text(page)
    assert "Outbox" not in text(page)
    assert "/patterns/relay/" in links(page)


@pytest.mark.django_db
def test_a_page_follows_its_category(client: Client):
    make_category("Data", slug="data")
    make_pattern("01", slug="saga", category="Data")
    client.get("/patterns/saga/")

    Category.objects.filter(slug="data").update(slug="storage", position=5)

    page = client.get("/patterns/saga/")
    assert "/categories/storage/" in links(parsed(page))
    assert b"hue-5" in page.content


@pytest.mark.django_db
def test_a_page_loses_what_leaves_the_public(client: Client):
    other = make_pattern("02", name="Outbox", slug="outbox", description="Sends it later.")
    make_pattern("01", slug="saga", problem="See [[02]].", relations=[{"type": "uses", "target": "02"}])
    client.get("/patterns/saga/")

    change_pattern(other, status="draft")

    assert "Outbox" not in text(parsed(client.get("/patterns/saga/")))
