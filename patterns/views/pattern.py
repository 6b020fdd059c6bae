"""The page of one entry: all that its document says, in sections, and what surrounds it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from sys import getsizeof
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.document.entry import Entry
from patterns.models import Pattern
from patterns.models.statement import statement
from patterns.store.public_history import newest_entry
from patterns.views.debts import marks_in
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public
from patterns.views.gist import gist_of
from patterns.views.lab.index import Trial, trial_of
from patterns.views.relations import Others, adjacent_to, others
from patterns.views.rendering import render_page, whole_address
from patterns.views.sections import Around, Labs, cited_labs, sections

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
    labs: Labs = (),
    *,
    changed_at: datetime,
    category_slug: str,
    category_position: int,
) -> SafeString:
    """HTML that depends on these values and on nothing else, and so is kept by them: equal ones have the same."""
    around = Around(others, trial, labs)
    context = {
        "document": document,
        "gist": gist_of(document, around),
        "sections": sections(document, around),
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
    def of(
        cls,
        pattern: Pattern,
        document: Entry,
        changed_at: datetime,
        *,
        trial: Trial | None = None,
        have: Collection[str] = frozenset(),
    ) -> "Presented":
        """``have`` are codes of what the reader has already, and so does not owe."""
        adjacent, category = adjacent_to(document.code), pattern.category
        article = article_of(
            document,
            others(document, have=have),
            trial,
            cited_labs(document),
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
    entry = Presented.of(pattern, found.entry, found.at, trial=trial_of(pattern), have=marks_in(request.GET))
    context = {
        "pattern": pattern,
        "entry": entry,
        "shelf": beside(pattern.code, pattern.category_id),
        "picture": whole_address("pattern_png", pattern.slug),
    }
    response = render_page(request, "patterns/pattern.html", path=pattern.get_absolute_url(), **context)
    # Programs that read headers alone learn of the Markdown without reading the page.
    response.headers["Link"] = f'<{whole_address("pattern_md", pattern.slug)}>; rel="alternate"; type="text/markdown"'
    return response
