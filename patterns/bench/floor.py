"""The floor: what nothing can undercut that reads this file, or these rows, at all."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import tomli
from django.conf import settings
from django.db import connection
from django.db.models import Field
from django.utils import timezone

from patterns.bench.scratch import Scratch
from patterns.models import Pattern

SAID = ("code", "slug", "name", "name_key", "description", "category_id")
EXPORTED = """
    SELECT code, patterns_pattern.slug, patterns_pattern.name, patterns_pattern.description, patterns_category.name
    FROM patterns_pattern JOIN patterns_category ON patterns_category.id = category_id ORDER BY length(code), code
"""


def importing(scratch: Scratch) -> Callable[[], None]:
    """Parse the file, and insert its rows into a table with the columns and unique indexes of Pattern."""
    database = opened()
    columns = [*SAID, *(field.get_attname() for field in unsaid())]
    database.execute(f"CREATE TABLE floor (id integer PRIMARY KEY AUTOINCREMENT, {', '.join(map(column, columns))})")
    statement = f"INSERT INTO floor ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    rest = unsaid_values()

    def work() -> None:
        items = tomli.loads(scratch.catalog.read_text(encoding="utf-8"))["items"]
        with database:
            database.executemany(statement, rows(items, rest))

    return work


def opened() -> sqlite3.Connection:
    database = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    database.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    return database


def unsaid() -> list["Field[Any, Any]"]:
    """The columns that the file says nothing of."""
    return [field for field in Pattern._meta.concrete_fields if field.get_attname() not in ("id", *SAID)]


def unsaid_values() -> tuple[Any, ...]:
    now = timezone.now()
    blank = Pattern(created_at=now, updated_at=now, published_at=now)
    return tuple(field.get_db_prep_save(getattr(blank, field.attname), connection) for field in unsaid())


def column(name: str) -> str:
    field = next(field for field in Pattern._meta.concrete_fields if field.get_attname() == name)
    return f"{name} {field.db_type(connection)} {'UNIQUE' if field.unique else ''}"


def rows(items: list[dict[str, str]], rest: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    ids: dict[str, int] = {}
    for item in items:
        name, category_id = item["name"], ids.setdefault(item["category"], len(ids) + 1)
        yield (item["code"], item["slug"], name, name.casefold(), item["description"], category_id, *rest)


def exporting(scratch: Scratch) -> Callable[[], None]:
    """Read the rows, and write the bytes of the file as durably."""
    database, data = opened(), scratch.catalog.read_bytes()

    def work() -> None:
        database.execute(EXPORTED).fetchall()
        with scratch.output.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    return work
