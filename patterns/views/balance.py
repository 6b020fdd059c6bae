"""Entries weighed against each other: gains and costs with what backs them, what the lab showed, what they owe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from patterns.document.debts import Requirement, debts
from patterns.document.entry import Entry
from patterns.document.prose import links
from patterns.document.text import name_key
from patterns.document.vocabulary import QUALITIES, Sign
from patterns.models import Pattern
from patterns.store.requirements import requirements_from
from patterns.views.evidence import BackedConsequence, backed
from patterns.views.lab.index import Trial, examined_entries, trial_on
from patterns.views.relations import PatternLink, public_links


@dataclass(frozen=True)
class ComparedEntry:
    pattern: Pattern
    document: Entry

    @property
    def names(self) -> list[str]:
        """What else it is called, by its editors and in other catalogues, each once whatever its case."""
        every = [*self.document.aliases, *(one.name for one in self.document.known_as)]
        seen = {name_key(self.document.name): ""}
        for one in every:
            seen.setdefault(name_key(one), one)
        return [*filter(None, seen.values())]


@dataclass(frozen=True)
class Weights:
    """What is known of compared entries beyond their own documents, each by code.

    ``linked`` holds the public entries that they owe or that their problems link to.
    """

    linked: dict[str, PatternLink]
    trials: Mapping[str, Trial]
    consequences: Mapping[str, tuple[BackedConsequence, ...]]
    owed: Mapping[str, tuple[PatternLink, ...]]

    @classmethod
    def of(cls, entries: Sequence[ComparedEntry]) -> "Weights":
        """In three queries, four if an experiment knows its entry by a former slug."""
        examined = {one.pattern.code: one for one in examined_entries()}
        lab_slugs = {one.experiment.slug: one.pattern.slug for one in examined.values()}
        required = requirements(entries)
        codes = {one.target for one in required} | {
            link.code for one in entries for link in links(one.document.problem)
        }
        linked = {row[0]: PatternLink(*row) for row in public_links(tuple(sorted(codes)))} if codes else {}
        public = [one for one in required if one.target in linked]
        trials, consequences, owed = {}, {}, {}
        for one in entries:
            document, found = one.document, examined.get(one.document.code)
            if found:
                trials[document.code] = trial_on(found.experiment, found.pattern.slug)
            consequences[document.code] = backed(
                document,
                experiment=found.experiment if found else None,
                lab_slugs=lab_slugs,
                page=one.pattern.get_absolute_url(),
            )
            owed[document.code] = tuple(linked[debt.code] for debt in debts(document.code, public))
        return cls(linked, trials, consequences, owed)


def requirements(entries: Sequence[ComparedEntry]) -> list[Requirement]:
    """Those of the compared entries, as their documents state them, and what these lead on to."""
    stated = [
        Requirement(one.document.code, relation.target, relation.why)
        for one in entries
        for relation in one.document.relations
        if relation.type == "requires"
    ]
    compared = {one.document.code for one in entries}
    further = requirements_from(sorted({one.target for one in stated})) if stated else []
    return [*stated, *(one for one in further if one.source not in compared)]


# The balance: qualities down, entries across, and a sign in each cell.

BackedBy = Literal["lab", "source", "judgement"]


@dataclass(frozen=True)
class BalanceMark:
    """One gain or cost, and the strongest of what backs it."""

    sign: Sign
    backed_by: BackedBy


@dataclass(frozen=True)
class BalanceCell:
    pattern: Pattern
    marks: tuple[BalanceMark, ...]


@dataclass(frozen=True)
class BalanceRow:
    quality: str
    cells: tuple[BalanceCell, ...]

    @property
    def is_same(self) -> bool:
        signs = [[mark.sign for mark in cell.marks] for cell in self.cells]
        return all(one == signs[0] for one in signs)


def balance_of(entries: Sequence[ComparedEntry], weights: Weights) -> list[BalanceRow]:
    """The qualities that at least one of the entries gains or costs."""
    rows = []
    for quality in QUALITIES:
        found = [consequences_for(one, weights, quality=quality) for one in entries]
        cells = (
            BalanceCell(
                one.pattern, tuple(BalanceMark(each.consequence.sign, strongest_of(each)) for each in consequences)
            )
            for one, consequences in zip(entries, found, strict=True)
        )
        rows += [BalanceRow(quality, tuple(cells))] if any(found) else []
    return rows


def consequences_for(one: ComparedEntry, weights: Weights, *, quality: str) -> list[BackedConsequence]:
    """Gains before costs."""
    found = [each for each in weights.consequences[one.document.code] if each.consequence.quality == quality]
    return sorted(found, key=lambda each: each.consequence.sign, reverse=True)


def strongest_of(one: BackedConsequence) -> BackedBy:
    kinds = {backing.kind for backing in one.backings}
    return "lab" if "lab" in kinds else "source" if "source" in kinds else "judgement"
