from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from patterns.document.entry import Consequence, Entry
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.boxes import Node
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.svg import Svg
from patterns.models import Pattern, Revision
from patterns.store.history import document_of
from patterns.views.conditional import public
from patterns.views.drawings import interaction, surroundings
from patterns.views.lab.index import Trial, trial_of
from patterns.views.prose import prose
from patterns.views.redirects import elsewhere
from patterns.views.related import Others, Related, neighbours, others
from patterns.views.rendering import render_page

# The sections of an entry's page, in the order in which readers meet them.


@dataclass(frozen=True)
class Section:
    """``name`` is the anchor on the page and the name of the template that shows the content."""

    name: str
    title: str
    content: Any
    drawing: Svg | None = None

    @property
    def template(self) -> str:
        return f"patterns/sections/_{self.name}.html"


@dataclass(frozen=True)
class Consequences:
    """Gains and costs, each by quality."""

    gains: tuple[Consequence, ...]
    costs: tuple[Consequence, ...]


def sections(entry: Entry, others: Others, *, trial: Trial | None = None) -> list[Section]:
    """Those that the entry has something for; ``trial`` is what the lab found out about it."""
    every = (
        Section("problem", "Problem", prose(entry.problem, public=others.public)),
        Section("solution", "Solution", prose(entry.solution, public=others.public)),
        Section("interaction", "Step by step", entry.steps, interaction(entry)),
        Section("applicability", "When to use it", entry if entry.use_when or entry.avoid_when else None),
        Section("consequences", "Gains and costs", by_sign(entry) if entry.consequences else None),
        Section("lab", "In the lab", trial),
        Section("relations", "Related entries", others.related, around(entry, others.related)),
        Section("known_as", "Known elsewhere as", entry.known_as),
        Section("origin", "Origin", entry.origin),
        Section("references", "References", entry.references),
    )
    return [section for section in every if section.content]


def by_sign(entry: Entry) -> Consequences:
    ordered = sorted(entry.consequences, key=lambda one: QUALITIES.index(one.quality))
    gains = tuple(one for one in ordered if one.sign == "gain")
    return Consequences(gains, tuple(one for one in ordered if one.sign == "cost"))


def around(entry: Entry, related: Sequence[Related]) -> Svg | None:
    """The entry's own neighbourhood, in its category's colour."""
    return surroundings(Node(entry.code, entry.name), related, measures=Measures())


# One published entry with all that its page shows, in four or five queries.


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


SHELF_COUNT = 3


@public
def show(request: HttpRequest, slug: str) -> HttpResponse:
    entry = presented(slug)
    if entry is None:
        return elsewhere(request, slug, view="patterns:pattern")
    pattern = entry.pattern
    shelf = Pattern.objects.published().in_category(pattern.category).exclude(pk=pattern.pk).in_code_order()
    context = {"pattern": pattern, "entry": entry, "shelf": shelf.for_cards()[:SHELF_COUNT]}
    return render_page(request, "patterns/pattern.html", path=pattern.get_absolute_url(), **context)
