"""The pages of the lab in a real browser: what the general walks do not open."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from patterns.tests.browser.audit import keyboard_problems, too_small, too_wide, violations
from patterns.tests.browser.conftest import NewPage
from patterns.tests.factories import make_pattern

ADDRESS = "/patterns/circuit-breaker-pattern/lab/"
OWN, WRONG = f"{ADDRESS}?workers=30&seed=7", f"{ADDRESS}?workers=999&calls=many&nothing=1"
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"

# Text that reaches beyond its drawing by more than a unit.
OUTSIDE = """[...document.querySelectorAll("svg.drawing text")].filter((text) => {
    const inner = text.getBoundingClientRect(), outer = text.ownerSVGElement.getBoundingClientRect();
    return inner.left < outer.left - 1 || inner.right > outer.right + 1
        || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
}).map((text) => text.textContent)"""


@pytest.fixture(autouse=True)
def _breaker(transactional_db) -> None:
    make_pattern("10", name="W" * 60 + " نمط الملحمة", slug="circuit-breaker-pattern")


def looked_at(page: Page, look: Callable[[Page], list[str]]) -> list[str]:
    """What a look finds with everything open that can be opened."""
    found = []
    for path in ("/lab/", ADDRESS, OWN, WRONG):
        page.goto(path)
        page.evaluate(OPEN)
        found += [f"{path}: {one}" for one in look(page)]
    return found


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_what_can_be_opened_is_accessible_too(new_page: NewPage, width: int, scheme: str):
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")

    assert looked_at(page, violations) == []


@pytest.mark.parametrize("width", [320, 1024])
def test_nothing_is_wider_than_the_screen_or_too_small_to_hit(new_page: NewPage, width: int):
    page = new_page(viewport={"width": width, "height": 640})

    assert looked_at(page, lambda one: too_wide(one) + too_small(one)) == []


def test_everything_is_reached_by_keyboard(new_page: NewPage):
    page = new_page(viewport={"width": 640, "height": 640}, reduced_motion="reduce")

    assert looked_at(page, keyboard_problems) == []


def test_no_letter_leaves_its_drawing(page: Page):
    assert looked_at(page, lambda one: one.evaluate(OUTSIDE)) == []


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_reader_sets_something_and_sees_it_run(new_page: NewPage, has_javascript: bool):
    page = new_page(java_script_enabled=has_javascript)
    page.goto(ADDRESS)

    timeout = page.locator(".lab-settings").get_by_label("Timeout of a call")
    page.get_by_text("Change the load, the fault or the pattern").click()
    timeout.fill("300")
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_role("heading", name="Your own settings")).to_be_visible()
    expect(timeout).to_have_value("300")
    expect(page.get_by_text("The verdict is of 10 runs")).to_be_visible()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_reader_works_out_numbers_of_ones_own(new_page: NewPage, has_javascript: bool):
    page = new_page(java_script_enabled=has_javascript)
    page.goto(f"{ADDRESS}?preset=long-timeout")

    page.get_by_label("Calls to the dependency").fill("500")
    page.get_by_role("button", name="Work it out").click()

    expect(page.get_by_text("its calls would hold 500 workers at once")).to_be_visible()
    expect(page.get_by_role("heading", name="A long timeout")).to_be_visible()


def test_the_first_chart_begins_within_one_and_a_half_screens(new_page: NewPage):
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto(ADDRESS)

    assert page.locator("svg.chart").first.bounding_box()["y"] <= 1.5 * 900


def test_what_cannot_be_is_marked_and_mended(page: Page):
    page.goto(WRONG)
    field = page.locator(".lab-settings").get_by_label("Workers", exact=True)

    expect(field).to_have_accessible_description(re.compile("“999” cannot be; give a whole number from 2 to 60."))
    expect(page.get_by_role("alert")).to_contain_text("3 things that cannot be")
    field.fill("12")
    page.get_by_label("Dependent requests").fill("30")
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_role("heading", name="Your own settings")).to_be_visible()


def test_a_chart_is_a_picture_with_a_name_and_a_table(page: Page):
    page.goto(ADDRESS)

    chart = page.get_by_role("img", name="Requests answered, a second")
    expect(chart).to_have_accessible_description("A line chart. The table below it holds the same numbers.")
    page.locator(".lab-one").get_by_text("The same as a table").nth(1).click()
    expect(page.get_by_role("table", name="Requests answered, a second").get_by_role("row")).to_have_count(46)
