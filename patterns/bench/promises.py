"""What a drill promised, how often that was put to the test, and what was found."""

from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table


@dataclass
class Promise:
    sentence: str
    tried: int = 0
    broken: list[str] = field(default_factory=list)
    found: str = ""
    """What was measured besides."""

    def keep(self, is_kept: object, otherwise: str, *, tried: int = 1) -> None:
        """Count so many tries, and what was found where the promise was broken."""
        self.tried += tried
        self.broken += [] if is_kept else [otherwise]


@dataclass
class Promises:
    rows: list[Promise] = field(default_factory=list)

    def promise(self, sentence: str) -> Promise:
        self.rows.append(Promise(sentence))
        return self.rows[-1]

    @property
    def failures(self) -> list[str]:
        untried = [f"{one.sentence} This was never tried." for one in self.rows if not one.tried]
        untried += [] if self.rows else ["Nothing was promised, so nothing was tried."]
        return [*untried, *(f"{one.sentence} {broken}" for one in self.rows for broken in one.broken)]

    def table(self) -> Table:
        table = Table(box=SIMPLE_HEAD, expand=False)
        table.add_column("promised")
        for heading in ("tried", "broken"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("found")
        for one in self.rows:
            table.add_row(one.sentence, f"{one.tried:,}", f"{len(one.broken):,}", one.found)
        return table
