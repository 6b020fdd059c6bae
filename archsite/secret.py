"""The secret key of a single machine: made once, kept in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

KEY_LENGTH = 64


def read_or_make(path: Path) -> str:
    """Return the key in `path`, made there first if need be. Processes that race for it all get the same key."""
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_LENGTH))
        _publish(draft, path)
    finally:
        draft.unlink()


def _publish(draft: Path, path: Path) -> None:
    # A link, unlike a rename, never replaces: the first process wins and the others read what it wrote.
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
