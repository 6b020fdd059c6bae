"""Markdown that the site does not render: readers would see its signs."""

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt

from patterns.document.entry import long_texts
from patterns.document.prose import unlinked
from patterns.document.text import shortened
from patterns.lint.finding import Catalogue, Remark
from patterns.lint.manuscript import Manuscript

HTML = ("HTML", "write the words alone, or put it between backticks")
LINK = ("a link", "put it into the references; another entry is linked by its code, as [[06]]")
# By the parser's tokens. Paragraphs, emphasis, code, lists and links to entries are rendered.
NOT_RENDERED: dict[str, tuple[str, str]] = {
    "blockquote_open": ("a block quote", "write a paragraph"),
    "code_block": ("indented code", "put it between two lines of three backticks"),
    "heading_open": ("a heading", "write a paragraph"),
    "hr": ("a line across the page", "write a paragraph"),
    "html_block": HTML,
    "html_inline": HTML,
    "image": ("an image", "say in words what it shows"),
    "link_open": LINK,
    "s_open": ("struck-out words", "leave them out"),
    "table_open": ("a table", "write a list"),
}
# Emphasis is rendered and hides nothing else: not to look for it saves a third of the time.
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["emphasis", "entity"])


def not_rendered(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """Each kind once in a text, where it first stands."""
    for key, text in long_texts(one.entry):
        lines = text.split("\n")
        for (what, hint), number in first_lines(text).items():
            start = shortened(lines[number - 1].strip())
            yield Remark(key, f"has {what} on line {number}, which readers see as it is typed: {start!r}", hint)


def first_lines(text: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    # Links to entries are ours: the parser would take the code of one for the name of a reference.
    for kind, line in tokens(unlinked(text)):
        if kind in NOT_RENDERED:
            found.setdefault(NOT_RENDERED[kind], line)
    return found


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """The types of all tokens with their lines; an address that is given apart counts as a link."""
    apart: dict[str, Any] = {}
    line = 1
    for block in PARSER.parse(text, apart):
        line = block.map[0] + 1 if block.map else line
        yield block.type, line
        for token in block.children or ():
            yield token.type, line
            line += token.content.count("\n") + (token.type in ("softbreak", "hardbreak"))
    yield from (("link_open", reference["map"][0] + 1) for reference in apart.get("references", {}).values())
