"""The same description for programs and for people."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from patterns.api.description import ABOUT, Part, description
from patterns.api.problems import WHAT, ParameterError, problem_of
from patterns.models import Pattern
from patterns.views.conditional import released
from patterns.views.rendering import render_page

EXAMPLES = {
    "/api/v1/patterns": "?q=transactions&kind=pattern&sort=name",
    "/api/v1/patterns/{slug}/revisions": "?before=1000",
}


@dataclass(frozen=True)
class Value:
    """A parameter, or a key of an answer. ``shape`` is the name of the shape that it has or holds."""

    name: str
    type: str
    shape: str
    description: str


@dataclass(frozen=True)
class Operation:
    name: str
    summary: str
    description: str
    path: str
    parameters: list[Value]
    shape: str
    statuses: dict[str, str]
    example: str


@dataclass(frozen=True)
class Shape:
    name: str
    description: str
    values: list[Value]


@released
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


def docs(request: HttpRequest) -> HttpResponse:
    spec = description()
    slug = Pattern.objects.published().in_code_order().values_list("slug", flat=True).first() or "saga-pattern"
    context = {
        "about": ABOUT.split("\n\n"),
        "operations": [operation(path, methods["get"], slug=slug) for path, methods in spec["paths"].items()],
        "shapes": [shape(name, one) for name, one in spec["components"]["schemas"].items() if is_answered(name)],
        "problems": WHAT,
        "problem": example_problem(),
    }
    return render_page(request, "patterns/api.html", path=reverse("patterns:api_docs"), **context)


def example_problem() -> str:
    error = ParameterError(parameter="knd", detail="is unknown; known ones are q, category, kind and others")
    return problem_of(400, "The address has parameters that mean nothing here.", errors=(error,)).model_dump_json(
        exclude_none=True, indent=2
    )


def is_answered(name: str) -> bool:
    return not name.endswith("Parameters")


def operation(path: str, given: Part, *, slug: str) -> Operation:
    answer = given["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        name=given["operationId"],
        summary=given["summary"],
        description=given.get("description", ""),
        path=path,
        parameters=[value(one["name"], one["schema"]) for one in given["parameters"]],
        shape=shape_in(answer),
        statuses={status: one["description"] for status, one in given["responses"].items()},
        example=path.replace("{slug}", slug) + EXAMPLES.get(path, ""),
    )


def shape(name: str, schema: Part) -> Shape:
    values = [value(key, one) for key, one in schema["properties"].items()]
    return Shape(name, schema.get("description", ""), values)


def value(name: str, schema: Part) -> Value:
    return Value(name, type_of(schema), shape_in(schema), schema.get("description", ""))


def type_of(schema: Part) -> str:
    """In words: "list of pattern or style", "text or null"."""
    if "anyOf" in schema:
        return " or ".join(map(type_of, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {type_of(schema['items'])}"
    return WORDS.get(str(schema.get("format") or schema.get("type")), shape_in(schema))


def shape_in(schema: Any) -> str:
    """The name of the shape that a schema refers to, directly or as what a list holds."""
    inner = [schema, schema.get("items", {}), *schema.get("anyOf", ())]
    return next((one["$ref"].rpartition("/")[2] for one in inner if "$ref" in one), "")


WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "null": "null",
    "date-time": "date and time",
}
