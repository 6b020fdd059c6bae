"""Retry: a service hangs for a while, and all that were turned away in the meantime come back to it.

A service has workers and a queue. Its callers give up an attempt after a timeout, but what they sent stays in the queue
and is worked on all the same: the service cannot see that nobody waits for it. All sides have the same timeout, and
those that try again the same number of tries.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.parameters import Parameters, choice, integer, law_only
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.trace import Kind, Message

HANG_US = 15 * SECOND_US  # when the service begins to hang, and when a crowd comes
ONCE = "once"
PARTS = 1_000_000  # into which a random pause is divided


@dataclass(frozen=True)
class RetrySettings(Parameters):
    rate: int = integer(14, 2, 30, name="Requests", unit="a second")
    workers: int = integer(2, 1, 8, name="Workers", about="Calls that the service works on at once.")
    service_ms: int = integer(
        100, 20, 400, step=10, name="Time to answer", unit="ms", about="On average: a few take far longer."
    )
    queue: int = integer(80, 0, 200, name="Queue", unit="calls", about="When it is full, a call is refused at once.")
    outage_s: int = integer(10, 0, 20, name="The service hangs", unit="s", about="From 15 s on; its queue fills.")
    crowd: int = integer(0, 0, 300, name="Crowd", unit="requests", about="More, all at once, after 15 s.")
    errors: int = integer(0, 0, 500, name="Passing errors", unit="in 1,000 calls", about="Refused; the next may do.")
    lost: int = integer(0, 0, 200, name="Answers lost", unit="in 1,000 calls", about="Carried out, but nobody hears.")
    repeats: Literal["harmless", "harmful"] = choice(
        "harmless", name="Carried out twice", harmless="Does no harm", harmful="Does harm: counts as failed"
    )
    stale: Literal["work", "drop"] = choice(
        "work", name="Calls that were given up", work="Are worked on all the same", drop="Are dropped unread"
    )
    timeout_ms: int = integer(2000, 200, 5000, step=100, name="Timeout of a call", unit="ms")
    tries: int = integer(3, 1, 5, name="Tries", about="The same on both sides that try again.")
    fixed_ms: int = integer(500, 0, 2000, step=50, name="Fixed pause", unit="ms", about="Without the pattern.")
    base_ms: int = integer(500, 50, 2000, step=50, name="First pause at most", unit="ms", about="It doubles each time.")
    cap_ms: int = integer(5000, 100, 9000, step=100, name="Any pause at most", unit="ms")
    jitter: Literal["full", "none"] = choice(
        "full", name="Jitter", full="Full: from nothing to the limit", none="None: the limit"
    )
    budget: Literal["on", "off"] = choice("on", name="Retry budget", on="On", off="Off")
    share: int = integer(10, 1, 100, name="Budget", unit="retries for 100 successes")
    reserve: int = integer(10, 1, 50, name="Bucket", unit="retries", about="In each caller; full at the start.")
    callers: int = integer(4, 1, 20, name="Callers", about="Processes, each with a budget of its own.")
    horizon_s: int = law_only(60)  # requests arrive so long

    @property
    def horizon_us(self) -> int:
        return self.horizon_s * SECOND_US

    @property
    def up_us(self) -> int:
        """When the service works again."""
        return HANG_US + self.outage_s * SECOND_US


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try would meet; of those that are never made, nobody hears."""

    work_us: int
    has_error: bool
    is_lost: bool
    jitter: int  # of the pause after it, in parts


@dataclass(frozen=True, slots=True)
class UserRequest:
    number: int
    at_us: int
    caller: int
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class RetryLoad:
    requests: list[UserRequest]


class RetryBudget:
    """A token bucket: a success puts a share of a token in, a retry takes a whole one out."""

    def __init__(self, share: int, reserve: int) -> None:
        self.share, self.most, self.hundredths = share, reserve * 100, reserve * 100

    def earn(self) -> None:
        self.hundredths = min(self.most, self.hundredths + self.share)

    def spend(self) -> bool:
        """Whether there was a token left."""
        if self.hundredths < 100:
            return False
        self.hundredths -= 100
        return True


