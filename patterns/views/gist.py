"""What decides whether an entry is worth reading on, before anything else on its page; taken from its typed data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from patterns.document.entry import Entry
from patterns.views.evidence import BackedConsequence
from patterns.views.lab.index import Trial
from patterns.views.relations import OwedPattern
from patterns.views.sections import Around, consequences

# How much of each stands here; all of it stands in its section.
CONDITIONS_SHOWN: Final = 2
DEBTS_SHOWN: Final = 5


@dataclass(frozen=True)
class Conditions:
    """The first ones, and how many there are."""

    texts: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Gist:
    """Each part only if the entry says anything of it; ``owes_more`` than are counted."""

    use: Conditions | None
    avoid: Conditions | None
    gain: BackedConsequence | None
    cost: BackedConsequence | None
    trial: Trial | None
    owed: tuple[OwedPattern, ...]
    owed_count: int
    owes_more: bool


def gist_of(entry: Entry, around: Around) -> Gist | None:
    """None if there is nothing to decide by, as with an entry that has the given keys only."""
    found = consequences(entry, around)
    gist = Gist(
        conditions(entry.use_when),
        conditions(entry.avoid_when),
        best_backed(found.gains if found else (), entry),
        best_backed(found.costs if found else (), entry),
        around.trial,
        around.others.owed[:DEBTS_SHOWN],
        len(around.others.owed),
        around.others.owes_more,
    )
    return gist if any((gist.use, gist.avoid, gist.gain, gist.cost, gist.trial, gist.owed)) else None


def conditions(texts: Sequence[str]) -> Conditions | None:
    return Conditions(tuple(texts[:CONDITIONS_SHOWN]), len(texts)) if texts else None


def best_backed(found: Sequence[BackedConsequence], entry: Entry) -> BackedConsequence | None:
    """What the lab shows before what a source says, and that before a judgement; of those alike the entry's first."""
    return min(found, key=lambda one: (one.rank, entry.consequences.index(one.consequence)), default=None)
