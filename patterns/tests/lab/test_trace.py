import pytest
from simpy.events import Timeout

from patterns.lab.simulation import EVENT_LIMIT, SECOND_US, TooManyEvents, World, run_to_the_end
from patterns.lab.trace import REPEATS, STORY_LIMIT, Sample, Trace, per_second


def test_a_story_is_told_in_the_order_of_time():
    trace = Trace()
    for at_us in (3, 1, 2):
        trace.note(at_us, "a", "b", f"at {at_us}")

    assert [message.at_us for message in trace.story()] == [1, 2, 3]


def test_a_story_does_not_repeat_itself_for_long():
    trace = Trace()
    for at_us in range(10):
        trace.note(at_us, "a", "b", "again")

    assert [message.at_us for message in trace.story()] == [*range(REPEATS)]


def test_a_story_has_an_end():
    trace = Trace()
    for at_us in range(100):
        trace.note(at_us, "a", "b", f"message {at_us}")

    assert len(trace.story()) == STORY_LIMIT


def test_a_rate_counts_what_happened_in_each_second():
    assert per_second([0, 999_999, 1_000_000], until_us=2_500_000) == (
        *(Sample(0, 2), Sample(SECOND_US, 1), Sample(2 * SECOND_US, 0)),
    )


def test_a_rate_over_shorter_steps_is_still_a_rate_for_a_second():
    assert per_second([0, 1], until_us=500_000, step_us=250_000) == (Sample(0, 8), Sample(250_000, 0))


def test_what_was_begun_comes_to_its_end():
    world, ended = World(), []
    Timeout(world, 5 * SECOND_US).callbacks.append(lambda _: ended.append(world.now_us))

    run_to_the_end(world)

    assert ended == [5 * SECOND_US]


def test_a_run_that_never_ends_is_stopped():
    world = World()

    def forever():
        while True:
            yield world.timeout(1)

    world.process(forever())
    with pytest.raises(TooManyEvents, match=f"{EVENT_LIMIT:,} events"):
        run_to_the_end(world)
