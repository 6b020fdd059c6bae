"""A folder for one run: the generated files, and databases that are thrown away."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from django.conf import settings

from patterns.document.catalog import Category, Document, Header
from patterns.document.entry import Entry
from patterns.files.reader import read_one


@dataclass(frozen=True)
class Scratch:
    """``catalog`` is the file to import, ``changed`` the same with another description of every entry."""

    folder: Path

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog.toml"

    @property
    def changed(self) -> Path:
        return self.folder / "changed.toml"

    @property
    def output(self) -> Path:
        """Where exports go."""
        return self.folder / "output"

    @property
    def migrated(self) -> Path:
        """A migrated database without entries, to be copied."""
        return self.folder / "migrated.sqlite3"

    def empty_database(self, name: str) -> Path:
        path = self.folder / f"{name}.sqlite3"
        for stale in self.folder.glob(f"{path.name}*"):
            stale.unlink()
        return Path(shutil.copyfile(self.migrated, path))


@contextmanager
def scratch() -> Iterator[Scratch]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)  # with a key and a database of its own nothing made it yet
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.VAR_DIR) as folder:
        yield Scratch(Path(folder))


# Generated entries: valid, the same every time, with the five given keys and texts as long as the real ones.


CATEGORIES = tuple(f"{word} Pattern" for word in ("Data", "Transaction", "Communication", "Deployment", "Resilience"))
WORDS = (
    *("service", "event", "message", "command", "query", "store", "replica", "partition", "leader", "follower"),
    *("queue", "stream", "gateway", "saga", "ledger", "window", "timeout", "retry", "bulkhead", "snapshot"),
    *("cache", "index", "token", "lease", "epoch", "quorum", "shard", "broker", "consumer", "producer"),
)
WORDS_IN_TEXT = 42  # about 300 characters
# What is searched for: in three of four texts, in one of 33, in one; and the last one mistyped.
COMMON, SOME, RARE, RARE_TYPO = "snapshot", "heron", "quokka", "quoka"


GIVEN = "fixtures/patterns.toml"  # below the project: the entries that come with it


def given() -> Document:
    return read_one((settings.BASE_DIR / GIVEN).read_bytes(), name=GIVEN).document


def generated(count: int, *, first: int = 1, salt: str = "") -> Document:
    """A catalogue with so many entries, from a code on; another salt gives each of them another description."""
    categories = {name.lower().replace(" ", "-"): Category(name=name) for name in CATEGORIES}
    rng, entries = Random(f"entries{salt}"), {}
    for number in range(first, first + count):
        words = [*rng.choices(WORDS, k=WORDS_IN_TEXT), *[SOME] * (number % 33 == 0), *[RARE] * (number == first)]
        entries[str(number)] = Entry(
            code=str(number),
            slug=f"{WORDS[number % len(WORDS)]}-{number}",
            name=f"{WORDS[number % len(WORDS)].title()} {number}",
            description=f"{' '.join(words).capitalize()}.",
            category=CATEGORIES[number % len(CATEGORIES)],
        )
    return Document(Header(categories=tuple(categories)), categories, entries)
