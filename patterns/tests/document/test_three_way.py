"""Three versions of a document: what one side changed is taken, what both changed is left to somebody."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patterns.document.entry import ENTRY_KEYS, Entry
from patterns.document.three_way import ThreeWay
from patterns.tests.factories import entry
from patterns.tests.strategies import ENTRIES

KEYS = tuple(key for key in ENTRY_KEYS if key != "code")


def versions(base: Entry | None, now: Entry, mine: Entry, **about: Any) -> ThreeWay[Entry]:
    return ThreeWay("entry", "01", base, now, mine, KEYS, **about)


def test_what_each_side_changed_alone_fits_together():
    three = versions(entry(), entry(description="Theirs."), entry(problem="Mine."))

    assert three.open_keys == ()
    assert three.decided({}) == entry(description="Theirs.", problem="Mine.")


def test_what_both_changed_is_open_until_it_is_decided():
    three = versions(entry(), entry(description="Theirs."), entry(description="Mine.", problem="Mine."))

    assert three.open_keys == ("description",)
    assert three.decided({"description": "Ours."}) == entry(description="Ours.", problem="Mine.")


def test_what_both_changed_alike_is_not_open():
    same = entry(description="Same.")

    assert versions(entry(), same, same).open_keys == ()


def test_without_a_base_every_difference_is_open():
    three = versions(None, entry(description="Theirs."), entry(problem="Mine."))

    assert three.open_keys == ("description", "problem")


def test_a_key_that_fits_can_be_asked_for_if_it_differs():
    three = versions(entry(), entry(), entry(problem="Mine."), asked=frozenset({"problem", "solution"}))

    assert three.open_keys == ("problem",)
    assert three.decided({}) == entry()


def test_keys_that_mine_may_not_change_stay_as_they_are_now():
    three = ThreeWay("entry", "01", entry(), entry(), entry(slug="mine", problem="Mine."), ("problem",))

    assert three.decided({}) == entry(problem="Mine.")


FEW = st.builds(
    entry, problem=st.sampled_from(["", "A", "B"]), solution=st.sampled_from("AB"), aliases=st.sampled_from([[], ["A"]])
)


@given(st.none() | FEW, FEW, FEW)
def test_no_change_of_either_side_is_lost_unseen(base: Entry | None, now: Entry, mine: Entry):
    three = versions(base, now, mine)
    decided = three.decided({})

    for key in set(KEYS) - set(three.open_keys):
        before, theirs, own = (getattr(one, key) if one else None for one in (base, now, mine))
        assert getattr(decided, key) in (theirs, own)
        assert theirs == before or getattr(decided, key) == theirs
        assert own == before or getattr(decided, key) == own


@given(ENTRIES, ENTRIES, ENTRIES)
def test_the_open_keys_differ_on_all_sides(base: Entry, now: Entry, mine: Entry):
    for key in versions(base, now, mine).open_keys:
        assert len({repr(getattr(one, key)) for one in (base, now, mine)}) == 3
