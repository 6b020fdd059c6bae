"""What editors propose and readers suggest, until readers see it; in real browsers under the strict policy."""

import pytest
from playwright.sync_api import Page, expect

from patterns.models import Pattern, Proposal
from patterns.store.reading import load_entries
from patterns.tests.admin.proposals import propose, where
from patterns.tests.browser.conftest import DeskOf, NewPage
from patterns.tests.browser.steps import follow, open_entry, press, save, told
from patterns.tests.factories import change_pattern, make_rich_pattern

WORDS = "Money leaves two banks.\nSee the paper."


@pytest.fixture(autouse=True)
def _entry(transactional_db) -> None:
    make_rich_pattern(name="Saga", description="It undoes each step.")


def test_what_an_editor_proposes_is_seen_once_a_publisher_accepts(desk_of: DeskOf, new_page: NewPage):
    ada, barbara, reader = desk_of("editor", "Ada"), desk_of("publisher", "Barbara"), new_page()
    open_entry(ada, "Saga")
    save(ada, description="It undoes every step.", why="Not only each.", button="Propose this change")
    told(ada, "waits for a publisher")
    reader.goto("/patterns/saga/")
    expect(reader.get_by_text("It undoes each step.").first).to_be_visible()

    barbara.goto("/admin/")
    barbara.get_by_role("region", name="Waiting for you").get_by_role("link", name="Saga").click()
    expect(barbara.locator("ins")).to_have_text("every")
    barbara.get_by_label("Why you accept it").fill("Right.")
    press(barbara, "Accept")

    told(barbara, "was accepted")
    follow(ada, f"proposal {Proposal.objects.get().pk}")
    expect(ada.locator(".about")).to_contain_text("accepted by Barbara")
    reader.reload()
    expect(reader.get_by_text("It undoes every step.").first).to_be_visible()


def test_a_publisher_decides_what_changed_on_both_sides(desk_of: DeskOf):
    barbara = desk_of("publisher", "Barbara")
    propose(**{**load_entries()["01"].model_dump(mode="json"), "description": "It undoes every step."})
    change_pattern(Pattern.objects.get(), description="It undoes some steps.")

    barbara.goto("/admin/patterns/proposal/")
    follow(barbara, "01 Saga")
    barbara.get_by_label("Take the text below").check()
    barbara.get_by_label("Description, as it should be").fill("It undoes all steps.")
    press(barbara, "Accept")

    told(barbara, "was accepted")
    assert load_entries()["01"].description == "It undoes all steps."


def test_some_rows_of_a_list_are_accepted_and_others_not(desk_of: DeskOf):
    barbara, there = desk_of("publisher", "Barbara"), load_entries()["01"].model_dump(mode="json")
    propose(**{**there, "checks": [*there["checks"], "Cut the cable.", "Stop the clock."]})

    barbara.goto("/admin/patterns/proposal/")
    follow(barbara, "01 Saga")
    follow(barbara, "Edit it, or take only a part of it")
    barbara.get_by_label("added: Cut the cable.").uncheck()
    expect(barbara.get_by_label("added: Stop the clock.")).to_be_checked()
    press(barbara, "Accept")

    told(barbara, "was accepted")
    assert load_entries()["01"].checks == (*there["checks"], "Stop the clock.")


def test_a_proposal_is_sent_back_written_anew_and_accepted(desk_of: DeskOf):
    ada, barbara = desk_of("editor", "Ada"), desk_of("publisher", "Barbara")
    open_entry(ada, "Saga")
    save(ada, description="It undoes every step.", why="Not only each.", button="Propose this change")
    follow(ada, f"proposal {Proposal.objects.get().pk}")

    barbara.goto("/admin/")
    barbara.get_by_role("region", name="Waiting for you").get_by_role("link", name="Saga").click()
    barbara.get_by_label("What do you ask for?").fill("Say who undoes it.")
    press(barbara, "Send it back")
    told(barbara, "You asked about it.")
    ada.goto("/admin/")
    ada.get_by_role("link", name="[01] Saga: your proposal").click()
    follow(ada, "change what you propose")
    expect(ada.get_by_text("Say who undoes it.").first).to_be_visible()
    save(ada, description="The saga undoes every step.", why="Who.", button="Propose this change")
    barbara.reload()

    expect(barbara.get_by_role("region", name="What changed since it was sent back").locator("ins")).to_have_text(
        "The saga"
    )
    press(barbara, "Accept")
    told(barbara, "was accepted")
    assert load_entries()["01"].description == "The saga undoes every step."


def test_before_and_after_stand_side_by_side(desk_of: DeskOf):
    barbara, proposal = desk_of("publisher", "Barbara"), propose(description="It undoes every step.")
    barbara.set_viewport_size({"width": 1400, "height": 900})

    barbara.goto(where(proposal))
    follow(barbara, "Before and after, side by side")

    before, after = (barbara.frame_locator(f"iframe >> nth={place}") for place in (0, 1))
    expect(before.get_by_text("It undoes each step.").first).to_be_visible()
    expect(after.get_by_text("It undoes every step.").first).to_be_visible()
    first, second = tops(barbara)
    assert first == second
    barbara.set_viewport_size({"width": 768, "height": 900})
    first, second = tops(barbara)
    assert first < second


def tops(page: Page) -> list[float]:
    """Where the frames begin, all at once: a frame that has loaded scrolls the page."""
    return page.locator("iframe").evaluate_all("frames => frames.map((one) => one.getBoundingClientRect().top)")


def test_what_a_reader_suggests_is_corrected_and_marked_as_done(desk_of: DeskOf):
    reader, barbara = desk_of("anonymous", "Grace"), desk_of("publisher", "Barbara")
    reader.goto("/patterns/saga/")
    follow(reader, "Suggest a correction")
    reader.get_by_label("What is it about?").select_option("Problem")
    reader.get_by_label("What should be different, and why?").fill(WORDS)
    press(reader, "Send to the editors")
    expect(reader.get_by_role("status")).to_contain_text("Thank you")
    reader.reload()
    assert Proposal.objects.get().comment == WORDS

    open_entry(barbara, "Saga")
    save(barbara, problem="Money leaves two banks.", why="A reader is right.")
    barbara.goto("/admin/patterns/proposal/")
    follow(barbara, "01 Saga")
    barbara.get_by_label("It led to").select_option(index=1)
    barbara.get_by_label("What became of it").fill("It is corrected.")
    press(barbara, "Mark as done")

    told(barbara, "was marked as done")
    done = Proposal.objects.get()
    assert (done.state, done.decision, done.change.comment) == ("accepted", "It is corrected.", "A reader is right.")
    assert load_entries()["01"].problem == "Money leaves two banks."
