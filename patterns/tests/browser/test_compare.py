"""Entries side by side in a real browser: on narrow screens, folded, and as an answer to a question."""

import pytest
from playwright.sync_api import Page, expect

from patterns.tests.browser.audit import broken_rules, scrolls_sideways
from patterns.tests.browser.catalogues import make_given
from patterns.tests.browser.conftest import NewPage

PAIR = "/compare/?pattern=saga-pattern&pattern=two-phase-commit-pattern"
FOUR = f"{PAIR}&pattern=outbox-pattern&pattern=circuit-breaker-pattern"

# What of the heads of columns lies outside its column, or below another head.
HEADS = """() => {
    const heads = [...document.querySelectorAll(".balance thead th")].map((one) => one.getBoundingClientRect());
    const links = [...document.querySelectorAll(".balance thead a")].filter((one) => {
        const inner = one.getBoundingClientRect(), outer = one.closest("th").getBoundingClientRect();
        return inner.left < outer.left - 1 || inner.right > outer.right + 1;
    });
    return [new Set(heads.map((one) => one.top)).size, links.map((one) => one.textContent)];
}"""


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    make_given()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_the_names_stand_beside_each_other_on_every_screen(new_page: NewPage, width: int):
    page = new_page(viewport={"width": width, "height": 800})

    for path in (PAIR, FOUR):
        page.goto(path)
        assert scrolls_sideways(page) == []
        assert page.evaluate(HEADS) == [1, []]


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_keeps_anybody_from_it(page: Page, width: int):
    found = [(path, broken_rules(page, width=width)) for path in (PAIR, FOUR) if page.goto(path)]

    assert found == [(PAIR, []), (FOUR, [])]


def test_the_signs_are_seen_without_scrolling_far(new_page: NewPage):
    page = new_page(viewport={"width": 375, "height": 800})
    page.goto(PAIR)

    top = page.get_by_role("rowheader", name="Availability").first.evaluate("(one) => one.getBoundingClientRect().top")

    assert top < 2 * 800


def test_long_texts_open_by_keyboard_and_on_paper(page: Page):
    page.goto(PAIR)
    text = page.get_by_role("rowheader", name="Avoid it when")
    expect(text).not_to_be_visible()

    page.locator("summary", has_text="When to use it").focus()
    page.keyboard.press("Enter")
    expect(text).to_be_visible()

    page.keyboard.press("Enter")
    page.emulate_media(media="print")
    expect(text).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "names", "answer"),
    [
        (
            "saga two-phase commit",
            ("Saga Pattern", "Two-Phase Commit"),
            "Saga Pattern is an alternative to Two-Phase Commit",
        ),
        ("outbox", ("Outbox Pattern", "Saga Pattern"), "Saga Pattern uses Outbox Pattern"),
    ],
)
def test_which_of_two_is_answered_in_three_actions(new_page: NewPage, asked: str, names: tuple[str, str], answer: str):
    page = new_page(java_script_enabled=False)
    page.goto("/")

    page.get_by_role("searchbox").fill(asked)  # ask
    page.get_by_role("button", name="Search").click()
    for name in names:  # tick
        page.locator(".card", has=page.get_by_role("link", name=name, exact=True)).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare ticked").click()  # compare

    expect(page.get_by_role("heading", level=1)).to_have_text(answer)
    expect(page.get_by_role("link", name="Write this decision down: Saga Pattern")).to_be_visible()
    expect(page.locator(".signed-word").first).to_have_css("position", "static")  # nor over the sentence
