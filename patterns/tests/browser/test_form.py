"""What the form of an entry gains where scripts run: rows, counted words, keeping what is typed, asking who leaves."""

import pytest
from playwright.sync_api import Dialog, Error, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Pattern, WorkingCopy
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import EVERYTHING, make_staff
from patterns.tests.browser.conftest import NewPage
from patterns.tests.browser.steps import LIST, field, fill_row, send, told
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
    page.wait_for_load_state()  # with its scripts
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
    send(form, "Save")

    told(form, "was changed successfully")
    assert [step.message for step in load_entries()["01"].steps] == ["charge", "declined", "refund"]


def status(page: Page) -> Locator:
    return page.locator("output.kept")


def test_ctrl_s_keeps_and_saves_nothing(form: Page):
    form.locator("#id_description").fill("Kept by two keys.")
    form.keyboard.press("Control+s")

    expect(status(form)).to_contain_text("Kept at ")
    form.reload()
    expect(form.locator("#id_description")).to_have_value("Kept by two keys.")
    assert load_entries()["01"].description != "Kept by two keys."


def test_what_is_typed_is_kept_by_itself_and_thrown_away_on_purpose(form: Page):
    form.locator("#id_problem").press_sequentially("Half a sent")
    fill_row(form, "steps", 0, sender="Orders", receiver="", message="")

    expect(status(form)).to_contain_text("Kept at ")
    form.goto("/admin/")
    form.get_by_role("link", name="[01] Pattern 01").first.click()
    expect(form.locator("#id_problem")).to_have_value("Half a sent")
    expect(form.locator("#id_steps-0-sender")).to_have_value("Orders")
    form.get_by_role("button", name="Throw it away").click()
    expect(form.locator("#id_problem")).to_have_value("")


def test_what_was_typed_last_is_kept_when_the_page_is_left(form: Page):
    form.on("dialog", lambda dialog: dialog.accept())
    url = form.url
    form.locator("#id_problem").press_sequentially("The last words")
    form.goto("about:blank")
    for _ in range(100):  # what a page sends as it is left, nobody hears of
        if WorkingCopy.objects.filter(document__problem="The last words").exists():
            break
        form.wait_for_timeout(100)

    form.goto(url)
    expect(form.locator("#id_problem")).to_have_value("The last words")


def test_what_is_being_kept_comes_before_what_is_saved(form: Page):
    held: list[Route] = []
    sent: list[str] = []
    form.on("request", lambda request: sent.append(request.method) if request.url.endswith("/change/") else None)
    form.route("**/keep/", lambda route: held.append(route))
    form.locator("#id_problem").press_sequentially("Whole")
    while not held:
        form.wait_for_timeout(50)
    form.get_by_role("button", name="Save", exact=True).click(no_wait_after=True)
    form.wait_for_timeout(500)
    assert sent == []
    held[0].continue_()

    told(form, "was changed successfully")
    assert not WorkingCopy.objects.exists()
    assert load_entries()["01"].problem == "Whole"


def test_a_text_is_saved_though_it_takes_long_to_keep_it(form: Page):
    form.route("**/keep/", lambda route: None)
    with form.expect_request("**/keep/"):
        form.locator("#id_problem").press_sequentially("Whole")
    send(form, "Save")

    told(form, "was changed successfully")


def test_what_is_typed_before_the_script_is_there_is_kept_once_it_is(form: Page):
    held: list[Route] = []
    form.route("**/entry_form*.js", lambda route: held.append(route))
    form.goto(form.url, wait_until="commit")
    form.locator("#id_problem").fill("Typed at once.")
    held[0].continue_()

    expect(status(form)).to_contain_text("Kept at ")
    assert WorkingCopy.objects.get().document["problem"] == "Typed at once."


def test_a_form_that_was_refused_and_left_is_there_again(form: Page):
    url = form.url
    form.locator("#id_problem").fill("A long text.")
    form.locator("#id_name").fill("")
    send(form, "Save and continue editing")
    expect(status(form)).to_contain_text("Kept at ")

    form.goto("/admin/")
    form.goto(url)
    expect(form.locator("#id_problem")).to_have_value("A long text.")
    expect(form.locator("#id_name")).to_have_value("")


def test_who_signs_in_again_in_another_tab_goes_on(form: Page):
    form.context.clear_cookies()
    form.locator("#id_problem").press_sequentially("Typed while signed out")
    expect(status(form)).to_contain_text("sign in again in another tab")

    other = form.context.new_page()
    other.goto("/admin/")
    other.get_by_label("Username").fill("editor")
    other.get_by_label("Password").fill("A long pass phrase")
    other.get_by_role("button", name="Log in").click()

    expect(status(form)).to_contain_text("Kept at ")
    send(form, "Save and continue editing")
    assert load_entries()["01"].problem == "Typed while signed out"


def test_leaving_asks_about_what_is_not_kept_yet(form: Page):
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    form.on("dialog", stay)
    form.locator("#id_description").press_sequentially("M")
    with pytest.raises(Error, match="ERR_ABORTED"):
        form.goto("/admin/")

    assert asked == ["beforeunload"]
    assert form.url.endswith("/change/")
    expect(status(form)).to_contain_text("Kept at ")


def test_the_buttons_stay_in_sight_and_a_text_grows_as_it_is_typed(form: Page):
    form.evaluate("scrollTo(0, 0)")
    expect(form.get_by_role("button", name="Keep for later")).to_be_in_viewport()
    problem = form.locator("#id_problem")
    before = problem.evaluate("field => field.offsetHeight")
    problem.fill("One line.\n" * 20)

    assert problem.evaluate("field => field.offsetHeight") > before
    expect(status(form)).to_contain_text("Kept at ")
