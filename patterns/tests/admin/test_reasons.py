"""What readers are told of a change: asked of publishers wherever they change what readers see, of nobody else."""

import pytest
from django.test import Client

from patterns.models import Catalog, Category, Change, Pattern
from patterns.tests.admin import proposals
from patterns.tests.admin.clashes import editors_of, merge, overtaken, text_of, too_late
from patterns.tests.admin.forms import address, client_of, errors_of, form_in, messages_of, opened, refused, save
from patterns.tests.admin.test_actions import page_of, send
from patterns.tests.admin.uploads import CONFIRM, plan_page, token_of, toml_of
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db
TOLD = {"public_reason": " A reader asked. "}


@pytest.fixture
def publisher(db) -> Client:
    return client_of(person("publisher"))


@pytest.fixture
def pattern(db) -> Pattern:
    return make_pattern(description="Old.")


def last_told() -> str:
    return Change.objects.latest("number").public_reason


def page(pattern: Pattern, name: str = "change") -> str:
    return address(name, pattern.pk)


def test_a_save_carries_it(publisher: Client, pattern: Pattern):
    save(publisher, page(pattern), {**opened(publisher, page(pattern)), **TOLD, "description": "New."})

    assert last_told() == "A reader asked."
    assert "A reader asked." in text_of(publisher.get(page(pattern, "history")))


def test_a_button_carries_it(publisher: Client, pattern: Pattern):
    form = opened(publisher, page(pattern))
    save(publisher, page(pattern), {**form, **TOLD, "comment": "Not for readers.", "_retire": "Retire"})

    assert last_told() == "A reader asked."


def test_an_action_of_the_list_carries_it(publisher: Client, pattern: Pattern):
    send(publisher, page_of(publisher, "retire", "01"), **TOLD)

    assert last_told() == "A reader asked."


def test_another_address_carries_it(publisher: Client, pattern: Pattern):
    where = page(pattern, "rename")
    publisher.post(where, {**opened(publisher, where), **TOLD, "slug": "other", "comment": "Shorter."})

    assert last_told() == "A reader asked."


def test_a_restore_carries_it(publisher: Client, pattern: Pattern):
    change_pattern(pattern, description="Newer.")
    where = address("restore", pattern.revisions.earliest("pk").pk)
    publisher.post(where, {**opened(publisher, where), **TOLD, "comment": "Better."})

    change = Change.objects.latest("number")
    assert (change.origin, change.public_reason) == ("restore", "A reader asked.")


def test_an_accepted_proposal_carries_it_and_keeps_its_comment_to_itself(publisher: Client, pattern: Pattern):
    proposal = proposals.propose(comment="Clearer.", description="New.")
    proposals.decide(publisher, proposal, "accept", **{"accept-public_reason": "A reader asked."})

    change = Change.objects.latest("number")
    assert (change.origin, change.public_reason) == ("proposal", "A reader asked.")
    assert "Clearer." in change.comment


def test_a_category_carries_it(publisher: Client, pattern: Pattern):
    where = address("change", Category.objects.get().pk, model="category")
    save(publisher, where, {**opened(publisher, where), **TOLD, "name": "Records"})

    assert last_told() == "A reader asked."


def test_an_import_carries_it(publisher: Client, pattern: Pattern):
    token = token_of(publisher, toml_of("02"))
    form = form_in(publisher.get(plan_page(token)))
    publisher.post(CONFIRM, {**form, **TOLD})

    change = Change.objects.latest("number")
    assert (change.origin, change.public_reason) == ("import", "A reader asked.")


def test_an_import_keeps_one_that_is_too_long_until_it_is_shorter(publisher: Client, pattern: Pattern):
    token = token_of(publisher, toml_of("02"))
    form = form_in(publisher.get(plan_page(token)))

    response = publisher.post(CONFIRM, {**form, "public_reason": "x" * 501}, follow=True)

    assert "the reason for readers has 501 characters; at most 500 are allowed" in messages_of(response)[-1]
    assert form_in(response)["public_reason"] == "x" * 501
    assert Change.objects.filter(origin="import").count() == 0


def test_what_was_typed_too_late_keeps_it(pattern: Pattern):
    editors, where = editors_of(), page(pattern)
    form = overtaken(editors, where, description="Newer.")

    response = too_late(editors.second, where, {**form, **TOLD, "problem": "Why."})
    merge(editors.second, form_in(response))

    assert last_told() == "A reader asked."


@pytest.mark.parametrize(
    ("text", "why"), [("x" * 501, "at most 500 are allowed"), ("bell \x07", "control character U+0007")]
)
def test_it_is_refused_beside_its_field(publisher: Client, pattern: Pattern, text: str, why: str):
    form = {**opened(publisher, page(pattern)), "public_reason": text, "description": "New."}

    assert why in errors_of(refused(publisher, page(pattern), form))["public_reason"][0]


def test_an_editor_is_not_asked_and_not_heard():
    editor = person("editor")
    client = client_of(editor)
    where = page(make_pattern(status="draft", by=by(editor)))

    form = opened(client, where)
    save(client, where, {**form, **TOLD, "description": "New."})

    assert "public_reason" not in form
    assert last_told() == ""


def test_an_editor_is_not_asked_of_many_either():
    editor = person("editor")
    make_pattern(status="draft", by=by(editor))
    client = client_of(editor)

    form = page_of(client, "submit", "01")
    send(client, form, **TOLD)

    assert "public_reason" not in form
    assert last_told() == ""


def test_an_editors_import_is_not_heard(pattern: Pattern):
    client = client_of(person("editor"))
    form = form_in(client.get(plan_page(token_of(client, toml_of("02")))))

    client.post(CONFIRM, {**form, **TOLD})

    assert "public_reason" not in form
    assert last_told() == ""


def test_an_editors_late_text_is_not_heard():
    editor = person("editor")
    where = page(make_pattern(status="draft", by=by(editor)))
    mine, other = client_of(editor), client_of(editor)
    form = opened(mine, where)
    save(other, where, {**opened(other, where), "description": "Newer."})

    response = too_late(mine, where, {**form, **TOLD, "problem": "Why."})
    merge(mine, {**form_in(response), **TOLD})

    assert last_told() == ""


def test_what_is_new_and_the_header_have_none(publisher: Client, pattern: Pattern):
    header = address("change", Catalog.objects.get().pk, model="catalog")

    assert "public_reason" not in opened(publisher, address("add"))
    assert "public_reason" not in opened(publisher, header)
