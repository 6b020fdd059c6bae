"""Every public page in a real browser; the fixtures fail each test whose page logged an error or broke the policy.

A test looks at all pages of a catalogue in one go: the catalogue is made anew for each test, which takes a while.
"""

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect

from patterns.models import Pattern
from patterns.tests.browser.audit import broken_rules, keyboard_problems, line_count, too_small, too_wide
from patterns.tests.browser.catalogues import HOSTILE_COUNT, make_awkward, make_given
from patterns.tests.browser.conftest import NewPage
from patterns.tests.factories import change_pattern, make_patterns

COMPARED = "/compare/?pattern=saga-pattern&pattern=outbox-pattern&pattern=event-sourcing-pattern"
LAB = "/patterns/circuit-breaker-pattern/lab/"
GIVEN = [
    *("/", "/symptoms/", "/patterns/", "/patterns/?q=data", "/patterns/?q=cirkut+braker", "/patterns/saga-pattern/"),
    "/patterns/publish-subscribe-pattern/",  # five diagrams, and code
    *("/patterns/saga-pattern/history/", "/categories/data-pattern/", "/compare/", COMPARED, "/map/", "/about/"),
    *("/matrix/", "/matrix/?quality=latency", "/find/", "/find/?symptom=06.1&symptom=07.1&limit=durability&q=saga"),
    *("/decide/", "/decide/?choose=06&considered=24&with=07&symptom=06.1&have=16&date=2026-13-40"),
    *("/lab/", LAB, f"{LAB}?preset=bulkhead&workers=30&seed=7", f"{LAB}?workers=999&nothing=1"),
    *("/patterns/saga-pattern/suggest/", "/patterns/saga-pattern/suggest/?sent=1"),
    *("/api/v1/docs", "/nothing/", "/changes/", "/categories/"),
]
AWKWARD_COMPARED = "/compare/?" + "&".join(f"pattern=hostile-{number}" for number in range(HOSTILE_COUNT))
AWKWARD = [
    "/symptoms/",
    *("/", "/patterns/", "/patterns/?q=x", "/patterns/saga/", "/patterns/saga/history/", "/patterns/bare/"),
    *(f"/patterns/hostile-{number}/" for number in range(HOSTILE_COUNT)),
    *("/patterns/hostile-2/history/", AWKWARD_COMPARED, "/compare/?pattern=%22%3E%3Cb%3E&pattern=saga"),
    *("/map/", "/map/?entry=hostile-2", "/patterns/gone/", "/patterns/hostyle-2/", "/categories/section-2/"),
    *("/categories/j/", "/patterns/?category=j", "/compare/?pattern=bare&pattern=saga", "/map/?entry=saga"),
    *("/matrix/", "/matrix/?quality=security"),
    *(
        "/changes/",
        "/categories/",
        "/find/?symptom=H0.1&limit=security",
        "/decide/?choose=H0&considered=H1&with=H2&deciders=%22%3E%3Cb%3E",
    ),
    "/patterns/?category=section-2&-category=section-1&gains=security&-costs=latency",
]
WIDTHS = pytest.mark.parametrize("width", [320, 1280])


@pytest.fixture
def given_pages(transactional_db) -> list[str]:
    make_given()
    change_pattern(
        Pattern.objects.get(code="06"), description="Undoes, step by step, what cannot be taken back at once."
    )
    return GIVEN


@pytest.fixture
def awkward(transactional_db) -> list[str]:
    make_awkward()
    return AWKWARD


def problems(page: Page, paths: Iterable[str], look: Callable[[Page], list[str]]) -> list[str]:
    """What a look at each page finds."""
    return [f"{path}: {found}" for path in paths for found in opened(page, path) or look(page)]


def opened(page: Page, path: str) -> list[str]:
    response = page.goto(path)
    return [] if response and response.status in (200, 400, 404, 410) else ["does not open"]


# At all widths, by the newest axe: patterns/tests/browser/standards.
def test_the_given_entries_are_accessible_on_a_phone(page: Page, given_pages: list[str]):
    assert problems(page, given_pages, lambda one: broken_rules(one, width=320)) == []


@WIDTHS
def test_awkward_entries_are_accessible(page: Page, awkward: list[str], width: int):
    assert problems(page, awkward, lambda one: broken_rules(one, width=width)) == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_no_text_is_wider_than_the_screen_and_no_target_too_small(new_page: NewPage, awkward: list[str], width: int):
    page = new_page(viewport={"width": width, "height": 640})

    assert problems(page, awkward, lambda one: too_wide(one) + too_small(one)) == []


def test_the_given_pages_fit_a_small_phone_and_a_finger(new_page: NewPage, given_pages: list[str]):
    page = new_page(viewport={"width": 320, "height": 640})

    assert problems(page, given_pages, lambda one: too_wide(one) + too_small(one)) == []


def test_targets_are_large_enough_on_a_desk(page: Page, given_pages: list[str]):
    assert problems(page, given_pages, too_small) == []


@WIDTHS
def test_everything_is_reached_and_seen_by_keyboard(new_page: NewPage, given_pages: list[str], width: int):
    page = new_page(viewport={"width": width, "height": 640}, reduced_motion="reduce")

    assert problems(page, given_pages, keyboard_problems) == []


@WIDTHS
def test_the_keyboard_reaches_everything_whatever_it_is_called(new_page: NewPage, awkward: list[str], width: int):
    page = new_page(viewport={"width": width, "height": 640}, reduced_motion="reduce")

    assert problems(page, awkward, keyboard_problems) == []


@pytest.mark.usefixtures("given_pages")
def test_the_keyboard_meets_the_skip_link_first(page: Page):
    page.goto("/patterns/saga-pattern/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.usefixtures("awkward")
def test_the_contents_lead_to_the_sections_and_follow_the_reading(page: Page):
    page.goto("/patterns/saga/")
    link = page.get_by_role("navigation", name="On this page").get_by_role("link", name="Gains and costs")

    link.click()

    expect(page.get_by_role("heading", name="Gains and costs", exact=True)).to_be_in_viewport()
    expect(link).to_be_in_viewport()
    expect(link).to_have_attribute("aria-current", "true")


@pytest.mark.usefixtures("transactional_db")
def test_a_count_stays_on_its_line(page: Page):
    make_patterns(12, category="Service Communication Pattern")
    page.goto("/patterns/")

    count = page.locator(".option-count").first

    expect(count).to_have_text("12")
    assert line_count(count) == 1
