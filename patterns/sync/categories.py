"""Categories → rows."""

from collections.abc import Mapping

from patterns.catalog.entry import Category, Header
from patterns.catalog.plan import Plan
from patterns.catalog.text import name_key
from patterns.models import Category as CategoryRow

NOBODYS = " "  # begins no name, since names are stripped: stands in for a name while others change theirs


def write_categories(plan: Plan, *, imported: Mapping[str, str]) -> None:
    """Create and change categories, and put all of them into the order that the plan's header states."""
    wanted = {edit.identity: edit.after for edit in plan.of("category") if isinstance(edit.after, Category)}
    order = {slug: position for edit in plan.of("header") for position, slug in enumerate(order_of(edit.after))}
    rows = {row.slug: row for row in CategoryRow.objects.all()} if wanted or order else {}
    vacate_names([row for slug, row in rows.items() if slug in wanted and row.name != wanted[slug].name])
    changed = [row for slug, row in rows.items() if slug in wanted or row.position != order.get(slug, row.position)]
    new = [CategoryRow(slug=slug, imported=imported.get(slug)) for slug in wanted if slug not in rows]
    for row in (*changed, *new):
        fill(row, wanted.get(row.slug), position=order.get(row.slug, row.position))
    CategoryRow.objects.bulk_update(changed, ["name", "name_key", "description", "position"], batch_size=100)
    CategoryRow.objects.bulk_create(new)


def order_of(header: object) -> tuple[str, ...]:
    return header.categories if isinstance(header, Header) else ()


def vacate_names(rows: list[CategoryRow]) -> None:
    """Unique names may be swapped in one change, which no database allows row by row."""
    for row in rows:
        row.name_key = f"{NOBODYS}{row.pk}"
    CategoryRow.objects.bulk_update(rows, ["name_key"], batch_size=100)


def fill(row: CategoryRow, category: Category | None, *, position: int) -> None:
    row.position = position
    if category is not None:
        row.name, row.name_key, row.description = category.name, name_key(category.name), category.description


def delete_categories(plan: Plan) -> None:
    slugs = [edit.identity for edit in plan.of("category") if edit.action == "delete"]
    if slugs:
        CategoryRow.objects.filter(slug__in=slugs).delete()
