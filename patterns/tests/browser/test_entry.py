"""The page of an entry as a reader meets it: what decides first, the way through it, what is folded, and on paper."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from patterns.models import Pattern
from patterns.tests.browser.catalogues import make_given
from patterns.tests.browser.conftest import NewPage
from patterns.tests.factories import RICH, entry, import_entries, make_pattern

FOLD = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 812}
STEPS = [{"sender": "Orders", "receiver": "Payments", "message": f"message {number}"} for number in range(60)]


@pytest.fixture
def saga(transactional_db) -> str:
    relations = [{"type": "requires", "target": "02", "why": "To send."}]
    import_entries([entry("02", name="Outbox"), entry("01", name="Saga", **{**RICH, "relations": relations})])
    return "/patterns/saga/"


def bottom(page: Page, selector: str) -> float:
    return page.locator(selector).evaluate("(one) => one.getBoundingClientRect().bottom")


@pytest.mark.usefixtures("transactional_db")
def test_what_decides_is_above_the_fold(new_page: NewPage):
    make_given()
    page = new_page(viewport=FOLD)

    bottoms = {}
    for slug in Pattern.objects.published().values_list("slug", flat=True):
        page.goto(f"/patterns/{slug}/")
        bottoms[slug] = bottom(page, ".gist")

    assert len(bottoms) == 24
    assert {slug: where for slug, where in bottoms.items() if where > FOLD["height"]} == {}


def test_a_heading_is_linked_by_keyboard(new_page: NewPage, saga: str):
    page = new_page(viewport=FOLD, java_script_enabled=False)
    page.goto(saga)
    link = page.get_by_role("link", name="Link to Gains and costs", exact=True)

    link.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("#consequences$"))
    expect(page.get_by_role("heading", name="Gains and costs", exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("width", [375, 768, 1280])
def test_the_contents_are_there_at_every_width(new_page: NewPage, saga: str, width: int):
    page = new_page(viewport={"width": width, "height": 900}, java_script_enabled=False)
    page.goto(saga)
    contents = page.get_by_role("navigation", name="On this page")

    if width < 1024:
        contents.get_by_text("On this page").click()
    contents.get_by_role("link", name="References").click()

    expect(page).to_have_url(re.compile("#references$"))
    expect(page.get_by_role("heading", name="References", exact=True)).to_be_in_viewport()


def test_contents_and_sources_stand_beside_the_text_where_there_is_room(new_page: NewPage, saga: str):
    page = new_page(viewport={"width": 1200, "height": 900})
    page.goto(saga)

    boxes = [page.locator(f".entry-full > {one}").bounding_box() for one in (".contents", ".entry-body", ".entry-side")]

    assert all(left["x"] + left["width"] < right["x"] for left, right in pairwise(boxes))
    assert boxes[2]["x"] + boxes[2]["width"] > 1100
    expect(page.get_by_text("A talk without an address")).to_be_visible()


def test_on_a_phone_what_is_long_waits_until_it_is_asked_for(new_page: NewPage, saga: str):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(saga)
    source = page.get_by_text("A talk without an address")
    expect(source).not_to_be_visible()

    page.get_by_text("2 references").click()

    expect(source).to_be_visible()
    for words in ("steps span several databases", "No step waits for another.", "Half-done work is visible."):
        expect(page.get_by_text(words).last).to_be_visible()


def test_a_link_to_a_source_opens_what_it_is_folded_in(new_page: NewPage, saga: str):
    page = new_page(viewport=PHONE)
    page.goto(saga)

    page.locator(".section-consequences").get_by_role("link", name="Sagas").click()

    expect(page.locator("#source-garcia-molina-1987")).to_be_in_viewport()


def test_marks_shorten_the_debts_and_can_be_taken_away(new_page: NewPage, saga: str):
    page = new_page(java_script_enabled=False)
    page.goto(saga)

    page.get_by_role("link", name="We have this entry, Outbox").click()
    expect(page.get_by_text("With what you have, nothing more is owed.")).to_be_in_viewport()
    page.get_by_role("link", name="Take the mark away from Outbox").click()

    expect(page.get_by_role("link", name="We have this entry, Outbox")).to_be_in_viewport()


@pytest.mark.usefixtures("transactional_db")
def test_paper_has_the_steps_that_the_screen_folds(new_page: NewPage):
    make_pattern("01", name="Saga", steps=STEPS, use_when=["it fits"])
    make_pattern("02", name="Outbox", use_when=["it fits"])
    page = new_page(viewport=FOLD)

    sheets, steps = {}, page.locator(".step")
    for slug in ("saga", "outbox"):
        page.goto(f"/patterns/{slug}/")
        sheets[slug] = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
        if slug == "saga":
            expect(steps.last).not_to_be_visible()
            page.emulate_media(media="print")
            expect(steps.last).to_be_visible()

    assert sheets["saga"] >= sheets["outbox"] + 3
