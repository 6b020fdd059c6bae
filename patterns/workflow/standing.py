"""What the rules ask: the role of whoever acts, and what the history says of an entry."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from patterns.document.entry import Entry
from patterns.models import Change, Pattern, Revision
from patterns.models.statement import statement
from patterns.workflow.rules import Actor, NotAllowed, Role, Ruling, Standing, decide


def actor_of(user: AbstractBaseUser | AnonymousUser | None) -> Actor:
    """The user in the terms of the rules. Who runs a command has no user, and the machine's own rights."""
    return Actor(user.pk if user else None, role_of(user))


def role_of(user: Any) -> Role:
    if user is None or user.is_superuser:
        return "superuser"
    if not (user.is_active and getattr(user, "is_staff", False)):
        return "anonymous"
    if user.has_perm("patterns.publish_pattern"):
        return "publisher"
    return "editor" if user.has_perm("patterns.change_pattern") else "viewer"


LOOKED_AT = 10  # newest revisions of each entry; who moves one to and fro more often without writing in it asks again
SHELVED = Revision.objects.filter(change=OuterRef("change_id"), what=Revision.What.CATEGORY)
# Who renames a category at the admin writes nothing in its entries, though each has a revision with the new name.
FOLLOWS = Exists(SHELVED.exclude(change__origin=Change.Origin.IMPORT))


def owners(code: Any) -> Any:
    """Who began the entry with this code, for a subquery. A deleted draft that was restored is still its author's."""
    of_same = Revision.objects.filter(what=Revision.What.ENTRY, identity=OuterRef("identity"))
    later = of_same.filter(change_id__gt=OuterRef("change_id")).order_by("change_id")
    ends = of_same.filter(document__isnull=True).annotate(then=Subquery(later.values("change__origin")[:1]))
    ended = ends.exclude(then=Change.Origin.RESTORE).order_by("-change_id").values("change_id")[:1]
    present = Revision.objects.filter(
        what=Revision.What.ENTRY,
        identity=code,
        change_id__gt=Coalesce(Subquery(ended), 0, output_field=BigIntegerField()),
    )
    return present.order_by("change_id").values("change__author_id")[:1]


def standing_of(code: str) -> Standing:
    rows = revisions_of_one(code)
    first = next(rows, None)
    if first is None:
        return Standing()
    texts = ((json.loads(document), author, follows) for document, author, follows, _, _ in chain([first], rows))
    return Standing(owner=first[3], last_author=writer_of(texts), was_public=first[4])


def revisions_of_one(code: str) -> Iterator[tuple[Any, ...]]:
    """The newest first, as ``stored_revisions`` has them; who stops at one of the first is spared the others."""
    newest = newest_revisions(code)
    yield from newest
    if len(newest) == LOOKED_AT:
        yield from stored_revisions(code)[LOOKED_AT:].iterator(chunk_size=LOOKED_AT)


@statement
def newest_revisions(code: str) -> QuerySet[Revision, Any]:
    return stored_revisions(code)[:LOOKED_AT]


def stored_revisions(code: Any) -> QuerySet[Revision, Any]:
    """Of an entry, newest first: text, author, whether it only follows its category, whose it is, if it was public."""
    revisions = Revision.objects.filter(what=Revision.What.ENTRY, identity=code)
    # Whoever uses the code of a deleted entry again begins another one.
    deletions = revisions.filter(document__isnull=True).order_by("-change_id").values("change_id")[:1]
    present = revisions.filter(change_id__gt=Coalesce(Subquery(deletions), 0, output_field=BigIntegerField()))
    public = Pattern.objects.filter(code=code, published_at__isnull=False)
    newest_first = present.annotate(follows=FOLLOWS, owner=Subquery(owners(code)), was_public=Exists(public))
    columns = ("document", "change__author_id", "follows", "owner", "was_public")
    return newest_first.order_by("-change_id").values_list(*columns)


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


# What the rules answer for many entries at once, in one query: for lists and what is done to all of one.


def foresee(edits: Iterable[tuple[Entry, Entry]], actor: Actor) -> dict[str, Ruling | NotAllowed]:
    """Code → what ``decide`` answers for each pair of an entry and what it would become."""
    pairs = [*edits]
    standings = standings_of([before.code for before, _ in pairs])
    return {before.code: foreseen(before, after, actor, standings[before.code]) for before, after in pairs}


def foreseen(before: Entry, after: Entry | None, actor: Actor, standing: Standing) -> Ruling | NotAllowed:
    try:
        return decide(before, after, actor, standing)
    except NotAllowed as refusal:
        return refusal


def standings_of(codes: Collection[str]) -> dict[str, Standing]:
    """``standing_of`` for each."""
    # Of the entries that are there now: a deleted one's revisions have no row, whoever uses its code again.
    present = Revision.objects.filter(what=Revision.What.ENTRY, pattern__code__in=codes)
    numbered = present.annotate(
        age=Window(RowNumber(), partition_by="identity", order_by="change_id"),
        place=Window(RowNumber(), partition_by="identity", order_by="-change_id"),
        published_at=F("pattern__published_at"),
        follows=FOLLOWS,
    )
    looked_at = numbered.filter(Q(age=1) | Q(place__lte=LOOKED_AT)).order_by("identity", "-change_id")
    columns = ("identity", "place", "document", "change__author_id", "follows", "change__origin", "published_at")
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for code, *row in looked_at.values_list(*columns):
        rows[code].append(tuple(row))
    standings = dict.fromkeys(codes, Standing())
    for code, revisions in rows.items():  # newest first; the last one is the first of all
        newest = [
            (json.loads(document), author, follows)
            for place, document, author, follows, _, _ in revisions
            if place <= LOOKED_AT
        ]
        _, _, owner, _, origin, published_at = revisions[-1]
        texts = [without(document, {"status", "category"}) for document, _, _ in newest]
        is_restored = origin == Change.Origin.RESTORE  # deleted before, and begun by whoever wrote it first
        if is_restored or (len(revisions) > LOOKED_AT and all(text == texts[0] for text in texts)):
            standings[code] = standing_of(code)  # an older one may tell who wrote it
        else:
            standings[code] = Standing(owner, writer_of(newest), was_public=published_at is not None)
    return standings
