"""A tree from left to right: where it begins, and what each node leads to in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from patterns.drawing.graph import CAPTION, Box, Edge, Node, drawn_box, drawn_edges, ports
from patterns.drawing.lettering import text_lines
from patterns.drawing.svg import Svg, frame

WIDTH, BETWEEN, GAP, MARGIN = 172.0, 44.0, 10.0, 5.0
MOST: Final = 60  # nodes behind the first one
LEVELS: Final = 5  # of them: a longer chain would only be scrolled


@dataclass(frozen=True)
class Branch:
    """A node with the key of the one that leads to it; ``label`` says the same in words, ``style`` names the line."""

    node: Node
    parent: str
    label: str
    style: str


def tree(root: Node, branches: Sequence[Branch], *, name: str, title: str, description: str) -> Svg:
    """The drawing of at least one branch; each follows its parent in the sequence."""
    levels, drawn = {root.key: 0}, list[Branch]()
    for one in branches[:MOST]:
        level = levels.get(one.parent, LEVELS) + 1
        if level <= LEVELS and one.node.key not in levels:
            levels[one.node.key] = level
            drawn.append(one)
    boxes = placed_boxes(root, drawn, levels)
    height = max(box.y + box.height for box in boxes.values()) + MARGIN
    breadth = max(box.right for box in boxes.values()) + MARGIN
    edges = [Edge(one.parent, one.node.key, one.label, one.style, is_directed=True) for one in drawn]
    marks = [
        drawn_edges(edges, ports(edges, boxes, middle=breadth), name=name),
        *(drawn_box(box) for box in boxes.values()),
    ]
    if left_out := len(branches) - len(drawn):
        marks.append(text_lines([f"and {left_out} more in the list"], CAPTION, x=breadth / 2, y=height + 14))
        height += 24
    about = {"name": name, "title": title, "description": description}
    return frame(*marks, **about, width=breadth, height=height, class_="drawing tree", role="group")


def placed_boxes(root: Node, branches: Sequence[Branch], levels: Mapping[str, int]) -> dict[str, Box]:
    """By key, in the order of the sequence: each beside the middle of those that it leads to."""
    below: dict[str, list[str]] = {}
    for one in branches:
        below.setdefault(one.parent, []).append(one.node.key)
    boxes = {
        node.key: Box(node, MARGIN + levels[node.key] * (WIDTH + BETWEEN), 0, WIDTH, is_centre=node is root)
        for node in (root, *(one.node for one in branches))
    }
    # Rooms from the last to the first, since each holds those of its children; places from the first to the last.
    rooms: dict[str, float] = {}
    for key in reversed(boxes):
        inner = [rooms[child] for child in below.get(key, ())]
        rooms[key] = max(boxes[key].height, sum(inner) + GAP * (len(inner) - 1))
    tops, placed = {root.key: MARGIN}, dict[str, Box]()
    for key, box in boxes.items():
        room, children = rooms[key], below.get(key, ())
        placed[key] = replace(box, y=tops[key] + (room - box.height) / 2)
        y = tops[key] + (room - sum(rooms[child] for child in children) - GAP * (len(children) - 1)) / 2
        for child in children:
            tops[child] = y
            y += rooms[child] + GAP
    return placed
