import json
import re
from typing import Any

import pytest
from django.test import Client
from gunicorn.config import Config
from jsonschema import Draft202012Validator

from patterns.document.entry import Entry
from patterns.tests.factories import change_header, make_pattern
from patterns.tests.pages.trees import links, parsed, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(client: Client) -> Any:
    return client.get("/api/v1/openapi.json").json()


def test_the_description_is_openapi_and_says_where_the_site_is(described, settings):
    assert described["openapi"] == "3.1.0"
    assert [one["url"] for one in described["servers"]] == [settings.SITE_URL]


def test_the_description_has_the_name_of_the_catalogue_and_its_licence(client: Client):
    change_header(title="Systems")

    described = client.get("/api/v1/openapi.json").json()

    assert described["info"]["title"] == "Systems"
    assert described["info"]["license"]["url"] == "https://creativecommons.org/licenses/by/4.0/"


def test_every_operation_says_how_long_an_address_may_be(described):
    said = {one["get"]["responses"]["414"]["description"] for one in described["paths"].values()}

    assert said == {f"The address with its parameters is longer than {Config().limit_request_line:,} bytes."}


def test_nobody_needs_a_key(described):
    assert described["security"] == []


def test_every_operation_is_in_a_group_that_is_described(described):
    groups = {tag["name"] for tag in described["tags"] if tag["description"]}

    assert all({*methods["get"]["tags"]} <= groups for methods in described["paths"].values())


def test_no_two_parameters_are_one_to_a_generator(described):
    """Which keeps letters and digits of a name, if that; with the same name twice it leaves the operation out."""
    for methods in described["paths"].values():
        names = [re.sub(r"[\W_]+", "", one["name"]).lower() for one in methods["get"]["parameters"]]
        assert len(names) == len({*names})


def test_every_operation_has_a_name_of_its_own(described):
    operations = [methods["get"] for methods in described["paths"].values()]

    assert [one["operationId"] for one in operations] == [
        *("start", "catalog", "categories", "patterns", "pattern", "revisions"),
    ]


def test_the_description_takes_no_word_from_the_code(described):
    assert "patterns.api" not in json.dumps(described)
    assert "_" not in "".join(described["components"]["schemas"])


def test_an_entry_is_described_as_in_the_schema_of_the_file(described):
    shape = described["components"]["schemas"]["Entry"]

    assert [*shape["properties"]] == [*Entry.model_fields]
    assert all(key["description"] for key in shape["properties"].values())


def test_every_shape_is_a_schema(described):
    for shape in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_problems_are_described_as_such(described):
    responses = described["paths"]["/api/v1/patterns/{slug}"]["get"]["responses"]

    assert [*responses] == ["200", "301", "304", "400", "404", "410", "414"]
    assert all([*responses[status]["content"]] == ["application/problem+json"] for status in ("400", "404", "410"))


def test_the_page_shows_every_operation_and_shape(client: Client, described):
    page = parsed(client.get("/api/v1/docs"))

    shown = texts(page, "code")
    assert {f"GET {path}" for path in described["paths"]} <= {*shown}
    assert {*described["components"]["schemas"]} <= {*shown}


def test_the_page_shows_every_parameter(client: Client, described):
    shown = texts(parsed(client.get("/api/v1/docs")), "code")

    operations = (methods["get"] for methods in described["paths"].values())
    assert {one["name"] for operation in operations for one in operation["parameters"]} <= {*shown}


def test_every_link_of_the_page_leads_somewhere(client: Client):
    make_pattern("01", name="Saga")
    page = parsed(client.get("/api/v1/docs"))
    anchors = {element.get("id") for element in page.iter()}

    for address in links(page):
        assert address[1:] in anchors if address.startswith("#") else client.get(address).status_code == 200, address


def test_every_kind_of_problem_has_its_paragraph(client: Client):
    page = parsed(client.get("/api/v1/docs"))

    paragraphs = {element.get("id") for element in page.iter("dt")}
    assert {f"problem-{status}" for status in (400, 404, 405, 410)} <= paragraphs
