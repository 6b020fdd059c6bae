"""The page of one entry: all that its document says, in sections, and what surrounds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from sys import getsizeof
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string, select_template
from django.utils.safestring import SafeString

from patterns.document.entry import (
    CONSEQUENCES,
    INTERACTION,
    LAB,
    RELATIONS,
    SECTION_KEYS,
    Consequence,
    Entry,
)
from patterns.document.register import Layout, Section, keys_of
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.graph import Node
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.sequence import SequenceMessage, sequence
from patterns.drawing.svg import Svg
from patterns.models import Pattern
from patterns.models.statement import statement
from patterns.store.public_history import newest_entry
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public
from patterns.views.lab.index import Trial, trial_of
from patterns.views.relations import Others, RelatedPattern, adjacent_to, others, prose, surroundings
from patterns.views.rendering import render_page

# The sections of an entry's page, in the order in which readers meet them.


@dataclass(frozen=True)
class PageSection:
    """A section of the register with what it shows of one entry, and the template that shows it."""

    section: Section
    content: Any
    template: str
    drawing: Svg | None = None

    @property
    def name(self) -> str:
        return self.section.name

    @property
    def title(self) -> str:
        return self.section.title


@dataclass(frozen=True)
class Consequences:
    """Gains and costs, each by quality."""

    gains: tuple[Consequence, ...]
    costs: tuple[Consequence, ...]


def sections(entry: Entry, others: Others, *, trial: Trial | None = None) -> list[PageSection]:
    """Those that the entry has something for; ``trial`` is what the lab found out about it."""
    found = []
    for section in SECTION_KEYS:
        content = trial if section is LAB else content_of(section, entry, others)
        if content:
            drawing = DRAWINGS[section](entry, others) if section in DRAWINGS else None
            found.append(PageSection(section, content, template_of(section), drawing))
    return found


DRAWINGS: dict[Section, Callable[[Entry, Others], Svg | None]] = {
    INTERACTION: lambda entry, others: interaction(entry),
    RELATIONS: lambda entry, others: around(entry, others.related),
}


def content_of(section: Section, entry: Entry, others: Others) -> Any:
    """What the template of a section is given; nothing if the entry says nothing there."""
    keys = SECTION_KEYS[section]
    if section is RELATIONS:  # those that others state, too
        return others.related
    if not any(getattr(entry, key) for key in keys):
        return None
    if section is CONSEQUENCES:
        return by_sign(entry)
    if len(keys) > 1:  # a template of its own takes them from the entry
        return entry
    (key,) = keys
    about, value = keys_of(Entry)[key], getattr(entry, key)
    if about.is_markdown:
        return prose(value, public=others.by_code)
    if about.layout is Layout.TABLES and template_of(section) == PLAIN_LOOK:
        return [", ".join(row.texts()) for row in value]
    return value


PLAIN_LOOK = "patterns/sections/_texts.html"  # of a list without a template of its own


@cache
def template_of(section: Section) -> str:
    """The section's own look, or the one of its kind."""
    is_markdown = any(keys_of(Entry)[key].is_markdown for key in SECTION_KEYS[section])
    usual = "patterns/sections/_prose.html" if is_markdown else PLAIN_LOOK
    return str(select_template([f"patterns/sections/_{section.name}.html", usual]).template.name)


def interaction(entry: Entry) -> Svg | None:
    """The steps as a sequence diagram; None if there are none."""
    if not entry.steps:
        return None
    messages = [SequenceMessage(one.sender, one.receiver, one.message, one.kind) for one in entry.steps]
    return sequence(
        messages,
        name="interaction-drawing",
        title=f"{entry.name} step by step",
        description=f"A sequence diagram. The list of {len(messages)} steps below says the same in words.",
    )


def by_sign(entry: Entry) -> Consequences:
    ordered = sorted(entry.consequences, key=lambda one: QUALITIES.index(one.quality))
    gains = tuple(one for one in ordered if one.sign == "gain")
    return Consequences(gains, tuple(one for one in ordered if one.sign == "cost"))


def around(entry: Entry, related: Sequence[RelatedPattern]) -> Svg | None:
    """The entry's own neighbourhood, in its category's colour."""
    return surroundings(Node(entry.code, entry.name), related, measures=Measures())


# What an entry says of itself. When the catalogue changes every page is made anew, but few articles say anything else.


ARTICLES_SIZE = 24 * 1024**2  # bytes of a process


@cached(
    # Beside the HTML lie the values that it was made from, of about twice its size.
    LRUCache[Any, SafeString](ARTICLES_SIZE, getsizeof=lambda html: 3 * getsizeof(html)),
    lock=Lock(),
)
def article_of(
    document: Entry,
    others: Others,
    trial: Trial | None,
    *,
    changed_at: datetime,
    category_slug: str,
    category_position: int,
) -> SafeString:
    """HTML that depends on these values and on nothing else, and so is kept by them: equal ones have the same."""
    context = {
        "document": document,
        "sections": sections(document, others, trial=trial),
        "changed_at": changed_at,
        "category_slug": category_slug,
        "category_position": category_position,
    }
    return render_to_string("patterns/_article.html", context)


# One published entry with all that its page shows, in five or six queries.


@dataclass(frozen=True)
class Presented:
    """``article`` is what the entry says of itself, as HTML."""

    pattern: Pattern
    document: Entry
    changed_at: datetime
    article: SafeString
    previous: Pattern | None
    next: Pattern | None

    @classmethod
    def of(cls, pattern: Pattern, document: Entry, changed_at: datetime, *, trial: Trial | None = None) -> "Presented":
        adjacent, category = adjacent_to(document.code), pattern.category
        article = article_of(
            document,
            others(document),
            trial,
            changed_at=changed_at,
            category_slug=category.slug,
            category_position=category.position,
        )
        return cls(pattern, document, changed_at, article, adjacent.previous, adjacent.next)


SHELF_COUNT = 3


@statement
def beside(code: str, category_id: int) -> QuerySet[Pattern]:
    """Some others of the same category."""
    shelf = Pattern.objects.published().filter(category=category_id).exclude(code=code)
    return shelf.in_code_order().for_cards()[:SHELF_COUNT]


@public
def pattern_page(request: HttpRequest, slug: str) -> HttpResponse:
    found = newest_entry(slug)
    if found is None:
        return moved_or_gone(request, slug, view="patterns:pattern")
    pattern = found.pattern
    entry = Presented.of(pattern, found.entry, found.at, trial=trial_of(pattern))
    context = {"pattern": pattern, "entry": entry, "shelf": beside(pattern.code, pattern.category_id)}
    return render_page(request, "patterns/pattern.html", path=pattern.get_absolute_url(), **context)
