"""Readers on their way through the site; with scripts, and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from patterns.files.reader import read_one
from patterns.models import Pattern
from patterns.tests.browser.conftest import NewPage
from patterns.tests.factories import RICH, change_pattern, entry, import_entries

RELATED = [{"type": "alternative to", "target": "02", "why": "Both publish."}]


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    plain = [entry(f"{number:02}", category=f"Shelf {number % 2}") for number in range(3, 7)]
    outbox = entry("02", name="Outbox", category="Shelf 0", description="Keeps messages beside the data.")
    saga = entry("01", name="Saga", **{**RICH, "category": "Shelf 1", "relations": RELATED})
    import_entries([*plain, outbox, saga])


@pytest.fixture
def bare_page(new_page: NewPage) -> Page:
    return new_page(java_script_enabled=False)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(text))


def tick(page: Page, name: str) -> None:
    page.get_by_label(f"Compare {name}", exact=True).check()


@pytest.mark.smoke
def test_a_reader_finds_an_entry_and_its_category_and_takes_the_data(page: Page):
    page.goto("/")
    page.get_by_role("searchbox").fill("saga")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Saga", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="Shelf 1").first.click()
    heading(page, "Shelf 1")
    page.get_by_role("link", name="Data", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Whole catalogue (TOML)").click()

    entries = read_one(started.value.path().read_bytes()).document.entries
    assert {"01", "02"} <= set(entries)


@pytest.mark.smoke
def test_a_reader_compares_two_entries(page: Page):
    page.goto("/")
    tick(page, "Saga")
    tick(page, "Outbox")
    page.get_by_role("button", name="Compare ticked").click()

    heading(page, "Saga is an alternative to Outbox")
    expect(page.get_by_text("One or the other")).to_be_visible()


def test_without_scripts_search_and_facets_work(bare_page: Page):
    bare_page.goto("/")
    bare_page.get_by_role("searchbox").fill("messages")
    bare_page.get_by_role("button", name="Search").click()
    bare_page.locator(".facet").get_by_role("link", name=re.compile("^Shelf 0")).click()

    expect(bare_page.locator(".card-name")).to_have_text(["Outbox"])
    assert "q=messages" in bare_page.url
    assert "category=shelf-0" in bare_page.url


def test_without_scripts_entries_are_compared_and_narrowed_to_differences(bare_page: Page):
    bare_page.goto("/patterns/")
    for name in ("Saga", "Outbox"):
        tick(bare_page, name)
    bare_page.get_by_role("button", name="Compare ticked").click()
    expect(bare_page.get_by_role("rowheader", name="In short")).to_be_visible()
    bare_page.get_by_role("link", name="Differences only").click()

    expect(bare_page.get_by_role("link", name="Show everything")).to_be_visible()


def test_without_scripts_the_map_is_filtered_and_followed(bare_page: Page):
    bare_page.goto("/map/")
    bare_page.get_by_label(re.compile("alternative to")).check()
    bare_page.get_by_role("button", name="Show").click()
    bare_page.get_by_role("table").get_by_role("link", name="Saga").first.click()

    heading(bare_page, "Saga")


def test_without_scripts_the_history_is_read(bare_page: Page):
    saga = change_pattern(Pattern.objects.get(code="01"), description="New words.")

    bare_page.goto(saga.get_absolute_url())
    bare_page.get_by_role("link", name="Every change").click()

    expect(bare_page.locator("ins").filter(has_text="New words").first).to_be_visible()


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_without_scripts_an_entry_is_taken_away(bare_page: Page, suffix: str):
    bare_page.goto("/patterns/saga/")

    with bare_page.expect_download() as started:
        bare_page.locator(f"a[href$='/patterns/saga.{suffix}']").first.click()

    assert "Saga" in started.value.path().read_text()


def test_without_scripts_no_control_is_there_that_would_do_nothing(bare_page: Page):
    bare_page.goto("/")

    expect(bare_page.get_by_role("button", name="Theme")).to_have_count(0)


def test_the_chosen_theme_is_kept(page: Page):
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    page.get_by_role("button", name="Theme: auto").click()
    page.goto("/about/")

    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(251, 250, 247)")


def test_a_stroke_leads_to_the_search_and_is_typed_once_there(page: Page):
    page.goto("/")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("a/b")

    expect(page.get_by_role("searchbox")).to_have_value("a/b")


def test_from_a_page_without_a_search_field_the_stroke_leads_to_one(page: Page):
    page.goto("/patterns/saga/")

    page.keyboard.press("/")

    heading(page, "All entries")
    expect(page.get_by_label("Search the catalogue")).to_be_focused()


def test_without_scripts_every_page_leads_to_the_search_field(bare_page: Page):
    bare_page.goto("/patterns/saga/")

    bare_page.get_by_role("link", name="Search", exact=True).click()

    expect(bare_page.get_by_label("Search the catalogue")).to_be_focused()


def test_the_button_to_compare_stays_in_sight_of_a_long_choice(page: Page):
    import_entries([entry(f"{number}") for number in range(100, 150)])
    page.goto("/compare/")
    button = page.get_by_role("button", name="Compare")
    expect(button).not_to_be_in_viewport()

    page.get_by_role("checkbox", name="Saga").check()

    expect(button).to_be_in_viewport()


def test_no_more_than_four_can_be_ticked(page: Page):
    page.goto("/patterns/")

    for name in ("Saga", "Outbox", "Pattern 03", "Pattern 04"):
        tick(page, name)

    expect(page.get_by_label("Compare Pattern 05")).to_be_disabled()
    expect(page.get_by_label("Compare Saga")).to_be_enabled()
