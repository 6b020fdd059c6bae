"""What is done to categories beside editing one, as far as the author's role allows."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from patterns.document.catalog import Category
from patterns.models import Category as CategoryRow
from patterns.models import Change, Proposal, WorkingCopy
from patterns.store import edits, shelves
from patterns.store.reading import writing
from patterns.store.writing import Authorship
from patterns.workflow.rules import NotAllowed, Operation, answer, refusal
from patterns.workflow.standing import actor_of


def save_category(category: Category, *, opened: str, by: Authorship, position: int | None = None) -> Change | None:
    """Create a category or replace it; raises StaleEdit or InvalidCatalog.

    What is typed or proposed and names it by its name of before names it as it is now.
    """
    with writing():
        before = CategoryRow.objects.filter(slug=category.slug).values_list("name", flat=True).first()
        change = edits.save_category(category, opened=opened, by=by, position=position)
        if before not in (None, category.name):
            follow_name(str(before), category.name)
        return change


def rename_category(slug: str, category: Category, *, opened: str, by: Authorship) -> Change | None:
    """Give a category the address of ``category``; raises NotAllowed, StaleEdit or InvalidCatalog.

    What somebody typed into it and has not decided about is still about it.
    """
    refuse_unless_shelving(by)
    with writing():
        change = shelves.rename_category(slug, category, opened=opened, by=by)
        if change is not None:
            about = WorkingCopy.objects.filter(what="category")
            # Who has one about a category that was deleted there keeps both.
            there = about.filter(identity=category.slug).values("person")
            copies = about.filter(identity=slug).exclude(person__in=there)
            for copy in copies:
                copy.identity, copy.document["slug"] = category.slug, category.slug
            WorkingCopy.objects.bulk_update(copies, ["identity", "document"])
        return change


def merge_category(slug: str, into: str, *, opened: str, count: int, by: Authorship) -> Change:
    """Merge a category into another; raises NotAllowed, StaleEdit or InvalidCatalog.

    What is typed or proposed and names the one that is gone names the other from then on.
    """
    refuse_unless_shelving(by)
    with writing():
        names = dict(CategoryRow.objects.filter(slug__in=[slug, into]).values_list("slug", "name"))
        change = shelves.merge_category(slug, into, opened=opened, count=count, by=by)
        follow_name(names[slug], names[into])
        return change


def order_categories(order: Sequence[str], *, seen: Sequence[str], by: Authorship) -> Change | None:
    """Put the categories into another order than ``seen``; raises NotAllowed, StaleEdit or InvalidCatalog."""
    refuse_unless_shelving(by)
    return shelves.order_categories(order, seen=seen, by=by)


def refuse_unless_shelving(by: Authorship) -> None:
    if answer(Operation.SHELVE, actor_of(by.author)) == "no":
        raise NotAllowed([refusal(Operation.SHELVE)])


def follow_name(before: str, after: str) -> None:
    """Name a category as it is now in working copies of entries and in open proposals."""

    def renamed(document: Any) -> bool:
        is_meant = isinstance(document, dict) and document.get("category") == before
        if is_meant:
            document["category"] = after
        return is_meant

    waiting = Proposal.objects.filter(Q(document__category=before) | Q(base__category=before))
    proposals = [*waiting.filter(state=Proposal.State.OPEN)]
    for one in proposals:
        renamed(one.document)
        renamed(one.base)
    Proposal.objects.bulk_update(proposals, ["document", "base"], batch_size=100)
    typed = WorkingCopy.objects.filter(Q(document__category=before) | ~Q(elsewhere={}), what="entry")
    copies = [one for one in typed if any([*map(renamed, (one.document, *one.elsewhere.values()))])]
    WorkingCopy.objects.bulk_update(copies, ["document", "elsewhere"], batch_size=100)
