"""What happened around the fault in one run: for each side a diagram, and the same as a list with its times."""

from collections.abc import Mapping
from dataclasses import dataclass

from patterns.drawing.sequence import Message, sequence
from patterns.drawing.svg import Svg
from patterns.lab import trace
from patterns.lab.draws import SECOND_US
from patterns.lab.experiment import Experiment, Outcome, Side


@dataclass(frozen=True)
class Event:
    """``at`` is the simulated second, to the thousandth."""

    at: str
    message: trace.Message


@dataclass(frozen=True)
class Timeline:
    side: Side
    drawing: Svg | None
    events: list[Event]


def timelines(experiment: Experiment, outcomes: Mapping[str, Outcome]) -> list[Timeline]:
    """One for each side; without a drawing if nothing is to be told."""
    return [timeline(side, outcomes[side.key]) for side in experiment.sides]


def timeline(side: Side, outcome: Outcome) -> Timeline:
    events = [Event(f"{one.at_us / SECOND_US:,.3f}", one) for one in outcome.story]
    return Timeline(side, drawn(side, events) if events else None, events)


def drawn(side: Side, events: list[Event]) -> Svg:
    return sequence(
        [arrow(one.message) for one in events],
        name=f"story-{side.key}",
        title=f"{side.name}: what happens",
        description=f"A sequence diagram. The list of {len(events)} events below says the same, with their times.",
    )


def arrow(told: trace.Message) -> Message:
    return Message(told.sender, told.receiver, f"{told.at_us / SECOND_US:,.2f} s: {told.text}", told.kind)
