"""The Markdown of the long texts, read without rendering it: its links to other entries, and its plain words.

A link is ``[[06]]``, which shows the name of the entry, or ``[[06|words]]``. Rendering is done elsewhere, by a parser;
this is for texts by the thousand, and knows as much of Markdown as it takes to leave code alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from patterns.document.text import CODE as ENTRY_CODE

# Bounded, so that a text of nothing but brackets is read in one pass.
LINK = re.compile(rf"\[\[(?P<code>{ENTRY_CODE.pattern})(?:\|(?P<words>[^\[\]|\n]{{1,200}}))?\]\]")
# A fence that nothing closes goes on to the end of the text, as in CommonMark.
FENCED = r"^[ ]{0,3}(?P<fence>```+|~~~+).*?(?:^[ ]{0,3}(?P=fence)|\Z)"
SPAN = r"(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)|`+"  # or a run that nothing closes
CODE = rf"{FENCED}|{SPAN}|\\."
CODE_OR_LINK = re.compile(rf"{CODE}|{LINK.pattern}", re.MULTILINE | re.DOTALL)
FENCE = re.compile(FENCED, re.MULTILINE | re.DOTALL)
ITEM = r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]"
BLOCK_END = re.compile(rf"\n[ \t]*\n|\n(?={ITEM})")
# No abbreviation: what follows one goes on in small letters. Writing without spaces has a mark of its own.
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'“‘«(]?[^\Wa-z\d_])|(?<=[。！？])")  # noqa: RUF001
MARKS = re.compile(rf"^{ITEM}|\\([^\w\s])|[*`]+")


@dataclass(frozen=True)
class Link:
    """A link to an entry; no words mean its name."""

    code: str
    words: str

    @classmethod
    def at(cls, found: re.Match[str]) -> "Link":
        return cls(found["code"], (found["words"] or "").strip())


@dataclass(frozen=True)
class Target:
    """An entry that may be linked to, at an address."""

    name: str
    address: str


def links(text: str) -> Iterator[Link]:
    """The links outside code, in their order."""
    if "[[" in text:
        yield from (Link.at(found) for found in CODE_OR_LINK.finditer(text) if found["code"])


def with_links(text: str, written: Callable[[Link], str]) -> str:
    """The text with every link outside code written otherwise."""
    if "[[" not in text:  # the common case, kept fast
        return text
    return CODE_OR_LINK.sub(lambda found: written(Link.at(found)) if found["code"] else found[0], text)


def unlinked(text: str, names: Mapping[str, str] | None = None) -> str:
    """The text with the words of its links alone; those without words show the name, by code, or else the code."""
    return with_links(text, lambda link: link.words or (names or {}).get(link.code, link.code))


def paragraphs(text: str, names: Mapping[str, str]) -> list[str]:
    """The paragraphs and items, each on one line and without marks; blocks of code are left out."""
    blocks = BLOCK_END.split(unlinked(FENCE.sub("\n\n", text), names))
    plain = (" ".join(MARKS.sub(r"\1", block.strip()).split()) for block in blocks)
    return [line for line in plain if line]


def opening(text: str) -> list[str]:
    """The first sentence of a plain text, and behind it the rest if there is any."""
    return [part for part in SENTENCE_END.split(text.strip(), maxsplit=1) if part]


SHORT = 60  # characters of a sentence that says little by itself


def teaser(text: str, *, is_cut: bool = False) -> str:
    """The first sentence of a text in Markdown, without marks, and the second if the first is short.

    Nothing if the text names entries by their codes alone. ``is_cut`` says that it goes on where it ends: a sentence
    that is cut with it ends in an ellipsis.
    """
    if any(not link.words for link in links(text)):
        return ""
    first, *more = paragraphs(text, {})[:2] or [""]
    ends = [*(found.start() for found in islice(SENTENCE_END.finditer(first), 2)), len(first)][:2]
    end = ends[0] if ends[0] >= SHORT else ends[-1]
    if more or end < len(first) or not is_cut:
        return first[:end]
    # Neither half a word nor half a link.
    whole, _, half = first.rpartition("[[")
    kept = whole if whole and "]]" not in half else first
    return f"{kept.rpartition(' ')[0].rstrip(' ,;:') or kept}…"


# Words: what a text is to search, the same for what is indexed and for what readers type.


WORD = re.compile(r"[^\W_]+")
COMBINING, FIRST_COMBINING = frozenset({"Mn", "Mc", "Me"}), "\u0300"  # categories, and the first sign of any
ASCII = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))


def folded(text: str) -> str:
    """The words of a text between spaces, without case, accents and punctuation."""
    if text.isascii():  # the common case, kept fast
        return text.encode().translate(ASCII).decode()
    # Vowels above and below letters, as in Thai, combine with nothing in Unicode's sense, and yet part no words.
    plain = unicodedata.normalize("NFKD", text)
    marks = [one for one in {*plain} if one >= FIRST_COMBINING and unicodedata.category(one) in COMBINING]
    plain = plain.translate(dict.fromkeys(map(ord, marks))) if marks else plain
    # Composed again, because NFKD takes the syllables of Hangul apart as well.
    return " ".join(WORD.findall(unicodedata.normalize("NFC", plain.casefold())))
