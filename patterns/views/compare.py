"""Published entries side by side: which ones an address asks for, what relates them, and what each says in a row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.entry import Entry
from patterns.document.text import KEPT, SLUG, shortened
from patterns.document.vocabulary import QUALITIES
from patterns.models import FormerSlug, Pattern, Relation, Revision
from patterns.views.balance import ComparedEntry, Weights, balance_of, consequences_for
from patterns.views.freshness import public
from patterns.views.kinship import ComparisonTitle, StatedRelation, relations_among, relations_from
from patterns.views.relations import PatternLink, prose
from patterns.views.rendering import render_page

MOST = 4
LOOKED_UP = 24  # of an address that names more, the rest is not even looked up
CANDIDATE_COUNT = 60
DIFFERENCES = "differences"


@dataclass(frozen=True)
class ComparisonChoice:
    """``entries`` in the order of the address, four at most; ``unknown`` is what no published entry answers to."""

    entries: list[ComparedEntry]
    unknown: list[str]
    has_surplus: bool

    @property
    def slugs(self) -> list[str]:
        return [one.pattern.slug for one in self.entries]

    @classmethod
    def of(cls, given: Iterable[str]) -> "ComparisonChoice":
        """Of the published entries with these slugs, present or former, each once."""
        wanted = [*dict.fromkeys(filter(None, given))]
        slugs = [slug for slug in wanted[:LOOKED_UP] if SLUG.fullmatch(slug)]
        # A former slug stands for the present one, any other for itself.
        former = FormerSlug.objects.filter(slug__in=slugs, pattern__in=Pattern.objects.published())
        present = {slug: slug for slug in slugs} | dict(former.values_list("slug", "pattern__slug"))
        found = entries_at(present.values())
        entries = [found[slug] for slug in dict.fromkeys(present.values()) if slug in found]
        unknown = [readable(slug) for slug in wanted[:LOOKED_UP] if present.get(slug) not in found]
        return cls(entries[:MOST], unknown, has_surplus=len(entries) > MOST or len(wanted) > LOOKED_UP)


def entries_at(slugs: Iterable[str]) -> dict[str, ComparedEntry]:
    """By slug. One statement: what it holds is public at the moment at which it is read."""
    revisions = Revision.objects.filter(pattern=OuterRef("pk")).order_by("-change_id")
    rows = Pattern.objects.published().filter(slug__in=[*slugs]).for_links()
    rows = rows.annotate(document=Subquery(revisions.values("document")[:1]))
    return {row.slug: ComparedEntry(row, Entry.model_validate_json(row.document, context=KEPT)) for row in rows}


def readable(typed: str) -> str:
    """What somebody typed, fit to be shown: short, and without characters that nobody can see."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in shortened(typed))


@dataclass(frozen=True)
class Candidates:
    """Entries that may be added: those related to the chosen ones, and the others in code order."""

    related: list[Pattern]
    others: list[Pattern]
    has_more: bool


def candidates_beside(entries: Sequence[ComparedEntry]) -> Candidates:
    chosen = [one.document.code for one in entries]
    # Those that the chosen ones state a relation to, and those that state one to them.
    related = {relation.target for one in entries for relation in one.document.relations}
    stated = Relation.objects.public().filter(target__in=chosen).order_by()
    related |= set(stated.values_list("source__code", flat=True))
    # Each list is cut by itself: the related ones are offered even if they stand far behind in code order.
    public = Pattern.objects.published().exclude(code__in=chosen).in_code_order().for_links()
    near = [*public.filter(code__in=related)[:CANDIDATE_COUNT]]
    rest = [*public[: CANDIDATE_COUNT + 1]]
    others = [one for one in rest[:CANDIDATE_COUNT] if one not in near]
    return Candidates(near, others, has_more=len(rest) > CANDIDATE_COUNT)


# The rows of a comparison: what typed data says of each entry, under the same heading.


@dataclass(frozen=True)
class ComparisonCell:
    """What one entry says in a row; empty content if it says nothing."""

    pattern: Pattern
    content: Any


@dataclass(frozen=True)
class ComparisonRow:
    """``name`` says how a content is shown; there is a cell for each entry."""

    name: str
    title: str
    cells: tuple[ComparisonCell, ...]

    @property
    def is_same(self) -> bool:
        return all(cell.content == self.cells[0].content for cell in self.cells)

    @property
    def is_empty(self) -> bool:
        return not any(cell.content for cell in self.cells)


@dataclass(frozen=True)
class RowGroup:
    title: str
    rows: tuple[ComparisonRow, ...]

    @property
    def is_folded(self) -> bool:
        """Its texts are long, and the page is told apart without them."""
        return self.title in (PROBLEM, APPLICABILITY)


