"""XLSX bytes → the rows of a sheet, read by a child process with bounded memory and time."""

import json
import sys
from contextlib import suppress
from signal import SIGKILL, SIGXCPU
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer

from patterns.document.problems import Unreadable
from patterns.files import xlsx_child
from patterns.files.sheet import Row

TIME_LIMIT = 2 * xlsx_child.CPU_LIMIT  # seconds on the clock: other work shares the processors
TEXT_LIMIT = 128 * 1024 * 1024  # bytes of text; one text can stand in many cells of a small workbook
ARCHIVE = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also what an XLSX with a password is wrapped in
AS_CSV = "save it as CSV UTF-8 and import that"


def workbook_rows(data: bytes, *, size_limit: int) -> list[Row]:
    """The rows of the first sheet that hold anything, all of the same length; raises Unreadable.

    A workbook may hold as much text as another file may have bytes.
    """
    if data.startswith(OLD_WORKBOOK):
        raise Unreadable("is an old workbook (.xls), or one with a password", "save it as XLSX without a password")
    if not data.startswith(ARCHIVE):
        raise Unreadable(
            "is no XLSX workbook", "save it as XLSX, or let its name end in what it is: .csv, .toml, .json"
        )
    limit = min(size_limit, TEXT_LIMIT)
    output, code = run_child(data, limit)
    if len(output) > limit:
        raise Unreadable(f"holds more than {limit:,} bytes of text", "split the sheet")
    *lines, last = output.splitlines() or [b""]
    if code == 0 and last.startswith(b"{"):
        if refusal := json.loads(last):
            raise Unreadable(refusal["message"], refusal["hint"])
        return as_rectangle([(number, cells) for number, cells in map(json.loads, lines)])
    if code in (-SIGKILL, -SIGXCPU):
        raise Unreadable("takes too long to read", AS_CSV)
    raise Unreadable("could not be read: what read it broke off", AS_CSV)


def run_child(data: bytes, limit: int) -> tuple[bytes, int]:
    """What the child says of the workbook, up to a byte more than the limit, and how it ended.

    It reads all of its input before it writes, so neither waits for the other.
    """
    command = [sys.executable, "-I", xlsx_child.__file__]  # isolated: nothing of this environment, nor of its folder
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        clock = Timer(TIME_LIMIT, child.kill)
        clock.start()
        try:
            with suppress(BrokenPipeError):  # it ended early; how, its exit code says
                child.stdin.write(data)
                child.stdin.close()
            output = child.stdout.read(limit + 1)
            if len(output) > limit:
                child.kill()
            return output, child.wait()
        finally:
            clock.cancel()
            child.kill()


def as_rectangle(rows: list[Row]) -> list[Row]:
    """A sheet is a rectangle: an empty cell at the end of a row is as empty as one within."""
    width = max((len(cells) for _, cells in rows), default=0)
    return [(number, [*cells, *[""] * (width - len(cells))]) for number, cells in rows]
