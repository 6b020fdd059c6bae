"""What the stored sweep of a preset showed, ready for pages."""

import re
from dataclasses import dataclass
from functools import cache

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.golden import stored_verdict
from patterns.lab.verdict import Stance
from patterns.views.lab.entries import BY_SLUG

SENTENCE = re.compile(r"(?P<opening>[^:]+:) (?P<finding>.+?) (?P<spread>\([^()]+\)\.)(?: (?P<price>.+))?")
UNIT = re.compile(r"(?<=\d) (?=(?:%|ms|s|points)(?!\w))")
WORDS = {Stance.HELPS: "Helps", Stance.HURTS: "Hurts", Stance.SAME: "Does not help"}


@dataclass(frozen=True)
class Told:
    """A verdict in parts that pages set apart; one after the other, they are its sentence."""

    stance: Stance
    finding: str
    opening: str = ""
    spread: str = ""
    price: str = ""

    @property
    def word(self) -> str:
        """For where there is no room for a sentence."""
        return WORDS[self.stance]

    @property
    def sentence(self) -> str:
        return " ".join(filter(None, (self.opening, self.finding, self.spread, self.price)))


def verdict_on(experiment: Experiment, preset: Preset) -> Told:
    """The same object at every call."""
    return _verdicts(experiment.slug)[preset.key]


@cache
def _verdicts(slug: str) -> dict[str, Told]:
    experiment = BY_SLUG[slug]
    found = {preset.key: stored_verdict(experiment, preset) for preset in experiment.presets}
    return {key: told(one.stance, one.sentence) for key, one in found.items()}


def told(stance: Stance, sentence: str) -> Told:
    parts = SENTENCE.fullmatch(unbroken(sentence))
    if parts is None:
        return Told(stance, unbroken(sentence))
    return Told(stance, **{name: text or "" for name, text in parts.groupdict().items()})


def unbroken(text: str) -> str:
    """No line ends between a number and its unit."""
    return UNIT.sub("\N{NO-BREAK SPACE}", text)
