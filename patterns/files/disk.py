"""Files of the commands: read with their limits, written whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from patterns.document.problems import InvalidCatalog, Problem
from patterns.files.formats import FORMAT_OF_SUFFIX
from patterns.files.limits import COMMAND_LIMITS
from patterns.files.reader import Upload

STANDARD = "-"  # input or output


def read_uploads(paths: list[str]) -> list[Upload]:
    """The files at the paths, "-" for standard input; raises InvalidCatalog naming each that cannot be read."""
    uploads, problems = [], []
    for path in paths:
        suffix = Path(path).suffix.lower()
        if suffix and suffix not in FORMAT_OF_SUFFIX:
            *others, last = FORMAT_OF_SUFFIX
            hint = f"save it as {', '.join(others)} or {last}"
            problems.append(Problem(file=path, message=f"{suffix} is no format of a catalogue", hint=hint))
            continue
        try:
            uploads.append(read_upload(path, FORMAT_OF_SUFFIX.get(suffix, "toml")))
        except OSError as error:
            problems.append(Problem(file=path, message=f"cannot be read: {reason(error)}", hint="check the path"))
    if problems:
        raise InvalidCatalog(problems)
    return uploads


def read_upload(path: str, format: str) -> Upload:
    # One byte more than is allowed tells that a file is too large, and no more of it is read.
    if path == STANDARD:
        return Upload("standard input", format, sys.stdin.buffer.read(COMMAND_LIMITS.size + 1))
    with Path(path).open("rb") as file:
        return Upload(path, format, file.read(COMMAND_LIMITS.size + 1))


def write_atomically(path: Path, pieces: Iterable[str]) -> None:
    """Replace the file by these pieces in one step: an interruption at any moment leaves the old file or the new one.

    Raises OSError, and leaves nothing behind, if the file cannot be written whole.
    """
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe or a device: nothing to replace
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        return
    # A symbolic link stays one: what it leads to is replaced.
    target = path.resolve()
    # In the same folder, since a rename is one step only within a file system.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            # Before the rename: else a power cut could leave the new name with nothing behind it.
            os.fsync(file.fileno())
        # A temporary file is its owner's alone, which would stay so under the new name.
        Path(name).chmod(mode_of(target))
        Path(name).replace(target)
    # A KeyboardInterrupt is no Exception, and leaves nothing behind either.
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def sync(path: Path) -> None:
    """Until a file or folder is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def mode_of(path: Path) -> int:
    """The mode of the file that is replaced, or that of a new file."""
    if path.exists():
        return path.stat().st_mode & 0o777
    # The only way to read it is to set it.
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
