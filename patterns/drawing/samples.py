"""Short pieces of line, for legends in the page."""

from patterns.drawing.edges import Edge, Port, drawn_edge
from patterns.drawing.svg import Svg, mark

WIDTH, HEIGHT = 40.0, 12.0


def line_sample(style: str, *, is_directed: bool) -> Svg:
    """How lines of a style look; the words stand beside it."""
    edge = Edge("", "", "", style, is_directed)
    drawn = drawn_edge(edge, Port(0, HEIGHT / 2, 1), Port(WIDTH - 1, HEIGHT / 2, -1), id=f"line-{style}")
    return mark(
        "svg", drawn, class_="drawing sample", aria_hidden="true", viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        width="2.5rem", height="0.75rem",
    )  # fmt: skip
