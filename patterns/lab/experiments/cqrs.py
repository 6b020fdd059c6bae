"""CQRS: how long readers wait where every read has to join what the writes keep apart."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log

from patterns.lab.experiment import (
    WITH,
    WITHOUT,
    Calculator,
    Fault,
    Knob,
    Law,
    Metric,
    Preset,
    Role,
    Side,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import mean, percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.cqrs import (
    CALM_US,
    END_US,
    PEAK_US,
    VIEW,
    ReadEnd,
    ReadModelSettings,
    RecordStore,
    RecordWrite,
    SeparateModels,
)
from patterns.lab.systems.stale_copy import StaleCopy
from patterns.lab.trace import Failure, Sample, Series, Trace, per_second

SETTLED_US = 5 * SECOND_US  # from the start, by when queues are as long as they stay


def mixed_queue_ms(*kinds: tuple[float, float]) -> float:
    """The mean wait by Pollaczek and Khinchine; of each kind of work its rate a second and its mean time in ms.

    The times of a kind are exponential, so that their mean square is twice the square of their mean.
    """
    busy = sum(rate * ms / 1000 for rate, ms in kinds)
    return sum(rate * 2 * ms**2 / 1000 for rate, ms in kinds) / (2 * (1 - busy))


REPLICA = Law(
    name="Reads beside changes, on a replica of the model",
    formula=(
        "λ·E[S²] / (2·(1 - u)) + E[R]: the wait that Pollaczek and Khinchine found, for all work that comes at rate λ, "
        "takes S and keeps the copy busy for the share u of the time; then the read itself, R"
    ),
    assumptions="Poisson arrivals, one thing after the other, no peak; here reads of 5 ms and changes of 20 ms.",
    source="F. Pollaczek, 1930; A. Khinchine, 1932; L. Kleinrock, Queueing Systems, volume 1, 1975",
    parameters=ReadModelSettings(more=0, join_ms=5, apply_ms=20, own=0),
    side=WITHOUT,
    figure="read_mean_ms",
    expected=mixed_queue_ms((40, 5), (10, 20)) + 5,
)
READ_STORE = replace(
    REPLICA,
    name="Reads beside a projector, on a read store",
    assumptions="Poisson arrivals, one thing after the other, no peak; here reads of 8 ms, and 20 ms for each change.",
    parameters=ReadModelSettings(more=0, view_ms=8, project_ms=20, own=0),
    side=WITH,
    expected=mixed_queue_ms((40, 8), (10, 20)) + 8,
)
READS_ALONE = replace(
    READ_STORE,
    name="Reads of a store in which nothing changes",
    formula="1 / (μ - λ): an M/M/1 queue that could serve μ reads a second and gets λ",
    assumptions="Poisson arrivals, exponential times, no writes and no peak; here μ = 100 and λ = 60.",
    source="L. Kleinrock, Queueing Systems, volume 1, 1975",
    parameters=ReadModelSettings(reads=60, more=0, view_ms=10, writes=0),
    expected=1000 / (100 - 60),
)
STALE = replace(
    READ_STORE,
    name="Reads that show an old value",
    formula="1 - e^(-λ·L): the chance that a record, which is written λ times a second, was written in the last L",
    assumptions=(
        "Writes are a Poisson process, and leave the primary as one (Burke). Changes and reads wait in one line, so a "
        "read shows what came before it: L is the lag of the feed alone. Here 20 / 50 a second, and half a second."
    ),
    source="S. M. Ross, Introduction to Probability Models: Poisson processes; P. J. Burke, 1956: how they leave",
    parameters=ReadModelSettings(reads=15, more=0, writes=20, write_ms=10, records=50, feed_ms=500, own=0),
    figure="settled_stale",
    expected=1 - exp(-20 / 50 * 0.5),
)


@dataclass(frozen=True)
class OwnReads(Parameters):
    """A reader's own reads, from tables and from a view."""

    your_reads: int = integer(60, 1, 100_000, name="Reads in the peak", unit="a second", about="That one copy gets.")
    your_join_ms: int = integer(10, 1, 10_000, name="A read that joins", unit="ms", about="On average.")
    your_view_ms: int = integer(3, 1, 10_000, name="A read of a view", unit="ms", about="On average.")


