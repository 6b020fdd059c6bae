"""The drill ``cut``: exports that were cut off anywhere are refused, or read without a loss. Needs no database.

A disk runs full, a download stops, an editor crashes: what is left of a file must never look like a smaller catalogue.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from random import Random
from typing import Literal, Protocol

from patterns.document.catalog import Document
from patterns.document.merge import Base, merge
from patterns.document.problems import InvalidCatalog
from patterns.document.register import with_values
from patterns.files.csv import write_csv
from patterns.files.json import write_json
from patterns.files.reader import read_one
from patterns.files.toml import write_toml

BASE = "k3xq7w:42"
IN_ONE_GO = 64  # cuts that a process is given at once
Outcome = Literal["refused", "read", "lost"]


class Writer(Protocol):
    """Writes a whole export, with its base and its end."""

    def __call__(self, document: Document, *, base: str = "") -> str: ...


WRITERS: dict[str, Writer] = {
    "toml": write_toml,
    "json": write_json,
    "csv": write_csv,
}


@dataclass(frozen=True)
class UncutFile:
    """An uncut file, and the document that it was written from."""

    name: str
    format: str
    document: Document
    data: bytes

    def line_of(self, length: int) -> int:
        return self.data.count(b"\n", 0, length) + 1


@dataclass
class CutFigures:
    """What became of the cuts of a file; ``lost`` are the lengths, in bytes, at which something was lost."""

    file: UncutFile
    counts: Counter[Outcome] = field(default_factory=Counter)
    lost: list[int] = field(default_factory=list)


def uncut_file(name: str, document: Document, *, format: str, writer: Writer) -> UncutFile:
    """A document as a whole export.

    Raises:
        InvalidCatalog: for a writer whose files are refused even uncut: all cuts would be, and prove nothing.
    """
    categories = {slug: with_values(one, {"slug": slug}) for slug, one in document.categories.items()}
    stored = replace(document, categories=categories)  # as a database would hold it
    file = UncutFile(name, format, stored, writer(document, base=BASE).encode())
    read_one(file.data, name=f"{name} as {format}", format=format)
    return file


def cuts_of(data: bytes, *, byte_count: int, rng: Random) -> list[int]:
    """The lengths of the cuts: every line end, and so many bytes drawn at random."""
    line_ends = (position for position, byte in enumerate(data, 1) if byte == ord("\n"))
    drawn = rng.sample(range(len(data)), min(byte_count, len(data)))
    return sorted({0, len(data) - 1, *line_ends, *drawn} - {len(data)})


def cut_figures(file: UncutFile, cuts: Sequence[int], *, progress: Callable[[], None] = lambda: None) -> CutFigures:
    """Read every cut, on all cores."""
    figures = CutFigures(file)
    # Processes that are spawned inherit neither threads nor connections to a database.
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=hold, initargs=(file,)) as pool:
        for length, outcome in zip(cuts, pool.map(outcome_of_held, cuts, chunksize=IN_ONE_GO), strict=True):
            figures.counts[outcome] += 1
            figures.lost += [length] if outcome == "lost" else []
            progress()
    return figures


HELD: list[UncutFile] = []  # of a process: the file that it cuts


def hold(file: UncutFile) -> None:
    # Sent to a process once, not with each cut: a large file has thousands of them.
    HELD[:] = [file]


def outcome_of_held(length: int) -> Outcome:
    return cut_outcome(length, file=HELD[0])


def cut_outcome(length: int, *, file: UncutFile) -> Outcome:
    """What becomes of the first bytes of a file: lost is what an import over the same catalogue would change."""
    try:
        cut = read_one(file.data[:length], format=file.format)
        is_known = cut.base == BASE
        plan = merge(Base(file.document, is_known=is_known), file.document, cut)
    except InvalidCatalog:
        return "refused"
    # Only a file with its base takes entries away by leaving them out.
    is_short = is_known and cut.document.entries.keys() != file.document.entries.keys()
    return "lost" if plan.edits or plan.conflicts or is_short else "read"
