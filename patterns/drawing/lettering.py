"""Text in drawings: how much room it takes at most, and where its lines break.

SVG does not wrap, and the server has no fonts: widths are upper bounds over the faces that readers' systems have.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from patterns.drawing.svg import Svg, mark, together

# Character → width in ems, rounded up: a line that breaks too early looks well, one that leaves its box does not.
# All others by what kind of character they are.
NARROW = dict.fromkeys("ijlIJ.,:;'|!", 0.37) | dict.fromkeys(' ftr()[]{}-/\\"`', 0.47)
WIDE = dict.fromkeys("mwMW@%", 1.04) | dict.fromkeys("ABCDEGHKNOQRSUVXZ&+=<>~#^", 0.85)
USUAL = {chr(code): 0.68 for code in range(0x20, 0x7F)}
ENORMOUS = {"\ufdfd": 12.0}  # one character, a whole Arabic sentence
EMS = USUAL | NARROW | WIDE | ENORMOUS
LATIN, EUROPEAN, OTHER, PICTURE, LIGATURE = 0.85, 1.1, 1.3, 1.45, 3.0
BOLD = 1.1  # so much wider than regular letters
JOINER = "\u200d"  # between pictures that are one to the eye
ELLIPSIS = "…"
RIGHT_TO_LEFT = {"R", "AL"}


@dataclass(frozen=True)
class Face:
    """A size of letters, in units, with the distance between lines; the class that the style sheet knows it by."""

    class_: str
    size: float
    leading: float
    is_bold: bool = False


@lru_cache(maxsize=4096)
def em(character: str) -> float:
    """An upper bound of the width of one character in ems."""
    code = ord(character)
    if character in EMS:
        return EMS[character]
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if code < 0x530:
        return EUROPEAN if unicodedata.category(character) == "Lu" or code > 0x250 else LATIN
    if 0xFBEA <= code <= 0xFDFF or 0x12000 <= code <= 0x1254F:
        return LIGATURE
    return PICTURE if unicodedata.category(character) in ("So", "Sk", "Cn", "Co") else OTHER


def width(text: str, face: Face) -> float:
    """In units, and an upper bound."""
    return sum(map(em, text)) * face.size * (BOLD if face.is_bold else 1)


def longest_word(text: str, face: Face) -> float:
    """The width of the widest word, in units; 0 without any."""
    return max((width(word, face) for word in text.split()), default=0.0)


def wrap(text: str, face: Face, *, room: float, most: int) -> list[str]:
    """Lines no wider than ``room``, at most that many; the last one ends with an ellipsis if text is left over."""
    lines, line = [], ""
    for word in re.findall(r"\S+", text):
        longer = f"{line} {word}".lstrip()
        if width(longer, face) <= room:
            line = longer
        else:
            *full, last = cut_word(word, face, room=room)
            lines += [line, *full] if line else full
            line = last
        if len(lines) >= most:  # the rest is not measured: a stranger's text may be long
            break
    lines += [line] * bool(line)
    if len(lines) <= most:
        return lines
    kept = clusters(lines[most - 1])
    while kept and width("".join(kept) + ELLIPSIS, face) > room:
        kept.pop()
    return [*lines[: most - 1], "".join(kept).rstrip() + ELLIPSIS]


def cut_word(word: str, face: Face, *, room: float) -> list[str]:
    """A word in pieces, cut only where no room is left; marks and joined pictures stay with what they belong to.

    What is wider than the room alone, as one Arabic ligature may be, becomes an ellipsis.
    """
    found = [""]
    for cluster in (one if width(one, face) <= room else ELLIPSIS for one in clusters(word)):
        if found[-1] and width(found[-1] + cluster, face) > room:
            found.append("")
        found[-1] += cluster
    return found


def clusters(word: str) -> list[str]:
    """Characters as readers see them, near enough to cut between them."""
    found: list[str] = []
    for character in word:
        if found and (em(character) == 0 or found[-1].endswith(JOINER)):
            found[-1] += character
        else:
            found.append(character)
    return found


def text_lines(lines: Sequence[str], face: Face, *, x: float, y: float, start: bool = False) -> Svg:
    """Lines below each other, the first one's base at ``y``: around ``x``, or beginning there.

    Each is an element of its own, so that no mark of direction reaches beyond it; a space, which nobody sees, keeps
    the last word of one and the first of the next apart for whoever hears them or asks for them by voice.
    """
    drawn = []
    for index, line in enumerate(lines):
        kinds = (unicodedata.bidirectional(character) for character in line)
        first_strong = next((kind for kind in kinds if kind in (*RIGHT_TO_LEFT, "L")), "L")
        is_reversed = first_strong in RIGHT_TO_LEFT  # its end is on the left
        anchor = ("end" if is_reversed else "start") if start else "middle"
        direction = {"direction": "rtl"} if is_reversed else {}
        top = y + index * face.leading
        drawn += [mark("text", line, class_=face.class_, x=x, y=top, text_anchor=anchor, **direction), " "]
    return together(drawn)