PROBLEM, APPLICABILITY = "The problem", "When to use it"
OWED_COUNT = 12  # names in a cell


def rows_of(
    entries: Sequence[ComparedEntry], relations: Sequence[StatedRelation], weights: Weights
) -> Iterator[tuple[str, ComparisonRow]]:
    """Every row with its heading: what is short and typed first, long texts last."""

    def row(template: str, title: str, content: Callable[[ComparedEntry], Any]) -> ComparisonRow:
        return ComparisonRow(template, title, tuple(ComparisonCell(one.pattern, content(one)) for one in entries))

    def owed(one: ComparedEntry) -> "OwedNames | None":
        every = weights.owed[one.document.code]
        return OwedNames(every[:OWED_COUNT], len(every[OWED_COUNT:])) if every else None

    yield "Before you decide", row("trial", "In the lab", lambda one: weights.trials.get(one.document.code))
    yield "Before you decide", row("owed", "If you take it, you also owe", owed)
    yield "What it is", row("text", "In short", lambda one: one.document.description)
    yield "What it is", row("names", "Also called", lambda one: one.names)
    yield "What it is", row("category", "Category", lambda one: one.pattern.category)
    yield "What it is", row("text", "Kind", lambda one: one.document.kind)
    if len(entries) > 2:  # of two, the sentences at the top have said it
        yield "What it is", row("relations", "Related to", partial(relations_from, relations=relations))
    for quality in QUALITIES:
        consequences = partial(consequences_for, weights=weights, quality=quality)
        yield "Gains and costs", row("consequences", quality.capitalize(), consequences)
    yield APPLICABILITY, row("for", "Use it when", lambda one: one.document.use_when)
    yield APPLICABILITY, row("against", "Avoid it when", lambda one: one.document.avoid_when)
    targets = weights.linked | {one.document.code: PatternLink.of(one.pattern) for one in entries}
    yield PROBLEM, row("prose", "Problem", lambda one: prose(one.document.problem, public=targets))


@dataclass(frozen=True)
class OwedNames:
    """Entries that one has to build as well, the nearest first, and how many more there are."""

    patterns: tuple[PatternLink, ...]
    more: int


def decision_address(one: ComparedEntry, *, entries: Sequence[ComparedEntry]) -> str:
    """Of the record that takes one of the entries and weighs the others."""
    others = [("considered", other.document.code) for other in entries if other != one]
    return f"{reverse('patterns:decide')}?{urlencode([('choose', one.document.code), *others])}"


@dataclass(frozen=True)
class EntryColumn:
    """An entry, the address of the same comparison without it, and of a record that decides for it."""

    entry: ComparedEntry
    without: str
    decision: str


@public
def compare_page(request: HttpRequest) -> HttpResponse:
    """What says nothing of any entry is left out of the table, and on request what says the same of all."""
    choice, only_differences = ComparisonChoice.of(request.GET.getlist("pattern")), DIFFERENCES in request.GET
    path = comparison_address(choice.slugs, only_differences=only_differences)
    context = {"choice": choice, "most": MOST, "candidates": candidates_beside(choice.entries)}
    if len(choice.entries) < 2:  # nothing to compare with yet: the page offers what to add
        return render_page(request, "patterns/compare_start.html", path=path, **context)
    relations, weights = relations_among(choice.entries), Weights.of(choice.entries)
    groups: dict[str, list[ComparisonRow]] = {}  # by heading, in the order in which the headings come
    for title, row in rows_of(choice.entries, relations, weights):
        if not (row.is_empty or (only_differences and row.is_same)):
            groups.setdefault(title, []).append(row)
    balance = balance_of(choice.entries, weights)
    columns = []
    for entry, slug in zip(choice.entries, choice.slugs, strict=True):
        others = [one for one in choice.slugs if one != slug]
        without = comparison_address(others, only_differences=only_differences)
        columns.append(EntryColumn(entry, without, decision_address(entry, entries=choice.entries)))
    return render_page(
        request,
        "patterns/compare.html",
        path=path,
        **context,
        title=ComparisonTitle.of(choice.entries, relations),
        ties=relations,
        balance=[one for one in balance if not (only_differences and one.is_same)],
        groups=[RowGroup(title, tuple(rows)) for title, rows in groups.items()],
        columns=columns,
        only_differences=only_differences,
        other_view=comparison_address(choice.slugs, only_differences=not only_differences),
    )


def comparison_address(slugs: Sequence[str], *, only_differences: bool = False) -> str:
    query = [("pattern", slug) for slug in slugs] + [(DIFFERENCES, "only")] * only_differences
    return reverse("patterns:compare") + ("?" + urlencode(query) if query else "")
