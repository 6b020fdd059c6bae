"""What stands at the ends of lines."""

from xml.etree.ElementTree import Element

import pytest

from patterns.drawing.graph import line_sample
from patterns.tests.drawing.elements import parsed

DIRECTED = ["requires", "uses", "weakened-by", "variant-of"]
BOTH_WAYS = ["complements", "alternative-to", "often-confused-with"]


def tips(style: str, *, is_directed: bool) -> list[Element]:
    drawing = parsed(line_sample(style, is_directed=is_directed))
    return [one for one in drawing.iter() if {"head", "tip"} & {word.split("-")[0] for word in classes(one)}]


def classes(element: Element) -> list[str]:
    return element.get("class", "").split()


def shape(tip: Element) -> tuple[str, ...]:
    return (tip.tag, *classes(tip), *tip.get("d", "").split()[3:], tip.get("r", ""))


def test_every_kind_of_line_ends_in_a_shape_of_its_own():
    shapes = {shape(tips(style, is_directed=True)[0]) for style in DIRECTED}
    shapes |= {shape(tips(style, is_directed=False)[0]) for style in BOTH_WAYS}

    assert len(shapes) == len(DIRECTED) + len(BOTH_WAYS)


@pytest.mark.parametrize("style", DIRECTED)
def test_a_directed_line_has_a_shape_at_its_end_alone(style: str):
    assert len(tips(style, is_directed=True)) == 1


@pytest.mark.parametrize("style", BOTH_WAYS)
def test_any_other_has_one_at_both_ends(style: str):
    assert len(tips(style, is_directed=False)) == 2


def test_a_style_that_nobody_knows_is_drawn_all_the_same():
    assert len(tips("nothing", is_directed=True)) == 1
    assert tips("nothing", is_directed=False) == []
