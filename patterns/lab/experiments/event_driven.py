"""Event-driven architecture: what an order is worth while one of its consumers is down."""

from bisect import bisect_left
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
    Statistic,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.durable_queue import DurableQueue
from patterns.lab.systems.event_driven import (
    BURST_US,
    FAULT_US,
    MEMORY,
    RESTART_US,
    WEAK,
    EventSettings,
    OrderEvents,
)
from patterns.lab.systems.subscriber import ConcernedOrder, Subscriber
from patterns.lab.trace import Failure, Message, Sample, Series, Trace, per_second

NEVER_S = 1_000  # later than anything that comes
CRASH = "crashes before it answers"
RESULT_MESSAGES = 4  # of one that comes back as an event: published, confirmed, delivered, acknowledged


def backlog(rate: float, speed: float, outage_s: float) -> float:
    """How many wait on average when a consumer is back: those that were there (M/M/1), and those that came."""
    usual = rate / speed
    return usual / (1 - usual) + rate * outage_s


BUSY = EventSettings(consumers=1, speed=20, weak=20, outage_s=20, crashes=0, publish_ms=1, horizon_s=80)
BACKLOG = Law(
    name="The backlog after an outage",
    formula="n = u / (1 - u) + λ·D, for orders at rate λ, a consumer that is busy for the share u, and an outage D",
    assumptions="Poisson arrivals, exponential work, one worker that was in its usual state when the outage began.",
    source="L. Kleinrock, Queueing Systems I, 1975 (M/M/1); the rest is counting arrivals",
    parameters=BUSY,
    side=WITH,
    figure="backlog",
    expected=backlog(10, 20, 20),
)
DRAIN = Law(
    name="The time until a backlog is gone",
    formula="T = n / (μ - λ), for n that wait, orders at rate λ, and a consumer that applies them at rate μ > λ",
    assumptions="As for the backlog n; orders go on arriving until it is gone.",
    source="L. Kleinrock, Queueing Systems I, 1975 (the busy period of M/M/1, begun by n at once)",
    parameters=BUSY,
    side=WITH,
    figure="drain_s",
    expected=backlog(10, 20, 20) / (20 - 10),
)
LITTLE = Law(
    name="Little's law",
    formula="∫ N(t) dt / Σ W = 1, for N(t) events in the queue at t, and W, the stay of each",
    assumptions="None: the queue is empty at the start and at the end, so both sides count the same area.",
    source="J. D. C. Little, Little's Law as Viewed on Its 50th Anniversary, Operations Research 59, 2011",
    parameters=EventSettings(crashes=20),
    side=WITH,
    figure="little",
    expected=1.0,
    statistic=Statistic.EXACT,
)
COVERED = Law(
    name="What retries cover of an outage",
    formula="E = λ·(D - w), for orders at rate λ, an outage D, and w, the time from the first try to the last",
    assumptions="Poisson arrivals, other consumers that answer in time, and pauses without chance.",
    source="Counting: an order fails if its last try, too, is sent before the consumer is back",
    parameters=EventSettings(consumers=1, weak=60, outage_s=20, crashes=0, horizon_s=45),
    side=WITHOUT,
    figure="refused",
    expected=10 * (20 - 3.5),
)


@dataclass(frozen=True)
class YourConsumer(Parameters):
    your_rate: int = integer(10, 1, 5000, name="Your events", unit="a second")
    your_speed: int = integer(15, 1, 5000, name="Your consumer applies", unit="events a second")
    your_outage_s: int = integer(600, 1, 9999, name="It is down for", unit="s")


def catch_up(yours: YourConsumer) -> str:
    rate, speed, outage_s = yours.your_rate, yours.your_speed, yours.your_outage_s
    if speed <= rate:
        return f"{rate * outage_s:,} events wait when it is back, and it never catches up: more come than it can apply."
    waiting = backlog(rate, speed, outage_s)
    return (
        f"About {waiting:,.0f} events wait when it is back. It has caught up {waiting / (speed - rate):,.0f} s later, "
        "and until then everything that it applies is old."
    )


