"""Drawings as a browser reads them."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]>&amp;<!--",
    "w" * 500,
    "W" * 500,
    "نمط الملحمة " * 20,
    "👩‍👩‍👧‍👦" * 40,
    "日本語" * 60,
    "e\u0301\u0323" * 90,
    "\u202egnirts\u2066",
    "\ufdfd" * 30,
    "\x00\x1b\ud800\uffff",
    " ",
    "",
]


def parsed(drawing: str) -> Element:
    """The drawing as XML, which forgives nothing."""
    return ElementTree.fromstring(drawing)


def classed(drawing: Element, word: str) -> list[Element]:
    """Elements with a word among their classes."""
    return [one for one in drawing.iter() if word in one.get("class", "").split()]


def lines(drawing: Element) -> list[str]:
    return [one.text or "" for one in drawing.iter("text")]


def number(element: Element, name: str) -> float:
    return float(element.attrib[name])
