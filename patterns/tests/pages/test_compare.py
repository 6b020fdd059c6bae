from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.document.vocabulary import INVERSE
from patterns.models import Revision
from patterns.tests.factories import RICH, change_pattern, make_pattern, make_patterns, make_rich_pattern
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import compare
from patterns.views.kinship import ADVICE, PHRASES

pytestmark = pytest.mark.django_db
SHOWN = "Shown in the lab: 6.7 → 0 (bookings left half done; The coordinator crashes)"
NOTHING = "\N{EN DASH} Nothing stated"
JUDGEMENT = "Editor\N{RIGHT SINGLE QUOTATION MARK}s judgement"
BOTH = "/compare/?pattern=saga&pattern=outbox"


@pytest.fixture
def saga():
    return make_rich_pattern("06", name="Saga", category="Transactions", description="Undoes step by step.")


@pytest.fixture
def outbox():
    return make_pattern("07", name="Outbox", category="Data", description="Keeps messages in a table.")


def page_of(client: Client, address: str = BOTH) -> Element:
    response = client.get(address)
    assert response.status_code == 200
    return parsed(response)


def rows(page: Element) -> dict[str, list[str]]:
    """Heading → what each cell says, the name of its entry left out."""
    found = {}
    for row in page.iter("tr"):
        heading, cells = row.find("th[@scope='row']"), row.findall("td")
        if heading is not None:
            found["".join(heading.itertext())] = [said(cell) for cell in cells]
    return found


def said(cell: Element) -> str:
    shown = [one for one in cell if one.get("class") != "compare-of"]
    return " ".join(" ".join(one.itertext()).strip() for one in shown)


def columns(page: Element) -> list[str]:
    return [name.strip() for one in page.findall(".//a[@class='compare-name']") for name in one.itertext()]


def ticked(page: Element) -> list[str | None]:
    return [box.get("value") for box in page.iter("input") if box.get("checked") is not None]


def test_an_entry_with_a_name_that_is_refused_by_now_is_compared_all_the_same(client: Client, saga, outbox):
    kept = Revision.objects.get(identity=saga.code, what="entry")
    Revision.objects.filter(pk=kept.pk).update(document=f'{kept.document[:-1]},"aliases":["Sa\u200bga"]}}')

    assert columns(page_of(client)) == ["Saga", "Outbox"]


@pytest.mark.usefixtures("saga", "outbox")
def test_it_works(client: Client):
    page = page_of(client)

    assert texts(page, "h1") == ["Saga compared with Outbox"]
    assert columns(page) == ["Saga", "Outbox"]
    assert rows(page)["In short"] == ["Undoes step by step.", "Keeps messages in a table."]


@pytest.mark.usefixtures("saga", "outbox")
def test_columns_stand_in_the_order_of_the_address(client: Client):
    page = page_of(client, "/compare/?pattern=outbox&pattern=saga")

    assert columns(page) == ["Outbox", "Saga"]
    assert texts(page, "title") == ["Outbox compared with Saga · Archsite"]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Category", "Transactions"),
        ("Kind", "style"),
        ("Use it when", "steps span several databases"),
        ("Avoid it when", "one database holds everything"),
        ("Availability", f"gain No step waits for another. Source: Sagas , 1987 {SHOWN}"),
        ("Consistency", f"cost Half-done work is visible. {JUDGEMENT}"),
    ],
)
@pytest.mark.usefixtures("saga", "outbox")
def test_typed_data_fills_the_rows(client: Client, heading: str, cell: str):
    assert " ".join(rows(page_of(client))[heading][0].split()) == cell


@pytest.mark.usefixtures("saga", "outbox")
def test_what_one_does_not_say_is_said_to_be_missing(client: Client):
    assert "Nothing stated" in rows(page_of(client))["Problem"][1]


def test_rows_that_nobody_fills_are_left_out(client: Client, outbox):
    make_pattern("08", name="Sidecar")

    page = page_of(client, "/compare/?pattern=outbox&pattern=sidecar")

    assert [*rows(page)] == ["Qualities", "In short", "Category", "Kind"]


def test_differences_only_leaves_out_what_all_say_alike(client: Client, outbox):
    make_pattern("08", name="Sidecar", category="Data", description="Another.")

    page = page_of(client, "/compare/?pattern=outbox&pattern=sidecar&differences=only")

    assert [*rows(page)] == ["Qualities", "In short"]
    assert links(page)["/compare/?pattern=outbox&pattern=sidecar"] == "Show everything"


