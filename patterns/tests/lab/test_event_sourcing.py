"""A row with a log, and events: what each side keeps, what can be found out from it, and what it costs.

In these examples every account begins with 1,000 euros, and the faulty release is live from 40 to 60 seconds. A
withdrawal of 37 euros takes 37.37 from an account: 962.63 are left, and 960.00 once they are rounded down to tens.
"""

from itertools import pairwise
from math import inf

import pytest

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.experiments.event_sourcing import EventSourcing, FaultyRelease, told, touched_by_release
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.systems.accounts import (
    AccountLoad,
    AccountSettings,
    Command,
    Fact,
    draw_accounts,
    next_balance,
    right_change,
    taken_down,
)
from patterns.lab.systems.event_sourcing import COMMAND_LOG, TRIES, Bank, Event, EventStream, LogEntry, fold
from patterns.lab.systems.inquiry import (
    agrees_with_events,
    answered,
    asked,
    facts_of,
    rebuild_us,
    record_at,
    repaired,
    shown_at,
    true_balance,
    wrong_spans,
)
from patterns.lab.trace import Trace

EXPERIMENT = EventSourcing()
SIDES = [WITHOUT, WITH, COMMAND_LOG]
EACH_SIDE = pytest.mark.parametrize("side", SIDES)
OPENING = 100_000
OUT = Fact(False, 0, 37)
IN = Fact(True, 0, 37)
FAULTY_S, WELL_S = 50, 70
P = AccountSettings()


def command(at_s: float, fact: Fact = OUT, *, account: int = 0, user: int = 3, is_unlogged: bool = False) -> Command:
    return Command(round(at_s * SECOND_US), account, fact, user, is_unlogged)


def load(*commands: Command, older: int = 0, mark: float = 0.0, erased: tuple[int, ...] = ()) -> AccountLoad:
    return AccountLoad([*commands], [OPENING] * 2, [older] * 2, [mark] * 2, {*erased})


def bank(side: str, given: AccountLoad, **settings: int | str) -> Bank:
    return Bank.simulate(AccountSettings(**settings), given, side)


def answers(side: str, *commands: Command, mark: float = 0.0, erased: tuple[int, ...] = (), **settings: int | str):
    found = bank(side, load(*commands, mark=mark, erased=erased), **settings)
    change = asked(found, 0)
    assert change is not None
    return [*answered(found, 0, change).values()]


def stream_of(*facts: Fact, older: int = 0, **settings: int) -> EventStream:
    stream = EventStream(AccountSettings(**settings), OPENING, older)
    for fact in facts:
        assert stream.append(Event(0, 1, fact), stream.version)
    return stream


# What a command does, and what a faulty release makes of it


def test_a_fee_of_a_hundredth_is_taken_both_ways():
    assert (right_change(OUT), right_change(IN)) == (-3_737, 3_663)


@pytest.mark.parametrize(
    ("settings", "recorded", "balance"),
    [
        ({}, 37, 96_000),
        ({"bug": "doubles"}, 37, 96_226),
        ({"place": "amount"}, 30, 96_970),
        ({"place": "amount", "bug": "doubles"}, 74, 92_526),
        ({"bug_s": 0}, 37, 96_263),
    ],
)
def test_a_faulty_release_spoils_the_balance_or_the_amount(settings: dict, recorded: int, balance: int):
    p, at_us = AccountSettings(**settings), FAULTY_S * SECOND_US
    fact = taken_down(p, OUT, at_us)

    assert fact.euros == recorded
    assert next_balance(p, OPENING, fact, at_us) == balance


@pytest.mark.parametrize(("at_us", "is_faulty"), [(40 * SECOND_US - 1, False), (40 * SECOND_US, True)])
def test_a_release_is_faulty_from_its_first_instant_on(at_us: int, is_faulty: bool):
    assert P.is_faulty(at_us) is is_faulty
    assert P.is_faulty(at_us + 20 * SECOND_US) is not is_faulty


def test_a_fact_tells_its_kind():
    assert [Fact(False, 1, 5).text, Fact(True, 2, 6).text] == ["debit note of 5 €", "refund of 6 €"]


# The stream


def test_a_stream_refuses_what_was_decided_on_an_older_version():
    stream = stream_of(OUT)

    assert not stream.append(Event(0, 1, OUT), 0)
    assert stream.append(Event(0, 1, OUT), 1)
    assert (stream.version, len(stream.events)) == (2, 2)


