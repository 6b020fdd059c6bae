"""The parts that are measured, by name: ours, the floor below them, and the peer above them.

The floor is what nothing can undercut that reads this file, or these rows, at all. The peer is a django-import-export
resource as its documentation begins, with default settings. Each part prepares itself and returns the work that is
measured.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tablib
import tomli
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from import_export.fields import Field as ResourceField
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from patterns.bench.scratch import Scratch, generated
from patterns.files.disk import read_uploads, write_atomically
from patterns.files.reader import read_files
from patterns.files.toml import write_toml
from patterns.models import Category, Change, Pattern
from patterns.store.exports import stream
from patterns.store.imports import import_file
from patterns.store.writing import Authorship

GIVEN = ("code", "slug", "name", "description", "category")
STATED = ("code", "slug", "name", "name_key", "description", "category_id")  # columns that the file decides
EXPORTED = """
    SELECT code, patterns_pattern.slug, patterns_pattern.name, patterns_pattern.description, patterns_category.name
    FROM patterns_pattern JOIN patterns_category ON patterns_category.id = category_id ORDER BY length(code), code
"""
WHEN = datetime(2026, 1, 1, tzinfo=UTC)  # the same every time: the second import changes nothing

Work = Callable[[], object]


def prepare(scratch: Scratch, count: int) -> Work:
    """The files, and a database without entries."""

    def work() -> None:
        write_atomically(scratch.catalog, [write_toml(generated(count))])
        write_atomically(scratch.changed, [write_toml(generated(count, salt="changed"))])
        call_command("migrate", verbosity=0)
        connection.close()  # which leaves everything in one file

    return work


def import_quietly(path: Path) -> None:
    """What ``import_toml`` does, but for showing it."""
    by = Authorship(origin=Change.Origin.IMPORT, at=timezone.now())
    outcome = import_file(read_files(read_uploads([str(path)])), by=by)
    assert not outcome.plan.is_refused


def floor_import(scratch: Scratch) -> Work:
    """Parse the file, and insert its rows into a table with the columns and unique indexes of Pattern."""
    database = opened_database()
    fields = {field.get_attname(): field for field in Pattern._meta.concrete_fields}
    others = [fields[name] for name in fields if name not in ("id", *STATED)]
    columns = [*STATED, *(field.get_attname() for field in others)]
    types = [f"{name} {fields[name].db_type(connection)} {'UNIQUE' if fields[name].unique else ''}" for name in columns]
    database.execute(f"CREATE TABLE floor (id integer PRIMARY KEY AUTOINCREMENT, {', '.join(types)})")
    statement = f"INSERT INTO floor ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # nosec B608
    now = timezone.now()
    blank = Pattern(created_at=now, updated_at=now, published_at=now)
    rest = tuple(field.get_db_prep_save(getattr(blank, field.attname), connection) for field in others)

    def rows(items: list[dict[str, str]]) -> Iterator[tuple[Any, ...]]:
        ids: dict[str, int] = {}
        for item in items:
            name, category_id = item["name"], ids.setdefault(item["category"], len(ids) + 1)
            yield (item["code"], item["slug"], name, name.casefold(), item["description"], category_id, *rest)

    def work() -> None:
        items = tomli.loads(scratch.catalog.read_text(encoding="utf-8"))["items"]
        with database:
            database.executemany(statement, rows(items))

    return work


def floor_export(scratch: Scratch) -> Work:
    """Read the rows, and write the bytes of the file as durably."""
    database, data = opened_database(), scratch.catalog.read_bytes()

    def work() -> None:
        database.execute(EXPORTED).fetchall()
        with scratch.output.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    return work


def opened_database() -> sqlite3.Connection:
    """As Django opens it: another journal or another way to synchronise would be another race."""
    database = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    database.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    return database


class PlainResource(ModelResource):
    category = ResourceField("category", "category", widget=ForeignKeyWidget(Category, field="name"))

    class Meta:
        model = Pattern
        import_id_fields = ["code"]
        fields = (*GIVEN, "name_key", "created_at", "updated_at")


def plain_import(scratch: Scratch) -> Work:
    """Import the rows of the file, which was read beforehand, with the columns that no row can do without."""
    dataset = tablib.Dataset(headers=[*GIVEN, "name_key", "created_at", "updated_at"])
    for item in tomli.loads(scratch.catalog.read_text(encoding="utf-8"))["items"]:
        dataset.append([*(item[key] for key in GIVEN), item["name"].casefold(), WHEN, WHEN])
    for name in sorted(set(dataset["category"])):
        values = {"name": name, "name_key": name.casefold()}
        Category.objects.get_or_create(slug=name.lower().replace(" ", "-"), defaults=values)
    return lambda: PlainResource().import_data(dataset, raise_errors=True)


PARTS: dict[str, Callable[[Scratch, int], Work]] = {
    "prepare": prepare,
    "import_catalog": lambda scratch, count: lambda: import_quietly(scratch.catalog),
    "import_changed": lambda scratch, count: lambda: import_quietly(scratch.changed),
    "export_catalog": lambda scratch, count: lambda: write_atomically(scratch.output, stream()),
    "floor_import": lambda scratch, count: floor_import(scratch),
    "floor_export": lambda scratch, count: floor_export(scratch),
    "plain_import": lambda scratch, count: plain_import(scratch),
    "plain_export": lambda scratch, count: (
        lambda: scratch.output.write_text(PlainResource().export().csv, encoding="utf-8")
    ),
}
