"""Every way to every operation by every role: what the matrix answers is what happens, whichever way it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.document.register import Table
from patterns.models import Category, Change, Pattern, PendingImport, Proposal, Revision
from patterns.store.reading import load_document
from patterns.tests.admin.forms import Form, address, client_of, form_in, opened
from patterns.tests.admin.proposals import opened as opened_proposal
from patterns.tests.admin.proposals import propose, where
from patterns.tests.admin.test_actions import page_of
from patterns.tests.admin.uploads import CONFIRM, upload
from patterns.tests.factories import change_pattern, make_category, make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.rules import MATRIX, ROLES, Operation

pytestmark = pytest.mark.django_db
Try = Callable[[], object]
WHY = {"comment": "For the workshop."}
FILE = """
[[items]]
code = "77"
slug = "bulkhead"
name = "Bulkhead"
description = "Rooms that flood alone."
category = "Data Pattern"
"""


@dataclass(frozen=True)
class Attempt:
    """Somebody with a role at the desk, beside a superuser whose pages show forms that the role may not see."""

    user: User | None
    client: Client
    chief: Client
    other: User

    def sending(self, path: str, form: Form, **typed: str) -> Try:
        return partial(self.client.post, path, {**form, **WHY, **typed})

    def seen(self, path: str) -> Form:
        return opened(self.chief, path)


def entry_made_by(author: User | None, status: str = "draft", code: str = "01") -> str:
    """The address of the form of an entry."""
    return address("change", make_pattern(code, status=status, by=by(author)).pk)


def add(attempt: Attempt) -> Try:
    make_category()
    form = attempt.seen(address("add"))
    category = str(Category.objects.get().pk)
    return attempt.sending(
        address("add"), form, code="50", name="New", slug="new", description="It.", category=category
    )


def edit(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.other)
    return attempt.sending(path, attempt.seen(path), description="Other.")


def edit_own(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.user)
    return attempt.sending(path, attempt.seen(path), description="Other.")


def submit_own(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.user)
    return attempt.sending(path, attempt.seen(path), _submit="1")


def submit_by_action(attempt: Attempt) -> Try:
    entry_made_by(attempt.user)
    return by_action(attempt, "submit")


def by_action(attempt: Attempt, action: str) -> Try:
    return attempt.sending(address("changelist"), page_of(attempt.chief, action, "01"))


def change_published(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.other, "published")
    return attempt.sending(path, attempt.seen(path), description="Other.")


def change_published_row(attempt: Attempt) -> Try:
    path = address("change", make_pattern(references=[{"title": "Sagas"}], by=by(attempt.other)).pk)
    return attempt.sending(path, attempt.seen(path), **{"references-0-title": "Other."})


def publish(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.other, "review")
    return attempt.sending(path, attempt.seen(path), _publish="1")


def publish_by_action(attempt: Attempt) -> Try:
    entry_made_by(attempt.other, "review")
    return by_action(attempt, "publish")


def retire(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.other, "published")
    return attempt.sending(path, attempt.seen(path), _retire="1")


def retire_by_action(attempt: Attempt) -> Try:
    entry_made_by(attempt.other, "published")
    return by_action(attempt, "retire")


def reopen(attempt: Attempt) -> Try:
    path = entry_made_by(attempt.other, "published")
    change_pattern(Pattern.objects.get(), status="retired")
    return attempt.sending(path, attempt.seen(path), _reopen="1")


def rename(attempt: Attempt) -> Try:
    entry_made_by(attempt.other, "published")
    path = address("rename", Pattern.objects.get().pk)
    return attempt.sending(path, attempt.seen(path), slug="other-address")


def restore(attempt: Attempt) -> Try:
    pattern = make_pattern(status="draft", by=by(attempt.user))
    first = Revision.objects.get(what="entry")
    change_pattern(pattern, description="Other.", by=by(attempt.user))
    path = address("restore", first.pk)
    return attempt.sending(path, attempt.seen(path))


def delete(attempt: Attempt) -> Try:
    entry_made_by(attempt.other)
    return partial(attempt.client.post, address("delete", Pattern.objects.get().pk), {"post": "yes"})


def delete_own(attempt: Attempt) -> Try:
    entry_made_by(attempt.user)
    return partial(attempt.client.post, address("delete", Pattern.objects.get().pk), {"post": "yes"})


def shelve(attempt: Attempt) -> Try:
    path = address("add", model="category")
    return attempt.sending(path, attempt.seen(path), name="Shelf", slug="shelf")


def rename_shelf(attempt: Attempt) -> Try:
    path = address("change", make_category().pk, model="category")
    return attempt.sending(path, attempt.seen(path), name="Shelf")


def preview_import(attempt: Attempt) -> Try:
    return partial(upload, attempt.client, FILE)


def confirm_import(attempt: Attempt) -> Try:
    make_category()
    response = upload(attempt.client, FILE)
    return partial(attempt.client.post, CONFIRM, form_in(response) if response.status_code == 200 else {})


def accept(attempt: Attempt) -> Try:
    return decide(attempt, "accept")


def decline(attempt: Attempt) -> Try:
    return decide(attempt, "decline")


def decide(attempt: Attempt, way: str) -> Try:
    entry_made_by(attempt.other, "published")
    proposal = propose(author=attempt.other, description="Better.")
    form = opened_proposal(attempt.chief, proposal, way)
    return attempt.sending(where(proposal, way), form, **{f"{way}-reason": "Because."})


def add_user(attempt: Attempt) -> Try:
    path = "/admin/auth/user/add/"
    password = {"password1": "correct horse battery", "password2": "correct horse battery"}
    return partial(attempt.client.post, path, {"username": "newcomer", "usable_password": "true", **password})


Way = Callable[[Attempt], Try]
WAYS: list[tuple[Operation, Way, bool]] = [
    (Operation.CREATE, add, False),
    (Operation.EDIT, edit, False),
    (Operation.EDIT, edit_own, True),
    (Operation.EDIT, submit_own, True),
    (Operation.EDIT, submit_by_action, True),
    (Operation.CHANGE_PUBLIC, change_published, False),
    (Operation.CHANGE_PUBLIC, change_published_row, False),
    (Operation.PUBLISH, publish, False),
    (Operation.PUBLISH, publish_by_action, False),
    (Operation.RETIRE, retire, False),
    (Operation.RETIRE, retire_by_action, False),
    (Operation.RETIRE, reopen, False),
    (Operation.RENAME, rename, False),
    (Operation.RESTORE, restore, False),
    (Operation.DELETE, delete, False),
    (Operation.DELETE, delete_own, True),
    (Operation.SHELVE, shelve, False),
    (Operation.SHELVE, rename_shelf, False),
    (Operation.PREVIEW_IMPORT, preview_import, False),
    (Operation.CONFIRM_IMPORT, confirm_import, False),
    (Operation.DECIDE, accept, False),
    (Operation.DECIDE, decline, False),
    (Operation.ACCOUNTS, add_user, False),
]
READ = {Operation.READ_PUBLIC, Operation.READ_DESK}  # by every address: see test_matrix


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("operation", "way", "is_own"), WAYS, ids=[way.__name__ for _, way, _ in WAYS])
def test_what_happens_is_what_the_matrix_says(operation: Operation, way, is_own: bool, role: str):
    user = None if role == "anonymous" else person(role, "me")
    client = client_of(user) if user else Client()
    attempt = Attempt(user, client, client_of(person("superuser", "chief")), person("editor", "other"))

    effect = effect_of(way, attempt)

    given = MATRIX[operation][ROLES.index(role)]
    wanted = {"own": "done" if is_own else "nothing", "no": "nothing", "proposal": "proposed"}.get(given, "done")
    assert effect == wanted


def effect_of(way: Way, attempt: Attempt) -> str:
    """What the last step of a way did, once the scene is set."""
    take = way(attempt)
    before = counts()
    take()
    changed = {name for name, rows in counts().items() if rows != before[name]}
    return {frozenset(): "nothing", frozenset({"proposals"}): "proposed"}.get(frozenset(changed), "done")


def counts() -> dict[str, list[object]]:
    kept = {
        "changes": Change.objects.values_list("pk"),
        "proposals": Proposal.objects.values_list("pk"),
        "decisions": Proposal.objects.exclude(state="open").values_list("pk"),
        "uploads": PendingImport.objects.values_list("pk"),
        "users": User.objects.values_list("username"),
    }
    return {name: sorted(rows, key=repr) for name, rows in kept.items()}


ORIGINS = {restore: Change.Origin.RESTORE, confirm_import: Change.Origin.IMPORT, accept: Change.Origin.PROPOSAL}
WRITING = [way for operation, way, _ in WAYS if way not in (preview_import, decline, add_user)]


@pytest.mark.parametrize("way", WRITING, ids=[way.__name__ for way in WRITING])
def test_a_write_is_one_change_with_one_revision_of_each_document(way: Way):
    me, other = person("superuser", "me"), person("editor", "other")
    take = way(Attempt(me, client_of(me), client_of(person("superuser", "chief")), other))
    before, last = documents(), Change.objects.count()

    take()

    change = Change.objects.get(pk__gt=last)
    after = documents()
    touched = sorted(one for one in {*before, *after} if before.get(one) != after.get(one))
    assert sorted(change.revisions.values_list("what", "identity")) == touched
    assert (change.author, change.origin) == (other if way is accept else me, ORIGINS.get(way, Change.Origin.ADMIN))
    assert ("For the workshop." in change.comment) == (way not in UNEXPLAINED)


UNEXPLAINED = (delete, delete_own, confirm_import, accept)  # which ask for no reason, or under another name


def documents() -> dict[tuple[str, str], Table]:
    """Everything that can have a revision, by its kind and identity."""
    now = load_document()
    return {
        ("header", ""): now.header,
        **{("category", slug): one for slug, one in now.categories.items()},
        **{("entry", code): one for code, one in now.entries.items()},
    }


def test_every_operation_is_tried():
    assert {operation for operation, _, _ in WAYS} | READ == {*Operation}
