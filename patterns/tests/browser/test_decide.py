"""The record of a decision, as it is taken along: copied, or printed."""

import pytest
from playwright.sync_api import expect

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
