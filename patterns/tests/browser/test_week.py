"""A week at the desk in ten flows: what people were in the middle of, whom they waited for, what became of it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Category, Change, Proposal
from patterns.store.reading import load_entries
from patterns.tests.admin.proposals import suggestion
from patterns.tests.admin.uploads import toml
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import field, follow, open_entry, press, save, send, sign_in, told, upload
from patterns.tests.commands.terminal import edited, said
from patterns.tests.commands.test_git import ENVIRONMENT, GIT, Clone
from patterns.tests.factories import change_pattern, entry, import_entries, make_category, make_pattern, make_patterns
from patterns.tests.workflow.staff import by, person

PASSWORD = "A long pass phrase"  # of nobody
QUEUE = "/admin/patterns/proposal/"
Seat = Callable[[str, str], Page]


@pytest.fixture
def seat(new_page: NewPage, live_server: LiveServer) -> Seat:
    """Somebody with a role and a name, signed in, in a browser of their own."""

    def sit(role: str, name: str) -> Page:
        user = person(role, name)
        user.set_password(PASSWORD)
        user.save()
        page = new_page()
        page.context.add_cookies([session_of(user, live_server.url)])
        return page

    return sit


def expect_kept(page: Page) -> None:
    expect(page.locator("output.kept")).to_contain_text("Kept at ")


def sessions_end(page: Page) -> None:
    Session.objects.all().delete()
    page.context.clear_cookies()


def come_back(page: Page, name: str) -> None:
    page.goto("/admin/")
    sign_in(page, name, PASSWORD)


def test_a_draft_takes_three_days_and_two_sessions_end(seat: Seat):
    make_category()
    ada = seat("editor", "Ada")
    ada.goto("/admin/patterns/pattern/add/")
    field(ada, "Name").fill("Saga")
    field(ada, "Category").select_option("Data Pattern")
    field(ada, "Problem").fill("Money leaves one bank, and")
    expect_kept(ada)

    sessions_end(ada)
    come_back(ada, "Ada")
    ada.get_by_role("link", name="Saga").first.click()
    expect(field(ada, "Problem")).to_have_value("Money leaves one bank, and")
    field(ada, "Problem").fill("Money leaves one bank, and never arrives.")
    expect_kept(ada)

    sessions_end(ada)
    field(ada, "Description").fill("It undoes each step.")
    expect(ada.locator("output.kept")).to_contain_text("sign in again in another tab")
    other = ada.context.new_page()
    come_back(other, "Ada")
    expect_kept(ada)
    send(ada, "Save")

    told(ada, "was added successfully")
    [draft] = load_entries().values()
    assert (draft.problem, draft.description) == ("Money leaves one bank, and never arrives.", "It undoes each step.")
    assert (draft.status, draft.slug) == ("draft", "saga")


def test_a_draft_is_returned_corrected_and_published(seat: Seat, new_page: NewPage):
    ada, barbara, reader = seat("editor", "Ada"), seat("publisher", "Barbara"), new_page()
    make_pattern(name="Saga", status="draft", description="It undoes.", by=by(User.objects.get(username="Ada")))
    open_entry(ada, "Saga")
    save(ada, problem="Money leaves one bank.", button="Save and submit for review")
    open_entry(barbara, "Saga")
    save(barbara, why="Say what it undoes.", button="Send back to its author")
    open_entry(barbara, "Saga")
    save(barbara, problem="Money leaves a bank.")  # a save of somebody else leaves the reason where it was

    ada.goto("/admin/")
    sent_back = ada.get_by_role("region", name="Sent back to you")
    expect(sent_back).to_contain_text("Say what it undoes.")
    sent_back.get_by_role("link", name="Saga").click()
    save(ada, description="It undoes each step.")
    ada.goto("/admin/")
    expect(ada.get_by_role("region", name="Sent back to you")).to_contain_text("Say what it undoes.")
    open_entry(ada, "Saga")
    send(ada, "Save and submit for review")

    open_entry(barbara, "Saga")
    since = barbara.get_by_role("region", name="What changed since it was sent back")
    expect(since.locator("ins")).to_contain_text(["each step"])
    send(barbara, "Publish")
    told(barbara, "It is published now.")
    reader.goto("/patterns/saga/")
    expect(reader.get_by_role("main")).to_contain_text("It undoes each step.")


def test_a_proposal_is_changed_twice_and_is_one(seat: Seat):
    make_pattern(name="Saga", description="It undoes.")
    ada = seat("editor", "Ada")
    for text in ("It undoes a step.", "It undoes each step.", "It undoes every step."):
        open_entry(ada, "Saga")
        save(ada, description=text, why=f"Now: {text}", button="Propose this change")

    open_entry(ada, "Saga")
    expect(field(ada, "Description")).to_have_value("It undoes every step.")
    proposal = Proposal.objects.get()
    assert (proposal.document["description"], proposal.comment) == (text, f"Now: {text}")
    assert load_entries()["01"].description == "It undoes."


def test_of_two_proposals_about_one_field_a_publisher_makes_one_text(seat: Seat):
    make_pattern(name="Saga", description="It undoes.")
    for name, text in (("Ada", "It undoes each step."), ("Bea", "It undoes all steps.")):
        author = seat("editor", name)
        open_entry(author, "Saga")
        save(author, description=text, why=f"{name} says so.", button="Propose this change")
    barbara = seat("publisher", "Barbara")
    ada, bea = (Proposal.objects.get(author__username=name) for name in ("Ada", "Bea"))

    barbara.goto(f"{QUEUE}{ada.pk}/change/")
    expect(barbara.get_by_role("link", name=str(bea.pk))).to_be_visible()
    press(barbara, "Accept")
    told(barbara, "was accepted")
    barbara.goto(f"{QUEUE}{bea.pk}/change/")
    barbara.get_by_label("Take the text below").check()
    barbara.get_by_label("Description, as it should be").fill("It undoes each of all steps.")
    press(barbara, "Accept")

    told(barbara, "was accepted")
    assert load_entries()["01"].description == "It undoes each of all steps."
    assert "Barbara" in Change.objects.latest("number").signed_by()
    assert "Bea" in Change.objects.latest("number").signed_by()


def choose_all(page: Page, action: str) -> None:
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option(action)
    press(page, "Go")
    page.locator("[name=comment]").fill("Looked at.")
    press(page, action)


def test_a_wave_of_200_suggestions_is_triaged_in_five_actions(seat: Seat):
    make_pattern(name="Saga")
    for number in range(1, 201):
        suggestion(reader="Wave", comment=f"Buy shoes number {number} of mine")
    honest = suggestion(reader="Grace", comment="The paper says otherwise.")
    barbara = seat("publisher", "Barbara")

    waves = 0
    while Proposal.objects.filter(state="open", reader="Wave").exists():
        barbara.goto(f"{QUEUE}?q=shoes&state__exact=open")
        choose_all(barbara, "Mark as spam")
        told(barbara, "marked as spam")
        waves += 1

    assert waves <= 5
    honest.refresh_from_db()
    assert (honest.state, Proposal.objects.filter(state="spam").count()) == ("open", 200)


def test_an_import_of_12_changes_is_accepted_as_one(seat: Seat):
    codes = [f"{number:02}" for number in range(1, 13)]
    import_entries([entry(code) for code in codes])
    ada, barbara = seat("editor", "Ada"), seat("publisher", "Barbara")
    text = toml(*(entry(code, description=f"Better {code}.") for code in codes))
    upload(ada, text, name="workshop.toml")
    ada.get_by_label("What and why").fill("From the workshop.")
    press(ada, "Confirm this import")
    told(ada, "12 ")
    assert Proposal.objects.count() == 12
    before = Change.objects.count()

    barbara.goto(QUEUE)
    barbara.get_by_role("row", name="01 Pattern 01").get_by_role("checkbox").check()
    barbara.get_by_label("Action:").select_option("Accept all of this import")
    press(barbara, "Go")
    press(barbara, "Accept all of this import")

    told(barbara, "12 proposals accepted, as one change.")
    assert [load_entries()[code].description for code in codes] == [f"Better {code}." for code in codes]
    assert Change.objects.count() == before + 1


def test_a_conflict_is_left_and_found_again(seat: Seat):
    ada = seat("editor", "Ada")
    by_ada = by(User.objects.get(username="Ada"))
    pattern = make_pattern(name="Saga", status="draft", description="It undoes.", by=by_ada)
    open_entry(ada, "Saga")
    change_pattern(pattern, description="It undoes some steps.")
    save(ada, description="It undoes each step.")
    expect(ada.get_by_role("heading", level=1)).to_contain_text("Somebody was faster")

    sessions_end(ada)
    come_back(ada, "Ada")
    open_entry(ada, "Saga")
    follow(ada, "decide about it")
    ada.get_by_label("Take the text below").check()
    press(ada, "Save what I chose")

    told(ada, "Saved as change")
    assert load_entries()["01"].description == "It undoes each step."


def test_two_categories_become_one(seat: Seat, new_page: NewPage):
    make_pattern("01", name="Saga", category="Transactions")
    make_pattern("02", name="Outbox", category="Messages")
    ada, barbara, reader = seat("editor", "Ada"), seat("publisher", "Barbara"), new_page()
    open_entry(ada, "Outbox")
    save(ada, description="It keeps messages beside the data.", button="Propose this change")
    told(ada, "waits for a publisher")

    barbara.goto("/admin/patterns/category/")
    follow(barbara, "Messages")
    follow(barbara, "Merge into another")
    expect(barbara.get_by_role("main")).to_contain_text("1 entry moves: 1 published")
    barbara.get_by_label("Merge it into").select_option("Transactions")
    barbara.get_by_label("Why:", exact=True).fill("Readers look for both in one place.")
    press(barbara, "Merge")
    told(barbara, "merged Messages into Transactions, with 1 entry")

    reader.goto("/categories/messages/")
    expect(reader).to_have_url("/categories/transactions/")
    expect(reader.get_by_role("link", name="Outbox").first).to_be_visible()
    barbara.goto(f"{QUEUE}{Proposal.objects.get().pk}/change/")
    press(barbara, "Accept")
    told(barbara, "was accepted")
    outbox = load_entries()["02"]
    assert (outbox.category, outbox.description) == ("Transactions", "It keeps messages beside the data.")
    assert [one.slug for one in Category.objects.all()] == ["transactions"]


@pytest.mark.skipif(GIT is None, reason="git is not installed")
def test_what_the_desk_and_a_branch_say_meets_in_git(seat: Seat, tmp_path: Path):
    make_patterns(2)
    bare = ["init", "--quiet", "--bare", "--initial-branch", "main", "origin.git"]
    subprocess.run([str(GIT), *bare], cwd=tmp_path, env=ENVIRONMENT, check=True)

    def clone(name: str) -> Clone:
        subprocess.run([str(GIT), "clone", "--quiet", "origin.git", name], cwd=tmp_path, env=ENVIRONMENT, check=True)
        return Clone(tmp_path / name)

    server = clone("server")
    said("export_toml", server.file)
    server.commit("Export")
    server.git("push", "--quiet", "origin", "HEAD:main")
    branch = clone("branch")
    edited(branch.file, "What Pattern 02 is.", "What a branch says.")
    branch.commit("A branch")
    branch.git("push", "--quiet", "origin", "HEAD:main")

    barbara = seat("publisher", "Barbara")
    open_entry(barbara, "Pattern 01")
    save(barbara, description="What the desk says.", why="Clearer at the desk.")
    said("sync_git", server.folder, "--push")

    assert load_entries()["02"].description == "What a branch says."
    branch.git("pull", "--quiet", "--no-rebase", "origin", "main")
    assert "What the desk says." in branch.file.read_text()
    assert "Clearer at the desk." in branch.git("log", "--format=%s")
    open_entry(barbara, "Pattern 02")
    expect(field(barbara, "Description")).to_have_value("What a branch says.")
