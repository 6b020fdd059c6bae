"""The order system under every combination of five patterns and under every fault: what runs, and what is kept of it.

``python -m patterns.lab.composition`` writes the file, which pages read and a test computes anew. What the figures say
of the patterns stands in ``patterns.lab.survival``.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from statistics import fmean

from patterns.lab.experiment import Metric, Role, Unit
from patterns.lab.measure import percentile
from patterns.lab.simulation import MILLISECOND_US
from patterns.lab.sweep import rounded
from patterns.lab.systems.order_system import (
    BREAKER,
    IDEMPOTENT,
    OUTBOX,
    RETRY,
    SAGA,
    SWITCHES,
    End,
    OrderSystem,
    side_of,
)
from patterns.lab.systems.purchases import MOST_TRIES, OrderLoad, OrderSettings

FILE = Path(__file__).parent / "compositions" / "order-system.json"
SEEDS = range(10)
NEVER_MS = 60_000  # what never came counts as this long


@dataclass(frozen=True)
class Switch:
    """A pattern that can be on or off. ``slug`` is that of its entry; ``adds`` says what it is in this system."""

    key: str
    slug: str
    name: str
    adds: str


@dataclass(frozen=True)
class Scenario:
    """What goes wrong; ``short`` heads a column."""

    key: str
    name: str
    short: str
    about: str
    settings: OrderSettings


PATTERNS = (
    Switch(
        OUTBOX,
        "outbox-pattern",
        "Outbox",
        "The message to shipping is a row in the same transaction as the order. A relay polls for rows, publishes "
        "each, and marks it afterwards.",
    ),
    Switch(
        SAGA,
        "saga-pattern",
        "Saga",
        "A log says how far an order has come. After a crash it is taken forward; if payment does not answer or "
        "shipping cannot be told, the order is cancelled and the charge refunded, even one that arrives later.",
    ),
    Switch(
        BREAKER,
        "circuit-breaker-pattern",
        "Circuit breaker",
        "When half of the last ten calls to payment got no answer in time, further ones are refused at once. After "
        "four seconds one call may try again.",
    ),
    Switch(
        RETRY,
        "retry-pattern",
        "Retry",
        f"A call to payment, or a message that the broker refuses, is tried up to {MOST_TRIES} times, with pauses "
        "that grow.",
    ),
    Switch(
        IDEMPOTENT,
        "idempotent-consumer-pattern",
        "Idempotent consumer",
        "Payment and shipping keep the number of each order together with its effect, and do nothing when they are "
        "told of it again. Payment gives its first answer once more.",
    ),
)
BY_KEY = {one.key: one for one in PATTERNS}

FAULTS = {
    "crash": OrderSettings(crashes=20, unmarked=10),
    "broker": OrderSettings(broker_s=8),
    "slow": OrderSettings(slow_s=12),
    "late": OrderSettings(late=40, lost=20),
}
SCENARIOS = (
    Scenario("none", "Nothing fails", "No fault", "All is in order.", OrderSettings()),
    Scenario(
        "crash",
        "Crash between commit and publish",
        "Crash",
        "In 2 of 100 orders the process dies when the order is in the database and shipping has not been told yet. In "
        "1 of 100, whoever keeps a note of what was published dies just before that note.",
        FAULTS["crash"],
    ),
    Scenario(
        "broker",
        "Broker outage",
        "Broker down",
        "For 8 of 40 seconds the broker takes no messages. Everything else works.",
        FAULTS["broker"],
    ),
    Scenario(
        "slow",
        "Slow payment",
        "Payment slow",
        "For 12 of 40 seconds payment takes ten times as long: one to three seconds, where callers wait for one. It "
        "charges all the same.",
        FAULTS["slow"],
    ),
    Scenario(
        "late",
        "Late charge",
        "Late charge",
        "In 4 of 100 orders the request reaches payment three seconds late; 2 of 100 answers of payment reach nobody. "
        "The card is charged all the same.",
        FAULTS["late"],
    ),
    Scenario(
        "all",
        "All of them together",
        "All together",
        "All four in the same 40 seconds. The broker is still down when payment becomes slow.",
        OrderSettings(crashes=20, unmarked=10, broker_s=8, slow_s=12, late=40, lost=20),
    ),
)
SINGLE_FAULTS = SCENARIOS[1:-1]
ALL_FAULTS = SCENARIOS[-1]
COMBINATIONS = tuple(side_of(some) for count in range(len(SWITCHES) + 1) for some in combinations(SWITCHES, count))

WRONG: dict[End, str] = {
    "lost": "paid and never shipped",
    "unpaid": "shipped or promised, and not paid",
    "charged twice": "charged more than once",
    "shipped twice": "shipped twice",
    "half done": "charged, and there is no order",
}
PRICES = (
    Metric(
        "told_no", "customers told no", Unit.SHARE, Role.PRICE, "At once, or later by a cancellation; charged or not."
    ),
    Metric("turned_away", "others refused", Unit.SHARE, Role.PRICE, "They only look, and find no worker free."),
    Metric(
        "answer_ms",
        "time to an answer, p95",
        Unit.MILLISECONDS,
        Role.PRICE,
        "Of those who buy; 95 of 100 wait no longer, and who never hears counts as never.",
        never=NEVER_MS,
    ),
    Metric(
        "shipped_ms",
        "time until shipping knows, p95",
        Unit.MILLISECONDS,
        Role.PRICE,
        "From the request on, of all orders that were placed and not cancelled.",
        never=NEVER_MS,
    ),
    Metric("writes", "database writes an order", Unit.COUNT, Role.PRICE, "Of all three services, logs and keys too."),
    Metric("polls", "polls an order", Unit.COUNT, Role.PRICE, "The relay looks for rows whether or not there are any."),
    Metric("messages", "messages an order", Unit.COUNT, Role.PRICE, "That the broker took."),
    Metric("calls", "calls to payment an order", Unit.COUNT, Role.PRICE, "Charges and cancellations."),
)
PER_ORDER = ("writes", "polls", "messages", "calls")  # kept as totals of a run, told for each order

FAIRNESS = (
    "All 32 combinations meet the same people, at the same instants, with the same dice: which order meets a crash, a "
    "late request or a lost answer is drawn before any of them runs. All wait for payment equally long. Without an "
    "outbox the message goes out right after the commit, without holding a worker; and every write, poll and call that "
    "a switch adds is counted."
)
ASSUMPTIONS = (
    "Buyers and others come at random: 8 buyers and 20 others a second, for 40 seconds. What was begun is brought to "
    "its end afterwards.",
    "The order service has ten workers and no queue: who finds none free is refused at once. A worker is held until "
    "the answer, also while it waits between two tries.",
    "A charge takes 100 to 300 ms. A caller waits for one second, and then says no. Payment goes on with what it has "
    "begun: it does not notice that nobody waits.",
    "A crash stops the process of one order and no other. What its log keeps is taken up two seconds later.",
    "The last step of a saga is to tell shipping, unless an outbox does it. If the broker refuses, the saga cancels "
    "the order and refunds the charge, though the buyer was told yes; such a buyer counts as told no. After a crash it "
    "cannot know whether shipping was told, and tells it again until the broker has confirmed.",
    "A cancellation always reaches payment, and is remembered there: a charge that arrives later is not made.",
    "An open breaker ends the tries; a message is tried again after one and after two seconds.",
)
LIMITS = (
    "A crash between the charge and the commit, or in the middle of a commit, does not happen here.",
    "Payment and shipping do not crash, and their databases never refuse.",
    "Shipping never says no: nothing is out of stock.",
    "Slow payment is slow for everybody alike, however many call: retries do not make it slower, as they would.",
    "Time ends for the model when all is settled. Nobody repairs anything by hand.",
    "One size of the system, one strength of each fault. With 14 workers instead of ten, for instance, a saga and an "
    "idempotent consumer survive all faults together without a breaker.",
)


def figures_of(system: OrderSystem) -> dict[str, float | None]:
    """What is kept of a run: counts, and two durations. Each order is in exactly one of the ends."""
    purchases = system.load.purchases
    ends = Counter(system.end_of(one.number) for one in purchases)
    answers_us = [
        system.answers_us.get(one.number, one.at_us + NEVER_MS * MILLISECOND_US) - one.at_us for one in purchases
    ]
    placed = [one for one in purchases if one.number in system.placed_us and one.number not in system.cancelled]
    first_us = system.shipping.first_us
    shipped_us = [first_us.get(one.number, one.at_us + NEVER_MS * MILLISECOND_US) - one.at_us for one in placed]
    applied = system.shipping.applied.total()
    kept_writes = system.order_writes + system.row_writes + system.log_writes + system.payments.writes
    return {
        "orders": len(purchases),
        "lookers": len(system.load.visits) - len(purchases),
        "right": ends["right"],
        **{end: ends[end] for end in WRONG},
        "told_no": ends["told no"],
        "turned_away": system.turned_away,
        "answer_ms": in_ms(percentile(answers_us, 95)),
        "shipped_ms": in_ms(percentile(shipped_us, 95)),
        # An effect of shipping is a write, and so is the number that an idempotent one keeps beside it.
        "writes": kept_writes + applied * (2 if system.is_idempotent else 1),
        "polls": system.polls,
        "messages": system.broker.copies.total(),
        "calls": system.payments.call_count,
    }


def in_ms(duration_us: float | None) -> float | None:
    return None if duration_us is None else min(NEVER_MS, round(duration_us / MILLISECOND_US))


@lru_cache(maxsize=len(SEEDS))
def drawn(settings: OrderSettings, seed: int) -> OrderLoad:
    """All combinations meet the same load, the very same object: nobody writes to it."""
    return OrderSystem.draw(settings, seed)


def outcome(combination: str, scenario: Scenario, seed: int) -> dict[str, float | None]:
    """The figures of one run, by their keys."""
    return figures_of(OrderSystem.simulate(scenario.settings, drawn(scenario.settings, seed), combination))


@dataclass(frozen=True)
class Runs:
    """The runs of one combination under one fault: for each figure a value of each seed, in their order."""

    figures: Mapping[str, tuple[float | None, ...]]

    def values(self, key: str) -> list[float]:
        return [one for one in self.figures[key] if one is not None]

    def mean(self, key: str) -> float:
        return fmean(self.values(key))

    @property
    def wrong(self) -> list[float]:
        """Orders that ended wrong, for each seed."""
        return [sum(one or 0.0 for one in values) for values in zip(*(self.figures[end] for end in WRONG), strict=True)]

    @property
    def refused(self) -> list[float]:
        """The share of those who only look that was refused, for each seed."""
        return [away / of for away, of in zip(self.values("turned_away"), self.values("lookers"), strict=True)]

    @property
    def told_no(self) -> list[float]:
        """The share of those who buy that has no order in the end, for each seed: also of those who were charged."""
        kept = zip(self.values("told_no"), self.values("half done"), self.values("orders"), strict=True)
        return [(no + half_done) / of for no, half_done, of in kept]

    def price(self, metric: Metric) -> float | None:
        """The mean of a price as it is told; None where there was nothing to measure."""
        if metric.key in ("told_no", "turned_away"):
            return fmean(self.told_no if metric.key == "told_no" else self.refused)
        if metric.key in PER_ORDER:
            return sum(self.values(metric.key)) / sum(self.values("orders"))
        found = self.values(metric.key)
        return fmean(found) if found else None


def runs_of(combination: str, scenario: Scenario) -> Runs:
    """Computed; what is stored is read by ``stored_runs``."""
    found = [outcome(combination, scenario, seed) for seed in SEEDS]
    return Runs({key: tuple(rounded(one[key]) for one in found) for key in found[0]})


def stored_runs(combination: str, scenario: str) -> Runs:
    """Raises:
    KeyError: if there is no such combination or no such scenario.
    """
    return stored_compositions()[combination, scenario]


@cache
def stored_compositions() -> dict[tuple[str, str], Runs]:
    """All of it, by combination and scenario; read once."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        (combination, scenario): Runs({key: tuple(values) for key, values in figures.items()})
        for combination, of in document["runs"].items()
        for scenario, figures in of.items()
    }


def file_text(some: Sequence[str] = COMBINATIONS, scenarios: Sequence[Scenario] = SCENARIOS) -> str:
    """What the file holds: a line for each combination and scenario."""
    lines: dict[str, list[str]] = {combination: [] for combination in some}
    # By scenario first: the load of ten seeds is then drawn once for all combinations.
    for scenario in scenarios:
        for combination in some:
            figures = runs_of(combination, scenario).figures
            stated = {key: [whole(one) for one in values] for key, values in figures.items()}
            lines[combination].append(f"  {json.dumps(scenario.key)}: {json.dumps(stated)}")
    runs = ",\n".join(f"{json.dumps(key)}: {{\n" + ",\n".join(of) + "\n}" for key, of in lines.items())
    return f'{{\n"seeds": [{SEEDS[0]}, {SEEDS[-1]}],\n"runs": {{\n{runs}\n}}\n}}\n'


def whole(value: float | None) -> float | None:
    return int(value) if value is not None and value == int(value) else value


if __name__ == "__main__":
    FILE.write_text(file_text(), encoding="utf-8")
    print(FILE)
