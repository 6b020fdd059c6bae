"""What a proposal's page says of the entry once it is accepted, and of others that want to change the same."""

import pytest

from patterns.tests.admin.forms import address, client_of, make_staff
from patterns.tests.admin.proposals import client_as, page, propose, suggestion, where
from patterns.tests.admin.test_query_counts import queries
from patterns.tests.factories import make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import decline

pytestmark = pytest.mark.django_db
NOW = "It undoes each step of what was begun before."


@pytest.fixture(autouse=True)
def pattern(db):
    return make_pattern(description=NOW)


def test_rivals_are_linked_with_what_both_would_change():
    mine, rival = propose(description="Mine."), propose(author=person("editor", "bob"), description="His.")

    shown = page(client_as("publisher"), mine)

    assert f'<a href="{where(rival)}">{rival}</a> by bob: Description' in shown


def test_who_changes_something_else_or_was_decided_is_no_rival():
    mine = propose(description="Mine.")
    propose(author=person("editor", "bob"), problem="His.", description=NOW)
    gone = propose(author=person("editor", "cat"), description="Hers.")
    decline(gone, by=by(person("publisher", "dan"), "No."))

    assert "Others propose" not in page(client_as("viewer"), mine)


def test_only_what_the_checks_would_newly_find_is_named():
    response = client_as("publisher").get(where(propose(description="TODO it.")))

    found = response.context["review"].new_findings
    assert [(label, one.rule) for label, one in found] == [
        ("Description", "unfinished"),
        ("Description", "description-length"),
    ]
    assert "Description: error: says &#x27;TODO&#x27;" in response.content.decode()


def test_a_good_proposal_brings_no_finding():
    shown = page(client_as("publisher"), propose(description="It undoes every step of what was begun before."))

    assert "The checks find nothing that they do not find now." in shown


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
def test_the_preview_is_the_page_as_it_would_be_and_no_robots(role: str, pattern):
    proposal = propose(description="It undoes every step.")
    client = client_as(role)

    response = client.get(where(proposal, "preview"))

    assert where(proposal, "preview") in page(client, proposal)
    assert address("preview", pattern.pk) in page(client, proposal)
    assert "It undoes every step." in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_there_is_no_preview_of_words_of_the_decided_or_for_strangers():
    proposal = propose(description="Better.")
    assert client_of(make_staff("view_pattern", name="eve")).get(where(proposal, "preview")).status_code == 403
    decline(proposal, by=by(person("publisher", "dan"), "No."))

    assert client_as("viewer").get(where(proposal, "preview")).status_code == 404
    assert client_of(person("viewer", "fay")).get(where(suggestion(), "preview")).status_code == 404


def test_ten_rivals_cost_as_many_queries_as_two():
    client, mine = client_as("publisher"), propose(description="Mine.")
    for number in range(2):
        propose(author=person("editor", f"e{number}"), description="Theirs.")
    queries(lambda: client.get(where(mine)))
    few = queries(lambda: client.get(where(mine)))
    for number in range(2, 10):
        propose(author=person("editor", f"e{number}"), description="Theirs.")

    assert queries(lambda: client.get(where(mine))) == few


def test_both_sides_stand_on_one_page_that_no_other_site_may_frame():
    client, proposal = client_as("viewer"), propose(description="It undoes every step.", problem="Money is gone.")

    shown = client.get(where(proposal, "compare"))
    before, after = (client.get(where(proposal, "preview") + query) for query in ("?side=now", ""))

    assert where(proposal, "compare") in page(client, proposal)
    assert f'src="{where(proposal, "preview")}?side=now#main"' in shown.content.decode()
    assert "frame-src 'self'" in shown["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in shown["Content-Security-Policy"]
    assert NOW in before.content.decode()
    assert "It undoes every step." in after.content.decode()
    for side in (before, after):
        assert "frame-ancestors 'self'" in side["Content-Security-Policy"]
        assert side["X-Frame-Options"] == "SAMEORIGIN"
        assert '<a href="#main">The entry as a whole</a>' in side.content.decode()
        assert '<a href="#problem">Problem</a>' in side.content.decode()


def test_what_cannot_be_accepted_has_no_two_sides():
    proposal = propose(description="Better.")
    decline(proposal, by=by(person("publisher", "dan"), "No."))

    assert client_as("viewer").get(where(proposal, "compare")).status_code == 404
    assert client_of(make_staff("view_pattern", name="eve")).get(where(proposal, "compare")).status_code == 403