def test_entries_that_say_the_same_have_no_differences(client: Client):
    for code in ("01", "02"):
        make_pattern(code, description="The same.")

    page = page_of(client, "/compare/?pattern=pattern-01&pattern=pattern-02&differences=only")

    assert [*rows(page)] == ["Qualities"]
    assert "The catalogue says the same of all of them." in text(page)


@pytest.mark.usefixtures("saga", "outbox")
def test_the_differences_are_one_link_away(client: Client):
    assert links(page_of(client))[f"{BOTH}&differences=only"] == "Differences only"


@pytest.mark.parametrize(
    ("relation", "sentence", "advice"),
    [
        ("complements", "Sidecar complements Outbox", "You may well take both"),
        ("alternative to", "Sidecar is an alternative to Outbox", "One or the other"),
        ("often confused with", "Sidecar is often confused with Outbox", "they answer different needs"),
        ("weakened by", "Sidecar is weakened by Outbox", "Think twice before you take both"),
        ("uses", "Sidecar uses Outbox", "No choice between the two"),
    ],
)
def test_of_two_the_title_says_how_they_are_related(client: Client, outbox, relation: str, sentence: str, advice: str):
    make_pattern("08", name="Sidecar", relations=[{"type": relation, "target": "07", "why": "Because."}])

    page = page_of(client, "/compare/?pattern=outbox&pattern=sidecar")

    assert texts(page, "h1") == [sentence]
    assert texts(page, "title") == [f"{sentence} · Archsite"]
    said = text(page)
    assert said.index(advice) < said.index("Because.") < said.index("In short")


@pytest.mark.parametrize("relation", INVERSE)
def test_every_type_of_relation_has_its_words(relation: str):
    assert PHRASES[relation]
    assert ADVICE[relation]


def test_of_several_relations_the_title_says_the_most_urgent_one(client: Client, outbox):
    make_pattern(
        "08", name="Sidecar", relations=[{"type": type, "target": "07"} for type in ("uses", "alternative to")]
    )

    page = page_of(client, "/compare/?pattern=outbox&pattern=sidecar")

    assert texts(page, "h1") == ["Sidecar is an alternative to Outbox"]
    assert "Sidecar uses Outbox" in text(page)


def test_more_than_two_are_compared_by_name(client: Client, saga, outbox):
    make_pattern("08", name="Sidecar", relations=[{"type": "uses", "target": "07", "why": "Because."}])

    page = page_of(client, BOTH + "&pattern=sidecar")

    assert texts(page, "h1") == ["Saga, Outbox and Sidecar compared"]
    assert "How they are related Sidecar uses Outbox" in text(page)


def test_rivals_are_named_before_helpers(client: Client, outbox, saga):
    stated = [{"type": "uses", "target": "07"}, {"type": "alternative to", "target": "06"}]
    make_pattern("08", name="Sidecar", relations=stated)

    page = text(page_of(client, BOTH + "&pattern=sidecar"))

    assert page.index("Sidecar is an alternative to Saga") < page.index("Sidecar uses Outbox")


def test_of_more_than_two_the_table_shows_each_relation_from_both_ends(client: Client, saga, outbox):
    make_pattern("08", name="Sidecar", relations=[{"type": "uses", "target": "07"}])

    page = page_of(client, "/compare/?pattern=outbox&pattern=sidecar&pattern=saga")

    said = [" ".join(cell.split()) for cell in rows(page)["Related to"]]
    assert said == ["used by Sidecar", "uses Outbox", NOTHING]


def test_relations_with_others_are_no_part_of_it(client: Client, saga, outbox):
    make_pattern("08", name="Sidecar", relations=[{"type": "uses", "target": "07"}])

    assert "How they are related" not in text(page_of(client))


# Before the texts: signs, what the lab showed, what is owed.


def balance(page: Element) -> dict[str, list[str]]:
    """Quality → what a reader hears of each entry."""
    [table] = page.findall(".//table[@aria-label='Gains and costs at a glance']")
    found = {}
    for row in table.findall("tbody/tr"):
        heard = [
            [" ".join(one.itertext()) for one in cell.iter() if one.get("class") == "visually-hidden"]
            for cell in row.findall("td")
        ]
        found[texts(row, "th")[0]] = [", ".join(one) for one in heard]
    return found


@pytest.mark.usefixtures("saga", "outbox")
def test_signs_come_first_with_what_backs_them(client: Client):
    page = page_of(client)

    assert balance(page) == {
        "Availability": ["gain, shown in the lab", "Nothing stated"],
        "Consistency": [f"cost, the {JUDGEMENT.lower()}", "Nothing stated"],
    }
    assert text(page).index("Availability") < text(page).index("In short")


