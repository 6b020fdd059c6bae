"""The form of an entry as somebody sees it: how high, how wide, where the focus is, and its preview beside it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Pattern
from patterns.tests.browser.audit import scrolls_sideways, too_small, violations
from patterns.tests.browser.catalogues import make_given
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import LIST, press, send, unfold
from patterns.tests.factories import make_rich_pattern
from patterns.tests.workflow.staff import by, person

FORMER_HEIGHT = 5_541  # of the form of Bulkhead, when it had a fifth of what it says now
WIDTHS = (390, 768, 1280)
STOCK = (
    "Your notifications",
    "View site",
    "Change password",
    "Log out",
)  # links of Django's head, which are no larger than text
SAID = "What is sent or done. This field is required."
FADE_MS = 500  # links of Django's take a while to the colour of another scheme
SLOW_MS = 20_000  # a preview is asked for a moment after the last key
FormOf = Callable[..., Page]
UNFOLD = "document.querySelectorAll('#pattern_form fieldset > details').forEach((one) => { one.open = true; })"
WIDTHS_OF_ADDRESSES = "(fields) => fields.filter((one) => one.checkVisibility()).map((one) => one.offsetWidth)"
SMALL_TEXT = """() => [...document.querySelectorAll("#pattern_form *, .sections *")]
    .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .submit-row"))
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 13.9)
    .map((one) => one.outerHTML.slice(0, 90))"""
# Whether what is focused is in sight, and nothing that sticks lies over it.
IS_SEEN = """() => {
    const box = document.activeElement.getBoundingClientRect();
    const on = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return on === document.activeElement;
}"""


@pytest.fixture
def form_of(new_page: NewPage, live_server: LiveServer, ada: User) -> FormOf:
    """The form of an entry, opened by an editor whose own it is."""

    def opened(code: str, *, width: int = 1280, **options: object) -> Page:
        page = new_page(viewport={"width": width, "height": 800}, **options)
        page.context.add_cookies([session_of(ada, live_server.url)])
        page.goto(f"{LIST}{Pattern.objects.get(code=code).pk}/change/")
        page.wait_for_load_state()
        return page

    return opened


@pytest.fixture
def ada(transactional_db) -> User:
    return person("editor", "Ada")


def test_the_form_of_a_full_entry_is_low_and_legible(form_of: FormOf):
    make_given()
    page = form_of(Pattern.objects.get(name="Bulkhead Pattern").code)

    assert page.evaluate("document.documentElement.scrollHeight") <= 0.6 * FORMER_HEIGHT
    page.evaluate(UNFOLD)
    addresses = page.locator("#references-group .field-url input").evaluate_all(WIDTHS_OF_ADDRESSES)
    assert len(addresses) == 7
    assert min(addresses) >= 400
    assert page.evaluate(SMALL_TEXT) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_and_axe_finds_nothing(form_of: FormOf, ada: User, width: int):
    make_rich_pattern(status="draft", by=by(ada))
    page, wrong = form_of("01", width=width, bypass_csp=True), []
    for _ in ("as it is", "refused"):
        page.evaluate(UNFOLD)
        wrong += scrolls_sideways(page) + [one for one in too_small(page) if not any(name in one for name in STOCK)]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(FADE_MS)
            wrong += [f"{scheme}: {one}" for one in violations(page)]
        page.locator("[name=steps-1-message]").fill("")
        page.locator("[name=name]").fill("")
        send(page, "Save")
        expect(page.locator("#faults")).to_be_visible()

    assert wrong == []


@pytest.mark.parametrize("java_script_enabled", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_error_has_the_focus_and_the_others_are_a_link_away(
    form_of: FormOf, ada: User, width: int, java_script_enabled: bool
):
    make_rich_pattern(status="draft", by=by(ada))
    page = form_of("01", width=width, java_script_enabled=java_script_enabled)
    page.get_by_label("Slug:").fill("a_b")
    unfold(page, "steps")
    page.locator("[name=steps-1-message]").fill("")
    send(page, "Save")

    expect(page.get_by_label("Slug:")).to_be_focused()
    assert page.evaluate(IS_SEEN)
    page.get_by_role("link", name="Steps, row 2: Message").click()
    expect(page.locator("[name=steps-1-message]")).to_be_focused()
    assert page.evaluate(IS_SEEN)
    expect(page.locator("[name=steps-1-message]")).to_have_accessible_description(SAID)


def test_a_link_of_the_list_opens_its_section(form_of: FormOf, ada: User):
    make_rich_pattern(status="draft", by=by(ada))
    page = form_of("01", java_script_enabled=False)
    expect(page.locator("[name=examples-0-title]")).to_be_hidden()

    page.locator(".sections").get_by_role("link", name="Examples").click()

    expect(page.locator("[name=examples-0-title]")).to_be_in_viewport()


def test_the_preview_beside_follows_what_is_typed(form_of: FormOf, ada: User):
    make_rich_pattern(status="draft", by=by(ada))
    page = form_of("01")
    beside = page.frame_locator("iframe[name=beside]")
    page.get_by_text("Preview beside").click()
    expect(beside.get_by_role("heading", level=1)).to_have_text("Pattern 01", timeout=SLOW_MS)

    page.get_by_label("Name:").fill("Another name")
    expect(beside.get_by_role("heading", level=1)).to_have_text("Another name", timeout=SLOW_MS)
    page.get_by_label("Name:").fill("")
    expect(beside.get_by_text("Name: This field is required.")).to_be_visible(timeout=SLOW_MS)

    expect(page.get_by_label("Name:")).to_be_focused()
    assert page.evaluate("history.length") == 2
    assert scrolls_sideways(page) == []
    assert Pattern.objects.get().name == "Pattern 01"


def test_without_scripts_a_button_shows_it(form_of: FormOf, ada: User):
    make_rich_pattern(status="draft", by=by(ada))
    page = form_of("01", java_script_enabled=False)
    page.get_by_text("Preview beside").click()
    page.get_by_label("Name:").fill("Another name")

    press(page, "Show what stands in the form")

    expect(page.frame_locator("iframe[name=beside]").get_by_role("heading", level=1)).to_have_text(
        "Another name", timeout=SLOW_MS
    )
