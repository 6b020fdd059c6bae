"""Who gets a thread, and who waits for it."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory

from archsite.admission import (
    EDITORS,
    FILES,
    PROBES,
    READERS,
    READINESS,
    SIGN_INS,
    TOGETHER,
    Admission,
    Line,
    Places,
    Share,
    share_of,
)
from archsite.headers import GUARDS

# before a request has a thread


@pytest.mark.parametrize(
    ("asked", "share"),
    [
        ("GET /", READERS),
        ("GET /patterns/?q=saga", READERS),
        ("POST /patterns/saga/suggest/", READERS),
        ("GET /admin/", EDITORS),
        ("GET /admin/login/", EDITORS),
        ("POST /admin/patterns/pattern/1/change/", EDITORS),
        ("POST /admin/patterns/pattern/import/", FILES),
        ("POST /admin/patterns/pattern/process_import/", FILES),
        ("GET /admin/patterns/pattern/import/0b6f/", FILES),
        ("POST /admin/patterns/pattern/export/", FILES),
        ("POST /admin/login/", SIGN_INS),
        ("POST /admin/login", EDITORS),
        ("GET /healthz", PROBES),
        ("GET /readyz", READINESS),
    ],
)
def test_the_address_says_whose_share_it_is(asked: str, share: Share):
    assert share_of(*asked.split()) is share


def line_of(
    *places: tuple[str, str], threads: int = 1, waiting: int = 9, most: int = 99, memory_s: float = 0
) -> Line[str]:
    share = Share(threads, waiting=waiting, patience_s=1, sentence="", memory_s=memory_s)
    line = Line[str](share, threads=threads, most=most)
    for address, one in places:
        line.join(address, one)
    return line


def test_who_has_no_thread_waits_until_one_is_given_back():
    line = line_of(("a", "first"), ("a", "second"))

    assert (line.next(), line.next()) == ("first", None)
    line.free += 1
    assert line.next() == "second"


def test_addresses_take_turns_so_a_crowd_waits_for_itself():
    line = line_of(*(("crowd", f"crowd {number}") for number in range(5)), ("lone", "lone"), threads=9)

    assert [*iter(line.next, None)] == ["crowd 0", "lone", "crowd 1", "crowd 2", "crowd 3", "crowd 4"]
    assert not line.queues


def test_who_comes_for_the_first_time_goes_before_those_who_had_turns():
    crowd = [(f"guesser {number}", f"try {number}") for number in range(3)]
    line = line_of(*crowd, threads=99, memory_s=60)
    assert len([*iter(line.next, None)]) == 3

    for address, one in [*crowd, ("lone", "lone")]:
        line.join(address, one)

    assert line.next() == "lone"


def test_of_those_who_come_for_the_first_time_the_last_one_does_not_wait_for_a_crowd():
    line = line_of(("guesser 1", "try 1"), ("guesser 2", "try 2"), ("lone", "lone"), threads=99, memory_s=60)

    assert [*iter(line.next, None)] == ["lone", "try 2", "try 1"]


def test_who_tries_again_and_again_is_served_once_a_second():
    line = line_of(*(("guesser", f"try {number}") for number in range(5)), threads=99, memory_s=60)

    assert [*iter(line.next, None)] == ["try 0", "try 1"]
    assert (line.next(is_second=True), line.next()) == ("try 2", None)


def test_too_many_of_one_address_are_refused_and_others_are_not():
    line = line_of(("crowd", "1"), ("crowd", "2"), waiting=2)

    assert line.join("crowd", "3") == "3"
    assert line.join("lone", "1") is None
    assert [*iter(line.next, None)] == ["1"]


def test_where_all_together_are_too_many_the_last_of_the_largest_crowd_goes():
    line = line_of(("crowd", "1"), ("crowd", "2"), ("small crowd", "1"), most=3, threads=9)

    assert line.join("lone", "lone") == "2"
    assert [*iter(line.next, None)] == ["1", "1", "lone"]
    assert not line.count


def test_a_line_of_single_ones_has_an_end_too():
    line = line_of(("a", "first"), ("b", "second"), most=2, threads=9)

    assert line.join("c", "third") == "third"
    assert [*iter(line.next, None)] == ["first", "second"]


# behind the store of published pages


class Slow:
    """An application that answers when it may."""

    def __init__(self) -> None:
        self.may_answer, self.begun = Event(), 0

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.begun += 1
        self.may_answer.wait(5)
        start_response("200 OK", [])
        return (b"page",)


def status_of(admission: Admission, path: str = "/") -> tuple[int, dict[str, str]]:
    found: list[Any] = []
    admission(
        RequestFactory().get(path).environ, lambda status, headers: found.extend((int(status[:3]), dict(headers)))
    )
    return found[0], found[1]


@contextmanager
def held(places: int, path: str = "/", *, together: int = TOGETHER) -> Iterator[tuple[Admission, Slow]]:
    """An admission whose places are all taken by readers of pages that take long."""
    slow = Slow()
    admission = Admission(slow, makers=places, runs=places, together=together, stalled_s=0.2)
    readers = [Thread(target=status_of, args=(admission, path)) for _ in range(places)]
    for one in readers:
        one.start()
    try:
        yield admission, slow
    finally:
        slow.may_answer.set()
        for one in readers:
            one.join()


def test_where_nothing_moves_a_reader_is_told_when_to_come_again():
    with held(2) as (admission, slow):
        status, headers = status_of(admission)

        assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "5", "no-store")
        assert set(GUARDS[:-1]) <= headers.keys()
        assert slow.begun == 2


def test_where_places_change_hands_a_reader_waits():
    with held(2) as (admission, slow):
        Thread(target=slow.may_answer.set).start()

        assert status_of(admission)[0] == 200


def test_a_place_is_given_back_after_a_failure():
    def failing(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise RuntimeError

    admission = Admission(failing, makers=1, stalled_s=0)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            status_of(admission)


@pytest.mark.parametrize("path", ["/patterns/saga/lab/", "/patterns/saga/lab.json"])
def test_nobody_waits_for_the_lab_and_nobody_else_for_its_visitors(path: str):
    with held(2, path) as (admission, slow):
        refused = status_of(admission, path)[0]
        slow.may_answer.set()

        assert (refused, status_of(admission)[0]) == (503, 200)


def test_pages_and_runs_that_stand_still_leave_a_thread_to_what_is_in_memory():
    with held(2, "/patterns/saga/lab/", together=3) as (admission, slow):
        reader = Thread(target=status_of, args=(admission,))
        reader.start()
        while slow.begun < 3:
            sleep(0.01)

        refused = status_of(admission)[0]
        slow.may_answer.set()
        reader.join()

        assert (refused, status_of(admission)[0], slow.begun) == (503, 200, 4)
        assert [admission.makers.take() for _ in range(2)] == [True, True]  # who was refused gave the place back


def test_gunicorn_has_a_thread_more_than_pages_and_runs_take_together():
    command = [sys.executable, "-c", "from archsite import gunicorn; print(gunicorn.threads)"]

    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)

    assert int(done.stdout) == TOGETHER + 1


@pytest.mark.parametrize("path", ["/healthz", "/admin/", "/static/logo.svg"])
def test_what_has_limits_of_its_own_passes(path: str):
    with held(1) as (admission, slow):
        slow.may_answer.set()
        admission.makers = Places(0, stalled_s=0)

        assert status_of(admission, path)[0] == 200


def test_nobody_waits_for_longer_than_a_place_may_be_held():
    places = Places(1, stalled_s=0.1)

    assert [places.take(), places.take()] == [True, False]
    places.give_back()
    assert places.take()
