"""The formats of a catalogue, a row each: how a file of it is named, read and written, and who may take one away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from patterns.document.catalog import Document, Source
from patterns.document.problems import InvalidCatalog, Problem, Unreadable
from patterns.files.csv import parse_csv, write_csv
from patterns.files.git import git_conflict
from patterns.files.json import parse_json, write_json
from patterns.files.limits import COMMAND_LIMITS, Limits
from patterns.files.toml import parse_toml, write_toml
from patterns.files.xlsx import parse_workbook, write_workbook


class Writer(Protocol):
    def __call__(self, document: Document, *, base: str = "", partial: bool = False) -> str | bytes: ...


@dataclass(frozen=True)
class Format:
    """``parse`` and ``write`` are None where there is no way in or out.

    ``quote`` begins and ends what is somebody's text and not the format's own, where Git's marks mean nothing; None
    says that the bytes are no text at all.
    """

    name: str
    content_type: str
    suffixes: tuple[str, ...]
    parse: Callable[[bytes, str, Limits], Source] | None
    write: Writer | None
    quote: str | None = ""
    is_public: bool = True  # readers may take the catalogue away in it
    is_of_entries: bool = True  # and one entry


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    one.name: one
    for one in (
        Format("toml", "application/toml; charset=utf-8", (".toml",), parse_toml, write_toml, quote='"""'),
        Format("json", "application/json", (".json",), parse_json, write_json),
        Format("csv", "text/csv; charset=utf-8", (".csv", ".tsv"), parse_csv, write_csv, is_of_entries=False),
        Format("xlsx", WORKBOOK, (".xlsx",), parse_workbook, write_workbook, quote=None, is_public=False),
    )
}
READABLE = {name: one for name, one in FORMATS.items() if one.parse}
WRITABLE = {name: one for name, one in FORMATS.items() if one.write}
FORMAT_OF_SUFFIX = {suffix: name for name, one in READABLE.items() for suffix in one.suffixes}


def parse(data: bytes, *, name: str, format: str, limits: Limits = COMMAND_LIMITS) -> Source:
    """Decode and parse one file; raises InvalidCatalog with the place of what cannot be read."""

    def refuse(message: str, hint: str, *, place: str = "") -> InvalidCatalog:
        return InvalidCatalog([Problem(file=name, place=place, message=message, hint=hint)])

    if len(data) > limits.size:
        raise refuse(f"has {len(data):,} bytes", f"at most {limits.size:,} are allowed: export it in parts")
    one = FORMATS[format]
    assert one.parse is not None
    try:
        return one.parse(data, name, limits)
    except Unreadable as error:
        conflict = git_conflict(data.decode(errors="replace"), quote=one.quote) if one.quote is not None else None
        why = conflict or error
        raise refuse(why.message, why.hint, place=why.place) from None
