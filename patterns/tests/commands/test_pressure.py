"""``drill pressure``: what it asks for, and that it would tell if readers waited for others."""

import socket
from collections import Counter
from itertools import islice
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict

from patterns.bench import pressure
from patterns.bench.pressure import (
    EDITORS,
    KINDS,
    PressureFigures,
    PressureRow,
    Target,
    Waits,
    enlarged,
    half_open,
    paths_of,
    readers,
)
from patterns.bench.site import Site
from patterns.views.pages import normal_query


def waits(milliseconds: float, *answers: str) -> Waits:
    return Waits([milliseconds / 1_000] * 10, Counter(["200", *answers]))


def row(milliseconds: float = 10, *answers: str, note: str | Exception = "", may_refuse: tuple[str, ...] = ()):
    alone = {kind: waits(10) for kind in KINDS}
    return PressureRow("a crowd", alone, alone | {"made": waits(milliseconds, *answers)}, note, may_refuse)


def test_readers_who_wait_as_long_as_alone_are_served():
    assert PressureFigures([row(), row(49)]).failures == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row(51), "a crowd: made: 5.1 times as long as alone"),
        (row(10, "503"), "a crowd: made: answered {'200': 1, '503': 1}"),
        (row(10, "TimeoutError"), "a crowd: made: answered {'200': 1, 'TimeoutError': 1}"),
        (row(note=TimeoutError("nobody signed in")), "a crowd: nobody signed in"),
    ],
)
def test_what_readers_should_not_meet_is_told(bad: PressureRow, words: str):
    assert PressureFigures([bad]).failures == [words]


def test_pages_that_cannot_be_made_beside_a_held_lock_may_be_refused():
    assert PressureFigures([row(99, "503", may_refuse=("made",))]).failures == []


def test_pages_in_memory_are_made_anew_beside_those_who_change_the_catalogue():
    alone = {"in memory": waits(1), "made": waits(5), "/healthz": waits(1)}
    beside = alone | {"in memory": waits(10)}

    assert PressureFigures([PressureRow("editors", alone, beside, "", is_changing=True)]).failures == []
    assert PressureFigures([PressureRow("visitors", alone, beside, "")]).failures == [
        "visitors: in memory: 10.0 times as long as alone"
    ]


def test_pages_that_have_to_be_made_are_in_nobodys_memory():
    paths = [*islice(paths_of("made"), 50)]

    assert len({normal_query(*path.split("?")) for path in paths}) == 50
    assert all(QueryDict(path.partition("?")[2])["q"] for path in paths)


def test_each_editor_has_an_entry():
    assert len(enlarged().entries) >= EDITORS


@pytest.mark.parametrize("option", ["--seconds=0", "--seconds=-1", "--lock-seconds=nan", "--lock-seconds=0.5"])
def test_a_time_that_is_none_is_refused_in_words(option: str):
    with pytest.raises(CommandError, match="is no whole number from 1 on"):
        call_command("drill", "pressure", option)


@pytest.fixture
def hasty_server():
    """Closes each connection as soon as something came."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1_000)

        Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_connections_that_were_closed_are_opened_anew(hasty_server: int, tmp_path, monkeypatch):
    monkeypatch.setattr(pressure, "CONNECTIONS", 3)

    *_, note = half_open(Target(hasty_server, Site(tmp_path, ""), seconds=1.5))

    assert note == "6 were closed"


def test_readers_who_are_not_answered_are_counted(hasty_server: int):
    for one in readers(hasty_server, 0.1).values():
        assert one.failed == one.answers.total() > 1
