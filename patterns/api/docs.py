"""The same description for programs and for people."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from patterns.api.description import ABOUT, Part, description
from patterns.api.problems import MEANINGS, ParameterError, problem_document
from patterns.models import Pattern
from patterns.views.freshness import rechecked, versioned
from patterns.views.rendering import headers, render_page

EXAMPLES = {
    "/api/v1/patterns": "?q=transactions&kind=pattern&sort=name",
    "/api/v1/patterns/{slug}/revisions": "?before=1000",
}


@dataclass(frozen=True)
class NamedValue:
    """A parameter, or a key of an answer. ``shape`` is the name of the shape that it has or holds."""

    name: str
    type: str
    shape: str
    description: str

    @classmethod
    def of(cls, name: str, schema: Part) -> Self:
        return cls(name, type_in_words(schema), shape_in(schema), schema.get("description", ""))


@dataclass(frozen=True)
class OperationText:
    name: str
    summary: str
    description: str
    path: str
    parameters: list[NamedValue]
    shape: str
    statuses: dict[str, str]
    example: str


@dataclass(frozen=True)
class ShapeText:
    name: str
    description: str
    values: list[NamedValue]


@versioned
def openapi(request: HttpRequest) -> HttpResponse:
    (catalog,) = headers()
    return JsonResponse(description(catalog.name), json_dumps_params={"ensure_ascii": False})


@rechecked
def docs_page(request: HttpRequest) -> HttpResponse:
    spec = description(name="")
    slug = Pattern.objects.published().in_code_order().values_list("slug", flat=True).first() or "saga-pattern"
    operations = [
        OperationText(
            name=one["operationId"],
            summary=one["summary"],
            description=one.get("description", ""),
            path=path,
            parameters=[NamedValue.of(each["name"], each["schema"]) for each in one["parameters"]],
            shape=shape_in(one["responses"]["200"]["content"]["application/json"]["schema"]),
            statuses={status: each["description"] for status, each in one["responses"].items()},
            example=f"{settings.SITE_PATH}{path.replace('{slug}', slug)}{EXAMPLES.get(path, '')}",
        )
        for path, methods in spec["paths"].items()
        for one in methods.values()
    ]
    shapes = [
        ShapeText(name, shape["description"], [NamedValue.of(key, value) for key, value in shape["properties"].items()])
        for name, shape in spec["components"]["schemas"].items()
    ]
    error = ParameterError(parameter="knd", detail="is unknown; known ones are q, category, kind and others")
    problem = problem_document(400, "The address has parameters that mean nothing here.", errors=(error,))
    return render_page(
        request,
        "patterns/api.html",
        path=reverse("patterns:api_docs"),
        about=ABOUT.split("\n\n"),
        operations=operations,
        shapes=shapes,
        problems=MEANINGS,
        problem=problem.model_dump_json(exclude_none=True, indent=2),
    )


WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "null": "null",
    "date-time": "date and time",
}


def type_in_words(schema: Part) -> str:
    """Such as "list of pattern or style", "text or null"."""
    if "anyOf" in schema:
        return " or ".join(map(type_in_words, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {type_in_words(schema['items'])}"
    return WORDS.get(str(schema.get("format") or schema.get("type")), shape_in(schema))


def shape_in(schema: Part) -> str:
    """The name of the shape that a schema refers to, directly or as what a list holds."""
    inner = [schema, schema.get("items", {}), *schema.get("anyOf", ())]
    return next((one["$ref"].rpartition("/")[2] for one in inner if "$ref" in one), "")
