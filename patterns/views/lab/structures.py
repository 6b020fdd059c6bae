"""How each side of an experiment is built, drawn: its parts with their numbers, what breaks, what is new."""

from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.drawing.blocks import Block, Flow, blocks_and_flows
from patterns.drawing.svg import Svg
from patterns.lab.experiment import Experiment, Side
from patterns.lab.parameters import Parameters
from patterns.lab.structure import Part, Structure, Wire


@dataclass(frozen=True)
class DrawnSide:
    side: Side
    drawing: Svg


@lru_cache(maxsize=256)
def structures_part(experiment: Experiment, parameters: Parameters) -> SafeString:
    """All sides beside each other, with these settings, and what the signs in them mean."""
    sides, parts, wires = [], list[Part](), list[Wire]()
    for side in experiment.sides:
        title = f"{side.name}: how it is built"
        structure = experiment.structure(parameters, side.key)
        parts += structure.parts
        wires += structure.wires
        sides.append(DrawnSide(side, drawn_structure(structure, name=f"structure-{side.key}", title=title)))
    seen = {
        "is_broken": any(part.is_broken for part in parts),
        "is_felt": any(wire.is_broken for wire in wires),
        "is_new": any(part.is_new for part in parts),
        "is_async": any(wire.is_async for wire in wires),
    }
    return render_to_string("patterns/lab/_structures.html", {"sides": sides, **seen})


def drawn_structure(structure: Structure, *, name: str, title: str) -> Svg:
    return blocks_and_flows(
        [
            Block(one.key, one.name, one.column, one.note, one.shape, one.is_broken, one.is_new)
            for one in structure.parts
        ],
        [Flow(one.source, one.target, one.note, one.is_broken, one.is_async) for one in structure.wires],
        name=name,
        title=title,
        description=described(structure),
    )


def described(structure: Structure) -> str:
    """All that the drawing says, in sentences."""
    names = {part.key: part.name for part in structure.parts}
    parts = "; ".join(part_text(part) for part in structure.parts)
    wires = "; ".join(
        f"{names[wire.source]} to {names[wire.target]}{f' ({wire.note})' if wire.note else ''}"
        for wire in structure.wires
    )
    return f"Parts: {parts}. Lines: {wires}."


def part_text(part: Part) -> str:
    said = [part.note, "breaks" if part.is_broken else "", "new on this side" if part.is_new else ""]
    about = ", ".join(word for word in said if word)
    return f"{part.name} ({about})" if about else part.name
