"""The durable queue: what it keeps, what it hands out again, and what happens while nobody can reach it."""

from patterns.lab.simulation import World, run_to_the_end
from patterns.lab.systems.durable_queue import DurableQueue, Occupancy

LEASE_US = 100


def queue_of(*messages: str) -> DurableQueue[str]:
    queue = DurableQueue[str](World(), LEASE_US)
    for message in messages:
        queue.put(message)
    return queue


def taken(queue: DurableQueue[str]) -> list[str]:
    """All that can be taken now."""
    found = []
    while lease := queue.take():
        found.append(lease.message)
    return found


def wait(queue: DurableQueue[str], until_us: int) -> None:
    queue.world.run(until=until_us)


def woken_us(queue: DurableQueue[str], *acts) -> list[int]:
    """When somebody who waits for a change at 0 is woken; ``acts`` are what others do, and when."""
    woken = []

    def waiter():
        yield queue.change()
        woken.append(queue.world.now_us)

    def others():
        for at_us, act in acts:
            yield queue.world.timeout(at_us - queue.world.now_us)
            act()

    queue.world.process(waiter())
    queue.world.process(others())
    run_to_the_end(queue.world)
    return woken


def test_messages_come_in_the_order_in_which_they_were_put():
    assert taken(queue_of("a", "b", "c")) == ["a", "b", "c"]


def test_what_somebody_holds_is_not_handed_out():
    queue = queue_of("a", "b")
    queue.take()

    assert taken(queue) == ["b"]


def test_an_acknowledged_message_never_comes_again():
    queue = queue_of("a")

    assert queue.ack(queue.take())

    wait(queue, LEASE_US * 2)
    assert (queue.take(), queue.content.count) == (None, 0)


def test_a_message_comes_again_when_its_lease_is_over_and_not_before():
    queue = queue_of("a")
    queue.take()

    wait(queue, LEASE_US - 1)
    assert queue.take() is None
    wait(queue, LEASE_US)
    assert queue.take().message == "a"


def test_a_message_that_comes_again_goes_before_newer_ones():
    queue = queue_of("a", "b", "c")
    first = queue.take()
    queue.ack(queue.take())
    wait(queue, LEASE_US)

    assert (first.message, taken(queue)) == ("a", ["a", "c"])


def test_two_that_come_again_keep_their_order():
    queue = queue_of("a", "b")
    taken(queue)
    wait(queue, LEASE_US)

    assert taken(queue) == ["a", "b"]


def test_a_lease_lasts_from_when_the_message_was_taken():
    queue = queue_of("a", "b")
    queue.take()
    wait(queue, 50)
    queue.take()
    wait(queue, LEASE_US)

    assert taken(queue) == ["a"]


def test_who_acknowledges_after_another_has_taken_it_is_not_heard():
    queue = queue_of("a")
    late = queue.take()
    wait(queue, LEASE_US)
    again = queue.take()

    assert not queue.ack(late)
    assert queue.ack(again)


def test_who_acknowledges_late_is_heard_as_long_as_nobody_else_has_it():
    queue = queue_of("a")
    late = queue.take()
    wait(queue, LEASE_US + 1)

    assert queue.ack(late)
    assert queue.take() is None


def test_a_message_cannot_be_acknowledged_twice():
    queue = queue_of("a")
    lease = queue.take()
    queue.ack(lease)

    assert not queue.ack(lease)
    assert queue.content.count == 0


def test_a_paused_queue_confirms_hands_out_and_notes_nothing():
    queue = queue_of("a", "b")
    lease = queue.take()

    queue.pause()

    assert (queue.put("c"), queue.take(), queue.ack(lease)) == (False, None, False)


def test_a_queue_that_is_back_has_kept_what_it_had_confirmed():
    queue = queue_of("a", "b")
    queue.pause()
    queue.put("c")
    queue.resume()

    assert taken(queue) == ["a", "b"]


def test_who_waits_is_woken_by_a_message():
    queue = queue_of()

    assert woken_us(queue, (7, lambda: queue.put("a"))) == [7]


def test_who_waits_is_woken_when_a_lease_is_over():
    queue = queue_of("a")
    queue.take()

    assert woken_us(queue) == [LEASE_US]


def test_who_waits_for_a_paused_queue_is_woken_when_it_is_back():
    queue = queue_of("a")
    queue.take()
    queue.pause()

    assert woken_us(queue, (300, queue.resume)) == [300]


def test_who_looks_again_after_a_lease_was_over_does_not_wait_in_the_past():
    queue = queue_of("a")
    queue.take()
    wait(queue, LEASE_US * 2)

    assert woken_us(queue) == [LEASE_US * 2]


def test_a_change_that_was_seen_is_not_seen_twice():
    queue = queue_of("a")
    queue.ack(queue.take())

    assert woken_us(queue) == []


def test_a_queue_in_memory_loses_what_waits_and_what_is_held():
    queue = queue_of("a", "b", "c")
    queue.ack(queue.take())
    held = queue.take()

    assert queue.forget() == ["b", "c"]

    wait(queue, LEASE_US)
    assert (queue.take(), queue.ack(held), queue.content.count) == (None, False, 0)


# How many are in a place


def visited() -> Occupancy:
    """One from 10 to 40, another from 20 to 30, a third from 50 to 60."""
    world = World()
    place = Occupancy(world)
    for at_us, entered_us in ((10, None), (20, None), (30, 20), (40, 10), (50, None), (60, 50)):
        world.run(until=at_us)
        place.enter() if entered_us is None else place.leave(entered_us)
    return place


def test_the_area_under_the_count_is_the_sum_of_all_stays():
    place = visited()

    assert place.stays_us == [10, 30, 10]
    assert place.area_us() == 50


def test_the_count_at_an_instant_is_that_after_its_change():
    assert visited().at([0, 10, 19, 20, 30, 40, 55, 60, 99]) == [0, 1, 1, 2, 1, 0, 1, 0, 0]


def test_a_place_is_empty_at_once_or_when_the_last_has_left():
    place = visited()

    assert [place.empty_us(at_us) for at_us in (0, 15, 40, 45, 50, 70)] == [0, 40, 40, 45, 60, 70]


def test_a_place_that_somebody_never_left_is_never_empty():
    place = Occupancy(World())
    place.enter()

    assert place.empty_us(5) is None
