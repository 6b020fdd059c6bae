"""Slips of the finger: how many it takes from one word to another, and what a reader may have meant."""

from collections.abc import Iterable

NEAREST_COUNT = 3


def reach(word: str) -> int:
    """How many slips in a word are forgiven."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else 2 if len(word) < 10 else 3


def distance(one: str, other: str, *, limit: int) -> int:
    """Letters added, lost, changed or swapped with their neighbours; ``limit`` + 1 if there are more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    above = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, another in enumerate(other, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != another)))
            if row > 1 and column > 1 and letter == other[column - 2] and another == one[row - 2]:
                line[-1] = min(line[-1], before[column - 2] + 1)
        if min(line) > limit:
            return limit + 1
        before, above = above, line
    return min(above[-1], limit + 1)


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words that the word is most likely a slip of; ending short of a longer one costs nothing."""
    limit = reach(word)
    measured = ((distance(word, other, limit=limit), other[:1] != word[:1], other) for other in {*known})
    near = sorted(one for one in measured if one[0] <= limit)
    return tuple(other for _, _, other in near[:NEAREST_COUNT])
