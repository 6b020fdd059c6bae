"""How much a file may hold, and its bytes as text within that."""

from dataclasses import dataclass

from patterns.document.problems import Unreadable


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. ``marks`` bounds what a parser builds of it: see ``marks_in``."""

    size: int = 256 * 1024 * 1024
    entries: int = 1_000_000
    marks: int | None = None


COMMAND_LIMITS = Limits()
ADMIN_LIMITS = Limits(size=16 * 1024 * 1024, entries=20_000, marks=2_000_000)


def marks_in(text: str) -> int:
    """How much of a text a parser has to build something for, weighed by what that costs; itself it costs nothing.

    Unbounded, 16 MiB of empty tables took ten seconds and 1.3 GB, as much of escaped letters 1.7 GB. The densest texts
    of a catalogue have one mark in 20 bytes; the bound is one in 8.
    """
    return 5 * text.count("\n[") + 3 * text.count("\\") + sum(text.count(mark) for mark in "[{=,")


def text_of(data: bytes, limits: Limits) -> str:
    """The text of a TOML or JSON file; raises Unreadable if it is not UTF-8, or would cost a parser too much."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02X}"
        raise Unreadable(f"is not UTF-8 ({byte})", "save the file as UTF-8", place=f"line {line}") from None
    if limits.marks is not None and marks_in(text) > limits.marks:
        raise Unreadable("holds more tables, keys and values than a catalogue of its size", "export it in parts")
    return text
