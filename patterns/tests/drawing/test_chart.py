"""Line charts and strips, as numbers."""

from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing.axis import Axis, tick_label, wide_enough
from patterns.drawing.chart import (
    NAME,
    NARROW,
    TICK,
    WIDE,
    AxisNames,
    ChartLine,
    Format,
    Point,
    Span,
    chart,
    series_sample,
    spread_tops,
    strip,
)
from patterns.drawing.lettering import width
from patterns.tests.drawing.elements import NASTY, classed, lines, parsed
from patterns.tests.drawing.elements import number as at

NAMES = AxisNames("seconds", "a second")
OUTAGE = Span("down", 2, 4)
numbers = st.floats(-1e9, 1e9)
curves = st.lists(
    st.builds(
        ChartLine,
        st.sampled_from(NASTY),
        st.integers(0, 5),
        st.lists(st.builds(Point, numbers, numbers), min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=4,
)
formats = st.sampled_from([WIDE, NARROW])
spans = st.lists(st.builds(Span, st.sampled_from(NASTY), numbers, numbers), max_size=4)


def line(*values: float, name: str = "Side", style: int = 0) -> ChartLine:
    return ChartLine(name, style, [Point(x, y) for x, y in enumerate(values)])


def drawn(curves: Sequence[ChartLine], spans: Sequence[Span] = (), format: Format = WIDE) -> str:
    about = {"name": "c", "title": "Refused", "description": "The table says the same."}
    return chart(curves, names=NAMES, spans=spans, format=format, **about)


def figure(*curves: ChartLine, spans: Sequence[Span] = (), format: Format = WIDE) -> Element:
    return parsed(drawn(curves, spans, format))


def one(drawing: Element, word: str) -> Element:
    [found] = classed(drawing, word)
    return found


def places(drawing: Element) -> list[tuple[float, float]]:
    """Where the line of style 0 runs."""
    words = classed(drawing, "series-0")[0].find("path").attrib["d"].split()
    found = [float(word) for word in words if word != "M"]
    return [*zip(found[::2], found[1::2], strict=True)]


def marks(drawing: Element, style: int) -> set[str]:
    """Where the marks of a line stand, if they are discs."""
    return {mark.attrib["cx"] for mark in classed(classed(drawing, f"series-{style}")[0], "mark")}


def ticks(drawing: Element) -> dict[str, float]:
    """Label → place on the x axis."""
    found = (text for text in classed(drawing, "letters-tick") if text.get("text-anchor") == "middle")
    return {text.text or "": at(text, "x") for text in found}


def test_it_says_what_it_shows():
    drawing = figure(line(0, 3, 1))

    assert [one.text for one in drawing if one.tag in ("title", "desc")] == ["Refused", "The table says the same."]
    assert {"seconds", "a second", "Side"} <= {*lines(drawing)}


def test_higher_values_are_drawn_higher():
    heights = [y for _, y in places(figure(line(0, 4, 2)))]

    assert heights[1] < heights[2] < heights[0]


def test_the_line_runs_from_the_first_tick_to_the_last():
    drawing = figure(line(0, 0, 0, 0, 0, 10))

    along = [x for x, _ in places(drawing)]
    assert (along[0], along[-1]) == (ticks(drawing)["0"], ticks(drawing)["5"])


def test_there_are_no_halves_between_whole_numbers():
    assert [*ticks(figure(line(1, 2, 3)))] == ["0", "1", "2"]
    assert "0.4" in ticks(figure(ChartLine("Side", 0, [Point(0.25, 1), Point(2, 1)])))


def test_the_y_axis_is_named_in_full_where_nothing_was_broken():
    long = AxisNames("tries", "events lost, false or applied twice")

    drawing = parsed(chart([line(1, 2)], names=long, name="c", title="Lost", description="As the table."))

    assert long.y in lines(drawing)


@pytest.mark.parametrize(("style", "tag"), [(0, "circle"), (1, "rect"), (2, "path"), (3, "path"), (4, "circle")])
def test_each_style_has_marks_of_its_own(style: int, tag: str):
    assert {mark.tag for mark in classed(figure(line(1, 2, 3, style=style)), "mark")} == {tag}


def test_marks_of_lines_that_coincide_stand_at_different_places():
    drawing = figure(line(*[1] * 48, style=0), line(*[1] * 48, style=1), line(*[1] * 48, style=4))

    assert len(marks(drawing, 0)) >= 6
    assert not marks(drawing, 0) & marks(drawing, 4)


def test_what_was_broken_is_shaded_and_named():
    drawing = figure(line(0, 1, 2, 3, 4), spans=[OUTAGE])

    shade = one(drawing, "span")
    assert at(shade, "x") == ticks(drawing)["2"]
    assert at(shade, "x") + at(shade, "width") == pytest.approx(ticks(drawing)["4"], abs=0.2)
    assert [text.text for text in classed(drawing, "letters-span")] == ["down"]


def test_what_broke_again_is_shaded_again_and_named_once():
    drawing = figure(line(*range(9)), spans=[OUTAGE, Span("down", 6, 8)])

    assert len(classed(drawing, "span")) == 2
    assert len(classed(drawing, "letters-span")) == 1


def test_on_a_phone_two_names_of_what_broke_stand_below_each_other_where_one_row_is_too_short():
    broken = [Span("a proxy is down, if there are any", 0, 1), Span("an application is down", 1, 2)]

    drawing = figure(line(*range(9)), spans=broken, format=NARROW)

    names = classed(drawing, "letters-span")
    assert [name.text for name in names] == [span.name for span in broken]
    assert at(names[1], "y") == at(names[0], "y") - 16
    assert at(names[1], "x") >= width("a second", TICK)


def test_what_broke_for_a_moment_can_be_seen():
    assert at(one(figure(line(0, 1, 2), spans=[Span("crash", 1, 1)]), "span"), "width") > 0


def test_names_of_lines_that_end_at_one_place_do_not_overlap():
    drawing = figure(*(line(0, 1, name=f"Side {style}", style=style) for style in range(4)))

    tops = sorted(at(text, "y") for text in classed(drawing, "letters-line"))
    assert min(after - before for before, after in pairwise(tops)) >= 15


def test_there_are_no_colours_in_it():
    drawing = figure(line(0, 1), spans=[OUTAGE])

    assert not {"style", "fill", "stroke"} & {name for one in drawing.iter() for name in one.attrib}


def test_the_same_numbers_give_the_same_bytes():
    assert drawn([line(0, 1)], [OUTAGE]) == drawn([line(0, 1)], [OUTAGE])


@given(curves, spans, formats)
def test_whatever_is_drawn_is_well_formed_and_inside(curves: list[ChartLine], spans: list[Span], format: Format):
    drawing = parsed(drawn(curves, spans, format))

    left, top, right, bottom = map(float, drawing.attrib["viewBox"].split())
    assert [one for one in drawing.iter() if one.tag in ("script", "img")] == []
    assert all(left <= at(one, "x") <= right for one in drawing.iter("text"))
    assert all(top <= at(one, "y") <= bottom for one in drawing.iter("text"))
    assert all(left <= at(one, "x") and at(one, "x") + at(one, "width") <= right for one in classed(drawing, "span"))


def test_on_a_phone_the_names_stand_on_the_lines():
    drawing = figure(line(0, 1, name="Retry"), line(1, 0, name="Breaker", style=1), spans=[OUTAGE], format=NARROW)

    names = classed(drawing, "letters-line")
    lines_y = [float(one.attrib["d"].split()[-1]) for one in classed(drawing, "line") if " h " not in one.attrib["d"]]
    assert {one.text: at(one, "y") for one in names} == {
        "Retry": pytest.approx(min(lines_y), abs=20),
        "Breaker": pytest.approx(max(lines_y), abs=20),
    }
    assert all(at(one, "x") + width(one.text or "", NAME) <= NARROW.width for one in names)


@given(st.sampled_from(NASTY), formats)
def test_no_name_leaves_the_drawing(name: str, format: Format):
    texts = classed(figure(line(0, 1, name=name), format=format), "letters-line")

    ends = [at(text, "x") + width(text.text or "", NAME) for text in texts if text.get("direction") != "rtl"]
    assert all(end <= format.width for end in ends)


@given(numbers, numbers, st.integers(2, 12))
def test_an_axis_holds_its_values_between_round_numbers(first: float, second: float, most: int):
    low, high = wide_enough(min(first, second), max(first, second), most=most)

    nearly = (high - low) * 1e-6
    assert low - nearly <= min(first, second, 0) <= max(first, second, 0) <= high + nearly
    assert 2 <= len(Axis(low, high, 0, 100).ticks(most=most)) <= most + 1


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 19, [0, 5, 10, 15, 20]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.07, [0, 0.02, 0.04, 0.06, 0.08]),
        (-3, 7, [-5, 0, 5, 10]),
        (0, 1500, [0, 500, 1000, 1500]),
    ],
)
def test_ticks_are_numbers_that_people_count_in(low: float, high: float, ticks: list[float]):
    assert Axis(*wide_enough(low, high, most=5), 0, 100).ticks(most=5) == ticks


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1500, "1,500"), (0.25, "0.25"), (-2, "\N{MINUS SIGN}2"), (1e6, "1,000,000")]
)
def test_ticks_are_labelled_as_people_write(value: float, text: str):
    assert tick_label(value) == text


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(1, 60)), max_size=6))
def test_names_are_spread_without_overlap(places: list[tuple[float, float]]):
    wanted, heights = sorted(top for top, _ in places), [height for _, height in places]

    tops = spread_tops(wanted, heights, low=0, high=200)

    ends = [top + height for top, height in zip(tops, heights, strict=True)]
    assert all(end <= following + 1e-6 for end, following in zip(ends, tops[1:], strict=False))
    assert not ends or ends[-1] <= 200 + 1e-6


def test_a_sample_is_a_decoration():
    assert parsed(series_sample(1)).get("aria-hidden") == "true"


def strip_of(*values: float, high: float = 10) -> Element:
    return parsed(strip(values, mean=values[0], low=0, high=high, style=1))


def test_a_strip_has_a_dot_for_each_run_and_a_bar_at_the_median():
    drawing = strip_of(0, 5, 10)

    places = [at(dot, "cx") for dot in classed(drawing, "dot")]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])
    assert one(drawing, "mean").attrib["d"].startswith(f"M {places[0]:g} ")
    assert drawing.get("aria-hidden") == "true"


def test_equal_runs_do_not_hide_each_other():
    dots = classed(strip_of(*[3] * 5), "dot")

    assert len({at(dot, "cy") for dot in dots}) == 5


def test_a_strip_of_nothing_but_zeros_is_drawn():
    assert len(classed(strip_of(0, 0, high=0), "dot")) == 2
