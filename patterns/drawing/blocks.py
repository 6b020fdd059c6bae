"""How a system is built: its parts in rows, one below the other, and who calls or feeds whom.

What is broken and what is new differ from the rest by a sign in their corner as well as by their strokes. One layout
serves all screens: it is as broad as a phone, and several stand beside each other where there is room.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patterns.drawing.lettering import Face, longest_word, text_lines, width, wrap
from patterns.drawing.svg import Svg, cylinder, frame, mark, path, together

NAME = Face("letters letters-block", 12, 15, is_bold=True)
NOTE = Face("letters letters-note", 11.5, 14)
BREADTH, MARGIN, APART, LINKED = 316.0, 8.0, 12.0, 32.0
WIDEST_GAP = 112.0
LANE = 22.0  # at an edge, for a line that goes round what stands between its ends
BELOW = 34.0  # between two rows: a line, its head and what it is called
WIDEST, PADDING, LID = 140.0, 6.0, 6.0
INSIDE = 3.0  # from the edge of a block to its texts
SIGN = 5.0
STRAIGHT = 16.0  # ends that are no further apart are joined by a straight line
HEAD = 8.0


@dataclass(frozen=True)
class Block:
    """A part. ``shape`` is client, process, store, queue or log; those of a ``row`` stand beside each other."""

    key: str
    name: str
    row: int
    note: str = ""
    shape: str = "process"
    is_broken: bool = False
    is_new: bool = False


@dataclass(frozen=True)
class Flow:
    """From one block's key to another's; dotted where nobody waits for an answer."""

    source: str
    target: str
    note: str = ""
    is_broken: bool = False
    is_async: bool = False


@dataclass(frozen=True)
class Place:
    """Where a block stands, with its texts in lines."""

    block: Block
    x: float
    y: float
    width: float
    height: float
    names: list[str]
    notes: list[str]

    @property
    def centre(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


def blocks_and_flows(blocks: Sequence[Block], flows: Sequence[Flow], *, name: str, title: str, description: str) -> Svg:
    """The drawing of at least one block; each flow has both its ends among them."""
    places = placed(blocks, flows)
    drawn = [*drawn_flows(flows, places), *(drawn_block(place) for place in places.values())]
    height = max(place.bottom for place in places.values()) + MARGIN + 2
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=BREADTH, height=height, class_="drawing blocks")


def placed(blocks: Sequence[Block], flows: Sequence[Flow]) -> dict[str, Place]:
    """By key, in rows from above."""
    rows = defaultdict[int, list[Block]](list)
    for block in blocks:
        rows[block.row].append(block)
    of = {block.key: block.row for block in blocks}
    order = {row: rank for rank, row in enumerate(sorted(rows))}
    has_lanes = any(order[of[flow.target]] - order[of[flow.source]] > 1 for flow in flows)
    left = LANE if has_lanes else MARGIN
    room = BREADTH - 2 * left
    found: dict[str, Place] = {}
    top = MARGIN + SIGN
    for row in sorted(rows):
        standing = rows[row]
        gaps = [gap(block, after, flows) for block, after in pairwise(standing)] + [0.0]
        breadth = min(WIDEST, (room - sum(gaps)) / len(standing))
        x = left + (room - len(standing) * breadth - sum(gaps)) / 2
        texts = [
            tuple(
                balanced(text, face, room=breadth - 2 * INSIDE, most=3)
                for text, face in ((one.name, NAME), (one.note, NOTE))
            )
            for one in standing
        ]
        height = max(block_height(block, *text) for block, text in zip(standing, texts, strict=True))
        for block, (names, notes), apart in zip(standing, texts, gaps, strict=True):
            found[block.key] = Place(block, x, top, breadth, height, names, notes)
            x += breadth + apart
        top += height + BELOW
    return found


def balanced(text: str, face: Face, *, room: float, most: int) -> list[str]:
    """No more lines than ``wrap`` makes, but about as long as each other, and no number without its unit."""
    found = lines = wrap(text, face, room=room, most=most)
    least = longest_word(text, face)
    while len(lines) > 1 and room - 4 >= least:
        room -= 4
        narrower = wrap(text, face, room=room, most=most + 1)
        if len(narrower) > len(lines):
            break
        if is_torn(found) or not is_torn(narrower):
            found = narrower
    return found


def is_torn(lines: Sequence[str]) -> bool:
    """Whether a line ends between a number, or "a", and what it is of."""
    return any(line[-1:].isdigit() or line.endswith(" a") for line in lines[:-1])


def gap(block: Block, after: Block, flows: Sequence[Flow]) -> float:
    """Between neighbours: as wide as what is written on a line between them."""
    between = [one.note for one in flows if {one.source, one.target} == {block.key, after.key}]
    return min(WIDEST_GAP, max(LINKED, *(width(note, NOTE) + 16 for note in between))) if between else APART


def block_height(block: Block, names: Sequence[str], notes: Sequence[str]) -> float:
    lid = 2 * LID if block.shape in ("store", "log") else 0
    return len(names) * NAME.leading + len(notes) * NOTE.leading + 2 * PADDING + lid


def drawn_block(place: Place) -> Svg:
    block, middle = place.block, place.y + place.height / 2
    texts_height = len(place.names) * NAME.leading + len(place.notes) * NOTE.leading
    top = middle - texts_height / 2 + (LID / 2 if block.shape in ("store", "log") else 0)
    inner = [
        *outline(place),
        text_lines(place.names, NAME, x=place.centre, y=top + NAME.size - 1),
        text_lines(place.notes, NOTE, x=place.centre, y=top + len(place.names) * NAME.leading + NOTE.size - 1),
    ]
    corner = place.x + place.width - 1
    for is_broken in [True] * block.is_broken + [False] * block.is_new:
        inner.append(sign(corner, place.y + 1, is_broken=is_broken))
        corner -= 2 * SIGN + 5
    states = {"block-broken": block.is_broken, "block-new": block.is_new}
    return mark("g", *inner, class_=" ".join(["block", *(name for name, holds in states.items() if holds)]))


def outline(place: Place) -> Iterator[Svg]:
    """What engineers draw for such a part."""
    shape, corner = place.block.shape, {"client": place.height / 2}.get(place.block.shape, 5)
    if shape in ("store", "log"):
        about = {"width": place.width, "height": place.height, "depth": LID, "class_": "box"}
        yield cylinder(place.centre, place.y, **about)  # type: ignore[arg-type]  # one of them is a class
        return
    yield mark("rect", class_="box", x=place.x, y=place.y, width=place.width, height=place.height, rx=corner)
    if shape == "queue":
        for step in (5, 10):
            yield path("M", place.x + place.width - step, place.y, "V", place.bottom, class_="box-line")


def sign(x: float, y: float, *, is_broken: bool) -> Svg:
    """A cross for what breaks, a plus for what is new."""
    arm = SIGN / 2
    if is_broken:
        lines = path("M", x - arm, y - arm, "l", SIGN, SIGN, "m", 0, -SIGN, "l", -SIGN, SIGN, class_="sign-line")
    else:
        lines = path("M", x - arm, y, "h", SIGN, "m", -arm, -arm, "v", SIGN, class_="sign-line")
    kind = "sign-broken" if is_broken else "sign-new"
    return mark("g", mark("circle", class_="sign-disc", cx=x, cy=y, r=SIGN + 1), lines, class_=f"sign {kind}")


# Lines between them.


def drawn_flows(flows: Sequence[Flow], places: Mapping[str, Place]) -> Iterator[Svg]:
    direct = [flow for flow in flows if not is_round_about(flow, places)]
    leaving, arriving = ports(direct, places, from_source=True), ports(direct, places, from_source=False)
    said = set[tuple[str, str]]()
    for flow in flows:
        source, target = places[flow.source], places[flow.target]
        # What is written on several lines of one part is written once.
        note = "" if (flow.source, flow.note) in said else flow.note
        said.add((flow.source, flow.note))
        if source.y == target.y:
            line, words = beside(source, target, note)
        elif flow not in direct:
            line, words = round_about(source, target, note, is_left=has_free_left(source, target, places))
        else:
            x, to_x = leaving[flow], arriving[flow]
            if abs(x - to_x) <= STRAIGHT:
                x = to_x = (x + to_x) / 2
            line, words = across(x, to_x, source, target, note)
        states = {"flow-broken": flow.is_broken, "flow-async": flow.is_async}
        yield mark("g", line, words, class_=" ".join(["flow", *(name for name, holds in states.items() if holds)]))


def ports(flows: Sequence[Flow], places: Mapping[str, Place], *, from_source: bool) -> dict[Flow, float]:
    """Where along its block each leaves or arrives: in the order of the other ends."""
    ends = defaultdict[tuple[str, bool], list[tuple[float, int, Flow]]](list)
    for index, flow in enumerate(flows):
        ours, theirs = (flow.source, flow.target) if from_source else (flow.target, flow.source)
        if places[ours].y != places[theirs].y:
            ends[ours, places[theirs].y > places[ours].y].append((places[theirs].centre, index, flow))
    found = {}
    for (key, _), others in ends.items():
        place, pace = places[key], min(26.0, places[key].width / (len(others) + 1))
        for rank, (*_, flow) in enumerate(sorted(others)):
            found[flow] = place.centre + (rank - (len(others) - 1) / 2) * pace
    return found


def is_round_about(flow: Flow, places: Mapping[str, Place]) -> bool:
    """Whether a straight way from one to the other would cross a block."""
    source, target = places[flow.source], places[flow.target]
    low, high = min(source.centre, target.centre) - 4, max(source.centre, target.centre) + 4
    between = (place for place in places.values() if source.y < place.y < target.y)
    return any(place.x < high and place.x + place.width > low for place in between)


def across(x: float, to_x: float, source: Place, target: Place, note: str) -> tuple[Svg, Svg]:
    """Down from the lower edge of the one to the upper edge of the other, or up."""
    way = 1 if target.y > source.y else -1
    y, to_y = (source.bottom, target.y) if way == 1 else (source.y, target.bottom)
    bend = abs(to_y - y) / 2 * way
    line = path("M", x, y, "C", x, y + bend, to_x, to_y - bend - HEAD * way, to_x, to_y - HEAD * way, class_="line")
    drawn = together([line, vertical_head(to_x, to_y, way=way)])
    # In the middle of the last gap, where lines that leave one block have parted.
    at = to_y - way * (BELOW / 2 + 2)
    at_x = (x + to_x) / 2 if abs(to_y - y) <= BELOW + 1 else to_x
    return drawn, words_at(note, at_x, at + 4)


def beside(source: Place, target: Place, note: str) -> tuple[Svg, Svg]:
    way = 1 if target.x > source.x else -1
    x, to_x = (source.x + source.width, target.x) if way == 1 else (source.x, target.x + target.width)
    y = source.y + source.height / 2
    line = path("M", x, y, "H", to_x - HEAD * way, class_="line")
    head = path("M", to_x, y, "l", -HEAD * way, -HEAD / 2, "v", HEAD, "z", class_="head head-closed")
    return together([line, head]), words_at(note, (x + to_x) / 2, y - 5)


def has_free_left(source: Place, target: Place, places: Mapping[str, Place]) -> bool:
    """Whether a line round the left edge is better than one round the right edge.

    It meets fewer neighbours of its ends there, or as many and the edge is the nearer one.
    """
    beside = [
        other.centre < end.centre
        for end in (source, target)
        for other in places.values()
        if other.y == end.y and other != end
    ]
    left, right = beside.count(True), beside.count(False)
    return left < right or (left == right and source.centre <= BREADTH / 2)


def round_about(source: Place, target: Place, note: str, *, is_left: bool) -> tuple[Svg, Svg]:
    """Along an edge of the drawing, past what stands between."""
    x, way = (6.0, 1) if is_left else (BREADTH - 6.0, -1)
    from_x, to_x = (source.x, target.x) if is_left else (source.x + source.width, target.x + target.width)
    y, to_y = source.y + source.height / 2, target.y + target.height / 2
    line = path(
        "M", from_x, y, "H", x + 6 * way, "Q", x, y, x, y + 6, "V", to_y - 6, "Q", x, to_y, x + 6 * way, to_y,
        "H", to_x - HEAD * way, class_="line",
    )  # fmt: skip
    head = path("M", to_x, to_y, "l", -HEAD * way, -HEAD / 2, "v", HEAD, "z", class_="head head-closed")
    at = x + (5 + width(note, NOTE) / 2) * way
    return together([line, head]), words_at(note, at, target.y - BELOW / 2 + 6)


def vertical_head(x: float, y: float, *, way: int) -> Svg:
    return path("M", x, y, "l", -HEAD / 2, -HEAD * way, "h", HEAD, "z", class_="head head-closed")


def words_at(note: str, x: float, y: float) -> Svg:
    """Within the drawing, wherever the middle of the line is."""
    lines = wrap(note, NOTE, room=BREADTH - 4, most=1)
    half = max((width(line, NOTE) / 2 for line in lines), default=0)
    return text_lines(lines, NOTE, x=min(max(x, half + 2), BREADTH - half - 2), y=y)
