"""Pages on paper: what can be read stays, what can only be clicked goes, and where it stands is said."""

import re

import pytest
from playwright.sync_api import Page, expect

from patterns.tests.browser.audit import line_count
from patterns.tests.browser.conftest import NewPage
from patterns.tests.factories import RICH, change_header, entry, import_entries, make_pattern

A4 = {"width": 794, "height": 1123}
COST = {"quality": "interoperability", "sign": "cost", "text": "Each side has to speak both."}
PATHS = [
    "/symptoms/",
    *("/", "/patterns/", "/patterns/?q=undoes", "/patterns/saga/", "/patterns/saga/history/", "/categories/shelf/"),
    *("/compare/?pattern=saga&pattern=outbox", "/map/", "/map/?entry=saga", "/about/", "/api/v1/docs"),
    *("/lab/", "/patterns/circuit-breaker-pattern/lab/", "/patterns/circuit-breaker-pattern/lab/?workers=30"),
]
CONTROLS = ("navigation", "button", "checkbox", "searchbox", "combobox")
WHITE = "rgb(255, 255, 255)"


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    change_header(title="Systems")
    outbox = entry("02", name="Outbox", category="Shelf", consequences=[COST])
    saga = {**RICH, "category": "Shelf", "relations": [{"type": "uses", "target": "02", "why": "To send."}]}
    breaker = entry("10", name="Circuit Breaker Pattern", category="Shelf")
    import_entries([outbox, breaker, entry("01", name="Saga", description="Undoes what was done.", **saga)])


@pytest.fixture
def paper(new_page: NewPage) -> Page:
    page = new_page(viewport=A4)
    page.emulate_media(media="print", color_scheme="dark")
    return page


def test_only_the_text_remains(paper: Page):
    for path in PATHS:
        paper.goto(path)

        for role in CONTROLS:
            # What can be pressed in the matrix is a sign on paper, which it needs there.
            expect(paper.get_by_role(role).and_(paper.locator(":not(.matrix-cell)"))).to_have_count(0)
        expect(paper.locator("body")).to_have_css("background-color", WHITE)


def test_every_sheet_says_where_its_text_stands(paper: Page):
    for path in PATHS:
        paper.goto(path)

        expect(paper.locator("body > footer").get_by_text(path)).to_be_visible()


def test_nothing_is_wider_than_the_sheet(paper: Page):
    found = [(path, paper.evaluate("document.documentElement.scrollWidth")) for path in PATHS if paper.goto(path)]

    assert found == [(path, A4["width"]) for path in PATHS]


def test_a_list_of_entries_is_a_list_and_not_boxes(paper: Page):
    paper.goto("/patterns/")
    cards = paper.locator(".card")

    lefts = cards.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().left)")

    assert len({*lefts}) == 1
    expect(cards.first).to_have_css("border-left-width", "0px")


def test_long_descriptions_are_not_cut(paper: Page):
    make_pattern("03", description="long words " * 80, category="Shelf")
    paper.goto("/patterns/")

    text = paper.locator(".card-text").last

    assert text.evaluate("(one) => one.scrollHeight <= one.clientHeight")


def test_no_quality_is_broken_in_two(paper: Page):
    paper.goto("/compare/?pattern=saga&pattern=outbox")

    names = paper.get_by_role("rowheader", name="Interoperability").all()
    assert [line_count(name) for name in names] == [1, 1]


def test_the_map_says_what_its_lines_mean(paper: Page):
    paper.goto("/map/")

    expect(paper.locator(".map-type .sample")).to_be_visible()
    expect(paper.locator(".map-type")).to_have_text(re.compile("uses"))


def test_what_an_entry_first_said_is_read_without_a_click(paper: Page):
    paper.goto("/patterns/saga/history/")

    expect(paper.get_by_text("Undoes what was done.")).to_be_visible()


def test_what_is_longer_than_a_page_is_laid_out_as_blocks(paper: Page):
    """Chromium prints the footer over a flex box or a grid that goes on behind the end of a page."""
    paper.goto("/patterns/saga/history/")

    for name in ("body", ".revision"):
        expect(paper.locator(name).first).to_have_css("display", "block")


def test_what_is_folded_on_the_screen_is_open(paper: Page):
    """But for what is there to be clicked, or says once more what is drawn."""
    for path in PATHS:
        paper.goto(path)

        shut = ".lab-settings, .lab-twin, .lab-source, nav *, .citing *"
        folded = paper.locator(f"main details:not({shut}) > :not(summary)").all()
        assert [one.inner_text() for one in folded if not one.is_visible()] == [], path


def test_no_heading_is_left_behind_at_the_end_of_a_sheet(paper: Page):
    for path in PATHS:
        paper.goto(path)

        headings = paper.locator("main :is(h1, h2, h3, h4, dt, summary, caption)")
        assert {*headings.evaluate_all("(all) => all.map((one) => getComputedStyle(one).breakAfter)")} == {"avoid"}, (
            path
        )
