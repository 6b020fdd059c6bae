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
    """What was measured besides, or why it cannot be tried here."""
    is_triable: bool = True

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

    def leave_out(self, sentence: str, why: str) -> None:
        """Say what this machine does not let one try, which is no failure and not kept either."""
        self.rows.append(Promise(sentence, found=f"not tried: {why}", is_triable=False))

    @property
    def failures(self) -> list[str]:
        untried = [f"{one.sentence} This was never tried." for one in self.rows if one.is_triable and not one.tried]
        untried += [] if any(one.is_triable for one in self.rows) else ["Nothing was promised, so nothing was tried."]
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
