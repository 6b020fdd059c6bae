"""``check_health``: a line for each check, the worst first, and the exit code that monitoring expects."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from patterns import migrations
from patterns.models import Change, Mail
from patterns.operations.vitals import FREE_MIB, WAL_MIB, State, graded, permissions, wal
from patterns.tests.commands.test_backup import backed_up, folder
from patterns.tests.serving import told_nothing
from patterns.tests.store.scratch import Scratch, connected_to
from patterns.workflow.resets import ask_reset

__all__ = ["folder"]

pytestmark = pytest.mark.database
NEWEST = max(one.stem for one in Path(migrations.__file__).parent.glob("0*.py"))
is_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")


@pytest.fixture(autouse=True)
def _private(scratch: Scratch, settings, tmp_path: Path) -> None:
    """A site with nothing to complain of."""
    settings.VAR_DIR = tmp_path
    (tmp_path / "secret_key").touch(0o600)
    if connection.vendor == "sqlite":
        for one in tmp_path.glob("scratch.sqlite3*"):
            one.chmod(0o600)


def checked(*options: str) -> tuple[int, list[str]]:
    """The exit code, and the lines."""
    out = StringIO()
    try:
        call_command("check_health", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_it_works():
    code, lines = checked()

    assert code == 0
    names = {"database", "schema", "clock", "mail", "disk", "permissions"}
    assert {line.partition(":")[0] for line in lines} - {"OK wal"} == {f"OK {name}" for name in names}


def test_json_says_the_same():
    MigrationRecorder(connection).record_applied("patterns", "9999_of_the_future")
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("check_health", "--json", stdout=out)

    said = json.loads(out.getvalue())
    assert end.value.code == 2
    assert said["state"] == "CRITICAL"
    assert said["checks"][0] == {
        "check": "schema",
        "state": "CRITICAL",
        "message": "it is newer than this program, which does not know patterns.9999_of_the_future",
    }


def miss_a_migration(folder: Path) -> None:
    MigrationRecorder(connection).record_unapplied("patterns", NEWEST)


def meet_another_release(folder: Path) -> None:
    MigrationRecorder(connection).record_applied("patterns", "0002_of_another_release")


def set_the_clock_back(folder: Path) -> None:
    Change.objects.update(created_at=timezone.now() + timedelta(hours=2))


def give_mail_up(folder: Path) -> None:
    now = timezone.now()
    about = {"kind": "reset", "address": "a@b.example", "state": Mail.State.FAILED}
    Mail.objects.create(**about, try_count=1, created_at=now, due_at=now)


def send_no_mail(folder: Path) -> None:
    then = timezone.now() - timedelta(hours=2)
    Mail.objects.create(kind="reset", address="a@b.example", created_at=then, due_at=then)


def show_the_secret(folder: Path) -> None:
    (folder.parent / "secret_key").chmod(0o644)


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (miss_a_migration, f"CRITICAL schema: 1 missing, run manage.py migrate: patterns.{NEWEST}"),
        (meet_another_release, "CRITICAL schema: it is newer than this program, which does not know patterns.0002_of_"),
        (set_the_clock_back, "WARNING clock: a change is of "),
        (give_mail_up, "WARNING mail: 1 given up; "),
        (send_no_mail, "WARNING mail: 1 due for more than an hour: nothing sends it"),
        (show_the_secret, "WARNING permissions: others may read it: chmod 600 "),
    ],
)
def test_what_is_wrong_comes_first(folder: Path, harm: Callable[[Path], None], line: str):
    harm(folder)

    code, lines = checked()

    assert lines[0].startswith(line)
    assert code == State[line.split()[0]]
    assert all(one.startswith("OK ") for one in lines[1:])


def test_whoever_asks_too_often_for_a_new_password_warns_nobody(folder: Path):
    for _ in range(4):
        ask_reset("a@b.example", sender="192.0.2.1", at=timezone.now())

    assert Mail.objects.filter(state=Mail.State.FAILED).exists()
    assert checked()[0] == State.OK


def test_where_nothing_can_be_checked_it_is_unknown_and_says_why():
    told = {**told_nothing(), "SECRET_KEY": "x"}
    command = [sys.executable, "manage.py", "check_health"]

    done = subprocess.run(command, cwd=site.BASE_DIR, env=told, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (State.UNKNOWN, "")
    assert done.stdout.startswith("UNKNOWN: SECRET_KEY can be guessed")


@is_sqlite
@pytest.mark.parametrize(
    ("mode", "line"), [(0o640, "OK"), (0o604, "WARNING permissions: others may read it: chmod 600 ")]
)
def test_a_database_that_others_may_read_is_a_warning(mode: int, line: str):
    path = Path(connection.settings_dict["NAME"])
    connection.ensure_connection()  # which narrows it
    path.chmod(mode)

    state, message = permissions()

    assert f"{state.name} permissions: {message}".startswith(line)
    assert (str(path) in message) == (state is State.WARNING)


@is_sqlite
def test_a_database_that_is_not_there_is_not_made(tmp_path: Path):
    with connected_to(str(tmp_path / "lost.sqlite3")):
        code, lines = checked()

    assert (code, lines[0]) == (2, f"CRITICAL database: {tmp_path / 'lost.sqlite3'} is not there")
    assert not (tmp_path / "lost.sqlite3").exists()


@is_sqlite
def test_a_database_that_is_none_is_critical(tmp_path: Path):
    (tmp_path / "garbage").write_bytes(b"garbage" * 1_000)

    with connected_to(str(tmp_path / "garbage")):
        code, lines = checked()

    assert (code, lines[0]) == (2, "CRITICAL database: it does not answer: file is not a database")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
def test_a_database_that_does_not_answer_is_critical():
    with connected_to("nobody_made_it"):
        code, lines = checked()

    assert code == 2
    assert lines[0].startswith("CRITICAL database: it does not answer: ")


@is_sqlite
def test_a_wal_that_nobody_begins_anew_is_told():
    path = Path(f"{connection.settings_dict['NAME']}-wal")
    connection.close()
    path.touch()
    os.truncate(path, 65 * 1024**2)

    assert wal() == (State.WARNING, "65 MiB, over 64")
    path.unlink()


def test_limits_are_of_a_warning_and_of_what_is_critical():
    assert [graded(size, WAL_MIB, "")[0] for size in (64, 65, 513)] == [State.OK, State.WARNING, State.CRITICAL]
    free = [graded(size, FREE_MIB, "")[0] for size in (1_024, 1_023, 255)]
    assert free == [State.OK, State.WARNING, State.CRITICAL]


# Backups: files are the same on either engine


@is_sqlite
def test_a_backup_of_today_is_fine(folder: Path):
    path = backed_up(folder)

    code, lines = checked(f"--backups={folder}")

    assert code == 0
    assert f"OK backup: {path.name} is 0.0 hours old" in lines


@is_sqlite
@pytest.mark.parametrize(("hours", "state"), [(25, "OK"), (27, "WARNING"), (53, "CRITICAL")])
def test_an_old_backup_is_told(folder: Path, hours: int, state: str):
    path = backed_up(folder)
    then = timezone.now() - timedelta(hours=hours)
    old = path.with_name(f"archsite-000001-{then:%Y%m%dT%H%M%SZ}.sqlite3")
    path.rename(old)
    path.with_suffix(".json").rename(old.with_suffix(".json"))

    code, lines = checked(f"--backups={folder}")

    assert code == State[state]
    assert any(line.startswith(f"{state} backup: {old.name} is {hours}.0 hours old") for line in lines)


@is_sqlite
def test_a_backup_that_was_cut_off_is_critical(folder: Path):
    os.truncate(backed_up(folder), 1_000)

    assert "CRITICAL backup: " in checked(f"--backups={folder}")[1][0]


@pytest.mark.parametrize(("name", "words"), [("", "there is none in"), ("unmounted", "is not there")])
def test_no_backup_is_critical(folder: Path, name: str, words: str):
    code, lines = checked(f"--backups={folder / name}")

    assert code == 2
    assert lines[0].startswith("CRITICAL backup: ")
    assert words in lines[0]


@pytest.mark.parametrize("hours", ["0", "1.5", "never", "999999999"])
def test_an_age_that_is_none_is_refused_in_words(hours: str):
    with pytest.raises(CommandError, match="is no number of hours from 1 to 8,784"):
        call_command("check_health", f"--max-age={hours}")
