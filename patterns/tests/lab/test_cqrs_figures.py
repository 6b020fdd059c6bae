"""What is measured of a read store and its rivals, and what of it is shown."""

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.cqrs import OwnReads, ReadModel, own_reads, told_write
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Structure
from patterns.lab.systems.cqrs import (
    CALM_US,
    PEAK_US,
    STOP_US,
    VIEW,
    ReadEnd,
    ReadModelSettings,
    RecordLoad,
    RecordStore,
    WriteEnd,
)
from patterns.lab.systems.stale_copy import Change
from patterns.lab.trace import Failure, Message, Trace
from patterns.tests.lab.test_cqrs import SIDES, read, store_of, write

figures = ReadModel().figures

# Figures


def ended(at_ms: int, takes_ms: int, missing_since_ms: int | None = None, own: bool | None = None) -> ReadEnd:
    """``own`` is whether its author missed the own change."""
    missing = None if missing_since_ms is None else Change(0, 1, missing_since_ms * MILLISECOND_US)
    change = None if own is None else Change(9, 1, 0)
    return ReadEnd(read(at_ms), (at_ms + takes_ms) * MILLISECOND_US, missing, change, bool(own))


def measured(*ends: ReadEnd, side: str = WITH) -> dict[str, float | None]:
    store = RecordStore(ReadModelSettings(), RecordLoad([], []), side)
    store.ends = [*ends]
    return figures(store)


def test_times_are_of_all_reads_and_their_mean_of_settled_ones():
    found = measured(*(ended(100, 2) for _ in range(18)), ended(6000, 7, own=False), ended(7000, 9))

    assert (found["read_p95_ms"], found["read_mean_ms"]) == (7, 9)


def test_reads_of_authors_are_counted_apart():
    others = [ended(1, 1, 0), ended(6000, 1, 5900), *[ended(6000, 1)] * 6]
    authors = [ended(8000, 1, 7000, True), *[ended(1, 1, own=False)] * 2]

    found = measured(*others, *authors)

    assert (found["stale"], found["settled_stale"], found["own_missed"]) == (2 / 8, 1 / 7, 1 / 3)


def test_the_age_is_of_stale_reads_alone_whoever_asked():
    assert measured(ended(50, 1, 10), ended(90, 1), ended(80, 5, 10, True))["age_ms"] == 70


def test_what_did_not_happen_has_no_figure():
    found = measured()

    assert [key for key, value in found.items() if value is not None] == ["processes"]


def test_a_write_takes_until_its_commit():
    store = RecordStore(ReadModelSettings(), RecordLoad([], []), WITH)
    store.writes = [WriteEnd(write(at_ms), Change(0, 1, 100 * MILLISECOND_US)) for at_ms in (20, 60)]

    assert figures(store)["write_p95_ms"] == 80


@pytest.mark.parametrize("look_after_ms", [-1, 5000])
def test_a_write_is_timed_whether_its_author_looks_or_not(look_after_ms: int):
    assert figures(store_of(write(0, look_after_ms=look_after_ms)))["write_p95_ms"] == 30


@pytest.mark.parametrize(("side", "count"), [(WITHOUT, 2), (WITH, 3), (VIEW, 2)])
def test_a_projector_is_one_process_more(side: str, count: int):
    assert measured(side=side)["processes"] == count


# What is shown


def test_charts_show_each_second_its_times_its_age_and_its_old_values():
    store = store_of(write(1500), read(1600), read(1602), read(2800), side=WITH, feed_ms=1000)

    slow, ages, old = ([sample.value for sample in one.samples] for one in ReadModel().series(store))

    # The change is committed at 1,530 and arrives at 2,530.
    assert slow == [0, 4, 3, *[0] * 27]
    assert ages == [0, 0, 0.47, *[0] * 27]
    assert old == [0, 2, 0, *[0] * 27]


