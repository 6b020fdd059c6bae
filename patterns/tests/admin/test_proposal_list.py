"""The queue: what is open comes first, and everything can be found."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from patterns.models import Proposal
from patterns.tests.admin.forms import address, client_of
from patterns.tests.admin.proposals import client_as, propose, suggestion
from patterns.tests.factories import AT, make_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db
LIST = address("changelist", model="proposal")


@pytest.fixture(autouse=True)
def _pattern(db) -> None:
    make_pattern(name="Saga")


def close(proposal: Proposal, **values: object) -> Proposal:
    for name, value in {"state": "declined", "decided_at": timezone.now(), **values}.items():
        setattr(proposal, name, value)
    proposal.save()
    return proposal


def listed(client: Client, query: str = "") -> list[Proposal]:
    return [*client.get(LIST + query).context["cl"].result_list]


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_everybody_at_the_desk_sees_who_wants_what(role: str):
    propose(name="Saga", description="Better.")
    suggestion()

    page = client_as(role).get(LIST).content.decode()

    assert "01 Saga" in page
    assert "Ada" in page
    assert "Grace (a reader)" in page


def test_who_is_not_signed_in_is_sent_to_the_login(client: Client):
    assert client.get(LIST)["Location"].startswith("/admin/login/")


def test_what_is_open_comes_first_and_then_the_newest():
    old = suggestion(created_at=AT)
    closed = close(suggestion(created_at=AT + timedelta(days=2)))
    new = suggestion(created_at=AT + timedelta(days=1))

    assert listed(client_as("viewer")) == [new, old, closed]


def test_it_is_filtered_by_state():
    open_one, closed = suggestion(), close(suggestion())
    client = client_as("viewer")

    assert listed(client, "?state__exact=open") == [open_one]
    assert listed(client, "?state__exact=declined") == [closed]


def test_it_is_filtered_by_who_sent_it():
    author = person("editor")
    words, mine, other = suggestion(), propose(author=author, description="A."), propose(description="B.")
    client = client_of(author)

    assert listed(client, "?from=readers") == [words]
    assert {*listed(client, "?from=editors")} == {mine, other}
    assert listed(client, "?from=me") == [mine]
    assert len(listed(client, "?from=nobody")) == 3


@pytest.mark.parametrize("query", ["01", "saga", "clearer", "ada", "grace", "waits", "because"])
def test_it_is_searched_by_entry_words_and_people(query: str):
    make_pattern("02", name="Outbox")
    wanted = [suggestion(), close(propose(name="Saga", description="Better."), decision="Because.")]
    suggestion(code="02", comment="Nothing of it.", reader="")

    found = listed(client_as("viewer"), f"?q={query}")

    assert found
    assert {*found} <= {*wanted}


@pytest.mark.parametrize(
    "query", ["?p=99999999999999999999", "?o=9.9.9", "?q=%27", "?state__exact=x", "?id=" + "9" * 40, "?o=1.2"]
)
def test_an_absurd_list_never_breaks(query: str):
    suggestion()

    assert client_as("viewer").get(LIST + query).status_code in (200, 302, 400)


def test_nothing_can_be_done_to_the_list():
    proposal = suggestion()

    client_as("superuser").post(
        LIST,
        {"action": "delete_selected", "_selected_action": [proposal.pk], "post": "yes", "form-0-state": "accepted"},
    )

    assert Proposal.objects.get().state == "open"


def test_a_longer_queue_costs_no_more_queries():
    client = client_as("publisher")
    fill(10)
    queries(client)
    few = queries(client)
    fill(30)

    assert queries(client) == few <= 8


def fill(count: int) -> None:
    author = person("editor", f"Editor {Proposal.objects.count()}")
    Proposal.objects.bulk_create(
        Proposal(code="01", document={}, author=author, decided_by=author, created_at=AT) for _ in range(count)
    )


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(LIST).status_code == 200
    return len(captured)
