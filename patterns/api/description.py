"""What the library knows of the operations, made whole: problems, headers, examples, OpenAPI 3.1."""

from typing import Any

from django.conf import settings

from patterns.api.operations import api
from patterns.api.problems import CONTENT_TYPE, WHAT
from patterns.document.entry import CHILDREN, Entry
from patterns.document.register import Table, keys_of, summary_of

ROOT = "/api/v1/"
Part = dict[str, Any]
TABLES: tuple[type[Table], ...] = (Entry, *CHILDREN.values())
OF_THE_FILE = {table.__name__: table for table in TABLES}
ABOUT = """\
The whole catalogue for reading, as JSON. It takes no key, sets no cookie and answers GET and HEAD.

Every answer has an ETag and a date: ask again with If-None-Match, and 304 says that your copy is still good. \
Lists are read page by page: follow next until it is null. Whoever wants everything at once takes the files instead."""
TEXT: Part = {"schema": {"type": "string"}}
CACHED: Part = {
    "ETag": {"description": "Name of this state; send it as If-None-Match.", **TEXT},
    "Last-Modified": {"description": "When it last changed; missing as long as nothing ever did.", **TEXT},
}
USUAL = {
    301: {
        "description": "The entry has another slug now.",
        "headers": {"Location": {"description": "Its present address.", **TEXT}},
    },
    304: {"description": "Your copy is still good.", "headers": CACHED},
}


def description() -> Part:
    """The OpenAPI document."""
    schema = api.get_openapi_schema(path_prefix=ROOT)
    components = sorted(schema["components"]["schemas"].items())
    return {
        "openapi": schema["openapi"],
        "info": {"title": api.title, "version": api.version, "description": ABOUT},
        "servers": [{"url": settings.SITE_URL}],
        "paths": {path: {"get": operation(methods["get"])} for path, methods in schema["paths"].items()},
        "components": {"schemas": {name: shape(name, given) for name, given in components}},
    }


def shape(name: str, given: Part) -> Part:
    """A shape whose keys say what they mean; those of the file say here what the register says."""
    model = OF_THE_FILE.get(name)
    about = {key: one.help for key, one in keys_of(model).items()} if model else {}
    properties = {key: {"description": about.get(key, ""), **one} for key, one in given["properties"].items()}
    described = summary_of(model) if model else given.get("description", "")
    return {**given, "description": described, "properties": properties}


def operation(given: Part) -> Part:
    responses = {**given["responses"], 304: USUAL[304]}
    return {**given, "responses": {str(status): response(status, responses[status]) for status in sorted(responses)}}


def response(status: int, given: Part) -> Part:
    """What a status means here, and in which shape it comes."""
    if status in USUAL:
        return USUAL[status]
    if status in WHAT:
        (content,) = given["content"].values()
        return {"description": WHAT[status], "content": {CONTENT_TYPE: content}}
    return {**given, "headers": CACHED}
