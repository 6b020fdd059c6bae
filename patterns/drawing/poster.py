"""The picture that other sites show of a link to an entry: a drawing as PNG, since they take no SVG.

Its letters are those of an installed font and of no other, so that the picture is the same on every machine. A text
that the font has not all characters of is left out: boxes in its place would say nothing.
"""

import re
from dataclasses import dataclass
from math import cos, radians, sin

import resvg_py
from font_source_sans_pro import font_files_ttf

from patterns.drawing.lettering import Face, text_lines, width, wrap
from patterns.drawing.svg import Svg, mark, together

WIDTH, HEIGHT = 1200, 630  # what those who show it ask for
LEFT, RIGHT, BAND = 84, 1116, 28
ROOM = RIGHT - LEFT
FONT, FONT_FILES = "Source Sans Pro", [font_files_ttf[name] for name in ("SourceSansPro", "SourceSansProSemibold")]
# Latin, Greek and Cyrillic letters, and the marks between words. The font has more, and these without a gap.
DRAWABLE = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u017e\u0391-\u03a1\u03a3-\u03ce\u0400-\u045f\u1ea0-\u1ef9"
    "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2192\u2212]*"
)
# Drawings reckon with bounds over all faces. Sentences in this one take 0.7 of them, and the margin bears 0.81.
NARROWNESS = 0.75
INK, FAINT, RULE, PAPER = "#22252b", "#5c6068", "#dcdad5", "#fcfbf9"
STYLE = f"""
text {{ font-family: {FONT}; fill: {INK} }}
.faint {{ fill: {FAINT} }}
.strong {{ font-weight: 600 }}
.name {{ font-size: 76px }}
.text {{ font-size: 38px }}
.small {{ font-size: 30px }}
.figure {{ font-size: 56px }}
"""
NAME = Face("name strong", 76 * NARROWNESS, 84, is_bold=True)
TEXT, SMALL = Face("text", 38 * NARROWNESS, 50), Face("small faint", 30 * NARROWNESS, 40)
CATEGORY = Face("small strong tint", 30 * NARROWNESS, 40, is_bold=True)
FIGURE = Face("figure strong tint", 56 * NARROWNESS, 60, is_bold=True)
# By the position of the category, as in the style sheet: angles of OKLCH, with one lightness and one chroma for all.
ANGLES = (255, 45, 195, 345, 135, 285, 75, 225, 15, 165, 315, 105)
LIGHTNESS, CHROMA = 0.47, 0.115


@dataclass(frozen=True)
class PosterFigure:
    """One figure of the lab: what it counts, and its values without and with the pattern."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Poster:
    """``slug`` stands in for a name that cannot be drawn; ``position`` is that of the category."""

    code: str
    slug: str
    name: str
    description: str
    category: str
    position: int
    catalog: str
    figure: PosterFigure | None = None


def poster_png(poster: Poster) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=draw_poster(poster),
        style_sheet=f"{STYLE} .tint {{ fill: {tint_of(poster.position)} }}",
        font_files=FONT_FILES,
        skip_system_fonts=True,
    )


def draw_poster(poster: Poster) -> Svg:
    category = wrap(drawable(poster.category), CATEGORY, room=ROOM - 220, most=1)
    name = wrap(drawable(poster.name) or poster.slug, NAME, room=ROOM, most=2)
    text = wrap(drawable(poster.description), TEXT, room=ROOM, most=3)
    return mark(
        "svg",
        mark("rect", width=WIDTH, height=HEIGHT, fill=PAPER),
        mark("rect", width=BAND, height=HEIGHT, class_="tint"),
        text_lines(category, CATEGORY, x=LEFT, y=98, start=True),
        mark("text", poster.code, class_=SMALL.class_, x=RIGHT, y=98, text_anchor="end"),
        text_lines(name, NAME, x=LEFT, y=194, start=True),
        text_lines(text, TEXT, x=LEFT, y=186 + len(name) * NAME.leading, start=True),
        foot(poster),
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=HEIGHT,
    )


def foot(poster: Poster) -> Svg:
    """What the lab measured, and whose picture it is."""
    parts, room = [mark("rect", x=LEFT, y=474, width=ROOM, height=2, fill=RULE)], float(ROOM)
    if poster.figure:
        change = f"{poster.figure.before} → {poster.figure.after}"
        room -= width(change, FIGURE) + 40
        counted = wrap(f"In the lab: {poster.figure.name}", SMALL, room=ROOM, most=1)
        parts += [
            text_lines([change], FIGURE, x=LEFT, y=540, start=True),
            text_lines(counted, SMALL, x=LEFT, y=590, start=True),
        ]
    for line in wrap(drawable(poster.catalog), SMALL, room=room, most=1):
        parts.append(mark("text", line, class_=SMALL.class_, x=RIGHT, y=536, text_anchor="end"))
    return together(parts)


def drawable(text: str) -> str:
    """The text if the font has all of it, else nothing; spaces and hyphens that do not break are drawn as others."""
    plain = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")
    return plain if DRAWABLE.fullmatch(plain) else ""


def tint_of(position: int) -> str:
    """The colour of the category at a position."""
    return srgb(LIGHTNESS, CHROMA, ANGLES[position % len(ANGLES)])


def srgb(lightness: float, chroma: float, angle: float) -> str:
    """An OKLCH colour as browsers show it, such as "#20639b"; the matrices are Björn Ottosson's."""
    a, b = chroma * cos(radians(angle)), chroma * sin(radians(angle))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    bounded = (min(max(one, 0.0), 1.0) for one in linear)
    shown = (12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in bounded)
    return "#" + "".join(f"{round(one * 255):02x}" for one in shown)
