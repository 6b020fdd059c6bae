"""How one side of an experiment is built, as data that a page draws: parts, and who calls or feeds whom."""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["client", "process", "store", "queue", "log"]


@dataclass(frozen=True)
class Part:
    """A box. ``note`` holds the numbers that are set ("20 workers"); parts of one ``column`` stand above each other.

    ``is_broken`` marks what the experiment breaks, ``is_new`` what this side has and the others lack.
    """

    key: str
    name: str
    column: int
    note: str = ""
    shape: Shape = "process"
    is_broken: bool = False
    is_new: bool = False


@dataclass(frozen=True)
class Wire:
    """From one part's key to another's; dotted where nobody waits for an answer."""

    source: str
    target: str
    note: str = ""
    is_broken: bool = False
    is_async: bool = False


@dataclass(frozen=True)
class Structure:
    parts: tuple[Part, ...]
    wires: tuple[Wire, ...]
