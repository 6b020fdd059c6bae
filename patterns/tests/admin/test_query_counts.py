"""The desk asks the database as often for forty entries as for ten, and for a save of many rows hardly more."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Category, Pattern
from patterns.store import bulk
from patterns.tests.admin.forms import LISTS, Form, address, client_of, opened, with_row
from patterns.tests.admin.uploads import IMPORT, plan_page, token_of, toml_of, upload
from patterns.tests.factories import RICH, change_pattern, make_pattern, make_patterns, make_rich_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

CODES = [f"{number:02}" for number in range(1, 50)]


def queries(act: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        response = act()
    assert response.status_code == 200
    response.content  # noqa: B018 - exports and pages are rendered by now
    return len(found)


def grown(act: Any, **values: Any) -> tuple[int, int]:
    """The number of queries with 10 and with 40 entries."""
    make_patterns(10, **values)
    queries(act)  # fills caches of content types
    few = queries(act)
    make_patterns(30, first=11, **values)
    return few, queries(act)


@pytest.mark.parametrize("query", ["", "?q=pattern", "?status__exact=published", "?o=-2"])
def test_the_list_of_entries(desk: Client, query: str):
    few, many = grown(lambda: desk.get(address("changelist") + query), **RICH)

    assert few == many <= 9


def test_the_list_of_categories(desk: Client):
    few, many = grown(lambda: desk.get(address("changelist", model="category")))

    assert few == many <= 7


@pytest.mark.parametrize("model", ["change", "revision"])
def test_the_lists_of_changes_and_revisions(desk: Client, model: str):
    make_patterns(10)
    few = queries(lambda: desk.get(address("changelist", model=model)))
    for row in Pattern.objects.all():
        change_pattern(row, description="Changed.")

    assert queries(lambda: desk.get(address("changelist", model=model))) == few <= 9


def test_the_form_of_an_entry(desk: Client):
    def open_form() -> Any:
        return desk.get(address("change", Pattern.objects.get(code="01").pk))

    few, many = grown(open_form, **RICH)

    assert few == many <= 45


def test_the_form_of_a_category_with_many_entries(desk: Client):
    few, many = grown(lambda: desk.get(address("change", Category.objects.get().pk, model="category")), category="One")

    assert few == many <= 10


@pytest.mark.parametrize("format", ["0", "1", "2", "3"])
@pytest.mark.parametrize("query", ["", "?kind__exact=style"])
def test_the_export(desk: Client, monkeypatch: pytest.MonkeyPatch, format: str, query: str):
    monkeypatch.setattr(bulk, "FIRST", bulk.CHUNK)  # files are read batch by batch: both of these in one
    few, many = grown(lambda: desk.post(address("export") + query, {"format": format, "resource": "0"}), **RICH)

    assert few == many <= 24


def test_the_plan_of_an_import(desk: Client):
    few, many = grown(lambda: upload(desk, toml_of(*CODES)), **RICH)

    assert few == many <= 29  # one of them asks what categories were known by before


def test_the_import_page(desk: Client):
    few, many = grown(lambda: desk.get(IMPORT))

    assert few == many <= 5


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_a_page_of_the_plan_of_an_import(role: str):
    client = client_of(person(role))

    def look() -> Any:
        Pattern.objects.update(description="Changed here.")
        token = token_of(client, toml_of(*CODES, description="Changed there."))
        return client.get(plan_page(token))

    few, many = grown(look, **RICH)

    assert few == many <= 75


# What is saved costs what differs: nothing is asked or written for each row of the form.


FULL = {
    **RICH,
    "use_when": [f"Use {number}." for number in range(12)],
    "relations": [{"type": "uses", "target": "02"}, {"type": "requires", "target": "03", "why": "To send."}],
    "steps": [{"sender": "a", "receiver": "b", "message": f"message {number}"} for number in range(20)],
}
TEXTS = ("text", "note", "message", "why", "title", "name", "problem", "description")


@pytest.fixture
def page(db) -> str:
    """The address of the form of an entry with rows in all its lists."""
    make_pattern("02")
    make_pattern("03")
    return address("change", make_rich_pattern(**FULL).pk)


def rewritten(form: Form) -> Form:
    """The form with another text in every row."""
    rows = {name: text for name, text in form.items() if name.rpartition("-")[2] in TEXTS and text}
    return {**form, **{name: f"{text} Anew." for name, text in rows.items()}}


def queries_to_save(client: Client, path: str, form: Form) -> int:
    client.get(path)  # fills caches of content types
    with CaptureQueriesContext(connection) as found:
        response = client.post(path, form)
    assert response.status_code == 302
    return len(found)


def test_a_save_of_one_field(desk: Client, page: str):
    assert queries_to_save(desk, page, {**opened(desk, page), "problem": "Another."}) <= 43


def test_a_save_of_every_row(desk: Client, page: str):
    assert queries_to_save(desk, page, rewritten(opened(desk, page))) <= 59


def test_a_save_of_nothing(desk: Client, page: str):
    assert queries_to_save(desk, page, opened(desk, page)) <= 31


def test_a_proposal(page: str):
    client = client_of(person("editor"))

    assert queries_to_save(client, page, rewritten(opened(client, page))) <= 37


def first_row(form: Form, part: str) -> Form:
    row = {name.removeprefix(f"{part}-0-"): text for name, text in form.items() if name.startswith(f"{part}-0-")}
    return {name: text for name, text in row.items() if name not in ("id", "pattern", "source")}


def test_a_new_entry_with_rows_in_all_its_lists(desk: Client, page: str):
    there, path = opened(desk, page), address("add")
    form = {**opened(desk, path), "code": "09", "slug": "nine", "name": "Nine", "description": "The ninth."}
    for part in LISTS:
        form = with_row(form, part, **first_row(there, part))

    assert queries_to_save(desk, path, {**form, "category": there["category"]}) <= 58


def test_a_refused_form(desk: Client, page: str):
    form = {**rewritten(opened(desk, page)), "description": ""}
    desk.get(page)

    assert queries(lambda: desk.post(page, form)) <= 58
