"""Sequence diagrams: who sends what to whom, from top to bottom, each message with the number that it has in a list."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from patterns.drawing.lettering import Face, longest_word, width, wrap, written
from patterns.drawing.svg import HEAD_LENGTH, Svg, closed_head, cross, cylinder, frame, mark, open_head, path, together

# Messages of a sequence diagram: a numbered knot where each begins, a line by its kind, its text above the line.


Kind = Literal["call", "reply", "event", "store", "fail"]

TEXT = Face("letters letters-message", 13, 16)
EMPHASISED = Face("letters letters-message letters-fail", 13, 16, is_bold=True)
NUMBER = Face("letters letters-number", 11, 11, is_bold=True)
NUMBER_RADIUS = 10.0
LOOP_WIDTH, LOOP_HEIGHT = 34.0, 24.0


@dataclass(frozen=True)
class Arrow:
    """A message at its place; one to oneself begins and ends at the same line, and its text stands on the right."""

    number: int
    kind: Kind
    start: float
    end: float
    top: float
    lines: list[str]
    face: Face
    room: float

    @property
    def is_loop(self) -> bool:
        return self.start == self.end

    @property
    def text_height(self) -> float:
        return len(self.lines) * self.face.leading

    @property
    def y(self) -> float:
        """Of the line, where it begins."""
        return self.top + (NUMBER_RADIUS if self.is_loop else self.text_height + 7)

    @property
    def bottom(self) -> float:
        low = max(self.top + self.text_height, self.y + LOOP_HEIGHT) if self.is_loop else self.y
        return low + NUMBER_RADIUS

    @property
    def right(self) -> float:
        return self.start + LOOP_WIDTH + 12 + self.room if self.is_loop else max(self.start, self.end)


def drawn_arrow(arrow: Arrow) -> Svg:
    line = loop(arrow) if arrow.is_loop else straight(arrow)
    return mark("g", line, knot(arrow), arrow_text(arrow), class_=f"message message-{arrow.kind}")


def knot(arrow: Arrow) -> Svg:
    circle = mark("circle", class_="knot", cx=arrow.start, cy=arrow.y, r=NUMBER_RADIUS)
    return together([circle, written([str(arrow.number)], NUMBER, x=arrow.start, y=arrow.y + 4)])


def arrow_text(arrow: Arrow) -> Svg:
    base = arrow.top + arrow.face.size
    if arrow.is_loop:
        return written(arrow.lines, arrow.face, x=arrow.start + LOOP_WIDTH + 12, y=base, start=True)
    way = 1 if arrow.end > arrow.start else -1
    return written(arrow.lines, arrow.face, x=(arrow.start + arrow.end) / 2 + way * NUMBER_RADIUS / 2, y=base)


def straight(arrow: Arrow) -> Svg:
    way = 1 if arrow.end > arrow.start else -1
    begin = arrow.start + way * NUMBER_RADIUS
    return stroke(arrow.kind, begin, arrow.end, y=arrow.y)


def loop(arrow: Arrow) -> Svg:
    """Out to the right, down, and back."""
    begin, right, low = arrow.start + NUMBER_RADIUS, arrow.start + LOOP_WIDTH, arrow.y + LOOP_HEIGHT
    out = path("M", begin, arrow.y, "H", right - 6, "q", 6, 0, 6, 6, "V", low - 6, "q", 0, 6, -6, 6, class_="line")
    return together([out, stroke(arrow.kind, right - 6, arrow.start + 1, y=low)])


def stroke(kind: Kind, start: float, end: float, *, y: float) -> Svg:
    """A line with the end that its kind has; colour is never all that tells kinds apart."""
    way = 1.0 if end > start else -1.0
    stop = end - way * (HEAD_LENGTH if kind in ("call", "store") else 1)
    pieces = [path("M", start, y, "H", stop, class_="line"), end_of(kind, end, y, way=way)]
    pieces += [cross((start + end) / 2, y)] * (kind == "fail")
    return together(pieces)


def end_of(kind: Kind, x: float, y: float, *, way: float) -> Svg:
    if kind == "call":
        return closed_head(x, y, way=way)
    if kind == "store":
        return cylinder(x - way * 5, y - 7, width=11, height=14, depth=2.5, class_="head head-store")
    return open_head(x, y, way=way)


def kind_sample(kind: Kind, *, x: float, y: float, length: float) -> Svg:
    """A line of a kind, for a legend."""
    return mark("g", stroke(kind, x, x + length, y=y), class_=f"message message-{kind}")


HEAD = Face("letters letters-head", 13.5, 17, is_bold=True)
LEGEND = Face("letters letters-legend", 12.5, 16)
HEAD_LINES, HEAD_PADDING = 3, 9.0
NARROWEST_HEAD, WIDEST_HEAD = 84.0, 140.0
APART, FARTHEST, WIDEST = 12.0, 220.0, 280.0  # between heads at least; between lines for a text, and to fill the width
USUAL_WIDTH = 720.0
LOOP_ROOM = 46.0
MARGIN, LEGEND_WIDTH, LEGEND_HEIGHT = 4.0, 112.0, 24.0
KINDS: dict[Kind, str] = {"call": "call", "reply": "reply", "event": "event", "store": "store", "fail": "failure"}


@dataclass(frozen=True)
class Message:
    sender: str
    receiver: str
    text: str
    kind: Kind


@dataclass(frozen=True)
class Party:
    """Somebody who sends or receives: a head around ``x``, and the line below it."""

    x: float
    width: float
    lines: list[str]
    is_store: bool


def sequence(messages: Sequence[Message], *, name: str, title: str, description: str) -> Svg:
    """The diagram of at least one message."""
    parties = parties_of(messages)
    head_height = height_of(parties.values())
    arrows = [*below(head_height + 18, messages, {name: party.x for name, party in parties.items()})]
    bottom = arrows[-1].bottom + 14
    breadth = max(*(party.x + party.width / 2 for party in parties.values()), *(one.right for one in arrows)) + MARGIN
    legend, height = legend_of(messages, top=bottom + 16, breadth=breadth)
    drawn = [
        *(drawn_party(party, height=head_height, bottom=bottom) for party in parties.values()),
        *(drawn_arrow(arrow) for arrow in arrows),
        legend,
    ]
    about = {"name": name, "title": title, "description": description}
    return frame(*drawn, **about, width=breadth, height=height, class_="drawing sequence")


def parties_of(messages: Sequence[Message]) -> dict[str, Party]:
    """By name, from left to right in the order in which they first take part."""
    names = [*dict.fromkeys(name for message in messages for name in (message.sender, message.receiver))]
    stores = {one.receiver for one in messages if one.kind == "store" and one.sender != one.receiver}
    widths = {name: head_width(name) for name in names}
    return {
        name: Party(x, widths[name], head_lines(name, widths[name]), name in stores)
        for name, x in places(messages, widths).items()
    }


def head_width(name: str) -> float:
    """Room for the longest word, within limits."""
    return min(WIDEST_HEAD, max(NARROWEST_HEAD, longest_word(name, HEAD) + 2 * HEAD_PADDING))


def head_lines(name: str, width: float) -> list[str]:
    return wrap(name, HEAD, room=width - 2 * HEAD_PADDING, most=HEAD_LINES)


def places(messages: Sequence[Message], widths: dict[str, float]) -> dict[str, float]:
    """The middle of each party; texts between neighbours push them apart, and what width is left parts all alike."""
    names = [*widths]
    gaps = [
        gap_between(pair, messages, least=(widths[pair[0]] + widths[pair[1]]) / 2 + APART) for pair in pairwise(names)
    ]
    outside = (widths[names[0]] + widths[names[-1]]) / 2 + 2 * MARGIN
    spare = max(0.0, USUAL_WIDTH - outside - sum(gaps)) / max(1, len(gaps))
    widened = [max(gap, min(gap + spare, WIDEST)) for gap in gaps]
    return dict(zip(names, accumulate(widened, initial=MARGIN + widths[names[0]] / 2), strict=True))


def gap_between(pair: tuple[str, str], messages: Sequence[Message], *, least: float) -> float:
    """The distance at which texts take about two lines and break no word; one of a party to itself is on its right."""
    texts = [one.text for one in messages if {one.sender, one.receiver} in ({*pair}, {pair[0]})]
    wanted = max((max(0.6 * width(text, TEXT), longest_word(text, TEXT)) + 50 for text in texts), default=0.0)
    return max(least, min(FARTHEST, wanted))


def height_of(parties: Collection[Party]) -> float:
    """That all heads have in common."""
    most = max(len(party.lines) for party in parties)
    return most * HEAD.leading + 2 * HEAD_PADDING + 14 * any(party.is_store for party in parties)


def below(top: float, messages: Sequence[Message], xs: dict[str, float]) -> Iterator[Arrow]:
    """The messages in their order, each below the one before."""
    for number, message in enumerate(messages, start=1):
        start, end = xs[message.sender], xs[message.receiver]
        is_loop = start == end
        room = room_beside(start, xs) if is_loop else abs(end - start) - 2 * NUMBER_RADIUS - 24
        face = EMPHASISED if message.kind == "fail" else TEXT
        lines = wrap(message.text, face, room=room, most=7)
        arrow = Arrow(number, message.kind, start, end, top=top, lines=lines, face=face, room=room)
        yield arrow
        top = arrow.bottom + 14


def room_beside(x: float, xs: dict[str, float]) -> float:
    """For the text of a message to oneself."""
    following = min((other for other in xs.values() if other > x), default=x + 190)
    return following - x - LOOP_ROOM - 12


def drawn_party(party: Party, *, height: float, bottom: float) -> Svg:
    left = party.x - party.width / 2
    if party.is_store:
        box = cylinder(party.x, 1, width=party.width, height=height, depth=7, class_="box box-store")
    else:
        box = mark("rect", class_="box", x=left, y=1, width=party.width, height=height, rx=7)
    middle = 1 + height / 2 + (5 if party.is_store else 0)
    y = middle - len(party.lines) * HEAD.leading / 2 + HEAD.size
    line = path("M", party.x, height + 1, "V", bottom, class_="lifeline")
    return together([line, box, written(party.lines, HEAD, x=party.x, y=y)])


def legend_of(messages: Sequence[Message], *, top: float, breadth: float) -> tuple[Svg, float]:
    """A sample of each kind of line in the drawing, and where the drawing ends below it."""
    used = [kind for kind in KINDS if any(message.kind == kind for message in messages)]
    per_row = max(1, int((breadth - MARGIN) // LEGEND_WIDTH))
    samples = [
        drawn_sample(kind, x=MARGIN + index % per_row * LEGEND_WIDTH, y=top + index // per_row * LEGEND_HEIGHT)
        for index, kind in enumerate(used)
    ]
    rows = -(-len(used) // per_row)
    return mark("g", *samples, class_="legend"), top + rows * LEGEND_HEIGHT


def drawn_sample(kind: Kind, *, x: float, y: float) -> Svg:
    word = written([KINDS[kind]], LEGEND, x=x + 48, y=y + 14, start=True)
    return together([kind_sample(kind, x=x, y=y + 10, length=40), word])
