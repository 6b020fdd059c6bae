"""Event sourcing: a row that is overwritten and a log of old and new values, or events from which the state follows.

All sides commit a command and its record in one transaction. Where a row is changed, a command holds a lock on it;
where events are appended, it names the version that it has read, and is decided anew if another was quicker.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.simulation import MILLISECOND_US, System, Work
from patterns.lab.systems.accounts import (
    BASE_US,
    KEY_US,
    AccountLoad,
    AccountSettings,
    Command,
    Fact,
    draw_accounts,
    next_balance,
    taken_down,
)

COMMAND_LOG = "command-log"
TRIES = 5  # then a command is given up


@dataclass(frozen=True, slots=True)
class Event:
    at_us: int
    user: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A row of the audit table; the command's log has ``fact`` as well."""

    at_us: int
    user: int
    old: int
    new: int
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class Change:
    """What did happen, whatever a side has kept of it."""

    command: Command
    at_us: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """When a command was committed, or None: it was given up; and how often it was decided."""

    command: Command
    at_us: int | None
    tries: int = 1


def fold(p: AccountSettings, balance: int, events: Iterable[Event]) -> int:
    """Apply one event after the other, each by the release that was live when it was appended."""
    for event in events:
        balance = next_balance(p, balance, event.fact, event.at_us)
    return balance


class EventStream:
    """The events of one account, append-only, and a snapshot, which only saves reading.

    Older events, of which the experiment knows the number and the outcome, count as read and are not folded again.
    """

    def __init__(self, p: AccountSettings, opening: int, older: int) -> None:
        self.p, self.opening, self.version = p, opening, older
        self.events: list[Event] = []
        self.snapshot_version = older - older % p.snapshot_every if p.snapshot_every else 0
        self.snapshot, self.snapshot_count, self.folded = opening, 0, 0

    def unread(self) -> int:
        """How many events a command has to read after the snapshot."""
        return self.version - self.snapshot_version

    def append(self, event: Event, expected: int) -> bool:
        """False where another was quicker: what was decided on an older version must not be stored."""
        if expected != self.version:
            return False
        self.events.append(event)
        self.version += 1
        if self.p.snapshot_every and self.version % self.p.snapshot_every == 0:
            self.snapshot, self.snapshot_version = self.state(), self.version
            self.folded, self.snapshot_count = len(self.events), self.snapshot_count + 1
        return True

    def state(self) -> int:
        return fold(self.p, self.snapshot, self.events[self.folded :])


class Bank(System[AccountSettings, AccountLoad]):
    """Commands to accounts, and what each side has in the end: balances, and a log or events."""

    def __init__(self, p: AccountSettings, load: AccountLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.balances = [*load.openings]  # the rows, or the read model
        self.changes: list[list[Change]] = [[] for _ in load.openings]
        self.logs: list[list[LogEntry]] = [[] for _ in load.openings]
        self.streams = [EventStream(p, *of) for of in zip(load.openings, load.histories, strict=True)]
        self.free_us = [0 for _ in load.openings]  # when the lock on a row is free
        self.writes = 0
        self.reads: list[int] = []  # events that each try had to read
        self.ends: list[CommandEnd] = []

    @classmethod
    def draw(cls, p: AccountSettings, seed: int) -> AccountLoad:
        return draw_accounts(p, seed)

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()

    def arrivals(self) -> Work[None]:
        take = self.decide if self.side == WITH else self.overwrite
        for command in self.load.commands:
            yield self.world.timeout(command.at_us - self.world.now_us)
            take(command)

    def overwrite(self, command: Command) -> None:
        """Wait for the lock, change the row, and write down what it was and is."""
        begins_us = max(command.at_us, self.free_us[command.account])
        at_us = self.free_us[command.account] = begins_us + BASE_US + self.p.decide_ms * MILLISECOND_US
        fact = taken_down(self.p, command.fact, at_us)
        change = self.change(command, fact, at_us)
        self.ends.append(CommandEnd(command, at_us))
        self.writes += 1
        if not command.is_unlogged:
            known = None if self.side == WITHOUT else fact
            self.logs[command.account].append(LogEntry(at_us, command.user, change.old, change.new, known))
            self.writes += 1

    def decide(self, command: Command, tries: int = 1) -> None:
        """Read the events, decide, and append what follows; it takes a while, in which another may be quicker."""
        stream = self.streams[command.account]
        self.reads.append(stream.unread())
        takes_us = BASE_US + stream.unread() * self.p.event_us + self.p.decide_ms * MILLISECOND_US
        if self.p.erasure == "keys":
            takes_us += KEY_US
        # A callback, not a process: half of all commands' events would be the beginnings and ends of processes.
        decided = self.world.timeout(takes_us)
        decided.callbacks.append(partial(self.append, command, stream.version, tries))

    def append(self, command: Command, expected: int, tries: int, _: object) -> None:
        now_us, stream = self.world.now_us, self.streams[command.account]
        fact = taken_down(self.p, command.fact, now_us)
        if stream.append(Event(now_us, command.user, fact), expected):
            self.change(command, fact, now_us)
            self.ends.append(CommandEnd(command, now_us, tries))
            self.writes += 2  # the event, and the row of the read model
        elif tries < TRIES:
            self.decide(command, tries + 1)
        else:
            self.ends.append(CommandEnd(command, None, tries))

    def change(self, command: Command, fact: Fact, at_us: int) -> Change:
        old = self.balances[command.account]
        new = self.balances[command.account] = next_balance(self.p, old, fact, at_us)
        change = Change(command, at_us, old, new)
        self.changes[command.account].append(change)
        return change
