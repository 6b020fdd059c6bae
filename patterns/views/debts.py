"""What an entry obliges its readers to build, as a tree and as a list; what they have already makes both shorter."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from patterns.document.entry import code_order
from patterns.drawing.graph import Node
from patterns.drawing.svg import Svg
from patterns.drawing.tree import Branch, tree
from patterns.store.requirements import REACHED_COUNT
from patterns.views.relations import OwedPattern, PatternLink, line_style, node_of

MARK: Final = "have"  # the parameter with the code of an entry that a reader has already


def marks_in(parameters: QueryDict) -> frozenset[str]:
    """Codes, of which any may be nobody's; no more than there can be debts."""
    return frozenset(parameters.getlist(MARK)[:REACHED_COUNT])


def marks_query(codes: Iterable[str]) -> str:
    """Begins with a question mark; nothing without codes."""
    pairs = [(MARK, code) for code in sorted(codes, key=code_order)]
    return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True)
class DebtRow:
    """A debt in its place of the nested list, which is walked branch by branch.

    ``is_parent`` opens a list below it, and behind it ``ends`` lists are over; ``address`` marks it as there already.
    """

    pattern: PatternLink
    why: str
    through: tuple[PatternLink, ...]
    depth: int
    is_parent: bool
    ends: range
    address: str


@dataclass(frozen=True)
class MarkedPattern:
    """What the reader has already; ``address`` takes the mark away."""

    pattern: PatternLink
    address: str


@dataclass(frozen=True)
class DebtList:
    """What ``patterns/_debts.html`` shows."""

    rows: tuple[DebtRow, ...]
    marked: tuple[MarkedPattern, ...]
    drawing: Svg | None
    has_more: bool


# By the nodes that it shows, of which there are few: each is some ten kilobytes.
kept_tree = lru_cache(maxsize=64)(tree)


def debt_list(
    root: Node,
    owed: Sequence[OwedPattern],
    *,
    marked: Sequence[PatternLink] = (),
    address: Callable[[Iterable[str]], str],
    name: str = "debts",
    has_more: bool = False,
) -> DebtList:
    """``address`` is that of the same page with these codes marked; ``name`` begins every id in the drawing."""
    below: dict[str, list[OwedPattern]] = {}
    for one in owed:
        below.setdefault(one.through[-1].code if one.through else root.key, []).append(one)
    walk, ahead = list[OwedPattern](), below.get(root.key, [])[::-1]
    while ahead:
        walk.append(one := ahead.pop())
        ahead += below.get(one.pattern.code, [])[::-1]
    have = {one.code for one in marked}
    rows = []
    for one, following in zip(walk, [*(one.depth for one in walk[1:]), 1], strict=False):
        row = DebtRow(
            one.pattern,
            one.why,
            one.through,
            one.depth,
            is_parent=following > one.depth,
            ends=range(one.depth - following),
            address=address({*have, one.pattern.code}),
        )
        rows.append(row)
    taken_back = (MarkedPattern(one, address(have - {one.code})) for one in marked)
    drawing = drawn_tree(root, owed, name=name) if owed else None
    return DebtList(tuple(rows), tuple(taken_back), drawing, has_more)


def drawn_tree(root: Node, owed: Sequence[OwedPattern], *, name: str) -> Svg:
    names = {root.key: root.name, **{one.pattern.code: one.pattern.name for one in owed}}
    branches = []
    for one in owed:
        parent = one.through[-1].code if one.through else root.key
        label = f"{names[parent]} requires {one.pattern.name}"
        node = node_of(one.pattern, href=one.pattern.get_absolute_url())
        branches.append(Branch(node, parent, label, line_style("requires")))
    return kept_tree(
        root,
        tuple(branches),
        name=name,
        title=f"What {root.name} obliges you to build",
        description="Each entry requires those on its right. The list says the same in words, with the reasons.",
    )
