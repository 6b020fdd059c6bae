"""What readers could have seen: the one place that says which of the past is public.

A revision is public if the entry is published now and was published then. Of an entry that was retired only that is
public, with what readers saw of it last. Of what it says about other entries only that
remains whose other end is published now, and was published at some time while the revision was the present one.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.document.text import KEPT
from patterns.models import Pattern, Revision
from patterns.models.pattern import PatternQuerySet
from patterns.models.statement import statement
from patterns.store.bulk import chunks
from patterns.store.history import document_of

ENDLESS = float("inf")
IS_PUBLISHED = Q(status="published")
SHOWN = ("what", "identity", "status", "document", "change_id", "change__created_at", "change__public_reason")
SHOWN_OF_PATTERN = ("code", "slug", "name", "description", "published_at", "replaced_by")


@dataclass(frozen=True)
class PublicRevision:
    """An entry as readers saw it from a change on; ``before`` is what they saw until then, None at first.

    ``pattern`` is the entry's row of today; ``number`` is that of the change, and ``reason`` what readers are told of
    it. If it was a departure, the retirement of an entry that is retired still, both are what readers saw last.
    """

    number: int
    at: datetime
    reason: str
    pattern: Pattern
    entry: Entry
    before: Entry | None
    is_departure: bool = False

    @property
    def is_visible(self) -> bool:
        """Whether readers could see a difference."""
        return self.is_departure or self.entry != self.before


REVISION_COLUMNS = ("what", "document", "change_id", "change__created_at")
PATTERN_COLUMNS = ("code", "slug", "name", "description", "published_at")
CATEGORY_COLUMNS = ("name", "slug", "position", "description")


@statement
def revisions_at(slug: str) -> QuerySet[Revision]:
    revisions = Revision.objects.filter(pattern__in=Pattern.objects.published().filter(slug=slug))
    columns = (
        *REVISION_COLUMNS,
        *(f"pattern__{one}" for one in PATTERN_COLUMNS),
        *(f"pattern__category__{one}" for one in CATEGORY_COLUMNS),
    )
    return revisions.select_related("change", "pattern__category").only(*columns).order_by("-change_id")[:1]


@dataclass(frozen=True)
class NewestEntry:
    """A published entry as it is; ``pattern`` is its row, with its category, and ``at`` when it was changed."""

    entry: Entry
    pattern: Pattern
    at: datetime


def newest_entry(slug: str) -> NewestEntry | None:
    """The whole entry in one row. One statement: what it holds is public at the moment at which it is read."""
    for row in revisions_at(slug):
        assert row.pattern is not None  # only revisions of published entries were asked for
        return NewestEntry(revision_entry(row), row.pattern, row.change.created_at)
    return None


@statement
def documents_of(codes: tuple[str, ...]) -> QuerySet[Pattern]:
    revisions = Revision.objects.filter(pattern=OuterRef("pk")).order_by("-change_id")
    rows = Pattern.objects.published().filter(code__in=codes).for_links().order_by()
    return rows.annotate(newest=Subquery(revisions.values("document")[:1]))


def newest_entries(codes: tuple[str, ...]) -> dict[str, tuple[Pattern, Entry]]:
    """By code, the rows and the documents of those that are published. One statement, as for one entry."""
    found = ((row, vars(row)["newest"]) for row in documents_of(codes))
    return {row.code: (row, Entry.model_validate_json(document, context=KEPT)) for row, document in found}


def public_revisions(patterns: PatternQuerySet, *, limit: int, before: int | None = None) -> list[PublicRevision]:
    """The newest public revisions of one entry or a few, newest first; nothing of those that are not published.

    ``before`` is the number of a change: only earlier ones count.
    """
    rows = of_patterns().filter(pattern__in=patterns.published().order_by().values("pk"))
    if before is not None:
        rows = rows.filter(change__lt=before)
    return public_states(newest_first(rows)[:limit])


def latest_revisions(patterns: PatternQuerySet, *, limit: int, before: int | None = None) -> list[PublicRevision]:
    """The same of any number of entries, and the departures from among them.

    Found by walking back through the changes, never by sorting all of them.
    """
    known = (patterns.published() | patterns.once_published()).order_by()
    # What says "published" of an entry that is published, and "retired" of one that is retired. One condition on the
    # entry and not one for each: PostgreSQL would read all entries for those.
    rows = Revision.objects.filter(
        Exists(known.filter(pk=OuterRef("pattern"))), IS_PUBLISHED | departed(), status=F("pattern__status")
    )
    if before is not None:
        rows = rows.filter(change__lt=before)
    # Keys first: documents are read of those alone that are wanted.
    pks = newest_first(rows).values_list("pk", flat=True)[:limit]
    return public_states(newest_first(Revision.objects.filter(pk__in=[*pks])))


def departure_of(pattern: Pattern) -> PublicRevision | None:
    """How a retired entry left the readers; None if they never saw it here, as of one that a file brought retired."""
    gone = Pattern.objects.once_published().order_by().filter(pk=pattern.pk)
    rows = Revision.objects.filter(departed(), pattern__in=gone)
    return next(iter(public_states(newest_first(rows)[:1])), None)


def departed() -> Q:
    """The revisions that retired, for good so far, an entry that was published."""
    same = Revision.objects.filter(what=Revision.What.ENTRY, identity=OuterRef("identity"))
    earlier, later = same.filter(change__lt=OuterRef("change")), same.filter(change__gt=OuterRef("change"))
    # Another state may lie in between; and what is written in a retired entry later, or opened and retired again, is
    # no second departure.
    published_since = same.filter(IS_PUBLISHED, change__gt=OuterRef("change"), change__lt=OuterRef(OuterRef("change")))
    return Q(
        Exists(earlier.filter(IS_PUBLISHED)),
        ~Exists(later.filter(IS_PUBLISHED)),
        ~Exists(earlier.filter(~Exists(published_since), status="retired")),
        status="retired",
    )


def newest_first(rows: QuerySet[Revision]) -> QuerySet[Revision]:
    """The primary key breaks ties, as it does in the index of the changes."""
    return rows.order_by("-change_id", "-pk")


def published_then() -> QuerySet[Revision]:
    """Revisions of entries that said "published"."""
    return Revision.objects.filter(IS_PUBLISHED, what=Revision.What.ENTRY)


def of_patterns() -> QuerySet[Revision]:
    """The same of entries that are there, which are the only rows with a pattern.

    To say again that they are entries would make SQLite read the revisions of all of them, and sort them.
    """
    return Revision.objects.filter(IS_PUBLISHED, pattern__isnull=False)


def with_earlier(rows: QuerySet[Revision]) -> QuerySet[Revision]:
    """Each with ``earlier``, the primary key of the published state that it replaced."""
    same = published_then().filter(identity=OuterRef("identity"), change__lt=OuterRef("change"))
    return rows.annotate(earlier=Subquery(same.order_by("-change_id").values("pk")[:1]))


def public_states(revisions: QuerySet[Revision]) -> list[PublicRevision]:
    columns = (*SHOWN, *(f"pattern__{name}" for name in SHOWN_OF_PATTERN))
    rows = [*with_earlier(revisions).select_related("change", "pattern").only(*columns)]
    earlier = Revision.objects.in_bulk({pk for row in rows if (pk := getattr(row, "earlier", None))})
    documents = {row.pk: revision_entry(row) for row in (*rows, *earlier.values())}
    seen = Seen.of(documents.values())
    shown = {row.pk: seen.part_of(documents[row.pk], row.change_id) for row in (*rows, *earlier.values())}
    return [public_state(row, shown) for row in rows]


def public_state(row: Revision, shown: dict[int, Entry]) -> PublicRevision:
    assert row.pattern is not None
    earlier, is_departure = getattr(row, "earlier", None), row.status == "retired"
    before = shown[earlier] if earlier else None
    return PublicRevision(
        number=row.change_id,
        at=row.change.created_at,
        reason=row.change.public_reason,
        pattern=row.pattern,
        entry=before if before and is_departure else shown[row.pk],
        before=before,
        is_departure=is_departure,
    )


def revision_entry(row: Revision) -> Entry:
    document = document_of(row)
    assert isinstance(document, Entry)
    return document


@dataclass(frozen=True)
class Seen:
    """Which entries are public, and when each of them was: by code, (number of a change, whether published since)."""

    published: frozenset[str]
    past: dict[str, list[tuple[int, bool]]]

    @classmethod
    def of(cls, entries: Collection[Entry]) -> "Seen":
        """What must be known to show these entries: of them, and of those that they name."""
        named = {code for entry in entries for code in names_in(entry)}
        published = frozenset(chain.from_iterable(published_among(tuple(chunk)) for chunk in chunks(sorted(named))))
        # If none of those that they name is public, none is shown, and when they were need not be asked.
        return cls(published, numbers({entry.code for entry in entries} | published) if published else {})

    def part_of(self, entry: Entry, number: int) -> Entry:
        """What readers saw of an entry as a change left it."""
        relations = tuple(one for one in entry.relations if self.is_shown(entry.code, number, one.target))
        is_replaced = bool(entry.replaced_by) and self.is_shown(entry.code, number, entry.replaced_by)
        values: dict[str, Any] = {"relations": relations, "replaced_by": entry.replaced_by if is_replaced else ""}
        return with_values(entry, values)

    def is_shown(self, code: str, number: int, other: str) -> bool:
        """Whether the other entry was ever public while this revision was the present one, and is now."""
        if other not in self.published:
            return False
        end = next((later for later, _ in self.past[code] if later > number), ENDLESS)
        before = [was_published for earlier, was_published in self.past[other] if earlier <= number]
        return any(before[-1:]) or any(was for later, was in self.past[other] if number < later < end)


def names_in(entry: Entry) -> tuple[str, ...]:
    return tuple(filter(None, (entry.replaced_by, *(one.target for one in entry.relations))))


@statement
def published_among(codes: tuple[str, ...]) -> QuerySet[Pattern, str]:
    return Pattern.objects.published().filter(code__in=codes).order_by().values_list("code", flat=True)


def numbers(codes: Collection[str]) -> dict[str, list[tuple[int, bool]]]:
    """By code, the numbers of the changes to an entry, oldest first, and whether each left it published."""
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    was_published = Case(When(IS_PUBLISHED, then=Value(True)), default=Value(False))
    for chunk in chunks(sorted(codes)):
        rows = Revision.objects.filter(what=Revision.What.ENTRY, identity__in=chunk).order_by("change_id")
        for code, number, was in rows.values_list("identity", "change_id", was_published):
            found[code].append((number, was))
    return found