def backoff_us(p: RetrySettings, tried: int, jitter: int) -> int:
    """How long to wait after ``tried`` tries: a limit that doubles up to a cap, of which chance takes a part."""
    limit_us = min(p.cap_ms, p.base_ms << (tried - 1)) * MILLISECOND_US
    return limit_us * jitter // PARTS if p.jitter == "full" else limit_us


@dataclass(slots=True, eq=False)
class Try:
    """One call on its way. ``is_over`` once the caller has an answer, or waits no longer."""

    request: UserRequest
    number: int  # the first is 1
    is_over: bool = False

    @property
    def chance(self) -> Attempt:
        return self.request.attempts[self.number - 1]


@dataclass(frozen=True, slots=True)
class RequestFate:
    """What a user got in the end, and when; ``tries`` were made for it."""

    request: UserRequest
    is_answered: bool
    tries: int
    at_us: int


class HangingService:
    """Workers and a queue. While it hangs it takes calls in and works on none."""

    def __init__(self, system: "RetryingCallers") -> None:
        self.system, self.world, self.p = system, system.world, system.p
        self.queue, self.busy = deque[Try](), 0
        self.worked_us, self.wasted_us = 0, 0  # in all, and for those who no longer waited when it was done
        self.carried_out = Counter[int]()  # by the number of the request

    def accept(self, call: Try) -> bool:
        """False if it refuses at once."""
        if call.chance.has_error or (not self.has_worker() and len(self.queue) >= self.p.queue):
            return False
        if self.has_worker():
            self.begin(call)
        else:
            self.queue.append(call)
        return True

    def has_worker(self) -> bool:
        return self.busy < self.p.workers and not self.hangs()

    def hangs(self) -> bool:
        return HANG_US <= self.world.now_us < self.p.up_us

    def fill(self) -> None:
        """Give free workers what waits longest."""
        while self.queue and self.has_worker():
            call = self.queue.popleft()
            if not (call.is_over and self.p.stale == "drop"):
                self.begin(call)

    def begin(self, call: Try) -> None:
        self.busy += 1
        now_us, work_us = self.world.now_us, call.chance.work_us
        # What is under way when it begins to hang rests until it is over.
        rest_us = self.p.up_us - HANG_US if now_us < HANG_US <= now_us + work_us else 0
        self.system.later(work_us + rest_us, lambda: self.end(call))

    def end(self, call: Try) -> None:
        self.busy -= 1
        self.carried_out[call.request.number] += 1
        if self.carried_out[call.request.number] > 1:
            self.system.note(call, "service", "service", f"carries request {call.request.number} out again", "fail")
        self.worked_us += call.chance.work_us
        self.wasted_us += call.chance.work_us if call.is_over else 0
        if not call.chance.is_lost:
            self.system.hear(call)
        self.fill()


