from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from patterns.search import listing
from patterns.tests.factories import change_pattern, entry, import_entries, make_pattern, make_patterns
from patterns.tests.pages.trees import links, parsed, text, texts, ways

pytestmark = pytest.mark.django_db
NOT_CODES = ["", " ", "x" * 10_000, "\x00", "1\x00", "é", "99999999999999999999", "'; --", "01,02", "%", "\u202e"]


def names(client: Client, address: str) -> list[str]:
    return entries(parsed(client.get(address)))


def entries(page: Element) -> list[str]:
    """The names of the listed entries."""
    return ["".join(one.itertext()).strip() for one in page.findall(".//h3[@class='card-name']")]


def test_it_works(client: Client):
    make_pattern("06", name="Saga")

    page = parsed(client.get("/patterns/"))

    assert texts(page, "h1") == ["All entries"]
    assert links(page)["/patterns/saga/"] == "Saga"


def test_pages_follow_each_other_in_code_order_without_gap_or_overlap(client: Client, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    for code in ("100", "9", "B1", "10", "A1"):
        make_pattern(code)

    pages = [names(client, f"/patterns/{after}") for after in ("", "?after=10", "?after=B1")]

    assert pages == [["Pattern 9", "Pattern 10"], ["Pattern A1", "Pattern B1"], ["Pattern 100"]]


def test_each_page_links_the_next_until_the_last(client: Client, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    make_patterns(4)

    first, last = (parsed(client.get(f"/patterns/{after}")) for after in ("", "?after=02"))

    assert links(first)["/patterns/?after=02"] == "Next page"
    assert "Next page" not in text(last)
    assert "First page" in text(last)


def test_a_page_holds_fifty(client: Client):
    make_patterns(51)

    assert len(names(client, "/patterns/")) == 50
    assert names(client, "/patterns/?after=50") == ["Pattern 51"]


def test_a_page_may_begin_behind_a_code_that_nobody_has(client: Client):
    make_patterns(3)

    assert names(client, "/patterns/?after=02.x") == []
    assert names(client, "/patterns/?after=0") == ["Pattern 01", "Pattern 02", "Pattern 03"]


@pytest.mark.parametrize("after", NOT_CODES)
def test_what_is_not_a_code_gives_the_first_page(client: Client, after: str):
    make_pattern("01")

    response = client.get("/patterns/", {"after": after})

    assert entries(parsed(response)) == ["Pattern 01"]


def test_behind_the_last_entry_the_page_says_that_nothing_follows(client: Client):
    make_pattern("01")

    assert "no further entries" in text(parsed(client.get("/patterns/?after=99")))


def test_drafts_are_not_listed(client: Client):
    make_pattern("01", status="draft")
    make_pattern("02", status="review")

    assert names(client, "/patterns/") == []


def test_a_page_names_its_own_address(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"

    response = client.get("/patterns/?after=07&utm=x", headers={"host": "localhost"})

    assert b'<link rel="canonical" href="https://catalog.example/patterns/?after=07">' in response.content


# Words and choices


@pytest.fixture
def shelf() -> None:
    gains = [{"quality": "availability", "sign": "gain", "text": "Better."}]
    costs = [{"quality": "consistency", "sign": "cost", "text": "Worse."}]
    import_entries(
        [
            entry("05", name="Split", category="Data", kind="style", consequences=costs),
            entry(
                "06",
                name="Saga",
                category="Transactions",
                consequences=[*gains, *costs],
                problem="Lost & <b>found</b>.",
            ),
            entry("07", name="Outbox", category="Transactions", consequences=gains, aliases=["Saga relay"]),
        ]
    )


@pytest.mark.usefixtures("shelf")
def test_words_find_entries_and_are_marked(client: Client):
    page = parsed(client.get("/patterns/?q=found+sag"))

    assert entries(page) == ["Saga"]
    assert texts(page, "mark") == ["Saga", "Saga", "found"]
    assert "Lost & <b>found</b>." in text(page)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("", "All entries"),
        ("q=saga", "Entries for “saga”"),
        ("category=data&category=transactions", "Entries in Data or Transactions"),
        ("-category=data&kind=pattern", "Patterns outside Data"),
        ("gains=availability&-costs=consistency", "Entries that gain availability and do not pay with consistency"),
        ("q=saga&-kind=style", "Entries for “saga” but no style"),
        ("q=%D9%86", "Entries for “\u2068ن\u2069”"),
    ],
)
def test_title_and_heading_say_what_is_shown(client: Client, query: str, heading: str):
    page = parsed(client.get(f"/patterns/?{query}"))

    assert texts(page, "h1") == [heading]
    assert texts(page, "title")[0].startswith(f"{heading} · ")


@pytest.mark.usefixtures("shelf")
def test_the_title_tells_pages_and_orders_apart(client: Client):
    page = parsed(client.get("/patterns/?sort=name&after=05"))

    assert texts(page, "title")[0].startswith("All entries, by name after 05 · ")


@pytest.mark.usefixtures("shelf")
def test_choices_are_links_with_counts_and_each_can_be_taken_back(client: Client):
    page = parsed(client.get("/patterns/?category=transactions"))

    assert entries(page) == ["Saga", "Outbox"]
    assert links(page)["/patterns/?category=transactions&gains=availability"] == "availability 2"
    assert links(page)["/patterns/?category=transactions&-costs=consistency"] == "not consistency"
    assert links(page)["/patterns/?category=data&category=transactions"] == "Data 1"
    assert "Remove Transactions \N{MULTIPLICATION SIGN}" in texts(page, "a")


@pytest.mark.usefixtures("shelf")
def test_what_is_left_out_is_said_and_can_come_back(client: Client):
    page = parsed(client.get("/patterns/?-category=transactions"))

    assert entries(page) == ["Split"]
    assert "Remove not Transactions \N{MULTIPLICATION SIGN}" in texts(page, "a")
    assert links(page)["/patterns/"]


@pytest.mark.usefixtures("shelf")
def test_a_new_question_keeps_the_choices(client: Client):
    form = parsed(client.get("/patterns/?q=saga&-kind=style&after=06&sort=name")).find(".//form[@role='search']")

    assert [(one.get("name"), one.get("value")) for one in form.iter("input")] == [
        ("q", "saga"),
        ("-kind", "style"),
        ("sort", "name"),
    ]


@pytest.mark.usefixtures("shelf")
def test_nothing_found_says_so_and_leads_on(client: Client):
    page = parsed(client.get("/patterns/?q=sgaa&kind=pattern"))

    assert "No entry has “sgaa”" in text(page)
    assert links(page)["/patterns/?q=saga"] == "saga"
    assert links(page)["/patterns/"]


@pytest.mark.usefixtures("shelf")
def test_choices_that_leave_nothing_say_so_and_offer_the_words_alone(client: Client):
    page = parsed(client.get("/patterns/?q=saga&category=data"))

    assert "No entry fits all of these choices" in text(page)
    assert "Only the words" in texts(page, "a")


@pytest.mark.usefixtures("shelf")
def test_ranked_results_have_pages(client: Client, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)

    first = parsed(client.get("/patterns/?q=saga"))
    second = parsed(client.get(ways(first)["next"]))

    assert (entries(first), entries(second)) == (["Saga"], ["Outbox"])
    assert "2 entries" in texts(first, "h2")


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("category=b&category=a&q=x", "?q=x&category=a&category=b"),
        ("-kind=style&gains=cost&gains=latency&sort=code", "?-kind=style&gains=latency&gains=cost"),
        ("q=++saga+&sort=relevance&page=2&kind=nonsense", "?q=saga"),
        ("category=a&-category=a&sort=nonsense", "?-category=a"),
        ("q=", ""),
    ],
)
def test_equal_lists_have_one_address(client: Client, settings, given: str, canonical: str):
    settings.SITE_URL = "https://catalog.example"

    page = parsed(client.get(f"/patterns/?{given}"))

    assert page.find(".//link[@rel='canonical']").get("href") == f"https://catalog.example/patterns/{canonical}"


