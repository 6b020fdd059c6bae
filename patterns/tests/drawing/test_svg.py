"""Markup that no text can break out of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.svg import NOT_XML, Svg, frame, mark, site_link
from patterns.tests.drawing.elements import NASTY, parsed


@given(st.text())
def test_any_text_stays_text(text: str):
    element = parsed(mark("text", text))

    assert [*element] == []
    assert (element.text or "").split() == NOT_XML.sub("\ufffd", text).replace("\r", "\n").split()


@pytest.mark.parametrize("text", NASTY)
def test_any_value_stays_a_value(text: str):
    assert [*parsed(mark("g", class_=text)).attrib] == ["class"]


def test_markup_in_markup_stays_markup():
    assert mark("g", mark("circle", r=1.0), "<") == '<g><circle r="1"></circle>&lt;</g>'


def test_markup_joined_to_text_is_text_again():
    joined = mark("g") + "<script>"

    assert type(joined) is str
    assert mark("g", joined) == "<g>&lt;g&gt;&lt;/g&gt;&lt;script&gt;</g>"


def test_names_of_attributes_are_those_of_svg():
    assert mark("a", class_="b", aria_label="c", viewBox="d", x=None) == '<a class="b" aria-label="c" viewBox="d"></a>'


@pytest.mark.parametrize("href", ["javascript:alert(1)", "https://example.org", "//example.org", "", "a", "#a"])
def test_a_link_stays_within_the_site(href: str):
    with pytest.raises(ValueError, match="within the site only"):
        site_link("", href=href, class_="", label="")


def test_a_drawing_has_a_title_and_a_description_that_name_it():
    drawing = parsed(frame(name="map", title="Map & more", description="Words", width=160, height=80, class_="drawing"))

    texts = {one.get("id"): one.text for one in drawing}
    assert texts[drawing.get("aria-labelledby")] == "Map & more"
    assert texts[drawing.get("aria-describedby")] == "Words"


def test_a_drawing_grows_with_the_readers_letters():
    drawing = parsed(frame(name="a", title="", description="", width=160, height=80, class_=""))

    assert [drawing.get(name) for name in ("viewBox", "width", "height")] == ["0 0 160 80", "10rem", "5rem"]


def test_only_markup_is_markup():
    assert not isinstance("<g></g>", Svg)
