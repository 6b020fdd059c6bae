"""The form of an experiment: all that can be set, as it is set now or as it was given and refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.parameters import NUMBER, BadParameters, Problem, Setting, Whole, settings_of, shortened
from patterns.views.lab.asked import PRESET, SEED, Asked, Pairs, frame_of

MOST_TOLD = 20  # problems that one answer names: an address has room for a thousand


@dataclass(frozen=True)
class Field:
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
class Form:
    """``messages`` are about names that no field has."""

    preset: Preset
    fields: list[Field]
    messages: list[str]
    refused_count: int = 0

    @property
    def changed(self) -> list[Field]:
        """The parameters that are not as in the preset."""
        return [field for field in self.fields if field.is_changed and field.key != SEED]


def form_of(asked: Asked) -> Form:
    values = {key: str(getattr(asked.parameters, key)) for key in settings_of(asked.parameters)}
    return Form(asked.preset, fields(asked.experiment, asked.preset, {**values, SEED: str(asked.seed)}), [])


def refused_form(experiment: Experiment, pairs: Pairs, refusal: BadParameters) -> Form:
    """As it was given, each message at its field."""
    given = {key: shortened(text) for key, text in reversed(pairs)}
    preset = next((one for one in experiment.presets if one.key == given.get(PRESET)), experiment.default)
    shown = fields(experiment, preset, given, refusal.problems)
    known = {field.key for field in shown}
    others = [one.message for one in refusal.problems if one.key not in known]
    return Form(preset, shown, others[:MOST_TOLD], refused_count=len(refusal.problems))


def fields(
    experiment: Experiment, preset: Preset, values: Mapping[str, str], problems: Sequence[Problem] = ()
) -> list[Field]:
    """``values`` may lack some and hold others."""
    frame = frame_of(experiment.slug)
    usual = {key: str(getattr(preset.parameters, key)) for key in settings_of(preset.parameters)} | {SEED: "0"}
    settings = {**settings_of(preset.parameters), SEED: settings_of(frame)[SEED]}
    messages = {key: [one.message for one in problems if one.key == key] for key in settings}
    return [
        Field(key, setting, values.get(key, usual[key]), usual[key], messages[key]) for key, setting in settings.items()
    ]
