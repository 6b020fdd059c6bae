"""The map of relations: every entry while they are few, else one and its neighbours."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.tests.factories import change_pattern, make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import map

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def saga():
    """A saga that uses an outbox and is an alternative to a transaction."""
    make_pattern("07", name="Outbox")
    make_pattern("08", name="Transaction")
    outbox = {"type": "uses", "target": "07", "why": "To send."}
    return make_pattern("06", name="Saga", relations=[outbox, {"type": "alternative to", "target": "08"}])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch):
    """A map for at most two entries."""
    monkeypatch.setattr(map, "WHOLE_COUNT", 2)


def page(client: Client, query: str = "") -> Element:
    return parsed(client.get(f"/map/{query}"))


def nodes(page: Element) -> dict[str, str]:
    """Label → address of every box."""
    return {one.get("aria-label", ""): one.attrib["href"] for one in page.iter(f"{SVG}a")}


def edges(page: Element) -> list[str]:
    """What the lines of the map say; samples in the legend say nothing."""
    said = (one.findtext(f"{SVG}title") for one in page.iter(f"{SVG}g") if one.get("id", "").find("-edge-") > 0)
    return sorted(filter(None, said))


def rows(page: Element) -> list[str]:
    """What the table says of each relation."""
    said = []
    for body in page.iter("tbody"):
        [source] = texts(body, "th")
        said += [" ".join([source, *texts(row, "td")]).strip() for row in body.iter("tr")]
    return sorted(said)


@pytest.mark.usefixtures("saga")
def test_it_works(client: Client):
    shown = page(client)

    assert texts(shown, "h1") == ["Map of relations"]
    assert nodes(shown) == {
        "Saga": "/map/?entry=saga",
        "Outbox": "/map/?entry=outbox",
        "Transaction": "/map/?entry=transaction",
    }
    assert edges(shown) == ["Saga alternative to Transaction", "Saga uses Outbox"]


@pytest.mark.usefixtures("saga")
@pytest.mark.parametrize("query", ["", "?type=uses", "?entry=saga", "?entry=outbox", "?entry=saga&type=uses"])
def test_the_table_says_what_the_drawing_shows(client: Client, query: str):
    shown = page(client, query)

    assert edges(shown)
    assert [row.removesuffix(" To send.") for row in rows(shown)] == edges(shown)


@pytest.mark.usefixtures("saga")
def test_the_table_gives_the_reason(client: Client):
    assert "Saga uses Outbox To send." in rows(page(client))


@pytest.mark.usefixtures("saga")
def test_one_entry_is_shown_with_its_neighbours(client: Client):
    shown = page(client, "?entry=outbox")

    assert texts(shown, "h1") == ["Around Outbox"]
    assert nodes(shown) == {"used by Saga": "/map/?entry=saga", "Outbox": "/patterns/outbox/"}


@pytest.mark.usefixtures("saga")
def test_types_of_relations_can_be_chosen(client: Client):
    shown = page(client, "?type=uses&type=leads+to")

    assert edges(shown) == ["Saga uses Outbox"]
    assert len(nodes(shown)) == 3
    assert "Map of relations: uses, leads to" in texts(shown, "title")[0]


@pytest.mark.usefixtures("saga")
def test_the_choice_goes_along_to_neighbours(client: Client):
    assert nodes(page(client, "?entry=saga&type=uses"))["uses Outbox"] == "/map/?type=uses&entry=outbox"


@pytest.mark.usefixtures("saga")
def test_the_choice_goes_along_from_the_whole_map(client: Client):
    assert nodes(page(client, "?type=uses"))["Outbox"] == "/map/?type=uses&entry=outbox"


@pytest.mark.usefixtures("saga")
def test_there_is_a_layout_for_wide_screens_and_one_for_narrow_ones(client: Client):
    shown = page(client)

    boxes = [one.get("href") for one in shown.iter(f"{SVG}a")]
    assert len(boxes) == 6
    assert sorted(boxes[:3]) == sorted(boxes[3:])


@pytest.mark.usefixtures("saga")
@pytest.mark.parametrize("query", ["", "?entry=saga", "?type=requires"])
def test_the_stops_of_the_drawing_can_be_skipped(client: Client, query: str):
    shown = page(client, query)

    assert links(shown)["#table"] == "Skip the drawing"
    assert len(shown.findall(".//*[@id='table']")) == 1


@pytest.mark.usefixtures("saga")
def test_the_table_leads_to_the_entries(client: Client):
    table = page(client).find(".//table")

    assert table is not None
    assert links(table).keys() == {"/patterns/saga/", "/patterns/outbox/", "/patterns/transaction/"}


def test_boxes_stay_where_they_are_whichever_types_are_chosen(client: Client):
    make_patterns(8)
    stated = [{"type": "uses", "target": "01"}, {"type": "leads to", "target": "05"}]
    make_pattern("09", relations=stated)

    def places(query: str) -> list[tuple[str | None, ...]]:
        return [tuple(one.get(side) for side in "xy") for one in page(client, query).iter(f"{SVG}rect")]

    assert places("") == places("?type=uses") == places("?type=requires")


@pytest.mark.usefixtures("saga")
def test_the_form_offers_the_types_that_are_there_with_their_counts(client: Client):
    shown = page(client, "?type=uses")

    labels = [label for label in texts(shown, "label") if "Entry" not in label]
    ticked = [one.get("value") for one in shown.iter("input") if one.get("checked") is not None]
    assert (labels, ticked) == (["uses 1", "alternative to 1"], ["uses"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["uses 2", "alternative to 1"]),
        ("?entry=outbox", ["used by 1"]),
        ("?entry=saga", ["uses, used by 2", "alternative to 1"]),
        ("?entry=saga&type=variant+of", ["uses, used by 2", "variant of 0", "alternative to 1"]),
    ],
)
@pytest.mark.usefixtures("saga")
def test_the_form_says_the_types_as_the_drawing_does(client: Client, query: str, expected: list[str]):
    make_pattern("09", relations=[{"type": "uses", "target": "06"}])

    assert [label for label in texts(page(client, query), "label") if "Entry" not in label] == expected


@pytest.mark.usefixtures("saga")
def test_the_form_keeps_the_entry(client: Client):
    chosen = [one.get("value") for one in page(client, "?entry=saga").iter("option") if one.get("selected") is not None]

    assert chosen == ["saga"]


@pytest.mark.usefixtures("saga")
def test_a_type_without_relations_says_so(client: Client):
    shown = page(client, "?type=requires")

    assert "There are no such relations." in text(shown)
    assert len(nodes(shown)) == 3


def test_an_entry_without_relations_says_so(client: Client):
    make_pattern("01", name="Saga")

    assert "There are no relations with Saga." in text(page(client, "?entry=saga"))


def test_an_empty_catalogue_says_so(client: Client):
    assert "The catalogue has no entries yet." in text(page(client))


@pytest.mark.usefixtures("saga", "small")
def test_a_large_catalogue_is_shown_one_neighbourhood_at_a_time(client: Client):
    shown = page(client)

    assert texts(shown, "h1") == ["Around Saga"]
    assert "the map shows one entry at a time" in text(shown)
    assert "None: show all" not in texts(shown, "option")


@pytest.mark.usefixtures("saga", "small")
def test_it_begins_with_the_entry_that_has_the_most_relations(client: Client):
    make_pattern(
        "09", name="Broker", relations=[{"type": "uses", "target": "08"}, {"type": "requires", "target": "07"}]
    )
    make_pattern("10", relations=[{"type": "complements", "target": "08"}])

    shown = page(client)

    assert texts(shown, "h1") == ["Around Transaction"]  # three: of Saga, of Broker, of the last one
    assert "begins with the one that has the most relations" in text(shown)
    assert "begins with" not in text(page(client, "?entry=saga"))


@pytest.mark.usefixtures("saga", "small")
def test_relations_that_readers_do_not_see_do_not_count_for_that(client: Client):
    for code in ("09", "10", "11"):
        make_pattern(code, status="draft", relations=[{"type": "uses", "target": "08"}])

    assert texts(page(client), "h1") == ["Around Saga"]


@pytest.mark.usefixtures("saga", "small")
def test_nor_do_those_with_what_readers_do_not_see(client: Client):
    hidden = [make_pattern(code, status="draft") for code in ("09", "10", "11")]
    make_pattern("12", relations=[{"type": "uses", "target": one.code} for one in hidden])

    assert texts(page(client), "h1") == ["Around Saga"]


@pytest.mark.usefixtures("small")
def test_a_large_catalogue_without_relations_begins_with_its_first_entry(client: Client):
    make_patterns(3)

    assert texts(page(client), "h1") == ["Around Pattern 01"]


@pytest.mark.usefixtures("saga", "small")
def test_of_a_very_large_catalogue_the_first_are_offered_and_the_chosen_one(client: Client, monkeypatch):
    monkeypatch.setattr(map, "OFFERED_COUNT", 2)

    shown = page(client, "?entry=transaction")

    assert texts(shown, "option") == ["Transaction", "Saga", "Outbox"]
    assert links(shown)["/patterns/"]


@pytest.mark.usefixtures("saga")
@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "/map/"),
        ("?utm=1&type=nothing", "/map/"),
        ("?type=leads+to&type=uses&type=uses", "/map/?type=uses&amp;type=leads+to"),
        ("?entry=saga", "/map/?entry=saga"),
        ("?entry=", "/map/"),
    ],
)
def test_a_map_names_its_one_address(client: Client, settings, query: str, address: str):
    settings.SITE_URL = "https://catalog.example"

    canonical = f'<link rel="canonical" href="https://catalog.example{address}">'
    assert canonical in client.get(f"/map/{query}").content.decode()


def test_a_former_slug_shows_the_entry_that_had_it(client: Client, saga):
    change_pattern(saga, slug="sagas")

    assert texts(page(client, "?entry=saga"), "h1") == ["Around Saga"]


@pytest.mark.parametrize(("status", "code"), [("draft", 404), ("review", 404), ("retired", 410)])
def test_an_entry_that_is_not_public_has_no_map(client: Client, status: str, code: int):
    hidden = make_pattern("01", slug="hidden", status="published" if status == "retired" else status)
    change_pattern(hidden, status=status)

    assert client.get("/map/?entry=hidden").status_code == code


@pytest.mark.parametrize("slug", ["nothing", "%00", "%ff", "a" * 10_000, "'--", "%F0%9F%8C%80", "%E2%80%AE", "SAGA"])
def test_no_entry_has_no_map(client: Client, slug: str):
    assert client.get(f"/map/?entry={slug}").status_code == 404


@pytest.mark.usefixtures("saga")
@pytest.mark.parametrize("type", ["nothing", "%00", "%ff", "a" * 10_000, "used by", "'--", ""])
def test_a_type_that_does_not_exist_counts_as_not_given(client: Client, type: str):
    assert len(edges(page(client, f"?type={type}"))) == 2


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
@pytest.mark.parametrize("query", ["", "?entry=public"])
def test_nothing_of_what_is_not_public_leaks(client: Client, status: str, query: str):
    hidden: dict[str, Any] = {"type": "uses", "target": "01", "why": "xanadu"}
    make_pattern("01", slug="public")
    change_pattern(make_pattern("02", name="Xanadu", category="Xanadu", relations=[hidden]), status=status)
    make_pattern("03", relations=[{"type": "requires", "target": "02", "why": "xanadu"}])

    assert b"xanadu" not in client.get(f"/map/{query}").content.lower()


@pytest.mark.parametrize("query", ["", "?entry=hostile"])
def test_hostile_text_stays_text(client: Client, query: str):
    make_pattern("02", name=f"{HOSTILE} again", slug="again", category=HOSTILE)
    relations = [{"type": "uses", "target": "02", "why": HOSTILE}]
    make_pattern("01", name=HOSTILE, slug="hostile", category=HOSTILE, relations=relations)

    shown = page(client, query)

    assert not [one for one in shown.iter() if str(one.tag).split("}")[-1] == "img" and one.get("onerror")]
    assert not list(shown.iter(f"{SVG}script"))
    assert f"{HOSTILE} again" in " ".join(nodes(shown))


@pytest.mark.parametrize("address", ["/map/", "/map/?entry=saga", "/patterns/saga/"])
@pytest.mark.usefixtures("saga")
def test_drawings_are_the_same_every_time(client: Client, address: str):
    assert client.get(address).content == client.get(address).content


@pytest.mark.parametrize(("query", "count"), [("", 10), ("", 30), ("", 40), ("?entry=pattern-02", 40)])
def test_a_map_takes_few_queries(client: Client, query: str, count: int):
    make_pattern("00")
    make_patterns(count - 1, relations=[{"type": "requires", "target": "00"}])

    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/map/{query}").status_code == 200

    assert len(captured) <= 6


@pytest.mark.usefixtures("saga")
def test_an_entrys_page_shows_its_own_neighbourhood(client: Client):
    shown = parsed(client.get("/patterns/saga/"))

    assert nodes(shown) == {"uses Outbox": "/patterns/outbox/", "alternative to Transaction": "/patterns/transaction/"}
    assert links(shown)["/map/"]
