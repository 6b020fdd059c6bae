"""A copy that lags: what it has, what it lacks, and for how long."""

import pytest

from patterns.lab.systems.stale_copy import Change, Feed, StaleCopy
from patterns.lab.systems.station import Outage


def behind(*commits: tuple[int, int], applied: int = 0) -> StaleCopy:
    """One to which changes were committed, each given by its record and instant; of the first, some were applied."""
    copy = StaleCopy()
    changes = [copy.commit(record, at_us) for record, at_us in commits]
    for change in changes[:applied]:
        copy.apply(change, 100 + change.number)
    return copy


@pytest.mark.parametrize(("at_us", "arrives_us"), [(0, 20), (29, 49), (30, 90), (69, 90), (70, 90), (71, 91)])
def test_a_change_that_comes_while_the_feed_is_stopped_waits_for_its_end(at_us: int, arrives_us: int):
    assert Feed(20, Outage(50, 90)).arrives_us(Change(0, 1, at_us)) == arrives_us


def test_changes_are_numbered_in_the_order_of_their_commits():
    assert behind((7, 10), (8, 20)).changes == [Change(0, 7, 10), Change(1, 8, 20)]


def test_a_change_is_had_from_the_moment_it_is_applied():
    copy = behind((7, 10), (8, 20), applied=1)

    assert [copy.has(change) for change in copy.changes] == [True, False]


@pytest.mark.parametrize("number", [0, 2])
def test_a_change_out_of_turn_is_refused(number: int):
    copy = behind((7, 10), (8, 20), (9, 30), applied=1)

    with pytest.raises(ValueError, match=f"change {number} came, and the next is 1"):
        copy.apply(copy.changes[number], 200)


@pytest.mark.parametrize(
    ("record", "asked_us", "number"),
    [
        (7, 100, 1),  # the second change of the record: the first is applied, and the third came later
        (8, 100, 2),
        (8, 30, None),  # asked for as it was committed, so not before
        (9, 100, None),  # never written
    ],
)
def test_what_is_missing_was_committed_before_it_was_asked_for(record: int, asked_us: int, number: int | None):
    copy = behind((7, 10), (7, 20), (8, 30), (7, 40), applied=1)

    missing = copy.missing(record, asked_us)

    assert (missing.number if missing else None) == number


@pytest.mark.parametrize(
    ("at_us", "age_us"),
    [
        (10, 0),
        (60, 50),  # since the first
        (100, 80),  # the first is applied at that instant, the second is missing since 20
        (101, 0),
        (250, 50),  # a third, committed at 200, never came
    ],
)
def test_a_copy_is_as_old_as_the_first_change_that_it_lacks(at_us: int, age_us: int):
    assert behind((7, 10), (8, 20), (9, 200), applied=2).age_us(at_us) == age_us


def test_a_copy_of_a_store_in_which_nothing_changed_is_never_old():
    assert StaleCopy().age_us(1_000) == 0
