"""What an entry may cite of the lab: one figure of a stored sweep, without and with the pattern.

A figure is named by preset and metric of the entry's own experiment, ``default/lost``; a preset alone means the primary
metric, and ``outbox-pattern/default/lost`` is a figure of another entry's experiment.
"""

from dataclasses import dataclass

from patterns.lab.experiment import WITH, Experiment, Metric, Preset
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored
from patterns.lab.verdict import Stance, stance_of, worded_figure


@dataclass(frozen=True)
class CitedFigure:
    """Means in words: ``before`` on the side that the preset compares with, ``after`` on the pattern's."""

    experiment: Experiment
    preset: Preset
    metric: Metric
    before: str
    after: str
    stance: Stance

    @property
    def sign(self) -> str:
        """Whether it shows a "gain" or a "cost"; nothing for no difference."""
        return {Stance.HELPS: "gain", Stance.HURTS: "cost"}.get(self.stance, "")


def cited_figure(name: str, experiment: Experiment | None) -> CitedFigure:
    """``experiment`` is the one on the entry that cites, if there is one.

    Raises:
        ValueError: for a name that leads to no figure; its message says why.
    """
    *slug, preset_key, metric_key = name.split("/") if "/" in name else (name, "")
    if len(slug) > 1:
        raise ValueError("has too many parts: a figure is lab:PRESET/METRIC")
    if slug:
        experiment = BY_SLUG.get(slug[0])
    if experiment is None:
        others = ", ".join(BY_SLUG)
        raise ValueError(f"names no experiment: a figure of another entry is lab:SLUG/PRESET/METRIC, of {others}")
    preset = {one.key: one for one in experiment.presets}.get(preset_key)
    if preset is None:
        raise ValueError(f"names no preset of {experiment.slug}: {', '.join(one.key for one in experiment.presets)}")
    metric = {one.key: one for one in experiment.metrics}.get(metric_key) if metric_key else experiment.primary
    if metric is None:
        raise ValueError(f"names no figure of {experiment.slug}: {', '.join(one.key for one in experiment.metrics)}")
    sweep = stored(experiment, preset)
    before, after = (worded_figure(sweep.mean(side, metric.key), metric) for side in (preset.against, WITH))
    stance = stance_of(metric, sweep, against=preset.against)
    return CitedFigure(experiment, preset, metric, before, after, stance)


def what_is_wrong(slug: str, name: str, sign: str) -> str:
    """Why the entry with a slug cannot cite a figure for a gain or a cost; nothing if it can."""
    try:
        figure = cited_figure(name, BY_SLUG.get(slug))
    except ValueError as error:
        return str(error)
    if figure.sign == sign:
        return ""
    found = f"a {figure.sign}" if figure.sign else "no difference"
    return f"shows {found} and not a {sign}: {figure.metric.name} {figure.before} without, {figure.after} with it"
