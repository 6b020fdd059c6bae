"""Accounts, what is done to them, and a release that works it out wrongly for a while.

Amounts are whole euros, balances are in cents, and each command costs a fee of a hundredth. The faulty release either
derives a wrong balance from the right amount, or takes the amount itself down wrongly.
"""

from dataclasses import dataclass
from typing import Literal

from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream

HORIZON_US = 100 * SECOND_US  # commands come so long
FAULTY_US = 40 * SECOND_US  # when the faulty release goes live
BASE_US = 2 * MILLISECOND_US  # to read a row, or a snapshot, and to commit
KEY_US = MILLISECOND_US  # to fetch the key of a person
MOST_EUROS = 100
TEN_EUROS = 1000  # in cents
USERS = 10
MARKS = 1_000_000
THOUSAND = 1000
KINDS = (("withdrawal", "debit note", "correction"), ("deposit", "credit note", "refund"))  # down, up


@dataclass(frozen=True)
class AccountSettings(Parameters):
    accounts: int = integer(200, 10, 300, name="Accounts")
    commands: int = integer(6, 1, 12, name="Commands to an account", unit="a minute")
    history: int = integer(10, 0, 20, name="Older events", unit="thousand an account", about="On average.")
    bug_s: int = integer(20, 0, 50, name="The faulty release is live for", unit="s")
    bug: Literal["rounds", "doubles"] = choice(
        "rounds",
        name="What the faulty release does",
        rounds="Rounds down to tens: several causes, one result",
        doubles="Doubles: can be undone",
    )
    place: Literal["balance", "amount"] = choice(
        "balance", name="What it spoils", balance="The balance that is derived", amount="The amount that is taken down"
    )
    alike: int = integer(1, 1, 3, name="Kinds of command that change a balance alike", about="Each way.")
    unlogged: int = integer(
        0, 0, 20, name="Forget the log", unit="% of commands", about="Their code writes the row only."
    )
    snapshot_every: int = integer(100, 0, 1000, name="A snapshot every", unit="events", about="0: never.")
    event_us: int = integer(50, 10, 200, step=10, name="To read and apply an event", unit="µs")
    decide_ms: int = integer(10, 0, 50, name="To decide a command", unit="ms", about="Between reading and writing.")
    hot: int = integer(0, 0, 90, step=10, name="Commands to one account", unit="%")
    erased: int = integer(
        0, 0, 50, step=5, name="Persons to be forgotten", unit="%", about="Of the accounts, in the end."
    )
    erasure: Literal["stream", "keys"] = choice(
        "stream", name="Events are erased by", stream="Deleting the stream", keys="Destroying the person's key"
    )

    @property
    def fixed_us(self) -> int:
        return FAULTY_US + self.bug_s * SECOND_US

    def is_faulty(self, at_us: int) -> bool:
        """Whether the faulty release is live: a list of releases tells this ever after."""
        return FAULTY_US <= at_us < FAULTY_US + self.bug_s * SECOND_US


@dataclass(frozen=True, slots=True)
class Fact:
    """What was done: ``meaning`` tells kinds apart that change a balance alike."""

    is_deposit: bool
    meaning: int
    euros: int

    @property
    def text(self) -> str:
        return f"{KINDS[self.is_deposit][self.meaning]} of {self.euros} €"


@dataclass(frozen=True, slots=True)
class Command:
    at_us: int
    account: int
    fact: Fact
    user: int
    is_unlogged: bool


@dataclass(frozen=True)
class AccountLoad:
    commands: list[Command]
    openings: list[int]  # balance of each account, in cents
    histories: list[int]  # so many older events has each
    marks: list[float]  # which of its changes somebody will ask about, between 0 and 1
    erased: set[int]


def draw_accounts(p: AccountSettings, seed: int) -> AccountLoad:
    arrivals = Stream(seed, "arrivals").arrivals_us(per_second=p.accounts * p.commands / 60, until_us=HORIZON_US)
    hot, account, way, meaning, euros, user, log = (
        Stream(seed, purpose) for purpose in ("hot", "account", "way", "meaning", "euros", "user", "log")
    )
    commands = []
    for at_us in arrivals:
        is_hot, which = hot.chance(p.hot / 100), account.index(p.accounts)
        fact = Fact(way.chance(0.5), meaning.index(p.alike), 1 + euros.index(MOST_EUROS))
        is_unlogged = log.chance(p.unlogged / 100)
        commands.append(Command(at_us, 0 if is_hot else which, fact, user.index(USERS), is_unlogged))
    opening, history, mark = Stream(seed, "opening"), Stream(seed, "history"), Stream(seed, "mark")
    openings = [100_000 + opening.index(100_000) for _ in range(p.accounts)]
    histories = [history.index(2 * THOUSAND * p.history) for _ in range(p.accounts)]
    marks = [mark.index(MARKS) / MARKS for _ in range(p.accounts)]
    return AccountLoad(commands, openings, histories, marks, erased_accounts(p, Stream(seed, "erased")))


def erased_accounts(p: AccountSettings, stream: Stream) -> set[int]:
    lots = sorted((stream.index(MARKS), account) for account in range(p.accounts))
    return {account for _, account in lots[: p.accounts * p.erased // 100]}


def right_change(fact: Fact) -> int:
    """In cents, the fee taken off."""
    return (100 if fact.is_deposit else -100) * fact.euros - fact.euros


def taken_down(p: AccountSettings, fact: Fact, at_us: int) -> Fact:
    """The fact as the release of that instant records it."""
    if p.place == "balance" or not p.is_faulty(at_us):
        return fact
    euros = fact.euros // 10 * 10 if p.bug == "rounds" else 2 * fact.euros
    return Fact(fact.is_deposit, fact.meaning, euros)


def next_balance(p: AccountSettings, balance: int, fact: Fact, at_us: int) -> int:
    """As the release of that instant derives it from a recorded fact."""
    right = balance + right_change(fact)
    if p.place == "amount" or not p.is_faulty(at_us):
        return right
    return right // TEN_EUROS * TEN_EUROS if p.bug == "rounds" else right - fact.euros
