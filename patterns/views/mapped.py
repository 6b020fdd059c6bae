"""What the map shows: every entry while they are few, else one and its neighbours; and the same as rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patterns.document.entry import Entry
from patterns.document.vocabulary import INVERSE, RELATION_TYPES, SYMMETRIC
from patterns.drawing.neighbourhood import Measures
from patterns.drawing.samples import line_sample
from patterns.drawing.svg import Svg
from patterns.models import Pattern, Relation
from patterns.store.history import document_of
from patterns.views.drawings import node_of, relations_map, style_of, surroundings
from patterns.views.presented import newest_revision
from patterns.views.related import Related, coloured, place, related

WIDE = Measures(side=270, centre=210, between=130, most=60)
TYPE_OF = {label: type for type, inverse in INVERSE.items() for label in (type, inverse)}


@dataclass(frozen=True)
class Row:
    """A relation in words."""

    source: Pattern
    label: str
    target: Pattern
    why: str


@dataclass(frozen=True)
class TypeChoice:
    """A type of relation with its line and how many there are; ``is_chosen`` if only chosen types are shown."""

    type: str
    line: Svg
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Mapped:
    drawing: Svg | None
    rows: list[Row]
    choices: list[TypeChoice]


def whole(patterns: Sequence[Pattern], *, types: Sequence[str]) -> Mapped:
    """Every entry, and the relations of these types, or of all types if none is named."""
    relations = relations_between(patterns)
    shown = [one for one in relations if one.type in types or not types]
    by_code = {one.code: one for one in patterns}
    rows = [Row(by_code[one.source_id], one.type, by_code[one.target], one.why) for one in shown]
    drawing = relations_map(patterns, shown) if patterns else None
    return Mapped(drawing, rows, choices((one.type for one in relations), types))


def around(pattern: Pattern, *, types: Sequence[str], address: str) -> Mapped:
    """One entry and its neighbours, who lead to ``address`` with their slug."""
    every = related_to(pattern)
    shown = [one for one in every if TYPE_OF[one.label] in types or not types]
    centre = node_of(pattern, href=pattern.get_absolute_url())
    rows = [Row(pattern, one.label, one.pattern, one.why) for one in shown]
    drawing = surroundings(centre, shown, measures=WIDE, address=address)
    return Mapped(drawing, rows, choices((TYPE_OF[one.label] for one in every), types))


def related_to(pattern: Pattern) -> list[Related]:
    """The same as on the entry's page; none if it has just left the public."""
    revision = newest_revision(pattern.slug)
    document = document_of(revision) if revision else None
    return related(document) if isinstance(document, Entry) else []


def relations_between(patterns: Sequence[Pattern]) -> list[Relation]:
    """Those with both ends among published entries, by the codes of their ends."""
    codes = {one.code: place(one) for one in patterns}
    found = Relation.objects.filter(source__in=Pattern.objects.published(), target__in=codes).order_by()
    known = (one for one in found if one.source_id in codes)
    return sorted(known, key=lambda one: (codes[one.source_id], RELATION_TYPES.index(one.type), codes[one.target]))


def choices(present: Iterable[str], chosen: Sequence[str]) -> list[TypeChoice]:
    """The types that are there, and those chosen in vain."""
    counts = Counter(present)
    return [
        TypeChoice(one, line_sample(style_of(one), is_directed=one not in SYMMETRIC), counts[one], one in chosen)
        for one in RELATION_TYPES
        if counts[one] or one in chosen
    ]


def first_entries(count: int) -> list[Pattern]:
    """The first published entries in code order, with what the map needs of each."""
    return [*coloured(Pattern.objects.published()).in_code_order()[:count]]
