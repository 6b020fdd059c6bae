"""Cards and facets are kept as HTML by the values that they show: never shown for any others."""

from dataclasses import replace

import pytest
from django.test import Client

from patterns.models import Category
from patterns.search.query import ListQuery
from patterns.search.result import Facet, FacetOption
from patterns.templatetags.presentation import Card, drawn_card, facet
from patterns.tests.factories import change_pattern, make_category, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts

CARD = Card("01", "saga", "Saga", "Undoes step by step.", "pattern", "Data", 3)
PLAIN = ListQuery()
OPTION = FacetOption("data", "Data", 3, False, False, PLAIN.toggled("category", "data"), PLAIN, 2)
CATEGORIES = Facet("category", "Category", (OPTION,))


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"code": "77"}, ">77"),
        ({"slug": "other"}, "/patterns/other/"),
        ({"name": "Other name"}, "Other name"),
        ({"description": "Other words."}, "Other words."),
        ({"kind": "style"}, "style"),
        ({"category": "Other shelf"}, "Other shelf"),
        ({"position": 7}, "hue-7"),
    ],
)
def test_another_card_shows_its_own_values(changed: dict[str, str | int], shown: str):
    before = drawn_card(CARD, is_compared=False)

    after = drawn_card(replace(CARD, **changed), is_compared=False)

    assert shown not in before
    assert shown in after


def test_a_card_can_be_ticked_only_where_entries_are_compared():
    assert "checkbox" in drawn_card(CARD, is_compared=True)
    assert "checkbox" not in drawn_card(CARD, is_compared=False)


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"label": "Other label"}, "Other label"),
        ({"count": 44}, ">44<"),
        ({"is_included": True}, "aria-current"),
        ({"is_excluded": True}, "aria-current"),
        ({"including": PLAIN.toggled("category", "other")}, "?category=other"),
        ({"excluding": PLAIN.toggled("category", "other", is_excluded=True)}, "?-category=other"),
        ({"position": 7}, "hue-7"),
    ],
)
def test_another_option_shows_its_own_values(changed: dict[str, object], shown: str):
    before = facet(CATEGORIES, "/patterns/")

    after = facet(replace(CATEGORIES, options=(replace(OPTION, **changed),)), "/patterns/")  # type: ignore[arg-type]

    assert shown not in before
    assert shown in after


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/patterns/", "/categories/data/"])
def test_a_list_follows_its_entries(client: Client, address: str):
    make_category("Data", slug="data")
    pattern = make_pattern("01", name="Saga", slug="saga", category="Data", description="Old words.")
    client.get(address)

    change_pattern(pattern, name="Journey", slug="journey", description="New words.")

    page = parsed(client.get(address))
    assert "Journey" in texts(page, "h3")
    assert "/patterns/journey/" in links(page)
    assert ("New words." in text(page), "Old words." in text(page)) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/patterns/", "/categories/data/"])
def test_a_list_follows_the_colour_of_a_category(client: Client, address: str):
    make_category("Data", slug="data")
    make_pattern("01", category="Data")
    client.get(address)

    Category.objects.filter(slug="data").update(position=9)

    assert b'<li class="card hue-9">' in client.get(address).content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/map/", "/map/?entry=saga"])
def test_a_map_follows_its_entries(client: Client, address: str):
    make_category("Data", slug="data")
    other = make_pattern("02", name="Outbox", slug="outbox", category="Data")
    make_pattern("01", name="Saga", slug="saga", relations=[{"type": "uses", "target": "02"}])
    client.get(address)

    change_pattern(other, name="Relay", slug="relay")
    Category.objects.filter(slug="data").update(position=9)

    page = client.get(address).content
    assert (b"Relay" in page, b"Outbox" in page, b"hue-9" in page) == (True, False, True)
