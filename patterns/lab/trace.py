"""What happened in one run, for those who look at it: messages, failures, samples over simulated time.

Only the run that is shown is traced. A sweep passes ``None``, and its models take no notice.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from patterns.lab.simulation import DAY_US, MILLISECOND_US, MINUTE_US, SECOND_US

Kind = Literal["call", "reply", "event", "store", "fail"]
STORY_LIMIT = 14  # arrows that a reader still follows
REPEATS = 2


@dataclass(frozen=True, slots=True)
class Message:
    """Something sent at an instant; the kinds are those of the steps of an entry."""

    at_us: int
    sender: str
    receiver: str
    text: str
    kind: Kind = "call"


@dataclass(frozen=True, slots=True)
class Failure:
    """What was broken, and from when to when."""

    what: str
    from_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class Sample:
    at_us: int
    value: float


@dataclass(frozen=True)
class Clock:
    """The unit in which the time of a series is told."""

    name: str
    size_us: int

    def of(self, at_us: int) -> float:
        return at_us / self.size_us


MILLISECONDS, SECONDS = Clock("milliseconds", MILLISECOND_US), Clock("seconds", SECOND_US)
MINUTES, DAYS = Clock("minutes", MINUTE_US), Clock("days", DAY_US)


@dataclass(frozen=True)
class Series:
    """One line of a chart, by a clock of its own.

    ``failures`` is what was broken, where that is not what was broken for the run as a whole: a chart in days and one
    in seconds have no failure in common.
    """

    key: str
    name: str
    unit: str
    samples: tuple[Sample, ...]
    clock: Clock = SECONDS
    failures: tuple[Failure, ...] | None = None


@dataclass
class Trace:
    """Collects what one run of one side wants to show."""

    _messages: list[Message] = field(default_factory=list)
    _told: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, at_us: int, sender: str, receiver: str, text: str, kind: Kind = "call") -> None:
        """Note a message, unless the same was noted ``REPEATS`` times already: one repetition says enough."""
        self._told[sender, receiver, text] += 1
        if self._told[sender, receiver, text] <= REPEATS:
            self._messages.append(Message(at_us, sender, receiver, text, kind))

    def story(self) -> tuple[Message, ...]:
        """As many messages as one diagram shows, in the order in which they were sent."""
        # Sorted before it is cut: a run notes its messages by subject, not by time.
        return tuple(sorted(self._messages, key=lambda message: message.at_us)[:STORY_LIMIT])


def per_second(instants_us: Iterable[int], *, until_us: int, step_us: int = SECOND_US) -> tuple[Sample, ...]:
    """How often something happened in each step of time, as a rate for a second, from 0 to ``until_us``."""
    counts = Counter(at_us // step_us for at_us in instants_us)
    return tuple(Sample(step * step_us, counts[step] * SECOND_US / step_us) for step in range(-(-until_us // step_us)))
