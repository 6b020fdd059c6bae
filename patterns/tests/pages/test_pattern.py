import json

import pytest
from django.test import Client

from patterns.models import Catalog
from patterns.tests.factories import change_header, change_pattern, make_category, make_pattern, make_rich_pattern
from patterns.tests.pages.trees import links, parsed, text, texts, ways

pytestmark = pytest.mark.django_db
SECTIONS = [
    "Symptoms",
    "Problem",
    "Solution",
    "Variants",
    "When to use it",
    "Gains and costs",
    "Step by step",
    "In code",
    "In practice",
    "Known uses",
    "Known elsewhere as",
    "Origin",
    "References",
]


def shown(client: Client, slug: str = "saga") -> str:
    return text(parsed(client.get(f"/patterns/{slug}/")))


def test_it_works(client: Client):
    make_pattern("06", name="Saga", description="Undoes step by step.", category="Data", kind="style")

    page = parsed(client.get("/patterns/saga/"))

    assert texts(page, "h1") == ["Saga"]
    assert text(page).startswith("Code 06 Data style Saga Undoes step by step.")
    assert links(page)["/categories/data/"] == "Data"


def test_an_entry_with_the_five_given_keys_has_no_empty_section(client: Client):
    make_pattern("06", name="Saga")

    page = parsed(client.get("/patterns/saga/"))

    assert texts(page, "h2") == ["History and data", "Cite this entry"]
    assert "Also called" not in text(page)
    assert "Last changed 14 March 2025" in text(page)


def test_a_rich_entry_has_every_section_in_order(client: Client):
    make_rich_pattern("06", name="Saga")

    assert texts(parsed(client.get("/patterns/saga/")), "h2") == [
        "In short",
        *SECTIONS,
        "History and data",
        "Cite this entry",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "Also called Long Running Action , Process Manager",
        "Money leaves one bank and must arrive in another.",
        "Use it when steps span several databases",
        "Avoid it when one database holds everything",
        "Gains availability No step waits for another. Source: Sagas, 1987 Shown in the lab: 6.7 → 0 (bookings left",
        "Costs consistency Half-done work is visible. Editor’s judgement",  # noqa: RUF001
        "Symptoms The money is gone here and has not come there.",
        "Orchestration A coordinator knows the steps. one place to look Choreography Each step starts the next.",
        "The log sql CREATE TABLE log ( id integer ); One row a step.",
        "How to prove it Stop it between two steps: it goes on after the restart.",
        "What to watch Age of the oldest open transfer: a step hangs.",
        "A bank 2001 It moves money.",
        "Orders → to Payments call charge the card once only",
        "Payments → to Orders refusal declined",
        "Compensator in Cloud Catalogue , Messaging",
        "Named or first described by Hector Garcia-Molina in 1987. Source",
        "Sagas primary source Hector Garcia-Molina and Kenneth Salem SIGMOD 1987",
        "A talk without an address",
    ],
)
def test_a_rich_entry_says(client: Client, said: str):
    make_rich_pattern("06", name="Saga")

    assert said.replace(" ,", ",") in shown(client).replace(" ,", ",")


def test_long_texts_are_markdown(client: Client):
    make_rich_pattern("06", name="Saga")

    page = parsed(client.get("/patterns/saga/"))

    assert texts(page, "em") == ["arrive", "coordinator"]
    assert "each" in texts(page, "strong")
    assert texts(page, "code")[0] == "local"


def test_steps_are_an_ordered_list(client: Client):
    make_pattern("06", name="Saga", steps=[{"sender": "A", "receiver": "B", "message": str(n)} for n in range(2)])

    steps = parsed(client.get("/patterns/saga/")).findall(".//ol[@class='steps']/li")

    assert len(steps) == 2


def test_references_link_elsewhere_and_everything_else_stays_here(client: Client):
    make_rich_pattern("06", name="Saga")

    outside = {address for address in links(parsed(client.get("/patterns/saga/"))) if "//" in address}

    assert outside == {f"https://example.org/{name}" for name in ("origin", "sagas", "bank")}


def test_the_page_shows_the_newest_text(client: Client):
    pattern = make_pattern("06", name="Saga", description="Old words.")
    change_pattern(pattern, description="New words.")

    assert "New words." in shown(client)
    assert "Old words." not in shown(client)


def test_previous_and_next_follow_the_code_order_of_published_entries(client: Client):
    for code in ("9", "10", "11", "12", "100"):
        make_pattern(code, status="draft" if code == "12" else "published")

    page = parsed(client.get("/patterns/pattern-11/"))

    assert ways(page) == {"prev": "/patterns/pattern-10/", "next": "/patterns/pattern-100/"}


def test_neighbours_are_the_nearest_though_others_are_related(client: Client):
    for code in ("01", "02", "04", "05"):
        make_pattern(code)
    targets = [{"type": "uses", "target": "01"}, {"type": "uses", "target": "05"}]
    make_pattern("03", relations=targets)

    page = parsed(client.get("/patterns/pattern-03/"))

    assert ways(page) == {"prev": "/patterns/pattern-02/", "next": "/patterns/pattern-04/"}


