"""What publishers do to categories: put them in order, give one another address, merge two; in real browsers."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Change
from patterns.store.reading import load_document, load_entries
from patterns.tests.browser.conftest import DeskOf, NewPage, session_of
from patterns.tests.browser.steps import follow, press, told
from patterns.tests.factories import make_category, make_pattern
from patterns.tests.workflow.staff import person

LIST = "/admin/patterns/category/"


@pytest.fixture(autouse=True)
def _shelves(transactional_db) -> None:
    make_pattern("01", category="Ark")
    make_pattern("02", category="Bar", status="draft")
    make_category("Cod")


def shown(page: Page) -> list[str]:
    return page.locator("[data-order] th a").all_inner_texts()


def test_rows_are_dragged_and_saved_by_one_submit(new_page: NewPage, live_server: LiveServer):
    page = new_page()
    page.context.add_cookies([session_of(person("publisher"), live_server.url)])
    page.goto(LIST)
    before = Change.objects.count()

    rows = page.locator("[data-order] tr")
    rows.nth(2).drag_to(rows.nth(0), target_position={"x": 20, "y": 2})
    assert shown(page) == ["Cod", "Ark", "Bar"]
    expect(page.locator("#order-said")).to_have_text("Not saved yet.")
    rows.nth(1).drag_to(rows.nth(2), target_position={"x": 20, "y": 30})
    assert shown(page) == ["Cod", "Bar", "Ark"]
    assert [*load_document().categories] == ["ark", "bar", "cod"]
    press(page, "Save this order")

    told(page, "put the categories into this order")
    assert [*load_document().categories] == ["cod", "bar", "ark"]
    assert Change.objects.count() == before + 1


def test_rows_are_moved_by_the_keyboard_and_saved(desk_of: DeskOf):
    page = desk_of("publisher")
    page.goto(LIST)

    page.get_by_role("button", name="Move Cod up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move Cod up")).to_be_focused()
    assert shown(page) == ["Ark", "Cod", "Bar"]
    page.keyboard.press("Enter")
    expect(page.locator("[data-order] th a").first).to_have_text("Cod")
    page.get_by_label("What and why").fill("By size.")
    press(page, "Save this order")

    told(page, "put the categories into this order")
    assert [*load_document().categories] == ["cod", "ark", "bar"]
    assert Change.objects.first().comment == "By size."


def test_a_category_gets_another_address_and_another_is_merged_into_it(desk_of: DeskOf, new_page: NewPage):
    page, reader = desk_of("publisher"), new_page()
    page.goto(LIST)
    follow(page, "Ark")
    follow(page, "Another address")
    page.get_by_label("New address").fill("boats")
    page.get_by_label("Why").fill("Its name changes next.")
    press(page, "Give it this address")
    told(page, "gave it another address")
    reader.goto("/categories/ark/")
    expect(reader).to_have_url("/categories/boats/")

    page.goto(LIST)
    follow(page, "Bar")
    follow(page, "Merge into another")
    expect(page.get_by_text("1 entry moves: 1 a draft.")).to_be_visible()
    page.get_by_label("Merge it into").select_option("Ark")
    page.get_by_label("Why").fill("They are one.")
    press(page, "Merge")

    told(page, "merged Bar into Ark, with 1 entry.")
    assert {one.category for one in load_entries().values()} == {"Ark"}
    assert [*load_document().categories] == ["boats", "cod"]
