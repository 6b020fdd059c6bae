"""The desk asks the database as often for forty entries as for ten."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Category, Pattern
from patterns.tests.admin.forms import address, client_of
from patterns.tests.admin.uploads import IMPORT, plan_page, token_of, toml_of, upload
from patterns.tests.factories import RICH, change_pattern, make_patterns
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

    assert queries(lambda: desk.get(address("changelist", model=model))) == few <= 8


def test_the_form_of_an_entry(desk: Client):
    def open_form() -> Any:
        return desk.get(address("change", Pattern.objects.get(code="01").pk))

    few, many = grown(open_form, **RICH)

    assert few == many <= 37


def test_the_form_of_a_category_with_many_entries(desk: Client):
    few, many = grown(lambda: desk.get(address("change", Category.objects.get().pk, model="category")), category="One")

    assert few == many <= 8


@pytest.mark.parametrize("format", ["0", "1", "2", "3"])
@pytest.mark.parametrize("query", ["", "?kind__exact=style"])
def test_the_export(desk: Client, format: str, query: str):
    few, many = grown(lambda: desk.post(address("export") + query, {"format": format, "resource": "0"}), **RICH)

    assert few == many <= 22


def test_the_plan_of_an_import(desk: Client):
    few, many = grown(lambda: upload(desk, toml_of(*CODES)), **RICH)

    assert few == many <= 25


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
