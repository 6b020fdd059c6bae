"""The presets of an experiment as links, each with what its sweep showed."""

from dataclasses import dataclass

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.golden import stored_verdict
from patterns.lab.verdict import Stance, Verdict
from patterns.views.lab.asked import Asked


@dataclass(frozen=True)
class PresetLink:
    """``query`` stands behind the address of the experiment's page."""

    preset: Preset
    told: Verdict
    query: str


def preset_links(experiment: Experiment) -> list[PresetLink]:
    return [link_to(experiment, preset) for preset in experiment.presets]


def link_to(experiment: Experiment, preset: Preset) -> PresetLink:
    return PresetLink(preset, stored_verdict(experiment, preset), Asked(experiment, preset, preset.parameters).query)


def without_help(experiment: Experiment) -> list[PresetLink]:
    """Those in which the pattern does not help, or hurts."""
    return [one for one in preset_links(experiment) if one.told.stance is not Stance.HELPS]
