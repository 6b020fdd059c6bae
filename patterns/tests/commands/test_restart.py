"""``restart``: the old processes of a real gunicorn, with a small site, end only when new ones answer."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from patterns.bench.machine import until
from patterns.bench.site import Server, free_port
from patterns.tests.commands.terminal import refused_by, said

# What a release does is read when it starts: it is ready, it says that it is not, or it cannot start.
RELEASE = """
import os
from pathlib import Path

does = Path(__file__).with_name("does").read_text()
if does == "nothing":
    raise RuntimeError("This release cannot start.")


def application(environ, start_response):
    status = "200 OK" if does != "migrate" else "503 Service Unavailable"
    headers = [("X-Release", does), ("X-Server", str(os.getppid())), ("Content-Length", "0")]
    start_response(status, headers)
    return []
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "release.py").write_text(RELEASE)
    (tmp_path / "does").write_text("one")
    port, pidfile = free_port(), tmp_path / "gunicorn.pid"
    gunicorn = [str(Path(sys.executable).with_name("gunicorn")), "--no-control-socket", "--graceful-timeout", "5"]
    address = ["--bind", f"127.0.0.1:{port}", "--pid", str(pidfile), "--chdir", str(tmp_path)]
    with (tmp_path / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen([*gunicorn, *address, "release:application"], stdout=log, stderr=log)
    found = Server(port, process, tmp_path / "gunicorn.log", probe="/readyz")
    found.wait_until_ready()
    yield found
    master = psutil.Process(int(pidfile.read_text()))
    master.terminate()
    process.wait(timeout=20)
    until(lambda: not pidfile.exists(), what="the end of gunicorn")


def restart(server: Server, *, seconds: int = 20) -> str:
    return said("restart", str(server.pidfile), url=f"http://127.0.0.1:{server.port}", seconds=seconds)


def refusal(server: Server, *, seconds: int = 20) -> str:
    return refused_by("restart", str(server.pidfile), url=f"http://127.0.0.1:{server.port}", seconds=seconds)


def test_another_release_takes_the_place_of_the_one_before(server: Server, tmp_path: Path):
    before = server.pidfile.read_text()
    (tmp_path / "does").write_text("two")

    assert restart(server) == "Release two serves in the place of one.\n"

    assert server.pidfile.read_text() != before
    assert not psutil.pid_exists(int(before)) or psutil.Process(int(before)).status() == psutil.STATUS_ZOMBIE


def test_a_release_that_cannot_start_or_is_not_ready_leaves_the_one_before(server: Server, tmp_path: Path):
    before = server.pidfile.read_text()

    (tmp_path / "does").write_text("nothing")
    assert "go on serving: the new processes ended at once; the log says why" in refusal(server)
    (tmp_path / "does").write_text("migrate")
    assert "no new process was ready within 2 seconds" in refusal(server, seconds=2)

    assert server.pidfile.read_text() == before
    assert not server.pidfile.with_name("gunicorn.pid.2").exists()  # what was refused has ended
    (tmp_path / "does").write_text("three")
    assert restart(server) == "Release three serves in the place of one.\n"


def test_only_a_running_gunicorn_is_restarted(tmp_path: Path):
    pidfile = tmp_path / "gunicorn.pid"
    assert f"{pidfile} names no process that runs" in refused_by("restart", str(pidfile))

    pidfile.write_text("nobody")
    assert f"Start gunicorn with --pid {pidfile}" in refused_by("restart", str(pidfile))
    assert "--url is 'catalog.example'" in refused_by("restart", str(pidfile), url="catalog.example")


def test_a_process_that_is_not_the_server_is_left_alone(server: Server, tmp_path: Path):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        stale = tmp_path / "stale.pid"
        stale.write_text(str(stranger.pid))
        here, nowhere = f"http://127.0.0.1:{server.port}", f"http://127.0.0.1:{free_port()}"

        master = server.pidfile.read_text().strip()
        assert f"names process {stranger.pid}, but process {master} answers at {here}" in refused_by(
            "restart", str(stale), url=here
        )
        assert "but nobody answers at" in refused_by("restart", str(stale), url=nowhere)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
