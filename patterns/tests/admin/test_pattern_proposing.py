"""What an editor changes in a published entry waits for a publisher, and readers see nothing of it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from patterns.document.entry import Entry
from patterns.models import Change, Proposal, WorkingCopy
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, client_of, errors_of, form_in, messages_of, opened, refused, save
from patterns.tests.factories import make_pattern, make_rich_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db) -> User:
    return person("editor")


@pytest.fixture
def client(author: User) -> Client:
    return client_of(author)


@pytest.fixture
def page(db) -> str:
    return address("change", make_rich_pattern().pk)


def test_the_form_says_so_and_has_one_button_to_save(client: Client, page: str):
    response = client.get(page)

    assert "What you change here is kept as a proposal" in text_of(response)
    assert "Propose this change" in response.content.decode()
    assert 'name="_continue"' not in response.content.decode()


def test_who_publishes_is_not_told_so(page: str):
    assert "is kept as a proposal" not in text_of(client_of(person("publisher")).get(page))


def test_it_is_kept_with_its_base_and_nothing_changes(client: Client, page: str, author: User):
    before, count = load_entries(), Change.objects.count()

    client.post(page, {**opened(client, page), "description": "Better.", "comment": "Clearer."})

    kept = Proposal.objects.get()
    assert (load_entries(), Change.objects.count()) == (before, count)
    assert Entry.model_validate(kept.document) == before["01"].model_copy(update={"description": "Better."})
    assert Entry.model_validate(kept.base) == before["01"]
    assert (kept.author, kept.comment, kept.state) == (author, "Clearer.", "open")


def test_the_list_says_that_it_waits_and_links_to_it(client: Client, page: str):
    response = client.post(page, {**opened(client, page), "description": "Better."}, follow=True)

    number = Proposal.objects.get().pk
    assert response.redirect_chain == [(address("changelist"), 302)]
    assert messages_of(response) == [
        f'Your change waits for a publisher as <a href="{address("change", number, model="proposal")}">'
        f"proposal {number}</a>; until then readers see the entry as it was."
    ]
    assert LogEntry.objects.get().get_change_message() == f"Proposal {number}"


def test_nothing_changed_is_no_proposal(client: Client, page: str):
    response = client.post(page, opened(client, page), follow=True)

    assert messages_of(response) == ["Nothing differed, so nothing was saved."]
    assert not Proposal.objects.exists()


def test_what_breaks_a_rule_is_refused_and_kept_on_the_page(client: Client, page: str):
    form = {**opened(client, page), "replaced_by": "77", "problem": "An hour of work."}

    response = refused(client, page, form)

    assert [*errors_of(response)] == ["replaced_by"]
    assert "An hour of work." in response.content.decode()


@pytest.mark.parametrize("name", ["Outbox\u200b", "\u202eOutbox", "Outbox\u00ad"], ids=ascii)
def test_a_name_in_which_something_hides_is_no_proposal(client: Client, page: str, name: str):
    response = refused(client, page, {**opened(client, page), "name": name})

    assert "invisible character" in str(errors_of(response)["name"])
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("name", ["Outbox\u00a0Pattern", "OUTBOX  pattern", "Ｏｕｔｂｏｘ Ｐａｔｔｅｒｎ"])  # noqa: RUF001
def test_another_entrys_name_is_no_proposal_however_it_is_typed(client: Client, page: str, name: str):
    make_pattern("02", name="Outbox Pattern")

    response = refused(client, page, {**opened(client, page), "name": name})

    assert "[02] Outbox Pattern" in str(errors_of(response)["name"])
    assert not Proposal.objects.exists()


def test_a_tab_that_was_open_before_replaces_a_proposal_only_when_it_is_asked_again(client: Client, page: str):
    first, second = opened(client, page), opened(client, page)
    save(client, page, {**first, "problem": "First."})

    again = client.post(page, {**second, "solution": "Second."})

    assert "which you made in another tab since you opened this form" in text_of(again)
    assert Proposal.objects.get().document["problem"] == "First."
    assert WorkingCopy.objects.get().document["solution"] == "Second."

    save(client, page, form_in(again))

    assert Proposal.objects.get().document["solution"] == "Second."


def test_who_goes_back_to_a_form_changes_the_proposal_that_it_made(client: Client, page: str):
    form = opened(client, page)
    save(client, page, {**form, "problem": "First."})

    save(client, page, {**form, "problem": "First and more."})

    assert Proposal.objects.get().document["problem"] == "First and more."


def test_the_next_who_opens_it_sees_what_waits(client: Client, page: str):
    client.post(page, {**opened(client, page), "description": "Better."})

    said = client_of(person("publisher")).get(page)

    assert f"Open proposals: {Proposal.objects.get().pk} by editor" in text_of(said)


def test_what_waits_for_another_entry_is_not_shown(client: Client, page: str):
    client.post(page, {**opened(client, page), "description": "Better."})

    assert "Open proposals" not in text_of(client.get(address("change", make_pattern("02").pk)))


def test_a_name_with_markup_is_shown_as_text(client: Client, page: str):
    form = {**opened(client, page), "name": "<script>alert(1)</script>"}

    response = client.post(page, form, follow=True)

    assert "<script>alert(1)" not in response.content.decode()