def test_a_fold_applies_one_event_after_the_other():
    assert fold(P, OPENING, [Event(0, 1, OUT), Event(0, 1, IN)]) == OPENING - 3_737 + 3_663


def test_a_fold_takes_the_release_of_each_event():
    events = [Event(WELL_S * SECOND_US, 1, OUT), Event(FAULTY_S * SECOND_US, 1, OUT)]

    assert fold(P, OPENING, events[:1]) == 96_263
    assert fold(P, OPENING, events[1:]) == 96_000


@pytest.mark.parametrize(("older", "unread"), [(0, 0), (99, 99), (100, 0), (10_042, 42)])
def test_a_command_reads_what_came_after_the_snapshot(older: int, unread: int):
    assert stream_of(older=older).unread() == unread


def test_a_command_reads_everything_where_there_is_no_snapshot():
    assert stream_of(OUT, older=10_042, snapshot_every=0).unread() == 10_043


def test_a_snapshot_is_taken_at_every_so_many_events_and_changes_no_state():
    stream = stream_of(OUT, OUT, OUT, older=97, snapshot_every=100)
    assert (stream.unread(), stream.snapshot_count, stream.snapshot) == (0, 1, OPENING - 3 * 3_737)

    assert stream.append(Event(0, 1, IN), 100)
    assert (stream.unread(), stream.snapshot_count) == (1, 1)
    assert stream.state() == fold(P, OPENING, stream.events) == OPENING - 3 * 3_737 + 3_663


# Commands


def test_a_row_is_locked_as_long_as_a_command_takes():
    made = bank(WITHOUT, load(command(1), command(1.005), command(1.006, account=1)))

    assert [end.at_us - SECOND_US for end in made.ends] == [12_000, 24_000, 18_000]
    assert made.balances == [OPENING - 2 * 3_737, OPENING - 3_737]


def test_a_refused_append_is_decided_again_on_what_is_new():
    made = bank(WITH, load(command(1), command(1.005), older=7))

    # Seven events to read, 12.35 ms; the second is refused at 17.35, reads eight, and needs another 12.4.
    assert [(end.at_us - SECOND_US, end.tries) for end in made.ends] == [(12_350, 1), (29_750, 2)]
    assert made.reads == [7, 7, 8]
    assert made.balances[0] == OPENING - 2 * 3_737


def test_commands_to_different_accounts_do_not_meet():
    assert {end.tries for end in bank(WITH, load(command(1), command(1.005, account=1))).ends} == {1}


