"""A proposal is read by all at the desk, and decided by who may."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Change, Pattern, Proposal
from patterns.tests.admin.forms import catalogue_rows, client_of
from patterns.tests.admin.proposals import (
    client_as,
    decide,
    forms_in,
    opened,
    page,
    propose,
    state,
    suggestion,
    unchanged,
    where,
)
from patterns.tests.factories import RICH, make_pattern, make_patterns
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db
DECISIONS = ("accept", "decline", "settle")


@pytest.fixture(autouse=True)
def pattern(db) -> Pattern:
    return make_pattern(description="It undoes each step.", problem="Money leaves one bank.")


@pytest.fixture
def publisher(db) -> Client:
    return client_as("publisher")


def test_it_shows_word_by_word_what_would_change_in_what_is_public_now(publisher: Client):
    shown = page(publisher, propose(description="It undoes every step.", problem="Money leaves one bank."))

    assert "It undoes <del>each</del><ins>every</ins> step." in shown
    assert "Clearer." in shown
    assert "Money leaves" not in shown


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_everybody_at_the_desk_reads_it(role: str):
    proposal = propose(description="It undoes every step.")

    assert "<ins>every</ins>" in page(client_as(role), proposal)


DECIDING = ("accept", "requests", "decline")


@pytest.mark.parametrize(
    ("role", "forms"), [("viewer", ()), ("editor", ()), ("publisher", DECIDING), ("superuser", DECIDING)]
)
def test_only_who_decides_has_the_buttons(role: str, forms: tuple[str, ...]):
    client = client_as(role)
    proposal, words = propose(description="Better."), suggestion()

    shown = {*forms_in(client.get(where(proposal)))}
    assert shown == {where(proposal, one) for one in forms}
    assert len(forms_in(client.get(where(words)))) == (2 if forms else 0)  # nobody is there to be asked


def test_authors_can_only_take_theirs_back():
    author = person("editor")
    proposal = propose(description="Better.", author=author)

    assert [*forms_in(client_of(author).get(where(proposal)))] == [where(proposal, "decline")]


@pytest.mark.parametrize("query", ["", "?edit=1"])
def test_hostile_text_stays_text(publisher: Client, query: str):
    hostile = "<script>alert(1)</script>"

    shown = page(publisher, propose(hostile, description=hostile), query)

    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("name", DECISIONS)
def test_who_may_not_decide_is_refused(role: str, name: str):
    proposal = suggestion() if name == "settle" else propose(description="Better.")
    form = opened(client_as("publisher"), proposal, name) | {"decline-reason": "No."}

    assert unchanged(client_as(role), proposal, name, form).status_code == 403


@pytest.mark.parametrize("name", ["change", *DECISIONS])
def test_who_is_not_signed_in_is_sent_to_the_login(client: Client, name: str):
    proposal = propose(description="Better.")
    before = catalogue_rows()

    for send in (client.get, client.post):
        response = send(where(proposal, name))
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    assert catalogue_rows() == before


@pytest.mark.parametrize("name", ["change", *DECISIONS])
def test_staff_without_any_permission_are_refused(name: str):
    proposal, stranger = propose(description="Better."), person("staff")
    stranger.groups.clear()

    for send in (client_of(stranger).get, client_of(stranger).post):
        assert send(where(proposal, name)).status_code in (403, 405)


def test_a_publisher_does_not_accept_their_own():
    author = person("editor")
    proposal = propose(description="Better.", author=author)
    author.groups.set([Group.objects.get(name="publisher")])
    client = client_of(author)

    assert "somebody else has to accept it" in page(client, proposal)
    assert unchanged(client, proposal, "accept", {}).status_code == 403


def test_a_superuser_accepts_their_own_and_it_is_marked():
    author = person("editor")
    proposal = propose(description="Better.", author=author)
    author.is_superuser = True
    author.save()
    client = client_of(author)

    assert "overrides the rule of four eyes" in page(client, proposal)
    decide(client, proposal, "accept")

    assert Change.objects.get(origin="proposal").is_override


@pytest.mark.parametrize("name", DECISIONS)
def test_decisions_are_only_posted(publisher: Client, name: str):
    proposal = propose(description="Better.")

    for method in ("get", "head", "put", "patch", "delete", "options"):
        assert getattr(publisher, method)(where(proposal, name)).status_code == 405, method


def test_the_page_itself_is_only_read():
    client, proposal = client_as("superuser"), propose(description="Better.")

    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(where(proposal)).status_code == 405, method


@pytest.mark.parametrize("name", DECISIONS)
def test_no_decision_without_the_token_of_the_form(name: str):
    user, proposal = person("superuser"), propose(description="Better.")
    client = client_of(user, enforce_csrf_checks=True)

    assert unchanged(client, proposal, name, {}).status_code == 403


@pytest.mark.parametrize("name", ["change", *DECISIONS])
def test_an_absurd_number_never_breaks(publisher: Client, name: str):
    send = publisher.get if name == "change" else publisher.post

    for made_up in ("999999", "9" * 40, "-1", "text", "1;--", "0x1", "1.5"):
        assert send(f"/admin/patterns/proposal/{made_up}/{name}/").status_code in (302, 404), made_up


@pytest.mark.parametrize("name", ["add", "delete"])
def test_nothing_is_added_or_deleted_by_hand(name: str):
    client, proposal = client_as("superuser"), propose(description="Better.")
    address = "/admin/patterns/proposal/add/" if name == "add" else where(proposal, "delete")

    for send in (client.get, client.post):
        assert send(address).status_code == 403
    assert state(proposal) == "open"


@pytest.mark.parametrize("query", ["", "?edit=1"])
def test_a_larger_catalogue_and_a_longer_queue_cost_no_more_queries(publisher: Client, query: str):
    proposals = [propose(description="Better."), suggestion(part="problem")]
    make_patterns(9, first=2, **RICH)
    queries(publisher, proposals, query)
    few = queries(publisher, proposals, query)
    make_patterns(30, first=11, **RICH)
    for _ in range(30):
        suggestion()

    assert queries(publisher, proposals, query) == few <= 61


def queries(client: Client, proposals: list[Proposal], query: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        for proposal in proposals:
            assert client.get(where(proposal) + query).status_code == 200
    return len(captured)
