"""The examples of the catalogue, as its file has them, to be run and parsed."""

from functools import cache
from typing import Any

import sqlparse
import tomli
from django.conf import settings
from django.db import connection


@cache
def examples() -> dict[tuple[str, str], str]:
    """The text of each example by the code of its entry and its title."""
    fixture = settings.BASE_DIR / "fixtures" / "patterns.toml"
    items = tomli.loads(fixture.read_text(encoding="utf-8"))["items"]
    return {(item["code"], one["title"]): one["code"] for item in items for one in item.get("examples", ())}


def example(code: str, title: str) -> str:
    return examples()[code, title]


def run_python(text: str) -> dict[str, Any]:
    """The names that the text defines, once it has run."""
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(text, "example", "exec"), names)
    return names


def statements(script: str) -> list[str]:
    """Without the semicolons between them."""
    found = (one.strip().rstrip(";") for one in sqlparse.split(sqlparse.format(script, strip_comments=True)))
    return [one for one in found if one]


def run_sql(script: str) -> list[tuple[Any, ...]]:
    """The rows of the last statement, if it has any; the others come before it, one after the other."""
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for one in statements(script):
            cursor.execute(one)
            rows = cursor.fetchall() if cursor.description else []
    return rows
