"""The machine that drills kill: a small application on a real gunicorn."""

from pathlib import Path
from signal import SIGKILL

from patterns.bench.machine import Machine
from patterns.bench.site import Site


def test_whoever_kills_it_knows_that_it_has_ended_and_starts_it_again(tmp_path: Path):
    machine = Machine.started(Site(tmp_path, "sqlite://"), "patterns.tests.hasty:application")
    killed = machine.server
    try:
        killed.wait_until_ready()

        machine.kill()

        assert killed.process.returncode == -SIGKILL
        machine.start_again()
        assert machine.server.port == killed.port
    finally:
        machine.stop()
