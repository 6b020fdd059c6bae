"""What the history says of an entry, as far as the rules ask."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from patterns.models import Change, Pattern, Revision
from patterns.workflow.rules import Standing

SHELVED = Revision.objects.filter(change=OuterRef("change_id"), what=Revision.What.CATEGORY)
# Who renames a category at the desk writes nothing in its entries, though each has a revision with the new name.
FOLLOWS = Exists(SHELVED.exclude(change__origin=Change.Origin.IMPORT))


def standing_of(code: str) -> Standing:
    revisions = Revision.objects.filter(what=Revision.What.ENTRY, identity=code)
    deleted = revisions.filter(document__isnull=True).aggregate(last=Max("change_id"))["last"]
    present = revisions.filter(change_id__gt=deleted or 0)
    return Standing(
        owner=present.order_by("change_id").values_list("change__author_id", flat=True).first(),
        last_author=last_writer(present),
        was_public=Pattern.objects.filter(code=code, published_at__isnull=False).exists(),
    )


def last_writer(revisions: QuerySet[Revision]) -> int | None:
    newest_first = revisions.annotate(follows=FOLLOWS).order_by("-change_id")
    rows = newest_first.values_list("document", "change__author_id", "follows")
    return writer_of(rows.iterator(chunk_size=10))


def writer_of(newest_first: Iterable[tuple[Any, int | None, bool]]) -> int | None:
    """Who last changed more than the state: to submit an entry or to retire it is not to write it.

    Each revision comes with whether it only follows its category to another name.
    """
    newer, writer, unwritten = None, None, {"status"}
    for document, author, follows in newest_first:
        if newer is not None and without(newer, unwritten) != without(document, unwritten):
            break
        newer, writer = document, author
        unwritten = {"status", "category"} if follows else {"status"}
    return writer


def without(document: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}
