"""Event sourcing: what can be found out and set right after a release that worked balances out wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

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
    Statistic,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import mean, percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.accounts import BASE_US, FAULTY_US, HORIZON_US, THOUSAND, AccountSettings, right_change
from patterns.lab.systems.event_sourcing import COMMAND_LOG, Bank, CommandEnd, EventStream, fold
from patterns.lab.systems.inquiry import (
    QUESTIONS,
    agrees_with_events,
    answered,
    asked,
    facts_of,
    is_gone,
    rebuild_us,
    record_at,
    repaired,
    wrong_spans,
)
from patterns.lab.trace import Failure, Message, Sample, Series, Trace

NEVER_MS = 60_000  # a command that takes longer, or is given up
MOST_SAMPLES = 280
STEP_US = 5 * SECOND_US

FEWER = AccountSettings(accounts=60)
SNAPPED = AccountSettings(accounts=60, commands=12, hot=50)
CONTENDED = AccountSettings(accounts=50, commands=12, hot=90, snapshot_every=1, decide_ms=20, bug_s=0, history=0)
CONTENDED_RATE = 50 * 12 / 60 * (0.9 + 0.1 / 50)  # to the account that most want


def touched_share(commands: float, window: float) -> float:
    """Of accounts, those with a command in a window of time, at so many commands in each unit of it."""
    return 1 - exp(-commands * window)


FOLD = Law(
    name="The state is the fold of the events",
    formula="state = fold(f, start, events): what users see follows from the events, with a snapshot or without",
    assumptions="Every event is applied by the release that was live when it was appended, and none is ever changed.",
    source="M. Fowler, Event Sourcing, 2005",
    parameters=SNAPPED,
    side=WITH,
    figure="fold_agrees",
    expected=1.0,
    statistic=Statistic.EXACT,
)
REPLAY = Law(
    name="Events read after a snapshot",
    formula=(
        "E[events read] = (s \N{MINUS SIGN} 1) / 2: with a snapshot at every s-th event, n mod s of n events are read, "
        "from 0 to s \N{MINUS SIGN} 1, all alike"
    ),
    assumptions="Streams are long, and where a command meets one says nothing of where its snapshots are.",
    source="Arithmetic: the remainders of a division, all equally likely",
    parameters=FEWER,
    side=WITH,
    figure="replay",
    expected=(100 - 1) / 2,
)
TOUCHED = Law(
    name="Accounts that a faulty release touches",
    formula=(
        "E[touched] = K · (1 \N{MINUS SIGN} e^(\N{MINUS SIGN}λ · w)), for K accounts with λ commands a second each, "
        "and a release that is live for w seconds"
    ),
    assumptions="Commands to each account arrive as a Poisson process of its own.",
    source="Waits of a Poisson process: K. Siegrist, Random, chapter 13; S. M. Ross, Stochastic Processes, 1983",
    parameters=FEWER,
    side=WITHOUT,
    figure="touched",
    expected=60 * touched_share(0.1, 20),
)
CONFLICT = Law(
    name="Appends that meet a newer version",
    formula=(
        "P(refused) = λ · τ, for λ commands a second to one stream, each appended a time τ after it has read: "
        "no two appends are closer than τ, so the mean number in a time τ is the chance of one. "
        "That another has begun in that time has the chance 1 \N{MINUS SIGN} e^(\N{MINUS SIGN}λ · τ), "
        "which is nearly the same while λ · τ is small"
    ),
    assumptions=(
        "Commands arrive as a Poisson process, every refused one is decided again at once until it is appended, "
        "and τ is always the same. Counted for first tries."
    ),
    source="Arrivals see time averages: R. W. Wolff, 1982",
    parameters=CONTENDED,
    side=WITH,
    figure="hot_refused",
    expected=CONTENDED_RATE * (BASE_US + 20 * MILLISECOND_US) / SECOND_US,
)


@dataclass(frozen=True)
class FaultyRelease(Parameters):
    """A reader's own release that is wrong for a while."""

    your_accounts: int = integer(200, 1, 100_000_000, name="Accounts, orders or other things")
    your_commands: int = integer(10, 1, 100_000, name="Changes to each", unit="a month")
    your_hours: int = integer(24, 1, 720, name="Until the release is withdrawn", unit="hours")


