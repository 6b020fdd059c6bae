"""Rows of dots: every run is one, on an axis that all rows share."""

from xml.etree.ElementTree import Element

import pytest

from patterns.drawing.chart import NARROW, WIDE, Format
from patterns.drawing.dots import DotRow, dot_rows
from patterns.tests.drawing.elements import classed, lines, parsed

ROWS = [DotRow("Without", 0, [0.0, 5.0, 10.0], 5.0), DotRow("With", 1, [2.0] * 5, 2.0), DotRow("Never", 2, [], None)]
BOTH = pytest.mark.parametrize("format", [WIDE, NARROW], ids=["wide", "narrow"])


def drawing(format: Format = WIDE, rows: list[DotRow] = ROWS) -> Element:
    return parsed(dot_rows(rows, unit="ms", format=format, name="one", title="One", description="The table has it."))


def dots(drawn: Element) -> list[tuple[float, float]]:
    """The places of all dots, row by row."""
    words = [one.attrib["d"].split() for one in classed(drawn, "dots-of")]
    return [(float(of[at + 1]), float(of[at + 2])) for of in words for at, word in enumerate(of) if word == "M"]


@BOTH
def test_every_run_is_a_dot_at_its_place(format: Format):
    places = [x for x, _ in dots(drawing(format))]

    assert len(places) == 8
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.11)
    assert len({*places[3:]}) == 1


@BOTH
def test_equal_runs_do_not_hide_each_other(format: Format):
    assert len({y for _, y in dots(drawing(format))[3:]}) == 5


@BOTH
def test_the_bar_stands_at_the_mean_and_none_where_there_is_nothing(format: Format):
    drawn = drawing(format)

    bars, places = [float(one.attrib["d"].split()[1]) for one in classed(drawn, "mean")], dots(drawn)
    assert bars == [places[1][0], places[3][0]]


@BOTH
def test_the_axis_has_numbers_and_a_unit_and_starts_at_zero(format: Format):
    said = lines(drawing(format))

    assert {"0", "10", "ms", "Without", "With", "Never"} <= {*said}


@BOTH
def test_nothing_stands_outside(format: Format):
    drawn = drawing(format, [DotRow("A side with a name that is long", 0, [123_456.0, 99.0], 1_000.0)])

    wide = float(drawn.attrib["viewBox"].split()[2])
    assert all(0 <= x <= wide - 3 for x, _ in dots(drawn))
