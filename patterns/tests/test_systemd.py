"""The units in docs/deploy, and what systemd is told."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from patterns.tests.test_worker import gunicorn, seconds_of

UNITS = sorted((Path(settings.BASE_DIR) / "docs" / "deploy").glob("archsite*.*"))
COMMAND = re.compile(r"manage\.py (\w+)")


def test_systemd_finds_nothing_wrong(tmp_path: Path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:
        text = unit.read_text().replace("/opt/archsite/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(text.replace("/opt/archsite", str(settings.BASE_DIR)))

    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=one", *tmp_path.iterdir()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert len(UNITS) == 5


def test_units_run_commands_that_there_are():
    named = {name for unit in UNITS for name in COMMAND.findall(unit.read_text())}

    assert named <= get_commands().keys()
    assert {"backup", "restart", "clearsessions"} <= named


def test_who_takes_over_in_a_rolling_restart_is_named_to_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with gunicorn(tmp_path) as (port, master):
            assert notified.recv(200).startswith(b"READY=1")
            master.send_signal(signal.SIGUSR2)
            assert notified.recv(200).startswith(b"READY=1")
            new = int((tmp_path / "pid.2").read_text())

            master.send_signal(signal.SIGTERM)

            assert notified.recv(200) == f"MAINPID={new}".encode()
            assert master.wait(20) == 0
            assert seconds_of(port) < 10