def touched_by_release(own: FaultyRelease) -> str:
    touched = own.your_accounts * touched_share(own.your_commands / 720, own.your_hours)
    return (
        f"The faulty release changes about {touched:,.0f} of {own.your_accounts:,}, "
        f"{100 * touched / own.your_accounts:.0f} %: that many have to be set right, by whatever records you keep."
    )


class EventSourcing(SystemExperiment[Bank]):
    slug = "event-sourcing-pattern"
    title = "A faulty release spoils balances"
    question = (
        "For twenty seconds a faulty release works balances out wrongly. "
        "What can be found out afterwards, and set right without a backup?"
    )
    system = Bank
    parameters = AccountSettings
    mechanism = (fold, EventStream, Bank.decide)
    sides = (
        Side(WITHOUT, "Row and audit table", "with an audit table"),
        Side(WITH, "Event sourcing", "with events"),
        Side(COMMAND_LOG, "Row and log of commands", "with a log of commands"),
    )
    metrics = (
        Metric(
            "answered",
            "questions answered rightly",
            Unit.SHARE,
            Role.PRIMARY,
            "Four an account: who made a change and when, the balance then, what was done, the right balance now.",
            is_better_high=True,
            smallest=0.005,
        ),
        Metric(
            "explained",
            "changes explained",
            Unit.SHARE,
            Role.GAIN,
            "It is known what was done; one change of each account.",
            is_better_high=True,
            smallest=0.005,
        ),
        Metric(
            "repaired",
            "accounts set right",
            Unit.SHARE,
            Role.GAIN,
            "The right balance can be worked out from the records, without a backup.",
            is_better_high=True,
            smallest=0.005,
        ),
        Metric(
            "slow_ms",
            "command time that 95 % stay within",
            Unit.MILLISECONDS,
            Role.PRICE,
            "Waiting and deciding again included.",
            never=NEVER_MS,
        ),
        Metric(
            "again",
            "commands decided again",
            Unit.COUNT,
            Role.PRICE,
            "Another was appended first.",
            of="commands",
            smallest=0.001,
        ),
        Metric(
            "given_up", "commands given up", Unit.COUNT, Role.PRICE, "After five tries.", of="commands", smallest=0.001
        ),
        Metric(
            "rows", "rows written per command", Unit.COUNT, Role.PRICE, "Snapshots and read model too.", smallest=0.05
        ),
        Metric(
            "rebuild_s",
            "time to rebuild all balances",
            Unit.SECONDS,
            Role.PRICE,
            "From all events, since snapshots are spoilt too; from a log, by what the faulty release wrote.",
        ),
    )
    presets = (
        Preset(
            "default",
            "A bug that hides the cause",
            "New balances are rounded down to tens. From old and new value, several amounts are possible.",
            AccountSettings(),
            Fault.CHANGE,
        ),
        Preset(
            "undoable-bug",
            "A bug that can be undone",
            "The fee is taken twice. Old and new value tell the amount, and the audit table is enough.",
            AccountSettings(bug="doubles"),
            Fault.CHANGE,
        ),
        Preset(
            "wrong-events",
            "Wrong events",
            "The amount itself is taken down wrongly. Replaying wrong facts gives wrong balances.",
            AccountSettings(place="amount"),
            Fault.CHANGE,
        ),
        Preset(
            "erasure",
            "Persons to be forgotten",
            "One in five wants to be erased, and nobody has provided for it: their streams are deleted whole.",
            AccountSettings(bug="doubles", erased=20),
            Fault.CHANGE,
        ),
        Preset(
            "no-snapshot",
            "Long streams without snapshots",
            "Every command reads ten thousand events first, and others are quicker meanwhile.",
            AccountSettings(snapshot_every=0),
            Fault.CHANGE,
        ),
        Preset(
            "one-account",
            "Everybody wants one account",
            "Half of all commands go to it. A row is locked for each; appends collide and are decided again.",
            AccountSettings(hot=50),
            Fault.LOAD,
        ),
        Preset(
            "forgotten-log",
            "Code that forgets the log",
            "Compared with a log of commands, which knows as much, unless one command in twenty is not logged.",
            AccountSettings(unlogged=5),
            Fault.CHANGE,
            against=COMMAND_LOG,
        ),
    )
    laws = (FOLD, REPLAY, TOUCHED, CONFLICT)
    knob = Knob("bug_s", (0, 5, 10, 20, 30, 40, 50))
    calculator = Calculator(
        "How much would your faulty release change?",
        FaultyRelease,
        touched_by_release,
        "By K · (1 \N{MINUS SIGN} e^(\N{MINUS SIGN}λ · w)), for changes at random and to all alike; 720 hours a month.",
    )
    qualities = ("security", "evolvability", "latency")
    fairness = (
        "The side without events has an audit table, written in the same transaction: old and new value, who and when, "
        "for every change. It answers two of the four questions as well as events do, and the others wherever one "
        "cause alone fits old and new value, which is tried for every amount. A database's own temporal tables keep "
        "the same. A third side logs the command as well, and knows as much as events."
    )
    assumptions = (
        "Commands arrive at random (a Poisson process); none is refused because of a balance.",
        "A list says which release was live when, and it is known afterwards what was wrong with the faulty one.",
        "The read model is written together with the event: readers are never behind.",
        "Rows are locked for as long as a command takes; a command whose append is refused is decided again at once, "
        "up to five times.",
        "Where a stream is deleted, nothing of the account is left; an audit table forgets who it was, not the values.",
        "All sides have the same history. Its older events are counted when they are read, not simulated.",
    )
    limits = (
        "What was decided on the strength of a wrong balance stays decided, on every side; here nothing is.",
        "Four questions, asked once for each account. Which of them are ever asked decides what history is worth.",
        "Code that writes the read model past the events is not among the faults: rebuilding would undo what it did.",
        "Events keep one form here. In practice they change, and old ones have to be read for ever.",
    )

    def figures(self, bank: Bank) -> dict[str, float | None]:
        p, count = bank.p, len(bank.load.commands)
        pairs = [(account, asked(bank, account)) for account in range(len(bank.changes))]
        found = [answered(bank, account, change) for account, change in pairs if change]
        faulty = [any(p.is_faulty(change.at_us) for change in changes) for changes in bank.changes]
        followed = range(len(bank.changes)) if bank.side == WITH else ()
        agrees = [agrees_with_events(bank, account) for account in followed]
        hot = [end.tries > 1 for end in bank.ends if end.command.account == 0]
        return {
            "answered": share(sum(sum(one.values()) for one in found), len(QUESTIONS) * len(found)),
            "explained": share(sum(one["what"] for one in found), len(found)),
            "repaired": share(sum(one["right"] for one in found), len(found)),
            "slow_ms": percentile([time_ms(end) for end in bank.ends], 95),
            "again": sum(end.tries > 1 for end in bank.ends),
            "given_up": sum(end.at_us is None for end in bank.ends),
            "rows": share(bank.writes + sum(stream.snapshot_count for stream in bank.streams), count),
            "rebuild_s": sum(rebuild_us(bank)) / SECOND_US,
            "commands": count,
            "touched": sum(faulty),
            "replay": mean(bank.reads),
            "fold_agrees": share(sum(agrees), len(agrees)),
            "hot_refused": share(sum(hot), len(hot)),
        }

    def structure(self, parameters: AccountSettings, side: str) -> Structure:
        p, is_faulty = parameters, parameters.bug_s > 0
        parts = [
            Part("clients", "Clients", 0, f"{p.accounts * p.commands / 60:.3g} commands a second", "client"),
            Part("service", "Service", 1, f"faulty for {p.bug_s} s" if is_faulty else "", is_broken=is_faulty),
        ]
        wires = [Wire("clients", "service")]
        if side == WITH:
            parts += [
                Part("events", "Event store", 2, f"{p.history * THOUSAND:,} an account", "log", is_new=True),
                Part("rows", "Read model", 2, f"{p.accounts} balances", "store"),
            ]
            wires += [Wire("service", "events", "read, append"), Wire("service", "rows", "write")]
            if p.snapshot_every:
                parts.append(
                    Part("snapshots", "Snapshots", 2, f"every {p.snapshot_every} events", "store", is_new=True)
                )
                wires.append(Wire("service", "snapshots", "read, write"))
            return Structure((*parts, AUDITOR), (*wires, Wire("auditor", "events", "replay")))
        kept = "old and new value" if side == WITHOUT else "old, new, command"
        name = "Audit table" if side == WITHOUT else "Command log"
        parts += [
            Part("rows", "Account rows", 2, f"{p.accounts} balances", "store"),
            Part("log", name, 2, kept, "log", is_new=side != WITHOUT),
        ]
        wires += [Wire("service", "rows", "lock, change"), Wire("service", "log", "write")]
        return Structure((*parts, AUDITOR), (*wires, Wire("auditor", "log", "read")))

    def failures(self, bank: Bank) -> tuple[Failure, ...]:
        return (Failure("the release is faulty", FAULTY_US, bank.p.fixed_us),) if bank.p.bug_s else ()

    def series(self, bank: Bank) -> tuple[Series, ...]:
        p = bank.p
        spans = [*wrong_spans(bank)]
        # Long enough to read all events of all accounts, as many as there are on average and some more.
        until_us = p.fixed_us + p.accounts * p.history * THOUSAND * p.event_us + 40 * SECOND_US
        step_us = -(-until_us // (MOST_SAMPLES * SECOND_US)) * SECOND_US
        ticks = range(0, until_us + 1, step_us)
        wrong = tuple(Sample(tick, sum(since <= tick < until for since, until in spans)) for tick in ticks)
        times: dict[int, list[float]] = {at_us: [] for at_us in range(0, HORIZON_US, STEP_US)}
        for end in bank.ends:
            times[end.command.at_us // STEP_US * STEP_US].append(time_ms(end))
        slow = tuple(Sample(at_us, mean(ms) or 0.0) for at_us, ms in times.items())
        return (
            Series("wrong", "Accounts that show a wrong balance", "accounts", wrong),
            Series("time", "Mean time of a command", "ms", slow),
        )

    def narrate(self, trace: Trace, bank: Bank) -> None:
        for one in told(bank):
            trace.note(one.at_us, one.sender, one.receiver, one.text, one.kind)


AUDITOR = Part("auditor", "Auditor", 3, "4 questions an account", "client")


def time_ms(end: CommandEnd) -> float:
    return NEVER_MS if end.at_us is None else min(NEVER_MS, (end.at_us - end.command.at_us) / MILLISECOND_US)


def told(bank: Bank) -> Iterator[Message]:
    """The first command that the faulty release works out, and what is asked of it afterwards."""
    changes = sorted((change for of in bank.changes for change in of), key=lambda one: one.command.at_us)
    if not changes:
        return
    change = next((one for one in changes if bank.p.is_faulty(one.at_us)), changes[0])
    account, fact = change.command.account, change.command.fact
    records, shown = ("event store", "read model") if bank.side == WITH else ("log", "row")
    record = record_at(bank, account, change.at_us)
    yield Message(change.command.at_us, "client", "service", fact.text)
    if record and record.at_us == change.at_us:
        kept = record.fact.text if record.fact else f"{euros(change.old)} → {euros(change.new)}"
        yield Message(change.at_us, "service", records, kept, "store")
    is_right = change.new - change.old == right_change(fact)
    yield Message(change.at_us, "service", shown, f"balance {euros(change.new)}", "store" if is_right else "fail")
    fixed_us = max(bank.p.fixed_us, change.at_us) + SECOND_US
    causes = [] if record is None or is_gone(bank, account) else [*facts_of(bank.p, record)]
    said = causes[0].text if len(causes) == 1 else f"{len(causes)} causes fit" if causes else "nothing is known"
    yield Message(fixed_us, "auditor", records, "what was done?")
    yield Message(fixed_us, records, "auditor", said, "reply" if causes == [fact] else "fail")
    right = None if is_gone(bank, account) else repaired(bank, account)
    yield Message(fixed_us + 1, "auditor", records, "replay" if bank.side == WITH else "set the row right")
    is_well = answered(bank, account, change)["right"]
    text = "cannot be told" if right is None else euros(right) if is_well else f"{euros(right)}: wrong"
    yield Message(fixed_us + 1, records, shown, f"right balance {text}", "store" if is_well else "fail")


def euros(cents: int) -> str:
    return f"{cents / 100:,.2f} €"
