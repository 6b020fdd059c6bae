"""Reading history: the catalogue as it was, and the documents that revisions hold."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from patterns.catalog.entry import Category, Document, Entry, Header, Table, code_order
from patterns.catalog.text import KEPT
from patterns.history.record import fingerprint_of
from patterns.models import Revision
from patterns.sync.table import chunks

DOCUMENTS: dict[str, type[Table]] = {"header": Header, "category": Category, "entry": Entry}


def document_of(revision: Revision) -> Table | None:
    """The document that a revision holds; None if it records a deletion."""
    if revision.document is None:
        return None
    return DOCUMENTS[revision.what].model_validate(revision.document, context=KEPT)


def newest(up_to: int) -> QuerySet[Revision]:
    """The newest revision of each document up to a change, deletions left out."""
    same = Revision.objects.filter(what=OuterRef("what"), identity=OuterRef("identity"))
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
    in_order = {slug: categories[slug] for slug in header.categories if slug in categories}
    return Document(header, in_order, {code: entries[code] for code in sorted(entries, key=code_order)})


def past_fingerprints(codes: Collection[str]) -> set[tuple[str, str]]:
    """(code, fingerprint) of every revision of these entries."""
    found: set[tuple[str, str]] = set()
    for chunk in chunks([*codes]):
        rows = Revision.objects.filter(what=Revision.What.ENTRY, identity__in=chunk)
        found.update(rows.order_by().values_list("identity", "fingerprint"))
    return found


def latest_revision(what: str, identity: str) -> Revision | None:
    return Revision.objects.filter(what=what, identity=identity).select_related("change__author").first()


def document_with_fingerprint(what: str, identity: str, fingerprint: str) -> Table | None:
    """The newest document with this fingerprint; None if there never was one."""
    same = Revision.objects.filter(what=what, identity=identity, fingerprint=fingerprint, document__isnull=False)
    if revision := same.first():
        return document_of(revision)
    is_first_header = what == Revision.What.HEADER and fingerprint == fingerprint_of(Header())
    return Header() if is_first_header else None  # empty until its first change, and nobody recorded that


def document_before(revision: Revision) -> Table | None:
    """The same document as it was before the revision; None if it was not there."""
    same = Revision.objects.filter(what=revision.what, identity=revision.identity)
    earlier = same.filter(change__lt=revision.change_id).first()
    return document_of(earlier) if earlier else None
