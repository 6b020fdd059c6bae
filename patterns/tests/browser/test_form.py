"""What the form of an entry gains where scripts run: rows are added, words counted, Ctrl+S saves, leaving asks."""

import pytest
from playwright.sync_api import Dialog, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import EVERYTHING, make_staff
from patterns.tests.browser.conftest import NewPage
from patterns.tests.browser.steps import LIST, field, fill_row, press, told
from patterns.tests.factories import make_pattern


@pytest.fixture
def form(new_page: NewPage, live_server: LiveServer) -> Page:
    """The form of a draft."""
    make_staff(*EVERYTHING, password="A long pass phrase")
    make_pattern(status="draft")
    page = new_page()
    page.goto(f"/admin/patterns/pattern/{Pattern.objects.get().pk}/change/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("A long pass phrase")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#id_description")).to_be_visible()
    return page


def test_words_are_counted_as_they_are_typed(form: Page):
    count = form.locator("[data-counts=id_description]")

    form.locator("#id_description").fill("two *words* - ...")
    expect(count).to_have_text("2")
    expect(count).to_have_class("count outside")
    form.locator("#id_description").fill("now there are five words")

    expect(count).to_have_text("5")
    expect(count).to_have_class("count")


def test_the_name_of_a_new_entry_proposes_its_slug(form: Page):
    form.goto(f"{LIST}add/")

    field(form, "Name").press_sequentially("Saga Pattern")

    expect(field(form, "Slug")).to_have_value("saga-pattern")


def test_rows_are_added_as_many_as_are_needed(form: Page):
    for row, message in enumerate(("charge", "declined", "refund")):
        fill_row(form, "steps", row, sender="Orders", receiver="Payments", message=message)
    press(form, "Save")

    told(form, "was changed successfully")
    assert [step.message for step in load_entries()["01"].steps] == ["charge", "declined", "refund"]


def test_ctrl_s_saves_and_stays(form: Page):
    form.locator("#id_description").fill("Saved by two keys.")
    form.keyboard.press("Control+s")

    expect(form.locator(".messagelist .success")).to_contain_text("was changed successfully")
    assert form.url.endswith("/change/")
    assert load_entries()["01"].description == "Saved by two keys."


def test_unsaved_text_is_asked_about_also_after_a_preview(form: Page):
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    form.on("dialog", stay)
    form.locator("#id_description").press_sequentially("More.")
    with form.context.expect_page() as preview:
        form.get_by_role("button", name="Preview").click()
    expect(preview.value.get_by_text("Not saved")).to_be_visible()
    with pytest.raises(Error, match="ERR_ABORTED"):
        form.goto("/admin/")

    assert asked == ["beforeunload"]
    assert form.url.endswith("/change/")
