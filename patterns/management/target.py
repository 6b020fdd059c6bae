"""The file that an export replaces: the comments above its tables, and whether it already says the same."""

import re
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import tomli

from patterns.document.catalog import Category, Document
from patterns.document.source import CatalogFile
from patterns.files.toml import end_block, write_toml
from patterns.store.exports import Export

BYTE_ORDER_MARK = "\ufeff"
COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


def comments_above(path: Path) -> str:
    """The comments above the first table of a file, such as its ``#:schema`` line or a licence, with plain line ends.

    They belong to the file and not to the catalogue, so an export to the same path keeps them. Raises OSError.
    """
    if not path.is_file():  # not there yet, or a pipe: there is nothing to keep, and reading might wait for ever
        return ""
    try:
        return leading_comments(plain(path.read_bytes().decode()))
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


def plain(text: str) -> str:
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")


def difference(file: CatalogFile, export: Export, *, name: str) -> list[str]:
    """The lines of a unified diff of what the file says and what the catalogue says, both as an export writes them.

    Where the file comes from (its base), how it ends and how it is laid out is nothing that it says of the catalogue.
    """
    before = replace(file.document, categories=in_order(file.document, export.document.categories))
    # Absence means something else in a part of the catalogue; a file written by hand says nothing of that.
    is_of_export = bool(file.base) or file.partial
    partial = (file.partial, export.partial) if is_of_export and file.partial != export.partial else (False, False)
    before_lines = write_toml(before, partial=partial[0]).split("\n")
    after_lines = write_toml(export.document, partial=partial[1]).split("\n")
    return [*unified_diff(before_lines, after_lines, name, "catalogue", lineterm="")]


def in_order(document: Document, ours: dict[str, Category]) -> dict[str, Category]:
    """The categories of a file in the catalogue's order, unless the file states another order."""
    stated = document.header.categories
    in_both = [slug for slug in ours if slug in stated]
    if in_both != [slug for slug in stated if slug in ours]:
        return document.categories
    found = document.categories
    return {slug: found[slug] for slug in (*(slug for slug in ours if slug in found), *found)}


def layout(text: str, file: CatalogFile) -> list[str]:
    """How the layout of a file's text differs from that of an export, in words."""
    differences = {
        "a byte order mark": text.startswith(BYTE_ORDER_MARK),
        "CRLF line ends": "\r\n" in text,
        "order, spaces or comments": not is_canonical(plain(text), file),
    }
    return [name for name, is_so in differences.items() if is_so]


def is_canonical(text: str, file: CatalogFile) -> bool:
    """Whether an export would write the text just so, below its comments; a file written by hand may have an end."""
    written = write_toml(file.document, base=file.base, partial=file.partial)
    return text.removeprefix(leading_comments(text)) in (written, f"{written}\n{end_block(file.document)}")
