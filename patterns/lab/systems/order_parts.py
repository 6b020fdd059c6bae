"""How the order system is built with a combination of switches, as a drawing shows it."""

from collections.abc import Iterator

from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.order_system import BREAKER, IDEMPOTENT, OUTBOX, RETRY, SAGA
from patterns.lab.systems.purchases import MOST_TRIES, OrderSettings


def structure_of(combination: str) -> Structure:
    """What breaks is marked whether or not it does in the fault that is looked at."""
    on = frozenset(combination.split("+"))
    return Structure(tuple(parts(on)), tuple(wires(on)))


def parts(on: frozenset[str]) -> Iterator[Part]:
    p, is_idempotent = OrderSettings(), IDEMPOTENT in on
    yield Part("people", "Customers", 0, f"{p.orders} a second buy, {p.lookers} look", "client")
    yield Part("service", "Order service", 1, f"{p.workers} workers", is_broken=True)
    if guards := [name for key, name in ((BREAKER, "Breaker"), (RETRY, "Retry")) if key in on]:
        yield Part("guard", ", ".join(guards), 1, f"{MOST_TRIES} tries" if RETRY in on else "", is_new=True)
    yield Part("payment", "Payment", 1, "knows orders" if is_idempotent else "", is_broken=True, is_new=is_idempotent)
    yield Part("database", "Database", 2, "orders", "store")
    if SAGA in on:
        yield Part("log", "Saga log", 2, "how far it has come", "log", is_new=True)
    if OUTBOX in on:
        yield Part("outbox", "Outbox", 2, "same transaction", "store", is_new=True)
        yield Part("relay", "Relay", 3, f"every {p.poll_ms} ms", is_broken=True, is_new=True)
    yield Part("broker", "Broker", 3, shape="queue", is_broken=True)
    yield Part("shipping", "Shipping", 3, "knows orders" if is_idempotent else "", is_new=is_idempotent)


def wires(on: frozenset[str]) -> Iterator[Wire]:
    yield Wire("people", "service")
    if on & {BREAKER, RETRY}:
        yield Wire("service", "guard")
        yield Wire("guard", "payment", is_broken=True)
    else:
        yield Wire("service", "payment", is_broken=True)
    yield Wire("service", "database")
    if SAGA in on:
        yield Wire("service", "log")
    if OUTBOX in on:
        yield Wire("service", "outbox")
        yield Wire("outbox", "relay", is_async=True)
        yield Wire("relay", "broker", is_async=True, is_broken=True)
    else:
        yield Wire("service", "broker", is_async=True, is_broken=True)
    yield Wire("broker", "shipping", is_async=True)