def test_what_a_source_says_is_marked_so(client: Client, outbox):
    consequences = [{"quality": "latency", "sign": "cost", "text": "It polls.", "evidence": ["hohpe"]}]
    references = [{"key": "hohpe", "title": "Polling Consumer", "url": "https://example.org/"}]
    make_pattern("08", name="Sidecar", consequences=consequences, references=references)

    page = page_of(client, "/compare/?pattern=sidecar&pattern=outbox")

    assert balance(page)["Latency"] == ["cost, a source says so", "Nothing stated"]
    assert links(page)["/patterns/sidecar/#source-hohpe"] == "Polling Consumer"


def test_signs_that_are_alike_are_no_difference(client: Client, saga):
    make_rich_pattern("08", name="Sidecar")

    page = page_of(client, "/compare/?pattern=saga&pattern=sidecar&differences=only")

    assert [*balance(page)] == ["Qualities"]


def test_what_the_lab_showed_is_said_with_a_link(client: Client, outbox):
    make_rich_pattern("06", name="Saga", slug="saga-pattern")

    page = page_of(client, "/compare/?pattern=saga-pattern&pattern=outbox")

    measured, other = rows(page)["In the lab"]
    assert measured.split()[0] == "Helps"
    assert "bookings left half done: 0 with a saga log" in " ".join(measured.split())
    assert other == NOTHING
    assert "/patterns/saga-pattern/lab/" in links(page)


def test_a_renamed_entry_keeps_its_figures(client: Client, outbox):
    change_pattern(make_rich_pattern("06", name="Saga", slug="saga-pattern"), slug="saga")

    assert "/patterns/saga/lab/" in links(page_of(client))


def test_what_one_owes_is_named_nearest_first(client: Client, outbox):
    make_pattern("01", name="Timeout")
    make_pattern("02", name="Retry", relations=[{"type": "requires", "target": "01"}])
    make_pattern("03", name="Hidden", status="draft")
    stated = [{"type": "requires", "target": code} for code in ("02", "03")]
    make_pattern("08", name="Sidecar", relations=stated)

    page = page_of(client, "/compare/?pattern=sidecar&pattern=outbox")

    owed = [" ".join(cell.split()) for cell in rows(page)["If you take it, you also owe"]]
    assert owed == ["Retry Timeout", NOTHING]


def test_of_many_debts_the_first_are_named(client: Client, outbox):
    owed = make_patterns(compare.OWED_COUNT + 2, first=20)
    make_pattern("08", name="Sidecar", relations=[{"type": "requires", "target": one.code} for one in owed])

    page = page_of(client, "/compare/?pattern=sidecar&pattern=outbox")

    assert "and 2 more" in rows(page)["If you take it, you also owe"][0]


@pytest.mark.usefixtures("outbox")
def test_other_names_are_shown_each_once(client: Client):
    known_as = [{"catalog": "A", "name": "Sidekick"}, {"catalog": "B", "name": "AMBASSADOR"}]
    make_pattern("08", name="Sidecar", aliases=["Ambassador", "Helper"], known_as=known_as)

    page = page_of(client, "/compare/?pattern=sidecar&pattern=outbox")

    assert " ".join(rows(page)["Also called"][0].split()).replace(" ,", ",") == "Ambassador, Helper, Sidekick"


@pytest.mark.usefixtures("saga", "outbox")
def test_each_may_be_decided_for(client: Client):
    found = links(page_of(client))

    assert found["/decide/?choose=06&considered=07"] == "Write this decision down: Saga"
    assert found["/decide/?choose=07&considered=06"] == "Write this decision down: Outbox"


@pytest.mark.usefixtures("saga", "outbox")
def test_long_texts_are_folded(client: Client):
    folded = {heading for one in page_of(client).iter("details") for heading in texts(one, "h2")}

    assert folded == {"The problem", "When to use it"}


def test_an_entry_that_is_asked_for_twice_is_there_once(client: Client, saga, outbox):
    assert columns(page_of(client, BOTH + "&pattern=saga&pattern=")) == ["Saga", "Outbox"]


def test_a_former_slug_still_means_its_entry(client: Client, saga, outbox, settings):
    settings.SITE_URL = "https://catalog.example"
    change_pattern(saga, slug="long-saga")

    response = client.get(BOTH)

    assert columns(parsed(response)) == ["Saga", "Outbox"]
    address = "https://catalog.example/compare/?pattern=long-saga&amp;pattern=outbox"
    assert f'<link rel="canonical" href="{address}">'.encode() in response.content


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_an_entry_that_is_not_public_is_unknown_here(client: Client, saga, outbox, status: str):
    change_pattern(outbox, status=status)

    page = page_of(client)

    assert "No entry has outbox in its address" in text(page)
    assert "Outbox" not in text(page)


