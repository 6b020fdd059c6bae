"""Who wrote this sentence: the present text with the change behind each piece."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.document.blame import LOOKED_AT
from patterns.models import Change, Pattern, Revision
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, client_of
from patterns.tests.factories import AT, change_pattern, make_pattern
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db) -> str:
    """An entry of three changes: Ada's first sentence, Barbara's second, and one of both."""
    ada, barbara = (person("publisher", name) for name in ("Ada", "Barbara"))
    pattern = make_pattern(problem="Money leaves.", aliases=["One"], by=by(ada, "Begun."))
    change_pattern(pattern, problem="Money leaves. Nobody waits.", by=by(barbara, "Who waits?"))
    change_pattern(pattern, problem="Money leaves. Nobody waits.", aliases=["One", "Two"], by=by(ada))
    return address("written", pattern.pk)


@pytest.fixture
def viewer(db) -> Client:
    return client_of(person("viewer"))


def lines(client: Client, page: str, key: str) -> list[tuple[str, int]]:
    (part,) = (part for part in client.get(page).context["parts"] if part.key == key)
    return [(line.text, line.number) for line in part.lines]


def test_each_sentence_stands_beside_its_change(viewer: Client, page: str):
    assert lines(viewer, page, "problem") == [("Money leaves.", 2), ("Nobody waits.", 3)]


def test_each_item_stands_beside_its_change(viewer: Client, page: str):
    assert lines(viewer, page, "aliases") == [("One", 2), ("Two", 4)]


def test_the_author_the_day_and_the_reason_are_said(viewer: Client, page: str):
    said = text_of(viewer.get(page))

    assert "Nobody waits. 3 Barbara 2025-03-14 09:26 Who waits?" in said


@pytest.mark.parametrize(
    ("role", "status"),
    [("anonymous", 302), ("viewer", 200), ("editor", 200), ("publisher", 200), ("superuser", 200)],
)
def test_who_may_read_the_desk_may_read_it(page: str, role: str, status: int):
    assert client_of(person(role)).get(page).status_code == status


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_it_is_only_read(viewer: Client, page: str, method: str):
    assert getattr(viewer, method)(page).status_code == 405


def test_an_entry_that_is_not_there_is_not_found(viewer: Client):
    assert viewer.get(address("written", 999)).status_code == 404
    assert viewer.get(address("written", "x")).status_code == 404


def test_the_history_links_to_it(viewer: Client, page: str):
    assert f'href="{page}"' in viewer.get(address("history", Pattern.objects.get().pk)).content.decode()


def test_a_long_history_costs_no_more_queries(viewer: Client, page: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            viewer.get(page)
        return len(found)

    few = queries()
    for number in range(30):
        change_pattern(Pattern.objects.get(), description=f"{number}.", by=by(None))

    assert queries() == few <= 12


def test_what_is_older_than_the_versions_looked_at_is_asked_of_an_older_one(viewer: Client, page: str):
    pattern = Pattern.objects.get()
    document = json.loads(Revision.objects.filter(what="entry").latest("change_id").document)
    numbers = range(5, 5 + LOOKED_AT + 20)
    Change.objects.bulk_create(Change(number=one, origin="admin", created_at=AT) for one in numbers)
    Revision.objects.bulk_create(
        Revision(
            change_id=one,
            what="entry",
            identity="01",
            pattern=pattern,
            status="published",
            fingerprint=f"{one:064}",
            document=json.dumps({**document, "description": f"Number {one}."}),
        )
        for one in numbers
    )
    last = numbers[-1]

    with CaptureQueriesContext(connection) as found:
        now = lines(viewer, page, "problem")

    assert now == [("Money leaves.", last - LOOKED_AT), ("Nobody waits.", last - LOOKED_AT)]
    assert len(found) <= 12
    assert f'<a href="?at={last - LOOKED_AT}">or earlier</a>' in viewer.get(page).content.decode()
    older = f"{page}?at={last - LOOKED_AT}"
    assert lines(viewer, older, "problem") == [("Money leaves.", 2), ("Nobody waits.", 3)]
    assert "or earlier" not in viewer.get(older).content.decode()


def test_an_absurd_version_is_none(viewer: Client, page: str):
    assert lines(viewer, f"{page}?at=x", "problem") == lines(viewer, page, "problem")
    assert viewer.get(f"{page}?at=1").context["parts"] == []
