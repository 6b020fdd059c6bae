"""A publisher curates in a real browser; a page that breaks the policy fails its test."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.store.reading import load_entries
from patterns.tests.admin.forms import EVERYTHING, make_staff
from patterns.tests.browser.conftest import DeskOf, NewPage
from patterns.tests.browser.steps import LIST, choose_file, fill_row, unfold
from patterns.tests.factories import make_pattern, make_rich_pattern


@pytest.fixture
def desk(desk_of: DeskOf) -> Page:
    return desk_of("publisher")


def test_an_editor_changes_an_entry_and_its_parts(desk: Page):
    make_rich_pattern()
    desk.goto(LIST)
    desk.get_by_role("link", name="Pattern 01").click()

    desk.get_by_label("Problem:").fill("One line.\nAnother line.")
    unfold(desk, "steps")
    desk.locator("[name=steps-0-DELETE]").check()
    fill_row(desk, "steps", 2, sender="Orders", receiver="Payments", message="refund")
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.locator(".messagelist .success")).to_be_visible()
    after = load_entries()["01"]
    assert after.problem == "One line.\nAnother line."
    assert [step.message for step in after.steps] == ["declined", "refund"]


def test_a_refused_form_keeps_the_text_and_says_why(desk: Page):
    make_pattern(status="draft")
    desk.goto(LIST)
    desk.get_by_role("link", name="Pattern 01").click()
    desk.get_by_label("Slug:", exact=True).fill("Not_a_slug")
    desk.get_by_label("Solution:").fill("An hour of work.")
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.locator(".errornote")).to_be_visible()
    expect(desk.locator(".field-slug .errorlist")).to_contain_text("try 'not-a-slug'")
    expect(desk.get_by_label("Solution:")).to_have_value("An hour of work.")


@pytest.mark.parametrize("size", [17_000_000, 20_000_000], ids=["over_limit", "over_handler"])
def test_a_file_that_is_too_large_is_refused_on_the_same_page(desk: Page, tmp_path: Path, size: int):
    path = tmp_path / "catalog.toml"
    path.write_text("#" * size)

    choose_file(desk, path)

    expect(desk.locator(".problems li, .errorlist li").first).to_be_visible()
    expect(desk.get_by_role("button", name="Show the plan")).to_be_visible()


def downloaded(page: Page) -> str:
    page.get_by_label("Format").select_option("toml")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_an_editor_exports_the_whole_catalogue(desk: Page):
    make_rich_pattern()
    desk.goto(LIST)

    desk.get_by_role("link", name="Export", exact=True).click()
    text = downloaded(desk)

    assert 'code = "01"' in text
    assert "base = " in text


def test_an_editor_exports_selected_entries(desk: Page):
    make_pattern("01")
    make_pattern("02")
    desk.goto(LIST)
    desk.get_by_role("row", name="02 Pattern 02").get_by_role("checkbox").check()
    desk.get_by_label("Action:").select_option("Export selected patterns")
    desk.get_by_role("button", name="Go").click()

    text = downloaded(desk)

    assert 'code = "02"' in text
    assert 'code = "01"' not in text
    assert "partial = true" in text


def test_the_record_of_changes_can_be_read(desk: Page):
    make_rich_pattern()
    desk.goto("/admin/patterns/change/")
    desk.locator("#result_list tbody th a").first.click()
    desk.get_by_role("link", name="entry 01").click()

    expect(desk.get_by_role("heading", name="What it changed")).to_be_visible()
    expect(desk.locator(".differences ins").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "import/", "export/"])
def test_pages_fit_a_narrow_screen(new_page: NewPage, live_server: LiveServer, scheme: str, path: str):
    make_staff(*EVERYTHING, password="A long pass phrase")
    make_rich_pattern()
    page = new_page(color_scheme=scheme, viewport={"width": 320, "height": 640})
    page.goto(f"/admin/login/?next={LIST}{path}")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("A long pass phrase")
    page.get_by_role("button", name="Log in").click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
