"""An experiment's law with a reader's own numbers, which stand in the address beside those of the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patterns.lab.experiment import Calculator, Experiment
from patterns.lab.parameters import BadParameters, SettingProblem, excerpt, read_settings, settings_of
from patterns.views.lab.request import Pairs, SettingField

OWN = "your_"  # how the names of a reader's own numbers begin


@dataclass(frozen=True)
class Calculation:
    """The form as it was given, and its answer, unless a number was refused. ``is_own`` if the reader set any."""

    calculator: Calculator
    fields: list[SettingField]
    answer: str
    is_own: bool

    @property
    def is_refused(self) -> bool:
        return not self.answer


def parted(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """What is about the run, and what is a reader's own."""
    return [one for one in pairs if not one[0].startswith(OWN)], [one for one in pairs if one[0].startswith(OWN)]


def calculation(experiment: Experiment, pairs: Pairs) -> Calculation:
    """Never raises: what cannot be is said at its field. Names that nothing has are ignored."""
    calculator = experiment.calculator
    settings = settings_of(calculator.settings)
    known = [pair for pair in pairs if pair[0] in settings]
    usual = calculator.settings()
    try:
        own = read_settings(usual, known)
    except BadParameters as refusal:
        given = {key: excerpt(text) for key, text in reversed(known)}
        return Calculation(calculator, calculator_fields(calculator, given, refusal.problems), "", is_own=True)
    given = {key: str(getattr(own, key)) for key in settings}
    return Calculation(calculator, calculator_fields(calculator, given), calculator.answer(own), is_own=bool(known))


def calculator_fields(
    calculator: Calculator, given: Mapping[str, str], problems: Sequence[SettingProblem] = ()
) -> list[SettingField]:
    found = []
    for key, setting in settings_of(calculator.settings).items():
        usual = str(getattr(calculator.settings(), key))
        messages = [one.message for one in problems if one.key == key]
        found.append(SettingField(key, setting, given.get(key, usual), usual, messages))
    return found
