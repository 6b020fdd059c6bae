"""Import by role: an editor's file becomes drafts and proposals, a publisher's is carried out, a viewer's not read."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client

from patterns.models import Change, Pattern, PendingImport, Proposal
from patterns.store.exports import export_all
from patterns.tests.admin.forms import catalogue_rows, client_of, messages_of
from patterns.tests.admin.uploads import (
    CONFIRM,
    IMPORT,
    LIST,
    confirm,
    confirmed,
    imported,
    plan_page,
    present,
    token_of,
    toml,
    toml_of,
    upload,
)
from patterns.tests.ends import counted
from patterns.tests.factories import entry, import_entries, make_category, make_pattern
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(db) -> User:
    return person("editor", "writer")


@pytest.fixture
def pen(writer: User) -> Client:
    return client_of(writer)


@pytest.fixture
def file(writer: User) -> str:
    """A file with something of every kind for an editor."""
    import_entries([entry("01"), entry("02"), entry("05")])
    make_pattern("03", status="draft", by=by(writer))
    make_pattern("04", status="draft", by=by(person("publisher", "other")))
    text = export_all().toml.replace('title = ""', 'title = "Other"')
    without = text[: text.index('[[items]]\ncode = "05"')] + text[text.index("[end]") :]
    text = counted(without + toml(entry("09", category="New"), entry("10")))
    return text.replace("What Pattern 01 is.", "Better.").replace("03 is.", "03 was.").replace("04 is.", "04 was.")


def test_the_preview_shows_what_would_become_of_each(pen: Client, file: str):
    before = catalogue_rows()

    response = upload(pen, file)

    rows = {row.title: row.group for row in response.context["rows"]}
    assert rows["01 Pattern 01"] == "Proposals, for a publisher to decide"
    assert rows["03 Pattern 03"] == "Your drafts"
    assert rows["10 Pattern 10"] == "New, as drafts of yours"
    left = {title for title, group in rows.items() if group == "Not carried out"}
    assert left >= {"04 Pattern 04", "09 Pattern 09", "Category new New"}
    assert "The file leaves out 05 Pattern 05. What is left out stays." in response.content.decode()
    assert catalogue_rows() == before


def test_the_preview_says_why_something_is_left(pen: Client, file: str):
    page = upload(pen, file).content.decode()

    for why in ("edit a draft", "there is no category &#x27;New&#x27;", "add, edit or order categories"):
        assert why in page


def test_the_confirmation_does_what_was_shown(pen: Client, writer: User, file: str):
    before = present()

    response = imported(pen, file)

    after = present()
    assert "1 draft created, 1 draft of yours changed, 1 proposal for a publisher" in messages_of(response)[0]
    assert {code for code in after if after[code] != before.get(code)} == {"03", "10"}
    assert after["10"].status == "draft"
    assert [(one.code, one.author) for one in Proposal.objects.all()] == [("01", writer)]


def test_every_entry_that_was_written_has_one_revision_by_the_editor(pen: Client, writer: User, file: str):
    imported(pen, file)

    change = Change.objects.first()
    assert (change.author, change.origin) == (writer, "import")
    assert sorted(change.revisions.values_list("identity", flat=True)) == ["03", "10"]


def test_an_editor_publishes_nothing_by_a_file(pen: Client):
    make_category()

    imported(pen, toml_of("01", "02"))

    assert {one.status for one in present().values()} == {"draft"}


def test_a_publishers_file_publishes():
    publisher = client_of(person("publisher"))

    imported(publisher, toml_of("01"))

    assert present()["01"].status == "published"


def test_a_file_with_nothing_for_an_editor_says_so(pen: Client):
    import_entries([entry("01")])

    response = imported(pen, toml_of("01"))

    assert messages_of(response) == ["Nothing to do: 1 unchanged."]


def test_who_became_a_publisher_since_sees_the_plan_anew(pen: Client, writer: User):
    make_category()
    token = token_of(pen, toml_of("01"))
    writer.groups.add(Group.objects.get(name="publisher"))

    response = confirmed(pen, token)

    assert "Here is the new plan" in messages_of(response)[0]
    assert present() == {}


def test_who_is_no_publisher_any_more_sees_the_plan_anew(pen: Client, writer: User):
    writer.groups.add(Group.objects.get(name="publisher"))
    token = token_of(pen, toml_of("01"))
    writer.groups.set([Group.objects.get(name="editor")])

    response = confirmed(pen, token)

    assert response.context["contribution"] is not None
    assert present() == {}


# Who may not


def client_as(role: str) -> Client:
    return Client() if role == "anonymous" else client_of(person(role, "somebody"))


def requests(client: Client, token: str) -> dict[str, HttpResponse]:
    return {
        "form": client.get(IMPORT),
        "upload": upload(client, toml_of("09")),
        "page": client.get(plan_page(token)),
        "confirmation": client.post(CONFIRM, {"pending": token, "edition": "1"}),
    }


@pytest.mark.parametrize("role", ["anonymous", "viewer"])
def test_who_may_not_import_is_refused_everywhere_and_nothing_changes(desk: Client, role: str):
    token = token_of(desk, toml_of("01"))
    before = (catalogue_rows(), PendingImport.objects.count())

    responses = requests(client_as(role), token)

    expected = 302 if role == "anonymous" else 403
    assert {response.status_code for response in responses.values()} == {expected}
    assert (catalogue_rows(), PendingImport.objects.count()) == before


@pytest.mark.parametrize("role", ["editor", "publisher", "superuser"])
def test_nobody_else_sees_or_confirms_an_upload(desk: Client, role: str):
    token = token_of(desk, toml_of("01"))
    thief = client_as(role)

    seen, done = thief.get(plan_page(token)), confirm(thief, token)

    assert [response.url for response in (seen, done)] == [IMPORT, IMPORT]
    assert present() == {}


def test_a_viewer_who_was_given_the_permission_still_imports_nothing():
    viewer = person("viewer")
    viewer.user_permissions.add(*Group.objects.get(name="editor").permissions.filter(codename="import_pattern"))
    client = client_of(viewer)

    assert client.get(IMPORT).status_code == 403
    assert IMPORT not in client.get(LIST).content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_no_other_method_is_answered(desk: Client, method: str):
    token = token_of(desk, toml_of("01"))

    for address in (IMPORT, plan_page(token), CONFIRM):
        assert getattr(desk, method)(address).status_code == 405, address
    assert present() == {}


def test_the_page_of_a_plan_is_only_read(desk: Client):
    token = token_of(desk, toml_of("01"))

    response = desk.post(plan_page(token), {"pending": token, "edition": "1"})

    assert response.status_code == 405
    assert present() == {}


@pytest.mark.parametrize("change", [{"used_at": "2020-01-01T00:00Z"}, {"expires_at": "2020-01-01T00:00Z"}])
def test_a_used_or_expired_upload_is_not_shown_any_more(desk: Client, change: dict[str, Any]):
    token = token_of(desk, toml_of("01"))
    PendingImport.objects.update(**change)

    response = desk.get(plan_page(token), follow=True)

    assert "expired, used or not yours" in messages_of(response)[0]


def test_a_plan_of_a_catalogue_that_changed_is_the_one_of_now(desk: Client):
    token = token_of(desk, toml_of("01", "02"))
    import_entries([entry("01")])

    page = desk.get(plan_page(token)).content.decode()

    assert "Would be: 1 entry created; 1 unchanged." in page


def test_the_pages_are_never_kept_by_browsers(desk: Client):
    token = token_of(desk, toml_of("01"))

    assert "no-store" in desk.get(plan_page(token))["Cache-Control"]


def test_only_so_many_uploads_of_one_person_are_kept(desk: Client, pen: Client):
    other = token_of(pen, toml_of("01"))

    tokens = [token_of(desk, toml_of("01")) for _ in range(12)]

    kept = {str(one) for one in PendingImport.objects.values_list("pk", flat=True)}
    assert kept == {other, *tokens[-10:]}


def test_a_proposal_of_a_file_is_not_public(pen: Client, client: Client):
    import_entries([entry("01")])

    imported(pen, toml_of("01", description="Unreviewed words."))

    assert Proposal.objects.count() == 1
    assert "Unreviewed" not in client.get(Pattern.objects.get().get_absolute_url()).content.decode()