def test_an_unknown_slug_is_named_and_the_others_compared(client: Client, saga, outbox):
    page = page_of(client, BOTH + "&pattern=nothing")

    assert columns(page) == ["Saga", "Outbox"]
    assert "No entry has nothing in its address" in text(page)


def test_of_too_many_the_first_four_are_shown(client: Client):
    make_patterns(5)
    asked = "&".join(f"pattern=pattern-0{number}" for number in range(1, 6))

    page = page_of(client, f"/compare/?{asked}")

    assert columns(page) == ["Pattern 01", "Pattern 02", "Pattern 03", "Pattern 04"]
    assert "At most 4 entries fit side by side" in text(page)


def test_without_entries_the_page_offers_all_of_them(client: Client, saga, outbox):
    page = page_of(client, "/compare/")

    assert texts(page, "h1") == ["Compare entries"]
    assert [box.get("value") for box in page.iter("input")] == ["saga", "outbox"]


def test_one_entry_is_kept_and_related_ones_offered_first(client: Client, saga, outbox):
    make_pattern("08", name="Sidecar", relations=[{"type": "uses", "target": "06"}])

    page = page_of(client, "/compare/?pattern=saga")

    assert ticked(page) == ["saga"]
    assert texts(page, "legend") == ["Chosen", "Related to it", "Other entries"]
    assert [box.get("value") for box in page.iter("input")] == ["saga", "sidecar", "outbox"]


def test_drafts_that_are_related_are_not_offered(client: Client, saga):
    make_pattern("08", name="Sidecar", status="draft", relations=[{"type": "uses", "target": "06"}])

    assert "Sidecar" not in text(page_of(client, "/compare/?pattern=saga"))


def test_a_long_catalogue_is_not_offered_whole(client: Client, monkeypatch):
    monkeypatch.setattr(compare, "CANDIDATE_COUNT", 3)
    make_patterns(5)

    page = page_of(client, "/compare/")

    assert len([*page.iter("input")]) == 3
    assert "The catalogue has more" in text(page)


def test_an_entry_can_be_removed(client: Client, saga, outbox):
    make_pattern("08", name="Sidecar")

    found = links(page_of(client, BOTH + "&pattern=sidecar&differences=only"))

    assert found["/compare/?pattern=saga&pattern=sidecar&differences=only"] == "Remove Outbox"


@pytest.mark.parametrize("address", ["/", "/patterns/", "/categories/data/"])
def test_cards_can_be_ticked_for_it(client: Client, outbox, address: str):
    page = page_of(client, address)

    boxes = [box.attrib for box in page.iter("input") if box.get("type") == "checkbox" and box.get("name") == "pattern"]
    form = page.find(".//form[@id='compare'][@action='/compare/'][@method='get']")
    assert [(box["value"], box["form"]) for box in boxes] == [("outbox", "compare")]
    assert form is not None


def test_an_entry_leads_to_its_comparison(client: Client, outbox):
    assert "/compare/?pattern=outbox" in links(page_of(client, "/patterns/outbox/"))


@pytest.mark.parametrize("count", [2, 4])
def test_a_larger_catalogue_takes_no_more_queries(client: Client, count: int):
    make_rich_pattern("01", name="Saga")
    make_patterns(9, first=2, **RICH, relations=[{"type": "uses", "target": "01"}])
    address = "/compare/?pattern=saga&" + "&".join(f"pattern=pattern-0{number}" for number in range(2, count + 1))
    few = queries(client, address)
    make_patterns(30, first=11, **RICH, relations=[{"type": "uses", "target": "01"}])

    assert queries(client, address) == few <= 10


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "query",
    [
        *("pattern=%00&pattern=saga", "pattern=" + "9" * 10_000, "pattern[]=saga", "pattern=%ff", "pattern=Saga"),
        *("pattern=<script>alert(1)</script>", "pattern=saga&pattern=%D9%86%F0%9F%98%80", "differences=%00"),
        *("&".join(f"pattern=p{number}" for number in range(4_000)), "pattern=saga'--", "pattern=../saga"),
    ],
)
def test_hostile_queries_get_a_page(client: Client, saga, query: str):
    page = parsed(client.get(f"/compare/?{query}"))

    assert not [one for one in page.iter("script") if one.get("src") is None and one.get("type") is None]
