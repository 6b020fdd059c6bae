"""Entries as somebody weighs them: what each says for and against itself, with what backs it."""

from collections.abc import Iterable
from dataclasses import dataclass

from patterns.document.entry import Entry, code_order
from patterns.lab.experiments import BY_SLUG
from patterns.models import Pattern
from patterns.store.public_history import newest_entries
from patterns.views.evidence import BackedConsequence, backed
from patterns.views.lab.index import Trial, lab_slugs, trial_on
from patterns.views.relations import PatternLink, public_links


@dataclass(frozen=True)
class Option:
    """``gains`` and ``costs`` stand in the entry's own order."""

    pattern: Pattern
    document: Entry
    trial: Trial | None
    gains: tuple[BackedConsequence, ...]
    costs: tuple[BackedConsequence, ...]

    @property
    def gained(self) -> str:
        """The qualities, each once."""
        return ", ".join(dict.fromkeys(one.consequence.quality for one in self.gains))

    @property
    def paid(self) -> str:
        return ", ".join(dict.fromkeys(one.consequence.quality for one in self.costs))

    @property
    def code(self) -> str:
        return self.document.code

    @property
    def name(self) -> str:
        return self.document.name

    def get_absolute_url(self) -> str:
        return self.pattern.get_absolute_url()


def options_of(codes: Iterable[str]) -> dict[str, Option]:
    """By code, in code order, the published ones; in two queries."""
    found = newest_entries(tuple(sorted({*codes})))
    labs = lab_slugs(BY_SLUG) if found else {}
    experiments = {slug: BY_SLUG[known] for known, slug in labs.items()}
    options = {}
    for code in sorted(found, key=code_order):
        pattern, document = found[code]
        experiment = experiments.get(document.slug)
        every = backed(document, experiment=experiment, lab_slugs=labs, page=pattern.get_absolute_url())
        options[code] = Option(
            pattern,
            document,
            trial_on(experiment, document.slug) if experiment else None,
            gains=tuple(one for one in every if one.consequence.sign == "gain"),
            costs=tuple(one for one in every if one.consequence.sign == "cost"),
        )
    return options


def links_to(codes: Iterable[str]) -> dict[str, PatternLink]:
    """By code, those of published entries."""
    return {row[0]: PatternLink(*row) for row in public_links(tuple(sorted({*codes})))}