def test_only_the_plain_list_is_for_search_engines(client: Client):
    make_pattern("01")

    pages = [client.get(address).content for address in ("/patterns/", "/patterns/?q=x", "/patterns/?kind=style")]

    assert [b"noindex" in page for page in pages] == [False, True, True]


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_is_not_public_is_neither_found_counted_nor_suggested(client: Client, status: str):
    make_pattern("02", name="Plain", category="Data")
    change_pattern(make_pattern("01", name="Xanadu", category="Secret"), status=status)

    for query in ("", "q=xanadu", "q=xanado", "category=secret"):
        page = text(parsed(client.get(f"/patterns/?{query}"))).replace(f"“{query[2:]}”", "")
        assert "xanadu" not in page.lower()
        assert "Secret 1" not in page


def test_a_count_that_may_be_more_says_so(client: Client, monkeypatch):
    gains = [{"quality": "latency", "sign": "gain", "text": "Quick."}]
    make_patterns(3, consequences=gains)
    monkeypatch.setattr(listing, "CANDIDATE_COUNT", 2)

    html = client.get("/patterns/?-gains=security").content.decode()

    assert "At least 2 entries" in html
    assert '<abbr title="or more">+</abbr>' in html
    assert "the best of more matches" not in html


def test_a_sentence_leads_to_the_symptoms_first(client: Client):
    make_pattern("01", name="Saga", symptoms=["Half a trip is booked and nobody undoes it."])

    sentence = client.get("/patterns/?q=half+a+trip+is+booked+here").content.decode()
    words = client.get("/patterns/?q=trip+booked").content.decode()

    lead = 'href="/find/?q=half%20a%20trip%20is%20booked%20here"'
    assert sentence.index(lead) < sentence.index('id="entries"')
    assert words.index('href="/find/?q=trip%20booked"') > words.index('id="entries"')
