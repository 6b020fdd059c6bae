"""The versions of one document: a list of what each change did to it, and the deleted drafts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from patterns.catalog.blame import State
from patterns.catalog.diff import changed_keys
from patterns.catalog.entry import Table
from patterns.history.past import document_before, document_of
from patterns.models import Revision


@dataclass(frozen=True)
class Version:
    """A revision and what it did: ``created`` the document, ``deleted`` it, or changed the ``keys``."""

    revision: Revision
    did: str
    keys: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        return self.revision.change_id


@dataclass(frozen=True)
class Deleted:
    """A document that is there no more: the revision that deleted it, and the last one before."""

    deletion: Revision
    last: Revision
    name: str


def revisions_of(what: str, identity: str) -> QuerySet[Revision]:
    """Newest first, each with its change and author."""
    rows = Revision.objects.filter(what=what, identity=identity)
    return rows.select_related("change__author").order_by("-change_id")


def versions(what: str, identity: str, *, limit: int, before: int | None = None) -> list[Version]:
    """The newest versions, newest first; ``before`` is the number of a change, and only earlier ones count."""
    rows = revisions_of(what, identity)
    if before is not None:
        rows = rows.filter(change_id__lt=before)
    found = [*rows[: limit + 1]]
    documents = [*(document_of(row) for row in found), None]
    pairs = zip(found, documents[1:], strict=True)
    return [version(row, before) for row, before in pairs][:limit]


def version_of(what: str, identity: str, number: int) -> Version | None:
    """The version that the change with this number left; None if it left this document alone."""
    revision = revisions_of(what, identity).filter(change_id=number).first()
    return version(revision, document_before(revision)) if revision else None


def version(revision: Revision, before: Table | None) -> Version:
    after = document_of(revision)
    if before is None or after is None:
        return Version(revision, "created" if after else "deleted")
    return Version(revision, "changed", changed_keys(before, after))


def states(what: str, identity: str) -> Iterator[State]:
    """All that a document ever was, newest first."""
    for revision in Revision.objects.filter(what=what, identity=identity).order_by("-change_id").iterator(50):
        yield State(revision.change_id, document_of(revision))


def deleted_entries(*, limit: int, before: int | None = None) -> list[Deleted]:
    """Entries whose newest revision is a deletion, last deleted first; ``before`` is the primary key of one."""
    same = Revision.objects.filter(what=OuterRef("what"), identity=OuterRef("identity"))
    is_old = Exists(same.filter(change__gt=OuterRef("change")))
    rows = Revision.objects.filter(~is_old, what=Revision.What.ENTRY, document__isnull=True)
    last = same.filter(change__lt=OuterRef("change"), document__isnull=False).order_by("-change_id").values("pk")[:1]
    rows = rows.annotate(last=Subquery(last)).select_related("change__author").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = [*rows[:limit]]
    earlier = Revision.objects.in_bulk({pk for row in found if (pk := getattr(row, "last", None))})
    pairs = [(row, earlier.get(getattr(row, "last", 0))) for row in found]
    return [Deleted(row, last, (last.document or {}).get("name", "")) for row, last in pairs if last is not None]
