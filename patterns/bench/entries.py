"""Generated entries: valid, the same every time, with the five given keys and texts as long as the real ones."""

from collections.abc import Iterator
from random import Random

from patterns.document.entry import Category, Document, Entry, Header

CATEGORIES = tuple(f"{word} Pattern" for word in ("Data", "Transaction", "Communication", "Deployment", "Resilience"))
WORDS = (
    *("service", "event", "message", "command", "query", "store", "replica", "partition", "leader", "follower"),
    *("queue", "stream", "gateway", "saga", "ledger", "window", "timeout", "retry", "bulkhead", "snapshot"),
    *("cache", "index", "token", "lease", "epoch", "quorum", "shard", "broker", "consumer", "producer"),
)
WORDS_IN_TEXT = 42  # about 300 characters


def generated(count: int, *, salt: str = "") -> Document:
    """A catalogue with so many entries; another salt gives each of them another description."""
    categories = {name.lower().replace(" ", "-"): Category(name=name) for name in CATEGORIES}
    entries = {entry.code: entry for entry in generated_entries(count, Random(f"entries{salt}"))}
    return Document(Header(categories=tuple(categories)), categories, entries)


def generated_entries(count: int, rng: Random) -> Iterator[Entry]:
    for number in range(1, count + 1):
        yield Entry(
            code=str(number),
            slug=f"{WORDS[number % len(WORDS)]}-{number}",
            name=f"{WORDS[number % len(WORDS)].title()} {number}",
            description=f"{' '.join(rng.choices(WORDS, k=WORDS_IN_TEXT)).capitalize()}.",
            category=CATEGORIES[number % len(CATEGORIES)],
        )
