"""Actions of the list: a page that says what will happen, then one change of them all, or refusals by name."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Category, Change, Pattern, Proposal, Revision
from patterns.tests.admin.forms import Form, address, catalogue_rows, client_of, form_in, make_staff, messages_of
from patterns.tests.admin.test_query_counts import queries
from patterns.tests.factories import RICH, change_pattern, make_category, make_pattern, make_patterns
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db

LIST = address("changelist")
BULKS = ("submit", "publish", "retire", "move")


def choose(client: Client, action: str, *codes: str, query: str = "") -> HttpResponse:
    """What the list answers to an action on these entries, or on all of them."""
    rows = Pattern.objects.filter(code__in=codes) if codes else Pattern.objects.all()
    form = {"action": action, "index": "0", "_selected_action": [str(pk) for pk in rows.values_list("pk", flat=True)]}
    return client.post(LIST + query, form)


def page_of(client: Client, action: str, *codes: str) -> dict[str, Any]:
    """The page's form, with all that it says was opened."""
    response = choose(client, action, *codes)
    assert response.status_code == 200, response
    opened = [f"{row.code} {row.opened}" for row in response.context["rows"]]
    return {**form_in(response), "opened": opened}


def send(client: Client, form: Form, **typed: Any) -> list[str]:
    response = client.post(LIST, {**form, "comment": "For the workshop.", **typed}, follow=True)
    assert response.redirect_chain == [(LIST, 302)], response.redirect_chain
    return messages_of(response)


def do(user: User, action: str, *codes: str, **typed: Any) -> list[str]:
    """Choose, confirm with a reason; returns what the page says then."""
    client = client_of(user)
    return send(client, page_of(client, action, *codes), **typed)


def states() -> dict[str, str]:
    return dict(Pattern.objects.values_list("code", "status"))


def test_an_editor_submits_their_drafts():
    editor = person("editor")
    make_pattern("01", status="draft", by=by(editor))
    make_pattern("02", status="draft", by=by(editor))

    said = do(editor, "submit")

    assert said == ["2 entries submitted for review."]
    assert states() == {"01": "review", "02": "review"}


def test_all_of_them_are_one_change_with_author_and_reason():
    editor = person("editor")
    make_patterns(3, status="draft", by=by(editor))
    before = Change.objects.count()

    do(editor, "submit")

    change = Change.objects.get(number=before + 1)
    assert Change.objects.count() == before + 1
    assert (change.author, change.origin, change.comment) == (editor, "admin", "For the workshop.")
    assert Revision.objects.filter(change=change, what="entry").count() == 3


def test_overrides_are_a_change_of_their_own():
    superuser = person("superuser")
    make_pattern("01", status="review", by=by(superuser))
    make_pattern("02", status="review", by=by(person("editor")))

    do(superuser, "publish")

    marked = Revision.objects.filter(change__in=Change.objects.order_by("-number")[:2], what="entry")
    assert {*marked.values_list("identity", "change__is_override")} == {("01", True), ("02", False)}


def test_what_is_refused_is_named_and_the_rest_is_done():
    publisher = person("publisher")
    make_pattern("01", status="review", by=by(person("editor")))
    make_pattern("02", status="review", by=by(publisher))
    make_pattern("03")

    said = do(publisher, "publish")

    assert said == [
        "1 entry published.",
        "Not published: [02] Pattern 02: the last change to it is yours; somebody else has to publish it.",
        "Not published: [03] Pattern 03: it is published.",
    ]
    assert states() == {"01": "published", "02": "review", "03": "published"}


def test_an_editor_submits_nobody_elses_drafts():
    make_pattern(status="draft", by=by(person("publisher")))
    client = client_of(person("editor"))
    before = catalogue_rows()

    response = choose(client, "submit")

    assert "refused: your role does not allow to edit a draft; ask its author or a publisher" in text_of(response)
    assert catalogue_rows() == before


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def test_submitting_never_takes_a_published_entry_from_its_readers():
    make_pattern()

    said = do(person("superuser"), "submit")

    assert said == ["Not submitted for review: [01] Pattern 01: it is published."]
    assert states() == {"01": "published"}


def test_a_superuser_publishes_their_own_and_the_page_warns_that_it_is_an_override():
    superuser = person("superuser")
    make_pattern(status="review", by=by(superuser))
    client = client_of(superuser)

    response = choose(client, "publish")
    send(client, page_of(client, "publish"))

    assert "published, as an override: you wrote it last" in text_of(response)
    assert Change.objects.get(number=Change.objects.count()).is_override


