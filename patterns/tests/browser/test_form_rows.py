"""Rows of the form of an entry are moved by hand, by keys and by number, and are saved as they are seen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.store.reading import load_entries
from patterns.tests.admin.forms import address
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import send, told
from patterns.tests.factories import make_pattern
from patterns.tests.workflow.staff import by, person

FormWith = Callable[..., Page]


@pytest.fixture
def form_with(new_page: NewPage, live_server: LiveServer) -> FormWith:
    """The form of a draft with a step for each letter, with the browser that the options say."""

    def opened(letters: str, **options: Any) -> Page:
        ada = person("editor")
        steps = [{"sender": "A", "receiver": "B", "message": letter} for letter in letters]
        draft = make_pattern(status="draft", steps=steps, by=by(ada))
        page = new_page(**options)
        page.context.add_cookies([session_of(ada, live_server.url)])
        page.goto(address("change", draft.pk))
        return page

    return opened


def messages(page: Page) -> str:
    """As they are seen; a row that is still blank says nothing."""
    return "".join(one.input_value() for one in fields(page, "message"))


def places(page: Page) -> list[str]:
    return [one.input_value() for one in fields(page, "place")]


def fields(page: Page, name: str) -> list[Locator]:
    return page.locator(f"#steps-group .form-row:not(.empty-form) .field-{name} input").all()


def handle(page: Page, row: int) -> Locator:
    return page.locator("#steps-group .form-row:not(.empty-form) .handle").nth(row)


def saved(page: Page) -> str:
    send(page, "Save and continue editing")
    told(page, "was changed successfully")
    return "".join(step.message for step in load_entries()["01"].steps)


def box_of(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box is not None
    return box


def test_a_row_is_dragged_by_its_handle(form_with: FormWith):
    form = form_with("abcd")
    handle(form, 3).hover()
    form.mouse.down()
    first = box_of(handle(form, 0))
    form.mouse.move(first["x"] + 5, first["y"] - 20, steps=8)
    form.mouse.up()

    assert (messages(form), places(form)) == ("dabc", ["1", "2", "3", "4", ""])
    expect(form.locator("#steps-group .moved")).to_have_text("Row 2 is now 1 of 4")
    handle(form, 0).hover()
    form.mouse.down()
    third = box_of(form.locator("#steps-group .form-row:not(.empty-form)").nth(2))
    form.mouse.move(third["x"] + 5, third["y"] + third["height"] - 2, steps=8)
    form.mouse.up()

    assert messages(form) == "abdc"
    assert saved(form) == "abdc"


def test_a_finger_drags_a_row_on_a_phone(form_with: FormWith):
    form = form_with("abc", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    handle(form, 2).scroll_into_view_if_needed()
    form.evaluate("scrollBy(0, 200)")
    begin, end = (box_of(handle(form, row)) for row in (2, 0))
    fingers = form.context.new_cdp_session(form)
    x = begin["x"] + 8
    steps = [begin["y"] + 8 + (end["y"] - 20 - begin["y"]) * part / 10 for part in range(11)]
    for number, y in enumerate(steps):
        kind = "touchMove" if number else "touchStart"
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert messages(form) == "cab"
    assert saved(form) == "cab"


def test_keys_move_a_row_and_the_focus_stays_with_it(form_with: FormWith):
    form = form_with("abcd")
    handle(form, 0).focus()
    expect(handle(form, 0)).to_have_accessible_name("Move step 1 of 4")
    form.keyboard.press("ArrowDown")
    form.keyboard.press("ArrowDown")

    assert messages(form) == "bcad"
    expect(handle(form, 2)).to_be_focused()
    expect(handle(form, 2)).to_have_accessible_name("Move step 3 of 4")
    expect(form.locator("#steps-group .moved")).to_have_text("Row 2 is now 3 of 4")
    message = fields(form, "message")[3]
    message.focus()
    form.keyboard.press("Alt+ArrowUp")
    form.keyboard.press("End")
    form.keyboard.type("!")

    assert messages(form) == "bcd!a"
    for _ in range(5):  # no farther than to the top
        form.keyboard.press("Alt+ArrowUp")
    expect(fields(form, "message")[0]).to_be_focused()
    assert saved(form) == "d!bca"


def test_a_number_moves_its_row_at_once(form_with: FormWith):
    form = form_with("abcd")
    number = fields(form, "place")[3]
    number.fill("2")
    number.press("Tab")

    assert (messages(form), places(form)) == ("adbc", ["1", "2", "3", "4", ""])
    number = fields(form, "place")[0]
    for nonsense in ("", "2.5"):
        number.fill(nonsense)
        number.press("Tab")
    assert (messages(form), places(form)[:4]) == ("dabc", ["1", "2", "3", "4"])
    fields(form, "place")[1].fill("99")
    fields(form, "place")[1].press("Tab")

    assert messages(form) == "dbca"
    assert saved(form) == "dbca"


def test_the_next_row_comes_by_itself_and_can_be_moved(form_with: FormWith):
    form = form_with("a")
    for row, letter in enumerate("bc", start=1):
        assert len(fields(form, "message")) == row + 1
        for name, text in (("sender", "A"), ("receiver", "B"), ("message", letter)):
            fields(form, name)[row].fill(text)
    expect(handle(form, 3)).to_be_disabled()
    handle(form, 2).press("ArrowUp")
    handle(form, 1).press("ArrowUp")

    assert (messages(form), places(form)) == ("cab", ["1", "2", "3", ""])
    assert saved(form) == "cab"
    assert messages(form) == "cab"


def test_a_new_row_that_is_emptied_or_removed_is_not_counted(form_with: FormWith):
    form = form_with("ab")
    for row, letter in ((2, "c"), (3, "d")):
        for name, text in (("sender", "A"), ("receiver", "B"), ("message", letter)):
            fields(form, name)[row].fill(text)
    handle(form, 2).press("ArrowUp")
    handle(form, 1).press("ArrowUp")
    assert messages(form) == "cabd"
    for name in ("sender", "receiver", "message"):
        fields(form, name)[0].fill("")
    assert places(form) == ["", "1", "2", "3", ""]
    handle(form, 3).press("ArrowUp")
    assert (messages(form), places(form)) == ("adb", ["1", "2", "3", "", ""])
    form.locator("#steps-group .form-row:not(.empty-form) .inline-deletelink").first.click()

    assert (messages(form), places(form)) == ("ab", ["1", "2", "", ""])
    expect(form.locator("output.kept")).to_contain_text("Kept at ")
    handle(form, 1).press("ArrowUp")
    assert saved(form) == "ba"


def test_a_move_is_kept_and_stands_in_the_refused_form_as_it_was_seen(form_with: FormWith):
    form = form_with("abc")
    handle(form, 2).press("ArrowUp")
    handle(form, 1).press("ArrowUp")
    expect(form.locator("output.kept")).to_contain_text("Kept at ")
    form.reload()
    assert messages(form) == "cab"
    handle(form, 2).press("ArrowUp")
    form.locator("#id_name").fill("")
    send(form, "Save and continue editing")
    expect(form.locator(".errornote")).to_be_visible()

    assert (messages(form), places(form)) == ("cba", ["1", "2", "3", ""])
    form.locator("#id_name").fill("Saga")
    assert saved(form) == "cba"


def test_without_scripts_there_is_the_number_alone(form_with: FormWith):
    form = form_with("abc", java_script_enabled=False)
    expect(form.locator(".handle")).to_have_count(0)
    fields(form, "place")[2].fill("1")

    assert saved(form) == "cab"
    assert re.findall(r"\d", "".join(places(form))) == ["1", "2", "3"]
