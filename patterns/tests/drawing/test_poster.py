"""The picture of a link: an SVG of bounded size, and the PNG of it."""

import re
import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.drawing.poster import (
    ANGLES,
    DRAWABLE,
    FONT,
    FONT_FILES,
    Poster,
    PosterFigure,
    draw_poster,
    poster_png,
    srgb,
    tint_of,
)

SAGA = Poster("06", "saga", "Saga", "Undoes step by step.", "Transactions", 3, "Systems")
HOSTILE = "</svg><script>alert(1)</script><image href='file:///etc/passwd'/> & ]]> <!--"
TOKENS = Path(__file__).parents[2] / "static/patterns/css/tokens.css"
BLANKS = " \u00a0"


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def shown(poster: Poster) -> list[str]:
    drawing = ElementTree.fromstring(draw_poster(poster))
    assert {one.tag.rpartition("}")[2] for one in drawing.iter()} <= {"svg", "rect", "text"}
    return [one.text or "" for one in drawing.iter("{http://www.w3.org/2000/svg}text")]


def test_it_shows_what_an_entry_is_and_what_the_lab_measured():
    poster = replace(SAGA, figure=PosterFigure("bookings left half done", "7", "0"))

    assert shown(poster) == [
        *("Transactions", "06", "Saga", "Undoes step by step."),
        *("7 → 0", "In the lab: bookings left half done", "Systems"),
    ]


def test_it_is_a_png_of_the_size_that_is_asked_for():
    assert size(poster_png(SAGA)) == (1200, 630)


def test_the_same_is_drawn_alike():
    assert poster_png(SAGA) == poster_png(replace(SAGA))


@pytest.mark.parametrize("change", [{"name": "Sagas"}, {"position": 4}, {"code": "07"}, {"catalog": "Others"}])
def test_another_is_drawn_otherwise(change: dict[str, object]):
    assert poster_png(replace(SAGA, **change)) != poster_png(SAGA)


def test_a_name_that_the_font_cannot_write_gives_way_to_the_slug():
    poster = replace(SAGA, name="サーガ", description="取り消す。", category="取引", catalog="系統")

    assert shown(poster) == ["06", "saga"]
    assert size(poster_png(poster)) == (1200, 630)


def test_what_does_not_break_is_drawn_as_what_does():
    assert "Change-data capture" in shown(replace(SAGA, name="Change\u2011data\u00a0capture"))


def test_hostile_text_stays_text():
    poster = replace(SAGA, name=HOSTILE, description=HOSTILE, category=HOSTILE, catalog=HOSTILE, code="<b>")

    assert "<b>" in shown(poster)
    assert size(poster_png(poster)) == (1200, 630)


def test_long_texts_take_few_lines():
    many = "word " * 200
    poster = replace(SAGA, name=many, description=many, category=many, catalog=many)

    assert len(shown(replace(poster, figure=PosterFigure(many, "1", "2")))) == 10


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=120), st.text(max_size=300), st.integers(0, 10**6))
def test_any_text_makes_a_picture(name: str, description: str, position: int):
    poster = replace(SAGA, name=name, description=description, category=name, catalog=name, position=position)

    assert size(poster_png(poster)) == (1200, 630)


def letter(character: str, font: str) -> bytes:
    weight = 600 if "Semibold" in font else 400
    text = f"<text y='20' font-family='{FONT}' font-weight='{weight}'>&#{ord(character)};</text>"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='24' height='24'>{text}</svg>"
    return resvg_py.svg_to_bytes(svg_string=svg, font_files=[font], skip_system_fonts=True)


@pytest.mark.parametrize("font", FONT_FILES, ids=["regular", "semibold"])
def test_the_font_has_every_character_that_is_drawn(font: str):
    missing = letter("\U0010fffd", font)
    drawn = [chr(code) for code in range(0x20, 0x3000) if DRAWABLE.fullmatch(chr(code)) and chr(code) not in BLANKS]

    assert letter("日", font) == missing
    assert len(drawn) > 500
    assert [one for one in drawn if letter(one, font) == missing] == []


def test_categories_have_the_colours_of_the_style_sheet():
    hues = re.findall(r"\.hue-(\d+) \{ --hue: (\d+); \}", TOKENS.read_text())

    assert [(int(number), int(angle)) for number, angle in hues] == [*enumerate(ANGLES)]
    assert len({tint_of(position) for position in range(12)}) == 12
    assert tint_of(12) == tint_of(0)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((1, 0, 0), "#ffffff"), ((0, 0, 0), "#000000"), ((0.62796, 0.25768, 29.234), "#ff0000")],
)
def test_a_colour_is_that_of_a_browser(colour: tuple[float, float, float], expected: str):
    assert srgb(*colour) == expected
