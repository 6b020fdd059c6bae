"""What is drawn of accounts, the time of commands, and what stories and drawing say of a faulty release."""

from math import inf
from statistics import fmean

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.event_sourcing import told
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.accounts import USERS, AccountSettings, draw_accounts
from patterns.lab.systems.event_sourcing import COMMAND_LOG, Bank, CommandEnd, EventStream
from patterns.lab.systems.inquiry import rebuild_us, repaired, wrong_spans
from patterns.lab.trace import Message
from patterns.tests.lab.test_event_sourcing import EXPERIMENT, FAULTY_S, IN, bank, command, load


def test_any_change_of_an_account_may_be_asked_about():
    loads = [draw_accounts(AccountSettings(), seed) for seed in range(5)]

    marks = [mark for one in loads for mark in one.marks]
    assert all(0 <= mark < 1 for mark in marks)
    assert (fmean(marks), min(marks), max(marks)) == pytest.approx((0.5, 0, 1), abs=0.03)


def test_commands_come_as_often_as_is_set_from_all_users_and_go_both_ways():
    drawn = draw_accounts(AccountSettings(accounts=150, commands=12), 0)

    assert len(drawn.commands) == pytest.approx(150 * 12 * 100 / 60, rel=0.05)
    assert {one.user for one in drawn.commands} == {*range(USERS)}
    assert fmean(one.fact.is_deposit for one in drawn.commands) == pytest.approx(0.5, abs=0.03)
    assert {one.account for one in drawn.commands} == {*range(150)}


def test_accounts_begin_with_one_to_two_thousand_euros():
    openings = draw_accounts(AccountSettings(accounts=300), 0).openings

    assert (min(openings), max(openings)) == pytest.approx((100_000, 200_000), abs=3_000)
    assert fmean(openings) == pytest.approx(150_000, rel=0.05)


# The time of commands


def test_the_key_of_a_person_has_to_be_fetched_for_each_try():
    made = bank(WITH, load(command(1), command(1.005)), erasure="keys")

    # Thirteen milliseconds each; the second is refused at 18, and begins anew with an event to read.
    assert [(end.at_us - SECOND_US, end.tries) for end in made.ends if end.at_us] == [(13_000, 1), (31_050, 2)]


def ended(*ends: CommandEnd) -> Bank:
    made = bank(WITHOUT, load())
    made.ends = [*ends]
    return made


def test_a_command_that_takes_a_minute_counts_as_one_that_never_ends():
    late = [CommandEnd(command(1), 1_000_000 + seconds * SECOND_US) for seconds in (59, 60, 61)]

    assert [EXPERIMENT.figures(ended(one))["slow_ms"] for one in late] == [59_000, 60_000, 60_000]


def test_the_chart_of_time_counts_commands_that_were_given_up_and_by_when_they_came():
    quick = CommandEnd(command(4.9), 4_900_000 + 200 * MILLISECOND_US)

    (_, times) = EXPERIMENT.series(ended(quick, CommandEnd(command(4), None), CommandEnd(command(5), 5_010_000)))

    assert [sample.value for sample in times.samples][:3] == [(200 + 60_000) / 2, 10, 0]


def test_the_chart_of_wrong_balances_leaves_time_to_rebuild_all():
    (wrong, _) = EXPERIMENT.series(bank(WITH, load(), accounts=100, history=20))

    # Two million events take 100 seconds, after 60, and 40 more are shown.
    assert (wrong.samples[0].at_us, wrong.samples[-1].at_us) == (0, 200 * SECOND_US)


def test_ninety_five_of_a_hundred_commands_are_within_the_slow_time():
    ends = [CommandEnd(command(1), SECOND_US + number * MILLISECOND_US) for number in range(1, 101)]

    assert EXPERIMENT.figures(ended(*ends))["slow_ms"] == 95


def test_rows_are_counted_for_all_commands_given_up_or_not(monkeypatch: pytest.MonkeyPatch):
    append = EventStream.append
    monkeypatch.setattr(EventStream, "append", lambda self, event, expected: event.user == 3 and append(self, event, 0))

    found = EXPERIMENT.figures(bank(WITH, load(command(1), command(2, account=1, user=4))))

    assert (found["rows"], found["given_up"]) == (2 / 2, 1)


# What can be found out


def test_events_know_no_more_of_a_wrong_amount_because_others_forgot_to_log_it():
    assert repaired(bank(WITH, load(command(FAULTY_S, is_unlogged=True)), place="amount"), 0) is None


