"""Outbox: of the events that tell of orders, how many are lost, false or applied twice."""

from dataclasses import dataclass

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
from patterns.lab.systems.outbox import (
    DOWN_US,
    HORIZON_US,
    PUBLISH_FIRST,
    RELAY_DOWN_US,
    CustomerOrder,
    OrderService,
    OutboxSettings,
    OutboxTable,
    Relay,
)
from patterns.lab.trace import Failure, Message, Sample, Series, Trace, per_second

BERNOULLI = Law(
    name="Binomial losses",
    formula="E[lost / n] = p: of n committed orders, each is lost with the chance p that the service dies after it",
    assumptions="Crashes hit orders independently of each other; the broker is up, and the database refuses nothing.",
    source="Jacob Bernoulli, 1713; W. Feller, An Introduction to Probability Theory, volume 1, 1950",
    parameters=OutboxSettings(crashes=50, refusals=0, outage_s=0, tries=1),
    side=WITHOUT,
    figure="lost_share",
    expected=0.05,
)
PASCAL = Law(
    name="Copies of at-least-once delivery",
    formula="E[copies / n] = q / (1 \N{MINUS SIGN} q): with chance q the relay dies before its mark, and repeats",
    assumptions="The relay marks each row by itself, and dies independently at each publication.",
    source="Pascal's (geometric) distribution; W. Feller, An Introduction to Probability Theory, volume 1, 1950",
    parameters=OutboxSettings(relay_crashes=50, refusals=0, outage_s=0),
    side=WITH,
    figure="copies_share",
    expected=0.05 / 0.95,
)
WAITING = Law(
    name="Waiting for the next poll",
    formula=(
        "E[delay] = P/2 + s·(1 + λP/2): half a polling interval P, then the publication, which takes s, "
        "of the row and of those before it, which are half of the other λP rows"
    ),
    assumptions="Orders arrive as a Poisson process at rate λ, polls at fixed times; nothing fails, no batch is full.",
    source="Poisson arrivals lie uniformly in an interval: S. M. Ross, Stochastic Processes, 1983",
    parameters=OutboxSettings(refusals=0, crashes=0, outage_s=0, relay_crashes=0),
    side=WITH,
    figure="mean_ms",
    expected=500 / 2 + 5 * (1 + 20 * 0.500 / 2),
)


LATEST = "An event that never comes counts as fifty seconds, later than all others."
NEVER_MS = HORIZON_US / MILLISECOND_US  # what a delay counts as if the event never came: all of the run


@dataclass(frozen=True)
class LostEvents(Parameters):
    """A reader's own transactions, each of which has to tell the world."""

    your_transactions: int = integer(100_000, 1, 100_000_000, name="Transactions", unit="a day")
    your_crashes: int = integer(
        10, 1, 1_000_000, name="The process dies between its two writes", unit="in a million transactions"
    )


def lost_events(own: LostEvents) -> str:
    lost = own.your_transactions * own.your_crashes / 1_000_000
    if (daily := round(lost, 1)) == 1:
        often = "one event a day"
    else:
        often = f"{in_tenths(daily)} events a day" if daily > 1 else f"an event every {in_tenths(1 / lost)} days"
    return (
        f"Without an outbox you would lose about {often}, and as long as nobody compares both systems, nobody would "
        "know. With one you would lose none, and some would come twice."
    )


