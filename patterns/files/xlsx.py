"""XLSX: bytes → the rows of a sheet, read by a child process with bounded memory and time, and back."""

import json
import re
import sys
import warnings
from contextlib import suppress
from signal import SIGKILL, SIGXCPU
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer

from tablib import Dataset

from patterns.document.catalog import Document, Source
from patterns.document.problems import Unreadable
from patterns.files import xlsx_child
from patterns.files.limits import ADMIN_LIMITS, Limits
from patterns.files.sheet import Row, of_sheet, sheet_rows

TIME_LIMIT = 2 * xlsx_child.CPU_LIMIT  # seconds on the clock: other work shares the processors
TEXT_LIMIT = 128 * 1024 * 1024  # bytes of text; one text can stand in many cells of a small workbook
ARCHIVE = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also what an XLSX with a password is wrapped in
CODE_OF_CHARACTER = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a workbook means a character by it, here it is text
CELL_LENGTH = 32_767  # of a spreadsheet; openpyxl would cut longer texts without a word
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
        # The child's own limit counts processor time, of which one that only waits uses none.
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


def parse_workbook(data: bytes, name: str, limits: Limits) -> Source:
    return of_sheet(name, workbook_rows(data, size_limit=limits.size), limits)


def write_workbook(document: Document, *, base: str = "", partial: bool = False) -> bytes:
    """Raises ValueError for what no spreadsheet, or not the import, would take back."""
    headers, *rows = sheet_rows(document, base=base, partial=partial)
    if any(len(cell) > CELL_LENGTH for cells in rows for cell in cells):
        raise ValueError(f"A text has more than {CELL_LENGTH:,} characters, too many for a spreadsheet: choose CSV.")
    if sum(len(cell.encode()) for cells in rows for cell in cells) > ADMIN_LIMITS.size:
        raise ValueError(
            f"This workbook would hold more than {ADMIN_LIMITS.size:,} bytes of text, more than the import takes. "
            "Filter the list and export each part, or choose another format."
        )
    written = [tuple(CODE_OF_CHARACTER.sub("_x005F_", cell) for cell in cells) for cells in rows]
    with warnings.catch_warnings():  # openpyxl asks the clock in a way that Python will take away
        warnings.simplefilter("ignore", DeprecationWarning)
        return bytes(Dataset(*written, headers=headers).export("xlsx"))
