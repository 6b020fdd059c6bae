from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.entry import Consequence
from patterns.document.vocabulary import INVERSE, QUALITIES
from patterns.models import Pattern
from patterns.views.compare_query import MOST, Choice, Compared, Tie, candidates, choice_of, linked, ties
from patterns.views.conditional import public
from patterns.views.relations import Related, prose
from patterns.views.rendering import render_page

# The rows of a comparison: what typed data says of each entry, under the same heading.


@dataclass(frozen=True)
class Cell:
    """What one entry says in a row; empty content if it says nothing."""

    pattern: Pattern
    content: Any


@dataclass(frozen=True)
class Row:
    """``name`` says how a content is shown; there is a cell for each entry."""

    name: str
    title: str
    cells: tuple[Cell, ...]

    @property
    def is_same(self) -> bool:
        return all(cell.content == self.cells[0].content for cell in self.cells)

    @property
    def is_empty(self) -> bool:
        return not any(cell.content for cell in self.cells)


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    rows: tuple[Row, ...]


def groups(
    entries: Sequence[Compared], *, ties: Sequence[Tie], public: Mapping[str, Pattern], only_differences: bool
) -> list[Group]:
    """Rows under their headings; those that say nothing are left out, and on request those that say the same.

    ``public`` holds, by code, the entries that the problems may link to.
    """
    every = (
        ("what", "What it is", what_it_is(entries, public)),
        ("when", "When to use it", when_to_use(entries)),
        ("qualities", "Gains and costs", by_quality(entries)),
        ("between", "Between them", between(entries, ties)),
    )
    found = (Group(name, title, tuple(worth_showing(rows, only_differences))) for name, title, rows in every)
    return [group for group in found if group.rows]


def worth_showing(rows: Iterator[Row], only_differences: bool) -> Iterator[Row]:
    return (row for row in rows if not (row.is_empty or (only_differences and row.is_same)))


def row(name: str, title: str, entries: Sequence[Compared], content: Callable[[Compared], Any]) -> Row:
    return Row(name, title, tuple(Cell(one.pattern, content(one)) for one in entries))


def what_it_is(entries: Sequence[Compared], public: Mapping[str, Pattern]) -> Iterator[Row]:
    yield row("text", "In short", entries, lambda one: one.document.description)
    yield row("category", "Category", entries, lambda one: one.pattern.category)
    yield row("text", "Kind", entries, lambda one: one.document.kind)
    yield row("prose", "Problem", entries, lambda one: prose(one.document.problem, public=public))


def when_to_use(entries: Sequence[Compared]) -> Iterator[Row]:
    yield row("for", "Use it when", entries, lambda one: one.document.use_when)
    yield row("against", "Avoid it when", entries, lambda one: one.document.avoid_when)


def by_quality(entries: Sequence[Compared]) -> Iterator[Row]:
    for quality in QUALITIES:
        yield row("consequences", quality.capitalize(), entries, partial(consequences, quality=quality))


def consequences(one: Compared, *, quality: str) -> list[Consequence]:
    """Gains before costs."""
    found = [each for each in one.document.consequences if each.quality == quality]
    return sorted(found, key=lambda each: each.sign, reverse=True)


def between(entries: Sequence[Compared], ties: Sequence[Tie]) -> Iterator[Row]:
    yield row("relations", "Related to", entries, lambda one: seen_from(one, ties))


def seen_from(one: Compared, ties: Sequence[Tie]) -> list[Related]:
    stated = [Related(tie.type, tie.target, tie.why) for tie in ties if tie.source == one.pattern]
    return stated + [Related(INVERSE[tie.type], tie.source, tie.why) for tie in ties if tie.target == one.pattern]


DIFFERENCES = "differences"


@dataclass(frozen=True)
class Column:
    """An entry, and the address of the same comparison without it."""

    entry: Compared
    without: str


@public
def compare(request: HttpRequest) -> HttpResponse:
    choice = choice_of(request.GET.getlist("pattern"))
    only_differences = DIFFERENCES in request.GET
    path = address(choice.slugs, only_differences=only_differences)
    context: dict[str, Any] = {"choice": choice, "most": MOST, "candidates": candidates(choice.entries)}
    if len(choice.entries) < 2:
        return render_page(request, "patterns/compare_start.html", path=path, **context)
    context |= side_by_side(choice, only_differences=only_differences)
    return render_page(request, "patterns/compare.html", path=path, **context)


def side_by_side(choice: Choice, *, only_differences: bool) -> dict[str, Any]:
    """What the table shows, and the addresses of its variants."""
    between, public = ties(choice.entries), linked(choice.entries)
    return {
        "ties": between,
        "groups": groups(choice.entries, ties=between, public=public, only_differences=only_differences),
        "columns": columns(choice, only_differences=only_differences),
        "only_differences": only_differences,
        "other_view": address(choice.slugs, only_differences=not only_differences),
    }


def columns(choice: Choice, *, only_differences: bool) -> list[Column]:
    others = [[slug for slug in choice.slugs if slug != one] for one in choice.slugs]
    return [
        Column(entry, address(slugs, only_differences=only_differences))
        for entry, slugs in zip(choice.entries, others, strict=True)
    ]


def address(slugs: Sequence[str], *, only_differences: bool = False) -> str:
    """Where these entries are compared."""
    query = [("pattern", slug) for slug in slugs] + [(DIFFERENCES, "only")] * only_differences
    return reverse("patterns:compare") + ("?" + urlencode(query) if query else "")
