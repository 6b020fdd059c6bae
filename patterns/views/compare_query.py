"""Published entries side by side: which ones an address asks for, and what relates them, in a few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from patterns.document.entry import Entry
from patterns.document.prose import links
from patterns.document.text import KEPT, SLUG, shortened
from patterns.document.vocabulary import RELATION_TYPES
from patterns.models import FormerSlug, Pattern, Relation, Revision

MOST = 4
LOOKED_UP = 24  # of an address that names more, the rest is not even looked up
CANDIDATE_COUNT = 60

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
class Compared:
    pattern: Pattern
    document: Entry


@dataclass(frozen=True)
class Choice:
    """``entries`` in the order of the address, four at most; ``unknown`` is what no published entry answers to."""

    entries: list[Compared]
    unknown: list[str]
    has_surplus: bool

    @property
    def slugs(self) -> list[str]:
        return [one.pattern.slug for one in self.entries]


@dataclass(frozen=True)
class Tie:
    """What one of the compared says of another."""

    type: str
    source: Pattern
    target: Pattern
    why: str

    @property
    def phrase(self) -> str:
        return PHRASES[self.type]


@dataclass(frozen=True)
class Candidates:
    """Entries that may be added: those related to the chosen ones, and the others in code order."""

    related: list[Pattern]
    others: list[Pattern]
    has_more: bool


def choice_of(asked: Iterable[str]) -> Choice:
    """The published entries with these slugs, present or former, each once."""
    wanted = [*dict.fromkeys(filter(None, asked))]
    slugs = [slug for slug in wanted[:LOOKED_UP] if SLUG.fullmatch(slug)]
    present = {slug: slug for slug in slugs} | present_slugs(slugs)
    found = compared(present.values())
    entries = [found[slug] for slug in dict.fromkeys(present.values()) if slug in found]
    unknown = [readable(slug) for slug in wanted[:LOOKED_UP] if present.get(slug) not in found]
    return Choice(entries[:MOST], unknown, has_surplus=len(entries) > MOST or len(wanted) > LOOKED_UP)


def readable(asked: str) -> str:
    """What somebody typed, fit to be shown: short, and without characters that nobody can see."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in shortened(asked))


def present_slugs(slugs: Iterable[str]) -> dict[str, str]:
    """Former slug → present one, of published entries."""
    former = FormerSlug.objects.filter(slug__in=slugs, pattern__in=Pattern.objects.published())
    return dict(former.values_list("slug", "pattern__slug"))


def compared(slugs: Iterable[str]) -> dict[str, Compared]:
    """Slug → entry. One statement: what it holds is public at the moment at which it is read."""
    revisions = Revision.objects.filter(pattern=OuterRef("pk")).order_by("-change_id")
    rows = Pattern.objects.published().filter(slug__in=[*slugs]).for_cards()
    rows = rows.annotate(document=Subquery(revisions.values("document")[:1]))
    return {row.slug: Compared(row, Entry.model_validate(row.document, context=KEPT)) for row in rows}


def ties(entries: Sequence[Compared]) -> list[Tie]:
    """The relations between the compared, most urgent first."""
    patterns = {one.document.code: one.pattern for one in entries}
    found = [
        Tie(relation.type, one.pattern, patterns[relation.target], relation.why)
        for one in entries
        for relation in one.document.relations
        if relation.target in patterns
    ]
    return sorted(found, key=lambda tie: URGENCY.index(tie.type))


def candidates(entries: Sequence[Compared]) -> Candidates:
    """What could stand beside the chosen ones."""
    chosen = [one.document.code for one in entries]
    public = Pattern.objects.published().exclude(code__in=chosen)
    near = [*public.filter(code__in=related_codes(entries)).in_code_order().for_cards()[:CANDIDATE_COUNT]]
    rest = [*public.in_code_order().for_cards()[: CANDIDATE_COUNT + 1]]
    others = [one for one in rest[:CANDIDATE_COUNT] if one not in near]
    return Candidates(near, others, has_more=len(rest) > CANDIDATE_COUNT)


def linked(entries: Sequence[Compared]) -> dict[str, Pattern]:
    """Code → the public entries that the problems link to; no query if these are compared, or there are none."""
    public = {one.document.code: one.pattern for one in entries}
    others = {link.code for one in entries for link in links(one.document.problem)} - public.keys()
    if not others:
        return public
    rows = Pattern.objects.published().filter(code__in=others).only("code", "slug", "name").order_by()
    return public | {row.code: row for row in rows}


def related_codes(entries: Sequence[Compared]) -> set[str]:
    """Codes that the entries state a relation to, or that state one to them."""
    stated = {relation.target for one in entries for relation in one.document.relations}
    chosen = [one.document.code for one in entries]
    rows = Relation.objects.filter(Q(target__in=chosen), source__in=Pattern.objects.published()).order_by()
    return stated | set(rows.values_list("source__code", flat=True))