def in_tenths(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


class Outbox(SystemExperiment[OrderService]):
    slug = "outbox-pattern"
    title = "A crash between two writes"
    question = "An order is committed and an event tells of it. How many events are lost, false or applied twice?"
    system = OrderService
    parameters = OutboxSettings
    mechanism = (OutboxTable, Relay)
    sides = (
        Side(WITHOUT, "Commit, then publish", "without one"),
        Side(WITH, "Outbox", "with an outbox"),
        Side(PUBLISH_FIRST, "Publish, then commit", "when publishing first"),
    )
    metrics = (
        Metric(
            "wrong",
            "events lost, false or applied twice",
            Unit.COUNT,
            Role.PRIMARY,
            "Each order has to take effect once if it was committed, and never if not.",
            of="orders",
            smallest=0.001,
        ),
        Metric("lost", "events lost", Unit.COUNT, Role.GAIN, "Of orders that were committed.", of="orders"),
        Metric(
            "phantom",
            "false events",
            Unit.COUNT,
            Role.GAIN,
            "Applied, but of no committed order.",
            of="orders",
        ),
        Metric("twice", "events applied twice", Unit.COUNT, Role.GAIN, "Or more often.", of="orders"),
        Metric("turned_away", "orders turned away", Unit.COUNT, Role.GAIN, "Because the broker was down.", of="orders"),
        Metric(
            "median_ms",
            "median delay",
            Unit.MILLISECONDS,
            Role.PRICE,
            f"From commit to effect. {LATEST}",
            never=NEVER_MS,
        ),
        Metric(
            "slow_ms",
            "delay that 95 % stay within",
            Unit.MILLISECONDS,
            Role.PRICE,
            f"From commit to effect. {LATEST}",
            never=NEVER_MS,
        ),
        Metric(
            "copies", "copies delivered", Unit.COUNT, Role.PRICE, "Events that reached the consumer again.", of="orders"
        ),
        Metric("rows", "most rows in the outbox", Unit.COUNT, Role.PRICE, "At one time, published ones included."),
        Metric("writes", "extra database writes per order", Unit.COUNT, Role.PRICE, "Row, mark and removal."),
        Metric(
            "reads",
            "extra database reads per order",
            Unit.COUNT,
            Role.PRICE,
            "Polls of the relay, and it polls an idle table as well: the fewer orders, the more polls for each.",
        ),
    )
    presets = (
        Preset(
            "default",
            "Crashes and a broker outage",
            "Ten of a thousand orders meet a crash. The broker is down for five seconds, and three tries last three: "
            "most of what is lost is lost to that, as “One more try” shows.",
            OutboxSettings(),
            Fault.OUTAGE,
        ),
        Preset(
            "more-tries",
            "One more try",
            "Four tries outlast the outage of the broker. What a crash takes away no further try brings back.",
            OutboxSettings(tries=4),
            Fault.OUTAGE,
        ),
        Preset(
            "publish-first",
            "Publishing before the commit",
            "Compared with a service that publishes first: others hear of orders that then fail.",
            OutboxSettings(),
            Fault.OUTAGE,
            against=PUBLISH_FIRST,
        ),
        Preset(
            "nothing-fails",
            "Nothing crashes",
            "The broker is up, too. Only the price of the outbox is left.",
            OutboxSettings(crashes=0, relay_crashes=0, outage_s=0),
            Fault.NONE,
        ),
        Preset(
            "naive-consumer",
            "A consumer that forgets",
            "It applies all that comes. The relay crashes as often as the service: what was lost now comes twice.",
            OutboxSettings(outage_s=0, consumer="naive"),
            Fault.MESSAGES,
        ),
        Preset(
            "relay-down",
            "The relay is down",
            "For ten seconds nobody reads the table. Nothing is lost; rows pile up, and events come when it is back.",
            OutboxSettings(outage_s=0, relay_down_s=10),
            Fault.CRASH,
        ),
        Preset(
            "highest-id",
            "A relay that trusts ids",
            "It reads only ids above the highest so far, and never sees a row of a lower id that is committed late.",
            OutboxSettings(outage_s=0, reads="higher"),
            Fault.CRASH,
        ),
    )
    laws = (BERNOULLI, PASCAL, WAITING)
    knob = Knob("tries", (1, 2, 3, 4, 5, 6))
    calculator = Calculator(
        "How many events would you lose?",
        LostEvents,
        lost_events,
        "By the binomial distribution: each transaction meets a crash independently of the others. An outage of the "
        "broker that outlasts the tries comes on top: it takes every event of its time.",
    )
    qualities = ("durability", "consistency")
    fairness = (
        "The side without an outbox does what a careful programmer would: it commits first, publishes at once, and "
        "tries again from memory. How often is a setting, and one try more than usual is a situation of its own. It "
        "meets the same crashes and the same outage, and publishing first runs beside it. The outbox is charged for "
        "every row, mark, removal and poll."
    )
    assumptions = (
        "Orders arrive at random (a Poisson process); the id is drawn before the commit, which takes a random time.",
        "A crash of the service hits one order alone, after its first write: the same orders on all sides.",
        "Without an outbox, a failed publication is tried again from memory, after 1, 2, 4, … seconds.",
        "The relay polls at fixed times and marks a row once it is confirmed. If it dies, it is back at the next poll; "
        "if it is down for longer, it first ends with the row that it is at.",
        "An idempotent consumer keeps the number of an event in the same transaction as its effect.",
    )
    limits = (
        "Crashes are far more frequent than in practice, so that a thousand orders show them; they cost no time.",
        "Waiting in memory makes a crash no more likely, which favours the side without an outbox.",
        "A broker that is up loses nothing, and its confirmations arrive; lost ones would make copies on every side.",
        "Rows, marks and polls are counted, but they slow nothing down: the database has time for them.",
        "The order of events is not looked at, nor is a relay that reads the database's log instead of a table.",
    )

    def figures(self, service: OrderService) -> dict[str, float | None]:
        counts = {key: len(orders) for key, orders in wrong_orders(service).items()}
        committed_us, first_us = service.committed_us, service.broker.consumer.first_us
        # From commit to effect: nothing where the event came first, the whole run where it never came.
        delays_ms = [
            min(NEVER_MS, max(0, first_us[number] - commit_us) / MILLISECOND_US) if number in first_us else NEVER_MS
            for number, commit_us in committed_us.items()
        ]
        copies = service.broker.copies.total() - len(service.broker.copies)
        return {
            "orders": len(service.load.orders),
            "wrong": sum(counts.values()),
            **counts,
            "turned_away": sum(fate == "no broker" for fate in service.fates.values()),
            "median_ms": percentile(delays_ms, 50),
            "slow_ms": percentile(delays_ms, 95),
            "copies": copies,
            "rows": service.table.peak,
            "writes": share(service.table.writes, len(committed_us)),
            "reads": share(service.table.reads, len(committed_us)),
            "lost_share": share(counts["lost"], len(committed_us)),
            "copies_share": share(copies, len(committed_us)),
            "mean_ms": mean(delays_ms),
        }

    def structure(self, parameters: OutboxSettings, side: str) -> Structure:
        p = parameters
        down = f"down for {p.outage_s} s" if p.outage_s else ""
        parts = [
            Part("clients", "Customers", 0, f"{p.rate} orders a second", "client"),
            Part("service", "Order service", 1, f"crashes: {p.crashes} in 1,000", is_broken=p.crashes > 0),
            Part("broker", "Broker", 3, down, "queue", is_broken=p.outage_s > 0),
            Part("consumer", "Consumer", 3, p.consumer),
        ]
        wires = [Wire("clients", "service"), Wire("broker", "consumer", is_async=True)]
        if side != WITH:
            first, second = ("2 commit", "1 publish") if side == PUBLISH_FIRST else ("1 commit", "2 publish")
            parts.insert(2, Part("database", "Database", 2, "orders", "store"))
            wires += [Wire("service", "database", first), Wire("service", "broker", second)]
            return Structure((*parts,), (*wires,))
        runs = f"down for {p.relay_down_s} s" if p.relay_down_s else f"every {p.poll_ms:,} ms"
        is_broken = p.relay_crashes > 0 or p.relay_down_s > 0
        relay = Part("relay", "Relay", 2, runs, is_broken=is_broken, is_new=True)
        parts[2:2] = [Part("database", "Database", 2, "orders and outbox", "store", is_new=True), relay]
        wires += [Wire("service", "database", "one commit"), Wire("relay", "database", "reads, marks")]
        return Structure((*parts,), (*wires, Wire("relay", "broker", "publish")))

    def failures(self, service: OrderService) -> tuple[Failure, ...]:
        broker_us, relay_us = service.p.outage_s * SECOND_US, service.p.relay_down_s * SECOND_US
        broker = Failure("the broker is down", DOWN_US, DOWN_US + broker_us)
        relay = Failure("the relay, where there is one, is down", RELAY_DOWN_US, RELAY_DOWN_US + relay_us)
        return tuple(one for one in (broker, relay) if one.from_us < one.until_us)

    def series(self, service: OrderService) -> tuple[Series, ...]:
        bad = [one.at_us for orders in wrong_orders(service).values() for one in orders]
        spans = [(at, service.broker.consumer.first_us.get(one, at)) for one, at in service.committed_us.items()]
        # A lost event is under way for no time: it would never arrive, and the line would never come down.
        ticks = range(0, HORIZON_US + 1, SECOND_US)
        ages = [(tick, [tick - since for since, until in spans if since <= tick < until]) for tick in ticks]
        under_way = tuple(Sample(tick, len(found)) for tick, found in ages)
        oldest = tuple(Sample(tick, max(found, default=0) / SECOND_US) for tick, found in ages)
        return (
            Series("wrong", "Events lost, false or applied twice", "a second", per_second(bad, until_us=HORIZON_US)),
            Series("under_way", "Committed orders whose event is under way", "orders", under_way),
            Series("oldest", "Age of the oldest event under way", "s", oldest),
        )

    def narrate(self, trace: Trace, service: OrderService) -> None:
        # What a relay never reads leaves no trace of its own: the first such row is named when all is over.
        for order in service.table.unmarked[:1]:
            service.notes.add(order.number, "relay", "database", f"never reads row {order.number}", "fail")
        told = [*service.notes.story()]
        if service.side == WITH and service.p.relay_down_s:
            until_us = RELAY_DOWN_US + service.p.relay_down_s * SECOND_US
            told += [
                Message(RELAY_DOWN_US, "relay", "relay", "is down", "fail"),
                Message(until_us, "relay", "relay", "is back", "event"),
            ]
            # The first row that has to wait for it; numbers are drawn before commits, which take their time.
            waiting = [(at, one) for one, at in service.committed_us.items() if RELAY_DOWN_US <= at < until_us]
            told += [one for one in service.notes.of[min(waiting)[1]] if one not in told] if waiting else []
        for one in told:
            trace.note(one.at_us, one.sender, one.receiver, one.text, one.kind)


def wrong_orders(service: OrderService) -> dict[str, list[CustomerOrder]]:
    """Orders that did not take effect as often as they should: once if committed, else never."""
    applied, orders = service.broker.consumer.applied, service.load.orders
    committed = [one for one in orders if one.number in service.committed_us]
    return {
        "lost": [one for one in committed if not applied[one.number]],
        "phantom": [one for one in orders if applied[one.number] and one.number not in service.committed_us],
        "twice": [one for one in committed if applied[one.number] > 1],
    }
