"""Published entries side by side: which ones an address asks for, what relates them, and what each says in a row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.entry import Entry
from patterns.document.prose import links
from patterns.document.tables import Consequence
from patterns.document.text import KEPT, SLUG, shortened
from patterns.document.vocabulary import INVERSE, QUALITIES, RELATION_TYPES
from patterns.models import FormerSlug, Pattern, Relation, Revision
from patterns.views.freshness import public
from patterns.views.relations import PatternLink, RelatedPattern, prose
from patterns.views.rendering import render_page

MOST = 4
LOOKED_UP = 24  # of an address that names more, the rest is not even looked up
CANDIDATE_COUNT = 60
DIFFERENCES = "differences"

PHRASES = {
    "requires": "requires",
    "uses": "uses",
    "leads to": "leads to",
    "weakened by": "is weakened by",
    "variant of": "is a variant of",
    "complements": "complements",
    "alternative to": "is an alternative to",
    "often confused with": "is often confused with",
}
# Who compares asks first whether the two are rivals, or mistaken for each other.
URGENCY = [*reversed(RELATION_TYPES)]


@dataclass(frozen=True)
class ComparedEntry:
    pattern: Pattern
    document: Entry


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
class StatedRelation:
    """What one of the compared says of another."""

    type: str
    source: Pattern
    target: Pattern
    why: str

    @property
    def phrase(self) -> str:
        return PHRASES[self.type]


def relations_among(entries: Sequence[ComparedEntry]) -> list[StatedRelation]:
    """The relations between the compared, most urgent first."""
    patterns = {one.document.code: one.pattern for one in entries}
    found = [
        StatedRelation(relation.type, one.pattern, patterns[relation.target], relation.why)
        for one in entries
        for relation in one.document.relations
        if relation.target in patterns
    ]
    return sorted(found, key=lambda one: URGENCY.index(one.type))


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


def link_targets(entries: Sequence[ComparedEntry]) -> dict[str, Pattern]:
    """Code → the public entries that the problems link to; no query if these are compared, or there are none."""
    public = {one.document.code: one.pattern for one in entries}
    others = {link.code for one in entries for link in links(one.document.problem)} - public.keys()
    if not others:
        return public
    rows = Pattern.objects.published().filter(code__in=others).only("code", "slug", "name").order_by()
    return public | {row.code: row for row in rows}


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


def rows_of(
    entries: Sequence[ComparedEntry], relations: Sequence[StatedRelation], public: Mapping[str, Pattern]
) -> Iterator[tuple[str, ComparisonRow]]:
    """Every row with its heading; ``public`` holds, by code, the entries that the problems may link to."""

    def row(template: str, title: str, content: Callable[[ComparedEntry], Any]) -> ComparisonRow:
        return ComparisonRow(template, title, tuple(ComparisonCell(one.pattern, content(one)) for one in entries))

    yield "What it is", row("text", "In short", lambda one: one.document.description)
    yield "What it is", row("category", "Category", lambda one: one.pattern.category)
    yield "What it is", row("text", "Kind", lambda one: one.document.kind)
    yield "What it is", row("prose", "Problem", lambda one: prose(one.document.problem, public=public))
    yield "When to use it", row("for", "Use it when", lambda one: one.document.use_when)
    yield "When to use it", row("against", "Avoid it when", lambda one: one.document.avoid_when)
    for quality in QUALITIES:
        consequences = partial(consequences_for, quality=quality)
        yield "Gains and costs", row("consequences", quality.capitalize(), consequences)
    yield "Between them", row("relations", "Related to", partial(relations_from, relations=relations))


def consequences_for(one: ComparedEntry, *, quality: str) -> list[Consequence]:
    """Gains before costs."""
    found = [each for each in one.document.consequences if each.quality == quality]
    return sorted(found, key=lambda each: each.sign, reverse=True)


def relations_from(one: ComparedEntry, *, relations: Sequence[StatedRelation]) -> list[RelatedPattern]:
    """Those that the entry states, then those that the others state of it, as seen from it."""
    forward = [(each.type, each.target, each.why) for each in relations if each.source == one.pattern]
    backward = [(INVERSE[each.type], each.source, each.why) for each in relations if each.target == one.pattern]
    return [RelatedPattern(label, PatternLink.of(other), why) for label, other, why in forward + backward]


@dataclass(frozen=True)
class EntryColumn:
    """An entry, and the address of the same comparison without it."""

    entry: ComparedEntry
    without: str


@public
def compare_page(request: HttpRequest) -> HttpResponse:
    """What says nothing of any entry is left out of the table, and on request what says the same of all."""
    choice, only_differences = ComparisonChoice.of(request.GET.getlist("pattern")), DIFFERENCES in request.GET
    path = comparison_address(choice.slugs, only_differences=only_differences)
    context = {"choice": choice, "most": MOST, "candidates": candidates_beside(choice.entries)}
    if len(choice.entries) < 2:  # nothing to compare with yet: the page offers what to add
        return render_page(request, "patterns/compare_start.html", path=path, **context)
    relations, linked = relations_among(choice.entries), link_targets(choice.entries)
    groups: dict[str, list[ComparisonRow]] = {}  # by heading, in the order in which the headings come
    for title, row in rows_of(choice.entries, relations, linked):
        if not (row.is_empty or (only_differences and row.is_same)):
            groups.setdefault(title, []).append(row)
    columns = []
    for entry, slug in zip(choice.entries, choice.slugs, strict=True):
        others = [one for one in choice.slugs if one != slug]
        columns.append(EntryColumn(entry, comparison_address(others, only_differences=only_differences)))
    return render_page(
        request,
        "patterns/compare.html",
        path=path,
        **context,
        ties=relations,
        groups=[RowGroup(title, tuple(rows)) for title, rows in groups.items()],
        columns=columns,
        only_differences=only_differences,
        other_view=comparison_address(choice.slugs, only_differences=not only_differences),
    )


def comparison_address(slugs: Sequence[str], *, only_differences: bool = False) -> str:
    query = [("pattern", slug) for slug in slugs] + [(DIFFERENCES, "only")] * only_differences
    return reverse("patterns:compare") + ("?" + urlencode(query) if query else "")