def test_a_publisher_retires():
    make_pattern("01")
    make_pattern("02", status="retired")

    said = do(person("publisher"), "retire")

    assert said == ["1 entry retired.", "Not retired: [02] Pattern 02: it is retired."]
    assert states() == {"01": "retired", "02": "retired"}


def test_entries_are_moved_to_another_category():
    make_pattern("01", category="One")
    make_pattern("02", category="Two")
    two = Category.objects.get(name="Two")

    said = do(person("publisher"), "move", category=str(two.pk))

    assert said == ["1 entry moved.", "1 entry already so."]
    assert {*Pattern.objects.values_list("category__name", flat=True)} == {"Two"}


def test_what_an_editor_moves_in_public_is_proposed():
    make_pattern()
    make_category("Other")
    other = Category.objects.get(name="Other")

    said = do(person("editor"), "move", category=str(other.pk))

    assert said == ["1 entry kept as proposals, for a publisher to decide."]
    assert Proposal.objects.get().document["category"] == "Other"
    assert Pattern.objects.get().category.name != "Other"


@pytest.mark.parametrize("category", ["", "999999", "x", "9" * 30])
def test_a_category_that_is_none_is_asked_for_again(category: str):
    make_pattern()
    client = client_of(person("publisher"))
    form = page_of(client, "move")
    before = catalogue_rows()

    response = client.post(LIST, {**form, "comment": "Why not.", "category": category})

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"category"}
    assert catalogue_rows() == before


@pytest.mark.parametrize("action", BULKS)
def test_the_page_writes_nothing_and_a_reason_is_required(action: str):
    make_pattern(status="draft", by=by(person("editor")))
    client = client_of(person("superuser"))
    before = catalogue_rows()

    form = page_of(client, action)
    response = client.post(LIST, {**form, "comment": " "})

    assert response.status_code == 200
    assert response.context["form"].errors["comment"] == ["This field is required."]
    assert catalogue_rows() == before


def test_the_page_says_what_will_happen_to_each():
    publisher = person("publisher")
    make_pattern("01", status="review", by=by(person("editor")))
    make_pattern("02", status="review", by=by(publisher))

    response = choose(client_of(publisher), "publish")

    assert [(row.code, row.outcome, bool(row.refusal)) for row in response.context["rows"]] == [
        *(("01", "published", False), ("02", "", True))
    ]
    assert "1 of 2 can be done" in text_of(response)


def test_an_entry_that_changed_after_the_page_is_not_touched():
    row, publisher = make_pattern(status="review", by=by(person("editor"))), person("publisher")
    client = client_of(publisher)
    form = page_of(client, "publish")
    change_pattern(row, description="Not what was seen.", by=by(User.objects.get(username="editor")))

    said = send(client, form)

    assert said == [
        "Not published: [01] Pattern 01: somebody changed it after you saw this list; look at it again.",
    ]
    assert states() == {"01": "review"}


def test_an_entry_that_is_gone_is_named():
    make_pattern(status="review", by=by(person("editor")))
    client = client_of(person("publisher"))
    form = page_of(client, "publish")
    Revision.objects.update(pattern=None)
    Pattern.objects.all().delete()

    assert send(client, form) == ["Not published: [01]: it is not there any more."]


ALLOWED = {
    "viewer": set(),
    "editor": {"submit", "move"},
    "publisher": {*BULKS},
    "superuser": {*BULKS},
}


@pytest.mark.parametrize("role", ALLOWED)
def test_a_role_is_offered_what_it_can_ever_do(role: str):
    make_pattern()

    page = text_of(client_of(person(role)).get(LIST))

    assert {name for name in BULKS if f'<option value="{name}">' in page} == ALLOWED[role]
    assert "delete_selected" not in page


@pytest.mark.parametrize("role", ALLOWED)
@pytest.mark.parametrize("action", [*BULKS, "delete_selected", "nonsense"])
def test_nothing_is_done_that_was_not_offered_or_not_seen(role: str, action: str):
    make_pattern("01", status="draft", by=by(person("editor", "other")))
    make_pattern("02")
    client, before = client_of(person(role)), catalogue_rows()
    opened = [f"{row.code} {'0' * 64}" for row in Pattern.objects.all()]

    for form in ({"index": "0"}, {"opened": opened, "comment": "Why not."}):
        client.post(LIST, {"action": action, "_selected_action": [str(Pattern.objects.first().pk)], **form})

    assert catalogue_rows() == before


