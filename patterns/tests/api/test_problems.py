from typing import Any

import pytest
from django.test import Client

from patterns.tests.factories import change_pattern, make_pattern

pytestmark = pytest.mark.django_db
AT_A_SLUG = pytest.mark.parametrize("end", ["", "/revisions"])


def problem(client: Client, address: str, *, status: int) -> Any:
    response = client.get(f"/api/v1/{address}")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    found = response.json()
    assert (found["status"], found["type"].rpartition("/api/v1/")[2]) == (status, f"docs#problem-{status}")
    return found


@pytest.mark.parametrize(
    "address", ["", "catalog", "categories", "patterns", "patterns/saga", "patterns/saga/revisions"]
)
def test_an_unknown_parameter_is_refused(client: Client, address: str):
    make_pattern("01", name="Saga")

    found = problem(client, f"{address}?categry=data", status=400)

    assert [one["parameter"] for one in found["errors"]] == ["categry"]


def test_the_refusal_of_an_unknown_parameter_names_the_known_ones(client: Client):
    (error,) = problem(client, "patterns?categry=data", status=400)["errors"]

    assert "known ones are q, category, not_category," in error["detail"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("kind=idea", "kind"),
        ("not_kind=idea", "not_kind"),
        ("-kind=idea", "not_kind"),
        ("gains=beauty", "gains"),
        ("category=Not a slug", "category"),
        ("category=" + "&category=".join("abcdefghijklmnopqrstu"), "category"),
        ("sort=random", "sort"),
        ("after=%00", "after"),
        ("q=" + "a" * 201, "q"),
    ],
)
def test_a_value_that_cannot_be_is_refused(client: Client, query: str, name: str):
    (error,) = problem(client, f"patterns?{query}", status=400)["errors"]

    assert error["parameter"] == name
    assert error["detail"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "9" * 400])
def test_what_is_no_number_of_a_change_is_refused(client: Client, number: str):
    make_pattern("01", name="Saga")

    (error,) = problem(client, f"patterns/saga/revisions?before={number}", status=400)["errors"]

    assert error["parameter"] == "before"


@pytest.mark.parametrize("query", ["&".join(f"x{number}=" for number in range(500)), "kind=x&" * 500])
def test_of_many_mistakes_only_some_are_told(client: Client, query: str):
    assert len(problem(client, f"patterns?{query}", status=400)["errors"]) == 20


def test_thousands_of_parameters_are_refused(client: Client):
    assert problem(client, "patterns?" + "q=a&" * 20_000, status=400)["title"] == "Bad Request"


@pytest.mark.parametrize("address", ["nothing", "patterns/", "patterns/none", "patterns/a/b", "patterns/%00", "docs/"])
def test_an_unknown_address_is_not_found(client: Client, address: str):
    assert problem(client, address, status=404)["title"] == "Not Found"


@AT_A_SLUG
@pytest.mark.parametrize("status", ["draft", "review"])
def test_what_was_never_public_looks_like_what_does_not_exist(client: Client, status: str, end: str):
    make_pattern("01", slug="secret", status=status)

    hidden, unknown = (client.get(f"/api/v1/patterns/{slug}{end}") for slug in ("secret", "nothing"))

    assert (hidden.status_code, hidden.headers, hidden.content) == (404, unknown.headers, unknown.content)


@AT_A_SLUG
def test_a_former_slug_redirects(client: Client, end: str):
    change_pattern(make_pattern("01", slug="old"), slug="new")

    response = client.get(f"/api/v1/patterns/old{end}")

    assert response.status_code == 301
    assert response["Location"].endswith(f"/api/v1/patterns/new{end}")


def test_a_redirect_takes_along_where_to_go_on(client: Client):
    change_pattern(make_pattern("01", slug="old"), slug="new")

    response = client.get("/api/v1/patterns/old/revisions?before=7")

    assert response["Location"].endswith("/api/v1/patterns/new/revisions?before=7")


@AT_A_SLUG
def test_a_retired_entry_is_gone_and_names_its_successor(client: Client, end: str):
    make_pattern("02", name="Saga")
    change_pattern(make_pattern("01", slug="old"), status="retired", replaced_by="02")

    found = problem(client, f"patterns/old{end}", status=410)

    assert (found["successor"]["code"], found["successor"]["slug"]) == ("02", "saga")


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_successor_that_is_not_public_is_not_named(client: Client, status: str):
    make_pattern("02", name="Saga", status=status)
    change_pattern(make_pattern("01", slug="old"), status="retired", replaced_by="02")

    assert "successor" not in problem(client, "patterns/old", status=410)


def test_an_entry_that_is_gone_is_not_called_unchanged(client: Client):
    change_pattern(make_pattern("01", name="Saga"), status="retired")

    assert client.get("/api/v1/patterns/saga", headers={"If-None-Match": "*"}).status_code == 410


@pytest.mark.parametrize("address", ["", "patterns", "patterns/saga", "openapi.json", "docs", "nothing"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_but_reading_is_allowed(client: Client, address: str, method: str):
    response = getattr(client, method)(f"/api/v1/{address}")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response["Content-Type"] == "application/problem+json"
