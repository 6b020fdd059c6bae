"""Drawings in a real browser: with its fonts, at its widths, by keyboard, on paper."""

import pytest
from playwright.sync_api import Locator, Page, expect

from patterns.document.text import INVISIBLE
from patterns.tests.browser.audit import broken_rules, scrolls_sideways
from patterns.tests.browser.conftest import NewPage
from patterns.tests.drawing.elements import NASTY
from patterns.tests.factories import entry, import_entries

PATHS = ["/map/", "/map/?type=uses", "/map/?entry=saga", "/patterns/saga/", "/patterns/nasty/"]
KINDS = ("call", "reply", "event", "store", "fail")
TYPES = ("requires", "uses", "leads to", "weakened by", "variant of", "complements", "alternative to")
# What is invisible no label holds; that the drawer stands it too, its own tests show.
WORDS = [one[:120].strip() for one in NASTY if one.strip() and "\x00" not in one and not INVISIBLE.search(one)]

# Text that reaches beyond its box, or else beyond its drawing, by more than a unit.
OUTSIDE = """[...document.querySelectorAll("svg.drawing text")].filter((text) => {
    if (!text.checkVisibility({ visibilityProperty: true })) return false;
    const frame = text.closest(".node")?.querySelector(".box") ?? text.ownerSVGElement
    const inner = text.getBoundingClientRect(), outer = frame.getBoundingClientRect()
    return inner.left < outer.left - 1 || inner.right > outer.right + 1
        || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1
}).map((text) => text.textContent)"""


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    """Entries with every type of relation, every kind of message, and text that means ill."""
    relations = [{"type": type, "target": f"{index:02}"} for index, type in enumerate(TYPES, start=1)]
    steps = [{"sender": "Orders", "receiver": f"Party {kind}", "message": f"a {kind}", "kind": kind} for kind in KINDS]
    nasty = [{"sender": one, "receiver": WORDS[0], "message": one, "kind": kind} for one in WORDS for kind in KINDS[:2]]
    plain = [entry(f"{number:02}", category=f"Shelf {number % 4}") for number in range(1, 8)]
    named = [
        entry(f"N{index}", name=f"{one[:110]} {index}", slug=f"n{index}", category=f"Shelf {index} {one}"[:120])
        for index, one in enumerate(WORDS)
    ]
    tied = [{"type": "uses", "target": one.code} for one in named]
    import_entries(
        [
            *(*plain, *named),
            entry("00", name="Saga", relations=relations, steps=steps),
            entry("99", name="Nasty", relations=tied, steps=nasty),
        ]
    )


def in_drawing(page: Page) -> Locator:
    return page.locator("svg.drawing:not(.sample)")


@pytest.mark.parametrize("width", [320, 1280])
def test_drawings_are_accessible(page: Page, width: int):
    found = [(path, broken_rules(page, width=width)) for path in PATHS if page.goto(path)]

    assert found == [(path, []) for path in PATHS]


def test_no_letter_leaves_its_box(page: Page):
    found = [(path, page.evaluate(OUTSIDE)) for path in PATHS if page.goto(path)]

    assert found == [(path, []) for path in PATHS]


@pytest.mark.parametrize("width", [320, 375, 768, 1023, 1280])
def test_pages_with_drawings_do_not_scroll_sideways(new_page: NewPage, width: int):
    page = new_page(viewport={"width": width, "height": 640})

    found = [(path, scrolls_sideways(page)) for path in PATHS if page.goto(path)]

    assert found == [(path, []) for path in PATHS]


# The layouts that are there, and the height of their smallest letters.
LAYOUT = """() => {
    const shown = [...document.querySelectorAll(".layouts svg.drawing")].filter((one) => one.checkVisibility());
    const sizes = (one) => [...one.querySelectorAll("text")].map((text) =>
        parseFloat(getComputedStyle(text).fontSize) * one.getBoundingClientRect().width / one.viewBox.baseVal.width);
    return [shown.map((one) => one.classList[1]), Math.min(...shown.flatMap(sizes))];
}"""


