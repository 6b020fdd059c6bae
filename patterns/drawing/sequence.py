"""Sequence diagrams: who sends what to whom, from top to bottom, each message with the number that it has in a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from patterns.drawing.lettering import Face, longest_word, text_lines, width, wrap
from patterns.drawing.svg import HEAD_LENGTH, Svg, closed_head, cylinder, frame, mark, path, together

MessageKind = Literal["call", "reply", "event", "store", "crash", "silence", "refusal", "fail"]
KIND_NAMES: dict[MessageKind, str] = {
    "call": "call",
    "reply": "reply",
    "event": "event",
    "store": "store",
    "crash": "crash",
    "silence": "silence",
    "refusal": "refusal",
    "fail": "failure",
}
FAILURES = ("crash", "silence", "refusal", "fail")

HEAD = Face("letters letters-head", 13.5, 17, is_bold=True)
TEXT = Face("letters letters-message", 13, 16)
EMPHASISED = Face("letters letters-message letters-fail", 13, 16, is_bold=True)
NUMBER = Face("letters letters-number", 11, 11, is_bold=True)
LEGEND = Face("letters letters-legend", 12.5, 16)

HEAD_LINES, HEAD_PADDING = 3, 9.0
NARROWEST_HEAD, WIDEST_HEAD = 84.0, 140.0
APART, FARTHEST, WIDEST = 12.0, 220.0, 280.0  # between heads at least; between lines for a text, and to fill the width
USUAL_WIDTH = 720.0
NUMBER_RADIUS = 10.0
LOOP_WIDTH, LOOP_HEIGHT, LOOP_ROOM = 34.0, 24.0, 46.0
MARGIN, LEGEND_WIDTH, LEGEND_HEIGHT = 4.0, 112.0, 24.0


@dataclass(frozen=True)
class SequenceMessage:
    """Who sends what to whom; sender and receiver may be the same."""

    sender: str
    receiver: str
    text: str
    kind: MessageKind


@dataclass(frozen=True)
class Party:
    """Somebody who sends or receives: a head around ``x``, and the line below it."""

    x: float
    width: float
    lines: list[str]
    is_store: bool


@dataclass(frozen=True)
class Arrow:
    """A message at its place; one to oneself begins and ends at the same line, and its text stands on the right."""

    number: int
    kind: MessageKind
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


def sequence(messages: Sequence[SequenceMessage], *, name: str, title: str, description: str) -> Svg:
    """The diagram of at least one message."""
    parties = parties_of(messages)
    head_height = max(len(party.lines) for party in parties.values()) * HEAD.leading + 2 * HEAD_PADDING
    head_height += 14 * any(party.is_store for party in parties.values())  # for the lid
    arrows = [*arrows_below(head_height + 18, messages, {name: party.x for name, party in parties.items()})]
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


def parties_in(messages: Sequence[SequenceMessage]) -> list[str]:
    """Their names in the order in which they first take part."""
    return [*dict.fromkeys(name for message in messages for name in (message.sender, message.receiver))]


def parties_of(messages: Sequence[SequenceMessage]) -> dict[str, Party]:
    """By name, from left to right.

    Texts between neighbours push them apart, and what is left of the usual width parts all alike.
    """
    names = parties_in(messages)
    stores = {one.receiver for one in messages if one.kind == "store" and one.sender != one.receiver}
    wanted = {name: longest_word(name, HEAD) + 2 * HEAD_PADDING for name in names}
    widths = {name: min(WIDEST_HEAD, max(NARROWEST_HEAD, wanted[name])) for name in names}
    gaps = []
    for left, right in pairwise(names):
        # Texts take about two lines and break no word; one of a party to itself stands on the right of its line.
        texts = [one.text for one in messages if {one.sender, one.receiver} in ({left, right}, {left})]
        room = max((max(0.6 * width(text, TEXT), longest_word(text, TEXT)) + 50 for text in texts), default=0.0)
        gaps.append(max((widths[left] + widths[right]) / 2 + APART, min(FARTHEST, room)))
    outside = (widths[names[0]] + widths[names[-1]]) / 2 + 2 * MARGIN
    spare = max(0.0, USUAL_WIDTH - outside - sum(gaps)) / max(1, len(gaps))
    gaps = [max(gap, min(gap + spare, WIDEST)) for gap in gaps]
    middles = accumulate(gaps, initial=MARGIN + widths[names[0]] / 2)
    parties = {}
    for name, x in zip(names, middles, strict=True):
        lines = wrap(name, HEAD, room=widths[name] - 2 * HEAD_PADDING, most=HEAD_LINES)
        parties[name] = Party(x, widths[name], lines, name in stores)
    return parties


def arrows_below(top: float, messages: Sequence[SequenceMessage], xs: Mapping[str, float]) -> Iterator[Arrow]:
    """The messages in their order, each below the one before; ``xs`` holds the middle of each party."""
    for number, message in enumerate(messages, start=1):
        start, end = xs[message.sender], xs[message.receiver]
        if start == end:
            following = min((other for other in xs.values() if other > start), default=start + 190)
            room = following - start - LOOP_ROOM - 12
        else:
            room = abs(end - start) - 2 * NUMBER_RADIUS - 24
        face = EMPHASISED if message.kind in FAILURES else TEXT
        lines = wrap(message.text, face, room=room, most=7)
        arrow = Arrow(number, message.kind, start, end, top=top, lines=lines, face=face, room=room)
        yield arrow
        top = arrow.bottom + 14


def drawn_party(party: Party, *, height: float, bottom: float) -> Svg:
    """A head, a cylinder for a store, with its line down to ``bottom``."""
    left = party.x - party.width / 2
    if party.is_store:
        box = cylinder(party.x, 1, width=party.width, height=height, depth=7, class_="box box-store")
    else:
        box = mark("rect", class_="box", x=left, y=1, width=party.width, height=height, rx=7)
    middle = 1 + height / 2 + (5 if party.is_store else 0)
    y = middle - len(party.lines) * HEAD.leading / 2 + HEAD.size
    line = path("M", party.x, height + 1, "V", bottom, class_="lifeline")
    return together([line, box, text_lines(party.lines, HEAD, x=party.x, y=y)])


def drawn_arrow(arrow: Arrow) -> Svg:
    """A numbered knot where the message begins, a line by its kind, and its text above the line."""
    way = 1 if arrow.end > arrow.start else -1
    base = arrow.top + arrow.face.size
    if arrow.is_loop:  # out to the right, down, and back
        begin, right, low = arrow.start + NUMBER_RADIUS, arrow.start + LOOP_WIDTH, arrow.y + LOOP_HEIGHT
        out = path("M", begin, arrow.y, "H", right - 6, "q", 6, 0, 6, 6, "V", low - 6, "q", 0, 6, -6, 6, class_="line")
        line = together([out, message_line(arrow.kind, right - 6, arrow.start + 1, y=low)])
        text = text_lines(arrow.lines, arrow.face, x=right + 12, y=base, start=True)
    else:
        line = message_line(arrow.kind, arrow.start + way * NUMBER_RADIUS, arrow.end, y=arrow.y)
        middle = (arrow.start + arrow.end) / 2 + way * NUMBER_RADIUS / 2
        text = text_lines(arrow.lines, arrow.face, x=middle, y=base)
    circle = mark("circle", class_="knot", cx=arrow.start, cy=arrow.y, r=NUMBER_RADIUS)
    number = text_lines([str(arrow.number)], NUMBER, x=arrow.start, y=arrow.y + 4)
    return mark("g", line, circle, number, text, class_=f"message message-{arrow.kind}")


def message_line(kind: MessageKind, start: float, end: float, *, y: float) -> Svg:
    """A level line with the end that its kind has; colour is never all that tells kinds apart."""
    way, middle = 1.0 if end > start else -1.0, (start + end) / 2
    # Silence never arrives: its line ends on the way.
    stop = middle if kind == "silence" else end - way * (HEAD_LENGTH if kind in ("call", "store") else 1)
    pieces = [path("M", start, y, "H", stop, class_="line")]
    if kind == "call":
        pieces.append(closed_head(end, y, way=way))
    elif kind == "store":
        pieces.append(cylinder(end - way * 5, y - 7, width=11, height=14, depth=2.5, class_="head head-store"))
    elif kind == "silence":
        pieces.append(mark("circle", class_="head head-lost", cx=middle + way * 5, cy=y, r=4))
    elif kind == "refusal":  # as far as the door
        pieces.append(path("M", end - way * 3, y - 8, "v", 16, class_="head head-bar"))
    else:
        back, half = -HEAD_LENGTH * way, HEAD_LENGTH / 2
        pieces.append(path("M", end + back, y - half, "L", end, y, "l", back, half, class_="head head-open"))
    if kind in ("crash", "fail"):
        pieces.append(path("M", middle - 5, y - 5, "l", 10, 10, "m", 0, -10, "l", -10, 10, class_="cross"))
    return together(pieces)


def legend_of(messages: Sequence[SequenceMessage], *, top: float, breadth: float) -> tuple[Svg, float]:
    """A sample of each kind of line in the drawing, and where the drawing ends below it."""
    used = [kind for kind in KIND_NAMES if any(message.kind == kind for message in messages)]
    per_row = max(1, int((breadth - MARGIN) // LEGEND_WIDTH))
    samples = []
    for index, kind in enumerate(used):
        x, y = MARGIN + index % per_row * LEGEND_WIDTH, top + index // per_row * LEGEND_HEIGHT
        line = message_line(kind, x, x + 40, y=y + 10)
        word = text_lines([KIND_NAMES[kind]], LEGEND, x=x + 48, y=y + 14, start=True)
        samples.append(together([mark("g", line, class_=f"message message-{kind}"), word]))
    rows = -(-len(used) // per_row)
    return mark("g", *samples, class_="legend"), top + rows * LEGEND_HEIGHT