def test_more_of_the_category_is_offered(client: Client):
    make_pattern("01", name="Saga", category="Data")
    make_pattern("02", name="Outbox", category="Data")
    make_pattern("03", name="Hidden", category="Data", status="draft")

    assert "More in Data 02 Outbox" in shown(client)
    assert "Hidden" not in shown(client)


def test_the_entry_can_be_taken_away(client: Client):
    make_pattern("06", name="Saga")

    assert "/patterns/saga.toml" in links(parsed(client.get("/patterns/saga/")))


def test_the_address_in_the_page_is_that_of_the_site(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"
    make_pattern("06", name="Saga")

    response = client.get("/patterns/saga/?x=1", headers={"host": "localhost"})

    assert b'<link rel="canonical" href="https://catalog.example/patterns/saga/">' in response.content


def test_the_first_entry_has_no_previous_one(client: Client):
    make_pattern("06", name="Saga")
    make_pattern("07", name="Outbox")

    assert ways(parsed(client.get("/patterns/saga/"))) == {"next": "/patterns/outbox/"}


def test_the_category_is_linked_by_its_slug(client: Client):
    make_category("Data", slug="shelf")
    make_pattern("06", name="Saga", category="Data")

    assert links(parsed(client.get("/patterns/saga/")))["/categories/shelf/"] == "Data"


def test_each_heading_has_a_link_to_itself(client: Client):
    make_pattern("02", name="Outbox")
    relations = [{"type": "requires", "target": "02"}]
    make_rich_pattern("06", name="Saga", relations=relations)

    page = parsed(client.get("/patterns/saga/"))

    headings = [*page.findall(".//div[@class='heading']/h2"), *page.findall(".//div[@class='heading']/h3")]
    said = links(page)
    assert {f"#{one.get('id')}": said.get(f"#{one.get('id')}") for one in headings if one.tag == "h3"} == {
        "#use_when": "#Link to Use it when",
        "#avoid_when": "#Link to Avoid it when",
        "#gains": "#Link to Gains",
        "#costs": "#Link to Costs",
        "#checks": "#Link to How to prove it",
        "#signals": "#Link to What to watch",
    }
    own = [one.get("href") for one in page.iter("a") if one.get("class") == "anchor"]
    assert sorted(own) == sorted(f"#{one.get('id')}" for one in headings)
    named = [one.get("aria-labelledby") for one in page.iter("section") if "beside" not in one.get("class", "")]
    assert {*named} <= {"gist", *(one.get("id") for one in headings)}


def test_whatever_stands_on_the_page_each_id_is_there_once(client: Client):
    make_pattern("02", name="Outbox")
    make_rich_pattern("06", name="Saga", relations=[{"type": "requires", "target": "02"}])

    ids = [one.get("id") for one in parsed(client.get("/patterns/saga/")).iter() if one.get("id")]

    assert len(ids) == len({*ids})


def test_an_entry_leads_to_its_history_to_a_comparison_and_to_how_to_cite_it(client: Client):
    make_pattern("06", name="Saga")

    found = links(parsed(client.get("/patterns/saga/")))

    assert found["/patterns/saga/history/"] == "Every change"
    assert found["/compare/?pattern=saga"] == "Compare with others"
    assert found["/about/#cite"] == "How to cite it"


def test_it_is_cited_with_its_catalogue_and_the_day_of_its_last_change(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"
    change_header(title="Systems & </pre>{Parts}")
    make_pattern("06", name="Saga_50 % </pre>", slug="saga")

    page = parsed(client.get("/patterns/saga/"))

    [bibtex, csl] = ["".join(one.itertext()) for one in page.findall(".//section[@aria-labelledby='cite']//code")]
    version = Catalog.objects.get().version
    assert (
        f"“Saga_50 % </pre>”, Systems & </pre>{{Parts}}, entry 06, version {version} of the catalogue, 14 March 2025, "
        "https://catalog.example/patterns/saga/"
    ) in text(page)
    assert r"title = {{Saga\_50 \% </pre>}}" in bibtex
    assert r"author = {{Systems \& </pre>\textbraceleft{}Parts\textbraceright{}}}" in bibtex
    assert json.loads(csl)[0]["URL"] == "https://catalog.example/patterns/saga/"


def test_a_catalogue_without_a_title_is_cited_too(client: Client):
    make_pattern("06", name="Saga")

    assert "“Saga”, Archsite, entry 06" in shown(client)


def test_its_changes_can_be_followed(client: Client):
    make_pattern("06", name="Saga")

    page = parsed(client.get("/patterns/saga/"))

    feeds = {one.get("href"): one.get("title") for one in page.iter("link") if one.get("rel") == "alternate"}
    assert feeds["/patterns/saga/feed.atom"] == "Changes in Saga"
    assert links(page)["/patterns/saga/feed.atom"] == "Follow this entry (Atom)"


def test_the_contents_lead_to_the_foot_of_the_page_too(client: Client):
    make_rich_pattern("06", name="Saga")

    page = parsed(client.get("/patterns/saga/"))

    assert links(page)["#further"] == "History and data"
    foot = page.find(".//*[@id='further']")
    assert (foot.tag, texts(foot, "h2")) == ("footer", ["History and data"])
