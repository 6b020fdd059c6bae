"""The editorial checks over the catalogue as it is: all of it, or one entry beside the others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import Q

from patterns.document.entry import Entry, long_texts
from patterns.document.prose import links
from patterns.document.text import name_key
from patterns.lab.evidence import what_is_wrong
from patterns.lab.experiments import BY_SLUG
from patterns.lint.finding import Cited, Finding
from patterns.lint.likeness import look
from patterns.lint.rules import lint
from patterns.models import FormerSlug, Pattern
from patterns.store.history import reviewed
from patterns.store.reading import load_entries

BESIDE = 400  # entries that one is compared with while somebody waits for its form


@dataclass(frozen=True)
class Report:
    """``entries`` are those that were compared with each other; ``is_whole`` says whether these are all.

    ``codes`` are of the living ones that the findings are about.
    """

    entries: dict[str, Entry]
    codes: Collection[str]
    findings: list[Finding]
    is_whole: bool = True

    @property
    def consequence_count(self) -> int:
        """How many gains and costs were looked at."""
        return sum(len(self.entries[code].consequences) for code in self.codes)


def cited_by_entries() -> Cited:
    """What the checks ask of figures of the lab, of entries that were renamed as well."""
    former = dict(FormerSlug.objects.filter(slug__in=BY_SLUG).values_list("pattern__slug", "slug"))
    return lambda slug, name, sign: what_is_wrong(former.get(slug, slug), name, sign)


def lint_catalogue(*, today: date) -> Report:
    entries = load_entries()
    living = [code for code, entry in entries.items() if entry.status != "retired"]
    return Report(entries, living, lint(entries, today=today, cited=cited_by_entries(), reviewed=reviewed()))


def lint_entry(code: str, *, today: date) -> Report:
    """The findings of one entry, in bounded time: of a large catalogue, only those that it has to do with are read."""
    # One more than is wanted tells that there are more, and costs less than to count them all.
    is_whole = len(Pattern.objects.order_by().values_list("pk", flat=True)[: BESIDE + 1]) <= BESIDE
    entries = load_entries() if is_whole else with_near(load_entries(Pattern.objects.filter(code=code)))
    findings = lint(entries, today=today, cited=cited_by_entries(), reviewed=reviewed([code]), only=[code])
    return Report(entries, [code], findings, is_whole)


def lint_newest(count: int, *, today: date) -> Report:
    """The findings of the living entries that changed last, beside those that they have to do with."""
    living = Pattern.objects.exclude(status=Pattern.Status.RETIRED)
    codes = [*living.order_by("-updated_at", "pk").values_list("code", flat=True)[:count]]
    return lint_codes(codes, today=today)


def lint_codes(codes: Collection[str], *, today: date) -> Report:
    """The findings of these entries, beside those that they have to do with."""
    entries = with_near(load_entries(Pattern.objects.filter(code__in=codes)))
    findings = lint(entries, today=today, cited=cited_by_entries(), reviewed=reviewed(codes), only=codes)
    return Report(entries, codes, findings, is_whole=False)


def findings_added(entry: Entry, *, today: date) -> list[Finding]:
    """The findings of an entry as it would be that it does not have as it is."""
    entries = with_near({entry.code: entry})
    check = partial(lint, today=today, cited=cited_by_entries(), reviewed=reviewed([entry.code]), only=[entry.code])
    there = load_entries(Pattern.objects.filter(code=entry.code))
    known = {(one.rule, one.message) for one in check(entries | there)}
    return [one for one in check(entries) if (one.rule, one.message) not in known]


def with_near(entries: dict[str, Entry]) -> dict[str, Entry]:
    """The entries with those that they name, that relate to them, or whose name they claim or seem to claim."""
    near = (
        codes_named_by(entries.values())
        | claimed_by(entries.values())
        | alike(entries.values())
        | codes_relating_to(entries)
    )
    return entries | load_entries(Pattern.objects.filter(code__in=near - entries.keys()))


def codes_named_by(entries: Iterable[Entry]) -> set[str]:
    texts = [text for entry in entries for _, text in long_texts(entry)]
    related = {relation.target for entry in entries for relation in entry.relations}
    return related | {link.code for text in texts for link in links(text)}


def claimed_by(entries: Iterable[Entry]) -> set[str]:
    names = [name_key(alias) for entry in entries for alias in entry.aliases]
    owners = Pattern.objects.filter(Q(name_key__in=names) | Q(slug__in=names))
    return {*owners.order_by().values_list("code", flat=True)}


def alike(entries: Iterable[Entry]) -> set[str]:
    """Those whose name looks like one of these; no column can say so, so that the names of all are read."""
    looks = {look(name) for entry in entries for name in (entry.name, *entry.aliases)}
    names = Pattern.objects.order_by().values_list("code", "name").iterator()
    return {code for code, name in names if look(name) in looks}


def codes_relating_to(codes: Iterable[str]) -> set[str]:
    # Bounded: who opens an entry that all others name must not wait for all of them.
    relating = Pattern.objects.filter(relations__target__in=[*codes]).order_by("pk")
    return {*relating.values_list("code", flat=True)[:BESIDE]}
