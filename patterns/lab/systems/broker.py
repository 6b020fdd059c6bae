"""A broker that is down for a while, the consumer behind it, and notes of what becomes of each event by its number."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from patterns.lab.simulation import SECOND_US, Work, World
from patterns.lab.trace import Kind, Message

WAIT_US = 1 * SECOND_US  # before the second try; twice as long before each further one


@dataclass
class Notes:
    """Kept for the one run that is shown."""

    world: World
    are_kept: bool
    of: dict[int, list[Message]] = field(default_factory=dict)

    def add(self, number: int, sender: str, receiver: str, text: str, kind: Kind = "event") -> None:
        if self.are_kept:
            self.of.setdefault(number, []).append(Message(self.world.now_us, sender, receiver, text, kind))

    def story(self) -> Iterator[Message]:
        """Each kind of failure through the first event that met it; if there was none, the first event of all."""
        victims: dict[str, int] = {}
        for number, messages in self.of.items():
            for message in messages:
                if message.kind == "fail":
                    victims.setdefault(message.text, number)
        for number in dict.fromkeys(victims.values()) or [*self.of][:1]:
            messages = self.of[number]
            first = next((index for index, message in enumerate(messages) if message.kind == "fail"), 0)
            yield from messages[max(0, first - 2) :]  # from two before its first failure


class Consumer:
    """Applies events; an idempotent one keeps the number of each together with its effect, and drops what it knows."""

    def __init__(self, notes: Notes, *, is_idempotent: bool) -> None:
        self.notes, self.is_idempotent = notes, is_idempotent
        self.applied = Counter[int]()
        self.first_us: dict[int, int] = {}

    def receive(self, number: int, now_us: int) -> None:
        if self.is_idempotent and self.knows(number):
            self.notes.add(number, "broker", "consumer", f"event {number} again: dropped")
            return
        is_again = number in self.first_us
        self.applied[number] += 1
        self.first_us.setdefault(number, now_us)
        text = "applied again" if is_again else f"event {number}"
        self.notes.add(number, "broker", "consumer", text, "fail" if is_again else "event")

    def knows(self, number: int) -> bool:
        return number in self.first_us


@dataclass
class Broker:
    """Delivers each event that it has confirmed, at once; what it is sent while it is down it refuses."""

    world: World
    notes: Notes
    consumer: Consumer
    takes_us: int
    down_us: int
    up_us: int
    copies: Counter[int] = field(default_factory=Counter)

    def publish(self, number: int, sender: str) -> Work[bool]:
        """Whether the broker has confirmed."""
        # What counts is the instant of the confirmation: a broker that dies before it has promised nothing.
        yield self.world.timeout(self.takes_us)
        if self.down_us <= self.world.now_us < self.up_us:
            self.notes.add(number, sender, "broker", "broker is down", "fail")
            return False
        self.notes.add(number, sender, "broker", f"event {number}")
        self.copies[number] += 1
        self.consumer.receive(number, self.world.now_us)
        return True

    def insist(self, number: int, sender: str, *, tries: int, at_last: str = "no event") -> Work[bool]:
        """Try again from memory, which outlives a short outage, but not the sender."""
        for tried in range(tries):
            if tried:
                yield self.world.timeout(WAIT_US << (tried - 1))
            if (yield from self.publish(number, sender)):
                return True
        self.notes.add(number, sender, sender, f"gives up: {at_last}", "fail")
        return False
