"""What is looked at on a page in the browser; each function says what is wrong, or nothing."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

# Axe works out in full only what is wrong: what is right would be megabytes of a long page, and nobody looks at it.
FOUND = {"preload": False, "resultTypes": ["violations"], "selectors": False}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **FOUND}
COLOUR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **FOUND}
OPERABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
STOPS = 700  # more than any page has

# Visible, and not part of a sentence: a link in a line of text may be as high as the line.
TOO_SMALL = """(operable) => {
    const inSentence = (one) => one.matches("a") && getComputedStyle(one).display === "inline" &&
        [...one.parentNode.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return [...document.querySelectorAll(operable)]
        .filter((one) => one.checkVisibility() && !one.matches(".skip-link") && !inSentence(one))
        .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.width} x ${box.height}`);
}"""

# Content may be wider than its own scroll container, which the keyboard can reach.
OUTSIDE = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .skip-link, [tabindex='0']"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => one.outerHTML.slice(0, 90))"""

REACHABLE = """(operable) => [...document.querySelectorAll(operable)]
    .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.disabled)
    .map((one, index) => { one.dataset.stop = index; return one.outerHTML.slice(0, 90); })"""

# An outline of its own or of what it draws over its card, on the screen, and not below something that sticks.
FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body || !one.dataset.stop) return null;
    const outlined = [undefined, "::after"].some((part) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one, part);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
    const isDrawn = one.matches("svg a") && getComputedStyle(one.querySelector(".box")).strokeWidth >= "2";
    const box = one.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, Math.min((box.top + box.bottom) / 2, box.top + 12)];
    const on = document.elementFromPoint(x, y);
    const cover = on && on.closest("thead, .compare-bar");
    const isCovered = cover && !cover.contains(one) && !one.contains(cover);
    const isOnScreen = box.bottom > 0 && box.top < innerHeight;
    const isOutlined = outlined || isDrawn;
    const problem = !isOutlined ? "has no outline" : !isOnScreen ? "is off the screen" : isCovered ? "is covered" : "";
    return [Number(one.dataset.stop), problem && `${one.outerHTML.slice(0, 90)} ${problem}`];
}"""

# With the rules of the release that is installed.
AXE = Axe()

LINES = """(one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
}"""


def broken_rules(page: Page, *, width: int, axe: Axe = AXE) -> list[str]:
    """What axe finds in the light page, and of its rules about colours in the dark one, where nothing else differs."""
    page.set_viewport_size({"width": width, "height": 800})
    found = []
    for scheme, rules in (("light", RULES), ("dark", COLOUR_RULES)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {one}" for one in violations(page, rules, axe)]
    return found


def violations(page: Page, rules: dict[str, Any] = RULES, axe: Axe = AXE) -> list[str]:
    """What axe finds in the page as it is shown."""
    results = axe.run(page, options=rules)
    return [f"{one['id']}: {node['html'][:200]}" for one in results.response["violations"] for node in one["nodes"]]


def too_small(page: Page) -> list[str]:
    """What a finger would miss: less than 24 pixels in either direction."""
    return page.evaluate(TOO_SMALL, OPERABLE)


def too_wide(page: Page) -> list[str]:
    return scrolls_sideways(page) + page.evaluate(OUTSIDE)


def scrolls_sideways(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"the page is {width} pixels too wide"] * (width > 0)


def line_count(element: Locator) -> int:
    """On how many lines the text stands."""
    return element.evaluate(LINES)


def keyboard_problems(page: Page) -> list[str]:
    """Tab from the top to the end: everything operable has its turn, in the order of the page, and is seen."""
    wanted = page.evaluate(REACHABLE, OPERABLE)
    stops = [*walked(page)]
    missed = [f"{one} is never reached" for index, one in enumerate(wanted) if index not in {stop for stop, _ in stops}]
    order = [stop for stop, _ in stops]
    return missed + [problem for _, problem in stops if problem] + ["the order jumps"] * (order != sorted(order))


def walked(page: Page) -> Iterator[tuple[int, str]]:
    """Stop after stop, until the focus leaves the page or is back where it began."""
    for number in range(STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None or (number and found[0] == 0):
            return
        yield found[0], found[1]
