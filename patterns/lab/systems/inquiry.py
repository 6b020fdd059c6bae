"""What can be found out after a faulty release, from what each side has kept, and from that alone.

An answer counts if it is right. Whoever looks knows which release was live when, and what was wrong with it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from math import inf
from operator import itemgetter

from patterns.lab.experiment import WITH
from patterns.lab.systems.accounts import (
    FAULTY_US,
    MOST_EUROS,
    TEN_EUROS,
    AccountSettings,
    Fact,
    next_balance,
    right_change,
    taken_down,
)
from patterns.lab.systems.event_sourcing import Bank, Change, Event, LogEntry, fold

QUESTIONS = ("who", "shown", "what", "right")  # who did it and when; the balance then; what was done; the balance now


def asked(bank: Bank, account: int) -> Change | None:
    """The change of an account that somebody asks about; None if there was no change."""
    changes = bank.changes[account]
    return changes[int(bank.load.marks[account] * len(changes))] if changes else None


def answered(bank: Bank, account: int, change: Change) -> dict[str, bool]:
    """Which of the questions about a change, and about its account, get the right answer."""
    if is_gone(bank, account):
        return dict.fromkeys(QUESTIONS, False)
    is_erased = account in bank.load.erased
    record = record_at(bank, account, change.at_us)
    return {
        # Who it was is what an erasure has to make unknown, on every side.
        "who": not is_erased
        and record is not None
        and (record.user, record.at_us) == (change.command.user, change.at_us),
        "shown": shown_at(bank, account, change.at_us) == change.new,
        "what": record is not None and fact_of(bank, record) == change.command.fact,
        "right": repaired(bank, account) == true_balance(bank, account),
    }


def is_gone(bank: Bank, account: int) -> bool:
    """Whether an erasure has taken the whole stream of an account."""
    return bank.side == WITH and bank.p.erasure == "stream" and account in bank.load.erased


def record_at(bank: Bank, account: int, at_us: int) -> LogEntry | Event | None:
    """The latest up to an instant: the one in question, unless it was never written."""
    records: Sequence[LogEntry | Event] = bank.streams[account].events if bank.side == WITH else bank.logs[account]
    return next((one for one in reversed(records) if one.at_us <= at_us), None)


def shown_at(bank: Bank, account: int, at_us: int) -> int:
    """The balance that users saw at an instant."""
    if bank.side == WITH:
        stream = bank.streams[account]
        return fold(bank.p, stream.opening, (event for event in stream.events if event.at_us <= at_us))
    entry = record_at(bank, account, at_us)
    return entry.new if isinstance(entry, LogEntry) else bank.load.openings[account]


def fact_of(bank: Bank, record: LogEntry | Event) -> Fact | None:
    """What was done, if one thing alone fits the record."""
    found = [*facts_of(bank.p, record)]
    return found[0] if len(found) == 1 else None


def facts_of(p: AccountSettings, record: LogEntry | Event) -> Iterator[Fact]:
    """All that may have been done: what would have left just this record."""
    if record.fact is None:
        yield from fitting_facts(p, record.old, record.new, record.at_us)
    elif p.is_faulty(record.at_us):
        yield from facts_by_record(p)[record.fact]
    else:
        yield record.fact


def fitting_facts(p: AccountSettings, old: int, new: int, at_us: int) -> Iterator[Fact]:
    """All that may have made the new balance of the old one."""
    table = facts_by_change(p, p.is_faulty(at_us))
    # No release gives more than follows from what it has taken down, or ten euros less: the rest need not be tried.
    first = bisect_left(table, new - old, key=itemgetter(0))
    for change, fact in table[first:]:
        if change > new - old + TEN_EUROS:
            return
        if next_balance(p, old, taken_down(p, fact, at_us), at_us) == new:
            yield fact


@lru_cache(maxsize=16)
def facts_by_change(p: AccountSettings, is_faulty: bool) -> list[tuple[int, Fact]]:
    """All that can be done to an account, in the order of the change that follows from what a release takes down."""
    at_us = FAULTY_US if is_faulty else 0
    return sorted(((right_change(taken_down(p, fact, at_us)), fact) for fact in all_facts(p)), key=itemgetter(0))


@lru_cache(maxsize=8)
def facts_by_record(p: AccountSettings) -> dict[Fact, list[Fact]]:
    """What may have been done, by what the faulty release has taken down."""
    found: dict[Fact, list[Fact]] = {}
    for fact in all_facts(p):
        found.setdefault(taken_down(p, fact, FAULTY_US), []).append(fact)
    return found


@lru_cache(maxsize=8)
def all_facts(p: AccountSettings) -> tuple[Fact, ...]:
    kinds = [(is_deposit, meaning) for is_deposit in (False, True) for meaning in range(p.alike)]
    return tuple(Fact(*kind, euros) for kind in kinds for euros in range(1, MOST_EUROS + 1))


def repaired(bank: Bank, account: int) -> int | None:
    """The balance that ought to be, worked out without a backup; None where the records leave several."""
    p = bank.p
    if bank.side == WITH:
        stream = bank.streams[account]
        changes = [right_change_of(p, event) for event in stream.events]
        return None if None in changes else stream.opening + sum(one or 0 for one in changes)
    # The row as it is, set right by what the faulty release did to it.
    balance = bank.balances[account]
    for entry in bank.logs[account]:
        if p.is_faulty(entry.at_us):
            change = right_change_of(p, entry)
            if change is None:
                return None
            balance += change - (entry.new - entry.old)
    return balance


def right_change_of(p: AccountSettings, record: LogEntry | Event) -> int | None:
    """By how much it should have changed the balance, whatever it was called."""
    changes: set[int] = set()
    for fact in facts_of(p, record):
        changes.add(right_change(fact))
        if len(changes) > 1:
            return None
    return changes.pop() if changes else None


def true_balance(bank: Bank, account: int) -> int:
    return bank.load.openings[account] + sum(right_change(one.command.fact) for one in bank.changes[account])


def wrong_spans(bank: Bank) -> Iterator[tuple[int, float]]:
    """From when until when each account that the faulty release spoilt shows a wrong balance."""
    for account, done_us in enumerate(accumulate(rebuild_us(bank))):
        spoilt = next(
            (one for one in bank.changes[account] if one.new - one.old != right_change(one.command.fact)), None
        )
        if spoilt:
            is_mended = not is_gone(bank, account) and repaired(bank, account) == true_balance(bank, account)
            yield spoilt.at_us, bank.p.fixed_us + done_us if is_mended else inf


def rebuild_us(bank: Bank) -> list[int]:
    """How long it takes to work out each account again: all its events, or what the faulty release has logged."""
    p = bank.p
    if bank.side == WITH:
        # Of a stream that was deleted there is nothing to read.
        return [
            0 if is_gone(bank, account) else stream.version * p.event_us for account, stream in enumerate(bank.streams)
        ]
    return [sum(p.is_faulty(entry.at_us) for entry in log) * p.event_us for log in bank.logs]


def agrees_with_events(bank: Bank, account: int) -> bool:
    """Whether what users see is what the events give, from the start and from the snapshot."""
    stream, balance = bank.streams[account], bank.balances[account]
    return balance == fold(bank.p, stream.opening, stream.events) == stream.state()