def own_reads(own: OwnReads) -> str:
    ways = (("Joining", own.your_join_ms), ("With a view", own.your_view_ms))
    return " ".join(read_words(how, own.your_reads, read_ms) for how, read_ms in ways)


def read_words(how: str, reads: int, read_ms: int) -> str:
    busy = reads * read_ms / 1000
    if busy >= 1:
        return f"{how}, one copy serves less than {1000 / read_ms:,.4g} a second: you would need {int(busy) + 1:,}."
    mean_ms = read_ms / (1 - busy)
    return (
        f"{how}, the copy is busy for {100 * busy:.0f} % of the time: a read takes {mean_ms:,.0f} ms on average, and "
        f"95 % take at most {mean_ms * log(20):,.0f} ms."
    )


class ReadModel(SystemExperiment[RecordStore]):
    slug = "cqrs-pattern"
    title = "More reads than the joins can bear"
    question = "Every read joins what the writes keep apart. How long do readers wait when there are more of them?"
    system = RecordStore
    parameters = ReadModelSettings
    mechanism = (SeparateModels, StaleCopy)
    sides = (
        Side(WITHOUT, "Replica of the model", "with a replica of the model"),
        Side(WITH, "CQRS, two stores", "with a read store"),
        Side(VIEW, "View in the same store", "with a view in the same store"),
    )
    metrics = (
        Metric(
            "read_p95_ms",
            "time for 95 % of reads",
            Unit.MILLISECONDS,
            Role.PRIMARY,
            "All of them are answered. Less than a fifth is not worth another model.",
            smallest=0.2,
        ),
        Metric(
            "stale",
            "stale reads",
            Unit.SHARE,
            Role.PRICE,
            "They showed a value that was out of date when they were asked; of all but the authors' own.",
            smallest=0.002,
        ),
        Metric(
            "age_ms",
            "age of stale reads",
            Unit.MILLISECONDS,
            Role.PRICE,
            "How long the value had been out of date; 95 % no longer.",
            smallest=0.05,
        ),
        Metric(
            "own_missed",
            "authors who missed their own change",
            Unit.SHARE,
            Role.PRICE,
            "Of those who looked.",
        ),
        Metric(
            "write_p95_ms",
            "time for 95 % of writes",
            Unit.MILLISECONDS,
            Role.GAIN,
            "A view in the same store is part of every write.",
            smallest=0.05,
        ),
        Metric(
            "upkeep_ms",
            "upkeep for each write",
            Unit.MILLISECONDS,
            Role.PRICE,
            "Work for copies and views beside the write itself, on average.",
            smallest=0.05,
        ),
        Metric("processes", "kinds of process", Unit.COUNT, Role.PRICE, "Stores, and the projector."),
    )
    presets = (
        Preset(
            "default",
            "Reads that join, and a peak",
            "Forty reads a second, sixty in the peak. A join takes ten milliseconds, a view three.",
            ReadModelSettings(),
            Fault.LOAD,
        ),
        Preset(
            "same-store",
            "A view in the same store",
            "Compared with a view that each write keeps up to date in the primary, read from a replica of it. What is "
            "left to a read store are writes that do not wait for the view.",
            ReadModelSettings(),
            Fault.LOAD,
            VIEW,
        ),
        Preset(
            "heavy-apply",
            "Replicas that repeat every write",
            "Each copy of the tables needs as long for a write as the primary. The read store still needs five "
            "milliseconds. Compared with a view in the same store.",
            ReadModelSettings(apply_ms=30),
            Fault.LOAD,
            VIEW,
        ),
        Preset(
            "stopped",
            "The projector stops",
            "For ten seconds nothing reaches the read store. Reads stay fast, and grow a second older each second.",
            ReadModelSettings(stop_s=10),
            Fault.OUTAGE,
        ),
        Preset(
            "crud",
            "Screens that show what is stored",
            "No read joins: a view takes as long to read as the record itself.",
            ReadModelSettings(join_ms=3),
            Fault.LOAD,
        ),
        Preset(
            "own",
            "Authors look at their own change",
            "All of them, half a second later. A read store gets a change after a fifth of a second; where that is too "
            "late, authors can read from the primary, which is a setting.",
            ReadModelSettings(own=100),
            Fault.MESSAGES,
        ),
        Preset(
            "write-heavy",
            "Each write changes many rows of the view",
            "Fewer reads, more writes, and thirty milliseconds of work to bring the view up to date after each. A view "
            "in the same store moves that work into the writes.",
            ReadModelSettings(reads=20, more=10, writes=15, project_ms=30),
            Fault.LOAD,
        ),
    )
    laws = (REPLICA, READ_STORE, READS_ALONE, STALE)
    knob = Knob("join_ms", (1, 3, 5, 7, 9, 11, 13, 15))
    calculator = Calculator(
        "How long would your readers wait?",
        OwnReads,
        own_reads,
        "By the M/M/1 queue: reads come at random, and the changes that the copy applies beside them are left out.",
    )
    qualities = ("latency", "scalability", "consistency")
    fairness = (
        "Every side has two stores of the same power. The side without CQRS reads from a replica, so its reads do not "
        "wait for writes but only for their own kind and for what the replica applies. Each copy pays for all changes, "
        "and a view in the same store, which needs no second model, runs beside both."
    )
    assumptions = (
        "Reads and writes come at random and do not slow down when answers are late (an open Poisson process).",
        "A store does one thing after the other. Reads take no locks: they and the changes only share its time.",
        "Changes reach the copy in their order and none is lost. The projector reads the log of the primary, as a "
        "replica does; an outbox would add a row to each write. It gets a write later, since code of one's own mostly "
        "polls and a replica is sent the log: both times are settings.",
        "The view in the same store is brought up to date within each write, and its replica applies a row of it in "
        "the time in which it is read.",
        "What a read shows is out of date if a change of the record was committed before the read was asked.",
    )
    limits = (
        "No store fails. A replica could take over from its primary, a read store could not: without it nobody reads.",
        "Only the projector can stop here. Replication can, too, but is not code of one's own.",
        "Time of stores is all that is measured. Clearer models, other rights and other kinds of store, which are "
        "reasons for CQRS as well, are not.",
    )

    def figures(self, store: RecordStore) -> dict[str, float | None]:
        others, own = [end for end in store.ends if not end.own], [end for end in store.ends if end.own]
        settled = [end for end in others if end.read.at_us >= SETTLED_US]
        writes_us = [one.change.at_us - one.write.at_us for one in store.writes]
        ages_us = [end.read.at_us - end.missing.at_us for end in store.ends if end.missing]
        upkeep_us = mean(store.layout.upkeep_us(one.write) for one in store.writes)
        return {
            "read_p95_ms": in_ms(percentile(times_us(store.ends), 95)),
            "stale": share(sum(end.missing is not None for end in others), len(others)),
            "age_ms": in_ms(percentile(ages_us, 95)),
            "own_missed": share(sum(end.is_own_missed for end in own), len(own)),
            "write_p95_ms": in_ms(percentile(writes_us, 95)),
            "upkeep_ms": in_ms(upkeep_us),
            "processes": store.layout.processes,
            "read_mean_ms": in_ms(mean(times_us(settled))),
            "settled_stale": share(sum(end.missing is not None for end in settled), len(settled)),
        }

    def structure(self, parameters: ReadModelSettings, side: str) -> Structure:
        p, is_split = parameters, side == WITH
        peak = f"{p.reads} to {p.reads + p.more} reads a second" if p.more else f"{p.reads} reads a second"
        view = f"{p.project_ms} ms more for the view" if side == VIEW else f"{p.write_ms} ms a write"
        parts = [
            Part("writers", "Writers", 0, f"{p.writes} writes a second", "client"),
            Part("readers", "Readers", 0, peak, "client"),
            Part("primary", "Write store" if is_split else "Primary", 1, view, "store"),
            Part(
                "copy",
                "Read store" if is_split else "Replica",
                3,
                f"joins: {p.join_ms} ms a read" if side == WITHOUT else f"view: {p.view_ms} ms a read",
                "store",
                is_new=is_split,
            ),
        ]
        asks = (Wire("writers", "primary"), Wire("readers", "copy", is_broken=p.more > 0))
        if not is_split:
            return Structure((*parts,), (*asks, Wire("primary", "copy", f"after {p.ship_ms} ms", is_async=True)))
        stopped = f"stopped for {p.stop_s} s" if p.stop_s else f"{p.project_ms} ms a change"
        parts.insert(3, Part("projector", "Projector", 2, stopped, is_broken=p.stop_s > 0, is_new=True))
        feed = Wire("primary", "projector", f"after {p.feed_ms:,} ms", is_broken=p.stop_s > 0, is_async=True)
        return Structure((*parts,), (*asks, feed, Wire("projector", "copy", is_async=True)))

    def failures(self, store: RecordStore) -> tuple[Failure, ...]:
        """The same on all sides, of which only one has a projector."""
        peak = [Failure("more reads", PEAK_US, CALM_US)] if store.p.more else []
        stop = store.p.stop
        return (*peak, Failure("the projector is stopped", stop.from_us, stop.until_us)) if store.p.stop_s else (*peak,)

    def series(self, store: RecordStore) -> tuple[Series, ...]:
        by_second: dict[int, list[ReadEnd]] = {at_us: [] for at_us in range(0, END_US, SECOND_US)}
        for end in (one for one in store.ends if one.read.at_us < END_US):
            by_second[end.read.at_us // SECOND_US * SECOND_US].append(end)
        slow = (Sample(at, in_ms(percentile(times_us(ends), 95)) or 0.0) for at, ends in by_second.items())
        ages = (Sample(at, store.copy.age_us(at) / SECOND_US) for at in by_second)
        old = per_second((end.read.at_us for end in store.ends if end.missing), until_us=END_US)
        return (
            Series("read_ms", "Time for 95 % of the reads of a second", "ms", (*slow,)),
            Series("age", "How far the copy is behind", "s", (*ages,)),
            Series("stale", "Reads that showed an old value", "a second", old),
        )

    def narrate(self, trace: Trace, store: RecordStore) -> None:
        """A write whose author looks at it, the slowest read of the peak, and a projector that stops."""
        is_split = store.side == WITH
        primary, copy = ("write store", "read store") if is_split else ("primary", "replica")
        if stop := store.p.stop_s and is_split and store.p.stop:
            trace.note(stop.from_us, "projector", "projector", "stops", "fail")
            trace.note(stop.until_us, "projector", "projector", "goes on", "event")
        if told := told_write(store.p, store.load.writes):
            change = next(one.change for one in store.writes if one.write is told)
            arrived_us, applied_us = store.layout.feed.arrives_us(change), store.copy.applied_us[change.number]
            sender, receiver = ("projector", copy) if is_split else (copy, copy)
            trace.note(told.at_us, "author", primary, "change a record")
            trace.note(change.at_us, primary, "author", "done", "reply")
            trace.note(arrived_us, primary, "projector" if is_split else copy, "the change", "event")
            trace.note(applied_us, sender, receiver, "row of the view" if is_split else "applied", "store")
        watched = [end for end in store.ends if PEAK_US <= end.read.at_us < CALM_US]
        slowest = max((end for end in watched if not end.own), key=lambda end: end.at_us - end.read.at_us, default=None)
        looks = [end for end in store.ends if end.own and told and end.own.at_us == change.at_us]
        for end, reader in [*((one, "author") for one in looks), *((one, "reader") for one in [slowest] if one)]:
            asked = primary if end.own and store.p.authors == "primary" else copy
            is_old = end.is_own_missed if end.own else end.missing is not None
            trace.note(end.read.at_us, reader, asked, "show the record")
            what = f"{'the old' if is_old else 'the new' if end.own else 'a'} value, after {time_words(end)}"
            trace.note(end.at_us, asked, reader, what, "fail" if is_old else "reply")


def told_write(p: ReadModelSettings, writes: Iterable[RecordWrite]) -> RecordWrite | None:
    """The first in the peak whose author looks so soon that a replica has it and a read store has not; or any."""
    late = [one for one in writes if one.at_us >= PEAK_US]
    looked = [one for one in late if one.is_looked_at]
    lag = range(p.ship_ms * MILLISECOND_US, p.feed_ms * MILLISECOND_US)
    return next(iter([*(one for one in looked if one.look_after_us in lag), *looked, *late]), None)


def times_us(ends: Iterable[ReadEnd]) -> list[int]:
    return [end.at_us - end.read.at_us for end in ends]


def in_ms(us: float | None) -> float | None:
    return None if us is None else us / MILLISECOND_US


def time_words(end: ReadEnd) -> str:
    return f"{(end.at_us - end.read.at_us) / MILLISECOND_US:,.0f} ms"
