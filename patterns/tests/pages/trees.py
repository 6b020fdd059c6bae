"""Pages as trees, strictly parsed, and as texts."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib


def parsed(response: Any) -> Element:
    """The page as a tree; any error of its HTML fails."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.content)


def texts(page: Element, tag: str) -> list[str]:
    return [" ".join("".join(element.itertext()).split()) for element in page.iter(tag)]


def as_read(words: str) -> str:
    """Any run of spaces, of whatever kind, is one space."""
    return " ".join(words.split())


def words(element: Element) -> str:
    return as_read("".join(element.itertext()))


def text(page: Element, tag: str = "main") -> str:
    return texts(page, tag)[0]


def ways(page: Element) -> dict[str, str]:
    """Where the links lead that say "prev" or "next"."""
    return {
        rel: element.attrib["href"] for element in page.iter("a") if (rel := element.get("rel")) in ("prev", "next")
    }


def links(page: Element) -> dict[str, str]:
    """Address → text of every link; the last one of each address."""
    return {element.attrib["href"]: " ".join("".join(element.itertext()).split()) for element in page.iter("a")}