def test_visitors_and_staff_without_permissions_do_nothing(client: Client):
    make_pattern(status="review", by=by(person("editor")))
    before = catalogue_rows()

    visitor, nobody = choose(client, "publish"), choose(client_of(make_staff(name="nobody")), "publish")

    assert (visitor.status_code, nobody.status_code) == (302, 403)
    assert catalogue_rows() == before


@pytest.mark.parametrize("opened", ["", "01", f"01 {'x' * 64}", f"{'0' * 17} {'0' * 64}", "\x00", "01 " + "0" * 64])
def test_made_up_fingerprints_write_nothing(opened: str):
    make_pattern(status="review", by=by(person("editor")))
    client, before = client_of(person("publisher")), catalogue_rows()

    response = client.post(
        LIST, {"action": "publish", "_selected_action": "1", "opened": opened, "comment": "Why not."}
    )

    assert response.status_code == 302
    assert catalogue_rows() == before


@pytest.mark.parametrize("action", [*BULKS, "export_admin_action"])
def test_a_row_that_no_list_has_is_refused(action: str):
    make_pattern()
    client = client_of(person("superuser"))

    for chosen in ("x", "\x00", "", "1.5", "-1", "9" * 30, "\u0661"):
        response = client.post(LIST, {"action": action, "index": "0", "_selected_action": chosen})
        assert response.status_code == 400, chosen


def test_two_names_of_an_action_are_one_action():
    """The name that Django checks is the one that is done."""
    make_pattern(status="draft", by=by(person("editor")))
    client = client_of(User.objects.get())

    chosen = str(Pattern.objects.get().pk)
    response = client.post(LIST, {"action": ["submit", "publish"], "index": "0", "_selected_action": chosen})

    assert response.context["title"] == "Submit for review"


def test_more_than_a_reasonable_number_is_refused():
    make_patterns(201, status="draft")
    client = client_of(person("publisher"))

    response = client.post(
        LIST,
        {"action": "submit", "index": "0", "_selected_action": "1", "select_across": "1"},
        follow=True,
    )

    assert messages_of(response) == ["Nothing was done: choose at most 200 entries at once."]
    assert {*states().values()} == {"draft"}


def test_the_list_stays_narrowed_afterwards():
    make_pattern(status="review", by=by(person("editor")))
    client, query = client_of(person("publisher")), "?status__exact=review"
    response = choose(client, "publish", query=query)
    form = {**form_in(response), "opened": [f"{row.code} {row.opened}" for row in response.context["rows"]]}

    done = client.post(LIST + query, {**form, "comment": "Good."})

    assert (done.status_code, done["Location"]) == (302, LIST + query)
    assert states() == {"01": "published"}


def test_markup_in_names_is_text():
    make_pattern(name="<b>Bold</b>", slug="bold", status="draft")

    assert "<b>Bold" not in text_of(choose(client_of(person("publisher")), "publish"))


def test_the_page_costs_the_same_for_ten_entries_as_for_forty():
    client = client_of(person("publisher"))
    make_patterns(10, **RICH)
    queries(lambda: choose(client, "move"))
    few = queries(lambda: choose(client, "move"))
    make_patterns(30, first=11, **RICH)

    assert queries(lambda: choose(client, "move")) == few <= 26


def test_selected_entries_are_exported():
    make_pattern("01")
    make_pattern("02")

    response = choose(client_of(person("viewer")), "export_admin_action", "02")

    assert response.status_code == 200
    assert "1 selected entry" in text_of(response)


@pytest.mark.parametrize("action", ["publish", "move"])
def test_two_hundred_entries_cost_what_a_few_do(action: str):
    make_patterns(200, status="review", by=by(person("editor")), **RICH)
    client = client_of(person("publisher"))
    form = page_of(client, action)
    category = str(Category.objects.order_by("pk").last().pk)

    with CaptureQueriesContext(connection) as found:
        send_only(client, {**form, "category": category})

    assert len(found) <= 60
    assert Change.objects.first().revisions.count() >= 150


def send_only(client: Client, form: Form) -> None:
    assert client.post(LIST, {**form, "comment": "Reviewed."}).status_code == 302
