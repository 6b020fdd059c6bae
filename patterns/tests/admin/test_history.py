"""The history of a document at the desk: its versions, and what differs between any two of them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.admin import versions
from patterns.models import Catalog, Change, Pattern
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of
from patterns.tests.factories import (
    A_FILE,
    change_header,
    change_pattern,
    entry,
    import_entries,
    make_category,
    make_pattern,
)
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db

ROLES = {"viewer": 200, "editor": 200, "publisher": 200, "superuser": 200, "anonymous": 302}


@pytest.fixture
def page(db) -> str:
    """The history of an entry that was made, changed with a reason, and retired; changes 2 to 4."""
    pattern = make_pattern(description="First words.")
    change_pattern(pattern, description="Second words.", kind="style", by=by(person("publisher", "Ada"), "Clearer."))
    change_pattern(pattern, status="retired", by=by(person("superuser", "Root"), "Gone.", is_override=True))
    return address("history", pattern.pk)


@pytest.fixture
def viewer(db) -> Client:
    return client_of(person("viewer"))


def rows(client: Client, path: str) -> list[versions.VersionRow]:
    return client.get(path).context["rows"]


def told(row: versions.VersionRow) -> tuple[int, str, str]:
    return row.version.number, row.version.did, row.labels


def test_every_version_is_listed_with_what_it_did(viewer: Client, page: str):
    assert [told(row) for row in rows(viewer, page)] == [
        (4, "changed", "Status"),
        (3, "changed", "Description, Kind"),
        (2, "created", ""),
    ]


def test_a_version_says_who_made_it_why_and_how(viewer: Client, page: str):
    said = text_of(viewer.get(page))

    assert "3 Ada 2025-03-14 09:26 Clearer. admin Changed: Description, Kind" in said
    assert "4 Root override 2025-03-14 09:26 Gone. admin Changed: Status" in said


def test_an_import_is_named_as_the_way(viewer: Client):
    import_entries([entry()], by=A_FILE)

    said = text_of(viewer.get(address("history", Pattern.objects.get().pk)))

    assert "\N{EN DASH} 2025-03-14 09:26 import Created" in said


@pytest.mark.parametrize("query", ["?from=2&to=3", "?from=3&to=2"])
def test_any_two_versions_are_compared_word_by_word(viewer: Client, page: str, query: str):
    response = viewer.get(page + query)

    content = response.content.decode()
    assert "From change 2 to change 3" in content
    assert "<del>First</del><ins>Second</ins> words." in content
    assert "<del>pattern</del><ins>style</ins>" in content


def test_the_two_that_were_chosen_stay_chosen(viewer: Client, page: str):
    found = rows(viewer, f"{page}?from=2&to=4")

    assert [(row.is_from, row.is_to) for row in found] == [(False, True), (False, False), (True, False)]


def test_a_version_compared_with_itself_does_not_differ(viewer: Client, page: str):
    assert "Nothing differs." in text_of(viewer.get(f"{page}?from=2&to=2"))


BAD = ["from=2", "to=3", "from=2&to=1", "from=x&to=y", "from=2&to=99999999999999999999", "from=-1&to=2", "from=&to="]


@pytest.mark.parametrize("query", BAD)
def test_without_two_versions_the_page_asks_for_them(viewer: Client, page: str, query: str):
    response = viewer.get(f"{page}?{query}")

    assert response.status_code == 200
    assert "Choose two versions of the list" in text_of(response)


def test_a_long_history_has_pages(viewer: Client, page: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "PAGE_SIZE", 2)

    first, second = viewer.get(page), viewer.get(f"{page}?before=3")

    assert [row.version.number for row in first.context["rows"]] == [4, 3]
    assert told(first.context["rows"][1]) == (3, "changed", "Description, Kind")
    assert first.context["next"] == 3
    assert [row.version.number for row in second.context["rows"]] == [2]
    assert second.context["next"] is None
    assert "Newest versions" in text_of(second)


def test_a_version_chosen_on_another_page_is_listed_on_this(viewer: Client, page: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "PAGE_SIZE", 2)

    found = rows(viewer, f"{page}?from=4&before=3")

    assert [(row.version.number, row.is_from) for row in found] == [(4, True), (2, False)]


@pytest.mark.parametrize("before", ["2", "0", "x", "9" * 40, "-5"])
def test_a_page_that_is_none_is_empty_or_the_first(viewer: Client, page: str, before: str):
    response = viewer.get(f"{page}?before={before}")

    assert response.status_code == 200
    assert len(response.context["rows"]) in (0, 3)


def test_a_code_used_again_has_the_history_of_both(viewer: Client):
    superuser = client_of(person("superuser"))
    superuser.post(address("delete", make_pattern(status="draft").pk), {"post": "yes"})
    path = address("history", make_pattern(status="draft").pk)

    assert [row.version.did for row in rows(viewer, path)] == ["created", "deleted", "created"]


def test_the_history_of_a_category(viewer: Client):
    path = address("history", make_category(description="What it holds.").pk, model="category")

    assert [told(row) for row in rows(viewer, path)] == [(1, "created", "")]


def test_the_history_of_the_header(viewer: Client):
    change_header(title="Old")
    change_header(title="New")

    response = viewer.get(f"{address('history', Catalog.objects.get().pk, model='catalog')}?from=1&to=2")

    assert "<del>Old</del><ins>New</ins>" in response.content.decode()


@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_who_may_read_the_desk_may_read_history(page: str, role: str, status: int):
    assert client_of(person(role)).get(page).status_code == status


@pytest.mark.parametrize(
    ("role", "links"), [("viewer", 0), ("editor", 0), ("publisher", 2), ("superuser", 2)]
)  # the present version is none to restore
def test_who_may_restore_sees_the_links(page: str, role: str, links: int):
    content = client_of(person(role)).get(page).content.decode()

    assert content.count(">Restore</a>") == links


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_history_is_only_read(viewer: Client, page: str, method: str):
    before = catalogue_rows()

    assert getattr(viewer, method)(page).status_code == 405
    assert catalogue_rows() == before


def test_an_entry_that_is_not_there_leads_back(viewer: Client):
    assert viewer.get(address("history", 999)).status_code == 302
    assert viewer.get(address("history", "x")).status_code == 302


def test_a_long_history_costs_no_more_queries(viewer: Client, page: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            viewer.get(f"{page}?from=2&to=3")
        return len(found)

    few = queries()
    for number in range(30):
        change_pattern(Pattern.objects.get(), description=f"{number}.", by=by(None))

    assert queries() == few <= 14


def test_words_in_a_reason_are_text(viewer: Client, page: str):
    change_pattern(Pattern.objects.get(), description="<i>x</i>", by=by(None, "<script>alert(1)</script>"))

    content = viewer.get(f"{page}?from=2&to={Change.objects.first().number}").content.decode()

    assert "<script>alert(1)" not in content
    assert "<i>" not in content
