"""Reading history: the catalogue as it was, and the documents that revisions hold."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from patterns.document.blame import State
from patterns.document.catalog import Category, Document, Header
from patterns.document.diff import changed_keys
from patterns.document.entry import Entry, code_order
from patterns.document.register import Table
from patterns.document.text import KEPT
from patterns.models import Revision
from patterns.store.bulk import chunks
from patterns.store.category_addresses import own_former_slugs
from patterns.store.writing import fingerprint_of

DOCUMENTS: dict[str, type[Table]] = {"header": Header, "category": Category, "entry": Entry}


def document_of(revision: Revision) -> Table | None:
    """The document that a revision holds; None if it records a deletion."""
    return None if revision.document is None else read_document(revision.what, revision.document)


@lru_cache(maxsize=64)  # each change has all pages made anew, of entries that it did not touch; some 100 KB each
def read_document(what: str, text: str) -> Table:
    return DOCUMENTS[what].model_validate_json(text, context=KEPT)


def newest(up_to: int) -> QuerySet[Revision]:
    """The newest revision of each document up to a change, deletions left out."""
    same = Revision.objects.filter(what=OuterRef("what"), identity=OuterRef("identity"))
    # Deletions count here: a document that was deleted last is not there, whatever it was before.
    newer = same.filter(change__gt=OuterRef("change"), change__lte=up_to)
    return Revision.objects.filter(~Exists(newer), change__lte=up_to, document__isnull=False)


def document_at(number: int) -> Document:
    """The whole catalogue as the change with this number left it."""
    header, categories, entries = Header(), {}, {}
    for revision in newest(number):
        document = document_of(revision)
        if isinstance(document, Entry):
            entries[document.code] = document
        elif isinstance(document, Category):
            categories[revision.identity] = document
        elif isinstance(document, Header):
            header = document
    # The order is the header's: a category's own document does not say its place.
    in_order = {slug: categories[slug] for slug in header.categories if slug in categories}
    return Document(header, in_order, {code: entries[code] for code in sorted(entries, key=code_order)})


def past_fingerprints(codes: Sequence[str]) -> dict[str, set[str]]:
    """By code, the fingerprints of all that an entry was before it became what it is; most never were anything else."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(codes):
        same = Revision.objects.filter(what=OuterRef("what"), identity=OuterRef("identity"))
        newer = same.filter(change__gt=OuterRef("change"))
        rows = Revision.objects.filter(Exists(newer), what=Revision.What.ENTRY, identity__in=chunk)
        for code, fingerprint in rows.order_by().values_list("identity", "fingerprint"):
            found.setdefault(code, set()).add(fingerprint)
    return found


def latest_revision(what: str, identity: str) -> Revision | None:
    of_document = Revision.objects.filter(what=what, identity=identity)
    return of_document.select_related("change__author", "change__accepted_by").first()


def document_with_fingerprint(what: str, identity: str, fingerprint: str) -> Table | None:
    """The newest document with this fingerprint; None if there never was one."""
    same = Revision.objects.filter(what=what, identity=identity, fingerprint=fingerprint, document__isnull=False)
    if revision := same.first():
        return document_of(revision)
    is_first_header = what == Revision.What.HEADER and fingerprint == fingerprint_of(Header())
    return Header() if is_first_header else None  # empty until its first change, and nobody recorded that


def document_before(revision: Revision) -> Table | None:
    """The same document as it was before the revision; None if it was not there."""
    return document_earlier(Revision.objects.filter(what=revision.what, identity=revision.identity), revision)


def document_earlier(revisions: QuerySet[Revision], revision: Revision) -> Table | None:
    earlier = revisions.filter(change__lt=revision.change_id).order_by("-change_id").first()
    return document_of(earlier) if earlier else None


# The versions of one document: a list of what each change did to it, and the deleted drafts.


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
    """Newest first, each with its change and author; of a category also those at the addresses that it had before."""
    rows = Revision.objects.filter(what=what, identity=identity)
    if what == Revision.What.CATEGORY and (former := own_former_slugs(identity)):
        rows = Revision.objects.filter(what=what, identity__in=[identity, *former])
        # A change that moved it deleted nothing: the other of its two revisions has the document.
        rows = rows.exclude(Exists(rows.filter(change=OuterRef("change"), document__isnull=False)), document=None)
    return rows.select_related("change__author", "change__accepted_by").order_by("-change_id")


def versions(what: str, identity: str, *, limit: int, before: int | None = None) -> list[Version]:
    """The newest versions, newest first; ``before`` is the number of a change, and only earlier ones count."""
    rows = revisions_of(what, identity)
    if before is not None:
        rows = rows.filter(change_id__lt=before)
    found = [*rows[: limit + 1]]
    # One more than is wanted is what the last one changed; behind the first of all there is nothing.
    documents = [*(document_of(row) for row in found), None]
    pairs = zip(found, documents[1:], strict=True)
    return [version(row, before) for row, before in pairs][:limit]


def version_of(what: str, identity: str, number: int) -> Version | None:
    """The version that the change with this number left; None if it left this document alone."""
    revision = revisions_of(what, identity).filter(change_id=number).first()
    return version(revision, document_earlier(revisions_of(what, identity), revision)) if revision else None


def version(revision: Revision, before: Table | None) -> Version:
    after = document_of(revision)
    if before is None or after is None:
        return Version(revision, "created" if after else "deleted")
    return Version(revision, "changed", changed_keys(before, after))


def states(what: str, identity: str, *, up_to: int | None = None) -> Iterator[State]:
    """All that a document ever was, or up to a change, newest first."""
    rows = Revision.objects.filter(what=what, identity=identity, **({} if up_to is None else {"change_id__lte": up_to}))
    # In small portions, since whoever asks who wrote what may stop long before the oldest.
    for revision in rows.order_by("-change_id").iterator(50):
        yield State(revision.change_id, document_of(revision))


def deleted_entries(*, limit: int, before: int | None = None) -> list[Deleted]:
    """Entries whose newest revision is a deletion, last deleted first; ``before`` is the primary key of one."""
    same = Revision.objects.filter(what=OuterRef("what"), identity=OuterRef("identity"))
    is_old = Exists(same.filter(change__gt=OuterRef("change")))
    rows = Revision.objects.filter(~is_old, what=Revision.What.ENTRY, document__isnull=True)
    last = same.filter(change__lt=OuterRef("change"), document__isnull=False).order_by("-change_id").values("pk")[:1]
    rows = rows.annotate(last=Subquery(last)).select_related("change__author", "change__accepted_by").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = [*rows[:limit]]
    earlier = Revision.objects.in_bulk({pk for row in found if (pk := getattr(row, "last", None))})
    pairs = [(row, earlier.get(getattr(row, "last", 0))) for row in found]
    return [Deleted(row, last, name_in(last)) for row, last in pairs if last is not None]


def name_in(revision: Revision) -> str:
    document = document_of(revision)
    assert isinstance(document, Entry | Category)
    return document.name


# When somebody last looked at each entry closely enough to save it.


def reviewed(codes: Collection[str] | None = None) -> dict[str, date]:
    """The day (UTC) of the newest revision of every entry, or of a few, by code."""
    rows = Revision.objects.filter(what=Revision.What.ENTRY).order_by()
    if codes is not None:
        rows = rows.filter(identity__in=codes)
    newest = rows.values("identity").annotate(at=Max("change__created_at"))
    return {code: at.date() for code, at in newest.values_list("identity", "at")}
