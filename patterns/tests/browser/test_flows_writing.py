"""From a first draft to what readers see, in real browsers; a page that logs an error or breaks the policy fails."""

from playwright.sync_api import Page, expect

from patterns.models import Change
from patterns.store.reading import load_entries
from patterns.tests.browser.conftest import DeskOf, NewPage
from patterns.tests.browser.steps import field, fill_row, follow, open_entry, press, save, send, told
from patterns.tests.factories import change_pattern, make_category, make_pattern


def begin(page: Page) -> None:
    """A new entry with a name and a category, not yet saved."""
    page.goto("/admin/patterns/pattern/add/")
    field(page, "Slug").fill("saga")  # first: with scripts the name would propose one
    field(page, "Name").fill("Saga")
    field(page, "Category").select_option("Data Pattern")
    field(page, "Description").fill("Undoes each step.")


def test_an_editor_writes_a_draft_with_its_parts_and_previews_it(desk_of: DeskOf):
    make_category()
    ada = desk_of("editor")
    begin(ada)
    fill_row(ada, "steps", 0, sender="Orders", receiver="Payments", message="charge the card")
    fill_row(ada, "consequences", 0, text="Half-done work is visible.")
    ada.locator("[name=consequences-0-quality]").select_option("consistency")
    ada.locator("[name=consequences-0-sign]").select_option("cost")

    with ada.context.expect_page() as preview:
        press(ada, "Preview")
    expect(preview.value.get_by_role("note")).to_contain_text("Not saved")
    expect(preview.value.get_by_text("charge the card").first).to_be_visible()
    assert load_entries() == {}
    save(ada, why="Worth having.")

    told(ada, "was added successfully")
    [entry] = load_entries().values()
    assert (entry.status, entry.steps[0].receiver, entry.consequences[0].sign) == ("draft", "Payments", "cost")
    assert Change.objects.first().comment == "Worth having."


def test_one_writes_and_another_refuses_and_publishes(desk_of: DeskOf, new_page: NewPage):
    make_category()
    ada, barbara, reader = desk_of("editor", "Ada"), desk_of("publisher", "Barbara"), new_page()
    begin(ada)
    send(ada, "Save and submit for review")
    told(ada, "It is in review now.")

    barbara.goto("/admin/")
    barbara.get_by_role("region", name="Waiting for you").get_by_role("link", name="Saga").first.click()
    save(barbara, button="Send back to its author", why="")
    expect(barbara.locator(".field-comment .errorlist")).to_contain_text("needs a reason")
    save(barbara, button="Send back to its author", why="Say what it undoes.")

    ada.goto("/admin/")
    sent_back = ada.get_by_role("region", name="Sent back to you")
    expect(sent_back).to_contain_text("Say what it undoes.")
    sent_back.get_by_role("link", name="Saga").click()
    save(ada, description="Undoes each payment.", button="Save and submit for review")

    open_entry(barbara, "Saga")
    save(barbara, button="Publish")
    told(barbara, "It is published now.")
    reader.goto("/patterns/saga/")
    expect(reader.get_by_role("main")).to_contain_text("Undoes each payment.")


def test_nobody_publishes_what_they_wrote_last(desk_of: DeskOf):
    make_category()
    barbara = desk_of("publisher")
    begin(barbara)
    send(barbara, "Save and submit for review")

    open_entry(barbara, "Saga")

    expect(barbara.locator(".blocked")).to_contain_text("Publish is not possible now")
    expect(barbara.get_by_role("button", name="Publish")).to_have_count(0)


def test_a_publisher_restores_what_was_there(desk_of: DeskOf, new_page: NewPage):
    change_pattern(make_pattern(name="Saga", description="It undoes."), description="It redoes.")
    barbara, reader = desk_of("publisher"), new_page()
    open_entry(barbara, "Saga")
    follow(barbara, "History")
    barbara.get_by_role("link", name="Restore change").click()
    expect(barbara.locator("ins")).to_have_text("undoes")

    barbara.get_by_label("Why").fill("The redo was wrong.")
    press(barbara, "Restore")

    told(barbara, "brought back change 2")
    assert Change.objects.first().comment == "The redo was wrong."
    reader.goto("/patterns/saga/")
    expect(reader.get_by_role("main")).to_contain_text("It undoes.")


def test_the_old_address_of_a_renamed_entry_leads_on(desk_of: DeskOf, new_page: NewPage):
    make_pattern(name="Saga")
    barbara, reader = desk_of("publisher"), new_page()
    open_entry(barbara, "Saga")
    follow(barbara, "Another address")

    barbara.get_by_label("New address").fill("long-running-saga")
    barbara.get_by_label("Why").fill("There are others.")
    press(barbara, "Give it this address")
    told(barbara, "gave it another address")
    reader.goto("/patterns/saga/")

    expect(reader).to_have_url("/patterns/long-running-saga/")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Saga")