@pytest.mark.parametrize(
    ("width", "path", "layout"),
    [
        (375, "/map/", "arcs"),
        (375, "/map/?entry=saga", "arcs"),
        (375, "/patterns/saga/", "sequence"),  # its other drawings are folded there
        (1000, "/map/", "arcs"),
        (1280, "/map/", "network"),
        (1280, "/map/?entry=saga", "neighbourhood"),
        (1280, "/patterns/saga/", "sequence arcs"),
    ],
)
def test_one_layout_is_shown_and_its_letters_can_be_read(new_page: NewPage, width: int, path: str, layout: str):
    page = new_page(viewport={"width": width, "height": 640})
    page.goto(path)

    shown, letters = page.evaluate(LAYOUT)

    assert shown == layout.split()
    assert letters >= 11


@pytest.mark.parametrize("width", [375, 1280])
def test_what_is_not_shown_nobody_meets(new_page: NewPage, width: int):
    page = new_page(viewport={"width": width, "height": 640})
    page.goto("/map/")

    expect(page.get_by_role("group", name="Map of relations")).to_have_count(1)
    expect(page.get_by_role("link", name="Saga", exact=True)).to_have_count(2)  # a box, and the table


def test_the_keyboard_skips_the_stops_of_the_map(page: Page):
    page.goto("/map/")
    page.get_by_role("button", name="Show").focus()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip the drawing")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator(".scroller:focus, .relations-table a:focus")).to_have_count(1)


def test_words_of_lines_are_seen_while_a_reader_points_at_an_end(page: Page):
    page.goto("/map/")
    words = page.locator("svg.network .edge-word")
    hidden = words.evaluate_all("all => all.every((one) => getComputedStyle(one).visibility === 'hidden')")

    page.get_by_role("link", name="Saga", exact=True).first.hover()

    assert hidden
    expect(page.locator(".star:hover .echo")).to_have_css("--edge-word", "visible")


def scrolled(frame: Locator) -> bool:
    """Looks after a moment: Playwright's own waiting evaluates a string in the page, which the policy forbids."""
    frame.page.wait_for_timeout(100)
    return frame.evaluate("one => one.scrollLeft") > 0


def test_a_drawing_scrolls_by_keyboard(new_page: NewPage):
    page = new_page(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    page.goto("/patterns/nasty/")  # of more parties than a phone has room for
    frame = page.get_by_role("group", name="Sequence diagram")

    frame.focus()
    page.keyboard.press("ArrowRight")

    expect(frame).to_be_focused()
    assert any(scrolled(frame) for _ in range(50))


def test_the_keyboard_meets_each_entry_on_the_map_and_its_lines_stand_out(page: Page):
    page.goto("/map/")
    node = page.get_by_role("link", name="Saga", exact=True).first

    node.focus()

    echo = page.locator(".star", has=page.locator("a:focus")).locator(".echo")
    expect(echo).to_have_css("visibility", "visible")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Around Saga")


def test_boxes_are_large_enough_to_hit(page: Page):
    page.goto("/map/")

    boxes = page.locator("a.node").filter(visible=True)
    heights = boxes.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 24


def test_the_map_works_without_javascript(new_page: NewPage):
    page = new_page(java_script_enabled=False)
    page.goto("/map/")

    page.get_by_role("checkbox", name="requires").check()
    page.get_by_label("Entry in the middle").select_option("Saga")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Around Saga")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("checkbox", name="requires")).to_be_checked()


def test_neighbours_lead_from_neighbourhood_to_neighbourhood(page: Page):
    page.goto("/map/?entry=saga")

    page.get_by_role("link", name="requires Pattern 01").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Around Pattern 01")
    expect(page.get_by_role("link", name="required by Saga")).to_be_visible()


def test_a_sequence_diagram_is_a_picture_with_a_name_and_a_list_beside_it(page: Page):
    page.goto("/patterns/saga/")

    diagram = page.get_by_role("img", name="Saga step by step")
    expect(diagram).to_have_accessible_description(
        "A sequence diagram. The list of 5 steps below says the same in words."
    )
    expect(page.locator(".steps li")).to_have_count(5)


def test_on_paper_drawings_fit_the_page(page: Page):
    page.set_viewport_size({"width": 640, "height": 900})
    page.goto("/patterns/saga/")

    page.emulate_media(media="print")

    widths = in_drawing(page).evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().right)")
    assert max(widths) <= 640


def test_drawings_follow_the_theme(page: Page):
    page.goto("/patterns/saga/")
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.append(in_drawing(page).first.evaluate("(one) => getComputedStyle(one).color"))

    assert len(set(colours)) == 2
