from hypothesis import given
from hypothesis import strategies as st

from patterns.document.rows import RowMerge

ONE, TWO, THREE, FOUR = "keep the order", "send the letter", "count all money", "wait for answers"
BASE = (ONE, TWO, THREE)

words = st.text("ab c", max_size=6)
lists = st.lists(words, max_size=6).map(tuple)


def told(merge: RowMerge) -> list[tuple[str, int | None, int | None]]:
    return [(one.kind, one.now, one.mine) for one in merge.changes]


def taking(merge: RowMerge, *kinds: str) -> tuple[str, ...]:
    return merge.with_changes([one for one in merge.changes if one.kind in kinds])


@given(lists, lists)
def test_all_changes_of_a_list_that_nobody_touched_make_it_mine_and_none_leave_it(base, mine):
    merge = RowMerge(base, base, mine)

    assert merge.with_changes(merge.changes) == mine
    assert merge.with_changes([]) == base


@given(lists, lists, lists)
def test_nothing_of_what_others_did_is_lost_or_made_up(base, now, mine):
    merge = RowMerge(base, now, mine)

    assert merge.with_changes([]) == now
    for one in merge.changes:
        assert {*merge.with_changes([one])} <= {*now, *mine}


@given(lists, lists, st.data())
def test_any_choice_has_each_row_of_either_list_at_most_as_often_as_they_have(base, mine, data):
    merge = RowMerge(base, base, mine)
    chosen = data.draw(st.sets(st.sampled_from(merge.changes))) if merge.changes else set()
    count = sum({"added": 1, "removed": -1}.get(one.kind, 0) for one in chosen)

    assert len(merge.with_changes(chosen)) == len(base) + count


def test_each_kind_is_told_by_its_rows():
    merge = RowMerge(BASE, BASE, (THREE, "keep the right order", FOUR))

    assert told(merge) == [("moved", 2, 0), ("changed", 0, 1), ("added", None, 2), ("removed", 1, None)]


def test_each_kind_is_taken_by_itself():
    merge = RowMerge(BASE, BASE, (THREE, "keep the right order", FOUR))

    assert taking(merge, "moved") == (THREE, ONE, TWO)
    assert taking(merge, "changed") == ("keep the right order", TWO, THREE)
    assert taking(merge, "added") == (ONE, FOUR, TWO, THREE)
    assert taking(merge, "removed") == (ONE, THREE)


def test_what_others_added_stays_whatever_is_taken():
    merge = RowMerge(BASE, (*BASE, FOUR), (ONE, "send the long letter"))

    assert told(merge) == [("changed", 1, 1), ("removed", 2, None)]
    assert merge.with_changes(merge.changes) == (ONE, "send the long letter", FOUR)


def test_what_both_added_alike_is_there_already():
    assert told(RowMerge(BASE, (*BASE, FOUR), (FOUR, *BASE))) == []


def test_what_others_removed_and_nobody_wrote_in_stays_removed():
    assert told(RowMerge(BASE, (ONE, THREE), (ONE, TWO, "count all the money"))) == [("changed", 1, 2)]


def test_what_others_removed_can_be_taken_as_it_was_written_anew():
    merge = RowMerge(BASE, (ONE, THREE), (ONE, "send the long letter", THREE))

    assert merge.with_changes(merge.changes) == (ONE, "send the long letter", THREE)


def test_a_change_reads_as_what_it_brings_and_takes():
    merge = RowMerge(BASE, BASE, (THREE, "keep the right order", TWO))
    pieces = {one.kind: [(piece.kind, piece.text) for piece in merge.pieces(one)] for one in merge.changes}

    assert pieces["moved"] == [("moved", "to row 1: "), ("same", THREE)]
    assert ("added", "right ") in pieces["changed"]
