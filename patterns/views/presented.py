"""One published entry with all that its page shows, in four or five queries."""

from dataclasses import dataclass
from datetime import datetime

from patterns.document.entry import Entry
from patterns.models import Pattern, Revision
from patterns.store.history import document_of
from patterns.views.lab.trial import trial_of
from patterns.views.related import neighbours, others
from patterns.views.sections import Section, sections


@dataclass(frozen=True)
class Presented:
    pattern: Pattern
    document: Entry
    changed_at: datetime
    sections: list[Section]
    previous: Pattern | None
    next: Pattern | None


def presented(slug: str) -> Presented | None:
    """The published entry at a slug; None if there is none."""
    revision = newest_revision(slug)
    if revision is None:
        return None
    pattern, document = revision.pattern, document_of(revision)
    assert pattern is not None
    assert isinstance(document, Entry)
    near = neighbours(document.code)
    return Presented(
        pattern=pattern,
        document=document,
        changed_at=revision.change.created_at,
        sections=sections(document, others(document), trial=trial_of(pattern)),
        previous=near.previous,
        next=near.next,
    )


def newest_revision(slug: str) -> Revision | None:
    """The whole entry in one row. One statement: what it holds is public at the moment at which it is read."""
    revisions = Revision.objects.filter(pattern__in=Pattern.objects.published().filter(slug=slug))
    return revisions.select_related("change", "pattern__category").order_by("-change_id").first()
