"""The peer: a django-import-export resource as its documentation begins, with default settings."""

from collections.abc import Callable
from datetime import UTC, datetime

import tablib
import tomli
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from patterns.bench.scratch import Scratch
from patterns.models import Category, Pattern

GIVEN = ("code", "slug", "name", "description", "category")
WHEN = datetime(2026, 1, 1, tzinfo=UTC)  # the same every time: the second import changes nothing


class PlainResource(ModelResource):
    category = Field("category", "category", widget=ForeignKeyWidget(Category, field="name"))

    class Meta:
        model = Pattern
        import_id_fields = ["code"]
        fields = (*GIVEN, "name_key", "created_at", "updated_at")


def importing(scratch: Scratch) -> Callable[[], None]:
    """Import the rows of the file, which was read beforehand, with the columns that no row can do without."""
    dataset = dataset_of(tomli.loads(scratch.catalog.read_text(encoding="utf-8"))["items"])
    for name in sorted(set(dataset["category"])):
        values = {"name": name, "name_key": name.casefold()}
        Category.objects.get_or_create(slug=name.lower().replace(" ", "-"), defaults=values)

    def work() -> None:
        PlainResource().import_data(dataset, raise_errors=True)

    return work


def dataset_of(items: list[dict[str, str]]) -> tablib.Dataset:
    dataset = tablib.Dataset(headers=[*GIVEN, "name_key", "created_at", "updated_at"])
    for item in items:
        dataset.append([*(item[key] for key in GIVEN), item["name"].casefold(), WHEN, WHEN])
    return dataset


def exporting(scratch: Scratch) -> Callable[[], object]:
    return lambda: scratch.output.write_text(PlainResource().export().csv, encoding="utf-8")