class EventDriven(SystemExperiment[OrderEvents]):
    slug = "event-driven-architecture"
    title = "One of three consumers is down"
    question = "An order concerns three other systems, and one of them is down. Does the order fail with it?"
    system = OrderEvents
    parameters = EventSettings
    mechanism = (DurableQueue.put, DurableQueue.take, DurableQueue.ack, Subscriber.handle)
    qualities = ("availability", "latency", "consistency")
    sides = (
        Side(WITHOUT, "Calls", "with calls that are retried"),
        Side(WITH, "Events", "with events through a broker"),
        Side(MEMORY, "Queue in the producer", "with queues in the producer's memory"),
    )
    metrics = (
        Metric(
            "failed",
            "orders that failed",
            Unit.SHARE,
            Role.PRIMARY,
            "Refused, or accepted and never applied by all consumers, or known too late where the result is needed.",
        ),
        Metric(
            "caller_ms",
            "time until the caller has its answer",
            Unit.MILLISECONDS,
            Role.GAIN,
            "95 % take no longer; yes or no.",
        ),
        Metric(
            "halves",
            "orders that some consumers applied and others never did",
            Unit.COUNT,
            Role.GAIN,
            "Somebody has to find and mend them.",
            of="orders",
        ),
        Metric(
            "age_s",
            "time until an accepted order has reached all consumers",
            Unit.SECONDS,
            Role.PRICE,
            "95 % take no longer.",
            never=NEVER_S,
        ),
        Metric(
            "messages",
            "messages sent for each order",
            Unit.COUNT,
            Role.PRICE,
            "Calls, events and results, and what confirms them.",
        ),
        Metric(
            "repeats",
            "deliveries of an order that the consumer had applied already",
            Unit.COUNT,
            Role.PRICE,
            "All consumers here drop them; one that does not would apply them twice.",
            of="orders",
        ),
        Metric(
            "overtaken",
            "orders applied after a later one",
            Unit.COUNT,
            Role.PRICE,
            "By each consumer.",
            of="orders",
        ),
        Metric(
            "waiting",
            "most orders that waited for one consumer",
            Unit.COUNT,
            Role.PRICE,
            "Somebody has to keep them.",
            smallest=0.05,
        ),
        Metric("brokers", "brokers to run", Unit.COUNT, Role.PRICE, "Kept up, watched and paid for."),
    )
    presets = (
        Preset(
            "default",
            "A consumer is down",
            "For ten seconds. Calls are tried three times, which covers three and a half of them.",
            EventSettings(),
            Fault.OUTAGE,
        ),
        Preset(
            "short-outage",
            "An outage that retries cover",
            "Three seconds, and consumers with time to spare. The last try finds the consumer back.",
            EventSettings(outage_s=3, speed=30, weak=30),
            Fault.OUTAGE,
        ),
        Preset(
            "broker-down",
            "The broker is down",
            "For ten seconds, in which all consumers are well. Now nobody can publish anything.",
            EventSettings(outage_s=0, broker_s=10),
            Fault.OUTAGE,
        ),
        Preset(
            "answer-needed",
            "The caller needs the result",
            "Within a fifth of a second, from all consumers. An event that waits is then as good as a call that fails.",
            EventSettings(speed=40, weak=40, crashes=0, needed_ms=200, late="drop"),
            Fault.OUTAGE,
        ),
        Preset(
            "too-slow",
            "A consumer that is too slow for good",
            "It applies 8 orders a second, 10 come, and results are needed within five seconds: a queue that never "
            "drains makes all of them wait. If consumers dropped late events, fewer would fail, and many be half done.",
            EventSettings(weak=8, outage_s=0, needed_ms=5000),
            Fault.SLOW,
        ),
        Preset(
            "burst",
            "A burst of orders",
            "Three times as many for ten seconds, and nothing is down. What cannot be done now may be done later.",
            EventSettings(outage_s=0, burst=20),
            Fault.LOAD,
        ),
        Preset(
            "restart",
            "Is the producer's memory enough?",
            "Compared with queues in the producer, which answers at once and needs no broker. It is deployed anew "
            "while the consumer is down.",
            EventSettings(restart="yes"),
            Fault.CRASH,
            against=MEMORY,
        ),
    )
    laws = (BACKLOG, DRAIN, LITTLE, COVERED)
    knob = Knob("needed_ms", (200, 600, 1000, 2000, 4000, 6000, 8000, 9800))
    calculator = Calculator(
        "How long does your consumer take to catch up?",
        YourConsumer,
        catch_up,
        "Events come at random, and one worker applies them one at a time.",
    )
    assumptions = (
        "Orders arrive at random and do not slow down when some fail (an open Poisson process).",
        "A consumer has one worker and takes orders as they come. It knows what it has applied, at no cost.",
        "A consumer that is down does not answer, as callers notice by their timeout. A crash loses what is in memory.",
        "Calls travel in no time. The broker takes time to confirm, and once more for a result that comes back by it.",
        "Consumers drop a call for whose answer nobody waits any more; an event has no such limit unless it is set.",
    )
    limits = (
        "The broker loses nothing that it has confirmed, and has room for everything.",
        "The order is stored elsewhere: that it and its event are written together is the subject of the outbox.",
        "A consumer has one worker. With several, or with partitions, more orders overtake each other.",
    )
    fairness = (
        "The calls go out at the same time, with a timeout and three tries whose pauses grow; publishing gets the same "
        "tries. Only those consumers are called again that have not answered, and they know what they have applied. "
        "Calls cost no time on the way. Queues in the producer's memory are a third side, without any broker."
    )

    def figures(self, system: OrderEvents) -> dict[str, float | None]:
        orders, consumers, weak = system.load.orders, system.subscribers, system.subscribers[WEAK].source.content
        accepted = [order for order in orders if system.answers[order.number].is_accepted]
        applied = [sum(order.number in one.applied_us for one in consumers) for order in orders]
        answer_us = [self.caller_us(system, order) for order in orders]
        deliveries = sum(one.taken for one in consumers) if system.queues else 0
        results = sum(len(one.answered_us) for one in consumers) if system.side == WITH and system.p.needed_ms else 0
        sent = system.sent + deliveries + sum(one.acked for one in consumers) + results * RESULT_MESSAGES
        peaks = [count for one in consumers for _, count in one.source.content.changes]
        age_s = percentile([self.age_s(system, order) for order in accepted], 95)
        caller_us, empty_us = percentile(answer_us, 95), weak.empty_us(system.p.up_us)
        return {
            "failed": share(sum(self.is_failed(system, order) for order in orders), len(orders)),
            "caller_ms": None if caller_us is None else caller_us / MILLISECOND_US,
            "halves": sum(0 < count < len(consumers) for count in applied),
            "age_s": age_s,
            "messages": share(sent, len(orders)),
            "repeats": sum(one.repeats for one in consumers),
            "overtaken": sum(one.overtaken for one in consumers),
            "waiting": max(peaks, default=0),
            "brokers": int(system.side == WITH),
            "orders": len(orders),
            "refused": len(orders) - len(accepted),
            "backlog": weak.at([system.p.up_us])[0],
            "drain_s": None if empty_us is None else (empty_us - system.p.up_us) / SECOND_US,
            "little": share(weak.area_us(), sum(weak.stays_us)),
        }

    @staticmethod
    def is_failed(system: OrderEvents, order: ConcernedOrder) -> bool:
        if not system.answers[order.number].is_accepted:
            return True
        if not system.p.needed_ms:
            return system.done_us(order) is None
        result_us = system.result_us(order)
        return result_us is None or result_us - order.at_us > system.p.needed_ms * MILLISECOND_US

    @staticmethod
    def caller_us(system: OrderEvents, order: ConcernedOrder) -> int:
        """For how long the caller waits: for the producer's answer, or for the result where it is needed."""
        answer = system.answers[order.number]
        if not answer.is_accepted or not system.p.needed_ms:
            return answer.at_us - order.at_us
        result_us, limit_us = system.result_us(order), system.p.needed_ms * MILLISECOND_US
        return limit_us if result_us is None else min(result_us - order.at_us, limit_us)

    @staticmethod
    def age_s(system: OrderEvents, order: ConcernedOrder) -> float:
        done_us = system.done_us(order)
        return NEVER_S if done_us is None else min(NEVER_S, (done_us - order.at_us) / SECOND_US)

    def failures(self, system: OrderEvents) -> tuple[Failure, ...]:
        p, found = system.p, []
        if p.outage_s:
            found.append(Failure("a consumer is down", FAULT_US, p.up_us))
        if p.broker_s:
            found.append(Failure("the broker is down", FAULT_US, FAULT_US + p.broker_s * SECOND_US))
        if p.burst:
            found.append(Failure("a burst of orders", FAULT_US, FAULT_US + BURST_US))
        if p.weak < p.rate:
            found.append(Failure("a consumer is slower than the orders come", 0, p.horizon_us))
        if p.restart == "yes":
            found.append(Failure("the producer is restarted", RESTART_US, RESTART_US + SECOND_US))
        return tuple(found)

    def series(self, system: OrderEvents) -> tuple[Series, ...]:
        until_us, weak = system.p.horizon_us, system.subscribers[WEAK]
        steps = [*range(0, until_us, SECOND_US)]
        failed = [order.at_us for order in system.load.orders if self.is_failed(system, order)]
        waiting = zip(steps, weak.source.content.at(steps), strict=True)
        return (
            Series(
                "failed", "Orders that failed, by when they came", "a second", per_second(failed, until_us=until_us)
            ),
            Series(
                "waiting", "Orders that wait for the first consumer", "orders", tuple(Sample(*one) for one in waiting)
            ),
            Series(
                "applied",
                "Orders that the first consumer applied",
                "a second",
                per_second(weak.applied_us.values(), until_us=until_us),
            ),
        )

    def narrate(self, trace: Trace, system: OrderEvents) -> None:
        """The first order after the fault began, and the first consumer since then that died before it could answer."""
        orders, notes = system.load.orders, system.notes.of
        first = bisect_left(orders, FAULT_US, key=lambda order: order.at_us)
        for order in orders[first : first + 1]:
            self.tell(trace, notes[order.number])
            if system.p.needed_ms and self.is_failed(system, order) and system.answers[order.number].is_accepted:
                limit_us = order.at_us + system.p.needed_ms * MILLISECOND_US
                trace.note(limit_us, "caller", "caller", "has no result in time", "fail")
        crashes = (one for order in orders[first + 1 :] for one in notes[order.number] if one.text == CRASH)
        if crash := next(crashes, None):
            victim = next(order.number for order in orders[first + 1 :] if crash in notes[order.number])
            after = notes[victim][notes[victim].index(crash) :]
            self.tell(trace, [one for one in after if crash.sender in (one.sender, one.receiver)])

    @staticmethod
    def tell(trace: Trace, messages: list[Message]) -> None:
        for one in messages:
            trace.note(one.at_us, one.sender, one.receiver, one.text, one.kind)

    def structure(self, p: EventSettings, side: str) -> Structure:
        others = p.consumers - 1
        parts = [
            Part("caller", "Caller", 0, f"{p.rate} orders a second", "client"),
            Part("producer", "Producer", 1, "restarted" if p.restart == "yes" else "", is_broken=p.restart == "yes"),
            Part("weak", "Consumer 1", 3, f"{p.weak} a second", is_broken=p.outage_s > 0),
        ]
        wires = [Wire("caller", "producer", f"needed in {p.needed_ms} ms" if p.needed_ms else "order")]
        consumers = ["weak"]
        if others:
            many = "Consumer 2" if others == 1 else f"Consumers 2 to {p.consumers}"
            parts.append(Part("others", many, 3, f"{p.speed} a second each"))
            consumers.append("others")
        if side == WITHOUT:
            note = f"{p.tries} tries of {p.timeout_ms:,} ms"
            wires += [Wire("producer", key, note, is_broken=key == "weak" and p.outage_s > 0) for key in consumers]
            return Structure(tuple(parts), tuple(wires))
        is_with = side == WITH
        note = f"lease {p.lease_s} s" if is_with else "lost with the producer"
        is_broken = p.broker_s > 0 if is_with else p.restart == "yes"
        names = {"weak": "Queue 1", "others": "Queue 2" if others == 1 else f"Queues 2 to {p.consumers}"}
        for key in consumers:
            parts.append(Part(f"queue_{key}", names[key], 2, note, "queue", is_broken, is_new=True))
            wires.append(
                Wire("producer", f"queue_{key}", f"{p.publish_ms} ms" if is_with else "", is_broken and is_with)
            )
            wires.append(Wire(f"queue_{key}", key, "", is_broken=key == "weak" and p.outage_s > 0, is_async=True))
        return Structure(tuple(parts), tuple(wires))
