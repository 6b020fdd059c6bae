"""The matrix in a browser: marks that open their sentences without any script, and its looks at every width."""

import re

import pytest
from playwright.sync_api import Page, expect

from patterns.tests.browser.audit import broken_rules, too_small, too_wide
from patterns.tests.browser.catalogues import make_given
from patterns.tests.browser.conftest import NewPage

pytestmark = pytest.mark.usefixtures("given")
PATHS = ["/matrix/", "/matrix/?quality=latency", "/matrix/?category=data-pattern", "/categories/data-pattern/"]
NAME = "cell-06-latency"


@pytest.fixture
def given(transactional_db):
    make_given()


@pytest.fixture
def bare_page(new_page: NewPage) -> Page:
    return new_page(java_script_enabled=False)


def test_a_mark_opens_its_sentences_by_keyboard_and_without_javascript(bare_page: Page):
    bare_page.goto("/matrix/")
    cell, note = bare_page.locator(f"[popovertarget={NAME}]").first, bare_page.locator(f"[id={NAME}]")
    expect(note).to_be_hidden()

    cell.press("Enter")

    expect(note).to_contain_text("Shown in the lab")
    expect(note.get_by_role("link", name="Saga Pattern")).to_be_in_viewport()
    bare_page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(cell).to_be_focused()


def test_a_mark_tells_a_screen_reader_its_sentences(page: Page):
    page.goto("/matrix/")

    cell = page.locator(f"[popovertarget={NAME}]").first

    expect(cell).to_have_accessible_name("latency cost, shown in the lab")
    expect(cell).to_have_accessible_description(re.compile("^cost The saga log adds"))


def test_the_qualities_stay_in_sight(new_page: NewPage):
    page = new_page(viewport={"width": 1280, "height": 600})
    page.goto("/matrix/")

    page.get_by_role("rowheader", name="Saga Pattern").first.scroll_into_view_if_needed()

    expect(page.get_by_role("columnheader", name="latency")).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_it_is_accessible_at_every_width(new_page: NewPage, width: int):
    page = new_page(viewport={"width": width, "height": 800})
    found = []
    for path in PATHS:
        page.goto(path)
        found += [f"{path}: {one}" for one in (*too_wide(page), *too_small(page), *broken_rules(page, width=width))]
    page.goto("/matrix/")
    page.locator(f"[popovertarget={NAME}]").first.click()
    # What lies below the open note is no target meanwhile.
    found += [one for one in broken_rules(page, width=width) if "target-size" not in one]

    assert found == []
