"""One simulated world, run until nothing is left to happen."""

import simpy

EVENT_LIMIT = 150_000  # a default run takes some 5,000; the worst that was found took 93,000 and half a second


class World(simpy.Environment):
    """A simulated world whose clock counts whole microseconds, because all that it waits for is whole."""

    @property
    def now_us(self) -> int:
        return int(self.now)


class TooManyEvents(Exception):
    """The parameters ask for more than one run may compute."""

    def __init__(self) -> None:
        super().__init__(
            f"This would take more than {EVENT_LIMIT:,} events, which is the most that one run may compute: "
            "choose a lower rate, a shorter time or fewer nodes."
        )


def run_to_the_end(world: World) -> None:
    """Let everything that was begun come to its end, so that each request has its outcome.

    Raises:
        TooManyEvents: after ``EVENT_LIMIT`` events.
    """
    try:
        for _ in range(EVENT_LIMIT):
            world.step()
    except simpy.core.EmptySchedule:
        return
    raise TooManyEvents
