"""The comments above the first table of a file, which belong to the file and not to the catalogue."""

import re
from pathlib import Path

import tomli

BYTE_ORDER_MARK = "\ufeff"
COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


def comments_above(path: Path) -> str:
    """The comments above the first table of a file, such as its ``#:schema`` line or a licence, with plain line ends.

    They belong to the file and not to the catalogue, so an export to the same path keeps them. Raises OSError.
    """
    if not path.is_file():  # not there yet, or a pipe: there is nothing to keep, and reading might wait for ever
        return ""
    try:
        return leading_comments(unix_text(path.read_bytes().decode()))
    except UnicodeDecodeError:
        return ""


def leading_comments(text: str) -> str:
    found = COMMENTS.match(text if text.endswith("\n") else f"{text}\n")
    block = found[0] if found and "#" in found[0] else ""
    try:
        tomli.loads(block)
    except tomli.TOMLDecodeError:  # a control character: with it, the export could not be read again
        return ""
    return block


def unix_text(text: str) -> str:
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")