def test_a_command_is_given_up_after_five_tries(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(EventStream, "append", lambda *_: False)

    made = bank(WITH, load(command(1)))

    assert [(end.at_us, end.tries) for end in made.ends] == [(None, TRIES)]
    assert (made.world.now_us, made.changes[0], made.balances[0]) == (SECOND_US + 5 * 12_000, [], OPENING)


def test_the_key_of_a_person_has_to_be_fetched():
    assert bank(WITH, load(command(1)), erasure="keys").ends[0].at_us == SECOND_US + 13_000


def test_logs_hold_what_their_side_keeps():
    at_us = SECOND_US + 12_000

    assert bank(WITHOUT, load(command(1))).logs[0] == [LogEntry(at_us, 3, OPENING, 96_263, None)]
    assert bank(COMMAND_LOG, load(command(1))).logs[0] == [LogEntry(at_us, 3, OPENING, 96_263, OUT)]
    assert bank(WITH, load(command(1))).streams[0].events == [Event(at_us, 3, OUT)]


def test_code_that_forgets_the_log_changes_the_row_alone():
    made = bank(COMMAND_LOG, load(command(1, is_unlogged=True)))

    assert (made.logs[0], made.balances[0], made.writes) == ([], 96_263, 1)


def test_no_state_changes_without_an_event():
    assert len(bank(WITH, load(command(1, is_unlogged=True))).streams[0].events) == 1


# What can be found out: who, the balance then, what was done, the right balance now


@EACH_SIDE
def test_without_a_fault_every_question_is_answered(side: str):
    assert answers(side, command(70), command(71)) == [True, True, True, True]


def test_a_bug_that_rounds_hides_the_cause_from_an_audit_table():
    assert answers(WITHOUT, command(FAULTY_S)) == [True, True, False, False]
    assert answers(COMMAND_LOG, command(FAULTY_S)) == [True] * 4
    assert answers(WITH, command(FAULTY_S)) == [True] * 4


def test_all_amounts_that_fit_are_found():
    made = bank(WITHOUT, load(command(FAULTY_S)))

    # From 30.30 to 39.39 euros, all of which leave between 960.00 and 969.99.
    found = {fact.euros for fact in facts_of(made.p, made.logs[0][0])}
    assert found == {*range(30, 40)}
    assert repaired(made, 0) is None


@EACH_SIDE
def test_a_bug_that_doubles_the_fee_can_be_undone(side: str):
    made = bank(side, load(command(FAULTY_S), command(FAULTY_S, IN), command(WELL_S)), bug="doubles")

    assert repaired(made, 0) == true_balance(made, 0) == OPENING - 3_737 + 3_663 - 3_737
    assert made.balances[0] == OPENING - 3_774 + 3_626 - 3_737


@EACH_SIDE
def test_wrong_facts_are_wrong_on_every_side(side: str):
    assert answers(side, command(FAULTY_S), place="amount") == [True, True, False, False]
    assert repaired(bank(side, load(command(FAULTY_S)), place="amount"), 0) is None


@EACH_SIDE
def test_wrong_facts_that_can_be_undone_are_right_on_every_side(side: str):
    assert answers(side, command(FAULTY_S), place="amount", bug="doubles") == [True] * 4


def test_a_later_change_is_explained_though_the_account_stays_wrong():
    assert answers(WITHOUT, command(FAULTY_S), command(WELL_S), mark=0.9) == [True, True, True, False]


def test_kinds_that_change_a_balance_alike_are_told_apart_by_facts_alone():
    assert answers(WITHOUT, command(1), alike=2) == [True, True, False, True]
    assert answers(COMMAND_LOG, command(1), alike=2) == [True] * 4
    assert answers(WITH, command(1), alike=2) == [True] * 4


@pytest.mark.parametrize("side", [WITHOUT, COMMAND_LOG])
def test_of_a_change_that_was_not_logged_nothing_is_known(side: str):
    forgotten = command(2, Fact(False, 0, 5), user=4, is_unlogged=True)

    assert answers(side, command(1), forgotten, mark=0.9) == [False, False, False, True]
    assert answers(WITH, command(1), forgotten, mark=0.9) == [True] * 4


def test_a_spoilt_change_that_was_not_logged_cannot_be_set_right():
    forgotten = command(FAULTY_S, is_unlogged=True)

    assert answers(COMMAND_LOG, forgotten, bug="doubles")[3] is False
    assert answers(WITH, forgotten, bug="doubles")[3] is True


def test_before_the_first_entry_the_opening_was_shown():
    made = bank(WITHOUT, load(command(5)))

    assert (shown_at(made, 0, 4 * SECOND_US), shown_at(made, 0, 6 * SECOND_US)) == (OPENING, 96_263)
    assert record_at(made, 0, 4 * SECOND_US) is None


def test_events_tell_what_was_shown_while_the_release_was_faulty():
    made = bank(WITH, load(command(FAULTY_S), command(WELL_S)))

    assert shown_at(made, 0, 60 * SECOND_US) == 96_000
    assert shown_at(made, 0, 80 * SECOND_US) == 96_000 - 3_737


@pytest.mark.parametrize(
    ("side", "erasure", "expected"),
    [
        (WITHOUT, "stream", [False, True, True, True]),
        (COMMAND_LOG, "stream", [False, True, True, True]),
        (WITH, "stream", [False, False, False, False]),
        (WITH, "keys", [False, True, True, True]),
    ],
)
def test_an_erasure_takes_the_person_or_the_stream(side: str, erasure: str, expected: list[bool]):
    assert answers(side, command(1), erased=(0,), erasure=erasure) == expected


def test_the_change_that_is_asked_about_is_drawn_for_each_account():
    commands = [command(1), command(2), command(3), command(4)]

    found = [asked(bank(WITH, load(*commands, mark=mark)), 0) for mark in (0, 0.49, 0.5, 0.99)]

    assert [one.command.at_us // SECOND_US for one in found if one] == [1, 2, 3, 4]
    assert asked(bank(WITH, load(*commands)), 1) is None


# Figures


def test_figures_of_an_audit_table():
    commands = [command(FAULTY_S), command(FAULTY_S + 1), command(FAULTY_S + 2, account=1), command(WELL_S, account=1)]

    found = EXPERIMENT.figures(bank(WITHOUT, load(*commands, mark=0.9)))

    # Both accounts stay wrong; the later change of the second can be explained.
    assert found == {
        "answered": 5 / 8,
        "explained": 1 / 2,
        "repaired": 0,
        "slow_ms": 12,
        "again": 0,
        "given_up": 0,
        "rows": 2,
        "rebuild_s": 3 * 50 / SECOND_US,
        "commands": 4,
        "touched": 2,
        "replay": None,
        "fold_agrees": None,
        "hot_refused": 0,
    }


def test_figures_of_events():
    commands = [command(1), command(1.005), command(FAULTY_S, account=1)]

    found = EXPERIMENT.figures(bank(WITH, load(*commands, older=99)))

    # 99 and 99 events at first; after the hundredth there is a snapshot, and the second try reads none.
    assert found == {
        "answered": 1,
        "explained": 1,
        "repaired": 1,
        "slow_ms": 16.95 + 12,
        "again": 1,
        "given_up": 0,
        "rows": (3 * 2 + 2) / 3,
        "rebuild_s": pytest.approx((101 + 100) * 50e-6),
        "commands": 3,
        "touched": 1,
        "replay": 99 * 3 / 4,
        "fold_agrees": 1,
        "hot_refused": 1 / 2,
    }


def test_a_command_that_is_given_up_is_later_than_all_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(EventStream, "append", lambda *_: False)

    found = EXPERIMENT.figures(bank(WITH, load(command(1))))

    assert (found["slow_ms"], found["given_up"], found["again"]) == (60_000, 1, 1)
    assert found["answered"] is None


def test_all_events_are_read_to_rebuild_and_of_a_log_what_the_fault_has_written():
    commands = [command(1), command(FAULTY_S), command(FAULTY_S + 1), command(FAULTY_S + 2, account=1)]

    assert rebuild_us(bank(WITH, load(*commands, older=100))) == [103 * 50, 101 * 50]
    assert rebuild_us(bank(WITHOUT, load(*commands))) == [2 * 50, 50]


def test_accounts_are_wrong_until_they_are_rebuilt_one_after_the_other():
    commands = [command(FAULTY_S), command(FAULTY_S + 1, account=1), command(FAULTY_S + 2)]
    fixed_us = 60 * SECOND_US

    events = [*wrong_spans(bank(WITH, load(*commands, older=98)))]
    audited = [*wrong_spans(bank(WITHOUT, load(*commands)))]

    assert [until for _, until in events] == [fixed_us + 100 * 50, fixed_us + 199 * 50]
    assert audited == [(50 * SECOND_US + 12_000, inf), (51 * SECOND_US + 12_000, inf)]


def test_an_account_whose_stream_is_gone_stays_wrong():
    gone = bank(WITH, load(command(FAULTY_S), erased=(0,)))

    assert [until for _, until in wrong_spans(gone)] == [inf]


# What is drawn, and what holds in every seed


def test_draws_are_as_they_are_set():
    drawn = draw_accounts(AccountSettings(hot=90, alike=3, unlogged=20, erased=50, history=1), 0)

    assert 0.85 < sum(one.account == 0 for one in drawn.commands) / len(drawn.commands) < 0.95
    assert {one.fact.meaning for one in drawn.commands} == {0, 1, 2}
    assert {one.fact.euros for one in drawn.commands} == {*range(1, 101)}
    assert 0.15 < sum(one.is_unlogged for one in drawn.commands) / len(drawn.commands) < 0.25
    assert len(drawn.erased) == 100
    assert 1_500 < max(drawn.histories) < 2_000


@EACH_SIDE
@pytest.mark.parametrize("preset", EXPERIMENT.presets, ids=lambda preset: preset.key)
def test_in_every_seed_each_command_comes_to_one_end(side: str, preset):
    for seed in range(3):
        made = Bank.simulate(preset.parameters, Bank.draw(preset.parameters, seed), side)

        done = [end for end in made.ends if end.at_us is not None]
        assert sorted(end.command.at_us for end in made.ends) == [one.at_us for one in made.load.commands]
        assert len(done) == sum(len(changes) for changes in made.changes)
        assert all(later.old == one.new for changes in made.changes for one, later in pairwise(changes))


def test_in_every_seed_the_state_is_the_fold_of_the_events():
    p = AccountSettings(accounts=20, hot=50, snapshot_every=7, commands=12)

    for seed in range(20):
        made = Bank.simulate(p, Bank.draw(p, seed), WITH)
        assert all(agrees_with_events(made, account) for account in range(p.accounts))
        assert sum(stream.snapshot_count for stream in made.streams) > 10


def test_no_two_appends_to_a_stream_are_closer_than_a_command_takes():
    p = AccountSettings(accounts=50, commands=12, hot=90, snapshot_every=1, decide_ms=20, history=0)

    made = Bank.simulate(p, Bank.draw(p, 1), WITH)

    instants = [event.at_us for event in made.streams[0].events]
    assert min(later - one for one, later in pairwise(instants)) >= 22 * MILLISECOND_US


# What is shown


def test_charts_show_wrong_accounts_and_the_time_of_commands():
    commands = [command(1), command(1.005), command(FAULTY_S)]
    others = [command(FAULTY_S + 2, account=1), command(WELL_S, account=1)]
    given = load(*commands, *others, older=4_998)

    wrong, times = EXPERIMENT.series(bank(WITH, given, snapshot_every=0, history=1, accounts=10, event_us=200))

    at_s = {sample.at_us // SECOND_US: sample.value for sample in wrong.samples}
    # 5,001 and 5,000 events, a fifth of a millisecond each: rebuilt just after 61 and 62 seconds.
    assert [at_s[second] for second in (49, 51, 52, 54, 60, 61, 62, 63)] == [0, 0, 1, 2, 2, 2, 1, 0]
    # The second is refused, and reads one event more.
    assert times.samples[0].value == pytest.approx((1_011.6 + 1_011.6 + 1_011.8) / 2)
    assert times.samples[1].value == 0


def test_failures_are_the_faulty_release():
    found = EXPERIMENT.failures(bank(WITH, load()))

    assert [(one.from_us, one.until_us) for one in found] == [(40 * SECOND_US, 60 * SECOND_US)]
    assert EXPERIMENT.failures(bank(WITH, load(), bug_s=0)) == ()


@pytest.mark.parametrize(
    ("side", "said", "right"),
    [
        (WITHOUT, "10 causes fit", "right balance cannot be told"),
        (COMMAND_LOG, "withdrawal of 37 €", "right balance 999.26 €"),
        (WITH, "withdrawal of 37 €", "right balance 999.26 €"),
    ],
)
def test_the_story_is_of_the_first_command_that_goes_wrong(side: str, said: str, right: str):
    texts = [one.text for one in told(bank(side, load(command(1, IN), command(FAULTY_S))))]

    assert texts[0] == "withdrawal of 37 €"
    assert "balance 990.00 €" in texts
    assert (texts[-3], texts[-1]) == (said, right)


def test_the_story_of_no_command_is_empty():
    trace = Trace()

    EXPERIMENT.narrate(trace, bank(WITH, load()))

    assert trace.story() == ()


def test_the_structure_shows_events_as_new_and_no_snapshots_where_there_are_none():
    with_it = EXPERIMENT.structure(P, WITH)
    bare = EXPERIMENT.structure(AccountSettings(snapshot_every=0), WITH)

    assert [part.key for part in with_it.parts if part.is_new] == ["events", "snapshots"]
    assert "snapshots" not in {part.key for part in bare.parts}
    assert [part.name for part in EXPERIMENT.structure(P, WITHOUT).parts if part.is_broken] == ["Service"]


def test_the_calculator_counts_the_accounts_that_a_release_changes():
    own = FaultyRelease(your_accounts=200, your_commands=72, your_hours=20)

    assert "about 173 of 200, 86 %" in touched_by_release(own)


# Mutations: each shows what the part that is broken was there for.


def test_a_fold_that_skips_an_event_gives_another_state(monkeypatch: pytest.MonkeyPatch):
    made = bank(WITH, load(command(1), command(2)))
    assert agrees_with_events(made, 0)

    made.streams[0].events.pop(0)

    assert not agrees_with_events(made, 0)


def test_a_stream_that_ignores_its_snapshot_reads_everything(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(EventStream, "unread", lambda self: self.version)

    found = EXPERIMENT.figures(bank(WITH, load(command(1), older=10_042)))

    assert found["replay"] == 10_042
    assert found["slow_ms"] == 12 + 10_042 * 0.05


def test_a_stream_that_checks_no_version_stores_what_was_decided_on_an_older_one(monkeypatch: pytest.MonkeyPatch):
    append = EventStream.append
    monkeypatch.setattr(EventStream, "append", lambda self, event, _: append(self, event, self.version))

    assert [end.tries for end in bank(WITH, load(command(1), command(1.005))).ends] == [1, 1]