@pytest.mark.parametrize(("erasure", "count"), [("stream", 0), ("keys", 101)])
def test_of_a_stream_that_was_deleted_no_event_is_read_to_rebuild(erasure: str, count: int):
    made = bank(WITH, load(command(1), command(2, account=1), older=100, erased=(0,)), erasure=erasure)

    assert rebuild_us(made) == [count * 50, 101 * 50]


def test_a_rebuild_goes_past_the_accounts_that_are_gone():
    commands = [command(FAULTY_S), command(FAULTY_S, account=1)]
    made = bank(WITH, load(*commands, older=100, erased=(0,)))

    assert [until for _, until in wrong_spans(made)] == [inf, 60 * SECOND_US + 101 * 50]


# Stories


def kinds(found: list[Message]) -> list[tuple[float, str, str]]:
    return [(one.at_us / SECOND_US, one.text, one.kind) for one in found]


def test_the_story_of_an_audit_table_ends_with_what_cannot_be_told():
    assert kinds([*told(bank(WITHOUT, load(command(FAULTY_S))))]) == [
        (50, "withdrawal of 37 €", "call"),
        (50.012, "1,000.00 € → 960.00 €", "store"),
        (50.012, "balance 960.00 €", "fail"),
        (61, "what was done?", "call"),
        (61, "10 causes fit", "fail"),
        (61.000001, "set the row right", "call"),
        (61.000001, "right balance cannot be told", "fail"),
    ]


def test_the_story_of_events_ends_with_the_right_balance():
    assert kinds([*told(bank(WITH, load(command(FAULTY_S))))]) == [
        (50, "withdrawal of 37 €", "call"),
        (50.012, "withdrawal of 37 €", "store"),
        (50.012, "balance 960.00 €", "fail"),
        (61, "what was done?", "call"),
        (61, "withdrawal of 37 €", "reply"),
        (61.000001, "replay", "call"),
        (61.000001, "right balance 962.63 €", "store"),
    ]


def test_a_story_without_a_fault_has_nothing_that_fails():
    assert {one.kind for one in told(bank(WITHOUT, load(command(1)), bug_s=0))} == {"call", "store", "reply"}


def test_a_story_of_a_fault_that_came_late_is_asked_about_after_it():
    found = [*told(bank(WITH, load(command(59.9)), decide_ms=50))]

    assert found[3].at_us == 61 * SECOND_US
    assert [*told(bank(WITH, load(command(70))))][3].at_us == 71 * SECOND_US + 12_000


def test_a_log_that_misses_a_change_gives_a_wrong_answer_and_a_wrong_balance():
    found = [*told(bank(COMMAND_LOG, load(command(1, IN), command(FAULTY_S, is_unlogged=True))))]

    # 1,036.63 € less 37.37 € is rounded down from 999.26 €, and nobody knows.
    assert [(one.text, one.kind) for one in found[2:]] == [
        ("what was done?", "call"),
        ("deposit of 37 €", "fail"),
        ("set the row right", "call"),
        ("right balance 990.00 €: wrong", "fail"),
    ]


@pytest.mark.parametrize(("side", "said"), [(WITH, "nothing is known"), (WITHOUT, "10 causes fit")])
def test_of_a_stream_that_was_deleted_the_story_knows_nothing(side: str, said: str):
    found = [*told(bank(side, load(command(FAULTY_S), erased=(0,))))]

    assert (found[4].text, found[-1].text) == (said, "right balance cannot be told")


# The drawing


@pytest.mark.parametrize(
    ("side", "kept", "new"),
    [
        (WITHOUT, ("Audit table", "old and new value"), []),
        (COMMAND_LOG, ("Command log", "old, new, command"), ["log"]),
    ],
)
def test_the_drawing_tells_what_a_log_keeps_and_whether_it_is_new(side: str, kept: tuple[str, str], new: list[str]):
    parts = EXPERIMENT.structure(AccountSettings(), side).parts

    assert next((part.name, part.note) for part in parts if part.key == "log") == kept
    assert [part.key for part in parts if part.is_new] == new


def test_the_drawing_tells_the_numbers_that_are_set():
    p = AccountSettings(accounts=90, commands=4, history=3, snapshot_every=50, bug_s=7)

    notes = {part.key: part.note for part in EXPERIMENT.structure(p, WITH).parts}
    assert (notes["clients"], notes["service"]) == ("6 commands a second", "faulty for 7 s")
    assert (notes["events"], notes["snapshots"]) == ("3,000 an account", "every 50 events")
    assert notes["rows"] == "90 balances"


def test_a_release_that_is_never_faulty_is_not_marked():
    parts = EXPERIMENT.structure(AccountSettings(bug_s=0), WITH).parts

    assert [part.key for part in parts if part.is_broken] == []
