"""Other entries are picked by a part of their name, with the keyboard alone, and are shown by code and name."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.store.reading import load_entries
from patterns.tests.admin.forms import address
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import send, told
from patterns.tests.factories import make_pattern
from patterns.tests.workflow.staff import by, person

TARGET, SUCCESSOR = "#id_relations-0-target", "#id_replaced_by"


@pytest.fixture(params=[True, False], ids=["with_javascript", "without_javascript"])
def is_scripted(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def form(new_page: NewPage, live_server: LiveServer, is_scripted: bool) -> Page:
    ada = person("editor")
    make_pattern("02", name="Transactional Outbox")
    make_pattern("03", name="Idempotent Consumer")
    make_pattern("04", name="Outbox of old", status="draft")
    draft = make_pattern(status="draft", by=by(ada))
    page = new_page(java_script_enabled=is_scripted)
    page.context.add_cookies([session_of(ada, live_server.url)])
    page.goto(address("change", draft.pk))
    folded = page.locator("fieldset > details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    return page


def offered(page: Page, typed: str, field: str) -> list[str]:
    """What the browser has to offer; the list that it shows is none of the page."""
    with page.expect_response(lambda answer: "codes/" in answer.url and answer.url.endswith(typed)):
        page.locator(field).press_sequentially(typed)
    options = page.locator(f"datalist#{page.locator(field).get_attribute('list')} option")
    expect(options.first).to_be_attached()
    return [str(one.get_attribute("value")) for one in options.all()]


@pytest.mark.parametrize("is_scripted", [True], indirect=True)
def test_what_fits_is_offered_and_what_fits_alone_is_taken(form: Page):
    assert offered(form, "outbox", TARGET) == ["[04] Outbox of old", "[02] Transactional Outbox"]
    form.keyboard.press("Tab")
    expect(form.locator(TARGET)).to_have_value("outbox")  # nobody guesses between two
    assert offered(form, "outbox", SUCCESSOR) == ["[02] Transactional Outbox"]
    form.keyboard.press("Tab")
    expect(form.locator(SUCCESSOR)).to_have_value("[02] Transactional Outbox")
    form.locator(TARGET).fill("")
    assert offered(form, "consum", TARGET) == ["[03] Idempotent Consumer"]
    form.keyboard.press("Tab")

    expect(form.locator(TARGET)).to_have_value("[03] Idempotent Consumer")
    form.locator("[name=relations-0-type]").select_option("uses")
    send(form, "Save and continue editing")
    told(form, "was changed successfully")
    entry = load_entries()["01"]
    assert (entry.relations[0].target, entry.replaced_by) == ("03", "02")


def test_a_name_is_taken_and_shown_beside_its_code(form: Page):
    form.locator("[name=relations-0-type]").select_option("uses")
    form.locator(TARGET).fill("outbox of old")
    send(form, "Save and continue editing")
    told(form, "was changed successfully")

    expect(form.locator(TARGET)).to_have_value("[04] Outbox of old")
    assert load_entries()["01"].relations[0].target == "04"
