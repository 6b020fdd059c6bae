"""Markdown of the long texts → HTML that is safe to show: paragraphs, emphasis, code, lists and links to entries."""

from collections.abc import Mapping, MutableMapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from patterns.document.prose import LINK, Target

# What pages may hold of what editors write. No image and no address but an entry's: nothing is loaded from elsewhere.
TAGS = {"p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "a"}
ATTRIBUTES = {"ol": {"start"}, "a": {"href"}}

NOWHERE: Mapping[str, Target] = MappingProxyType({})


def html_of(text: str, *, targets: Mapping[str, Target] = NOWHERE) -> str:
    """What is no paragraph, emphasis, code, list or link to an entry stays the text that was typed.

    ``targets`` are entries by code; a link to any other shows its words.
    """
    html = _parser.render(text, {"targets": targets})
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)


def read_link(state: StateInline, silent: bool) -> bool:
    """A rule of the parser: ``[[06]]`` or ``[[06|words]]``."""
    found = LINK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("entry_link", "a", 0)
        token.info, token.content = found["code"], (found["words"] or "").strip()
    state.pos = found.end()
    return True


def write_link(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: MutableMapping[str, Any]) -> str:
    code, words = tokens[index].info, tokens[index].content
    target = env["targets"].get(code)
    if target is None:
        return escape(words or code)
    return f'<a href="{escape(target.address)}">{escape(words or target.name)}</a>'


# Nothing but these rules: neither headings, which the page has, nor HTML.
_parser = MarkdownIt("zero").enable(["fence", "list", "emphasis", "backticks", "escape", "newline", "entity"])
_parser.inline.ruler.before("emphasis", "entry_link", read_link)
_parser.add_render_rule("entry_link", write_link)
