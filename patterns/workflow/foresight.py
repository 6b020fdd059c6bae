"""What the rules would answer for many entries at once, in one query: for lists. Every write asks again, alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from patterns.catalog.entry import Entry
from patterns.models import Revision
from patterns.workflow.rules import Actor, Decision, NotAllowed, Standing, decide
from patterns.workflow.standing import FOLLOWS, writer_of

LOOKED_AT = 10  # newest revisions of each entry; nobody moves an entry to and fro more often without writing in it


def foresee(edits: Iterable[tuple[Entry, Entry]], actor: Actor) -> dict[str, Decision | NotAllowed]:
    """Code → what ``decide`` answers for each pair of an entry and what it would become."""
    pairs = [*edits]
    standings = standings_of([before.code for before, _ in pairs])
    return {before.code: foreseen(before, after, actor, standings[before.code]) for before, after in pairs}


def foreseen(before: Entry, after: Entry | None, actor: Actor, standing: Standing) -> Decision | NotAllowed:
    try:
        return decide(before, after, actor, standing)
    except NotAllowed as refusal:
        return refusal


def standings_of(codes: Collection[str]) -> dict[str, Standing]:
    """``standing_of`` for each, as far as its newest revisions tell who wrote last."""
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for code, *row in first_and_newest(codes):
        rows[code].append(tuple(row))
    return {code: standing_from(rows[code]) for code in codes}


def first_and_newest(codes: Collection[str]) -> Iterable[tuple[Any, ...]]:
    """Of the entries that are there now: a deleted one's revisions have no row, whoever uses its code again."""
    present = Revision.objects.filter(what=Revision.What.ENTRY, pattern__code__in=codes)
    numbered = present.annotate(
        age=Window(RowNumber(), partition_by="identity", order_by="change_id"),
        place=Window(RowNumber(), partition_by="identity", order_by="-change_id"),
        published_at=F("pattern__published_at"),
        follows=FOLLOWS,
    )
    kept = numbered.filter(Q(age=1) | Q(place__lte=LOOKED_AT)).order_by("identity", "-change_id")
    return kept.values_list("identity", "age", "place", "document", "change__author_id", "follows", "published_at")


def standing_from(rows: list[tuple[Any, ...]]) -> Standing:
    """The rows of one entry, newest first; the last of them is the first revision."""
    if not rows:
        return Standing()
    newest = [(document, author, follows) for _, place, document, author, follows, _ in rows if place <= LOOKED_AT]
    *_, owner, _, published_at = rows[-1]
    return Standing(owner=owner, last_author=writer_of(newest), was_public=published_at is not None)
