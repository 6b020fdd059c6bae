"""What an entry obliges one to build: the closure of ``requires``."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from patterns.document.entry import code_order


@dataclass(frozen=True)
class Requirement:
    """That one entry requires another, by their codes."""

    source: str
    target: str
    why: str


@dataclass(frozen=True)
class Debt:
    """What is owed, and by the shortest way: the requirements that lead to it, from the entry itself on."""

    way: tuple[Requirement, ...]

    @property
    def code(self) -> str:
        return self.way[-1].target

    @property
    def why(self) -> str:
        return self.way[-1].why

    @property
    def depth(self) -> int:
        """1 for what the entry itself requires."""
        return len(self.way)


def debts(code: str, requirements: Iterable[Requirement], *, have: Collection[str] = frozenset()) -> list[Debt]:
    """All that the entry with the code obliges one to build, each once: the nearest first, then in code order.

    Of ways of the same length the one is told whose codes come first. The entry itself is never owed, whatever leads
    back to it. What one has already, by its code, is not owed, and no way leads through it: whoever has it has paid
    for what it requires.
    """
    by_source: dict[str, list[Requirement]] = {}
    for one in sorted(requirements, key=lambda one: code_order(one.target)):
        by_source.setdefault(one.source, []).append(one)
    found: dict[str, Debt] = {}
    level = [Debt((one,)) for one in by_source.get(code, ())]
    while level:
        following = []
        for debt in level:
            if debt.code != code and debt.code not in found and debt.code not in have:
                found[debt.code] = debt
                following += [Debt((*debt.way, one)) for one in by_source.get(debt.code, ())]
        level = following
    return sorted(found.values(), key=lambda debt: (debt.depth, code_order(debt.code)))
