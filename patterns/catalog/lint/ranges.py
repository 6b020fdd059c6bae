"""How much of what an entry should have: for the rules, and for whoever counts while it is written."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """From ``least`` to ``most``; no ``most`` means that there is never too much."""

    least: int
    most: int | None = None

    def holds(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        return f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"


WORDS: Mapping[str, Range] = {"description": Range(4, 40), "problem": Range(120, 250), "solution": Range(150, 350)}
ITEMS: Mapping[str, Range] = {
    "use_when": Range(3, 6),
    "avoid_when": Range(3, 6),
    "consequences": Range(5, 9),
    "relations": Range(3),  # stated by either side
    "steps": Range(6, 14),
    "references": Range(3),
}
LEAST_COSTS = 2
LEAST_QUALITIES = 2
SENTENCE_WORDS = 40
REVIEW_DAYS = 365


def word_count(text: str) -> int:
    """What stands between spaces and has a letter or a digit, in the text as it is typed."""
    return sum(word.isalnum() or any(map(str.isalnum, word)) for word in text.split())
