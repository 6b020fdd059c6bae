"""What an entry obliges one to build: each entry once, by its shortest way, whatever goes round in circles."""

from hypothesis import given
from hypothesis import strategies as st

from patterns.document.debts import Requirement, debts

CODES = st.sampled_from(["01", "02", "03", "04", "05"])
REQUIREMENTS = st.lists(st.builds(Requirement, CODES, CODES, st.just("")), max_size=12)


def owed(text: str, code: str = "01", *, have: str = "") -> list[tuple[str, int, str]]:
    """Code, depth and way of each debt; ``01>02`` says that one requires the other."""
    pairs = (pair.split(">") for pair in text.split())
    stated = [Requirement(source, target, f"{source} needs it") for source, target in pairs]
    found = debts(code, stated, have=have.split())
    return [(debt.code, debt.depth, " ".join(one.target for one in debt.way)) for debt in found]


def test_nothing_is_owed_where_nothing_is_required():
    assert owed("02>03") == []


def test_what_a_requirement_requires_is_owed_too():
    assert owed("01>02 02>03 03>04") == [("02", 1, "02"), ("03", 2, "02 03"), ("04", 3, "02 03 04")]


def test_the_shortest_way_is_told():
    assert owed("01>02 02>03 01>03") == [("02", 1, "02"), ("03", 1, "03")]


def test_of_equal_ways_the_first_in_code_order_is_told():
    assert owed("01>9 01>10 10>04 9>04") == [("9", 1, "9"), ("10", 1, "10"), ("04", 2, "9 04")]


def test_a_circle_ends_and_owes_nobody_itself():
    assert owed("01>02 02>01 02>02 02>03 03>02") == [("02", 1, "02"), ("03", 2, "02 03")]


def test_the_reason_is_that_of_the_last_step():
    [_, last] = debts("01", [Requirement("01", "02", "a"), Requirement("02", "03", "b")])

    assert last.why == "b"


def test_what_one_has_is_not_owed_nor_what_only_it_leads_to():
    assert owed("01>02 02>03 01>04", have="02") == [("04", 1, "04")]


def test_what_another_way_leads_to_stays_owed():
    assert owed("01>02 02>03 01>04 04>05 05>03", have="02") == [
        ("04", 1, "04"),
        ("05", 2, "04 05"),
        ("03", 3, "04 05 03"),
    ]


def test_a_mark_on_the_entry_itself_or_on_nothing_owed_changes_nothing():
    assert owed("01>02", have="01 09") == [("02", 1, "02")]


@given(REQUIREMENTS)
def test_it_is_the_closure_and_its_ways_are_ways(stated: list[Requirement]):
    found = debts("01", stated)

    reached, edge = set[str](), {"01"}
    while edge := {one.target for one in stated if one.source in edge} - reached:
        reached |= edge
    assert {debt.code for debt in found} == reached - {"01"}
    for debt in found:
        sources = ["01", *(one.target for one in debt.way)]
        assert [one.source for one in debt.way] == sources[:-1]
        assert set(debt.way) <= set(stated)


@given(REQUIREMENTS, st.sets(CODES), CODES)
def test_marking_adds_no_debt_and_every_way_that_is_left_avoids_the_marks(
    stated: list[Requirement], have: set[str], also: str
):
    before, after = debts("01", stated, have=have), debts("01", stated, have={*have, also})

    assert {debt.code for debt in after} <= {debt.code for debt in before} - {also}
    reached, edge = set[str](), {"01"}
    while edge := {one.target for one in stated if one.source in edge} - reached - have:
        reached |= edge
    assert {debt.code for debt in before} == reached - {"01"}
    assert not [debt for debt in before if have & {one.target for one in debt.way}]
