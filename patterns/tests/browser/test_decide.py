"""The record of a decision, as it is taken along: copied, or printed."""

import re

import pytest
from playwright.sync_api import Page, expect

from patterns.tests.browser.catalogues import make_given
from patterns.tests.browser.conftest import NewPage

RECORD = "/decide/?choose=06&considered=24&symptom=06.1"


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    make_given()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_copying_is_offered_only_where_it_works(new_page: NewPage, has_javascript: bool):
    page = new_page(java_script_enabled=has_javascript)
    page.goto(RECORD)

    button = page.get_by_text("Copy as Markdown")
    expect(button).to_be_visible(visible=has_javascript)
    expect(page.get_by_role("link", name="Open as Markdown")).to_be_visible()


@pytest.fixture
def paper(new_page: NewPage) -> Page:
    page = new_page(viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    return page


def test_a_record_and_its_rival_fit_on_two_sheets(paper: Page):
    paper.goto(RECORD)

    sheets = re.findall(rb"/Type /Page\b(?!s)", paper.pdf(prefer_css_page_size=True, format="A4"))

    assert len(sheets) == 2


def test_a_sheet_has_the_record_and_nothing_of_the_site_above_it(paper: Page):
    paper.goto("/decide/?choose=06&date=2026-13-40")

    expect(paper.locator(".masthead")).to_be_hidden()
    expect(paper.locator(".decide-remarks")).to_be_hidden()
    expect(paper.get_by_role("heading", name="Use Saga Pattern")).to_be_visible()


@pytest.mark.parametrize(("query", "is_blank"), [("", True), ("&date=2026-11-29", False)])
def test_a_date_that_is_not_known_is_left_to_the_pen(paper: Page, query: str, is_blank: bool):
    paper.goto(f"{RECORD}{query}")

    expect(paper.get_by_text("Date: ____")).to_be_visible(visible=is_blank)
    paper.emulate_media(media="screen")
    expect(paper.get_by_text("Date: ____")).to_be_hidden()


def test_a_sheet_says_where_its_sources_are(paper: Page):
    paper.goto(RECORD)
    after = "(one) => getComputedStyle(one, '::after').content"
    source = paper.locator(".record-evidence a").first

    assert str(source.get_attribute("href")) in source.evaluate(after)
    paper.emulate_media(media="screen")
    assert source.evaluate(after) == "none"