class RetryingCallers(System[RetrySettings, RetryLoad]):
    """Callers that send each request until it is answered, or until their policy gives it up."""

    def __init__(self, p: RetrySettings, load: RetryLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.service = HangingService(self)
        has_budget = side == WITH and p.budget == "on"
        self.budgets = [RetryBudget(p.share, p.reserve) for _ in range(p.callers)] if has_budget else []
        self.sent_us: list[int] = []  # every call
        self.pauses_us: list[int] = []  # before second tries
        self.first_good: list[UserRequest] = []  # those that the first try answered
        self.fates: list[RequestFate] = []
        self.retried_us: list[int] = []  # those calls that are retries
        self.denied = 0  # requests given up for want of budget
        self.queue_lengths: list[tuple[int, int]] = []  # once a second, if it is looked at
        self.notes: dict[int, list[Message]] = {}

    @classmethod
    def draw(cls, p: RetrySettings, seed: int) -> RetryLoad:
        names = ("work", "error", "lost", "jitter", "caller")
        work, error, lost, jitter, caller = (Stream(seed, name) for name in names)
        usual = Stream(seed, "arrivals").arrivals_us(per_second=p.rate, until_us=p.horizon_us)
        requests = []
        for number, at_us in enumerate(sorted([*usual, *[HANG_US] * p.crowd]), 1):
            attempts = tuple(
                Attempt(
                    work.exponential_us(p.service_ms * MILLISECOND_US),
                    error.chance(p.errors / 1000),
                    lost.chance(p.lost / 1000),
                    jitter.index(PARTS),
                )
                for _ in range(p.tries)
            )
            requests.append(UserRequest(number, at_us, caller.index(p.callers), attempts))
        return RetryLoad(requests)

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()
        yield self.recovery()
        if self.is_traced:
            yield self.watch()

    def arrivals(self) -> Work[None]:
        for request in self.load.requests:
            yield self.world.timeout(request.at_us - self.world.now_us)
            self.send(Try(request, 1))

    def recovery(self) -> Work[None]:
        yield self.world.timeout(self.p.up_us)
        self.service.fill()

    def watch(self) -> Work[None]:
        """Count those that wait, once a second."""
        for second in range(self.p.horizon_s):
            self.queue_lengths.append((second * SECOND_US, len(self.service.queue)))
            yield self.world.timeout(SECOND_US)

    def later(self, delay_us: int, act: Callable[[], None]) -> None:
        self.world.timeout(delay_us).callbacks.append(lambda _: act())

    def send(self, call: Try) -> None:
        self.sent_us.append(self.world.now_us)
        if call.number > 1:
            self.retried_us.append(self.world.now_us)
        self.note(call, "caller", "service", f"request {call.request.number}, try {call.number}", "call")
        if self.service.accept(call):
            self.later(self.p.timeout_ms * MILLISECOND_US, lambda: self.fail(call, "no answer to"))
        else:
            self.fail(call, "refuses")

    def hear(self, call: Try) -> None:
        """The answer, which a caller that waits no longer does not take."""
        if call.is_over:
            return
        call.is_over = True
        self.note(call, "service", "caller", f"answers try {call.number}", "reply")
        if self.budgets:
            self.budgets[call.request.caller].earn()
        if call.number == 1:
            self.first_good.append(call.request)
        self.fates.append(RequestFate(call.request, True, call.number, self.world.now_us))

    def fail(self, call: Try, why: str) -> None:
        if call.is_over:
            return
        call.is_over = True
        self.note(call, "service", "caller", f"{why} try {call.number}", "fail")
        if self.may_retry(call):
            pause_us = self.pause_us(call)
            if call.number == 1:
                self.pauses_us.append(pause_us)
            self.later(pause_us, lambda: self.send(Try(call.request, call.number + 1)))
        else:
            self.note(call, "caller", "user", f"gives up request {call.request.number}", "fail")
            self.fates.append(RequestFate(call.request, False, call.number, self.world.now_us))

    def may_retry(self, call: Try) -> bool:
        """While tries are left and, where there is a budget, a token."""
        if self.side == ONCE or call.number >= self.p.tries:
            return False
        if self.budgets and not self.budgets[call.request.caller].spend():
            self.note(call, "caller", "caller", "has no budget left", "event")
            self.denied += 1
            return False
        return True

    def pause_us(self, call: Try) -> int:
        if self.side == WITHOUT:
            return self.p.fixed_ms * MILLISECOND_US
        return backoff_us(self.p, call.number, call.chance.jitter)

    def note(self, call: Try, sender: str, receiver: str, text: str, kind: Kind) -> None:
        if self.is_traced:
            message = Message(self.world.now_us, sender, receiver, text, kind)
            self.notes.setdefault(call.request.number, []).append(message)
