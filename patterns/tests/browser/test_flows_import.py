"""A file on its way into the catalogue, in a real browser under the strict policy."""

from playwright.sync_api import expect

from patterns.models import Change
from patterns.store.reading import load_entries
from patterns.tests.admin.uploads import toml
from patterns.tests.browser.conftest import DeskOf
from patterns.tests.browser.steps import press, told, upload
from patterns.tests.factories import entry, import_entries, make_pattern


def test_a_file_with_news_changes_and_a_conflict_is_imported(desk_of: DeskOf):
    make_pattern("02", description="Ours.")
    import_entries([entry(description="It undoes each step.")])
    page = desk_of("publisher")

    changed, disputed = entry(description="It undoes every step."), entry("02", description="Theirs.")
    upload(page, toml(changed, disputed, entry("03")))
    for group in ("Conflicts: changed on both sides", "Changed", "New"):
        expect(page.get_by_role("heading", name=group, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Confirm this import")).to_have_count(0)
    page.get_by_label("Take what the file says").check()
    press(page, "Show the plan with these choices")
    page.get_by_label("What and why").fill("From the workshop.")
    press(page, "Confirm this import")

    told(page, "2 entries updated, 1 entry created")
    texts = {code: one.description for code, one in load_entries().items()}
    assert texts == {"01": "It undoes every step.", "02": "Theirs.", "03": "What Pattern 03 is."}
    assert Change.objects.first().comment == "From the workshop."


def test_a_file_with_an_error_says_where_and_changes_nothing(desk_of: DeskOf):
    make_pattern(description="Ours.")
    page = desk_of("publisher")

    upload(page, toml(entry(description="Theirs.")).replace('slug = "pattern-01"', 'slug = "No slug"'))

    expect(page.get_by_role("region", name="Refused, and nothing was written: 1 problem")).to_contain_text("no-slug")
    expect(page.get_by_role("button", name="Show the plan")).to_be_visible()
    assert load_entries()["01"].description == "Ours."