def test_a_read_is_shown_in_the_second_in_which_it_was_asked():
    slow, _, old = ReadModel().series(store_of(write(0), read(198, record=2), read(999), read(29_998)))

    assert [(one.at_us // SECOND_US, one.value) for one in slow.samples if one.value] == [(0, 3), (29, 3)]
    assert not any(one.value for one in old.samples)


def test_the_peak_and_the_stop_are_failures_where_there_are_any():
    peak, stop = (
        Failure("more reads", PEAK_US, CALM_US),
        Failure("the projector is stopped", STOP_US, STOP_US + SECOND_US),
    )

    found = [
        ReadModel().failures(store_of(**one)) for one in ({}, {"more": 0}, {"stop_s": 1}, {"more": 0, "stop_s": 1})
    ]

    assert found == [(peak,), (), (peak, stop), (stop,)]


def story(side: str, **settings: int) -> list[tuple[int, str, str, str, str]]:
    """Of a change in the peak, its author, who looks soon, and a slow reader; times in milliseconds."""
    load = write(10_000, look_after_ms=50), read(11_000), read(11_001)
    trace, store = Trace(), store_of(*load, side=side, **settings)
    ReadModel().narrate(trace, store)
    return [told(message) for message in trace.story()]


def told(message: Message) -> tuple[int, str, str, str, str]:
    return message.at_us // MILLISECOND_US, message.sender, message.receiver, message.text, message.kind


def test_the_story_of_a_read_store_is_an_author_who_comes_too_early():
    assert story(WITH) == [
        (10_000, "author", "write store", "change a record", "call"),
        (10_030, "write store", "author", "done", "reply"),
        (10_080, "author", "read store", "show the record", "call"),
        (10_083, "read store", "author", "the old value, after 3 ms", "fail"),
        (10_230, "write store", "projector", "the change", "event"),
        (10_235, "projector", "read store", "row of the view", "store"),
        (11_001, "reader", "read store", "show the record", "call"),
        (11_006, "read store", "reader", "a value, after 5 ms", "reply"),
    ]


def test_the_story_of_a_replica_is_a_reader_who_waits():
    assert story(WITHOUT)[2:] == [
        (10_050, "primary", "replica", "the change", "event"),
        (10_055, "replica", "replica", "applied", "store"),
        (10_080, "author", "replica", "show the record", "call"),
        (10_090, "replica", "author", "the new value, after 10 ms", "reply"),
        (11_001, "reader", "replica", "show the record", "call"),
        (11_020, "replica", "reader", "a value, after 19 ms", "reply"),
    ]


def test_the_slowest_read_of_the_story_is_one_of_the_peak():
    trace, store = Trace(), store_of(read(1000), read(1000), read(11_000), read(26_000), read(26_000))

    ReadModel().narrate(trace, store)

    assert [told(message)[0] for message in trace.story()] == [11_000, 11_003]


def test_the_story_says_when_the_projector_stops_and_goes_on():
    stops = [one for one in story(WITH, stop_s=2) if one[1:3] == ("projector", "projector")]

    assert stops == [
        (12_000, "projector", "projector", "stops", "fail"),
        (14_000, "projector", "projector", "goes on", "event"),
    ]
    assert not [one for one in story(WITHOUT, stop_s=2) if "projector" in one]


def test_the_author_of_the_story_looks_when_a_replica_has_the_change_and_a_read_store_has_not():
    early, silent, hasty, fitting = write(9_000, 1, 50), write(10_001, 2), write(10_002, 3, 19), write(10_003, 4, 199)
    loads = ([early], [early, silent], [early, silent, hasty], [early, silent, hasty, fitting, write(10_004, 5, 50)])

    found = [told_write(ReadModelSettings(), load) for load in loads]

    assert found == [None, silent, hasty, fitting]


def built(side: str, **settings: int) -> Structure:
    return ReadModel().structure(ReadModelSettings(**settings), side)


def test_only_a_read_store_adds_parts():
    new = {side: [part.name for part in built(side).parts if part.is_new] for side in SIDES}

    assert new == {WITHOUT: [], WITH: ["Projector", "Read store"], VIEW: []}


def test_the_peak_and_the_stop_are_marked_where_they_hurt():
    def broken(structure: Structure) -> list[str]:
        wires = [f"{wire.source}-{wire.target}" for wire in structure.wires if wire.is_broken]
        return wires + [part.key for part in structure.parts if part.is_broken]

    assert broken(built(WITHOUT, stop_s=5)) == ["readers-copy"]
    assert broken(built(WITH, stop_s=5)) == ["readers-copy", "primary-projector", "projector"]
    assert broken(built(WITH, more=0)) == []


@pytest.mark.parametrize(
    ("side", "notes"),
    [
        (WITHOUT, {"primary": "25 ms a write", "copy": "joins: 9 ms a read"}),
        (WITH, {"primary": "25 ms a write", "projector": "7 ms a change", "copy": "view: 4 ms a read"}),
        (VIEW, {"primary": "7 ms more for the view", "copy": "view: 4 ms a read"}),
    ],
)
def test_the_drawing_has_the_numbers_that_are_set(side: str, notes: dict[str, str]):
    drawing = built(side, reads=30, more=5, writes=8, write_ms=25, join_ms=9, view_ms=4, project_ms=7)

    clients = {"writers": "8 writes a second", "readers": "30 to 35 reads a second"}
    assert {one.key: one.note for one in drawing.parts} == {**clients, **notes}


@pytest.mark.parametrize(("side", "after"), [(WITHOUT, "after 70 ms"), (WITH, "after 1,500 ms"), (VIEW, "after 70 ms")])
def test_the_drawing_says_when_the_copy_gets_a_change(side: str, after: str):
    wires = built(side, ship_ms=70, feed_ms=1500).wires

    assert [wire.note for wire in wires if wire.source == "primary"] == [after]
    assert {wire.is_async for wire in wires if wire.source == "primary"} == {True}


def test_without_a_peak_the_drawing_has_one_number_of_reads():
    assert built(WITH, reads=30, more=0).parts[1].note == "30 reads a second"
    assert built(WITH, stop_s=4).parts[3].note == "stopped for 4 s"


def test_the_calculator_says_when_one_copy_is_not_enough():
    assert own_reads(OwnReads(60, 10, 3)) == (
        "Joining, the copy is busy for 60 % of the time: a read takes 25 ms on average, and 95 % take at most 75 ms. "
        "With a view, the copy is busy for 18 % of the time: a read takes 4 ms on average, and 95 % take at most 11 ms."
    )
    assert "a read takes 1,000 ms on average, and 95 % take at most 2,996 ms. " in own_reads(OwnReads(9, 100, 10))
    assert own_reads(OwnReads(250, 10, 3)).startswith(
        "Joining, one copy serves less than 100 a second: you would need 3."
    )
    assert own_reads(OwnReads(1, 8_000, 3)).startswith(
        "Joining, one copy serves less than 0.125 a second: you would need 9."
    )
