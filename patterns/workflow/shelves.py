"""What is done to categories beside editing one, as far as the author's role allows."""

from patterns.document.catalog import Category
from patterns.models import Change, WorkingCopy
from patterns.store import shelves
from patterns.store.reading import writing
from patterns.store.writing import Authorship
from patterns.workflow.rules import NotAllowed, Operation, answer, refusal
from patterns.workflow.standing import actor_of


def rename_category(slug: str, category: Category, *, opened: str, by: Authorship) -> Change | None:
    """Give a category the address of ``category``; raises NotAllowed, StaleEdit or InvalidCatalog.

    What somebody typed into it and has not decided about is still about it.
    """
    refuse_unless_shelving(by)
    with writing():
        change = shelves.rename_category(slug, category, opened=opened, by=by)
        if change is not None:
            copies = WorkingCopy.objects.filter(what="category", identity=slug)
            for copy in copies:
                copy.identity, copy.document["slug"] = category.slug, category.slug
            WorkingCopy.objects.bulk_update(copies, ["identity", "document"])
        return change


def refuse_unless_shelving(by: Authorship) -> None:
    if answer(Operation.SHELVE, actor_of(by.author)) == "no":
        raise NotAllowed([refusal(Operation.SHELVE)])
