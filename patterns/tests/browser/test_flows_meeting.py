"""Two browsers that edit the same entry: what both typed survives, under the strict policy."""

from playwright.sync_api import Page, expect

from patterns.store.reading import load_entries
from patterns.tests.browser.conftest import DeskOf
from patterns.tests.browser.steps import open_entry, press, save, told
from patterns.tests.factories import make_pattern


def both(desk_of: DeskOf) -> tuple[Page, Page]:
    """Two publishers, each with the form of the same entry open."""
    make_pattern(name="Saga", description="It undoes each step.")
    pages = desk_of("publisher", "Ada"), desk_of("publisher", "Barbara")
    for page in pages:
        open_entry(page, "Saga")
    return pages


def test_two_change_different_fields(desk_of: DeskOf):
    ada, barbara = both(desk_of)

    save(ada, description="It undoes every step.")
    save(barbara, problem="Money is in two banks.")
    expect(barbara.locator("ins")).to_have_text(["every", "Money is in two banks."])
    press(barbara, "Save both changes")

    told(barbara, "Saved as change")
    after = load_entries()["01"]
    assert (after.description, after.problem) == ("It undoes every step.", "Money is in two banks.")


def test_two_change_the_same_sentence(desk_of: DeskOf):
    ada, barbara = both(desk_of)

    save(ada, description="It undoes every step.", why="Not only each.")
    save(barbara, description="It takes back each step.")
    expect(barbara.get_by_role("main")).to_contain_text("Not only each.")
    expect(barbara.get_by_label("Description, as it should be")).to_have_value("It takes back each step.")
    barbara.get_by_label("Take the text below").check()
    barbara.get_by_label("Description, as it should be").fill("It takes back every step.")
    press(barbara, "Save what I chose")

    told(barbara, "Saved as change")
    assert load_entries()["01"].description == "It takes back every step."
