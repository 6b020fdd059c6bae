"""CQRS: reads need a join that the write model makes slow, and reads and changes share what a store can do.

Each side has two stores. The primary takes the writes; the other is a copy that answers the reads, and it has to apply
every change beside them. What is kept in the copy, and at whose cost, is what tells the sides apart: the same tables, a
view that a projector makes of the changes, or the same tables with a view that the primary keeps up to date. Each store
does one thing after the other.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeVar

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.stale_copy import Change, Feed, StaleCopy
from patterns.lab.systems.station import NO_DEADLINE, Outage, Station, Task

PEAK_US, CALM_US, END_US = 10 * SECOND_US, 25 * SECOND_US, 30 * SECOND_US
STOP_US = 12 * SECOND_US  # when the projector stops
VIEW = "view"


@dataclass(frozen=True)
class ReadModelSettings(Parameters):
    reads: int = integer(40, 1, 60, name="Reads", unit="a second")
    more: int = integer(20, 0, 40, name="Further reads in the peak", unit="a second", about="From 10 s to 25 s.")
    join_ms: int = integer(10, 1, 20, name="A read that joins", unit="ms", about="On average, from the write model.")
    view_ms: int = integer(3, 1, 20, name="A read of a view", unit="ms", about="On average: the join is made already.")
    writes: int = integer(10, 0, 25, name="Writes", unit="a second")
    write_ms: int = integer(30, 5, 60, step=5, name="A write", unit="ms", about="On average, on the primary.")
    apply_ms: int = integer(
        5, 0, 40, name="A replica applies a write", unit="ms", about="On average; as long as a write if it repeats it."
    )
    project_ms: int = integer(
        5, 0, 40, name="Bringing the view up to date", unit="ms", about="On average, for each write."
    )
    ship_ms: int = integer(20, 0, 1000, step=10, name="Until a replica gets a write", unit="ms")
    feed_ms: int = integer(200, 0, 2000, step=10, name="Until the projector gets a write", unit="ms")
    records: int = integer(200, 1, 2000, name="Records", about="Written and read alike.")
    own: int = integer(20, 0, 100, step=5, name="Authors who look", unit="%", about="At what they have just written.")
    think_ms: int = integer(500, 10, 5000, step=10, name="Until they look", unit="ms", about="On average.")
    authors: Literal["copy", "primary"] = choice(
        "copy", name="Authors read from", copy="The copy, as all do", primary="The primary"
    )
    stop_s: int = integer(0, 0, 15, name="Projector stopped", unit="s")

    @property
    def stop(self) -> Outage:
        return Outage(STOP_US, STOP_US + self.stop_s * SECOND_US)


# A size is how long this one takes for what takes a millisecond on average: so all sides meet the same large ones.


@dataclass(frozen=True, slots=True)
class RecordWrite:
    at_us: int
    record: int
    size_us: int
    copy_size_us: int  # of the work that copies and views have with it
    look_size_us: int  # of the author's read
    look_after_us: int
    is_looked_at: bool  # by its author


@dataclass(frozen=True, slots=True)
class RecordRead:
    at_us: int
    record: int
    size_us: int


@dataclass(frozen=True)
class RecordLoad:
    writes: list[RecordWrite]
    reads: list[RecordRead]


Asked = TypeVar("Asked", RecordWrite, RecordRead)


class Layout(ABC):
    """What each store keeps, and so what each kind of work costs on it."""

    processes: ClassVar[int]  # to run, of different kinds

    def __init__(self, p: ReadModelSettings) -> None:
        self.p, self.feed = p, Feed(p.ship_ms * MILLISECOND_US)

    def write_us(self, write: RecordWrite) -> int:
        """On the primary."""
        return write.size_us * self.p.write_ms

    @abstractmethod
    def apply_us(self, write: RecordWrite) -> int:
        """On the copy."""

    @abstractmethod
    def read_us(self, size_us: int) -> int:
        """On the copy."""

    def read_primary_us(self, size_us: int) -> int:
        return size_us * self.p.join_ms

    def upkeep_us(self, write: RecordWrite) -> int:
        """What a write costs beyond itself."""
        return self.write_us(write) - write.size_us * self.p.write_ms + self.apply_us(write)


class ReplicaOfModel(Layout):
    """The same tables twice: little to keep up, and every read joins."""

    processes = 2

    def apply_us(self, write: RecordWrite) -> int:
        return write.copy_size_us * self.p.apply_ms

    def read_us(self, size_us: int) -> int:
        return size_us * self.p.join_ms


class SeparateModels(Layout):
    """Commands change the write model, queries read another that has the shape of their answers.

    A projector follows the changes, in their order, and makes rows of them in a store of their own. It is a process
    more, and can stop.
    """

    processes = 3

    def __init__(self, p: ReadModelSettings) -> None:
        super().__init__(p)
        self.feed = Feed(p.feed_ms * MILLISECOND_US, p.stop)

    def apply_us(self, write: RecordWrite) -> int:
        return write.copy_size_us * self.p.project_ms

    def read_us(self, size_us: int) -> int:
        return size_us * self.p.view_ms


class ViewBesideModel(Layout):
    """A materialised view that each write brings up to date, and a replica that gets tables and view."""

    processes = 2

    def write_us(self, write: RecordWrite) -> int:
        return super().write_us(write) + write.copy_size_us * self.p.project_ms

    def apply_us(self, write: RecordWrite) -> int:
        # A row of the view is one more row to apply, and takes as long as reading it would.
        return write.copy_size_us * (self.p.apply_ms + self.p.view_ms)

    def read_us(self, size_us: int) -> int:
        return size_us * self.p.view_ms

    def read_primary_us(self, size_us: int) -> int:
        return size_us * self.p.view_ms


LAYOUTS: dict[str, Callable[[ReadModelSettings], Layout]] = {
    WITHOUT: ReplicaOfModel,
    WITH: SeparateModels,
    VIEW: ViewBesideModel,
}


@dataclass(frozen=True, slots=True)
class WriteEnd:
    write: RecordWrite
    change: Change  # committed: as seen by its author, this is the end


@dataclass(frozen=True, slots=True)
class ReadEnd:
    """When a read was answered, and what it did not show."""

    read: RecordRead
    at_us: int
    missing: Change | None  # the first that was committed before it was asked, and not shown
    own: Change | None = None  # what its author wanted to see
    is_own_missed: bool = False


class RecordStore(System[ReadModelSettings, RecordLoad]):
    """A primary for the writes and a copy for the reads, laid out as the side has it."""

    def __init__(self, p: ReadModelSettings, load: RecordLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.layout = LAYOUTS[side](p)
        self.primary, self.reader, self.copy = Station(self.world), Station(self.world), StaleCopy()
        self.writes: list[WriteEnd] = []
        self.ends: list[ReadEnd] = []

    @classmethod
    def draw(cls, p: ReadModelSettings, seed: int) -> RecordLoad:
        written, size, copy, looks, look_size, think = (
            Stream(seed, purpose) for purpose in ("written", "write", "copy", "looks", "look", "think")
        )
        writes = [
            RecordWrite(
                at_us,
                written.index(p.records),
                size.exponential_us(MILLISECOND_US),
                copy.exponential_us(MILLISECOND_US),
                look_size.exponential_us(MILLISECOND_US),
                think.exponential_us(p.think_ms * MILLISECOND_US),
                looks.chance(p.own / 100),
            )
            for at_us in Stream(seed, "writes").arrivals_us(per_second=p.writes, until_us=END_US)
        ]
        usual = Stream(seed, "reads").arrivals_us(per_second=p.reads, until_us=END_US)
        more = Stream(seed, "peak").arrivals_us(per_second=p.more, until_us=CALM_US - PEAK_US)
        record, read = Stream(seed, "record"), Stream(seed, "read")
        reads = [
            RecordRead(at_us, record.index(p.records), read.exponential_us(MILLISECOND_US))
            for at_us in sorted([*usual, *(PEAK_US + at_us for at_us in more)])
        ]
        return RecordLoad(writes, reads)

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals(self.load.writes, self.write)
        yield self.arrivals(self.load.reads, self.read)

    def arrivals(self, load: list[Asked], take: Callable[[Asked], None]) -> Work[None]:
        for asked in load:
            yield self.world.timeout(asked.at_us - self.world.now_us)
            take(asked)

    def write(self, write: RecordWrite) -> None:
        self.give(self.primary, self.layout.write_us(write), lambda: self.commit(write))

    def commit(self, write: RecordWrite) -> None:
        change = self.copy.commit(write.record, self.world.now_us)
        self.writes.append(WriteEnd(write, change))
        self.world.process(self.follow(write, change))
        if write.is_looked_at:
            self.world.process(self.look(write, change))

    def follow(self, write: RecordWrite, change: Change) -> Work[None]:
        """The way of a change to the copy, which has to work for it between two reads."""
        yield self.world.timeout(self.layout.feed.arrives_us(change) - change.at_us)
        self.give(self.reader, self.layout.apply_us(write), lambda: self.copy.apply(change, self.world.now_us))

    def look(self, write: RecordWrite, change: Change) -> Work[None]:
        yield self.world.timeout(write.look_after_us)
        self.read(RecordRead(self.world.now_us, write.record, write.look_size_us), change)

    def read(self, read: RecordRead, own: Change | None = None) -> None:
        if own and self.p.authors == "primary":
            work_us = self.layout.read_primary_us(read.size_us)
            self.give(self.primary, work_us, lambda: self.ends.append(ReadEnd(read, self.world.now_us, None, own)))
        else:
            self.give(self.reader, self.layout.read_us(read.size_us), lambda: self.answer(read, own))

    def answer(self, read: RecordRead, own: Change | None) -> None:
        missing = self.copy.missing(read.record, read.at_us)
        is_own_missed = own is not None and not self.copy.has(own)
        self.ends.append(ReadEnd(read, self.world.now_us, missing, own, is_own_missed))

    def give(self, store: Station, work_us: int, done: Callable[[], None]) -> None:
        store.take(Task(work_us, NO_DEADLINE, lambda _: done()))
