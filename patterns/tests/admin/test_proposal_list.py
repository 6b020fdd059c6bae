"""The queue: what is open comes first, and everything can be found."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

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


def cells(client: Client, name: str, query: str = "") -> list[str]:
    page = client.get(LIST + query).content.decode()
    return [unescape(one) for one in re.findall(rf'<t[hd] class="field-{name}[^"]*">(.*?)</t[hd]>', page)]


def test_a_row_says_which_field_it_wants_how_and_why():
    propose("So it is clearer.", name="Saga", description="It undoes every step.\nAll of them.")
    suggestion(part="problem")
    client = client_as("viewer")

    assert cells(client, "fields_named", "?o=6") == ["Problem", "Description"]
    assert cells(client, "excerpt", "?o=6") == [
        "The second step waits for the first.",
        "It undoes every step. All of them.",
    ]
    assert cells(client, "why", "?o=6") == ["-", "So it is clearer."]
    assert all("year" in one for one in cells(client, "age"))


def test_rivals_are_the_other_open_ones_about_the_same_field():
    one, other = (propose(name="Saga", author=person("editor", name), description=f"{name}.") for name in "AB")
    suggestion(part="description")
    suggestion(part="problem")
    close(suggestion(part="description"))

    rows = listed(client_as("viewer"))

    counts = {row.pk: row.rival_count for row in rows}
    assert [counts[one.pk], counts[other.pk]] == [2, 2]
    assert sorted(counts.values()) == [0, 0, 2, 2, 2]


def test_what_one_import_proposed_is_filtered():
    batch = uuid4()
    one = propose(name="Saga", description="Better.")
    Proposal.objects.filter(pk=one.pk).update(batch=batch, batch_name="mine.toml")
    suggestion()
    client = client_as("viewer")

    assert "mine.toml by Ada" in client.get(LIST).content.decode()
    assert listed(client, f"?batch={batch}") == [one]
    assert listed(client, "?batch=none") == []


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

    assert queries(client) == few <= 10


def fill(count: int) -> None:
    about = {"code": "01", "document": {"name": "Saga"}, "keys": ["name"], "created_at": AT}
    Proposal.objects.bulk_create(
        Proposal(**about, author=person("editor", f"Editor {Proposal.objects.count()} {number}"))
        for number in range(count)
    )


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(LIST).status_code == 200
    return len(captured)
