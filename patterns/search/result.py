"""What a list answers: entries with their words marked, facets with counts, and what else could be asked."""

from dataclasses import dataclass

from patterns.models import Pattern
from patterns.search.query import ListQuery


@dataclass(frozen=True)
class TextPiece:
    """Some text, which the reader's words found or not."""

    text: str
    is_match: bool = False


Pieces = tuple[TextPiece, ...]


@dataclass(frozen=True)
class Hit:
    """An entry with its category. ``snippet`` is empty unless words were found beyond name and description."""

    pattern: Pattern
    name: Pieces
    description: Pieces
    aliases: tuple[Pieces, ...] = ()
    snippet: Pieces = ()


@dataclass(frozen=True)
class FacetOption:
    """One value of a facet. ``count`` is how many entries the list would have of it; ``position`` is a category's."""

    value: str
    label: str
    count: int
    is_included: bool
    is_excluded: bool
    including: ListQuery
    excluding: ListQuery
    position: int | None = None


@dataclass(frozen=True)
class Facet:
    """``options`` holds the values that would leave something, and those that are chosen.

    ``is_capped`` says that not all entries were looked at, and that of each value there may be more than its count.
    """

    name: str
    title: str
    options: tuple[FacetOption, ...]
    is_capped: bool = False


@dataclass(frozen=True)
class ListResult:
    """One page. ``next`` is the next page's query, None on the last one.

    ``total`` counts the entries of all pages; ``is_capped`` says that there may be more. With words in the query the
    pages hold the best CANDIDATE_COUNT matches and no others. ``is_partial`` says that some hits lack words, and
    have those that tell most. ``is_found`` is False if no entry has the words, whatever is chosen
    besides; then ``did_you_mean`` and ``instead`` may say what to ask, and ``nearest`` holds entries that have some of
    the words. ``is_corrected`` says that the hits are those of ``did_you_mean``, which can hardly be wrong.
    """

    query: ListQuery
    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    next: ListQuery | None = None
    is_capped: bool = False
    is_partial: bool = False
    is_found: bool = True
    did_you_mean: ListQuery | None = None
    instead: tuple[ListQuery, ...] = ()
    nearest: tuple[Pattern, ...] = ()
    is_corrected: bool = False

    @property
    def first(self) -> ListQuery:
        """The query of the first page."""
        return self.query.behind("")

    @property
    def has_options(self) -> bool:
        return any(facet.options for facet in self.facets)

    @property
    def patterns(self) -> list[Pattern]:
        return [hit.pattern for hit in self.hits]
