"""A sequence diagram for narrow screens: the lines of the parties close together, and texts as broad as the drawing.

The heads of neighbours stand at two heights, so that each has the room of two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patterns.drawing.lettering import Face, text_lines, width, wrap
from patterns.drawing.sequence import (
    EMPHASISED,
    FAILURES,
    HEAD_LINES,
    LOOP_HEIGHT,
    LOOP_WIDTH,
    NUMBER,
    NUMBER_RADIUS,
    TEXT,
    SequenceMessage,
    legend_of,
    message_line,
    parties_in,
    sequence,
)
from patterns.drawing.svg import Layouts, Svg, cylinder, frame, mark, path, together

HEAD = Face("letters letters-lane", 11.5, 15, is_bold=True)
HEAD_PADDING, MARGIN, BREADTH = 4.0, 2.0, 340.0
MOST = 6  # parties: of more, the heads have no room for words
EDGE, APART = (
    32.0,
    4.0,
)  # from the first line and the last one to the edge, and between a head and its neighbours' lines
LID = 14.0


@dataclass(frozen=True)
class Lane:
    """The line of a party at ``x``, and its head."""

    x: float
    left: float
    width: float
    top: float
    height: float
    lines: list[str]
    is_store: bool


def sequence_layouts(messages: Sequence[SequenceMessage], *, name: str, title: str, description: str) -> Layouts:
    """The diagram of at least one message."""
    about = {"title": title, "description": description}
    return Layouts(sequence(messages, **about, name=name), lanes(messages, **about, name=f"{name}-narrow"))


def lanes(messages: Sequence[SequenceMessage], *, name: str, title: str, description: str) -> Svg | None:
    """The diagram of at least one message; None if there are too many parties for the breadth."""
    names = parties_in(messages)
    if len(names) > MOST:
        return None
    placed = dict(zip(names, lanes_of(names, messages), strict=True))
    top = max(lane.top + lane.height for lane in placed.values()) + 18
    arrows = [*drawn_messages(messages, {name: lane.x for name, lane in placed.items()}, top=top)]
    bottom = arrows[-1][1]
    legend, height = legend_of(messages, top=bottom + 30, breadth=BREADTH)
    drawn = [
        *(drawn_lane(lane, bottom=bottom + 14) for lane in placed.values()),
        *(arrow for arrow, _ in arrows),
        legend,
    ]
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=BREADTH, height=height, class_="drawing sequence lanes")


def lanes_of(names: Sequence[str], messages: Sequence[SequenceMessage]) -> Iterator[Lane]:
    """From left to right in the order of the names."""
    stores = {one.receiver for one in messages if one.kind == "store" and one.sender != one.receiver}
    pitch = (BREADTH - 2 * EDGE) / max(1, len(names) - 1)
    heights = [0.0, 0.0]
    found = []
    for index, name in enumerate(names):
        x = EDGE + index * pitch
        low = x - pitch + APART if index else MARGIN
        high = x + pitch - APART if index < len(names) - 1 else BREADTH - MARGIN
        room = high - low - 2 * HEAD_PADDING
        lines = wrap(name, HEAD, room=room, most=HEAD_LINES)
        breadth = min(high - low, max(48.0, max(width(line, HEAD) for line in lines) + 2 * HEAD_PADDING))
        left = min(max(x - breadth / 2, low), high - breadth)
        height = len(lines) * HEAD.leading + 4 * HEAD_PADDING + LID * (name in stores)
        heights[index % 2] = max(heights[index % 2], height)
        found.append((x, left, breadth, height, lines, name in stores))
    for index, (x, left, breadth, height, lines, is_store) in enumerate(found):
        # Each row of heads ends at one height, where the lines begin.
        top = heights[0] - height if index % 2 == 0 else heights[0] + 8 + heights[1] - height
        yield Lane(x, left, breadth, top + 1, height, lines, is_store)


def drawn_lane(lane: Lane, *, bottom: float) -> Svg:
    middle = lane.left + lane.width / 2
    if lane.is_store:
        box = cylinder(middle, lane.top, width=lane.width, height=lane.height, depth=7, class_="box box-store")
    else:
        box = mark("rect", class_="box", x=lane.left, y=lane.top, width=lane.width, height=lane.height, rx=7)
    y = lane.top + 2 * HEAD_PADDING + LID * lane.is_store + HEAD.size
    line = path("M", lane.x, lane.top + lane.height, "V", bottom, class_="lifeline")
    return together([line, box, text_lines(lane.lines, HEAD, x=middle, y=y)])


def drawn_messages(
    messages: Sequence[SequenceMessage], xs: dict[str, float], *, top: float
) -> Iterator[tuple[Svg, float]]:
    """Each with where it ends, its text above its line."""
    for number, message in enumerate(messages, start=1):
        start, end = xs[message.sender], xs[message.receiver]
        face = EMPHASISED if message.kind in FAILURES else TEXT
        lines = wrap(message.text, face, room=BREADTH - 2 * MARGIN, most=7)
        y = top + len(lines) * face.leading + NUMBER_RADIUS
        if start == end:
            # Out to the side where there is room, down, and back.
            way = 1 if start < BREADTH / 2 else -1
            far, low = start + way * LOOP_WIDTH, y + LOOP_HEIGHT
            out = path("M", start + way * NUMBER_RADIUS, y, "H", far, "V", low, class_="line")
            line, middle = together([out, message_line(message.kind, far, start + way, y=low)]), start + way * 20
        else:
            way, low = (1 if end > start else -1), y
            line, middle = message_line(message.kind, start + way * NUMBER_RADIUS, end, y=y), (start + end) / 2
        drawn = mark(
            "g",
            line,
            mark("circle", class_="knot", cx=start, cy=y, r=NUMBER_RADIUS),
            text_lines([str(number)], NUMBER, x=start, y=y + 4),
            text_lines(lines, face, x=inside(middle, lines, face), y=top + face.size),
            class_=f"message message-{message.kind}",
        )
        yield drawn, low + NUMBER_RADIUS
        top = low + NUMBER_RADIUS + 12


def inside(middle: float, lines: Sequence[str], face: Face) -> float:
    """The middle of lines of text, moved so far that none of them leaves the drawing."""
    half = max((width(line, face) for line in lines), default=0.0) / 2 + MARGIN
    return min(max(middle, half), BREADTH - half)
