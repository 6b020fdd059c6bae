"""Cards and facets are kept as HTML by the values that they show: never shown for any others."""

from dataclasses import replace

import pytest
from django.test import Client

from patterns.models import Category
from patterns.search.query import ListQuery
from patterns.search.result import Facet, FacetOption
from patterns.templatetags.presentation import Card, drawn_card, facet
from patterns.tests.factories import change_pattern, make_category, make_pattern
from patterns.tests.pages.trees import links, parsed, text, texts, words

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
        ({"line": "Other words."}, "Other words."),
        ({"kind": "style"}, "style"),
        ({"category": "Other shelf"}, "Other shelf"),
        ({"position": 7}, "hue-7"),
        ({"gains": "latency"}, "latency"),
        ({"costs": "security"}, "security"),
        ({"lab": "helps"}, "lab: helps"),
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


LINE = "The customer was charged, and whoever asks is told that the room was never booked."


def card_of(client: Client, address: str = "/") -> str:
    return words(parsed(client.get(address)).find(".//li[@class='card hue-0']"))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/patterns/", "/categories/data/", "/patterns/other/"])
def test_a_card_shows_what_hurts(client: Client, address: str):
    make_category("Data", slug="data")
    make_pattern("01", category="Data", description="A pattern that undoes.", problem=f"{LINE} More of it.")
    make_pattern("02", slug="other", name="Other", category="Data")

    shown = parsed(client.get(address)).findall(".//p[@class='card-text']")[0].text

    assert shown == LINE


@pytest.mark.django_db
def test_a_card_without_a_problem_shows_the_description(client: Client):
    make_pattern("01", description="A pattern that undoes.")

    assert "A pattern that undoes." in card_of(client)


@pytest.mark.django_db
def test_a_card_shows_a_long_problem_up_to_a_whole_word(client: Client):
    make_pattern("01", problem="so " * 200 + "it ends.")

    assert "so so…" in card_of(client)
    assert "it ends" not in card_of(client)


@pytest.mark.django_db
def test_a_card_has_the_qualities_that_are_gained_and_paid_each_once_and_in_order(client: Client):
    said = ("cost cost", "gain durability", "gain latency", "gain durability", "cost latency")
    rows = [{"sign": one.split()[0], "quality": one.split()[1], "text": f"{n}."} for n, one in enumerate(said)]
    make_pattern("01", consequences=rows)

    assert "Gains: latency, durability" in card_of(client)
    assert "Costs: latency, cost" in card_of(client)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["published", "draft"])
def test_a_card_of_an_entry_without_consequences_has_no_signs(client: Client, status: str):
    consequences = [{"sign": "gain", "quality": "latency", "text": "Quick."}]
    make_pattern("01")
    make_pattern("02", name="Other", status=status, consequences=consequences)

    assert "Gains" not in card_of(client)


@pytest.mark.django_db
def test_a_card_says_what_the_lab_showed_and_leads_there(client: Client):
    make_pattern("01", slug="saga-pattern", name="Saga")

    page = parsed(client.get("/"))

    mark = page.find(".//a[@class='kind card-lab']")
    assert (mark.get("href"), words(mark)) == ("/patterns/saga-pattern/lab/", "Saga in the lab: helps")


@pytest.mark.django_db
def test_a_renamed_entry_keeps_the_mark_of_the_lab(client: Client):
    change_pattern(make_pattern("01", slug="saga-pattern"), slug="long-journey")

    assert parsed(client.get("/")).find(".//a[@class='kind card-lab']").get("href") == "/patterns/long-journey/lab/"


@pytest.mark.django_db
def test_an_entry_without_an_experiment_has_no_mark_of_the_lab(client: Client):
    make_pattern("01")

    assert "lab:" not in card_of(client)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/patterns/", "/categories/data/"])
def test_signs_follow_the_entry(client: Client, address: str):
    make_category("Data", slug="data")
    pattern = make_pattern("01", category="Data")
    before = words(parsed(client.get(address)).find(".//ul[@class='cards']"))

    change_pattern(pattern, consequences=[{"sign": "gain", "quality": "latency", "text": "Quick."}])

    after = words(parsed(client.get(address)).find(".//ul[@class='cards']"))
    assert ("latency" in before, "latency" in after) == (False, True)
