"""An order of nodes in which few lines between them cross.

Two columns of boxes with all lines in between, read down one column and up the other, are a circle; and so is one
column with all lines on one side. On a circle two lines have to cross if and only if their ends alternate, wherever
they are drawn. So an order is judged by that alone, and one order serves drawings of both kinds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, groupby

from patterns.drawing.graph import Node

Pair = tuple[str, str]  # the keys of a line's ends
ROUNDS = 12  # each costs about as much as drawing the map; most catalogues need three or four


def crossing_count(order: Sequence[str], pairs: Iterable[Pair]) -> int:
    """How many pairs of lines have to cross if the nodes stand on a circle in this order."""
    place = {key: index for index, key in enumerate(order)}
    lines = [sorted((place[one], place[other])) for one, other in pairs]
    return sum(a < c < b < d or c < a < d < b for (a, b), (c, d) in combinations(lines, 2))


def calm_order(nodes: Sequence[Node], pairs: Iterable[Pair]) -> tuple[Node, ...]:
    """The nodes in an order with fewer crossings, or as they came; those of a group stay next to each other.

    Deterministic, and no claim that it is the best order: finding that one takes too long. Groups are moved past each
    other, and nodes within their group, as long as that removes crossings.
    """
    by_key = {node.key: node for node in nodes}
    groups = [[node.key for node in members] for _, members in groupby(nodes, key=lambda node: node.group)]
    circle = Circle([key for group in groups for key in group], pairs)
    for _ in range(ROUNDS):
        gained = sum(circle.sift_group(groups, group) for group in sorted(groups, key=len, reverse=True))
        gained += sum(circle.sift_node(group, key) for group in groups for key in [*group])
        if not gained:
            break
    return tuple(by_key[key] for group in groups for key in group)


class Circle:
    """Where the nodes stand while they are moved, and how many lines each pair of them has."""

    def __init__(self, order: Sequence[str], pairs: Iterable[Pair]):
        self.place = {key: index for index, key in enumerate(order)}
        self.lines: dict[str, Counter[str]] = {key: Counter() for key in order}
        for one, other in pairs:
            if one != other:
                self.lines[one][other] += 1
                self.lines[other][one] += 1

    def swap(self, first: str, second: str) -> int:
        """Exchange two neighbours, the first one standing right before the second; how many crossings that adds."""
        start, size, added = self.place[first], len(self.place), 0
        ends = [((self.place[key] - start) % size, count) for key, count in self.lines[second].items() if key != first]
        for key, count in self.lines[first].items():
            if key != second:
                end = (self.place[key] - start) % size
                # Lines to ends in the same order as their beginnings cross; once these are exchanged, the others do.
                added += count * sum(other * ((at < end) - (at > end)) for at, other in ends)
        self.place[first], self.place[second] = self.place[second], self.place[first]
        return added

    def exchange(self, first: Sequence[str], second: Sequence[str]) -> int:
        """The same with two rows of neighbours."""
        return sum(self.swap(one, other) for other in second for one in reversed(first))

    def sift_node(self, group: list[str], key: str) -> int:
        """Move a node to where in its group it causes the fewest crossings; how many that saved."""
        rows = [[one] for one in group]
        saved = self.sift_group(rows, [key])
        group[:] = [one for (one,) in rows]
        return saved

    def sift_group(self, rows: list[list[str]], row: list[str]) -> int:
        """Move a row of nodes to where among the others it causes the fewest crossings; how many that saved."""
        start = index = rows.index(row)
        best, added = (0, start), 0

        def step(way: int) -> int:
            nonlocal index
            pair = rows[min(index, index + way)], rows[max(index, index + way)]
            rows[index], rows[index + way] = rows[index + way], rows[index]
            index += way
            return self.exchange(*pair)

        for way, steps in ((-1, start), (1, len(rows) - 1)):
            for _ in range(steps):
                added += step(way)
                best = min(best, (added, index), key=lambda one: one[0])
        while index > best[1]:
            step(-1)
        return -best[0]
