"""What an address asks of an experiment: where to begin (a preset), what is set otherwise, and the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, make_dataclass, replace
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.parameters import (
    NUMBER,
    BadParameters,
    Parameters,
    Setting,
    SettingProblem,
    Value,
    Whole,
    WordChoice,
    excerpt,
    integer,
    read_settings,
    settings_of,
)
from patterns.lab.sweep import RUN_SEEDS
from patterns.lab.sweep import SWEEP_SEEDS as SWEPT

PRESET, SEED = "preset", "seed"
Pairs = Sequence[tuple[str, str]]
P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class RunRequest:
    """One run. ``preset`` is where the parameters come from, whether or not any of them was set otherwise."""

    experiment: Experiment
    preset: Preset
    parameters: Parameters
    seed: int = 0

    @property
    def is_preset(self) -> bool:
        return self.parameters == self.preset.parameters

    @property
    def changed(self) -> dict[str, Value]:
        """What is not as in the preset, by name."""
        values = {key: getattr(self.parameters, key) for key in settings_of(self.parameters)}
        return {key: value for key, value in values.items() if value != getattr(self.preset.parameters, key)}

    @property
    def query(self) -> str:
        """The one way to ask for this run: what goes without saying is left out. Begins with "?" unless it is empty."""
        begin = {PRESET: self.preset.key} if self.preset != self.experiment.default else {}
        end = {SEED: self.seed} if self.seed else {}
        stated = {**begin, **self.changed, **end}
        return f"?{urlencode(stated)}" if stated else ""

    @property
    def next_seed(self) -> "RunRequest":
        return replace(self, seed=(self.seed + 1) % len(RUN_SEEDS))

    @property
    def command(self) -> str:
        """What gives the same numbers in a terminal."""
        return " ".join([*self._stated(), "--seed", str(self.seed)])

    @property
    def sweep_command(self) -> str:
        """What runs it with as many seeds as a stored sweep has: with the same ones, or from the seed of the run on."""
        begin = [] if self.is_preset else ["--seed", str(self.seed)]
        return " ".join([*self._stated(), *begin, "--sweep", str(len(SWEPT))])

    def _stated(self) -> list[str]:
        settings = [word for key, value in self.changed.items() for word in ("--set", f"{key}={value}")]
        return ["python manage.py run_experiment", self.experiment.slug, "--preset", self.preset.key, *settings]


def run_request(experiment: Experiment, pairs: Pairs) -> RunRequest:
    """What the pairs of a query ask for.

    Raises:
        BadParameters: if any of them means nothing here or has a value that cannot be.
    """
    # Both halves are read before either is refused, so that one answer names everything that is wrong.
    frame, misframed = attempt(frame_parameters(experiment)(), [pair for pair in pairs if pair[0] in (PRESET, SEED)])
    preset = experiment.preset(frame.preset)
    parameters, misset = attempt(preset.parameters, [pair for pair in pairs if pair[0] not in (PRESET, SEED)])
    BadParameters.raise_if_any([*misframed, *misset])
    # What was changed may make it another preset, which then has one address and one verdict.
    alike = (one for one in (preset, *experiment.presets) if one.parameters == parameters)
    return RunRequest(experiment, next(alike, preset), parameters, frame.seed)


def attempt(base: P, pairs: Pairs) -> tuple[P, tuple[SettingProblem, ...]]:
    """``base`` with these values, or as it is and what is wrong with them."""
    try:
        return read_settings(base, pairs), ()
    except BadParameters as bad:
        return base, bad.problems


@cache
def frame_parameters(experiment: Experiment) -> Any:
    """The settings that every experiment has, as a class of parameters."""
    situation = WordChoice("Situation", tuple((one.key, one.name) for one in experiment.presets))
    preset = field(default=experiment.default.key, metadata={"setting": situation})
    about = "Another one draws other requests from the same odds."
    seed = integer(RUN_SEEDS[0], RUN_SEEDS[0], RUN_SEEDS[-1], name="Seed", about=about)
    return make_dataclass("Frame", [(PRESET, str, preset), (SEED, int, seed)], bases=(Parameters,), frozen=True)


MESSAGE_LIMIT = 20  # problems that one answer names: an address has room for a thousand


@dataclass(frozen=True)
class SettingField:
    """One setting in the form; ``usual`` is its value in the preset."""

    key: str
    setting: Setting
    value: str
    usual: str
    messages: list[str]

    @property
    def is_number(self) -> bool:
        return isinstance(self.setting, Whole)

    @property
    def kind(self) -> str:
        """Of the input: browsers show nothing of what is no number in a field for numbers."""
        return "number" if NUMBER.fullmatch(self.value) else "text"

    @property
    def is_changed(self) -> bool:
        return self.value != self.usual

    @property
    def shown(self) -> str:
        """The value as a sentence says it."""
        setting = self.setting
        if isinstance(setting, Whole):
            return f"{self.value} {setting.unit}".strip()
        return dict(setting.labels).get(self.value, self.value)


@dataclass(frozen=True)
class SettingForm:
    """All that can be set, as it is set now, or as it was given and refused; ``messages`` are about unknown names."""

    preset: Preset
    fields: list[SettingField]
    messages: list[str]
    refused_count: int = 0

    @property
    def changed(self) -> list[SettingField]:
        """The parameters that are not as in the preset."""
        return [field for field in self.fields if field.is_changed and field.key != SEED]


def form_of(asked: RunRequest) -> SettingForm:
    values = {key: str(getattr(asked.parameters, key)) for key in settings_of(asked.parameters)}
    return SettingForm(asked.preset, fields(asked.experiment, asked.preset, {**values, SEED: str(asked.seed)}), [])


def refused_form(experiment: Experiment, pairs: Pairs, refusal: BadParameters) -> SettingForm:
    """As it was given, each message at its field."""
    # Of a name that is given twice the first value stays, as the form shows one.
    given = {key: excerpt(text) for key, text in reversed(pairs)}
    preset = next((one for one in experiment.presets if one.key == given.get(PRESET)), experiment.default)
    shown = fields(experiment, preset, given, refusal.problems)
    known = {field.key for field in shown}
    others = [one.message for one in refusal.problems if one.key not in known]
    return SettingForm(preset, shown, others[:MESSAGE_LIMIT], refused_count=len(refusal.problems))


def fields(
    experiment: Experiment, preset: Preset, values: Mapping[str, str], problems: Sequence[SettingProblem] = ()
) -> list[SettingField]:
    """``values`` may lack some and hold others."""
    frame = frame_parameters(experiment)
    usual = {key: str(getattr(preset.parameters, key)) for key in settings_of(preset.parameters)} | {SEED: "0"}
    settings = {**settings_of(preset.parameters), SEED: settings_of(frame)[SEED]}
    return setting_fields(settings, values, usual, problems)


def setting_fields(
    settings: Mapping[str, Setting],
    values: Mapping[str, str],
    usual: Mapping[str, str],
    problems: Sequence[SettingProblem] = (),
) -> list[SettingField]:
    """Each message at its field; what ``values`` lacks is as usual."""
    messages = {key: [one.message for one in problems if one.key == key] for key in settings}
    return [
        SettingField(key, setting, values.get(key, usual[key]), usual[key], messages[key])
        for key, setting in settings.items()
    ]
