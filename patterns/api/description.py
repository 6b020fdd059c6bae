"""The operations in the words of OpenAPI 3.1: parameters, answers, problems, headers."""

from inspect import getdoc
from typing import Any

from django.conf import settings
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core.core_schema import WithDefaultSchema

from patterns.api.operations import OPERATIONS, TAGS, ApiOperation
from patterns.api.parameters import NoParameters
from patterns.api.problems import CONTENT_TYPE, MEANINGS, Problem
from patterns.document.entry import CHILDREN, Entry
from patterns.document.register import Table, keys_of, summary_of
from patterns.document.text import SLUG
from patterns.views.rendering import LICENCE, LICENCE_NAME

Part = dict[str, Any]
TABLES: tuple[type[Table], ...] = (Entry, *CHILDREN.values())
OF_THE_FILE = {table.__name__: table for table in TABLES}
ABOUT = """\
The whole catalogue for reading, as JSON. It takes no key, sets no cookie and answers GET and HEAD.

Every answer has an ETag and a date: ask again with If-None-Match, and 304 says that your copy is still good. \
Lists are read page by page: follow next until it is null. Whoever wants everything at once takes the files instead."""
TEXT: Part = {"schema": {"type": "string"}}
SLUG_SCHEMA: Part = {
    "description": "Slug of an entry: the last part of its address.",
    "pattern": f"^{SLUG.pattern}$",
    "title": "Slug",
    "type": "string",
}
MOVED: Part = {
    "description": "The entry has another slug now.",
    "headers": {"Location": {"description": "Its present address.", **TEXT}},
}
# The server says so, before anything of ours has read the address.
TOO_LONG: Part = {
    "description": "The address with its parameters is longer than 4,094 bytes.",
    "content": {"text/plain": TEXT},
}
CACHED: Part = {
    "ETag": {"description": "Name of this state; send it as If-None-Match.", **TEXT},
    "Last-Modified": {
        "description": "When it last changed; missing if it never did, or twice in that second.",
        **TEXT,
    },
}
RETRY_AFTER: Part = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
}
REFERENCE = "#/components/schemas/{model}"


class ShapeSchema(GenerateJsonSchema):
    """Says of a default that is null nothing at all: a key that may be left out may be null as well."""

    def default_schema(self, schema: WithDefaultSchema) -> Part:
        return (
            super().default_schema(schema)
            if schema.get("default") is not None
            else self.generate_inner(schema["schema"])
        )


def description(name: str) -> Part:
    """The OpenAPI document of the catalogue with this name."""
    shapes: dict[str, Part] = {}
    paths = {f"/api/v1{one.path}": {"get": describe_operation(one, shapes)} for one in OPERATIONS}
    add_shape(Problem, shapes, mode="serialization")  # no operation answers with it, and each may be refused with it
    return {
        "openapi": "3.1.0",
        "info": {
            "title": name,
            "version": "1",
            "description": ABOUT,
            "license": {"name": f"{LICENCE_NAME} (the texts)", "url": LICENCE},
        },
        "servers": [{"url": f"{settings.SITE_URL}{settings.SITE_PATH}", "description": "The catalogue."}],
        "security": [],  # anybody may read
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {"schemas": {name: describe_shape(name, shapes[name]) for name in sorted(shapes)}},
    }


def describe_operation(operation: ApiOperation, shapes: dict[str, Part]) -> Part:
    """``shapes`` gets those that the operation speaks of, by name."""
    has_slug = "{slug}" in operation.path
    parameters: list[Part] = []
    if has_slug:
        parameters.append({"in": "path", "name": "slug", "schema": SLUG_SCHEMA, "required": True})
    if operation.parameters is not NoParameters:
        properties = schema_of(operation.parameters, shapes, mode="validation")["properties"]
        parameters += [
            {"in": "query", "name": name, "schema": schema, "required": False} for name, schema in properties.items()
        ]
    add_shape(operation.answer, shapes, mode="serialization")
    description = getdoc(operation.view)
    return {
        "operationId": operation.view.__name__,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [{**one, "description": one["schema"]["description"]} for one in parameters],
        "responses": {
            "200": {"description": "OK", **content("application/json", operation.answer), "headers": CACHED},
            **({"301": MOVED} if has_slug else {}),
            "304": {"description": "Your copy is still good.", "headers": CACHED},
            **{str(status): refusal(status) for status in ((400, 404, 410) if has_slug else (400,))},
            **({"429": {**refusal(429), "headers": RETRY_AFTER}} if operation.is_limited else {}),
            "414": TOO_LONG,
        },
        **({"description": description} if description else {}),
    }


def refusal(status: int) -> Part:
    return {"description": MEANINGS[status], **content(CONTENT_TYPE, Problem)}


def content(media_type: str, model: type[BaseModel]) -> Part:
    return {"content": {media_type: {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}}


def add_shape(model: type[BaseModel], shapes: dict[str, Part], *, mode: JsonSchemaMode) -> None:
    shapes[model.__name__] = schema_of(model, shapes, mode=mode)


def schema_of(model: type[BaseModel], shapes: dict[str, Part], *, mode: JsonSchemaMode) -> Part:
    """``shapes`` gets those that it refers to."""
    schema = model.model_json_schema(ref_template=REFERENCE, schema_generator=ShapeSchema, mode=mode)
    shapes.update(schema.pop("$defs", {}))
    return schema


def describe_shape(name: str, schema: Part) -> Part:
    """A shape whose keys say what they mean; those of the file say here what the register says."""
    model = OF_THE_FILE.get(name)
    about = {key: one.help for key, one in keys_of(model).items()} if model else {}
    properties = {key: {"description": about.get(key, ""), **one} for key, one in schema["properties"].items()}
    described = summary_of(model) if model else schema.get("description", "")
    return {**schema, "description": described, "properties": properties}
